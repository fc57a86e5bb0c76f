//! The lines postcat writes to standard error.

use std::fmt::Display;

pub(crate) fn not_a_queue_file(name: &str) {
    maillog::warning!("{name}: input is not a valid queue file");
}

pub(crate) fn out_of_order(name: &str, what: &str) {
    maillog::warning!("{name}: out-of-order {what}");
}

pub(crate) fn several_sizes() {
    maillog::warning!("file contains multiple size records");
}

pub(crate) fn invalid_size(text: &dyn Display) {
    maillog::warning!("invalid size record: {text:.100}");
}

pub(crate) fn malformed_attribute(name: &str, text: &dyn Display) {
    maillog::warning!("{name}: malformed attribute: missing '=' after attribute name: {text:.100}");
}

/// A letter that is not known, or lacks its value.
pub(crate) fn option(error: &dyn std::fmt::Display) {
    maillog::warning!("{error}");
}
