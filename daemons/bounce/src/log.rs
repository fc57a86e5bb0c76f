//! The lines bounce writes.

use crate::service::NoticeError;
use config::bounce_cf::{Flaw, Misfit};
use queue::QueueError;
use std::error::Error;

pub(crate) fn sent(queue_id: &str, whom: &str, what: &str, new_id: &str) {
    maillog::info!("{queue_id}: {whom} {what} notification: {new_id}");
}

pub(crate) fn not_sent(queue_id: &str, error: &NoticeError) {
    maillog::warning!("{queue_id}: cannot send notification: {error}");
}

pub(crate) fn discarded(queue_id: &str) {
    maillog::warning!("{queue_id}: undeliverable postmaster notification discarded");
}

pub(crate) fn no_trace(queue_id: &str, kind: &str) {
    maillog::info!("{queue_id}: not sending trace/success notification for {kind} message");
}

pub(crate) fn notes_trouble(queue_id: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: bounce, defer or trace logfile: {error}");
}

pub(crate) fn malformed_note(queue_id: &str, line: &str) {
    maillog::warning!("{queue_id}: malformed record in bounce, defer or trace logfile: {line}");
}

pub(crate) fn no_original(queue_id: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: open message for notification: {error}");
}

pub(crate) fn template_flaw(flaw: &Flaw) {
    flaw.to_string()
        .lines()
        .for_each(|line| maillog::warning!("{line}"));
}

pub(crate) fn template_cause(cause: &dyn Error) {
    maillog::warning!("{cause}");
}

pub(crate) fn misfit(misfit: &Misfit) {
    misfit
        .to_string()
        .lines()
        .for_each(|line| maillog::warning!("{line}"));
}

pub(crate) fn unknown(request: &str) {
    maillog::warning!("unknown request {request:?}");
}
