//! The lines every delivery agent may write.

use contract::DecodeError;
use queue::QueueError;

pub(crate) fn malformed(error: &DecodeError) {
    maillog::warning!("unexpected request from the queue manager: {error}");
}

pub(crate) fn no_file(queue_id: &str, error: &QueueError) {
    maillog::warning!("open active {queue_id}: {error}");
}

pub(crate) fn not_crossed_off(queue_id: &str, address: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: cannot mark recipient <{address}> as done: {error}");
}
