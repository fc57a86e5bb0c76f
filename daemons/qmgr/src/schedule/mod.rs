//! Chooses what is delivered when: the queue manager's rules, without its files and sockets.
//!
//! A *message* has recipients. Each recipient goes by a *transport* to a *destination* of that transport (its
//! next hop). What one message has to send over one transport is a *job*, and the part of it for one destination
//! a *peer*, which is handed out in deliveries of at most `destination_recipient_limit` recipients. The jobs of a
//! transport stand in a list, in the order in which their messages came; a small job may be moved in front of a
//! large one that has earned the time for it (`preempt.rs`). The first job with a destination that has room in
//! its concurrency window (`window.rs`) is served, its destinations taking turns.
//!
//! Nothing here waits, reads a clock or knows what a recipient is. The caller says what happened and asks what to
//! do: [`Scheduler::wanted`] for a transport that could use a delivery agent, [`Scheduler::take`] when one is
//! ready, [`Scheduler::finished`] when it has answered, [`Scheduler::wake_at`] for when to ask again unprompted.
//! What to deliver is decided as late as that, because an agent may be long in coming.
//!
//! Each step costs a few look-ups in ordered maps, whatever the number of messages. For that, no list of jobs is
//! ever searched: a transport keeps its destinations with room ordered by the foremost job that waits there.
//!
//! Follows SCHEDULER_README and `postconf(5)`.

mod destination;
mod job;
mod pool;
mod preempt;
pub mod retry;
mod selection;
#[cfg(test)]
mod simulation;
pub mod slab;
mod transport;
#[cfg(test)]
mod verify;
pub mod window;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use smallvec::SmallVec;

use destination::Destination;
use job::Job;
use slab::{Id, Slab};
use transport::Transport;

pub use selection::{Clog, Delivery, Finished, Outcome};
pub use transport::{DestinationRules, PreemptionRules, RecipientRules, TransportRules};

/// Kinds of ids. They carry no value; they keep one kind of id from being used for another.
pub mod kind {
    /// Marks the id of a message.
    pub enum Message {}
    /// Marks the id of a transport.
    pub enum Transport {}
    /// Marks the id of a destination of a transport.
    pub enum Destination {}
    /// Marks the id of a job.
    pub enum Job {}
    /// Marks the id of a delivery that goes on.
    pub enum Delivery {}
}

/// Names an active message.
pub type MessageId = Id<kind::Message>;
/// Names a transport.
pub type TransportId = Id<kind::Transport>;
/// Names a destination of a transport.
pub type DestinationId = Id<kind::Destination>;
/// Names a delivery that goes on.
pub type DeliveryId = Id<kind::Delivery>;
type JobId = Id<kind::Job>;

/// Limits and times that hold for all transports together.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most active messages: `qmgr_message_active_limit`.
    pub active_messages: usize,
    /// The most recipients in memory before messages are read in small portions: `qmgr_message_recipient_limit`.
    /// Also the most dead destinations remembered.
    pub recipients: usize,
    /// The portion that any message may read, whatever the limits: `qmgr_message_recipient_minimum`.
    pub recipient_minimum: usize,
    /// How long a dead destination is left alone: `minimal_backoff_time`.
    pub dead_destination_time: Duration,
    /// How long a dead transport is left alone: `transport_retry_time`.
    pub transport_retry_time: Duration,
    /// How often a destination that fills the active queue is reported, `None` for never: `qmgr_clog_warn_time`.
    pub clog_warn_time: Option<Duration>,
    /// How many agents of one transport may be waited for at a time.
    pub pending_agents: u32,
}

/// The queue manager's picture of what there is to do. `R` is whatever the caller knows of a recipient.
pub struct Scheduler<R> {
    limits: Limits,
    messages: Slab<Message, kind::Message>,
    transports: Slab<Transport, kind::Transport>,
    destinations: Slab<Destination<R>, kind::Destination>,
    jobs: Slab<Job, kind::Job>,
    deliveries: Slab<selection::Ongoing, kind::Delivery>,
    transport_names: HashMap<Rc<str>, TransportId>,
    /// The order in which transports take turns.
    turns: VecDeque<TransportId>,
    timers: BinaryHeap<Reverse<(Instant, Timer)>>,
    refills: VecDeque<MessageId>,
    next_sequence: u64,
    recipients_in_memory: usize,
    dead_destinations: usize,
}

/// One active message.
struct Message {
    /// Its place in the order in which messages became active.
    sequence: u64,
    queued: Instant,
    jobs: SmallVec<[JobId; 2]>,
    recipients_in_memory: usize,
    /// How many recipients its queue file may still hold that were not read.
    recipients_unread: usize,
    refilled: Instant,
    is_refill_asked: bool,
    /// Each delivery has one recipient, whatever the transport allows.
    is_single: bool,
}

