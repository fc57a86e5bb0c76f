//! The lines postdrop writes beside its failures.

use std::fmt::Display;

pub(crate) fn cannot_create(error: &dyn Display) {
    maillog::warning!("mail_queue_enter: create file maildrop/: {error}");
}

pub(crate) fn cannot_commit(uid: u32, error: &dyn Display) {
    maillog::warning!("uid={uid}: {error}");
}

pub(crate) fn cannot_remove(uid: u32, name: &str, error: &dyn Display) {
    maillog::warning!("uid={uid}: remove maildrop/{name}: {error}");
}

pub(crate) fn malformed_attribute(uid: u32, text: &str) {
    maillog::warning!("uid={uid}: ignoring malformed record: missing '=' after attribute name: {text:.200}");
}

pub(crate) fn trace_flags(uid: u32, value: &str) {
    maillog::warning!("uid={uid}: ignoring unexpected trace flags: {value:.200}");
}

pub(crate) fn attribute(uid: u32, name: &str, value: &str) {
    maillog::warning!("uid={uid}: ignoring attribute record: {name:.200}={value:.200}");
}

/// A letter that is not known, or lacks its value.
pub(crate) fn option(error: &dyn std::fmt::Display) {
    maillog::warning!("{error}");
}
