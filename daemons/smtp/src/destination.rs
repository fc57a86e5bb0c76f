//! A next hop as the queue manager names it, taken apart: `domain`, `[host]:port`, `unix:path`, or several of them.
//!
//! Follows smtp(8), "SMTP SERVER LOOKUP" and "LMTP SERVER LOOKUP". Nothing is looked up here but port names.

use configuration::Services;
use esmtp::client::Protocol;

use crate::failure::{Failure, status};

/// One destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// As written.
    pub(crate) text: String,
    /// Domain, host or address, without brackets.
    pub(crate) host: String,
    /// In brackets: no mail exchangers are looked up.
    pub(crate) bracketed: bool,
    /// The service as written, or the default one.
    pub(crate) service: String,
    /// Its port.
    pub(crate) port: u16,
}

/// Where a next hop leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NextHop<'a> {
    /// To a Unix socket (LMTP only).
    Unix(&'a str),
    /// To hosts, in this order: texts for [`Destination::parse`].
    Inet(Vec<&'a str>),
}

impl<'a> NextHop<'a> {
    /// Takes a next hop apart.
    pub(crate) fn parse(text: &'a str, protocol: Protocol) -> Self {
        let mut list = text;
        if protocol == Protocol::Lmtp {
            if let Some(path) = text.strip_prefix("unix:") {
                return Self::Unix(path);
            }
            list = text.strip_prefix("inet:").unwrap_or(text);
        }
        let items = list.split(|c: char| c == ',' || c.is_ascii_whitespace());
        Self::Inet(items.filter(|item| !item.is_empty()).collect())
    }
}

impl Destination {
    /// Reads one destination; without a port it gets `default_service`.
    ///
    /// # Errors
    /// A configuration mistake, which delays mail until it is mended.
    pub(crate) fn parse(text: &str, default_service: &str, services: &Services) -> Result<Self, Failure> {
        let mistake = |what: &str| {
            crate::log::bad_destination(text, what);
            Failure::ours(status(4, 3, 5), format!("bad destination \"{text}\": {what}"))
        };
        let (host, service) =
            config::endpoint::split_host_port(text).map_err(|error| mistake(&error.to_string()))?;
        let service = service.unwrap_or(default_service);
        if host.is_empty() {
            return Err(mistake("no host name"));
        }
        let port = services
            .port(service)
            .ok_or_else(|| mistake(&format!("unknown service: {service}/tcp")))?;
        Ok(Self {
            text: text.to_owned(),
            host: host.to_owned(),
            bracketed: text.starts_with('['),
            service: service.to_owned(),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_hops_are_lists_of_hosts_or_a_socket_path() {
        let hosts = |text, protocol| match NextHop::parse(text, protocol) {
            NextHop::Inet(hosts) => hosts.join("|"),
            NextHop::Unix(path) => format!("unix {path}"),
        };
        assert_eq!(hosts("a.example, [b]:26", Protocol::Smtp), "a.example|[b]:26");
        assert_eq!(hosts("inet:host:24", Protocol::Lmtp), "host:24");
        assert_eq!(hosts("unix:/run/lmtp", Protocol::Lmtp), "unix /run/lmtp");
        assert_eq!(hosts("unix:x", Protocol::Smtp), "unix:x");
    }

    #[test]
    fn hosts_ports_and_brackets_are_told_apart() {
        let services = Services::default().with_known_ports("smtp=25, submission=587");
        let parse = |text| Destination::parse(text, "smtp", &services);
        let plain = parse("a.example").unwrap();
        assert_eq!(
            (plain.host.as_str(), plain.bracketed, plain.port),
            ("a.example", false, 25)
        );
        let full = parse("[mail.example]:submission").unwrap();
        assert_eq!(
            (full.host.as_str(), full.bracketed, full.port),
            ("mail.example", true, 587)
        );
        assert_eq!(parse("[ipv6:2001:db8::1]:2525").unwrap().host, "2001:db8::1");
        assert_eq!(parse("a.example:nonsense").unwrap_err().status, status(4, 3, 5));
        assert!(parse("[a.example").is_err());
    }
}
