//! Removing files of messages that are done with.
//!
//! Most file systems do it in microseconds; on some, where the device is told of each freed block, it takes a tenth of a
//! millisecond and more, and then everything else would wait. What is slow goes to the blocking pool, many at a time.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use mail::QueueId;
use queue::{Queue, QueueError, Spool};
use tokio::sync::oneshot;

use crate::log;

/// Removes files from the active queue.
pub(crate) struct Disposal {
    spool: Spool,
    /// Files are kept in the saved queue (`dont_remove`).
    keeps: bool,
    waiting: RefCell<Vec<Waiting>>,
    is_working: Cell<bool>,
    /// Removals still to be left to the pool, since the last one that was slow.
    slow: Cell<u32>,
}

/// A file to be removed, and whom to tell.
type Waiting = (QueueId, oneshot::Sender<Result<(), QueueError>>);

/// A removal longer than this is slow: to have it done beside, and to hear of it, costs some 15 microseconds.
const SLOW: Duration = Duration::from_micros(80);
/// After a slow one, this many go to the pool before the next one is tried at once.
const SLOW_RUN: u32 = 200;

impl Disposal {
    pub(crate) fn new(spool: Spool, keeps: bool) -> Self {
        Self {
            spool,
            keeps,
            waiting: RefCell::new(Vec::new()),
            is_working: Cell::new(false),
            slow: Cell::new(0),
        }
    }

    /// Removes the file of a message and says so in the log. The caller keeps the message in the active queue until
    /// then, so that files do not come in faster than they go.
    pub(crate) async fn remove(self: &Rc<Self>, id: &QueueId) {
        let result = if self.slow.get() == 0 {
            let start = Instant::now();
            let result = dispose(&self.spool, id, self.keeps);
            if start.elapsed() > SLOW {
                self.slow.set(SLOW_RUN);
            }
            result
        } else {
            self.slow.set(self.slow.get() - 1);
            let (told, result) = oneshot::channel();
            self.waiting.borrow_mut().push((id.clone(), told));
            if !self.is_working.replace(true) {
                daemon::beside(Rc::clone(self).work());
            }
            match result.await {
                Ok(result) => result,
                // The process is ending. The file is found, with nothing left to do, at the next start.
                Err(_) => return,
            }
        };
        match result {
            Ok(()) => log::removed(id.as_str()),
            Err(error) => log::not_removed(id.as_str(), Queue::Active.name(), &error),
        }
    }

    /// Has the pool remove what waits, one batch after the other.
    async fn work(self: Rc<Self>) {
        loop {
            let batch = self.waiting.take();
            if batch.is_empty() {
                self.is_working.set(false);
                return;
            }
            let (spool, keeps) = (self.spool.clone(), self.keeps);
            daemon::blocking(move || {
                for (id, told) in batch {
                    // Nobody waits any more when the process is ending.
                    let _ = told.send(dispose(&spool, &id, keeps));
                }
            })
            .await;
        }
    }
}

fn dispose(spool: &Spool, id: &QueueId, keeps: bool) -> Result<(), QueueError> {
    if keeps {
        spool.move_file(id, Queue::Active, Queue::Saved)
    } else {
        spool.remove(Queue::Active, id)
    }
}
