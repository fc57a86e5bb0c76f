//! Which name servers to ask, and how: the rules of resolv.conf(5).

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::Path;
use std::time::Duration;

/// How the resolver asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Name servers in the order of asking; never empty.
    pub servers: Vec<SocketAddr>,
    /// How long one server may take the first time; later rounds share out more.
    pub timeout: Duration,
    /// How many times the list of servers is gone through.
    pub attempts: u32,
    /// Begin with another server each time.
    pub rotate: bool,
    /// Ask by TCP only.
    pub use_tcp: bool,
    /// Domains to append; used only as the two switches below allow.
    pub search: Vec<String>,
    /// Names with fewer dots are tried with the search list first.
    pub ndots: usize,
    /// Append the first search domain to a name without dots (`res_defnames`).
    pub append_domain: bool,
    /// Go through the search list (`res_dnsrch`).
    pub search_domains: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            servers: vec![SocketAddr::from(([127, 0, 0, 1], PORT))],
            timeout: Duration::from_secs(5),
            attempts: 2,
            rotate: false,
            use_tcp: false,
            search: Vec::new(),
            ndots: 1,
            append_domain: false,
            search_domains: false,
        }
    }
}

const PORT: u16 = 53;
/// Limits of resolv.conf(5).
const SERVERS: usize = 3;
const SEARCH_DOMAINS: usize = 6;
/// Octets read of a resolver configuration; what stands behind is ignored.
const FILE_OCTETS: usize = 64 << 10;

impl Settings {
    /// As `/etc/resolv.conf` says; a file that cannot be read means the server on this host.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::from_file(Path::new("/etc/resolv.conf"))
    }

    /// As the named file says; one that cannot be read means the server on this host.
    #[must_use]
    pub fn from_file(path: &Path) -> Self {
        let octets = std::fs::read(path).unwrap_or_default();
        let octets = octets.get(..FILE_OCTETS).unwrap_or(&octets);
        Self::parse(&String::from_utf8_lossy(octets))
    }

    /// Reads the text of a resolver configuration; what makes no sense in it is passed over, as the C library does.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut settings = Self {
            servers: Vec::new(),
            ..Self::default()
        };
        for line in text.lines() {
            if line.starts_with(['#', ';']) {
                continue;
            }
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("nameserver") if settings.servers.len() < SERVERS => {
                    settings.servers.extend(words.next().and_then(server_address));
                }
                Some("domain") => {
                    settings.search = words.next().into_iter().map(without_dot).collect();
                }
                Some("search") => {
                    settings.search = words.take(SEARCH_DOMAINS).map(without_dot).collect();
                }
                Some("options") => words.for_each(|option| settings.set_option(option)),
                _ => {}
            }
        }
        if settings.servers.is_empty() {
            settings.servers = Self::default().servers;
        }
        settings
    }

    /// The same settings with other servers (`address`, `address:port` or `[address]:port`); an empty list
    /// changes nothing.
    ///
    /// # Errors
    /// The word that is no address.
    pub fn with_servers<'a>(mut self, servers: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut given = Vec::new();
        for word in servers {
            given.push(parse_server(word).ok_or_else(|| word.to_owned())?);
        }
        if !given.is_empty() {
            self.servers = given;
        }
        Ok(self)
    }

    fn set_option(&mut self, option: &str) {
        let (name, value) = option.split_once(':').unwrap_or((option, ""));
        match (name, value.parse::<u32>()) {
            ("timeout", Ok(seconds)) => self.timeout = Duration::from_secs(seconds.clamp(1, 30).into()),
            ("attempts", Ok(count)) => self.attempts = count.clamp(1, 5),
            ("ndots", Ok(count)) => self.ndots = count.min(15) as usize,
            ("rotate", _) => self.rotate = true,
            ("use-vc" | "usevc", _) => self.use_tcp = true,
            // edns0 and trust-ad are how this resolver always works; the others are about the C library.
            _ => {}
        }
    }

    /// The full names to try for `name`, in order.
    pub(crate) fn candidates(&self, name: &str) -> Vec<String> {
        if let Some(absolute) = name.strip_suffix('.') {
            return vec![absolute.to_owned()];
        }
        let dots = name.bytes().filter(|&octet| octet == b'.').count();
        let as_given = name.to_owned();
        if self.search_domains && !self.search.is_empty() {
            let appended = self.search.iter().map(|domain| format!("{name}.{domain}"));
            return if dots >= self.ndots {
                std::iter::once(as_given).chain(appended).collect()
            } else {
                appended.chain(std::iter::once(as_given.clone())).collect()
            };
        }
        match self.search.first() {
            Some(domain) if self.append_domain && dots == 0 => vec![format!("{name}.{domain}"), as_given],
            _ => vec![as_given],
        }
    }

    /// How long a server may take in round `round` (from 0): each later round doubles the whole, shared by all servers.
    pub(crate) fn patience(&self, round: u32) -> Duration {
        if round == 0 {
            return self.timeout;
        }
        let servers = u32::try_from(self.servers.len()).unwrap_or(1).max(1);
        (self.timeout * (1 << round.min(8)) / servers).max(Duration::from_secs(1))
    }
}

