//! A person's name in a header: as a phrase before an address or as a comment behind it, encoded where it is not
//! ASCII (RFC 2047).

use std::borrow::Cow;

use mail::parse::{Token, scan};

/// Where the name stands: `header_from_format`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `NAME <address>`
    #[default]
    Phrase,
    /// `address (NAME)`
    Comment,
}

/// The longest encoded word (RFC 2047 §2).
const LONGEST_WORD: usize = 75;
/// What ends an encoded word.
const WORD_END: &str = "?=";
/// Names shorter than this are never base64.
const SHORT_NAME_OCTETS: usize = 20;

/// The text of a name for a header; `None` when nothing but blanks remains, or the character set has no name that RFC 2047
/// allows.
///
/// Encoded words are separated by line feeds, where the header may be folded.
#[must_use]
pub fn name_text(name: &[u8], form: Form, charset: &str) -> Option<Vec<u8>> {
    let name = clean(name);
    if name.is_empty() {
        return None;
    }
    let text = match (name.is_ascii(), form) {
        (true, Form::Phrase) => phrase(&name),
        (true, Form::Comment) => comment(&name),
        (false, _) => encode(&name, form, charset)?.into_bytes(),
    };
    (!text.trim_ascii().is_empty()).then_some(text)
}

/// Control characters become blanks, and blanks are single and inside.
fn clean(name: &[u8]) -> Vec<u8> {
    let is_blank = |byte: &u8| *byte == b' ' || byte.is_ascii_control();
    let words = name.split(is_blank).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

fn phrase(name: &[u8]) -> Vec<u8> {
    let tokens = if name.iter().any(|byte| b"%!()<>@,;:\\\".[]".contains(byte)) {
        vec![Token::Quoted(Cow::Borrowed(name))]
    } else {
        scan(name, usize::MAX)
    };
    mail::parse::AddressList { tokens }.external()
}

/// Parentheses are balanced, and no backslash stands last.
fn comment(name: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(name.len() + 2);
    let mut open = 0usize;
    let mut rest = name.iter().copied();
    while let Some(byte) = rest.next() {
        match byte {
            b'\\' => {
                if let Some(escaped) = rest.next() {
                    text.extend_from_slice(&[byte, escaped]);
                }
            }
            b')' if open == 0 => {}
            _ => {
                match byte {
                    b'(' => open += 1,
                    b')' => open -= 1,
                    _ => {}
                }
                text.push(byte);
            }
        }
    }
    text.resize(text.len() + open, b')');
    text
}

fn is_charset(charset: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?.=".contains(&byte);
    (1..=LONGEST_WORD / 2).contains(&charset.len()) && charset.bytes().all(is_plain)
}

/// Encodes a text as words of RFC 2047, quoted-printable where half of it or more is plain.
fn encode(text: &[u8], form: Form, charset: &str) -> Option<String> {
    if !is_charset(charset) {
        return None;
    }
    let coded = text.iter().filter(|byte| is_coded(**byte, form)).count();
    let base64 = text.len() >= SHORT_NAME_OCTETS && coded * 2 >= text.len();
    let head = format!("=?{charset}?{}?", if base64 { 'B' } else { 'Q' });
    let room = LONGEST_WORD - head.len() - WORD_END.len();
    let cost = |piece: &[u8]| {
        piece
            .iter()
            .map(|byte| if is_coded(*byte, form) { 3 } else { 1 })
            .sum::<usize>()
    };
    let mut words: Vec<String> = Vec::new();
    let mut rest = characters(text).into_iter().peekable();
    while rest.peek().is_some() {
        let mut word = Vec::new();
        let mut used = 0;
        // Difference: a character is never divided between two words (RFC 2047 §5).
        while let Some(piece) = rest.next_if(|piece| {
            let needed = if base64 {
                (word.len() + piece.len()).div_ceil(3) * 4
            } else {
                used + cost(piece)
            };
            needed <= room || word.is_empty()
        }) {
            used += cost(piece);
            word.extend_from_slice(piece);
        }
        let body = if base64 {
            data_encoding::BASE64.encode(&word)
        } else {
            quoted(&word, form)
        };
        words.push(format!("{head}{body}{WORD_END}"));
    }
    Some(words.join("\n"))
}

/// The characters of UTF-8, or the octets of anything else.
fn characters(text: &[u8]) -> Vec<&[u8]> {
    match std::str::from_utf8(text) {
        Ok(utf8) => utf8.split_inclusive(|_: char| true).map(str::as_bytes).collect(),
        Err(_) => text.chunks(1).collect(),
    }
}

fn is_coded(byte: u8, form: Form) -> bool {
    let others: &[u8] = match form {
        Form::Comment => b"=?_()\\",
        Form::Phrase => b"=?_()<>@,;:\\\".[]#$%&'^`{|}~",
    };
    byte != b' ' && (!byte.is_ascii_graphic() || others.contains(&byte))
}

fn quoted(text: &[u8], form: Form) -> String {
    let mut coded = String::with_capacity(text.len() * 3);
    for &byte in text {
        match byte {
            b' ' => coded.push('_'),
            _ if is_coded(byte, form) => coded.push_str(&format!("={byte:02X}")),
            _ => coded.push(char::from(byte)),
        }
    }
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str, form: Form) -> Option<String> {
        name_text(name.as_bytes(), form, "utf-8").map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn ascii_names_are_quoted_where_they_must_be() {
        let table = [
            ("Fred Foo", Form::Phrase, Some("Fred Foo")),
            ("  Fred \t Foo ", Form::Phrase, Some("Fred Foo")),
            ("Fred Q. Foo", Form::Phrase, Some("\"Fred Q. Foo\"")),
            ("a\"b", Form::Phrase, Some("\"a\\\"b\"")),
            (" ", Form::Phrase, None),
            ("", Form::Comment, None),
            (")foo )bar", Form::Comment, Some("foo bar")),
            ("(foo (bar", Form::Comment, Some("(foo (bar))")),
            ("foo\\", Form::Comment, Some("foo")),
            ("foo\\\\", Form::Comment, Some("foo\\\\")),
        ];
        for (name, form, expected) in table {
            assert_eq!(text(name, form).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn other_names_are_encoded() {
        assert_eq!(
            text("André B. X", Form::Phrase).unwrap(),
            "=?utf-8?Q?Andr=C3=A9_B=2E_X?="
        );
        assert_eq!(
            text("André (B.)", Form::Comment).unwrap(),
            "=?utf-8?Q?Andr=C3=A9_=28B.=29?="
        );
        assert_eq!(
            text("日本語の名前です", Form::Phrase).unwrap(),
            "=?utf-8?B?5pel5pys6Kqe44Gu5ZCN5YmN44Gn44GZ?="
        );
        assert_eq!(name_text("é".as_bytes(), Form::Phrase, "utf 8"), None);
        assert_eq!(
            name_text(b"\xe9", Form::Phrase, "iso-8859-1").unwrap(),
            b"=?iso-8859-1?Q?=E9?="
        );
    }

    #[test]
    fn encoded_words_are_short_and_hold_whole_characters() {
        for name in ["é".repeat(50), "abcdefghij é ".repeat(20)] {
            for word in text(&name, Form::Phrase).unwrap().split('\n') {
                assert!(word.len() <= 75, "{word}");
                let body = word.trim_end_matches("?=").rsplit('?').next().unwrap();
                if word.contains("?B?") {
                    assert!(
                        String::from_utf8(data_encoding::BASE64.decode(body.as_bytes()).unwrap()).is_ok()
                    );
                } else {
                    assert!(!body.ends_with("=C3"), "{word}");
                }
            }
        }
    }
}
