//! A letter turned into octets, piece by piece: the head, then the content in the wanted style.

use memchr::memmem;

use crate::content::{ContentError, ContentReader};
use crate::letter::{Letter, Style};

/// Renders one letter from start to end.
pub(crate) struct Rendering<'a> {
    letter: Letter<'a>,
    reader: ContentReader<'a>,
    /// Content as plain lines, before it is styled.
    plain: Vec<u8>,
    begun: bool,
    at_line_start: bool,
    ended: bool,
}

impl<'a> Rendering<'a> {
    pub(crate) fn new(letter: Letter<'a>) -> Self {
        Self {
            letter,
            reader: ContentReader::new(letter.file, letter.offset),
            plain: Vec::new(),
            begun: false,
            at_line_start: true,
            ended: false,
        }
    }

    /// Whether all has been rendered.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Appends about `wanted` octets, or what is left.
    pub(crate) fn render(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<(), ContentError> {
        if !self.begun {
            self.begun = true;
            out.extend_from_slice(self.letter.head);
        }
        let style = self.letter.style;
        let as_it_is = style.end_of_line == b"\n" && !style.quote_from && !style.quote_dot;
        if as_it_is {
            let before = out.len();
            self.reader.read(out, wanted)?;
            if let Some(last) = out.get(before..).and_then(<[u8]>::last) {
                self.at_line_start = *last == b'\n';
            }
        } else {
            self.plain.clear();
            self.reader.read(&mut self.plain, wanted)?;
            apply(style, &self.plain, self.at_line_start, out);
            if let Some(last) = self.plain.last() {
                self.at_line_start = *last == b'\n';
            }
        }
        if self.reader.has_ended() && !self.ended {
            self.ended = true;
            if !self.at_line_start {
                out.extend_from_slice(&style.end_of_line);
            }
            if style.blank_line {
                out.extend_from_slice(&style.end_of_line);
            }
        }
        Ok(())
    }
}

/// Appends `plain` in the given style. A line's first octets are never torn apart: readers stop between records.
fn apply(style: &Style, plain: &[u8], at_line_start: bool, out: &mut Vec<u8>) {
    if style.end_of_line == b"\n" && !style.quote_dot {
        quote_from_lines(plain, at_line_start, out);
        return;
    }
    let mut starts = at_line_start;
    for line in plain.split_inclusive(|octet| *octet == b'\n') {
        if starts && style.quote_from && line.starts_with(b"From ") {
            out.push(b'>');
        }
        if starts && style.quote_dot && line.starts_with(b".") {
            out.push(b'.');
        }
        match line.split_last() {
            Some((b'\n', text)) => {
                out.extend_from_slice(text);
                out.extend_from_slice(&style.end_of_line);
                starts = true;
            }
            _ => {
                out.extend_from_slice(line);
                starts = false;
            }
        }
    }
}

/// The common case of mailbox files, without looking at each line.
fn quote_from_lines(plain: &[u8], at_line_start: bool, out: &mut Vec<u8>) {
    if at_line_start && plain.starts_with(b"From ") {
        out.push(b'>');
    }
    let mut rest = plain;
    while let Some(at) = memmem::find(rest, b"\nFrom ") {
        let (before, after) = rest.split_at(at + 1);
        out.extend_from_slice(before);
        out.push(b'>');
        rest = after;
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::tests::queue_file;
    use record::Kind;

    fn rendered(records: &[(Kind, &str)], style: &Style, wanted: usize) -> String {
        let (file, offset) = queue_file("rendering", records, true);
        let mut rendering = Rendering::new(Letter {
            file: &file,
            offset,
            head: b"H\n",
            style,
        });
        let mut out = Vec::new();
        while !rendering.has_ended() {
            rendering.render(&mut out, wanted).unwrap();
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_mailbox_letter_quotes_from_and_ends_with_an_empty_line() {
        let records = [
            (Kind::LINE, "From a"),
            (Kind::LINE, "b"),
            (Kind::LINE, "From c"),
            (Kind::LINE, " From d"),
        ];
        for wanted in [1, 10, 1000] {
            assert_eq!(
                rendered(&records, &Style::mbox(), wanted),
                "H\n>From a\nb\n>From c\n From d\n\n"
            );
        }
    }

    #[test]
    fn a_line_that_goes_on_does_not_begin() {
        let records = [(Kind::CHUNK, "x"), (Kind::LINE, "From c"), (Kind::CHUNK, "end")];
        for wanted in [1, 1000] {
            assert_eq!(rendered(&records, &Style::mbox(), wanted), "H\nxFrom c\nend\n\n");
        }
    }

    #[test]
    fn dots_and_line_ends_are_as_the_style_has_them() {
        let style = Style {
            end_of_line: b"\r\n".to_vec(),
            quote_dot: true,
            ..Style::plain()
        };
        let records = [(Kind::LINE, ".a"), (Kind::LINE, ""), (Kind::LINE, "b.")];
        assert_eq!(rendered(&records, &style, 1), "H\n..a\r\n\r\nb.\r\n");
    }
}
