//! A destination of a transport: its concurrency window, and what waits there, message by message.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Instant;

use super::job::Position;
use super::slab::Id;
use super::transport::State as TransportState;
use super::window::Window;
use super::{DestinationId, JobId, MessageId, Scheduler, Timer, TransportId};

/// The state of one destination.
pub(super) struct Destination<R> {
    pub(super) transport: TransportId,
    /// What it is found by. The next hop, or with one recipient for each delivery the recipient as well.
    pub(super) key: Rc<str>,
    pub(super) nexthop: Rc<str>,
    pub(super) window: Window,
    /// What each job has to hand out here, foremost job first. None of them is empty.
    pub(super) peers: BTreeMap<Position, Peer<R>>,
    /// How many deliveries wait.
    pub(super) todo: usize,
    /// How many deliveries go on.
    pub(super) busy: u32,
    pub(super) state: State,
    /// Jobs that could not overtake because there was no room here.
    pub(super) parked: VecDeque<JobId>,
    pub(super) clog_warning_due: Option<Instant>,
    /// As it stands in the transport's `ready`.
    offered: Option<Position>,
    /// As it is counted in the transport's `startable`.
    counted: usize,
}

/// What one job has to hand out at one destination.
pub(super) struct Peer<R> {
    pub(super) job: JobId,
    pub(super) recipients: VecDeque<R>,
}

/// Whether a destination may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// The rate delay after a delivery.
    Resting(Instant),
    /// It could not be reached.
    Dead(Instant, Rc<str>),
}

impl<R> Scheduler<R> {
    /// The destination of `transport` found by `key`, made if need be.
    ///
    /// `key` is the next hop itself, except where concurrency is counted by recipient. A destination is forgotten
    /// when nothing waits or goes on there, so ask again for each recipient and [`Scheduler::assign`] it at once.
    pub fn destination(&mut self, transport: TransportId, key: &str, nexthop: &str) -> DestinationId {
        if let Some(id) = self.transports[transport].destinations.get(key) {
            return *id;
        }
        let nexthop: Rc<str> = nexthop.into();
        let key: Rc<str> = if *key == *nexthop {
            Rc::clone(&nexthop)
        } else {
            key.into()
        };
        let id = self.destinations.insert(Destination {
            transport,
            key: Rc::clone(&key),
            nexthop,
            window: Window::new(&self.transports[transport].rules.destination.window),
            peers: BTreeMap::new(),
            todo: 0,
            busy: 0,
            state: State::Open,
            parked: VecDeque::new(),
            clog_warning_due: None,
            offered: None,
            counted: 0,
        });
        self.transports[transport].destinations.insert(key, id);
        id
    }

    /// The transport that `destination` belongs to.
    pub fn transport_of(&self, destination: DestinationId) -> TransportId {
        self.destinations[destination].transport
    }

    /// Why `destination` is not to be used at present, if so.
    pub fn destination_reason(&self, destination: DestinationId) -> Option<&Rc<str>> {
        match &self.destinations[destination].state {
            State::Dead(_, reason) => Some(reason),
            State::Open | State::Resting(_) => None,
        }
    }

    /// Why the destination of `transport` found by `key` is not to be used at present, if so.
    pub fn dead_reason(&self, transport: TransportId, key: &str) -> Option<&Rc<str>> {
        let destination = self.transports[transport].destinations.get(key)?;
        self.destination_reason(*destination)
    }

    /// Forgets that the destination of `transport` found by `key` was found dead.
    pub fn forgive_key(&mut self, transport: TransportId, key: &str) {
        if let Some(id) = self.transports[transport].destinations.get(key) {
            self.forgive(*id);
        }
    }

    /// Forgets that `destination` was found dead.
    pub fn forgive(&mut self, id: DestinationId) {
        let Some(destination) = self.destinations.get_mut(id) else {
            return;
        };
        if destination.is_dead() {
            destination.state = State::Open;
            destination.window =
                Window::new(&self.transports[destination.transport].rules.destination.window);
            self.dead_destinations -= 1;
            self.refresh(id);
            self.forget_if_unused(id);
        }
    }

    /// Takes away all that waits at `destination`, message by message. What goes on there goes on.
    pub fn drain(&mut self, id: DestinationId) -> Vec<(MessageId, Vec<R>)> {
        let Some(destination) = self.destinations.get_mut(id) else {
            return Vec::new();
        };
        let peers = std::mem::take(&mut destination.peers);
        destination.todo = 0;
        self.refresh(id);
        let mut drained = Vec::with_capacity(peers.len());
        for peer in peers.into_values() {
            let count = peer.recipients.len();
            let job = &mut self.jobs[peer.job];
            job.todo -= deliveries(count, job.limit);
            job.recipients_in_memory -= count;
            let message = job.message;
            self.messages[message].recipients_in_memory -= count;
            self.recipients_in_memory -= count;
            self.settle(peer.job);
            drained.push((message, Vec::from(peer.recipients)));
        }
        self.forget_if_unused(id);
        drained
    }

    /// Adds a recipient to what `job` has to hand out at `destination`.
    pub(super) fn append(&mut self, job_id: JobId, id: DestinationId, recipient: R) {
        let destination = &mut self.destinations[id];
        let job = &mut self.jobs[job_id];
        let limit = job.limit;
        let peer = destination.peers.entry(job.position).or_insert_with(|| {
            job.destinations.push(id);
            Peer {
                job: job_id,
                recipients: VecDeque::new(),
            }
        });
        let before = deliveries(peer.recipients.len(), limit);
        peer.recipients.push_back(recipient);
        let more = deliveries(peer.recipients.len(), limit) - before;
        destination.todo += more;
        job.todo += more;
        job.recipients_in_memory += 1;
        self.messages[job.message].recipients_in_memory += 1;
        self.recipients_in_memory += 1;
        if more > 0 {
            self.refresh(id);
        }
    }

