//! Room `queue`: the queue directory on disk.
//!
//! Creates, commits, opens, locks, moves and removes queue files; reads envelope and content; walks
//! directories of any size; keeps the notes in `defer`, `bounce` and `trace`. Every call blocks, and
//! only [`Sealed::commit_blocking`] and [`Spool::remove`] take long enough to belong on the blocking
//! pool.
//!
//! It does *not* know when a message is tried again or what becomes of it: that is the queue
//! manager's. What bytes mean is said by the room `record`.

mod content;
mod cursor;
mod draft;
mod envelope;
mod error;
mod file;
mod layout;
mod making;
mod notes;
mod scan;

pub use content::{Content, Line};
pub use cursor::{Cursor, Found};
pub use draft::{Committed, Draft, Sealed};
pub use envelope::{Batch, Envelope, Origin, Resume};
pub use error::QueueError;
pub use file::{FileState, QueueFile, mark_done, set_force_expire};
pub use layout::{Layout, Queue, Spool};
pub use making::MAKING;
pub use notes::NoteFile;
pub use scan::{Entry, Scan};

#[cfg(test)]
mod tests;
