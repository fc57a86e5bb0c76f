//! Removing files: of messages that are done with, and of notes that an earlier try has left.
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

/// Removes files of one kind.
pub(crate) struct Disposal {
    spool: Spool,
    what: What,
    waiting: RefCell<Vec<Waiting>>,
    is_working: Cell<bool>,
    /// Removals still to be left to the pool, since the last one that was slow.
    slow: Cell<u32>,
}

/// What is removed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    /// A message of the active queue.
    Message {
        /// It is kept in the saved queue instead (`dont_remove`).
        kept: bool,
    },
    /// What was noted on delayed recipients; there may be nothing.
    Delays,
}

/// A file to be removed, and whom to tell.
type Waiting = (QueueId, oneshot::Sender<Result<(), QueueError>>);

/// A removal longer than this is slow: to have it done beside, and to hear of it, costs some 15 microseconds.
const SLOW: Duration = Duration::from_micros(80);
/// Files that are removed before those who wait for them are told.
const BATCH: usize = 16;
/// After a slow one, this many go to the pool before the next one is tried at once.
const SLOW_RUN: u32 = 200;

impl Disposal {
    pub(crate) fn new(spool: Spool, what: What) -> Self {
        Self {
            spool,
            what,
            waiting: RefCell::new(Vec::new()),
            is_working: Cell::new(false),
            slow: Cell::new(0),
        }
    }

    /// Whether a removal takes so long that others should not wait for it.
    pub(crate) fn is_slow(&self) -> bool {
        self.slow.get() > 0
    }

    /// Removes the file of a message and says so in the log. The caller keeps the message in the active queue until
    /// then, so that files do not come in faster than they go. When nothing else is going on (`alone`), nobody is kept waiting,
    /// and it is done at once.
    pub(crate) async fn remove(self: &Rc<Self>, id: &QueueId, alone: bool) {
        let result = if self.slow.get() == 0 || alone {
            let start = Instant::now();
            let result = self.what.remove(&self.spool, id);
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
        match (self.what, result) {
            (What::Message { .. }, Ok(())) => log::removed(id.as_str()),
            (What::Delays, Ok(())) => {}
            (What::Message { .. }, Err(error)) => log::not_removed(id.as_str(), Queue::Active.name(), &error),
            (What::Delays, Err(error)) => log::not_removed(id.as_str(), Queue::Defer.name(), &error),
        }
    }

    /// Has the pool remove what waits, one batch after the other: it wakes us once for each.
    async fn work(self: Rc<Self>) {
        loop {
            let batch: Vec<Waiting> = {
                let mut waiting = self.waiting.borrow_mut();
                let count = waiting.len().min(BATCH);
                waiting.drain(..count).collect()
            };
            if batch.is_empty() {
                self.is_working.set(false);
                return;
            }
            let (ids, told): (Vec<QueueId>, Vec<_>) = batch.into_iter().unzip();
            let (spool, what) = (self.spool.clone(), self.what);
            let results = daemon::blocking(move || {
                let removed = ids.iter().map(|id| what.remove(&spool, id));
                removed.collect::<Vec<_>>()
            });
            for (told, result) in told.into_iter().zip(results.await) {
                // Nobody waits any more when the process is ending.
                let _ = told.send(result);
            }
        }
    }
}

impl What {
    fn remove(self, spool: &Spool, id: &QueueId) -> Result<(), QueueError> {
        match self {
            Self::Message { kept: true } => spool.move_file(id, Queue::Active, Queue::Saved),
            Self::Message { kept: false } => spool.remove(Queue::Active, id),
            Self::Delays => spool.remove_notes(Queue::Defer, id),
        }
    }
}
