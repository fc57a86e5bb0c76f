//! The lines pickup writes.

use crate::copy::CopyError;
use crate::submission::Submitted;
use queue::QueueError;
use submit::SubmitError;

/// `88DEB9C800D: uid=1000 from=<user@example.com>`, and where it was requeued from.
pub(crate) fn taken(queue_id: &str, submitted: &Submitted, from: &str) {
    let uid = submitted.owner;
    if submitted.requeued {
        maillog::info!("{queue_id}: uid={uid} from=<{from}> orig_id={}", submitted.name);
    } else {
        maillog::info!("{queue_id}: uid={uid} from=<{from}>");
    }
}

pub(crate) fn future(queue_id: &str, name: &str, seconds: u64) {
    maillog::warning!("{queue_id}: message maildrop/{name} dated {seconds} seconds into the future");
}

pub(crate) fn old(queue_id: &str, name: &str, days: u64) {
    maillog::warning!("{queue_id}: message maildrop/{name} has been queued for {days} days");
}

pub(crate) fn malformed(queue_id: &str, owner: u32, error: &CopyError) {
    match error {
        CopyError::Type(kind) => {
            maillog::warning!("uid={owner}: unexpected or malformed record type {kind}");
        }
        CopyError::NoSender => maillog::warning!("{queue_id}: uid={owner}: no envelope sender"),
        CopyError::Queue(error) => maillog::warning!("{queue_id}: uid={owner}: {error}"),
    }
}

pub(crate) fn many_links(name: &str, links: u64) {
    maillog::warning!("file maildrop/{name} has {links} hard links, skipped");
}

pub(crate) fn cannot_open(name: &str, error: &QueueError) {
    maillog::warning!("open input file maildrop/{name}: {error}");
}

pub(crate) fn cannot_scan(error: &QueueError) {
    maillog::warning!("open directory maildrop: {error}");
}

pub(crate) fn cannot_remove(name: &str, error: &QueueError) {
    maillog::warning!("remove maildrop/{name}: {error}");
}

/// cleanup gave no reason of its own; one that it gave, it has logged.
pub(crate) fn refused(name: &str, queue_id: &str, cause: &str) {
    maillog::warning!("maildrop/{name}: error writing {queue_id}: {cause}");
}

pub(crate) fn cannot_submit(name: &str, error: &SubmitError) {
    maillog::warning!("maildrop/{name}: cannot hand over to cleanup: {error}");
}
