//! How an entry is written to standard output.

use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes one entry: key and value with `between`, or one JSON object.
///
/// # Errors
/// Standard output is gone.
pub(crate) fn entry(
    out: &mut impl Write,
    key: &str,
    between: &str,
    value: &[u8],
    json: bool,
) -> io::Result<()> {
    if json {
        return writeln!(
            out,
            "{{\"{}\": \"{}\"}}",
            quoted(key),
            quoted(&String::from_utf8_lossy(value))
        );
    }
    out.write_all(key.as_bytes())?;
    out.write_all(between.as_bytes())?;
    out.write_all(value)?;
    out.write_all(b"\n")
}

/// Text as it stands between the quotes of a JSON string (RFC 8259 §7).
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() && control < '\u{80}' => {
                // Writing to a String does not fail.
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_text_is_quoted() {
        let mut out = Vec::new();
        entry(&mut out, "a\"b", "\t", b"c\\\n\x01", true).unwrap();
        assert_eq!(out, b"{\"a\\\"b\": \"c\\\\\\n\\u0001\"}\n");
    }
}
