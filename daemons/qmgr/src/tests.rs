//! The queue manager in a directory of its own, with neighbours that do as they are told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use config::Configuration;
use contract::attribute::{Done, Message};
use contract::bounce;
use contract::deliver::{Deliver, Delivered};
use contract::rewrite::{Resolve, Resolved, flag};
use ipc::{Caller, Question};
use mail::{AddressForm, QueueId};
use queue::{Draft, Layout, Queue, QueueFile, Spool};
use record::note::Note;
use record::{Kind, Size, number};
use stream::Stream;
use tokio::net::UnixListener;
use tokio::task::{LocalSet, spawn_local};

use crate::intake::Wishes;
use crate::mover::Mover;
use crate::settings::Settings;

/// What an agent does with a request: the answer, or none and the connection is closed.
type Behaviour = Rc<dyn Fn(&Deliver, &Spool) -> Option<Delivered>>;

struct World {
    root: PathBuf,
    spool: Spool,
    mover: Rc<Mover>,
    delivered: Rc<RefCell<Vec<Deliver>>>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl World {
    fn new(name: &str, main_cf: &str) -> Self {
        let root = std::env::temp_dir().join(format!("qmgr-{}-{name}", std::process::id()));
        for queue in Queue::ALL {
            std::fs::create_dir_all(root.join(queue.name())).unwrap();
        }
        for directory in ["private", "public"] {
            std::fs::create_dir_all(root.join(directory)).unwrap();
        }
        let configuration = Configuration::parse(main_cf).unwrap();
        let settings = Settings::read(&configuration).unwrap();
        let limits = ipc::Limits {
            wait: Duration::from_secs(5),
            tries: 1,
            ..ipc::Limits::default()
        };
        let spool = Spool::new(&root, Layout::default());
        let mover = Mover::new(
            settings,
            configuration,
            AddressForm::default(),
            spool.clone(),
            limits,
            HashMap::new(),
            daemon::Flow::default(),
        );
        Self {
            root,
            spool,
            mover: Rc::new(mover),
            delivered: Rc::default(),
            asked: Rc::default(),
        }
    }

    /// Serves `private/<name>`: each question is answered by `answer`.
    fn serve<M: Message + 'static>(&self, name: &str, answer: impl Fn(Question) -> Option<M> + 'static) {
        let listener = UnixListener::bind(self.root.join("private").join(name)).unwrap();
        let answer = Rc::new(answer);
        spawn_local(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let answer = Rc::clone(&answer);
                spawn_local(async move {
                    let mut caller = Caller::new(Stream::new(socket), Duration::from_secs(5));
                    while let Ok(Some(question)) = caller.question(std::future::pending()).await {
                        // Lets other deliveries come between.
                        tokio::task::yield_now().await;
                        let Some(reply) = answer(question) else { return };
                        caller.answer(&reply).await;
                    }
                });
            }
        });
    }

    /// All neighbours; the agents of `smtp` do as `behaviour` says, those of `retry` leave everything.
    fn populate(&self, behaviour: impl Fn(&Deliver, &Spool) -> Option<Delivered> + 'static) {
        let asked = Rc::clone(&self.asked);
        self.serve("rewrite", move |question| {
            let Resolve { address, .. } = question.read().unwrap();
            let domain = address.rsplit('@').next().unwrap_or_default().to_owned();
            let flags = match &*domain {
                "here.example" => flag::LOCAL,
                "whole.example" => {
                    asked.borrow_mut().push(format!("route {address}"));
                    flag::DEFAULT | flag::WHOLE_DOMAIN
                }
                _ => flag::DEFAULT,
            };
            Some(Resolved {
                flags,
                transport: "smtp".into(),
                nexthop: domain,
                recipient: address,
            })
        });
        let behaviour: Behaviour = Rc::new(behaviour);
        self.agent("smtp", behaviour);
        let left = Delivered {
            status: -1,
            ..Delivered::default()
        };
        self.agent("retry", Rc::new(move |_, _| Some(left.clone())));
        for service in [bounce::BOUNCE, bounce::DEFER, bounce::TRACE] {
            let (asked, spool) = (Rc::clone(&self.asked), self.spool.clone());
            self.serve(service, move |question| {
                asked.borrow_mut().push(format!("{service} {}", question.name()));
                let queue = Queue::from_name(service).unwrap();
                if question.is::<bounce::Flush>() {
                    let about = question.read::<bounce::Flush>().unwrap().about;
                    spool
                        .remove_notes(queue, &QueueId::parse(&about.queue_id).unwrap())
                        .unwrap();
                }
                Some(Done::yes())
            });
        }
    }

    fn agent(&self, name: &str, behaviour: Behaviour) {
        let (spool, delivered) = (self.spool.clone(), Rc::clone(&self.delivered));
        self.serve(name, move |question| {
            let deliver = question.read::<Deliver>().unwrap();
            let answer = behaviour(&deliver, &spool);
            delivered.borrow_mut().push(deliver);
            answer
        });
    }

    /// Puts a message with these recipients into `queue`.
    fn message(&self, queue: Queue, facts: &Facts, recipients: &[&str]) -> QueueId {
        let now = crate::ending::seconds_now();
        let mut draft = Draft::create(&self.spool, queue).unwrap();
        let created = now - facts.age_seconds;
        draft.put(Kind::TIME, format!("{created} 5").as_bytes()).unwrap();
        draft
            .put_attribute("create_time", created.to_string().as_bytes())
            .unwrap();
        draft.put(Kind::SENDER, facts.sender.as_bytes()).unwrap();
        if let Some(after) = facts.warn_after_seconds {
            draft.put(Kind::WARN_TIME, &number(created + after)).unwrap();
        }
        for recipient in recipients {
            draft.put(Kind::ORIGINAL_RECIPIENT, recipient.as_bytes()).unwrap();
            draft.put(Kind::RECIPIENT, recipient.as_bytes()).unwrap();
        }
        draft.put(Kind::MESSAGE, b"").unwrap();
        let data_offset = draft.position() as i64;
        draft.put_line(b"Subject: test", 2048).unwrap();
        let data_size = draft.position() as i64 - data_offset;
        draft.put(Kind::EXTRACTED, b"").unwrap();
        if !facts.redirect.is_empty() {
            draft.put(Kind::REDIRECT, facts.redirect.as_bytes()).unwrap();
        }
        draft.put(Kind::END, b"").unwrap();
        let size = Size {
            data_size,
            data_offset,
            recipient_count: recipients.len() as i64,
            content_length: data_size,
            ..Size::default()
        };
        draft.set_size(&size).unwrap();
        draft
            .seal(&self.spool, queue, None)
            .unwrap()
            .commit_blocking()
            .unwrap()
            .id
    }

    /// Runs the mover until `done`.
    async fn run_until(&self, done: impl Fn(&Self) -> bool) {
        let running = spawn_local(Rc::clone(&self.mover).run());
        for _ in 0..3000 {
            if done(self) {
                running.abort();
                return;
            }
            stream::pause(Duration::from_millis(2)).await;
        }
        running.abort();
        panic!("it never came to pass; asked: {:?}", self.asked.borrow());
    }

    /// Nothing is to be done.
    fn is_done(&self) -> bool {
        self.count(Queue::Active) + self.count(Queue::Incoming) == 0 && self.mover.active.borrow().is_empty()
    }

    fn is_in(&self, queue: Queue, id: &QueueId) -> bool {
        self.spool.find(id, &[queue]).unwrap().is_some()
    }

    fn count(&self, queue: Queue) -> usize {
        queue::Scan::new(&self.spool, queue).unwrap().count()
    }

    fn next_try(&self, id: &QueueId) -> Duration {
        let file = QueueFile::open_to_read(&self.spool, Queue::Deferred, id).unwrap();
        file.state()
            .unwrap()
            .modified
            .duration_since(SystemTime::now())
            .unwrap_or_default()
    }

    fn nexthops(&self) -> Vec<String> {
        self.delivered
            .borrow()
            .iter()
            .map(|deliver| deliver.envelope.nexthop.clone())
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// What a message is like.
struct Facts {
    sender: &'static str,
    age_seconds: i64,
    warn_after_seconds: Option<i64>,
    redirect: &'static str,
}

const FACTS: Facts = Facts {
    sender: "a@sender.example",
    age_seconds: 10,
    warn_after_seconds: None,
    redirect: "",
};

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// Crosses off all recipients, as a good agent does.
fn all_well(deliver: &Deliver, spool: &Spool) -> Option<Delivered> {
    let id = QueueId::parse(&deliver.envelope.queue_id).unwrap();
    let file = QueueFile::open(spool, Queue::Active, &id).unwrap();
    for recipient in &deliver.recipients {
        file.mark_done(recipient.offset).unwrap();
    }
    Some(Delivered::default())
}

fn left() -> Delivered {
    Delivered {
        status: -1,
        ..Delivered::default()
    }
}

fn unreachable() -> Delivered {
    Delivered {
        status: -1,
        dead_status: "4.4.1".into(),
        dead_reason: "connection refused".into(),
    }
}

#[test]
fn with_dont_remove_a_delivered_message_is_saved() {
    run(async {
        let world = World::new("saved", "dont_remove = 1");
        world.populate(all_well);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(World::is_done).await;

        let id = QueueId::parse(id.as_ref()).unwrap();
        assert!(world.spool.find(&id, &[Queue::Saved]).unwrap().is_some());
    });
}

#[test]
fn a_delivered_message_is_removed() {
    run(async {
        let world = World::new("removed", "");
        let capture = maillog::capture();
        world.populate(all_well);
        let id = world.message(
            Queue::Incoming,
            &FACTS,
            &["b@one.example", "c@one.example", "d@two.example"],
        );

        world.run_until(World::is_done).await;

        assert_eq!(
            capture.lines(),
            [
                format!("{id}: from=<a@sender.example>, size=15, nrcpt=3 (queue active)"),
                format!("{id}: removed"),
            ]
        );
        let delivered = world.delivered.borrow();
        let mut counts: Vec<_> = delivered
            .iter()
            .map(|d| (&*d.envelope.nexthop, d.recipients.len()))
            .collect();
        counts.sort();
        assert_eq!(counts, [("one.example", 2), ("two.example", 1)]);
        assert_eq!(delivered[0].envelope.queue_id, id.as_str());
        assert_eq!(delivered[0].envelope.sender, "a@sender.example");
    });
}

#[test]
fn a_route_of_a_whole_domain_is_asked_for_once_and_for_odd_addresses_anew() {
    run(async {
        let world = World::new("whole", "");
        world.populate(all_well);
        let users = [
            "a@whole.example",
            "b@whole.example",
            "x%y@whole.example",
            "-c@whole.example",
        ];
        world.message(Queue::Incoming, &FACTS, &users);

        world.run_until(World::is_done).await;

        let mut asked = world.asked.borrow().clone();
        asked.sort();
        assert_eq!(
            asked,
            [
                "route -c@whole.example",
                "route a@whole.example",
                "route x%y@whole.example"
            ]
        );
        let delivered = world.delivered.borrow();
        let recipients = delivered.iter().flat_map(|deliver| &deliver.recipients);
        let mut addresses: Vec<&str> = recipients.map(|recipient| &*recipient.address).collect();
        addresses.sort_unstable();
        assert_eq!(
            addresses,
            [
                "-c@whole.example",
                "a@whole.example",
                "b@whole.example",
                "x%y@whole.example"
            ]
        );
    });
}

#[test]
fn a_message_with_a_recipient_left_rests_for_its_age() {
    run(async {
        let world = World::new("deferred", "");
        world.populate(|deliver, spool| {
            if deliver.envelope.nexthop == "one.example" {
                all_well(deliver, spool)
            } else {
                Some(left())
            }
        });
        let facts = Facts {
            age_seconds: 1000,
            ..FACTS
        };
        let id = world.message(Queue::Incoming, &facts, &["b@one.example", "c@two.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;

        let rest = world.next_try(&id).as_secs();
        assert!((990..1005).contains(&rest), "{rest}");

        world.delivered.borrow_mut().clear();
        world.mover.wish(Wishes {
            deferred: true,
            all: true,
            ..Wishes::default()
        });
        world
            .run_until(|world| world.delivered.borrow().len() == 1 && world.is_in(Queue::Deferred, &id))
            .await;

        assert_eq!(
            world.nexthops(),
            ["two.example"],
            "a finished recipient was tried again"
        );
    });
}

#[test]
fn what_waits_for_a_dead_destination_is_deferred_without_trying() {
    run(async {
        let world = World::new("dead", "initial_destination_concurrency = 1\n");
        world.populate(|_, _| Some(unreachable()));
        let ids: Vec<_> = (0..20)
            .map(|_| world.message(Queue::Incoming, &FACTS, &["b@dead.example"]))
            .collect();

        world
            .run_until(|world| ids.iter().all(|id| world.is_in(Queue::Deferred, id)))
            .await;

        let nexthops = world.nexthops();
        assert_eq!(
            nexthops
                .iter()
                .filter(|nexthop| *nexthop == "dead.example")
                .count(),
            1
        );
        let deferred = nexthops
            .iter()
            .filter(|nexthop| *nexthop == "4.4.1 connection refused")
            .count();
        assert_eq!(deferred, 19);
    });
}

#[test]
fn mail_for_a_transport_that_is_not_there_is_deferred() {
    run(async {
        let world = World::new("no-transport", "");
        let capture = maillog::capture();
        world.populate(all_well);
        std::fs::remove_file(world.root.join("private/smtp")).unwrap();
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;

        assert_eq!(world.nexthops(), ["4.3.0 mail transport unavailable"]);
        let lines = capture.lines();
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("warning: connect to transport private/smtp: ")),
            "{lines:?}"
        );
    });
}

#[test]
fn without_the_deferring_transport_mail_is_deferred_all_the_same() {
    run(async {
        let world = World::new("no-retry", "");
        world.populate(all_well);
        for name in ["smtp", "retry"] {
            std::fs::remove_file(world.root.join("private").join(name)).unwrap();
        }
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;

        assert!(world.asked.borrow().contains(&"defer append".to_owned()));
    });
}

#[test]
fn a_message_whose_agent_dies_is_kept() {
    run(async {
        let world = World::new("crash", "");
        let capture = maillog::capture();
        world.populate(|_, _| None);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;

        let lines = capture.lines();
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("warning: transport smtp failure -- see")),
            "{lines:?}"
        );
    });
}

