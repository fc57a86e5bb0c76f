//! A transport: delivery agents of one `master.cf` service, its destinations, and the list of its jobs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::job::Position;
use super::window::WindowRules;
use super::{DestinationId, JobId, Scheduler, Timer, TransportId};

/// How one transport is to be used. Each value has a `default_…` parameter and a `transport_…` one.
#[derive(Clone, Debug)]
pub struct TransportRules {
    /// What holds for each destination.
    pub destination: DestinationRules,
    /// When a small job may overtake a large one.
    pub preemption: PreemptionRules,
    /// How many recipients are held in memory.
    pub recipients: RecipientRules,
    /// The rest after each delivery, to whichever destination: `transport_rate_delay`.
    pub rate_delay: Duration,
    /// How many agents there are at most: the process limit in `master.cf`; `None` without limit.
    pub agent_limit: Option<u32>,
}

impl TransportRules {
    /// One delivery at a time, one recipient each: for a transport whose parameters cannot be read.
    pub fn cautious() -> Self {
        let slowly = super::window::Feedback::Constant(1.0);
        Self {
            destination: DestinationRules {
                window: WindowRules {
                    initial: 1,
                    limit: Some(1),
                    positive: slowly,
                    negative: slowly,
                    failed_cohort_limit: 1,
                },
                recipient_limit: Some(1),
                rate_delay: Duration::ZERO,
            },
            preemption: PreemptionRules {
                slot_cost: 0,
                slot_loan: 0,
                slot_discount: 0,
                minimum_slots: 0,
            },
            recipients: RecipientRules {
                limit: 1000,
                extra_limit: 0,
                refill_limit: 100,
                refill_delay: Duration::from_secs(5),
            },
            rate_delay: Duration::ZERO,
            agent_limit: Some(1),
        }
    }
}

/// What holds for each destination of a transport.
#[derive(Clone, Debug)]
pub struct DestinationRules {
    /// How many deliveries at a time.
    pub window: WindowRules,
    /// How many recipients in one delivery; `None` for any number.
    pub recipient_limit: Option<usize>,
    /// The rest after each delivery. When not zero, deliveries go one at a time.
    pub rate_delay: Duration,
}

/// When a small job may overtake a large one; see `preempt.rs`.
#[derive(Clone, Debug)]
pub struct PreemptionRules {
    /// How many deliveries earn one slot for others: `delivery_slot_cost`. Zero switches preemption off.
    pub slot_cost: u32,
    /// How many slots may be used in advance: `delivery_slot_loan`.
    pub slot_loan: u32,
    /// How many percent of the slots needed may be used in advance: `delivery_slot_discount`.
    pub slot_discount: u32,
    /// A job that can never earn this many slots is left in peace: `minimum_delivery_slots`.
    pub minimum_slots: u32,
}

/// How many recipients of a transport are held in memory; see `pool.rs`.
#[derive(Clone, Debug)]
pub struct RecipientRules {
    /// `recipient_limit`.
    pub limit: usize,
    /// `extra_recipient_limit`.
    pub extra_limit: usize,
    /// Read more only when at least this many fit: `recipient_refill_limit`.
    pub refill_limit: usize,
    /// Read more at least this often, if any fit: `recipient_refill_delay`.
    pub refill_delay: Duration,
}

/// The state of one transport.
pub(super) struct Transport {
    pub(super) name: Rc<str>,
    pub(super) rules: TransportRules,
    pub(super) destinations: HashMap<Rc<str>, DestinationId>,
    /// Jobs with something to hand out, in the order in which they are served.
    pub(super) order: BTreeMap<Position, JobId>,
    /// Destinations with room and something to hand out, by the foremost job that waits there.
    pub(super) ready: BTreeSet<(Position, DestinationId)>,
    /// Jobs by how many deliveries they need at most, then by age: who may overtake.
    pub(super) candidates: BTreeMap<usize, BTreeMap<u64, JobId>>,
    /// Jobs of messages not yet read to their end, oldest first.
    pub(super) unread: BTreeMap<u64, JobId>,
    /// Recipient slots that no job has.
    pub(super) free_slots: usize,
    pub(super) extra_slots: usize,
    /// How many deliveries could be started at once.
    pub(super) startable: usize,
    /// How many agents were asked for and have not come.
    pub(super) pending: u32,
    /// How many deliveries go on.
    pub(super) busy: u32,
    pub(super) state: State,
}

/// Whether a transport may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// A delivery goes on, and the rate delay allows no second one.
    Alone,
    /// The rate delay after a delivery.
    Resting(Instant),
    /// No agent could be had.
    Dead(Instant, Rc<str>),
}

impl<R> Scheduler<R> {
    /// The transport called `name`, if it was used before.
    pub fn transport(&self, name: &str) -> Option<TransportId> {
        self.transport_names.get(name).copied()
    }

