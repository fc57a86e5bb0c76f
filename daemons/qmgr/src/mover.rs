//! What all parts of the queue manager share, and the loop that keeps mail moving.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use config::Configuration;
use config::master_cf::ServiceKind;
use daemon::Flow;
use ipc::Port;
use mail::{AddressForm, Recipient};
use outcome::Reporter;
use queue::Spool;
use tokio::sync::{Notify, Semaphore};

use crate::active::Active;
use crate::agent::Agents;
use crate::disposal::{Disposal, What};
use crate::intake::{Intake, Wishes};
use crate::log;
use crate::route::{Leg, Route, Router};
use crate::schedule::retry::RetryRules;
use crate::schedule::{DestinationId, MessageId, Scheduler, TransportId};
use crate::settings::{Settings, transport_rules};

/// The state of the queue manager.
pub(crate) struct Mover {
    pub(crate) settings: Settings,
    configuration: Configuration,
    pub(crate) spool: Spool,
    pub(crate) retry: RetryRules,
    pub(crate) schedule: RefCell<Scheduler<Recipient>>,
    pub(crate) active: RefCell<HashMap<MessageId, Rc<Active>>>,
    pub(crate) agents: RefCell<HashMap<TransportId, Rc<Agents>>>,
    pub(crate) router: Router,
    pub(crate) reporter: Reporter,
    pub(crate) messages: Rc<Disposal>,
    /// What an earlier try noted on delayed recipients: the next one says it anew.
    pub(crate) delays: Rc<Disposal>,
    /// Deferred messages that may wait for their notes to be removed.
    pub(crate) in_arrival: Arc<Semaphore>,
    pub(crate) intake: RefCell<Intake>,
    /// Process limits of `master.cf`; none is no limit.
    process_limits: HashMap<String, Option<u32>>,
    /// Where the agents listen.
    private: PathBuf,
    /// Probes of verify in the active queue.
    pub(crate) probes: Cell<usize>,
    agent_limits: ipc::Limits,
    pub(crate) address_form: AddressForm,
    changed: Notify,
    /// By which those who file mail are held back.
    pub(crate) flow: Flow,
    /// When the loop will look again by itself.
    planned: Cell<Option<Instant>>,
}

/// So many keep the disk busy, and more would only hold up new mail.
const IN_ARRIVAL: usize = 64;
/// Recipients whose routes are asked for together.
const FORESEEN: usize = 1000;
/// Idle connections are looked through this often.
const PRUNE_EVERY: Duration = Duration::from_secs(5);

impl Mover {
    /// A mover of the queue that is `spool`.
    pub(crate) fn new(
        settings: Settings,
        configuration: Configuration,
        address_form: AddressForm,
        spool: Spool,
        limits: ipc::Limits,
        process_limits: HashMap<String, Option<u32>>,
        flow: Flow,
    ) -> Self {
        let root = spool.root();
        let private = root.join("private");
        let reporter = reporter(&settings, address_form, root, limits);
        Self {
            retry: settings.retry(),
            schedule: RefCell::new(Scheduler::new(settings.limits())),
            active: RefCell::new(HashMap::new()),
            agents: RefCell::new(HashMap::new()),
            router: Router::new(
                &settings,
                Port::new(private.join(&settings.rewrite_service), limits),
            ),
            address_form,
            reporter,
            messages: Rc::new(Disposal::new(
                spool.clone(),
                What::Message {
                    kept: settings.dont_remove != 0,
                },
            )),
            delays: Rc::new(Disposal::new(spool.clone(), What::Delays)),
            in_arrival: Arc::new(Semaphore::new(IN_ARRIVAL)),
            intake: RefCell::new(Intake::new(stream::now())),
            process_limits,
            probes: Cell::new(0),
            // An agent may take as long as any daemon. It is not given up for being slow.
            agent_limits: ipc::Limits {
                wait: settings.daemon_timeout,
                tries: 1,
                ..limits
            },
            changed: Notify::new(),
            flow,
            planned: Cell::new(None),
            spool,
            private,
            configuration,
            settings,
        }
    }

