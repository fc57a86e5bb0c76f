//! Where a queue file lies: the queues, the hashing of their names, moving between them.
//!
//! postconf(5) hash_queue_names, hash_queue_depth, enable_long_queue_ids.

use config::{Configuration, ParameterError};
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use mail::QueueId;

use crate::error::QueueError;
use crate::file::FileState;
use crate::making::Making;

/// A directory of the spool whose files carry queue ids (or, for `flush`, site names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// Local submissions that pickup has not seen yet.
    Maildrop,
    /// Messages that the queue manager has not seen yet.
    Incoming,
    /// Messages being delivered.
    Active,
    /// Messages that wait for another attempt.
    Deferred,
    /// Messages that wait for an administrator.
    Hold,
    /// Files that cannot be read.
    Corrupt,
    /// Delivered messages that were to be kept.
    Saved,
    /// Notes on recipients that will be tried again.
    Defer,
    /// Notes on recipients that failed.
    Bounce,
    /// Notes for delivery reports.
    Trace,
    /// Lists of messages for each site.
    Flush,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Queue; 11] = [
        Queue::Maildrop,
        Queue::Incoming,
        Queue::Active,
        Queue::Deferred,
        Queue::Hold,
        Queue::Corrupt,
        Queue::Saved,
        Queue::Defer,
        Queue::Bounce,
        Queue::Trace,
        Queue::Flush,
    ];

    /// The name of the directory.
    pub const fn name(self) -> &'static str {
        match self {
            Queue::Maildrop => "maildrop",
            Queue::Incoming => "incoming",
            Queue::Active => "active",
            Queue::Deferred => "deferred",
            Queue::Hold => "hold",
            Queue::Corrupt => "corrupt",
            Queue::Saved => "saved",
            Queue::Defer => "defer",
            Queue::Bounce => "bounce",
            Queue::Trace => "trace",
            Queue::Flush => "flush",
        }
    }

    /// The queue of that name.
    pub fn from_name(name: &str) -> Option<Queue> {
        Queue::ALL.into_iter().find(|queue| queue.name() == name)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

config::settings! {
    /// What decides on names and places of queue files.
    struct Settings {
        hash_queue_names: Vec<String> = HASH_QUEUE_NAMES,
        hash_queue_depth: usize = HASH_QUEUE_DEPTH,
        long_ids: bool = ENABLE_LONG_QUEUE_IDS,
    }
}

/// How names are made and spread over subdirectories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    hashed: u16,
    depth: usize,
    long_ids: bool,
}

impl Default for Layout {
    /// What a stock configuration has: `deferred` and `defer` hashed once, short ids.
    fn default() -> Self {
        Self {
            hashed: Queue::Deferred.bit() | Queue::Defer.bit(),
            depth: 1,
            long_ids: false,
        }
    }
}

impl Layout {
    /// Makes a layout from the parameters. Names of `hash_queue_names` that are no queue are ignored,
    /// and so is `maildrop`, which postsuper and pickup expect flat. A depth below 1 reads as 1.
    pub fn new<'a>(
        hash_queue_names: impl IntoIterator<Item = &'a str>,
        depth: usize,
        long_ids: bool,
    ) -> Self {
        let hashed = hash_queue_names
            .into_iter()
            .filter_map(Queue::from_name)
            .filter(|queue| *queue != Queue::Maildrop)
            .fold(0, |bits, queue| bits | queue.bit());
        Self {
            hashed,
            depth: depth.clamp(1, 16),
            long_ids,
        }
    }

    /// The layout that `main.cf` asks for.
    ///
    /// # Errors
    /// A parameter's value.
    pub fn read(configuration: &Configuration) -> Result<Self, ParameterError> {
        let settings = Settings::read(configuration)?;
        let names = settings.hash_queue_names.iter().map(String::as_str);
        Ok(Self::new(names, settings.hash_queue_depth, settings.long_ids))
    }

    /// Whether new queue ids have the long form.
    pub fn long_ids(&self) -> bool {
        self.long_ids
    }

    /// How many subdirectories stand between this queue and its files.
    pub fn depth(&self, queue: Queue) -> usize {
        if self.hashed & queue.bit() == 0 {
            0
        } else {
            self.depth
        }
    }
}

