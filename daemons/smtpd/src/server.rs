//! What all sessions of this process share: settings, tables, restriction lists, and whom to ask.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use config::expand;
use contract::rewrite::{Resolve, Resolved, flag};
use daemon::{Life, Start, StartError};
use dns::{Answer, Resolver};
use esmtp::content::BareNewline;
use esmtp::extension::Keywords;
use ipc::Port;
use lookup::{AddressRules, LocalDomains, LookupError, Maps, MatchList, OpenError, Tables, Use};
use mail::AddressForm;
use message::date::Clockface;

use crate::anvil::Anvil;
use crate::log;
use crate::probe_sender::ProbeSender;
use crate::restriction::Lists;
use crate::restriction::dns_list::Cache;
use crate::restriction::grammar::{List, Opener};
use crate::restriction::policy_server::PolicyServer;
use crate::settings::{Patience, Settings};
use crate::state::{Client, State, Trouble};

/// Bits of the address classes for which we are the end of the road.
pub(crate) const FINAL: u32 = flag::LOCAL | flag::ALIAS | flag::MAILBOX;

/// The tables that say which addresses exist, and the like.
pub(crate) struct AddressTables {
    pub(crate) canonical: Maps,
    pub(crate) recipient_canonical: Maps,
    pub(crate) sender_canonical: Maps,
    pub(crate) virtual_alias: Maps,
    pub(crate) virtual_mailbox: Maps,
    pub(crate) relay_recipient: Maps,
    pub(crate) local_recipient: Maps,
    pub(crate) sender_login: Maps,
    pub(crate) rbl_reply: Maps,
    pub(crate) discard_keywords: Maps,
    pub(crate) command_filter: Maps,
    pub(crate) reject_footer: Maps,
    pub(crate) reject_filter: Maps,
}

/// Lists of clients and words.
pub(crate) struct MatchLists {
    pub(crate) mynetworks: MatchList,
    pub(crate) xclient: MatchList,
    pub(crate) xforward: MatchList,
    pub(crate) verp: MatchList,
    pub(crate) exceptions: MatchList,
    pub(crate) bare_newline_exclusions: MatchList,
    pub(crate) noop_commands: MatchList,
    pub(crate) forbidden_commands: MatchList,
    mx_backup: MatchList,
    permit_actions: MatchList,
}

/// Whether a DNS trouble lets the next restriction decide first (`..._tempfail_action`).
pub(crate) struct Tempfail {
    pub(crate) address: bool,
    pub(crate) helo: bool,
    pub(crate) unverified_sender: bool,
    pub(crate) unverified_recipient: bool,
}

/// `receive_override_options`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Overrides {
    pub(crate) no_unknown_recipient_checks: bool,
    pub(crate) no_address_mappings: bool,
    pub(crate) no_header_body_checks: bool,
    pub(crate) no_milters: bool,
}

/// One item of `local_header_rewrite_clients`.
pub(crate) enum RewriteClient {
    InetInterfaces,
    Mynetworks,
    SaslAuthenticated,
    /// Without TLS in the session, nobody.
    TlsClientcerts,
    Table(Maps),
    Invalid(String),
}

/// What all sessions share.
pub(crate) struct Server {
    pub(crate) settings: Settings,
    patience: [Patience; 2],
    pub(crate) service: String,
    pub(crate) life: Life,
    pub(crate) lists: Lists,
    pub(crate) tables: AddressTables,
    pub(crate) matches: MatchLists,
    pub(crate) rules: AddressRules,
    pub(crate) rewrite_clients: Vec<RewriteClient>,
    pub(crate) tempfail: Tempfail,
    pub(crate) overrides: Overrides,
    pub(crate) bare_newline: BareNewline,
    pub(crate) discard_keywords: Keywords,
    pub(crate) notify: Trouble,
    pub(crate) address_form: AddressForm,
    pub(crate) access_parents: bool,
    pub(crate) own_addresses: Vec<IpAddr>,
    interface_addresses: Vec<IpAddr>,
    pub(crate) protocols: config::host::Protocols,
    pub(crate) resolver: Resolver,
    pub(crate) anvil: Option<Anvil>,
    rewrite: Port,
    pub(crate) verify: Port,
    pub(crate) cleanup: Port,
    pub(crate) flush: Port,
    probe_sender: ProbeSender,
    expansion_filter: String,
    pub(crate) dns_lists: RefCell<Cache>,
    resolved: RefCell<HashMap<String, (Instant, Rc<Resolved>)>>,
    space: Cell<Option<(Instant, Option<u64>)>>,
    clockface: RefCell<Clockface>,
    pub(crate) warned_mx_backup: Cell<bool>,
    pub(crate) sequence: Cell<u32>,
}

