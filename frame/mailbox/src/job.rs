//! Work for a carrier: what to do with a letter, or which file to look at.
//!
//! These cross a process border in the form `wire` gives them.

use std::path::PathBuf;

use mail::EnhancedStatus;

use crate::locking::{Locks, Patience};

/// Append a letter to a mailbox file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// The file.
    pub path: PathBuf,
    /// How it is locked.
    pub locks: Locks,
    /// How long to try for a lock.
    pub patience: Patience,
    /// What the file must be.
    pub target: Target,
    /// User and group a new file is given to; only for a carrier that runs as root.
    pub give_to: Option<(u32, u32)>,
    /// The most octets the file may have afterwards (`mailbox_size_limit`).
    pub limit_octets: Option<u64>,
    /// The status of failures that do not say more themselves.
    pub default_status: EnhancedStatus,
}

/// What an existing file must be to be appended to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A regular file; with a number, owned by that user (`strict_mailbox_ownership`).
    Mailbox(Option<u32>),
    /// Anything that is not executable: a file named by an alias, `/dev/null`.
    AnyFile,
}

/// Write a letter as a new file of a Maildir.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maildir {
    /// The directory that has `tmp`, `new` and `cur`.
    pub path: PathBuf,
    /// This host's name, the last part of the file's name.
    pub host: String,
    /// The most octets the file may have.
    pub limit_octets: Option<u64>,
    /// The status of failures that do not say more themselves.
    pub default_status: EnhancedStatus,
}

/// Look at a file under the user's id, and open it for reading if it is a regular one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The file.
    pub path: PathBuf,
    /// Look at what a symbolic link points to rather than at the link.
    pub follow: bool,
}

/// The answer to [`Look`].
#[derive(Debug)]
pub enum Looked {
    /// It is there.
    Found(Place),
    /// It is not there for this user, and how the system says so.
    Absent(String),
}

/// A file that was found.
#[derive(Debug)]
pub struct Place {
    /// What it is.
    pub kind: FileKind,
    /// Its owner.
    pub uid: u32,
    /// Its permission bits.
    pub mode: u32,
    /// It, open for reading: only a regular file, or why that failed.
    pub open: Option<Result<std::fs::File, String>>,
}

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// Anything else.
    Special,
}

/// One of the three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Append(Append),
    Maildir(Maildir),
    Look(Look),
}

/// What became of a job.
#[derive(Debug)]
pub(crate) enum Report {
    /// The letter is on disk.
    Delivered,
    /// What was looked for is not there for this user, and how the system says so.
    Absent(String),
    /// What was looked for.
    Found(Place),
    /// It did not happen.
    Trouble(crate::Trouble),
}
