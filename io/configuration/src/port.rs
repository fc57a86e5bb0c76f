//! From the name of a TCP service to its port: `known_tcp_ports` first, then services(5).

use config::catalogue::KNOWN_TCP_PORTS;
use config::{Configuration, ParameterError};
use std::collections::HashMap;
use std::path::Path;

/// TCP port numbers by service name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    known: HashMap<String, u16>,
}

/// Octets read of a services file; what stands behind is ignored.
const FILE_OCTETS: usize = 4 << 20;

impl Services {
    /// `/etc/services`; a file that cannot be read is taken as empty. Read before a change of root directory.
    #[must_use]
    pub fn of_this_host() -> Self {
        let octets = std::fs::read(Path::new("/etc/services")).unwrap_or_default();
        let octets = octets.get(..FILE_OCTETS).unwrap_or(&octets);
        Self::parse(&String::from_utf8_lossy(octets))
    }

    /// Reads the text of a services file; lines that make no sense are passed over, and the first name given counts.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut services = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_ascii_whitespace();
            let (Some(name), Some(port)) = (words.next(), words.next()) else {
                continue;
            };
            let Some(port) = port.strip_suffix("/tcp").and_then(|digits| digits.parse().ok()) else {
                continue;
            };
            for name in std::iter::once(name).chain(words) {
                services.known.entry(name.to_owned()).or_insert(port);
            }
        }
        services
    }

    /// The same with the entries of postconf(5) `known_tcp_ports` on top (`lmtp=24, smtps=submissions=465`).
    #[must_use]
    pub fn with_known_ports(mut self, list: &str) -> Self {
        for item in list
            .split(|c: char| c == ',' || c.is_ascii_whitespace())
            .filter(|item| !item.is_empty())
        {
            let Some((names, port)) = item.rsplit_once('=') else {
                continue;
            };
            let Ok(port) = port.parse() else { continue };
            for name in names.split('=') {
                self.known.insert(name.to_owned(), port);
            }
        }
        self
    }

    /// The port for a service name or a number from 1 to 65535.
    #[must_use]
    pub fn port(&self, service: &str) -> Option<u16> {
        if service.bytes().all(|octet| octet.is_ascii_digit()) {
            return service.parse().ok().filter(|port| *port != 0);
        }
        self.known.get(service).copied()
    }
}

/// The port that a number or a service name stands for; `None` if nobody knows the name.
///
/// # Errors
/// `known_tcp_ports` has a wrong value.
pub fn tcp_port(configuration: &Configuration, name: &str) -> Result<Option<u16>, ParameterError> {
    let known: Vec<String> = configuration.get(KNOWN_TCP_PORTS)?;
    let known = Services::default().with_known_ports(&known.join(","));
    // The file is long, and seldom needed.
    Ok(known.port(name).or_else(|| Services::of_this_host().port(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_known_names_become_ports() {
        let configuration = Configuration::parse("").unwrap();
        assert_eq!(tcp_port(&configuration, "10025"), Ok(Some(10025)));
        assert_eq!(tcp_port(&configuration, "submissions"), Ok(Some(465)));
        assert_eq!(tcp_port(&configuration, "no-such-service"), Ok(None));
        assert_eq!(tcp_port(&configuration, "0"), Ok(None));
    }

    #[test]
    fn known_ports_come_before_the_file_and_numbers_need_neither() {
        let services = Services::parse("smtp 26/tcp mail # x\nsmtp 27/udp\nntp 123/udp\njunk\n");
        let services = services.with_known_ports("smtp=25, smtps=submissions=465");
        assert_eq!(services.port("smtp"), Some(25));
        assert_eq!(services.port("mail"), Some(26));
        assert_eq!(services.port("submissions"), Some(465));
        assert_eq!(services.port("2525"), Some(2525));
        assert_eq!(services.port("0"), None);
        assert_eq!(services.port("70000"), None);
        assert_eq!(services.port("ntp"), None);
    }
}
