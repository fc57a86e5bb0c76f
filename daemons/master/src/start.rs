//! From the command line to a running house: locks, background, log.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use sys::identity::Ids;
use sys::process::Forked;
use tokio::task::LocalSet;

use crate::house::{House, Signals};
use crate::launch::{self, Keep};
use crate::lock::{self, Lock};
use crate::options::Options;
use crate::settings::Settings;
use crate::{MasterError, listen, log};

pub(crate) fn main() -> ExitCode {
    let mut settings = maillog::Settings::before_configuration("master", !sys::identity::is_set_id());
    settings.also_stderr = true;
    // Syslog is not opened but sent to: this cannot fail.
    let _ = maillog::open(settings);
    run().unwrap_or_else(|error| {
        log::cannot_start(&error);
        ExitCode::FAILURE
    })
}

fn run() -> Result<ExitCode, MasterError> {
    if sys::identity::is_set_id() {
        return Err(MasterError::Usage(
            "the master command must not run as a set-uid process".to_owned(),
        ));
    }
    let options = Options::parse(std::env::args().skip(1))?;
    maillog::set_verbosity(options.verbose);
    let directory = directory(&options)?;
    let facts = configuration::Facts {
        process_name: "master",
        ..configuration::Facts::default()
    };
    let configuration = configuration::read(&directory, &facts)?;
    configuration::check(&configuration)?;
    let settings = Settings::read(&configuration)?;
    let queue = Path::new(&settings.queue_directory);
    if options.test {
        return Ok(match lock::is_held(&queue.join(PID_FILE))? {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        });
    }
    let ready = match options.wait {
        true => match background()? {
            Background::Parent(waiter) => return wait_for(waiter),
            Background::Child(teller) => Some(teller),
        },
        false => None,
    };
    serve(&options, &directory, &settings, ready)
}

fn directory(options: &Options) -> Result<PathBuf, MasterError> {
    let chosen = configuration::chosen_directory(
        options.directory.as_deref(),
        std::env::var_os("MAIL_CONFIG"),
        false,
    )?;
    // Daemons are told this name after a change of the working directory.
    std::path::absolute(&chosen)
        .map_err(|error| MasterError::system(format!("find {}", chosen.display()), error))
}

