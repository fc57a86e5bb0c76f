//! Work on one message that is named by its queue id.

use crate::disk::{expire, holds_messages, remove, rename, state};
use crate::log;
use crate::tally::Tally;
use command::Failure;
use mail::QueueId;
use queue::{Queue, Spool};
use std::path::PathBuf;
use std::time::SystemTime;

/// The queues of this run and what they lie in.
pub(crate) struct Desk<'a> {
    pub spool: &'a Spool,
    pub queues: &'a [Queue],
    pub now: SystemTime,
}

/// A message may move on to another queue while it is looked for, but not often.
const SEARCHES: usize = 2;
/// Where the notes on a message are.
const NOTES: [Queue; 3] = [Queue::Bounce, Queue::Defer, Queue::Trace];

impl Desk<'_> {
    /// Does what an option letter says to the message of this name.
    pub(crate) fn work(&self, letter: char, name: &str, tally: &mut Tally) -> Result<(), Failure> {
        let Some(id) = QueueId::parse(name) else {
            log::invalid_id(name);
            return Ok(());
        };
        match letter {
            'd' => self.delete(&id, tally),
            'r' => self.requeue(&id, tally),
            'h' => self.hold(&id, tally),
            'H' => self.release(&id, tally),
            'e' => self.expire(&id, tally),
            'f' => {
                self.expire(&id, tally)?;
                self.release(&id, tally)
            }
            _ => Ok(()),
        }
    }

    fn delete(&self, id: &QueueId, tally: &mut Tally) -> Result<(), Failure> {
        self.search(&[], id, |path, _| {
            // The notes go first: what is left when this stops half-way is a message without notes.
            for queue in NOTES {
                remove(&self.spool.path(queue, id))?;
            }
            let done = remove(&path)?;
            if done {
                log::removed(id.as_str());
                tally.deleted += 1;
            }
            Ok(done)
        })
    }

    fn requeue(&self, id: &QueueId, tally: &mut Tally) -> Result<(), Failure> {
        self.search(&[Queue::Maildrop], id, |path, _| {
            let to = self.spool.path(Queue::Maildrop, id);
            let done = rename(self.spool, &path, &to)?;
            if done {
                // pickup takes the time of a file for its arrival, and the queue manager's for the next try.
                if let Err(error) = sys::disk::set_times_at(&to, self.now) {
                    log::cannot_reset_times(&to, &sys::fault::text(&error));
                }
                log::requeued(id.as_str());
                tally.requeued += 1;
            }
            Ok(done)
        })
    }

    fn hold(&self, id: &QueueId, tally: &mut Tally) -> Result<(), Failure> {
        // What users wrote to `maildrop` is not checked yet, and must not mix with what is.
        self.search(&[Queue::Maildrop, Queue::Hold], id, |path, _| {
            let done = rename(self.spool, &path, &self.spool.path(Queue::Hold, id))?;
            if done {
                log::held(id.as_str());
                tally.held += 1;
            }
            Ok(done)
        })
    }

    fn release(&self, id: &QueueId, tally: &mut Tally) -> Result<(), Failure> {
        if !self.queues.contains(&Queue::Hold) {
            return Ok(());
        }
        let path = self.spool.path(Queue::Hold, id);
        if !state(&path)?.is_some_and(|state| state.is_ready()) {
            return Ok(());
        }
        if rename(self.spool, &path, &self.spool.path(Queue::Deferred, id))? {
            log::released(id.as_str());
            tally.released += 1;
        }
        Ok(())
    }

    fn expire(&self, id: &QueueId, tally: &mut Tally) -> Result<(), Failure> {
        self.search(&[Queue::Maildrop], id, |path, _| {
            let done = expire(&path);
            if done {
                log::expired(id.as_str());
                tally.expired += 1;
            }
            Ok(done)
        })
    }

    /// Offers the message to `work` wherever it lies, until `work` says that it is done.
    fn search(
        &self,
        without: &[Queue],
        id: &QueueId,
        mut work: impl FnMut(PathBuf, Queue) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        for _ in 0..SEARCHES {
            for &queue in self.queues {
                if !holds_messages(queue) || without.contains(&queue) {
                    continue;
                }
                let path = self.spool.path(queue, id);
                if state(&path)?.is_some_and(|state| state.is_ready()) && work(path, queue)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
