//! Where a log line goes: syslog, postlogd, a file, standard output or standard error.
//!
//! The sink is the one value that belongs to the whole process. It is opened before the process gives up its
//! root directory, keeps its descriptor, and costs one system call for each line. Control characters are made
//! harmless here, so that nothing a peer says can forge a line. Wording belongs to the programs' `log.rs`.
//!
//! Follows syslogd's local datagram form and postlogd(8); lines look as Postfix writes them.

pub mod channel;
mod line;
mod sink;

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};

pub use line::neutral;
pub use sink::{Capture, capture};

/// How grave a line is, and the word in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The life of mail; no word in front.
    Info,
    /// Something to mend: `warning: `.
    Warning,
    /// What we could not do: `error: `.
    Error,
    /// We stop: `fatal: `.
    Fatal,
    /// Our own mistake: `panic: `.
    Panic,
}

impl Level {
    /// The word in front of the text, with colon and space.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "",
            Self::Warning => "warning: ",
            Self::Error => "error: ",
            Self::Fatal => "fatal: ",
            Self::Panic => "panic: ",
        }
    }

    /// The severity number of RFC 3164 §4.1.1.
    fn severity(self) -> u8 {
        match self {
            Self::Info => 6,
            Self::Warning => 4,
            Self::Error => 3,
            Self::Fatal | Self::Panic => 2,
        }
    }
}

/// A syslog facility (`syslog_facility`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facility(u8);

impl Facility {
    /// The facility `mail`, the default.
    pub const MAIL: Self = Self(2);

    /// Reads a facility's name as syslog.conf(5) spells it; `None` for an unknown one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let position = FACILITIES.iter().find(|(known, _)| *known == name)?;
        Some(Self(position.1))
    }
}

const FACILITIES: [(&str, u8); 20] = [
    ("kern", 0),
    ("user", 1),
    ("mail", 2),
    ("daemon", 3),
    ("auth", 4),
    ("syslog", 5),
    ("lpr", 6),
    ("news", 7),
    ("uucp", 8),
    ("cron", 9),
    ("authpriv", 10),
    ("ftp", 11),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
];

/// A log file, and who may read it when it has to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its permissions, whatever the process's mask says.
    pub mode: u32,
}

impl LogFile {
    /// A file with `maillog_file_permissions` as they stand in main.cf; `None` for others than 0600, 0640 and 0644.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, permissions: &str) -> Option<Self> {
        let mode = match permissions.strip_prefix('0').unwrap_or(permissions) {
            "600" => 0o600,
            "640" => 0o640,
            "644" => 0o644,
            _ => return None,
        };
        Some(Self {
            path: path.into(),
            mode,
        })
    }
}

/// Where the lines of this process go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The local syslog daemon, at its usual place.
    Syslog,
    /// A syslog daemon that listens at this path.
    SyslogAt(PathBuf),
    /// postlogd, which listens at `socket`; when it does not, straight to `fallback`, for programs that may write it.
    Postlogd {
        /// `public/postlog` below the queue directory.
        socket: PathBuf,
        /// The value of `maillog_file`, for `master` and the commands that work while postlogd is down.
        fallback: Option<LogFile>,
    },
    /// A file, appended to; for postlogd itself.
    File(LogFile),
    /// Standard output (`maillog_file = /dev/stdout`).
    Stdout,
    /// Standard error only: `text` with the program's name in front, as commands at a terminal do.
    Stderr,
}

/// Who writes, and where to.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `syslog_name`, as `postfix` or `postfix/submission`.
    pub syslog_name: String,
    /// The program's name, as `smtpd`.
    pub process: String,
    /// `myhostname`; lines for a file carry its first label.
    pub hostname: String,
    /// `syslog_facility`.
    pub facility: Facility,
    /// Where to.
    pub destination: Destination,
    /// Also to standard error, for a program started by hand.
    pub also_stderr: bool,
    /// False turns every octet above 126 into a question mark (`smtputf8_enable = no`).
    pub utf8: bool,
}

impl Settings {
    /// Settings for the first lines of `process`, before main.cf is read. A parent process leaves word in
    /// `POSTLOG_SERVICE` and `POSTLOG_HOSTNAME` where postlogd is; a set-id program must not call this with
    /// an environment it does not trust, and passes `trusted = false`.
    #[must_use]
    pub fn before_configuration(process: &str, trusted: bool) -> Self {
        let from_environment = |name| {
            std::env::var(name)
                .ok()
                .filter(|value: &String| trusted && !value.is_empty())
        };
        let destination = match from_environment("POSTLOG_SERVICE") {
            Some(path) => Destination::Postlogd {
                socket: path.into(),
                fallback: None,
            },
            None => Destination::Syslog,
        };
        Self {
            syslog_name: from_environment("MAIL_LOGTAG").unwrap_or_else(|| "postfix".to_owned()),
            process: process.to_owned(),
            hostname: from_environment("POSTLOG_HOSTNAME").unwrap_or_else(|| "amnesiac".to_owned()),
            facility: Facility::MAIL,
            destination,
            also_stderr: false,
            utf8: true,
        }
    }
}

