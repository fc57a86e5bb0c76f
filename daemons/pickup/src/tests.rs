//! Submissions on their way to a cleanup that is played here.

use super::*;
use contract::attribute::{Boundary, encode};
use contract::cleanup::{Filed, Opened, status};
use queue::Draft;
use record::{Decoded, Kind};
use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;
use stream::Stream;
use tokio::net::UnixListener;
use tokio::task::LocalSet;

/// A queue directory and a cleanup that answers every message in the same way.
struct Place {
    root: PathBuf,
    pickup: Rc<Pickup>,
    answer: Filed,
    /// Flags and records of each message that came.
    got: Got,
}

impl Place {
    fn new(name: &str, answer: Filed) -> Self {
        let root = std::env::temp_dir().join(format!("pickup-{name}-{}", std::process::id()));
        for directory in ["maildrop", "public"] {
            std::fs::create_dir_all(root.join(directory)).unwrap();
        }
        let text = "myhostname = here.example\nmail_name = Postfix\nsmtputf8_enable = yes\n";
        let settings = Settings::read(&config::Configuration::parse(text).unwrap()).unwrap();
        let limits = ipc::Limits {
            wait: Duration::from_secs(10),
            tries: 1,
            ..ipc::Limits::default()
        };
        let pickup = Rc::new(Pickup {
            spool: Spool::new(&root, Layout::default()),
            cleanup: ipc::Port::new(root.join("public/cleanup"), limits),
            // Nobody's: no submission of this test is the mail system's own.
            owner: u32::MAX,
            flags: flags(&settings.receive_override_options).unwrap(),
            autodetect_utf8: true,
            line_limit: 2048,
            log_form: AddressForm::default(),
            zone: TimeZone::UTC,
            clock: SystemTime::now,
            busy: Cell::new(false),
            again: Cell::new(false),
            settings,
        });
        Self {
            root,
            pickup,
            answer,
            got: Rc::default(),
        }
    }

    fn submit(&self, sender: &str) -> String {
        let mut draft = Draft::create(&self.pickup.spool, Queue::Maildrop).unwrap();
        draft.put(Kind::TIME, b"1 2").unwrap();
        draft.put(Kind::SENDER, sender.as_bytes()).unwrap();
        draft.put(Kind::MESSAGE, b"").unwrap();
        for _ in 0..100 {
            draft.put_line(&[b'x'; 1500], 2048).unwrap();
        }
        draft.put(Kind::EXTRACTED, b"").unwrap();
        draft.put(Kind::RECIPIENT, b"you@there").unwrap();
        draft.put(Kind::END, b"").unwrap();
        let sealed = draft.seal(&self.pickup.spool, Queue::Maildrop, None).unwrap();
        sealed.commit_blocking().unwrap().id.to_string()
    }

    fn left(&self) -> Vec<String> {
        Scan::new(&self.pickup.spool, Queue::Maildrop)
            .unwrap()
            .map(|entry| entry.name)
            .collect()
    }

