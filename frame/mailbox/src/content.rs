//! The content of a queue file as plain lines.
//!
//! Reads content records from their first one to the end of the section, joins the pieces of long lines, and follows
//! the pointers that edits leave behind. It never reads the envelope.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use record::{Kind, RecordError, next_frame};

/// Octets asked of the file at once.
const READ_OCTETS: usize = 64 * 1024;
/// The longest record: writers break lines at `line_length_limit`, which nobody sets this high.
const RECORD_OCTETS: usize = 16 * 1024 * 1024;
/// Pointers followed before the file is taken for a maze.
const JUMPS: u32 = 10_000;

/// Why content could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The file could not be read.
    #[error("error reading message")]
    Read(#[source] io::Error),
    /// The records are not the content of a message.
    #[error("damaged message content: {0}")]
    Damaged(#[from] RecordError),
    /// The content ends with a record that does not belong there.
    #[error("unexpected record type in message content: {}", .0.byte().escape_ascii())]
    Unexpected(Kind),
    /// Pointers lead round and round.
    #[error("too many pointer records in message content")]
    Maze,
}

/// Reads the content of one queue file from start to end.
#[derive(Debug)]
pub struct ContentReader<'a> {
    file: &'a File,
    /// Where the next octets of the file are.
    offset: u64,
    raw: Vec<u8>,
    start: usize,
    jumps: u32,
    ended: bool,
}

impl<'a> ContentReader<'a> {
    /// Starts at `offset`, that of the first content record. The file's own position is not used.
    pub fn new(file: &'a File, offset: u64) -> Self {
        Self {
            file,
            offset,
            raw: Vec::new(),
            start: 0,
            jumps: 0,
            ended: false,
        }
    }

    /// Whether the end of the content has been read.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Appends lines, each ended by `\n`, until `wanted` octets or more were added or the content ends. Stops between
    /// records only, so that a line's first octets are never torn apart.
    ///
    /// # Errors
    /// [`ContentError`]: what was appended until then is not all of the content.
    pub fn read(&mut self, out: &mut Vec<u8>, wanted: usize) -> Result<(), ContentError> {
        let goal = out.len() + wanted;
        while !self.ended && out.len() < goal {
            let Some(rest) = self.raw.get(self.start..) else {
                break;
            };
            let Some((kind, head, length)) = next_frame(rest)? else {
                self.fill(rest.len() + 1)?;
                continue;
            };
            if length > RECORD_OCTETS {
                return Err(RecordError::TooLong {
                    length,
                    limit: RECORD_OCTETS,
                }
                .into());
            }
            let Some(payload) = rest.get(head..head + length) else {
                self.fill(head + length)?;
                continue;
            };
            self.start += head + length;
            match kind {
                Kind::LINE => {
                    out.extend_from_slice(payload);
                    out.push(b'\n');
                }
                Kind::CHUNK => out.extend_from_slice(payload),
                Kind::PADDING => {}
                Kind::POINTER => {
                    let target = pointer(payload).ok_or(RecordError::Payload(kind))?;
                    self.jump(target)?;
                }
                Kind::EXTRACTED => self.ended = true,
                other => return Err(ContentError::Unexpected(other)),
            }
        }
        Ok(())
    }

    /// Goes on elsewhere. A pointer that says 0 means "no edit here".
    fn jump(&mut self, target: u64) -> Result<(), ContentError> {
        if target == 0 {
            return Ok(());
        }
        self.jumps += 1;
        if self.jumps > JUMPS {
            return Err(ContentError::Maze);
        }
        let buffered = self.offset - self.raw.len() as u64..self.offset;
        if buffered.contains(&target) {
            self.start = usize::try_from(target - buffered.start).unwrap_or(0);
        } else {
            self.raw.clear();
            self.start = 0;
            self.offset = target;
        }
        Ok(())
    }

    /// Makes at least `needed` octets available, or fails because the file ends first.
    fn fill(&mut self, needed: usize) -> Result<(), ContentError> {
        self.raw.drain(..self.start);
        self.start = 0;
        while self.raw.len() < needed {
            let have = self.raw.len();
            self.raw.resize(have + READ_OCTETS.max(needed - have), 0);
            let space = self.raw.get_mut(have..).unwrap_or_default();
            let count = match self.file.read_at(space, self.offset) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => return Err(ContentError::Read(error)),
            };
            self.raw.truncate(have + count);
            self.offset += count as u64;
            if count == 0 {
                return Err(RecordError::Truncated.into());
            }
        }
        Ok(())
    }
}

/// The offset in a pointer record: decimal, padded with blanks.
fn pointer(payload: &[u8]) -> Option<u64> {
    std::str::from_utf8(payload).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::tests::queue_file;

    #[test]
    fn pieces_of_a_long_line_are_joined() {
        let (file, offset) = queue_file(
            "pieces",
            &[(Kind::CHUNK, "ab"), (Kind::LINE, "cd"), (Kind::LINE, "")],
            true,
        );
        let mut reader = ContentReader::new(&file, offset);
        let mut out = Vec::new();

        reader.read(&mut out, 100).unwrap();

        assert_eq!(out, b"abcd\n\n");
        assert!(reader.has_ended());
    }

    #[test]
    fn content_that_ends_early_is_damaged() {
        let (file, offset) = queue_file("early", &[(Kind::LINE, "ab")], false);
        let error = ContentReader::new(&file, offset)
            .read(&mut Vec::new(), 100)
            .unwrap_err();
        assert!(matches!(error, ContentError::Damaged(RecordError::Truncated)));
    }

    #[test]
    fn a_pointer_is_followed_and_a_circle_is_found() {
        let (file, offset) = queue_file("circle", &[(Kind::POINTER, "9")], true);
        assert_eq!(offset, 9);
        let error = ContentReader::new(&file, offset)
            .read(&mut Vec::new(), 100)
            .unwrap_err();
        assert!(matches!(error, ContentError::Maze));
    }
}
