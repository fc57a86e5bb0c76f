//! Why mail could not be handed over: a status, a reason, and who said so.
//!
//! Whether it means a second server, a delay or a return is decided in `delivery`, from the class of the status.

use esmtp::reply::Reply;
use mail::{Action, Dsn, EnhancedStatus};

/// A failure that concerns one or all recipients of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The status; its class says whether to try again.
    pub(crate) status: EnhancedStatus,
    /// The text for log and notice.
    pub(crate) reason: String,
    /// The host that said so; `None` when it is our own finding.
    pub(crate) host: Option<String>,
    /// What it said, in one line.
    pub(crate) said: Option<String>,
}

impl Failure {
    /// A failure found by ourselves.
    pub(crate) fn ours(status: EnhancedStatus, reason: impl Into<String>) -> Self {
        Self {
            status,
            reason: reason.into(),
            host: None,
            said: None,
        }
    }

    /// A refusal by `host`. A reply that is no refusal at all is a protocol error.
    pub(crate) fn said(host: &str, reply: &Reply, reason: String) -> Self {
        let is_refusal = matches!(reply.status.class, 4 | 5);
        Self {
            status: if is_refusal { reply.status } else { status(5, 5, 0) },
            reason: if is_refusal {
                reason
            } else {
                format!("Protocol error: {reason}")
            },
            host: Some(host.to_owned()),
            said: Some(reply.one_line()),
        }
    }

    /// True when another try may succeed.
    pub(crate) fn is_soft(&self) -> bool {
        self.status.class == 4
    }

    /// The same, taken as a delay (`4.x.x`) or as final (`5.x.x`).
    pub(crate) fn with_class(mut self, class: u8) -> Self {
        self.status = self.status.with_class(class);
        self
    }

    /// What to report for a recipient.
    pub(crate) fn dsn(&self) -> Dsn {
        let action = if self.is_soft() {
            Action::Delayed
        } else {
            Action::Failed
        };
        let mut dsn = Dsn::new(self.status, action, self.reason.clone());
        if let Some(host) = &self.host {
            dsn = dsn.with_remote_mta("dns", host.clone());
        }
        if let Some(said) = &self.said {
            dsn = dsn.with_diagnostic("smtp", said.clone());
        }
        dsn
    }
}

/// Short for a status in a table of failures.
pub(crate) const fn status(class: u8, subject: u16, detail: u16) -> EnhancedStatus {
    EnhancedStatus::new(class, subject, detail)
}

#[cfg(test)]
mod tests {
    use esmtp::reply::ReplyReader;

    use super::*;

    fn reply(line: &str) -> Reply {
        ReplyReader::new(2048).line(line.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_refusal_keeps_the_status_of_its_host() {
        let failure = Failure::said("mx.example", &reply("550 5.1.1 no"), "said".into());
        assert_eq!((failure.status, failure.is_soft()), (status(5, 1, 1), false));
        let dsn = failure.dsn();
        assert_eq!(dsn.remote_mta, Some(("dns".into(), "mx.example".into())));
        assert_eq!(dsn.diagnostic, Some(("smtp".into(), "550 5.1.1 no".into())));
    }

    #[test]
    fn a_reply_that_is_no_refusal_is_a_protocol_error() {
        let failure = Failure::said("mx.example", &reply("250 2.0.0 what"), "said".into());
        assert_eq!(
            (failure.status, failure.reason.as_str()),
            (status(5, 5, 0), "Protocol error: said")
        );
    }
}
