//! The listen sockets of a daemon, and one task for each client that comes.

use crate::client::{Client, Origin};
use crate::life::{Life, Place};
use crate::plate::Speaks;
use crate::{Service, log};
use contract::trigger;
use std::future::Future;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use stream::{Socket, Stream, pause};
use sys::descriptor::{SocketKind, socket_kind};
use tokio::io::Interest;
use tokio::net::{TcpListener, UnixDatagram, UnixListener, unix::pipe};
use tokio::task::spawn_local;

/// A listen socket that was inherited.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
    Datagram(UnixDatagram),
    Fifo(pipe::Receiver),
}

impl Listener {
    /// Takes a descriptor for what it is.
    pub(crate) fn new(descriptor: OwnedFd, speaks: Speaks) -> io::Result<Self> {
        sys::descriptor::set_nonblocking(descriptor.as_fd(), true)?;
        match (socket_kind(descriptor.as_fd()), speaks) {
            (SocketKind::Inet, _) => Ok(Self::Tcp(TcpListener::from_std(descriptor.into())?)),
            (SocketKind::Unix, Speaks::Datagrams) => {
                Ok(Self::Datagram(UnixDatagram::from_std(descriptor.into())?))
            }
            (SocketKind::Unix, _) => Ok(Self::Unix(UnixListener::from_std(descriptor.into())?)),
            (SocketKind::Other, _) => Ok(Self::Fifo(pipe::Receiver::from_owned_fd(descriptor)?)),
        }
    }
}

/// Serves one listen socket until the process retires.
pub(crate) async fn listen<S: Service>(service: Rc<S>, listener: Listener, life: Life) {
    match listener {
        Listener::Datagram(socket) => datagrams(service, &socket, &life).await,
        Listener::Fifo(fifo) => wake_ups(service, fifo, life).await,
        Listener::Tcp(_) | Listener::Unix(_) => clients(service, &listener, &life).await,
    }
}

/// How long to wait when the process or the system has no descriptor left.
const EXHAUSTED_PAUSE: Duration = Duration::from_secs(1);

async fn clients<S: Service>(service: Rc<S>, listener: &Listener, life: &Life) {
    while !life.is_retiring() {
        if !life.has_room() {
            life.changed().await;
            continue;
        }
        let came = tokio::select! {
            came = next_client(listener) => came,
            () = life.changed() => continue,
        };
        match came {
            Ok(client) => start(service.clone(), client, life.take_place()),
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                log::accept_failed(&error);
                pause(EXHAUSTED_PAUSE).await;
            }
        }
    }
}

async fn next_client(listener: &Listener) -> io::Result<Client> {
    match listener {
        Listener::Tcp(socket) => {
            let (connection, peer) = socket.accept().await?;
            let origin = Origin::Network {
                peer,
                local: connection.local_addr().ok(),
            };
            Ok(Client {
                stream: Stream::new(connection),
                origin,
            })
        }
        Listener::Unix(socket) => {
            let (connection, _) = socket.accept().await?;
            Ok(Client {
                stream: Stream::new(connection),
                origin: Origin::Local,
            })
        }
        // These two carry no connections; `listen` does not bring them here.
        Listener::Datagram(_) | Listener::Fifo(_) => std::future::pending().await,
    }
}

/// The client hung up before it was accepted; nothing is wrong with us.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, WouldBlock};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | WouldBlock
    )
}

/// Starts a session as a task of its own. A panic in it ends it alone, and the process retires.
pub(crate) fn start<S: Service>(service: Rc<S>, client: Client, place: Place) {
    let life = place.life();
    let work = async move {
        if S::PLATE.speaks == Speaks::Triggers {
            wake(service, client).await;
        } else {
            service.serve(client).await;
        }
        drop(place);
    };
    // Boxed here, so that what is handed to the event loop, and moved there a few times, is a pointer.
    let guarded = Guarded { work: Box::pin(work) };
    spawn_local(async move {
        if guarded.await.is_err() {
            life.retire_failed();
        }
    });
}

