//! When a file was last looked at, and whether it is still the same one.
//!
//! A table is asked thousands of times a second; its file is looked at no more than once in that time.

use std::cell::{Cell, RefCell};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::log;
use crate::registry::Opening;

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

/// What the process is to do when a table has changed in a way that only a new process can see.
#[derive(Default)]
pub(crate) struct Stale {
    hook: RefCell<Option<Box<dyn Fn()>>>,
    told: Cell<bool>,
}

impl Stale {
    pub(crate) fn set_hook(&self, hook: Box<dyn Fn()>) {
        *self.hook.borrow_mut() = Some(hook);
    }

    /// Says it, once in the life of the process.
    pub(crate) fn tell(&self, table: &str) {
        if let Some(hook) = &*self.hook.borrow()
            && !self.told.replace(true)
        {
            log::restarts(table);
            hook();
        }
    }
}

/// How a change of a file is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Through the open file: only another file of its name goes unseen.
    Live,
    /// Only when it is read again.
    Snapshot,
}

/// The watch over one file.
pub(crate) struct Freshness {
    table: String,
    path: PathBuf,
    sight: Sight,
    looked: Cell<Instant>,
    identity: Cell<Identity>,
    /// The file in use. After a change of root directory or user nothing else can be seen of it.
    file: RefCell<File>,
    stale: Rc<Stale>,
}

/// How old what we know of a file may be.
const INTERVAL: Duration = Duration::from_secs(1);

impl Freshness {
    /// A watch over the open `file` of `path`, for the table in `opening`.
    pub(crate) fn new(opening: &Opening<'_>, path: &Path, file: File, sight: Sight) -> io::Result<Self> {
        let identity = Identity::of(&file.metadata()?);
        Ok(Self {
            table: opening.full_name(),
            path: path.to_owned(),
            sight,
            looked: Cell::new(stream::now()),
            identity: Cell::new(identity),
            file: RefCell::new(file),
            stale: opening.tables.stale(),
        })
    }

    /// The state of the file when it is not the one known. A file that is away or hidden counts as unchanged: what was
    /// read from it stays good, and where it is known to have changed, the process is asked to make room for a new one.
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
        match std::fs::metadata(&self.path) {
            Ok(metadata) => Some(Identity::of(&metadata)).filter(|identity| *identity != self.identity.get()),
            Err(_) => {
                self.look_at_open_file();
                None
            }
        }
    }

    fn look_at_open_file(&self) {
        let Ok(metadata) = self.file.borrow().metadata() else {
            return;
        };
        let is_written = self.sight == Sight::Snapshot && Identity::of(&metadata) != self.identity.get();
        if metadata.nlink() == 0 || is_written {
            self.stale.tell(&self.table);
        }
    }

    /// Takes note of the state that is in use now, and of the file when it is another.
    pub(crate) fn know(&self, identity: Identity, file: Option<File>) {
        self.identity.set(identity);
        if let Some(file) = file {
            *self.file.borrow_mut() = file;
        }
    }

    /// The file has changed, and can not be opened again by this process.
    pub(crate) fn lost(&self) {
        self.stale.tell(&self.table);
    }

    /// The state in use.
    pub(crate) fn known(&self) -> Identity {
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
