//! Running the other programs of the mail system, with a clean environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use command::Failure;

use crate::settings::Settings;

/// How other programs are run.
pub(crate) struct Programs {
    daemons: PathBuf,
    commands: PathBuf,
    directory: PathBuf,
    environment: Vec<(OsString, OsString)>,
    verbose: u8,
    debug: bool,
}

impl Programs {
    pub(crate) fn new(settings: &Settings, directory: &Path, verbose: u8, debug: bool) -> Self {
        let environment =
            configuration::environment(&settings.import_environment, |name| std::env::var_os(name));
        Self {
            daemons: settings.daemon_directory.clone().into(),
            commands: settings.command_directory.clone().into(),
            directory: directory.to_owned(),
            environment,
            verbose,
            debug,
        }
    }

    /// `master` with the options that this command was given, and some more.
    pub(crate) fn master(&self, options: &[&str]) -> Command {
        let mut command = self.program(&self.daemons.join("master"));
        command.args(["-c".into(), self.directory.clone().into_os_string()]);
        command.args((0..self.verbose).map(|_| "-v"));
        command.args(self.debug.then_some("-D")).args(options);
        command
    }

    /// A command of the mail system.
    pub(crate) fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.program(&self.commands.join(name));
        command
            .args(["-c".into(), self.directory.clone().into_os_string()])
            .args(arguments);
        command
    }

    /// Any program, with the environment that ours get.
    pub(crate) fn program(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("PATH", SAFE_PATH).env("MAIL_CONFIG", &self.directory);
        // What the daemons hear through master's environment.
        for (name, wanted) in [("MAIL_VERBOSE", self.verbose > 0), ("MAIL_DEBUG", self.debug)] {
            if wanted {
                command.env(name, "");
            }
        }
        command
    }
}

/// Runs a program to its end.
pub(crate) fn run(mut command: Command) -> Result<ExitStatus, Failure> {
    command.status().map_err(|error| {
        Failure::general(format!(
            "cannot execute {}: {error}",
            command.get_program().to_string_lossy()
        ))
    })
}

const SAFE_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";
