//! From physical lines to headers, the end of headers, and body lines.
//!
//! The scanner follows MIME far enough to know where headers stand, whatever the encodings say; it is as permissive as
//! postconf(5) `disable_mime_input_processing` and its neighbours describe. It does not decode content.

use crate::header::name_length;
use crate::quoted_printable::Encoder;
use crate::structure::{ContentType, Encoding, Line, Structure};
use crate::{Header, Known, Place, Trouble, Troubles};

/// Whether a line is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// More of the same line follows.
    Chunk,
    /// The line, or what was left of it.
    Line,
}

/// What to do besides telling headers from body.
#[derive(Clone, Debug)]
pub struct Options {
    /// Take everything after the first headers as body: `disable_mime_input_processing`.
    pub ignore_mime: bool,
    /// Report [`Trouble::EightBitHeader`].
    pub report_8bit_header: bool,
    /// Report [`Trouble::EightBitBody`].
    pub report_8bit_body: bool,
    /// Report [`Trouble::EncodingDomain`].
    pub report_encoding_domain: bool,
    /// Report [`Trouble::Nesting`].
    pub report_nesting: bool,
    /// Report [`Trouble::NonEmptyEnd`].
    pub report_non_empty_end: bool,
    /// Report [`Trouble::LongHeader`].
    pub report_long_header: bool,
    /// Turn 8bit and binary content into quoted-printable, and say so in the headers.
    pub to_7bit: bool,
    /// `header_size_limit`, in octets; text of a header beyond it is dropped.
    pub header_size_limit: usize,
    /// `mime_nesting_limit`, in levels.
    pub nesting_limit: usize,
    /// `mime_boundary_length_limit`, in octets; only that much of a boundary is compared.
    pub boundary_limit: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ignore_mime: false,
            report_8bit_header: false,
            report_8bit_body: false,
            report_encoding_domain: false,
            report_nesting: false,
            report_non_empty_end: false,
            report_long_header: false,
            to_7bit: false,
            header_size_limit: 102_400,
            nesting_limit: 100,
            boundary_limit: 2048,
        }
    }
}

