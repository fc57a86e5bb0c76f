//! The text of a restriction list, read once into values.
//!
//! A mistake in it does not stop the server: as in Postfix it becomes a restriction that answers "Server
//! configuration error" and logs what is wrong, at the place where it stands. Follows postconf(5)
//! smtpd_recipient_restrictions and access(5).

use std::rc::Rc;
use std::time::Duration;

use lookup::Maps;

use super::dns_list::List as DnsList;
use super::policy_server::PolicyServer;

/// A restriction list.
#[derive(Clone, Default)]
pub(crate) struct List(pub(super) Rc<[Item]>);

/// One restriction, with its name as written.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) rule: Rule,
}

/// Whose name or address is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    Client,
    ReverseClient,
    Helo,
    Sender,
    Recipient,
    Etrn,
    Login,
}

/// Of the two envelope addresses, one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Party {
    Sender,
    Recipient,
}

/// Which servers of a domain are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Servers {
    Mx,
    Ns,
    /// The name's own addresses.
    Addresses,
}

/// What of the client or envelope is looked for in a DNS list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    Address,
    Name(Evidence),
}

/// An access table, and its name for log lines.
#[derive(Clone)]
pub(crate) struct AccessTable {
    pub(super) name: String,
    pub(super) maps: Maps,
}

/// The restrictions.
pub(super) enum Rule {
    Permit,
    Reject,
    Defer,
    DeferIfPermit,
    DeferIfReject,
    WarnIfReject,
    Sleep(Duration),
    RejectUnauthPipelining,
    RejectPlaintextSession,
    RejectMultiRecipientBounce,
    RejectUnknownClient,
    RejectUnknownReverseClient,
    PermitInetInterfaces,
    PermitMynetworks,
    PermitSaslAuthenticated,
    /// Both kinds: without TLS in the session neither permits.
    PermitTlsClientcerts,
    /// `check_ccert_access`: without TLS in the session there is nothing to look up.
    CertificateAccess,
    Access(Evidence, AccessTable),
    /// A table without `check_..._access` in front.
    BareTable(AccessTable),
    ServerAccess(Evidence, Servers, AccessTable),
    RejectInvalidHelo,
    RejectNonFqdnHelo,
    RejectUnknownHelo,
    RejectNonFqdn(Party),
    RejectUnknownDomain(Party),
    RejectUnlisted(Party),
    RejectUnverified(Party),
    /// A `reject_..._sender_login_mismatch`: which of the two halves, and whether unknown senders pass.
    SenderLogin {
        logged_in: bool,
        not_logged_in: bool,
        unknown_passes: bool,
    },
    PermitAuthDestination,
    RejectUnauthDestination,
    DeferUnauthDestination,
    PermitMxBackup,
    RejectDnsList(Listed, DnsList),
    PermitDnsList(Listed, DnsList),
    Policy(Rc<PolicyServer>),
    /// A name that may be a restriction class; looked up when judged, since classes may name each other.
    Class,
    /// Logged; nothing is decided.
    Ignored(String),
    /// Logged; answered as a configuration error.
    Broken(Vec<String>),
}

/// What opens tables and policy servers that a list names.
pub(crate) trait Opener {
    /// The table `type:name`.
    fn table(&mut self, name: &str) -> Result<Maps, String>;
    /// The policy server of `check_policy_service`, with its overrides.
    fn policy(&mut self, text: &str) -> Result<Rc<PolicyServer>, String>;
}

/// For texts that come from a table: they must not open anything.
pub(super) struct NoOpener;

impl Opener for NoOpener {
    fn table(&mut self, name: &str) -> Result<Maps, String> {
        Err(format!("unexpected dictionary: {name}"))
    }

    fn policy(&mut self, text: &str) -> Result<Rc<PolicyServer>, String> {
        Err(format!("unexpected policy server: {text}"))
    }
}