#[test]
fn failures_are_returned_before_the_message_is_removed() {
    run(async {
        let world = World::new("bounce", "");
        world.populate(|deliver, spool| {
            let id = QueueId::parse(&deliver.envelope.queue_id).unwrap();
            let note = Note {
                recipient: "b@one.example".into(),
                reason: "no".into(),
                ..Note::default()
            };
            spool.append_notes(Queue::Bounce, &id, &[note], true).unwrap();
            all_well(deliver, spool)
        });
        world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(World::is_done).await;

        assert_eq!(*world.asked.borrow(), ["bounce flush"]);
        assert_eq!(world.count(Queue::Bounce), 0);
    });
}

#[test]
fn an_old_message_is_returned_with_the_reasons_of_its_delay() {
    run(async {
        let world = World::new("expired", "maximal_queue_lifetime = 1h\n");
        let capture = maillog::capture();
        world.populate(|_, _| Some(left()));
        let facts = Facts {
            age_seconds: 3600,
            ..FACTS
        };
        let id = world.message(Queue::Incoming, &facts, &["b@one.example"]);

        world.run_until(World::is_done).await;

        assert_eq!(*world.asked.borrow(), ["defer flush"]);
        let lines = capture.lines();
        assert_eq!(
            lines[1],
            format!("{id}: from=<a@sender.example>, status=expired, returned to sender")
        );
        assert_eq!(lines[2], format!("{id}: removed"));
    });
}

