//! The clock of a session: what time it is, a pause, and a limit on a wait.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

/// A wait took longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired;

/// The monotonic time, as the runtime sees it (a test may have stopped it).
pub fn now() -> Instant {
    if tokio::runtime::Handle::try_current().is_ok() {
        tokio::time::Instant::now().into_std()
    } else {
        Instant::now()
    }
}

/// Lets time pass (an error delay, a back-off): never a way to wait for another party.
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Waits for `work`, for `wait` at the longest. From [`COARSE`] up the limit may be late by a second.
///
/// # Errors
/// [`Expired`]; `work` is then dropped.
pub async fn within<F: Future>(wait: Duration, work: F) -> Result<F::Output, Expired> {
    if wait < COARSE {
        return tokio::time::timeout(wait, work).await.map_err(|_| Expired);
    }
    let mut work = pin!(work);
    let mut place = Place {
        deadline: None,
        key: None,
    };
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending => place.poll(wait, context).map(|()| Err(Expired)),
    })
    .await
}

/// Waits of this length and more share one timer of the thread. A timer of its own costs a wait two system calls, and
/// nearly every wait of a busy server ends long before its limit.
pub const COARSE: Duration = Duration::from_secs(3);

const TICK: Duration = Duration::from_secs(1);

/// A place among the waits that the ticker of this thread looks after.
struct Place {
    deadline: Option<Instant>,
    key: Option<usize>,
}

struct Waiting {
    deadline: Instant,
    waker: Waker,
}

#[derive(Default)]
struct Ticker {
    waiting: Vec<Option<Waiting>>,
    free: Vec<usize>,
    running: bool,
}

thread_local! {
    static TICKER: RefCell<Ticker> = RefCell::default();
}

impl Place {
    fn poll(&mut self, wait: Duration, context: &mut Context<'_>) -> Poll<()> {
        let deadline = match self.deadline {
            Some(deadline) if deadline <= now() => return Poll::Ready(()),
            Some(deadline) => deadline,
            // A limit beyond the clock's range is none.
            None => match now().checked_add(wait) {
                Some(deadline) => *self.deadline.insert(deadline),
                None => return Poll::Pending,
            },
        };
        TICKER.with_borrow_mut(
            |ticker| match self.key.and_then(|key| ticker.waiting.get_mut(key)) {
                Some(Some(waiting)) if waiting.waker.will_wake(context.waker()) => {}
                Some(Some(waiting)) => waiting.waker = context.waker().clone(),
                _ => {
                    self.key = Some(ticker.add(Waiting {
                        deadline,
                        waker: context.waker().clone(),
                    }));
                    ticker.start();
                }
            },
        );
        Poll::Pending
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            // At the very end of a thread there may be no ticker any more.
            let _ = TICKER.try_with(|ticker| ticker.borrow_mut().remove(key));
        }
    }
}

impl Ticker {
    fn add(&mut self, waiting: Waiting) -> usize {
        match self.free.pop() {
            Some(key) => {
                if let Some(place) = self.waiting.get_mut(key) {
                    *place = Some(waiting);
                }
                key
            }
            None => {
                self.waiting.push(Some(waiting));
                self.waiting.len() - 1
            }
        }
    }

    fn remove(&mut self, key: usize) {
        if let Some(place @ Some(_)) = self.waiting.get_mut(key) {
            *place = None;
            self.free.push(key);
        }
    }

    fn start(&mut self) {
        if !self.running {
            self.running = true;
            tokio::spawn(tick());
        }
    }
}

/// Looks once a second for waits that are over. It ends when there are none, so that an idle process sleeps.
async fn tick() {
    /// A runtime that ends drops its ticker; the next one needs its own.
    struct Running;
    impl Drop for Running {
        fn drop(&mut self) {
            let _ = TICKER.try_with(|ticker| ticker.borrow_mut().running = false);
        }
    }
    let _running = Running;
    loop {
        tokio::time::sleep(TICK).await;
        let now = now();
        let (over, idle) = TICKER.with_borrow(|ticker| {
            let over: Vec<Waker> = ticker
                .waiting
                .iter()
                .flatten()
                .filter(|waiting| waiting.deadline <= now)
                .map(|waiting| waiting.waker.clone())
                .collect();
            (over, ticker.free.len() == ticker.waiting.len())
        });
        over.into_iter().for_each(Waker::wake);
        if idle {
            return;
        }
    }
}

/// The time of day, since the epoch; a clock before 1970 reads as the epoch.
pub fn time_of_day() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
