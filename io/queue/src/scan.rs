//! Walks a queue: every file of it, subdirectories included, one at a time.
//!
//! Names come in the order of the directory; nothing is sorted or collected, so a million files need
//! no more memory than one. Files may come and go meanwhile; a name is a hint, not a promise.

use std::fs::{self, ReadDir};
use std::io;
use std::os::unix::fs::DirEntryExt;
use std::path::PathBuf;

use mail::QueueId;

use crate::error::QueueError;
use crate::layout::{Queue, Spool};

/// A file of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Inode number according to the directory.
    pub inode: u64,
    /// Where it was found, which may not be where its id would be looked for.
    pub path: PathBuf,
}

impl Entry {
    /// The queue id; `None` for a name that is none (a temporary file, a stranger).
    pub fn id(&self) -> Option<QueueId> {
        QueueId::parse(&self.name)
    }
}

/// A walk through one queue.
#[derive(Debug)]
pub struct Scan {
    /// Directories being read, outermost first.
    levels: Vec<ReadDir>,
    levels_max: usize,
    failure: Option<QueueError>,
}

/// Levels of subdirectories that are entered.
const DEPTH_MAX: usize = 17;

impl Scan {
    /// Begins a walk. A one-letter name is taken for a subdirectory, whatever the configured depth, but not in
    /// `maildrop`.
    ///
    /// # Errors
    /// [`QueueError::Absent`] when there is no such directory; else what the disk says.
    pub fn new(spool: &Spool, queue: Queue) -> Result<Self, QueueError> {
        Ok(Self {
            levels: vec![fs::read_dir(spool.directory(queue))?],
            // Whoever may write to `maildrop` must not lead the mail system elsewhere.
            levels_max: if queue == Queue::Maildrop { 1 } else { DEPTH_MAX },
            failure: None,
        })
    }

    /// A subdirectory that could not be read: what it holds was not walked. Empty afterwards.
    pub fn take_failure(&mut self) -> Option<QueueError> {
        self.failure.take()
    }
}

impl Iterator for Scan {
    type Item = Entry;

    /// The next file, whatever its name; `None` at the end, and then [`Scan::take_failure`] tells
    /// whether everything was seen.
    fn next(&mut self) -> Option<Entry> {
        loop {
            let level = self.levels.last_mut()?;
            let entry = match level.next() {
                None => {
                    self.levels.pop();
                    continue;
                }
                Some(Err(error)) => {
                    self.failure = Some(error.into());
                    self.levels.pop();
                    continue;
                }
                Some(Ok(entry)) => entry,
            };
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            if name.len() == 1 {
                if self.levels.len() < self.levels_max {
                    self.descend(&entry.path());
                }
                continue;
            }
            return Some(Entry {
                inode: entry.ino(),
                path: entry.path(),
                name,
            });
        }
    }
}

impl Scan {
    fn descend(&mut self, path: &std::path::Path) {
        match fs::read_dir(path) {
            Ok(level) => self.levels.push(level),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // A file with a one-letter name is nobody's message; the original passes it over too.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(error) => self.failure = Some(error.into()),
        }
    }
}