impl List {
    /// Reads the text of a list.
    pub(crate) fn parse(text: &str, opener: &mut dyn Opener) -> Self {
        let words: Vec<&str> = config::split::list(text).collect();
        let mut items = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let Some((name, after)) = rest.split_first() {
            let (rule, taken) = read(name, after, opener);
            items.push(Item {
                name: (*name).to_owned(),
                rule,
            });
            rest = after.get(taken..).unwrap_or_default();
        }
        Self(items.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn class_stops(&self, name: &str, class: &dyn Fn(&str) -> Option<List>, depth: usize) -> bool {
        class(name).is_some_and(|list| list.stops_relaying(class, depth + 1))
    }

    /// Whether an unauthorised recipient would surely be stopped by this list, or by a class that it names.
    pub(crate) fn stops_relaying(&self, class: &dyn Fn(&str) -> Option<List>, depth: usize) -> bool {
        let mut items = self.0.iter();
        while let Some(item) = items.next() {
            match &item.rule {
                Rule::WarnIfReject => {
                    items.next();
                }
                Rule::Permit => return false,
                Rule::Reject | Rule::Defer | Rule::RejectUnauthDestination | Rule::DeferUnauthDestination => {
                    return true;
                }
                Rule::DeferIfPermit => return true,
                Rule::Broken(_) if item.name.eq_ignore_ascii_case("check_relay_domains") => return true,
                Rule::Class if depth < 100 && self.class_stops(&item.name, class, depth) => return true,
                _ => {}
            }
        }
        false
    }
}

/// The restriction named `name`, and how many words behind it belong to it.
fn read(name: &str, after: &[&str], opener: &mut dyn Opener) -> (Rule, usize) {
    let lower = name.to_ascii_lowercase();
    if name.starts_with('{') || name.contains(':') {
        return (open(name, opener, Rule::BareTable), 0);
    }
    if let Some(rule) = plain(&lower) {
        return (rule, 0);
    }
    if let Some((evidence, servers)) = access(&lower) {
        let make = |table| match servers {
            None => Rule::Access(evidence, table),
            Some(servers) => Rule::ServerAccess(evidence, servers, table),
        };
        return table_argument(name, after, opener, make);
    }
    match lower.as_str() {
        "check_ccert_access" => table_argument(name, after, opener, |_| Rule::CertificateAccess),
        "check_policy_service" => match after.first().filter(|word| word.contains(':')) {
            Some(server) => match opener.policy(server) {
                Ok(server) => (Rule::Policy(server), 1),
                Err(why) => (Rule::Broken(vec![why]), 1),
            },
            None => (
                Rule::Broken(vec![
                    "restriction check_policy_service must be followed by transport:server".into(),
                ]),
                0,
            ),
        },
        "sleep" => match after.first().and_then(|word| word.parse().ok()) {
            Some(seconds) => (Rule::Sleep(Duration::from_secs(seconds)), 1),
            None => (
                Rule::Broken(vec!["restriction sleep must be followed by number".into()]),
                0,
            ),
        },
        _ => match dns_list(&lower) {
            Some(make) => match after.first() {
                Some(domain) => match DnsList::parse(domain) {
                    Ok(list) => (make(list), 1),
                    Err(why) => (Rule::Broken(vec![why]), 1),
                },
                None => (
                    Rule::Ignored(format!("restriction {name} requires domain name argument")),
                    0,
                ),
            },
            None => (Rule::Class, 0),
        },
    }
}

fn table_argument(
    name: &str,
    after: &[&str],
    opener: &mut dyn Opener,
    make: impl FnOnce(AccessTable) -> Rule,
) -> (Rule, usize) {
    match after.first().filter(|word| word.contains(':')) {
        Some(table) => (open(table, opener, make), 1),
        None => (
            Rule::Broken(vec![format!(
                "restriction {name}: bad argument \"{}\": need maptype:mapname",
                after.first().copied().unwrap_or_default()
            )]),
            usize::from(!after.is_empty()),
        ),
    }
}

fn open(text: &str, opener: &mut dyn Opener, make: impl FnOnce(AccessTable) -> Rule) -> Rule {
    // `{ type:name, { search_order = ... } }` names a table too.
    let inside = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let name = inside
        .and_then(|inside| config::split::list(inside).next())
        .unwrap_or(text);
    match opener.table(name) {
        Ok(maps) => make(AccessTable {
            name: name.to_owned(),
            maps,
        }),
        Err(why) => Rule::Broken(vec![why]),
    }
}

/// Restrictions without arguments.
fn plain(name: &str) -> Option<Rule> {
    Some(match name {
        "permit" => Rule::Permit,
        "reject" => Rule::Reject,
        "defer" => Rule::Defer,
        "defer_if_permit" => Rule::DeferIfPermit,
        "defer_if_reject" => Rule::DeferIfReject,
        "warn_if_reject" => Rule::WarnIfReject,
        "reject_unauth_pipelining" => Rule::RejectUnauthPipelining,
        "reject_plaintext_session" => Rule::RejectPlaintextSession,
        "reject_multi_recipient_bounce" => Rule::RejectMultiRecipientBounce,
        "reject_unknown_client_hostname" | "reject_unknown_client" => Rule::RejectUnknownClient,
        "reject_unknown_reverse_client_hostname" => Rule::RejectUnknownReverseClient,
        "permit_inet_interfaces" => Rule::PermitInetInterfaces,
        "permit_mynetworks" => Rule::PermitMynetworks,
        "permit_sasl_authenticated" => Rule::PermitSaslAuthenticated,
        "permit_tls_clientcerts" | "permit_tls_all_clientcerts" => Rule::PermitTlsClientcerts,
        "reject_invalid_helo_hostname" | "reject_invalid_hostname" => Rule::RejectInvalidHelo,
        "reject_non_fqdn_helo_hostname" | "reject_non_fqdn_hostname" => Rule::RejectNonFqdnHelo,
        "reject_unknown_helo_hostname" | "reject_unknown_hostname" => Rule::RejectUnknownHelo,
        "reject_non_fqdn_sender" => Rule::RejectNonFqdn(Party::Sender),
        "reject_non_fqdn_recipient" => Rule::RejectNonFqdn(Party::Recipient),
        "reject_unknown_sender_domain" | "reject_unknown_address" => Rule::RejectUnknownDomain(Party::Sender),
        "reject_unknown_recipient_domain" => Rule::RejectUnknownDomain(Party::Recipient),
        "reject_unlisted_sender" => Rule::RejectUnlisted(Party::Sender),
        "reject_unlisted_recipient" | "check_recipient_maps" => Rule::RejectUnlisted(Party::Recipient),
        "reject_unverified_sender" => Rule::RejectUnverified(Party::Sender),
        "reject_unverified_recipient" => Rule::RejectUnverified(Party::Recipient),
        "reject_sender_login_mismatch" => login(true, true, false),
        "reject_authenticated_sender_login_mismatch" => login(true, false, false),
        "reject_unauthenticated_sender_login_mismatch" => login(false, true, false),
        "reject_known_sender_login_mismatch" => login(true, true, true),
        "permit_auth_destination" => Rule::PermitAuthDestination,
        "reject_unauth_destination" => Rule::RejectUnauthDestination,
        "defer_unauth_destination" => Rule::DeferUnauthDestination,
        "permit_mx_backup" => Rule::PermitMxBackup,
        "reject_maps_rbl" => removed(name, "reject_rbl_client domain-name"),
        "check_relay_domains" => removed(name, "reject_unauth_destination"),
        "permit_naked_ip_address" => removed(name, "permit_mynetworks\" or \"permit_sasl_authenticated"),
        _ => return None,
    })
}

const fn login(logged_in: bool, not_logged_in: bool, unknown_passes: bool) -> Rule {
    Rule::SenderLogin {
        logged_in,
        not_logged_in,
        unknown_passes,
    }
}

fn removed(name: &str, instead: &str) -> Rule {
    Rule::Broken(vec![format!(
        "support for restriction \"{name}\" has been removed in Postfix 3.9; instead, specify \"{instead}\""
    )])
}

/// What a `check_..._access` judges.
fn access(name: &str) -> Option<(Evidence, Option<Servers>)> {
    let subject = name.strip_prefix("check_")?.strip_suffix("_access")?;
    let (subject, servers) = match subject.rsplit_once('_') {
        Some((subject, "mx")) => (subject, Some(Servers::Mx)),
        Some((subject, "ns")) => (subject, Some(Servers::Ns)),
        Some((subject, "a")) => (subject, Some(Servers::Addresses)),
        _ => (subject, None),
    };
    let evidence = match subject {
        "client" => Evidence::Client,
        "reverse_client_hostname" => Evidence::ReverseClient,
        "helo" => Evidence::Helo,
        "sender" => Evidence::Sender,
        "recipient" => Evidence::Recipient,
        "etrn" if servers.is_none() => Evidence::Etrn,
        "sasl" if servers.is_none() => Evidence::Login,
        _ => return None,
    };
    Some((evidence, servers))
}

fn dns_list(name: &str) -> Option<fn(DnsList) -> Rule> {
    Some(match name {
        "reject_rbl_client" | "reject_rbl" => |list| Rule::RejectDnsList(Listed::Address, list),
        "reject_rhsbl_client" => |list| Rule::RejectDnsList(Listed::Name(Evidence::Client), list),
        "reject_rhsbl_reverse_client" => {
            |list| Rule::RejectDnsList(Listed::Name(Evidence::ReverseClient), list)
        }
        "reject_rhsbl_helo" => |list| Rule::RejectDnsList(Listed::Name(Evidence::Helo), list),
        "reject_rhsbl_sender" => |list| Rule::RejectDnsList(Listed::Name(Evidence::Sender), list),
        "reject_rhsbl_recipient" => |list| Rule::RejectDnsList(Listed::Name(Evidence::Recipient), list),
        "permit_dnswl_client" => |list| Rule::PermitDnsList(Listed::Address, list),
        "permit_rhswl_client" => |list| Rule::PermitDnsList(Listed::Name(Evidence::Client), list),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Opened;

    impl Opener for Opened {
        fn table(&mut self, name: &str) -> Result<Maps, String> {
            Ok(Maps::empty(name))
        }

        fn policy(&mut self, text: &str) -> Result<Rc<PolicyServer>, String> {
            Err(format!("policy {text}"))
        }
    }

    fn names(text: &str) -> Vec<String> {
        List::parse(text, &mut Opened)
            .0
            .iter()
            .map(|item| item.name.clone())
            .collect()
    }

    #[test]
    fn arguments_belong_to_their_restriction() {
        assert_eq!(
            names(
                "permit_mynetworks, check_sender_access hash:/a reject_rbl_client x.example sleep 3 hash:/b myclass"
            ),
            [
                "permit_mynetworks",
                "check_sender_access",
                "reject_rbl_client",
                "sleep",
                "hash:/b",
                "myclass"
            ]
        );
    }

    #[test]
    fn access_restrictions_name_their_evidence() {
        assert_eq!(access("check_client_access"), Some((Evidence::Client, None)));
        assert_eq!(
            access("check_sender_mx_access"),
            Some((Evidence::Sender, Some(Servers::Mx)))
        );
        assert_eq!(
            access("check_reverse_client_hostname_a_access"),
            Some((Evidence::ReverseClient, Some(Servers::Addresses)))
        );
        assert_eq!(access("check_etrn_mx_access"), None);
        assert_eq!(access("check_colour_access"), None);
    }

    #[test]
    fn mistakes_become_restrictions_that_answer_as_such() {
        let stops = |text: &str| List::parse(text, &mut Opened).stops_relaying(&|_| None, 0);
        assert!(stops("permit_mynetworks reject_unauth_destination"));
        assert!(!stops("warn_if_reject reject_unauth_destination permit"));
        assert!(!stops("permit_mynetworks"));
        let class = |name: &str| (name == "x").then(|| List::parse("reject", &mut Opened));
        assert!(List::parse("x", &mut Opened).stops_relaying(&class, 0));
    }
}
