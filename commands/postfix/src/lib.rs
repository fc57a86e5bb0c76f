//! postfix: starts, stops, reloads and checks the mail system.
//!
//! # Usage
//! ```text
//! postfix [-Dv] [-c DIR] COMMAND
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-D`: start `debugger_command` on master
//! - `-v`: log more; several log still more
//! - `start`: check the system and start it
//! - `start-fg`: the same, and stay with the terminal; for containers
//! - `stop`: end the system; deliveries under way may finish
//! - `quick-stop`: the same as stop
//! - `abort`: end the system at once
//! - `drain`: let deliveries finish, and end
//! - `reload`: read the configuration again
//! - `flush`: try all deferred mail now
//! - `check`: look for what is missing or has wrong rights
//! - `status`: say whether the system runs, by the exit status too
//! - `set-permissions`: set owners and modes of the queue
//! - `upgrade-configuration`: say what main.cf and master.cf should have in addition
//! - `logrotate`: begin a new `maillog_file`
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody; it signals master, and runs `master`, `postqueue` and `postsuper`.
//! # Writes
//! Missing directories of the queue, and their owners and modes when asked.
//! # Runs as
//! Root, or the ordinary user whose system it is.
//! # Standards
//! None; postfix(1).
//! # Difference from Postfix
//! No shell scripts: all verbs are done here, and log as `postfix-script` still. An ordinary user may run a system of
//! which the queue directory is the user's own. `upgrade-configuration` says what to add to `master.cf` and leaves
//! the file alone.

mod check;
mod folder;
mod log;
mod programs;
mod rotate;
mod running;
mod settings;
mod upgrade;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use command::{Failure, Start, Status};
use config::Configuration;

use crate::programs::Programs;
use crate::settings::Settings;

/// The whole life of the command.
pub fn main() -> ExitCode {
    command::main("postfix", run)
}

/// What all verbs work with.
struct System {
    configuration: Configuration,
    settings: Settings,
    programs: Programs,
    directory: PathBuf,
}

fn run(mut start: Start) -> Result<Status, Failure> {
    let options = start.options("c:Dv")?;
    let [verb, values @ ..] = options.operands.as_slice() else {
        return Err(Failure::usage("usage: postfix [-c config_dir] [-Dv] command"));
    };
    let setup = options.setup('c', 'v');
    let configuration = start.configure(&setup)?;
    let settings = Settings::read(&configuration)?;
    if settings.is_compatible_with_earlier() {
        log::compatible();
    }
    // The lines of the verbs have carried this name for ever; log readers look for it.
    "postfix-script".clone_into(&mut start.name);
    start.open_log(&configuration, &setup)?;
    let directory = std::path::absolute(start.directory(&setup)?)
        .map_err(|error| Failure::general(format!("configuration directory: {error}")))?;
    if let Some(failure) = run_wrapper(&settings, &directory, setup.directory.is_some(), &start.words) {
        return Err(failure);
    }
    let programs = Programs::new(&settings, &directory, setup.verbose, options.has('D'));
    let system = System {
        configuration,
        settings,
        programs,
        directory,
    };
    system.refuse_strangers()?;
    system.perform(verb, values)
}

impl System {
    fn perform(&self, verb: &str, values: &[String]) -> Result<Status, Failure> {
        match verb {
            "start" => self.start(),
            "start-fg" => self.start_in_foreground(),
            "stop" => self.stop(),
            "quick-stop" => self.stop(),
            "abort" => self.abort(),
            "drain" => self.drain(),
            "reload" => self.reload(),
            "flush" => self.flush(),
            "check" => self.check().map(|()| Status::OK),
            "status" => self.status(),
            "set-permissions" | "upgrade-configuration" => self.maintain(verb, values),
            "logrotate" => self.rotate_log(),
            "tls" => Err(Failure::general(
                "tls: there is no TLS in this release; nothing was changed",
            )),
            "non-bdb" => Err(Failure::general(format!(
                "{verb}: this command is not part of this release"
            ))),
            _ => Err(Failure::usage(format!(
                "unknown command: '{verb}'. Usage: postfix start (or start-fg, stop, reload, abort, drain, flush, \
                 check, status, set-permissions, upgrade-configuration, logrotate)"
            ))),
        }
    }

    fn queue(&self) -> &Path {
        Path::new(&self.settings.queue_directory)
    }

    /// An ordinary user may handle the system that is this user's own.
    fn refuse_strangers(&self) -> Result<(), Failure> {
        use std::os::unix::fs::MetadataExt;
        let uid = sys::identity::effective_uid();
        let is_own = match std::fs::metadata(self.queue()) {
            Ok(found) => found.uid() == uid,
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        };
        if uid == 0 || is_own {
            return Ok(());
        }
        Err(Failure::general(
            "to submit mail, use the Postfix sendmail command; the postfix command is reserved for the superuser, \
             or for the owner of queue_directory",
        ))
    }
}

/// Hands over to `multi_instance_wrapper` when this is the default instance of several.
fn run_wrapper(settings: &Settings, directory: &Path, chosen: bool, words: &[String]) -> Option<Failure> {
    let is_default = directory == Path::new(configuration::DEFAULT_DIRECTORY);
    if !is_default || chosen || settings.multi_instance_directories.is_empty() {
        return None;
    }
    let [program, arguments @ ..] = settings.multi_instance_wrapper.as_slice() else {
        return None;
    };
    let error = std::process::Command::new(program)
        .args(arguments)
        .args(words)
        .exec();
    Some(Failure::general(format!(
        "multi_instance_wrapper {program}: {error}"
    )))
}
