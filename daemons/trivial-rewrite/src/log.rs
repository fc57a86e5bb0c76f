//! The lines trivial-rewrite writes.

use lookup::LookupError;

pub(crate) fn unknown(request: &str) {
    maillog::warning!("bad command {request:?}");
}

pub(crate) fn lookup_trouble(error: &LookupError) {
    maillog::warning!("{error}");
}

pub(crate) fn two_classes(domain: &str, one: &str, other: &str) {
    maillog::warning!("do not list domain {domain} in BOTH {one} and {other}");
}
