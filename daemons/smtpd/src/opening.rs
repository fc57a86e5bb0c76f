//! Opens a server: its tables, lists and restrictions, from the settings, while the rights of the start are still there.
//!
//! What is wrong in a restriction list is answered where it stands; what is wrong elsewhere keeps the server from
//! starting.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use config::{Configuration, catalogue};
use daemon::{Start, StartError};
use dns::Resolver;
use esmtp::content::BareNewline;
use esmtp::extension::Keywords;
use ipc::Port;
use lookup::{AddressRules, LocalDomains, Maps, MatchList, OpenError, Tables, Use};
use mail::AddressForm;
use message::date::Clockface;
use routes::Routes;

use crate::anvil::Anvil;
use crate::before_queue::Filter;
use crate::former::FormerDefaults;
use crate::outside::Outside;
use crate::probe_sender::ProbeSender;
use crate::restriction::Lists;
use crate::restriction::grammar::{List, Opener};
use crate::restriction::policy_server::PolicyServer;
use crate::server::{
    AddressTables, MatchLists, Memory, Overrides, ROUTES_KEPT, RewriteClient, Server, Tempfail,
};
use crate::settings::Settings;
use crate::stand_alone;
use crate::state::Trouble;
use crate::trace::Trace;

/// The services and tables around a server.
pub(crate) struct Surroundings {
    pub(crate) tables: Rc<Tables>,
    pub(crate) anvil: Port,
    pub(crate) rewrite: Port,
    pub(crate) verify: Port,
    pub(crate) cleanup: Port,
    pub(crate) flush: Port,
    /// The command that takes the messages of a server that stands alone.
    pub(crate) postdrop: Option<PathBuf>,
    /// The service's name in `master.cf`.
    pub(crate) service: String,
    /// What the process remembers.
    pub(crate) memory: Rc<Memory>,
}

impl Server {
    pub(crate) fn open(start: &Start<'_>) -> Result<Self, StartError> {
        Self::reading(start, start.configuration, Rc::default())
    }

    /// The same server with the settings for times of stress (STRESS_README). Both share what they remember of clients.
    pub(crate) fn open_for_stress(&self, start: &Start<'_>) -> Result<Self, StartError> {
        let mut configuration = start.configuration.clone();
        configuration.set_fact(catalogue::STRESS.name(), "yes");
        Self::reading(start, &configuration, Rc::clone(&self.memory))
    }

    fn reading(
        start: &Start<'_>,
        configuration: &Configuration,
        memory: Rc<Memory>,
    ) -> Result<Self, StartError> {
        let mut settings = Settings::read(configuration)?;
        let postdrop = start
            .is_stand_alone()
            .then(|| Path::new(&settings.command_directory).join("postdrop"));
        if postdrop.is_some() {
            stand_alone::forgo(&mut settings);
        }
        let tables = start.tables()?;
        let trace = start.is_dry_run().then(Trace::begin);
        if let Some(trace) = &trace {
            tables.observe(Rc::clone(trace) as Rc<dyn lookup::Observer>);
        }
        let surroundings = Surroundings {
            tables,
            anvil: start.private(contract::anvil::SERVICE),
            rewrite: start.private(&settings.rewrite_service),
            verify: start.private(&settings.verify_service),
            cleanup: start.public(&settings.cleanup_service),
            flush: start.public(&settings.flush_service),
            postdrop,
            service: start.service.to_owned(),
            memory,
        };
        let server = Self::with(configuration, settings, surroundings)?;
        Ok(match trace {
            Some(trace) => server.dry(trace),
            None => server,
        })
    }

    /// The same server for a dry run: all that would leave a trace elsewhere is taken from it.
    pub(crate) fn dry(self, trace: Rc<Trace>) -> Self {
        Self {
            anvil: None,
            notify: Trouble::NONE,
            resolver: trace.over(self.resolver),
            trace: Some(trace),
            ..self
        }
    }

