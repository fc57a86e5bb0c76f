//! Names of earlier releases: what each is called today, and what becomes of a value that is still given to it.
//!
//! A configuration that has grown for twenty years must go on meaning what it meant. Three things can happen to an
//! old name: a default refers to it, so that it works by itself; it gives the modern parameter its default; or nothing
//! is left for it to do, and the administrator is told why. Follows DEPRECATION_README and the histories of
//! postconf(5).

use std::borrow::Cow;

use crate::param::{List, Param};
use crate::split;

/// An earlier name of a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Former {
    /// The name.
    pub name: &'static str,
    /// What it does.
    pub meaning: Meaning,
}

/// What a value that is given to an earlier name does.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// A program, or a default, still reads it; the parameter to set instead.
    Read(&'static str),
    /// The same, but the default that refers to it makes nothing of its value: it is handed on as for [`Self::Same`].
    ReadInVain(&'static str),
    /// It is still read, and there is nothing to set instead.
    ReadAlone,
    /// It is the value of these parameters unless they are set themselves.
    Same(&'static [&'static str]),
    /// What the function makes of it is the value of the parameter unless that is set itself.
    Translated(&'static str, fn(&str) -> Option<&'static str>),
    /// The first word of it is the value of the parameter unless that is set itself.
    FirstWord(&'static str),
    /// Nothing; why, or what to do instead.
    Nothing(&'static str),
}

impl Former {
    /// The parameters that get a value from this one.
    pub fn heirs(&self) -> &[&'static str] {
        match &self.meaning {
            Meaning::Same(names) => names,
            Meaning::Translated(name, _) | Meaning::FirstWord(name) | Meaning::ReadInVain(name) => {
                std::slice::from_ref(name)
            }
            Meaning::Read(_) | Meaning::ReadAlone | Meaning::Nothing(_) => &[],
        }
    }

    /// What an heir gets; `None` when it keeps its own default.
    pub fn bequest<'a>(&self, value: &'a str) -> Option<&'a str> {
        match self.meaning {
            Meaning::Same(_) | Meaning::ReadInVain(_) => Some(value),
            Meaning::Translated(_, translate) => translate(value.trim()),
            Meaning::FirstWord(_) => value.split([',', ' ', '\t']).find(|word| !word.is_empty()),
            Meaning::Read(_) | Meaning::ReadAlone | Meaning::Nothing(_) => None,
        }
    }

    /// What to tell who still uses it, without the place.
    pub fn advice(&self) -> String {
        let name = self.name;
        match &self.meaning {
            Meaning::Read(modern) | Meaning::ReadInVain(modern) => {
                format!("support for parameter \"{name}\" will be removed; instead, specify \"{modern}\"")
            }
            Meaning::ReadAlone => {
                format!("support for parameter \"{name}\" will be removed; instead, do not specify")
            }
            Meaning::Same(names) => {
                let names = names.join("\" and \"");
                format!(
                    "parameter \"{name}\" is of an earlier release and still works; instead, specify \"{names}\""
                )
            }
            Meaning::Translated(modern, _) | Meaning::FirstWord(modern) => format!(
                "parameter \"{name}\" is of an earlier release and still works; instead, specify \"{modern}\""
            ),
            Meaning::Nothing(why) => {
                format!("support for parameter \"{name}\" has been removed; {why}")
            }
        }
    }
}

/// An earlier name of a restriction.
#[derive(Clone, Copy, Debug)]
pub struct FormerRestriction {
    /// The name.
    pub name: &'static str,
    /// What it does.
    pub meaning: RestrictionMeaning,
}

