//! The scheduler in a made-up world: a thousand destinations, some slow, some failing, on a clock that jumps.
//!
//! The world has a seed, and nothing in it depends on the real time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::{Duration, Instant};

use super::window::{Feedback, WindowRules};
use super::*;

/// A recipient: which message, and which of its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Who {
    mail: usize,
    number: usize,
}

/// A message as the sender gave it: a destination number for each recipient.
struct Mail {
    arrival: Duration,
    recipients: Vec<usize>,
    unread: usize,
    first_done: Option<Duration>,
    last_done: Option<Duration>,
}

enum Event {
    Arrival(usize),
    End(DeliveryId, Vec<Who>, usize, Outcome),
    Retry(Vec<Who>),
    Wake,
}

/// What a destination is like.
#[derive(Clone, Copy)]
struct Temper {
    latency: Duration,
    failures_percent: u64,
}

struct World {
    scheduler: Scheduler<Who>,
    transport: TransportId,
    start: Instant,
    now: Duration,
    random: u64,
    events: BinaryHeap<Reverse<(Duration, u64)>>,
    details: HashMap<u64, Event>,
    mails: Vec<Mail>,
    active: BTreeMap<usize, MessageId>,
    waiting: Vec<usize>,
    tempers: Vec<Temper>,
    fate: HashMap<Who, &'static str>,
    tries: HashMap<Who, u32>,
    busy: HashMap<usize, u32>,
    free_agents: usize,
    deliveries: usize,
    most_in_memory: usize,
    verify_every: usize,
}

fn rules() -> TransportRules {
    TransportRules {
        destination: DestinationRules {
            window: WindowRules {
                initial: 5,
                limit: Some(20),
                positive: Feedback::Constant(1.0),
                negative: Feedback::Constant(1.0),
                failed_cohort_limit: 1,
            },
            recipient_limit: Some(50),
            rate_delay: Duration::ZERO,
        },
        preemption: PreemptionRules {
            slot_cost: 5,
            slot_loan: 3,
            slot_discount: 50,
            minimum_slots: 3,
        },
        recipients: RecipientRules {
            limit: 20_000,
            extra_limit: 1000,
            refill_limit: 100,
            refill_delay: Duration::from_secs(5),
        },
        rate_delay: Duration::ZERO,
        agent_limit: None,
    }
}

fn limits() -> Limits {
    Limits {
        active_messages: 20_000,
        recipients: 20_000,
        recipient_minimum: 10,
        dead_destination_time: Duration::from_secs(300),
        transport_retry_time: Duration::from_secs(60),
        clog_warn_time: None,
        pending_agents: 2,
    }
}

impl World {
    fn new(seed: u64, limits: Limits, rules: TransportRules, tempers: Vec<Temper>, agents: usize) -> Self {
        let mut scheduler = Scheduler::new(limits);
        let transport = scheduler.add_transport("smtp", rules);
        Self {
            scheduler,
            transport,
            start: Instant::now(),
            now: Duration::ZERO,
            random: seed,
            events: BinaryHeap::new(),
            details: HashMap::new(),
            mails: Vec::new(),
            active: BTreeMap::new(),
            waiting: Vec::new(),
            tempers,
            fate: HashMap::new(),
            tries: HashMap::new(),
            busy: HashMap::new(),
            free_agents: agents,
            deliveries: 0,
            most_in_memory: 0,
            verify_every: 97,
        }
    }

