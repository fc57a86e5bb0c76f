//! A job: what one message has to send over one transport, and its place among the others.

use std::cmp::Ordering;
use std::time::Instant;

use smallvec::SmallVec;

use super::{DestinationId, JobId, MessageId, Scheduler, TransportId};

/// The state of one job.
pub(super) struct Job {
    pub(super) message: MessageId,
    pub(super) transport: TransportId,
    /// The place of its message among all.
    pub(super) sequence: u64,
    pub(super) queued: Instant,
    pub(super) position: Position,
    /// Where it has, or had, something to hand out.
    pub(super) destinations: SmallVec<[DestinationId; 2]>,
    /// The destination served last.
    pub(super) last: Option<DestinationId>,
    /// How many recipients each of its deliveries may have.
    pub(super) limit: Option<usize>,
    /// How many deliveries wait.
    pub(super) todo: usize,
    /// Recipients waiting or being delivered.
    pub(super) recipients_in_memory: usize,
    /// Recipient slots it has from the transport (`pool.rs`).
    pub(super) recipient_slots: usize,
    /// Deliveries it has made and not yet traded for letting others overtake; below zero when in debt.
    pub(super) earned: i64,
    /// Deliveries it may still make on the account of `overtaken`.
    pub(super) granted: usize,
    pub(super) overtaken: Option<JobId>,
    pub(super) place: Place,
}

/// Where a job is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It has nothing to hand out.
    Unlisted,
    /// In the order, and among the candidates with this number of deliveries.
    Candidate(usize),
    /// In the order, and parked at its destinations until there is room.
    Parked,
}

/// A place in the order of jobs: ordinarily that of the message, or in front of another job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    /// The sequence of the message that stands here, or that stands behind.
    cell: u64,
    /// `u64::MAX` for that message itself, less for those in front of it.
    offset: u64,
}

impl Position {
    pub(super) fn of(sequence: u64) -> Self {
        Self {
            cell: sequence,
            offset: u64::MAX,
        }
    }

    /// The foremost place of all that stand in front of the same message.
    pub(super) fn front_of_cell(self) -> Self {
        Self {
            cell: self.cell,
            offset: 0,
        }
    }

    /// A place between `before`, if that is in the same cell, and `self`. `None` when there is none left.
    pub(super) fn just_before(self, before: Option<Self>) -> Option<Self> {
        let low = before
            .filter(|before| before.cell == self.cell)
            .map_or(0, |before| before.offset);
        let offset = low + (self.offset - low) / 2;
        (low < offset && offset < self.offset).then_some(Self {
            cell: self.cell,
            offset,
        })
    }
}

impl<R> Scheduler<R> {
    /// The job of `message` for `transport`, made if need be.
    pub(super) fn job_for(&mut self, message_id: MessageId, transport: TransportId) -> JobId {
        let message = &self.messages[message_id];
        if let Some(job) = message
            .jobs
            .iter()
            .find(|job| self.jobs[**job].transport == transport)
        {
            return *job;
        }
        let limit = self.transports[transport].rules.destination.recipient_limit;
        let job = self.jobs.insert(Job {
            message: message_id,
            transport,
            sequence: message.sequence,
            queued: message.queued,
            position: Position::of(message.sequence),
            destinations: SmallVec::new(),
            last: None,
            limit: if message.is_single { Some(1) } else { limit },
            todo: 0,
            recipients_in_memory: 0,
            recipient_slots: 0,
            earned: 0,
            granted: 0,
            overtaken: None,
            place: Place::Unlisted,
        });
        self.messages[message_id].jobs.push(job);
        job
    }

    /// Puts a job where it belongs after what it has to hand out, or what is unread, has changed. A job that has
    /// nothing any more, and whose message is read to its end, is forgotten.
    pub(super) fn settle(&mut self, id: JobId) {
        let job = &self.jobs[id];
        let is_unread = self.messages[job.message].recipients_unread > 0;
        match (job.todo > 0, job.place) {
            (true, Place::Unlisted) => {
                self.transports[job.transport].order.insert(job.position, id);
                self.set_place(id, Place::Candidate(self.most_deliveries(id)));
            }
            (true, Place::Candidate(count)) => {
                let most = self.most_deliveries(id);
                if most != count {
                    self.set_place(id, Place::Candidate(most));
                }
            }
            (false, Place::Candidate(_) | Place::Parked) => self.unlist(id),
            (true, Place::Parked) | (false, Place::Unlisted) => {}
        }
        self.balance_slots(id, is_unread);
        let job = &self.jobs[id];
        if job.recipients_in_memory == 0 && !is_unread {
            let message = job.message;
            self.messages[message].jobs.retain(|other| *other != id);
            self.jobs.remove(id);
        }
    }

