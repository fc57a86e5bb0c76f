//! From the name of a TCP service to its port: `known_tcp_ports`, then the system's list.

use config::catalogue::KNOWN_TCP_PORTS;
use config::{Configuration, ParameterError};

/// The port that a number or a service name stands for; `None` if nobody knows the name.
///
/// # Errors
/// `known_tcp_ports` has a wrong value.
pub fn tcp_port(configuration: &Configuration, name: &str) -> Result<Option<u16>, ParameterError> {
    if let Ok(port) = name.parse::<u16>() {
        return Ok((port > 0).then_some(port));
    }
    let known: Vec<String> = configuration.get(KNOWN_TCP_PORTS)?;
    let listed = known.iter().find_map(|entry| {
        // `smtps=submissions=465`: any number of names, then the port.
        let (names, port) = entry.rsplit_once('=')?;
        names
            .split('=')
            .any(|known| known == name)
            .then(|| port.parse::<u16>().ok())?
    });
    Ok(listed.or_else(|| {
        std::fs::read_to_string(SERVICES)
            .ok()
            .and_then(|text| port_in(&text, name))
    }))
}

fn port_in(services: &str, name: &str) -> Option<u16> {
    services.lines().find_map(|line| {
        let line = line.split('#').next()?;
        let mut words = line.split_ascii_whitespace();
        let official = words.next()?;
        let port = words.next()?.strip_suffix("/tcp")?;
        (official == name || words.any(|alias| alias == name)).then(|| port.parse().ok())?
    })
}

const SERVICES: &str = "/etc/services";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_known_names_and_listed_names_become_ports() {
        let configuration = Configuration::parse("").unwrap();
        assert_eq!(tcp_port(&configuration, "10025"), Ok(Some(10025)));
        assert_eq!(tcp_port(&configuration, "submissions"), Ok(Some(465)));
        assert_eq!(tcp_port(&configuration, "no-such-service"), Ok(None));
        assert_eq!(tcp_port(&configuration, "0"), Ok(None));

        let services = "domain 53/udp\n# x\ndomain\t53/tcp dns # y\n";
        assert_eq!(port_in(services, "dns"), Some(53));
        assert_eq!(port_in(services, "y"), None);
    }
}
