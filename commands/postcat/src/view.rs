//! The records of a queue file as text, in the form that scripts read from Postfix's postcat.

use crate::log;
use command::Failure;
use jiff::tz::TimeZone;
use queue::{Cursor, QueueError};
use record::{ArrivalTime, Kind, Section, attribute, parse_number};
use std::fs::File;
use std::io::{self, Write};

/// What is shown, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Show {
    /// Body text.
    pub body: bool,
    /// Envelope and extracted part.
    pub envelope: bool,
    /// Header text.
    pub header: bool,
    /// The type of each record, as a number in front.
    pub decimal_type: bool,
    /// The offset of each record in front.
    pub offset: bool,
    /// The name of the file in front.
    pub name: bool,
    /// The order of the file, pointers not followed; in the verbose view only.
    pub raw: bool,
    /// Record types of content lines, fillers and pointers.
    pub verbose: bool,
    /// Where to begin.
    pub start: u64,
}

impl Show {
    /// As in the original, the order of the file is an addition to the verbose view and nothing without it.
    fn in_file_order(&self) -> bool {
        self.raw && self.verbose
    }
}

/// Prints queue files.
pub(crate) struct View<'a, W> {
    show: Show,
    zone: TimeZone,
    out: &'a mut W,
}

/// Which part of a file the next record belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Envelope,
    Header,
    Body,
}

/// One file on its way.
struct Walk<'n> {
    name: &'n str,
    part: Part,
    prints: bool,
    /// The content as the size record has it: where it begins, how long it is.
    data: Option<(u64, u64)>,
    sized: bool,
    /// The record before was a line without its end, printed as such.
    open_line: bool,
}

/// What one read asks for.
const READ_OCTETS: usize = 64 * 1024;

impl<'a, W: Write> View<'a, W> {
    pub(crate) fn new(show: Show, out: &'a mut W) -> Self {
        Self {
            show,
            zone: TimeZone::system(),
            out,
        }
    }

    /// Prints one file under a name.
    pub(crate) fn print(&mut self, name: &str, file: &File) -> Result<(), Failure> {
        self.walk(name, file).map_err(|error| match error {
            Trouble::Output(error) => Failure::general(format!("write error: {}", sys::fault::text(&error))),
            Trouble::Queue(QueueError::Io(error)) => {
                Failure::general(format!("{name}: read error: {}", sys::fault::text(&error)))
            }
            Trouble::Queue(_) => Failure::general("record read error"),
            Trouble::Pointer => Failure::general("bad pointer record, or input is not seekable"),
        })
    }

    fn walk(&mut self, name: &str, file: &File) -> Result<(), Trouble> {
        let show = self.show;
        let mut cursor = Cursor::new(file, show.start, READ_OCTETS);
        // Pointers are shown where the rest of the bookkeeping is, and then followed by hand.
        if show.verbose {
            cursor = cursor.without_following();
        }
        if show.start == 0 {
            if !is_plausible(file)? {
                log::not_a_queue_file(name);
                return Ok(());
            }
            if show.envelope {
                writeln!(self.out, "*** ENVELOPE RECORDS {name} ***")?;
            }
        }
        let mut walk = Walk {
            name,
            part: Part::Envelope,
            prints: show.envelope,
            data: None,
            sized: false,
            open_line: false,
        };
        loop {
            // The offset shown is where reading stood, before pointers and fillers were passed over.
            let offset = cursor.position();
            while !show.verbose && cursor.peek_kind()? == Some(Kind::PADDING) {
                cursor.next_record()?;
            }
            let Some(found) = cursor.next_record()? else { break };
            let (kind, payload) = (found.record.kind, found.record.payload);
            let next = match kind {
                Kind::LINE | Kind::CHUNK => self.content(&mut walk, offset, kind, payload)?,
                Kind::MESSAGE => self.message(&mut walk, offset)?,
                Kind::EXTRACTED => self.extracted(&mut walk, offset)?,
                Kind::END => self.end(&walk, offset)?,
                Kind::POINTER => self.pointer(&walk, offset, payload)?,
                Kind::SIZE => self.size(&mut walk, offset, payload)?,
                _ => {
                    if walk.prints {
                        self.record(&mut walk, offset, kind, payload)?;
                    }
                    Next::Here
                }
            };
            match next {
                Next::Here => {}
                Next::At(offset) => cursor.seek(offset),
                Next::Nothing => break,
            }
        }
        Ok(())
    }

