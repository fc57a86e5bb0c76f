//! Domain names and address literals: letter case, validity, and the two forms of an international name.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::MailError;

/// The longest name, in octets (RFC 1035 §2.3.4).
pub const LONGEST_NAME: usize = 255;
/// The longest label, in octets.
pub const LONGEST_LABEL: usize = 63;

/// The name in lower case.
#[must_use]
pub fn lower(name: &str) -> Cow<'_, str> {
    crate::address::fold(name)
}

/// Whether this is a host name: letters, digits, `_` and inner hyphens in labels of 1 to 63 octets, not all numeric.
///
/// An international name is judged by its ASCII form.
#[must_use]
pub fn is_valid(name: &str) -> bool {
    match to_ascii(name) {
        Ok(ascii) => is_valid_ascii(&ascii, false),
        Err(_) => false,
    }
}

/// The same, with `*` allowed as the first of several labels, as in certificates.
#[must_use]
pub fn is_valid_wildcard(name: &str) -> bool {
    match to_ascii(name) {
        Ok(ascii) => is_valid_ascii(&ascii, true),
        Err(_) => false,
    }
}

fn is_valid_ascii(name: &str, wildcard: bool) -> bool {
    if name.is_empty() || name.len() > LONGEST_NAME {
        return false;
    }
    let (starred, labels) = match name.strip_prefix("*.") {
        Some(rest) if wildcard => (true, rest),
        _ => (false, name),
    };
    let numeric = labels.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (starred || !numeric) && labels.split('.').all(is_valid_label)
}

fn is_valid_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The ASCII form of a name (RFC 5891); a name that is ASCII already is borrowed and not judged.
///
/// # Errors
/// [`MailError::Domain`] when a label has no ASCII form.
pub fn to_ascii(name: &str) -> Result<Cow<'_, str>, MailError> {
    if name.is_ascii() {
        return Ok(Cow::Borrowed(name));
    }
    // RFC 5891 §4.2.3.1: in the ASCII form such a hyphen would no longer show.
    if name
        .split('.')
        .any(|label| label.starts_with('-') || label.ends_with('-'))
    {
        return Err(MailError::Domain);
    }
    match idna::domain_to_ascii(name) {
        Ok(ascii) if !ascii.is_empty() => Ok(Cow::Owned(ascii)),
        _ => Err(MailError::Domain),
    }
}

/// The UTF-8 form of a name; a name without encoded labels is borrowed.
///
/// # Errors
/// [`MailError::Domain`] when a label is malformed.
pub fn to_utf8(name: &str) -> Result<Cow<'_, str>, MailError> {
    let is_encoded = |label: &str| {
        label
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    if name.is_ascii() && !name.split('.').any(is_encoded) {
        return Ok(Cow::Borrowed(name));
    }
    match idna::domain_to_unicode(name) {
        (utf8, Ok(())) => Ok(Cow::Owned(utf8)),
        (_, Err(_)) => Err(MailError::Domain),
    }
}

/// Reads a network address without brackets or prefix: `192.0.2.1` or `2001:db8::1`.
///
/// Digits with leading zeros count as decimal, and addresses `0.x.y.z` are refused but for `0.0.0.0`.
#[must_use]
pub fn parse_address(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        text.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
    } else {
        parse_ipv4(text).map(IpAddr::V4)
    }
}

fn parse_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 15 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *octet = part.parse().ok()?;
    }
    let unusable = octets.first() == Some(&0) && octets != [0; 4];
    (parts.next().is_none() && !unusable).then(|| Ipv4Addr::from(octets))
}

/// Reads the inside of an address literal: `192.0.2.1` or `IPv6:2001:db8::1` (RFC 5321 §4.1.3).
#[must_use]
pub fn parse_mail_address(text: &str) -> Option<IpAddr> {
    match text.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("ipv6:") => {
            address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
        }
        _ => parse_ipv4(text).map(IpAddr::V4),
    }
}

/// Reads an address literal with its brackets: `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
#[must_use]
pub fn parse_literal(text: &str) -> Option<IpAddr> {
    parse_mail_address(text.strip_prefix('[')?.strip_suffix(']')?)
}

/// The inside of an address literal for an address, tagged where RFC 5321 §4.1.3 demands it.
#[must_use]
pub fn literal_text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("IPv6:{address}"),
    }
}

/// The name and each parent domain after it: `a.b.c`, `b.c`, `c`.
pub fn with_parents(name: &str) -> impl Iterator<Item = &str> {
    let first = (!name.is_empty()).then_some(name);
    std::iter::successors(first, |name| name.split_once('.').map(|(_, parent)| parent))
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_at_the_ends_of_international_labels_are_refused_too() {
        for name in ["-ä.example", "ä-.example", "a.-ü"] {
            assert!(!is_valid(name), "{name}");
        }
        assert!(is_valid("ä-ö.example"));
    }

    #[test]
    fn host_names_are_judged() {
        let long_label = "a".repeat(64);
        let table = [
            ("example.com", true),
            ("localhost", true),
            ("a_b.example", true),
            ("1.example", true),
            ("1-2", true),
            ("", false),
            (".example", false),
            ("example.", false),
            ("a..b", false),
            ("-a.b", false),
            ("a-.b", false),
            ("127.0.0.1", false),
            ("a b", false),
            ("*.example", false),
            (long_label.as_str(), false),
            ("bücher.example", true),
        ];
        for (name, valid) in table {
            assert_eq!(is_valid(name), valid, "{name}");
        }
        assert!(is_valid_wildcard("*.example") && !is_valid_wildcard("*") && !is_valid_wildcard("a.*.b"));
    }

    #[test]
    fn international_names_have_two_forms() {
        assert_eq!(to_ascii("bücher.example").as_deref(), Ok("xn--bcher-kva.example"));
        assert_eq!(to_utf8("xn--bcher-kva.example").as_deref(), Ok("bücher.example"));
        assert!(matches!(
            to_ascii("A_b.example"),
            Ok(Cow::Borrowed("A_b.example"))
        ));
        assert_eq!(to_utf8("xn--\u{80}"), Err(MailError::Domain));
        assert_eq!(to_ascii("faß.example").as_deref(), Ok("xn--fa-hia.example"));
    }

    #[test]
    fn address_literals_are_read() {
        let table = [
            ("[192.0.2.1]", Some("192.0.2.1")),
            ("[IPv6:2001:db8::1]", Some("2001:db8::1")),
            ("[ipv6:::1]", Some("::1")),
            ("[2001:db8::1]", None),
            ("[256.1.1.1]", None),
            ("[1.2.3]", None),
            ("[1.2.3.4.5]", None),
            ("[0.1.2.3]", None),
            ("[0.0.0.0]", Some("0.0.0.0")),
            ("192.0.2.1", None),
        ];
        for (text, expected) in table {
            assert_eq!(
                parse_literal(text).map(|address| address.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            parse_address("2001:db8::1").map(literal_text).as_deref(),
            Some("IPv6:2001:db8::1")
        );
    }

    #[test]
    fn parents_follow_the_name() {
        assert_eq!(with_parents("a.b.c").collect::<Vec<_>>(), ["a.b.c", "b.c", "c"]);
        assert_eq!(with_parents("").count(), 0);
    }
}
