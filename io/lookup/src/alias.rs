//! A line of an alias file: a name, a colon, addresses (aliases(5)).

use mail::parse::{AddressList, Token, scan_address};

use crate::source::printable;

/// A name and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name without quotes, as indexed files have it.
    pub name: String,
    /// The addresses as text.
    pub value: String,
}

/// Why a line is not an alias. The wording is that of the warnings after `file, line n: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AliasError {
    /// The text must be UTF-8.
    #[error("non-UTF-8 input \"{0}\" -- ignoring this line")]
    NotUtf8(String),
    /// There is no name, no colon, or no address.
    #[error("need name:value pair")]
    NoPair,
    /// The name has a domain.
    #[error("name must be local")]
    NotLocal,
}

/// Reads one logical line of an alias file.
///
/// # Errors
/// The line is not `name: value`; the caller warns and goes on with the next.
pub fn alias(line: &[u8]) -> Result<Alias, AliasError> {
    let text = std::str::from_utf8(line).map_err(|_| AliasError::NotUtf8(printable(line)))?;
    let tokens = scan_address(text);
    let colon = tokens
        .iter()
        .position(|token| *token == Token::Operator(b':'))
        .ok_or(AliasError::NoPair)?;
    let (name, rest) = tokens.split_at_checked(colon).ok_or(AliasError::NoPair)?;
    let value = rest.get(1..).unwrap_or_default();
    if name.is_empty() || value.is_empty() || name.contains(&Token::Operator(b',')) {
        return Err(AliasError::NoPair);
    }
    if name
        .iter()
        .any(|token| matches!(token, Token::Operator(b'@' | b'%')))
    {
        return Err(AliasError::NotLocal);
    }
    Ok(Alias {
        name: plain_text_of(name),
        value: text_of(value),
    })
}

/// Tokens as text, with quotes where they were, and blanks between words.
fn text_of(tokens: &[Token<'_>]) -> String {
    let list = AddressList {
        tokens: tokens.to_vec(),
    };
    String::from_utf8_lossy(&list.external()).into_owned()
}

/// As [`text_of`], without quotes.
fn plain_text_of(tokens: &[Token<'_>]) -> String {
    let bare = tokens.iter().map(|token| match token {
        Token::Quoted(word) => Token::Atom(word.clone()),
        other => other.clone(),
    });
    text_of(&bare.collect::<Vec<_>>())
}

/// True when a text is an alias file and not a table of keys and values: most of its lines begin with a word and a colon.
pub(crate) fn is_alias_file(content: &[u8]) -> bool {
    let (mut aliases, mut others) = (0_u64, 0_u64);
    for line in content.split(|octet| *octet == b'\n') {
        // Continued lines, comments and empty lines say nothing.
        if line
            .first()
            .is_none_or(|octet| octet.is_ascii_whitespace() || *octet == b'#')
        {
            continue;
        }
        if begins_with_name(line) {
            aliases += 1;
        } else {
            others += 1;
        }
    }
    aliases > others
}

/// True when the first word, quotes kept together, ends with a colon, or has one before it or after it.
fn begins_with_name(line: &[u8]) -> bool {
    let (mut inside, mut escaped) = (false, false);
    let end = line.iter().position(|octet| {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => inside = !inside,
            octet => return !inside && octet.is_ascii_whitespace(),
        }
        false
    });
    let (word, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_ascii_start();
    // Without a second word there is no value, unless it stands behind the colon.
    word.ends_with(b":") || rest.starts_with(b":") || (rest.is_empty() && word.contains(&b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Result<(String, String), AliasError> {
        alias(line.as_bytes()).map(|alias| (alias.name, alias.value))
    }

    #[test]
    fn a_line_is_a_name_and_addresses() {
        let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(entry("root: fred"), pair("root", "fred"));
        assert_eq!(entry("Root :fred"), pair("Root", "fred"));
        assert_eq!(entry("\"a b\": c"), pair("a b", "c"));
        assert_eq!(entry("list: a, b@c"), pair("list", "a, b@c"));
        assert_eq!(entry("x: \"|/bin/cmd arg\""), pair("x", "\"|/bin/cmd arg\""));
        assert_eq!(entry("x: :include:/y"), pair("x", ":include:/y"));
    }

    #[test]
    fn what_is_no_alias_is_refused() {
        for bad in ["root fred", ": fred", "root:", "a, b: c"] {
            assert_eq!(entry(bad), Err(AliasError::NoPair), "{bad}");
        }
        assert_eq!(entry("a@b: c"), Err(AliasError::NotLocal));
    }

    #[test]
    fn an_alias_file_is_told_from_a_table() {
        for text in [
            "root: x\n# c\n",
            "root:x\n",
            "root : x\n",
            "\"a b\": c\n d\n",
            "a: b\nc d\ne: f\n",
        ] {
            assert!(is_alias_file(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "a b\n",
            "2001:db8::1 REJECT\n",
            "example.com smtp:[x]:25\n",
            "\"a: b\" c\n",
        ] {
            assert!(!is_alias_file(text.as_bytes()), "{text}");
        }
    }
}