    fn content(
        &mut self,
        walk: &mut Walk<'_>,
        offset: u64,
        kind: Kind,
        text: &[u8],
    ) -> Result<Next, Trouble> {
        let show = self.show;
        let mut next = Next::Here;
        let header_ends = walk.part == Part::Header
            && (show.header || show.body)
            && !walk.open_line
            && !(is_header(text) || text.first().is_some_and(|byte| b" \t".contains(byte)));
        if header_ends {
            walk.part = Part::Body;
            walk.prints = show.body;
            if !walk.prints {
                match walk.data {
                    _ if !show.envelope => return Ok(Next::Nothing),
                    Some((start, length)) => next = Next::At(start.saturating_add(length)),
                    None => {}
                }
            }
        }
        if walk.prints {
            self.record(walk, offset, kind, text)?;
        }
        Ok(next)
    }

    fn message(&mut self, walk: &mut Walk<'_>, offset: u64) -> Result<Next, Trouble> {
        let show = self.show;
        if walk.part != Part::Envelope {
            log::out_of_order(walk.name, "message content marker");
        }
        if show.envelope {
            self.marker(walk, offset, Kind::MESSAGE, "MESSAGE CONTENTS")?;
        }
        walk.part = Part::Header;
        walk.prints = show.header;
        walk.open_line = false;
        Ok(match walk.data {
            Some((start, length)) if !show.header && !show.body => Next::At(start.saturating_add(length)),
            _ => Next::Here,
        })
    }

    fn extracted(&mut self, walk: &mut Walk<'_>, offset: u64) -> Result<Next, Trouble> {
        if walk.part == Part::Envelope && (self.show.header || self.show.body) {
            log::out_of_order(walk.name, "extracted segment marker");
        }
        if walk.prints && walk.open_line {
            writeln!(self.out)?;
        }
        walk.part = Part::Envelope;
        walk.prints = self.show.envelope;
        walk.open_line = false;
        if !self.show.envelope {
            return Ok(Next::Nothing);
        }
        self.marker(walk, offset, Kind::EXTRACTED, "HEADER EXTRACTED")?;
        Ok(Next::Here)
    }

    fn end(&mut self, walk: &Walk<'_>, offset: u64) -> Result<Next, Trouble> {
        if walk.part != Part::Envelope {
            log::out_of_order(walk.name, "message end marker");
        }
        if self.show.envelope {
            self.marker(walk, offset, Kind::END, "MESSAGE FILE END")?;
        }
        // In the order of the file, what milters have added stands behind the end.
        Ok(if self.show.in_file_order() {
            Next::Here
        } else {
            Next::Nothing
        })
    }

    fn pointer(&mut self, walk: &Walk<'_>, offset: u64, payload: &[u8]) -> Result<Next, Trouble> {
        if walk.prints {
            self.named(walk, offset, Kind::POINTER, cut(payload))?;
        }
        if self.show.in_file_order() {
            return Ok(Next::Here);
        }
        let target = parse_number(payload).and_then(|target| u64::try_from(target).ok());
        Ok(match target.ok_or(Trouble::Pointer)? {
            0 => Next::Here,
            target => Next::At(target),
        })
    }

    fn size(&mut self, walk: &mut Walk<'_>, offset: u64, payload: &[u8]) -> Result<Next, Trouble> {
        if walk.prints {
            self.named(walk, offset, Kind::SIZE, cut(payload))?;
        }
        // A submission's size record says nothing about its file.
        if walk.name.starts_with("maildrop/") {
            return Ok(Next::Here);
        }
        if walk.sized {
            log::several_sizes();
            return Ok(Next::Here);
        }
        walk.sized = true;
        let text = String::from_utf8_lossy(cut(payload)).into_owned();
        let mut numbers = text.split_ascii_whitespace().map(str::parse::<u64>);
        let (length, start) = match (numbers.next(), numbers.next()) {
            (Some(Ok(length @ 1..)), Some(Ok(start @ 1..))) => (length, start),
            _ => {
                log::invalid_size(&text);
                return Ok(Next::Here);
            }
        };
        walk.data = Some((start, length));
        if self.show.envelope {
            return Ok(Next::Here);
        }
        walk.part = Part::Header;
        walk.prints = self.show.header;
        Ok(Next::At(start))
    }

