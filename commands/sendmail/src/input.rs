//! Standard input as message lines: long ones in pieces, line ends fixed, what is no part of the message left out.

use std::io::{self, BufRead};

use message::Piece;

/// What becomes of carriage returns before line feeds (`sendmail_fix_line_endings`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEnds {
    /// They go.
    Fix,
    /// The first line tells: when it has one, they go.
    Undecided,
    /// They stay.
    Keep,
}

impl LineEnds {
    /// The parameter's value; `None` for an unknown one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "always" => Some(LineEnds::Fix),
            "strict" => Some(LineEnds::Undecided),
            "never" => Some(LineEnds::Keep),
            _ => None,
        }
    }
}

/// Reads a message.
#[derive(Debug)]
pub(crate) struct Input<R> {
    source: R,
    limit: usize,
    line_ends: LineEnds,
    /// Whether a lone dot ends the input.
    dot_ends: bool,
    /// Nothing of the message came yet.
    first: bool,
    /// The piece before was not the end of its line.
    in_line: bool,
    text: Vec<u8>,
}

impl<R: BufRead> Input<R> {
    /// Reads from `source`; a piece has at most `limit` octets (`line_length_limit`).
    pub(crate) fn new(source: R, limit: usize, line_ends: LineEnds, dot_ends: bool) -> Self {
        Self {
            source,
            limit: limit.max(1),
            line_ends,
            dot_ends,
            first: true,
            in_line: false,
            text: Vec::new(),
        }
    }

    /// The next piece of the message, or `None` at its end. A last line without an end comes as a chunk.
    ///
    /// # Errors
    /// Those of reading.
    pub(crate) fn next(&mut self) -> io::Result<Option<(Piece, &[u8])>> {
        loop {
            let Some(piece) = self.read()? else {
                return Ok(None);
            };
            if self.line_ends == LineEnds::Undecided && piece == Piece::Line {
                let has = self.text.last() == Some(&b'\r');
                self.line_ends = if has { LineEnds::Fix } else { LineEnds::Keep };
            }
            if self.first {
                // A mailbox's separator, which some programs hand over with the message.
                if piece == Piece::Line && is_separator(&self.text) {
                    continue;
                }
                self.first = false;
            }
            if self.line_ends == LineEnds::Fix && piece == Piece::Line {
                let end = self
                    .text
                    .iter()
                    .rposition(|byte| *byte != b'\r')
                    .map_or(0, |last| last + 1);
                self.text.truncate(end);
            }
            if self.dot_ends && !self.in_line && self.text == b"." {
                return Ok(None);
            }
            self.in_line = piece == Piece::Chunk;
            return Ok(Some((piece, &self.text)));
        }
    }

    /// Reads up to a line feed, or as much as a piece may have.
    fn read(&mut self) -> io::Result<Option<Piece>> {
        self.text.clear();
        loop {
            let buffer = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if buffer.is_empty() {
                return Ok((!self.text.is_empty()).then_some(Piece::Chunk));
            }
            let room = self.limit - self.text.len();
            let window = buffer.get(..room).unwrap_or(buffer);
            if let Some(end) = window.iter().position(|byte| *byte == b'\n') {
                self.text.extend_from_slice(window.get(..end).unwrap_or_default());
                self.source.consume(end + 1);
                return Ok(Some(Piece::Line));
            }
            let count = window.len();
            self.text.extend_from_slice(window);
            self.source.consume(count);
            if self.text.len() >= self.limit {
                return Ok(Some(Piece::Chunk));
            }
        }
    }
}

fn is_separator(text: &[u8]) -> bool {
    let start = text.iter().position(|byte| *byte != b'>').unwrap_or(text.len());
    text.get(start..).is_some_and(|rest| rest.starts_with(b"From "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, line_ends: LineEnds, dot_ends: bool) -> Vec<String> {
        let mut input = Input::new(text.as_bytes(), 8, line_ends, dot_ends);
        let mut pieces = Vec::new();
        while let Some((piece, text)) = input.next().unwrap() {
            let mark = if piece == Piece::Line { "$" } else { "" };
            pieces.push(format!("{}{mark}", text.escape_ascii()));
        }
        pieces
    }

    #[test]
    fn long_lines_come_in_pieces_and_a_last_line_may_lack_its_end() {
        assert_eq!(
            pieces("abcdefghij\nk", LineEnds::Fix, true),
            ["abcdefgh", "ij$", "k"]
        );
        assert_eq!(pieces("abcdefgh\n", LineEnds::Fix, true), ["abcdefgh", "$"]);
    }

    #[test]
    fn a_lone_dot_ends_the_input_unless_told_not_to() {
        assert_eq!(pieces("a\n.\nb\n", LineEnds::Fix, true), ["a$"]);
        assert_eq!(pieces("a\n.\r\nb\n", LineEnds::Fix, true), ["a$"]);
        assert_eq!(pieces("a\n.\nb\n", LineEnds::Fix, false), ["a$", ".$", "b$"]);
        assert_eq!(pieces("abcdefgh.\n", LineEnds::Fix, true), ["abcdefgh", ".$"]);
    }

    #[test]
    fn carriage_returns_go_or_stay_as_configured() {
        assert_eq!(pieces("a\r\r\nb\r\n", LineEnds::Fix, true), ["a$", "b$"]);
        assert_eq!(pieces("a\r\nb\r\n", LineEnds::Keep, true), ["a\\r$", "b\\r$"]);
        assert_eq!(pieces("a\r\nb\r\n", LineEnds::Undecided, true), ["a$", "b$"]);
        assert_eq!(pieces("a\nb\r\n", LineEnds::Undecided, true), ["a$", "b\\r$"]);
    }

    #[test]
    fn mailbox_separators_in_front_are_left_out() {
        assert_eq!(pieces("From x\n>>From\n", LineEnds::Fix, true), [">>From$"]);
        assert_eq!(
            pieces("From x\n>From y\na\nFrom z\n", LineEnds::Fix, true),
            ["a$", "From z$"]
        );
    }
}
