//! Why a delivery did not happen, in the terms of the notice to come. Wording around it is the agent's.

use std::io;

use mail::{Dsn, EnhancedStatus};
use queue::QueueError;

/// Why a delivery did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The enhanced status: class 4 is tried again, class 5 is not.
    pub status: EnhancedStatus,
    /// The cause in words.
    pub reason: String,
    /// Text for the notice's diagnostic code (`x-unix`), where there is one.
    pub diagnostic: Option<String>,
    /// What an agent may treat specially.
    pub cause: Cause,
    /// What the operator should know beside; for the log only.
    pub note: Option<String>,
}

/// Causes that an agent may treat specially.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nothing special.
    Other,
    /// The user may not do this.
    Denied,
    /// The mailbox is no regular file.
    NotRegular,
    /// The mailbox is another user's.
    NotOwned,
    /// The queue file is damaged: it goes to `corrupt/`, and the message is nobody's to return.
    Damaged,
}

/// Difference: a queue file that cannot be read is tried again, where Postfix returns the message.
impl From<QueueError> for Trouble {
    fn from(error: QueueError) -> Self {
        let later = Self::lost(format!("error reading message: {error}"));
        if error.is_damage() {
            later.because(Cause::Damaged)
        } else {
            later
        }
    }
}

impl Trouble {
    /// Whether the queue file itself is at fault.
    pub fn is_damage(&self) -> bool {
        self.cause == Cause::Damaged
    }

    /// The administrator must mend something first; the log says what.
    pub fn configuration() -> Self {
        Self::new(EnhancedStatus::new(4, 3, 5), "mail system configuration error")
    }

    /// The fate this trouble is for a recipient.
    pub fn into_dsn(self) -> Dsn {
        let dsn = Dsn::trouble(self.status, self.reason);
        match self.diagnostic {
            Some(text) => dsn.with_diagnostic("x-unix", text),
            None => dsn,
        }
    }

    /// The same with words in front of the reason.
    pub fn prefixed(mut self, words: impl std::fmt::Display) -> Self {
        self.reason.insert_str(0, &words.to_string());
        self
    }

    pub(crate) fn new(status: EnhancedStatus, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            diagnostic: None,
            cause: Cause::Other,
            note: None,
        }
    }

    pub(crate) fn because(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }

    pub(crate) fn with_note(self, text: impl Into<String>) -> Self {
        Self {
            note: Some(text.into()),
            ..self
        }
    }

    pub(crate) fn with_diagnostic(self, text: impl Into<String>) -> Self {
        Self {
            diagnostic: Some(text.into()),
            ..self
        }
    }

    /// Trouble with a file: `what: why`. `status` counts unless the error itself says more.
    pub(crate) fn with_file(what: impl std::fmt::Display, error: &io::Error, status: EnhancedStatus) -> Self {
        let cause = if error.kind() == io::ErrorKind::PermissionDenied {
            Cause::Denied
        } else {
            Cause::Other
        };
        Self::new(
            status_of(error, status),
            format!("{what}: {}", sys::fault::text(error)),
        )
        .because(cause)
    }

    pub(crate) fn writing(error: &io::Error) -> Self {
        Self::with_file("error writing message", error, EnhancedStatus::new(5, 3, 0))
            .with_diagnostic("input/output error")
    }

    /// The helper process is gone, or the message could not be brought to it.
    pub(crate) fn lost(reason: impl Into<String>) -> Self {
        Self::new(EnhancedStatus::new(4, 3, 0), reason)
    }
}

/// The status an operating system error stands for in a mailbox, else `default`.
fn status_of(error: &io::Error, default: EnhancedStatus) -> EnhancedStatus {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::StaleNetworkFileHandle => EnhancedStatus::new(4, 2, 0),
        io::ErrorKind::StorageFull => EnhancedStatus::new(4, 3, 0),
        io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => EnhancedStatus::new(5, 2, 2),
        _ => default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_operating_system() {
        let error = std::fs::File::open("/no/such/file").unwrap_err();
        assert_eq!(sys::fault::text(&error), "No such file or directory");
    }

    #[test]
    fn a_full_mailbox_is_permanent_and_a_full_disk_is_not() {
        let default = EnhancedStatus::new(5, 2, 0);
        let quota = io::Error::from(io::ErrorKind::QuotaExceeded);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(status_of(&quota, default), EnhancedStatus::new(5, 2, 2));
        assert_eq!(status_of(&full, default), EnhancedStatus::new(4, 3, 0));
    }
}
