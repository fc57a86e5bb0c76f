//! Headers that the message should have and has not (RFC 5322 §3.6).

use ::message::header::{fold, is_header};
use ::message::phrase::{Form, name_text};
use ::message::{Known, message_id};
use contract::cleanup::status;
use mail::quote_local822;
use record::SendOptions;

use crate::log;
use crate::message::{Context, Message};
use crate::settings::NonEmptyEnd;

/// Who sends mail without a sender.
const MAILER_DAEMON: &str = "MAILER-DAEMON";

impl Message<'_> {
    /// Completes the headers, after the last one has come.
    pub(crate) fn end_headers(&mut self) {
        if !self.is_going_on() {
            return;
        }
        if self.content.hops < 1 {
            log::rejected(self.id(), "no Received: header");
            return self.fault(status::BAD);
        }
        let adds = self.envelope.context != Context::None || self.service.settings.always_add_missing_headers;
        let resent = if self.content.is_resent { "Resent-" } else { "" };
        if adds && !self.has_seen(Known::ResentMessageId, Known::MessageId) {
            self.add_message_id(resent);
        }
        if self.content.headers_seen & Known::MessageId.bit() == 0 {
            log::message_id(self.id(), b"<>");
        }
        if adds && !self.has_seen(Known::ResentDate, Known::Date) {
            let seconds = self.envelope.arrival.map_or(0, |arrival| arrival.seconds);
            let header = format!("{resent}Date: {}", self.service.date.borrow_mut().format(seconds));
            self.put_line(header.as_bytes());
        }
        if adds && !self.has_seen(Known::ResentFrom, Known::From) {
            self.add_from(resent);
        }
        if adds {
            self.add_undisclosed();
        }
        self.add_policy_headers();
    }

    /// Whether the message has the header it needs: the resent one when it was sent again.
    fn has_seen(&self, resent: Known, plain: Known) -> bool {
        let needed = if self.content.is_resent { resent } else { plain };
        self.content.headers_seen & needed.bit() != 0
    }

    fn add_message_id(&mut self, resent: &str) {
        let is_long = self.service.settings.enable_long_queue_ids;
        let host = &self.service.settings.myhostname;
        let id = format!(
            "<{}>",
            message_id::make(self.created_seconds(), self.id(), is_long, host)
        );
        // One line whatever its length: half an id would be none.
        self.put_line(format!("{resent}Message-Id: {id}").as_bytes());
        if self.content.is_resent {
            log::resent_message_id(self.id(), id.as_bytes());
            self.content.headers_seen |= Known::ResentMessageId.bit();
        } else {
            log::message_id(self.id(), id.as_bytes());
            self.content.headers_seen |= Known::MessageId.bit();
            self.content.message_id.get_or_insert(id);
        }
    }

    fn add_from(&mut self, resent: &str) {
        let settings = &self.service.settings;
        let sender = self.envelope.sender.as_deref().unwrap_or_default();
        let address = quote_local822(if sender.is_empty() { MAILER_DAEMON } else { sender });
        let form = settings.header_from_format.0;
        let name = match &self.envelope.full_name {
            Some(name) if !sender.is_empty() => {
                let text = name_text(name, form, &settings.full_name_encoding_charset);
                if text.is_none() && !name.is_ascii() {
                    log::bad_charset(&settings.full_name_encoding_charset);
                }
                text
            }
            _ => None,
        };
        let mut header = format!("{resent}From: ").into_bytes();
        match (name, form) {
            (None, _) => header.extend_from_slice(address.as_bytes()),
            (Some(name), Form::Phrase) => {
                header.extend_from_slice(&name);
                header.extend_from_slice(format!("\n<{address}>").as_bytes());
            }
            (Some(name), Form::Comment) => {
                header.extend_from_slice(format!("{address}\n(").as_bytes());
                header.extend_from_slice(&name);
                header.push(b')');
            }
        }
        fold(&mut header);
        self.put_header(&header);
    }

    fn add_undisclosed(&mut self) {
        let visible = [Known::To, Known::ResentTo, Known::Cc, Known::ResentCc];
        let is_visible = visible
            .iter()
            .any(|header| self.content.headers_seen & header.bit() != 0);
        let header = &self.service.settings.undisclosed_recipients_header;
        if is_visible || header.is_empty() {
            return;
        }
        if is_header(header.as_bytes()) {
            self.put_line(header.as_bytes());
        } else {
            log::bad_undisclosed_header(header);
        }
    }

    fn add_policy_headers(&mut self) {
        let settings = &self.service.settings;
        let requires_tls = self.has_requiretls_header() && self.size.options.has(SendOptions::REQUIRETLS);
        if requires_tls && !self.content.requires_tls_header {
            self.put_line(b"Require-TLS-ESMTP: yes");
        }
        if self.content.ends_headers_badly
            && settings.non_empty_end_of_header_action == NonEmptyEnd::AddHeader
        {
            self.put_line(b"MIME-Error: message header was not terminated by empty line");
        }
    }
}
