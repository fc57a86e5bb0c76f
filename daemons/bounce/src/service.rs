//! From notes to notices: who gets which, and the message that carries it.

use crate::log;
use crate::notice::{Audience, Facts};
use crate::settings::Settings;
use config::bounce_cf::{Kind, Template, Templates};
use contract::bounce::{About, Trace};
use contract::cleanup::flag;
use ipc::Port;
use jiff::tz::TimeZone;
use mail::{AddressForm, Notify, QueueId, Ret};
use queue::{Content, Envelope, Queue, QueueError, QueueFile, Spool};
use record::note::Note;
use record::{ArrivalTime, Kind as Letter, SendOptions, attribute};
use std::cell::RefCell;
use std::sync::Arc;
use submit::{Submission, SubmitError};

/// What is needed to write notices.
pub(crate) struct Desk {
    pub(crate) settings: Settings,
    pub(crate) templates: Templates,
    /// Templates whose misfits were complained of.
    pub(crate) told: RefCell<Vec<&'static str>>,
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
#[derive(Clone, Copy)]
struct Notice<'a> {
    kind: Kind,
    audience: Audience,
    about: &'a About,
    notes: &'a [Note],
    /// Envelope sender and recipient, internal form.
    sender: &'a str,
    to: &'a str,
}

impl Desk {
    /// The failure notice made of the notes in `queue`, which are removed.
    pub(crate) async fn failure(&self, queue: Queue, about: &About) -> Result<(), NoticeError> {
        let notes = self.notes(queue, about)?;
        if !notes.is_empty() {
            self.failure_of(about, &about.sender, &notes, "").await?;
        }
        self.remove(queue, about)
    }

    /// As [`Desk::failure`], with one notice for each recipient, which is coded into the address that gets it.
    pub(crate) async fn failure_each(
        &self,
        queue: Queue,
        about: &About,
        delimiters: &str,
    ) -> Result<(), NoticeError> {
        for note in self.notes(queue, about)? {
            self.failure_of(about, &about.sender, &[note], delimiters).await?;
        }
        self.remove(queue, about)
    }

    /// A failure notice for one recipient of whom no note was kept, to `owner` instead of the sender.
    pub(crate) async fn one(&self, about: &About, owner: &str, note: Note) -> Result<(), NoticeError> {
        self.failure_of(about, owner, &[note], "").await
    }

    /// The notice to `addressee`, ordinarily the sender, or to the postmaster when there is none.
    async fn failure_of(
        &self,
        about: &About,
        addressee: &str,
        notes: &[Note],
        delimiters: &str,
    ) -> Result<(), NoticeError> {
        let kind = Kind::Failure;
        let settings = &self.settings;
        let double_bounce = settings.double_bounce_address();
        if addressee.eq_ignore_ascii_case(&double_bounce) {
            // A notice to the postmaster that failed. Nobody is left to be told.
            log::discarded(&about.queue_id);
            return Ok(());
        }
        let sender = double_bounce.as_str();
        if addressee.is_empty() {
            if settings.notifies("bounce") || settings.notifies("2bounce") {
                let (to, audience) = (&*settings.double_bounce_recipient, Audience::LastResort);
                let notice = Notice {
                    kind,
                    audience,
                    about,
                    notes,
                    sender,
                    to,
                };
                self.send(notice, "postmaster", "non-delivery").await?;
            }
            return Ok(());
        }
        let coded = notes
            .first()
            .and_then(|note| verp_address(addressee, note, delimiters));
        let (to, audience) = (coded.as_deref().unwrap_or(addressee), Audience::Sender);
        let notice = Notice {
            kind,
            audience,
            about,
            notes,
            sender: "",
            to,
        };
        let wanted = wanting(notes, Notify::wants_failure);
        if !wanted.is_empty() {
            let notes = &wanted;
            self.send(Notice { notes, ..notice }, "sender", "non-delivery")
                .await?;
        }
        // Whom the sender did not want to hear of, the postmaster hears of still.
        if settings.notifies("bounce") {
            let (to, audience) = (&*settings.bounce_recipient, Audience::Postmaster);
            self.copy(
                Notice {
                    audience,
                    sender,
                    to,
                    ..notice
                },
                "non-delivery",
            )
            .await;
        }
        Ok(())
    }

    /// The delay notice; its notes stay.
    pub(crate) async fn delay(&self, about: &About) -> Result<(), NoticeError> {
        let kind = Kind::Delay;
        let notes = self.notes(Queue::Defer, about)?;
        let double_bounce = self.settings.double_bounce_address();
        let is_notice = about.sender.is_empty() || about.sender.eq_ignore_ascii_case(&double_bounce);
        if notes.is_empty() || is_notice {
            return Ok(());
        }
        let (to, audience) = (&*about.sender, Audience::Sender);
        let notice = Notice {
            kind,
            audience,
            about,
            notes: &notes,
            sender: "",
            to,
        };
        let wanted = wanting(&notes, Notify::wants_delay);
        if !wanted.is_empty() {
            let notes = &wanted;
            self.send(Notice { notes, ..notice }, "sender", "delay").await?;
        }
        if self.settings.notifies("delay") {
            let (sender, to) = (&*double_bounce, &*self.settings.delay_recipient);
            let audience = Audience::Postmaster;
            self.copy(
                Notice {
                    audience,
                    sender,
                    to,
                    ..notice
                },
                "delay",
            )
            .await;
        }
        Ok(())
    }

