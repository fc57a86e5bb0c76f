//! From notes to notices: who gets which, and the message that carries it.

use crate::log;
use crate::notice::Facts;
use crate::settings::Settings;
use crate::template::{Kind, Templates};
use contract::bounce::About;
use contract::cleanup::flag;
use ipc::Port;
use jiff::tz::TimeZone;
use mail::{AddressForm, Notify, QueueId, Ret};
use queue::{Content, Envelope, Queue, QueueError, QueueFile, Spool};
use record::note::Note;
use record::{ArrivalTime, Kind as Letter, SendOptions, attribute};
use std::sync::Arc;
use submit::{Submission, SubmitError};

/// What is needed to write notices.
pub(crate) struct Desk {
    pub(crate) settings: Settings,
    pub(crate) templates: Templates,
    pub(crate) spool: Arc<Spool>,
    pub(crate) cleanup: Port,
    pub(crate) zone: TimeZone,
}

/// Why a notice was not sent; its notes stay, and it is asked for again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoticeError {
    #[error("malformed queue id")]
    BadId,
    #[error("{0}")]
    Notes(#[source] QueueError),
    #[error("{0}")]
    Submit(#[from] SubmitError),
    #[error("notification not queued: {0}")]
    NotFiled(String),
    #[error("read the message: {0}")]
    Content(#[source] QueueError),
}

/// Octets of notes read for one notice.
const NOTES_OCTETS: u64 = 64 << 20;
/// Octets of headers returned, at most.
const HEADER_OCTETS: usize = 1 << 20;

/// One notice to send.
struct Notice<'a> {
    kind: Kind,
    about: &'a About,
    notes: &'a [Note],
    /// Envelope sender and recipient, internal form.
    sender: &'a str,
    to: &'a str,
    is_postmaster_copy: bool,
}

impl Desk {
    /// The failure notice; its notes are removed.
    pub(crate) async fn failure(&self, about: &About) -> Result<(), NoticeError> {
        let notes = self.notes(Queue::Bounce, about)?;
        let wanted = wanting(&notes, Notify::wants_failure);
        if !wanted.is_empty() {
            self.failure_of(about, &wanted, "")
                .await
                .inspect_err(|error| log::not_sent(&about.queue_id, error))?;
        }
        self.remove(Queue::Bounce, about)
    }

    /// Failure notices of one recipient each, the recipient coded into the address they go to.
    pub(crate) async fn failure_each(&self, about: &About, delimiters: &str) -> Result<(), NoticeError> {
        for note in wanting(&self.notes(Queue::Bounce, about)?, Notify::wants_failure) {
            let sent = self.failure_of(about, &[note], delimiters).await;
            sent.inspect_err(|error| log::not_sent(&about.queue_id, error))?;
        }
        self.remove(Queue::Bounce, about)
    }

    /// A failure notice for one recipient of whom no note was kept.
    pub(crate) async fn one(&self, about: &About, note: Note) -> Result<(), NoticeError> {
        let sent = self.failure_of(about, &[note], "").await;
        sent.inspect_err(|error| log::not_sent(&about.queue_id, error))
    }

    async fn failure_of(&self, about: &About, notes: &[Note], delimiters: &str) -> Result<(), NoticeError> {
        let kind = Kind::Failure;
        let double_bounce = self.settings.double_bounce_address();
        let postmaster =
            |to: &str, class: &str| self.settings.notifies(class).then(|| self.settings.complete(to));
        if about.sender == double_bounce {
            log::discarded(&about.queue_id);
            return Ok(());
        }
        let what = "non-delivery";
        if about.sender.is_empty() {
            let Some(to) = postmaster(&self.settings.double_bounce_recipient, "2bounce") else {
                return Ok(());
            };
            let notice = Notice {
                kind,
                about,
                notes,
                sender: &double_bounce,
                to: &to,
                is_postmaster_copy: true,
            };
            return self.send(notice, "postmaster", what).await;
        }
        let verp = verp_address(&about.sender, notes, delimiters);
        let to = verp.as_deref().unwrap_or(&about.sender);
        self.send(
            Notice {
                kind,
                about,
                notes,
                sender: "",
                to,
                is_postmaster_copy: false,
            },
            "sender",
            what,
        )
        .await?;
        if let Some(to) = postmaster(&self.settings.bounce_recipient, "bounce") {
            let notice = Notice {
                kind,
                about,
                notes,
                sender: &double_bounce,
                to: &to,
                is_postmaster_copy: true,
            };
            self.copy(notice, what).await;
        }
        Ok(())
    }

    /// The delay notice; its notes stay.
    pub(crate) async fn delay(&self, about: &About) -> Result<(), NoticeError> {
        let kind = Kind::Delay;
        let all = self.notes(Queue::Defer, about)?;
        let notes = wanting(&all, Notify::wants_delay);
        let double_bounce = self.settings.double_bounce_address();
        if notes.is_empty() || about.sender == double_bounce {
            return Ok(());
        }
        if !about.sender.is_empty() {
            let to = &about.sender;
            let notice = Notice {
                kind,
                about,
                notes: &notes,
                sender: "",
                to,
                is_postmaster_copy: false,
            };
            let sent = self.send(notice, "sender", "delay").await;
            sent.inspect_err(|error| log::not_sent(&about.queue_id, error))?;
        }
        if self.settings.notifies("delay") {
            let to = self.settings.complete(&self.settings.delay_recipient);
            let sender = &double_bounce;
            let notice = Notice {
                kind,
                about,
                notes: &notes,
                sender,
                to: &to,
                is_postmaster_copy: true,
            };
            self.copy(notice, "delay").await;
        }
        Ok(())
    }

    /// The success notice or delivery report; its notes are removed.
    pub(crate) async fn trace(&self, about: &About) -> Result<(), NoticeError> {
        let notes = self.notes(Queue::Trace, about)?;
        if notes.is_empty() {
            return self.remove(Queue::Trace, about);
        }
        if about.sender.is_empty() {
            log::no_trace(&about.queue_id, "single-bounce");
            return self.remove(Queue::Trace, about);
        }
        if about.sender == self.settings.double_bounce_address() {
            log::no_trace(&about.queue_id, "double-bounce");
            return self.remove(Queue::Trace, about);
        }
        let is_report = notes
            .iter()
            .any(|note| note.action.starts_with("deliverable") || note.action.starts_with("un"));
        let kind = if is_report { Kind::Verify } else { Kind::Success };
        let notice = Notice {
            kind,
            about,
            notes: &notes,
            sender: "",
            to: &about.sender,
            is_postmaster_copy: false,
        };
        let sent = self.send(notice, "sender", "delivery status").await;
        sent.inspect_err(|error| log::not_sent(&about.queue_id, error))?;
        self.remove(Queue::Trace, about)
    }

    fn notes(&self, queue: Queue, about: &About) -> Result<Vec<Note>, NoticeError> {
        let id = QueueId::parse(&about.queue_id).ok_or(NoticeError::BadId)?;
        let file = self
            .spool
            .read_notes(queue, &id, NOTES_OCTETS)
            .map_err(NoticeError::Notes)?
            .unwrap_or_default();
        for line in &file.malformed {
            log::malformed_note(&about.queue_id, line);
        }
        Ok(file.notes)
    }

    fn remove(&self, queue: Queue, about: &About) -> Result<(), NoticeError> {
        let id = QueueId::parse(&about.queue_id).ok_or(NoticeError::BadId)?;
        self.spool.remove_notes(queue, &id).map_err(NoticeError::Notes)
    }

    /// Best effort: the sender has his notice already, and must not get it twice.
    async fn copy(&self, notice: Notice<'_>, what: &str) {
        let queue_id = notice.about.queue_id.clone();
        if let Err(error) = self.send(notice, "postmaster", what).await {
            log::not_sent(&queue_id, &error);
        }
    }

    async fn send(&self, notice: Notice<'_>, whom: &str, what: &str) -> Result<(), NoticeError> {
        let about = notice.about;
        let mut message =
            Submission::open(&self.cleanup, flag::NOTICE, self.settings.line_length_limit).await?;
        let new_id = message.queue_id().to_owned();
        self.envelope(&notice, &mut message);
        let original = self.original(about);
        let attached = self.attached(&notice, original.as_ref());
        self.body(&notice, original.as_ref(), attached, &mut message)
            .await?;
        message.record(Letter::EXTRACTED, b"");
        let filed = message.finish(&self.cleanup).await?;
        if filed.status != 0 {
            return Err(NoticeError::NotFiled(filed.reason));
        }
        log::sent(&about.queue_id, whom, what, &new_id);
        Ok(())
    }

    fn envelope(&self, notice: &Notice<'_>, message: &mut Submission) {
        let now = stream::time_of_day();
        let arrival = ArrivalTime {
            seconds: i64::try_from(now.as_secs()).unwrap_or_default(),
            microseconds: now.subsec_micros(),
        };
        message.record(Letter::TIME, arrival.payload().as_bytes());
        let options = notice.about.send_options & SendOptions::SMTPUTF8_REQUESTED;
        if options != 0 {
            message.attribute(attribute::SENDOPTS, &options.to_string());
        }
        message.attribute(attribute::LOG_MESSAGE_ORIGIN, "local");
        message.attribute(attribute::TRACE_FLAGS, "0");
        message.record(Letter::SENDER, notice.sender.as_bytes());
        message.record(Letter::RECIPIENT, notice.to.as_bytes());
        message.record(Letter::MESSAGE, b"");
    }

    /// The message itself, when it can be read; a notice without it is better than none.
    fn original(&self, about: &About) -> Option<(QueueFile, Envelope)> {
        let id = QueueId::parse(&about.queue_id)?;
        let queue = Queue::from_name(&about.queue_name).unwrap_or(Queue::Active);
        let read = QueueFile::open_to_read(&self.spool, queue, &id)
            .and_then(|file| Envelope::read(file.file(), 1).map(|envelope| (file, envelope)));
        read.inspect_err(|error| log::no_original(&about.queue_id, error))
            .ok()
    }

    fn attached(&self, notice: &Notice<'_>, original: Option<&(QueueFile, Envelope)>) -> Ret {
        let Some((_, envelope)) = original else {
            return Ret::Unset;
        };
        let is_large = envelope.size.data_size > self.settings.size_limit;
        let wants_headers = notice.about.ret == u32::from(Ret::Headers.bits());
        let is_copy = notice.is_postmaster_copy || notice.kind != Kind::Failure;
        if is_large || wants_headers || is_copy {
            Ret::Headers
        } else {
            Ret::Full
        }
    }

    async fn body(
        &self,
        notice: &Notice<'_>,
        original: Option<&(QueueFile, Envelope)>,
        attached: Ret,
        message: &mut Submission,
    ) -> Result<(), NoticeError> {
        let about = notice.about;
        let date = |seconds: i64| message::date::format(seconds, &self.zone);
        let arrival = original.map_or(0, |(_, envelope)| envelope.arrival.seconds);
        let created = original.map_or(0, |(_, envelope)| envelope.create_time);
        let lifetime = i64::try_from(self.settings.maximal_queue_lifetime.as_secs()).unwrap_or_default();
        let boundary = format!(
            "{}.{}/{}",
            message.queue_id(),
            stream::time_of_day().as_secs(),
            self.settings.myhostname
        );
        let facts = Facts {
            kind: notice.kind,
            template: self.templates.get(notice.kind),
            myhostname: &self.settings.myhostname,
            mail_name: &self.settings.mail_name,
            queue_id: &about.queue_id,
            sender: &AddressForm::External.show(&about.sender),
            to: &AddressForm::External.show(notice.to),
            is_postmaster_copy: notice.is_postmaster_copy,
            envelope_id: &about.envelope_id,
            arrival_date: &if arrival > 0 { date(arrival) } else { String::new() },
            retry_until: &if created > 0 {
                date(created + lifetime)
            } else {
                String::new()
            },
            references: original
                .filter(|_| self.settings.threaded)
                .map_or("", |(_, envelope)| &envelope.message_id),
            boundary: &boundary,
            encoding: &about.encoding,
            is_utf8: about.send_options & SendOptions::SMTPUTF8_REQUESTED != 0,
            attached,
        };
        facts.write(notice.notes, &mut |line| message.line(line.as_bytes()));
        if let (Some((file, envelope)), Ret::Full | Ret::Headers) = (original, attached) {
            attach(file, envelope, attached, message).await?;
        }
        facts.write_end(&mut |line| message.line(line.as_bytes()));
        Ok(())
    }
}

/// Copies the message, or its headers, into the notice.
async fn attach(
    file: &QueueFile,
    envelope: &Envelope,
    attached: Ret,
    message: &mut Submission,
) -> Result<(), NoticeError> {
    if !envelope.sender.is_empty() {
        message.line(format!("Return-Path: <{}>", AddressForm::External.show(&envelope.sender)).as_bytes());
    }
    let mut content = Content::new(file.file(), &envelope.size).map_err(NoticeError::Content)?;
    let mut octets = 0;
    while let Some(line) = content.next_line().map_err(NoticeError::Content)? {
        octets += line.bytes.len();
        let ends_headers = line.bytes.is_empty() || octets > HEADER_OCTETS;
        if attached == Ret::Headers && ends_headers {
            return Ok(());
        }
        message.record(if line.ends { Letter::LINE } else { Letter::CHUNK }, line.bytes);
        message.flow().await?;
    }
    Ok(())
}

/// The notes of recipients for whom the sender wants to hear of this.
fn wanting(notes: &[Note], wants: impl Fn(Notify) -> bool) -> Vec<Note> {
    let mask = |note: &Note| {
        u8::try_from(note.notify_flags)
            .ok()
            .and_then(Notify::from_bits)
            .unwrap_or_default()
    };
    notes.iter().filter(|note| wants(mask(note))).cloned().collect()
}

/// `list+user=example.com@lists.example`: the sender with the first recipient coded in; `None` without delimiters.
fn verp_address(sender: &str, notes: &[Note], delimiters: &str) -> Option<String> {
    let mut delimiters = delimiters.chars();
    let (first, second) = (delimiters.next()?, delimiters.next()?);
    let (local, domain) = sender.rsplit_once('@')?;
    let (user, host) = notes.first()?.recipient.rsplit_once('@')?;
    Some(format!("{local}{first}{user}{second}{host}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(recipient: &str, notify_flags: u32) -> Note {
        Note {
            recipient: recipient.into(),
            notify_flags,
            ..Note::default()
        }
    }

    #[test]
    fn a_recipient_for_whom_no_failure_was_to_be_reported_is_left_out() {
        let notes = [note("a@x", 0), note("b@x", 1), note("c@x", 4), note("d@x", 8)];
        let names: Vec<_> = wanting(&notes, Notify::wants_failure)
            .into_iter()
            .map(|note| note.recipient)
            .collect();
        assert_eq!(names, ["a@x", "c@x"]);
    }

    #[test]
    fn verp_codes_the_recipient_into_the_sender() {
        let notes = [note("user@rcpt.example", 0)];
        let address = verp_address("list@sender.example", &notes, "+=");
        assert_eq!(address.as_deref(), Some("list+user=rcpt.example@sender.example"));
        assert_eq!(verp_address("list@sender.example", &notes, ""), None);
    }
}
