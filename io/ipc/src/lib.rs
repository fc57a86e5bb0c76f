//! How a program asks a service, and how a service answers: connections that stay open, one retry, three answers.
//!
//! [`Port`] is the asking side: it keeps idle connections, drops those whose server has stirred, and asks anew when a
//! kept one turns out to be closed. [`Caller`] is the answering side. What is said is in the room `contract`.

mod caller;
mod port;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Question};
pub use port::{Connection, Limits, Port};

use contract::DecodeError;
use stream::StreamError;

/// Why a question has no answer. None of these means "no".
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The service could not be reached.
    #[error("connect to {service}: {cause}")]
    Unreachable {
        /// The socket's path.
        service: String,
        /// What the kernel said.
        #[source]
        cause: std::io::Error,
    },
    /// The connection broke or stalled before the whole answer came.
    #[error("{service}: {cause}")]
    Broken {
        /// The socket's path.
        service: String,
        /// How.
        #[source]
        cause: StreamError,
    },
    /// The answer is not one of this conversation.
    #[error("{service}: malformed answer: {cause}")]
    Malformed {
        /// The socket's path.
        service: String,
        /// How.
        #[source]
        cause: DecodeError,
    },
}
