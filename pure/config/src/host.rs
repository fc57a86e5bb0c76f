//! Defaults that depend on the host: its name, its domain, its addresses and the networks it trusts.
//!
//! What the host is like is asked through [`Host`]; what follows from it is worked out here. Follows
//! postconf(5) `myhostname`, `mydomain`, `inet_interfaces`, `mynetworks_style`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::configuration::Configuration;
use crate::split;

/// What a program can find out about the machine it runs on.
pub trait Host {
    /// The machine's own name, with or without a domain.
    fn hostname(&self) -> String;
    /// The addresses of all network interfaces that are up, with the length of their network prefix.
    fn interfaces(&self) -> Vec<Network>;
    /// The addresses of a host named in `inet_interfaces`.
    fn addresses_of(&self, name: &str) -> Vec<IpAddr>;
}

/// An address with the number of leading bits that make its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address.
    pub address: IpAddr,
    /// The length of the network part.
    pub prefix: u8,
}

/// A host with a name and loopback addresses only, for tests and for reading a configuration of another host.
#[derive(Clone, Copy, Debug)]
pub struct NoHost;

impl Host for NoHost {
    fn hostname(&self) -> String {
        "localhost.localdomain".to_owned()
    }

    fn interfaces(&self) -> Vec<Network> {
        vec![
            Network {
                address: IpAddr::V4(Ipv4Addr::LOCALHOST),
                prefix: 8,
            },
            Network {
                address: IpAddr::V6(Ipv6Addr::LOCALHOST),
                prefix: 128,
            },
        ]
    }

    fn addresses_of(&self, _name: &str) -> Vec<IpAddr> {
        Vec::new()
    }
}

/// Which IP versions `inet_protocols` allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocols {
    /// IP version 4.
    pub ipv4: bool,
    /// IP version 6.
    pub ipv6: bool,
}

impl Protocols {
    /// Reads `inet_protocols`; an unknown word allows nothing.
    pub fn parse(text: &str) -> Self {
        let mut protocols = Self {
            ipv4: false,
            ipv6: false,
        };
        for word in split::list(text) {
            protocols.ipv4 |= word.eq_ignore_ascii_case("ipv4") || word.eq_ignore_ascii_case("all");
            protocols.ipv6 |= word.eq_ignore_ascii_case("ipv6") || word.eq_ignore_ascii_case("all");
        }
        protocols
    }

    /// Says whether an address is of an allowed version.
    pub fn allow(self, address: IpAddr) -> bool {
        if address.is_ipv4() { self.ipv4 } else { self.ipv6 }
    }
}

/// The addresses this mail system receives on (`inet_interfaces`), each with its network.
pub fn own_networks(configuration: &Configuration) -> Vec<Network> {
    let text = |name| configuration.expanded(name).ok().flatten().unwrap_or_default();
    let protocols = Protocols::parse(&text("inet_protocols"));
    let interfaces = configuration.host().interfaces();
    let mut networks: Vec<Network> = Vec::new();
    let mut add = |network: Network| {
        if protocols.allow(network.address) && !networks.iter().any(|n| n.address == network.address) {
            networks.push(network);
        }
    };
    for word in split::list(&text("inet_interfaces")) {
        if word.eq_ignore_ascii_case("all") {
            interfaces.iter().copied().for_each(&mut add);
        } else if word.eq_ignore_ascii_case("loopback-only") {
            interfaces
                .iter()
                .copied()
                .filter(|n| n.address.is_loopback())
                .for_each(&mut add);
        } else {
            let bare = word.trim_start_matches('[').trim_end_matches(']');
            let addresses = bare.parse().map_or_else(
                |_| configuration.host().addresses_of(bare),
                |address| vec![address],
            );
            for address in addresses {
                let known = interfaces.iter().copied().find(|n| n.address == address);
                add(known.unwrap_or(Network {
                    address,
                    prefix: full_prefix(address),
                }));
            }
        }
    }
    networks
}

/// The addresses this mail system receives on, and those that a proxy or NAT in front of it has
/// (`inet_interfaces`, `proxy_interfaces`).
pub fn own_addresses(configuration: &Configuration) -> Vec<IpAddr> {
    let mut addresses: Vec<_> = own_networks(configuration)
        .into_iter()
        .map(|network| network.address)
        .collect();
    let proxies = configuration
        .expanded("proxy_interfaces")
        .ok()
        .flatten()
        .unwrap_or_default();
    for word in split::list(&proxies) {
        match word.trim_start_matches('[').trim_end_matches(']').parse() {
            Ok(address) => addresses.push(address),
            Err(_) => addresses.extend(configuration.host().addresses_of(word)),
        }
    }
    addresses
}