/// What an earlier restriction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestrictionMeaning {
    /// The same as the one of this name.
    Same(&'static str),
    /// This restriction for each item of the list that is the parameter's value.
    Each(&'static str, &'static str),
    /// It decides nothing: what it permitted is not safe to permit. What to write instead.
    Nothing(&'static str),
    /// It is still there, and will not always be. What to write instead.
    Leaving(&'static str),
}

impl FormerRestriction {
    /// The restriction of an earlier release with this name, in any case of letters.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMER_RESTRICTIONS
            .iter()
            .find(|former| former.name.eq_ignore_ascii_case(name))
    }

    /// What to tell who still uses it, without the place.
    pub fn advice(&self) -> String {
        let name = self.name;
        match self.meaning {
            RestrictionMeaning::Same(modern) => format!(
                "restriction \"{name}\" is of an earlier release and still works; instead, specify \"{modern}\""
            ),
            RestrictionMeaning::Each(modern, list) => format!(
                "restriction \"{name}\" is of an earlier release and still works; instead, specify \"{modern} \
                 domain-name\" for each domain of {list}"
            ),
            RestrictionMeaning::Nothing(instead) => format!(
                "support for restriction \"{name}\" has been removed, and it permits nothing; instead, specify {instead}"
            ),
            RestrictionMeaning::Leaving(instead) => format!(
                "support for restriction \"{name}\" will be removed from Postfix; instead, specify {instead}"
            ),
        }
    }
}

/// The parameters whose values are lists of restrictions.
pub const RESTRICTION_LISTS: &[Param<List>] = &[
    super::SMTPD_CLIENT_RESTRICTIONS,
    super::SMTPD_HELO_RESTRICTIONS,
    super::SMTPD_SENDER_RESTRICTIONS,
    super::SMTPD_RELAY_RESTRICTIONS,
    super::SMTPD_RECIPIENT_RESTRICTIONS,
    super::SMTPD_DATA_RESTRICTIONS,
    super::SMTPD_END_OF_DATA_RESTRICTIONS,
    super::SMTPD_ETRN_RESTRICTIONS,
];

/// A list of restrictions with those of earlier releases written as today, and what to tell about each.
///
/// Names that are only spelled otherwise stay, since replies and log lines show a restriction as it is written.
pub fn modern_restrictions<'a>(
    list: &'a str,
    value_of: &dyn Fn(&str) -> String,
) -> (Cow<'a, str>, Vec<String>) {
    let is_gone = |word: &str| {
        let former = FormerRestriction::find(word)?;
        let stays = |modern: &str| modern != "reject_unauth_destination";
        match former.meaning {
            RestrictionMeaning::Same(modern) if stays(modern) => None,
            RestrictionMeaning::Leaving(_) => None,
            _ => Some(former),
        }
    };
    if !split::list(list).any(|word| is_gone(word).is_some()) {
        return (Cow::Borrowed(list), Vec::new());
    }
    let mut advice = Vec::new();
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    for word in split::list(list) {
        let Some(former) = is_gone(word) else {
            words.push(word.into());
            continue;
        };
        advice.push(former.advice());
        match former.meaning {
            RestrictionMeaning::Same(modern) => words.push(modern.into()),
            RestrictionMeaning::Each(modern, parameter) => {
                let items = value_of(parameter);
                words.extend(split::list(&items).map(|item| format!("{modern} {item}").into()));
            }
            RestrictionMeaning::Nothing(_) | RestrictionMeaning::Leaving(_) => {}
        }
    }
    (words.join(", ").into(), advice)
}

fn inverse(value: &str) -> Option<&'static str> {
    if value.eq_ignore_ascii_case("yes") {
        Some("no")
    } else if value.eq_ignore_ascii_case("no") {
        Some("yes")
    } else {
        None
    }
}

fn no_limit_unless_broken(value: &str) -> Option<&'static str> {
    value.eq_ignore_ascii_case("no").then_some("0")
}

fn only_dotlock(value: &str) -> Option<&'static str> {
    value.eq_ignore_ascii_case("yes").then_some("dotlock")
}

fn with_dotlock(value: &str) -> Option<&'static str> {
    inverse(value).map(|not| if not == "no" { "fcntl, dotlock" } else { "fcntl" })
}

macro_rules! formers {
    ($($name:ident: $meaning:expr;)*) => {
        &[$(Former { name: stringify!($name), meaning: $meaning }),*]
    };
}

use Meaning::{FirstWord, Nothing, Read, ReadAlone, ReadInVain, Same, Translated};