    /// The next random number below `below` (xorshift).
    fn random(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    fn instant(&self) -> Instant {
        self.start + self.now
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        let number =
            self.details.len() as u64 + ((self.deliveries as u64) << 32) + (self.random(1 << 16) << 48);
        assert!(self.details.insert(number, event).is_none());
        self.events.push(Reverse((self.now + after, number)));
    }

    fn send(&mut self, arrival: Duration, recipients: Vec<usize>) -> usize {
        let unread = recipients.len();
        self.mails.push(Mail {
            arrival,
            recipients,
            unread,
            first_done: None,
            last_done: None,
        });
        let mail = self.mails.len() - 1;
        self.schedule(arrival, Event::Arrival(mail));
        mail
    }

    fn run(&mut self) {
        let mut steps = 0;
        while let Some(Reverse((time, number))) = self.events.pop() {
            self.now = time;
            match self.details.remove(&number).expect("events have details") {
                Event::Arrival(mail) => self.waiting.push(mail),
                Event::End(id, who, destination, outcome) => self.end(id, who, destination, &outcome),
                Event::Retry(who) => self.retry(who),
                Event::Wake => {}
            }
            self.admit();
            self.deliver();
            while let Some((message, portion)) = self.scheduler.next_refill() {
                let mail = *self
                    .active
                    .iter()
                    .find(|(_, id)| **id == message)
                    .expect("refills are active")
                    .0;
                self.read(mail, portion);
                self.deliver();
            }
            steps += 1;
            if steps % self.verify_every == 0 {
                self.scheduler.verify();
            }
            if self.details.is_empty()
                && let Some(wake) = self.scheduler.wake_at()
            {
                let after = wake.saturating_duration_since(self.instant());
                self.schedule(after, Event::Wake);
                self.scheduler.tick(wake);
            }
        }
        self.scheduler.verify();
    }

    fn admit(&mut self) {
        while self.scheduler.has_room() && !self.waiting.is_empty() {
            let mail = self.waiting.remove(0);
            let message = self.scheduler.admit(false, self.start + self.now);
            self.active.insert(mail, message);
            self.read(mail, self.scheduler.first_portion());
            self.maybe_release(mail);
        }
    }

    fn read(&mut self, mail: usize, portion: usize) {
        let total = self.mails[mail].recipients.len();
        let from = total - self.mails[mail].unread;
        let to = total.min(from + portion);
        self.mails[mail].unread = total - to;
        let who = (from..to).map(|number| Who { mail, number }).collect();
        self.assign(mail, who);
    }

    fn assign(&mut self, mail: usize, recipients: Vec<Who>) {
        let message = self.active[&mail];
        let mut batch = Vec::new();
        let mut refused = Vec::new();
        for who in recipients {
            let name = format!("d{}.example", self.mails[mail].recipients[who.number]);
            if self.scheduler.dead_reason(self.transport, &name).is_some() {
                refused.push(who);
            } else {
                batch.push((self.scheduler.destination(self.transport, &name, &name), who));
            }
        }
        let now = self.instant();
        self.scheduler.assign(message, batch);
        self.scheduler.has_read(message, self.mails[mail].unread, now);
        self.defer(refused);
        self.most_in_memory = self.most_in_memory.max(self.scheduler.recipients_in_memory);
    }

    fn deliver(&mut self) {
        while self.free_agents > 0 {
            let now = self.instant();
            let Some(delivery) = self.scheduler.next(now) else {
                break;
            };
            let first = delivery.recipients[0];
            let destination = self.mails[first.mail].recipients[first.number];
            assert_eq!(*delivery.nexthop, *format!("d{destination}.example"));
            let rules = self.scheduler.transport_rules(self.transport).destination.clone();
            assert!(delivery.recipients.len() <= rules.recipient_limit.unwrap_or(usize::MAX));
            for who in &delivery.recipients {
                assert_eq!(Some(&delivery.message), self.active.get(&who.mail));
                assert_eq!(self.mails[who.mail].recipients[who.number], destination);
            }
            let busy = self.busy.entry(destination).or_default();
            *busy += 1;
            assert!(
                *busy <= rules.window.limit.unwrap_or(u32::MAX),
                "{busy} deliveries to {destination}"
            );
            self.free_agents -= 1;
            self.deliveries += 1;
            let temper = self.tempers[destination];
            let outcome = if self.random(100) < temper.failures_percent {
                Outcome::Unreachable("4.4.1 no route".into())
            } else {
                Outcome::Reached
            };
            let spread = Duration::from_millis(self.random(200));
            self.schedule(
                temper.latency + spread,
                Event::End(delivery.id, delivery.recipients, destination, outcome),
            );
        }
    }

    fn end(&mut self, id: DeliveryId, who: Vec<Who>, destination: usize, outcome: &Outcome) {
        self.free_agents += 1;
        *self.busy.get_mut(&destination).expect("it was busy") -= 1;
        let mail = who[0].mail;
        let now = self.instant();
        let finished = self.scheduler.finished(id, outcome, now).expect("it went on");
        if *outcome == Outcome::Reached {
            for one in who {
                assert_eq!(self.fate.insert(one, "sent"), None, "{one:?} delivered twice");
            }
            let entry = &mut self.mails[mail];
            entry.first_done.get_or_insert(self.now);
            entry.last_done = Some(self.now);
        } else {
            self.defer(who);
        }
        if let Some(died) = finished.died {
            for (_, who) in self.scheduler.drain(died) {
                let mail = who[0].mail;
                self.defer(who);
                self.maybe_release(mail);
            }
        }
        self.maybe_release(mail);
    }

    fn defer(&mut self, who: Vec<Who>) {
        let mut again = Vec::new();
        for one in who {
            let tries = self.tries.entry(one).or_default();
            *tries += 1;
            if *tries < 4 {
                again.push(one);
            } else {
                assert_eq!(
                    self.fate.insert(one, "returned"),
                    None,
                    "{one:?} returned after delivery"
                );
            }
        }
        if !again.is_empty() {
            self.schedule(Duration::from_secs(400), Event::Retry(again));
        }
    }

    /// A retry is a new message here, with the recipients that are left.
    fn retry(&mut self, who: Vec<Who>) {
        let mail = who[0].mail;
        if let std::collections::btree_map::Entry::Vacant(vacant) = self.active.entry(mail) {
            vacant.insert(self.scheduler.admit(false, self.start + self.now));
        }
        self.assign(mail, who);
        self.maybe_release(mail);
    }

    fn maybe_release(&mut self, mail: usize) {
        let Some(message) = self.active.get(&mail).copied() else {
            return;
        };
        while self.scheduler.is_idle(message) {
            if self.mails[mail].unread == 0 {
                self.scheduler.release(message);
                self.active.remove(&mail);
                break;
            }
            self.read(mail, self.scheduler.refill_portion(message));
        }
    }

    fn assert_nothing_lost(&self) {
        let total: usize = self.mails.iter().map(|mail| mail.recipients.len()).sum();
        assert_eq!(self.fate.len(), total);
        assert_eq!(self.scheduler.active_messages(), 0);
        assert_eq!(self.scheduler.recipients_in_memory, 0);
        assert!(self.scheduler.jobs.is_empty() && self.scheduler.deliveries.is_empty());
        assert!(self.active.is_empty());
    }

    fn sent(&self) -> usize {
        self.fate.values().filter(|fate| **fate == "sent").count()
    }

    /// The mean time from arrival to the last delivery of `mails`.
    fn mean_wait(&self, mails: &[usize]) -> f64 {
        let wait = |mail: &usize| {
            let mail = &self.mails[*mail];
            mail.last_done
                .map_or(0.0, |done| (done - mail.arrival).as_secs_f64())
        };
        mails.iter().map(wait).sum::<f64>() / mails.len() as f64
    }
}

/// A thousand destinations: most are well, some slow, some flaky, some dead.
fn thousand(seed: u64) -> Vec<Temper> {
    (0..1000u64)
        .map(|number| {
            let kind = (number * 31 + seed) % 100;
            Temper {
                latency: Duration::from_millis(if kind < 10 { 8000 } else { 100 + (number % 7) * 100 }),
                failures_percent: if kind >= 97 {
                    100
                } else if kind >= 92 {
                    30
                } else {
                    0
                },
            }
        })
        .collect()
}

#[test]
fn a_thousand_destinations_with_failures_lose_nothing_and_deliver_nothing_twice() {
    for seed in [1, 77, 4711] {
        let mut world = World::new(seed, limits(), rules(), thousand(seed), 100);
        for number in 0..1500 {
            let size = if number % 100 == 0 {
                400
            } else {
                1 + world.random(4) as usize
            };
            let recipients = (0..size).map(|_| world.random(1000) as usize).collect();
            let arrival = Duration::from_millis(world.random(60_000));
            world.send(arrival, recipients);
        }

        world.run();

        world.assert_nothing_lost();
        let total = world.fate.len();
        assert!(
            world.sent() * 100 > total * 95,
            "{} of {total} sent",
            world.sent()
        );
    }
}

#[test]
fn small_memory_changes_nothing_but_the_time_it_takes() {
    let mut limits = limits();
    (limits.active_messages, limits.recipients) = (40, 60);
    let mut rules = rules();
    rules.recipients = RecipientRules {
        limit: 50,
        extra_limit: 20,
        ..rules.recipients
    };
    rules.recipients.refill_limit = 5;
    let bound = 10 * 40 + 50 + 20;
    let mut world = World::new(5, limits, rules, thousand(5), 30);
    for number in 0..300 {
        let size = if number % 20 == 0 {
            500
        } else {
            1 + world.random(30) as usize
        };
        let recipients = (0..size).map(|_| world.random(1000) as usize).collect();
        let arrival = Duration::from_millis(world.random(20_000));
        world.send(arrival, recipients);
    }

    world.run();

    world.assert_nothing_lost();
    assert!(
        world.most_in_memory <= bound,
        "{} in memory",
        world.most_in_memory
    );
}

fn mass_mailing(slot_cost: u32) -> (f64, f64) {
    let mut rules = rules();
    rules.preemption.slot_cost = slot_cost;
    let tempers = vec![
        Temper {
            latency: Duration::from_millis(900),
            failures_percent: 0
        };
        1000
    ];
    let mut world = World::new(9, limits(), rules, tempers, 20);
    let mass = world.send(Duration::ZERO, (0..8000).map(|number| number % 1000).collect());
    let mut small = Vec::new();
    for number in 0..60u64 {
        let recipient = world.random(1000) as usize;
        small.push(world.send(Duration::from_millis(1000 + number * 500), vec![recipient]));
    }
    world.run();
    world.assert_nothing_lost();
    (world.mean_wait(&small), world.mean_wait(&[mass]))
}

#[test]
fn small_messages_slip_past_a_mass_mailing_which_is_hardly_delayed() {
    let (small_in_order, mass_in_order) = mass_mailing(0);
    let (small, mass) = mass_mailing(5);

    assert!(
        small * 5.0 < small_in_order,
        "{small} s against {small_in_order} s"
    );
    assert!(mass < mass_in_order * 1.25, "{mass} s against {mass_in_order} s");
}

#[test]
fn many_small_messages_do_not_starve_a_mass_mailing() {
    let tempers = vec![
        Temper {
            latency: Duration::from_millis(500),
            failures_percent: 0
        };
        1000
    ];
    let run = |small: u64| {
        let mut world = World::new(3, limits(), rules(), tempers.clone(), 10);
        let mass = world.send(Duration::ZERO, (0..1000).collect());
        for number in 0..small {
            let recipient = world.random(1000) as usize;
            world.send(Duration::from_millis(number * 5), vec![recipient]);
        }
        world.run();
        world.assert_nothing_lost();
        world.mean_wait(&[mass])
    };

    let (alone, flooded) = (run(0), run(8000));

    // One slot for each five deliveries, one level deep, plus the loan.
    assert!(flooded < alone * 1.35, "{flooded} s against {alone} s");
}

#[test]
fn a_slow_destination_does_not_hold_up_others() {
    let mut tempers = vec![
        Temper {
            latency: Duration::from_millis(100),
            failures_percent: 0
        };
        100
    ];
    tempers[0].latency = Duration::from_secs(60);
    let mut world = World::new(3, limits(), rules(), tempers, 50);
    for _ in 0..500 {
        world.send(Duration::ZERO, vec![0]);
    }
    let others: Vec<usize> = (0..200)
        .map(|number| world.send(Duration::from_secs(1), vec![1 + number % 99]))
        .collect();

    world.run();

    world.assert_nothing_lost();
    assert!(world.mean_wait(&others) < 2.0);
}

#[test]
fn twenty_thousand_messages_for_one_destination_are_served_in_order() {
    let tempers = vec![Temper {
        latency: Duration::from_millis(10),
        failures_percent: 0,
    }];
    let mut world = World::new(3, limits(), rules(), tempers, 100);
    world.verify_every = usize::MAX;
    for _ in 0..20_000 {
        world.send(Duration::ZERO, vec![0]);
    }

    world.run();

    world.assert_nothing_lost();
}

#[test]
fn a_rate_delay_spaces_the_deliveries_to_one_destination() {
    let mut rules = rules();
    rules.destination.rate_delay = Duration::from_secs(10);
    rules.destination.window.failed_cohort_limit = 10;
    let tempers = vec![
        Temper {
            latency: Duration::from_millis(100),
            failures_percent: 0
        };
        3
    ];
    let mut world = World::new(3, limits(), rules, tempers, 50);
    for number in 0..30 {
        world.send(Duration::ZERO, vec![number % 3]);
    }

    world.run();

    world.assert_nothing_lost();
    assert!(
        world.now >= Duration::from_secs(91) && world.now < Duration::from_secs(115),
        "{:?}",
        world.now
    );
}

#[test]
fn a_transport_rate_delay_spaces_all_deliveries() {
    let mut rules = rules();
    rules.rate_delay = Duration::from_secs(10);
    let tempers = vec![
        Temper {
            latency: Duration::from_millis(100),
            failures_percent: 0
        };
        3
    ];
    let mut world = World::new(3, limits(), rules, tempers, 50);
    for number in 0..10 {
        world.send(Duration::ZERO, vec![number % 3]);
    }

    world.run();

    world.assert_nothing_lost();
    assert!(world.now >= Duration::from_secs(90), "{:?}", world.now);
}

#[test]
fn no_more_agents_are_wanted_than_there_are() {
    let mut rules = rules();
    rules.agent_limit = Some(3);
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules);
    let now = Instant::now();
    let message = scheduler.admit(false, now);
    let names = ["a", "b", "c", "d", "e"];
    let batch: Vec<_> = names
        .iter()
        .map(|name| (scheduler.destination(transport, name, name), 0))
        .collect();
    scheduler.assign(message, batch);

