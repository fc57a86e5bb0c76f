//! Canonical mapping and masquerading: one address for another, by table or by domain.

use contract::cleanup::status;
use contract::rewrite::context;
use lookup::{LookupError, Maps};
use mail::{quote_local822, unquote};

use crate::log;
use crate::message::Message;
use crate::settings::Class;
use crate::{Cleanup, tables::Canonical};

/// How often a result is looked up again before that is taken for a mistake in the table.
const MOST_ROUNDS: usize = 10;

impl Message<'_> {
    /// Maps an address in external form; `None` when it stays as it is.
    pub(crate) async fn map_address(&mut self, address: &str, class: Class) -> Option<String> {
        let tables = &self.service.tables;
        let special: &Canonical = if class.is_sender() {
            &tables.sender_canonical
        } else {
            &tables.recipient_canonical
        };
        let mut mapped = None;
        for canonical in [special, &tables.canonical] {
            if !canonical.maps.is_empty() && canonical.classes.has(class) {
                let before = mapped.as_deref().unwrap_or(address).to_owned();
                mapped = self.map_by_table(&canonical.maps, before).await.or(mapped);
            }
        }
        if !tables.masquerade_domains.is_empty() && self.service.settings.masquerade_classes.has(class) {
            let before = mapped.as_deref().unwrap_or(address).to_owned();
            mapped = self.masquerade(&before).await.or(mapped);
        }
        mapped
    }

    async fn map_by_table(&mut self, maps: &Maps, before: String) -> Option<String> {
        let service = self.service;
        let mut address = before.clone();
        for _ in 0..MOST_ROUNDS {
            let propagate = service.tables.propagates_canonical;
            match map(service, maps, &unquote(&address), propagate).await {
                Ok(None) => return changed(before, address),
                Ok(Some(results)) => {
                    if results.len() > 1 {
                        log::many_values(self.id(), maps.title(), &address);
                    }
                    let result = results.into_iter().next().unwrap_or_default();
                    let is_itself = result.to_lowercase() == address.to_lowercase();
                    address = result;
                    if is_itself {
                        return changed(before, address);
                    }
                }
                Err(_) => {
                    log::table_trouble_for(self.id(), maps.title(), &address);
                    self.fault(status::WRITE);
                    return changed(before, address);
                }
            }
        }
        log::deep_nesting(self.id(), maps.title(), &address);
        changed(before, address)
    }

    /// Takes the names of hosts out of a domain: `masquerade_domains`.
    async fn masquerade(&mut self, address: &str) -> Option<String> {
        let tables = &self.service.tables;
        let (local, domain) = address.rsplit_once('@')?;
        match tables.masquerade_exceptions.contains_text(local).await {
            Ok(true) => return None,
            Ok(false) => {}
            Err(_) => {
                log::table_trouble(self.id(), tables.masquerade_exceptions.title());
                self.fault(status::WRITE);
                return None;
            }
        }
        let parent = masquerade_domain(&domain.to_lowercase(), &tables.masquerade_domains)?.to_owned();
        Some(format!("{local}@{parent}"))
    }
}

fn changed(before: String, after: String) -> Option<String> {
    (before != after).then_some(after)
}

/// Looks an address (internal form) up in tables of addresses; the results are complete and in external form.
pub(crate) async fn map(
    service: &Cleanup,
    maps: &Maps,
    address: &str,
    propagate: bool,
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
    service.tables.rules.map(maps, address, propagate, complete).await
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
