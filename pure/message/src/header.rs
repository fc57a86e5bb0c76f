//! One logical header: its name, its value, and the physical lines it is written as.

use std::borrow::Cow;

use crate::Known;

/// Where a header stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the start of the message.
    Primary,
    /// At the start of a body part.
    Multipart,
    /// At the start of a message inside the message.
    Nested,
}

/// A logical header: physical lines with line feeds between them, and no blank between name and colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// Name, colon, value.
    pub text: &'a [u8],
    /// Where it stands.
    pub place: Place,
    /// What it means.
    pub known: Option<Known>,
}

impl<'a> Header<'a> {
    /// Takes a text that has the form of a header; `None` when it has not.
    #[must_use]
    pub fn new(text: &'a [u8], place: Place) -> Option<Self> {
        let end = name_length(text)?;
        Some(Self {
            text,
            place,
            known: Known::find(text.get(..end)?),
        })
    }

    /// The name before the colon.
    #[must_use]
    pub fn name(&self) -> &'a [u8] {
        name_length(self.text)
            .and_then(|end| self.text.get(..end))
            .unwrap_or_default()
    }

    /// What stands behind the colon, with its leading white space.
    #[must_use]
    pub fn raw_value(&self) -> &'a [u8] {
        match memchr::memchr(b':', self.text) {
            Some(colon) => self.text.get(colon + 1..).unwrap_or_default(),
            None => &[],
        }
    }

    /// What stands behind the colon and the white space after it.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.raw_value().trim_ascii_start()
    }
}

/// The length of the name when the text begins a header (RFC 5322 §2.2, with the blanks of §4.5 before the colon).
#[must_use]
pub fn name_length(line: &[u8]) -> Option<usize> {
    let end = line
        .iter()
        .position(|byte| !byte.is_ascii_graphic() || *byte == b':')?;
    let rest = line.get(end..)?;
    let colon = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t'))?;
    (end > 0 && *colon == b':').then_some(end)
}

/// Whether a text has the form of a header.
#[must_use]
pub fn is_header(text: &[u8]) -> bool {
    name_length(text).is_some()
}

/// Longest line that folding makes by joining entries, in octets.
const FOLDED_OCTETS: usize = 70;

/// Joins the lines of an address list, one entry each, to lines of up to 70 octets.
pub fn fold(text: &mut [u8]) {
    let mut line_start = 0;
    let mut entry_start = match memchr::memchr(b'\n', text) {
        Some(at) => at + 1,
        None => return,
    };
    loop {
        let rest = text.get(entry_start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map(|at| entry_start + at);
        if end.unwrap_or(text.len()) - line_start < FOLDED_OCTETS {
            if let Some(line_feed) = text.get_mut(entry_start - 1) {
                *line_feed = b' ';
            }
        } else {
            line_start = entry_start;
        }
        match end {
            Some(end) => entry_start = end + 1,
            None => return,
        }
    }
}

/// The physical lines to be written for a header: a continuation without white space gets a tab.
///
/// A text above `limit_octets` (`header_size_limit`) is cut at a line's end where that loses less than a tenth, else at
/// the limit.
pub fn physical_lines(text: &[u8], limit_octets: usize) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        let rest = text.get(from..)?;
        let end = memchr::memchr(b'\n', rest).map_or(text.len(), |at| from + at);
        start = (end < text.len()).then_some(end + 1);
        let mut to = end;
        if end > limit_octets {
            if from * 10 > limit_octets * 9 {
                start = None;
                return None;
            }
            start = None;
            to = limit_octets;
        }
        let line = text.get(from..to)?;
        if from == 0 || matches!(line.first(), Some(b' ' | b'\t')) {
            return Some(Cow::Borrowed(line));
        }
        let mut indented = Vec::with_capacity(line.len() + 1);
        indented.push(b'\t');
        indented.extend_from_slice(line);
        Some(Cow::Owned(indented))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_name_and_a_colon() {
        let table: [(&str, Option<usize>); 9] = [
            ("To: x", Some(2)),
            ("To : x", Some(2)),
            ("To:", Some(2)),
            ("X!#$%-Y:z", Some(7)),
            (": x", None),
            (" To: x", None),
            ("no colon", None),
            ("T o: x", None),
            ("Tö: x", None),
        ];
        for (text, expected) in table {
            assert_eq!(name_length(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn name_and_value_are_told_apart() {
        let header = Header::new(b"To:  a@b,\n\tc@d", Place::Primary).unwrap();
        assert_eq!(
            (header.name(), header.value()),
            (b"To".as_slice(), b"a@b,\n\tc@d".as_slice())
        );
        assert_eq!(header.known, Some(Known::To));
    }

    #[test]
    fn entries_are_joined_up_to_the_width() {
        let mut text =
            b"To: aaaaaaaaaaaaaaaaaaaaaaaaa@example.com,\nbbbbbbbbbb@example.com,\nccccc@example.com"
                .to_vec();
        fold(&mut text);
        assert_eq!(
            String::from_utf8(text).unwrap(),
            "To: aaaaaaaaaaaaaaaaaaaaaaaaa@example.com, bbbbbbbbbb@example.com,\nccccc@example.com"
        );
    }

    #[test]
    fn continuation_lines_are_indented() {
        let lines: Vec<_> = physical_lines(b"To: a,\nb,\n  c", 1000)
            .map(Cow::into_owned)
            .collect();
        assert_eq!(lines, [b"To: a,".to_vec(), b"\tb,".to_vec(), b"  c".to_vec()]);
        assert_eq!(physical_lines(b"", 10).count(), 1);
    }

    #[test]
    fn an_oversized_header_is_cut() {
        let nice: Vec<_> = physical_lines(b"X: 5678901\n3456", 11)
            .map(Cow::into_owned)
            .collect();
        assert_eq!(nice, [b"X: 5678901".to_vec()]);
        let unkind: Vec<_> = physical_lines(b"X: 5\n6789012345", 11)
            .map(Cow::into_owned)
            .collect();
        assert_eq!(unkind, [b"X: 5".to_vec(), b"\t678901".to_vec()]);
    }
}
