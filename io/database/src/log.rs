//! The lines this room logs.

/// A server can not be reached or does not answer. Said once, not for each question.
pub(crate) fn away(kind: &str, server: &str, reason: &str) {
    maillog::warning!("{kind} server {server} is away: {reason}");
}

/// A server that was away answers again.
pub(crate) fn back(kind: &str, server: &str) {
    maillog::info!("{kind} server {server} is back");
}

/// What was known before is used while the source is away. Said once, not for each question.
pub(crate) fn remembers(table: &str) {
    maillog::warning!("{table}: using the answers known from before while the source is away");
}

/// A value without text, which is no result.
pub(crate) fn empty_value(table: &str, key: &str) {
    maillog::warning!("table \"{table}\": empty lookup result for: \"{key}\" -- ignored");
}

/// A remark on the text of a file of settings.
pub(crate) fn file_warning(warning: &str) {
    maillog::warning!("{warning}");
}

/// A setting that is not followed here.
#[cfg(any(feature = "mysql", feature = "pgsql", feature = "ldap"))]
pub(crate) fn not_followed(table: &str, setting: &str, why: &str) {
    maillog::warning!("{table}: {setting}: {why}");
}

/// The query of a table has a part of the key outside of quotes.
pub(crate) fn bare_key(table: &str) {
    maillog::warning!(
        "{table}: the query has a part of the key outside of quotes; only numbers are put there, other keys could not tell"
    );
}

/// A key that can not be stored in memcache.
pub(crate) fn not_stored(table: &str, key: &str, why: &str) {
    maillog::warning!("{table}: key \"{key}\" is not stored: {why}");
}