#[test]
fn a_message_expired_by_force_is_not_tried_again() {
    run(async {
        let world = World::new("forced", "");
        world.populate(all_well);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);
        let note = Note {
            recipient: "b@one.example".into(),
            reason: "later".into(),
            ..Note::default()
        };
        world
            .spool
            .append_notes(Queue::Defer, &id, &[note], true)
            .unwrap();
        QueueFile::open(&world.spool, Queue::Incoming, &id)
            .unwrap()
            .set_force_expire(true)
            .unwrap();

        world.run_until(World::is_done).await;

        assert_eq!(*world.asked.borrow(), ["defer flush"]);
        assert!(world.delivered.borrow().is_empty());
    });
}

#[test]
fn the_sender_is_told_of_a_delay_once() {
    run(async {
        let world = World::new("warn", "");
        world.populate(|_, _| Some(left()));
        let facts = Facts {
            age_seconds: 7200,
            warn_after_seconds: Some(3600),
            ..FACTS
        };
        let id = world.message(Queue::Incoming, &facts, &["b@one.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;
        assert_eq!(*world.asked.borrow(), ["defer warn"]);

        world.mover.wish(Wishes {
            deferred: true,
            all: true,
            ..Wishes::default()
        });
        world
            .run_until(|world| world.delivered.borrow().len() == 2 && world.is_in(Queue::Deferred, &id))
            .await;
        assert_eq!(world.asked.borrow().len(), 1);
    });
}

#[test]
fn a_damaged_file_is_set_aside() {
    run(async {
        let world = World::new("corrupt", "");
        let capture = maillog::capture();
        world.populate(all_well);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);
        let path = world.spool.path(Queue::Incoming, &id);
        let text = std::fs::read(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 2]).unwrap();

        world.run_until(|world| world.is_in(Queue::Corrupt, &id)).await;

        let lines = capture.lines();
        assert!(
            lines[0].starts_with(&format!("warning: {id}: message rejected: ")),
            "{lines:?}"
        );
        assert_eq!(
            lines[1],
            format!("warning: saving corrupt file \"{id}\" from queue \"active\" to queue \"corrupt\"")
        );
    });
}

