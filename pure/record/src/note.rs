//! Notes on recipients: the text of the files in `defer`, `bounce` and `trace`.
//!
//! A note says what became of one recipient. Files of the original and ours hold the same text, in
//! the same order of names; a reader takes the names in any order, and the oldest form
//! (`<address>: reason`) too.

/// What became of one recipient. Addresses are in the quoted form that the file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Recipient; empty for the null address.
    pub recipient: String,
    /// The recipient before expansion; empty when the same or unknown.
    pub original_recipient: String,
    /// Offset of its record in the queue file; zero when unknown.
    pub offset: u64,
    /// DSN ORCPT, `type;address`; empty when unknown.
    pub dsn_orig_rcpt: String,
    /// DSN NOTIFY mask; zero when not given.
    pub notify_flags: u32,
    /// Enhanced status, `4.4.1`.
    pub status: String,
    /// `failed`, `delayed`, `delivered`, `relayed`, `expanded`, `deliverable`, …
    pub action: String,
    /// Type of the diagnostic text: `smtp`, `x-unix`; empty without text.
    pub diag_type: String,
    /// What the remote system said.
    pub diag_text: String,
    /// Type of the remote name: `dns`; empty without name.
    pub mta_type: String,
    /// Name of the remote system.
    pub mta_mname: String,
    /// Why, in words.
    pub reason: String,
}

/// Which file a note stands in: it decides what is assumed when a note does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// Recipients that will be tried again.
    Defer,
    /// Recipients that failed.
    Bounce,
    /// Reports on delivery.
    Trace,
}

/// Something in a file that is not a note, for a warning in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, shortened.
    pub line: String,
}

/// Reads notes one after the other from the bytes of a whole file, or of as much of it as the caller
/// wishes to hold.
#[derive(Clone, Debug)]
pub struct Notes<'a> {
    rest: &'a [u8],
    log: Log,
    malformed: Vec<Malformed>,
}

impl Note {
    /// Appends the note. With `compatible` also the line that the oldest readers know
    /// (`backwards_bounce_logfile_compatibility`).
    pub fn encode(&self, compatible: bool, out: &mut Vec<u8>) {
        out.push(b'\n');
        if compatible {
            put(out, &["<", &self.recipient, ">: ", &self.reason]);
        }
        let recipient = if self.recipient.is_empty() {
            "<>"
        } else {
            &self.recipient
        };
        put(out, &["recipient=", recipient]);
        if !self.original_recipient.is_empty() && self.original_recipient != self.recipient {
            put(out, &["original_recipient=", &self.original_recipient]);
        }
        if self.offset > 0 {
            put(out, &["offset=", &self.offset.to_string()]);
        }
        if !self.dsn_orig_rcpt.is_empty() {
            put(out, &["dsn_orig_rcpt=", &self.dsn_orig_rcpt]);
        }
        if self.notify_flags != 0 {
            put(out, &["notify_flags=", &self.notify_flags.to_string()]);
        }
        put(out, &["status=", &self.status]);
        put(out, &["action=", &self.action]);
        if !self.diag_text.is_empty() {
            put(out, &["diag_type=", &self.diag_type]);
            put(out, &["diag_text=", &self.diag_text]);
        }
        if !self.mta_mname.is_empty() {
            put(out, &["mta_type=", &self.mta_type]);
            put(out, &["mta_mname=", &self.mta_mname]);
        }
        put(out, &["reason=", &self.reason]);
        out.push(b'\n');
    }

    /// One `name=value` line. Whether the name is known.
    fn set(&mut self, name: &str, value: &str) -> bool {
        let slot = match name {
            "recipient" => {
                self.recipient = if value == "<>" {
                    String::new()
                } else {
                    value.to_owned()
                };
                return true;
            }
            "offset" => {
                self.offset = value.trim().parse().unwrap_or(0);
                return true;
            }
            "notify_flags" => {
                self.notify_flags = value.trim().parse().unwrap_or(0);
                return true;
            }
            "original_recipient" => &mut self.original_recipient,
            "dsn_orig_rcpt" => &mut self.dsn_orig_rcpt,
            "status" => &mut self.status,
            "action" => &mut self.action,
            "diag_type" => &mut self.diag_type,
            "diag_text" => &mut self.diag_text,
            "mta_type" => &mut self.mta_type,
            "mta_mname" => &mut self.mta_mname,
            "reason" => &mut self.reason,
            _ => return false,
        };
        value.clone_into(slot);
        true
    }

    /// What the note does not say.
    fn complete(&mut self, log: Log) {
        let (status, action) = match log {
            Log::Defer => ("4.0.0", "delayed"),
            Log::Bounce | Log::Trace => ("5.0.0", "failed"),
        };
        if self.status.is_empty() {
            self.status = status.to_owned();
        }
        if self.action.is_empty() {
            self.action = action.to_owned();
        }
        if self.reason.is_empty() {
            self.reason = UNKNOWN_REASON.to_owned();
        }
    }
}

/// What a reader gives as the reason when a note has none.
pub const UNKNOWN_REASON: &str = "(description unavailable)";
/// What a reader shows in place of the null address.
pub const NULL_RECIPIENT: &str = "(MAILER-DAEMON)";

impl<'a> Notes<'a> {
    /// Starts at the first byte of a file.
    pub fn new(bytes: &'a [u8], log: Log) -> Self {
        Self {
            rest: bytes,
            log,
            malformed: Vec::new(),
        }
    }

