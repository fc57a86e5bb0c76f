//! The asking side: a service's socket with its idle connections.

use crate::AskError;
use contract::attribute::{Boundary, CLOSING, Message, Request, encode, encode_request};
use contract::{Attributes, DecodeError};
use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use stream::{Stream, StreamError, now, pause, within};
use tokio::net::UnixStream;

/// How long to wait for a service and to keep connections to it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For each turn (`ipc_timeout`).
    pub wait: Duration,
    /// How long an unused connection is kept (`ipc_idle`).
    pub idle: Duration,
    /// Times to try a service whose socket refuses, a second apart: master may be about to start it.
    pub tries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(3600),
            idle: Duration::from_secs(5),
            tries: 5,
        }
    }
}

/// A service's socket with the connections kept open to it.
#[derive(Debug)]
pub struct Port {
    path: PathBuf,
    limits: Limits,
    idle: RefCell<Vec<(Connection, Instant)>>,
}

/// Idle connections kept for each service.
const KEPT: usize = 64;
/// When so many octets of questions are under way, their answers come first. The kernel takes many times as many.
const UNDER_WAY_OCTETS: usize = 16 << 10;
const RETRY_PAUSE: Duration = Duration::from_secs(1);

impl Port {
    /// The service whose socket is at `path` (below the queue directory, `private/rewrite` say). Nothing is opened yet.
    pub fn new(path: impl Into<PathBuf>, limits: Limits) -> Self {
        Self {
            path: path.into(),
            limits,
            idle: RefCell::new(Vec::new()),
        }
    }

    /// Where the service listens.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks, on a kept connection where there is one. A kept connection that closes unanswered is replaced once: every
    /// question asked this way may be asked twice.
    ///
    /// # Errors
    /// When there is no answer; never to be taken as one.
    pub async fn ask<R: Request>(&self, request: &R) -> Result<R::Reply, AskError> {
        if let Some(mut connection) = self.kept().await {
            match connection.ask(request).await {
                Err(AskError::Broken { cause, .. }) if cause.is_lost() => {}
                Ok(reply) => {
                    self.keep(connection);
                    return Ok(reply);
                }
                Err(other) => return Err(other),
            }
        }
        let mut connection = self.fresh().await?;
        let reply = connection.ask(request).await?;
        self.keep(connection);
        Ok(reply)
    }

    /// Asks several questions on one connection without waiting for each answer in turn. Once more on a new connection
    /// where a kept one closes, as [`Port::ask`].
    ///
    /// # Errors
    /// When one of them has no answer.
    pub async fn ask_all<R: Request>(&self, requests: &[R]) -> Result<Vec<R::Reply>, AskError> {
        let mut replies = Vec::with_capacity(requests.len());
        if let Some(mut connection) = self.kept().await {
            match connection.ask_all(requests, &mut replies).await {
                Err(AskError::Broken { cause, .. }) if cause.is_lost() => {}
                Ok(()) => {
                    self.keep(connection);
                    return Ok(replies);
                }
                Err(other) => return Err(other),
            }
        }
        let mut connection = self.fresh().await?;
        let rest = requests.get(replies.len()..).unwrap_or_default();
        connection.ask_all(rest, &mut replies).await?;
        self.keep(connection);
        Ok(replies)
    }

    /// A connection for a longer conversation; give it back with [`Port::keep`] when it ended between turns.
    ///
    /// # Errors
    /// [`AskError::Unreachable`].
    pub async fn connect(&self) -> Result<Connection, AskError> {
        match self.kept().await {
            Some(connection) => Ok(connection),
            None => self.fresh().await,
        }
    }

    /// Keeps a connection for the next question.
    pub fn keep(&self, connection: Connection) {
        let mut idle = self.idle.borrow_mut();
        if !connection.closing && idle.len() < KEPT {
            idle.push((connection, now()));
        }
    }

    async fn kept(&self) -> Option<Connection> {
        loop {
            let (mut connection, since) = self.idle.borrow_mut().pop()?;
            if now().duration_since(since) >= self.limits.idle {
                // Those below are older still.
                self.idle.borrow_mut().clear();
                return None;
            }
            if !connection.stream.has_stirred().await {
                return Some(connection);
            }
        }
    }

