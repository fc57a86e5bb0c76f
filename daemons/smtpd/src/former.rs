//! Defaults of earlier releases that this server goes by because `compatibility_level` is low, and what is said of a
//! request that they let pass or refuse (COMPATIBILITY_README). What is set in `main.cf` is nothing to talk about.

use config::Configuration;
use config::catalogue::{
    FAST_FLUSH_DOMAINS, MYNETWORKS, MYNETWORKS_STYLE, RELAY_DOMAINS,
    SMTPD_RELAY_BEFORE_RECIPIENT_RESTRICTIONS, SMTPD_RELAY_RESTRICTIONS, SMTPUTF8_ENABLE,
};

/// Which parameters have such a default.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // As many as there are.
pub(crate) struct FormerDefaults {
    pub(crate) relay_restrictions: bool,
    pub(crate) relay_before_recipient: bool,
    pub(crate) relay_domains: bool,
    pub(crate) flush_domains: bool,
    pub(crate) smtputf8: bool,
    /// The style of `mynetworks`, where it says who is in them.
    pub(crate) networks_style: Option<String>,
}

impl FormerDefaults {
    pub(crate) fn of(configuration: &Configuration) -> Self {
        let is_style =
            configuration.has_former_default(MYNETWORKS_STYLE) && !configuration.is_set(MYNETWORKS.name());
        Self {
            relay_restrictions: configuration.has_former_default(SMTPD_RELAY_RESTRICTIONS),
            relay_before_recipient: configuration
                .has_former_default(SMTPD_RELAY_BEFORE_RECIPIENT_RESTRICTIONS),
            relay_domains: configuration.has_former_default(RELAY_DOMAINS),
            flush_domains: configuration.has_former_default(FAST_FLUSH_DOMAINS),
            smtputf8: configuration.has_former_default(SMTPUTF8_ENABLE),
            networks_style: configuration.get(MYNETWORKS_STYLE).ok().filter(|_| is_style),
        }
    }
}
