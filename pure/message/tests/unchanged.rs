//! What nobody asks to change passes the scanner byte for byte, whatever it is.

// A test that cannot go on has failed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use message::{Event, Options, Piece, Scanner};

/// Lines of which odd messages are made; a blank before the colon of a header is left out, as that is taken away.
const LINES: &[&[u8]] = &[
    b"Content-Type: multipart/mixed; boundary=\"b1\"",
    b"Content-Type: multipart/digest; boundary=b2",
    b"Content-Type: (c) multipart (d) / mixed; (f) boundary = b1",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/global",
    b"Content-Type: message/partial",
    b"Content-Transfer-Encoding: 8bit",
    b"Content-Transfer-Encoding: base64",
    b"Subject:   odd   blanks  ",
    b"\tcontinued",
    b"  \t",
    b"X-Empty:",
    b"no header",
    b": no name",
    b"",
    b"--b1",
    b"--b1--",
    b"--b2",
    b"--b1 and more",
    b"--",
    b".",
    b"\xff\xfe raw \x80",
    b"a\x00b",
    b"From someone",
    b"=20 =",
];

/// A small generator, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
fn ten_thousand_odd_messages_come_out_as_they_went_in() {
    for seed in 0..10_000 {
        let mut random = Random(seed);
        let lines: Vec<&[u8]> = (0..=random.below(24))
            .map(|_| LINES[random.below(LINES.len())])
            .collect();
        let mut scanner = Scanner::new(Options {
            report_8bit_body: random.below(2) == 0,
            nesting_limit: random.below(4),
            ..Options::default()
        });

        let mut written = Written::default();
        for line in &lines {
            // Now and then a line comes in pieces.
            let cut = random.below(line.len() + 1);
            if random.below(4) == 0 {
                written.feed(&mut scanner, Piece::Chunk, &line[..cut]);
                written.feed(&mut scanner, Piece::Line, &line[cut..]);
            } else {
                written.feed(&mut scanner, Piece::Line, line);
            }
        }
        let mut events = scanner.finish();
        while let Some(event) = events.next() {
            written.keep(event);
        }

        assert_eq!(written.without_separator(&lines), lines, "seed {seed}");
    }
}

/// The lines that came out.
#[derive(Default)]
struct Written {
    lines: Vec<Vec<u8>>,
    open: Vec<u8>,
}

impl Written {
    fn feed(&mut self, scanner: &mut Scanner, piece: Piece, text: &[u8]) {
        if scanner.pass(piece, text) {
            return self.add(piece, text);
        }
        let mut events = scanner.feed(piece, text);
        while let Some(event) = events.next() {
            self.keep(event);
        }
    }

    fn keep(&mut self, event: Event<'_>) {
        match event {
            Event::Header(header) => self
                .lines
                .extend(header.text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec)),
            Event::Body { piece, text, .. } => self.add(piece, text),
            Event::HeadersEnd | Event::Trouble { .. } => {}
        }
    }

    fn add(&mut self, piece: Piece, text: &[u8]) {
        self.open.extend_from_slice(text);
        if piece == Piece::Line {
            self.lines.push(std::mem::take(&mut self.open));
        }
    }

    /// The one thing that is added is an empty line between headers and a body that began without.
    fn without_separator(&self, expected: &[&[u8]]) -> Vec<&[u8]> {
        let mut all: Vec<&[u8]> = self.lines.iter().map(Vec::as_slice).collect();
        if all.len() == expected.len() + 1 {
            let differs = all.iter().zip(expected).position(|(out, line)| out != line);
            let added = all.remove(differs.unwrap_or(expected.len()));
            assert!(added.is_empty(), "only an empty line may be added");
        }
        all
    }
}
