//! A queue file while it is written, and the commit that makes it a message.
//!
//! The file gets its final name at once, because the name is the queue id, and mode 0600, which every
//! reader takes as "not yet". Records gather in memory; a message of usual size reaches the disk with
//! one write. A draft that is dropped removes its file, so that nothing half-made stays behind.
//!
//! How the file is made was measured with 5,500 octets, ext4, one and twenty writers, everything
//! synced and removed: a named file renamed to its id costs 134 to 160 us of CPU, an unnamed one
//! (`O_TMPFILE`) linked at the end 127 to 147 us, latency the same. The unnamed one needs `/proc` in
//! the chroot or Linux 6.10, and hides a message in the making from the administrator; for 7 % it
//! does not pay. Syncing is by far the larger part, and threads that sync at the same time share it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mail::QueueId;
use record::{Kind, Size};

use crate::error::QueueError;
use crate::layout::{Queue, Spool};
use crate::making;

/// A queue file that is being written.
#[derive(Debug)]
pub struct Draft {
    open: Open,
    id: QueueId,
    queue: Queue,
    buffer: Vec<u8>,
    /// Octets that have left the buffer for the file.
    flushed: u64,
    created: SystemTime,
}

/// A complete queue file, ready to be committed on a thread that may block.
#[derive(Debug)]
pub struct Sealed {
    open: Open,
    id: QueueId,
    queue: Queue,
    buffer: Vec<u8>,
    flushed: u64,
    mode: u32,
    next_try: Option<SystemTime>,
    /// Where the file goes when not where it was made.
    move_to: Option<PathBuf>,
    sync_directory: bool,
}

/// A message that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its name.
    pub id: QueueId,
    /// The queue it lies in.
    pub queue: Queue,
    /// Octets of the file.
    pub file_octets: u64,
}