/// What the scanner found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A complete header.
    Header(Header<'a>),
    /// The first headers are over; comes once in each message.
    HeadersEnd,
    /// A line of the body, or the empty line before it.
    Body {
        /// Whether the line is complete.
        piece: Piece,
        /// The text.
        text: &'a [u8],
        /// Octets of this body part before the text, line ends counted as one.
        offset: u64,
    },
    /// A fault; comes once for each kind.
    Trouble {
        /// What is wrong.
        trouble: Trouble,
        /// Where: a header or a line.
        text: &'a [u8],
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Headers(Place),
    Body,
}

/// A message being scanned.
#[derive(Clone, Debug)]
pub struct Scanner {
    options: Options,
    state: State,
    structure: Structure,
    /// The header being collected.
    header: Vec<u8>,
    /// The last piece was not a whole line.
    in_line: bool,
    body_offset: u64,
    troubles: Troubles,
    encoder: Encoder,
}

impl Scanner {
    /// Starts at the first line of a message.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            state: State::Headers(Place::Primary),
            structure: Structure::new(),
            header: Vec::with_capacity(256),
            in_line: false,
            body_offset: 0,
            troubles: Troubles::default(),
            encoder: Encoder::default(),
        }
    }

    /// Starts anew for another message, keeping the memory.
    pub fn restart(&mut self, options: Options) {
        let header = std::mem::take(&mut self.header);
        *self = Self::new(options);
        self.header = header;
        self.header.clear();
    }

    /// The faults found so far.
    #[must_use]
    pub const fn troubles(&self) -> Troubles {
        self.troubles
    }

    /// Whether the first headers are still going on.
    #[must_use]
    pub fn is_in_first_headers(&self) -> bool {
        self.state == State::Headers(Place::Primary)
    }

    /// Takes the text when it is a body line that passes unchanged. False: ask [`Scanner::feed`] about it.
    #[inline]
    pub fn pass(&mut self, piece: Piece, text: &[u8]) -> bool {
        let passes = self.state == State::Body
            && !self.converts()
            && !self.watches_8bit_body()
            && (!self.structure.has_boundaries() || self.in_line || !text.starts_with(b"--"));
        if passes {
            self.in_line = piece == Piece::Chunk;
            self.count_body(text.len());
        }
        passes
    }

    /// Takes a line, or a piece of one, without its line end.
    pub fn feed<'s, 'l>(&'s mut self, piece: Piece, text: &'l [u8]) -> Events<'s, 'l> {
        let continues = std::mem::replace(&mut self.in_line, piece == Piece::Chunk);
        let step = match self.state {
            State::Body => Step::Body,
            State::Headers(_) if self.header.is_empty() => Step::Classify,
            State::Headers(_) if continues => self.extend_header(None, text),
            State::Headers(_) if matches!(text.first(), Some(b' ' | b'\t')) => {
                self.extend_header(Some(b'\n'), text)
            }
            State::Headers(_) => Step::Analyze,
        };
        Events {
            scanner: self,
            text,
            piece,
            continues,
            finishing: false,
            step,
            position: 0,
        }
    }

    /// Ends the message: what is still held comes out.
    pub fn finish(&mut self) -> Events<'_, 'static> {
        let step = match self.state {
            State::Body if self.in_line => Step::Body,
            State::Body => Step::Done,
            State::Headers(_) if self.header.is_empty() => Step::HeadersOver,
            State::Headers(_) => Step::Analyze,
        };
        let in_headers = self.state != State::Body;
        let continues = std::mem::take(&mut self.in_line);
        Events {
            scanner: self,
            text: &[],
            piece: Piece::Line,
            continues,
            finishing: in_headers,
            step,
            position: 0,
        }
    }

    fn extend_header(&mut self, separator: Option<u8>, text: &[u8]) -> Step {
        if self.header.len() < self.options.header_size_limit {
            self.header.extend(separator);
            self.header.extend_from_slice(text);
            Step::Done
        } else if self.options.report_long_header && self.troubles.add(Trouble::LongHeader) {
            Step::ReportLongHeader
        } else {
            Step::Done
        }
    }

    fn converts(&self) -> bool {
        self.options.to_7bit && self.structure.encoding.domain() != Encoding::SevenBit
    }

    fn watches_8bit_body(&self) -> bool {
        self.options.report_8bit_body
            && self.structure.encoding == Encoding::SevenBit
            && !self.troubles.contains(Trouble::EightBitBody)
    }

    fn count_body(&mut self, octets: usize) -> u64 {
        let offset = self.body_offset;
        self.body_offset += octets as u64 + 1;
        offset
    }

    fn place(&self) -> Place {
        match self.state {
            State::Headers(place) => place,
            State::Body => Place::Primary,
        }
    }

    fn known(&self) -> Option<Known> {
        let end = memchr::memchr(b':', &self.header)?;
        Known::find(self.header.get(..end)?)
    }

    /// Learns what a complete header says about the structure; a fault to report, if there is one.
    fn analyze(&mut self, known: Option<Known>) -> Option<Trouble> {
        if self.options.ignore_mime {
            return None;
        }
        let header = Header {
            text: &self.header,
            place: self.place(),
            known,
        };
        match known {
            Some(Known::ContentType) => {
                let (depth, longest) = (self.options.nesting_limit, self.options.boundary_limit);
                let within_limit = self.structure.take_type(&header, depth, longest);
                let reports = !within_limit && self.options.report_nesting;
                (reports && self.troubles.add(Trouble::Nesting)).then_some(Trouble::Nesting)
            }
            Some(Known::ContentTransferEncoding) => {
                self.structure.take_encoding(&header);
                None
            }
            _ => None,
        }
    }

    /// Enters what comes after a block of headers. True when an empty line must be put in before the body.
    fn leave_headers(&mut self, line: Option<&[u8]>) -> bool {
        let place = self.place();
        let is_primary = place == Place::Primary;
        self.state = State::Body;
        match line {
            None => false,
            Some([]) => {
                self.body_offset = 0;
                match self.structure.content_type {
                    ContentType::Message { global } if !(global && self.converts()) => {
                        self.state = State::Headers(Place::Nested);
                        self.structure.reset(ContentType::Text);
                    }
                    ContentType::Multipart => self.structure.reset(ContentType::Other),
                    _ => {}
                }
                false
            }
            Some(_) => {
                self.body_offset = 0;
                is_primary
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    ReportLongHeader,
    Analyze,
    Check8bit,
    Emit,
    Forget,
    Classify,
    HeadersOver,
    ForgetEncoding,
    ReportEnd,
    HeadersEnd,
    CheckDomain,
    Leave,
    Body,
    Emit8bit,
    EmitBody,
    Done,
}

/// What came of one line: usually one event, none while a header is being collected, several at the end of headers.
///
/// To be read to its end before the next line is fed.
#[derive(Debug)]
pub struct Events<'s, 'l> {
    scanner: &'s mut Scanner,
    text: &'l [u8],
    piece: Piece,
    /// The text continues the line before it.
    continues: bool,
    /// There is no text: the message ended among headers.
    finishing: bool,
    step: Step,
    /// How much of the text was encoded.
    position: usize,
}

impl Events<'_, '_> {
    /// The next event. Borrowed: it is gone when the one after it is asked for.
    #[allow(clippy::should_implement_trait, reason = "an event borrows from the scanner")]
    pub fn next(&mut self) -> Option<Event<'_>> {
        // Each arm leaves the step to go on with, and falls out of the loop with an event to be built below it.
        let found = loop {
            match self.step {
                Step::Done => return None,
                Step::Body | Step::Emit8bit | Step::EmitBody => match self.body_step() {
                    Some(found) => break found,
                    None => continue,
                },
                _ => match self.header_step() {
                    Some(found) => break found,
                    None => continue,
                },
            }
        };
        Some(self.event(found))
    }

    fn event(&self, found: Found) -> Event<'_> {
        let scanner = &*self.scanner;
        match found {
            Found::Header(place, known) => Event::Header(Header {
                text: &scanner.header,
                place,
                known,
            }),
            Found::HeadersEnd => Event::HeadersEnd,
            Found::Separator(offset) => Event::Body {
                piece: Piece::Line,
                text: &[],
                offset,
            },
            Found::Text(offset) => Event::Body {
                piece: self.piece,
                text: self.text,
                offset,
            },
            Found::Encoded(offset) => Event::Body {
                piece: Piece::Line,
                text: scanner.encoder.line(),
                offset,
            },
            Found::TroubleInHeader(trouble) => Event::Trouble {
                trouble,
                text: &scanner.header,
            },
            Found::TroubleInText(trouble) => Event::Trouble {
                trouble,
                text: self.text,
            },
            Found::TroubleInEncoding => Event::Trouble {
                trouble: Trouble::EncodingDomain,
                text: scanner.structure.encoding.name().as_bytes(),
            },
        }
    }

    fn header_step(&mut self) -> Option<Found> {
        let scanner = &mut *self.scanner;
        match self.step {
            Step::ReportLongHeader => {
                self.step = Step::Done;
                Some(Found::TroubleInHeader(Trouble::LongHeader))
            }
            Step::Analyze => {
                self.step = Step::Check8bit;
                let known = scanner.known();
                scanner.analyze(known).map(Found::TroubleInHeader)
            }
            Step::Check8bit => {
                self.step = Step::Emit;
                let is_new = scanner.options.report_8bit_header
                    && !scanner.header.is_ascii()
                    && scanner.troubles.add(Trouble::EightBitHeader);
                is_new.then_some(Found::TroubleInHeader(Trouble::EightBitHeader))
            }
            Step::Emit => {
                self.step = Step::Forget;
                self.continues = false;
                let known = scanner.known();
                // The encoding is written at the end of the headers, when the type is known too.
                let is_held = known == Some(Known::ContentTransferEncoding) && scanner.converts();
                (!is_held).then_some(Found::Header(scanner.place(), known))
            }
            Step::Forget => {
                scanner.header.clear();
                self.step = if self.finishing {
                    Step::HeadersOver
                } else {
                    Step::Classify
                };
                None
            }
            Step::Classify => {
                self.step = self.classify();
                None
            }
            _ => self.end_step(),
        }
    }

    fn classify(&mut self) -> Step {
        let Some(end) = name_length(self.text) else {
            return Step::HeadersOver;
        };
        let (name, rest) = self.text.split_at(end);
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        self.scanner.header.extend_from_slice(name);
        self.scanner
            .header
            .extend_from_slice(rest.get(blanks..).unwrap_or_default());
        Step::Done
    }

    fn end_step(&mut self) -> Option<Found> {
        let scanner = &mut *self.scanner;
        let is_primary = scanner.is_in_first_headers();
        match self.step {
            Step::HeadersOver => {
                self.step = Step::ForgetEncoding;
                if !scanner.converts() {
                    return None;
                }
                let encoding = if scanner.structure.is_composite() {
                    Encoding::SevenBit
                } else {
                    Encoding::QuotedPrintable
                };
                scanner.header.extend_from_slice(b"Content-Transfer-Encoding: ");
                scanner.header.extend_from_slice(encoding.name().as_bytes());
                // Checks take a header of ours for one like any other.
                Some(Found::Header(scanner.place(), None))
            }
            Step::ForgetEncoding => {
                scanner.header.clear();
                self.step = if is_primary {
                    Step::ReportEnd
                } else {
                    Step::CheckDomain
                };
                None
            }
            Step::ReportEnd => {
                self.step = Step::HeadersEnd;
                let is_new = scanner.options.report_non_empty_end
                    && !self.text.is_empty()
                    && scanner.troubles.add(Trouble::NonEmptyEnd);
                is_new.then_some(Found::TroubleInText(Trouble::NonEmptyEnd))
            }
            Step::HeadersEnd => {
                self.step = Step::CheckDomain;
                Some(Found::HeadersEnd)
            }
            Step::CheckDomain => {
                self.step = Step::Leave;
                let is_new = scanner.options.report_encoding_domain
                    && scanner.structure.has_wrong_domain()
                    && scanner.troubles.add(Trouble::EncodingDomain);
                is_new.then_some(Found::TroubleInEncoding)
            }
            _ => {
                self.step = if self.finishing { Step::Done } else { Step::Body };
                let line = (!self.finishing).then_some(self.text);
                let separates = scanner.leave_headers(line);
                // The line that we add is none of the part's octets.
                separates.then_some(Found::Separator(0))
            }
        }
    }

    fn body_step(&mut self) -> Option<Found> {
        let scanner = &mut *self.scanner;
        match self.step {
            Step::Body => {
                self.step = Step::Emit8bit;
                let is_new = scanner.watches_8bit_body()
                    && !self.text.is_ascii()
                    && scanner.troubles.add(Trouble::EightBitBody);
                is_new.then_some(Found::TroubleInText(Trouble::EightBitBody))
            }
            Step::Emit8bit => {
                self.step = Step::EmitBody;
                if scanner.structure.has_boundaries() && !self.continues {
                    match scanner.structure.take_line(self.text) {
                        Line::Ordinary => {}
                        Line::PartStart => scanner.state = State::Headers(Place::Multipart),
                        Line::PartsEnd => {
                            scanner.state = State::Body;
                            scanner.body_offset = 0;
                        }
                    }
                }
                None
            }
            _ => {
                if !scanner.converts() {
                    self.step = Step::Done;
                    return Some(Found::Text(scanner.count_body(self.text.len())));
                }
                let line_ends = self.piece == Piece::Line;
                let is_ready = scanner.encoder.advance(self.text, &mut self.position, line_ends);
                // Only a soft break leaves text to be encoded.
                if self.position >= self.text.len() {
                    self.step = Step::Done;
                }
                is_ready.then(|| {
                    let octets = scanner.encoder.line().len();
                    Found::Encoded(scanner.count_body(octets))
                })
            }
        }
    }
}

