//! A stub resolver: asks the host's name servers and says found, absent, or could not tell.
//!
//! The message codec is the `domain` crate; the transport and the rules of resolv.conf(5) are ours. Queries carry AD
//! and EDNS, so a *local* validating resolver's word on DNSSEC arrives, as postconf(5) `smtp_dns_support_level` needs.
//! It keeps no cache: that is the name server's task.
//!
//! Follows RFC 1035, RFC 2308 (negative answers), RFC 6891 (EDNS), RFC 7505 (null MX) and resolv.conf(5).

mod answer;
mod hosts;
mod message;
mod numbers;
mod observer;
mod peer_name;
mod settings;
#[cfg(test)]
mod tests;
mod transport;

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use answer::{Absence, Absent, Answer, Found, Mx, RecordType, Service, Tlsa, Trouble};
pub use hosts::Hosts;
pub use observer::{Observer, Outcome};
pub use peer_name::{NameStatus, PeerName};
pub use settings::Settings;

use message::{Record, Step};

/// Asks the name servers of one [`Settings`]; keep one for the life of the process.
#[derive(Debug)]
pub struct Resolver {
    settings: Settings,
    hosts: Hosts,
    /// Which server the next query begins with (`options rotate`).
    turn: Cell<usize>,
    observer: Option<Observer>,
}

/// How many aliases are followed from one name (RFC 1034 §3.6.2 wants none; ten is what Postfix bears).
const ALIASES: usize = 10;

