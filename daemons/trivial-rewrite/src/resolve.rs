//! By which transport, to which next hop, under which address: the route of one recipient.
//!
//! First the domains that are this host are peeled off; what is left says the class; the class gives a default route;
//! tables override it. Follows trivial-rewrite(8), transport(5), relocated(5).

mod explain;

use crate::class::Classes;
use crate::settings::Settings;
use crate::standard::{Origin, Standard, last, strip_dot, text};
use config::Param;
use config::catalogue::{
    ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS, ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS,
    ADDRESS_VERIFY_TRANSPORT_MAPS, MYDESTINATION, RELAY_DOMAINS, RELOCATED_MAPS,
    SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS, SENDER_DEPENDENT_RELAYHOST_MAPS, TRANSPORT_MAPS,
    VIRTUAL_ALIAS_DOMAINS, VIRTUAL_MAILBOX_DOMAINS,
};
use config::host::own_addresses;
use contract::rewrite::{Resolve, Resolved, flag, speaks_for_domain};
use daemon::{Start, StartError};
use lookup::{AddressRules, LocalDomains, LookupError, Maps, MatchList, OpenError, Strategy, Tables, Use};
use mail::parse::Token;
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

/// The routes of one kind: for mail, or for probes.
struct Routes {
    local: String,
    mailbox: String,
    relay: String,
    default: String,
    relayhost: String,
    sender_relayhosts: Maps,
    sender_transports: Maps,
    transports: Maps,
}

/// Everything that a route depends on.
pub(crate) struct Resolver {
    settings: Settings,
    standard: Standard,
    /// Completes what is left when a domain of ours was peeled off.
    origin: Origin,
    classes: Classes,
    rules: AddressRules,
    relocated: Maps,
    transport_strategy: Strategy,
    mail: Routes,
    probe: Routes,
}

/// An address after the domains of this host were peeled off.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// A user of this host, with the domain he was named by.
    Local { user: String, domain: Option<String> },
    /// A user elsewhere, or of a domain we only keep mail for.
    Foreign { user: String, domain: String },
    /// Nothing that mail can be sent to; what is left of it.
    Malformed(String),
}

/// Domains of this host that are peeled off one address, at most.
const PEEL_LIMIT: usize = 100;

/// Opens what the settings name.
struct Opener<'a> {
    settings: &'a Settings,
    tables: Rc<Tables>,
}

impl Opener<'_> {
    /// Whether a domain in this list stands for what is below it, too.
    fn has_parents<K>(&self, param: &Param<K>) -> bool {
        self.settings.parents.iter().any(|listed| listed == param.name())
    }

    fn list<K>(&self, param: &Param<K>, text: &str) -> Result<MatchList, OpenError> {
        MatchList::open(&self.tables, param.name(), text, self.has_parents(param))
    }

    fn maps<K>(&self, param: &Param<K>, text: &str) -> Result<Maps, OpenError> {
        self.tables.maps(param.name(), text, Use::GENERAL)
    }

    fn classes(&self, local: LocalDomains) -> Result<Classes, OpenError> {
        let settings = self.settings;
        Ok(Classes {
            local,
            aliases: self.list(&VIRTUAL_ALIAS_DOMAINS, &settings.virtual_alias_domains)?,
            mailboxes: self.list(&VIRTUAL_MAILBOX_DOMAINS, &settings.virtual_mailbox_domains)?,
            relayed: self.list(&RELAY_DOMAINS, &settings.relay_domains)?,
            warned: RefCell::new(HashSet::new()),
        })
    }

    fn mail(&self) -> Result<Routes, OpenError> {
        let settings = self.settings;
        Ok(Routes {
            local: settings.local_transport.clone(),
            mailbox: settings.virtual_transport.clone(),
            relay: settings.relay_transport.clone(),
            default: settings.default_transport.clone(),
            relayhost: settings.relayhost.clone(),
            sender_relayhosts: self
                .maps(&SENDER_DEPENDENT_RELAYHOST_MAPS, &settings.sender_relayhost_maps)?,
            sender_transports: self.maps(
                &SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS,
                &settings.sender_transport_maps,
            )?,
            transports: self.maps(&TRANSPORT_MAPS, &settings.transport_maps)?,
        })
    }

    fn probe(&self) -> Result<Routes, OpenError> {
        let settings = self.settings;
        Ok(Routes {
            local: settings.probe_local_transport.clone(),
            mailbox: settings.probe_virtual_transport.clone(),
            relay: settings.probe_relay_transport.clone(),
            default: settings.probe_default_transport.clone(),
            relayhost: settings.probe_relayhost.clone(),
            sender_relayhosts: self.maps(
                &ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS,
                &settings.probe_sender_relayhost_maps,
            )?,
            sender_transports: self.maps(
                &ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS,
                &settings.probe_sender_transport_maps,
            )?,
            transports: self.maps(&ADDRESS_VERIFY_TRANSPORT_MAPS, &settings.probe_transport_maps)?,
        })
    }
}

