//! The lines postsuper writes, to the log and to standard error.

use crate::tally::Tally;
use std::fmt::Display;
use std::io;
use std::path::Path;

pub(crate) fn removed(id: &str) {
    maillog::info!("{id}: removed");
}

pub(crate) fn requeued(id: &str) {
    maillog::info!("{id}: requeued");
}

pub(crate) fn held(id: &str) {
    maillog::info!("{id}: placed on hold");
}

pub(crate) fn released(id: &str) {
    maillog::info!("{id}: released from hold");
}

pub(crate) fn expired(id: &str) {
    maillog::info!("{id}: expired");
}

/// The totals of what was asked for, and of what was repaired.
pub(crate) fn totals(tally: &Tally, letters: &str) {
    let asked = |wanted: &str| letters.contains(|letter| wanted.contains(letter));
    for (is_asked, what, count) in [
        (asked("r"), "Requeued", tally.requeued),
        (asked("d"), "Deleted", tally.deleted),
        (asked("ef"), "Force-expired", tally.expired),
        (asked("h"), "Placed on hold", tally.held),
        (asked("Hf"), "Released from hold", tally.released),
        (tally.renamed > 0, "Renamed to match inode number", tally.renamed),
    ] {
        if is_asked {
            let plural = if count == 1 { "" } else { "s" };
            maillog::info!("{what}: {count} message{plural}");
        }
    }
    if tally.mismatched > 0 || tally.renamed > 0 {
        maillog::warning!("QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS");
    }
}

pub(crate) fn ids_changed() {
    maillog::error!("QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS");
}

pub(crate) fn incomplete() {
    maillog::warning!("OPERATION INCOMPLETE -- RERUN COMMAND TO FIX THE QUEUE FIRST");
}

pub(crate) fn invalid_id(id: &str) {
    maillog::warning!("invalid mail queue id: {id}");
}

pub(crate) fn bogus_name(path: &Path) {
    maillog::warning!("bogus file name: {}", path.display());
}

pub(crate) fn wrong_inode(path: &Path) {
    maillog::warning!("name/inode mismatch: {}", path.display());
}

pub(crate) fn cannot_expire(path: &Path, error: &dyn Display) {
    maillog::warning!("expire file {}: {error}", path.display());
}

pub(crate) fn cannot_reset_times(path: &Path, error: &dyn Display) {
    maillog::warning!("{}: reset time stamps: {error}", path.display());
}

pub(crate) fn cannot_remove_directory(path: &Path, error: &io::Error) {
    maillog::warning!(
        "remove subdirectory {}: {}",
        path.display(),
        sys::fault::text(error)
    );
}

pub(crate) fn queue(name: &str) {
    maillog::verbose!("queue: {name}");
}

pub(crate) fn file_removed(path: &Path) {
    maillog::verbose!("removed file {}", path.display());
}

pub(crate) fn file_renamed(from: &Path, to: &Path) {
    maillog::verbose!("renamed file {} as {}", from.display(), to.display());
}

pub(crate) fn directory_removed(path: &Path) {
    maillog::verbose!("remove subdirectory {}", path.display());
}

/// A letter that is not known, or lacks its value.
pub(crate) fn option(error: &dyn std::fmt::Display) {
    maillog::warning!("{error}");
}