    /// The success notice or delivery report; its notes are removed.
    pub(crate) async fn trace(&self, trace: &Trace) -> Result<(), NoticeError> {
        let about = &trace.about;
        let notes = self.notes(Queue::Trace, about)?;
        if notes.is_empty() {
            return self.remove(Queue::Trace, about);
        }
        if about.sender.is_empty() {
            log::no_trace(&about.queue_id, "single-bounce");
            return self.remove(Queue::Trace, about);
        }
        if about
            .sender
            .eq_ignore_ascii_case(&self.settings.double_bounce_address())
        {
            log::no_trace(&about.queue_id, "double-bounce");
            return self.remove(Queue::Trace, about);
        }
        let kind = if trace.is_report {
            Kind::Verify
        } else {
            Kind::Success
        };
        let (to, audience) = (&*about.sender, Audience::Sender);
        let notice = Notice {
            kind,
            audience,
            about,
            notes: &notes,
            sender: "",
            to,
        };
        self.send(notice, "sender", "delivery status").await?;
        self.remove(Queue::Trace, about)
    }

    fn notes(&self, queue: Queue, about: &About) -> Result<Vec<Note>, NoticeError> {
        let id = QueueId::parse(&about.queue_id).ok_or(NoticeError::BadId)?;
        let read = self.spool.read_notes(queue, &id, NOTES_OCTETS);
        let file = read.map_err(NoticeError::Notes)?.unwrap_or_default();
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
        // A failure was logged; there is nothing more to do about it.
        let _ = self.send(notice, "postmaster", what).await;
    }

    async fn send(&self, notice: Notice<'_>, whom: &str, what: &str) -> Result<(), NoticeError> {
        let queue_id = &notice.about.queue_id;
        match self.submit(notice).await {
            Ok(new_id) => {
                log::sent(queue_id, whom, what, &new_id);
                Ok(())
            }
            Err(error) => {
                log::not_sent(queue_id, &error);
                Err(error)
            }
        }
    }

