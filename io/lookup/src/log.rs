//! The lines this room logs.

use crate::error::{LookupError, OpenError};
use crate::server::link::{LinkError, Place};

/// A table in a parameter can not be opened.
pub(crate) fn can_not_open(error: &OpenError) {
    maillog::error!("{error}");
}

/// A search in a list of tables could not tell.
pub(crate) fn lookup_error(table: &str, key: &str, error: &LookupError) {
    match error {
        LookupError::Unavailable { .. } => maillog::warning!("{error}"),
        LookupError::Failed { reason, .. }
        | LookupError::Content { reason, .. }
        | LookupError::Unapproved { reason, .. }
            if !reason.is_empty() =>
        {
            maillog::warning!("{table}: {reason}");
        }
        _ => {}
    }
    maillog::warning!("{table} lookup error for \"{key}\"");
}

/// A table gave an empty value, which Postfix takes for a mistake in the table.
pub(crate) fn empty_value(title: &str, key: &str) {
    maillog::warning!("{title} lookup of {key} returns an empty string result");
    maillog::warning!("{title} should return NO RESULT in case of NOT FOUND");
}

/// A member of a match list could not tell.
pub(crate) fn list_error(title: &str, error: &LookupError) {
    if let LookupError::Unavailable { .. } = error {
        maillog::warning!("{error}")
    }
    maillog::warning!("{title}: {}: table lookup problem", error.table());
}

/// A pattern in a match list is not a network.
pub(crate) fn bad_pattern(title: &str, reason: &str) {
    maillog::warning!("{title}: {reason}");
}

/// A parameter holds what looks like a comment in the middle of a line.
pub(crate) fn comment_in_list(title: &str, text: &str) {
    maillog::warning!("{title}: #comment after other text is not allowed: {text}");
}

/// A line of a text table can not be used.
pub(crate) fn bad_line(file: &str, line: u64, reason: &str) {
    maillog::warning!("{file}, line {line}: {reason}");
}

/// The first line of a source begins with white space.
pub(crate) fn continues_nothing(file: &str, line: &[u8]) {
    let text = crate::source::printable(line);
    let short: String = text.chars().take(30).collect();
    let more = if short.len() < text.len() { "..." } else { "" };
    maillog::warning!("{file}: logical line must not start with whitespace: \"{short}{more}\"");
}

/// A `nis:` table on a host without a NIS domain.
pub(crate) fn no_nis_domain() {
    maillog::warning!("dict_nis_init: NIS domain name not set - NIS lookups disabled");
}

/// The indexed file of a `hash:` or `btree:` table was made from its source.
pub(crate) fn index_made(index: &str, source: &str) {
    maillog::info!("{index}: made from {source}");
}

/// It could not be made; the source is read instead.
pub(crate) fn index_not_made(index: &str, source: &str, reason: &str) {
    maillog::warning!("{index}: can not be made from {source}: {reason}; using the text of {source}");
}

/// A key that is in a source twice.
pub(crate) fn duplicate_entry(file: &str, key: &str) {
    maillog::warning!("{file}: duplicate entry: \"{key}\"");
}

/// A `$` in a value that names nothing.
pub(crate) fn bad_reference(text: &str) {
    maillog::warning!("{text}");
}

/// A changed table file can not be read; the content read before stays in use.
pub(crate) fn can_not_reread(table: &str, reason: &str) {
    maillog::warning!("table {table} has changed: {reason}; using the content read before");
}

/// An address lookup gave a text without any address.
pub(crate) fn no_address(title: &str, address: &str, value: &str) {
    maillog::warning!("{title} lookup of {address} returns non-address result \"{value}\"");
}

/// A table has changed, and only a new process can see how.
pub(crate) fn restarts(table: &str) {
    maillog::info!("table {table} has changed -- restarting");
}

/// The indexed file is older than its source.
pub(crate) fn index_is_old(index: &str, source: &str) {
    maillog::warning!("database {index} is older than source file {source}");
}

/// A `debug:` table was asked.
pub(crate) fn debug_lookup(table: &str, key: &str, answer: &Result<Option<String>, LookupError>) {
    match answer {
        Ok(Some(value)) => maillog::info!("{table} lookup: \"{key}\" = \"{value}\""),
        Ok(None) => maillog::info!("{table} lookup: \"{key}\" = not found"),
        Err(error) => maillog::info!("{table} lookup: \"{key}\" = error: {error}"),
    }
}

/// A key is too long for a socketmap server.
pub(crate) fn query_too_large(table: &str, key: &str) {
    maillog::warning!("table {table} query too large: '{key:.100}', returning 'not found'");
}

/// There is no connection to a table server; `what` is its kind, with a blank, or empty.
pub(crate) fn can_not_connect(what: &str, place: &Place, error: &LinkError) {
    maillog::warning!("connect to {what}{place}: {error}");
}

/// What came from a `tcp:` server is no answer.
pub(crate) fn no_tcp_answer(place: &Place, error: &LinkError) {
    maillog::warning!("read TCP map reply from {place}: {error}");
}

/// What came from a `socketmap:` server is no answer.
pub(crate) fn no_socketmap_answer(table: &str, reason: &str) {
    maillog::warning!("table {table} lookup error: {reason}");
}

/// A `socketmap:` server says that it can not tell.
pub(crate) fn socketmap_server_error(table: &str, text: &str) {
    maillog::warning!("{table} socketmap {text}");
}
