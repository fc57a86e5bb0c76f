//! How a name and its value are written: with or without either, folded, or as JSON.

use crate::request::Request;

/// How lines look.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    without_name: bool,
    without_value: bool,
    folded: bool,
    pub(crate) json: bool,
}

/// Where a folded line must end.
pub(crate) const WIDTH: usize = 80;
/// How continuation lines begin.
pub(crate) const INDENT: &str = "    ";

impl Style {
    pub(crate) const fn of(request: &Request) -> Self {
        Self {
            without_name: request.without_name,
            without_value: request.without_value,
            folded: request.folded,
            json: request.json,
        }
    }

    /// The line, or lines, for a parameter.
    pub(crate) fn item(self, name: &str, value: &str) -> String {
        if self.json {
            return json(name, value);
        }
        if self.without_value {
            return format!("{name}\n");
        }
        let label = if self.without_name {
            String::new()
        } else {
            format!("{name} =")
        };
        folded(label, value, if self.folded { WIDTH } else { usize::MAX })
    }

    /// The lines for a value that is to stay as it is: folded already, or not to be.
    pub(crate) fn ready_item(self, name: &str, value: &str) -> String {
        if self.json {
            return json(name, value);
        }
        match (self.without_value, self.without_name) {
            (true, _) => format!("{name}\n"),
            (_, true) => format!("{value}\n"),
            _ => format!("{name} = {value}\n"),
        }
    }

    pub(crate) const fn is_folded(self) -> bool {
        self.folded && !self.json
    }
}

/// `{"name": "value"}`.
pub(crate) fn json(name: &str, value: &str) -> String {
    format!("{{{}: {}}}\n", quoted(name), quoted(value))
}

/// A JSON string (RFC 8259 §7).
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if u32::from(control) < 0x20 => out.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// The words of a value behind its label, one space between them, in lines of this width.
fn folded(label: String, value: &str, width: usize) -> String {
    let mut text = label;
    let mut length = text.len();
    for word in value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
    {
        if text.is_empty() {
            text.push_str(word);
            length = word.len();
        } else if length + 1 + word.len() <= width {
            text.push(' ');
            text.push_str(word);
            length += 1 + word.len();
        } else {
            text.push('\n');
            text.push_str(INDENT);
            text.push_str(word);
            length = INDENT.len() + word.len();
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_escapes_what_it_must() {
        assert_eq!(
            json("a", "b\"c\\d\te\u{1}\u{e9}"),
            "{\"a\": \"b\\\"c\\\\d\\te\\u0001\u{e9}\"}\n"
        );
    }

    #[test]
    fn a_long_value_is_folded_between_words() {
        let style = Style {
            folded: true,
            ..Style::default()
        };
        let long = "x".repeat(70);
        assert_eq!(
            style.item("a", &format!("b  {long}   c")),
            format!("a = b {long} c\n")
        );
        assert_eq!(
            style.item("name", &format!("bcd {long} e")),
            format!("name = bcd\n    {long} e\n")
        );
        assert_eq!(style.item("a", ""), "a =\n");
        assert_eq!(
            style.item("abcd", &format!("bcd {long}")),
            format!("abcd = bcd\n    {long}\n")
        );
        assert_eq!(Style::default().item("a", "b  c\td"), "a = b c d\n");
    }
}
