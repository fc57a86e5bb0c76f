//! Messages held, released, requeued, expired, deleted and renamed.

use super::*;
use mail::QueueId;
use queue::{Draft, QueueFile, Scan};
use record::note::Note;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

struct Place {
    root: PathBuf,
    spool: Spool,
}

static PLACES: AtomicU32 = AtomicU32::new(0);

impl Place {
    fn new(layout: Layout) -> Self {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("postsuper-{}-{number}", std::process::id()));
        for queue in Queue::ALL {
            fs::create_dir_all(root.join(queue.name())).unwrap();
        }
        Self {
            spool: Spool::new(&root, layout),
            root,
        }
    }

    fn message(&self, queue: Queue) -> QueueId {
        let draft = Draft::create(&self.spool, Queue::Incoming).unwrap();
        let id = draft
            .seal(&self.spool, Queue::Incoming, None)
            .unwrap()
            .commit_blocking()
            .unwrap()
            .id;
        if queue != Queue::Incoming {
            self.spool.move_file(&id, Queue::Incoming, queue).unwrap();
        }
        id
    }

    fn run(&self, words: &[&str]) -> Tally {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let options = Options::parse("d:e:f:h:H:pr:sSv", &words).unwrap();
        let queues = queues(&options.operands).unwrap();
        let desk = Desk {
            spool: &self.spool,
            queues: &queues,
            now: SystemTime::now(),
        };
        let mut tally = Tally::default();
        work(&desk, &options, &mut tally).unwrap();
        tally
    }

    fn place_of(&self, id: &QueueId) -> Option<Queue> {
        self.spool.find(id, &Queue::ALL).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

#[test]
fn one_message_goes_through_every_state() {
    let place = Place::new(Layout::default());
    let id = place.message(Queue::Deferred);
    let name = id.as_str();

    assert_eq!(place.run(&["-h", name]).held, 1);
    assert_eq!(place.place_of(&id), Some(Queue::Hold));
    assert_eq!(place.run(&["-e", name]).expired, 1);
    assert_eq!(place.run(&["-e", name]).expired, 0);
    let file = QueueFile::open(&place.spool, Queue::Hold, &id).unwrap();
    assert!(file.state().unwrap().is_expired_by_force());
    assert_eq!(place.run(&["-H", name]).released, 1);
    assert_eq!(place.place_of(&id), Some(Queue::Deferred));
    assert_eq!(place.run(&["-r", name]).requeued, 1);
    assert_eq!(place.place_of(&id), Some(Queue::Maildrop));
    assert_eq!(
        place.run(&["-h", name, "-d", name]),
        Tally {
            deleted: 1,
            ..Tally::default()
        }
    );
    assert_eq!(place.place_of(&id), None);
}

#[test]
fn deleting_a_message_deletes_its_notes() {
    let place = Place::new(Layout::default());
    let id = place.message(Queue::Active);
    place
        .spool
        .append_notes(Queue::Defer, &id, &[Note::default()], true)
        .unwrap();

    assert_eq!(place.run(&["-d", id.as_str(), "hold"]).deleted, 0);
    assert_eq!(place.run(&["-d", id.as_str()]).deleted, 1);

    assert_eq!(place.place_of(&id), None);
}

#[test]
fn all_means_the_queues_that_are_named() {
    let place = Place::new(Layout::default());
    let held = place.message(Queue::Hold);
    let active = place.message(Queue::Active);
    let _unfinished = Draft::create(&place.spool, Queue::Incoming).unwrap();

    assert_eq!(place.run(&["-h", "ALL", "active"]).held, 1);
    assert_eq!(place.place_of(&active), Some(Queue::Hold));
    let tally = place.run(&["-f", "ALL"]);
    assert_eq!((tally.expired, tally.released), (2, 2));
    assert_eq!(place.run(&["-r", "ALL", "deferred"]).requeued, 2);
    assert_eq!(place.place_of(&held), Some(Queue::Maildrop));
    assert_eq!(place.run(&["-d", "ALL"]).deleted, 2);
}

#[test]
fn files_are_moved_to_where_the_layout_wants_them() {
    let place = Place::new(Layout::new(["deferred", "active"], 2, false));
    let id = place.message(Queue::Deferred);
    let flat = Spool::new(&place.root, Layout::new([], 1, false));
    let desk = Desk {
        spool: &flat,
        queues: &QUEUES,
        now: SystemTime::now(),
    };
    let mut tally = Tally::default();

    desk.repair(
        Repair {
            structure: true,
            ..Repair::default()
        },
        &mut tally,
    )
    .unwrap();

    assert_eq!(
        tally,
        Tally {
            misplaced: 1,
            ..Tally::default()
        }
    );
    assert!(place.root.join("deferred").join(id.as_str()).is_file());
    assert_eq!(fs::read_dir(place.root.join("deferred")).unwrap().count(), 1);
}

#[test]
fn restored_files_get_names_that_fit_their_inodes() {
    let place = Place::new(Layout::default());
    let old = place.message(Queue::Deferred);
    place
        .spool
        .append_notes(Queue::Defer, &old, &[Note::default()], true)
        .unwrap();
    // As after a restore: the same name, another inode.
    let path = place.spool.path(Queue::Deferred, &old);
    let octets = fs::read(&path).unwrap();
    fs::write(place.root.join("other"), octets).unwrap();
    fs::set_permissions(
        place.root.join("other"),
        fs::metadata(&path).unwrap().permissions(),
    )
    .unwrap();
    fs::rename(place.root.join("other"), &path).unwrap();

    let tally = place.run(&["-s"]);

    assert_eq!((tally.mismatched, tally.renamed), (1, 1));
    let entry = Scan::new(&place.spool, Queue::Deferred).unwrap().next().unwrap();
    let new = entry.id().unwrap();
    assert_eq!(
        (new.inode(), new.microseconds()),
        (Some(entry.inode), old.microseconds())
    );
    assert!(
        place
            .spool
            .read_notes(Queue::Defer, &new, 1000)
            .unwrap()
            .is_some()
    );
    assert_eq!(place.run(&["-s"]), Tally::default());
}

#[test]
fn long_names_become_short_when_long_ones_are_off() {
    let long = Place::new(Layout::new(["deferred"], 1, true));
    let id = long.message(Queue::Deferred);
    let short = Spool::new(&long.root, Layout::default());
    let desk = Desk {
        spool: &short,
        queues: &QUEUES,
        now: SystemTime::now(),
    };
    let mut tally = Tally::default();
    for _ in 0..2 {
        desk.repair(
            Repair {
                structure: true,
                ..Repair::default()
            },
            &mut tally,
        )
        .unwrap();
    }

    let new = QueueId::short(id.microseconds().unwrap(), id.inode().unwrap());
    assert!(short.path(Queue::Deferred, &new).is_file());
}

#[test]
fn strangers_and_old_leftovers_go() {
    let place = Place::new(Layout::default());
    let incoming = place.root.join("incoming");
    fs::create_dir(incoming.join("directory")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", incoming.join("link")).unwrap();
    let apart = incoming.join(queue::MAKING).join("00");
    fs::create_dir_all(&apart).unwrap();
    fs::write(incoming.join("12.34"), "").unwrap();
    fs::write(incoming.join("56.78"), "").unwrap();
    fs::write(apart.join("12.34"), "").unwrap();
    fs::write(apart.join("56.78"), "").unwrap();
    let long_ago = SystemTime::now() - std::time::Duration::from_secs(8 * 24 * 3600);
    sys::disk::set_times_at(&incoming.join("12.34"), long_ago).unwrap();
    sys::disk::set_times_at(&apart.join("12.34"), long_ago).unwrap();

    place.run(&[]);

    assert!(!incoming.join("12.34").exists() && incoming.join("56.78").exists());
    assert_eq!(place.spool.in_the_making().unwrap(), [apart.join("56.78")]);
}
