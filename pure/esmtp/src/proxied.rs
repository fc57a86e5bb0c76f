//! XCLIENT and XFORWARD: what a proxy says of the client behind it (XCLIENT_README, XFORWARD_README).
//!
//! Attributes come one after the other, and those in front of a bad one count. What they change is the server's
//! affair; here they are decoded, checked and made harmless.

use std::net::IpAddr;

/// One attribute of XCLIENT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAttribute {
    /// NAME: the verified host name.
    Name(HostName),
    /// REVERSE_NAME: the name from the address, unverified.
    ReverseName(HostName),
    /// ADDR; `None` when unknown.
    Addr(Option<IpAddr>),
    /// PORT; `None` when unknown.
    Port(Option<u16>),
    /// HELO; `None` when unknown.
    Helo(Option<String>),
    /// PROTO: whether the client speaks ESMTP.
    Extended(bool),
    /// LOGIN; `None` for a client that is not logged in.
    Login(Option<String>),
    /// DESTADDR; `None` when unknown.
    DestAddr(Option<IpAddr>),
    /// DESTPORT; `None` when unknown.
    DestPort(Option<u16>),
}

/// A host name, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostName {
    /// A name.
    Known(String),
    /// There is none.
    Absent,
    /// The lookup failed.
    Undecided,
}

/// One attribute of XFORWARD; `None` when the proxy does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardAttribute {
    /// NAME.
    Name(Option<String>),
    /// ADDR.
    Addr(Option<IpAddr>),
    /// PORT.
    Port(Option<u16>),
    /// HELO.
    Helo(Option<String>),
    /// PROTO.
    Proto(Option<String>),
    /// IDENT: the queue id at the proxy.
    Ident(Option<String>),
    /// SOURCE: whether the message is of local origin.
    Local(bool),
}

/// Why an attribute was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeFault {
    /// Not `name=value`.
    NotAPair,
    /// A value longer than 255 octets.
    TooLong,
    /// A value that this attribute does not take: its name, and the value decoded.
    BadValue(&'static str, String),
    /// An attribute not known.
    UnknownName(String),
}

/// Octets an encoded value may have.
const VALUE_LIMIT_OCTETS: usize = 255;
/// Octets a host name may have.
const NAME_LIMIT_OCTETS: usize = 255;
/// Octets a protocol name may have.
const PROTOCOL_LIMIT_OCTETS: usize = 64;

/// Reads one `attribute=value` word of XCLIENT.
///
/// # Errors
/// [`AttributeFault`] for whatever is wrong with it.
pub fn client_attribute(word: &str) -> Result<ClientAttribute, AttributeFault> {
    let (name, value) = pair(word)?;
    Ok(match name.as_str() {
        "NAME" => ClientAttribute::Name(host_name("NAME", value)?),
        "REVERSE_NAME" => ClientAttribute::ReverseName(host_name("REVERSE_NAME", value)?),
        "ADDR" => ClientAttribute::Addr(address("ADDR", value)?),
        "DESTADDR" => ClientAttribute::DestAddr(address("DESTADDR", value)?),
        "PORT" => ClientAttribute::Port(port("PORT", value)?),
        "DESTPORT" => ClientAttribute::DestPort(port("DESTPORT", value)?),
        "HELO" => ClientAttribute::Helo(text("HELO", value, NAME_LIMIT_OCTETS)?),
        "LOGIN" => ClientAttribute::Login(available(value)),
        "PROTO" if value.eq_ignore_ascii_case("SMTP") => ClientAttribute::Extended(false),
        "PROTO" if value.eq_ignore_ascii_case("ESMTP") => ClientAttribute::Extended(true),
        "PROTO" => return Err(AttributeFault::BadValue("PROTO", value)),
        _ => {
            return Err(AttributeFault::UnknownName(
                word.split('=').next().unwrap_or_default().to_owned(),
            ));
        }
    })
}

/// Reads one `attribute=value` word of XFORWARD.
///
/// # Errors
/// [`AttributeFault`] for whatever is wrong with it.
pub fn forward_attribute(word: &str) -> Result<ForwardAttribute, AttributeFault> {
    let (name, value) = pair(word)?;
    Ok(match name.as_str() {
        "NAME" => match available(value).map(|value| harmless(&value)) {
            Some(name) if !mail::domain::is_valid(&name) => {
                return Err(AttributeFault::BadValue("NAME", name));
            }
            name => ForwardAttribute::Name(name),
        },
        "ADDR" => ForwardAttribute::Addr(address("ADDR", value)?),
        "PORT" => ForwardAttribute::Port(port("PORT", value)?),
        "HELO" => ForwardAttribute::Helo(text("HELO", value, VALUE_LIMIT_OCTETS)?),
        "PROTO" => ForwardAttribute::Proto(text("PROTO", value, PROTOCOL_LIMIT_OCTETS)?),
        "IDENT" => ForwardAttribute::Ident(text("IDENT", value, VALUE_LIMIT_OCTETS)?),
        "SOURCE" if is_unavailable(&value) || value.eq_ignore_ascii_case("LOCAL") => {
            ForwardAttribute::Local(true)
        }
        "SOURCE" if value.eq_ignore_ascii_case("REMOTE") => ForwardAttribute::Local(false),
        "SOURCE" => return Err(AttributeFault::BadValue("SOURCE", value)),
        _ => {
            return Err(AttributeFault::UnknownName(
                word.split('=').next().unwrap_or_default().to_owned(),
            ));
        }
    })
}

