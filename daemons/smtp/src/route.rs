//! From a destination to the servers to try, in order.
//!
//! Mail exchangers, service records or plain host addresses, the order among equals, and the finding that we are
//! ourselves among them. Follows RFC 5321 §5.1, RFC 7505 and the choices of smtp(8); sessions are not its business.

use std::net::IpAddr;

use dns::{Absence, Absent, Answer, RecordType, Resolver, Service};

use crate::destination::Destination;
use crate::dns_filter::{DnsFilter, Lookup};
use crate::failure::{Failure, status};
use crate::log;

/// A server to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    /// Its name.
    pub(crate) host: String,
    /// Its address.
    pub(crate) address: IpAddr,
    /// Its TCP port.
    pub(crate) port: u16,
    /// The lower, the better.
    pub(crate) preference: u32,
}

/// What came of a destination.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    /// The servers, best first.
    pub(crate) servers: Vec<Server>,
    /// Why there are none.
    pub(crate) failure: Option<Failure>,
    /// We are among the exchangers: no other destination shall be tried.
    pub(crate) found_self: bool,
}

/// Which family comes first among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    Any,
    Ipv4,
    Ipv6,
}

/// Finds the servers of destinations.
#[derive(Debug)]
pub(crate) struct Router {
    pub(crate) resolver: Resolver,
    /// Addresses that are ours, or of a proxy in front of us.
    pub(crate) own_addresses: Vec<IpAddr>,
    pub(crate) ipv4: bool,
    pub(crate) ipv6: bool,
    /// Ask the DNS for hosts (`smtp_host_lookup`).
    pub(crate) by_dns: bool,
    /// Ask hosts file and DNS (`smtp_host_lookup = native`).
    pub(crate) by_native: bool,
    /// No MX and SRV lookups at all (`disable_dns_lookups`).
    pub(crate) dns_disabled: bool,
    pub(crate) ignore_mx_error: bool,
    pub(crate) ignore_srv_error: bool,
    pub(crate) srv_fallback: bool,
    /// Services for which SRV records are asked for (`use_srv_lookup`).
    pub(crate) srv_services: Vec<String>,
    pub(crate) defer_if_no_mx_address: bool,
    pub(crate) randomize: bool,
    pub(crate) preference: Preference,
    /// Addresses tried at most, 0 for all; used to keep both families in.
    pub(crate) address_limit: usize,
    pub(crate) balance: bool,
    /// Records that are to be ignored.
    pub(crate) filter: DnsFilter,
}

/// Addresses kept of one destination.
const ADDRESSES: usize = 100;

/// The failure so far: soft ones dominate, because what is not known may still be there.
#[derive(Default)]
struct Why(Option<Failure>);

impl Why {
    fn set(&mut self, failure: Failure) {
        let was_soft = self.0.as_ref().is_some_and(Failure::is_soft);
        self.0 = Some(if was_soft { failure.with_class(4) } else { failure });
    }
}

impl Router {
    /// Finds the servers of `destination`. `exchangers` asks for MX records, `loops` for a look whether we are one.
    pub(crate) async fn find(&self, destination: &Destination, exchangers: bool, loops: bool) -> Route {
        if !self.ipv4 && !self.ipv6 {
            return Route::none(Failure::ours(
                status(4, 4, 4),
                "all network protocols are disabled",
            ));
        }
        let name = match mail::domain::to_ascii(&destination.host) {
            Ok(ascii) => ascii.into_owned(),
            Err(_) => destination.host.clone(),
        };
        let plain = destination.bracketed || self.dns_disabled;
        let asked = Asked {
            name: &name,
            shown: &destination.host,
            port: destination.port,
            loops,
        };
        if !plain && self.srv_services.contains(&destination.service) {
            self.by_service(&asked, &destination.service, exchangers).await
        } else if exchangers && !plain {
            self.by_exchanger(&asked).await
        } else {
            self.by_host(&asked).await
        }
    }