/// Routes kept, and for how long: every stage of a transaction asks for the same two addresses.
const ROUTES_KEPT: usize = 1000;
const ROUTES_KEPT_FOR: Duration = Duration::from_secs(60);
/// How long a measurement of the free space is good for.
const SPACE_KEPT_FOR: Duration = Duration::from_secs(1);

impl Server {
    pub(crate) fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let configuration = start.configuration;
        let settings = Settings::read(configuration)?;
        let mut stressed = configuration.clone();
        stressed.set_fact("stress", "yes");
        let patience = [Patience::read(configuration)?, Patience::read(&stressed)?];
        refuse_unbuilt(&settings)?;
        let tables = start.tables()?;
        let opening = Opening {
            tables: &tables,
            settings: &settings,
        };
        let lists = opening.restrictions(configuration)?;
        let matches = opening.match_lists()?;
        let rewrite_clients = opening.rewrite_clients()?;
        let own_addresses = config::host::own_addresses(configuration);
        let local = opening.list("mydestination", &settings.mydestination, false)?;
        let notify = Trouble::parse(&settings.notify_classes)
            .map_err(|word| StartError::Refused(format!("unknown notify_classes value \"{word}\"")))?;
        let bare_newline = BareNewline::parse(&settings.forbid_bare_newline).ok_or_else(|| {
            StartError::Refused(format!(
                "bad configuration: smtpd_forbid_bare_newline = {}",
                settings.forbid_bare_newline
            ))
        })?;
        let limits = [
            settings.connection_count_limit,
            settings.connection_rate_limit,
            settings.message_rate_limit,
            settings.recipient_rate_limit,
        ];
        Ok(Self {
            patience,
            service: start.service.to_owned(),
            life: start.life.clone(),
            lists,
            tables: opening.address_tables()?,
            matches,
            rules: AddressRules {
                split: mail::SplitRules {
                    delimiters: settings.recipient_delimiter.clone(),
                    owner_request_special: settings.owner_request_special,
                    double_bounce_sender: settings.double_bounce_sender.clone(),
                },
                myorigin: settings.myorigin.clone(),
                local: LocalDomains::new(local, own_addresses.clone()),
            },
            rewrite_clients,
            tempfail: tempfail(&settings)?,
            overrides: overrides(&settings)?,
            bare_newline,
            discard_keywords: Keywords::parse(&settings.discard_ehlo_keywords),
            notify,
            address_form: AddressForm::parse(&settings.address_format).map_err(|_| {
                StartError::Refused(format!(
                    "invalid info_log_address_format value \"{}\"",
                    settings.address_format
                ))
            })?,
            access_parents: settings
                .parent_domains
                .iter()
                .any(|name| name == "smtpd_access_maps"),
            interface_addresses: config::host::own_networks(configuration)
                .iter()
                .map(|own| own.address)
                .collect(),
            own_addresses,
            protocols: config::host::Protocols::parse(&settings.inet_protocols),
            resolver: Resolver::of_this_host(),
            anvil: limits
                .iter()
                .any(|limit| *limit > 0)
                .then(|| Anvil::new(start.private(contract::anvil::SERVICE))),
            rewrite: start.private(&settings.rewrite_service),
            verify: start.private(&settings.verify_service),
            cleanup: start.public(&settings.cleanup_service),
            flush: start.public(&settings.flush_service),
            probe_sender: ProbeSender::new(
                &settings.verify_sender,
                &settings.myorigin,
                settings.verify_sender_ttl,
            ),
            expansion_filter: unescape(&settings.expansion_filter),
            dns_lists: RefCell::default(),
            resolved: RefCell::default(),
            space: Cell::new(None),
            clockface: RefCell::new(Clockface::new(jiff::tz::TimeZone::system())),
            warned_mx_backup: Cell::new(false),
            sequence: Cell::new(0),
            settings,
        })
    }

    /// Whether refusals may be dressed by tables or a footer.
    pub(crate) fn has_reply_tables(&self) -> bool {
        !self.settings.reject_footer.is_empty()
            || !self.tables.reject_footer.is_empty()
            || !self.tables.reject_filter.is_empty()
    }

    /// The limits of this moment: shorter when most places are taken.
    pub(crate) fn patience(&self) -> Patience {
        let [calm, stressed] = self.patience;
        if self.life.is_stressed() { stressed } else { calm }
    }

    /// Where mail for an address goes; `None` when nobody could tell, which was logged.
    pub(crate) async fn resolve(&self, sender: &str, address: &str) -> Option<Rc<Resolved>> {
        let key = format!("{sender}\n{address}");
        if let Some((since, resolved)) = self.resolved.borrow().get(&key)
            && stream::now().duration_since(*since) < ROUTES_KEPT_FOR
        {
            return Some(Rc::clone(resolved));
        }
        let question = Resolve {
            sender: sender.to_owned(),
            address: address.to_owned(),
            probe: false,
        };
        let resolved = match self.rewrite.ask(&question).await {
            Ok(resolved) => resolved,
            Err(error) => {
                log::service_unreachable(&error);
                return None;
            }
        };
        if resolved.flags & flag::FAIL != 0 {
            return None;
        }
        let resolved = Rc::new(resolved);
        let mut kept = self.resolved.borrow_mut();
        if kept.len() >= ROUTES_KEPT {
            kept.clear();
        }
        kept.insert(key, (stream::now(), Rc::clone(&resolved)));
        Some(resolved)
    }

    /// Whether the address is of a form that mail can go to. Only odd ones need a question.
    pub(crate) async fn is_deliverable_form(&self, sender: &str, address: &str, smtputf8: bool) -> bool {
        let (local, domain) = mail::address::split_at_domain(address);
        if address.is_empty() {
            return true;
        }
        let plain = mail::quote::is_dot_string(local) && !local.contains(['!', '%']);
        if plain && domain.is_none_or(|domain| domain.is_ascii() && mail::domain::is_valid(domain)) {
            return true;
        }
        match self.resolve(sender, address).await {
            Some(resolved) if resolved.flags & flag::ERROR != 0 => false,
            Some(resolved) => {
                smtputf8 || mail::address::domain(&resolved.recipient).is_none_or(str::is_ascii)
            }
            // A later question will say so again, where it can be answered.
            None => true,
        }
    }

    /// Local addresses that exist without being in any table.
    pub(crate) fn is_special_local(&self, address: &str) -> bool {
        let local = mail::address::local_part(address);
        let special = [
            self.settings.double_bounce_sender.as_str(),
            "postmaster",
            "MAILER-DAEMON",
        ];
        special.iter().any(|name| name.eq_ignore_ascii_case(local))
    }

    /// Our own probes' sender, when this is it.
    pub(crate) fn own_probe_sender(&self, address: &str) -> Option<String> {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        self.probe_sender.matches(address, seconds)
    }

    pub(crate) fn logs_permit(&self, action: &str) -> bool {
        // No table, so nothing to wait for, is the usual case by far.
        !self.matches.permit_actions.is_empty() && at_once(self.matches.permit_actions.contains_text(action))
    }

    pub(crate) async fn in_mynetworks(&self, client: &Client) -> Result<bool, LookupError> {
        self.matches
            .mynetworks
            .contains_client(&client.name, &client.address)
            .await
    }

    pub(crate) async fn in_mx_backup_networks(&self, name: &str, address: &str) -> Result<bool, LookupError> {
        self.matches.mx_backup.contains_client(name, address).await
    }

    pub(crate) fn lists_mx_backup_is_empty(&self) -> bool {
        self.matches.mx_backup.is_empty()
    }

    /// Whether the client connects from an address of this host.
    pub(crate) fn is_own_client(&self, state: &State) -> bool {
        state
            .client
            .ip
            .is_some_and(|ip| self.interface_addresses.contains(&ip))
    }

    /// Addresses of a host, of the families in use.
    pub(crate) async fn addresses(&self, host: &str) -> Answer<IpAddr> {
        self.resolver
            .native_addresses(host, self.protocols.ipv4, self.protocols.ipv6)
            .await
    }

    /// Octets that may still be written in the queue; `None` when the system could not tell.
    pub(crate) fn free_space(&self) -> Option<u64> {
        if let Some((since, space)) = self.space.get()
            && stream::now().duration_since(since) < SPACE_KEPT_FOR
        {
            return space;
        }
        let space = match sys::disk::space(std::path::Path::new(".")) {
            Ok(space) => Some(space.free_octets),
            Err(error) => {
                log::space_unknown(&error);
                None
            }
        };
        self.space.set(Some((stream::now(), space)));
        space
    }

    /// A moment as headers have it.
    pub(crate) fn date(&self, seconds: i64) -> String {
        self.clockface.borrow_mut().format(seconds).to_owned()
    }

    /// The value of a `$name` in a reply template; `None` when there is none.
    pub(crate) fn expansion(&self, state: &State, name: &str) -> Option<String> {
        let client = &state.client;
        let address_part = |address: &Option<String>, suffix: &str| {
            let address = address.as_deref().unwrap_or_default();
            match suffix {
                "" if address.is_empty() => Some("<>".to_owned()),
                "" => Some(address.to_owned()),
                "_name" if address.is_empty() => Some("<>".to_owned()),
                "_name" => Some(mail::address::local_part(address).to_owned()),
                "_domain" => Some(mail::address::domain(address).unwrap_or_default().to_owned()),
                _ => None,
            }
        };
        match name {
            "server_name" => Some(self.settings.myhostname.clone()),
            "client" => Some(client.shown.clone()),
            "client_port" => Some(client.port.clone()),
            "client_address" => Some(client.address.clone()),
            "client_name" => Some(client.name.clone()),
            "reverse_client_name" => Some(client.reverse_name.clone()),
            "helo_name" => Some(state.helo.clone().unwrap_or_default()),
            "localtime" => Some(self.local_time()),
            _ => match (name.strip_prefix("sender"), name.strip_prefix("recipient")) {
                (Some(suffix), _) => address_part(&state.sender, suffix),
                (_, Some(suffix)) => address_part(&state.recipient, suffix),
                _ => None,
            },
        }
    }

    fn local_time(&self) -> String {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_secs());
        // `Sun, 22 Nov 2026 18:34:22 +0000 (UTC)` has all that is needed, in another order.
        let date = self.date(i64::try_from(seconds).unwrap_or(0));
        let words: Vec<&str> = date.split_ascii_whitespace().collect();
        match words.as_slice() {
            [_, day, month, _, time, ..] => format!("{month} {day:0>2} {time}"),
            _ => String::new(),
        }
    }

    /// Replaces `$names` in a reply template; whatever the filter does not allow becomes `_`.
    pub(crate) fn expand(
        &self,
        template: &str,
        names: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, expand::ExpandError> {
        let rules = expand::Rules {
            recursive: false,
            allowed: Some(&self.expansion_filter),
        };
        let expanded = expand::expand(template, &names, rules)?;
        Ok(expanded.text.into_owned())
    }
}

