//! Returning a message to its sender, where the client can not be told: mail from pickup and from the local agent.

use std::time::Duration;

use contract::bounce::{About as Facts, Flush, Verp};
use contract::cleanup::status;
use mail::{Delays, Dsn, EnhancedStatus, Notify, Recipient, Ret};
use outcome::{About, Fate};
use queue::{Cursor, Queue, QueueError};
use record::{Kind, attribute, parse_number};

use crate::envelope::text;
use crate::log;
use crate::message::Message;
use crate::recipient::is_done;

impl Message<'_> {
    /// Sends the notice. False when that was not possible; then the message must be kept where it came from.
    pub(crate) async fn return_to_sender(&mut self) -> bool {
        if self.service.settings.soft_bounce {
            self.fault(status::WRITE);
            return false;
        }
        let done = self.note_recipients().await && self.send_notice().await;
        if !done {
            log::note_failed(self.id(), "bounce message failure");
            self.fault(status::WRITE);
        }
        done
    }

    async fn note_recipients(&mut self) -> bool {
        let recipients = match self.recipients_on_file() {
            Ok(recipients) if recipients.is_empty() => vec![Recipient::new("unknown")],
            Ok(recipients) => recipients,
            Err(error) => {
                log::write_failed(self.id(), &error);
                return false;
            }
        };
        let arrival = self.envelope.arrival.unwrap_or_default();
        let incoming_arrival = Duration::from_secs(u64::try_from(arrival.seconds).unwrap_or(0))
            + Duration::from_micros(u64::from(arrival.microseconds));
        let about = About {
            queue_id: self.id().to_owned(),
            delays: Delays {
                incoming_arrival,
                ..Delays::default()
            },
            ..About::default()
        };
        let dsn = self.fate();
        for recipient in &recipients {
            if self
                .service
                .reporter
                .report(&about, recipient, "none", dsn.clone())
                .await
                == Fate::Left
            {
                return false;
            }
        }
        true
    }

    /// Why the message is returned: the check's own words, or those for the worst fault.
    fn fate(&self) -> Dsn {
        let (code, words) = match self.faults {
            faults if faults & status::HOPS != 0 => (EnhancedStatus::new(5, 4, 0), "too many hops"),
            faults if faults & status::SIZE != 0 => (EnhancedStatus::new(5, 3, 4), "message file too big"),
            _ => (EnhancedStatus::new(5, 7, 1), "message content rejected"),
        };
        if self.reason.is_empty() {
            return Dsn::trouble(code, words);
        }
        Dsn::from_text(EnhancedStatus::new(5, 0, 0), &self.reason)
    }

    /// Reads the recipients back from the queue file, since they may be too many to be kept in memory for a case so rare.
    fn recipients_on_file(&mut self) -> Result<Vec<Recipient>, QueueError> {
        let file = self.draft.settle()?;
        let mut cursor = Cursor::new(file, 0, 64 << 10);
        let mut recipients = Vec::new();
        let mut next = Recipient::default();
        // A file that was cut short ends where it ends.
        while let Ok(Some(found)) = cursor.next_record() {
            let (kind, value) = attribute::meaning(found.record.kind, found.record.text());
            match kind {
                Kind::END => break,
                Kind::DSN_ORCPT => next.orcpt = text(value).into_owned(),
                Kind::ORIGINAL_RECIPIENT => next.original = text(value).into_owned(),
                Kind::DSN_NOTIFY => {
                    let bits = parse_number(value).and_then(|bits| u8::try_from(bits).ok());
                    next.notify = bits.and_then(Notify::from_bits).unwrap_or_default();
                }
                Kind::RECIPIENT => {
                    let mut recipient = std::mem::take(&mut next);
                    recipient.address = text(value).into_owned();
                    recipient.offset = found.offset;
                    recipients.push(recipient);
                }
                Kind::DONE | Kind::CANCELLED => next = Recipient::default(),
                _ => {}
            }
        }
        Ok(recipients)
    }

    async fn send_notice(&self) -> bool {
        let envelope = &self.envelope;
        // Content that was refused is not sent back.
        let without_body = self.faults & (status::CONTENT | status::SIZE) != 0;
        let about = Facts {
            queue_name: Queue::Incoming.name().to_owned(),
            queue_id: self.id().to_owned(),
            encoding: envelope.encoding.clone().unwrap_or_default(),
            send_options: self.size.options.0,
            sender: envelope.sender.clone().unwrap_or_default(),
            envelope_id: envelope.envelope_id.clone(),
            ret: if without_body {
                u32::from(Ret::Headers.bits())
            } else {
                envelope.ret
            },
        };
        let bounce = &self.service.reporter.bounce;
        match &envelope.verp {
            Some(delimiters) if !self.service.settings.disable_verp_bounces => is_done(
                bounce
                    .ask(&Verp {
                        about,
                        delimiters: delimiters.clone(),
                    })
                    .await,
            ),
            _ => is_done(bounce.ask(&Flush { about }).await),
        }
    }
}
