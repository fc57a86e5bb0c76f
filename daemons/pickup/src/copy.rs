//! Turns the records of a submission into those that cleanup gets.
//!
//! Everything a user may have written is checked here: the order of sections, the types in each, the
//! length of each record. What stands in a requeued message and was added after it was first taken
//! (filters, redirections) is left out.

use queue::{Cursor, QueueError};
use record::{ArrivalTime, Kind, Section, Size, attribute, encode};

/// Why a file is no submission.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    /// A record of this type is out of place, too long or malformed; zero for the end of the file.
    #[error("unexpected or malformed record type {0}")]
    Type(u8),
    /// The envelope ends without a sender.
    #[error("no envelope sender")]
    NoSender,
    /// The file could not be read; nothing is known about the message.
    #[error(transparent)]
    Queue(QueueError),
}

/// What is added to a submission.
#[derive(Clone, Debug)]
pub(crate) struct Additions {
    /// The two lines of the Received header.
    pub received: [String; 2],
    /// Arrival time for a file that does not say.
    pub arrival: ArrivalTime,
    /// Content filter, `transport:nexthop`; empty for none.
    pub filter: String,
    /// Octets a record may have, and a content line is broken at.
    pub line_limit: usize,
}

/// A submission on its way from file to cleanup.
#[derive(Debug)]
pub(crate) struct Copy<'f> {
    cursor: Cursor<'f>,
    additions: Additions,
    section: Section,
    begun: bool,
    has_time: bool,
    sender: Option<String>,
    first_line: bool,
}

/// Where a step has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The envelope is complete: the sender is known.
    Envelope,
    /// Much has gathered: send it, then go on.
    Full,
    /// Everything but the end record was written.
    End,
}

/// Octets after which a step ends.
const STEP_OCTETS: usize = 32 * 1024;

impl<'f> Copy<'f> {
    pub(crate) fn new(cursor: Cursor<'f>, additions: Additions) -> Self {
        Self {
            cursor,
            additions,
            section: Section::Envelope,
            begun: false,
            has_time: false,
            sender: None,
            first_line: true,
        }
    }

    /// The envelope sender, internal form, once the envelope is complete.
    pub(crate) fn sender(&self) -> &str {
        self.sender.as_deref().unwrap_or_default()
    }

    /// Appends records to `out`, until the envelope ends, much has gathered, or nothing is left.
    ///
    /// # Errors
    /// The file is no submission, or cannot be read.
    pub(crate) fn step(&mut self, out: &mut Vec<u8>) -> Result<Step, CopyError> {
        if !self.begun {
            self.begun = true;
            if !self.additions.filter.is_empty() {
                encode(Kind::FILTER, self.additions.filter.as_bytes(), out);
            }
        }
        while out.len() < STEP_OCTETS {
            let found = match self.cursor.next_record() {
                Ok(Some(found)) => found,
                Ok(None) => return Err(CopyError::Type(0)),
                Err(QueueError::Damaged(_)) => return Err(CopyError::Type(0)),
                Err(error) => return Err(CopyError::Queue(error)),
            };
            let (kind, payload) = (found.record.kind, found.record.payload);
            if kind == Kind::PADDING {
                continue;
            }
            if !self.section.admits(kind) || payload.len() > self.additions.line_limit {
                return Err(CopyError::Type(kind.byte()));
            }
            match (self.section, kind) {
                (Section::Envelope, Kind::MESSAGE) => {
                    if self.sender.is_none() {
                        return Err(CopyError::NoSender);
                    }
                    self.section = Section::Content;
                    encode(Kind::MESSAGE, b"", out);
                    for line in &self.additions.received {
                        encode(Kind::LINE, line.as_bytes(), out);
                    }
                    return Ok(Step::Envelope);
                }
                (Section::Content, Kind::EXTRACTED) => {
                    self.section = Section::Extracted;
                    encode(Kind::EXTRACTED, b"", out);
                }
                (Section::Extracted, Kind::END) => return Ok(Step::End),
                (Section::Envelope, _) => {
                    let text = found.record.text();
                    if kind == Kind::SENDER {
                        // A file without a time of its own comes from a program older than the time record.
                        if !self.has_time {
                            self.has_time = true;
                            encode(Kind::TIME, self.additions.arrival.payload().as_bytes(), out);
                        }
                        self.sender
                            .get_or_insert_with(|| String::from_utf8_lossy(text).into_owned());
                    }
                    self.has_time |= kind == Kind::TIME;
                    copy_envelope(kind, payload, out)?;
                }
                (Section::Content, _) => {
                    if self.first_line && payload.first().is_some_and(|byte| b" \t".contains(byte)) {
                        // Else it would read as a continuation of our own Received header.
                        encode(Kind::LINE, b"", out);
                    }
                    self.first_line = false;
                    encode(kind, payload, out);
                }
                _ => copy_extracted(kind, payload, out),
            }
        }
        Ok(Step::Full)
    }
}

fn copy_envelope(kind: Kind, payload: &[u8], out: &mut Vec<u8>) -> Result<(), CopyError> {
    match kind {
        // Of a size record only the options are the submitter's to say; the rest is of another file.
        Kind::SIZE => {
            let size = Size::parse(payload).map_err(|_| CopyError::Type(kind.byte()))?;
            let options = size.options.without_derived().0;
            if options != 0 {
                encode(Kind::SIZE, format!("-1 -1 -1 -1 -1 {options}").as_bytes(), out);
            }
        }
        Kind::FILTER | Kind::REDIRECT => {}
        _ => encode(kind, payload, out),
    }
    Ok(())
}

