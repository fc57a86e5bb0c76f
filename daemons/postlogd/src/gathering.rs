//! Lines from all processes, in the order of their times.

use maillog::channel::{Block, Blocks, nanoseconds};
use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net;
use std::task::Poll;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::sync::Notify;

/// What has come and is not written yet, and where more will come from.
#[derive(Default)]
pub(crate) struct Gathering {
    streams: RefCell<Vec<Stream>>,
    blocks: RefCell<Vec<Block>>,
    /// A datagram came.
    told: Notify,
}

struct Stream {
    socket: UnixStream,
    blocks: Blocks,
}

/// How long lines gather. Nobody is woken meanwhile, not even this process, and what several have written at about the same
/// time comes into its order.
const REST: Duration = Duration::from_millis(10);
/// A writer sends its lines when it goes to sleep, and may have woken another before. So long those of others wait for it.
const HELD: Duration = Duration::from_millis(10);
const READ_OCTETS: usize = 64 << 10;

impl Gathering {
    /// Takes lines that came as datagrams, just now.
    pub(crate) fn add(&self, lines: &[u8]) {
        self.blocks.borrow_mut().push(Block {
            time: nanoseconds(),
            lines: lines.to_vec(),
        });
        self.told.notify_one();
    }

    /// Takes a stream of lines. One that cannot be watched is dropped, and its writer knows.
    pub(crate) fn open(&self, socket: OwnedFd) {
        let mut socket = net::UnixStream::from(socket);
        let mut blocks = Blocks::default();
        if socket.set_nonblocking(true).is_err() {
            return;
        }
        // Its first lines have come with it, and are as old.
        let goes_on = drain(
            |into| socket.read(into),
            &mut vec![0; READ_OCTETS],
            &mut blocks,
            &mut self.blocks.borrow_mut(),
        );
        if goes_on && let Ok(socket) = UnixStream::from_std(socket) {
            self.streams.borrow_mut().push(Stream { socket, blocks });
        }
        self.told.notify_one();
    }

    /// Waits until something has come.
    pub(crate) async fn stirred(&self) {
        let readable = poll_fn(|context| {
            let streams = self.streams.borrow();
            // All are asked, so that each will wake us.
            let ready = streams
                .iter()
                .filter(|stream| stream.socket.poll_read_ready(context).is_ready())
                .count();
            if ready > 0 || !self.blocks.borrow().is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        tokio::select! {
            () = readable => {}
            () = self.told.notified() => {}
        }
    }

    /// Rests for a moment; then gives the lines that have come, but for the newest.
    pub(crate) async fn rest(&self) -> Vec<u8> {
        // The thread itself sleeps: the event loop would be woken by each line.
        std::thread::sleep(REST);
        // The loop hears of what came meanwhile, and then whoever takes datagrams has a turn.
        for _ in 0..2 {
            tokio::task::yield_now().await;
        }
        let mut buffer = vec![0; READ_OCTETS];
        self.streams.borrow_mut().retain_mut(|stream| {
            let socket = &stream.socket;
            let blocks = &mut stream.blocks;
            drain(
                |into| socket.try_read(into),
                &mut buffer,
                blocks,
                &mut self.blocks.borrow_mut(),
            )
        });
        let now = nanoseconds();
        let newest = now.saturating_sub(u64::try_from(HELD.as_nanos()).unwrap_or(0))..=now;
        // What comes from the future, because the clock was set back, waits for nothing.
        let is_held = |block: &mut Block| newest.contains(&block.time);
        let held = self.blocks.borrow_mut().extract_if(.., is_held).collect();
        let lines = self.in_order();
        *self.blocks.borrow_mut() = held;
        lines
    }

    /// Ends all streams: their writers send datagrams from now on. Gives all lines that had come.
    pub(crate) fn end(&self) -> Vec<u8> {
        let mut buffer = vec![0; READ_OCTETS];
        for Stream { socket, mut blocks } in self.streams.take() {
            let Ok(mut socket) = socket.into_std() else {
                continue;
            };
            let _ = socket.shutdown(Shutdown::Read);
            drain(
                |into| socket.read(into),
                &mut buffer,
                &mut blocks,
                &mut self.blocks.borrow_mut(),
            );
        }
        self.in_order()
    }

    fn in_order(&self) -> Vec<u8> {
        let mut blocks = self.blocks.take();
        blocks.sort_by_key(|block| block.time);
        let blocks: Vec<Vec<u8>> = blocks.into_iter().map(|block| block.lines).collect();
        blocks.join(&b'\n')
    }
}

/// Reads what a stream holds. False when no more will come from it.
fn drain(
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
    buffer: &mut [u8],
    blocks: &mut Blocks,
    found: &mut Vec<Block>,
) -> bool {
    loop {
        let count = match read(buffer) {
            Ok(0) => return false,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        };
        blocks.feed(buffer.get(..count).unwrap_or_default());
        loop {
            match blocks.take() {
                Ok(Some(block)) => found.push(block),
                Ok(None) => break,
                Err(_) => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    }

    fn stream(gathering: &Gathering) -> net::UnixStream {
        let (ours, theirs) = net::UnixStream::pair().unwrap();
        gathering.open(theirs.into());
        ours
    }

    fn write(mut stream: &net::UnixStream, time: u64, lines: &str) {
        let mut block = u32::try_from(lines.len()).unwrap().to_le_bytes().to_vec();
        block.extend_from_slice(&time.to_le_bytes());
        block.extend_from_slice(lines.as_bytes());
        stream.write_all(&block).unwrap();
    }

    #[test]
    fn lines_of_several_come_in_the_order_of_their_times() {
        run(async {
            let gathering = Gathering::default();
            let (one, two) = (stream(&gathering), stream(&gathering));
            gathering.add(b"now");
            write(&two, 3, "third");
            write(&one, 2, "second a\nsecond b");
            write(&two, 4, "fourth");
            write(&one, 1, "first");
            drop(one);

            gathering.stirred().await;
            assert_eq!(
                gathering.rest().await,
                b"first\nsecond a\nsecond b\nthird\nfourth\nnow"
            );
            assert_eq!(gathering.streams.borrow().len(), 1);

            write(&two, 5, "fifth");
            gathering.stirred().await;
            write(&two, nanoseconds() + u64::MAX / 4, "from the future");
            assert_eq!(gathering.rest().await, b"fifth\nfrom the future");
        });
    }

    #[test]
    fn at_the_end_all_that_was_sent_is_heard_and_no_more_can_be() {
        run(async {
            let gathering = Gathering::default();
            let mut one = stream(&gathering);
            write(&one, 1, "last words");

            assert_eq!(gathering.end(), b"last words");
            assert!(one.write_all(b"too late").is_err());
        });
    }

    #[test]
    fn a_stream_of_rubbish_is_dropped() {
        run(async {
            let gathering = Gathering::default();
            let mut one = stream(&gathering);
            one.write_all(&[0xff; 100]).unwrap();

            gathering.stirred().await;
            assert!(gathering.rest().await.is_empty());
            assert!(gathering.streams.borrow().is_empty());
        });
    }
}