/// The answer of a future that waits for nobody; false for one that would.
fn at_once(work: impl Future<Output = Result<bool, LookupError>>) -> bool {
    let mut work = std::pin::pin!(work);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    matches!(work.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(true)))
}

/// Opens what the settings name.
struct Opening<'a> {
    tables: &'a Rc<Tables>,
    settings: &'a Settings,
}

fn refused(error: OpenError) -> StartError {
    StartError::Refused(error.to_string())
}

impl Opening<'_> {
    fn maps(&self, title: &str, text: &str) -> Result<Maps, StartError> {
        self.tables.maps(title, text, Use::GENERAL).map_err(refused)
    }

    fn list(&self, title: &str, text: &str, parents: bool) -> Result<MatchList, StartError> {
        MatchList::open(self.tables, title, text, parents).map_err(refused)
    }

    /// A list whose parameter may be one of `parent_domain_matches_subdomains`.
    fn host_list(&self, title: &str, text: &str) -> Result<MatchList, StartError> {
        self.list(
            title,
            text,
            self.settings.parent_domains.iter().any(|name| name == title),
        )
    }

    fn address_tables(&self) -> Result<AddressTables, StartError> {
        let settings = self.settings;
        Ok(AddressTables {
            canonical: self.maps("canonical_maps", &settings.canonical_maps)?,
            recipient_canonical: self.maps("recipient_canonical_maps", &settings.recipient_canonical_maps)?,
            sender_canonical: self.maps("sender_canonical_maps", &settings.sender_canonical_maps)?,
            virtual_alias: self.maps("virtual_alias_maps", &settings.virtual_alias_maps)?,
            virtual_mailbox: self.maps("virtual_mailbox_maps", &settings.virtual_mailbox_maps)?,
            relay_recipient: self.maps("relay_recipient_maps", &settings.relay_recipient_maps)?,
            local_recipient: self.maps("local_recipient_maps", &settings.local_recipient_maps)?,
            sender_login: self.maps("smtpd_sender_login_maps", &settings.sender_login_maps)?,
            rbl_reply: self.maps("rbl_reply_maps", &settings.rbl_reply_maps)?,
            discard_keywords: self.maps(
                "smtpd_discard_ehlo_keyword_address_maps",
                &settings.discard_ehlo_keyword_address_maps,
            )?,
            command_filter: self.maps("smtpd_command_filter", &settings.command_filter)?,
            reject_footer: self.maps("smtpd_reject_footer_maps", &settings.reject_footer_maps)?,
            reject_filter: self.maps("smtpd_reject_filter_maps", &settings.reject_filter_maps)?,
        })
    }

    fn match_lists(&self) -> Result<MatchLists, StartError> {
        let settings = self.settings;
        Ok(MatchLists {
            mynetworks: self.host_list("mynetworks", &settings.mynetworks)?,
            xclient: self.host_list("smtpd_authorized_xclient_hosts", &settings.xclient_hosts)?,
            xforward: self.host_list("smtpd_authorized_xforward_hosts", &settings.xforward_hosts)?,
            verp: self.host_list("smtpd_authorized_verp_clients", &settings.verp_clients)?,
            exceptions: self.host_list(
                "smtpd_client_event_limit_exceptions",
                &settings.event_limit_exceptions,
            )?,
            // Parent domains match here as they do in mynetworks.
            bare_newline_exclusions: self.list(
                "smtpd_forbid_bare_newline_exclusions",
                &settings.forbid_bare_newline_exclusions,
                settings.parent_domains.iter().any(|name| name == "mynetworks"),
            )?,
            noop_commands: self.list("smtpd_noop_commands", &settings.noop_commands, false)?,
            forbidden_commands: self.list("smtpd_forbidden_commands", &settings.forbidden_commands, false)?,
            mx_backup: self.host_list("permit_mx_backup_networks", &settings.mx_backup_networks)?,
            permit_actions: self.list(
                "smtpd_log_access_permit_actions",
                &settings.log_permit_actions,
                false,
            )?,
        })
    }

    fn rewrite_clients(&self) -> Result<Vec<RewriteClient>, StartError> {
        let mut clients = Vec::new();
        let mut words = config::split::list(&self.settings.local_header_rewrite_clients);
        while let Some(word) = words.next() {
            clients.push(match word.to_ascii_lowercase().as_str() {
                "permit_inet_interfaces" => RewriteClient::InetInterfaces,
                "permit_mynetworks" => RewriteClient::Mynetworks,
                "permit_sasl_authenticated" => RewriteClient::SaslAuthenticated,
                "permit_tls_clientcerts" | "permit_tls_all_clientcerts" => RewriteClient::TlsClientcerts,
                "check_address_map" => match words.next() {
                    Some(table) => RewriteClient::Table(self.maps("local_header_rewrite_clients", table)?),
                    None => RewriteClient::Invalid(word.to_owned()),
                },
                _ if word.contains(':') => {
                    RewriteClient::Table(self.maps("local_header_rewrite_clients", word)?)
                }
                _ => RewriteClient::Invalid(word.to_owned()),
            });
        }
        Ok(clients)
    }

    fn restrictions(&self, configuration: &config::Configuration) -> Result<Lists, StartError> {
        let settings = self.settings;
        let mut opener = ListOpener {
            opening: self,
            maps: HashMap::new(),
            policies: HashMap::new(),
        };
        let mut classes = HashMap::new();
        for name in &settings.restriction_classes {
            let text = configuration.expanded(name)?.unwrap_or_default();
            if text.is_empty() {
                return Err(StartError::Refused(format!(
                    "restriction class `{name}' needs a definition"
                )));
            }
            classes.insert(name.clone(), List::parse(&text, &mut opener));
        }
        let mut read = |text: &str| List::parse(text, &mut opener);
        let lists = Lists {
            client: read(&settings.client_restrictions),
            helo: read(&settings.helo_restrictions),
            sender: read(&settings.sender_restrictions),
            relay: read(&settings.relay_restrictions),
            recipient: read(&settings.recipient_restrictions),
            data: read(&settings.data_restrictions),
            end_of_data: read(&settings.end_of_data_restrictions),
            etrn: read(&settings.etrn_restrictions),
            classes,
        };
        let class = |name: &str| lists.classes.get(name).cloned();
        if lists.recipient.stops_relaying(&class, 0) || lists.relay.stops_relaying(&class, 0) {
            return Ok(lists);
        }
        // An open relay by omission must not even start.
        Err(StartError::Refused(
            "in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working \
             instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, defer_if_permit or \
             check_relay_domains"
                .to_owned(),
        ))
    }
}