    async fn by_exchanger(&self, asked: &Asked<'_>) -> Route {
        let answer = self.resolver.mx(asked.name).await;
        let reason = answer.reason(asked.name, RecordType::Mx);
        let (code, hosts_too) = match answer {
            Answer::Found(found) => {
                let lookup = Lookup {
                    name: asked.name,
                    owner: &found.name,
                    kind: "MX",
                    ttl: found.ttl,
                };
                let show = |mx: &dns::Mx| ("MX".to_owned(), format!("{} {}.", mx.preference, mx.host));
                let mut records = match self.filter.pass(&lookup, found.records, show).await {
                    Ok(records) => records,
                    Err(failure) => return Route::none(failure),
                };
                records.sort_by_key(|exchanger| exchanger.preference);
                let hosts = records
                    .into_iter()
                    .map(|mx| (mx.host, u32::from(mx.preference), asked.port));
                return self.of_hosts(asked, hosts.collect(), asked.shown, true).await;
            }
            Answer::Absent(Absent {
                why: Absence::NoName | Absence::NoData,
                ..
            }) => {
                return self.by_host(asked).await;
            }
            Answer::Absent(Absent {
                why: Absence::NullMx, ..
            }) => (status(5, 1, 0), false),
            Answer::Absent(Absent {
                why: Absence::InvalidName,
                ..
            }) => (status(5, 4, 4), true),
            Answer::CouldNotTell(trouble) if trouble.is_permanent() => (status(5, 4, 3), true),
            Answer::CouldNotTell(_) => (status(4, 4, 3), true),
        };
        if hosts_too && self.ignore_mx_error {
            return self.by_host(asked).await;
        }
        Route::none(Failure::ours(code, reason))
    }

    async fn by_service(&self, asked: &Asked<'_>, service: &str, exchangers: bool) -> Route {
        let name = format!("_{service}._tcp.{}", asked.name);
        let answer = self.resolver.service(&name).await;
        let reason = match &answer {
            // The root as a host says that there is no such service (RFC 2782).
            Answer::Absent(Absent {
                why: Absence::NullMx, ..
            }) => {
                format!("Domain {name} does not support SRV requests")
            }
            other => other.reason(&name, RecordType::Srv),
        };
        let (code, fallback) = match answer {
            Answer::Found(found) => {
                let hosts = by_weight(found.records).into_iter();
                let hosts = hosts.map(|service| (service.host, u32::from(service.priority), service.port));
                return self.of_hosts(asked, hosts.collect(), &name, false).await;
            }
            Answer::Absent(Absent {
                why: Absence::NullMx, ..
            }) => (status(5, 1, 0), self.srv_fallback),
            Answer::Absent(Absent {
                why: Absence::InvalidName,
                ..
            }) => (status(5, 4, 4), self.srv_fallback || self.ignore_srv_error),
            Answer::Absent(_) => (status(5, 4, 4), self.srv_fallback),
            Answer::CouldNotTell(trouble) => {
                let class = if trouble.is_permanent() { 5 } else { 4 };
                (status(class, 4, 3), self.srv_fallback || self.ignore_srv_error)
            }
        };
        if !fallback {
            return Route::none(Failure::ours(code, reason));
        }
        log::srv_skipped(&name, &reason);
        if exchangers {
            self.by_exchanger(asked).await
        } else {
            self.by_host(asked).await
        }
    }

    async fn by_host(&self, asked: &Asked<'_>) -> Route {
        let (mut why, mut servers) = (Why::default(), Vec::new());
        self.add_host(asked.name, 0, asked.port, &mut servers, &mut why)
            .await;
        if asked.loops && servers.iter().any(|server| self.is_self(server)) {
            let reason = format!("mail for {} loops back to myself", asked.shown);
            return Route::none(Failure::ours(status(5, 4, 6), reason));
        }
        self.arrange(&mut servers, true);
        Route {
            failure: if servers.is_empty() { why.0 } else { None },
            servers,
            found_self: false,
        }
    }