    let first: Vec<_> = std::iter::from_fn(|| scheduler.next(now)).collect();
    assert_eq!(first.len(), 3);
    scheduler.finished(first[0].id, &Outcome::Reached, now);

    assert!(scheduler.next(now).is_some() && scheduler.next(now).is_none());
}

#[test]
fn recipients_of_one_message_for_one_destination_share_deliveries_up_to_the_limit() {
    let mut rules = rules();
    rules.destination.recipient_limit = Some(50);
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules);
    let now = Instant::now();
    let message = scheduler.admit(false, now);
    let batch: Vec<_> = (0..120)
        .map(|number| {
            (
                scheduler.destination(transport, "example.com", "example.com"),
                number,
            )
        })
        .collect();

    scheduler.assign(message, batch);
    let sizes: Vec<usize> = std::iter::from_fn(|| scheduler.next(now))
        .map(|delivery| delivery.recipients.len())
        .collect();

    assert_eq!(sizes, [50, 50, 20]);
}

#[test]
fn a_message_may_ask_for_single_deliveries() {
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules());
    let now = Instant::now();
    let message = scheduler.admit(true, now);
    let destination = scheduler.destination(transport, "a", "a");

    scheduler.assign(message, [(destination, 1), (destination, 2), (destination, 3)]);
    let mut given: Vec<_> = std::iter::from_fn(|| scheduler.next(now)).collect();

    assert_eq!(
        given
            .iter()
            .map(|delivery| delivery.recipients.len())
            .collect::<Vec<_>>(),
        [1, 1, 1]
    );
    scheduler.verify();
    scheduler.finished(given.remove(0).id, &Outcome::Reached, now);
    scheduler.verify();
}

