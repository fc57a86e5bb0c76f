//! Text that holds entries: logical lines, and `key value` (postmap(1), "input file format").
//!
//! A line that begins with white space continues the one before. Empty lines, and lines whose first letter
//! is `#`, do not count, not even between a line and its continuation.

use std::borrow::Cow;

use crate::log;

/// One logical line of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogicalLine<'a> {
    /// Number of its first line, from 1.
    pub number: u64,
    /// Its text, lines joined as they stand, without the last line end.
    pub text: Cow<'a, [u8]>,
}

/// The logical lines of `content`. Text at its begin that continues nothing is left out, as is what is behind a NUL.
pub fn logical_lines(content: &[u8]) -> LogicalLines<'_> {
    LogicalLines {
        file: None,
        rest: content,
        number: 0,
    }
}

/// The logical lines of `content`. Text at its begin that continues nothing is left out, with a warning that names `file`.
/// A line ends at its first NUL, as in the programs that read such files before us.
pub fn logical_lines_of<'a>(content: &'a [u8], file: &'a str) -> LogicalLines<'a> {
    LogicalLines {
        file: Some(file),
        rest: content,
        number: 0,
    }
}

/// Iterator over logical lines.
pub struct LogicalLines<'a> {
    /// What warnings call the text; none are given without.
    file: Option<&'a str>,
    rest: &'a [u8],
    /// Number of the last line taken.
    number: u64,
}

impl<'a> LogicalLines<'a> {
    /// The next line with its line end.
    fn peek_line(&self) -> Option<&'a [u8]> {
        let rest = self.rest;
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        rest.get(..end)
    }

    fn skip(&mut self, line: &[u8]) {
        self.rest = self.rest.get(line.len()..).unwrap_or_default();
        self.number += 1;
    }
}

impl<'a> Iterator for LogicalLines<'a> {
    type Item = LogicalLine<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut found = self.take_line()?;
            if let Some(end) = memchr::memchr(0, &found.text) {
                found.text = Cow::Owned(found.text.get(..end).unwrap_or_default().to_vec());
            }
            match found.text.first() {
                Some(octet) if is_white(*octet) => {
                    if let Some(file) = self.file {
                        log::continues_nothing(file, &found.text);
                    }
                }
                _ => return Some(found),
            }
        }
    }
}

impl<'a> LogicalLines<'a> {
    fn take_line(&mut self) -> Option<LogicalLine<'a>> {
        let mut found: Option<LogicalLine<'a>> = None;
        while let Some(line) = self.peek_line() {
            let begin = line.iter().find(|octet| !is_white(**octet));
            if matches!(begin, None | Some(b'#')) {
                self.skip(line);
                continue;
            }
            let continues = line.first().is_some_and(|octet| is_white(*octet));
            match &mut found {
                Some(_) if !continues => break,
                Some(logical) => logical.text.to_mut().extend_from_slice(without_end(line)),
                None => {
                    found = Some(LogicalLine {
                        number: self.number + 1,
                        text: Cow::Borrowed(without_end(line)),
                    })
                }
            }
            self.skip(line);
        }
        found
    }
}

/// White space as C's isspace(3) has it: the vertical tab is in it.
fn is_white(octet: u8) -> bool {
    octet.is_ascii_whitespace() || octet == 0x0b
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// Why a line is not an entry. The wording is that of the warnings after `file, line n: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The text must be UTF-8.
    #[error("non-UTF-8 input \"{0}\" -- ignoring this line")]
    NotUtf8(String),
    /// A key begins with a quote that is not closed.
    #[error("unbalanced '\"' in '{0}' -- ignoring this line")]
    UnbalancedQuote(String),
    /// There is no key, or no value.
    #[error("expected format: key whitespace value")]
    NoValue,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The key as it stands, with the quotes that keep white space in it.
    pub key: &'a str,
    /// The value, white space at its ends taken off.
    pub value: &'a str,
}

impl Entry<'_> {
    /// True when the key ends like one in an alias file, which is then in the wrong program.
    pub fn looks_like_alias(&self) -> bool {
        self.key.ends_with(':')
    }
}

/// Reads one logical line of a table source.
///
/// # Errors
/// The line is not `key value`; the caller warns and goes on with the next.
pub fn entry(line: &[u8]) -> Result<Entry<'_>, LineError> {
    let text = std::str::from_utf8(line).map_err(|_| LineError::NotUtf8(printable(line)))?;
    let key_end = key_end(text).ok_or_else(|| LineError::UnbalancedQuote(text.to_owned()))?;
    let (key, value) = text.split_at(key_end);
    let value = value.trim_matches(is_space);
    if key.is_empty() || value.is_empty() {
        return Err(LineError::NoValue);
    }
    Ok(Entry { key, value })
}

/// `text` with a question mark for each octet that is none of a letter.
pub fn printable(text: &[u8]) -> String {
    let mut shown = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        shown.push_str(chunk.valid());
        shown.extend(chunk.invalid().iter().map(|_| '?'));
    }
    shown
}

fn is_space(letter: char) -> bool {
    letter.is_ascii_whitespace() || letter == '\x0b'
}

/// Where the first white space outside of quotes is; `None` when a quote is not closed.
fn key_end(text: &str) -> Option<usize> {
    let (mut inside, mut escaped) = (false, false);
    for (position, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => inside = !inside,
            _ if !inside && is_space(letter) => return Some(position),
            _ => {}
        }
    }
    if inside { None } else { Some(text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, String)> {
        let lines = logical_lines_of(text.as_bytes(), "test");
        lines
            .map(|line| (line.number, String::from_utf8_lossy(&line.text).into_owned()))
            .collect()
    }

    #[test]
    fn lines_that_begin_with_space_continue() {
        let text = "# c\n\na b\n c\n#x\n  \n\td\ne f\r\nlast";

        let expected = [
            (3, "a b c\td".to_owned()),
            (8, "e f\r".to_owned()),
            (9, "last".to_owned()),
        ];
        assert_eq!(lines(text), expected);
    }

    #[test]
    fn text_that_continues_nothing_is_left_out() {
        let said = maillog::capture();
        assert_eq!(lines("  a\n b\nc d\0e\n f\n"), [(3, "c d".to_owned())]);
        assert_eq!(said.take().len(), 1);
    }

    #[test]
    fn an_entry_has_a_key_and_a_value() {
        let simple = entry(b"user@example.com \t other value ").unwrap();

        assert_eq!((simple.key, simple.value), ("user@example.com", "other value"));
        assert_eq!(entry(b"\"a b\"@c d").unwrap().key, "\"a b\"@c");
        assert_eq!(entry(b"key"), Err(LineError::NoValue));
        assert_eq!(entry(b"key  "), Err(LineError::NoValue));
        assert!(matches!(
            entry(b"\"key value"),
            Err(LineError::UnbalancedQuote(_))
        ));
        assert!(matches!(entry(b"k\xff v"), Err(LineError::NotUtf8(_))));
        assert!(entry(b"alias: value").unwrap().looks_like_alias());
    }
}
