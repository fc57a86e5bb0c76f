//! The words of a structured header value such as Content-Type (RFC 2045 §5.1).

use std::borrow::Cow;

/// A word or a special of a structured value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A run of ordinary characters.
    Word(&'a [u8]),
    /// A quoted string without quotes and backslashes.
    Quoted(Cow<'a, [u8]>),
    /// A special or a control character.
    Special(u8),
}

impl Part<'_> {
    /// Whether this is that word, in any letter case.
    #[must_use]
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Part::Word(text) if text.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The text of a word or quoted string.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Part::Word(text) => Some(text),
            Part::Quoted(text) => Some(text),
            Part::Special(_) => None,
        }
    }
}

const SPECIALS: &[u8] = b"()<>@,;:\\\"/[]?=";

/// Reads the parts of a value; comments and white space are passed over.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    rest: &'a [u8],
}

impl<'a> Field<'a> {
    /// Starts at the beginning of a value.
    #[must_use]
    pub const fn new(value: &'a [u8]) -> Self {
        Self { rest: value }
    }

    /// The first three parts up to the next semicolon or the end, and nothing after the end.
    pub fn parameter(&mut self) -> Option<[Option<Part<'a>>; 3]> {
        let mut parts = [None, None, None];
        let mut count = 0;
        loop {
            match self.part() {
                None if count == 0 => return None,
                None | Some(Part::Special(b';')) => return Some(parts),
                Some(part) => {
                    if let Some(slot) = parts.get_mut(count) {
                        *slot = Some(part);
                    }
                    count += 1;
                }
            }
        }
    }

    /// The next part.
    pub fn part(&mut self) -> Option<Part<'a>> {
        loop {
            let (&byte, behind) = self.rest.split_first()?;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.rest = behind,
                b'(' => self.skip_comment(),
                b'"' => {
                    self.rest = behind;
                    return Some(Part::Quoted(self.quoted()));
                }
                _ if byte.is_ascii_control() || SPECIALS.contains(&byte) => {
                    self.rest = behind;
                    return Some(Part::Special(byte));
                }
                _ => {
                    let is_end = |byte: &u8| *byte <= b' ' || *byte == 0x7f || SPECIALS.contains(byte);
                    let end = self.rest.iter().position(is_end).unwrap_or(self.rest.len());
                    let (word, after) = self.rest.split_at(end);
                    self.rest = after;
                    return Some(Part::Word(word));
                }
            }
        }
    }

    fn skip_comment(&mut self) {
        let mut level = 0usize;
        while let Some((&byte, behind)) = self.rest.split_first() {
            self.rest = behind;
            match byte {
                b'(' => level += 1,
                b')' => level -= 1,
                b'\\' => self.rest = behind.get(1..).unwrap_or_default(),
                _ => {}
            }
            if level == 0 {
                return;
            }
        }
    }

    fn quoted(&mut self) -> Cow<'a, [u8]> {
        let text = self.rest;
        let end = memchr::memchr2(b'"', b'\\', text).unwrap_or(text.len());
        let (plain, after) = text.split_at(end);
        if after.first() != Some(&b'\\') {
            self.rest = after.get(1..).unwrap_or_default();
            return Cow::Borrowed(plain);
        }
        let mut owned = plain.to_vec();
        self.rest = after;
        while let Some((&byte, behind)) = self.rest.split_first() {
            self.rest = behind;
            match byte {
                b'"' => break,
                b'\\' => {
                    if let Some((&escaped, behind)) = behind.split_first() {
                        owned.push(escaped);
                        self.rest = behind;
                    }
                }
                _ => owned.push(byte),
            }
        }
        Cow::Owned(owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_end_at_semicolons() {
        let mut field = Field::new(b" multipart/mixed (a;b); charset=x; boundary=\"a\\\"b;c\"");
        let first = field.parameter().unwrap();
        assert!(first[0].as_ref().unwrap().is_word("Multipart"));
        assert_eq!(first[1], Some(Part::Special(b'/')));
        assert!(field.parameter().unwrap()[0].as_ref().unwrap().is_word("charset"));
        let last = field.parameter().unwrap();
        assert_eq!(last[2].as_ref().unwrap().text(), Some(b"a\"b;c".as_slice()));
        assert_eq!(field.parameter(), None);
    }

    #[test]
    fn broken_text_ends_quietly() {
        for text in ["", "(", "\"", "\"\\", "(\\", "((a)"] {
            let mut field = Field::new(text.as_bytes());
            while field.part().is_some() {}
        }
    }
}
