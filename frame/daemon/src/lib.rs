//! The life of a daemon: inherit sockets, read settings, open as root, confine, serve, age, stop.
//!
//! A program implements [`Service`] and hands over with [`main`]. What the frame does not know is what the program is
//! for. One process is one thread; each client is a task on it.
//!
//! Ageing: after `max_use` times its capacity in clients, or `max_idle` without one, a process retires, that is it
//! takes no new clients, lets the present ones finish, and ends. `max_use` counts clients for each place of the
//! process, so that its meaning (how much may leak before a process is replaced) stays that of a process that serves
//! one client at a time.

mod accept;
mod client;
mod confine;
mod debugger;
mod flow;
mod life;
mod log;
mod options;
mod plate;
mod start;
mod tables;

pub use client::{Client, Origin};
pub use confine::{ConfineError, Root};
pub use flow::Flow;
pub use life::Life;
pub use options::{OptionError, Options};
pub use plate::{Counts, Plate, Rights, Speaks};
pub use start::{Start, StartError, main};

use std::future::Future;
use std::os::fd::OwnedFd;
use std::rc::Rc;

/// What a daemon does, given a client.
#[allow(async_fn_in_trait, reason = "one thread for each process: no Send bounds")]
pub trait Service: Sized + 'static {
    /// What it is.
    const PLATE: Plate;
    /// Whether it can say what it would do, without doing it (`-X`).
    const EXPLAINS: bool = false;

    /// Reads its settings and opens what needs the rights the process was started with: tables, keys, resolver files.
    ///
    /// # Errors
    /// What keeps the daemon from starting, as one line for the log.
    fn open(start: &Start<'_>) -> Result<Self, StartError>;

    /// Serves one client to its end.
    fn serve(self: Rc<Self>, client: Client) -> impl Future<Output = ()> {
        async move { drop(client) }
    }

    /// Takes wake-up bytes.
    fn wake(self: Rc<Self>, bytes: Vec<u8>) -> impl Future<Output = ()> {
        async move { drop(bytes) }
    }

    /// Takes datagrams that came together, joined by line feeds.
    fn datagram(&self, octets: &[u8]) {
        let _ = octets;
    }

    /// Takes a stream that came with a datagram.
    fn stream(&self, stream: OwnedFd) {
        drop(stream);
    }

    /// Work that goes on beside the clients. It is dropped when the process ends; if it ends itself, the process goes on.
    fn run(self: Rc<Self>, life: Life) -> impl Future<Output = ()> {
        async move { drop(life) }
    }

    /// Last work, after the last client has gone.
    fn finish(self: Rc<Self>) -> impl Future<Output = ()> {
        async {}
    }
}

/// Runs a piece of work that may wait for the disk on the blocking pool, so that the other clients go on. It begins at
/// once, whether or not anybody waits for it yet.
///
/// A panic in it goes on in the caller's session.
pub fn blocking<T, F>(work: F) -> impl Future<Output = T> + use<T, F>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let task = tokio::task::spawn_blocking(work);
    async move {
        match task.await {
            Ok(value) => value,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is ending, and with it the caller.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Starts work that belongs to the service beside its clients; it ends with the process.
pub fn beside(work: impl Future<Output = ()> + 'static) {
    tokio::task::spawn_local(work);
}
