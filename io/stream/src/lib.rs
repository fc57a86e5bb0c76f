//! A byte stream to a peer (TCP, Unix, or in memory for tests) with time limits and bounded lines.
//!
//! A session reads and writes through [`Stream`] and nothing else, so that TLS can later slide in beneath it. An idle
//! stream holds no buffer: octets are read into one scratch area of the thread, and only what is not yet consumed is
//! kept. The room also owns the few clock functions that sessions need.

mod clock;
mod local;
mod socket;
#[cfg(test)]
mod tests;

pub use clock::{Expired, now, pause, time_of_day, within};
pub use local::Local;
pub use socket::Socket;

use memchr::memchr;
use std::future::poll_fn;
use std::io;
use std::time::{Duration, Instant};

/// Why a stream gave no more octets, or took none.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The peer did not act within the time allowed.
    #[error("timeout")]
    TimedOut,
    /// The peer closed the connection.
    #[error("lost connection")]
    Closed,
    /// A line is longer than its limit; what was read of it was kept.
    #[error("line too long")]
    LineTooLong,
    /// The kernel reports an error; most often the peer reset the connection.
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl StreamError {
    /// Whether the peer is gone (as opposed to slow, or saying too much).
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Closed | Self::Io(_))
    }
}

/// A connection with its unread input and unsent output.
#[derive(Debug)]
pub struct Stream {
    socket: Socket,
    input: Vec<u8>,
    /// Octets of `input` already consumed.
    start: usize,
    output: Vec<u8>,
    /// The moment after which nothing succeeds, whatever each call allows.
    deadline: Option<Instant>,
}

/// Input capacity kept while a stream waits; more is given back.
const KEPT_OCTETS: usize = 4096;
/// Output held back before [`Stream::put_flow`] sends.
const OUTPUT_OCTETS: usize = 64 << 10;

impl Stream {
    /// A stream over a connected socket.
    pub fn new(socket: impl Into<Socket>) -> Self {
        Self {
            socket: socket.into(),
            input: Vec::new(),
            start: 0,
            output: Vec::new(),
            deadline: None,
        }
    }

    /// Two ends of a connection in memory, for tests.
    pub fn pair() -> (Self, Self) {
        let (one, other) = tokio::io::duplex(64 << 10);
        (Self::new(one), Self::new(other))
    }

    /// The socket below.
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The socket below; unread input and unsent output are lost.
    pub fn into_socket(self) -> Socket {
        self.socket
    }

    /// Sets or lifts the moment after which every wait ends with [`StreamError::TimedOut`].
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Octets read and not consumed.
    pub fn buffered(&self) -> &[u8] {
        self.input.get(self.start..).unwrap_or_default()
    }

    /// Marks `count` buffered octets as used.
    pub fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.input.len());
        if self.start == self.input.len() {
            self.start = 0;
            self.input.clear();
            if self.input.capacity() > KEPT_OCTETS {
                self.input = Vec::new();
            }
        }
    }

    /// Drops everything buffered, and says how much that was.
    pub fn discard_input(&mut self) -> usize {
        let count = self.buffered().len();
        self.consume(count);
        count
    }

    /// Waits until more octets are buffered; says how many came.
    ///
    /// # Errors
    /// [`StreamError::Closed`] at the end of the stream, [`StreamError::TimedOut`] after `wait`.
    pub async fn fill(&mut self, wait: Duration) -> Result<usize, StreamError> {
        if self.start > 0 {
            self.input.drain(..self.start);
            self.start = 0;
        }
        let allowed = self.allowed(wait)?;
        let (socket, input) = (&mut self.socket, &mut self.input);
        match within(allowed, poll_fn(|context| socket.poll_read(context, input))).await {
            Err(Expired) => Err(StreamError::TimedOut),
            Ok(Err(error)) => Err(StreamError::Io(error)),
            Ok(Ok(0)) => Err(StreamError::Closed),
            Ok(Ok(count)) => Ok(count),
        }
    }

    /// Reads one line, up to and including its line feed, and hands back its octets without the LF and without a CR
    /// before it. At the end of the stream an unfinished line is given as it is.
    ///
    /// # Errors
    /// [`StreamError::LineTooLong`] when `limit` octets hold no line feed (they stay buffered); as [`Stream::fill`].
    pub async fn line(&mut self, limit: usize, wait: Duration) -> Result<Vec<u8>, StreamError> {
        let mut searched = 0;
        loop {
            let buffered = self.buffered();
            if let Some(found) = buffered.get(searched..).and_then(|rest| memchr(b'\n', rest)) {
                let end = searched + found;
                let mut line = buffered.get(..end).unwrap_or_default().to_vec();
                self.consume(end + 1);
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            searched = buffered.len();
            if searched >= limit {
                return Err(StreamError::LineTooLong);
            }
            match self.fill(wait).await {
                Err(StreamError::Closed) if searched > 0 => {
                    let line = self.buffered().to_vec();
                    self.consume(line.len());
                    return Ok(line);
                }
                other => other?,
            };
        }
    }

    /// The output buffer: append to it, then [`Stream::flush`].
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// Appends octets to the output, unsent.
    pub fn put(&mut self, octets: &[u8]) {
        self.output.extend_from_slice(octets);
    }

    /// Appends octets to the output, and sends when a good deal has gathered.
    ///
    /// # Errors
    /// As [`Stream::flush`].
    pub async fn put_flow(&mut self, octets: &[u8], wait: Duration) -> Result<(), StreamError> {
        self.put(octets);
        if self.output.len() >= OUTPUT_OCTETS {
            self.flush(wait).await
        } else {
            Ok(())
        }
    }

    /// Sends the output. Each `wait` is for the peer to take anything at all.
    ///
    /// # Errors
    /// [`StreamError::TimedOut`], or the peer is gone.
    pub async fn flush(&mut self, wait: Duration) -> Result<(), StreamError> {
        let mut sent = 0;
        while sent < self.output.len() {
            let allowed = self.allowed(wait)?;
            let (socket, rest) = (&mut self.socket, self.output.get(sent..).unwrap_or_default());
            match within(allowed, poll_fn(|context| socket.poll_write(context, rest))).await {
                Err(Expired) => return Err(StreamError::TimedOut),
                Ok(Err(error)) => return Err(StreamError::Io(error)),
                Ok(Ok(0)) => return Err(StreamError::Closed),
                Ok(Ok(count)) => sent += count,
            }
        }
        self.output.clear();
        if self.output.capacity() > OUTPUT_OCTETS * 2
            || (self.output.capacity() > KEPT_OCTETS && sent < KEPT_OCTETS)
        {
            self.output = Vec::new();
        }
        Ok(())
    }

    /// Whether the peer has said or done something while nothing was expected of it: octets, an end, or an error.
    /// Does not wait.
    pub async fn has_stirred(&mut self) -> bool {
        if !self.buffered().is_empty() {
            return true;
        }
        let (socket, input) = (&mut self.socket, &mut self.input);
        poll_fn(|context| std::task::Poll::Ready(socket.poll_read(context, input).is_ready())).await
    }

    /// Says that nothing more will be sent.
    pub async fn close_output(&mut self, wait: Duration) {
        let _ = self.flush(wait).await;
        self.socket.shut_down().await;
    }

    fn allowed(&self, wait: Duration) -> Result<Duration, StreamError> {
        match self.deadline {
            None => Ok(wait),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(now());
                if left.is_zero() {
                    Err(StreamError::TimedOut)
                } else {
                    Ok(left.min(wait))
                }
            }
        }
    }
}
