//! What can go wrong with a queue file, by what the caller must do about it.

use std::io;

/// Why a queue operation failed.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The disk or the quota is full: answer 4.3.1 and try again later.
    #[error("{}", sys::fault::text(.0))]
    NoSpace(#[source] io::Error),
    /// The file would exceed the largest size this process may write: answer 5.3.4.
    #[error("{}", sys::fault::text(.0))]
    TooLarge(#[source] io::Error),
    /// Rights, owner or a read-only file system are not as they should be.
    #[error("{}", sys::fault::text(.0))]
    Denied(#[source] io::Error),
    /// There is no such file: another program moved or removed it.
    #[error("No such file or directory")]
    Absent,
    /// The file is there, and what it holds is not a message.
    #[error("damaged queue file: {0}")]
    Damaged(&'static str),
    /// Anything else; nothing is known about the message, so nothing may be concluded.
    #[error("{}", sys::fault::text(.0))]
    Io(#[source] io::Error),
}

impl QueueError {
    /// Whether the message itself is unreadable, so that the file belongs into `corrupt`.
    pub fn is_damage(&self) -> bool {
        matches!(self, QueueError::Damaged(_))
    }
}

impl From<io::Error> for QueueError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => QueueError::Absent,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => QueueError::NoSpace(error),
            io::ErrorKind::FileTooLarge => QueueError::TooLarge(error),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => QueueError::Denied(error),
            _ => QueueError::Io(error),
        }
    }
}

impl From<record::RecordError> for QueueError {
    fn from(error: record::RecordError) -> Self {
        use record::RecordError;
        QueueError::Damaged(match error {
            RecordError::ZeroType => "record type is zero",
            RecordError::LengthCode => "record length has too many bytes",
            RecordError::TooLong { .. } => "record is too long",
            RecordError::Truncated => "file ends inside a record",
            RecordError::Payload(_) => "malformed record payload",
        })
    }
}
