//! The xtext coding of RFC 3461 §4, and its UTF-8 relative of RFC 6533 §3.

use crate::MailError;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Encodes octets: what is not printable ASCII, and `+` and `=`, becomes `+HH`.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 8);
    for &byte in bytes {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push('+');
            push_hex(&mut text, byte);
        }
    }
    text
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'+' && byte != b'='
}

fn push_hex(text: &mut String, byte: u8) {
    for nibble in [byte >> 4, byte & 15] {
        text.extend(HEX.get(usize::from(nibble)).map(|digit| char::from(*digit)));
    }
}

/// Decodes xtext into octets.
///
/// # Errors
/// [`MailError::Xtext`] for `+` without two hexadecimal digits, [`MailError::TooLong`] above `limit_octets`.
pub fn decode(text: &str, limit_octets: usize) -> Result<Vec<u8>, MailError> {
    let mut bytes = Vec::with_capacity(text.len().min(limit_octets));
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if bytes.len() >= limit_octets {
            return Err(MailError::TooLong);
        }
        bytes.push(if byte == b'+' { hex_pair(&mut rest)? } else { byte });
    }
    Ok(bytes)
}

fn hex_pair(rest: &mut std::str::Bytes<'_>) -> Result<u8, MailError> {
    let mut digit = || {
        let value = char::from(rest.next()?).to_digit(16)?;
        u8::try_from(value).ok()
    };
    let high = digit().ok_or(MailError::Xtext)?;
    let low = digit().ok_or(MailError::Xtext)?;
    Ok(high << 4 | low)
}

/// Encodes text for a `utf-8` original recipient in a message that itself is UTF-8 (utf-8-addr-unitext).
///
/// ASCII that needs it becomes `\x{HH}`; text beyond ASCII stays.
#[must_use]
pub fn encode_unitext(plain: &str) -> String {
    let mut text = String::with_capacity(plain.len() + 8);
    for c in plain.chars() {
        if c.is_ascii() && (!c.is_ascii_graphic() || matches!(c, '+' | '=' | '\\')) {
            text.push_str(&format!("\\x{{{:02X}}}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

/// Encodes text for a `utf-8` original recipient in a message that must be ASCII (utf-8-addr-xtext).
#[must_use]
pub fn encode_utf8_xtext(plain: &str) -> String {
    let mut text = String::with_capacity(plain.len() + 8);
    for c in plain.chars() {
        if !c.is_ascii_graphic() || matches!(c, '+' | '=' | '\\') {
            text.push_str(&format!("\\x{{{:02X}}}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

/// Decodes either form of a `utf-8` original recipient.
///
/// # Errors
/// [`MailError::Xtext`] for a malformed escape, [`MailError::TooLong`] above `limit_octets`.
pub fn decode_unitext(text: &str, limit_octets: usize) -> Result<String, MailError> {
    let mut plain = String::with_capacity(text.len().min(limit_octets));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let escape = rest.strip_prefix("\\x{").ok_or(MailError::Xtext)?;
            let (digits, after) = escape.split_once('}').ok_or(MailError::Xtext)?;
            plain.push(escaped_character(digits)?);
            rest = after;
        } else {
            plain.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        if plain.len() > limit_octets {
            return Err(MailError::TooLong);
        }
    }
    Ok(plain)
}

fn escaped_character(digits: &str) -> Result<char, MailError> {
    if !(2..=6).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(MailError::Xtext);
    }
    let number = u32::from_str_radix(digits, 16).map_err(|_| MailError::Xtext)?;
    char::from_u32(number).ok_or(MailError::Xtext)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_survives_the_round_trip() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all), 1000), Ok(all));
        assert_eq!(encode(b"a+b=c d"), "a+2Bb+3Dc+20d");
    }

    #[test]
    fn broken_escapes_and_excess_are_refused() {
        for text in ["+", "+4", "+4g", "a+"] {
            assert_eq!(decode(text, 100), Err(MailError::Xtext), "{text}");
        }
        assert_eq!(decode("abcd", 3), Err(MailError::TooLong));
        assert_eq!(decode("abc", 3), Ok(b"abc".to_vec()));
    }

    #[test]
    fn utf_8_addresses_have_two_forms() {
        assert_eq!(encode_unitext("é +@x"), "é\\x{20}\\x{2B}@x");
        assert_eq!(encode_utf8_xtext("é@x"), "\\x{E9}@x");
        for form in ["é\\x{20}\\x{2B}@x", "\\x{E9}\\x{20}\\x{2B}@x"] {
            assert_eq!(decode_unitext(form, 100).as_deref(), Ok("é +@x"));
        }
        for text in ["\\", "\\x{", "\\x{}", "\\x{D800}", "\\x{1234567}"] {
            assert_eq!(decode_unitext(text, 100), Err(MailError::Xtext), "{text}");
        }
    }
}
