//! What all deliveries of this process share: settings, tables, the router, and sessions that wait.

use std::net::IpAddr;

use ::delivery::Job;
use configuration::Services;
use daemon::{Start, StartError};
use dns::{Hosts, Resolver};
use esmtp::client::Protocol;
use esmtp::extension::Keywords;
use ipc::Port;
use lookup::{LookupError, MatchList};
use queue::QueueError;

use crate::cache::Cache;
use crate::checks::Checks;
use crate::connect::Origins;
use crate::dns_filter::DnsFilter;
use crate::failure::{Failure, status};
use crate::generic::Generic;
use crate::log;
use crate::names::name_of;
use crate::route::{Preference, Router};
use crate::session::{Occasion, Session};
use crate::settings::Settings;
use crate::tables::{self, SessionTables};
use crate::transaction::Order;

/// The shared part of all deliveries.
pub(crate) struct Courier {
    pub(crate) settings: Settings,
    pub(crate) protocol: Protocol,
    /// The service's name in `master.cf`.
    pub(crate) service: String,
    pub(crate) flags: Flags,
    pub(crate) services: Services,
    pub(crate) router: Router,
    pub(crate) origins: Origins,
    pub(crate) tables: SessionTables,
    pub(crate) checks: Checks,
    pub(crate) generic: Generic,
    pub(crate) cache: Cache,
    pub(crate) cleanup: Port,
    pub(crate) notify: Notified,
    /// `best_mx_transport`: its service, and its next hop where it names one.
    pub(crate) best_mx_transport: Option<(Port, String)>,
    cached_destinations: MatchList,
}

/// The `flags=` of the `master.cf` line (smtp(8)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// D: add Delivered-To, and look for it.
    pub(crate) delivered_to: bool,
    /// O: add X-Original-To.
    pub(crate) original_to: bool,
    /// R: add Return-Path.
    pub(crate) return_path: bool,
    /// X: an LMTP server without DSN is where mail ends.
    pub(crate) final_delivery: bool,
}

/// The classes of `notify_classes` that matter here.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Notified {
    pub(crate) protocol: bool,
    pub(crate) data: bool,
}

impl Flags {
    fn parse(arguments: &[String]) -> Result<Self, StartError> {
        let mut flags = Self::default();
        for argument in arguments {
            let letters = match argument.split_once('=') {
                Some((name, letters)) if name.eq_ignore_ascii_case("flags") => letters,
                _ => return Err(StartError::Refused(format!("unknown attribute name: {argument}"))),
            };
            flags = Self::default();
            for letter in letters.chars() {
                match letter {
                    'D' => flags.delivered_to = true,
                    'O' => flags.original_to = true,
                    'R' => flags.return_path = true,
                    'X' => flags.final_delivery = true,
                    _ => {
                        return Err(StartError::Refused(format!(
                            "unknown flag in {argument}: {letter}"
                        )));
                    }
                }
            }
        }
        Ok(flags)
    }

    fn adds_headers(self) -> bool {
        self.delivered_to || self.original_to || self.return_path
    }
}