/// Why a log destination could not be opened. Syslog and postlogd are never an error: they may come later.
#[derive(Debug, thiserror::Error)]
pub enum MaillogError {
    /// The log file could not be opened for appending.
    #[error("open logfile '{path}': {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Opens the sink of this process, in place of what was open before. Until then lines go to standard error.
///
/// Reads the local time zone, so call it before a change of root directory, as well as for the descriptor.
///
/// # Errors
/// Only for [`Destination::File`].
pub fn open(settings: Settings) -> Result<(), MaillogError> {
    sink::open(settings)
}

/// Opens again what is open, after the log file was renamed (postlogd) or the syslog daemon replaced.
///
/// # Errors
/// As [`open`].
pub fn reopen() -> Result<(), MaillogError> {
    sink::reopen()
}

/// A moment as log lines show it (`Nov  2 18:34:22`), in the time zone read by [`open`].
#[must_use]
pub fn time_text(at: std::time::SystemTime) -> String {
    sink::time_text(at)
}

/// Sets how talkative the process is: the number of `-v` options.
pub fn set_verbosity(level: u8) {
    VERBOSITY.store(level, Ordering::Relaxed);
}

/// How talkative the process is; more than 0 means that single steps are logged.
#[must_use]
pub fn verbosity() -> u8 {
    VERBOSITY.load(Ordering::Relaxed)
}

static VERBOSITY: AtomicU8 = AtomicU8::new(0);

/// Writes one line. The macros [`info!`], [`warning!`], [`error!`], [`fatal!`] and [`panic!`](crate::panic!) call it.
///
/// A text above 30,000 octets is cut. The macros only write: stopping after `fatal!` or `panic!` is the frame's task.
pub fn write(level: Level, text: fmt::Arguments<'_>) {
    thread_local!(static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });
    BUFFER.with(|buffer| match buffer.try_borrow_mut() {
        Ok(mut buffer) => sink::write(level, text, &mut buffer),
        // A Display implementation that logs while it is being logged: rare, but no reason to lose a line.
        Err(_) => sink::write(level, text, &mut Vec::new()),
    });
}

/// From now on lines for postlogd are gathered until [`flush`], for a process that flushes whenever it goes to sleep, and go
/// by a stream of their own (see [`channel`]). Errors and worse are sent at once, with what was gathered before them.
pub fn gather() {
    sink::gather();
}

/// Sends what was gathered.
pub fn flush() {
    sink::flush();
}

/// Hands complete lines, separated by line feeds, of another process to the file or standard output, as postlogd does; nothing is added
/// but the line end.
///
/// # Errors
/// When the destination could not be written, or is neither file nor standard output.
pub fn write_complete(line: &[u8]) -> io::Result<()> {
    sink::write_complete(line)
}

/// Logs the life of mail.
#[macro_export]
macro_rules! info {
    ($($argument:tt)*) => { $crate::write($crate::Level::Info, ::std::format_args!($($argument)*)) };
}

/// Logs something that the administrator should mend.
#[macro_export]
macro_rules! warning {
    ($($argument:tt)*) => { $crate::write($crate::Level::Warning, ::std::format_args!($($argument)*)) };
}

/// Logs what could not be done.
#[macro_export]
macro_rules! error {
    ($($argument:tt)*) => { $crate::write($crate::Level::Error, ::std::format_args!($($argument)*)) };
}

/// Logs why the program stops; stopping is the caller's.
#[macro_export]
macro_rules! fatal {
    ($($argument:tt)*) => { $crate::write($crate::Level::Fatal, ::std::format_args!($($argument)*)) };
}

/// Logs a mistake of our own; what follows is the caller's.
#[macro_export]
macro_rules! panic {
    ($($argument:tt)*) => { $crate::write($crate::Level::Panic, ::std::format_args!($($argument)*)) };
}

/// Logs a single step, when the program was started with `-v`; the arguments are not even evaluated otherwise.
#[macro_export]
macro_rules! verbose {
    ($($argument:tt)*) => {
        if $crate::verbosity() > 0 { $crate::write($crate::Level::Info, ::std::format_args!($($argument)*)) }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facilities_have_their_syslog_numbers() {
        assert_eq!(Facility::parse("mail"), Some(Facility::MAIL));
        assert_eq!(Facility::parse("local7"), Some(Facility(23)));
        assert_eq!(Facility::parse("nothing"), None);
    }

    #[test]
    fn the_macros_write_to_a_capture_with_their_level_word() {
        let capture = capture();
        info!("{}: removed", "4bXyz");
        warning!("{} is {}", "this", 1);
        crate::panic!("oops");
        verbose!("not asked for");
        assert_eq!(
            capture.lines(),
            ["4bXyz: removed", "warning: this is 1", "panic: oops"]
        );
    }
}