pub(crate) fn myhostname(configuration: &Configuration) -> String {
    let name = configuration.host().hostname();
    if name.contains('.') {
        return name;
    }
    // Looking at mydomain's own default would come back here.
    let domain = if configuration.is_set("mydomain") {
        configuration.expanded("mydomain")
    } else {
        Ok(None)
    };
    format!(
        "{name}.{}",
        domain.ok().flatten().unwrap_or_else(|| NO_DOMAIN.to_owned())
    )
}

pub(crate) fn mydomain(configuration: &Configuration) -> String {
    let name = configuration
        .expanded("myhostname")
        .ok()
        .flatten()
        .unwrap_or_default();
    name.split_once('.')
        .map_or(NO_DOMAIN, |(_, domain)| domain)
        .to_owned()
}

pub(crate) fn mynetworks(configuration: &Configuration) -> String {
    let style = configuration
        .expanded("mynetworks_style")
        .ok()
        .flatten()
        .unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for network in own_networks(configuration) {
        let text = match network.address {
            IpAddr::V4(address) => {
                let prefix = match style.as_str() {
                    "host" => 32,
                    "class" => class_prefix(address),
                    _ => network.prefix,
                };
                format!("{}/{prefix}", Ipv4Addr::from(u32::from(address) & mask32(prefix)))
            }
            IpAddr::V6(address) => {
                let prefix = if style == "host" { 128 } else { network.prefix };
                format!(
                    "[{}]/{prefix}",
                    Ipv6Addr::from(u128::from(address) & mask128(prefix))
                )
            }
        };
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found.join(" ")
}

fn class_prefix(address: Ipv4Addr) -> u8 {
    match address.octets() {
        [0..=127, ..] => 8,
        [128..=191, ..] => 16,
        [192..=223, ..] => 24,
        _ => 32,
    }
}

fn full_prefix(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn mask32(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0)
}

fn mask128(prefix: u8) -> u128 {
    u128::MAX
        .checked_shl(128 - u32::from(prefix.min(128)))
        .unwrap_or(0)
}

pub(crate) const NO_DOMAIN: &str = "localdomain";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::main_cf::MainCf;
    use std::rc::Rc;

    struct Sample;

    impl Host for Sample {
        fn hostname(&self) -> String {
            "mx".to_owned()
        }

        fn interfaces(&self) -> Vec<Network> {
            let mut all = NoHost.interfaces();
            all.push(Network {
                address: "192.0.2.130".parse().unwrap(),
                prefix: 25,
            });
            all.push(Network {
                address: "2001:db8::7".parse().unwrap(),
                prefix: 64,
            });
            all
        }

        fn addresses_of(&self, _name: &str) -> Vec<IpAddr> {
            vec!["192.0.2.130".parse().unwrap()]
        }
    }

    fn expanded(text: &str, name: &str) -> String {
        let configuration = Configuration::new(MainCf::parse("main.cf", text).unwrap(), Rc::new(Sample));
        configuration.expanded(name).unwrap().unwrap()
    }

    #[test]
    fn values_that_ask_for_each_other_s_defaults_come_to_an_end() {
        assert_eq!(expanded("myhostname = x$mydomain", "myhostname"), "xlocaldomain");
        assert_eq!(expanded("myhostname = x$mydomain", "mydomain"), "localdomain");
        assert_eq!(expanded("mydomain = dom.$myhostname", "mydomain"), "dom.mx.dom.");
        assert_eq!(expanded("inet_interfaces = $mynetworks", "mynetworks"), "");
    }

    #[test]
    fn a_name_without_domain_gets_one_and_the_domain_follows_the_name() {
        assert_eq!(expanded("", "myhostname"), "mx.localdomain");
        assert_eq!(expanded("mydomain=example.org", "myhostname"), "mx.example.org");
        assert_eq!(expanded("myhostname=a.b.c", "mydomain"), "b.c");
        assert_eq!(
            expanded("", "mydestination"),
            "mx.localdomain, localhost.localdomain, localhost"
        );
    }

    #[test]
    fn trusted_networks_follow_the_style() {
        let table = [
            (
                "mynetworks_style=host",
                "127.0.0.1/32 [::1]/128 192.0.2.130/32 [2001:db8::7]/128",
            ),
            (
                "mynetworks_style=subnet",
                "127.0.0.0/8 [::1]/128 192.0.2.128/25 [2001:db8::]/64",
            ),
            (
                "mynetworks_style=class\ninet_protocols=ipv4",
                "127.0.0.0/8 192.0.2.0/24",
            ),
            (
                "inet_interfaces=loopback-only\nmynetworks_style=subnet",
                "127.0.0.0/8 [::1]/128",
            ),
            ("mynetworks_style=host\ninet_interfaces=mx", "192.0.2.130/32"),
        ];
        for (text, wanted) in table {
            assert_eq!(expanded(text, "mynetworks"), wanted, "{text}");
        }
    }
}