    fn record(
        &mut self,
        walk: &mut Walk<'_>,
        offset: u64,
        kind: Kind,
        payload: &[u8],
    ) -> Result<(), Trouble> {
        let text = cut(payload);
        let mut open_line = false;
        match kind {
            Kind::TIME => self.dated(walk, offset, word(kind), kind, ArrivalTime::parse(text).seconds)?,
            Kind::WARN_TIME => {
                self.dated(walk, offset, word(kind), kind, parse_number(text).unwrap_or(0))?;
            }
            Kind::CHUNK => {
                self.front(walk, offset, kind)?;
                if walk.part == Part::Envelope {
                    write!(self.out, "{}: ", word(kind))?;
                } else if self.show.verbose {
                    write!(self.out, "unterminated_text: ")?;
                }
                self.out.write_all(payload)?;
                open_line = walk.part != Part::Envelope && !self.show.verbose && !self.show.offset;
                if !open_line {
                    writeln!(self.out)?;
                }
            }
            Kind::LINE => {
                self.front(walk, offset, kind)?;
                if self.show.verbose {
                    write!(self.out, "{}: ", word(kind))?;
                }
                self.out.write_all(payload)?;
                writeln!(self.out)?;
            }
            Kind::PADDING => self.named(walk, offset, kind, payload)?,
            Kind::ATTRIBUTE => match attribute::split(text) {
                Some((name, value)) if name == attribute::CREATE_TIME.as_bytes() => {
                    let seconds = parse_number(value).unwrap_or(0);
                    self.dated(walk, offset, attribute::CREATE_TIME, kind, seconds)?;
                }
                Some(_) => self.named(walk, offset, kind, text)?,
                None => {
                    self.front(walk, offset, kind)?;
                    log::malformed_attribute(walk.name, &String::from_utf8_lossy(text));
                }
            },
            _ => self.named(walk, offset, kind, text)?,
        }
        walk.open_line = open_line;
        Ok(())
    }

    fn named(&mut self, walk: &Walk<'_>, offset: u64, kind: Kind, text: &[u8]) -> io::Result<()> {
        self.front(walk, offset, kind)?;
        write!(self.out, "{}: ", word(kind))?;
        self.out.write_all(text)?;
        writeln!(self.out)
    }

    fn dated(
        &mut self,
        walk: &Walk<'_>,
        offset: u64,
        word: &str,
        kind: Kind,
        seconds: i64,
    ) -> io::Result<()> {
        self.front(walk, offset, kind)?;
        let moment = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let local = moment.to_zoned(self.zone.clone());
        writeln!(self.out, "{word}: {}", local.strftime("%a %b %e %H:%M:%S %Y"))
    }

    fn marker(&mut self, walk: &Walk<'_>, offset: u64, kind: Kind, text: &str) -> io::Result<()> {
        self.front(walk, offset, kind)?;
        writeln!(self.out, "*** {text} {} ***", walk.name)
    }

    fn front(&mut self, walk: &Walk<'_>, offset: u64, kind: Kind) -> io::Result<()> {
        if self.show.name {
            write!(self.out, "{}: ", walk.name)?;
        }
        if self.show.offset {
            write!(self.out, "{offset:9} ")?;
        }
        if self.show.decimal_type {
            write!(self.out, "{:3} ", kind.byte())?;
        }
        Ok(())
    }
}

/// Where reading goes on after a record.
enum Next {
    Here,
    At(u64),
    Nothing,
}

/// Why a file was not printed to its end.
enum Trouble {
    Output(io::Error),
    Queue(QueueError),
    Pointer,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Output(error)
    }
}

impl From<QueueError> for Trouble {
    fn from(error: QueueError) -> Self {
        Trouble::Queue(error)
    }
}

/// Whether the first octet can begin a queue file. An empty file can be anything.
fn is_plausible(file: &File) -> Result<bool, Trouble> {
    use std::os::unix::fs::FileExt;
    let mut first = [0];
    let count = file
        .read_at(&mut first, 0)
        .map_err(|error| Trouble::Queue(QueueError::Io(error)))?;
    let [byte] = first;
    Ok(count == 0 || Kind::from_byte(byte).is_some_and(|kind| Section::Envelope.admits(kind)))
}

