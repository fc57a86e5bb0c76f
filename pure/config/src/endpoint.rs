//! Where something listens: `inet:host:port`, `unix:path`, `host:port`, `[v6]:port`, `host`.
//!
//! It is *not* looked up here: a host may be a name, a port a service name.

use std::fmt;
use std::net::Ipv6Addr;

/// An endpoint of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// A TCP port of a host; the host is empty when the text names only a port.
    Inet {
        /// A name or an address without brackets.
        host: String,
        /// A number or a service name.
        port: String,
    },
    /// A Unix socket, relative to the queue directory if not absolute.
    Unix(String),
    /// A named pipe, relative to the queue directory if not absolute.
    Fifo(String),
}

/// Why a text is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Nothing at all, or nothing after the type.
    #[error("empty endpoint; specify inet:host:port or unix:path")]
    Empty,
    /// `[` without `]`, or something other than `:port` after it.
    #[error("bad endpoint \"{0}\"; specify [address]:port")]
    Brackets(String),
    /// No port where one is needed.
    #[error("missing port in \"{0}\"; specify host:port")]
    NoPort(String),
    /// An empty or impossible port.
    #[error("bad port in \"{0}\"; specify a number from 1 to 65535 or a service name")]
    BadPort(String),
}

impl Endpoint {
    /// Reads `inet:host:port`, `inet:port`, `unix:path`, `fifo:path`, `host:port` or `[v6]:port`.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        Self::parse_with(text, None)
    }

    /// Reads an endpoint; a text with a host alone gets `port`.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn parse_with(text: &str, port: Option<&str>) -> Result<Self, EndpointError> {
        let text = text.trim();
        let some = |rest: &str| {
            if rest.is_empty() {
                Err(EndpointError::Empty)
            } else {
                Ok(rest.to_owned())
            }
        };
        if let Some(path) = text.strip_prefix("unix:").or_else(|| text.strip_prefix("local:")) {
            return some(path).map(Self::Unix);
        }
        if let Some(path) = text.strip_prefix("fifo:") {
            return some(path).map(Self::Fifo);
        }
        match text.strip_prefix("inet:") {
            // `inet:port` means any interface or the local host, which only the reader can tell.
            Some(rest) if port.is_none() && !rest.contains(':') && !rest.is_empty() => Ok(Self::Inet {
                host: String::new(),
                port: checked_port(rest, rest)?,
            }),
            Some(rest) => inet(rest, port),
            None => inet(text, port),
        }
    }
}

fn inet(text: &str, default_port: Option<&str>) -> Result<Endpoint, EndpointError> {
    if text.is_empty() {
        return Err(EndpointError::Empty);
    }
    let (host, port) = split_host_port(text)?;
    let port = match (port, default_port) {
        (Some(port), _) => checked_port(port, text)?,
        (None, Some(port)) => port.to_owned(),
        (None, None) => return Err(EndpointError::NoPort(text.to_owned())),
    };
    Ok(Endpoint::Inet {
        host: host.to_owned(),
        port,
    })
}

/// Splits `host:port`, `[host]:port`, `host` or `[host]`; an address of IP version 6 without brackets is a host.
///
/// # Errors
/// Brackets that do not match, or something other than `:port` after them.
pub fn split_host_port(text: &str) -> Result<(&str, Option<&str>), EndpointError> {
    if let Some(rest) = text.strip_prefix('[') {
        let bad = || EndpointError::Brackets(text.to_owned());
        let (host, after) = rest.split_once(']').ok_or_else(bad)?;
        let host = strip_ipv6_tag(host);
        return match after {
            "" => Ok((host, None)),
            _ => after
                .strip_prefix(':')
                .map(|port| (host, Some(port)))
                .ok_or_else(bad),
        };
    }
    let host = strip_ipv6_tag(text);
    match text.rsplit_once(':') {
        Some((host, port)) if text.parse::<Ipv6Addr>().is_err() => Ok((host, Some(port))),
        _ => Ok((host, None)),
    }
}

fn strip_ipv6_tag(host: &str) -> &str {
    match host.get(..5) {
        Some(tag) if tag.eq_ignore_ascii_case("ipv6:") => host.get(5..).unwrap_or_default(),
        _ => host,
    }
}

fn checked_port(port: &str, text: &str) -> Result<String, EndpointError> {
    let bad = || EndpointError::BadPort(text.to_owned());
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    if port.is_empty() || (is_number && !port.parse::<u16>().is_ok_and(|number| number > 0)) {
        return Err(bad());
    }
    Ok(port.to_owned())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { host, port } if host.contains(':') => write!(f, "inet:[{host}]:{port}"),
            Self::Inet { host, port } if host.is_empty() => write!(f, "inet:{port}"),
            Self::Inet { host, port } => write!(f, "inet:{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::Fifo(path) => write!(f, "fifo:{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet(host: &str, port: &str) -> Result<Endpoint, EndpointError> {
        Ok(Endpoint::Inet {
            host: host.to_owned(),
            port: port.to_owned(),
        })
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(
            Endpoint::parse("inet:host.example:24"),
            inet("host.example", "24")
        );
        assert_eq!(Endpoint::parse("inet:smtp"), inet("", "smtp"));
        assert_eq!(Endpoint::parse("host:smtp"), inet("host", "smtp"));
        assert_eq!(Endpoint::parse("[::1]:25"), inet("::1", "25"));
        assert_eq!(Endpoint::parse("inet:[IPv6:::1]:25"), inet("::1", "25"));
        assert_eq!(
            Endpoint::parse("unix:private/x"),
            Ok(Endpoint::Unix("private/x".to_owned()))
        );
        assert_eq!(Endpoint::parse_with("host", Some("24")), inet("host", "24"));
        assert_eq!(Endpoint::parse_with("inet:host", Some("24")), inet("host", "24"));
        assert_eq!(Endpoint::parse_with("::1", Some("24")), inet("::1", "24"));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for text in [
            "",
            "unix:",
            "host",
            "host:",
            "host:0",
            "host:70000",
            "[::1",
            "[::1]25",
            "inet:",
        ] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }
}