/// Opens what restriction lists name, each once.
struct ListOpener<'a> {
    opening: &'a Opening<'a>,
    maps: HashMap<String, Maps>,
    policies: HashMap<String, Rc<PolicyServer>>,
}

impl Opener for ListOpener<'_> {
    fn table(&mut self, name: &str) -> Result<Maps, String> {
        if let Some(maps) = self.maps.get(name) {
            return Ok(maps.clone());
        }
        let maps = self
            .opening
            .tables
            .maps(name, name, Use::GENERAL)
            .map_err(|error| error.to_string())?;
        self.maps.insert(name.to_owned(), maps.clone());
        Ok(maps)
    }

    fn policy(&mut self, text: &str) -> Result<Rc<PolicyServer>, String> {
        if let Some(policy) = self.policies.get(text) {
            return Ok(Rc::clone(policy));
        }
        let policy = Rc::new(PolicyServer::parse(text, self.opening.settings)?);
        self.policies.insert(text.to_owned(), Rc::clone(&policy));
        Ok(policy)
    }
}

/// What this program cannot do yet would change who is let in or what is filtered: it must not start as if it could.
fn refuse_unbuilt(settings: &Settings) -> Result<(), StartError> {
    let demands_tls = settings.enforce_tls
        || settings.tls_wrapper_mode
        || settings.tls_security_level.eq_ignore_ascii_case("encrypt");
    for (wanted, parameter) in [
        (!settings.milters.is_empty(), "smtpd_milters"),
        (!settings.milter_maps.is_empty(), "smtpd_milter_maps"),
        (!settings.proxy_filter.is_empty(), "smtpd_proxy_filter"),
        (
            !settings.upstream_proxy_protocol.is_empty(),
            "smtpd_upstream_proxy_protocol",
        ),
        (settings.sasl_auth_enable, "smtpd_sasl_auth_enable"),
        (demands_tls, "smtpd_tls_security_level"),
    ] {
        if wanted {
            return Err(StartError::Refused(format!(
                "parameter {parameter}: this feature is not built yet"
            )));
        }
    }
    if settings.use_tls || settings.tls_security_level.eq_ignore_ascii_case("may") {
        log::restriction_trouble("TLS has been selected, but TLS support is not built yet");
    }
    Ok(())
}

