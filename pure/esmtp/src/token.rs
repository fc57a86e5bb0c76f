//! Words of a command line, as Postfix cuts them: white space between words, but not inside `<...>` or `"..."`.
//!
//! A word is always a slice of the line, quotes included, so cutting copies nothing. Who reads an address takes its
//! quotes off (`path`).

use smallvec::SmallVec;

/// One word of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as it was sent.
    pub text: &'a str,
    /// Whether every `<` and `"` in it was closed.
    pub closed: bool,
}

/// The words of one line.
pub type Tokens<'a> = SmallVec<[Token<'a>; 8]>;

/// Cuts a line into words. The line ends at its first NUL, if it has one.
///
/// ```
/// let words = esmtp::token::cut("MAIL FROM:<a@b> SIZE=1");
/// let words: Vec<&str> = words.iter().map(|word| word.text).collect();
/// assert_eq!(words, ["MAIL", "FROM:", "<a@b>", "SIZE=1"]);
/// ```
#[must_use]
pub fn cut(line: &str) -> Tokens<'_> {
    let line = memchr::memchr(0, line.as_bytes())
        .and_then(|end| line.get(..end))
        .unwrap_or(line);
    let mut tokens = Tokens::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(is_space);
        if rest.is_empty() {
            return tokens;
        }
        let (length, closed) = measure(rest);
        let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token { text, closed });
        rest = after;
    }
}

/// How long the word at the start of `text` is, and whether its quotes are closed.
///
/// All octets looked for are ASCII, so every cut is at a character's border.
fn measure(text: &str) -> (usize, bool) {
    let octets = text.as_bytes();
    let mut closed = true;
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        match octet {
            _ if is_space_octet(octet) => break,
            b'<' | b'"' => {
                let (length, complete) = measure_quoted(octets.get(at + 1..).unwrap_or_default(), octet);
                closed &= complete;
                at += 1 + length;
            }
            b'\\' => at += 1 + character_length(octets, at + 1),
            b':' => {
                at += 1;
                let word = text.get(..at).unwrap_or(text);
                // What follows the colon is a word of its own, with or without a blank between.
                if word.eq_ignore_ascii_case("from:") || word.eq_ignore_ascii_case("to:") {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    (at.min(octets.len()), closed)
}

/// How many octets up to and including the end of what `open` opened, and whether that end was found.
fn measure_quoted(octets: &[u8], open: u8) -> (usize, bool) {
    let mut wanted: SmallVec<[u8; 16]> = SmallVec::new();
    wanted.push(if open == b'<' { b'>' } else { b'"' });
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        at += 1;
        match octet {
            b'\\' => at += character_length(octets, at),
            _ if Some(&octet) == wanted.last() => {
                wanted.pop();
                if wanted.is_empty() {
                    return (at, true);
                }
            }
            b'"' => wanted.push(b'"'),
            b'<' if wanted.last() == Some(&b'>') => wanted.push(b'>'),
            _ => {}
        }
    }
    (octets.len(), false)
}

/// Octets of the character at `at`; 0 at the end.
fn character_length(octets: &[u8], at: usize) -> usize {
    match octets.get(at) {
        None => 0,
        Some(0..=0x7f) => 1,
        Some(_) => {
            1 + octets
                .iter()
                .skip(at + 1)
                .take_while(|&&octet| (0x80..0xc0).contains(&octet))
                .count()
        }
    }
}

fn is_space(character: char) -> bool {
    u8::try_from(character).is_ok_and(is_space_octet)
}

fn is_space_octet(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<&str> {
        cut(line).iter().map(|word| word.text).collect()
    }

    #[test]
    fn white_space_separates_and_colon_ends_from_and_to() {
        assert_eq!(
            words("  mail  from: <a b>\t size=3 "),
            ["mail", "from:", "<a b>", "size=3"]
        );
        assert_eq!(
            words("RCPT TO:x@y NOTIFY=NEVER"),
            ["RCPT", "TO:", "x@y", "NOTIFY=NEVER"]
        );
        assert_eq!(words("a:b"), ["a:b"]);
        assert!(words("   ").is_empty());
    }

    #[test]
    fn quotes_hold_words_together() {
        assert_eq!(
            words(r#"RCPT TO:<"a b> c"@d> e"#),
            ["RCPT", "TO:", r#"<"a b> c"@d>"#, "e"]
        );
        assert_eq!(words(r"x\ y z"), [r"x\ y", "z"]);
        assert_eq!(words("<a<b> c> d"), ["<a<b> c>", "d"]);
    }

    #[test]
    fn an_open_quote_is_seen() {
        assert!(!cut("MAIL FROM:<a")[2].closed);
        assert!(!cut("MAIL FROM:<\"a>")[2].closed);
        assert!(cut("MAIL FROM:<a>")[2].closed);
    }

    #[test]
    fn a_line_ends_at_nul_and_escapes_take_whole_characters() {
        assert_eq!(words("NOOP\0QUIT"), ["NOOP"]);
        assert_eq!(words("a\\é b"), ["a\\é", "b"]);
        assert_eq!(words("<a\\é> b\\"), ["<a\\é>", "b\\"]);
    }
}
