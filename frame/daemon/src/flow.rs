//! The flow of new mail: who files messages waits a little when the queue manager does not keep up
//! (`postconf(5) in_flow_delay`).
//!
//! Master makes one pipe for the whole system, and every daemon inherits both ends. An octet in it is leave to file one
//! message. The queue manager puts one in for each new message that it takes, and fills up to `default_process_limit`
//! when it has taken all there are; who files a message takes one out, and waits when there is none.
//!
//! Difference: the wait ends as soon as the queue manager has caught up, and is `in_flow_delay` at the most.

use contract::master;
use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::unix::pipe::Receiver;

/// This process's share in the flow; nothing is ever waited for in a process that was started without master.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    ends: Option<Rc<Ends>>,
}

#[derive(Debug)]
struct Ends {
    leave: File,
    grant: File,
    /// Made at the first wait, when there is an event loop.
    watched: OnceCell<Receiver>,
}

impl Flow {
    /// Takes over the two ends from master.
    pub(crate) fn inherited() -> io::Result<Self> {
        let leave = sys::descriptor::take_inherited(master::FLOW_LEAVE)?;
        let grant = sys::descriptor::take_inherited(master::FLOW_GRANT)?;
        Ok(Self::new(leave.into(), grant.into()))
    }

    /// A flow of the two ends of a pipe that does not block.
    pub fn new(leave: File, grant: File) -> Self {
        Self {
            ends: Some(Rc::new(Ends {
                leave,
                grant,
                watched: OnceCell::new(),
            })),
        }
    }

    /// Waits for leave to file a message, but no longer than `most`; then the message is filed without.
    pub async fn leave(&self, most: Duration) {
        let Some(ends) = &self.ends else { return };
        if most.is_zero() || ends.take() {
            return;
        }
        // Whether leave came or the time ran out, the message goes on.
        let _ = stream::within(most, ends.wait()).await;
    }

    /// Gives leave for `count` messages, so long as there is leave for fewer than `limit`.
    pub fn grant(&self, count: usize, limit: usize) {
        let Some(ends) = &self.ends else { return };
        let given = sys::descriptor::octets_waiting(ends.leave.as_fd()).unwrap_or(limit);
        let count = count.min(limit.saturating_sub(given)).min(LEAVE.len());
        if let Some(leave) = LEAVE.get(..count).filter(|leave| !leave.is_empty()) {
            // A full pipe holds more leave than anybody asked for.
            let _ = (&ends.grant).write(leave);
        }
    }
}

/// Leave given at a time, at most.
const LEAVE: [u8; 4096] = [b'.'; 4096];

impl Ends {
    fn take(&self) -> bool {
        // In doubt the mail goes on: an end of the pipe that is broken must not hold it up.
        !matches!((&self.leave).read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    async fn wait(&self) {
        let Ok(watched) = self.watched() else { return };
        loop {
            let ready = watched.readable().await;
            // Another process may have been faster.
            match ready.and_then(|()| watched.try_read(&mut [0])) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return,
            }
        }
    }

    fn watched(&self) -> io::Result<&Receiver> {
        if let Some(watched) = self.watched.get() {
            return Ok(watched);
        }
        let watched = Receiver::from_file(self.leave.try_clone()?)?;
        Ok(self.watched.get_or_init(|| watched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn flow() -> Flow {
        let (leave, grant) = sys::descriptor::pipe().unwrap();
        for end in [&leave, &grant] {
            sys::descriptor::set_nonblocking(end.as_fd(), true).unwrap();
        }
        Flow::new(leave.into(), grant.into())
    }

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(work)
    }

    #[test]
    fn leave_that_was_given_is_taken_without_a_wait_and_then_used_up() {
        let flow = flow();
        flow.grant(2, 10);

        run(async {
            let start = Instant::now();
            flow.leave(Duration::from_secs(5)).await;
            flow.leave(Duration::from_secs(5)).await;
            assert!(start.elapsed() < Duration::from_secs(2));
            flow.leave(Duration::from_millis(50)).await;
            assert!(start.elapsed() >= Duration::from_millis(50));
        });
    }

    #[test]
    fn a_wait_ends_when_the_queue_manager_has_caught_up() {
        let flow = flow();
        let manager = flow.clone();

        run(async {
            let start = Instant::now();
            let wait = flow.leave(Duration::from_secs(30));
            let grant = async {
                stream::pause(Duration::from_millis(20)).await;
                manager.grant(1, 10);
            };
            tokio::join!(wait, grant);
            assert!(start.elapsed() < Duration::from_secs(10));
        });
    }

    #[test]
    fn there_is_never_leave_for_more_than_the_limit() {
        let flow = flow();

        flow.grant(7, 10);
        flow.grant(usize::MAX, 10);

        let ends = flow.ends.as_ref().unwrap();
        assert_eq!(sys::descriptor::octets_waiting(ends.leave.as_fd()).unwrap(), 10);
    }

    #[test]
    fn without_a_delay_or_without_master_nobody_waits() {
        run(async {
            flow().leave(Duration::ZERO).await;
            Flow::default().leave(Duration::from_secs(3600)).await;
        });
    }
}