/// All earlier names of parameters.
pub const FORMER: &[Former] = formers! {
    authorized_verp_clients: Read("smtpd_authorized_verp_clients");
    fallback_relay: Read("smtp_fallback_relay");
    lmtp_per_record_deadline: Read("lmtp_per_request_deadline");
    smtp_per_record_deadline: Read("smtp_per_request_deadline");
    smtpd_per_record_deadline: Read("smtpd_per_request_deadline");
    postscreen_blacklist_action: Read("postscreen_denylist_action");
    postscreen_dnsbl_ttl: Read("postscreen_dnsbl_max_ttl");
    postscreen_dnsbl_whitelist_threshold: Read("postscreen_dnsbl_allowlist_threshold");
    postscreen_whitelist_interfaces: Read("postscreen_allowlist_interfaces");
    smtpd_client_connection_limit_exceptions: ReadInVain("smtpd_client_event_limit_exceptions");
    tlsproxy_client_level: Read("tlsproxy_client_security_level");
    tlsproxy_client_policy: Read("tlsproxy_client_policy_maps");
    virtual_maps: Read("virtual_alias_maps");
    disable_dns_lookups: Read("smtp_dns_support_level");
    maps_rbl_domains: Read("reject_rbl_client domain-name");
    lmtp_use_tls: Read("lmtp_tls_security_level");
    smtp_use_tls: Read("smtp_tls_security_level");
    smtpd_use_tls: Read("smtpd_tls_security_level");
    postscreen_use_tls: Read("postscreen_tls_security_level");
    tlsproxy_use_tls: Read("tlsproxy_tls_security_level");
    tlsproxy_client_use_tls: Read("tlsproxy_client_security_level");
    lmtp_enforce_tls: Read("lmtp_tls_security_level");
    smtp_enforce_tls: Read("smtp_tls_security_level");
    smtpd_enforce_tls: Read("smtpd_tls_security_level");
    postscreen_enforce_tls: Read("postscreen_tls_security_level");
    tlsproxy_enforce_tls: Read("tlsproxy_tls_security_level");
    tlsproxy_client_enforce_tls: Read("tlsproxy_client_security_level");
    lmtp_tls_enforce_peername: Read("lmtp_tls_security_level");
    smtp_tls_enforce_peername: Read("smtp_tls_security_level");
    lmtp_tls_per_site: Read("lmtp_tls_policy_maps");
    smtp_tls_per_site: Read("smtp_tls_policy_maps");
    tlsproxy_client_per_site: Read("tlsproxy_client_policy_maps");
    smtpd_tls_dh1024_param_file: ReadAlone;
    smtpd_tls_eecdh_grade: ReadAlone;
    lmtp_cname_overrides_servername: ReadAlone;
    smtp_cname_overrides_servername: ReadAlone;

    alternate_config_directory: Same(&["alternate_config_directories"]);
    auth_mx_backup_networks: Same(&["permit_mx_backup_networks"]);
    client_connection_rate_time_unit: Same(&["anvil_rate_time_unit"]);
    client_connection_status_update_time: Same(&["anvil_status_update_time"]);
    connection_cache_service: Same(&["connection_cache_service_name"]);
    content_inspector: Same(&["content_filter"]);
    default_delivery_rate_delay: Same(&["default_destination_rate_delay"]);
    lmtp_cache_connection: Same(&["lmtp_connection_cache_on_demand"]);
    logging_facility: Same(&["syslog_facility"]);
    program_directory: Same(&["daemon_directory", "command_directory"]);
    propagate_unmatched_extension: Same(&["propagate_unmatched_extensions"]);
    recipient_feature_delimiter: Same(&["recipient_delimiter"]);
    sender_relayhost_maps: Same(&["sender_dependent_relayhost_maps"]);
    smtp_connection_cache_reuse_limit: Same(&["smtp_connection_reuse_count_limit"]);
    smtp_disable_ehlo_keyword_address_maps: Same(&["smtp_discard_ehlo_keyword_address_maps"]);
    smtp_disable_ehlo_keywords: Same(&["smtp_discard_ehlo_keywords"]);
    smtp_per_sender_authentication: Same(&["smtp_sender_dependent_authentication"]);
    smtpd_authorized_xaddr_clients: Same(&["smtpd_authorized_xclient_hosts"]);
    smtpd_authorized_xloginfo_clients: Same(&["smtpd_authorized_xclient_hosts"]);
    smtpd_disable_ehlo_keyword_address_maps: Same(&["smtpd_discard_ehlo_keyword_address_maps"]);
    smtpd_disable_ehlo_keywords: Same(&["smtpd_discard_ehlo_keywords"]);
    smtpd_mail_restrictions: Same(&["smtpd_sender_restrictions"]);
    smtpd_rcpt_restrictions: Same(&["smtpd_recipient_restrictions"]);
    smtpd_sasl_application_name: Same(&["smtpd_sasl_path"]);
    smtpd_service: Same(&["smtpd_service_name"]);

    allow_rfc822_envelopes: Translated("strict_rfc821_envelopes", inverse);
    deliver_lock_disable: Translated("mailbox_delivery_lock", only_dotlock);
    local_transports: FirstWord("local_transport");
    smtp_break_lines: Translated("smtp_line_length_limit", no_limit_unless_broken);
    sticky_owner_alias: Translated("reset_owner_alias", inverse);
    virtual_usedotlock: Translated("virtual_mailbox_lock", with_dotlock);

    bad_clients: Nothing("nobody is rejected by it; instead, specify \"check_client_access type:table\" in \
        smtpd_client_restrictions");
    bad_senders: Nothing("nobody is rejected by it; instead, specify \"check_sender_access type:table\" in \
        smtpd_sender_restrictions");
    client_connection_rate_service: Nothing("the service is always named \"anvil\"; instead, do not specify");
    client_connection_rate_service_name: Nothing("the service is always named \"anvil\"; instead, do not specify");
    enable_errors_to: Nothing("Errors-To: headers are ignored; instead, do not specify");
    extract_recipient_limit: Nothing("\"sendmail -t\" has no limit; instead, do not specify");
    ldap_lookup_timeout: Nothing("instead, specify the attribute \"timeout\" in the file of an ldap: table");
    ldap_search_base: Nothing("instead, specify the attribute \"search_base\" in the file of an ldap: table");
    ldap_server_host: Nothing("instead, specify the attribute \"server_host\" in the file of an ldap: table");
    lmtp_sasl_auth_enforce: Nothing("a password is never sent to a host that needs none; instead, do not specify");
    smtp_sasl_auth_enforce: Nothing("a password is never sent to a host that needs none; instead, do not specify");
    mailbox_defer_errors: Nothing("no release has read it; instead, do not specify");
    maildir_defer_errors: Nothing("no release has read it; instead, do not specify");
    postscreen_blacklist_networks: Nothing("instead, specify \"postscreen_access_list\"");
    postscreen_cache_ttl: Nothing("instead, specify the time of each test, such as \"postscreen_greet_ttl\"");
    postscreen_hangup_action: Nothing("a client that hangs up fails the test; instead, do not specify");
    postscreen_whitelist_networks: Nothing("instead, specify \"postscreen_access_list\"");
    qmgr_site_hog_factor: Nothing("the queue manager shares by itself; instead, do not specify");
    sender_based_routing: Nothing("instead, specify \"sender_dependent_relayhost_maps\"");
    smtp_skip_4xx_greeting: Nothing("it is always on; instead, do not specify");
    smtp_tls_cipherlist: Nothing("instead, specify \"smtp_tls_mandatory_ciphers\"");
    smtpd_tls_cipherlist: Nothing("instead, specify \"smtpd_tls_mandatory_ciphers\"");
    smtpd_tls_dh512_param_file: Nothing("there are no export ciphers any more; instead, do not specify");
    tls_dane_digest_agility: Nothing("instead, specify the order of \"tls_dane_digests\"");
    tls_dane_trust_anchor_digest_enable: Nothing("it is always on; instead, do not specify");
    tls_legacy_public_key_fingerprints: Nothing("instead, do not specify");
    tlsproxy_client_loglevel_parameter: Nothing("instead, do not specify");
    tlsproxy_tls_session_cache_database: Nothing("instead, specify \"smtpd_tls_session_cache_database\"");
    tlsproxy_tls_session_cache_timeout: Nothing("instead, specify \"smtpd_tls_session_cache_timeout\"");
    transport_null_address_lookup_key: Nothing("the null address is looked up as \
        \"$empty_address_recipient@$myhostname\"; instead, do not specify");
};

