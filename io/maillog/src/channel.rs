//! A stream of log lines to postlogd, one for each process that writes many.
//!
//! A datagram wakes postlogd, and only ten wait in the kernel before the next writer must. A stream holds hundreds of lines, so
//! that postlogd can rest for some milliseconds and then take what has come from all. What was written to it is heard even when
//! its writer is killed. Each block of lines carries the time of its first, by which postlogd puts those of all processes in order.
//!
//! The writer makes a pair of sockets and sends one of them with a datagram, [`OPENING`]. To end a stream the reader shuts it
//! down; from then on the writer's attempts fail, and it sends datagrams again.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The datagram that brings a stream. It is no line: those have no control characters.
pub const OPENING: &[u8] = b"\0stream";
/// Octets before the lines of a block: how many they are (4), and the time of the first (8), both little-endian.
const HEAD: usize = 12;
/// Octets of lines in a block, at most: what a writer gathers, and one line more.
const BLOCK_OCTETS: usize = 64 << 10;
/// Until a stream is tried again that could not be opened, or was ended.
const PAUSE: Duration = Duration::from_secs(1);

/// The writing side.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    stream: Option<UnixStream>,
    tried: Option<Instant>,
    /// When the first of the gathered lines was written, in nanoseconds.
    first: Option<u64>,
}

impl Channel {
    /// Takes note that a line was gathered.
    pub(crate) fn note(&mut self) {
        self.first.get_or_insert_with(nanoseconds);
    }

    /// Sends gathered lines; an error leaves them to be sent otherwise.
    pub(crate) fn send(&mut self, postlogd: &UnixDatagram, lines: &[u8]) -> io::Result<()> {
        let time = self.first.take().unwrap_or_else(nanoseconds);
        if self.stream.is_none() && self.tried.is_none_or(|tried| tried.elapsed() > PAUSE) {
            self.tried = Some(Instant::now());
            self.stream = Some(open(postlogd)?);
        }
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let mut block = Vec::with_capacity(HEAD + lines.len());
        let count = u32::try_from(lines.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        block.extend_from_slice(&count.to_le_bytes());
        block.extend_from_slice(&time.to_le_bytes());
        block.extend_from_slice(lines);
        let sent = stream.write_all(&block);
        if sent.is_err() {
            self.stream = None;
        }
        sent
    }
}

fn open(postlogd: &UnixDatagram) -> io::Result<UnixStream> {
    let (ours, theirs) = UnixStream::pair()?;
    sys::descriptor::send_descriptors(postlogd.as_fd(), OPENING, &[theirs.as_fd()])?;
    Ok(ours)
}

/// The time of day, as blocks carry it.
pub fn nanoseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Lines that came together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// When the first was written, in nanoseconds since the epoch.
    pub time: u64,
    /// The lines, separated by line feeds.
    pub lines: Vec<u8>,
}

/// Cuts what comes from a stream into blocks.
#[derive(Debug, Default)]
pub struct Blocks {
    octets: Vec<u8>,
}

impl Blocks {
    /// Takes octets as they were read.
    pub fn feed(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// The next complete block.
    ///
    /// # Errors
    /// `InvalidData` for a block longer than any that a writer of ours sends; the stream is of no more use.
    pub fn take(&mut self) -> io::Result<Option<Block>> {
        let Some((head, rest)) = self.octets.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let [a, b, c, d, time @ ..] = *head;
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if length > BLOCK_OCTETS {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let Some(lines) = rest.get(..length) else {
            return Ok(None);
        };
        let block = Block {
            time: u64::from_le_bytes(time),
            lines: lines.to_vec(),
        };
        self.octets.drain(..HEAD + length);
        Ok(Some(block))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::Shutdown;

    fn received(postlogd: &UnixDatagram) -> Option<UnixStream> {
        let (mut buffer, mut descriptors) = ([0; 64], Vec::new());
        let count =
            sys::descriptor::receive_descriptors(postlogd.as_fd(), &mut buffer, &mut descriptors).ok()?;
        assert_eq!(&buffer[..count], OPENING);
        descriptors.pop().map(UnixStream::from)
    }

    #[test]
    fn blocks_arrive_whole_with_the_time_of_their_first_line() {
        let (socket, postlogd) = UnixDatagram::pair().unwrap();
        let mut channel = Channel::default();
        let before = nanoseconds();
        channel.note();
        let noted = nanoseconds();
        channel.note();
        channel.send(&socket, b"one\ntwo").unwrap();
        channel.send(&socket, b"three").unwrap();
        drop(channel);

        let mut octets = Vec::new();
        received(&postlogd).unwrap().read_to_end(&mut octets).unwrap();
        let mut blocks = Blocks::default();
        let mut found = Vec::new();
        for octet in octets {
            blocks.feed(&[octet]);
            found.extend(blocks.take().unwrap());
        }

        assert_eq!(found.len(), 2);
        assert_eq!(found[0].lines, b"one\ntwo");
        assert!((before..=noted).contains(&found[0].time));
        assert_eq!(found[1].lines, b"three");
    }

    #[test]
    fn after_a_shutdown_what_was_sent_is_still_read_and_the_writer_knows() {
        let (socket, postlogd) = UnixDatagram::pair().unwrap();
        let mut channel = Channel::default();
        channel.send(&socket, b"heard").unwrap();
        let mut reader = received(&postlogd).unwrap();
        reader.shutdown(Shutdown::Read).unwrap();

        assert!(channel.send(&socket, b"not heard").is_err());
        assert!(channel.send(&socket, b"too soon for another").is_err());

        let mut octets = Vec::new();
        reader.read_to_end(&mut octets).unwrap();
        let mut blocks = Blocks::default();
        blocks.feed(&octets);
        assert_eq!(blocks.take().unwrap().unwrap().lines, b"heard");
        assert_eq!(blocks.take().unwrap(), None);
    }

    #[test]
    fn a_length_that_no_writer_sends_is_an_error() {
        let mut blocks = Blocks::default();
        blocks.feed(&[0xff; HEAD]);
        assert!(blocks.take().is_err());
    }
}