/// An event without its borrowed text.
#[derive(Clone, Copy, Debug)]
enum Found {
    Header(Place, Option<Known>),
    HeadersEnd,
    Separator(u64),
    Text(u64),
    Encoded(u64),
    TroubleInHeader(Trouble),
    TroubleInText(Trouble),
    TroubleInEncoding,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events as lines: `H`eader, `E`nd of headers, `B`ody, `T`rouble.
    fn scanned(options: Options, message: &str) -> Vec<String> {
        let mut scanner = Scanner::new(options);
        let mut seen = Vec::new();
        for line in message.split('\n') {
            let (piece, line) = match line.strip_suffix('\\') {
                Some(chunk) => (Piece::Chunk, chunk),
                None => (Piece::Line, line),
            };
            collect(scanner.feed(piece, line.as_bytes()), &mut seen);
        }
        collect(scanner.finish(), &mut seen);
        seen
    }

    fn collect(mut events: Events<'_, '_>, seen: &mut Vec<String>) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\n', "|");
        while let Some(event) = events.next() {
            seen.push(match event {
                Event::Header(header) => {
                    let place = match header.place {
                        Place::Primary => "",
                        Place::Multipart => "m",
                        Place::Nested => "n",
                    };
                    format!("H{place} {}", text(header.text))
                }
                Event::HeadersEnd => "E".to_owned(),
                Event::Body {
                    piece: Piece::Line,
                    text: line,
                    ..
                } => format!("B {}", text(line)),
                Event::Body {
                    piece: Piece::Chunk,
                    text: line,
                    ..
                } => format!("B+ {}", text(line)),
                Event::Trouble { trouble, text: line } => format!("T {trouble:?} {}", text(line)),
            });
        }
    }

    #[test]
    fn folded_headers_come_whole() {
        let seen = scanned(Options::default(), "To : a,\n\tb\nX:y\n\nbody\nmore");
        assert_eq!(seen, ["H To: a,|\tb", "H X:y", "E", "B ", "B body", "B more"]);
    }

    #[test]
    fn a_line_that_is_no_header_ends_the_headers() {
        let seen = scanned(Options::default(), "To: a\nno header\nX: y");
        assert_eq!(seen, ["H To: a", "E", "B ", "B no header", "B X: y"]);
        let options = Options {
            report_non_empty_end: true,
            ..Options::default()
        };
        assert_eq!(scanned(options, "A: b\nx")[1], "T NonEmptyEnd x");
    }

    #[test]
    fn a_message_without_body_or_headers_ends_well() {
        assert_eq!(scanned(Options::default(), "To: a"), ["H To: a", "E"]);
        assert_eq!(scanned(Options::default(), ""), ["E", "B "]);
        let mut scanner = Scanner::new(Options::default());
        let mut seen = Vec::new();
        collect(scanner.finish(), &mut seen);
        assert_eq!(seen, ["E"]);
    }

    #[test]
    fn offsets_count_from_the_start_of_each_part() {
        let mut scanner = Scanner::new(Options::default());
        let mut offsets = Vec::new();
        for line in [
            "Content-Type: multipart/mixed; boundary=b",
            "",
            "before",
            "--b",
            "no header",
            "next",
            "--b",
            "",
            "last",
        ] {
            let mut events = scanner.feed(Piece::Line, line.as_bytes());
            while let Some(event) = events.next() {
                if let Event::Body { text, offset, .. } = event {
                    offsets.push(format!("{}@{offset}", String::from_utf8_lossy(text)));
                }
            }
        }
        assert_eq!(
            offsets,
            [
                "@0",
                "before@1",
                "--b@8",
                "no header@0",
                "next@10",
                "--b@15",
                "@0",
                "last@1"
            ]
        );
    }

    #[test]
    fn pieces_of_a_header_line_are_joined() {
        assert_eq!(
            scanned(Options::default(), "X: a\\\nb\\\n c\n d\n\n"),
            ["H X: ab c| d", "E", "B ", "B "]
        );
        assert_eq!(
            scanned(Options::default(), "\na\\\nb"),
            ["E", "B ", "B+ a", "B b"]
        );
        assert_eq!(scanned(Options::default(), "\na\\"), ["E", "B ", "B+ a", "B "]);
    }

    const NESTED: &str = "Content-Type: multipart/mixed; boundary=\"x y\"\n\npre\n--x y\nContent-Type: message/rfc822\n\n\
        Subject: inner\nContent-Type: multipart/digest; boundary=in\n\n--in\n\nFrom: deep\n\ntext\n--in--\n\
        --x y--\nafter";

    #[test]
    fn headers_are_found_at_every_level() {
        let seen: Vec<_> = scanned(Options::default(), NESTED)
            .into_iter()
            .filter(|line| line.starts_with('H'))
            .collect();
        assert_eq!(
            seen,
            [
                "H Content-Type: multipart/mixed; boundary=\"x y\"",
                "Hm Content-Type: message/rfc822",
                "Hn Subject: inner",
                "Hn Content-Type: multipart/digest; boundary=in",
                "Hn From: deep",
            ]
        );
    }

    #[test]
    fn without_mime_all_else_is_body() {
        let options = Options {
            ignore_mime: true,
            ..Options::default()
        };
        assert_eq!(
            scanned(options, NESTED)
                .iter()
                .filter(|line| line.starts_with('H'))
                .count(),
            1
        );
    }

    #[test]
    fn every_line_of_the_body_comes_out_as_it_went_in() {
        let seen = scanned(Options::default(), NESTED);
        let lines: Vec<_> = seen
            .iter()
            .filter(|line| *line != "E")
            .filter_map(|line| line.split_once(' '))
            .collect();
        let text: Vec<_> = lines.iter().map(|(_, text)| *text).collect();
        assert_eq!(text.join("\n"), NESTED);
    }

    #[test]
    fn faults_are_reported_once() {
        let options = Options {
            report_8bit_header: true,
            report_8bit_body: true,
            report_encoding_domain: true,
            report_nesting: true,
            report_long_header: true,
            header_size_limit: 60,
            nesting_limit: 0,
            ..Options::default()
        };
        let long = "x".repeat(60);
        let message = format!(
            "A: é\nB: é\nX: {long}\n {long}\n {long}\nContent-Transfer-Encoding: base64\n\
             Content-Type: multipart/mixed; boundary=a; boundary=b; boundary=c\n\né\né"
        );
        let troubles: Vec<_> = scanned(options, &message)
            .into_iter()
            .filter_map(|line| Some(line.strip_prefix("T ")?.split_once(' ')?.0.to_owned()))
            .collect();
        assert_eq!(
            troubles,
            [
                "EightBitHeader",
                "LongHeader",
                "Nesting",
                "EncodingDomain",
                "EightBitBody"
            ]
        );
    }

    #[test]
    fn eight_bit_text_becomes_quoted_printable() {
        let options = Options {
            to_7bit: true,
            ..Options::default()
        };
        let long = "é".repeat(40);
        let message =
            format!("Content-Transfer-Encoding: 8bit\nContent-Type: text/plain\n\na=é \n{long}\nend");
        let seen = scanned(options, &message);
        assert_eq!(
            seen[..5],
            [
                "H Content-Type: text/plain",
                "H Content-Transfer-Encoding: quoted-printable",
                "E",
                "B ",
                "B a=3D=C3=A9=20",
            ]
        );
        assert_eq!(seen[5], format!("B {}=", "=C3=A9".repeat(12) + "=C3"));
        let decoded: String = seen[5..9]
            .iter()
            .map(|line| line[2..].trim_end_matches('=').to_owned())
            .collect();
        assert_eq!((decoded, seen[9].as_str()), ("=C3=A9".repeat(40), "B end"));
    }

    #[test]
    fn composite_content_is_declared_7bit_and_its_parts_are_converted() {
        let options = Options {
            to_7bit: true,
            ..Options::default()
        };
        let message = "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: 8bit\n\n\
            --b\nContent-Transfer-Encoding: 8bit\n\né\n--b\n\nplain=\n--b--";
        assert_eq!(
            scanned(options, message),
            [
                "H Content-Type: multipart/mixed; boundary=b",
                "H Content-Transfer-Encoding: 7bit",
                "E",
                "B ",
                "B --b",
                "Hm Content-Transfer-Encoding: quoted-printable",
                "B ",
                "B =C3=A9",
                "B --b",
                "B ",
                "B plain=",
                "B --b--",
            ]
        );
    }

    #[test]
    fn plain_body_lines_take_the_short_way() {
        let mut scanner = Scanner::new(Options::default());
        assert!(!scanner.pass(Piece::Line, b"body"));
        collect(scanner.feed(Piece::Line, b""), &mut Vec::new());
        assert!(scanner.pass(Piece::Line, b"body") && scanner.pass(Piece::Line, b"--x"));
        let mut events = scanner.feed(Piece::Line, b"next");
        assert_eq!(
            events.next(),
            Some(Event::Body {
                piece: Piece::Line,
                text: b"next",
                offset: 10
            })
        );
    }
}