/// All earlier names of restrictions.
pub const FORMER_RESTRICTIONS: &[FormerRestriction] = &[
    former(
        "reject_unknown_client",
        RestrictionMeaning::Same("reject_unknown_client_hostname"),
    ),
    former(
        "reject_invalid_hostname",
        RestrictionMeaning::Same("reject_invalid_helo_hostname"),
    ),
    former(
        "reject_unknown_hostname",
        RestrictionMeaning::Same("reject_unknown_helo_hostname"),
    ),
    former(
        "reject_non_fqdn_hostname",
        RestrictionMeaning::Same("reject_non_fqdn_helo_hostname"),
    ),
    former(
        "reject_unknown_address",
        RestrictionMeaning::Same("reject_unknown_sender_domain"),
    ),
    former(
        "check_recipient_maps",
        RestrictionMeaning::Same("reject_unlisted_recipient"),
    ),
    former("reject_rbl", RestrictionMeaning::Same("reject_rbl_client")),
    // It relayed for whoever had a name in relay_domains, which a name server of the client's own can claim; what it
    // did for recipients is what is left.
    former(
        "check_relay_domains",
        RestrictionMeaning::Same("reject_unauth_destination"),
    ),
    former(
        "reject_maps_rbl",
        RestrictionMeaning::Each("reject_rbl_client", "maps_rbl_domains"),
    ),
    former(
        "permit_naked_ip_address",
        RestrictionMeaning::Nothing("\"permit_mynetworks\" or \"permit_sasl_authenticated\""),
    ),
    former(
        "permit_mx_backup",
        RestrictionMeaning::Leaving("\"relay_domains\""),
    ),
];