    async fn submit(&self, notice: Notice<'_>) -> Result<String, NoticeError> {
        // Addresses are mapped like anybody's: the sender may be a virtual alias.
        let mut flags = flag::MAP;
        if self.settings.filters_notices() {
            flags |= flag::FILTER | flag::MILTER;
        }
        let limit = self.settings.line_length_limit;
        let mut message = Submission::open(&self.cleanup, flags, limit).await?;
        let new_id = message.queue_id().to_owned();
        envelope(&notice, self.settings.redact_requiretls, &mut message);
        let original = self.original(notice.about);
        self.write(&notice, original.as_ref(), &mut message).await?;
        message.record(Letter::EXTRACTED, b"");
        let filed = message.finish(&self.cleanup).await?;
        if filed.status != 0 {
            return Err(NoticeError::NotFiled(filed.reason));
        }
        Ok(new_id)
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

    /// How much of the message goes back.
    fn attached(&self, notice: &Notice<'_>, original: Option<&(QueueFile, Envelope)>) -> Ret {
        let Some((_, envelope)) = original else {
            return Ret::Unset;
        };
        let is_large = envelope.size.data_size > self.settings.size_limit;
        let is_secret =
            self.settings.redact_requiretls && notice.about.send_options & SendOptions::REQUIRETLS != 0;
        let wants_headers = notice.about.ret == u32::from(Ret::Headers.bits());
        match (notice.kind, notice.audience) {
            _ if is_large || is_secret => Ret::Headers,
            (Kind::Failure, Audience::LastResort) => Ret::Full,
            (Kind::Failure, Audience::Sender) if !wants_headers => Ret::Full,
            _ => Ret::Headers,
        }
    }

    /// A template, and at its first use what there is to complain of in it.
    fn template(&self, kind: Kind) -> &Template {
        let template = self.templates.get(kind);
        let mut told = self.told.borrow_mut();
        if !told.contains(&template.name) {
            told.push(template.name);
            template.misfits.iter().for_each(log::misfit);
        }
        template
    }

    async fn write(
        &self,
        notice: &Notice<'_>,
        original: Option<&(QueueFile, Envelope)>,
        message: &mut Submission,
    ) -> Result<(), NoticeError> {
        let (about, settings) = (notice.about, &self.settings);
        let date = |seconds: i64| message::date::format(seconds, &self.zone);
        let now = seconds(stream::time_of_day());
        let arrival = original.map_or(0, |(_, envelope)| envelope.arrival.seconds);
        let lifetime = seconds(settings.maximal_queue_lifetime);
        let sender = if about.sender.is_empty() {
            settings.mailer_daemon()
        } else {
            about.sender.clone()
        };
        let attached = self.attached(notice, original);
        let own_id = message.queue_id().to_owned();
        let template = self.template(notice.kind);
        let facts = Facts {
            kind: notice.kind,
            audience: notice.audience,
            template,
            myhostname: &settings.myhostname,
            mail_name: &settings.mail_name,
            own_id: &own_id,
            date: &date(now),
            queue_id: &about.queue_id,
            sender: &AddressForm::External.show(&sender),
            to: &AddressForm::External.show(notice.to),
            envelope_id: &about.envelope_id,
            arrival_date: &if arrival > 0 { date(arrival) } else { String::new() },
            retry_until: &if arrival > 0 {
                date(arrival + lifetime)
            } else {
                String::new()
            },
            references: original
                .filter(|_| settings.threaded)
                .map_or("", |(_, envelope)| &envelope.message_id),
            boundary: &format!("{}.{now}/{}", about.queue_id, settings.myhostname),
            encoding: if settings.smtputf8 {
                "8bit"
            } else {
                &about.encoding
            },
            is_utf8: about.send_options & SendOptions::SMTPUTF8_REQUESTED != 0,
            is_tls_optional: about.send_options & SendOptions::TLS_REQUIRED_NO != 0,
            attached,
        };
        facts.write(notice.notes, &mut |line| message.line(line.as_bytes()));
        if let Some((file, envelope)) = original {
            attach(file, envelope, attached, message).await?;
        }
        facts.write_end(&mut |line| message.line(line.as_bytes()));
        Ok(())
    }
}

/// `is_redacted`: the text of a message that asks for TLS all the way is left out, so the notice needs not ask for it.
fn envelope(notice: &Notice<'_>, is_redacted: bool, message: &mut Submission) {
    let now = stream::time_of_day();
    let arrival = ArrivalTime {
        seconds: seconds(now),
        microseconds: now.subsec_micros(),
    };
    message.record(Letter::TIME, arrival.payload().as_bytes());
    let inherited = if is_redacted {
        INHERITED & !SendOptions::REQUIRETLS
    } else {
        INHERITED
    };
    let options = notice.about.send_options & inherited;
    if options != 0 {
        message.attribute(attribute::SENDOPTS, &options.to_string());
    }
    message.attribute(attribute::LOG_MESSAGE_ORIGIN, "local");
    message.attribute(attribute::TRACE_FLAGS, "0");
    message.record(Letter::SENDER, notice.sender.as_bytes());
    message.record(Letter::RECIPIENT, notice.to.as_bytes());
    message.record(Letter::MESSAGE, b"");
}

/// Send options of a message that hold for the notices about it.
const INHERITED: u32 =
    SendOptions::SMTPUTF8_REQUESTED | SendOptions::TLS_REQUIRED_NO | SendOptions::REQUIRETLS;

/// Copies the message, or its headers, into the notice.
async fn attach(
    file: &QueueFile,
    envelope: &Envelope,
    attached: Ret,
    message: &mut Submission,
) -> Result<(), NoticeError> {
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

/// The notes on recipients for whom the sender wants to hear of this.
fn wanting(notes: &[Note], wants: impl Fn(Notify) -> bool) -> Vec<Note> {
    let is_wanted = |note: &&Note| {
        let mask = u8::try_from(note.notify_flags).ok().and_then(Notify::from_bits);
        wants(mask.unwrap_or_default())
    };
    notes.iter().filter(is_wanted).cloned().collect()
}

/// The sender with the recipient of a note coded in; `None` without delimiters.
fn verp_address(sender: &str, note: &Note, delimiters: &str) -> Option<String> {
    let known = if note.original_recipient.is_empty() {
        &note.recipient
    } else {
        &note.original_recipient
    };
    mail::verp::sender(sender, &mail::unquote(known), delimiters)
}

fn seconds(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
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
        let notes = vec![note("a@x", 0), note("b@x", 1), note("c@x", 4), note("d@x", 8)];

        let wanted = wanting(&notes, Notify::wants_failure);

        let names: Vec<_> = wanted.into_iter().map(|note| note.recipient).collect();
        assert_eq!(names, ["a@x", "c@x"]);
    }

    #[test]
    fn verp_codes_the_recipient_as_the_sender_knew_it() {
        let mut note = note("user@rcpt.example", 0);
        let address = |note: &Note| verp_address("list@sender.example", note, "+=");
        assert_eq!(
            address(&note).as_deref(),
            Some("list+user=rcpt.example@sender.example")
        );

        note.original_recipient = "alias@here.example".into();
        assert_eq!(
            address(&note).as_deref(),
            Some("list+alias=here.example@sender.example")
        );
        assert_eq!(verp_address("list@sender.example", &note, ""), None);
    }
}
