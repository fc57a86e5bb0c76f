//! Removing files of messages that are done with.
//!
//! Most file systems do it in microseconds; on some, where the device is told of each freed block, it takes
//! milliseconds, and then everything else would wait. What is slow goes to the blocking pool, many at a time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use mail::QueueId;
use queue::{Queue, Spool};

use crate::log;

/// Removes files from the active queue.
pub(crate) struct Disposal {
    spool: Spool,
    waiting: RefCell<Vec<QueueId>>,
    is_working: Cell<bool>,
    /// Removals still to be left to the pool, since the last one that was slow.
    slow: Cell<u32>,
}

/// A removal longer than this is slow.
const SLOW: Duration = Duration::from_micros(400);
/// After a slow one, this many go to the pool before the next one is tried at once.
const SLOW_RUN: u32 = 200;

impl Disposal {
    pub(crate) fn new(spool: Spool) -> Self {
        Self {
            spool,
            waiting: RefCell::new(Vec::new()),
            is_working: Cell::new(false),
            slow: Cell::new(0),
        }
    }

    /// Removes the file of a message, now or soon, and says so in the log.
    pub(crate) fn remove(self: &Rc<Self>, id: QueueId) {
        if self.slow.get() == 0 {
            let start = Instant::now();
            report(&id, self.spool.remove(Queue::Active, &id));
            if start.elapsed() > SLOW {
                self.slow.set(SLOW_RUN);
            }
            return;
        }
        self.slow.set(self.slow.get() - 1);
        self.waiting.borrow_mut().push(id);
        if !self.is_working.replace(true) {
            daemon::beside(Rc::clone(self).work());
        }
    }

    async fn work(self: Rc<Self>) {
        loop {
            let batch = self.waiting.take();
            if batch.is_empty() {
                self.is_working.set(false);
                return;
            }
            let spool = self.spool.clone();
            let results = daemon::blocking(move || {
                batch
                    .into_iter()
                    .map(|id| (spool.remove(Queue::Active, &id), id))
                    .collect::<Vec<_>>()
            });
            for (result, id) in results.await {
                report(&id, result);
            }
        }
    }
}

fn report(id: &QueueId, result: Result<(), queue::QueueError>) {
    match result {
        Ok(()) => log::removed(id.as_str()),
        Err(error) => log::not_removed(id.as_str(), Queue::Active.name(), &error),
    }
}
