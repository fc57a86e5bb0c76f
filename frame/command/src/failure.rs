//! Why a command stops: one line for the user, and the exit status.

use std::fmt;

use config::ParameterError;
use configuration::ConfigurationError;

use crate::status::Status;

/// A command's last word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: Status,
    text: String,
}

impl Failure {
    /// A failure with its exit status and its line.
    pub fn new(status: Status, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }

    /// A failure with status 1, which most commands give for everything.
    pub fn general(text: impl Into<String>) -> Self {
        Self::new(Status::GENERAL, text)
    }

    /// A command line that cannot be understood; status 1, as Postfix's commands give.
    pub fn usage(text: impl Into<String>) -> Self {
        Self::new(Status::GENERAL, text)
    }

    /// The exit status.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The same line with another status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Self::general(error.to_string())
    }
}

impl From<ParameterError> for Failure {
    fn from(error: ParameterError) -> Self {
        Self::general(error.to_string())
    }
}
