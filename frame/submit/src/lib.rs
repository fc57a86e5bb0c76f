//! Hand a new message to cleanup: what smtpd, pickup, local, bounce and verify have in common. An smtpd that runs with
//! a user's rights hands it to the postdrop command instead, with the same records.
//!
//! A [`Submission`] is one message. Dropping it before [`Submission::finish`] takes the message back. After `finish`
//! said that it was filed, the message is on disk and no longer the caller's.

mod postdrop;

use crate::postdrop::Postdrop;
use contract::cleanup::{Filed, Open, Opened};
use ipc::{AskError, Connection, Port};
use record::{Kind, encode, encode_line};
use std::path::Path;
use std::time::Duration;
use stream::StreamError;

/// Why a message could not be handed over; it was not filed.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// cleanup could not be reached or went away.
    #[error("{0}")]
    Ask(#[from] AskError),
    /// cleanup has no queue file to offer.
    #[error("{}", .0.reason)]
    NoFile(Opened),
    /// The postdrop command could not be started.
    #[error("unable to execute {0}: {1}")]
    NoCommand(String, #[source] std::io::Error),
}

/// A message on its way to cleanup.
#[derive(Debug)]
pub struct Submission {
    connection: Connection,
    queue_id: String,
    line_limit: usize,
    // Behind the connection: it is closed first, so that the command ends.
    postdrop: Option<Postdrop>,
}

/// Records gathered before they are sent on.
const FLOW_OCTETS: usize = 32 << 10;

impl Submission {
    /// Opens a message with the flags of `contract::cleanup::flag`. Lines longer than `line_limit` octets
    /// (`line_length_limit`) travel in pieces.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was begun.
    pub async fn open(port: &Port, flags: u32, line_limit: usize) -> Result<Self, SubmitError> {
        let mut connection = port.connect().await?;
        let open = Open { flags };
        // Nothing was handed over yet: a kept connection that turns out to be closed may be replaced.
        let opened: Opened = match connection.ask(&open).await {
            Err(AskError::Broken { cause, .. }) if cause.is_lost() => {
                connection = port.fresh().await?;
                connection.ask(&open).await?
            }
            other => other?,
        };
        if opened.queue_id.is_empty() {
            return Err(SubmitError::NoFile(opened));
        }
        Ok(Self {
            connection,
            queue_id: opened.queue_id,
            line_limit,
            postdrop: None,
        })
    }

    /// Opens a message with a postdrop command, which files it in `maildrop` for whoever runs this process. Each turn
    /// with it may take `wait`.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was begun.
    pub async fn through_postdrop(
        program: &Path,
        wait: Duration,
        line_limit: usize,
    ) -> Result<Self, SubmitError> {
        let (postdrop, mut connection) = Postdrop::start(program, wait)
            .map_err(|error| SubmitError::NoCommand(program.display().to_string(), error))?;
        let opened: contract::postdrop::Opened = connection.receive().await?;
        Ok(Self {
            connection,
            queue_id: opened.queue_id,
            line_limit,
            postdrop: Some(postdrop),
        })
    }

    /// The message's queue id.
    pub fn queue_id(&self) -> &str {
        &self.queue_id
    }

    /// Appends a record, unsent.
    pub fn record(&mut self, kind: Kind, payload: &[u8]) {
        encode(kind, payload, self.connection.stream().output());
    }

    /// Appends a named attribute, unsent.
    pub fn attribute(&mut self, name: &str, value: &str) {
        record::attribute::encode(name, value.as_bytes(), self.connection.stream().output());
    }

    /// Appends a content line (without its end), unsent.
    pub fn line(&mut self, line: &[u8]) {
        encode_line(line, self.line_limit, self.connection.stream().output());
    }

    /// The output itself, for a caller that encodes many records at once.
    pub fn output(&mut self) -> &mut Vec<u8> {
        self.connection.stream().output()
    }

    /// Sends what has gathered, if that is a good deal. Call it now and then within a large message.
    ///
    /// # Errors
    /// [`SubmitError::Ask`]: the message is lost to us, and was not filed.
    pub async fn flow(&mut self) -> Result<(), SubmitError> {
        if self.connection.stream().output().len() >= FLOW_OCTETS {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Sends what has gathered.
    ///
    /// # Errors
    /// As [`Submission::flow`].
    pub async fn flush(&mut self) -> Result<(), SubmitError> {
        Ok(self.connection.flush().await?)
    }

    /// Whether cleanup has answered before the end, which means that it has given up on the message.
    pub async fn is_refused(&mut self) -> bool {
        self.connection.has_stirred().await
    }

    /// Ends the message and waits for what becomes of it. A connection to cleanup is given back to `port`.
    ///
    /// # Errors
    /// [`SubmitError::Ask`]: it is not known whether the message was filed. The caller must treat it as not filed: a
    /// message twice is better than none.
    pub async fn finish(mut self, port: &Port) -> Result<Filed, SubmitError> {
        self.record(Kind::END, b"");
        match self.connection.flush().await {
            Ok(()) => {}
            // cleanup may have said why before it closed.
            Err(AskError::Broken {
                cause: StreamError::Io(_),
                ..
            }) => {}
            Err(other) => return Err(other.into()),
        }
        if self.postdrop.is_some() {
            return Ok(postdrop::as_cleanup_says(self.connection.receive().await?));
        }
        let filed = self.connection.receive().await?;
        port.keep(self.connection);
        Ok(filed)
    }
}
