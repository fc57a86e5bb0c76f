//! The notes in `defer`, `bounce` and `trace`: one file for each message, one entry for each recipient.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};

use mail::QueueId;
use record::note::{Log, Note, Notes};

use crate::error::QueueError;
use crate::file::open_quietly;
use crate::layout::{Queue, Spool};

/// What a file of notes held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFile {
    /// The notes, oldest first.
    pub notes: Vec<Note>,
    /// Lines that are no part of a note.
    pub malformed: Vec<String>,
    /// Whether the file was longer than the caller wished to read.
    pub truncated: bool,
}

/// What the first read of a file of notes asks for.
const READ_OCTETS: usize = 4096;

impl Spool {
    /// Adds notes to the file of a message, making it when there is none. All are added, or none.
    ///
    /// # Errors
    /// What the disk says; the file is then as it was before.
    pub fn append_notes(
        &self,
        queue: Queue,
        id: &QueueId,
        notes: &[Note],
        compatible: bool,
    ) -> Result<(), QueueError> {
        let mut text = Vec::with_capacity(notes.len() * 256);
        for note in notes {
            note.encode(compatible, &mut text);
        }
        let path = self.path(queue, id);
        let mut options = OpenOptions::new();
        options
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(sys::disk::NO_FOLLOW);
        let mut file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.make_parents(&path)?;
                options.open(&path)?
            }
            other => other?,
        };
        sys::lock::lock(&file, sys::lock::Style::Flock, sys::lock::Mode::Exclusive)?;
        let before = file.metadata()?.len();
        if let Err(error) = file.write_all(&text) {
            // Half a note would be read as a wrong one.
            file.set_len(before)?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Reads the notes on a message, at most `limit` octets of them; `None` when there are none.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read_notes(&self, queue: Queue, id: &QueueId, limit: u64) -> Result<Option<NoteFile>, QueueError> {
        let path = self.path(queue, id);
        let file = match open_quietly(OpenOptions::new().read(true), &path, sys::disk::NO_FOLLOW) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut text = read_whole(&file, limit)?;
        let truncated = text.len() as u64 > limit;
        text.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let log = match queue {
            Queue::Defer => Log::Defer,
            Queue::Trace => Log::Trace,
            _ => Log::Bounce,
        };
        let mut reader = Notes::new(&text, log);
        let notes = reader.by_ref().collect();
        let malformed = reader
            .take_malformed()
            .into_iter()
            .map(|found| found.line)
            .collect();
        Ok(Some(NoteFile {
            notes,
            malformed,
            truncated,
        }))
    }

    /// Removes the notes on a message; that there are none is no error.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove_notes(&self, queue: Queue, id: &QueueId) -> Result<(), QueueError> {
        match self.remove(queue, id) {
            Err(QueueError::Absent) => Ok(()),
            other => other,
        }
    }
}

/// Reads a file to its end, or past `limit` octets. Of a regular file, a read that gets less than it asks for has met the end:
/// most notes need one.
fn read_whole(file: &File, limit: u64) -> io::Result<Vec<u8>> {
    let (mut text, mut filled) = (vec![0; READ_OCTETS], 0);
    while let Some(free) = text.get_mut(filled..) {
        match file.read_at(free, filled as u64) {
            Ok(count) if count == free.len() && (filled + count) as u64 <= limit => {
                filled += count;
                text.resize(2 * filled, 0);
            }
            Ok(count) => {
                filled += count;
                break;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    text.truncate(filled);
    Ok(text)
}