impl Courier {
    /// Reads the settings and opens tables and resolver files.
    pub(crate) fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let protocol = protocol_of(&settings);
        check(&settings, protocol)?;
        let mut flags = Flags::parse(start.arguments)?;
        if protocol == Protocol::Lmtp && settings.assume_final && !flags.final_delivery {
            flags.final_delivery = true;
            log::obsolete_assume_final();
        }
        let own: Vec<IpAddr> = config::host::own_networks(start.configuration)
            .into_iter()
            .map(|network| network.address)
            .collect();
        let origins = Origins::new(
            &settings.bind_address,
            &settings.bind_address6,
            settings.bind_address_enforce,
            &own,
        )
        .map_err(|text| {
            StartError::Refused(format!(
                "bad {} value: {text}",
                name_of!(protocol, SMTP_BIND_ADDRESS | LMTP_BIND_ADDRESS)
            ))
        })?;
        let own_addresses = config::host::own_addresses(start.configuration);
        let mut router = router(&settings, own_addresses.clone())?;
        let best_mx_transport = Some(settings.best_mx_transport.as_str())
            .filter(|text| !text.is_empty())
            .map(|text| {
                let (service, next_hop) = text.split_once(':').unwrap_or((text, ""));
                (start.private(service), next_hop.to_owned())
            });
        let notify = Notified {
            protocol: settings.notify_classes.iter().any(|class| class == "protocol"),
            data: settings.notify_classes.iter().any(|class| class == "data"),
        };
        let opened = tables::open(&start.tables()?, &settings, protocol, own_addresses)
            .map_err(|error| StartError::Refused(error.to_string()))?;
        router.filter = opened.dns_filter;
        Ok(Self {
            protocol,
            service: start.service.to_owned(),
            flags,
            services: Services::of_this_host().with_known_ports(&settings.known_tcp_ports),
            router,
            origins,
            tables: opened.session,
            checks: opened.checks,
            generic: opened
                .generic
                .completed_by(start.private(contract::rewrite::SERVICE)),
            cache: Cache::default(),
            cleanup: start.public(&settings.cleanup_service),
            notify,
            best_mx_transport,
            cached_destinations: opened.cached_destinations,
            settings,
        })
    }

    /// The name of `smtp_fallback_relay` or its LMTP twin.
    pub(crate) fn fallback_name(&self) -> &'static str {
        name_of!(self.protocol, SMTP_FALLBACK_RELAY | LMTP_FALLBACK_RELAY)
    }

    pub(crate) fn has_checks(&self) -> bool {
        self.checks.has_header_checks() || self.checks.has_body_checks()
    }

    /// Whether sessions keep a transcript.
    pub(crate) fn wants_transcripts(&self) -> bool {
        self.notify.protocol || self.notify.data
    }

    /// The sender of notices that must never be answered.
    pub(crate) fn double_bounce(&self) -> String {
        format!(
            "{}@{}",
            self.settings.double_bounce_sender, self.settings.myorigin
        )
    }

    /// Whether sessions to this host or domain are always kept (`smtp_connection_cache_destinations`).
    pub(crate) async fn is_cached_destination(&self, name: &str) -> bool {
        if self.cached_destinations.is_empty() {
            return false;
        }
        // A table that could not tell costs a connection, no mail.
        self.cached_destinations
            .contains_text(name)
            .await
            .unwrap_or(false)
    }

    /// Headers that the `master.cf` line asks for.
    pub(crate) fn added_headers(&self, order: &Order<'_>) -> Vec<String> {
        let mut headers = Vec::new();
        if !self.flags.adds_headers() {
            return headers;
        }
        let recipient = order.recipients.first();
        if self.flags.return_path {
            headers.push(format!(
                "Return-Path: <{}>",
                mail::quote_local822(&order.envelope.sender)
            ));
        }
        if let Some(recipient) = recipient.filter(|_| self.flags.original_to) {
            headers.push(format!(
                "X-Original-To: {}",
                mail::quote_local822(&recipient.original)
            ));
        }
        if let Some(recipient) = recipient.filter(|_| self.flags.delivered_to) {
            headers.push(format!(
                "Delivered-To: {}",
                mail::quote_local822(&recipient.address)
            ));
        }
        headers
    }

    /// Whether the headers say that the message was with `address` before.
    pub(crate) fn was_delivered_to(&self, job: &Job, address: &str) -> Result<bool, QueueError> {
        let mut content = job.content()?;
        while let Some(line) = content.next_line()? {
            let Some(end) = line.bytes.iter().position(|octet| *octet == b':') else {
                // Continuation lines stand within the headers; anything else ends them.
                if matches!(line.bytes.first(), Some(b' ' | b'\t')) {
                    continue;
                }
                return Ok(false);
            };
            let (name, value) = line.bytes.split_at_checked(end).unwrap_or_default();
            if name.eq_ignore_ascii_case(b"Delivered-To") {
                let value = String::from_utf8_lossy(value.get(1..).unwrap_or_default());
                let listed = mail::unquote(value.trim());
                if lookup::fold(&listed) == lookup::fold(address) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Why this session may not be used: protection or a login is demanded that this client cannot give yet.
    pub(crate) async fn missing_protection(
        &self,
        session: &Session,
        occasion: &Occasion<'_>,
    ) -> Option<Failure> {
        let brief = &session.peer.brief;
        match self.demands_tls(occasion.next_hop).await {
            Ok(false) => {}
            Ok(true) if session.has(Keywords::STARTTLS) || self.settings.tls_wrappermode => {
                let reason = "TLS is required, but our TLS engine is unavailable";
                return Some(Failure::ours(status(4, 7, 5), reason));
            }
            Ok(true) => {
                let reason = format!("TLS is required, but was not offered by host {brief}");
                return Some(Failure::ours(status(4, 7, 4), reason));
            }
            Err(_) => return Some(Failure::ours(status(4, 7, 0), "client TLS configuration problem")),
        }
        match self.has_password(&session.peer.host, occasion).await {
            Ok(false) => None,
            Ok(true) => {
                let reason = format!("SASL authentication is required for {brief}, but is not available");
                Some(Failure::ours(status(4, 7, 0), reason))
            }
            Err(_) => {
                log::table_trouble(
                    occasion.queue_id,
                    self.tables.passwords.title(),
                    &session.peer.host,
                );
                Some(Failure::ours(
                    status(4, 3, 0),
                    format!("local data error while talking to {brief}"),
                ))
            }
        }
    }

    /// Whether mail to this next hop may not go in plain text.
    async fn demands_tls(&self, next_hop: &str) -> Result<bool, LookupError> {
        let maps = &self.tables.tls_policy;
        let mut level = None;
        if !maps.is_empty() {
            level = maps.get(next_hop).await?;
            let domain = next_hop.trim_start_matches('[');
            let mut rest = domain;
            while let (None, Some(dot)) = (&level, rest.find('.')) {
                level = maps.get_part(rest.get(dot..).unwrap_or_default()).await?;
                rest = rest.get(dot + 1..).unwrap_or_default();
            }
        }
        let settings = &self.settings;
        let level = level.unwrap_or_else(|| settings.tls_security_level.clone());
        let word = level
            .split_ascii_whitespace()
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        // A word we do not know is taken for a demand: better late than in the open.
        Ok(match word.as_str() {
            "" => settings.enforce_tls || settings.tls_wrappermode,
            "none" | "may" | "dane" => settings.tls_wrappermode,
            _ => true,
        })
    }

    async fn has_password(&self, host: &str, occasion: &Occasion<'_>) -> Result<bool, LookupError> {
        let maps = &self.tables.passwords;
        if !self.settings.sasl_auth_enable || maps.is_empty() {
            return Ok(false);
        }
        let by_sender = self.settings.sender_dependent_authentication && !occasion.sender.is_empty();
        let keys = [
            by_sender.then_some(occasion.sender),
            Some(host),
            Some(occasion.next_hop),
        ];
        for key in keys.into_iter().flatten() {
            if maps.get(key).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn protocol_of(settings: &Settings) -> Protocol {
    if settings.process_name == "lmtp" {
        Protocol::Lmtp
    } else {
        Protocol::Smtp
    }
}

fn check(settings: &Settings, protocol: Protocol) -> Result<(), StartError> {
    let one_of = |name: &str, value: &str, words: &[&str]| {
        if words.contains(&value) {
            return Ok(());
        }
        Err(StartError::Refused(format!(
            "bad value in {name}: {value}; specify one of {}",
            words.join(", ")
        )))
    };
    let name = name_of!(protocol, SMTP_ADDRESS_PREFERENCE | LMTP_ADDRESS_PREFERENCE);
    one_of(name, &settings.address_preference, &["any", "ipv4", "ipv6"])?;
    let name = name_of!(protocol, SMTP_ADDRESS_VERIFY_TARGET | LMTP_ADDRESS_VERIFY_TARGET);
    one_of(name, &settings.address_verify_target, &["rcpt", "data"])?;
    let name = name_of!(protocol, SMTP_HOST_LOOKUP | LMTP_HOST_LOOKUP);
    for word in &settings.host_lookup {
        one_of(name, word, &["dns", "native"])?;
    }
    let name = name_of!(protocol, SMTP_DNS_SUPPORT_LEVEL | LMTP_DNS_SUPPORT_LEVEL);
    one_of(
        name,
        &settings.dns_support_level,
        &["", "disabled", "enabled", "dnssec"],
    )?;
    let name = name_of!(protocol, SMTP_DNS_RESOLVER_OPTIONS | LMTP_DNS_RESOLVER_OPTIONS);
    for word in &settings.dns_resolver_options {
        one_of(name, word, &["res_defnames", "res_dnsrch"])?;
    }
    Ok(())
}

fn router(settings: &Settings, own_addresses: Vec<IpAddr>) -> Result<Router, StartError> {
    let has = |list: &[String], word: &str| list.iter().any(|item| item == word);
    let mut resolver = dns::Settings::of_this_host()
        .with_servers(settings.dns_servers.iter().map(String::as_str))
        .map_err(|text| {
            let name = config::catalogue::DNS_SERVERS.name();
            StartError::Refused(format!("bad {name} value: {text}"))
        })?;
    resolver.append_domain = has(&settings.dns_resolver_options, "res_defnames");
    resolver.search_domains = has(&settings.dns_resolver_options, "res_dnsrch");
    let protocols = config::host::Protocols::parse(&settings.inet_protocols);
    let dns_disabled = match settings.dns_support_level.as_str() {
        "" => settings.disable_dns_lookups,
        level => level == "disabled",
    };
    Ok(Router {
        resolver: Resolver::with_hosts(resolver, Hosts::of_this_host()),
        own_addresses,
        ipv4: protocols.ipv4,
        ipv6: protocols.ipv6,
        by_dns: !dns_disabled && has(&settings.host_lookup, "dns"),
        by_native: dns_disabled || has(&settings.host_lookup, "native"),
        dns_disabled,
        ignore_mx_error: settings.ignore_mx_lookup_error,
        ignore_srv_error: settings.ignore_srv_lookup_error,
        srv_fallback: settings.allow_srv_lookup_fallback,
        srv_services: settings.use_srv_lookup.clone(),
        defer_if_no_mx_address: settings.defer_if_no_mx_address,
        randomize: settings.randomize_addresses,
        preference: match settings.address_preference.as_str() {
            "ipv4" => Preference::Ipv4,
            "ipv6" => Preference::Ipv6,
            _ => Preference::Any,
        },
        address_limit: settings.address_limit,
        balance: settings.balance_protocols,
        filter: DnsFilter::new(lookup::Maps::empty("")),
    })
}

#[cfg(test)]
impl Courier {
    /// A courier with the settings of a main.cf text, and with hosts by a hosts file text instead of the DNS.
    pub(crate) fn for_tests(main_cf: &str, hosts: &str, lmtp: bool) -> Self {
        let mut configuration = config::Configuration::parse(main_cf).unwrap();
        configuration.set_fact("process_name", if lmtp { "lmtp" } else { "smtp" });
        let settings = Settings::read(&configuration).unwrap();
        let protocol = protocol_of(&settings);
        let mut router = router(&settings, Vec::new()).unwrap();
        router.resolver = Resolver::with_hosts(dns::Settings::default(), Hosts::parse(hosts));
        let tables = lookup::Tables::new(lookup::Settings::default());
        let opened = tables::open(&tables, &settings, protocol, Vec::new()).unwrap();
        router.filter = opened.dns_filter;
        Self {
            protocol,
            service: "smtp".to_owned(),
            flags: Flags::default(),
            services: Services::default().with_known_ports("smtp=25"),
            router,
            origins: Origins::default(),
            tables: opened.session,
            checks: opened.checks,
            generic: opened.generic,
            cache: Cache::default(),
            cleanup: Port::new("/nonexistent/cleanup", ipc::Limits::default()),
            notify: Notified::default(),
            best_mx_transport: None,
            cached_destinations: opened.cached_destinations,
            settings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_flags_count_and_unknown_ones_are_refused() {
        let parse =
            |words: &[&str]| Flags::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let flags = parse(&["flags=D", "flags=RX"]).unwrap();
        assert_eq!(
            flags,
            Flags {
                return_path: true,
                final_delivery: true,
                ..Flags::default()
            }
        );
        assert!(parse(&["flags=Z"]).is_err());
        assert!(parse(&["user=me"]).is_err());
    }
}