#[test]
fn what_was_active_before_a_restart_is_delivered() {
    run(async {
        let world = World::new("recover", "");
        world.populate(all_well);
        world.message(Queue::Active, &FACTS, &["b@one.example"]);

        world.run_until(World::is_done).await;

        assert_eq!(world.nexthops(), ["one.example"]);
    });
}

#[test]
fn a_file_that_an_agent_still_has_is_left_alone() {
    run(async {
        let world = World::new("locked", "");
        let capture = maillog::capture();
        world.populate(all_well);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);
        let agent = QueueFile::open(&world.spool, Queue::Incoming, &id).unwrap();
        assert!(agent.try_share().unwrap());

        world.run_until(|_| !capture.lines().is_empty()).await;

        assert_eq!(capture.lines(), [format!("{id}: skipped, still being delivered")]);
        assert!(world.is_in(Queue::Incoming, &id) && world.delivered.borrow().is_empty());
    });
}

#[test]
fn a_redirected_message_has_one_recipient() {
    run(async {
        let world = World::new("redirect", "");
        world.serve("rewrite", |question| {
            let text = |name| question.attributes().text(name).unwrap_or_default().into_owned();
            if question.name() == "rewrite" {
                return Some(Either::Rewritten(text("address")));
            }
            let (transport, nexthop) = ("smtp".into(), "away.example".into());
            let recipient = text("address");
            Some(Either::Resolved(Resolved {
                flags: flag::DEFAULT,
                transport,
                nexthop,
                recipient,
            }))
        });
        world.agent(
            "smtp",
            Rc::new(|_: &Deliver, _: &Spool| Some(Delivered::default())),
        );
        let facts = Facts {
            redirect: "z@away.example",
            ..FACTS
        };
        world.message(Queue::Incoming, &facts, &["b@one.example", "c@two.example"]);

        world.run_until(World::is_done).await;

        let delivered = world.delivered.borrow();
        assert_eq!(delivered.len(), 1);
        let recipients: Vec<_> = delivered[0]
            .recipients
            .iter()
            .map(|r| r.address.as_str())
            .collect();
        assert_eq!(recipients, ["z@away.example"]);
        // It is the first one's record that is crossed off.
        assert_ne!(delivered[0].recipients[0].offset, 0);
    });
}