    /// Takes note of what is wanted from outside.
    pub(crate) fn wish(&self, wishes: Wishes) {
        if wishes.flush {
            self.schedule.borrow_mut().forgive_all();
            self.router.forget();
        }
        self.intake.borrow_mut().wish(wishes);
        self.changed.notify_one();
    }

    /// Takes note of new files, by their names.
    pub(crate) fn expect(&self, names: Vec<String>) {
        let mut intake = self.intake.borrow_mut();
        for name in names {
            intake.expect(&name);
        }
    }

    /// Keeps mail moving for as long as the process lives.
    pub(crate) async fn run(self: Rc<Self>) {
        self.recover();
        self.wish(Wishes {
            incoming: true,
            deferred: true,
            ..Wishes::default()
        });
        let mut pruned = stream::now();
        loop {
            self.fill().await;
            self.drive();
            let now = stream::now();
            if now.duration_since(pruned) >= PRUNE_EVERY {
                pruned = now;
                self.prune_agents(now).await;
            }
            let wake = [
                self.schedule.borrow().wake_at(),
                Some(self.next_scan()),
                Some(pruned + PRUNE_EVERY),
            ];
            let wake = wake.into_iter().flatten().min().unwrap_or(now);
            self.planned.set(Some(wake));
            // Run out or told, the work is the same.
            let _ = stream::within(wake.saturating_duration_since(now), self.changed.notified()).await;
            self.planned.set(None);
            self.schedule.borrow_mut().tick(stream::now());
        }
    }

    /// Has the loop look again.
    pub(crate) fn notify(&self) {
        self.changed.notify_one();
    }

    /// Starts all deliveries that can be started.
    pub(crate) fn drive(self: &Rc<Self>) {
        loop {
            let now = stream::now();
            let Some(transport) = self.schedule.borrow_mut().wanted(now) else {
                break;
            };
            self.employ(transport, now);
        }
        let wake = self.schedule.borrow().wake_at();
        if let (Some(wake), Some(planned)) = (wake, self.planned.get())
            && wake < planned
        {
            self.planned.set(None);
            self.notify();
        }
    }

    /// The active message named `id`; none when it has ended.
    pub(crate) fn message(&self, id: MessageId) -> Option<Rc<Active>> {
        self.active.borrow().get(&id).cloned()
    }

    /// Finds routes for recipients of `active` and gives them to the schedule.
    pub(crate) async fn place(self: &Rc<Self>, active: &Rc<Active>, recipients: Vec<Recipient>) {
        let mut legs = Vec::with_capacity(recipients.len());
        let mut discarded = Vec::new();
        let mut rest = recipients.into_iter();
        while rest.len() > 0 {
            let next = rest.as_slice();
            self.router
                .foresee(active, next.get(..FORESEEN).unwrap_or(next))
                .await;
            for recipient in rest.by_ref().take(FORESEEN) {
                match self.router.route(active, recipient).await {
                    Route::Send(leg) => legs.push(leg),
                    Route::Discard(recipient) => discarded.push(recipient),
                }
            }
        }
        self.hand_over(active, legs);
        if !discarded.is_empty() {
            self.discard(active, discarded).await;
        }
    }

    /// Gives recipients to the schedule. What cannot be sent now goes to the transport that defers.
    pub(crate) fn hand_over(self: &Rc<Self>, active: &Rc<Active>, mut legs: Vec<Leg>) {
        legs.sort_by(Leg::in_order);
        let mut batch = Vec::with_capacity(legs.len());
        let mut stranded = Vec::new();
        {
            let mut schedule = self.schedule.borrow_mut();
            for leg in legs {
                match self.destination(&mut schedule, active, &leg) {
                    Ok(destination) => batch.push((destination, leg.recipient)),
                    Err(reason) => {
                        let again = self.router.defer(leg.recipient, &reason);
                        match self.destination(&mut schedule, active, &again) {
                            Ok(destination) => batch.push((destination, again.recipient)),
                            Err(_) => stranded.push((again.recipient, reason)),
                        }
                    }
                }
            }
            schedule.assign(active.id, batch);
        }
        if !stranded.is_empty() {
            self.defer_here(active, stranded);
        }
    }

