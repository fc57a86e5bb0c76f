//! Headers of the message: checks, what they tell, address rewriting, and what is dropped.

use std::borrow::Cow;

use ::message::header::physical_lines;
use ::message::{Header, Known, Place, Role};
use contract::cleanup::{flag, status};
use lookup::Maps;
use record::SendOptions;

use crate::check::{Decision, Subject};
use crate::log;
use crate::message::{Context, Message};
use crate::settings::Class;

impl Message<'_> {
    pub(crate) async fn take_header(&mut self, header: Header<'_>) {
        if header.known == Some(Known::Received) {
            self.content.hops += 1;
        }
        // MIME headers are a class of their own, wherever they stand.
        let is_mime = header.known.is_some_and(Known::is_mime);
        let place = if is_mime { Place::Multipart } else { header.place };
        let Some(text) = self.check_header(header.text, place).await else {
            return;
        };
        let header = match &text {
            Cow::Borrowed(_) => header,
            Cow::Owned(text) => match Header::new(text, header.place) {
                Some(replaced) => replaced,
                None => return,
            },
        };
        let Some(known) = header.known else {
            return self.take_unknown(&header, place);
        };
        if known == Known::ContentTransferEncoding && self.service.settings.detect_8bit_encoding_header {
            self.take_encoding(header.value());
        }
        if place != Place::Primary {
            return self.put_header(header.text);
        }
        self.content.headers_seen |= known.bit();
        self.learn(known, &header);
        if !self.is_going_on() {
            return;
        }
        self.content.is_resent |= known.is_resent();
        let class = match known.role() {
            Role::Sender => Some(Class::HeaderSender),
            Role::Recipient => Some(Class::HeaderRecipient),
            Role::Other => None,
        };
        let is_dropped = self.service.tables.dropped_headers.contains(Some(known), b"");
        match class {
            Some(class) if self.envelope.context != Context::None && !is_dropped => {
                match self.rewrite_header(&header, known, class).await {
                    Some(rewritten) => self.put_header(&rewritten),
                    None => self.put_header(header.text),
                }
            }
            _ if is_dropped => {}
            _ => self.put_header(header.text),
        }
    }

    fn take_unknown(&mut self, header: &Header<'_>, place: Place) {
        let dropped = &self.service.tables.dropped_headers;
        if place != Place::Primary || !dropped.contains(None, header.name()) {
            self.put_header(header.text);
        }
    }

    /// Asks the checks for this place. `None` when the header is dropped; owned text when it was replaced.
    async fn check_header<'h>(&mut self, text: &'h [u8], place: Place) -> Option<Cow<'h, [u8]>> {
        let unchanged = Some(Cow::Borrowed(text));
        if !self.has_flag(flag::FILTER) {
            return unchanged;
        }
        let tables = &self.service.tables;
        let maps: &Maps = match place {
            Place::Primary => &tables.header_checks,
            Place::Multipart => &tables.mime_header_checks,
            Place::Nested => &tables.nested_header_checks,
        };
        if maps.is_empty() {
            return unchanged;
        }
        match maps.get(&String::from_utf8_lossy(text)).await {
            Ok(None) => unchanged,
            Ok(Some(action)) => match self.act(
                &Subject {
                    kind: "header",
                    text,
                    table: maps.title(),
                },
                &action,
            ) {
                Decision::Keep => unchanged,
                Decision::Drop => None,
                Decision::Replace(text) => Some(Cow::Owned(text.into_bytes())),
            },
            Err(_) => {
                log::table_trouble(self.id(), maps.title());
                self.fault(status::WRITE);
                unchanged
            }
        }
    }

    /// Content that calls itself 8bit is taken at its word, whatever the client said.
    fn take_encoding(&mut self, value: &[u8]) {
        if value.eq_ignore_ascii_case(b"8bit") || value.eq_ignore_ascii_case(b"binary") {
            self.envelope.encoding = Some("8bit".to_owned());
        }
    }

    fn learn(&mut self, known: Known, header: &Header<'_>) {
        let settings = &self.service.settings;
        let value = header.value();
        match known {
            Known::MessageId => {
                log::message_id(self.id(), value);
                if self.content.message_id.is_none() {
                    self.content.message_id = balanced_id(value);
                }
            }
            Known::ResentMessageId => log::resent_message_id(self.id(), value),
            Known::Received if self.content.hops >= settings.hopcount_limit => {
                log::rejected(self.id(), "hopcount exceeded");
                self.fault(status::HOPS);
            }
            Known::TlsRequired if settings.tls_required_enable => {
                if value.eq_ignore_ascii_case(b"no") {
                    self.size.options.0 |= SendOptions::TLS_REQUIRED_NO;
                } else {
                    log::malformed_header(header.text);
                }
            }
            Known::RequireTlsEsmtp if self.has_requiretls_header() && value.eq_ignore_ascii_case(b"yes") => {
                self.size.options.0 |= SendOptions::REQUIRETLS;
                self.content.requires_tls_header = true;
            }
            _ => {}
        }
    }

    /// Whether REQUIRETLS travels in a header where ESMTP can not carry it.
    pub(crate) fn has_requiretls_header(&self) -> bool {
        self.service.settings.requiretls_enable && self.service.settings.requiretls_esmtp_header
    }

    /// Writes a header, one record for each physical line.
    pub(crate) fn put_header(&mut self, text: &[u8]) {
        if self.service.settings.smtputf8_enable && !text.is_ascii() {
            self.note_utf8(SendOptions::HEADER_UTF8);
        }
        for line in physical_lines(text, self.service.settings.header_size_limit) {
            self.put_line(&line);
        }
    }

    /// A part of the message has UTF-8; with autodetection, that asks for SMTPUTF8.
    pub(crate) fn note_utf8(&mut self, bit: u32) {
        self.size.options.0 |= bit;
        if self.has_flag(flag::AUTO_UTF8) {
            self.size.options.0 |= SendOptions::SMTPUTF8_REQUESTED;
        }
    }
}

/// The Message-Id up to its closing bracket, with odd characters replaced by blanks.
fn balanced_id(value: &[u8]) -> Option<String> {
    if value.first() != Some(&b'<') {
        return None;
    }
    let mut open = 0usize;
    let end = value.iter().position(|byte| {
        match byte {
            b'<' => open += 1,
            b'>' => open -= 1,
            _ => {}
        }
        open == 0
    })?;
    let id = String::from_utf8_lossy(value.get(..=end)?).into_owned();
    Some(id.replace(|c: char| c.is_ascii_control(), " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_ends_at_its_bracket() {
        assert_eq!(balanced_id(b"<a@b> x").as_deref(), Some("<a@b>"));
        assert_eq!(balanced_id(b"<a<b>\tc> x").as_deref(), Some("<a<b> c>"));
        assert_eq!(
            (balanced_id(b"a@b"), balanced_id(b"<a"), balanced_id(b"")),
            (None, None, None)
        );
    }
}