/// An answer of trivial-rewrite.
enum Either {
    Rewritten(String),
    Resolved(Resolved),
}

impl Message for Either {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Rewritten(address) => {
                contract::rewrite::Rewritten {
                    address: address.clone(),
                }
                .put(out);
            }
            Self::Resolved(resolved) => resolved.put(out),
        }
    }

    fn take(attributes: &contract::Attributes<'_>) -> Result<Self, contract::DecodeError> {
        Resolved::take(attributes).map(Self::Resolved)
    }
}

#[test]
fn a_notice_to_the_double_bounce_address_is_discarded() {
    run(async {
        let world = World::new("double", "");
        let capture = maillog::capture();
        world.populate(all_well);
        let facts = Facts { sender: "", ..FACTS };
        let id = world.message(Queue::Incoming, &facts, &["double-bounce@here.example"]);

        world.run_until(World::is_done).await;

        assert!(world.delivered.borrow().is_empty());
        let lines = capture.lines();
        assert!(lines[1].starts_with(&format!(
            "{id}: to=<double-bounce@here.example>, relay=none, delay="
        )));
        let end = "dsn=2.0.0, status=sent (undeliverable postmaster notification discarded)";
        assert!(lines[1].ends_with(end), "{}", lines[1]);
    });
}

#[test]
fn deferred_transports_wait_for_a_flush() {
    run(async {
        let world = World::new("defer-transports", "defer_transports = smtp\n");
        world.populate(all_well);
        let id = world.message(Queue::Incoming, &FACTS, &["b@one.example"]);

        world.run_until(|world| world.is_in(Queue::Deferred, &id)).await;
        assert_eq!(world.nexthops(), ["4.3.2 deferred transport"]);

        world.mover.wish(Wishes {
            deferred: true,
            all: true,
            flush: true,
            ..Wishes::default()
        });
        world
            .run_until(|world| world.count(Queue::Active) + world.count(Queue::Deferred) <= 16)
            .await;
        world
            .run_until(|world| !world.is_in(Queue::Deferred, &id) && !world.is_in(Queue::Active, &id))
            .await;
        assert_eq!(world.nexthops().last().map(String::as_str), Some("one.example"));
    });
}

