//! The tables and lists of the configuration, open and ready to be asked.

use std::rc::Rc;

use ::message::HeaderSet;
use config::Configuration;
use config::catalogue::{
    BODY_CHECKS, CANONICAL_MAPS, HEADER_CHECKS, MASQUERADE_EXCEPTIONS, MIME_HEADER_CHECKS, MYDESTINATION,
    NESTED_HEADER_CHECKS, RECIPIENT_BCC_MAPS, RECIPIENT_CANONICAL_MAPS, SENDER_BCC_MAPS,
    SENDER_CANONICAL_MAPS, VIRTUAL_ALIAS_MAPS,
};
use config::host::own_addresses;
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
        all: &Rc<lookup::Tables>,
    ) -> Result<Self, OpenError> {
        let maps = |title: &str, text: &str, usage: Use| all.maps(title, text, usage);
        let list = |title: &str, text: &str| MatchList::open(all, title, text, false);
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