#[test]
fn the_destinations_of_one_message_take_turns() {
    let mut rules = rules();
    rules.destination.recipient_limit = Some(2);
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules);
    let now = Instant::now();
    let message = scheduler.admit(false, now);
    let batch: Vec<_> = (0..12)
        .map(|number| {
            let name = ["a", "b", "c"][number / 4];
            (scheduler.destination(transport, name, name), number)
        })
        .collect();

    scheduler.assign(message, batch);
    let order: String = std::iter::from_fn(|| scheduler.next(now))
        .map(|d| d.nexthop.to_string())
        .collect();

    assert_eq!(order, "abcabc");
}

#[test]
fn a_dead_transport_gives_back_what_waits_and_comes_back_after_its_time() {
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules());
    let now = Instant::now();
    let message = scheduler.admit(false, now);
    let destination = scheduler.destination(transport, "a", "a");
    scheduler.assign(message, [(destination, 1), (destination, 2)]);

    assert_eq!(scheduler.wanted(now), Some(transport));
    scheduler.give_up(transport);
    let waiting = scheduler.transport_died(transport, "4.3.0 mail transport unavailable", now);
    let drained: Vec<_> = waiting.into_iter().flat_map(|id| scheduler.drain(id)).collect();

    assert_eq!(drained, [(message, vec![1, 2])]);
    assert!(scheduler.is_idle(message) && scheduler.wanted(now).is_none());
    scheduler.release(message);
    assert_eq!(scheduler.wake_at(), Some(now + Duration::from_secs(60)));
    scheduler.tick(now + Duration::from_secs(60));
    assert_eq!(scheduler.transport_reason(transport), None);
    scheduler.verify();
}