    /// Makes the transport's order of ready destinations agree with the state of `destination`.
    pub(super) fn refresh(&mut self, id: DestinationId) {
        let destination = &mut self.destinations[id];
        let room = destination.room();
        let head = destination.peers.first_key_value().map(|(position, _)| *position);
        let head = head.filter(|_| room > 0);
        let transport = &mut self.transports[destination.transport];
        transport.startable = transport.startable + room - destination.counted;
        destination.counted = room;
        if destination.offered != head {
            if let Some(position) = destination.offered {
                transport.ready.remove(&(position, id));
            }
            if let Some(position) = head {
                transport.ready.insert((position, id));
            }
            destination.offered = head;
        }
        // One at a time: room for one delivery is of use to one of them.
        if room > 0 {
            self.unpark_one(id);
        }
    }

    /// Moves what `job` has at `destination` from one place in the order to another.
    pub(super) fn move_peer(&mut self, id: DestinationId, from: Position, to: Position) {
        let Some(destination) = self.destinations.get_mut(id) else {
            return;
        };
        if let Some(peer) = destination.peers.remove(&from) {
            destination.peers.insert(to, peer);
            self.refresh(id);
        }
    }

    /// Leaves `destination` alone for a while.
    pub(super) fn destination_died(&mut self, id: DestinationId, reason: &str, now: Instant) {
        // The memory of dead destinations has a limit. Beyond it, failing ones are tried again and again.
        if self.dead_destinations >= self.limits.recipients {
            return;
        }
        let until = now + self.limits.dead_destination_time;
        let destination = &mut self.destinations[id];
        if !destination.is_dead() {
            self.dead_destinations += 1;
        }
        destination.state = State::Dead(until, reason.into());
        self.set_timer(until, Timer::Destination(id));
        self.refresh(id);
    }

    /// Lets `destination` rest for its rate delay.
    pub(super) fn rest_destination(&mut self, id: DestinationId, now: Instant) {
        let destination = &mut self.destinations[id];
        let delay = self.transports[destination.transport]
            .rules
            .destination
            .rate_delay;
        if !delay.is_zero() && destination.state == State::Open {
            destination.state = State::Resting(now + delay);
            self.set_timer(now + delay, Timer::Destination(id));
        }
    }

    pub(super) fn wake_destination(&mut self, id: DestinationId, now: Instant) {
        let Some(destination) = self.destinations.get_mut(id) else {
            return;
        };
        match destination.state {
            State::Dead(until, _) if until <= now => self.forgive(id),
            State::Resting(until) if until <= now => {
                destination.state = State::Open;
                self.refresh(id);
                self.forget_if_unused(id);
            }
            // Woken by a timer set for an earlier state.
            _ => {}
        }
    }

    /// Forgets a destination that has nothing to do and nothing to remember.
    pub(super) fn forget_if_unused(&mut self, id: DestinationId) {
        let destination = &self.destinations[id];
        if destination.todo > 0 || destination.busy > 0 || destination.state != State::Open {
            return;
        }
        while self.unpark_one(id) {}
        if let Some(destination) = self.destinations.remove(id) {
            self.transports[destination.transport]
                .destinations
                .remove(&destination.key);
        }
    }

    /// True when `destination` has room, and something of the job at `position`.
    pub(super) fn has_room_now(&self, id: DestinationId, position: Position) -> bool {
        self.destinations
            .get(id)
            .is_some_and(|destination| destination.room() > 0 && destination.peers.contains_key(&position))
    }

    /// The foremost job that can be served, with its place.
    pub(super) fn foremost(&self, transport: TransportId) -> Option<(Position, JobId)> {
        let transport = &self.transports[transport];
        if transport.state != TransportState::Open {
            return None;
        }
        let (position, _) = transport.ready.first()?;
        transport.order.get(position).map(|job| (*position, *job))
    }

    /// The destination whose turn it is among those with room where the job at `position` waits.
    pub(super) fn next_turn(
        &self,
        transport: TransportId,
        position: Position,
        last: Option<DestinationId>,
    ) -> Option<DestinationId> {
        let ready = &self.transports[transport].ready;
        let (lowest, highest) = Id::bounds();
        let after = last.and_then(|last| {
            let later = (
                std::ops::Bound::Excluded((position, last)),
                std::ops::Bound::Included((position, highest)),
            );
            ready.range(later).next()
        });
        let turn = after.or_else(|| ready.range((position, lowest)..=(position, highest)).next());
        turn.map(|(_, destination)| *destination)
    }
}

impl<R> Destination<R> {
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, State::Dead(..))
    }

    /// How many of the waiting deliveries could be started at once.
    fn room(&self) -> usize {
        match self.state {
            State::Open => self
                .todo
                .min(self.window.width().saturating_sub(self.busy) as usize),
            State::Resting(_) | State::Dead(..) => 0,
        }
    }
}

/// How many deliveries `recipients` make when each may have `limit`.
pub(super) fn deliveries(recipients: usize, limit: Option<usize>) -> usize {
    match limit {
        Some(limit) => recipients.div_ceil(limit.max(1)),
        None => usize::from(recipients > 0),
    }
}
