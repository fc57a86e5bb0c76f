//! What can go wrong with a question to a database.

use lookup::LookupError;

/// Why a server did not do what was asked of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The connection can not be made, or not be used any more.
    #[error("{0}")]
    Broken(String),
    /// The server understood and said no; the connection is as good as before.
    #[error("{0}")]
    Refused(String),
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// No server can be reached; said once, when it went.
    #[error("{0}")]
    Away(String),
    /// A server said no.
    #[error("{0}")]
    Refused(String),
    /// More values than `expansion_limit` allows.
    #[error("Expansion limit exceeded for key '{0}'")]
    TooMany(String),
    /// The key can not be put into the query safely, or the answer is no text: the table must be mended.
    #[error("{0}")]
    Content(String),
}

impl Trouble {
    /// As the room `lookup` tells it.
    pub(crate) fn of_table(&self, table: &str) -> LookupError {
        match self {
            Self::Away(reason) => LookupError::Unavailable {
                table: table.to_owned(),
                reason: reason.clone(),
            },
            Self::Content(reason) => LookupError::content(table, reason),
            Self::Refused(_) | Self::TooMany(_) => LookupError::failed(table, self),
        }
    }
}
