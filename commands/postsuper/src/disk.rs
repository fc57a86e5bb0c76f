//! Changes to the queue that must succeed, or the whole run stops: half a repair is told, not hidden.

use crate::log;
use command::Failure;
use queue::{FileState, Queue, QueueError, Spool};
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What the kernel says of a file; `None` when it is gone.
pub(crate) fn state(path: &Path) -> Result<Option<FileState>, Failure> {
    match fs::symlink_metadata(path) {
        Ok(facts) => Ok(Some(FileState::of(&facts))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure("stat", path, &error)),
    }
}

/// Removes a file; false when it was gone already.
pub(crate) fn remove(path: &Path) -> Result<bool, Failure> {
    match fs::remove_file(path) {
        Ok(()) => {
            log::file_removed(path);
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failure("remove", path, &error)),
    }
}

/// Renames a file and makes the subdirectories of its new name; false when it was gone already.
pub(crate) fn rename(spool: &Spool, from: &Path, to: &Path) -> Result<bool, Failure> {
    match spool.rename(from, to) {
        Ok(()) => {
            log::file_renamed(from, to);
            Ok(true)
        }
        Err(QueueError::Absent) => Ok(false),
        Err(error) => Err(Failure::general(format!(
            "rename file {} as {}: {error}",
            from.display(),
            to.display()
        ))),
    }
}

/// Marks a message for return to its sender; false when it is gone, not complete, or marked already.
pub(crate) fn expire(path: &Path) -> bool {
    let mut options = OpenOptions::new();
    // What is not a file of the queue must not get another mode.
    options
        .read(true)
        .write(true)
        .custom_flags(sys::disk::NO_FOLLOW | sys::disk::NON_BLOCKING);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                log::cannot_expire(path, &sys::fault::text(&error));
            }
            return false;
        }
    };
    let state = match file.metadata() {
        Ok(facts) => FileState::of(&facts),
        Err(error) => {
            log::cannot_expire(path, &sys::fault::text(&error));
            return false;
        }
    };
    if !state.is_ready() || state.links > 1 || state.is_expired_by_force() {
        return false;
    }
    match queue::set_force_expire(&file, true) {
        Ok(()) => true,
        Err(error) => {
            log::cannot_expire(path, &format_args!("cannot set permission: {error}"));
            false
        }
    }
}

/// Whether this queue holds messages (as opposed to notes and lists).
pub(crate) fn holds_messages(queue: Queue) -> bool {
    !matches!(queue, Queue::Defer | Queue::Bounce | Queue::Trace | Queue::Flush)
}

pub(crate) fn failure(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::general(format!(
        "{what} file {}: {}",
        path.display(),
        sys::fault::text(error)
    ))
}