impl Resolver {
    pub(crate) fn open(
        settings: Settings,
        standard: Standard,
        start: &Start<'_>,
    ) -> Result<Self, StartError> {
        let opener = Opener {
            settings: &settings,
            tables: start.tables()?,
        };
        let local = LocalDomains::new(
            opener.list(&MYDESTINATION, &settings.mydestination)?,
            own_addresses(start.configuration),
        );
        let by_parents = if opener.has_parents(&TRANSPORT_MAPS) {
            Strategy::PARENT_DOMAINS
        } else {
            Strategy::DOTTED_PARENT_DOMAINS
        };
        let split = mail::SplitRules {
            delimiters: settings.recipient_delimiter.clone(),
            owner_request_special: settings.owner_request_special,
            double_bounce_sender: settings.double_bounce_sender.clone(),
        };
        Ok(Self {
            classes: opener.classes(local.clone())?,
            relocated: opener.maps(&RELOCATED_MAPS, &settings.relocated_maps)?,
            mail: opener.mail()?,
            probe: opener.probe()?,
            transport_strategy: Strategy::FULL
                .and(Strategy::WITHOUT_EXTENSION)
                .and(Strategy::DOMAIN)
                .and(by_parents),
            rules: AddressRules {
                split,
                myorigin: settings.myorigin.clone(),
                local,
            },
            origin: Origin {
                domain: settings.myorigin.clone(),
                parent: settings.mydomain.clone(),
            },
            standard,
            settings,
        })
    }

    /// The route of a recipient.
    ///
    /// # Errors
    /// A table could not tell; nothing may be concluded.
    pub(crate) async fn resolve(&self, question: &Resolve) -> Result<Resolved, LookupError> {
        let routes = if question.probe { &self.probe } else { &self.mail };
        self.resolve_by(routes, &self.relocated, question).await
    }

    /// The route by these tables.
    async fn resolve_by(
        &self,
        routes: &Routes,
        relocated: &Maps,
        question: &Resolve,
    ) -> Result<Resolved, LookupError> {
        let address = if question.address.is_empty() {
            &self.settings.empty_address_recipient
        } else {
            &question.address
        };
        let mut route = match self.peel(address).await? {
            Target::Malformed(rest) => return Ok(malformed(&rest, flag::DEFAULT)),
            Target::Local { user, domain } => self.local(routes, &question.sender, &user, domain).await?,
            Target::Foreign { user, domain } => {
                self.foreign(routes, &question.sender, &user, &domain).await?
            }
        };
        let user = mail::address::local_part(&route.recipient);
        if user.starts_with('-') && !self.settings.allow_min_user {
            return Ok(malformed(&route.recipient, route.flags));
        }
        if let Some(found) = self
            .rules
            .find(relocated, &route.recipient, Strategy::DEFAULT)
            .await?
        {
            let prefix = if self.settings.relocated_prefix {
                "5.1.6 User has moved to "
            } else {
                ""
            };
            route.transport = "error".to_owned();
            route.nexthop = format!("{prefix}{}", found.value);
            return Ok(route);
        }
        if route.flags & flag::ALIAS == 0 {
            self.override_route(routes, &mut route).await?;
        }
        route.flags |= self.reach(routes, question, &route);
        Ok(route)
    }

    /// For which other questions the answer is the same: where no table is asked by address, that of an address in
    /// standard form depends on its domain alone.
    fn reach(&self, routes: &Routes, question: &Resolve, route: &Resolved) -> u32 {
        let mut reach = 0;
        if routes.sender_relayhosts.is_empty() && routes.sender_transports.is_empty() {
            reach |= flag::ANY_SENDER;
        }
        if routes.transports.is_empty()
            && self.relocated.is_empty()
            && route.recipient == question.address
            && speaks_for_domain(&question.address).is_some()
        {
            reach |= flag::WHOLE_DOMAIN;
        }
        reach
    }

