//! Every parameter of `main.cf`: name, default, kind and meaning, in one file for each subject.
//!
//! The catalogue says what a parameter is; `settings.rs` of a program says who reads it. Names and defaults
//! follow postconf(5) of Postfix 3.12.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::description;
use crate::family;
use crate::param::Entry;

/// Makes a typed constant and a row of the list from each entry.
///
/// `CONSTANT = name: Kind[least..=most, Unit], "default";` where the brackets, and each bound, may be left out.
/// `…, "default", like OTHER;` for a parameter that means for its program what OTHER means for another: its text
/// says only what differs, and may be empty.
///
/// The text above an entry is its description: paragraphs, lists whose items begin with `- `, names in backticks,
/// and a last line `Since X.Y.` when a release of Postfix brought it. See [`Description`](crate::description::Description).
macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])*
        $constant:ident = $name:tt: $kind:ident $([$($bounds:tt)*])?, $default:literal $(, like $like:ident)?;
    )*) => {
        $(
            $(#[doc = concat!("As [`", stringify!($like), "`](crate::catalogue::", stringify!($like), ").\n\n")])?
            $(#[doc = $doc])*
            pub const $constant: $crate::param::Param<$crate::param::$kind> =
                $crate::param::Param::new(stringify!($name), $default, kind!($kind $($($bounds)*)?));
        )*

        pub(super) const ENTRIES: &[$crate::param::Entry] = &[$(
            $crate::param::Entry {
                name: stringify!($name),
                default: $default,
                kind: stringify!($kind),
                description: concat!($($doc, "\n"),*),
                like: <[&'static str]>::first(&[$($crate::catalogue::$like.name())?]).copied(),
                bounds: $constant.kind().0,
                unit: || $crate::param::Kind::unit($constant.kind()),
                raw: <$crate::param::$kind as $crate::param::Kind>::RAW,
                check: |text| $crate::param::Kind::check($constant.kind(), text),
            },
        )*];
    };
}

/// The kind with its bounds, from the tokens in the brackets.
macro_rules! kind {
    (Time $unit:ident) => { $crate::param::Time(bounds!(), $crate::param::Unit::$unit) };
    (Time $least:literal.., $unit:ident) => {
        $crate::param::Time(bounds!($least..), $crate::param::Unit::$unit)
    };
    (Time $least:literal..=$most:literal, $unit:ident) => {
        $crate::param::Time(bounds!($least..=$most), $crate::param::Unit::$unit)
    };
    ($kind:ident $($bounds:tt)*) => { $crate::param::$kind(bounds!($($bounds)*)) };
}

macro_rules! bounds {
    () => {
        $crate::param::Bounds::NONE
    };
    ($least:literal..) => {
        $crate::param::Bounds {
            least: $least,
            most: i64::MAX,
        }
    };
    ($least:literal..=$most:literal) => {
        $crate::param::Bounds {
            least: $least,
            most: $most,
        }
    };
}

macro_rules! subjects {
    ($($subject:ident),* $(,)?) => {
        $(mod $subject;)*
        $(pub use $subject::*;)*

        const SUBJECTS: &[&[Entry]] = &[$($subject::ENTRIES),*];
    };
}

mod legacy;
mod universal;

pub use legacy::{
    FORMER, FORMER_RESTRICTIONS, Former, FormerRestriction, Meaning, RESTRICTION_LISTS, RestrictionMeaning,
    modern_restrictions,
};

pub use universal::UNIVERSAL;

subjects! {
    bounce, cleanup, directory, instance, lmtp, lmtp_tls, local, logging, milter, postscreen, queue,
    rewrite, service, side_service, smtp, smtp_tls, smtpd, smtpd_tls, system, table, tls, tlsproxy, verify, virtual_mailbox,
}

/// All entries, in no order.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    SUBJECTS.iter().copied().flatten()
}

/// The entry of a name.
pub fn find(name: &str) -> Option<&'static Entry> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Entry>> = OnceLock::new();
    INDEX
        .get_or_init(|| entries().map(|entry| (entry.name, entry)).collect())
        .get(name)
        .copied()
}

/// What a parameter means, for a reader: the text of the catalogue, or of the family it belongs to.
///
/// Lines are as in the source, without the space that begins each; [`Description`](description::Description) takes them apart. The text of a
/// parameter that is like another says so first; [`Entry::like`] has that other's name.
pub fn description(name: &str) -> Option<&'static str> {
    static TEXTS: OnceLock<HashMap<&'static str, String>> = OnceLock::new();
    TEXTS
        .get_or_init(|| entries().map(|entry| (entry.name, text_of(entry))).collect())
        .get(name)
        .map(String::as_str)
        .or_else(|| family::description(name))
}

fn text_of(entry: &Entry) -> String {
    let own = description::without_margin(entry.description);
    let Some(like) = entry.like else { return own };
    let whose = ALIKE
        .iter()
        .find(|(prefix, _)| entry.name.starts_with(prefix))
        .map_or("another program", |(_, whose)| whose);
    let first = format!("As `{like}`, for {whose}.");
    // A text that is only a release follows on the line; any other is a paragraph of its own.
    match own.as_str() {
        "" => first,
        since if since.starts_with("Since ") => format!("{first}\n{since}"),
        own => format!("{first}\n\n{own}"),
    }
}

