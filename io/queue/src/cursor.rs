//! Reads records of an open queue file, in big pieces, and follows its pointers.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use record::{Kind, Record, parse_number};

use crate::error::QueueError;

/// A record and the offset of its type byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// Offset of the type byte in the file.
    pub offset: u64,
    /// The record.
    pub record: Record<'a>,
}

/// A place in a queue file from which records are read on.
///
/// Reads ahead: the buffer is refilled only when the next record is not in it, so a jump backwards
/// or forwards inside the buffer costs nothing.
#[derive(Debug)]
pub struct Cursor<'f> {
    file: &'f File,
    buffer: Vec<u8>,
    /// File offset of the first byte of the buffer.
    base: u64,
    /// File offset of the record that comes next.
    position: u64,
    /// How many bytes one read asks for.
    step: usize,
    follow: bool,
    backward_jumps: u32,
}

/// Jumps backwards after which a file is declared damaged: pointers that go in circles.
const BACKWARD_JUMPS_MAX: u32 = 10_000;

impl<'f> Cursor<'f> {
    /// Starts at `offset`; each read asks for `step` bytes.
    pub fn new(file: &'f File, offset: u64, step: usize) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            base: offset,
            position: offset,
            step: step.max(512),
            follow: true,
            backward_jumps: 0,
        }
    }

    /// Hands pointers to the caller instead of following them (`postcat -r`).
    pub fn without_following(mut self) -> Self {
        self.follow = false;
        self
    }

    /// Offset of the record that comes next.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Goes on at another offset.
    pub fn seek(&mut self, offset: u64) {
        self.position = offset;
    }

    /// The next record, or `None` at the end of the file. A pointer is followed, a pointer to zero is
    /// skipped; neither is seen by the caller unless asked for.
    ///
    /// # Errors
    /// [`QueueError::Damaged`] for bytes that are no record, pointers outside the file or in circles;
    /// [`QueueError::Io`] when the disk fails.
    pub fn next_record(&mut self) -> Result<Option<Found<'_>>, QueueError> {
        let Some((kind, head, length)) = self.load_followed()? else {
            return Ok(None);
        };
        let offset = self.position;
        let start = self.index(offset) + head;
        self.position = offset + (head + length) as u64;
        let payload = self.buffer.get(start..start + length).unwrap_or_default();
        Ok(Some(Found {
            offset,
            record: Record { kind, payload },
        }))
    }

    /// Takes the next record as [`Cursor::next_record`] does, but borrows nothing: its payload is lent by
    /// [`Cursor::payload`] until the next one is taken.
    ///
    /// # Errors
    /// As [`Cursor::next_record`].
    pub(crate) fn step(&mut self) -> Result<Option<(Kind, Range<usize>)>, QueueError> {
        let Some((kind, head, length)) = self.load_followed()? else {
            return Ok(None);
        };
        let start = self.index(self.position) + head;
        self.position += (head + length) as u64;
        Ok(Some((kind, start..start + length)))
    }

    /// The payload of the record that was taken last.
    pub(crate) fn payload(&self, place: Range<usize>) -> &[u8] {
        self.buffer.get(place).unwrap_or_default()
    }

    /// The type of the next record, pointers followed; the record itself is not taken.
    ///
    /// # Errors
    /// As [`Cursor::next_record`].
    pub fn peek_kind(&mut self) -> Result<Option<Kind>, QueueError> {
        Ok(self.load_followed()?.map(|(kind, _, _)| kind))
    }

    /// Brings the next record that is not a pointer into the buffer.
    fn load_followed(&mut self) -> Result<Option<(Kind, usize, usize)>, QueueError> {
        loop {
            let Some((kind, head, length)) = self.load()? else {
                return Ok(None);
            };
            if kind != Kind::POINTER || !self.follow {
                return Ok(Some((kind, head, length)));
            }
            let offset = self.position;
            let start = self.index(offset) + head;
            self.position = offset + (head + length) as u64;
            let target = self.buffer.get(start..start + length).and_then(parse_number);
            self.jump(offset, target)?;
        }
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }

    fn jump(&mut self, from: u64, target: Option<i64>) -> Result<(), QueueError> {
        let target = target.and_then(|target| u64::try_from(target).ok());
        let target = target.ok_or(QueueError::Damaged("malformed pointer record"))?;
        if target == 0 {
            return Ok(());
        }
        if target <= from {
            self.backward_jumps += 1;
            if self.backward_jumps > BACKWARD_JUMPS_MAX {
                return Err(QueueError::Damaged("too many backward pointers"));
            }
        }
        self.position = target;
        Ok(())
    }

    /// Brings the whole next record into the buffer.
    fn load(&mut self) -> Result<Option<(Kind, usize, usize)>, QueueError> {
        if self.position < self.base || self.index(self.position) > self.buffer.len() {
            self.buffer.clear();
            self.base = self.position;
        }
        let mut wanted = 1;
        loop {
            let available = self.buffer.get(self.index(self.position)..).unwrap_or_default();
            if available.len() >= wanted {
                match record::next_frame(available)? {
                    Some(frame) if available.len() >= frame.1 + frame.2 => return Ok(Some(frame)),
                    Some((_, head, length)) => wanted = head + length,
                    None => wanted = available.len() + 1,
                }
            }
            if available.len() < wanted && !self.fill(wanted)? {
                let at_end = self.index(self.position) >= self.buffer.len();
                return if at_end {
                    Ok(None)
                } else {
                    Err(QueueError::Damaged("file ends inside a record"))
                };
            }
        }
    }

    /// Reads on behind the buffer until `wanted` bytes from the position are there; false at the end
    /// of the file.
    fn fill(&mut self, wanted: usize) -> Result<bool, QueueError> {
        let consumed = self.index(self.position).min(self.buffer.len());
        self.buffer.drain(..consumed);
        self.base += consumed as u64;
        // A length that a damaged file claims must not reserve memory that the file cannot fill.
        if wanted > self.step {
            let end = self.file.metadata()?.len();
            if self.base.saturating_add(wanted as u64) > end {
                return if self.base >= end {
                    Ok(false)
                } else {
                    Err(QueueError::Damaged("file ends inside a record"))
                };
            }
        }
        while self.buffer.len() < wanted {
            let old = self.buffer.len();
            let goal = wanted.max(old + self.step);
            self.buffer.resize(goal, 0);
            let answer = self.file.read_at(
                self.buffer.get_mut(old..).unwrap_or_default(),
                self.base + old as u64,
            );
            let count = match answer {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => 0,
                Ok(0) => {
                    self.buffer.truncate(old);
                    return Ok(false);
                }
                Ok(count) => count,
                Err(error) => {
                    self.buffer.truncate(old);
                    return Err(error.into());
                }
            };
            self.buffer.truncate(old + count);
        }
        Ok(true)
    }
}
