//! Canonical mapping and masquerading: one address for another, by table or by domain.

use contract::cleanup::status;
use contract::rewrite::context;
use lookup::{LookupError, Maps};
use mail::{quote_local822, unquote};

use crate::Cleanup;
use crate::log;
use crate::message::Message;
use crate::settings::Class;

/// How often a result is looked up again before that is taken for a mistake in the table.
const MOST_ROUNDS: usize = 10;

impl Message<'_> {
    /// Maps an address in external form; `None` when it stays as it is.
    pub(crate) async fn map_address(&mut self, address: &str, class: Class) -> Option<String> {
        let service = self.service;
        let mut mapped = None;
        for canonical in service.tables.canonicals(class) {
            let before = mapped.as_deref().unwrap_or(address).to_owned();
            mapped = self.map_by_table(&canonical.maps, before).await.or(mapped);
        }
        if service.masquerades(class) {
            let before = mapped.as_deref().unwrap_or(address).to_owned();
            mapped = self.masquerade(&before).await.or(mapped);
        }
        mapped
    }

    async fn map_by_table(&mut self, maps: &Maps, before: String) -> Option<String> {
        let walk = walk(self.service, maps, &before).await;
        for address in &walk.ambiguous {
            log::many_values(self.id(), maps.title(), address);
        }
        match walk.end {
            End::Reached => {}
            End::Endless => log::deep_nesting(self.id(), maps.title(), &walk.address),
            End::Unknown => {
                log::table_trouble_for(self.id(), maps.title(), &walk.address);
                self.fault(status::WRITE);
            }
        }
        (before != walk.address).then_some(walk.address)
    }

    /// Takes the names of hosts out of a domain: `masquerade_domains`.
    async fn masquerade(&mut self, address: &str) -> Option<String> {
        match masqueraded(self.service, address).await {
            Ok(masqueraded) => masqueraded,
            Err(_) => {
                log::table_trouble(self.id(), self.service.tables.masquerade_exceptions.title());
                self.fault(status::WRITE);
                None
            }
        }
    }
}

impl Cleanup {
    /// Whether domains of this class of address are masqueraded.
    pub(crate) fn masquerades(&self, class: Class) -> bool {
        !self.tables.masquerade_domains.is_empty() && self.settings.masquerade_classes.has(class)
    }
}

/// Where canonical mapping led.
pub(crate) struct Walk {
    /// The address in the end, in external form.
    pub(crate) address: String,
    /// Addresses whose entry has more than one result; the first was taken.
    pub(crate) ambiguous: Vec<String>,
    /// Why it ended there.
    pub(crate) end: End,
}

/// Why a mapping went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// There is no other entry.
    Reached,
    /// There always was another entry.
    Endless,
    /// A table could not tell.
    Unknown,
}

/// Looks an address (external form) up, and what was found, until nothing more is.
pub(crate) async fn walk(service: &Cleanup, maps: &Maps, before: &str) -> Walk {
    let mut walk = Walk {
        address: before.to_owned(),
        ambiguous: Vec::new(),
        end: End::Endless,
    };
    for _ in 0..MOST_ROUNDS {
        let propagate = service.tables.propagates_canonical;
        match map(service, maps, &unquote(&walk.address), propagate, 2).await {
            Ok(None) => walk.end = End::Reached,
            Ok(Some(results)) => {
                if results.len() > 1 {
                    walk.ambiguous.push(walk.address.clone());
                }
                let result = results.into_iter().next().unwrap_or_default();
                if result.to_lowercase() == walk.address.to_lowercase() {
                    walk.end = End::Reached;
                }
                walk.address = result;
            }
            Err(_) => walk.end = End::Unknown,
        }
        if walk.end != End::Endless {
            break;
        }
    }
    walk
}

/// An address without the names of hosts in its domain; `None` when it stays.
pub(crate) async fn masqueraded(service: &Cleanup, address: &str) -> Result<Option<String>, LookupError> {
    let tables = &service.tables;
    let Some((local, domain)) = address.rsplit_once('@') else {
        return Ok(None);
    };
    if tables.masquerade_exceptions.contains_text(local).await? {
        return Ok(None);
    }
    let parent = masquerade_domain(&domain.to_lowercase(), &tables.masquerade_domains);
    Ok(parent.map(|parent| format!("{local}@{parent}")))
}

/// Looks an address (internal form) up in tables of addresses; the results are complete and in external form.
pub(crate) async fn map(
    service: &Cleanup,
    maps: &Maps,
    address: &str,
    propagate: bool,
    most: usize,
) -> Result<Option<Vec<String>>, LookupError> {
    let complete = async |listed: &str| {
        let external = quote_local822(listed);
        match service.rewriter.external(context::LOCAL, &external).await {
            Ok(complete) => Ok(complete.into_owned()),
            Err(error) => {
                log::service_trouble(&error);
                Err(LookupError::failed(maps.title(), error))
            }
        }
    };
    service
        .tables
        .rules
        .map(maps, address, propagate, most, complete)
        .await
}

/// The parent that stands for a domain. The first item that fits decides; `!` in front says that the domain stays.
fn masquerade_domain<'t>(domain: &str, parents: &'t [String]) -> Option<&'t str> {
    for item in parents {
        let parent = item.trim_start_matches('!');
        let keeps = (item.len() - parent.len()) % 2 == 1;
        if parent.is_empty() {
            continue;
        }
        if domain == parent {
            return None;
        }
        if domain
            .strip_suffix(parent)
            .is_some_and(|host| host.ends_with('.'))
        {
            return (!keeps).then_some(parent);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_parent_that_fits_decides() {
        let parents = ["!keep.example.com", "sub.example.com", "example.com"].map(str::to_owned);
        let table = [
            ("host.example.com", Some("example.com")),
            ("a.b.sub.example.com", Some("sub.example.com")),
            ("x.keep.example.com", None),
            ("example.com", None),
            ("notexample.com", None),
            ("other.org", None),
        ];
        for (domain, expected) in table {
            assert_eq!(masquerade_domain(domain, &parents), expected, "{domain}");
        }
    }
}
