//! The tables and lists of the configuration, open and ready to be asked.

use std::rc::Rc;

use ::message::HeaderSet;
use config::catalogue::{
    BODY_CHECKS, CANONICAL_MAPS, HEADER_CHECKS, MASQUERADE_EXCEPTIONS, MIME_HEADER_CHECKS, MYDESTINATION,
    NESTED_HEADER_CHECKS, RECIPIENT_BCC_MAPS, RECIPIENT_CANONICAL_MAPS, SENDER_BCC_MAPS,
    SENDER_CANONICAL_MAPS, VIRTUAL_ALIAS_MAPS,
};
use config::host::own_addresses;
use config::{Configuration, Param};
use lookup::{AddressRules, LocalDomains, Maps, MatchList, OpenError, Use};
use mail::SplitRules;

use crate::characters::CharacterSet;
use crate::settings::{Class, Classes, Settings};

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

/// Opens what the settings name.
struct Opener<'a> {
    settings: &'a Settings,
    tables: &'a Rc<lookup::Tables>,
}

impl Opener<'_> {
    fn list<K>(&self, param: &Param<K>, text: &str) -> Result<MatchList, OpenError> {
        MatchList::open(self.tables, param.name(), text, false)
    }

    /// Tables of addresses.
    fn maps<K>(&self, param: &Param<K>, text: &str) -> Result<Maps, OpenError> {
        self.tables.maps(param.name(), text, Use::GENERAL)
    }

    /// Tables of content, whose case counts.
    fn checks<K>(&self, param: &Param<K>, text: &str) -> Result<Maps, OpenError> {
        self.tables.maps(param.name(), text, Use::EXACT)
    }

    fn canonical<K>(&self, param: &Param<K>, text: &str, classes: Classes) -> Result<Canonical, OpenError> {
        let maps = self.maps(param, text)?;
        Ok(Canonical { maps, classes })
    }

    fn rules(&self, configuration: &Configuration) -> Result<AddressRules, OpenError> {
        let settings = self.settings;
        let mydestination = self.list(&MYDESTINATION, &settings.mydestination)?;
        Ok(AddressRules {
            split: SplitRules {
                delimiters: settings.recipient_delimiter.clone(),
                owner_request_special: settings.owner_request_special,
                double_bounce_sender: settings.double_bounce_sender.clone(),
            },
            myorigin: settings.myorigin.clone(),
            local: LocalDomains::new(mydestination, own_addresses(configuration)),
        })
    }

    fn propagates(&self, word: &str) -> bool {
        let words = &self.settings.propagate_unmatched_extensions;
        words.iter().any(|listed| listed == word)
    }
}

impl Tables {
    /// The canonical tables that apply to addresses of a class, in the order in which they do.
    pub(crate) fn canonicals(&self, class: Class) -> impl Iterator<Item = &Canonical> {
        let special = if class.is_sender() {
            &self.sender_canonical
        } else {
            &self.recipient_canonical
        };
        [special, &self.canonical]
            .into_iter()
            .filter(move |canonical| !canonical.maps.is_empty() && canonical.classes.has(class))
    }

    /// Opens every table that the settings name.
    pub(crate) fn open(
        settings: &Settings,
        configuration: &Configuration,
        all: &Rc<lookup::Tables>,
    ) -> Result<Self, OpenError> {
        let opener = Opener {
            settings,
            tables: all,
        };
        Ok(Self {
            rules: opener.rules(configuration)?,
            canonical: opener.canonical(
                &CANONICAL_MAPS,
                &settings.canonical_maps,
                settings.canonical_classes,
            )?,
            sender_canonical: opener.canonical(
                &SENDER_CANONICAL_MAPS,
                &settings.sender_canonical_maps,
                settings.sender_canonical_classes,
            )?,
            recipient_canonical: opener.canonical(
                &RECIPIENT_CANONICAL_MAPS,
                &settings.recipient_canonical_maps,
                settings.recipient_canonical_classes,
            )?,
            propagates_canonical: opener.propagates("canonical"),
            propagates_virtual: opener.propagates("virtual"),
            virtual_aliases: opener.maps(&VIRTUAL_ALIAS_MAPS, &settings.virtual_alias_maps)?,
            sender_bcc: opener.maps(&SENDER_BCC_MAPS, &settings.sender_bcc_maps)?,
            recipient_bcc: opener.maps(&RECIPIENT_BCC_MAPS, &settings.recipient_bcc_maps)?,
            masquerade_domains: settings
                .masquerade_domains
                .iter()
                .map(|name| name.to_lowercase())
                .collect(),
            masquerade_exceptions: opener.list(&MASQUERADE_EXCEPTIONS, &settings.masquerade_exceptions)?,
            header_checks: opener.checks(&HEADER_CHECKS, &settings.header_checks)?,
            mime_header_checks: opener.checks(&MIME_HEADER_CHECKS, &settings.mime_header_checks)?,
            nested_header_checks: opener.checks(&NESTED_HEADER_CHECKS, &settings.nested_header_checks)?,
            body_checks: opener.checks(&BODY_CHECKS, &settings.body_checks)?,
            dropped_headers: HeaderSet::parse(&settings.message_drop_headers),
            rejected_characters: CharacterSet::parse(&settings.message_reject_characters),
            stripped_characters: CharacterSet::parse(&settings.message_strip_characters),
        })
    }
}
