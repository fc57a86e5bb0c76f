//! The records after the content: recipients that `sendmail -t` found, and what the content made known.

use contract::cleanup::flag;
use record::attribute::{ENCODING, MESSAGE_ID};
use record::{Kind, Record, Section, hints};

use crate::envelope::Reading;
use crate::message::{Message, Stage};

impl Message<'_> {
    pub(crate) async fn take_extracted(&mut self, record: Record<'_>) {
        let Reading::Says(meaning, value) = self.read_record(record, Section::Extracted) else {
            return;
        };
        if !self.envelope.in_recipients && Section::ExtractedRecipients.admits(record.kind) {
            self.put_findings();
            self.envelope.in_recipients = true;
        }
        if meaning == Kind::END {
            return self.end_message().await;
        }
        if self.take_recipient_record(meaning, value).await {
            return;
        }
        if self.envelope.in_recipients {
            self.size.hints |= hints::MIXED_RECIPIENTS;
        }
        self.put(record.kind, record.text());
    }

    /// What checks and scanner found out, ahead of the recipients.
    fn put_findings(&mut self) {
        if let Some(filter) = self.actions.filter.take() {
            self.put(Kind::FILTER, filter.as_bytes());
        }
        if let Some(redirect) = self.actions.redirect.take() {
            self.put(Kind::REDIRECT, redirect.as_bytes());
        }
        if let Some(id) = self.content.message_id.take() {
            self.put_attribute(MESSAGE_ID, id.as_bytes());
        }
        if let Some(encoding) = self.envelope.encoding.clone() {
            self.put_attribute(ENCODING, encoding.as_bytes());
        }
    }

    async fn end_message(&mut self) {
        self.envelope.in_recipients = false;
        self.is_ended = true;
        self.stage = Stage::Ended;
        let service = self.service;
        let has_recipients = self.envelope.recipient.is_some();
        if self.has_flag(flag::BCC) && has_recipients && !service.settings.always_bcc.is_empty() {
            self.add_copy(&service.settings.always_bcc).await;
        }
        let copies = std::mem::take(&mut self.actions.bcc);
        if self.is_going_on() && has_recipients {
            for address in copies {
                self.add_copy(&address).await;
            }
        }
        self.put(Kind::END, b"");
    }
}