fn tempfail(settings: &Settings) -> Result<Tempfail, StartError> {
    let read = |name: &str, action: &str| match action {
        "defer" => Ok(false),
        "defer_if_permit" => Ok(true),
        _ => Err(StartError::Refused(format!(
            "bad configuration: {name} = {action}"
        ))),
    };
    Ok(Tempfail {
        address: read(
            "unknown_address_tempfail_action",
            &settings.unknown_address_tempfail,
        )?,
        helo: read(
            "unknown_helo_hostname_tempfail_action",
            &settings.unknown_helo_tempfail,
        )?,
        unverified_sender: read(
            "unverified_sender_tempfail_action",
            &settings.unverified_sender_tempfail,
        )?,
        unverified_recipient: read(
            "unverified_recipient_tempfail_action",
            &settings.unverified_recipient_tempfail,
        )?,
    })
}

fn overrides(settings: &Settings) -> Result<Overrides, StartError> {
    let mut overrides = Overrides::default();
    for word in &settings.receive_override_options {
        match word.as_str() {
            "no_unknown_recipient_checks" => overrides.no_unknown_recipient_checks = true,
            "no_address_mappings" => overrides.no_address_mappings = true,
            "no_header_body_checks" => overrides.no_header_body_checks = true,
            "no_milters" => overrides.no_milters = true,
            _ => {
                return Err(StartError::Refused(format!(
                    "unknown receive_override_options value \"{word}\""
                )));
            }
        }
    }
    Ok(overrides)
}

/// Resolves backslashes as C does: `\t`, `\40`, `\\`.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let mut octal = 0;
        let mut digits = 0;
        while let Some(digit) = letters
            .peek()
            .and_then(|digit| digit.to_digit(8))
            .filter(|_| digits < 3)
        {
            octal = octal * 8 + digit;
            digits += 1;
            letters.next();
        }
        if digits > 0 {
            plain.extend(char::from_u32(octal));
            continue;
        }
        plain.extend(letters.next().map(|letter| match letter {
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            other => other,
        }));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_are_resolved() {
        assert_eq!(unescape(r"\t\40!\\[\101"), "\t !\\[A");
    }
}
