//! Access by the mail exchangers, name servers or addresses that a name has in the DNS.
//!
//! Whoever owns a name can give it any of these, so no table may permit by them.

use dns::{Absence, Answer};

use super::access_table::{Entry, find_address};
use super::grammar::{AccessTable, Evidence, Servers};
use super::judge::{Judge, Subject};
use super::verdict::{Class, Verdict};
use crate::log;

/// Addresses of servers that are considered (postconf(5): a domain may list any number).
const ADDRESS_LIMIT: usize = 100;

impl Judge<'_> {
    pub(super) async fn server_access(
        &mut self,
        evidence: Evidence,
        servers: Servers,
        table: &AccessTable,
        restriction: &str,
        subject: Subject<'_>,
    ) -> Verdict {
        let Some((target, shown, class)) = self.named(evidence) else {
            return Verdict::Dunno;
        };
        let domain = target
            .rsplit_once('@')
            .map_or(target.as_str(), |(_, domain)| domain)
            .to_owned();
        let entry = Entry {
            table: &table.name,
            key: &domain,
            name: &shown,
            class,
            bare: subject.bare,
        };
        let verdict = self.by_servers(&domain, servers, table, entry).await;
        self.forbid_permit(verdict, restriction, &target)
    }

    /// The name or address judged, how replies show it, and its class.
    pub(super) fn named(&self, evidence: Evidence) -> Option<(String, String, Class)> {
        let client = &self.state.client;
        let of = |name: &String, class| Some((name.clone(), name.clone(), class));
        match evidence {
            Evidence::Client if client.has_name() => {
                Some((client.name.clone(), client.shown.clone(), Class::Client))
            }
            Evidence::ReverseClient if client.has_reverse_name() => {
                of(&client.reverse_name, Class::ReverseClient)
            }
            Evidence::Helo => self.state.helo.as_ref().and_then(|name| of(name, Class::Helo)),
            Evidence::Sender => self
                .state
                .sender
                .as_ref()
                .filter(|name| !name.is_empty())
                .and_then(|name| of(name, Class::Sender)),
            Evidence::Recipient => self
                .state
                .recipient
                .as_ref()
                .filter(|name| !name.is_empty())
                .and_then(|name| of(name, Class::Recipient)),
            _ => None,
        }
    }

    async fn by_servers(
        &mut self,
        domain: &str,
        servers: Servers,
        table: &AccessTable,
        entry: Entry<'_>,
    ) -> Verdict {
        // An address literal is its own mail exchanger; it has no name servers.
        if domain.starts_with('[') {
            let inside = domain
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .unwrap_or_default();
            return match mail::domain::parse_mail_address(inside) {
                Some(address) if servers != Servers::Ns => self
                    .by_address(&address.to_string(), table, entry)
                    .await
                    .unwrap_or(Verdict::Dunno),
                _ => Verdict::Dunno,
            };
        }
        let name = mail::domain::to_ascii(domain)
            .unwrap_or(std::borrow::Cow::Borrowed(domain))
            .into_owned();
        let hosts = match servers {
            Servers::Addresses => vec![name],
            Servers::Mx => self.exchangers(&name).await,
            Servers::Ns => self.name_servers(&name, entry.name).await,
        };
        let mut considered = 0;
        for host in hosts {
            if let Some(verdict) = self.by_host(&host, servers, table, entry, &mut considered).await {
                return verdict;
            }
        }
        Verdict::Dunno
    }

    async fn by_host(
        &mut self,
        host: &str,
        servers: Servers,
        table: &AccessTable,
        entry: Entry<'_>,
        considered: &mut usize,
    ) -> Option<Verdict> {
        if mail::domain::parse_address(host).is_some() {
            return self.by_address(host, table, entry).await;
        }
        if servers != Servers::Addresses {
            let found = self.find_domain(&table.maps, host).await;
            if let Some(verdict) = self.settle(found, Entry { key: host, ..entry }).await {
                return Some(verdict);
            }
        }
        let addresses = match self.server.addresses(host).await {
            Answer::Found(found) => found.records,
            other => {
                if servers != Servers::Addresses {
                    let why = other.native_reason();
                    let (kind, class, name) = (kind(servers), entry.class, entry.name);
                    log::restriction_trouble(&format!(
                        "Unable to look up {kind} host {host} for {class} {name}: {why}"
                    ));
                }
                return None;
            }
        };
        for address in addresses {
            *considered += 1;
            if *considered > ADDRESS_LIMIT {
                let (kind, class, name) = (kind(servers), entry.class, entry.name);
                log::restriction_trouble(&format!(
                    "check_server_access: {kind} server address count limit ({ADDRESS_LIMIT}) exceeded for {class} {name} \
                     -- ignoring the remainder"
                ));
                return Some(Verdict::Dunno);
            }
            if let Some(verdict) = self.by_address(&address.to_string(), table, entry).await {
                return Some(verdict);
            }
        }
        None
    }

    async fn by_address(&mut self, address: &str, table: &AccessTable, entry: Entry<'_>) -> Option<Verdict> {
        let found = find_address(&table.maps, address).await;
        self.settle(
            found,
            Entry {
                key: address,
                ..entry
            },
        )
        .await
    }

    /// The mail exchangers of a domain; the domain itself when it has none.
    async fn exchangers(&self, domain: &str) -> Vec<String> {
        if !mail::domain::is_valid(domain) {
            return vec![domain.to_owned()];
        }
        match self.server.resolver.mx(domain).await {
            Answer::Found(found) => found
                .records
                .into_iter()
                .map(|exchanger| exchanger.host)
                .collect(),
            Answer::Absent(absent) => match absent.why {
                Absence::NullMx => Vec::new(),
                _ => vec![domain.to_owned()],
            },
            Answer::CouldNotTell(trouble) => {
                let why = trouble.error();
                log::restriction_trouble(&format!("Unable to look up MX host for {domain}: {why}"));
                Vec::new()
            }
        }
    }

    /// The name servers of a domain, or of the nearest parent that has some. `name` is what is judged.
    async fn name_servers(&self, domain: &str, name: &str) -> Vec<String> {
        let mut last = Absence::NoName;
        for parent in mail::domain::with_parents(domain).filter(|parent| mail::domain::is_valid(parent)) {
            match self.server.resolver.name_servers(parent).await {
                Answer::Found(found) => return found.records,
                Answer::Absent(absent) => last = absent.why,
                Answer::CouldNotTell(trouble) => {
                    let why = trouble.error();
                    log::restriction_trouble(&format!("Unable to look up NS host for {parent}: {why}"));
                    return Vec::new();
                }
            }
        }
        let why = last.error();
        log::restriction_trouble(&format!("Unable to look up NS host for {name}: {why}"));
        Vec::new()
    }
}

const fn kind(servers: Servers) -> &'static str {
    match servers {
        Servers::Mx => "MX",
        Servers::Ns => "NS",
        Servers::Addresses => "A",
    }
}