#[test]
fn many_messages_with_many_recipients_go_out_once_each_in_little_memory() {
    run(async {
        let world = World::new(
            "many",
            "qmgr_message_active_limit = 7\nqmgr_message_recipient_limit = 9\nqmgr_message_recipient_minimum = 3\n\
             default_recipient_limit = 10\ndefault_extra_recipient_limit = 2\ndefault_recipient_refill_limit = 2\n\
             default_destination_recipient_limit = 4\n",
        );
        world.populate(all_well);
        let addresses: Vec<String> = (0..40).map(|n| format!("u{n}@d{}.example", n % 7)).collect();
        for size in 1..=40 {
            let recipients: Vec<&str> = addresses[..size].iter().map(String::as_str).collect();
            world.message(Queue::Incoming, &FACTS, &recipients);
        }

        world.run_until(World::is_done).await;

        let mut seen = HashMap::new();
        for deliver in world.delivered.borrow().iter() {
            for recipient in &deliver.recipients {
                *seen
                    .entry((deliver.envelope.queue_id.clone(), recipient.address.clone()))
                    .or_insert(0) += 1;
            }
        }
        assert_eq!(seen.len(), (1..=40).sum::<usize>());
        assert!(seen.values().all(|count| *count == 1));
        assert_eq!(world.mover.schedule.borrow().active_messages(), 0);
        assert!(world.mover.active.borrow().is_empty());
    });
}

#[test]
fn an_empty_directory_is_no_trouble() {
    run(async {
        let world = World::new("empty", "");
        let capture = maillog::capture();
        world.populate(all_well);

        world
            .run_until(|world| world.mover.next_scan() > stream::now())
            .await;

        assert!(capture.lines().is_empty() && Path::new(&world.root).exists());
    });
}

#[test]
fn a_new_file_that_is_named_is_taken_without_a_walk() {
    run(async {
        let world = World::new("named", "");
        world.populate(all_well);
        let running = spawn_local(Rc::clone(&world.mover).run());
        // Its first walk has ended, and the next one is not due.
        stream::pause(Duration::from_millis(50)).await;

        let named = world.message(Queue::Incoming, &FACTS, &["b@two.example"]);
        let unnamed = world.message(Queue::Incoming, &FACTS, &["b@three.example"]);
        world
            .mover
            .expect(vec!["0".repeat(12), "no/name".to_owned(), named.to_string()]);
        world.mover.notify();
        while world.is_in(Queue::Incoming, &named) || !world.mover.active.borrow().is_empty() {
            stream::pause(Duration::from_millis(2)).await;
        }
        running.abort();

        assert_eq!(world.nexthops(), ["two.example"]);
        assert!(world.is_in(Queue::Incoming, &unnamed));
    });
}
