//! What became of one recipient, in the terms of a delivery status notification (RFC 3464 §2.3).

use std::fmt;

use crate::{EnhancedStatus, MailError};

/// The fate of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dsn {
    /// The enhanced status code.
    pub status: EnhancedStatus,
    /// The action field.
    pub action: Action,
    /// What the log and the notice say, in plain text.
    pub reason: String,
    /// Type and text of the diagnostic code, such as (`smtp`, `550 5.1.1 unknown`).
    pub diagnostic: Option<(String, String)>,
    /// Type and name of the remote server, such as (`dns`, `mx.example.com`).
    pub remote_mta: Option<(String, String)>,
}

impl Dsn {
    /// A fate without diagnostic or remote server.
    #[must_use]
    pub fn new(status: EnhancedStatus, action: Action, reason: impl Into<String>) -> Self {
        Self {
            status,
            action,
            reason: reason.into(),
            diagnostic: None,
            remote_mta: None,
        }
    }

    /// A failure or a delay, by the class of the status.
    #[must_use]
    pub fn trouble(status: EnhancedStatus, reason: impl Into<String>) -> Self {
        let action = if status.class == 5 {
            Action::Failed
        } else {
            Action::Delayed
        };
        Self::new(status, action, reason)
    }

    /// A failure or delay from a text that may begin with its own status.
    ///
    /// A status whose class is not that of the default is a contradiction; the default's class wins.
    #[must_use]
    pub fn from_text(default: EnhancedStatus, text: &str) -> Self {
        let (status, reason) = EnhancedStatus::split(default, text);
        Self::trouble(status.with_class(default.class), reason)
    }

    /// Adds the diagnostic code.
    #[must_use]
    pub fn with_diagnostic(mut self, kind: impl Into<String>, text: impl Into<String>) -> Self {
        self.diagnostic = Some((kind.into(), text.into()));
        self
    }

    /// Adds the remote server.
    #[must_use]
    pub fn with_remote_mta(mut self, kind: impl Into<String>, name: impl Into<String>) -> Self {
        self.remote_mta = Some((kind.into(), name.into()));
        self
    }
}

/// The action of a notification (RFC 3464 §2.3.3), and the three words of probe reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// In the mailbox.
    Delivered,
    /// Given up.
    Failed,
    /// Will be tried again.
    Delayed,
    /// Handed to a server that makes no notifications.
    Relayed,
    /// Became several recipients.
    Expanded,
    /// A probe found that it could be delivered.
    Deliverable,
    /// A probe found that it could not.
    Undeliverable,
    /// A probe could not tell.
    Undelivered,
}

impl Action {
    const ALL: [Self; 8] = [
        Self::Delivered,
        Self::Failed,
        Self::Delayed,
        Self::Relayed,
        Self::Expanded,
        Self::Deliverable,
        Self::Undeliverable,
        Self::Undelivered,
    ];

    /// The word in notices and in the logs of `bounce`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
            Self::Deliverable => "deliverable",
            Self::Undeliverable => "undeliverable",
            Self::Undelivered => "undelivered",
        }
    }

    /// Reads the word, in any case.
    ///
    /// # Errors
    /// [`MailError::Keyword`] for any other word.
    pub fn parse(word: &str) -> Result<Self, MailError> {
        let found = Self::ALL
            .into_iter()
            .find(|action| action.as_str().eq_ignore_ascii_case(word));
        found.ok_or(MailError::Keyword)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_read_back() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Ok(action));
        }
        assert_eq!(Action::parse("bounced"), Err(MailError::Keyword));
    }

    #[test]
    fn a_text_with_status_gives_status_and_reason() {
        let dsn = Dsn::from_text(EnhancedStatus::new(5, 0, 0), "5.1.1 unknown user");
        assert_eq!(dsn.status, EnhancedStatus::new(5, 1, 1));
        assert_eq!(
            (dsn.action, dsn.reason.as_str()),
            (Action::Failed, "unknown user")
        );
    }

    #[test]
    fn a_contradicting_class_yields_to_the_default() {
        let dsn = Dsn::from_text(EnhancedStatus::new(4, 3, 0), "5.1.1 unknown user");
        assert_eq!(
            (dsn.status, dsn.action),
            (EnhancedStatus::new(4, 1, 1), Action::Delayed)
        );
    }
}
