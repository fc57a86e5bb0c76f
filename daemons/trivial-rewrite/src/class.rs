//! Address classes: what a domain is to us, and the way its mail goes by default (ADDRESS_CLASS_README).

use crate::log;
use config::catalogue::{MYDESTINATION, RELAY_DOMAINS, VIRTUAL_ALIAS_DOMAINS, VIRTUAL_MAILBOX_DOMAINS};
use contract::rewrite::flag;
use lookup::{LocalDomains, LookupError, MatchList};
use std::cell::RefCell;
use std::collections::HashSet;

/// The lists that make the classes.
pub(crate) struct Classes {
    pub(crate) local: LocalDomains,
    pub(crate) aliases: MatchList,
    pub(crate) mailboxes: MatchList,
    pub(crate) relayed: MatchList,
    /// Domains whose double listing was already complained about.
    pub(crate) warned: RefCell<HashSet<String>>,
}

/// Complaints remembered; more domains than these are listed twice by a mistake of pattern, said often enough.
const WARNED_LIMIT: usize = 1000;

impl Classes {
    /// The class of a domain that is not this host itself, as one of the bits of `contract::rewrite::flag`.
    pub(crate) async fn of_foreign(&self, domain: &str) -> Result<u32, LookupError> {
        let mailbox = self.mailboxes.contains_text(domain).await?;
        if self.aliases.contains_text(domain).await? {
            if mailbox {
                self.warn(
                    domain,
                    VIRTUAL_ALIAS_DOMAINS.name(),
                    VIRTUAL_MAILBOX_DOMAINS.name(),
                );
            }
            if self.relayed.contains_domain(domain).await? {
                self.warn(domain, VIRTUAL_ALIAS_DOMAINS.name(), RELAY_DOMAINS.name());
            }
            return Ok(flag::ALIAS);
        }
        let relayed = self.relayed.contains_domain(domain).await?;
        if mailbox {
            if relayed {
                self.warn(domain, VIRTUAL_MAILBOX_DOMAINS.name(), RELAY_DOMAINS.name());
            }
            return Ok(flag::MAILBOX);
        }
        Ok(if relayed { flag::RELAY } else { flag::DEFAULT })
    }

    /// Complains when a domain of this host is also in another class.
    pub(crate) async fn check_local(&self, domain: &str) -> Result<(), LookupError> {
        if self.aliases.contains_text(domain).await? {
            self.warn(domain, MYDESTINATION.name(), VIRTUAL_ALIAS_DOMAINS.name());
        }
        if self.mailboxes.contains_text(domain).await? {
            self.warn(domain, MYDESTINATION.name(), VIRTUAL_MAILBOX_DOMAINS.name());
        }
        Ok(())
    }

    fn warn(&self, domain: &str, one: &str, other: &str) {
        let mut warned = self.warned.borrow_mut();
        if warned.len() < WARNED_LIMIT && warned.insert(format!("{domain} {one} {other}")) {
            log::two_classes(domain, one, other);
        }
    }
}