    /// A server among the given neighbours.
    pub(crate) fn with(
        configuration: &Configuration,
        settings: Settings,
        surroundings: Surroundings,
    ) -> Result<Self, StartError> {
        refuse_unbuilt(&settings, &surroundings.memory)?;
        let opening = Opening {
            tables: &surroundings.tables,
            settings: &settings,
            memory: &surroundings.memory,
        };
        Ok(Self {
            service: surroundings.service,
            process: std::process::id(),
            lists: opening.restrictions(configuration)?,
            tables: opening.address_tables()?,
            matches: opening.match_lists()?,
            rules: opening.address_rules(configuration)?,
            rewrite_clients: opening.rewrite_clients()?,
            tempfail: tempfail(&settings)?,
            overrides: overrides(&settings)?,
            former: FormerDefaults::of(configuration),
            bare_newline: bare_newline(&settings)?,
            before_queue: before_queue(&settings, configuration)?,
            behind_proxy: behind_proxy(&settings)?,
            discard_keywords: Keywords::parse(&settings.discard_ehlo_keywords),
            notify: notify_classes(&settings)?,
            address_form: address_form(&settings)?,
            access_parents: settings
                .parent_domains
                .iter()
                .any(|name| name == "smtpd_access_maps"),
            interface_addresses: config::host::own_networks(configuration)
                .iter()
                .map(|own| own.address)
                .collect(),
            own_addresses: config::host::own_addresses(configuration),
            protocols: config::host::Protocols::parse(&settings.inet_protocols),
            resolver: resolver(&settings)?,
            anvil: is_limited(&settings).then(|| Anvil::new(surroundings.anvil)),
            routes: Routes::new(surroundings.rewrite, ROUTES_KEPT),
            verify: surroundings.verify,
            cleanup: surroundings.cleanup,
            flush: surroundings.flush,
            postdrop: surroundings.postdrop,
            probe_sender: ProbeSender::new(
                &settings.verify_sender,
                &settings.myorigin,
                settings.verify_sender_ttl,
            ),
            expansion_filter: unescape(&settings.expansion_filter),
            clockface: RefCell::new(Clockface::new(jiff::tz::TimeZone::system())),
            memory: surroundings.memory,
            trace: None,
            settings,
        })
    }
}

fn resolver(settings: &Settings) -> Result<Resolver, StartError> {
    let resolver = dns::Settings::of_this_host()
        .with_servers(settings.dns_servers.iter().map(String::as_str))
        .map_err(|text| {
            let name = catalogue::DNS_SERVERS.name();
            StartError::Refused(format!("bad {name} value: {text}"))
        })?;
    Ok(Resolver::with_hosts(resolver, dns::Hosts::of_this_host()))
}

/// Whether any limit needs anvil's counts.
fn is_limited(settings: &Settings) -> bool {
    let limits = [
        settings.connection_count_limit,
        settings.connection_rate_limit,
        settings.message_rate_limit,
        settings.recipient_rate_limit,
    ];
    limits.iter().any(|limit| *limit > 0)
}

fn notify_classes(settings: &Settings) -> Result<Trouble, StartError> {
    Trouble::parse(&settings.notify_classes)
        .map_err(|word| StartError::Refused(format!("unknown notify_classes value \"{word}\"")))
}

fn bare_newline(settings: &Settings) -> Result<BareNewline, StartError> {
    let text = &settings.forbid_bare_newline;
    BareNewline::parse(text)
        .ok_or_else(|| StartError::Refused(format!("bad configuration: smtpd_forbid_bare_newline = {text}")))
}

fn address_form(settings: &Settings) -> Result<AddressForm, StartError> {
    let text = &settings.address_format;
    AddressForm::parse(text)
        .map_err(|_| StartError::Refused(format!("invalid info_log_address_format value \"{text}\"")))
}