    /// Makes a transport known. Its name must not be known yet.
    pub fn add_transport(&mut self, name: &str, mut rules: TransportRules) -> TransportId {
        if !rules.destination.rate_delay.is_zero() {
            rules.destination.window.limit = Some(1);
        }
        let name: Rc<str> = name.into();
        let id = self.transports.insert(Transport {
            name: Rc::clone(&name),
            destinations: HashMap::new(),
            order: BTreeMap::new(),
            ready: BTreeSet::new(),
            candidates: BTreeMap::new(),
            unread: BTreeMap::new(),
            free_slots: rules.recipients.limit,
            extra_slots: rules.recipients.extra_limit,
            startable: 0,
            pending: 0,
            busy: 0,
            state: State::Open,
            rules,
        });
        self.transport_names.insert(name, id);
        self.turns.push_back(id);
        id
    }

    /// The name of `transport`.
    pub fn transport_name(&self, transport: TransportId) -> &Rc<str> {
        &self.transports[transport].name
    }

    /// The rules of `transport`.
    pub fn transport_rules(&self, transport: TransportId) -> &TransportRules {
        &self.transports[transport].rules
    }

    /// Why `transport` is not to be used at present, if so.
    pub fn transport_reason(&self, transport: TransportId) -> Option<&Rc<str>> {
        match &self.transports[transport].state {
            State::Dead(_, reason) => Some(reason),
            State::Open | State::Alone | State::Resting(_) => None,
        }
    }

    /// A transport that could use one more agent at `now`. It counts as asked for until [`Scheduler::take`] or
    /// [`Scheduler::give_up`].
    pub fn wanted(&mut self, now: Instant) -> Option<TransportId> {
        self.tick(now);
        for turn in 0..self.turns.len() {
            let id = self.turns[turn];
            let most = self.limits.pending_agents;
            let transport = &mut self.transports[id];
            if transport.could_use_agent(most) {
                transport.pending += 1;
                // Those before it had nothing to do; all take their turn behind it.
                self.turns.rotate_left(turn + 1);
                return Some(id);
            }
        }
        None
    }

    /// Takes back one agent that was asked for.
    pub fn give_up(&mut self, transport: TransportId) {
        let transport = &mut self.transports[transport];
        transport.pending = transport.pending.saturating_sub(1);
    }

    /// Leaves `transport` alone for a while, for `reason`. Gives its destinations that have mail waiting; the
    /// caller must [`Scheduler::drain`] them.
    pub fn transport_died(&mut self, id: TransportId, reason: &str, now: Instant) -> Vec<DestinationId> {
        let until = now + self.limits.transport_retry_time;
        let transport = &mut self.transports[id];
        transport.state = State::Dead(until, reason.into());
        self.set_timer(until, Timer::Transport(id));
        let transport = &self.transports[id];
        let waiting = |id: &&DestinationId| self.destinations[**id].todo > 0;
        transport.destinations.values().filter(waiting).copied().collect()
    }

    pub(super) fn wake_transport(&mut self, id: TransportId, now: Instant) {
        let Some(transport) = self.transports.get_mut(id) else {
            return;
        };
        match transport.state {
            State::Resting(until) | State::Dead(until, _) if until <= now => transport.state = State::Open,
            // Woken by a timer set for an earlier state.
            _ => {}
        }
    }

    /// Forgets that `transport` was found dead.
    pub fn forgive_transport(&mut self, id: TransportId) {
        let transport = &mut self.transports[id];
        if matches!(transport.state, State::Dead(..)) {
            transport.state = State::Open;
        }
    }

    /// Notes that a delivery over `transport` begins.
    pub(super) fn occupy_transport(&mut self, id: TransportId) {
        let transport = &mut self.transports[id];
        transport.busy += 1;
        if !transport.rules.rate_delay.is_zero() {
            transport.state = State::Alone;
        }
    }

    /// Notes that a delivery over `transport` has ended.
    pub(super) fn vacate_transport(&mut self, id: TransportId, now: Instant) {
        let transport = &mut self.transports[id];
        transport.busy -= 1;
        if transport.state == State::Alone {
            let until = now + transport.rules.rate_delay;
            transport.state = State::Resting(until);
            self.set_timer(until, Timer::Transport(id));
        }
    }
}

impl Transport {
    fn could_use_agent(&self, most_pending: u32) -> bool {
        let alone = !self.rules.rate_delay.is_zero();
        let most = if alone { 1 } else { most_pending };
        let has_agents = self
            .rules
            .agent_limit
            .is_none_or(|limit| self.busy + self.pending < limit);
        self.state == State::Open
            && has_agents
            && self.pending < most
            && self.startable > self.pending as usize
    }
}
