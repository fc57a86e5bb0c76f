//! The lines both commands write about sources and tables. Commands write them to standard error as well.

use std::fmt::Display;

/// A line of a source that is left out, or taken with a remark.
pub(crate) fn line(source: &str, number: u64, what: &dyn Display) {
    maillog::warning!("{source}, line {number}: {what}");
}

/// A key that is there already.
pub(crate) fn duplicate(table: &str, key: &str) {
    maillog::warning!("{table}: duplicate entry: \"{key}\"");
}

/// A key on standard input that is not UTF-8.
pub(crate) fn key_is_no_text(table: &str, key: &str) {
    maillog::warning!("{table}: non-UTF-8 key \"{key}\": malformed UTF-8 or invalid codepoint");
}

/// A key without text.
pub(crate) fn empty_key(table: &str) {
    maillog::warning!("table {table}: empty lookup key value is not allowed");
}

/// A value without text.
pub(crate) fn empty_value(table: &str, key: &str) {
    maillog::warning!("table {table}: key {key}: empty string result is not allowed");
    maillog::warning!("table {table} should return NO RESULT in case of NOT FOUND");
}

/// A value that should be the base64 of a file and is not.
pub(crate) fn not_base64(table: &str, key: &str, value: &str) {
    maillog::warning!("table {table}: key {key}: malformed BASE64 value: {value:.30}");
}

/// Root makes a file in the directory of someone else, who could have put anything there.
pub(crate) fn foreign_directory(table: &str, directory: &str) {
    maillog::warning!(
        "the files of {table} will belong to root, but the directory {directory} belongs to another user; \
         give source, index and directory the same owner"
    );
}

/// A table has what can not be a value.
pub(crate) fn bad_content(table: &str, reason: &str) {
    maillog::warning!("{table}: {reason}");
}

/// After work as the owner of a source.
pub(crate) fn not_root_again() {
    maillog::warning!("can not become root again");
}
