//! The tables and lists of the configuration, open and ready to be asked.

use std::path::Path;

use ::message::HeaderSet;
use config::catalogue::{
    BODY_CHECKS, CANONICAL_MAPS, CONFIG_DIRECTORY, DEFAULT_DATABASE_TYPE, HEADER_CHECKS, LMDB_MAP_SIZE,
    MASQUERADE_EXCEPTIONS, MIME_HEADER_CHECKS, MYDESTINATION, NESTED_HEADER_CHECKS, PROXYMAP_SERVICE_NAME,
    PROXYWRITE_SERVICE_NAME, RECIPIENT_BCC_MAPS, RECIPIENT_CANONICAL_MAPS, SENDER_BCC_MAPS,
    SENDER_CANONICAL_MAPS, SOCKETMAP_MAX_QUERY_SIZE, SOCKETMAP_MAX_REPLY_SIZE, VIRTUAL_ALIAS_MAPS,
};
use config::host::own_addresses;
use config::{Configuration, ParameterError};
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

/// Why the tables could not be opened.
#[derive(Debug)]
pub(crate) enum TablesError {
    /// A table's name.
    Open(OpenError),
    /// A parameter's value.
    Parameter(ParameterError),
}

impl From<OpenError> for TablesError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<ParameterError> for TablesError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl From<TablesError> for StartError {
    fn from(error: TablesError) -> Self {
        match error {
            TablesError::Open(error) => Self::Refused(error.to_string()),
            TablesError::Parameter(error) => error.into(),
        }
    }
}

impl Tables {
    /// Opens every table that the settings name.
    pub(crate) fn open(
        settings: &Settings,
        configuration: &Configuration,
        queue_directory: &Path,
    ) -> Result<Self, TablesError> {
        let all = lookup::Tables::new(table_settings(configuration, queue_directory)?);
        let maps = |title: &str, text: &str, usage: Use| all.maps(title, text, usage);
        let list = |title: &str, text: &str| MatchList::open(&all, title, text, false);
        let canonical = |title: &str, text: &str, classes| {
            Ok::<_, OpenError>(Canonical {
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
                    list(MYDESTINATION.name(), &settings.mydestination)?,
                    own_addresses(configuration),
                ),
            },
            canonical: canonical(
                CANONICAL_MAPS.name(),
                &settings.canonical_maps,
                settings.canonical_classes,
            )?,
            sender_canonical: canonical(
                SENDER_CANONICAL_MAPS.name(),
                &settings.sender_canonical_maps,
                settings.sender_canonical_classes,
            )?,
            recipient_canonical: canonical(
                RECIPIENT_CANONICAL_MAPS.name(),
                &settings.recipient_canonical_maps,
                settings.recipient_canonical_classes,
            )?,
            propagates_canonical: propagates("canonical"),
            propagates_virtual: propagates("virtual"),
            virtual_aliases: maps(
                VIRTUAL_ALIAS_MAPS.name(),
                &settings.virtual_alias_maps,
                Use::GENERAL,
            )?,
            sender_bcc: maps(SENDER_BCC_MAPS.name(), &settings.sender_bcc_maps, Use::GENERAL)?,
            recipient_bcc: maps(
                RECIPIENT_BCC_MAPS.name(),
                &settings.recipient_bcc_maps,
                Use::GENERAL,
            )?,
            masquerade_domains: settings
                .masquerade_domains
                .iter()
                .map(|name| name.to_lowercase())
                .collect(),
            masquerade_exceptions: list(MASQUERADE_EXCEPTIONS.name(), &settings.masquerade_exceptions)?,
            header_checks: maps(HEADER_CHECKS.name(), &settings.header_checks, Use::EXACT)?,
            mime_header_checks: maps(
                MIME_HEADER_CHECKS.name(),
                &settings.mime_header_checks,
                Use::EXACT,
            )?,
            nested_header_checks: maps(
                NESTED_HEADER_CHECKS.name(),
                &settings.nested_header_checks,
                Use::EXACT,
            )?,
            body_checks: maps(BODY_CHECKS.name(), &settings.body_checks, Use::EXACT)?,
            dropped_headers: HeaderSet::parse(&settings.message_drop_headers),
            rejected_characters: CharacterSet::parse(&settings.message_reject_characters),
            stripped_characters: CharacterSet::parse(&settings.message_strip_characters),
        })
    }
}

fn table_settings(configuration: &Configuration, queue: &Path) -> Result<lookup::Settings, ParameterError> {
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
