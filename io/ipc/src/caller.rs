//! The answering side: one client's connection, question by question.

use contract::attribute::{Boundary, CLOSING, Message, REQUEST, Request, close, encode, put};
use contract::{Attributes, DecodeError};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use stream::{Stream, StreamError, within};

/// A client of this service.
#[derive(Debug)]
pub struct Caller {
    stream: Stream,
    wait: Duration,
    boundary: Boundary,
    told_closing: bool,
}

/// How long a retiring server waits for its idle clients to go.
const FAREWELL: Duration = Duration::from_secs(10);

impl Caller {
    /// A client that may be silent between questions, but takes each answer within `wait`.
    pub fn new(stream: Stream, wait: Duration) -> Self {
        Self {
            stream,
            wait,
            boundary: Boundary::default(),
            told_closing: false,
        }
    }

    /// The stream below, for what a conversation sends beside messages.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The next question; `None` when the client is gone. Once `retiring` ends, the client is told that this
    /// connection closes, and only what it had already asked is still heard.
    ///
    /// # Errors
    /// [`DecodeError`]: what came is no message; the connection is of no more use.
    pub async fn question(
        &mut self,
        retiring: impl Future<Output = ()>,
    ) -> Result<Option<Question>, DecodeError> {
        let mut retiring = pin!(retiring);
        loop {
            if let Some(question) = self.next_question()? {
                return Ok(Some(question));
            }
            let filled = if self.told_closing {
                within(FAREWELL, self.stream.fill(FAREWELL))
                    .await
                    .unwrap_or(Err(StreamError::TimedOut))
            } else {
                tokio::select! {
                    filled = self.stream.fill(NO_LIMIT) => filled,
                    () = &mut retiring => {
                        self.told_closing = true;
                        put(self.stream.output(), CLOSING, b"1");
                        close(self.stream.output());
                        self.stream.flush(FAREWELL).await.map(|()| 0)
                    }
                }
            };
            if filled.is_err() {
                return Ok(None);
            }
        }
    }

    /// The question behind the last one, if the client has sent it already. Does not wait.
    ///
    /// # Errors
    /// As [`Caller::question`].
    pub fn next_question(&mut self) -> Result<Option<Question>, DecodeError> {
        let Some(end) = self.boundary.find(self.stream.buffered())? else {
            return Ok(None);
        };
        let octets = self.stream.buffered().get(..end).unwrap_or_default().to_vec();
        self.stream.consume(end);
        // Parsed once here so that a malformed message is found where it is read.
        Attributes::parse(&octets)?;
        Ok(Some(Question { octets }))
    }

    /// Whether the client has gone since it asked: nobody would hear the answer, and whoever took its place may ask
    /// somebody else the same. Does not wait.
    pub async fn is_gone(&mut self) -> bool {
        self.stream.has_stirred().await && self.stream.buffered().is_empty()
    }

    /// Answers the last question. A client that is gone does not hear it; the next [`Caller::question`] says so.
    ///
    /// A client that has asked on already waits for all answers: they travel together.
    pub async fn answer<M: Message>(&mut self, reply: &M) {
        encode(reply, self.stream.output());
        let wait = self.wait;
        // What is buffered may be part of another conversation, so that nothing is noted about it.
        let asks_on = matches!(self.boundary.clone().find(self.stream.buffered()), Ok(Some(_)));
        let _ = if asks_on {
            self.stream.put_flow(&[], wait).await
        } else {
            self.stream.flush(wait).await
        };
    }

    /// Answers the questions that came together, in their order.
    pub async fn answer_all<M: Message>(&mut self, replies: &[M]) {
        let wait = self.wait;
        for reply in replies {
            encode(reply, self.stream.output());
            if self.stream.put_flow(&[], wait).await.is_err() {
                return;
            }
        }
        let _ = self.stream.flush(wait).await;
    }
}

/// A year: a client may keep its connection unused for as long as it likes.
const NO_LIMIT: Duration = Duration::from_secs(365 * 86400);

/// A question as it came.
#[derive(Clone, Debug)]
pub struct Question {
    octets: Vec<u8>,
}

impl Question {
    /// The request's name.
    pub fn name(&self) -> String {
        self.attributes().text(REQUEST).unwrap_or_default().into_owned()
    }

    /// Whether this is a question of the kind `R`.
    pub fn is<R: Request>(&self) -> bool {
        self.attributes().get(REQUEST) == Some(R::NAME.as_bytes())
    }

    /// Reads it as one.
    ///
    /// # Errors
    /// [`DecodeError::BadValue`].
    pub fn read<R: Request>(&self) -> Result<R, DecodeError> {
        R::take(&self.attributes())
    }

    /// The pairs.
    pub fn attributes(&self) -> Attributes<'_> {
        Attributes::parse(&self.octets).unwrap_or_default()
    }
}
