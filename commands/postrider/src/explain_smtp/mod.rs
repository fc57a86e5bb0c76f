//! `postrider explain smtp`: what an SMTP client would hear, and why, without anything being done.
//!
//! The answer is the server's own: the program of a line of `master.cf` is started with the options of that line, and
//! plays the imagined session to itself (`contract::explain_smtp`). Here the command line is read, the program started,
//! and its answer printed.

mod json;
mod outcome;
mod report;
mod request;
mod service;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use config::ParameterError;
use configuration::ConfigurationError;
use contract::explain_smtp::{Event, Trace};

use request::Request;

pub(crate) use request::USAGE;

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExplainError {
    /// The command line.
    #[error("{0}")]
    Usage(String),
    /// The configuration files.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A parameter's value.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// `master.cf` has no such service.
    #[error("{0}: no smtpd service{1}")]
    NoService(PathBuf, String),
    /// The program cannot be started, or talked to.
    #[error("{0}: {1}")]
    Program(PathBuf, #[source] io::Error),
    /// It ended without an answer; what it said of that.
    #[error("service {0} gives no answer:\n{1}")]
    NoAnswer(String, String),
}

impl ExplainError {
    const fn status(&self) -> u8 {
        match self {
            Self::Usage(_) => 64,
            Self::Program(..) | Self::NoAnswer(..) => 69,
            Self::Configuration(_) | Self::Parameter(_) | Self::NoService(..) => 78,
        }
    }
}

/// An answer to print.
struct Explanation {
    /// The line of `master.cf`.
    service: String,
    /// What was said on standard error.
    remarks: Vec<String>,
    trace: Trace,
}

impl Explanation {
    /// Why a client may hear something else; `None` when it would not.
    fn doubt(&self) -> Option<String> {
        let events = &self.trace.events;
        let user = events.iter().find_map(|event| match event {
            Event::Rights { user } => Some(user),
            _ => None,
        });
        let trouble = events.iter().any(|event| match event {
            Event::Row { outcome, .. } => outcome == "trouble",
            Event::Route { class, .. } | Event::Destination { class, .. } => class.is_empty(),
            _ => false,
        });
        let assumed = events.iter().any(|event| matches!(event, Event::Assumed { .. }));
        match user {
            Some(user) if trouble => Some(format!(
                "found with the rights of user {user}, who could not ask everything that the service asks; see \"could \
                 not tell\" above, and call this as root"
            )),
            _ if assumed => Some("something was not asked; see \"assumed\" above".to_owned()),
            _ => None,
        }
    }
}

/// Explains one session.
pub(crate) fn run(words: &[String]) -> ExitCode {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let explained = Request::parse(words).and_then(|request| {
        let explanation = service::ask(&request)?;
        Ok((request, explanation))
    });
    match explained {
        Ok((request, explanation)) => {
            let text = if request.json {
                json::print(&explanation)
            } else {
                report::print(&explanation)
            };
            print!("{text}");
            ExitCode::from(if explanation.doubt().is_some() { 75 } else { 0 })
        }
        Err(error) => {
            eprintln!("postrider: {error}");
            if let ExplainError::Usage(_) = error {
                eprintln!("{USAGE}");
            }
            ExitCode::from(error.status())
        }
    }
}
