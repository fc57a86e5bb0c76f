//! The tables and lists of the configuration, open and ready to be asked.

use std::path::Path;

use ::message::HeaderSet;
use config::Configuration;
use config::catalogue::{
    CONFIG_DIRECTORY, DEFAULT_DATABASE_TYPE, LMDB_MAP_SIZE, PROXYMAP_SERVICE_NAME, PROXYWRITE_SERVICE_NAME,
    SOCKETMAP_MAX_QUERY_SIZE, SOCKETMAP_MAX_REPLY_SIZE,
};
use config::host::own_addresses;
use daemon::StartError;
use lookup::{AddressRules, LocalDomains, Maps, MatchList, OpenError, Use};
use mail::SplitRules;

use crate::characters::CharacterSet;
use crate::settings::{Classes, Settings};

/// What is asked about addresses and content.
pub(crate) struct Tables {
    pub(crate) rules: AddressRules,
    pub(crate) canonical: Canonical,
    pub(crate) sender_canonical: Canonical,
    pub(crate) recipient_canonical: Canonical,
    /// Extensions that were not matched are put into the results of canonical tables.
    pub(crate) propagates_canonical: bool,
    /// The same for virtual aliases.
    pub(crate) propagates_virtual: bool,
    pub(crate) virtual_aliases: Maps,
    pub(crate) sender_bcc: Maps,
    pub(crate) recipient_bcc: Maps,
    /// In lower case, with `!` in front of those that are left alone.
    pub(crate) masquerade_domains: Vec<String>,
    pub(crate) masquerade_exceptions: MatchList,
    pub(crate) header_checks: Maps,
    pub(crate) mime_header_checks: Maps,
    pub(crate) nested_header_checks: Maps,
    pub(crate) body_checks: Maps,
    pub(crate) dropped_headers: HeaderSet,
    pub(crate) rejected_characters: CharacterSet,
    pub(crate) stripped_characters: CharacterSet,
}

/// A canonical table and where it applies.
pub(crate) struct Canonical {
    pub(crate) maps: Maps,
    pub(crate) classes: Classes,
}

impl Tables {
    /// Opens every table that the settings name.
    pub(crate) fn open(
        settings: &Settings,
        configuration: &Configuration,
        queue_directory: &Path,
    ) -> Result<Self, StartError> {
        let all = lookup::Tables::new(table_settings(configuration, queue_directory)?);
        let refused = |error: OpenError| StartError::Refused(error.to_string());
        let maps = |title: &str, text: &str, usage: Use| all.maps(title, text, usage).map_err(refused);
        let list = |title: &str, text: &str| MatchList::open(&all, title, text, false).map_err(refused);
        let canonical = |title: &str, text: &str, classes| {
            Ok::<_, StartError>(Canonical {
                maps: maps(title, text, Use::GENERAL)?,
                classes,
            })
        };
        let propagates = |word: &str| {
            settings
                .propagate_unmatched_extensions
                .iter()
                .any(|listed| listed == word)
        };
        Ok(Self {
            rules: AddressRules {
                split: SplitRules {
                    delimiters: settings.recipient_delimiter.clone(),
                    owner_request_special: settings.owner_request_special,
                    double_bounce_sender: settings.double_bounce_sender.clone(),
                },
                myorigin: settings.myorigin.clone(),
                local: LocalDomains::new(
                    list("mydestination", &settings.mydestination)?,
                    own_addresses(configuration),
                ),
            },
            canonical: canonical(
                "canonical_maps",
                &settings.canonical_maps,
                settings.canonical_classes,
            )?,
            sender_canonical: canonical(
                "sender_canonical_maps",
                &settings.sender_canonical_maps,
                settings.sender_canonical_classes,
            )?,
            recipient_canonical: canonical(
                "recipient_canonical_maps",
                &settings.recipient_canonical_maps,
                settings.recipient_canonical_classes,
            )?,
            propagates_canonical: propagates("canonical"),
            propagates_virtual: propagates("virtual"),
            virtual_aliases: maps("virtual_alias_maps", &settings.virtual_alias_maps, Use::GENERAL)?,
            sender_bcc: maps("sender_bcc_maps", &settings.sender_bcc_maps, Use::GENERAL)?,
            recipient_bcc: maps("recipient_bcc_maps", &settings.recipient_bcc_maps, Use::GENERAL)?,
            masquerade_domains: settings
                .masquerade_domains
                .iter()
                .map(|name| name.to_lowercase())
                .collect(),
            masquerade_exceptions: list("masquerade_exceptions", &settings.masquerade_exceptions)?,
            header_checks: maps("header_checks", &settings.header_checks, Use::EXACT)?,
            mime_header_checks: maps("mime_header_checks", &settings.mime_header_checks, Use::EXACT)?,
            nested_header_checks: maps("nested_header_checks", &settings.nested_header_checks, Use::EXACT)?,
            body_checks: maps("body_checks", &settings.body_checks, Use::EXACT)?,
            dropped_headers: HeaderSet::parse(&settings.message_drop_headers),
            rejected_characters: CharacterSet::parse(&settings.message_reject_characters),
            stripped_characters: CharacterSet::parse(&settings.message_strip_characters),
        })
    }
}

fn table_settings(configuration: &Configuration, queue: &Path) -> Result<lookup::Settings, StartError> {
    let config_directory: String = configuration.get(CONFIG_DIRECTORY)?;
    Ok(lookup::Settings {
        config_directory: config_directory.into(),
        queue_directory: queue.to_owned(),
        default_database_type: configuration.get(DEFAULT_DATABASE_TYPE)?,
        proxymap_service: configuration.get(PROXYMAP_SERVICE_NAME)?,
        proxywrite_service: configuration.get(PROXYWRITE_SERVICE_NAME)?,
        lmdb_map_size: configuration.get(LMDB_MAP_SIZE)?,
        socketmap_max_query_size: configuration.get(SOCKETMAP_MAX_QUERY_SIZE)?,
        socketmap_max_reply_size: configuration.get(SOCKETMAP_MAX_REPLY_SIZE)?,
        opens_proxied_tables: false,
    })
}
