//! The envelope of a queue file, as the queue manager, the agents and the listing need it.
//!
//! Reads the size record, the envelope and the extracted part, never the content. Recipients come in
//! batches, so that a message to a million recipients can be taken piece by piece.

use std::fs::File;

use mail::{Notify, Recipient, Ret};
use record::{ArrivalTime, Kind, Record, Section, Size, attribute, hints, parse_number};

use crate::cursor::{Cursor, Found};
use crate::error::QueueError;

/// What a queue file says about its message, content aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Where the parts lie, and the hints.
    pub size: Size,
    /// When the message arrived first.
    pub arrival: ArrivalTime,
    /// When this file was made, seconds since the epoch: the base of its age. The arrival time when
    /// the file does not say.
    pub create_time: i64,
    /// Envelope sender, internal form; empty for the null sender.
    pub sender: String,
    /// Display name of a local sender.
    pub full_name: String,
    /// Content filter, `transport:nexthop`; empty without.
    pub filter: String,
    /// Inspector transport; historical.
    pub inspector: String,
    /// One address in place of all recipients; empty without.
    pub redirect: String,
    /// `7bit`, `8bit`, or empty when not known.
    pub encoding: String,
    /// VERP delimiters; empty without.
    pub verp: String,
    /// DSN RET.
    pub ret: Ret,
    /// DSN ENVID.
    pub envelope_id: String,
    /// Probe and report flags, see [`record::attribute::trace`].
    pub trace_flags: u32,
    /// Offset of the record with the trace flags, to void it.
    pub trace_offset: Option<u64>,
    /// When a delay notice is due, seconds since the epoch; zero for never or sent.
    pub warn_time: i64,
    /// Offset of the record with the warning time.
    pub warn_offset: Option<u64>,
    /// Message-Id of the content, when the file says.
    pub message_id: String,
    /// Queue id to log on behalf of a filter's client.
    pub log_ident: String,
    /// `local` or `remote`.
    pub rewrite_context: String,
    /// SASL mechanism.
    pub sasl_method: String,
    /// SASL user.
    pub sasl_username: String,
    /// SASL sender.
    pub sasl_sender: String,
    /// The client as it is logged: what a filter forwarded, else the real one.
    pub client: Origin,
    /// Recipients of this batch.
    pub recipients: Vec<Recipient>,
    /// Where to go on when there are more recipients.
    pub resume: Option<Resume>,
}

/// A client as it is logged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name, or `unknown`.
    pub name: String,
    /// Address.
    pub address: String,
    /// Port.
    pub port: String,
    /// `SMTP`, `ESMTP`, …
    pub protocol: String,
    /// HELO name.
    pub helo: String,
}

/// Where reading of recipients stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    offset: u64,
    in_extracted: bool,
}

/// More recipients of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Those of this batch.
    pub recipients: Vec<Recipient>,
    /// Where to go on when there are more.
    pub resume: Option<Resume>,
}

/// The first read takes the envelope, and with a small message the extracted part with it.
const FIRST_READ: usize = 8 * 1024;

impl Envelope {
    /// Reads the envelope of a complete file and at most `limit` recipients (at least one is taken).
    ///
    /// # Errors
    /// [`QueueError::Damaged`] for a file that is no message; [`QueueError::Io`] when the disk fails.
    pub fn read(file: &File, limit: usize) -> Result<Self, QueueError> {
        let mut cursor = Cursor::new(file, 0, FIRST_READ);
        let size = read_size(&mut cursor)?;
        let extracted = size.extracted_offset().ok_or(DAMAGED_SIZE)?;
        let mut reading = Reading::new(limit, size.hints & hints::MIXED_RECIPIENTS != 0);
        reading.envelope.size = size;
        if reading.section(&mut cursor, Section::Envelope)? == Stop::Terminator {
            // Only the place after `M` can be right: anything else would deliver the wrong bytes.
            if cursor.position() != size.data_offset.unsigned_abs() {
                return Err(DAMAGED_SIZE);
            }
        }
        cursor.seek(extracted);
        match cursor.next_record()? {
            Some(found) if found.record.kind == Kind::EXTRACTED => {}
            _ => {
                return Err(QueueError::Damaged(
                    "no extracted part where the size record says",
                ));
            }
        }
        reading.section(&mut cursor, Section::Extracted)?;
        let resume = reading.resume.take();
        let mut envelope = reading.finish()?;
        envelope.resume = resume;
        Ok(envelope)
    }