    /// The destination of a recipient, or why it is not to be used.
    fn destination(
        &self,
        schedule: &mut Scheduler<Recipient>,
        active: &Active,
        leg: &Leg,
    ) -> Result<DestinationId, Rc<str>> {
        let transport = self.transport(schedule, &leg.transport);
        let by_recipient = schedule.transport_rules(transport).destination.recipient_limit == Some(1);
        let mut key = String::new();
        if by_recipient {
            key = self.router.recipient_key(&leg.recipient.address, &leg.nexthop);
        } else if leg.nexthop.bytes().any(|byte| byte.is_ascii_uppercase()) {
            key = leg.nexthop.to_ascii_lowercase();
        }
        let key = if key.is_empty() { &*leg.nexthop } else { &*key };
        if active.is_flushed {
            schedule.forgive_transport(transport);
            schedule.forgive_key(transport, key);
        }
        if let Some(reason) = schedule
            .transport_reason(transport)
            .or_else(|| schedule.dead_reason(transport, key))
        {
            return Err(Rc::clone(reason));
        }
        Ok(schedule.destination(transport, key, &leg.nexthop))
    }

    fn transport(&self, schedule: &mut Scheduler<Recipient>, name: &str) -> TransportId {
        if let Some(transport) = schedule.transport(name) {
            return transport;
        }
        let limit = self.process_limits.get(name).copied().flatten();
        let rules = transport_rules(&self.configuration, name, limit).or_else(|error| {
            // What the administrator wrote for this transport makes no sense; the defaults do.
            log::bad_transport_rules(&error);
            transport_rules(&self.configuration, "", limit)
        });
        let rules = rules.unwrap_or_else(|error| {
            log::bad_transport_rules(&error);
            crate::schedule::TransportRules::cautious()
        });
        let transport = schedule.add_transport(name, rules);
        self.agents.borrow_mut().insert(
            transport,
            Rc::new(Agents::new(name, &self.private, self.agent_limits)),
        );
        transport
    }
}

fn reporter(settings: &Settings, address_form: AddressForm, root: &Path, limits: ipc::Limits) -> Reporter {
    let private = root.join("private");
    let port = |name: &str| Port::new(private.join(name), limits);
    Reporter {
        bounce: port(&settings.bounce_service),
        defer: port(&settings.defer_service),
        trace: port(&settings.trace_service),
        verify: port(&settings.verify_service),
        flush: outcome::Sites::new(Port::new(
            root.join("public").join(&settings.flush_service),
            limits,
        )),
        resolution_digits: u8::try_from(settings.resolution_digits).unwrap_or(u8::MAX),
        address_form,
        // Nothing fails here that could fail softly.
        soft_bounce: false,
        filter: outcome::Filter::none(),
    }
}

/// The process limits of all services that may be transports: no delivery is chosen before an agent can come for it, and
/// only this file says how many can. Master would have to be asked for what stands there already. Without `master.cf` there are none: then agents are
/// asked for as the schedule pleases, and make us wait.
pub(crate) fn process_limits(settings: &Settings) -> HashMap<String, Option<u32>> {
    let master = match configuration::read_master(Path::new(&settings.config_directory)) {
        Ok(master) => master,
        Err(error) => {
            log::no_process_limits(&error);
            return HashMap::new();
        }
    };
    let limit = |limit: Option<u32>| match limit {
        None => Some(settings.default_process_limit),
        Some(0) => None,
        some => some,
    };
    master
        .services
        .into_iter()
        .filter(|service| service.kind == ServiceKind::Unix && service.private)
        .map(|service| (service.name, limit(service.process_limit)))
        .collect()
}