impl Resolver {
    /// A resolver with these settings and without a hosts file.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            hosts: Hosts::default(),
            turn: Cell::new(0),
            observer: None,
        }
    }

    /// A resolver that also knows a hosts file, for the `native` lookups.
    #[must_use]
    pub fn with_hosts(settings: Settings, hosts: Hosts) -> Self {
        Self {
            settings,
            hosts,
            turn: Cell::new(0),
            observer: None,
        }
    }

    /// A resolver as `/etc/resolv.conf` and `/etc/hosts` say. Read before a change of root directory.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::with_hosts(Settings::of_this_host(), Hosts::of_this_host())
    }

    /// The settings in use.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Mail exchangers of a domain, in the order of the answer. A null MX (RFC 7505) is [`Absence::NullMx`].
    pub async fn mx(&self, domain: &str) -> Answer<Mx> {
        self.lookup(domain).await
    }

    /// IPv4 addresses of a host.
    pub async fn ipv4(&self, host: &str) -> Answer<Ipv4Addr> {
        self.lookup(host).await
    }

    /// IPv6 addresses of a host.
    pub async fn ipv6(&self, host: &str) -> Answer<Ipv6Addr> {
        self.lookup(host).await
    }

    /// Names of an address, from the reverse tree alone.
    pub async fn pointer(&self, address: IpAddr) -> Answer<String> {
        self.lookup::<message::Pointer>(&message::reverse_name(address))
            .await
            .map(|pointer| pointer.0)
    }

    /// Texts of a name; the strings of one record are joined.
    pub async fn text(&self, name: &str) -> Answer<Vec<u8>> {
        self.lookup::<message::Text>(name).await.map(|text| text.0)
    }

    /// TLSA records of a name such as `_25._tcp.mail.example.com`.
    pub async fn tlsa(&self, name: &str) -> Answer<Tlsa> {
        self.lookup(name).await
    }

    /// Name servers of a domain.
    pub async fn name_servers(&self, domain: &str) -> Answer<String> {
        self.lookup::<message::NameServer>(domain)
            .await
            .map(|server| server.0)
    }

    /// Service records (RFC 2782) of a name such as `_submission._tcp.example.com`, in the order of the answer.
    pub async fn service(&self, name: &str) -> Answer<Service> {
        self.lookup(name).await
    }

    /// Addresses of a host from the hosts file, or else from the DNS, of the families asked for (`smtp_host_lookup =
    /// native`).
    pub async fn native_addresses(&self, host: &str, ipv4: bool, ipv6: bool) -> Answer<IpAddr> {
        let numbers = numbers::address(host).map(IpAddr::V4);
        let known: Vec<IpAddr> = numbers
            .into_iter()
            .chain(self.hosts.addresses(host))
            .filter(|address| if address.is_ipv4() { ipv4 } else { ipv6 })
            .collect();
        if !known.is_empty() {
            self.tell_hosts(host, &known);
            return Answer::Found(Found {
                records: known,
                name: host.to_owned(),
                ttl: 0,
                authenticated: false,
            });
        }
        self.addresses(host, ipv4, ipv6).await
    }

    /// IPv6 and IPv4 addresses of a host. When one family gave addresses, trouble with the other is overlooked;
    /// otherwise trouble outweighs absence.
    /// A host that is an address itself has that one, as where an MX record names an address.
    pub async fn addresses(&self, host: &str, ipv4: bool, ipv6: bool) -> Answer<IpAddr> {
        if let Some(address) = mail::domain::parse_address(host)
            && (if address.is_ipv4() { ipv4 } else { ipv6 })
        {
            return Answer::Found(Found {
                records: vec![address],
                name: host.to_owned(),
                ttl: 0,
                authenticated: false,
            });
        }
        let six = if ipv6 {
            Some(self.ipv6(host).await.map(IpAddr::V6))
        } else {
            None
        };
        // A name that does not exist has no addresses of any family.
        if let Some(Answer::Absent(absent)) = &six
            && absent.why == Absence::NoName
        {
            return Answer::Absent(absent.clone());
        }
        let four = if ipv4 {
            Some(self.ipv4(host).await.map(IpAddr::V4))
        } else {
            None
        };
        match (six, four) {
            (Some(Answer::Found(mut six)), Some(Answer::Found(four))) => {
                six.records.extend(four.records);
                six.ttl = six.ttl.min(four.ttl);
                six.authenticated &= four.authenticated;
                Answer::Found(six)
            }
            (Some(found @ Answer::Found(_)), _) | (_, Some(found @ Answer::Found(_))) => found,
            (Some(trouble @ Answer::CouldNotTell(_)), _) | (_, Some(trouble)) | (Some(trouble), None) => {
                trouble
            }
            (None, None) => Answer::Absent(Absent {
                why: Absence::NoData,
                ttl: None,
                authenticated: false,
            }),
        }
    }

    async fn lookup<T: Record>(&self, name: &str) -> Answer<T> {
        let answer = self.search(name).await;
        self.tell(name, &answer);
        answer
    }

    async fn search<T: Record>(&self, name: &str) -> Answer<T> {
        if !message::is_queryable(name) {
            return Answer::Absent(Absent {
                why: Absence::InvalidName,
                ttl: None,
                authenticated: false,
            });
        }
        let candidates = self.settings.candidates(name);
        let mut last = None;
        for candidate in candidates {
            match self.lookup_exactly(&candidate).await {
                // Of several absent answers the one for the name as given counts, and "no data" above "no name".
                Answer::Absent(absent) if matches!(absent.why, Absence::NoName | Absence::NoData) => {
                    let better = match &last {
                        None => true,
                        Some(Answer::Absent(before)) => before.why == Absence::NoName,
                        Some(_) => false,
                    };
                    if better {
                        last = Some(Answer::Absent(absent));
                    }
                }
                other => return other,
            }
        }
        last.unwrap_or(Answer::CouldNotTell(Trouble::Malformed))
    }

    async fn lookup_exactly<T: Record>(&self, name: &str) -> Answer<T> {
        let mut name = name.to_owned();
        let mut authenticated = true;
        let mut ttl = u32::MAX;
        let mut aliases = 0;
        loop {
            let reply = match transport::exchange(&self.settings, &self.turn, &name, T::TYPE).await {
                Ok(reply) => reply,
                Err(trouble) => return Answer::CouldNotTell(trouble),
            };
            match message::read::<T>(&reply, &name, ALIASES - aliases) {
                Ok((step, facts)) => {
                    authenticated &= facts.authenticated;
                    ttl = ttl.min(facts.ttl);
                    match step {
                        Step::Found(records, owner) => {
                            return Answer::Found(Found {
                                records,
                                name: owner,
                                ttl,
                                authenticated,
                            });
                        }
                        Step::Absent(why) => {
                            return Answer::Absent(Absent {
                                why,
                                ttl: facts.negative_ttl,
                                authenticated,
                            });
                        }
                        // The server told an alias and not what stands there: ask for that.
                        Step::Alias(target, count) if aliases + count < ALIASES => {
                            aliases += count;
                            name = target;
                        }
                        Step::Alias(..) => return Answer::CouldNotTell(Trouble::AliasLoop),
                    }
                }
                Err(trouble) => return Answer::CouldNotTell(trouble),
            }
        }
    }
}

/// Reads octets as an answer of each kind, and forgets what they say: they come from the network, and no octets may do
/// more than be refused.
pub fn read_any(octets: &[u8]) {
    let _ = message::judge(octets, 0, "example.com", RecordType::Mx);
    let _ = message::read::<Mx>(octets, "example.com", ALIASES);
    let _ = message::read::<Ipv4Addr>(octets, "example.com", ALIASES);
    let _ = message::read::<Ipv6Addr>(octets, "example.com", ALIASES);
    let _ = message::read::<Service>(octets, "example.com", ALIASES);
    let _ = message::read::<Tlsa>(octets, "example.com", ALIASES);
}
