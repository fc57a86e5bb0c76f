//! A file of the configuration line by line, in octets: what an edit does not change must stay as it is, whatever it is.

/// What a physical line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blank, or `#` at its beginning.
    Comment,
    /// It begins with white space: part of the logical line before it.
    Continuation,
    /// It begins a logical line.
    Start,
}

/// A line with its end, and what it is.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = (Kind, &[u8])> {
    text.split_inclusive(|octet| *octet == b'\n').map(|line| {
        let content = line.trim_ascii();
        let kind = match line.first() {
            _ if content.is_empty() || content.starts_with(b"#") => Kind::Comment,
            Some(b' ' | b'\t') => Kind::Continuation,
            _ => Kind::Start,
        };
        (kind, line)
    })
}

/// Ends the last line, so that another can follow.
pub(crate) fn end_line(text: &mut Vec<u8>) {
    if text.last().is_some_and(|octet| *octet != b'\n') {
        text.push(b'\n');
    }
}
