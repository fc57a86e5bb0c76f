//! A Unix stream socket that wakes its process for input only.
//!
//! The kernel reports such a socket writable each time its peer takes something out, whether or not anybody waits for
//! that. Registered for both directions, a process would wake up once for each answer it gave, for nothing. So only
//! reading is watched, and writing from the moment a write did not fit.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, ready};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, ReadBuf};

/// A connected Unix socket.
#[derive(Debug)]
pub struct Local {
    reading: AsyncFd<UnixStream>,
    writing: Option<AsyncFd<UnixStream>>,
}

impl Local {
    /// Takes a connected socket; it is made non-blocking.
    ///
    /// # Errors
    /// Those of the event loop's registration.
    pub fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self {
            reading: watch(socket, Interest::READABLE)?,
            writing: None,
        })
    }

    /// The socket itself, still non-blocking, for a program that is to have it.
    pub fn into_std(self) -> UnixStream {
        self.reading.into_inner()
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.reading.get_ref().as_fd()
    }

    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.reading.poll_read_ready(context))?;
            let room = buffer.initialize_unfilled();
            let wanted = room.len();
            match self.reading.get_ref().read(room) {
                Ok(count) => {
                    // Less than asked for: there is no more, and the next look can wait for the kernel's word.
                    if count > 0 && count < wanted {
                        ready.clear_ready();
                    }
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    pub(crate) fn poll_write(&mut self, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.reading.get_ref().write(octets) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                done => {
                    self.writing = None;
                    return Poll::Ready(done);
                }
            }
            let writing = match self.writing.take() {
                Some(writing) => writing,
                None => watch(self.reading.get_ref().try_clone()?, Interest::WRITABLE)?,
            };
            let writing = self.writing.insert(writing);
            let mut ready = ready!(writing.poll_write_ready(context))?;
            // A socket with little room may be called writable and still not take a byte: ask anew after this try.
            ready.clear_ready();
            match self.reading.get_ref().write(octets) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => {
                    self.writing = None;
                    return Poll::Ready(done);
                }
            }
        }
    }

    pub(crate) fn shut_down(&self) -> io::Result<()> {
        self.reading.get_ref().shutdown(Shutdown::Write)
    }
}

/// Registers a socket. The constructor is deprecated because a careless type could lie about its descriptor; std's
/// own socket type does not, and the other constructor would need `unsafe` to say the same.
#[allow(deprecated, reason = "sound for a type that owns its descriptor")]
fn watch(socket: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(socket, interest)
}