/// Name in upper case and value decoded, with control characters as `?`.
fn pair(word: &str) -> Result<(String, String), AttributeFault> {
    let (name, raw) = word
        .split_once('=')
        .filter(|(_, raw)| !raw.is_empty())
        .ok_or(AttributeFault::NotAPair)?;
    if raw.len() > VALUE_LIMIT_OCTETS {
        return Err(AttributeFault::TooLong);
    }
    // Old proxies send values as they are.
    let decoded = mail::xtext::decode(raw, VALUE_LIMIT_OCTETS)
        .ok()
        .and_then(|octets| String::from_utf8(octets).ok());
    let value = decoded.unwrap_or_else(|| raw.to_owned());
    let value = value
        .chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    Ok((name.to_ascii_uppercase(), value))
}

fn is_unavailable(value: &str) -> bool {
    value.eq_ignore_ascii_case("[UNAVAILABLE]")
}

fn available(value: String) -> Option<String> {
    (!is_unavailable(&value)).then_some(value)
}

fn host_name(attribute: &'static str, value: String) -> Result<HostName, AttributeFault> {
    if is_unavailable(&value) {
        return Ok(HostName::Absent);
    }
    if value.eq_ignore_ascii_case("[TEMPUNAVAIL]") {
        return Ok(HostName::Undecided);
    }
    if mail::domain::is_valid(&value) {
        Ok(HostName::Known(value))
    } else {
        Err(AttributeFault::BadValue(attribute, value))
    }
}

fn address(attribute: &'static str, value: String) -> Result<Option<IpAddr>, AttributeFault> {
    if is_unavailable(&value) {
        return Ok(None);
    }
    let parsed = mail::domain::parse_mail_address(&value).or_else(|| mail::domain::parse_address(&value));
    parsed
        .map(Some)
        .ok_or_else(|| AttributeFault::BadValue(attribute, harmless(&value)))
}

fn port(attribute: &'static str, value: String) -> Result<Option<u16>, AttributeFault> {
    if is_unavailable(&value) {
        return Ok(None);
    }
    match value.parse() {
        Ok(port) if value.bytes().all(|octet| octet.is_ascii_digit()) => Ok(Some(port)),
        _ => Err(AttributeFault::BadValue(attribute, value)),
    }
}

fn text(attribute: &'static str, value: String, limit: usize) -> Result<Option<String>, AttributeFault> {
    match available(value) {
        Some(value) if value.len() > limit => Err(AttributeFault::BadValue(attribute, value)),
        value => Ok(value.map(|value| harmless(&value))),
    }
}

/// A text without the characters that have a meaning in a header, a log line or a macro.
#[must_use]
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || " <>()\\\";@".contains(c) {
                '?'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_attributes_are_decoded_and_checked() {
        assert_eq!(
            client_attribute("name=mx.example.com"),
            Ok(ClientAttribute::Name(HostName::Known("mx.example.com".into())))
        );
        assert_eq!(
            client_attribute("NAME=[TEMPUNAVAIL]"),
            Ok(ClientAttribute::Name(HostName::Undecided))
        );
        assert_eq!(
            client_attribute("ADDR=IPv6:2001:db8::1"),
            Ok(ClientAttribute::Addr("2001:db8::1".parse().ok()))
        );
        assert_eq!(
            client_attribute("ADDR=[UNAVAILABLE]"),
            Ok(ClientAttribute::Addr(None))
        );
        assert_eq!(
            client_attribute("HELO=a+2Bb+20c"),
            Ok(ClientAttribute::Helo(Some("a+b?c".into())))
        );
        assert_eq!(
            client_attribute("PROTO=esmtp"),
            Ok(ClientAttribute::Extended(true))
        );
        assert_eq!(client_attribute("PORT=25"), Ok(ClientAttribute::Port(Some(25))));
        for (word, fault) in [
            ("NAME", AttributeFault::NotAPair),
            ("NAME=", AttributeFault::NotAPair),
            ("NAME=a..b", AttributeFault::BadValue("NAME", "a..b".into())),
            ("ADDR=1.2.3", AttributeFault::BadValue("ADDR", "1.2.3".into())),
            ("PORT=x", AttributeFault::BadValue("PORT", "x".into())),
            ("PROTO=LMTP", AttributeFault::BadValue("PROTO", "LMTP".into())),
            ("colour=red", AttributeFault::UnknownName("colour".into())),
        ] {
            assert_eq!(client_attribute(word), Err(fault), "{word}");
        }
        assert_eq!(
            client_attribute(&format!("HELO={}", "x".repeat(256))),
            Err(AttributeFault::TooLong)
        );
    }

    #[test]
    fn forward_attributes_are_decoded_and_checked() {
        assert_eq!(
            forward_attribute("IDENT=4F+28"),
            Ok(ForwardAttribute::Ident(Some("4F?".into())))
        );
        assert_eq!(
            forward_attribute("SOURCE=remote"),
            Ok(ForwardAttribute::Local(false))
        );
        assert_eq!(
            forward_attribute("NAME=[UNAVAILABLE]"),
            Ok(ForwardAttribute::Name(None))
        );
        assert!(forward_attribute("SOURCE=x").is_err());
    }
}
