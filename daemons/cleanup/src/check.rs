//! What header and body checks can do with a line and its message: header_checks(5).

use contract::cleanup::{flag, status};
use mail::EnhancedStatus;
use record::Kind;

use crate::log::{self, About};
use crate::message::Message;

/// The line that a check matched.
pub(crate) struct Subject<'a> {
    /// `header` or `body`, or `content` for either.
    pub(crate) kind: &'static str,
    pub(crate) text: &'a [u8],
    /// The parameter, for warnings.
    pub(crate) table: &'a str,
}

impl Subject<'_> {
    fn is_header(&self) -> bool {
        self.kind == "header"
    }
}

/// What becomes of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Keep,
    Drop,
    Replace(String),
}

impl Message<'_> {
    /// Carries out the action in a table's value.
    pub(crate) fn act(&mut self, subject: &Subject<'_>, value: &str) -> Decision {
        let (word, text) = value.split_once([' ', '\t']).unwrap_or((value, ""));
        let text = text.trim_ascii_start();
        let table = subject.table;
        match word.to_ascii_uppercase().as_str() {
            "REJECT" => self.act_reject(subject, text),
            "WARN" => self.log_action("warning", subject, text),
            "INFO" => self.log_action("info", subject, text),
            "FILTER" => self.act_filter(subject, text),
            "PASS" => {
                self.log_action("pass", subject, text);
                self.stop_filtering();
            }
            "DISCARD" => {
                self.log_action("discard", subject, text);
                self.flags |= flag::DISCARD;
                self.stop_filtering();
            }
            "HOLD" => {
                if !self.has_flag(flag::HOLD | flag::DISCARD) {
                    self.log_action("hold", subject, text);
                    self.flags |= flag::HOLD;
                }
            }
            "PREPEND" => self.act_prepend(subject, text),
            "REPLACE" => return self.act_replace(subject, text),
            "REDIRECT" => self.act_redirect(subject, text),
            "BCC" => self.act_bcc(subject, text),
            "STRIP" => {
                self.log_action("strip", subject, text);
                return Decision::Drop;
            }
            "IGNORE" => return Decision::Drop,
            "DUNNO" | "OK" => {}
            _ => log::bad_action(format_args!("unknown command in {table} map: {value}")),
        }
        Decision::Keep
    }

    /// Refuses a message for an octet of `message_reject_characters`.
    pub(crate) fn reject_characters(&mut self, line: &[u8]) {
        let subject = Subject {
            kind: "content",
            text: line,
            table: "character reject",
        };
        self.act_reject(&subject, "disallowed character");
    }

    fn act_reject(&mut self, subject: &Subject<'_>, text: &str) {
        let standard = EnhancedStatus::new(5, 7, 1);
        let (mut status, words) = EnhancedStatus::split(standard, text);
        if status.class == 2 {
            log::bad_action(format_args!("bad DSN action in {text} -- need 4.x.x or 5.x.x"));
            status = status.with_class(4);
        }
        // A status alone has no words either.
        let words = if text.is_empty() {
            "message content rejected"
        } else {
            words
        };
        self.reason = format!("{status} {words}");
        self.fault(if status.class == 4 {
            status::DEFER
        } else {
            status::CONTENT
        });
        self.stop_filtering();
        let reason = self.reason.clone();
        self.log_action("reject", subject, &reason);
    }

    fn act_filter(&mut self, subject: &Subject<'_>, text: &str) {
        let table = subject.table;
        if text.is_empty() {
            log::bad_action(format_args!("missing FILTER command argument in {table} map"));
        } else if !text.contains(':') {
            log::bad_action(format_args!(
                "bad FILTER command {text} in {table} -- need transport:destination"
            ));
        } else {
            self.actions.filter = Some(text.to_owned());
            self.log_action("filter", subject, text);
        }
    }

    fn act_prepend(&mut self, subject: &Subject<'_>, text: &str) {
        let table = subject.table;
        if text.is_empty() {
            log::bad_action(format_args!("PREPEND action without text in {table} map"));
        } else if !subject.is_header() {
            self.log_action("prepend", subject, text);
            self.put(Kind::LINE, text.as_bytes());
        } else if !::message::header::is_header(text.as_bytes()) {
            log::bad_action(format_args!(
                "bad PREPEND header text \"{text}\" in {table} map -- need \"headername: headervalue\""
            ));
        } else {
            self.log_action("prepend", subject, text);
            self.put_header(text.as_bytes());
        }
    }

    fn act_replace(&mut self, subject: &Subject<'_>, text: &str) -> Decision {
        let table = subject.table;
        if text.is_empty() {
            log::bad_action(format_args!("REPLACE action without text in {table} map"));
            return Decision::Keep;
        }
        if subject.is_header() && !::message::header::is_header(text.as_bytes()) {
            log::bad_action(format_args!(
                "bad REPLACE header text \"{text}\" in {table} map -- need \"headername: headervalue\""
            ));
            return Decision::Keep;
        }
        self.log_action("replace", subject, text);
        Decision::Replace(text.to_owned())
    }

    fn act_redirect(&mut self, subject: &Subject<'_>, text: &str) {
        if !text.contains('@') {
            let table = subject.table;
            return log::bad_action(format_args!(
                "bad REDIRECT target \"{text}\" in {table} map -- need user@domain"
            ));
        }
        self.actions.redirect = Some(text.to_owned());
        self.log_action("redirect", subject, text);
        self.stop_filtering();
    }

    fn act_bcc(&mut self, subject: &Subject<'_>, text: &str) {
        if !text.contains('@') {
            let table = subject.table;
            return log::bad_action(format_args!(
                "bad BCC address \"{text}\" in {table} map -- need user@domain"
            ));
        }
        self.actions.bcc.push(text.to_owned());
        self.log_action("bcc", subject, text);
    }

    /// The fate of the message is known: no more checks.
    fn stop_filtering(&mut self) {
        self.flags &= !(flag::FILTER | flag::MILTER);
    }

    fn log_action(&self, action: &str, subject: &Subject<'_>, text: &str) {
        self.about().action(action, subject.kind, subject.text, text);
    }

    /// What log lines say of the message.
    pub(crate) fn about(&self) -> About<'_> {
        let envelope = &self.envelope;
        About {
            queue_id: self.id(),
            // Whoever does not say where the mail came from is of this host: pickup, local.
            origin: envelope.origin.as_deref().unwrap_or("local"),
            sender: envelope.sender.as_deref(),
            recipient: envelope.recipient.as_deref(),
            protocol: envelope.protocol.as_deref(),
            helo: envelope.helo.as_deref(),
            form: self.service.address_form,
        }
    }
}