fn without_dot(domain: &str) -> String {
    domain.strip_suffix('.').unwrap_or(domain).to_owned()
}

/// An address of resolv.conf(5), with an interface (`%eth0` or `%2`) after a link-local one.
fn server_address(word: &str) -> Option<SocketAddr> {
    let Some((address, interface)) = word.split_once('%') else {
        return word
            .parse::<IpAddr>()
            .ok()
            .map(|address| SocketAddr::new(address, PORT));
    };
    let address: Ipv6Addr = address.parse().ok()?;
    let scope = interface.parse().ok().or_else(|| {
        let known = sys::network::interface_addresses().ok()?;
        known
            .into_iter()
            .find(|entry| entry.interface == interface && entry.scope != 0)
            .map(|entry| entry.scope)
    })?;
    Some(SocketAddrV6::new(address, PORT, 0, scope).into())
}

fn parse_server(word: &str) -> Option<SocketAddr> {
    if let Ok(both) = word.parse::<SocketAddr>() {
        return Some(both);
    }
    let address = word
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(word);
    address
        .parse::<IpAddr>()
        .ok()
        .map(|address| SocketAddr::new(address, PORT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_search_list_and_options_are_read() {
        let settings = Settings::parse(
            "# comment\nnameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver junk\n\
             search example.com. example.net\noptions timeout:3 attempts:4 rotate use-vc ndots:2 edns0\n",
        );
        assert_eq!(
            settings.servers,
            [
                "192.0.2.1:53".parse().unwrap(),
                "[2001:db8::1]:53".parse().unwrap()
            ]
        );
        assert_eq!(settings.search, ["example.com", "example.net"]);
        assert_eq!(
            (settings.timeout, settings.attempts, settings.ndots),
            (Duration::from_secs(3), 4, 2)
        );
        assert!(settings.rotate && settings.use_tcp);
    }

    #[test]
    fn an_empty_file_means_the_server_on_this_host() {
        assert_eq!(Settings::parse(""), Settings::default());
    }

    #[test]
    fn absurd_option_values_are_held_within_limits() {
        let settings = Settings::parse("options timeout:0 attempts:99 ndots:77");
        assert_eq!(
            (settings.timeout, settings.attempts, settings.ndots),
            (Duration::from_secs(1), 5, 15)
        );
    }

    #[test]
    fn other_servers_take_the_place_of_the_file() {
        let settings = Settings::default()
            .with_servers(["127.0.0.1:5353", "[::1]:54", "192.0.2.7"])
            .unwrap();
        let texts: Vec<String> = settings.servers.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["127.0.0.1:5353", "[::1]:54", "192.0.2.7:53"]);
        assert_eq!(
            Settings::default().with_servers(["nonsense"]),
            Err("nonsense".to_owned())
        );
    }

    #[test]
    fn the_search_list_is_used_only_when_allowed() {
        let mut settings = Settings::parse("search example.com");
        assert_eq!(settings.candidates("mail"), ["mail"]);
        settings.append_domain = true;
        assert_eq!(settings.candidates("mail"), ["mail.example.com", "mail"]);
        settings.search_domains = true;
        assert_eq!(settings.candidates("a.b"), ["a.b", "a.b.example.com"]);
        assert_eq!(settings.candidates("a.b."), ["a.b"]);
    }
}