/// The file and its name; removes the file unless told to leave it.
#[derive(Debug)]
struct Open {
    file: File,
    path: PathBuf,
    keep: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.keep {
            // Nobody is responsible for a file of mode 0600 but its maker; a failure leaves it to postsuper.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Octets that gather in memory before they are written out early.
const SPILL: usize = 128 * 1024;
/// Room for a small message, so that the buffer seldom grows.
const FIRST_CAPACITY: usize = 8 * 1024;
/// Tries to find a free name; each takes another microsecond.
const NAME_TRIES: u32 = 100;
/// Mode of a file that is being written.
const MODE_UNFINISHED: u32 = 0o600;
/// Mode of a complete message.
const MODE_READY: u32 = 0o700;
/// Mode of a complete submission: pickup may read it whatever its owner.
const MODE_SUBMITTED: u32 = 0o744;

impl Draft {
    /// Makes a file in `queue` under a new queue id. Files of all queues but `maildrop` begin with a
    /// size record, written as zeros for now: see [`Draft::set_size`].
    ///
    /// # Errors
    /// What the disk says: [`QueueError::NoSpace`], [`QueueError::Denied`], [`QueueError::Absent`] when
    /// there is no such directory.
    pub fn create(spool: &Spool, queue: Queue) -> Result<Self, QueueError> {
        let mut open = create_unnamed(spool, queue)?;
        let inode = open.file.metadata()?.ino();
        let created = SystemTime::now();
        let since = created.duration_since(UNIX_EPOCH).unwrap_or_default();
        let id = QueueId::new(
            spool.layout().long_ids(),
            since.as_secs(),
            since.subsec_micros(),
            inode,
        );
        let path = spool.path(queue, &id);
        spool.rename(&open.path, &path)?;
        open.path = path;
        let mut buffer = Vec::with_capacity(FIRST_CAPACITY);
        if queue != Queue::Maildrop {
            buffer.extend_from_slice(&Size::default().encode());
        }
        Ok(Self {
            open,
            id,
            queue,
            buffer,
            flushed: 0,
            created,
        })
    }

    /// The name of the message.
    pub fn id(&self) -> &QueueId {
        &self.id
    }

    /// When the file got its name.
    pub fn created(&self) -> SystemTime {
        self.created
    }

    /// Offset of the record that is written next.
    pub fn position(&self) -> u64 {
        self.flushed + self.buffer.len() as u64
    }

    /// Appends a record and tells its offset.
    ///
    /// # Errors
    /// What the disk says, when the buffer had to be written out.
    pub fn put(&mut self, kind: Kind, payload: &[u8]) -> Result<u64, QueueError> {
        let offset = self.position();
        record::encode(kind, payload, &mut self.buffer);
        self.spill_if_full()?;
        Ok(offset)
    }

    /// Appends an attribute record.
    ///
    /// # Errors
    /// As [`Draft::put`].
    pub fn put_attribute(&mut self, name: &str, value: &[u8]) -> Result<u64, QueueError> {
        let offset = self.position();
        record::attribute::encode(name, value, &mut self.buffer);
        self.spill_if_full()?;
        Ok(offset)
    }

    /// Appends a content line, in chunks of `limit` octets when it is longer.
    ///
    /// # Errors
    /// As [`Draft::put`].
    pub fn put_line(&mut self, line: &[u8], limit: usize) -> Result<(), QueueError> {
        record::encode_line(line, limit, &mut self.buffer);
        self.spill_if_full()
    }

    /// Appends records that are encoded already.
    ///
    /// # Errors
    /// As [`Draft::put`].
    pub fn put_encoded(&mut self, records: &[u8]) -> Result<(), QueueError> {
        self.buffer.extend_from_slice(records);
        self.spill_if_full()
    }

    /// Overwrites octets that were written before; never makes the file longer.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when the place is not within what was written; else what the disk says.
    pub fn patch(&mut self, offset: u64, octets: &[u8]) -> Result<(), QueueError> {
        let end = offset.saturating_add(octets.len() as u64);
        if end > self.position() {
            return Err(QueueError::Damaged("change behind the end of the file"));
        }
        if offset < self.flushed {
            // A change that straddles the border is rare: everything goes to the file first.
            if end > self.flushed {
                self.flush()?;
            }
            return Ok(self.open.file.write_all_at(octets, offset)?);
        }
        let start = usize::try_from(offset - self.flushed).unwrap_or(usize::MAX);
        if let Some(place) = self.buffer.get_mut(start..start.saturating_add(octets.len())) {
            place.copy_from_slice(octets);
        }
        Ok(())
    }

    /// Rewrites the size record.
    ///
    /// # Errors
    /// As [`Draft::patch`].
    pub fn set_size(&mut self, size: &Size) -> Result<(), QueueError> {
        self.patch(0, &size.encode())
    }

    /// Writes out what is still in memory and lends the file, for edits and for reading back with a
    /// [`crate::Cursor`].
    ///
    /// # Errors
    /// What the disk says.
    pub fn settle(&mut self) -> Result<&File, QueueError> {
        self.flush()?;
        Ok(&self.open.file)
    }

    /// Declares the file complete. It will lie in `destination` (the queue it was made in, or `hold`)
    /// and, with `next_try`, is left alone until then.
    ///
    /// # Errors
    /// What the kernel says about the file system.
    pub fn seal(
        self,
        spool: &Spool,
        destination: Queue,
        next_try: Option<SystemTime>,
    ) -> Result<Sealed, QueueError> {
        let move_to = (destination != self.queue).then(|| spool.path(destination, &self.id));
        if let Some(path) = &move_to {
            spool.make_parents(path)?;
        }
        Ok(Sealed {
            sync_directory: spool.names_need_sync(destination)?,
            open: self.open,
            id: self.id,
            queue: destination,
            buffer: self.buffer,
            flushed: self.flushed,
            mode: if destination == Queue::Maildrop {
                MODE_SUBMITTED
            } else {
                MODE_READY
            },
            next_try,
            move_to,
        })
    }

    /// Removes the file; the same as dropping it, with the error told.
    ///
    /// # Errors
    /// What the disk says.
    pub fn abandon(mut self) -> Result<(), QueueError> {
        self.open.keep = true;
        Ok(fs::remove_file(&self.open.path)?)
    }

    fn spill_if_full(&mut self) -> Result<(), QueueError> {
        if self.buffer.len() >= SPILL {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> Result<(), QueueError> {
        self.open.file.write_all_at(&self.buffer, self.flushed)?;
        self.flushed += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

impl Sealed {
    /// The name of the message.
    pub fn id(&self) -> &QueueId {
        &self.id
    }

    /// Brings the message to disk: content, size, mode and name. To be called on a thread that may
    /// wait; many such calls at once share the journal's commits.
    ///
    /// When this returns `Ok`, a crash does not lose the message. After an error nothing is left.
    ///
    /// # Errors
    /// What the disk says.
    pub fn commit_blocking(mut self) -> Result<Committed, QueueError> {
        let file = &self.open.file;
        file.write_all_at(&self.buffer, self.flushed)?;
        if let Some(time) = self.next_try {
            sys::disk::set_times(file, time)?;
        }
        if let Some(path) = self.move_to.take() {
            fs::rename(&self.open.path, &path)?;
            self.open.path = path;
        }
        // The mode is part of what must be on disk: a file of mode 0600 is nobody's message after a crash.
        sys::disk::set_mode(file, self.mode)?;
        file.sync_all()?;
        if self.sync_directory {
            match sys::disk::sync_directory(self.open.path.parent().unwrap_or(Path::new("."))) {
                // A submitter may add to `maildrop` but not read it, and so cannot sync it.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                other => other?,
            }
        }
        self.open.keep = true;
        Ok(Committed {
            id: self.id.clone(),
            queue: self.queue,
            file_octets: self.flushed + self.buffer.len() as u64,
        })
    }
}

/// Makes a file whose name says nothing yet: microseconds and process.
fn create_unnamed(spool: &Spool, queue: Queue) -> Result<Open, QueueError> {
    let making = spool.making();
    if let Some(number) = making.folder(queue) {
        let folder = making::folder_path(spool, number);
        let made = create_in(&folder).or_else(|error| match error {
            QueueError::Absent => making::make_folder(&folder)
                .map_err(QueueError::from)
                .and_then(|()| create_in(&folder)),
            other => Err(other),
        });
        match made {
            Ok(open) => return Ok(open),
            // A full disk is full in the queue too, and says so there.
            Err(_) => making.give_up(),
        }
    }
    let start = Instant::now();
    let open = create_in(&spool.directory(queue))?;
    making.took(start.elapsed());
    Ok(open)
}

fn create_in(directory: &Path) -> Result<Open, QueueError> {
    let process = std::process::id();
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create_new(true)
        .mode(MODE_UNFINISHED);
    for attempt in 0..NAME_TRIES {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let microseconds = (now.subsec_micros() + attempt) % 1_000_000;
        let path = directory.join(format!("{microseconds}.{process}"));
        match options.open(&path) {
            Ok(file) => {
                return Ok(Open {
                    file,
                    path,
                    keep: false,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(QueueError::Io(io::Error::from(io::ErrorKind::AlreadyExists)))
}
