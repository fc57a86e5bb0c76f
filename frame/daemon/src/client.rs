//! One client that has come to a daemon.

use std::net::SocketAddr;
use stream::Stream;

/// A client, and how it came.
pub struct Client {
    /// The connection.
    pub stream: Stream,
    /// Which way it came.
    pub origin: Origin,
}

/// Which way a client came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Over the network.
    Network {
        /// Its address and port.
        peer: SocketAddr,
        /// Ours; absent when the connection was gone before it could be asked.
        local: Option<SocketAddr>,
    },
    /// From a process on this machine.
    Local,
    /// On standard input (`-S`): a program of this machine that speaks for a user.
    StandardInput,
    /// Handed over by another daemon that has accepted it, with what that daemon knows.
    Passed {
        /// Attribute message of the other daemon, as it came.
        facts: Vec<u8>,
    },
}
