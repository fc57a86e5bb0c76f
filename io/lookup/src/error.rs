//! What can go wrong with a table: it can not be opened, or a search could not tell.

use std::io;

/// Why a search gave neither a value nor a sure "absent". The caller defers; it never takes this for absent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The table could not be opened; every search fails until it can be.
    #[error("{table} is unavailable. {reason}")]
    Unavailable {
        /// `type:name` of the table.
        table: String,
        /// What stood in the way.
        reason: String,
    },
    /// The table was open, but this search failed; the next one may succeed.
    #[error("{table}: {reason}")]
    Failed {
        /// `type:name` of the table.
        table: String,
        /// What stood in the way.
        reason: String,
    },
    /// As `Failed`, and the log says what stood in the way already.
    #[error("{table}: {reason}")]
    Logged {
        /// `type:name` of the table.
        table: String,
        /// What stood in the way.
        reason: String,
    },
    /// The table answered with something that can not be a value; an administrator must mend it.
    #[error("{table}: {reason}")]
    Content {
        /// `type:name` of the table.
        table: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The service that should open the table does not: no parameter names the table for it.
    #[error("{table}: {reason}")]
    Unapproved {
        /// `type:name` of the table.
        table: String,
        /// Which service refuses which table.
        reason: String,
    },
}

impl LookupError {
    /// A search that failed and may succeed later.
    pub fn failed(table: &str, reason: impl ToString) -> Self {
        Self::Failed {
            table: table.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// A search that failed, may succeed later, and was logged.
    pub(crate) fn logged(table: &str, reason: impl ToString) -> Self {
        Self::Logged {
            table: table.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// An answer that can not be used.
    pub fn content(table: &str, reason: impl ToString) -> Self {
        Self::Content {
            table: table.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// The `type:name` of the table that could not tell.
    pub fn table(&self) -> &str {
        match self {
            Self::Unavailable { table, .. }
            | Self::Failed { table, .. }
            | Self::Logged { table, .. }
            | Self::Content { table, .. }
            | Self::Unapproved { table, .. } => table,
        }
    }

    /// True when waiting does not help: the table's content or configuration must be mended.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::Content { .. } | Self::Unapproved { .. })
    }
}

impl OpenError {
    /// True when this process may not open the file, and another may.
    pub(crate) fn is_denied(&self) -> bool {
        match self {
            Self::Io { source, .. } | Self::Read { source, .. } => {
                source.kind() == io::ErrorKind::PermissionDenied
            }
            _ => false,
        }
    }
}

/// Why a table can not be opened or built.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The text is not of the form `type:name`.
    #[error("open dictionary: expecting \"type:name\" form instead of \"{0}\"")]
    NotATable(String),
    /// No such type, or this program was built without it.
    #[error("unsupported dictionary type: {0}")]
    UnknownType(String),
    /// A type of systems that are gone; the text is what to do.
    #[error("unsupported dictionary type: {0} ({1})")]
    Gone(String, &'static str),
    /// A database type whose driver was left out of this program.
    #[error("unsupported dictionary type: {0} (not in this build; feature \"{0}\")")]
    NotInBuild(String),
    /// The type can not be built from a list of entries.
    #[error("unsupported dictionary type: {0} does not support bulk-mode creation.")]
    NotBuilt(String),
    /// The table can be read but not changed.
    #[error("{0} map requires O_RDONLY access mode")]
    ReadOnly(String),
    /// The caller may not use such a table for this purpose, for safety.
    #[error("{table} map is not allowed for {reason}")]
    Forbidden {
        /// `type:name` of the table.
        table: String,
        /// For what it is not safe.
        reason: &'static str,
    },
    /// The name part can not be read; the reason names the table.
    #[error("{reason}")]
    Syntax {
        /// `type:name` of the table.
        table: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A value that should name files names none.
    #[error("empty pathname list: >>{0}<<'")]
    NoFiles(String),
    /// The file behind the table was opened, and can not be read.
    #[error("{what}: {}", sys::fault::text(source))]
    Read {
        /// What could not be done, with the file's path.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file or peer behind the table can not be used.
    #[error("open {what}: {}", sys::fault::text(source))]
    Io {
        /// The file's path or the peer's address.
        what: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
