//! One delivery, from the choice of what to send to what was learnt from its end.

use std::rc::Rc;
use std::time::Instant;

use super::destination::deliveries;
use super::{DeliveryId, DestinationId, JobId, MessageId, Scheduler, TransportId};

/// What an agent is to do.
#[derive(Debug)]
pub struct Delivery<R> {
    /// Says which delivery has [`Scheduler::finished`].
    pub id: DeliveryId,
    /// Whose message.
    pub message: MessageId,
    /// By which transport.
    pub transport: TransportId,
    /// To which destination.
    pub destination: DestinationId,
    /// The next hop of that destination.
    pub nexthop: Rc<str>,
    /// For whom, one at least.
    pub recipients: Vec<R>,
    /// True when more deliveries wait for this destination.
    pub has_more: bool,
    /// Set when it is time to complain of this destination.
    pub clog: Option<Clog>,
}

/// A destination that fills the active queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clog {
    /// How many deliveries wait or go on there.
    pub deliveries: usize,
    /// How many of them go on.
    pub busy: u32,
    /// How many might go on.
    pub window: u32,
}

/// What a delivery says of its destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It could be spoken with, whatever it said.
    Reached,
    /// Connection or handshake failure: status and text.
    Unreachable(Rc<str>),
    /// Nothing, as when the agent died.
    Unknown,
}

/// What follows from the end of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Whose message it was.
    pub message: MessageId,
    /// True when no other recipient of it waits or is being delivered.
    pub is_idle: bool,
    /// The destination, when it was found dead just now. What waits there must be drained.
    pub died: Option<DestinationId>,
}

/// A delivery that goes on.
pub(super) struct Ongoing {
    job: JobId,
    pub(super) destination: DestinationId,
    recipients: usize,
}

impl<R> Scheduler<R> {
    /// What an agent of `transport` is to do that was [`Scheduler::wanted`] and has come. `None` when what it was
    /// wanted for has gone.
    pub fn take(&mut self, transport: TransportId, now: Instant) -> Option<Delivery<R>> {
        self.give_up(transport);
        self.tick(now);
        let (_, current) = self.foremost(transport)?;
        self.maybe_overtake(transport, current, now);
        let (position, job) = self.foremost(transport)?;
        self.maybe_refill(job, now);
        let destination = self.next_turn(transport, position, self.jobs[job].last)?;
        let clog = self.check_clog(destination, now);
        let recipients = self.hand_out(job, destination)?;
        self.occupy_transport(transport);
        let id = self.deliveries.insert(Ongoing {
            job,
            destination,
            recipients: recipients.len(),
        });
        let entry = &self.destinations[destination];
        let (nexthop, has_more) = (Rc::clone(&entry.nexthop), entry.todo > 0);
        let message = self.jobs[job].message;
        Some(Delivery {
            id,
            message,
            transport,
            destination,
            nexthop,
            recipients,
            has_more,
            clog,
        })
    }

    /// Asks [`Scheduler::wanted`] and [`Scheduler::take`] in one, for agents that are always ready.
    pub fn next(&mut self, now: Instant) -> Option<Delivery<R>> {
        while let Some(transport) = self.wanted(now) {
            if let Some(delivery) = self.take(transport, now) {
                return Some(delivery);
            }
        }
        None
    }

    /// Takes note of the end of a delivery. `None` when it had been reported before.
    pub fn finished(&mut self, id: DeliveryId, outcome: &Outcome, now: Instant) -> Option<Finished> {
        let ongoing = self.deliveries.remove(id)?;
        let destination = ongoing.destination;
        let died = self.learn(destination, outcome, now);
        self.destinations[destination].busy -= 1;
        self.rest_destination(destination, now);
        self.vacate_transport(self.destinations[destination].transport, now);
        self.refresh(destination);
        self.forget_if_unused(destination);

        let job = &mut self.jobs[ongoing.job];
        job.recipients_in_memory -= ongoing.recipients;
        let message = job.message;
        self.messages[message].recipients_in_memory -= ongoing.recipients;
        self.recipients_in_memory -= ongoing.recipients;
        self.settle(ongoing.job);
        Some(Finished {
            message,
            is_idle: self.is_idle(message),
            died: died.then_some(destination),
        })
    }

    /// Takes the next recipients of `job` for `destination`.
    fn hand_out(&mut self, job_id: JobId, id: DestinationId) -> Option<Vec<R>> {
        let destination = &mut self.destinations[id];
        let job = &mut self.jobs[job_id];
        let limit = job.limit;
        let peer = destination.peers.get_mut(&job.position)?;
        let before = deliveries(peer.recipients.len(), limit);
        let count = limit.unwrap_or(usize::MAX).min(peer.recipients.len());
        let recipients = if count == peer.recipients.len() {
            destination
                .peers
                .remove(&job.position)
                .map(|peer| Vec::from(peer.recipients))?
        } else {
            peer.recipients.drain(..count).collect()
        };
        // What is left makes one delivery less.
        debug_assert!(before > 0);
        destination.todo -= 1;
        destination.busy += 1;
        job.todo -= 1;
        job.last = Some(id);
        job.earned += 1;
        job.granted = job.granted.saturating_sub(1);
        self.refresh(id);
        self.settle(job_id);
        Some(recipients)
    }

    /// Learns what the end of a delivery says of its destination; true when that is dead now and was not before.
    fn learn(&mut self, id: DestinationId, outcome: &Outcome, now: Instant) -> bool {
        let destination = &mut self.destinations[id];
        let rules = &self.transports[destination.transport].rules.destination.window;
        match outcome {
            Outcome::Reached => {
                destination.window.succeed(destination.busy, rules);
                self.forgive(id);
                false
            }
            Outcome::Unreachable(reason) if !destination.is_dead() => {
                let is_dead = destination.window.fail(rules);
                if is_dead {
                    self.destination_died(id, reason, now);
                }
                is_dead && self.destinations[id].is_dead()
            }
            Outcome::Unreachable(_) | Outcome::Unknown => false,
        }
    }

    /// Complains of a destination that has long had more than its share of the active queue.
    fn check_clog(&mut self, id: DestinationId, now: Instant) -> Option<Clog> {
        let every = self.limits.clog_warn_time?;
        let share = self.limits.active_messages / (self.destinations.len() + 1);
        let destination = &mut self.destinations[id];
        if destination.todo <= share.max(3 * destination.busy as usize) {
            destination.clog_warning_due = None;
            return None;
        }
        let due = *destination.clog_warning_due.get_or_insert(now + every);
        if now < due {
            return None;
        }
        destination.clog_warning_due = Some(now + every);
        Some(Clog {
            deliveries: destination.todo + destination.busy as usize,
            busy: destination.busy,
            window: destination.window.width(),
        })
    }
}
