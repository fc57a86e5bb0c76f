//! A queue file that is open: its state, its lock, the changes made in place.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mail::QueueId;
use record::{Kind, Size, number};

use crate::cursor::Cursor;
use crate::error::QueueError;
use crate::layout::{Queue, Spool};

/// An open queue file.
#[derive(Debug)]
pub struct QueueFile {
    file: File,
    id: QueueId,
}

/// What mode, owner and times say about a queue file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileState {
    /// Permission bits.
    pub mode: u32,
    /// Octets of the file.
    pub octets: u64,
    /// Inode number.
    pub inode: u64,
    /// Hard links.
    pub links: u64,
    /// Owner.
    pub owner: u32,
    /// When it is to be tried next, or when it was last changed.
    pub modified: SystemTime,
    /// When anything of it was last changed, its name and its time of next try included.
    pub changed: SystemTime,
    /// Whether it is a regular file at all.
    pub regular: bool,
    /// Whether it is a directory.
    pub directory: bool,
}

impl FileState {
    /// The state that these facts of the kernel describe.
    pub fn of(facts: &Metadata) -> Self {
        let time = |seconds: i64, nanoseconds: i64| {
            UNIX_EPOCH
                + Duration::from_secs(seconds.max(0).unsigned_abs())
                + Duration::from_nanos(nanoseconds.unsigned_abs())
        };
        Self {
            mode: facts.mode() & 0o7777,
            octets: facts.size(),
            inode: facts.ino(),
            links: facts.nlink(),
            owner: facts.uid(),
            modified: time(facts.mtime(), facts.mtime_nsec()),
            changed: time(facts.ctime(), facts.ctime_nsec()),
            regular: facts.is_file(),
            directory: facts.is_dir(),
        }
    }

    /// Whether the file is complete: the owner may read, write and execute it.
    pub fn is_ready(&self) -> bool {
        self.regular && self.mode & 0o700 == 0o700
    }

    /// Whether the destination's back-off is to be dropped (set by flush).
    pub fn wants_unthrottle(&self) -> bool {
        self.mode & UNTHROTTLE != 0
    }

    /// Whether the message is to be returned without another try (set by postsuper).
    pub fn is_expired_by_force(&self) -> bool {
        self.mode & FORCE_EXPIRE != 0
    }
}

/// Mode bit: drop the back-off of the destination.
const UNTHROTTLE: u32 = 0o040;
/// Mode bit: return the message at the next attempt.
const FORCE_EXPIRE: u32 = 0o010;

