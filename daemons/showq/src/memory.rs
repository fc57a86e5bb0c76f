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
    /// Octets of all that was told.
    octets: usize,
    /// Listings begun so far.
    listings: u64,
}

#[derive(Debug)]
struct Message {
    told: Told,
    /// The last listing that told it.
    listing: u64,
}

/// What was told of a message, and the state of its file then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// It is true as long as the file is in this state.
    pub(crate) state: FileState,
    /// As the client got it.
    pub(crate) octets: Arc<[u8]>,
}

/// What a part of a listing has found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Messages that were told again.
    pub(crate) again: Vec<QueueId>,
    /// Messages that were read.
    pub(crate) new: Vec<(QueueId, Told)>,
}

/// Octets kept: a message takes some 300, and half as many again for its name and state.
const KEPT_OCTETS: usize = 16 << 20;
/// A file that was changed just now may change again within one tick of the file system's clock.
const TICK: Duration = Duration::from_secs(2);

/// Whether nobody works on a message of `queue` whose file is in this state, so that what is told of it stays true until the
/// state is another.
pub(crate) fn is_at_rest(queue: Queue, state: &FileState) -> bool {
    matches!(queue, Queue::Deferred | Queue::Hold)
        && SystemTime::now()
            .duration_since(state.changed)
            .is_ok_and(|age| age > TICK)
}

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
        kept.octets = kept
            .messages
            .values()
            .map(|message| message.told.octets.len())
            .sum();
    }

    /// What was told of each of these.
    pub(crate) fn told(&self, ids: &[QueueId]) -> Vec<Option<Told>> {
        let kept = self.lock();
        ids.iter()
            .map(|id| Some(kept.messages.get(id)?.told.clone()))
            .collect()
    }

    /// Remembers what a part of `listing` found, as far as there is room.
    pub(crate) fn keep(&self, listing: u64, found: Found) {
        let mut kept = self.lock();
        for id in found.again {
            if let Some(message) = kept.messages.get_mut(&id) {
                message.listing = message.listing.max(listing);
            }
        }
        for (id, told) in found.new {
            if let Some(old) = kept.messages.remove(&id) {
                kept.octets -= old.told.octets.len();
            }
            if kept.octets + told.octets.len() <= KEPT_OCTETS {
                kept.octets += told.octets.len();
                kept.messages.insert(id, Message { told, listing });
            }
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

    fn told(octets: &[u8]) -> Told {
        Told {
            state: state(UNIX_EPOCH),
            octets: octets.into(),
        }
    }

    #[test]
    fn what_was_changed_just_now_or_is_at_work_is_not_at_rest() {
        assert!(is_at_rest(Queue::Deferred, &state(UNIX_EPOCH)));
        assert!(!is_at_rest(Queue::Deferred, &state(SystemTime::now())));
        assert!(!is_at_rest(Queue::Active, &state(UNIX_EPOCH)));
    }

    #[test]
    fn what_a_listing_did_not_meet_is_forgotten_at_its_end() {
        let memory = Memory::default();
        let [met, gone] = ["4A1B2C3D4E", "4A1B2C3D4F"].map(id);
        let first = memory.begin();
        let new = [&met, &gone].map(|id| (id.clone(), told(b"told")));
        memory.keep(
            first,
            Found {
                new: new.into(),
                ..Found::default()
            },
        );
        memory.end(first);
        let second = memory.begin();
        memory.keep(
            second,
            Found {
                again: vec![met.clone()],
                ..Found::default()
            },
        );
        memory.end(second);

        assert_eq!(memory.told(&[met, gone]), [Some(told(b"told")), None]);
        assert_eq!(memory.lock().octets, 4);
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let memory = Memory::default();
        let large = vec![0; KEPT_OCTETS - 1];
        let ids = ["4A1B2C3D4E", "4A1B2C3D4F"].map(id);
        for octets in [&large, b"told".as_slice(), b"new"] {
            let new = ids.iter().map(|id| (id.clone(), told(octets))).collect();
            memory.keep(
                1,
                Found {
                    new,
                    ..Found::default()
                },
            );
        }

        assert_eq!(memory.told(&ids), [Some(told(b"new")), Some(told(b"new"))]);
        assert_eq!(memory.lock().octets, 6);
    }
}