/// A queue directory with its layout.
#[derive(Clone, Debug)]
pub struct Spool {
    root: PathBuf,
    layout: Layout,
    /// Asked once: file systems are not exchanged under a running daemon.
    names_need_sync: OnceLock<bool>,
    making: Arc<Making>,
}

impl Spool {
    /// The spool under `root`. A daemon that stands in its queue directory gives the empty path, so
    /// that every name stays short.
    pub fn new(root: impl Into<PathBuf>, layout: Layout) -> Self {
        Self {
            root: root.into(),
            layout,
            names_need_sync: OnceLock::new(),
            making: Arc::default(),
        }
    }

    /// The directory above the queues.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How names are spread.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The directory of a queue.
    pub fn directory(&self, queue: Queue) -> PathBuf {
        self.root.join(queue.name())
    }

    /// Where the file of a message lies in a queue, if it is there.
    pub fn path(&self, queue: Queue, id: &QueueId) -> PathBuf {
        let depth = self.layout.depth(queue);
        if depth == 0 {
            return self.flat_path(queue, id.as_str());
        }
        self.hashed_path(queue, &id.hash_text(), id.as_str(), depth)
    }

    /// Where a file lies whose name is not a queue id (the site names of `flush`). As in the original, a
    /// name that could be a long id is hashed like one.
    pub fn path_of_name(&self, queue: Queue, name: &str) -> PathBuf {
        match (self.layout.depth(queue), QueueId::parse(name)) {
            (0, _) => self.flat_path(queue, name),
            (_, Some(id)) => self.path(queue, &id),
            (depth, None) => self.hashed_path(queue, name, name, depth),
        }
    }

    /// Moves a file from one queue to another under the same id. Missing subdirectories are made.
    ///
    /// # Errors
    /// [`QueueError::Absent`] when it is not where it should be, else what the disk says.
    pub fn move_file(&self, id: &QueueId, from: Queue, to: Queue) -> Result<(), QueueError> {
        self.rename(&self.path(from, id), &self.path(to, id))
    }

    /// Moves a file to `deferred`, to be tried again at `next_try`.
    ///
    /// # Errors
    /// As [`Spool::move_file`].
    pub fn defer(&self, id: &QueueId, from: Queue, next_try: SystemTime) -> Result<(), QueueError> {
        self.set_next_try(from, id, next_try)?;
        if from == Queue::Deferred {
            Ok(())
        } else {
            self.move_file(id, from, Queue::Deferred)
        }
    }

    /// Sets the time at which a file is tried again: its modification time.
    ///
    /// # Errors
    /// [`QueueError::Absent`], else what the disk says.
    pub fn set_next_try(&self, queue: Queue, id: &QueueId, at: SystemTime) -> Result<(), QueueError> {
        Ok(sys::disk::set_times_at(&self.path(queue, id), at)?)
    }

    /// Takes a file away. May wait for the disk: the file system frees blocks, and some tell the
    /// device at once (mount option `discard`, a millisecond).
    ///
    /// # Errors
    /// [`QueueError::Absent`] when it is not there, else what the disk says.
    pub fn remove(&self, queue: Queue, id: &QueueId) -> Result<(), QueueError> {
        Ok(fs::remove_file(self.path(queue, id))?)
    }

