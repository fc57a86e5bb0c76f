//! The address in MAIL FROM, RCPT TO and VRFY: taken out of whatever clients wrap around it.
//!
//! By default as lenient as Postfix: missing angle brackets, comments, phrases and deprecated source routes are taken.
//! With `strict_rfc821_envelopes` the address must be in `<>` with nothing around it. Whether the domain exists is
//! not asked here.

use std::borrow::Cow;

use mail::parse::{self, AddressList, Token};

/// An address as it was sent and as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// As sent, with whatever stood around it; for log lines.
    pub word: &'a str,
    /// As sent, without the outer angle brackets; for an original recipient that the client did not name itself.
    pub external: &'a str,
    /// Internal form (local part unquoted); empty for the null sender.
    pub address: Cow<'a, str>,
}

/// More than one address, or rubble that strict rules do not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed address")]
pub struct MalformedPath;

/// Tokens one address may have; a command line has fewer.
const TOKEN_LIMIT: usize = 4096;

/// Reads the address word of a command.
///
/// # Errors
/// [`MalformedPath`] for several addresses, and with `strict` for anything beside one address in `<>`.
pub fn parse(word: &str, strict: bool) -> Result<Path<'_>, MalformedPath> {
    let bracketed = word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    if strict && !word.starts_with('<') {
        return Err(MalformedPath);
    }
    let external = bracketed.unwrap_or(word);
    let text = without_route(external);
    if text.bytes().all(is_plain) {
        if strict && text.starts_with('@') {
            return Err(MalformedPath);
        }
        return Ok(Path {
            word,
            external,
            address: Cow::Borrowed(text),
        });
    }
    let list = AddressList::parse(text.as_bytes(), TOKEN_LIMIT);
    let rubble = list
        .tokens
        .iter()
        .any(|token| !matches!(token, Token::Address(_) | Token::Operator(b'<' | b'>')));
    let mut addresses = list.addresses();
    let address = addresses.next().map(parse::internal).unwrap_or_default();
    if addresses.next().is_some() || (strict && (rubble || address.first() == Some(&b'@'))) {
        return Err(MalformedPath);
    }
    let address = String::from_utf8(address).map_err(|_| MalformedPath)?;
    Ok(Path {
        word,
        external,
        address: Cow::Owned(address),
    })
}

/// The text behind a source route `@a,@b:` (RFC 5321 appendix C): what it routes by is not asked.
fn without_route(text: &str) -> &str {
    match text.split_once(':') {
        Some((route, rest)) if route.starts_with('@') => rest,
        _ => text,
    }
}

/// Octets that stand for themselves wherever they are: no quoting, no structure.
const fn is_plain(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(
            octet,
            b'@' | b'.'
                | b'-'
                | b'_'
                | b'+'
                | b'='
                | b'#'
                | b'$'
                | b'&'
                | b'*'
                | b'/'
                | b'?'
                | b'^'
                | b'{'
                | b'}'
                | b'~'
                | b'\''
                | b'`'
                | 0x80..
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lenient(word: &str) -> String {
        parse(word, false).unwrap().address.into_owned()
    }

    #[test]
    fn the_plain_form_is_taken_as_it_is() {
        let path = parse("<user+ext@example.com>", true).unwrap();

        assert_eq!(path.external, "user+ext@example.com");
        assert_eq!(path.address, "user+ext@example.com");
        assert!(matches!(path.address, Cow::Borrowed(_)));
        assert_eq!(lenient("<>"), "");
        assert_eq!(lenient("<ü@exämple.com>"), "ü@exämple.com");
    }

    #[test]
    fn rubble_around_the_address_is_taken_unless_strict() {
        for (word, address) in [
            ("user@example.com", "user@example.com"),
            ("<user@example.com(comment)>", "user@example.com"),
            ("<\"a b\"@example.com>", "a b@example.com"),
            ("<@a,@b:user@example.com>", "user@example.com"),
            ("<a\\@b@c>", "a@b@c"),
            ("<name <user@example.com>>", "user@example.com"),
            ("<user@[1.2.3.4]>", "user@[1.2.3.4]"),
            ("<a%b@c>", "a%b@c"),
            ("a,b@c>", "a,b@c"),
            ("<<a b@c d>>", "ab@cd"),
        ] {
            assert_eq!(lenient(word), address, "{word}");
        }
        assert!(parse("user@example.com", true).is_err());
        assert!(parse("<name <user@example.com>>", true).is_err());
        assert!(parse("<@example.com>", true).is_err());
        assert!(parse("<\"a b\"@example.com>", true).is_ok());
    }

    #[test]
    fn two_addresses_are_one_too_many() {
        assert_eq!(parse("<a@b,c@d>", false), Err(MalformedPath));
        assert_eq!(
            parse("<a b>", false).map(|path| path.address.into_owned()),
            Err(MalformedPath)
        );
    }
}