    /// Reads at most `limit` more recipients (at least one).
    ///
    /// # Errors
    /// As [`Envelope::read`].
    pub fn read_on(&self, file: &File, from: Resume, limit: usize) -> Result<Batch, QueueError> {
        let mut cursor = Cursor::new(file, from.offset, FIRST_READ);
        let mut reading = Reading::new(limit, self.size.hints & hints::MIXED_RECIPIENTS != 0);
        // Attributes were taken the first time; the mixed form is read to its end only once.
        reading.stop_when_full = true;
        if !from.in_extracted {
            reading.section(&mut cursor, Section::Envelope)?;
            if reading.resume.is_none() {
                cursor.seek(self.size.extracted_offset().ok_or(DAMAGED_SIZE)?);
                cursor.next_record()?;
            }
        }
        if reading.resume.is_none() {
            reading.section(&mut cursor, Section::Extracted)?;
        }
        Ok(Batch {
            recipients: reading.envelope.recipients,
            resume: reading.resume,
        })
    }
}

const DAMAGED_SIZE: QueueError = QueueError::Damaged("implausible message size record");

/// Why reading of a section ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The record that ends the section.
    Terminator,
    /// Enough recipients, and nothing else is to come.
    Full,
}

/// State of one pass over envelope and extracted part.
struct Reading {
    envelope: Envelope,
    limit: usize,
    mixed: bool,
    /// Whether to stop at the limit though other records may follow.
    stop_when_full: bool,
    resume: Option<Resume>,
    /// What stood before the recipient to come.
    pending: Pending,
    has_sender: bool,
    has_arrival: bool,
    plain_client: Origin,
}

#[derive(Default)]
struct Pending {
    original: String,
    orcpt: String,
    notify: Notify,
    /// Offset of the first record that belongs to the recipient to come.
    start: Option<u64>,
}

impl Reading {
    fn new(limit: usize, mixed: bool) -> Self {
        Self {
            envelope: Envelope::default(),
            limit: limit.max(1),
            mixed,
            stop_when_full: false,
            resume: None,
            pending: Pending::default(),
            has_sender: false,
            has_arrival: false,
            plain_client: Origin::default(),
        }
    }

    fn section(&mut self, cursor: &mut Cursor<'_>, section: Section) -> Result<Stop, QueueError> {
        let end = if section == Section::Extracted {
            Kind::END
        } else {
            Kind::MESSAGE
        };
        self.pending = Pending::default();
        loop {
            let found = cursor
                .next_record()?
                .ok_or(QueueError::Damaged("file ends inside the envelope"))?;
            let kind = found.record.kind;
            if !section.admits(kind) {
                return Err(QueueError::Damaged("unexpected record type in the envelope"));
            }
            if kind == end {
                return Ok(Stop::Terminator);
            }
            if self.take(found, section == Section::Extracted)? && (self.stop_when_full || !self.mixed) {
                return Ok(Stop::Full);
            }
        }
    }

    /// Takes one record. True when it belongs to a recipient for which there is no room.
    fn take(&mut self, found: Found<'_>, in_extracted: bool) -> Result<bool, QueueError> {
        let Found { offset, record } = found;
        let text = record.text();
        let (kind, value) = attribute::meaning(record.kind, text);
        match kind {
            Kind::ORIGINAL_RECIPIENT | Kind::DSN_ORCPT | Kind::DSN_NOTIFY => {
                self.pending.start.get_or_insert(offset);
                match kind {
                    Kind::ORIGINAL_RECIPIENT => self.pending.original = string(value),
                    Kind::DSN_ORCPT => self.pending.orcpt = string(value),
                    _ => {
                        let bits = parse_number(value).and_then(|bits| u8::try_from(bits).ok());
                        let mask = bits.and_then(Notify::from_bits);
                        self.pending.notify =
                            mask.ok_or(QueueError::Damaged("malformed notification flags"))?;
                    }
                }
            }
            Kind::RECIPIENT => {
                let pending = std::mem::take(&mut self.pending);
                if self.envelope.recipients.len() >= self.limit {
                    let offset = pending.start.unwrap_or(offset);
                    self.resume.get_or_insert(Resume { offset, in_extracted });
                    return Ok(true);
                }
                self.envelope.recipients.push(Recipient {
                    address: string(value),
                    original: pending.original,
                    orcpt: pending.orcpt,
                    notify: pending.notify,
                    offset,
                });
            }
            Kind::DONE | Kind::CANCELLED => self.pending = Pending::default(),
            _ => self.take_fact(kind, value, Found { offset, record })?,
        }
        Ok(false)
    }

