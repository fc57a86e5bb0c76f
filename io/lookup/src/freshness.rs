//! When a file was last looked at, and whether it is still the same one.
//!
//! A table is asked thousands of times a second; its file is looked at no more than once in that time.

use std::cell::Cell;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::log;

/// Warns when the text `source` was changed after its indexed file `index` was made: someone forgot postmap(1).
/// Not for a source that was changed just now, which someone may be working on.
pub(crate) fn warn_when_older(index: &Path, identity: Identity, source: &Path) {
    let Ok(metadata) = std::fs::metadata(source) else {
        return;
    };
    let (changed, made) = (Identity::of(&metadata).modified.0, identity.modified.0);
    let now = i64::try_from(stream::time_of_day().as_secs()).unwrap_or(i64::MAX);
    if changed > made && changed < now - 100 {
        log::index_is_old(&index.to_string_lossy(), &source.to_string_lossy());
    }
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// True when it is another file, whatever was written to this one.
    pub(crate) fn is_other_file(&self, other: &Self) -> bool {
        (self.device, self.inode) != (other.device, other.inode)
    }
}

/// The watch over one file.
pub(crate) struct Freshness {
    path: PathBuf,
    looked: Cell<Instant>,
    identity: Cell<Option<Identity>>,
}

/// How old what we know of a file may be.
const INTERVAL: Duration = Duration::from_secs(1);

impl Freshness {
    /// A watch that begins with a known state of the file.
    pub(crate) fn new(path: &Path, identity: Identity) -> Self {
        Self {
            path: path.to_owned(),
            looked: Cell::new(stream::now()),
            identity: Cell::new(Some(identity)),
        }
    }

    /// The state of the file when it is not the one known. A file that is away or hidden (chroot) counts as unchanged:
    /// what was read from it stays good.
    pub(crate) fn changed(&self) -> Option<Identity> {
        let now = stream::now();
        if now.duration_since(self.looked.get()) < INTERVAL {
            return None;
        }
        self.looked.set(now);
        self.changed_now()
    }

    /// As [`Freshness::changed`], however short ago the file was looked at.
    pub(crate) fn changed_now(&self) -> Option<Identity> {
        let identity = Identity::of(&std::fs::metadata(&self.path).ok()?);
        if Some(identity) == self.identity.get() {
            None
        } else {
            Some(identity)
        }
    }

    /// Takes note of the state that is in use now.
    pub(crate) fn know(&self, identity: Identity) {
        self.identity.set(Some(identity));
    }

    /// The state in use.
    pub(crate) fn known(&self) -> Option<Identity> {
        self.identity.get()
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the next question look at the file.
    #[cfg(test)]
    pub(crate) fn look_again(&self) {
        if let Some(past) = stream::now().checked_sub(INTERVAL) {
            self.looked.set(past);
        }
    }
}
