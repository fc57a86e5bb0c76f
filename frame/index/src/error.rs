//! Why a request is not done: the command's last word.

use std::io;

use config::ParameterError;
use lookup::{LookupError, OpenError, Table};

/// What stopped a command.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// A parameter's value.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// Two of the options that say what to do.
    #[error("specify only one of {0}")]
    TwoOperations(&'static str),
    /// JSON of what is not written out.
    #[error("option -j requires -q or -s")]
    JsonOfNothing,
    /// The command line names no table.
    #[error("no table is named")]
    NoTable,
    /// A table can not be opened or built.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A table that is only made as a whole.
    #[error("table {0} can only be made anew from its source: run the command without -d and -i")]
    NotChanged(String),
    /// A table behind proxymap can not be built.
    #[error("can't create maps via the proxy service")]
    Proxied,
    /// A table is there and can not do what it is asked for.
    #[error("table {table}: {what} error{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Table {
        /// `type:name`.
        table: String,
        /// What it was asked for.
        what: &'static str,
        /// What stood in the way; absent when it was logged already.
        reason: Option<String>,
    },
    /// A table that can not do this at all, with its reason.
    #[error("{0}")]
    Unable(String),
    /// A source or another file.
    #[error("{what} {path}: {}", sys::fault::text(source))]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file.
        path: String,
        /// How it ended.
        #[source]
        source: io::Error,
    },
    /// Standard input or output.
    #[error("standard input or output: {}", sys::fault::text(.0))]
    Stream(#[source] io::Error),
    /// The system has no means to wait for servers.
    #[error("event loop: {0}")]
    EventLoop(#[source] io::Error),
}

impl IndexError {
    /// What `table` could not do.
    pub(crate) fn of_table(table: &(impl Table + ?Sized), what: &'static str, error: LookupError) -> Self {
        let name = table.name();
        let reason = match error {
            LookupError::Unavailable { reason, .. } | LookupError::Unapproved { reason, .. } => {
                return Self::Unable(reason);
            }
            LookupError::Failed { reason, .. } if reason.is_empty() => Some("Application error".to_owned()),
            LookupError::Failed { reason, .. } if what == "sequence" => {
                return Self::Unable(format!("table {name}: {reason}"));
            }
            LookupError::Failed { reason, .. } | LookupError::Logged { reason, .. } => Some(reason),
            LookupError::Content { reason, .. } => {
                crate::log::bad_content(name, &reason);
                None
            }
        };
        Self::Table {
            table: name.to_owned(),
            what,
            reason,
        }
    }
}
