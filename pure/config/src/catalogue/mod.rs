//! Every parameter of `main.cf`: name, default, kind and meaning, in one file for each subject.
//!
//! The catalogue says what a parameter is; `settings.rs` of a program says who reads it. Names and defaults
//! follow postconf(5) of Postfix 3.12.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::param::Entry;

/// Makes a typed constant and a row of the list from each entry.
///
/// `CONSTANT = name: Kind[least..=most, Unit], "default";` where the brackets, and each bound, may be left out.
macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])+
        $constant:ident = $name:tt: $kind:ident $([$($bounds:tt)*])?, $default:literal;
    )*) => {
        $(
            $(#[doc = $doc])+
            pub const $constant: $crate::param::Param<$crate::param::$kind> =
                $crate::param::Param::new(stringify!($name), $default, kind!($kind $($($bounds)*)?));
        )*

        pub(super) const ENTRIES: &[$crate::param::Entry] = &[$(
            $crate::param::Entry {
                name: stringify!($name),
                default: $default,
                kind: stringify!($kind),
                description: concat!($($doc, "\n"),+),
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

pub use legacy::{
    FORMER, FORMER_RESTRICTIONS, Former, FormerRestriction, Meaning, RESTRICTION_LISTS, RestrictionMeaning,
    modern_restrictions,
};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Configuration;

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
        assert_eq!((names.len(), count), (910, 910));
    }

    #[test]
    fn every_entry_has_a_description() {
        for entry in entries() {
            assert!(entry.description.trim_end().ends_with('.'), "{}", entry.name);
        }
    }

    #[test]
    fn defaults_by_level_follow_the_level() {
        let old = Configuration::parse("").unwrap();
        let new = Configuration::parse("compatibility_level = 3.6").unwrap();

        assert_eq!(old.get(APPEND_DOT_MYDOMAIN), Ok(true));
        assert_eq!(new.get(APPEND_DOT_MYDOMAIN), Ok(false));
    }
}