    fn unlist(&mut self, id: JobId) {
        self.set_place(id, Place::Unlisted);
        self.settle_account(id);
        let job = &mut self.jobs[id];
        self.transports[job.transport].order.remove(&job.position);
        // Should more of its recipients be read later, it starts again at its own place.
        job.position = Position::of(job.sequence);
        job.destinations.clear();
    }

    /// The most deliveries that `job` may still need: what waits, and one for each recipient not yet read.
    pub(super) fn most_deliveries(&self, id: JobId) -> usize {
        let job = &self.jobs[id];
        job.todo + self.messages[job.message].recipients_unread
    }

    pub(super) fn set_place(&mut self, id: JobId, place: Place) {
        let job = &mut self.jobs[id];
        let candidates = &mut self.transports[job.transport].candidates;
        if let Place::Candidate(count) = job.place
            && let Some(group) = candidates.get_mut(&count)
        {
            group.remove(&job.sequence);
            if group.is_empty() {
                candidates.remove(&count);
            }
        }
        if let Place::Candidate(count) = place {
            candidates.entry(count).or_default().insert(job.sequence, id);
        }
        job.place = place;
    }

    /// Moves a listed job to `position`.
    pub(super) fn move_job(&mut self, id: JobId, position: Position) {
        let job = &mut self.jobs[id];
        let old = std::mem::replace(&mut job.position, position);
        let order = &mut self.transports[job.transport].order;
        order.remove(&old);
        order.insert(position, id);
        let mut destinations = std::mem::take(&mut job.destinations);
        destinations.retain(|destination| {
            self.move_peer(*destination, old, position);
            self.destinations
                .get(*destination)
                .is_some_and(|d| d.peers.contains_key(&position))
        });
        self.jobs[id].destinations = destinations;
    }

    /// True when one of the destinations of a listed job has room.
    pub(super) fn is_servable(&mut self, id: JobId) -> bool {
        let position = self.jobs[id].position;
        // Forget the ones it has done with, so that they are not looked at again.
        let mut destinations = std::mem::take(&mut self.jobs[id].destinations);
        destinations.retain(|id| {
            self.destinations
                .get(*id)
                .is_some_and(|d| d.peers.contains_key(&position))
        });
        let servable = destinations.iter().any(|id| self.has_room_now(*id, position));
        self.jobs[id].destinations = destinations;
        servable
    }

    /// Takes a job that no destination has room for from the candidates, so that it is not looked at again and
    /// again, and leaves word at its destinations.
    pub(super) fn park(&mut self, id: JobId) {
        self.set_place(id, Place::Parked);
        for destination in self.jobs[id].destinations.iter().take(PARKING_PLACES) {
            if let Some(destination) = self.destinations.get_mut(*destination) {
                destination.parked.push_back(id);
            }
        }
    }

    /// Makes one of the jobs parked at `destination` a candidate again; false when there is none.
    pub(super) fn unpark_one(&mut self, destination: DestinationId) -> bool {
        while let Some(id) = self.destinations[destination].parked.pop_front() {
            if self.jobs.get(id).is_some_and(|job| job.place == Place::Parked) {
                self.set_place(id, Place::Candidate(self.most_deliveries(id)));
                return true;
            }
        }
        false
    }
}

/// At how many of its destinations a parked job leaves word.
const PARKING_PLACES: usize = 8;

impl Job {
    /// Orders candidates: greater is more deserving. The wait for each delivery that is needed.
    pub(super) fn merit(&self, deliveries: usize, now: Instant) -> f64 {
        let waited = now.saturating_duration_since(self.queued).as_secs_f64() + 1.0;
        waited / deliveries.max(1) as f64
    }
}

/// Orders merits, which are never NaN.
pub(super) fn is_greater(left: f64, right: f64) -> bool {
    left.total_cmp(&right) == Ordering::Greater
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_places_in_front_of_a_job_and_none_collides_with_a_message() {
        let current = Position::of(7);
        let mut before = None;
        let mut found = 0;

        while let Some(place) = current.just_before(before) {
            assert!(Position::of(6) < place && place < current);
            assert!(before.is_none_or(|before| before < place));
            before = Some(place);
            found += 1;
        }

        assert!(found >= 60, "only {found} places");
    }
}
