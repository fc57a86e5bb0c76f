//! The records before the content: who sends to whom, and what the client was.

use std::borrow::Cow;

use contract::cleanup::flag;
use mail::{Notify, Ret};
use record::attribute::{
    CREATE_TIME, ENCODING, FLAGS, LOG_HELO_NAME, LOG_MESSAGE_ORIGIN, LOG_PROTOCOL_NAME, REWRITE_CONTEXT,
    SENDOPTS, TRACE_FLAGS, meaning, split, trace,
};
use record::{ArrivalTime, Kind, Record, Section, SendOptions, Size, hints, number, parse_number};

use crate::log;
use crate::message::{Context, Message, NextRecipient, Stage};

/// What a record says in the middle of an envelope, or that nothing is left to do about it.
pub(crate) enum Reading<'r> {
    Done,
    /// The meaning, its value, and the record as it came.
    Says(Kind, &'r [u8]),
}

impl Message<'_> {
    pub(crate) async fn take_envelope(&mut self, record: Record<'_>) {
        let Reading::Says(meaning, value) = self.read_record(record, Section::Envelope) else {
            return;
        };
        let begins = !self.envelope.in_recipients && Section::EnvelopeRecipients.admits(record.kind);
        if begins && !self.begin_recipients() {
            return;
        }
        if meaning == Kind::MESSAGE {
            self.envelope.in_recipients = false;
            return self.begin_content();
        }
        if self.take_recipient_record(meaning, value).await {
            return;
        }
        if self.envelope.in_recipients {
            // The queue manager must look at every record before it may begin.
            self.size.hints |= hints::MIXED_RECIPIENTS;
        }
        self.take_other(record, meaning, value).await;
    }

    /// What is common to both envelope sections: flags for cleanup alone, the set of types, the form of attributes.
    pub(crate) fn read_record<'r>(&mut self, record: Record<'r>, section: Section) -> Reading<'r> {
        let text = record.text();
        match record.kind {
            Kind::FLAGS => {
                self.add_flags(parse_number(text));
                return Reading::Done;
            }
            // The state of a client's milters would follow; no client of ours has any.
            Kind::MILTER_COUNT | Kind::DELAY => return Reading::Done,
            _ => {}
        }
        if !section.admits(record.kind) {
            let place = if section == Section::Envelope {
                "envelope"
            } else {
                "extracted envelope"
            };
            self.reject(format_args!(
                "unexpected record type {} in {place}",
                record.kind.byte()
            ));
            return Reading::Done;
        }
        if record.kind == Kind::ATTRIBUTE {
            match split(text) {
                None => {
                    let text = String::from_utf8_lossy(text.get(..100).unwrap_or(text)).into_owned();
                    self.reject(format_args!(
                        "malformed attribute: missing '=' after attribute name: {text}"
                    ));
                    return Reading::Done;
                }
                Some((name, [])) => {
                    log::null_attribute(self.id(), name);
                    return Reading::Done;
                }
                Some((name, value)) if name == FLAGS.as_bytes() => {
                    self.add_flags(parse_number(value));
                    return Reading::Done;
                }
                Some(_) => {}
            }
        }
        let (kind, value) = meaning(record.kind, text);
        Reading::Says(kind, value)
    }

    fn add_flags(&mut self, bits: Option<i64>) {
        match bits.and_then(|bits| u32::try_from(bits).ok()) {
            Some(bits) if bits & !(flag::HOLD | flag::DISCARD) == 0 => self.flags |= bits,
            bits => log::ignored(self.id(), format_args!("bad extra flags: {bits:?}")),
        }
    }

    /// The transition to recipients: sender and time must be known, and the delay warning is due.
    fn begin_recipients(&mut self) -> bool {
        let Some(has_sender) = self.envelope.sender.as_ref().map(|sender| !sender.is_empty()) else {
            self.reject("missing sender envelope record");
            return false;
        };
        let Some(arrival) = self.envelope.arrival else {
            self.reject("missing time envelope record");
            return false;
        };
        let warning = self.service.settings.delay_warning_time.as_secs();
        if !self.envelope.has_warn_time && has_sender && warning > 0 {
            let due = arrival
                .seconds
                .saturating_add(i64::try_from(warning).unwrap_or(i64::MAX));
            self.put(Kind::WARN_TIME, &number(due));
        }
        self.envelope.in_recipients = true;
        true
    }

    /// Recipients and what stands before them, in both sections. False when the record is something else.
    pub(crate) async fn take_recipient_record(&mut self, kind: Kind, value: &[u8]) -> bool {
        match kind {
            Kind::RECIPIENT => {
                if self.envelope.sender.is_none() {
                    self.reject("envelope recipient precedes sender");
                } else {
                    self.take_recipient(&text(value)).await;
                }
            }
            Kind::DONE | Kind::CANCELLED => self.envelope.next = NextRecipient::default(),
            Kind::ORIGINAL_RECIPIENT => {
                if let Some(old) = self.envelope.next.original.replace(text(value).into_owned()) {
                    log::ignored(
                        self.id(),
                        format_args!("out-of-order original recipient record <{old}>"),
                    );
                }
            }
            Kind::DSN_ORCPT => {
                if let Some(old) = self.envelope.next.orcpt.replace(text(value).into_owned()) {
                    log::ignored(
                        self.id(),
                        format_args!("out-of-order DSN original recipient record <{old}>"),
                    );
                }
            }
            Kind::DSN_NOTIFY => self.take_notify(value),
            _ => return false,
        }
        true
    }

    fn take_notify(&mut self, value: &[u8]) {
        if !self.envelope.next.notify.is_empty() {
            let old = self.envelope.next.notify.bits();
            log::ignored(self.id(), format_args!("out-of-order DSN notify record <{old}>"));
        }
        let bits = parse_number(value).and_then(|bits| u8::try_from(bits).ok());
        let notify = bits
            .and_then(Notify::from_bits)
            .filter(|notify| !notify.is_empty());
        if notify.is_none() {
            log::ignored(
                self.id(),
                format_args!("malformed DSN notify record <{}>", text(value)),
            );
        }
        self.envelope.next.notify = notify.unwrap_or_default();
        self.hint_notify(self.envelope.next.notify);
    }

    async fn take_other(&mut self, record: Record<'_>, kind: Kind, value: &[u8]) {
        match kind {
            Kind::SIZE => self.take_size(value),
            Kind::CREATE_TIME => {}
            Kind::TIME => self.take_time(value),
            Kind::FULL_NAME => {
                if self.envelope.full_name.is_none() {
                    self.envelope.full_name = Some(value.to_vec());
                    self.put(record.kind, value);
                }
            }
            Kind::SENDER => {
                if self.envelope.sender.is_some() {
                    self.reject("multiple envelope sender records");
                } else {
                    self.take_sender(&text(value)).await;
                }
            }
            Kind::WARN_TIME => {
                if !self.envelope.has_warn_time {
                    self.envelope.has_warn_time = true;
                    self.put(record.kind, value);
                }
            }
            Kind::VERP => self.take_verp(value),
            Kind::DSN_ENVID => {
                if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
                    return self.reject("bad DSN envelope ID record");
                }
                self.envelope.envelope_id = text(value).into_owned();
                self.put(record.kind, record.text());
            }
            Kind::DSN_RET => self.take_ret(record, value),
            Kind::ATTRIBUTE => self.take_attribute(record.text()),
            _ => self.put(record.kind, record.text()),
        }
    }

    /// A requeued or submitted message keeps its own send options, but for those that are found out again.
    fn take_size(&mut self, value: &[u8]) {
        if let Ok(size) = Size::parse(value) {
            self.size.options.0 |= size.options.without_derived().0;
        }
    }

    fn take_time(&mut self, value: &[u8]) {
        if self.envelope.arrival.is_none() {
            let arrival = ArrivalTime::parse(value);
            if arrival.seconds > 0 {
                self.envelope.arrival = Some(arrival);
            }
            self.put(Kind::TIME, value);
        }
        let now = stream::time_of_day().as_secs().to_string();
        self.put_attribute(CREATE_TIME, now.as_bytes());
    }

    fn take_verp(&mut self, value: &[u8]) {
        if self.envelope.verp.is_some() {
            return;
        }
        if self.envelope.sender.as_deref().unwrap_or_default().is_empty() {
            return log::ignored(self.id(), "VERP request for null sender");
        }
        let delimiters = text(value).into_owned();
        let filter = &self.service.settings.verp_delimiter_filter;
        if delimiters.chars().count() != 2 || !delimiters.chars().all(|c| filter.contains(c)) {
            return log::ignored(self.id(), format_args!("bad VERP request: \"{delimiters}\""));
        }
        self.envelope.verp = Some(delimiters);
        self.put(Kind::VERP, value);
    }

    fn take_ret(&mut self, record: Record<'_>, value: &[u8]) {
        let bits = parse_number(value).and_then(|bits| u8::try_from(bits).ok());
        match bits.and_then(Ret::from_bits) {
            None | Some(Ret::Unset) => {
                self.reject(format_args!("bad DSN RET record <{}>", text(value)));
            }
            Some(ret) => {
                self.envelope.ret = u32::from(ret.bits());
                self.put(record.kind, record.text());
            }
        }
    }

    fn take_attribute(&mut self, payload: &[u8]) {
        let limit = self.service.settings.queue_file_attribute_count_limit;
        if self.envelope.attributes >= limit {
            return self.reject(format_args!("attribute count exceeds limit {limit}"));
        }
        self.envelope.attributes += 1;
        let Some((name, value)) = split(payload) else {
            return;
        };
        let name = std::str::from_utf8(name).unwrap_or_default();
        let value = text(value);
        match name {
            REWRITE_CONTEXT => match &*value {
                contract::rewrite::context::LOCAL => self.envelope.context = Context::Local,
                contract::rewrite::context::REMOTE => {
                    let completes = !self.service.settings.remote_header_rewrite_domain.is_empty();
                    self.envelope.context = if completes { Context::Remote } else { Context::None };
                }
                other => return self.reject(format_args!("bad rewriting context: {other}")),
            },
            TRACE_FLAGS => {
                let Ok(flags) = value.parse::<u32>() else {
                    return self.reject(format_args!("bad TFLAG record <{value}>"));
                };
                if self.envelope.trace_flags == 0 {
                    self.envelope.trace_flags = flags & (trace::PROBE | trace::VERIFY_ONLY | trace::RECORD);
                }
            }
            SENDOPTS => {
                if let Ok(bits) = value.parse::<u32>() {
                    self.size.options.0 |= SendOptions(bits).without_derived().0;
                }
                return;
            }
            LOG_MESSAGE_ORIGIN => self.envelope.origin = Some(value.into_owned()),
            LOG_PROTOCOL_NAME => self.envelope.protocol = Some(value.into_owned()),
            LOG_HELO_NAME => self.envelope.helo = Some(value.into_owned()),
            ENCODING => self.envelope.encoding = Some(value.into_owned()),
            _ => {}
        }
        self.put(Kind::ATTRIBUTE, payload);
    }

    fn begin_content(&mut self) {
        self.put(Kind::MESSAGE, b"");
        self.size.data_offset = offset(self.draft.position());
        self.start_scanner();
        self.stage = Stage::Content;
    }
}

/// Text of a record; damaged octets of old queue files are replaced.
pub(crate) fn text(value: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(value)
}

/// An offset as the size record counts.
pub(crate) fn offset(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
