//! Quoting of local parts: RFC 5321 §4.1.2 for the envelope, RFC 5322 §3.2.4 for headers, and back.
//!
//! Text beyond ASCII is left as it is (RFC 6531 §3.3). All forms borrow when nothing has to change.

use std::borrow::Cow;

/// Quotes the local part for MAIL FROM and RCPT TO where RFC 5321 demands it.
///
/// The null address stays empty.
#[must_use]
pub fn quote_local821(address: &str) -> Cow<'_, str> {
    quote(address, |c| matches!(c, '"' | '\\' | '\r' | '\n'))
}

/// Quotes the local part for a header, a log line or a notice where RFC 5322 demands it.
///
/// The null address stays empty, and so does a source route in front (RFC 822 §6.2.7) as it is.
#[must_use]
pub fn quote_local822(address: &str) -> Cow<'_, str> {
    let is_escaped = |c| matches!(c, '"' | '\\' | '\r');
    if let Some((route, mailbox)) = split_route(address) {
        return match quote_mailbox(mailbox, is_escaped) {
            Cow::Borrowed(_) => Cow::Borrowed(address),
            Cow::Owned(mailbox) => Cow::Owned(format!("{route}{mailbox}")),
        };
    }
    quote(address, is_escaped)
}

/// A source route with its colon, and the mailbox behind it. What would be taken for quotes is no route.
fn split_route(address: &str) -> Option<(&str, &str)> {
    let end = address.strip_prefix('@')?.find(':')? + 2;
    let (route, mailbox) = address.split_at_checked(end)?;
    (!route.contains(['"', '\\'])).then_some((route, mailbox))
}

fn quote(address: &str, is_escaped: fn(char) -> bool) -> Cow<'_, str> {
    if address.is_empty() {
        return Cow::Borrowed(address);
    }
    quote_mailbox(address, is_escaped)
}

fn quote_mailbox(address: &str, is_escaped: fn(char) -> bool) -> Cow<'_, str> {
    let end = address.rfind('@').unwrap_or(address.len());
    let (local, domain) = address.split_at(end);
    if is_dot_string(local) {
        return Cow::Borrowed(address);
    }
    let mut quoted = String::with_capacity(address.len() + 4);
    quoted.push('"');
    for c in local.chars() {
        if is_escaped(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted.push_str(domain);
    Cow::Owned(quoted)
}

/// Whether a local part needs no quotes: atoms with single dots between them.
#[must_use]
pub fn is_dot_string(local: &str) -> bool {
    let mut previous = b'.';
    for byte in local.bytes() {
        if byte == b'.' && previous == b'.' || is_special(byte) {
            return false;
        }
        previous = byte;
    }
    previous != b'.'
}

/// Control characters, the space and the specials of RFC 5322 §3.2.3 apart from the dot.
fn is_special(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || b"()<>[]:;@\\,\"".contains(&byte)
}

/// Takes quotes and backslashes out of the local part: external form to internal form.
#[must_use]
pub fn unquote(address: &str) -> Cow<'_, str> {
    match split_route(address) {
        Some((route, mailbox)) => match unquote_mailbox(mailbox) {
            Cow::Borrowed(_) => Cow::Borrowed(address),
            Cow::Owned(mailbox) => Cow::Owned(format!("{route}{mailbox}")),
        },
        None => unquote_mailbox(address),
    }
}

fn unquote_mailbox(address: &str) -> Cow<'_, str> {
    let end = address.rfind('@').unwrap_or(address.len());
    let (local, domain) = address.split_at(end);
    if !local.contains(['"', '\\']) {
        return Cow::Borrowed(address);
    }
    let mut plain = String::with_capacity(address.len());
    let mut rest = local.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => {}
            '\\' => plain.extend(rest.next()),
            _ => plain.push(c),
        }
    }
    plain.push_str(domain);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_quoted_is_quoted() {
        let table = [
            ("", ""),
            ("fred@example.com", "fred@example.com"),
            ("o'hara+x=y@example.com", "o'hara+x=y@example.com"),
            ("two words@example.com", "\"two words\"@example.com"),
            (".dot@example.com", "\".dot\"@example.com"),
            ("dot.@example.com", "\"dot.\"@example.com"),
            ("a..b@example.com", "\"a..b\"@example.com"),
            ("a\"b\\c@example.com", "\"a\\\"b\\\\c\"@example.com"),
            ("a@b@example.com", "\"a@b\"@example.com"),
            ("@example.com", "\"\"@example.com"),
            ("andré@exämple.com", "andré@exämple.com"),
            ("root", "root"),
        ];
        for (internal, external) in table {
            assert_eq!(quote_local821(internal), external);
            assert_eq!(quote_local822(internal), external);
            assert_eq!(unquote(external), internal);
        }
    }

    #[test]
    fn what_looks_like_a_route_and_has_quotes_in_it_is_read_back_as_it_was() {
        for internal in [
            "@r\"@>x:rf@f.test+, <@x>\"r",
            "@a\\b:c@d.example",
            "@\"b: ",
            "@b: ",
        ] {
            assert_eq!(unquote(&quote_local822(internal)), internal);
        }
    }

    #[test]
    fn a_source_route_stays_outside_the_quotes_of_a_header() {
        let table = [
            (
                "@a.example,@b.example:user@c.example",
                "@a.example,@b.example:user@c.example",
            ),
            (
                "@a.example:two words@c.example",
                "@a.example:\"two words\"@c.example",
            ),
            ("@a.example:@c.example", "@a.example:\"\"@c.example"),
            (
                "@a.example:@b.example:user@c.example",
                "@a.example:\"@b.example:user\"@c.example",
            ),
        ];
        for (internal, external) in table {
            assert_eq!(quote_local822(internal), external);
        }
    }

    #[test]
    fn a_line_feed_is_escaped_in_the_envelope_only() {
        assert_eq!(quote_local821("a\nb@c"), "\"a\\\nb\"@c");
        assert_eq!(quote_local822("a\nb@c"), "\"a\nb\"@c");
    }

    #[test]
    fn a_lone_backslash_at_the_end_is_dropped() {
        assert_eq!(unquote("a\\"), "a");
    }
}
