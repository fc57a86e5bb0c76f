//! The socket below a stream, whichever kind it is.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use crate::local::Local;

/// A connected socket.
#[derive(Debug)]
pub enum Socket {
    /// To a host.
    Tcp(TcpStream),
    /// To a process on this machine.
    Unix(Local),
    /// To the other half of a test.
    Memory(DuplexStream),
    /// The event loop did not take it: each use says why.
    Failed(io::ErrorKind),
}

impl From<TcpStream> for Socket {
    fn from(stream: TcpStream) -> Self {
        // Replies are gathered by the session; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
        Self::Tcp(stream)
    }
}

impl From<UnixStream> for Socket {
    fn from(stream: UnixStream) -> Self {
        match stream.into_std().and_then(Local::new) {
            Ok(local) => Self::Unix(local),
            Err(error) => Self::Failed(error.kind()),
        }
    }
}

impl From<DuplexStream> for Socket {
    fn from(stream: DuplexStream) -> Self {
        Self::Memory(stream)
    }
}

/// Octets one read takes at most.
const SCRATCH_OCTETS: usize = 64 << 10;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH_OCTETS]);
}

impl Socket {
    /// The peer's address, for TCP.
    pub fn peer_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.peer_addr().ok(),
            Self::Unix(_) | Self::Memory(_) | Self::Failed(_) => None,
        }
    }

    /// Our own address, for TCP.
    pub fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(stream) => stream.local_addr().ok(),
            Self::Unix(_) | Self::Memory(_) | Self::Failed(_) => None,
        }
    }

    /// The descriptor, for sockets of the kernel.
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Tcp(stream) => Some(stream.as_fd()),
            Self::Unix(stream) => Some(stream.descriptor()),
            Self::Memory(_) | Self::Failed(_) => None,
        }
    }

    /// Appends what can be read to `input`; 0 at the end.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        input: &mut Vec<u8>,
    ) -> Poll<io::Result<usize>> {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            ready!(match self {
                Self::Tcp(stream) => Pin::new(stream).poll_read(context, &mut buffer),
                Self::Unix(stream) => stream.poll_read(context, &mut buffer),
                Self::Memory(stream) => Pin::new(stream).poll_read(context, &mut buffer),
                Self::Failed(kind) => Poll::Ready(Err((*kind).into())),
            })?;
            input.extend_from_slice(buffer.filled());
            Poll::Ready(Ok(buffer.filled().len()))
        })
    }

    /// Sends some of `octets`.
    pub(crate) fn poll_write(&mut self, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, octets),
            Self::Unix(stream) => stream.poll_write(context, octets),
            Self::Memory(stream) => Pin::new(stream).poll_write(context, octets),
            Self::Failed(kind) => Poll::Ready(Err((*kind).into())),
        }
    }

    /// Closes our direction.
    pub(crate) async fn shut_down(&mut self) {
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown().await,
            Self::Unix(stream) => stream.shut_down(),
            Self::Memory(stream) => stream.shutdown().await,
            Self::Failed(_) => Ok(()),
        };
    }
}