/// Opens what the settings name.
struct Opening<'a> {
    tables: &'a Rc<Tables>,
    settings: &'a Settings,
    memory: &'a Memory,
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

    fn address_rules(&self, configuration: &Configuration) -> Result<AddressRules, StartError> {
        let settings = self.settings;
        let local = self.list(catalogue::MYDESTINATION.name(), &settings.mydestination, false)?;
        Ok(AddressRules {
            split: mail::SplitRules {
                delimiters: settings.recipient_delimiter.clone(),
                owner_request_special: settings.owner_request_special,
                double_bounce_sender: settings.double_bounce_sender.clone(),
            },
            myorigin: settings.myorigin.clone(),
            local: LocalDomains::new(local, config::host::own_addresses(configuration)),
        })
    }

    fn address_tables(&self) -> Result<AddressTables, StartError> {
        let settings = self.settings;
        Ok(AddressTables {
            canonical: self.maps(catalogue::CANONICAL_MAPS.name(), &settings.canonical_maps)?,
            recipient_canonical: self.maps(
                catalogue::RECIPIENT_CANONICAL_MAPS.name(),
                &settings.recipient_canonical_maps,
            )?,
            sender_canonical: self.maps(
                catalogue::SENDER_CANONICAL_MAPS.name(),
                &settings.sender_canonical_maps,
            )?,
            virtual_alias: self.maps(catalogue::VIRTUAL_ALIAS_MAPS.name(), &settings.virtual_alias_maps)?,
            virtual_mailbox: self.maps(
                catalogue::VIRTUAL_MAILBOX_MAPS.name(),
                &settings.virtual_mailbox_maps,
            )?,
            relay_recipient: self.maps(
                catalogue::RELAY_RECIPIENT_MAPS.name(),
                &settings.relay_recipient_maps,
            )?,
            local_recipient: self.maps(
                catalogue::LOCAL_RECIPIENT_MAPS.name(),
                &settings.local_recipient_maps,
            )?,
            sender_login: self.maps(
                catalogue::SMTPD_SENDER_LOGIN_MAPS.name(),
                &settings.sender_login_maps,
            )?,
            rbl_reply: self.maps(catalogue::RBL_REPLY_MAPS.name(), &settings.rbl_reply_maps)?,
            discard_keywords: self.maps(
                catalogue::SMTPD_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS.name(),
                &settings.discard_ehlo_keyword_address_maps,
            )?,
            command_filter: self.maps(catalogue::SMTPD_COMMAND_FILTER.name(), &settings.command_filter)?,
            reject_footer: self.maps(
                catalogue::SMTPD_REJECT_FOOTER_MAPS.name(),
                &settings.reject_footer_maps,
            )?,
            reject_filter: self.maps(
                catalogue::SMTPD_REJECT_FILTER_MAPS.name(),
                &settings.reject_filter_maps,
            )?,
        })
    }

    fn match_lists(&self) -> Result<MatchLists, StartError> {
        let settings = self.settings;
        Ok(MatchLists {
            mynetworks: self.host_list(catalogue::MYNETWORKS.name(), &settings.mynetworks)?,
            xclient: self.host_list(
                catalogue::SMTPD_AUTHORIZED_XCLIENT_HOSTS.name(),
                &settings.xclient_hosts,
            )?,
            xforward: self.host_list(
                catalogue::SMTPD_AUTHORIZED_XFORWARD_HOSTS.name(),
                &settings.xforward_hosts,
            )?,
            verp: self.host_list(
                catalogue::SMTPD_AUTHORIZED_VERP_CLIENTS.name(),
                &settings.verp_clients,
            )?,
            exceptions: self.host_list(
                catalogue::SMTPD_CLIENT_EVENT_LIMIT_EXCEPTIONS.name(),
                &settings.event_limit_exceptions,
            )?,
            // Parent domains match here as they do in mynetworks.
            bare_newline_exclusions: self.list(
                catalogue::SMTPD_FORBID_BARE_NEWLINE_EXCLUSIONS.name(),
                &settings.forbid_bare_newline_exclusions,
                settings
                    .parent_domains
                    .iter()
                    .any(|name| name == catalogue::MYNETWORKS.name()),
            )?,
            noop_commands: self.list(
                catalogue::SMTPD_NOOP_COMMANDS.name(),
                &settings.noop_commands,
                false,
            )?,
            forbidden_commands: self.list(
                catalogue::SMTPD_FORBIDDEN_COMMANDS.name(),
                &settings.forbidden_commands,
                false,
            )?,
            mx_backup: self.host_list(
                catalogue::PERMIT_MX_BACKUP_NETWORKS.name(),
                &settings.mx_backup_networks,
            )?,
            permit_actions: self.list(
                catalogue::SMTPD_LOG_ACCESS_PERMIT_ACTIONS.name(),
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
                    Some(table) => RewriteClient::Table(
                        self.maps(catalogue::LOCAL_HEADER_REWRITE_CLIENTS.name(), table)?,
                    ),
                    None => RewriteClient::Invalid(word.to_owned()),
                },
                _ if word.contains(':') => {
                    RewriteClient::Table(self.maps(catalogue::LOCAL_HEADER_REWRITE_CLIENTS.name(), word)?)
                }
                _ => RewriteClient::Invalid(word.to_owned()),
            });
        }
        Ok(clients)
    }

    fn restrictions(&self, configuration: &Configuration) -> Result<Lists, StartError> {
        let settings = self.settings;
        let mut opener = ListOpener {
            opening: self,
            configuration,
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
            classes.insert(name.clone(), self.list_of(&text, configuration, &mut opener));
        }
        let mut read = |text: &str| self.list_of(text, configuration, &mut opener);
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

    /// The list that a text stands for. Each is read once, and so what is wrong in it is complained of once.
    fn list_of(&self, text: &str, configuration: &Configuration, opener: &mut ListOpener<'_>) -> List {
        let key = format!("{text}\n{}", self.settings.policy_server_settings());
        if let Some(list) = self.memory.lists.borrow().get(&key) {
            return list.clone();
        }
        let list = List::parse(&self.modern(text, configuration), opener);
        self.memory.lists.borrow_mut().insert(key, list.clone());
        list
    }

    /// A list without what only earlier releases knew; the administrator is told.
    fn modern<'t>(&self, list: &'t str, configuration: &Configuration) -> Cow<'t, str> {
        // A list that cannot be read is empty here; who asks for the parameter itself is told why.
        let value_of = |name: &str| configuration.expanded(name).ok().flatten().unwrap_or_default();
        let (list, advice) = catalogue::modern_restrictions(list, &value_of);
        advice.iter().for_each(|advice| self.memory.warn_once(advice));
        list
    }
}