const fn former(name: &'static str, meaning: RestrictionMeaning) -> FormerRestriction {
    FormerRestriction { name, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{entries, find};
    use crate::expand;

    #[test]
    fn a_name_that_is_still_read_is_in_the_catalogue_or_in_a_default() {
        let mut named = std::collections::HashSet::new();
        for entry in entries() {
            expand::for_each_name(entry.default, &mut |name| {
                named.insert(name.to_owned());
            });
        }
        for former in FORMER {
            if matches!(former.meaning, Meaning::Nothing(_)) {
                continue;
            }
            let is_read = matches!(
                former.meaning,
                Meaning::Read(_) | Meaning::ReadInVain(_) | Meaning::ReadAlone
            );
            let is_known = find(former.name).is_some() || named.contains(former.name);
            assert_eq!(is_read, is_known, "{}", former.name);
        }
    }

    #[test]
    fn what_is_advised_exists() {
        for former in FORMER {
            for heir in former.heirs() {
                assert!(find(heir).is_some(), "{heir}");
            }
            if let Meaning::Read(modern) = former.meaning {
                assert!(find(modern).is_some() || modern.contains(' '), "{modern}");
            }
        }
    }

    #[test]
    fn a_list_of_an_earlier_release_says_the_same_in_words_of_today() {
        let domains = |name: &str| match name {
            "maps_rbl_domains" => "a.example, b.example".to_owned(),
            _ => String::new(),
        };
        let table = [
            ("permit_mynetworks, hash:/x", "permit_mynetworks, hash:/x", 0),
            (
                "reject_unknown_client reject_rbl x",
                "reject_unknown_client reject_rbl x",
                0,
            ),
            (
                "permit_mynetworks, reject_maps_rbl, check_relay_domains",
                "permit_mynetworks, reject_rbl_client a.example, reject_rbl_client b.example, reject_unauth_destination",
                2,
            ),
            ("permit_naked_ip_address reject", "reject", 1),
        ];
        for (old, new, count) in table {
            let (list, advice) = modern_restrictions(old, &domains);
            assert_eq!((list.as_ref(), advice.len()), (new, count), "{old}");
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<_> = FORMER.iter().map(|former| former.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