/// Work whose panic is caught. The panic's text was logged by the hook.
struct Guarded<F> {
    work: Pin<Box<F>>,
}

impl<F: Future> Future for Guarded<F> {
    type Output = Result<F::Output, ()>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let work = self.work.as_mut();
        match std::panic::catch_unwind(AssertUnwindSafe(|| work.poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(_) => Poll::Ready(Err(())),
        }
    }
}

/// Wake-up bytes taken at a time.
const TRIGGER_OCTETS: usize = 1024;

async fn wake<S: Service>(service: Rc<S>, mut client: Client) {
    while client.stream.buffered().len() < TRIGGER_OCTETS {
        if client.stream.fill(trigger::SILENCE).await.is_err() {
            break;
        }
        // Most clients write one byte; they need not wait for us to see their end.
        let bytes = client.stream.buffered().to_vec();
        client.stream.discard_input();
        service.clone().wake(bytes).await;
    }
}

async fn wake_ups<S: Service>(service: Rc<S>, fifo: pipe::Receiver, life: Life) {
    let mut bytes = vec![0; TRIGGER_OCTETS];
    loop {
        tokio::select! {
            ready = fifo.readable() => if ready.is_err() { return },
            () = life.retiring() => return,
        }
        match fifo.try_read(&mut bytes) {
            Ok(0) | Err(_) => {}
            Ok(count) => {
                service
                    .clone()
                    .wake(bytes.get(..count).unwrap_or_default().to_vec())
                    .await
            }
        }
    }
}

/// Octets of the largest datagram taken, and of all that are taken together.
const DATAGRAM_OCTETS: usize = 64 << 10;
const TOGETHER_OCTETS: usize = 256 << 10;

async fn datagrams<S: Service>(service: Rc<S>, socket: &UnixDatagram, life: &Life) {
    let mut buffer = vec![0; DATAGRAM_OCTETS];
    let mut streams = Vec::new();
    loop {
        let mut receive = || sys::descriptor::receive_descriptors(socket.as_fd(), &mut buffer, &mut streams);
        let received = tokio::select! {
            biased;
            received = socket.async_io(Interest::READABLE, &mut receive) => received,
            // What has been sent before is read before: that comes first.
            () = life.retiring() => return,
        };
        match received {
            Ok(mut count) => {
                life.touch();
                let mut together = Vec::new();
                loop {
                    if streams.is_empty() {
                        if !together.is_empty() {
                            together.push(b'\n');
                        }
                        together.extend_from_slice(buffer.get(..count).unwrap_or_default());
                    }
                    for stream in streams.drain(..) {
                        service.stream(stream);
                    }
                    if together.len() >= TOGETHER_OCTETS {
                        break;
                    }
                    let mut receive =
                        || sys::descriptor::receive_descriptors(socket.as_fd(), &mut buffer, &mut streams);
                    let Ok(next) = socket.try_io(Interest::READABLE, &mut receive) else {
                        break;
                    };
                    count = next;
                }
                if !together.is_empty() {
                    service.datagram(&together);
                }
            }
            Err(error) => {
                log::accept_failed(&error);
                pause(EXHAUSTED_PAUSE).await;
            }
        }
    }
}

/// The client on standard input.
pub(crate) fn standard_input() -> io::Result<Client> {
    let descriptor = sys::descriptor::take_inherited(0)?;
    sys::descriptor::set_nonblocking(descriptor.as_fd(), true)?;
    let socket = match socket_kind(descriptor.as_fd()) {
        SocketKind::Inet => Socket::from(tokio::net::TcpStream::from_std(descriptor.into())?),
        SocketKind::Unix => Socket::from(tokio::net::UnixStream::from_std(descriptor.into())?),
        SocketKind::Other => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(Client {
        stream: Stream::new(socket),
        origin: Origin::StandardInput,
    })
}