/// Opens what restriction lists name, each once.
struct ListOpener<'a> {
    opening: &'a Opening<'a>,
    configuration: &'a Configuration,
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
        let policy = Rc::new(PolicyServer::parse(
            text,
            self.opening.settings,
            self.configuration,
        )?);
        self.policies.insert(text.to_owned(), Rc::clone(&policy));
        Ok(policy)
    }
}

/// What this program cannot do yet would change who is let in or what is filtered: it must not start as if it could.
fn refuse_unbuilt(settings: &Settings, memory: &Memory) -> Result<(), StartError> {
    let demands_tls = settings.enforce_tls
        || settings.tls_wrapper_mode
        || settings.tls_security_level.eq_ignore_ascii_case("encrypt");
    for (wanted, parameter) in [
        (!settings.milters.is_empty(), catalogue::SMTPD_MILTERS.name()),
        (
            !settings.milter_maps.is_empty(),
            catalogue::SMTPD_MILTER_MAPS.name(),
        ),
        (
            settings.sasl_auth_enable,
            catalogue::SMTPD_SASL_AUTH_ENABLE.name(),
        ),
        (demands_tls, catalogue::SMTPD_TLS_SECURITY_LEVEL.name()),
    ] {
        if wanted {
            return Err(StartError::Refused(format!(
                "parameter {parameter}: this feature is not built yet"
            )));
        }
    }
    if !settings.milter_header_checks.is_empty() {
        memory.warn_once(&format!(
            "{} has no effect: milters are not built yet",
            catalogue::MILTER_HEADER_CHECKS.name()
        ));
    }
    if settings.use_tls || settings.tls_security_level.eq_ignore_ascii_case("may") {
        memory.warn_once("TLS has been selected, but TLS support is not built yet");
    }
    Ok(())
}

/// The filter that gets the messages instead of cleanup.
fn before_queue(settings: &Settings, configuration: &Configuration) -> Result<Option<Filter>, StartError> {
    let name = &settings.proxy_filter;
    if name.is_empty() {
        return Ok(None);
    }
    let parameter = catalogue::SMTPD_PROXY_FILTER.name();
    let place = Outside::parse(name, configuration)
        .map_err(|error| StartError::Refused(format!("bad configuration: {parameter} = {name}: {error}")))?;
    let mut gathers = false;
    for option in &settings.proxy_options {
        if option != "speed_adjust" {
            let parameter = catalogue::SMTPD_PROXY_OPTIONS.name();
            return Err(StartError::Refused(format!(
                "unknown {parameter} value \"{option}\""
            )));
        }
        gathers = true;
    }
    Ok(Some(Filter {
        name: name.clone(),
        place,
        ehlo: settings.proxy_ehlo.clone(),
        timeout: settings.proxy_timeout,
        gathers,
    }))
}

/// Whether a proxy's header comes before each session.
fn behind_proxy(settings: &Settings) -> Result<bool, StartError> {
    match settings.upstream_proxy_protocol.as_str() {
        "" => Ok(false),
        "haproxy" => Ok(true),
        other => {
            let parameter = catalogue::SMTPD_UPSTREAM_PROXY_PROTOCOL.name();
            Err(StartError::Refused(format!(
                "unsupported {parameter} value: {other}"
            )))
        }
    }
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
            catalogue::UNKNOWN_ADDRESS_TEMPFAIL_ACTION.name(),
            &settings.unknown_address_tempfail,
        )?,
        helo: read(
            catalogue::UNKNOWN_HELO_HOSTNAME_TEMPFAIL_ACTION.name(),
            &settings.unknown_helo_tempfail,
        )?,
        unverified_sender: read(
            catalogue::UNVERIFIED_SENDER_TEMPFAIL_ACTION.name(),
            &settings.unverified_sender_tempfail,
        )?,
        unverified_recipient: read(
            catalogue::UNVERIFIED_RECIPIENT_TEMPFAIL_ACTION.name(),
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