/// What to look at when its time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Destination(DestinationId),
    Transport(TransportId),
}

impl<R> Scheduler<R> {
    /// A scheduler that knows no transport and no message yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            messages: Slab::new(),
            transports: Slab::new(),
            destinations: Slab::new(),
            jobs: Slab::new(),
            deliveries: Slab::new(),
            transport_names: HashMap::new(),
            turns: VecDeque::new(),
            timers: BinaryHeap::new(),
            refills: VecDeque::new(),
            next_sequence: 0,
            recipients_in_memory: 0,
            dead_destinations: 0,
        }
    }

    /// How many messages are active.
    pub fn active_messages(&self) -> usize {
        self.messages.len()
    }

    /// True when another message may become active.
    pub fn has_room(&self) -> bool {
        self.messages.len() < self.limits.active_messages
    }

    /// How many recipients of a new message may be read at first.
    pub fn first_portion(&self) -> usize {
        self.limits
            .recipients
            .saturating_sub(self.recipients_in_memory)
            .max(self.limits.recipient_minimum)
    }

    /// Makes a message active. With `is_single`, each of its deliveries has one recipient.
    pub fn admit(&mut self, is_single: bool, now: Instant) -> MessageId {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        self.messages.insert(Message {
            sequence,
            queued: now,
            jobs: SmallVec::new(),
            recipients_in_memory: 0,
            recipients_unread: 0,
            refilled: now,
            is_refill_asked: false,
            is_single,
        })
    }

    /// Gives `message` recipients.
    ///
    /// The destinations come from [`Scheduler::destination`].
    pub fn assign(&mut self, message: MessageId, recipients: impl IntoIterator<Item = (DestinationId, R)>) {
        for (destination, recipient) in recipients {
            let job = self.job_for(message, self.destinations[destination].transport);
            self.append(job, destination, recipient);
        }
        for job in self.messages[message].jobs.clone() {
            self.settle(job);
        }
    }

    /// Notes that recipients of `message` were read, and how many its file may still hold (an upper bound).
    pub fn has_read(&mut self, message: MessageId, unread: usize, now: Instant) {
        let entry = &mut self.messages[message];
        entry.recipients_unread = unread;
        entry.refilled = now;
        entry.is_refill_asked = false;
        for job in entry.jobs.clone() {
            self.settle(job);
        }
    }

    /// True when no recipient of `message` waits or is being delivered.
    pub fn is_idle(&self, message: MessageId) -> bool {
        self.messages[message].recipients_in_memory == 0
    }

    /// Forgets `message`, whose recipients must all have been finished or drained.
    pub fn release(&mut self, message: MessageId) {
        if let Some(entry) = self.messages.get_mut(message) {
            entry.recipients_unread = 0;
            for job in entry.jobs.clone() {
                self.settle(job);
            }
            self.messages.remove(message);
        }
    }

    /// A message that has room in memory for more of its recipients, and for how many. Answer with
    /// [`Scheduler::assign`].
    pub fn next_refill(&mut self) -> Option<(MessageId, usize)> {
        while let Some(message) = self.refills.pop_front() {
            if self
                .messages
                .get(message)
                .is_some_and(|entry| entry.recipients_unread > 0)
            {
                return Some((message, self.refill_portion(message)));
            }
        }
        None
    }

    /// When something may become possible without anything else happening.
    pub fn wake_at(&self) -> Option<Instant> {
        self.timers.peek().map(|Reverse((time, _))| *time)
    }

    /// Ends the rests that are over at `now`.
    pub fn tick(&mut self, now: Instant) {
        while let Some(Reverse((time, timer))) = self.timers.peek().copied() {
            if time > now {
                break;
            }
            self.timers.pop();
            match timer {
                Timer::Destination(destination) => self.wake_destination(destination, now),
                Timer::Transport(transport) => self.wake_transport(transport, now),
            }
        }
    }

    /// Forgets that destinations and transports were found dead.
    pub fn forgive_all(&mut self) {
        let dead: Vec<_> = self
            .destinations
            .iter()
            .filter(|(_, d)| d.is_dead())
            .map(|(id, _)| id)
            .collect();
        for destination in dead {
            self.forgive(destination);
        }
        let transports: Vec<_> = self.transports.iter().map(|(id, _)| id).collect();
        for transport in transports {
            self.forgive_transport(transport);
        }
    }

    fn set_timer(&mut self, time: Instant, timer: Timer) {
        self.timers.push(Reverse((time, timer)));
    }
}