    /// Wakes pickup beside a cleanup, and waits until it has done what it can.
    fn wake(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            let _ = std::fs::remove_file(self.root.join("public/cleanup"));
            let listener = UnixListener::bind(self.root.join("public/cleanup")).unwrap();
            let (got, answer) = (self.got.clone(), self.answer.clone());
            let cleanup = tokio::task::spawn_local(async move {
                loop {
                    let (socket, _) = listener.accept().await.unwrap();
                    tokio::task::spawn_local(serve(Stream::new(socket), answer.clone(), got.clone()));
                }
            });
            self.pickup.clone().wake(b"W".to_vec()).await;
            cleanup.abort();
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// Flags and records of each message that came.
type Got = Rc<RefCell<Vec<(u32, Vec<u8>)>>>;

const WAIT: Duration = Duration::from_secs(10);

async fn serve(mut stream: Stream, answer: Filed, got: Got) {
    loop {
        let end = loop {
            match Boundary::default().find(stream.buffered()).unwrap() {
                Some(end) => break end,
                None if stream.fill(WAIT).await.is_err() => return,
                None => {}
            }
        };
        let octets = stream.buffered()[..end].to_vec();
        stream.consume(end);
        let attributes = contract::Attributes::parse(&octets).unwrap();
        let flags = attributes.text("flags").unwrap().parse().unwrap();
        let queue_id = format!("ID{}", got.borrow().len());
        got.borrow_mut().push((flags, Vec::new()));
        let index = got.borrow().len() - 1;
        encode(
            &Opened {
                queue_id,
                ..Opened::default()
            },
            stream.output(),
        );
        stream.flush(WAIT).await.unwrap();
        loop {
            let (used, kind) = match record::decode(stream.buffered(), 1 << 20).unwrap() {
                Decoded::Record(record, used) => (used, record.kind),
                Decoded::Incomplete(_) => {
                    if stream.fill(WAIT).await.is_err() {
                        got.borrow_mut()[index].1.clear();
                        return;
                    }
                    continue;
                }
            };
            got.borrow_mut()[index]
                .1
                .extend_from_slice(&stream.buffered()[..used]);
            stream.consume(used);
            if kind == Kind::END {
                break;
            }
        }
        encode(&answer, stream.output());
        stream.flush(WAIT).await.unwrap();
    }
}

fn letters(octets: &[u8]) -> String {
    record::Reader::new(octets)
        .map(|record| char::from(record.unwrap().kind.byte()))
        .collect()
}

#[test]
fn submissions_are_handed_over_and_removed() {
    let place = Place::new("many", Filed::default());
    for number in 0..30 {
        place.submit(&format!("s{number}@here"));
    }

    place.wake();

    assert_eq!(place.left(), Vec::<String>::new());
    let got = place.got.borrow();
    assert_eq!(got.len(), 30);
    for (flags, octets) in got.iter() {
        assert_eq!(*flags, flag::SUBMITTED | flag::AUTO_UTF8);
        assert_eq!(letters(octets), format!("TSM{}XRE", "N".repeat(102)));
    }
    let text = String::from_utf8_lossy(&got[0].1).into_owned();
    assert!(text.contains("Received: by here.example (Postfix, from userid "));
}

#[test]
fn what_cleanup_cannot_file_now_is_kept() {
    let place = Place::new(
        "kept",
        Filed {
            status: status::WRITE,
            reason: "4.3.0 full".into(),
        },
    );
    let name = place.submit("a@b");

    place.wake();

    assert_eq!(place.left(), [name]);
}

#[test]
fn what_will_never_be_a_message_is_removed() {
    let place = Place::new("bad", Filed::default());
    let name = place.submit("a@b");
    let path = place.root.join("maildrop").join(&name);
    std::fs::write(&path, b"S\x01aM\x00E\x00").unwrap();
    let unfinished = Draft::create(&place.pickup.spool, Queue::Maildrop).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", place.root.join("maildrop/LINK")).unwrap();
    std::fs::create_dir(place.root.join("maildrop/a")).unwrap();

    place.wake();

    let mut left = place.left();
    left.sort();
    let mut wanted = vec![unfinished.id().to_string(), "LINK".to_owned()];
    wanted.sort();
    assert_eq!(left, wanted);
    assert!(place.got.borrow().iter().all(|(_, octets)| octets.is_empty()));
}

#[test]
fn a_file_with_another_name_is_left_alone() {
    let place = Place::new("linked", Filed::default());
    let name = place.submit("a@b");
    std::fs::hard_link(place.root.join("maildrop").join(&name), place.root.join("other")).unwrap();

    place.wake();

    assert_eq!(place.left(), [name]);
    assert!(place.got.borrow().is_empty());
}

#[test]
fn a_requeued_message_is_not_shown_to_milters() {
    let mut place = Place::new(
        "requeued",
        Filed {
            status: status::NO_RECIPIENTS,
            reason: String::new(),
        },
    );
    let name = place.submit("a@b");
    let path = place.root.join("maildrop").join(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let pickup = Rc::get_mut(&mut place.pickup).unwrap();
    pickup.owner = sys::identity::effective_uid();

    place.wake();

    assert_eq!(place.got.borrow()[0].0, flag::SUBMITTED & !flag::MILTER);
    assert_eq!(place.left(), Vec::<String>::new());
}

#[test]
fn override_options_take_treatments_away() {
    let options = ["no_address_mappings".to_owned(), "no_milters".to_owned()];

    assert_eq!(flags(&options).unwrap(), flag::BOUNCE | flag::FILTER);
    assert!(flags(&["no_such_thing".to_owned()]).is_err());
}
