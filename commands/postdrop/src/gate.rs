//! What a user may put into a submission: record by record, in the order of the sections.
//!
//! This is where the mail system's trust begins: what passes here lies in a file that its daemons read.

use crate::log;
use record::{ArrivalTime, Kind, Section, Size, attribute, encode};

/// Why input is no submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GateError {
    /// A record that may not stand here.
    #[error("unexpected record type: {0}")]
    Type(u8),
    /// A record that is no text.
    #[error("null or line break in '{kind}' record type: {text}")]
    Octet {
        /// The word for the type.
        kind: &'static str,
        /// The record, shortened.
        text: String,
    },
}

/// The gate, with what it has seen.
#[derive(Debug)]
pub(crate) struct Gate {
    uid: u32,
    section: Section,
    senders: u64,
    recipients: u64,
}

/// Octets of a wrong record that are shown.
const SHOWN_OCTETS: usize = 200;

impl Gate {
    /// Opens for a user. The time of arrival is ours to say, not theirs.
    pub(crate) fn open(uid: u32, arrival: &ArrivalTime, out: &mut Vec<u8>) -> Self {
        encode(Kind::TIME, arrival.payload().as_bytes(), out);
        Self {
            uid,
            section: Section::PostdropEnvelope,
            senders: 0,
            recipients: 0,
        }
    }

    /// Whether sender and recipients were there.
    pub(crate) fn is_complete(&self) -> bool {
        self.senders > 0 && self.recipients > 0
    }

    /// Takes one record, and appends what is to be filed of it. True when it was the last.
    pub(crate) fn take(&mut self, kind: Kind, payload: &[u8], out: &mut Vec<u8>) -> Result<bool, GateError> {
        if !self.section.admits(kind) {
            return Err(GateError::Type(kind.byte()));
        }
        if self.section == Section::PostdropContent && kind != Kind::EXTRACTED {
            encode(kind, payload, out);
            return Ok(false);
        }
        if payload.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n')) {
            let shown = payload.get(..SHOWN_OCTETS).unwrap_or(payload);
            return Err(GateError::Octet {
                kind: kind.word().unwrap_or("unknown"),
                text: shown.escape_ascii().to_string(),
            });
        }
        match kind {
            Kind::MESSAGE => self.section = Section::PostdropContent,
            Kind::EXTRACTED => self.section = Section::PostdropExtracted,
            Kind::SENDER => self.senders += 1,
            Kind::RECIPIENT => self.recipients += 1,
            Kind::SIZE => {
                take_size(payload, out);
                return Ok(false);
            }
            Kind::ATTRIBUTE => {
                self.take_attribute(payload, out);
                return Ok(false);
            }
            _ => {}
        }
        encode(kind, payload, out);
        Ok(kind == Kind::END)
    }

    /// Only what sendmail itself has options for; other attributes would speak for the mail system.
    fn take_attribute(&self, payload: &[u8], out: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(payload);
        let Some((name, value)) = text.split_once('=') else {
            log::malformed_attribute(self.uid, &text);
            return;
        };
        let (name, value) = (name.trim(), value.trim());
        let admitted = match name {
            attribute::ENVELOPE_ID
            | attribute::NOTIFY_FLAGS
            | attribute::RET_FLAGS
            | attribute::DSN_ORIG_RCPT
            | attribute::CREATE_TIME => true,
            attribute::ENCODING => matches!(value, "7bit" | "8bit" | "none"),
            attribute::REWRITE_CONTEXT => matches!(value, "local" | "remote"),
            attribute::TRACE_FLAGS => {
                let flags = value.parse().unwrap_or(0);
                let known = matches!(flags, attribute::trace::VERIFY_ONLY | attribute::trace::RECORD);
                if !known {
                    log::trace_flags(self.uid, value);
                    return;
                }
                true
            }
            _ => false,
        };
        if admitted {
            attribute::encode(name, value.as_bytes(), out);
        } else {
            log::attribute(self.uid, name, value);
        }
    }
}

/// Of a size record only the options are the submitter's to say.
fn take_size(payload: &[u8], out: &mut Vec<u8>) {
    let options = Size::parse(payload).map_or(0, |size| size.options.without_derived().0);
    if options != 0 {
        encode(Kind::SIZE, format!("-1 -1 -1 -1 -1 {options}").as_bytes(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Reader;

    fn pass(records: &[(Kind, &[u8])]) -> Result<(String, bool), GateError> {
        let mut out = Vec::new();
        let arrival = ArrivalTime {
            seconds: 1,
            microseconds: 2,
        };
        let mut gate = Gate::open(7, &arrival, &mut out);
        let mut ended = false;
        for (kind, payload) in records {
            ended = gate.take(*kind, payload, &mut out)?;
        }
        let letters = Reader::new(&out)
            .map(|record| char::from(record.unwrap().kind.byte()))
            .collect();
        Ok((letters, ended && gate.is_complete()))
    }

    #[test]
    fn a_submission_passes_with_a_time_of_ours() {
        let records: &[(Kind, &[u8])] = &[
            (Kind::SIZE, b"-1 -1 -1 -1 -1 1"),
            (Kind::ATTRIBUTE, b"rewrite_context=local"),
            (Kind::ATTRIBUTE, b"trace_flags=1024"),
            (Kind::FULL_NAME, b"Me"),
            (Kind::SENDER, b"me@here"),
            (Kind::VERP, b"+="),
            (Kind::MESSAGE, b""),
            (Kind::LINE, b"a\0b\r"),
            (Kind::CHUNK, b"c"),
            (Kind::EXTRACTED, b""),
            (Kind::ATTRIBUTE, b"notify_flags=2"),
            (Kind::RECIPIENT, b"you@there"),
            (Kind::END, b""),
        ];

        assert_eq!(pass(records), Ok(("TCAAFSVMNLXARE".to_owned(), true)));
    }

    #[test]
    fn attributes_that_speak_for_the_mail_system_are_left_out() {
        for text in [
            &b"client_address=192.0.2.1"[..],
            b"sasl_username=root",
            b"trace_flags=256",
            b"encoding=binary",
            b"rewrite_context=other",
            b"nothing",
        ] {
            assert_eq!(
                pass(&[(Kind::ATTRIBUTE, text)]),
                Ok(("T".to_owned(), false)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn records_out_of_place_and_line_breaks_are_refused() {
        assert_eq!(pass(&[(Kind::POINTER, b"0")]), Err(GateError::Type(b'p')));
        assert_eq!(pass(&[(Kind::TIME, b"0 0")]), Err(GateError::Type(b'T')));
        assert_eq!(pass(&[(Kind::END, b"")]), Err(GateError::Type(b'E')));
        assert_eq!(
            pass(&[(Kind::SENDER, b"a\nb")]).unwrap_err().to_string(),
            "null or line break in 'sender' record type: a\\nb"
        );
        assert!(pass(&[(Kind::RECIPIENT, b"a\0b")]).is_err());
    }

    #[test]
    fn a_message_without_sender_or_recipient_is_not_complete() {
        let tail: &[(Kind, &[u8])] = &[(Kind::MESSAGE, b""), (Kind::EXTRACTED, b""), (Kind::END, b"")];

        assert_eq!(pass(tail), Ok(("TMXE".to_owned(), false)));
        assert!(!pass(&[&[(Kind::SENDER, &b""[..])], tail].concat()).unwrap().1);
    }
}