impl QueueFile {
    /// Opens a message for reading and for changes in place. Symbolic links are not followed.
    ///
    /// # Errors
    /// [`QueueError::Absent`], [`QueueError::Denied`], else what the disk says.
    pub fn open(spool: &Spool, queue: Queue, id: &QueueId) -> Result<Self, QueueError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let file = open_quietly(&mut options, &spool.path(queue, id), sys::disk::NO_FOLLOW)?;
        Ok(Self { file, id: id.clone() })
    }

    /// Opens a message for reading only.
    ///
    /// # Errors
    /// As [`QueueFile::open`].
    pub fn open_to_read(spool: &Spool, queue: Queue, id: &QueueId) -> Result<Self, QueueError> {
        let flags = sys::disk::NO_FOLLOW | sys::disk::NON_BLOCKING;
        let file = open_quietly(OpenOptions::new().read(true), &spool.path(queue, id), flags)?;
        Ok(Self { file, id: id.clone() })
    }

    /// Takes over a file that was opened elsewhere, or came as a descriptor.
    pub fn from_open(file: File, id: QueueId) -> Self {
        Self { file, id }
    }

    /// The name of the message.
    pub fn id(&self) -> &QueueId {
        &self.id
    }

    /// The open file.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the open file away.
    pub fn into_file(self) -> File {
        self.file
    }

    /// What mode, owner and times say.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn state(&self) -> Result<FileState, QueueError> {
        Ok(FileState::of(&self.file.metadata()?))
    }

    /// Tries to lock the whole file, alone; false when another process has it. The lock goes with the
    /// open file.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn try_lock(&self) -> Result<bool, QueueError> {
        Ok(sys::lock::try_lock(
            &self.file,
            sys::lock::Style::Flock,
            sys::lock::Mode::Exclusive,
        )?)
    }

    /// Tries to lock the whole file together with others who do the same; false when somebody has it alone. An agent
    /// holds it so while it delivers, and a queue manager that was started meanwhile leaves the message be.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn try_share(&self) -> Result<bool, QueueError> {
        Ok(sys::lock::try_lock(
            &self.file,
            sys::lock::Style::Flock,
            sys::lock::Mode::Shared,
        )?)
    }

    /// Crosses off a recipient: the type byte at this offset becomes "done". One byte is written.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when no recipient stands there; else what the disk says.
    pub fn mark_done(&self, offset: u64) -> Result<(), QueueError> {
        mark_done(&self.file, offset)
    }

    /// Sets the time of the delay notice to zero, once it was sent.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when no warning time stands there; else what the disk says.
    pub fn clear_warn_time(&self, offset: u64) -> Result<(), QueueError> {
        self.expect(offset, Kind::WARN_TIME)?;
        Ok(self.file.write_all_at(&number(0), offset + 2)?)
    }

    /// Voids a record (the trace flags, once the report was sent).
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when no attribute stands there; else what the disk says.
    pub fn kill_attribute(&self, offset: u64) -> Result<(), QueueError> {
        self.expect(offset, Kind::ATTRIBUTE)?;
        Ok(self.file.write_all_at(&[Kind::KILLED.byte()], offset)?)
    }

    /// Sets or clears the request to drop the destination's back-off.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn set_unthrottle(&self, on: bool) -> Result<(), QueueError> {
        set_bit(&self.file, UNTHROTTLE, on)
    }

    /// Sets or clears the forced expiry.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn set_force_expire(&self, on: bool) -> Result<(), QueueError> {
        set_bit(&self.file, FORCE_EXPIRE, on)
    }

    /// Sets the mode as a whole.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn set_mode(&self, mode: u32) -> Result<(), QueueError> {
        Ok(sys::disk::set_mode(&self.file, mode)?)
    }

    /// The size record at the start.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when the file does not begin with a plausible one.
    pub fn size(&self) -> Result<Size, QueueError> {
        let mut cursor = Cursor::new(&self.file, 0, 512);
        match cursor.next_record()? {
            Some(found) if found.record.kind == Kind::SIZE => {
                let size = Size::parse(found.record.payload)?;
                if size.is_plausible() {
                    Ok(size)
                } else {
                    Err(QueueError::Damaged("implausible message size record"))
                }
            }
            _ => Err(QueueError::Damaged("missing message size record")),
        }
    }

    fn expect(&self, offset: u64, kind: Kind) -> Result<(), QueueError> {
        let mut byte = [0];
        self.file
            .read_exact_at(&mut byte, offset)
            .map_err(unexpected_end)?;
        if byte == [kind.byte()] {
            Ok(())
        } else {
            Err(QueueError::Damaged(
                "another record than expected at the offset to change",
            ))
        }
    }
}

/// Opens a file so that reading it writes nothing, where that is allowed.
pub(crate) fn open_quietly(options: &mut OpenOptions, path: &Path, flags: i32) -> io::Result<File> {
    match options.custom_flags(flags | sys::disk::NO_ACCESS_TIME).open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            options.custom_flags(flags).open(path)
        }
        other => other,
    }
}

/// As [`QueueFile::mark_done`], for an agent that has the open file only.
///
/// # Errors
/// [`QueueError::Damaged`] when no recipient stands there; else what the disk says.
pub fn mark_done(file: &File, offset: u64) -> Result<(), QueueError> {
    let mut byte = [0];
    file.read_exact_at(&mut byte, offset).map_err(unexpected_end)?;
    if byte == [Kind::DONE.byte()] {
        return Ok(());
    }
    // An offset that is off by one would change an address, and the wrong mail would be taken for delivered.
    if byte != [Kind::RECIPIENT.byte()] {
        return Err(QueueError::Damaged("no recipient at the offset to cross off"));
    }
    Ok(file.write_all_at(&[Kind::DONE.byte()], offset)?)
}

/// As [`QueueFile::set_force_expire`], for a file that was opened by its path.
///
/// # Errors
/// What the kernel says.
pub fn set_force_expire(file: &File, on: bool) -> Result<(), QueueError> {
    set_bit(file, FORCE_EXPIRE, on)
}

fn set_bit(file: &File, bit: u32, on: bool) -> Result<(), QueueError> {
    let mode = file.metadata()?.mode() & 0o7777;
    let wanted = if on { mode | bit } else { mode & !bit };
    if wanted == mode {
        Ok(())
    } else {
        Ok(sys::disk::set_mode(file, wanted)?)
    }
}

fn unexpected_end(error: io::Error) -> QueueError {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        QueueError::Damaged("offset behind the end of the file")
    } else {
        error.into()
    }
}
