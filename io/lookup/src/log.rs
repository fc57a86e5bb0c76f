//! The lines this room logs.

use crate::error::{LookupError, OpenError};

/// A table in a parameter can not be opened.
pub(crate) fn can_not_open(error: &OpenError) {
    maillog::error!("{error}");
}

/// A search in a list of tables could not tell.
pub(crate) fn lookup_error(table: &str, key: &str, error: &LookupError) {
    match error {
        LookupError::Unavailable { .. } => maillog::warning!("{error}"),
        LookupError::Failed { reason, .. } | LookupError::Content { reason, .. } if !reason.is_empty() => {
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

/// A changed table file can not be read; the content read before stays in use.
pub(crate) fn can_not_reread(table: &str, reason: &str) {
    maillog::warning!("{table}: {reason}; using the content read before");
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
