//! The tables that deliveries ask, opened once for the process.

use std::net::IpAddr;
use std::rc::Rc;

use config::catalogue;
use esmtp::client::Protocol;
use lookup::{AddressRules, LocalDomains, Maps, MatchList, OpenError, Tables, Use};

use crate::checks::Checks;
use crate::dns_filter::DnsFilter;
use crate::generic::Generic;
use crate::names::name_of;
use crate::requiretls::Policy;
use crate::settings::Settings;

/// Tables that sessions ask.
pub(crate) struct SessionTables {
    pub(crate) discard_keywords: Maps,
    pub(crate) reply_filter: Maps,
    pub(crate) tls_policy: Maps,
    pub(crate) requiretls: Policy,
    pub(crate) passwords: Maps,
}

/// All tables of the process.
pub(crate) struct Opened {
    pub(crate) session: SessionTables,
    pub(crate) checks: Checks,
    pub(crate) generic: Generic,
    pub(crate) dns_filter: DnsFilter,
    pub(crate) cached_destinations: MatchList,
}

/// Opens what the settings name. `own_addresses` are those of this host.
pub(crate) fn open(
    tables: &Rc<Tables>,
    settings: &Settings,
    protocol: Protocol,
    own_addresses: Vec<IpAddr>,
) -> Result<Opened, OpenError> {
    let open = |name, text: &str| Maps::open(tables, name, text, Use::GENERAL);
    let name = name_of!(protocol, SMTP_REPLY_FILTER | LMTP_REPLY_FILTER);
    let reply_filter = Maps::open(tables, name, &settings.reply_filter, Use::EXACT)?;
    let name = name_of!(protocol, SMTP_DNS_REPLY_FILTER | LMTP_DNS_REPLY_FILTER);
    let dns_filter = DnsFilter::new(open(name, &settings.dns_reply_filter)?);
    let name = name_of!(
        protocol,
        SMTP_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS | LMTP_DISCARD_LHLO_KEYWORD_ADDRESS_MAPS
    );
    let discard_keywords = open(name, &settings.discard_keyword_maps)?;
    let name = name_of!(protocol, SMTP_TLS_POLICY_MAPS | LMTP_TLS_POLICY_MAPS);
    let tls_policy = open(name, &settings.tls_policy_maps)?;
    let name = name_of!(protocol, SMTP_REQUIRETLS_POLICY | LMTP_REQUIRETLS_POLICY);
    let requiretls = Policy::open(tables, name, &settings.requiretls_policy)?;
    let name = name_of!(protocol, SMTP_SASL_PASSWORD_MAPS | LMTP_SASL_PASSWORD_MAPS);
    let passwords = open(name, &settings.sasl_password_maps)?;
    let title = name_of!(
        protocol,
        SMTP_CONNECTION_CACHE_DESTINATIONS | LMTP_CONNECTION_CACHE_DESTINATIONS
    );
    Ok(Opened {
        session: SessionTables {
            discard_keywords,
            reply_filter,
            tls_policy,
            requiretls,
            passwords,
        },
        dns_filter,
        checks: open_checks(tables, settings, protocol)?,
        generic: open_generic(tables, settings, protocol, own_addresses)?,
        cached_destinations: MatchList::open(tables, title, &settings.cache_destinations, false)?,
    })
}

fn open_checks(tables: &Rc<Tables>, settings: &Settings, protocol: Protocol) -> Result<Checks, OpenError> {
    let open = |name, text: &str| Maps::open(tables, name, text, Use::GENERAL);
    let header = name_of!(protocol, SMTP_HEADER_CHECKS | LMTP_HEADER_CHECKS);
    let mime = name_of!(protocol, SMTP_MIME_HEADER_CHECKS | LMTP_MIME_HEADER_CHECKS);
    let nested = name_of!(protocol, SMTP_NESTED_HEADER_CHECKS | LMTP_NESTED_HEADER_CHECKS);
    let body = name_of!(protocol, SMTP_BODY_CHECKS | LMTP_BODY_CHECKS);
    Ok(Checks {
        primary: open(header, &settings.header_checks)?,
        mime: open(mime, &settings.mime_header_checks)?,
        nested: open(nested, &settings.nested_header_checks)?,
        body: open(body, &settings.body_checks)?,
    })
}

fn open_generic(
    tables: &Rc<Tables>,
    settings: &Settings,
    protocol: Protocol,
    own_addresses: Vec<IpAddr>,
) -> Result<Generic, OpenError> {
    let title = catalogue::MYDESTINATION.name();
    let destinations = MatchList::open(tables, title, &settings.mydestination, false)?;
    let rules = AddressRules {
        split: mail::SplitRules {
            delimiters: settings.recipient_delimiter.clone(),
            owner_request_special: settings.owner_request_special,
            double_bounce_sender: settings.double_bounce_sender.clone(),
        },
        myorigin: settings.myorigin.clone(),
        local: LocalDomains::new(destinations, own_addresses),
    };
    let name = name_of!(protocol, SMTP_GENERIC_MAPS | LMTP_GENERIC_MAPS);
    Ok(Generic {
        maps: Maps::open(tables, name, &settings.generic_maps, Use::GENERAL)?,
        rules,
        propagate: settings.propagate_extensions.iter().any(|word| word == "generic"),
        token_limit: settings.header_address_token_limit,
        rewrite: None,
    })
}
