//! The content of a queue file, line by line, without an allocation for each line.

use std::fs::File;

use record::{Kind, Size};

use crate::cursor::Cursor;
use crate::error::QueueError;

/// A line of the content, or a piece of a long one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The octets, without an end of line.
    pub bytes: &'a [u8],
    /// Whether an end of line follows. False for all but the last piece of a long line.
    pub ends: bool,
}

/// Reads the content of a message: pointers are followed, fillers skipped.
#[derive(Debug)]
pub struct Content<'f> {
    cursor: Cursor<'f>,
    finished: bool,
}

/// What one read asks for, unless the content is smaller.
const STEP: usize = 64 * 1024;

impl<'f> Content<'f> {
    /// Starts at the first content record that the size record names.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] when the numbers make no sense.
    pub fn new(file: &'f File, size: &Size) -> Result<Self, QueueError> {
        let offset = u64::try_from(size.data_offset).unwrap_or(0);
        if offset == 0 || !size.is_plausible() {
            return Err(QueueError::Damaged("implausible message size record"));
        }
        // One read takes a small message whole, with the record that ends it.
        let whole = usize::try_from(size.data_size).unwrap_or(STEP).saturating_add(16);
        Ok(Self::at(file, offset, whole.min(STEP)))
    }

    /// Starts at an offset that the caller knows; each read asks for `step` bytes.
    pub fn at(file: &'f File, offset: u64, step: usize) -> Self {
        Self {
            cursor: Cursor::new(file, offset, step),
            finished: false,
        }
    }

    /// The next line or piece, or `None` after the last.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] for a record that may not stand in the content, or a file that ends
    /// before its content does; [`QueueError::Io`] when the disk fails.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, QueueError> {
        if self.finished {
            return Ok(None);
        }
        let (kind, place) = loop {
            match self.cursor.step()? {
                Some((Kind::PADDING, _)) => {}
                Some(found) => break found,
                None => return Err(QueueError::Damaged("file ends inside the message content")),
            }
        };
        match kind {
            Kind::LINE | Kind::CHUNK => Ok(Some(Line {
                bytes: self.cursor.payload(place),
                ends: kind == Kind::LINE,
            })),
            Kind::EXTRACTED => {
                self.finished = true;
                Ok(None)
            }
            _ => Err(QueueError::Damaged(
                "unexpected record type in the message content",
            )),
        }
    }

    /// Calls `take` for every line that is left.
    ///
    /// # Errors
    /// As [`Content::next_line`], or what `take` answers.
    pub fn each_line<E: From<QueueError>>(
        &mut self,
        mut take: impl FnMut(Line<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(line) = self.next_line()? {
            take(line)?;
        }
        Ok(())
    }

    /// Offset of the record that comes next, for a later [`Content::at`].
    pub fn position(&self) -> u64 {
        self.cursor.position()
    }
}