fn copy_extracted(kind: Kind, payload: &[u8], out: &mut Vec<u8>) {
    let kept = match kind {
        Kind::FILTER | Kind::REDIRECT | Kind::RECEIPT_TO | Kind::ERRORS_TO => false,
        Kind::ATTRIBUTE => attribute::meaning(kind, payload).0 != Kind::ATTRIBUTE,
        _ => true,
    };
    if kept {
        encode(kind, payload, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Reader;
    use std::fs;
    use std::io::{Seek, Write};

    fn additions() -> Additions {
        Additions {
            received: [
                "Received: by here (Postfix, from userid 7)".into(),
                "\tid ABC; now".into(),
            ],
            arrival: ArrivalTime {
                seconds: 77,
                microseconds: 5,
            },
            filter: String::new(),
            line_limit: 100,
        }
    }

    /// Copies a file made of these records; the answer has a letter and a payload for each record.
    fn copied(records: &[(Kind, &str)], additions: Additions) -> Result<Vec<(char, String)>, CopyError> {
        let mut octets = Vec::new();
        for (kind, payload) in records {
            encode(*kind, payload.as_bytes(), &mut octets);
        }
        let path = std::env::temp_dir().join(format!("pickup-{}-{:p}", std::process::id(), &octets));
        let mut file = fs::File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(&path)
            .unwrap();
        fs::remove_file(path).unwrap();
        file.write_all(&octets).unwrap();
        file.rewind().unwrap();
        let mut copy = Copy::new(Cursor::new(&file, 0, 4096), additions);
        let mut out = Vec::new();
        while copy.step(&mut out)? != Step::End {}
        let pair = |record: record::Record<'_>| {
            (
                char::from(record.kind.byte()),
                String::from_utf8_lossy(record.payload).into_owned(),
            )
        };
        Ok(Reader::new(&out).map(|record| pair(record.unwrap())).collect())
    }

    fn letters(records: &[(char, String)]) -> String {
        records.iter().map(|(letter, _)| *letter).collect()
    }

    #[test]
    fn a_submission_gets_a_received_header() {
        let records = copied(
            &[
                (Kind::TIME, "1 2"),
                (Kind::ATTRIBUTE, "rewrite_context=local"),
                (Kind::SENDER, "me@here"),
                (Kind::MESSAGE, ""),
                (Kind::LINE, "Subject: x"),
                (Kind::LINE, ""),
                (Kind::EXTRACTED, ""),
                (Kind::ATTRIBUTE, "notify_flags=2"),
                (Kind::RECIPIENT, "you@there"),
                (Kind::END, ""),
            ],
            additions(),
        )
        .unwrap();

        assert_eq!(letters(&records), "TASMNNNNXAR");
        assert_eq!(records[5].1, "\tid ABC; now");
    }

    #[test]
    fn what_a_first_pass_had_added_is_left_out_of_a_requeued_message() {
        let records = copied(
            &[
                (Kind::SIZE, "320 679 1 0 320 33"),
                (Kind::TIME, "1 2"),
                (Kind::FILTER, "smtp:old"),
                (Kind::SENDER, "me@here"),
                (Kind::POINTER, "              0"),
                (Kind::MESSAGE, ""),
                (Kind::PADDING, "xx"),
                (Kind::LINE, "Subject: x"),
                (Kind::EXTRACTED, ""),
                (Kind::FILTER, "smtp:action"),
                (Kind::REDIRECT, "a@b"),
                (Kind::ATTRIBUTE, "message_id=<x>"),
                (Kind::ERRORS_TO, "x"),
                (Kind::ATTRIBUTE, "dsn_orig_rcpt=rfc822;you@there"),
                (Kind::DONE, "gone@there"),
                (Kind::RECIPIENT, "you@there"),
                (Kind::END, ""),
            ],
            Additions {
                filter: "smtp:new".into(),
                ..additions()
            },
        )
        .unwrap();

        assert_eq!(letters(&records), "LCTSMNNNXADR");
        assert_eq!(records[0].1, "smtp:new");
        assert_eq!(records[1].1, "-1 -1 -1 -1 -1 33");
    }

    #[test]
    fn content_that_begins_with_a_blank_does_not_join_our_header() {
        let tail = [(Kind::EXTRACTED, ""), (Kind::END, "")];
        let head = [
            (Kind::SENDER, ""),
            (Kind::MESSAGE, ""),
            (Kind::LINE, " x"),
            (Kind::LINE, " y"),
        ];

        let records = copied(&[&head[..], &tail[..]].concat(), additions()).unwrap();

        assert_eq!(letters(&records), "TSMNNNNNX");
        assert_eq!((records[0].1.as_str(), records[5].1.as_str()), ("77 5", ""));
    }

    #[test]
    fn files_that_are_no_submissions_are_refused() {
        let long = "x".repeat(101);
        let cases: &[(&[(Kind, &str)], &str)] = &[
            (&[], "unexpected or malformed record type 0"),
            (&[(Kind::SENDER, "a")], "unexpected or malformed record type 0"),
            (&[(Kind::MESSAGE, "")], "no envelope sender"),
            (&[(Kind::LINE, "x")], "unexpected or malformed record type 78"),
            (&[(Kind::SENDER, &long)], "unexpected or malformed record type 83"),
            (
                &[(Kind::SENDER, ""), (Kind::MESSAGE, ""), (Kind::END, "")],
                "unexpected or malformed record type 69",
            ),
        ];
        for (records, wanted) in cases {
            let error = copied(records, additions()).unwrap_err();
            assert_eq!(error.to_string(), *wanted);
        }
    }
}
