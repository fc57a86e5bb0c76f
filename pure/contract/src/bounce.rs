//! Notes on failed, delayed and traced recipients, on `private/bounce`, `private/defer` and `private/trace`.
//!
//! One program serves all three. A note must be on disk before its writer tells the queue manager that the recipient
//! is finished. When the service does not answer, the recipient stays undelivered and is tried again.

use crate::attribute::{Attributes, DecodeError, Done, Message, Request, Value, turn};
use crate::deliver::{put_recipient, take_recipient};
use mail::{Action, Dsn, EnhancedStatus, Recipient};

/// The service for failures.
pub const BOUNCE: &str = "bounce";
/// The service for delays.
pub const DEFER: &str = "defer";
/// The service for successes and reports.
pub const TRACE: &str = "trace";

/// A note on one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The message.
    pub queue_id: String,
    /// Whom it was for.
    pub recipient: Recipient,
    /// Where it went: a host, a domain, `none` or a program.
    pub relay: String,
    /// When its fate was known, seconds since the epoch.
    pub time: i64,
    /// Its fate.
    pub dsn: Dsn,
}

const QUEUE_ID: &str = "queue_id";
const RELAY: &str = "relay";
const TIME: &str = "time";
const STATUS: &str = "dsn_status";
const ACTION: &str = "dsn_action";
const REASON: &str = "reason";
const DIAGNOSTIC_TYPE: &str = "diag_type";
const DIAGNOSTIC: &str = "diag_text";
const REMOTE_TYPE: &str = "mta_type";
const REMOTE: &str = "mta_name";

fn put_pair(pair: Option<&(String, String)>, kind: &str, text: &str, out: &mut Vec<u8>) {
    if let Some((first, second)) = pair {
        first.put(kind, out);
        second.put(text, out);
    }
}

fn take_pair(
    attributes: &Attributes<'_>,
    kind: &str,
    text: &str,
) -> Result<Option<(String, String)>, DecodeError> {
    match <Option<String> as Value>::take(attributes, kind)? {
        None => Ok(None),
        Some(kind) => Ok(Some((kind, String::take(attributes, text)?))),
    }
}

fn put_dsn(dsn: &Dsn, out: &mut Vec<u8>) {
    dsn.status.to_string().put(STATUS, out);
    dsn.action.as_str().to_owned().put(ACTION, out);
    dsn.reason.put(REASON, out);
    put_pair(dsn.diagnostic.as_ref(), DIAGNOSTIC_TYPE, DIAGNOSTIC, out);
    put_pair(dsn.remote_mta.as_ref(), REMOTE_TYPE, REMOTE, out);
}

fn take_dsn(attributes: &Attributes<'_>) -> Result<Dsn, DecodeError> {
    let bad = |name: &str, value: &str| DecodeError::BadValue {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let status = String::take(attributes, STATUS)?;
    let action = String::take(attributes, ACTION)?;
    Ok(Dsn {
        status: EnhancedStatus::parse(&status).map_err(|_| bad(STATUS, &status))?,
        action: Action::parse(&action).map_err(|_| bad(ACTION, &action))?,
        reason: String::take(attributes, REASON)?,
        diagnostic: take_pair(attributes, DIAGNOSTIC_TYPE, DIAGNOSTIC)?,
        remote_mta: take_pair(attributes, REMOTE_TYPE, REMOTE)?,
    })
}

impl Message for Append {
    fn put(&self, out: &mut Vec<u8>) {
        self.queue_id.put(QUEUE_ID, out);
        self.relay.put(RELAY, out);
        self.time.put(TIME, out);
        put_dsn(&self.dsn, out);
        put_recipient(&self.recipient, out);
    }

    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            queue_id: String::take(attributes, QUEUE_ID)?,
            recipient: take_recipient(attributes)?,
            relay: String::take(attributes, RELAY)?,
            time: i64::take(attributes, TIME)?,
            dsn: take_dsn(attributes)?,
        })
    }
}

