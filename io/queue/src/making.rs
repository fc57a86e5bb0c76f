//! In which folder a new queue file is made, before it gets its name.
//!
//! Usually in its queue. Some file systems look for a free inode from the start of the block group that the folder lies in,
//! and pass over every inode that was freed in the last minutes: ext4 without a journal does, so that a crash cannot give
//! a removed name to another file. After some thousand messages that costs 0.1 ms each. When making files has become that
//! slow, they are made in folders that lie in block groups of their own, and renamed into the queue as ever.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::layout::{Queue, Spool};

/// Remembers how fast files were made of late.
#[derive(Debug, Default)]
pub(crate) struct Making {
    /// Rises with every slow one, falls with every fast one.
    slowness: AtomicU32,
    /// Files still to be made in folders of their own.
    spread: AtomicU32,
}

/// The folder in `incoming`; walks of queues pass over names that begin with a dot.
pub const MAKING: &str = ".making";
/// Folders in it. With fewer, each block group soon has as many freed inodes; with more, their bitmaps leave the cache.
const FOLDERS: u32 = 128;
/// Making a file takes 10 to 15 microseconds where no freed inodes are in the way.
const SLOW: Duration = Duration::from_micros(40);
/// So many slow ones more than fast ones are no accident.
const SLOWNESS_MAX: u32 = 16;
/// How many are made apart before it is tried in the queue again.
const SPREAD_RUN: u32 = 20_000;

impl Making {
    /// Where the next file of `queue` is made: the folder within [`MAKING`], or none for the queue itself.
    pub(crate) fn folder(&self, queue: Queue) -> Option<u32> {
        // Who submits locally may write to `maildrop` and nowhere else.
        if queue != Queue::Incoming {
            return None;
        }
        let left = self.spread.load(Ordering::Relaxed);
        if left == 0 {
            return None;
        }
        self.spread.store(left - 1, Ordering::Relaxed);
        Some(left % FOLDERS)
    }

    /// Takes note of how long it took to make a file in the queue itself.
    pub(crate) fn took(&self, span: Duration) {
        let slowness = self.slowness.load(Ordering::Relaxed);
        if span < SLOW {
            self.slowness.store(slowness.saturating_sub(1), Ordering::Relaxed);
        } else if slowness < SLOWNESS_MAX {
            self.slowness.store(slowness + 1, Ordering::Relaxed);
        } else {
            // The next trial in the queue must be slow only once to come back here.
            self.slowness.store(SLOWNESS_MAX - 1, Ordering::Relaxed);
            self.spread.store(SPREAD_RUN, Ordering::Relaxed);
        }
    }

    /// The folders cannot be had: files are made in the queue for a good while.
    pub(crate) fn give_up(&self) {
        self.spread.store(0, Ordering::Relaxed);
        self.slowness.store(0, Ordering::Relaxed);
    }
}

/// The path of one folder.
pub(crate) fn folder_path(spool: &Spool, number: u32) -> PathBuf {
    let mut path = spool.directory(Queue::Incoming);
    path.push(MAKING);
    path.push(format!("{number:02x}"));
    path
}

/// Makes a folder that [`folder_path`] named.
///
/// # Errors
/// Those of mkdir(2).
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent()
        && make_directory(parent)?
    {
        // Without it, all folders lie in the block group of the queue. Other file systems refuse, and need it less.
        let _ = sys::disk::spread_folders(parent);
    }
    make_directory(path).map(drop)
}

/// True when it was not there.
fn make_directory(path: &Path) -> io::Result<bool> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

impl Spool {
    /// Files that were being made apart from their queue, and those that a crash left there.
    ///
    /// # Errors
    /// What the disk says; a missing folder holds no files.
    pub fn in_the_making(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        let folders = match fs::read_dir(self.directory(Queue::Incoming).join(MAKING)) {
            Ok(folders) => folders,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
            Err(error) => return Err(error),
        };
        for folder in folders {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                files.push(file?.path());
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAST: Duration = Duration::from_micros(12);

    #[test]
    fn files_are_made_apart_once_the_queue_is_slow() {
        let making = Making::default();
        for _ in 0..SLOWNESS_MAX {
            making.took(SLOW);
            assert_eq!(making.folder(Queue::Incoming), None);
        }
        making.took(SLOW);

        assert!(making.folder(Queue::Incoming).is_some());
        assert_eq!(making.folder(Queue::Maildrop), None);
    }

    #[test]
    fn the_queue_is_tried_again_and_kept_when_it_is_fast() {
        let making = Making::default();
        for _ in 0..=SLOWNESS_MAX {
            making.took(SLOW);
        }
        for _ in 0..SPREAD_RUN {
            assert!(making.folder(Queue::Incoming).is_some());
        }

        assert_eq!(making.folder(Queue::Incoming), None);
        making.took(FAST);
        assert_eq!(making.folder(Queue::Incoming), None);
    }

    #[test]
    fn some_slow_ones_among_fast_ones_change_nothing() {
        let making = Making::default();
        for _ in 0..200 {
            making.took(SLOW);
            making.took(FAST);
        }

        assert_eq!(making.folder(Queue::Incoming), None);
    }
}