    fn take_fact(&mut self, kind: Kind, value: &[u8], found: Found<'_>) -> Result<(), QueueError> {
        let envelope = &mut self.envelope;
        match kind {
            Kind::TIME if !self.has_arrival => {
                envelope.arrival = ArrivalTime::parse(value);
                self.has_arrival = true;
            }
            Kind::CREATE_TIME if envelope.create_time == 0 => {
                envelope.create_time = parse_number(value).unwrap_or(0);
            }
            Kind::SENDER if !self.has_sender => {
                envelope.sender = string(value);
                self.has_sender = true;
            }
            Kind::FULL_NAME => set_once(&mut envelope.full_name, value),
            Kind::FILTER => envelope.filter = string(value),
            Kind::INSPECTOR => envelope.inspector = string(value),
            Kind::REDIRECT => envelope.redirect = string(value),
            Kind::VERP if envelope.verp.is_empty() => {
                if found.record.payload.len() != 2 || !value.is_ascii() {
                    return Err(QueueError::Damaged("malformed VERP delimiters"));
                }
                envelope.verp = string(value);
            }
            Kind::WARN_TIME if envelope.warn_offset.is_none() => {
                envelope.warn_time = parse_number(value).unwrap_or(0);
                envelope.warn_offset = Some(found.offset);
            }
            Kind::DSN_RET if envelope.ret == Ret::Unset => {
                let bits = parse_number(value).and_then(|bits| u8::try_from(bits).ok());
                let ret = bits.and_then(Ret::from_bits);
                envelope.ret = ret.ok_or(QueueError::Damaged("malformed return flags"))?;
            }
            Kind::DSN_ENVID => set_once(&mut envelope.envelope_id, value),
            Kind::ATTRIBUTE => self.take_attribute(found),
            _ => {}
        }
        Ok(())
    }

    fn take_attribute(&mut self, found: Found<'_>) {
        let Found { offset, record } = found;
        let Some((name, value)) = attribute::split(record.text()) else {
            return;
        };
        let Ok(name) = std::str::from_utf8(name) else {
            return;
        };
        let (envelope, plain) = (&mut self.envelope, &mut self.plain_client);
        let slot = match name {
            attribute::TRACE_FLAGS => {
                if envelope.trace_offset.is_none() {
                    envelope.trace_flags = parse_number(value)
                        .and_then(|n| u32::try_from(n).ok())
                        .unwrap_or(0);
                    envelope.trace_offset = Some(offset);
                }
                return;
            }
            // The extracted part knows better than the client what the content is.
            attribute::ENCODING => {
                envelope.encoding = string(value);
                return;
            }
            attribute::LOG_IDENT => &mut envelope.log_ident,
            attribute::REWRITE_CONTEXT => &mut envelope.rewrite_context,
            attribute::SASL_METHOD => &mut envelope.sasl_method,
            attribute::SASL_USERNAME => &mut envelope.sasl_username,
            attribute::SASL_SENDER => &mut envelope.sasl_sender,
            attribute::MESSAGE_ID => &mut envelope.message_id,
            attribute::LOG_CLIENT_NAME => &mut envelope.client.name,
            attribute::LOG_CLIENT_ADDRESS => &mut envelope.client.address,
            attribute::LOG_CLIENT_PORT => &mut envelope.client.port,
            attribute::LOG_PROTOCOL_NAME => &mut envelope.client.protocol,
            attribute::LOG_HELO_NAME => &mut envelope.client.helo,
            attribute::CLIENT_NAME => &mut plain.name,
            attribute::CLIENT_ADDRESS => &mut plain.address,
            attribute::CLIENT_PORT => &mut plain.port,
            attribute::PROTOCOL_NAME => &mut plain.protocol,
            attribute::HELO_NAME => &mut plain.helo,
            _ => return,
        };
        set_once(slot, value);
    }

    fn finish(mut self) -> Result<Envelope, QueueError> {
        if !self.has_sender {
            return Err(QueueError::Damaged("no sender in the envelope"));
        }
        if !self.has_arrival {
            return Err(QueueError::Damaged("no arrival time in the envelope"));
        }
        let (client, plain) = (&mut self.envelope.client, self.plain_client);
        for (slot, value) in [
            (&mut client.name, plain.name),
            (&mut client.address, plain.address),
            (&mut client.port, plain.port),
            (&mut client.protocol, plain.protocol),
            (&mut client.helo, plain.helo),
        ] {
            if slot.is_empty() {
                *slot = value;
            }
        }
        if self.envelope.create_time == 0 {
            self.envelope.create_time = self.envelope.arrival.seconds;
        }
        Ok(self.envelope)
    }
}

fn read_size(cursor: &mut Cursor<'_>) -> Result<Size, QueueError> {
    match cursor.next_record()? {
        Some(Found {
            record: Record {
                kind: Kind::SIZE,
                payload,
            },
            ..
        }) => {
            let size = Size::parse(payload)?;
            if size.is_plausible() {
                Ok(size)
            } else {
                Err(DAMAGED_SIZE)
            }
        }
        _ => Err(QueueError::Damaged("missing message size record")),
    }
}

fn set_once(slot: &mut String, value: &[u8]) {
    if slot.is_empty() {
        *slot = string(value);
    }
}

/// An address or value of an existing file: what is not UTF-8 is replaced.
fn string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