    /// A connection that nobody used before.
    ///
    /// # Errors
    /// [`AskError::Unreachable`] after the last try.
    pub async fn fresh(&self) -> Result<Connection, AskError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let cause = match within(self.limits.wait, UnixStream::connect(&self.path)).await {
                Ok(Ok(socket)) => return Ok(Connection::new(Stream::new(socket), self)),
                Ok(Err(cause)) => cause,
                Err(_) => io::ErrorKind::TimedOut.into(),
            };
            let may_come = matches!(
                cause.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::WouldBlock
            );
            if !may_come || tries >= self.limits.tries {
                return Err(AskError::Unreachable {
                    service: self.path.display().to_string(),
                    cause,
                });
            }
            pause(RETRY_PAUSE).await;
        }
    }
}

/// One open connection to a service.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
    wait: Duration,
    service: String,
    boundary: Boundary,
    /// The server has said that it retires: finish, do not keep.
    closing: bool,
}

impl Connection {
    fn new(stream: Stream, port: &Port) -> Self {
        Self {
            stream,
            wait: port.limits.wait,
            service: port.path.display().to_string(),
            boundary: Boundary::default(),
            closing: false,
        }
    }

    /// A connection over a stream made elsewhere (a test's, or one passed by master).
    pub fn over(stream: Stream, service: &str, wait: Duration) -> Self {
        Self {
            stream,
            wait,
            service: service.to_owned(),
            boundary: Boundary::default(),
            closing: false,
        }
    }

    /// The stream below, for what a conversation sends beside messages.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The time allowed for each turn.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Whether the server said that it retires: this connection must not be used for another question.
    pub fn is_closing(&self) -> bool {
        self.closing
    }

    /// Whether the server did something while nothing was asked of it (it closed, or it retires).
    pub async fn has_stirred(&mut self) -> bool {
        self.closing || self.stream.has_stirred().await
    }

    /// One question and its answer.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn ask<R: Request>(&mut self, request: &R) -> Result<R::Reply, AskError> {
        encode_request(request, self.stream.output());
        self.flush().await?;
        self.receive().await
    }

    /// Several questions, and their answers in order, which are appended to `replies` as they come. Never more are under
    /// way than the kernel holds, so that neither side waits for the other to read.
    ///
    /// # Errors
    /// When one has no answer; `replies` then has those before it.
    pub async fn ask_all<R: Request>(
        &mut self,
        requests: &[R],
        replies: &mut Vec<R::Reply>,
    ) -> Result<(), AskError> {
        let mut requests = requests.iter().peekable();
        while requests.peek().is_some() {
            let mut under_way = 0;
            while self.stream.output().len() < UNDER_WAY_OCTETS
                && let Some(request) = requests.next()
            {
                encode_request(request, self.stream.output());
                under_way += 1;
            }
            self.flush().await?;
            for _ in 0..under_way {
                replies.push(self.receive().await?);
            }
        }
        Ok(())
    }

    /// Appends a message to the output, unsent.
    pub fn put<M: Message>(&mut self, message: &M) {
        encode(message, self.stream.output());
    }

    /// Sends what was put.
    ///
    /// # Errors
    /// [`AskError::Broken`].
    pub async fn flush(&mut self) -> Result<(), AskError> {
        let wait = self.wait;
        self.stream.flush(wait).await.map_err(|cause| self.broken(cause))
    }

    /// Waits for one message of the other side.
    ///
    /// # Errors
    /// [`AskError::Broken`], [`AskError::Malformed`].
    pub async fn receive<M: Message>(&mut self) -> Result<M, AskError> {
        loop {
            let end = self
                .boundary
                .find(self.stream.buffered())
                .map_err(|cause| self.malformed(cause))?;
            let Some(end) = end else {
                let wait = self.wait;
                self.stream.fill(wait).await.map_err(|cause| self.broken(cause))?;
                continue;
            };
            let octets = self.stream.buffered().get(..end).unwrap_or_default();
            let read = Attributes::parse(octets).and_then(|attributes| {
                let closing = attributes.get(CLOSING).is_some();
                if closing {
                    Ok(None)
                } else {
                    M::take(&attributes).map(Some)
                }
            });
            self.stream.consume(end);
            match read.map_err(|cause| self.malformed(cause))? {
                Some(message) => return Ok(message),
                None => self.closing = true,
            }
        }
    }

    fn broken(&self, cause: StreamError) -> AskError {
        AskError::Broken {
            service: self.service.clone(),
            cause,
        }
    }

    fn malformed(&self, cause: DecodeError) -> AskError {
        AskError::Malformed {
            service: self.service.clone(),
            cause,
        }
    }
}