/// Records that are no text end at a NUL.
fn cut(payload: &[u8]) -> &[u8] {
    payload.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn word(kind: Kind) -> &'static str {
    kind.word().unwrap_or("unknown_record_type")
}

/// Whether a line begins a header: a name of printable characters, perhaps blanks, a colon.
fn is_header(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::{Size, encode, number};

    fn sample() -> Vec<u8> {
        let mut out = vec![0; record::SIZE_RECORD_LEN];
        encode(Kind::TIME, b"0 5", &mut out);
        attribute::encode("create_time", b"86400", &mut out);
        attribute::encode("client_name", b"x", &mut out);
        encode(Kind::SENDER, b"me@here", &mut out);
        encode(Kind::MESSAGE, b"", &mut out);
        let start = out.len() as i64;
        encode(Kind::LINE, b"Subject: x", &mut out);
        encode(Kind::LINE, b" folded", &mut out);
        encode(Kind::PADDING, b"ww", &mut out);
        encode(Kind::LINE, b"", &mut out);
        encode(Kind::CHUNK, b"long ", &mut out);
        encode(Kind::LINE, b"line", &mut out);
        let length = out.len() as i64 - start;
        encode(Kind::EXTRACTED, b"", &mut out);
        encode(Kind::POINTER, &number(0), &mut out);
        encode(Kind::FILTER, b"smtp:x", &mut out);
        encode(Kind::RECIPIENT, b"you@there", &mut out);
        encode(Kind::END, b"", &mut out);
        let size = Size {
            data_size: length,
            data_offset: start,
            ..Size::default()
        };
        out[..record::SIZE_RECORD_LEN].copy_from_slice(&size.encode());
        out
    }

    fn shown(octets: &[u8], show: Show) -> String {
        let mut file = sys::disk::memory_file().unwrap();
        file.write_all(octets).unwrap();
        let mut out = Vec::new();
        let mut view = View {
            show,
            zone: TimeZone::UTC,
            out: &mut out,
        };
        view.print("f", &file).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn header_body_and_envelope_are_shown_one_by_one() {
        let header = shown(
            &sample(),
            Show {
                header: true,
                ..Show::default()
            },
        );
        let body = shown(
            &sample(),
            Show {
                body: true,
                ..Show::default()
            },
        );
        let envelope = shown(
            &sample(),
            Show {
                envelope: true,
                ..Show::default()
            },
        );

        assert_eq!(header, "Subject: x\n folded\n");
        assert_eq!(body, "\nlong line\n");
        let lines: Vec<_> = envelope.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "message_arrival_time: Thu Jan  1 00:00:00 1970",
                "create_time: Fri Jan  2 00:00:00 1970",
                "named_attribute: client_name=x",
                "sender: me@here",
                "*** MESSAGE CONTENTS f ***",
                "*** HEADER EXTRACTED f ***",
                "content_filter: smtp:x",
                "recipient: you@there",
                "*** MESSAGE FILE END f ***"
            ]
        );
    }

    #[test]
    fn verbose_shows_types_fillers_and_pointers() {
        let all = Show {
            header: true,
            body: true,
            envelope: true,
            verbose: true,
            ..Show::default()
        };

        let text = shown(&sample(), all);

        for line in [
            "regular_text: Subject: x\n",
            "padding: ww\n",
            "unterminated_text: long \n",
            "pointer_record:               0\n",
        ] {
            assert!(text.contains(line), "{line}");
        }
    }

    #[test]
    fn offset_type_and_name_stand_in_front() {
        let show = Show {
            header: true,
            offset: true,
            decimal_type: true,
            name: true,
            ..Show::default()
        };

        let text = shown(&sample(), show);

        assert!(text.starts_with("f:       147  78 Subject: x\n"), "{text}");
    }

    #[test]
    fn damaged_files_end_in_an_error() {
        let mut octets = sample();
        octets.truncate(octets.len() - 3);
        let mut file = sys::disk::memory_file().unwrap();
        file.write_all(&octets).unwrap();
        let mut out = Vec::new();
        let show = Show {
            envelope: true,
            ..Show::default()
        };

        let failure = View {
            show,
            zone: TimeZone::UTC,
            out: &mut out,
        }
        .print("f", &file)
        .unwrap_err();

        assert_eq!(failure.to_string(), "record read error");
    }
}
