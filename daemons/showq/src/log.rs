//! The lines showq writes.

use queue::QueueError;

pub(crate) fn malformed_size(id: &str) {
    maillog::warning!("{id}: malformed size record -- using file size instead");
}

pub(crate) fn duplicate_sender(id: &str, sender: &str) {
    maillog::warning!("{id}: duplicate sender address: {sender} -- skipping remainder of this file");
}

pub(crate) fn missing_sender(id: &str, recipient: &str) {
    maillog::warning!("{id}: missing sender address: {recipient} -- skipping remainder of this file");
}

pub(crate) fn unreadable(queue: &str, id: &str, error: &QueueError) {
    maillog::warning!("{queue}/{id}: {error} -- skipping remainder of this file");
}

pub(crate) fn unreadable_notes(queue: &str, id: &str, error: &QueueError) {
    maillog::warning!("open {queue} {id}: {error}");
}

pub(crate) fn cannot_open(queue: &str, id: &str, error: &QueueError) {
    maillog::fatal!("open {queue} {id}: {error}");
}

pub(crate) fn cannot_scan(queue: &str, error: &QueueError) {
    maillog::fatal!("open directory {queue}: {error}");
}