#[test]
fn a_dead_destination_is_forgiven_by_time_by_request_and_by_a_late_success() {
    let mut rules = rules();
    rules.destination.window.initial = 2;
    rules.destination.window.negative = Feedback::Constant(0.0);
    let mut scheduler = Scheduler::new(limits());
    let transport = scheduler.add_transport("smtp", rules);
    let mut now = Instant::now();
    let unreachable = Outcome::Unreachable("4.4.1 connection refused".into());

    for end in 0..3 {
        let message = scheduler.admit(false, now);
        for number in 0..4 {
            let destination = scheduler.destination(transport, "a", "a");
            let other = scheduler.admit(false, now);
            scheduler.assign(other, [(destination, number)]);
        }
        let mut ongoing: Vec<_> = std::iter::from_fn(|| scheduler.next(now)).collect();
        assert_eq!(ongoing.len(), 2);
        let mut died = None;
        while died.is_none() {
            let delivery = ongoing.remove(0);
            died = scheduler
                .finished(delivery.id, &unreachable, now)
                .and_then(|finished| finished.died);
            ongoing.extend(scheduler.next(now));
        }
        assert!(scheduler.dead_reason(transport, "a").is_some());
        let destination = died.expect("it died");
        scheduler.drain(destination);
        match end {
            0 => {
                now += Duration::from_secs(300);
                scheduler.tick(now);
            }
            1 => scheduler.forgive_all(),
            _ => {
                let late = ongoing.pop().expect("one went on");
                scheduler.finished(late.id, &Outcome::Reached, now);
            }
        }
        assert!(scheduler.dead_reason(transport, "a").is_none());
        for delivery in ongoing {
            scheduler.finished(delivery.id, &Outcome::Reached, now);
        }
        scheduler.release(message);
        scheduler.verify();
    }
}

#[test]
fn a_destination_that_fills_the_queue_is_reported_now_and_then() {
    let mut limits = limits();
    limits.active_messages = 10;
    limits.clog_warn_time = Some(Duration::from_secs(300));
    let mut scheduler = Scheduler::new(limits);
    let transport = scheduler.add_transport("smtp", rules());
    let start = Instant::now();
    for number in 0..60 {
        let message = scheduler.admit(false, start);
        let destination = scheduler.destination(transport, "a", "a");
        scheduler.assign(message, [(destination, number)]);
    }

    let mut reports = Vec::new();
    for minute in 0..12 {
        let now = start + Duration::from_secs(minute * 60);
        let delivery = scheduler.next(now).expect("there is more");
        if let Some(clog) = delivery.clog {
            reports.push((minute, clog.deliveries));
        }
        scheduler.finished(delivery.id, &Outcome::Reached, now);
    }

    assert_eq!(reports, [(5, 55), (10, 50)]);
}