fn serve(
    options: &Options,
    directory: &Path,
    settings: &Settings,
    ready: Option<OwnedFd>,
) -> Result<ExitCode, MasterError> {
    let keep = match options {
        Options { stay: true, .. } => Keep::All,
        Options {
            keep_stdout: true, ..
        } => Keep::Output,
        _ => Keep::Nothing,
    };
    let owner = owner(settings)?;
    std::env::set_current_dir(&settings.queue_directory)
        .map_err(|error| MasterError::system(format!("chdir {}", settings.queue_directory), error))?;
    let mut locks = [
        Lock::take(Path::new(PID_FILE))?,
        data_lock(
            &Path::new(&settings.data_directory).join(DATA_LOCK_FILE),
            owner.as_ref(),
        )?,
    ];
    leave_terminal(options, keep)?;
    for lock in &mut locks {
        lock.write_pid()
            .map_err(|error| MasterError::system("cannot update lock file", error))?;
    }
    open_log(settings, keep)?;
    sys::process::set_umask(0o077);
    let failed = |what: &str| {
        let what = what.to_owned();
        move |error| MasterError::system(what, error)
    };
    sys::process::ignore_signal(SIGPIPE).map_err(failed("ignore SIGPIPE"))?;
    // Each daemon costs one descriptor, each socket one more.
    sys::process::raise_open_files(OPEN_FILES).map_err(failed("raise the limit of open files"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed("start the event loop"))?;
    LocalSet::new().block_on(&runtime, async {
        let signals = Signals::open()?;
        let mut house = House::open(directory, options, owner, keep)?;
        log::started(&settings.mail_version, directory);
        if options.debug || std::env::var_os(contract::master::DEBUG).is_some() {
            launch::debugger(house.ground()).map_err(failed("run debugger_command"))?;
        }
        if let Some(ready) = ready {
            // A waiting process that has lost patience needs not be told.
            let _ = File::from(ready).write_all(READY);
        }
        house.live(signals, options.exit_after).await;
        Ok(ExitCode::SUCCESS)
    })
}

/// `mail_owner`, when this process is root; an ordinary user's system runs as that user.
fn owner(settings: &Settings) -> Result<Option<Ids>, MasterError> {
    if !sys::identity::is_root() {
        return Ok(None);
    }
    let name = &settings.mail_owner;
    let failed = |error| MasterError::system(format!("look up mail_owner {name}"), error);
    let account = sys::account::account_by_name(name)
        .map_err(failed)?
        .ok_or_else(|| {
            MasterError::Usage(format!(
                "mail_owner = {name}: unknown user name; specify an existing account"
            ))
        })?;
    if account.uid == 0 {
        return Err(MasterError::Usage(format!(
            "mail_owner = {name}: must not be root"
        )));
    }
    Ids::with_groups_of(name, account.uid, account.gid)
        .map(Some)
        .map_err(failed)
}

fn data_lock(path: &Path, owner: Option<&Ids>) -> Result<Lock, MasterError> {
    let mut lock = None;
    // The folder is the mail system's own: root must not be led elsewhere by what is in it.
    listen::as_owner(owner, || {
        lock = Some(Lock::take(path));
        Ok(())
    })
    .map_err(|error| MasterError::system("become mail_owner", error))?;
    lock.unwrap_or_else(|| Err(MasterError::ChildFailed))
}

fn leave_terminal(options: &Options, keep: Keep) -> Result<(), MasterError> {
    if !options.stay && !options.init && sys::process::new_session().is_err() {
        sys::process::new_process_group()
            .map_err(|error| MasterError::system("unable to set session and process group ID", error))?;
    }
    let closed: &[i32] = match keep {
        Keep::Nothing => &[0, 1, 2],
        Keep::Output => &[0, 2],
        Keep::All => &[],
    };
    let failed = |error| MasterError::system("open /dev/null", error);
    let null = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .map_err(failed)?;
    for number in closed {
        sys::descriptor::replace_standard(null.as_fd(), *number).map_err(failed)?;
    }
    Ok(())
}

fn open_log(settings: &Settings, keep: Keep) -> Result<(), MasterError> {
    let file = PathBuf::from(&settings.maillog_file);
    let destination = match settings.maillog_file.as_str() {
        "" => maillog::Destination::Syslog,
        _ => maillog::Destination::Postlogd {
            socket: "public/postlog".into(),
            fallback: maillog::LogFile::new(&file, &settings.maillog_file_permissions)
                .filter(|_| !file.starts_with("/dev")),
        },
    };
    let facility = maillog::Facility::parse(&settings.syslog_facility).ok_or_else(|| {
        MasterError::Usage(format!(
            "syslog_facility = {}: no such facility",
            settings.syslog_facility
        ))
    })?;
    maillog::open(maillog::Settings {
        syslog_name: settings.syslog_name.clone(),
        process: "master".to_owned(),
        hostname: settings.myhostname.clone(),
        facility,
        destination,
        also_stderr: keep == Keep::All,
        utf8: settings.smtputf8_enable,
    })
    .map_err(|error| MasterError::Usage(error.to_string()))
}

enum Background {
    Parent(OwnedFd),
    Child(OwnedFd),
}

fn background() -> Result<Background, MasterError> {
    let (waiter, teller) = sys::descriptor::pipe().map_err(|error| MasterError::system("pipe", error))?;
    match sys::process::fork().map_err(|error| MasterError::system("fork", error))? {
        Forked::Parent(_) => Ok(Background::Parent(waiter)),
        Forked::Child => Ok(Background::Child(teller)),
    }
}

/// Waits for the master in the background to say that it is ready; its end without a word is a failure.
fn wait_for(waiter: OwnedFd) -> Result<ExitCode, MasterError> {
    let until = Instant::now() + START_WAIT;
    while Instant::now() < until {
        match sys::descriptor::is_readable_now(waiter.as_fd()) {
            Ok(true) => {
                let mut word = [0; 1];
                return match File::from(waiter).read(&mut word) {
                    Ok(1) => Ok(ExitCode::SUCCESS),
                    _ => Err(MasterError::ChildFailed),
                };
            }
            Ok(false) => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => return Err(MasterError::system("wait for daemon initialization", error)),
        }
    }
    Err(MasterError::ChildFailed)
}

const PID_FILE: &str = "pid/master.pid";
const DATA_LOCK_FILE: &str = "master.lock";
const READY: &[u8] = b"R";
const START_WAIT: Duration = Duration::from_secs(100);
const OPEN_FILES: u64 = 65_536;
const SIGPIPE: i32 = 13;
