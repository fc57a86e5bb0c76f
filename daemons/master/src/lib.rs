//! master: the process that stays and runs the others.
//!
//! It reads `master.cf`, owns the sockets, starts the daemons that serve them when clients come, counts them, wakes
//! services up, and shields the rest from root. postfix(1) starts it, with options of its own: `-c DIR` the folder of
//! the configuration, `-d` stay with the terminal, `-e SECONDS` leave after a time, `-i` be process 1 of a container,
//! `-s` keep standard output, `-t` only say whether another master runs, `-w` return when started, `-D` start
//! `debugger_command`, `-v` log more. SIGHUP reads the configuration again, SIGTERM ends the system.
//!
//! # Listens
//! On every socket that a line of `master.cf` names; it accepts nothing itself.
//! # Asks
//! Nobody. It sends one byte to services that want to be woken up.
//! # Writes
//! `pid/master.pid` and `$data_directory/master.lock`, and the sockets below `public/` and `private/`.
//! # Runs as
//! Root, or an ordinary user, whose system then runs as that user altogether.
//! # Standards
//! None; master(5), master(8).
//! # Difference from Postfix
//! The process limit of a service that serves many clients in one process counts clients; a reload with a broken
//! `master.cf` or `main.cf` is refused and the system goes on as before; `SIGTERM` ends only when the daemons have
//! ended.

mod child;
mod environment;
mod house;
mod launch;
mod limit;
mod listen;
mod lock;
mod log;
mod options;
mod plan;
mod service;
mod settings;
mod start;
mod wakeup;

use std::process::ExitCode;

/// The whole life of master.
pub fn main() -> ExitCode {
    start::main()
}

/// Why master does not start, or cannot do what a reload asks for.
#[derive(Debug, thiserror::Error)]
enum MasterError {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Configuration(#[from] configuration::ConfigurationError),
    #[error(transparent)]
    Parameter(#[from] config::ParameterError),
    #[error("open lock file {path}: {cause}")]
    Lock { path: String, cause: String },
    #[error("bind {address} port {port}: {source}")]
    Bind {
        address: std::net::IpAddr,
        port: u16,
        #[source]
        source: std::io::Error,
    },
    #[error("{context}: {what}")]
    Service { context: String, what: String },
    #[error("{what}: {source}")]
    System {
        what: String,
        #[source]
        source: std::io::Error,
    },
    #[error("daemon initialization failure -- see logs for details")]
    ChildFailed,
}

impl MasterError {
    fn system(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::System {
            what: what.into(),
            source,
        }
    }
}
