//! The lines flush writes.

use ipc::AskError;
use queue::QueueError;
use std::fmt::Display;

pub(crate) fn unknown(request: &str) {
    maillog::warning!("unrecognized fast_flush request: {request:?}");
}

pub(crate) fn site_trouble(site: &str, error: &dyn Display) {
    maillog::warning!("fast_flush site {site}: {error}");
}

pub(crate) fn not_moved(queue_id: &str, error: &QueueError) {
    maillog::warning!("flush {queue_id}: {error}");
}

pub(crate) fn no_wake_up(error: &AskError) {
    maillog::warning!("wake up the queue manager: {error}");
}
