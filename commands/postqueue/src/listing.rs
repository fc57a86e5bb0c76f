//! The listing of the queue as showq sends it, message by message.

use command::{Failure, Status};
use contract::attribute::{Attributes, Boundary, encode};
use contract::showq::{self, Entry, Hello, Recipient};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

/// A listing being read.
pub(crate) struct Listing {
    socket: UnixStream,
    octets: Vec<u8>,
    /// Octets already used.
    start: usize,
    boundary: Boundary,
}

/// What one read asks for.
const READ_OCTETS: usize = 64 * 1024;

impl Listing {
    /// Begins a listing: greets, so as to get everything that showq knows, and takes its greeting.
    pub(crate) fn begin(mut socket: UnixStream) -> Result<Self, Failure> {
        let mut hello = Vec::new();
        encode(&Hello::new(), &mut hello);
        // A server that does not read, or has sent everything and gone, is none the worse for it.
        let _ = socket.write_all(&hello);
        let mut listing = Self {
            socket,
            octets: Vec::new(),
            start: 0,
            boundary: Boundary::default(),
        };
        let octets = listing.message()?;
        let attributes = Attributes::parse(&octets).map_err(|_| malformed())?;
        if attributes.get("protocol") != Some(showq::PROTOCOL.as_bytes()) {
            return Err(malformed());
        }
        Ok(listing)
    }

    /// The next message of the queue, or `None` after the last.
    pub(crate) fn next(&mut self) -> Result<Option<(Entry, Vec<Recipient>)>, Failure> {
        let octets = self.message()?;
        let attributes = Attributes::parse(&octets).map_err(|_| malformed())?;
        showq::decode(&attributes).map_err(|_| malformed())
    }

    fn message(&mut self) -> Result<Vec<u8>, Failure> {
        loop {
            let rest = self.octets.get(self.start..).unwrap_or_default();
            if let Some(end) = self.boundary.find(rest).map_err(|_| malformed())? {
                let message = rest.get(..end).unwrap_or_default().to_vec();
                self.start += end;
                return Ok(message);
            }
            self.octets.drain(..self.start);
            self.start = 0;
            let old = self.octets.len();
            self.octets.resize(old + READ_OCTETS, 0);
            let count = self.socket.read(self.octets.get_mut(old..).unwrap_or_default());
            let count = count.map_err(|_| malformed())?;
            self.octets.truncate(old + count);
            if count == 0 {
                return Err(malformed());
            }
        }
    }
}

fn malformed() -> Failure {
    Failure::new(Status::SOFTWARE, "malformed showq server response")
}