    /// The servers of hosts that are sorted by preference already.
    async fn of_hosts(
        &self,
        asked: &Asked<'_>,
        hosts: Vec<(String, u32, u16)>,
        shown: &str,
        mx: bool,
    ) -> Route {
        let best = hosts.first().map(|host| host.1);
        let (mut why, mut servers) = (Why::default(), Vec::new());
        for (host, preference, port) in hosts {
            if servers.len() >= ADDRESSES {
                break;
            }
            self.add_host(&host, preference, port, &mut servers, &mut why)
                .await;
        }
        if servers.is_empty() {
            if mx {
                log::no_mx_address(asked.shown);
            } else {
                log::no_srv_address(shown);
            }
            let failure = why
                .0
                .unwrap_or_else(|| Failure::ours(status(4, 4, 4), format!("{shown}: host not found")));
            let soften = mx && self.defer_if_no_mx_address;
            return Route::none(if soften { failure.with_class(4) } else { failure });
        }
        let best_found = servers.first().map(|server| server.preference);
        let mut found_self = false;
        if asked.loops
            && let Some(own) = servers.iter().find(|server| self.is_self(server))
        {
            // Only exchangers better than ourselves may have it: the others would send it back.
            found_self = true;
            let limit = own.preference;
            servers.retain(|server| server.preference < limit);
            if servers.is_empty() {
                let failure = if best == best_found {
                    Failure::ours(status(5, 4, 6), format!("mail for {shown} loops back to myself"))
                } else {
                    Failure::ours(
                        status(4, 4, 4),
                        format!("unable to find primary relay for {shown}"),
                    )
                };
                return Route {
                    servers,
                    failure: Some(failure),
                    found_self,
                };
            }
        }
        self.arrange(&mut servers, mx);
        Route {
            servers,
            failure: None,
            found_self,
        }
    }

    /// Orders servers by preference, equals at random and by family.
    fn arrange(&self, servers: &mut Vec<Server>, reorder: bool) {
        if reorder && servers.len() > 1 {
            if self.randomize {
                shuffle(servers);
            }
            servers.sort_by_key(|server| (server.preference, self.family_rank(server.address)));
        }
        if self.balance && self.address_limit > 0 {
            balance(servers, self.address_limit.min(ADDRESSES));
        }
    }

    fn family_rank(&self, address: IpAddr) -> u8 {
        match self.preference {
            Preference::Any => 0,
            Preference::Ipv4 => u8::from(address.is_ipv6()),
            Preference::Ipv6 => u8::from(address.is_ipv4()),
        }
    }

    fn is_self(&self, server: &Server) -> bool {
        self.own_addresses.contains(&server.address)
    }

    /// The addresses that are not to be ignored.
    async fn filtered(&self, host: &str, found: dns::Found<IpAddr>) -> Result<Vec<IpAddr>, Failure> {
        let lookup = Lookup {
            name: host,
            owner: &found.name,
            kind: "A",
            ttl: found.ttl,
        };
        self.filter.pass(&lookup, found.records, show_address).await
    }

    /// Appends the addresses of one host.
    async fn add_host(
        &self,
        host: &str,
        preference: u32,
        port: u16,
        servers: &mut Vec<Server>,
        why: &mut Why,
    ) {
        let mut add = |address| {
            if servers.len() < ADDRESSES {
                servers.push(Server {
                    host: host.to_owned(),
                    address,
                    port,
                    preference,
                });
            }
        };
        if let Some(address) = mail::domain::parse_address(host)
            && (if address.is_ipv4() { self.ipv4 } else { self.ipv6 })
        {
            return add(address);
        }
        if self.by_dns {
            let answer = self.resolver.addresses(host, self.ipv4, self.ipv6).await;
            let kind = if self.ipv6 {
                RecordType::Aaaa
            } else {
                RecordType::A
            };
            let reason = answer.reason(host, kind);
            match answer {
                Answer::Found(found) => {
                    return match self.filtered(host, found).await {
                        Ok(addresses) => addresses.into_iter().for_each(add),
                        Err(failure) => why.set(failure),
                    };
                }
                Answer::Absent(Absent { why: absence, .. }) => {
                    why.set(Failure::ours(status(5, 4, 4), reason));
                    if absence == Absence::InvalidName {
                        return;
                    }
                }
                Answer::CouldNotTell(trouble) => {
                    let class = if trouble.is_permanent() { 5 } else { 4 };
                    return why.set(Failure::ours(status(class, 4, 3), reason));
                }
            }
        }
        if self.by_native {
            let answer = self.resolver.native_addresses(host, self.ipv4, self.ipv6).await;
            let words = answer.native_reason();
            let class = match answer {
                Answer::Found(found) => return found.records.into_iter().for_each(add),
                Answer::Absent(_) => 5,
                Answer::CouldNotTell(_) => 4,
            };
            why.set(Failure::ours(
                status(class, 4, 4),
                format!("unable to look up host {host}: {words}"),
            ));
        }
    }
}

fn show_address(address: &IpAddr) -> (String, String) {
    let kind = if address.is_ipv4() { "A" } else { "AAAA" };
    (kind.to_owned(), address.to_string())
}

