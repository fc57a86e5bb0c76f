//! A listing of a small queue, as old and new clients get it.

use super::*;
use contract::attribute::{Boundary, encode};
use contract::showq::{Entry, Hello, Recipient};
use mail::QueueId;
use queue::Draft;
use record::note::Note;
use record::{Kind, Size};
use std::path::PathBuf;

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> (Self, Rc<Showq>) {
        let root = std::env::temp_dir().join(format!("showq-{name}-{}", std::process::id()));
        for queue in Queue::ALL {
            std::fs::create_dir_all(root.join(queue.name())).unwrap();
        }
        let settings = Settings::read(&config::Configuration::parse("").unwrap()).unwrap();
        let spool = Spool::new(&root, Layout::default());
        let memory = Arc::default();
        let showq = Showq {
            settings,
            spool,
            memory,
        };
        (Self(root), Rc::new(showq))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn write(spool: &Spool, queue: Queue, sender: &str, recipients: &[&str]) -> QueueId {
    let mut draft = Draft::create(spool, Queue::Incoming).unwrap();
    draft.put(Kind::TIME, b"1795385466 12").unwrap();
    draft.put(Kind::SENDER, sender.as_bytes()).unwrap();
    for recipient in recipients {
        draft
            .put(Kind::ORIGINAL_RECIPIENT, b"two words@x.example")
            .unwrap();
        draft.put(Kind::RECIPIENT, recipient.as_bytes()).unwrap();
    }
    draft.put(Kind::MESSAGE, b"").unwrap();
    let data_offset = draft.position() as i64;
    draft.put_line(b"Subject: x", 2048).unwrap();
    let data_size = draft.position() as i64 - data_offset;
    draft.put(Kind::EXTRACTED, b"").unwrap();
    draft.put(Kind::END, b"").unwrap();
    draft
        .set_size(&Size {
            data_size,
            data_offset,
            content_length: data_size,
            ..Size::default()
        })
        .unwrap();
    let id = draft
        .seal(spool, Queue::Incoming, None)
        .unwrap()
        .commit_blocking()
        .unwrap()
        .id;
    spool.move_file(&id, Queue::Incoming, queue).unwrap();
    id
}

async fn listing(showq: Rc<Showq>, greets: bool) -> Vec<(Entry, Vec<Recipient>)> {
    let (server, mut client) = Stream::pair();
    if greets {
        encode(&Hello::new(), client.output());
        client.flush(Duration::from_secs(1)).await.unwrap();
    }
    showq
        .serve(Client {
            stream: server,
            origin: daemon::Origin::Local,
        })
        .await;
    let mut entries = Vec::new();
    let mut greeted = false;
    loop {
        let Some(end) = Boundary::default().find(client.buffered()).unwrap() else {
            client.fill(Duration::from_secs(1)).await.unwrap();
            continue;
        };
        let octets = client.buffered()[..end].to_vec();
        client.consume(end);
        let attributes = contract::Attributes::parse(&octets).unwrap();
        if !greeted {
            assert_eq!(
                attributes.get("protocol"),
                Some(contract::showq::PROTOCOL.as_bytes())
            );
            greeted = true;
            continue;
        }
        match contract::showq::decode(&attributes).unwrap() {
            Some(entry) => entries.push(entry),
            None => return entries,
        }
    }
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work);
}

#[test]
fn recipients_with_a_reason_come_first_and_only_once() {
    let (_place, showq) = Place::new("reasons");
    let id = write(
        &showq.spool,
        Queue::Deferred,
        "",
        &["q q@y.example", "r1@y.example"],
    );
    let note = Note {
        recipient: "r1@y.example".into(),
        original_recipient: "alias@y.example".into(),
        reason: "later".into(),
        ..Note::default()
    };
    showq
        .spool
        .append_notes(Queue::Defer, &id, &[note], true)
        .unwrap();

    run(async {
        let old = listing(showq.clone(), false).await;
        let new = listing(showq.clone(), true).await;

        let (entry, recipients) = &old[0];
        assert_eq!(
            (entry.queue_name.as_str(), entry.queue_id.as_str()),
            ("deferred", id.as_str())
        );
        assert_eq!(
            (entry.time, entry.sender.as_str()),
            (1_795_385_466, "MAILER-DAEMON")
        );
        assert_eq!(entry.size, 12);
        let shown: Vec<_> = recipients
            .iter()
            .map(|r| (r.address.as_str(), r.reason.as_str()))
            .collect();
        assert_eq!(shown, [("r1@y.example", "later"), ("\"q q\"@y.example", "")]);
        assert!(
            recipients
                .iter()
                .all(|r| r.original.is_none() && r.log_class.is_none())
        );
        let details: Vec<_> = new[0]
            .1
            .iter()
            .map(|r| (r.original.clone(), r.log_class.clone()))
            .collect();
        assert_eq!(details[0], (Some("alias@y.example".into()), Some("defer".into())));
        assert_eq!(
            details[1],
            (Some("\"two words\"@x.example".into()), Some(String::new()))
        );
    });
}

#[test]
fn an_empty_queue_has_an_end_and_nothing_else() {
    let (_place, showq) = Place::new("empty");

    run(async { assert!(listing(showq, false).await.is_empty()) });
}

#[test]
fn queues_come_in_their_order_and_unfinished_files_do_not_come() {
    let (_place, showq) = Place::new("order");
    let held = write(&showq.spool, Queue::Hold, "a@b", &["c@d"]);
    let active = write(&showq.spool, Queue::Active, "a@b", &["c@d"]);
    let _draft = Draft::create(&showq.spool, Queue::Incoming).unwrap();

    run(async {
        let entries = listing(showq, false).await;

        let ids: Vec<_> = entries.iter().map(|(entry, _)| entry.queue_id.as_str()).collect();
        assert_eq!(ids, [active.as_str(), held.as_str()]);
    });
}

#[test]
fn a_message_that_rests_is_told_again_and_one_that_was_tried_meanwhile_is_read_again() {
    let (_place, showq) = Place::new("again");
    let kept = write(&showq.spool, Queue::Hold, "a@b", &["kept@d"]);
    let tried = write(&showq.spool, Queue::Deferred, "a@b", &["tried@d"]);
    std::thread::sleep(Duration::from_millis(2100));

    run(async {
        let first = listing(showq.clone(), true).await;
        let note = Note {
            recipient: "tried@d".into(),
            reason: "later".into(),
            ..Note::default()
        };
        let spool = &showq.spool;
        spool.append_notes(Queue::Defer, &tried, &[note], true).unwrap();
        spool.move_file(&tried, Queue::Deferred, Queue::Active).unwrap();
        spool
            .defer(&tried, Queue::Active, std::time::SystemTime::now())
            .unwrap();
        let second = listing(showq.clone(), true).await;
        spool.remove(Queue::Hold, &kept).unwrap();
        let third = listing(showq.clone(), true).await;

        assert_eq!(first.len(), 2);
        assert_eq!(first[0].1[0].reason, "");
        assert_eq!(second[0].1[0].reason, "later");
        assert_eq!(first[1], second[1]);
        assert_eq!(second[..1], third[..]);
    });
}