    /// Takes off the domains that are this host until a user or another domain is left.
    async fn peel(&self, address: &str) -> Result<Target, LookupError> {
        let external = mail::quote_local822(address);
        let mut tree = mail::parse::scan_address(&external);
        let mut outermost = None;
        for _ in 0..PEEL_LIMIT {
            if self.settings.resolve_dequoted_address
                && let [Token::Quoted(quoted)] = tree.as_slice()
                && let Some(within) = self.standard.within_quotes(&String::from_utf8_lossy(quoted))
            {
                tree = within;
                self.standard.rewrite(&mut tree, &self.origin);
            }
            strip_dot(&mut tree);
            let Some(at) = last(&tree, b'@') else {
                if !self.standard.is_route(&tree) {
                    return Ok(self.local_target(&tree, outermost));
                }
                self.standard.rewrite(&mut tree, &self.origin);
                if last(&tree, b'@').is_none() {
                    return Ok(Target::Malformed(text(&tree)));
                }
                continue;
            };
            let tokens = tree.get(at + 1..).unwrap_or_default();
            let mut domain = text(tokens);
            let is_bare_address =
                self.settings.resolve_numeric_domain && mail::domain::parse_address(&domain).is_some();
            if is_bare_address {
                domain = format!("[{domain}]");
            }
            if tokens.is_empty() {
                // No domain at all: what is left decides, and if that is a user, the setting.
                if !self.settings.resolve_null_domain {
                    outermost = Some(domain);
                }
            } else if self.classes.local.contains(&domain).await? {
                outermost = Some(domain);
            } else {
                let user = text(tree.get(..at).unwrap_or_default());
                return Ok(if is_bare_address || is_destination(&domain) {
                    Target::Foreign { user, domain }
                } else {
                    Target::Malformed(text(&tree))
                });
            }
            tree.truncate(at);
            if self.standard.is_route(&tree) {
                self.standard.rewrite(&mut tree, &self.origin);
            }
        }
        Ok(Target::Malformed(text(&tree)))
    }

