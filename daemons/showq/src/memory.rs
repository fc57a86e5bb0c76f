//! What was told of messages at rest, so that the next listing need not read their files again: monitoring asks every
//! minute, and of a large queue little has changed by then.
//!
//! Nobody works on a message of the deferred or the hold queue. To be tried, returned, held or released it goes to another
//! queue, and the notes on its recipients are written there; that, and a change of its mode, changes the time at which its
//! file was last changed.

use mail::QueueId;
use queue::{FileState, Queue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// What is remembered, for all listings of a process.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    messages: HashMap<QueueId, Message>,
    /// Octets of all `told`.
    octets: usize,
    /// Listings begun so far.
    listings: u64,
}

#[derive(Debug)]
struct Message {
    state: FileState,
    told: Arc<[u8]>,
    /// The last listing that told it.
    listing: u64,
}

/// Octets kept: a message takes some 300, and half as much again for its name.
const KEPT_OCTETS: usize = 16 << 20;
/// A file that was changed just now may change again within one tick of the file system's clock.
const TICK: Duration = Duration::from_secs(2);

impl Memory {
    /// Begins a listing; the number is its name.
    pub(crate) fn begin(&self) -> u64 {
        let mut kept = self.lock();
        kept.listings += 1;
        kept.listings
    }

    /// Ends a listing that saw the whole queue: what it did not tell is gone.
    pub(crate) fn end(&self, listing: u64) {
        let mut kept = self.lock();
        kept.messages.retain(|_, message| message.listing >= listing);
        kept.octets = kept.messages.values().map(|message| message.told.len()).sum();
    }

    /// What was told of `id`, if `state` finds its file as it was then.
    pub(crate) fn recall(
        &self,
        id: &QueueId,
        listing: u64,
        state: impl FnOnce() -> Option<FileState>,
    ) -> Option<Arc<[u8]>> {
        let (was, told) = self
            .lock()
            .messages
            .get(id)
            .map(|message| (message.state, Arc::clone(&message.told)))?;
        if state()? != was {
            return None;
        }
        if let Some(message) = self.lock().messages.get_mut(id) {
            message.listing = message.listing.max(listing);
        }
        Some(told)
    }

    /// Remembers what was told of `id`, if it rests and there is room.
    pub(crate) fn keep(&self, queue: Queue, id: &QueueId, state: &FileState, listing: u64, told: &[u8]) {
        let is_at_rest = matches!(queue, Queue::Deferred | Queue::Hold)
            && SystemTime::now()
                .duration_since(state.changed)
                .is_ok_and(|age| age > TICK);
        let mut kept = self.lock();
        if let Some(old) = kept.messages.remove(id) {
            kept.octets -= old.told.len();
        }
        if is_at_rest && kept.octets + told.len() <= KEPT_OCTETS {
            kept.octets += told.len();
            let message = Message {
                state: *state,
                told: told.into(),
                listing,
            };
            kept.messages.insert(id.clone(), message);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::UNIX_EPOCH;

    fn state(changed: SystemTime) -> FileState {
        FileState {
            mode: 0o700,
            octets: 1,
            inode: 2,
            links: 1,
            owner: 0,
            modified: UNIX_EPOCH,
            changed,
            regular: true,
            directory: false,
        }
    }

    fn id(name: &str) -> QueueId {
        QueueId::parse(name).unwrap()
    }

    #[test]
    fn what_has_changed_is_not_recalled() {
        let (memory, old) = (Memory::default(), state(UNIX_EPOCH));
        let first = memory.begin();
        memory.keep(Queue::Deferred, &id("4A1B2C3D4E"), &old, first, b"told");

        let same = memory.recall(&id("4A1B2C3D4E"), first, || Some(old));
        let changed = memory.recall(&id("4A1B2C3D4E"), first, || Some(state(UNIX_EPOCH + TICK)));
        let gone = memory.recall(&id("4A1B2C3D4E"), first, || None);

        assert_eq!(same.as_deref(), Some(&b"told"[..]));
        assert_eq!((changed, gone), (None, None));
    }

    #[test]
    fn what_was_changed_just_now_or_is_at_work_is_not_kept() {
        let memory = Memory::default();
        memory.keep(
            Queue::Deferred,
            &id("4A1B2C3D4E"),
            &state(SystemTime::now()),
            1,
            b"told",
        );
        memory.keep(Queue::Active, &id("4A1B2C3D4F"), &state(UNIX_EPOCH), 1, b"told");

        assert!(memory.lock().messages.is_empty());
        assert_eq!(memory.lock().octets, 0);
    }

    #[test]
    fn what_a_listing_did_not_meet_is_forgotten_at_its_end() {
        let (memory, old) = (Memory::default(), state(UNIX_EPOCH));
        let first = memory.begin();
        for name in ["4A1B2C3D4E", "4A1B2C3D4F"] {
            memory.keep(Queue::Hold, &id(name), &old, first, b"told");
        }
        memory.end(first);
        let second = memory.begin();
        memory.recall(&id("4A1B2C3D4E"), second, || Some(old));
        memory.end(second);

        assert!(memory.recall(&id("4A1B2C3D4E"), second, || Some(old)).is_some());
        assert!(memory.recall(&id("4A1B2C3D4F"), second, || Some(old)).is_none());
        assert_eq!(memory.lock().octets, 4);
    }
}
