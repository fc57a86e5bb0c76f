//! Delivery agents: connections that stay open, and what is asked on them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use contract::deliver::{Delivered, Errand, flag};
use ipc::{AskError, Connection, Port};
use mail::Recipient;
use record::SendOptions;

use crate::active::Active;
use crate::log;
use crate::mover::Mover;
use crate::schedule::{Delivery, DestinationId, Finished, Outcome, TransportId};

/// The delivery agents of one transport.
pub(crate) struct Agents {
    name: Box<str>,
    port: Port,
    idle_limit: Duration,
    /// Connections that wait for work, longest idle first.
    idle: RefCell<VecDeque<(Connection, Instant)>>,
}

/// Said of a transport that does not answer.
const UNAVAILABLE: &str = "4.3.0 mail transport unavailable";
/// Said of a transport whose agent went away in the middle.
const CRASHED: &str = "4.3.0 unknown mail transport error";

impl Agents {
    /// The agents that listen at `name` in `directory`.
    pub(crate) fn new(name: &str, directory: &Path, limits: ipc::Limits) -> Self {
        Self {
            name: name.into(),
            port: Port::new(directory.join(name), limits),
            idle_limit: limits.idle,
            idle: RefCell::new(VecDeque::new()),
        }
    }

    /// The connection used last, so that those not needed grow old.
    fn idle(&self) -> Option<Connection> {
        self.idle
            .borrow_mut()
            .pop_back()
            .map(|(connection, _)| connection)
    }

    fn park(&self, connection: Connection) {
        if !connection.is_closing() {
            self.idle.borrow_mut().push_back((connection, stream::now()));
        }
    }

    /// Closes connections that were idle for long, or whose agent wants to go.
    async fn prune(&self, now: Instant) {
        let mut connections = self.idle.take();
        while connections
            .front()
            .is_some_and(|(_, since)| now.duration_since(*since) >= self.idle_limit)
        {
            connections.pop_front();
        }
        let mut kept = VecDeque::with_capacity(connections.len());
        for (mut connection, since) in connections {
            if !connection.has_stirred().await {
                kept.push_back((connection, since));
            }
        }
        // None came back meanwhile unless looking made us wait, which it does not; the order would be right still.
        kept.append(&mut self.idle.borrow_mut());
        *self.idle.borrow_mut() = kept;
    }
}

impl Mover {
    /// Gives an agent of `transport`, which is wanted, something to do.
    pub(crate) fn employ(self: &Rc<Self>, transport: TransportId, now: Instant) {
        let Some(agents) = self.agents.borrow().get(&transport).cloned() else {
            self.schedule.borrow_mut().give_up(transport);
            return;
        };
        let Some(connection) = agents.idle() else {
            daemon::beside(Rc::clone(self).engage(transport, agents));
            return;
        };
        match self.take(transport, now) {
            Some(delivery) => daemon::beside(Rc::clone(self).deliver(agents, connection, delivery)),
            None => agents.park(connection),
        }
    }

    /// Closes connections to agents that are not needed.
    pub(crate) async fn prune_agents(&self, now: Instant) {
        let all: Vec<_> = self.agents.borrow().values().cloned().collect();
        for agents in all {
            agents.prune(now).await;
        }
    }

    /// What an agent of `transport` is to do next, and what else follows from the choice.
    fn take(self: &Rc<Self>, transport: TransportId, now: Instant) -> Option<Delivery<Recipient>> {
        let mut schedule = self.schedule.borrow_mut();
        let delivery = schedule.take(transport, now);
        if let Some((delivery, clog)) = delivery
            .as_ref()
            .and_then(|delivery| Some((delivery, delivery.clog?)))
        {
            let name = schedule.transport_name(transport);
            log::clogged(name, &delivery.nexthop, clog, self.settings.active_limit);
        }
        while let Some((message, portion)) = schedule.next_refill() {
            if let Some(active) = self.message(message) {
                self.refill_later(&active, portion);
            }
        }
        delivery
    }

    /// Opens a connection for an agent that is wanted.
    async fn engage(self: Rc<Self>, transport: TransportId, agents: Rc<Agents>) {
        match agents.port.fresh().await {
            Ok(connection) => match self.take(transport, stream::now()) {
                Some(delivery) => self.deliver(agents, connection, delivery).await,
                None => agents.park(connection),
            },
            Err(error) => {
                self.schedule.borrow_mut().give_up(transport);
                self.no_agent(transport, &agents, &error);
                self.drive();
            }
        }
    }

