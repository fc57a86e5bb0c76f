//! This machine, as the defaults of `myhostname`, `mynetworks` and their like see it.

use std::net::{IpAddr, ToSocketAddrs};

use config::host::{Host, Network};

/// The machine the program runs on, asked each time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Host for Machine {
    fn hostname(&self) -> String {
        // Without a name of its own the machine is still reachable by the one every machine has.
        sys::network::host_name()
            .ok()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "localhost".to_owned())
    }

    fn interfaces(&self) -> Vec<Network> {
        let addresses = sys::network::interface_addresses().unwrap_or_default();
        addresses
            .into_iter()
            .map(|found| Network {
                address: found.address,
                prefix: found.prefix_bits,
            })
            .collect()
    }

    fn addresses_of(&self, name: &str) -> Vec<IpAddr> {
        (name, 0)
            .to_socket_addrs()
            .map(|found| found.map(|address| address.ip()).collect())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_a_name_and_a_loopback_address() {
        assert!(!Machine.hostname().is_empty());
        assert!(
            Machine
                .interfaces()
                .iter()
                .any(|network| network.address.is_loopback())
        );
        assert_eq!(Machine.addresses_of("127.0.0.1"), [IpAddr::from([127, 0, 0, 1])]);
    }
}
