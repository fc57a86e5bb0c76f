//! The hosts file: names and addresses that need no name server, hosts(5).

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;

/// A hosts file, read once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    by_name: HashMap<String, Vec<IpAddr>>,
    by_address: HashMap<IpAddr, String>,
}

/// Octets read of a hosts file; what stands behind is ignored.
const FILE_OCTETS: usize = 8 << 20;

impl Hosts {
    /// `/etc/hosts`; a file that cannot be read is taken as empty.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::from_file(Path::new("/etc/hosts"))
    }

    /// The named file; one that cannot be read is taken as empty.
    #[must_use]
    pub fn from_file(path: &Path) -> Self {
        let octets = std::fs::read(path).unwrap_or_default();
        let octets = octets.get(..FILE_OCTETS).unwrap_or(&octets);
        Self::parse(&String::from_utf8_lossy(octets))
    }

    /// Reads the text of a hosts file; lines that make no sense are passed over.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut hosts = Self::default();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_ascii_whitespace();
            let Some(Ok(address)) = words.next().map(str::parse::<IpAddr>) else {
                continue;
            };
            for (position, name) in words.enumerate() {
                if position == 0 {
                    hosts.by_address.entry(address).or_insert_with(|| name.to_owned());
                }
                let known = hosts.by_name.entry(name.to_ascii_lowercase()).or_default();
                if !known.contains(&address) {
                    known.push(address);
                }
            }
        }
        hosts
    }

    /// Addresses of a host in the order of the file.
    pub fn addresses(&self, host: &str) -> impl Iterator<Item = IpAddr> {
        let host = host.strip_suffix('.').unwrap_or(host);
        let known = if host.bytes().any(|octet| octet.is_ascii_uppercase()) {
            self.by_name.get(&host.to_ascii_lowercase())
        } else {
            self.by_name.get(host)
        };
        known.into_iter().flatten().copied()
    }

    /// The first name on the first line of an address.
    #[must_use]
    pub fn name(&self, address: IpAddr) -> Option<&str> {
        self.by_address.get(&address).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_found_in_both_directions() {
        let hosts = Hosts::parse(
            "127.0.0.1 localhost\n::1 localhost ip6 # six\n192.0.2.1 Mail.Example.com mail\nbad line\n",
        );
        let of = |name: &str| {
            hosts
                .addresses(name)
                .map(|address| address.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("localhost"), ["127.0.0.1", "::1"]);
        assert_eq!(of("mail.example.COM."), ["192.0.2.1"]);
        assert_eq!(hosts.name("192.0.2.1".parse().unwrap()), Some("Mail.Example.com"));
        assert_eq!(hosts.name("192.0.2.2".parse().unwrap()), None);
    }
}
