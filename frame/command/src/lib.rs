//! The life of a command: its option letters, its configuration, where its complaints go, and its exit status.
//!
//! What a command does is its own; this is how all commands begin and end. Option letters follow getopt(3),
//! exit statuses sysexits(3).
//!
//! ```no_run
//! fn run(start: command::Start) -> Result<command::Status, command::Failure> {
//!     let options = start.options("c:v")?;
//!     let configuration = start.configure(&options.setup('c', 'v'))?;
//!     println!("{:?}", configuration.expanded("mail_name"));
//!     Ok(command::Status::OK)
//! }
//! command::main("sample", run);
//! ```

mod ask;
mod failure;
mod options;
mod status;
mod users;

pub use ask::{AskError, ask, wake};
pub use failure::Failure;
pub use options::{OptionError, Options};
pub use status::Status;
pub use users::{Caller, UserList, UserListError, Verdict};

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use config::Configuration;
use configuration::Facts;

config::settings! {
    struct Settings {
        queue_directory: String = QUEUE_DIRECTORY,
        syslog_name: String = SYSLOG_NAME,
        syslog_facility: String = SYSLOG_FACILITY,
        maillog_file: String = MAILLOG_FILE,
        maillog_file_permissions: String = MAILLOG_FILE_PERMISSIONS,
        myhostname: String = MYHOSTNAME,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
    }
}

/// How a command was called.
#[derive(Clone, Debug)]
pub struct Start {
    /// The name it was called by, without folders: `postmap`, or `newaliases` for `sendmail`.
    pub name: String,
    /// The words after the name.
    pub words: Vec<String>,
    /// Whether it runs with rights that its user does not have (set-group-id).
    pub is_set_id: bool,
}

/// What a command line says about the configuration and the log.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// `-c`: the configuration directory.
    pub directory: Option<PathBuf>,
    /// `-o name=value` options.
    pub overrides: Vec<(String, String)>,
    /// How many `-v`.
    pub verbose: u8,
    /// Whether complaints go to standard error only when that is a terminal.
    pub quiet_unless_terminal: bool,
    /// The whole tag of log lines, in place of the program's own.
    pub tag: Option<String>,
}

/// The whole life of a command. `name` is used when the system does not say by which name it was called.
///
/// A failure is written to standard error and to the log, and becomes the exit status.
pub fn main(name: &'static str, run: impl FnOnce(Start) -> Result<Status, Failure>) -> ExitCode {
    let start = Start::of_process(name);
    let process = start.as_ref().map_or(name, |start| &start.name);
    let mut log = maillog::Settings::before_configuration(process, !sys::identity::is_set_id());
    log.also_stderr = true;
    // Syslog is not opened but sent to: this cannot fail.
    let _ = maillog::open(log);
    let status = start.and_then(run).unwrap_or_else(|failure| {
        maillog::fatal!("{failure}");
        failure.status()
    });
    ExitCode::from(status.code())
}

impl Start {
    fn of_process(default: &str) -> Result<Self, Failure> {
        let mut words = std::env::args_os();
        let path = words.next().map(PathBuf::from);
        let name = path
            .as_deref()
            .and_then(Path::file_name)
            .and_then(|name| name.to_str())
            .unwrap_or(default);
        let words = words
            .map(|word| {
                word.into_string().map_err(|word| {
                    Failure::usage(format!("argument is not UTF-8 text: {}", word.to_string_lossy()))
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name: name.to_owned(),
            words,
            is_set_id: sys::identity::is_set_id(),
        })
    }

    /// Reads the option letters: a letter that is followed by `:` takes a value.
    ///
    /// # Errors
    /// An unknown letter or a letter without its value, as a usage failure.
    pub fn options(&self, letters: &str) -> Result<Options, Failure> {
        Options::parse(letters, &self.words).map_err(|error| Failure::usage(error.to_string()))
    }

    /// Reads `main.cf`, and opens the log as it says. Warnings about `main.cf` go to that log.
    ///
    /// # Errors
    /// The directory may not be used, `main.cf` cannot be read, or a parameter of the log, or one that no program starts
    /// without, is wrong.
    pub fn configure(&self, setup: &Setup) -> Result<Configuration, Failure> {
        let directory = self.directory(setup)?;
        maillog::set_verbosity(setup.verbose);
        let facts = Facts {
            process_name: &self.name,
            service_name: "",
            overrides: &setup.overrides,
        };
        let mut warnings = Vec::new();
        let configuration = configuration::read_with_warnings(&directory, &facts, &mut warnings)?;
        self.open_log(&configuration, setup)?;
        for warning in warnings {
            maillog::warning!("{warning}");
        }
        configuration::check(&configuration)?;
        Ok(configuration)
    }

    /// The configuration directory: `-c`, else `MAIL_CONFIG`, else the default one.
    ///
    /// # Errors
    /// A set-id command was asked for a directory that is not listed in the default `main.cf`.
    pub fn directory(&self, setup: &Setup) -> Result<PathBuf, Failure> {
        let environment = std::env::var_os("MAIL_CONFIG");
        Ok(configuration::chosen_directory(
            setup.directory.as_deref(),
            environment,
            self.is_set_id,
        )?)
    }

    /// Opens the log as a configuration says, under the present name.
    ///
    /// # Errors
    /// A parameter of the log is wrong.
    pub fn open_log(&self, configuration: &Configuration, setup: &Setup) -> Result<(), Failure> {
        let settings = Settings::read(configuration)?;
        let file = Path::new(&settings.maillog_file);
        let destination = match settings.maillog_file.as_str() {
            "" => maillog::Destination::Syslog,
            _ => maillog::Destination::Postlogd {
                socket: Path::new(&settings.queue_directory).join("public/postlog"),
                fallback: maillog::LogFile::new(file, &settings.maillog_file_permissions)
                    .filter(|_| !self.is_set_id && !file.starts_with("/dev")),
            },
        };
        maillog::open(maillog::Settings {
            // A parent's word on how its lines are marked holds for its children too.
            syslog_name: match std::env::var("MAIL_LOGTAG") {
                _ if setup.tag.is_some() => String::new(),
                Ok(tag) if !tag.is_empty() && !self.is_set_id => tag,
                _ => settings.syslog_name,
            },
            process: setup.tag.clone().unwrap_or_else(|| self.name.clone()),
            hostname: settings.myhostname,
            facility: maillog::Facility::parse(&settings.syslog_facility).ok_or_else(|| {
                Failure::new(
                    Status::GENERAL,
                    format!("unknown syslog_facility: {}", settings.syslog_facility),
                )
            })?,
            destination,
            also_stderr: !setup.quiet_unless_terminal || sys::process::is_terminal(2),
            utf8: settings.smtputf8_enable,
        })
        .map_err(|error| Failure::new(Status::GENERAL, error.to_string()))
    }
}