/// Whose parameter it is that is like another: by the beginning of its name.
const ALIKE: &[(&str, &str)] = &[
    ("address_verify_", "address probes"),
    ("lmtp_", "the LMTP client"),
    ("postscreen_", "postscreen"),
    ("tlsproxy_client_", "the client side of tlsproxy"),
    ("tlsproxy_", "the server side of tlsproxy"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Configuration;
    use crate::description::Description;

    #[test]
    fn every_default_is_right_for_its_own_kind_and_bounds() {
        let configuration = Configuration::parse("").unwrap();
        for entry in entries() {
            let value = configuration.expanded(entry.name).unwrap().unwrap();
            // These have none: the first two are set at run time, the third by the administrator.
            let without = ["process_name", "service_name", "virtual_mailbox_base"].contains(&entry.name);
            assert!(
                without || (entry.check)(&value).is_ok(),
                "{} = {value}",
                entry.name
            );
        }
    }

    #[test]
    fn the_catalogue_is_complete_and_names_are_unique() {
        let mut names: Vec<_> = entries().map(|entry| entry.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!((names.len(), count), (913, 913));
    }

    #[test]
    fn what_all_programs_share_is_in_the_catalogue() {
        assert!(UNIVERSAL.is_sorted());
        assert!(UNIVERSAL.iter().all(|name| find(name).is_some()));
    }

    #[test]
    fn every_entry_has_a_description() {
        for entry in entries() {
            let text = description(entry.name).unwrap();
            assert!(text.trim_end().ends_with('.'), "{}", entry.name);
            assert!(!text.contains("for another program."), "{}", entry.name);
        }
    }

    #[test]
    fn a_parameter_that_is_like_another_says_so() {
        let text = description("lmtp_bind_address").unwrap();

        assert!(
            text.starts_with("As `smtp_bind_address`, for the LMTP client."),
            "{text}"
        );
        assert_eq!(find("lmtp_bind_address").unwrap().like, Some("smtp_bind_address"));
    }

    #[test]
    fn parameters_that_are_alike_have_values_of_the_same_kind() {
        for entry in entries() {
            let Some(like) = entry.like else { continue };
            let other = find(like).unwrap();
            assert_eq!(
                (entry.kind, (entry.unit)()),
                (other.kind, (other.unit)()),
                "{}",
                entry.name
            );
            assert_eq!(
                other.like, None,
                "{}: its description is one step away",
                entry.name
            );
        }
    }

    #[test]
    fn a_member_of_a_family_has_the_text_of_the_family() {
        assert_eq!(
            description("slow_destination_rate_delay"),
            description("fast_destination_rate_delay")
        );
        assert!(description("slow_destination_rate_delay").is_some());
        assert_eq!(description("no_such_parameter"), None);
    }

    #[test]
    fn every_description_can_be_taken_apart_again() {
        for entry in entries() {
            let description = Description::read(description(entry.name).unwrap());
            assert!(!description.blocks.is_empty(), "{}", entry.name);
            let release = description.since.unwrap_or("2.0");
            assert!(
                release.split('.').all(|part| part.parse::<u8>().is_ok()),
                "{}: since {release}",
                entry.name
            );
        }
    }

    #[test]
    fn names_in_descriptions_exist() {
        // A word in backticks with an underscore is the name of a parameter, unless a text says what else it is.
        let restriction = |word: &str| word.starts_with("reject_") || word.starts_with("permit_");
        let known =
            |word: &str| restriction(word) || description(word).is_some() || NOT_PARAMETERS.contains(&word);
        let is_name = |word: &str| {
            let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            word.contains('_') && word.bytes().all(letters)
        };
        let unknown: Vec<_> = entries()
            .flat_map(|entry| {
                let words = description(entry.name).unwrap().split('`').skip(1).step_by(2);
                words.map(|word| (entry.name, word))
            })
            .filter(|(_, word)| is_name(word) && !known(word))
            .collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// Words with an underscore that descriptions name and that are no parameters.
    const NOT_PARAMETERS: &[&str] = &[
        "_",
        "add_header",
        "check_ccert_access",
        "command_timeout",
        "connect_timeout",
        "content_timeout",
        "default_action",
        "defer_if_permit",
        "defer_unauth_destination",
        "delay_dotcrlf",
        "disable_esmtp",
        "envelope_recipient",
        "envelope_sender",
        "fix_quietly",
        "forward_secrecy",
        "header_recipient",
        "header_sender",
        "mutual_auth",
        "no_address_mappings",
        "no_header_body_checks",
        "no_header_reply",
        "no_milters",
        "no_unknown_recipient_checks",
        "openssl_conf",
        "policy_context",
        "res_defnames",
        "res_dnsrch",
        "smtpd_access_maps",
        "speed_adjust",
    ];

    #[test]
    fn defaults_by_level_follow_the_level() {
        let old = Configuration::parse("").unwrap();
        let new = Configuration::parse("compatibility_level = 3.6").unwrap();

        assert_eq!(old.get(APPEND_DOT_MYDOMAIN), Ok(true));
        assert_eq!(new.get(APPEND_DOT_MYDOMAIN), Ok(false));
    }
}
