//! A letter turned into octets, piece by piece: the head, then the content in the wanted style.

use queue::{Content, QueueError};

use crate::letter::{Letter, Style};

/// Renders one letter from start to end.
pub(crate) struct Rendering<'a> {
    content: Content<'a>,
    head: Option<&'a [u8]>,
    style: &'a Style,
    at_line_start: bool,
    ended: bool,
}

impl<'a> Rendering<'a> {
    pub(crate) fn new(letter: Letter<'a>) -> Self {
        let Letter { content, head, style } = letter;
        Self {
            content,
            head: Some(head),
            style,
            at_line_start: true,
            ended: false,
        }
    }

    /// Whether all has been rendered.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Appends `wanted` octets and the rest of a line piece, or what is left.
    pub(crate) fn render(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<(), QueueError> {
        let goal = out.len() + wanted;
        if let Some(head) = self.head.take() {
            out.extend_from_slice(head);
        }
        let style = self.style;
        while out.len() < goal && !self.ended {
            let Some(line) = self.content.next_line()? else {
                self.ended = true;
                self.finish(out);
                return Ok(());
            };
            if self.at_line_start {
                if style.quote_from && line.bytes.starts_with(b"From ") {
                    out.push(b'>');
                }
                if style.quote_dot && line.bytes.starts_with(b".") {
                    out.push(b'.');
                }
            }
            out.extend_from_slice(line.bytes);
            if line.ends {
                out.extend_from_slice(&style.end_of_line);
            }
            self.at_line_start = line.ends;
        }
        Ok(())
    }

    fn finish(&self, out: &mut Vec<u8>) {
        if !self.at_line_start {
            out.extend_from_slice(&self.style.end_of_line);
        }
        if self.style.blank_line {
            out.extend_from_slice(&self.style.end_of_line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::tests::{letter, queue_file};
    use record::Kind;

    fn rendered(records: &[(Kind, &str)], style: &Style, wanted: usize) -> String {
        let file = queue_file("rendering", records, true);
        let mut rendering = Rendering::new(letter(&file, b"H\n", style));
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