/// A name, and what to do with what it leads to.
struct Asked<'a> {
    /// In ASCII.
    name: &'a str,
    /// As the administrator or sender wrote it.
    shown: &'a str,
    port: u16,
    /// Look whether we are among the servers.
    loops: bool,
}

impl Route {
    fn none(failure: Failure) -> Self {
        Self {
            failure: Some(failure),
            ..Self::default()
        }
    }
}

/// Keeps at most `limit` servers, but of both families where there are both (`smtp_balance_inet_protocols`).
fn balance(servers: &mut Vec<Server>, limit: usize) {
    let six = servers.iter().filter(|server| server.address.is_ipv6()).count();
    let four = servers.len() - six;
    if six == 0 || four == 0 || servers.len() <= limit {
        return;
    }
    let first_is_four = servers.first().is_some_and(|server| server.address.is_ipv4());
    let mut left_four = if six <= limit / 2 {
        limit - six
    } else if four <= limit / 2 {
        four
    } else {
        (limit + usize::from(first_is_four)) / 2
    };
    let mut left_six = limit - left_four;
    servers.retain(|server| {
        let left = if server.address.is_ipv4() {
            &mut left_four
        } else {
            &mut left_six
        };
        let keep = *left > 0;
        *left = left.saturating_sub(1);
        keep
    });
}

/// Services by priority, and among equals at random by weight (RFC 2782).
fn by_weight(mut services: Vec<Service>) -> Vec<Service> {
    shuffle(&mut services);
    // A weight of zero has a small chance too: those come first in the draw.
    services.sort_by_key(|service| (service.priority, service.weight != 0));
    let mut ordered: Vec<Service> = Vec::with_capacity(services.len());
    while let Some(priority) = services.first().map(|service| service.priority) {
        let equals = services.iter().take_while(|service| service.priority == priority);
        let total: u64 = equals.map(|service| u64::from(service.weight)).sum();
        let drawn = random() % (total + 1);
        let mut sum = 0;
        let place = services.iter().position(|service| {
            sum += u64::from(service.weight);
            sum >= drawn
        });
        ordered.push(services.remove(place.unwrap_or(0)));
    }
    ordered
}

fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let other = random() % (last as u64 + 1);
        items.swap(last, usize::try_from(other).unwrap_or(0));
    }
}

fn random() -> u64 {
    let mut octets = [0; 8];
    // Without a random source the order is simply always the same.
    let _ = sys::process::random_octets(&mut octets);
    u64::from_ne_bytes(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str, preference: u32) -> Server {
        Server {
            host: text.into(),
            address: text.parse().unwrap(),
            port: 25,
            preference,
        }
    }

    #[test]
    fn both_families_stay_within_the_limit() {
        let mut servers: Vec<_> = (1..=5).map(|n| server(&format!("2001:db8::{n}"), 10)).collect();
        servers.push(server("192.0.2.1", 20));
        balance(&mut servers, 4);
        assert_eq!(
            servers.iter().filter(|server| server.address.is_ipv4()).count(),
            1
        );
        assert_eq!(servers.len(), 4);

        let mut few = vec![server("192.0.2.1", 1), server("2001:db8::1", 1)];
        balance(&mut few, 5);
        assert_eq!(few.len(), 2);
    }

    #[test]
    fn a_soft_failure_outlives_a_hard_one() {
        let mut why = Why::default();
        why.set(Failure::ours(status(4, 4, 3), "one"));
        why.set(Failure::ours(status(5, 4, 4), "two"));
        let failure = why.0.unwrap();
        assert_eq!(
            (failure.status, failure.reason.as_str()),
            (status(4, 4, 4), "two")
        );
    }

    #[test]
    fn services_keep_their_priorities() {
        let service = |priority, weight| Service {
            priority,
            weight,
            port: 25,
            host: format!("{priority}-{weight}"),
        };
        for _ in 0..20 {
            let ordered = by_weight(vec![
                service(20, 0),
                service(10, 5),
                service(10, 0),
                service(20, 9),
            ]);
            let priorities: Vec<_> = ordered.iter().map(|service| service.priority).collect();
            assert_eq!(priorities, [10, 10, 20, 20]);
        }
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut items: Vec<u32> = (0..50).collect();
        shuffle(&mut items);
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