    /// What was skipped so far; empties the list. At most one entry for each line.
    pub fn take_malformed(&mut self) -> Vec<Malformed> {
        std::mem::take(&mut self.malformed)
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.rest);
        let (line, rest) = match end {
            Some(end) => (self.rest.get(..end)?, self.rest.get(end + 1..)?),
            None => (self.rest, &self.rest[self.rest.len()..]),
        };
        self.rest = rest;
        Some(line)
    }
}

impl Iterator for Notes<'_> {
    type Item = Note;

    fn next(&mut self) -> Option<Note> {
        let mut note = Note::default();
        let mut found = false;
        while let Some(line) = self.line() {
            if line.is_empty() {
                if found {
                    break;
                }
                continue;
            }
            let line = neutral(line);
            let known = match line.strip_prefix('<') {
                Some(old) => match old.split_once(">: ") {
                    Some((address, reason)) => {
                        address.clone_into(&mut note.recipient);
                        if note.reason.is_empty() {
                            reason.trim().clone_into(&mut note.reason);
                        }
                        true
                    }
                    None => false,
                },
                None => match line.split_once('=') {
                    Some((name, value)) if line.starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                        note.set(name.trim(), value.trim())
                    }
                    _ => false,
                },
            };
            if known {
                found = true;
            } else if self.malformed.len() < MALFORMED_MAX {
                self.malformed.push(Malformed {
                    line: line.chars().take(100).collect(),
                });
            }
        }
        found.then(|| {
            note.complete(self.log);
            note
        })
    }
}

/// Lines remembered for warnings; a damaged file must not fill the memory.
const MALFORMED_MAX: usize = 20;

fn neutral(line: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(line).into_owned();
    if text.chars().any(char::is_control) {
        text = text
            .chars()
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
    }
    text
}

/// One line; an end of line inside a value would start a line of its own, so it becomes a blank.
fn put(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        if memchr::memchr2(b'\n', 0, part.as_bytes()).is_some() {
            out.extend(
                part.bytes()
                    .map(|byte| if byte == b'\n' || byte == 0 { b' ' } else { byte }),
            );
        } else {
            out.extend_from_slice(part.as_bytes());
        }
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Note {
        Note {
            recipient: "z@rcpt.example".into(),
            offset: 661,
            dsn_orig_rcpt: "rfc822;z@rcpt.example".into(),
            status: "4.4.1".into(),
            action: "delayed".into(),
            reason: "connect to 127.0.0.1[127.0.0.1]:9: Connection refused".into(),
            ..Note::default()
        }
    }

    #[test]
    fn a_note_is_written_as_in_the_original() {
        let mut out = Vec::new();

        example().encode(true, &mut out);

        assert_eq!(
            String::from_utf8(out).unwrap(),
            "\n<z@rcpt.example>: connect to 127.0.0.1[127.0.0.1]:9: Connection refused\n\
             recipient=z@rcpt.example\noffset=661\ndsn_orig_rcpt=rfc822;z@rcpt.example\nstatus=4.4.1\n\
             action=delayed\nreason=connect to 127.0.0.1[127.0.0.1]:9: Connection refused\n\n"
        );
    }

    #[test]
    fn notes_survive_writing_and_reading() {
        let full = Note {
            original_recipient: "alias@here.example".into(),
            notify_flags: 6,
            diag_type: "smtp".into(),
            diag_text: "550 no".into(),
            mta_type: "dns".into(),
            mta_mname: "mx.example".into(),
            ..example()
        };
        let null = Note {
            recipient: String::new(),
            ..example()
        };
        let mut out = Vec::new();
        for (note, compatible) in [(&full, true), (&null, false), (&example(), true)] {
            note.encode(compatible, &mut out);
        }

        let back: Vec<Note> = Notes::new(&out, Log::Defer).collect();

        assert_eq!(back, [full, null, example()]);
    }

    #[test]
    fn the_oldest_form_and_missing_parts_are_completed() {
        let mut notes = Notes::new(
            b"\n<a@b>: said no\n\n\nrecipient=c@d\nstrange\nodd=1",
            Log::Bounce,
        );

        let first = notes.next().unwrap();
        let second = notes.next().unwrap();

        assert_eq!(
            (first.recipient.as_str(), first.reason.as_str()),
            ("a@b", "said no")
        );
        assert_eq!(
            (first.status.as_str(), first.action.as_str()),
            ("5.0.0", "failed")
        );
        assert_eq!(second.reason, UNKNOWN_REASON);
        assert_eq!(notes.next(), None);
        assert_eq!(notes.take_malformed().len(), 2);
    }

    #[test]
    fn a_newline_in_a_value_cannot_forge_a_line() {
        let mut out = Vec::new();

        Note {
            reason: "x\nrecipient=evil@example".into(),
            ..example()
        }
        .encode(true, &mut out);

        let notes: Vec<Note> = Notes::new(&out, Log::Defer).collect();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].recipient, "z@rcpt.example");
    }

    #[test]
    fn control_characters_are_shown_as_question_marks() {
        let note = Notes::new(b"recipient=a\x1b[2Jb@c\n", Log::Trace).next().unwrap();

        assert_eq!(note.recipient, "a?[2Jb@c");
    }
}
