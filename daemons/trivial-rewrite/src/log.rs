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

/// A domain without a dot is completed because an earlier release did so by default.
pub(crate) fn former_default(domain: &str, parent: &str) {
    let remedy = if domain.eq_ignore_ascii_case("localhost") {
        "; please add \"localhost\" to mydestination or other address class"
    } else {
        ""
    };
    maillog::info!(
        "using backwards-compatible default setting append_dot_mydomain=yes to rewrite \"{domain}\" to \"{domain}.{parent}\"{remedy}"
    );
}