    /// One delivery, from the question to what follows from the answer.
    async fn deliver(
        self: Rc<Self>,
        agents: Rc<Agents>,
        mut connection: Connection,
        delivery: Delivery<Recipient>,
    ) {
        let Some(active) = self.message(delivery.message) else {
            return;
        };
        // An agent that retires says so on its idle connections.
        if connection.has_stirred().await {
            connection = match agents.port.fresh().await {
                Ok(connection) => connection,
                Err(error) => return self.not_begun(&agents, &active, delivery, &error),
            };
        }
        let answer = ask(&mut connection, &active, &delivery).await;
        let outcome = match &answer {
            Ok(delivered) => {
                agents.park(connection);
                heed(&active, delivered)
            }
            Err(error) => {
                active.is_left.set(true);
                let transport = delivery.transport;
                if is_lost(error) {
                    log::agent_died(&agents.name);
                } else {
                    log::agent_silent(&agents.name, error);
                }
                self.transport_died(transport, CRASHED);
                Outcome::Unknown
            }
        };
        self.finished(&active, &delivery, &outcome);
        self.drive();
    }

    /// A delivery was chosen, and then there was no agent for it.
    fn not_begun(
        self: &Rc<Self>,
        agents: &Agents,
        active: &Rc<Active>,
        mut delivery: Delivery<Recipient>,
        error: &AskError,
    ) {
        let recipients = std::mem::take(&mut delivery.recipients);
        self.no_agent(delivery.transport, agents, error);
        // Holds the message while it has neither a delivery nor a place at the retry transport.
        active.pin();
        self.finished(active, &delivery, &Outcome::Unknown);
        self.defer_all(active, recipients, UNAVAILABLE);
        active.unpin();
        self.maybe_end(active);
        self.drive();
    }

    fn no_agent(self: &Rc<Self>, transport: TransportId, agents: &Agents, error: &AskError) {
        match error {
            AskError::Unreachable { cause, .. } => log::no_agent(&agents.name, &sys::fault::text(cause)),
            other => log::no_agent(&agents.name, other),
        }
        self.transport_died(transport, UNAVAILABLE);
    }

    /// Leaves a transport alone for a while, and defers what waits for it.
    fn transport_died(self: &Rc<Self>, transport: TransportId, reason: &str) {
        if self.schedule.borrow().transport_reason(transport).is_some() {
            return;
        }
        let waiting = self
            .schedule
            .borrow_mut()
            .transport_died(transport, reason, stream::now());
        for destination in waiting {
            self.drain(destination, reason);
        }
    }

    /// Takes note of the end of a delivery.
    fn finished(self: &Rc<Self>, active: &Rc<Active>, delivery: &Delivery<Recipient>, outcome: &Outcome) {
        let now = stream::now();
        let finished = self.schedule.borrow_mut().finished(delivery.id, outcome, now);
        if let Some(Finished {
            died: Some(destination),
            ..
        }) = finished
            && let Outcome::Unreachable(reason) = outcome
        {
            self.drain(destination, reason);
        }
        self.maybe_end(active);
    }

    /// Defers all that waits at `destination`.
    fn drain(self: &Rc<Self>, destination: DestinationId, reason: &str) {
        let drained = self.schedule.borrow_mut().drain(destination);
        for (message, recipients) in drained {
            if let Some(active) = self.message(message) {
                self.defer_all(&active, recipients, reason);
                self.maybe_end(&active);
            }
        }
    }

    /// Gives recipients to the transport that defers.
    fn defer_all(self: &Rc<Self>, active: &Rc<Active>, recipients: Vec<Recipient>, reason: &str) {
        let legs = recipients
            .into_iter()
            .map(|recipient| self.router.defer(recipient, reason))
            .collect();
        self.hand_over(active, legs);
    }
}

/// Asks an agent for one delivery.
async fn ask(
    connection: &mut Connection,
    active: &Active,
    delivery: &Delivery<Recipient>,
) -> Result<Delivered, AskError> {
    let mut flags = active.request.flags;
    if delivery.has_more {
        flags |= flag::KEEP_SESSION;
    }
    let mut options = active.request.send_options;
    if delivery
        .recipients
        .iter()
        .any(|recipient| !recipient.address.is_ascii())
    {
        options |= SendOptions::RECIPIENT_UTF8;
    }
    let sender = delivery
        .recipients
        .first()
        .and_then(|recipient| active.verp_sender(recipient));
    let errand = Errand {
        envelope: &active.request,
        flags,
        send_options: options,
        nexthop: &delivery.nexthop,
        sender: sender.as_deref().unwrap_or(&active.request.sender),
        recipients: &delivery.recipients,
    };
    errand.encode(connection.stream().output());
    connection.flush().await?;
    connection.receive().await
}

/// What an answer says of message and destination.
fn heed(active: &Active, delivered: &Delivered) -> Outcome {
    if delivered.status != 0 {
        active.is_left.set(true);
    }
    if delivered.dead_status.is_empty() {
        return Outcome::Reached;
    }
    Outcome::Unreachable(format!("{} {}", delivered.dead_status, delivered.dead_reason).into())
}

fn is_lost(error: &AskError) -> bool {
    matches!(error, AskError::Broken { cause, .. } if cause.is_lost())
}