    fn local_target(&self, tree: &[Token<'_>], domain: Option<String>) -> Target {
        let mut user = text(tree);
        if user.is_empty() {
            user.clone_from(&self.settings.empty_address_recipient);
        }
        match domain {
            Some(domain) if domain.is_empty() => Target::Malformed(format!("{user}@")),
            domain => Target::Local { user, domain },
        }
    }

    async fn local(
        &self,
        routes: &Routes,
        sender: &str,
        user: &str,
        domain: Option<String>,
    ) -> Result<Resolved, LookupError> {
        let Some(domain) = domain else {
            // A user without domain is one of this host, and that may be elsewhere for mail.
            let host = &self.settings.myhostname;
            if !self.classes.local.contains(host).await? {
                return self.foreign(routes, sender, user, host).await;
            }
            return self.local_user(routes, user, host.clone()).await;
        };
        self.local_user(routes, user, domain).await
    }

    async fn local_user(&self, routes: &Routes, user: &str, domain: String) -> Result<Resolved, LookupError> {
        self.classes.check_local(&lookup::fold(&domain)).await?;
        let (transport, nexthop) = split_route(&routes.local);
        Ok(Resolved {
            flags: flag::LOCAL | routed(user),
            transport: transport.to_owned(),
            nexthop: if nexthop.is_empty() {
                as_nexthop(&domain)
            } else {
                nexthop.to_owned()
            },
            recipient: format!("{user}@{domain}"),
        })
    }

    async fn foreign(
        &self,
        routes: &Routes,
        sender: &str,
        user: &str,
        domain: &str,
    ) -> Result<Resolved, LookupError> {
        let folded = lookup::fold(domain);
        let class = self.classes.of_foreign(&folded).await?;
        let recipient = format!("{user}@{domain}");
        let resolved = |transport: &str, nexthop: String| Resolved {
            flags: class | routed(user),
            transport: transport.to_owned(),
            nexthop,
            recipient,
        };
        if class == flag::ALIAS {
            let table = if self.settings.show_table_name {
                " in virtual alias table"
            } else {
                ""
            };
            return Ok(resolved("error", format!("5.1.1 User unknown{table}")));
        }
        let route = match class {
            flag::MAILBOX => routes.mailbox.clone(),
            flag::RELAY => routes.relay.clone(),
            _ => {
                let key = &self.settings.empty_transport_key;
                let found = self.by_sender(&routes.sender_transports, sender, key).await?;
                found.unwrap_or_else(|| routes.default.clone())
            }
        };
        let (transport, nexthop) = split_route(&route);
        if !nexthop.is_empty() {
            return Ok(resolved(transport, nexthop.to_owned()));
        }
        if class == flag::MAILBOX {
            return Ok(resolved(transport, as_nexthop(domain)));
        }
        let key = &self.settings.empty_relayhost_key;
        let nexthop = match self.by_sender(&routes.sender_relayhosts, sender, key).await? {
            Some(host) => host,
            None if routes.relayhost.is_empty() => as_nexthop(domain),
            None => routes.relayhost.clone(),
        };
        Ok(resolved(transport, nexthop))
    }

    /// What a table by sender says; `DUNNO` and nothing are the same.
    async fn by_sender(
        &self,
        maps: &Maps,
        sender: &str,
        empty_key: &str,
    ) -> Result<Option<String>, LookupError> {
        let key = if sender.is_empty() { empty_key } else { sender };
        let found = self.rules.find(maps, key, Strategy::DEFAULT).await?;
        Ok(found
            .map(|found| found.value)
            .filter(|value| !value.eq_ignore_ascii_case("DUNNO")))
    }

    /// What `transport_maps` says about this address or domain, over what the class says.
    async fn override_route(&self, routes: &Routes, route: &mut Resolved) -> Result<(), LookupError> {
        if routes.transports.is_empty() {
            return Ok(());
        }
        let domain = mail::address::domain(&route.recipient)
            .unwrap_or_default()
            .to_owned();
        let found = match self
            .rules
            .find(&routes.transports, &route.recipient, self.transport_strategy)
            .await?
        {
            Some(found) => Some(found.value),
            None => routes.transports.get_part("*").await?,
        };
        if let Some(value) = found {
            apply(&value, &as_nexthop(&domain), route);
        }
        Ok(())
    }
}

/// Applies the right-hand side of a transport table (transport(5)).
fn apply(value: &str, domain: &str, route: &mut Resolved) {
    let (transport, nexthop) = split_route(value);
    match (transport.is_empty(), nexthop.is_empty()) {
        // Neither: the default stays.
        (true, true) => {}
        (true, false) => nexthop.clone_into(&mut route.nexthop),
        (false, true) => {
            transport.clone_into(&mut route.transport);
            // These show their next hop to a person, whom a domain would tell nothing.
            let is_text = matches!(transport, "error" | "retry");
            let nexthop = if is_text {
                "Address is undeliverable"
            } else {
                domain
            };
            nexthop.clone_into(&mut route.nexthop);
        }
        (false, false) => {
            transport.clone_into(&mut route.transport);
            nexthop.clone_into(&mut route.nexthop);
        }
    }
}

/// `transport:nexthop`, the next hop perhaps missing.
fn split_route(route: &str) -> (&str, &str) {
    let (transport, nexthop) = route.split_once(':').unwrap_or((route, ""));
    (transport.trim(), nexthop.trim())
}

/// A domain as a next hop: one name for one place, however it was spelled; literals are left as they are.
fn as_nexthop(domain: &str) -> String {
    if domain.starts_with('[') {
        domain.to_owned()
    } else {
        lookup::fold(domain).into_owned()
    }
}

/// Whether a domain is a name or an address literal.
fn is_destination(domain: &str) -> bool {
    if domain.starts_with('[') {
        return mail::domain::parse_literal(domain).is_some();
    }
    mail::domain::parse_address(domain).is_none() && mail::domain::is_valid(domain)
}

/// Whether a local part looks as if it said where to go, whether or not we would follow.
fn routed(user: &str) -> u32 {
    if user.contains(['@', '%', '!']) {
        flag::ROUTED
    } else {
        0
    }
}

fn malformed(address: &str, flags: u32) -> Resolved {
    Resolved {
        flags: flags | flag::ERROR,
        transport: "error".to_owned(),
        nexthop: "5.1.3 bad address syntax".to_owned(),
        recipient: address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transport_table_changes_what_it_names_and_nothing_else() {
        let class = || Resolved {
            transport: "relay".into(),
            nexthop: "hub.example".into(),
            ..Resolved::default()
        };
        for (value, transport, nexthop) in [
            (":", "relay", "hub.example"),
            (":[gw.example]:26", "relay", "[gw.example]:26"),
            ("uucp:", "uucp", "dom.example"),
            ("uucp", "uucp", "dom.example"),
            ("error", "error", "Address is undeliverable"),
            ("retry:", "retry", "Address is undeliverable"),
            ("error:5.7.1 not here", "error", "5.7.1 not here"),
            ("lmtp:unix:/run/lmtp", "lmtp", "unix:/run/lmtp"),
        ] {
            let mut route = class();
            apply(value, "dom.example", &mut route);
            assert_eq!(
                (route.transport.as_str(), route.nexthop.as_str()),
                (transport, nexthop),
                "{value}"
            );
        }
    }
}