    /// Renames, and makes the subdirectories of the new name when they are missing.
    ///
    /// # Errors
    /// [`QueueError::Absent`] when there is no such file; else what the disk says.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), QueueError> {
        match fs::rename(from, to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Either end may be missing. When it is the old name, the second try says so.
                self.make_parents(to)?;
                Ok(fs::rename(from, to)?)
            }
            other => Ok(other?),
        }
    }

    /// Makes the subdirectories above `path`; never a queue itself, whose owner and mode are the
    /// administrator's.
    pub(crate) fn make_parents(&self, path: &Path) -> Result<(), QueueError> {
        let Some(parent) = path.parent() else {
            return Ok(());
        };
        let inner = parent
            .strip_prefix(&self.root)
            .unwrap_or(parent)
            .components()
            .skip(1);
        let levels = inner.clone().count();
        if levels == 0 {
            return Ok(());
        }
        let mut directory = parent.ancestors().nth(levels).unwrap_or(parent).to_owned();
        for level in inner {
            directory.push(level);
            match fs::DirBuilder::new().mode(0o700).create(&directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// In which queue the file of this message lies, of those asked for, in their order.
    ///
    /// # Errors
    /// Anything but a missing file.
    pub fn find(&self, id: &QueueId, queues: &[Queue]) -> Result<Option<Queue>, QueueError> {
        for &queue in queues {
            match fs::symlink_metadata(self.path(queue, id)) {
                Ok(found) if found.is_file() => return Ok(Some(queue)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(None)
    }

    /// What is known of a file without opening it.
    ///
    /// # Errors
    /// [`QueueError::Absent`], else what the kernel says.
    pub fn state(&self, queue: Queue, id: &QueueId) -> Result<FileState, QueueError> {
        Ok(FileState::of(&fs::symlink_metadata(self.path(queue, id))?))
    }

    /// Bytes that may still be written (`queue_minfree`).
    ///
    /// # Errors
    /// What the kernel says.
    pub fn free_octets(&self) -> Result<u64, QueueError> {
        let root = if self.root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.root
        };
        Ok(sys::disk::space(root)?.free_octets)
    }

    /// Whether syncing a new file leaves its name in doubt on this file system, so that the directory
    /// must be synced too.
    ///
    /// # Errors
    /// What the kernel says about the directory.
    pub fn names_need_sync(&self, queue: Queue) -> Result<bool, QueueError> {
        if let Some(known) = self.names_need_sync.get() {
            return Ok(*known);
        }
        let needed = !sys::disk::sync_carries_names(&self.directory(queue))?;
        Ok(*self.names_need_sync.get_or_init(|| needed))
    }

    /// The inode number of a file, for a check against its name.
    ///
    /// # Errors
    /// [`QueueError::Absent`], else what the disk says.
    pub fn inode(&self, queue: Queue, id: &QueueId) -> Result<u64, QueueError> {
        Ok(fs::symlink_metadata(self.path(queue, id))?.ino())
    }

    /// How fast new files were made of late.
    pub(crate) fn making(&self) -> &Making {
        &self.making
    }

    fn flat_path(&self, queue: Queue, name: &str) -> PathBuf {
        let root = self.root.as_os_str();
        let mut path = PathBuf::with_capacity(root.len() + name.len() + 12);
        path.push(&self.root);
        path.push(queue.name());
        path.push(name);
        path
    }

    fn hashed_path(&self, queue: Queue, hash: &str, name: &str, depth: usize) -> PathBuf {
        let mut path = self.directory(queue);
        let letters = hash.chars().chain(std::iter::repeat('_'));
        for letter in letters.take(depth) {
            // Names come checked; a letter that could climb out of the queue must not get here.
            let letter = if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            };
            path.push(letter.encode_utf8(&mut [0; 4]));
        }
        path.push(name);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_hashing_of_each_queue() {
        let spool = Spool::new("/q", Layout::new(["deferred", "bogus", "maildrop"], 2, false));
        let id = QueueId::parse("88DEB9C800D").unwrap();

        assert_eq!(
            spool.path(Queue::Deferred, &id),
            Path::new("/q/deferred/8/8/88DEB9C800D")
        );
        assert_eq!(
            spool.path(Queue::Incoming, &id),
            Path::new("/q/incoming/88DEB9C800D")
        );
        assert_eq!(
            spool.path(Queue::Maildrop, &id),
            Path::new("/q/maildrop/88DEB9C800D")
        );
        let long = QueueId::long(1_795_372_462, 0x88DEB, 77);
        assert_eq!(
            spool.path(Queue::Deferred, &long),
            Path::new("/q/deferred/8/8").join(long.as_str())
        );
        let short = QueueId::parse("A").unwrap();
        assert_eq!(
            spool.path(Queue::Deferred, &short),
            Path::new("/q/deferred/A/_/A")
        );
    }

    #[test]
    fn names_of_sites_are_hashed_by_themselves() {
        let spool = Spool::new("", Layout::new(["flush", "defer"], 1, true));

        assert_eq!(
            spool.path_of_name(Queue::Flush, "example_com"),
            Path::new("flush/e/example_com")
        );
        assert_eq!(
            Spool::new("", Layout::default()).path_of_name(Queue::Flush, "x"),
            Path::new("flush/x")
        );
    }
}