impl Request for Append {
    const NAME: &'static str = "append";
    type Reply = Done;
}

turn! {
    /// Facts of the message that a notice needs.
    pub struct About {
        /// The queue directory the message lies in.
        queue_name: String = "queue_name",
        /// The message.
        queue_id: String = "queue_id",
        /// `7bit`, `8bit`, or empty.
        encoding: String = "encoding",
        /// Send options of the queue file.
        send_options: u32 = "sendopts",
        /// The envelope sender, internal form: who gets the notice.
        sender: String = "sender",
        /// ENVID, decoded.
        envelope_id: String = "envelope_id",
        /// RET: 0 unset, 1 full, 2 headers.
        ret: u32 = "ret_flags",
    }
}

macro_rules! notice {
    ($(#[$doc:meta])* $name:ident as $request:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            /// The message.
            pub about: About,
        }

        impl Message for $name {
            fn put(&self, out: &mut Vec<u8>) {
                self.about.put(out);
            }

            fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
                Ok(Self { about: About::take(attributes)? })
            }
        }

        impl Request for $name {
            const NAME: &'static str = $request;
            type Reply = Done;
        }
    };
}

notice! {
    /// Send the failure notice for a message, then remove its notes.
    Flush as "flush"
}
notice! {
    /// Send the delay notice for a message; its notes stay.
    Warn as "warn"
}

/// Send the success or report notice for a message, then remove its notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The message.
    pub about: About,
    /// Whether the sender asked for a report (`sendmail -v`, `-bv`), and not only to hear of success.
    pub is_report: bool,
}

impl Message for Trace {
    fn put(&self, out: &mut Vec<u8>) {
        self.about.put(out);
        self.is_report.put("is_report", out);
    }

    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            about: About::take(attributes)?,
            is_report: bool::take(attributes, "is_report")?,
        })
    }
}

impl Request for Trace {
    const NAME: &'static str = "trace";
    type Reply = Done;
}

/// Send failure notices one recipient each, the recipient coded into the sender (VERP).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verp {
    /// The message.
    pub about: About,
    /// The two delimiters.
    pub delimiters: String,
}

impl Message for Verp {
    fn put(&self, out: &mut Vec<u8>) {
        self.about.put(out);
        self.delimiters.put("verp_delimiters", out);
    }

    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            about: About::take(attributes)?,
            delimiters: String::take(attributes, "verp_delimiters")?,
        })
    }
}

impl Request for Verp {
    const NAME: &'static str = "verp";
    type Reply = Done;
}

/// Send a failure notice for one recipient at once, with no notes kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct One {
    /// The message.
    pub about: About,
    /// Who gets the notice in place of the sender.
    pub owner: String,
    /// The note.
    pub note: Append,
}

impl Message for One {
    fn put(&self, out: &mut Vec<u8>) {
        self.about.put(out);
        self.owner.put("owner", out);
        self.note.put(out);
    }

    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            about: About::take(attributes)?,
            owner: String::take(attributes, "owner")?,
            note: Append::take(attributes)?,
        })
    }
}

impl Request for One {
    const NAME: &'static str = "one";
    type Reply = Done;
}

turn! {
    /// Remove the notes of a message, unsent.
    pub struct Forget answers Done as "forget" {
        /// The message.
        queue_id: String = "queue_id",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::encode_request;

    #[test]
    fn a_note_read_back_is_the_note_sent() {
        let dsn = Dsn::trouble(EnhancedStatus::new(5, 1, 1), "unknown user")
            .with_diagnostic("smtp", "550 5.1.1 no")
            .with_remote_mta("dns", "mx.example.com");
        let append = Append {
            queue_id: "A1".into(),
            recipient: Recipient::new("a@example.com"),
            relay: "none".into(),
            time: -1,
            dsn,
        };
        let mut octets = Vec::new();
        encode_request(&append, &mut octets);

        assert_eq!(Append::take(&Attributes::parse(&octets).unwrap()), Ok(append));
    }
}
