//! Work on every message of the queues (`ALL`).

use crate::disk::{expire, holds_messages, remove, rename, state};
use crate::log;
use crate::one::Desk;
use crate::tally::Tally;
use command::Failure;
use queue::{Queue, Scan};
use std::path::Path;

impl Desk<'_> {
    /// Does what an option letter says to everything in the queues of this run.
    pub(crate) fn work_on_all(&self, letter: char, tally: &mut Tally) -> Result<(), Failure> {
        for &queue in self.queues {
            log::queue(queue.name());
            let wrong = |error| Failure::general(format!("open directory {}: {error}", queue.name()));
            let mut scan = Scan::new(self.spool, queue).map_err(wrong)?;
            for entry in scan.by_ref() {
                if letter == 'd' {
                    delete(queue, &entry.path, tally)?;
                    continue;
                }
                let Some(id) = entry.id() else {
                    log::bogus_name(&entry.path);
                    continue;
                };
                if !holds_messages(queue) || queue == Queue::Maildrop {
                    continue;
                }
                let moved = |to| rename(self.spool, &entry.path, &self.spool.path(to, &id));
                match letter {
                    'r' => tally.requeued += u64::from(moved(Queue::Maildrop)?),
                    'h' if queue != Queue::Hold => tally.held += u64::from(moved(Queue::Hold)?),
                    'e' | 'f' => tally.expired += u64::from(expire(&entry.path)),
                    _ => {}
                }
                if matches!(letter, 'H' | 'f') && queue == Queue::Hold {
                    tally.released += u64::from(moved(Queue::Deferred)?);
                }
            }
            if let Some(error) = scan.take_failure() {
                return Err(wrong(error));
            }
        }
        Ok(())
    }
}

/// Notes, lists and leftovers go too; only complete messages count.
fn delete(queue: Queue, path: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let Some(state) = state(path)? else { return Ok(()) };
    if state.directory {
        return Ok(());
    }
    let is_message = holds_messages(queue) && state.is_ready();
    tally.deleted += u64::from(remove(path)? && is_message);
    Ok(())
}
