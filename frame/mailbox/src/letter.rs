//! A message as its reader gets it: the lines put in front, and the content with what the place needs escaped.
//!
//! Only says what it shall look like; the octets are made in `rendering`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail::quote_local822;
use queue::Content;

/// A message on its way to one place.
#[derive(Debug)]
pub struct Letter<'a> {
    /// The content, from its first line.
    pub content: Content<'a>,
    /// Lines put in front, rendered by [`Head::render`].
    pub head: &'a [u8],
    /// How the content is written.
    pub style: &'a Style,
}

/// How content is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The end of a line.
    pub end_of_line: Vec<u8>,
    /// Put `>` in front of a line that begins with `From `.
    pub quote_from: bool,
    /// Double a dot at the start of a line.
    pub quote_dot: bool,
    /// End with an empty line.
    pub blank_line: bool,
}

impl Style {
    /// As it is: Maildir files and commands.
    pub fn plain() -> Self {
        Self {
            end_of_line: b"\n".to_vec(),
            quote_from: false,
            quote_dot: false,
            blank_line: false,
        }
    }

    /// As mailbox files need it.
    pub fn mbox() -> Self {
        Self {
            quote_from: true,
            blank_line: true,
            ..Self::plain()
        }
    }
}

/// The line that separates messages in a mailbox file.
#[derive(Clone, Debug)]
pub struct FromLine {
    /// When it is delivered.
    pub time: Timestamp,
    /// The zone the time is shown in.
    pub zone: TimeZone,
}

impl FromLine {
    /// Now, here.
    pub fn now(zone: &TimeZone) -> Self {
        Self {
            time: Timestamp::now(),
            zone: zone.clone(),
        }
    }
}

/// The lines put in front of a message at delivery. Addresses are in internal form.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// The envelope sender.
    pub sender: &'a str,
    /// Begin with a `From ` line.
    pub from_line: Option<FromLine>,
    /// Write `Return-Path:`.
    pub return_path: bool,
    /// Write `X-Original-To:`; empty means not known, and writes nothing.
    pub original_recipient: Option<&'a str>,
    /// Write `Delivered-To:`.
    pub delivered_to: Option<&'a str>,
}

impl Head<'_> {
    /// Appends the lines.
    pub fn render(&self, end_of_line: &[u8], out: &mut Vec<u8>) {
        let mut line = |name: &str, text: &str, close: &str| {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(text.as_bytes());
            out.extend_from_slice(close.as_bytes());
            out.extend_from_slice(end_of_line);
        };
        let sender = quote_local822(self.sender);
        if let Some(from) = &self.from_line {
            let time = from.time.to_zoned(from.zone.clone());
            let time = time.strftime("%a %b %e %H:%M:%S %Y").to_string();
            let sender = if sender.is_empty() {
                "MAILER-DAEMON"
            } else {
                &sender
            };
            line("From ", sender, &format!("  {time}"));
        }
        if self.return_path {
            line("Return-Path: <", &sender, ">");
        }
        if let Some(original) = self.original_recipient.filter(|original| !original.is_empty()) {
            line("X-Original-To: ", &quote_local822(original), "");
        }
        if let Some(delivered) = self.delivered_to {
            line("Delivered-To: ", &quote_local822(delivered), "");
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use record::Kind;
    use std::fs::File;

    /// A letter of a file made by [`queue_file`].
    pub(crate) fn letter<'a>(file: &'a File, head: &'a [u8], style: &'a Style) -> Letter<'a> {
        Letter {
            content: Content::at(file, 9, 1 << 16),
            head,
            style,
        }
    }

    /// A file of content records that begin at offset 9.
    pub(crate) fn queue_file(name: &str, records: &[(Kind, &str)], ended: bool) -> File {
        static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mailbox-{name}-{}-{count}", std::process::id()));
        let mut octets = b"otherwise".to_vec();
        for (kind, payload) in records {
            record::encode(*kind, payload.as_bytes(), &mut octets);
        }
        if ended {
            record::encode(Kind::EXTRACTED, b"", &mut octets);
        }
        std::fs::write(&path, octets).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }

    #[test]
    fn the_lines_in_front_are_in_order_and_quoted() {
        let time = Timestamp::from_second(1_000_000_000).unwrap();
        let head = Head {
            sender: "a b@example.com",
            from_line: Some(FromLine {
                time,
                zone: TimeZone::UTC,
            }),
            return_path: true,
            original_recipient: Some("list@example.com"),
            delivered_to: Some("fred@example.com"),
        };
        let mut out = Vec::new();

        head.render(b"\n", &mut out);

        let expected = "From \"a b\"@example.com  Sun Sep  9 01:46:40 2001\n\
                        Return-Path: <\"a b\"@example.com>\n\
                        X-Original-To: list@example.com\n\
                        Delivered-To: fred@example.com\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn the_null_sender_has_its_name_in_the_from_line_only() {
        let time = Timestamp::from_second(0).unwrap();
        let head = Head {
            sender: "",
            from_line: Some(FromLine {
                time,
                zone: TimeZone::UTC,
            }),
            return_path: true,
            original_recipient: Some(""),
            delivered_to: None,
        };
        let mut out = Vec::new();
        head.render(b"\n", &mut out);
        let expected = "From MAILER-DAEMON  Thu Jan  1 00:00:00 1970\nReturn-Path: <>\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
