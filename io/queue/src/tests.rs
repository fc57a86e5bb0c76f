//! The queue directory as its users see it: write, commit, read back, move, walk.

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use mail::{Notify, QueueId, Ret};
use record::{Kind, Size, attribute, hints, note::Note, number};

use crate::*;

/// A spool of its own for one test, removed afterwards.
struct Place {
    spool: Spool,
    root: PathBuf,
}

static PLACES: AtomicU32 = AtomicU32::new(0);

impl Place {
    fn new() -> Self {
        Self::with(Layout::default())
    }

    fn with(layout: Layout) -> Self {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("queue-test-{}-{number}", std::process::id()));
        for queue in Queue::ALL {
            fs::create_dir_all(root.join(queue.name())).unwrap();
        }
        Self {
            spool: Spool::new(&root, layout),
            root,
        }
    }

    fn count(&self, queue: Queue) -> usize {
        Scan::new(&self.spool, queue).unwrap().count()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// Writes an envelope with these recipients, two lines of content, and more recipients behind it.
fn write(place: &Place, recipients: &[&str], extracted: &[&str], mixed: bool) -> QueueId {
    let mut draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    draft.put(Kind::TIME, b"1795372462 560401").unwrap();
    draft
        .put_attribute(attribute::CREATE_TIME, b"1795372463")
        .unwrap();
    draft
        .put_attribute(attribute::REWRITE_CONTEXT, b"remote")
        .unwrap();
    draft.put_attribute(attribute::RET_FLAGS, b"2").unwrap();
    draft.put(Kind::SENDER, b"sender@example.com").unwrap();
    draft
        .put_attribute(attribute::LOG_CLIENT_NAME, b"forwarded.example")
        .unwrap();
    draft
        .put_attribute(attribute::CLIENT_NAME, b"real.example")
        .unwrap();
    draft.put_attribute(attribute::CLIENT_PORT, b"4711").unwrap();
    draft.put_attribute(attribute::TRACE_FLAGS, b"1024").unwrap();
    draft.put(Kind::WARN_TIME, &number(1_795_386_862)).unwrap();
    for (index, recipient) in recipients.iter().enumerate() {
        draft.put_attribute(attribute::NOTIFY_FLAGS, b"6").unwrap();
        draft
            .put_attribute(attribute::DSN_ORIG_RCPT, b"rfc822;alias@example.com")
            .unwrap();
        draft.put(Kind::ORIGINAL_RECIPIENT, b"alias@example.com").unwrap();
        draft.put(Kind::RECIPIENT, recipient.as_bytes()).unwrap();
        if mixed && index == 0 {
            draft.put_attribute(attribute::LOG_IDENT, b"LATE").unwrap();
        }
    }
    draft.put(Kind::MESSAGE, b"").unwrap();
    let data_offset = draft.position() as i64;
    draft.put_line(b"Subject: t", 2048).unwrap();
    draft.put_line(b"", 2048).unwrap();
    draft.put_line(b"a long line in pieces", 8).unwrap();
    let data_size = draft.position() as i64 - data_offset;
    draft.put(Kind::EXTRACTED, b"").unwrap();
    draft.put(Kind::FILTER, b"smtp:[127.0.0.1]:9").unwrap();
    draft.put_attribute(attribute::ENCODING, b"7bit").unwrap();
    for recipient in extracted {
        draft.put(Kind::RECIPIENT, recipient.as_bytes()).unwrap();
    }
    draft.put(Kind::END, b"").unwrap();
    draft
        .set_size(&Size {
            data_size,
            data_offset,
            recipient_count: (recipients.len() + extracted.len()) as i64,
            hints: if mixed { hints::MIXED_RECIPIENTS } else { 0 },
            content_length: data_size,
            ..Size::default()
        })
        .unwrap();
    draft
        .seal(&place.spool, Queue::Incoming, None)
        .unwrap()
        .commit_blocking()
        .unwrap()
        .id
}

fn addresses(recipients: &[mail::Recipient]) -> Vec<&str> {
    recipients
        .iter()
        .map(|recipient| recipient.address.as_str())
        .collect()
}

#[test]
fn a_committed_message_is_ready_and_reads_back() {
    let place = Place::new();
    let id = write(&place, &["a@b.c"], &["d@e.f"], false);
    let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();

    let envelope = Envelope::read(file.file(), 100).unwrap();

    let state = file.state().unwrap();
    assert!(state.is_ready());
    assert_eq!(id.inode(), Some(state.inode));
    assert_eq!(envelope.sender, "sender@example.com");
    assert_eq!(
        (envelope.arrival.seconds, envelope.create_time),
        (1_795_372_462, 1_795_372_463)
    );
    assert_eq!(
        (envelope.client.name.as_str(), envelope.client.port.as_str()),
        ("forwarded.example", "4711")
    );
    assert_eq!(
        (envelope.filter.as_str(), envelope.encoding.as_str()),
        ("smtp:[127.0.0.1]:9", "7bit")
    );
    assert_eq!((envelope.ret, envelope.trace_flags), (Ret::Headers, 1024));
    assert_eq!(addresses(&envelope.recipients), ["a@b.c", "d@e.f"]);
    let first = &envelope.recipients[0];
    assert_eq!(
        (first.original.as_str(), first.notify.bits()),
        ("alias@example.com", 6)
    );
    assert_eq!(envelope.recipients[1].notify, Notify::NONE);
    assert_eq!(envelope.resume, None);
}

#[test]
fn content_comes_line_by_line_with_long_lines_in_pieces() {
    let place = Place::new();
    let id = write(&place, &["a@b.c"], &[], false);
    let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();

    let mut lines = Vec::new();
    let mut content = Content::new(file.file(), &file.size().unwrap()).unwrap();
    content
        .each_line(|line| {
            lines.push((String::from_utf8(line.bytes.to_vec()).unwrap(), line.ends));
            Ok::<(), QueueError>(())
        })
        .unwrap();

    let wanted = [
        ("Subject: t", true),
        ("", true),
        ("a long l", false),
        ("ine in p", false),
        ("ieces", true),
    ];
    assert_eq!(lines.len(), wanted.len());
    assert!(
        lines
            .iter()
            .zip(wanted)
            .all(|(found, wanted)| (found.0.as_str(), found.1) == wanted)
    );
    assert_eq!(content.next_line().unwrap(), None);
}

#[test]
fn recipients_come_in_batches_that_neither_lose_nor_repeat_one() {
    for mixed in [false, true] {
        let place = Place::new();
        let outside: Vec<String> = (0..7).map(|n| format!("e{n}@x")).collect();
        let inside: Vec<String> = (0..5).map(|n| format!("i{n}@x")).collect();
        let borrow = |list: &'_ Vec<String>| list.iter().map(|s| s.as_str().to_owned()).collect::<Vec<_>>();
        let all: Vec<String> = borrow(&outside).into_iter().chain(borrow(&inside)).collect();
        let id = write(
            &place,
            &outside.iter().map(String::as_str).collect::<Vec<_>>(),
            &inside.iter().map(String::as_str).collect::<Vec<_>>(),
            mixed,
        );
        let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();
        for limit in 1..14 {
            let envelope = Envelope::read(file.file(), limit).unwrap();
            assert_eq!(envelope.filter, "smtp:[127.0.0.1]:9");
            assert_eq!(envelope.log_ident, if mixed { "LATE" } else { "" });
            let mut found = envelope.recipients.clone();
            let mut resume = envelope.resume;
            while let Some(from) = resume {
                let batch = envelope.read_on(file.file(), from, limit).unwrap();
                assert!(!batch.recipients.is_empty() && batch.recipients.len() <= limit);
                found.extend(batch.recipients);
                resume = batch.resume;
            }
            assert_eq!(addresses(&found), all, "limit {limit}, mixed {mixed}");
            assert!(found[..7].iter().all(|recipient| recipient.notify.bits() == 6));
        }
    }
}

#[test]
fn a_finished_recipient_is_crossed_off_in_place() {
    let place = Place::new();
    let id = write(&place, &["a@b.c", "d@e.f"], &[], false);
    let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();
    let envelope = Envelope::read(file.file(), 100).unwrap();

    file.mark_done(envelope.recipients[0].offset).unwrap();
    file.mark_done(envelope.recipients[0].offset).unwrap();
    file.clear_warn_time(envelope.warn_offset.unwrap()).unwrap();
    file.kill_attribute(envelope.trace_offset.unwrap()).unwrap();

    let after = Envelope::read(file.file(), 100).unwrap();
    assert_eq!(addresses(&after.recipients), ["d@e.f"]);
    assert_eq!((after.warn_time, after.trace_flags), (0, 0));
    assert!(
        file.mark_done(envelope.recipients[0].offset + 1)
            .unwrap_err()
            .is_damage()
    );
    assert!(file.mark_done(1 << 40).unwrap_err().is_damage());
}

#[test]
fn a_dropped_draft_leaves_nothing_behind() {
    let place = Place::new();
    let mut draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    draft.put_encoded(&vec![0; 300 * 1024]).unwrap();
    assert_eq!(place.count(Queue::Incoming), 1);
    let path = place.spool.path(Queue::Incoming, draft.id());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);

    drop(draft);
    let draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    drop(draft.seal(&place.spool, Queue::Hold, None).unwrap());

    assert_eq!(place.count(Queue::Incoming), 0);
    assert_eq!(place.count(Queue::Hold), 0);
}

#[test]
fn a_message_on_hold_is_committed_there() {
    let place = Place::with(Layout::new(["hold"], 2, true));
    let draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    assert!(draft.id().is_long());

    let committed = draft
        .seal(&place.spool, Queue::Hold, None)
        .unwrap()
        .commit_blocking()
        .unwrap();

    assert_eq!(committed.queue, Queue::Hold);
    assert_eq!(
        place.spool.find(&committed.id, &Queue::ALL).unwrap(),
        Some(Queue::Hold)
    );
    assert_eq!((place.count(Queue::Incoming), place.count(Queue::Hold)), (0, 1));
}

#[test]
fn a_draft_is_patched_wherever_its_octets_are() {
    let place = Place::new();
    let mut draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    let offset = draft.put(Kind::SENDER, b"abcdef").unwrap();
    draft.patch(offset + 2, b"X").unwrap();
    draft.settle().unwrap();
    let second = draft.put(Kind::RECIPIENT, b"ghi").unwrap();
    draft.patch(offset + 3, b"Y").unwrap();
    draft.patch(second - 1, b"Z\x2f\x03").unwrap();
    assert!(draft.patch(draft.position(), b"!").is_err());

    let path = draft
        .seal(&place.spool, Queue::Incoming, None)
        .unwrap()
        .commit_blocking()
        .unwrap();

    let octets = fs::read(place.spool.path(Queue::Incoming, &path.id)).unwrap();
    assert_eq!(&octets[offset as usize..], b"S\x06XYcdeZ/\x03ghi");
}

#[test]
fn pointers_are_followed_and_circles_are_found() {
    let place = Place::new();
    let path = place.root.join("pointers");
    let mut octets = Vec::new();
    record::encode(Kind::SENDER, b"a", &mut octets);
    record::encode(Kind::POINTER, &number(0), &mut octets);
    let jump = octets.len();
    record::encode(Kind::POINTER, &number(0), &mut octets);
    let back = octets.len();
    record::encode(Kind::END, b"", &mut octets);
    let heap = octets.len();
    record::encode(Kind::RECIPIENT, b"heap", &mut octets);
    record::encode(Kind::POINTER, &number(back as i64), &mut octets);
    fs::write(&path, &octets).unwrap();
    let file = fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    file.write_all_at(&number(heap as i64), jump as u64 + 2).unwrap();

    let mut cursor = Cursor::new(&file, 0, 512);
    let mut kinds = Vec::new();
    while let Some(found) = cursor.next_record().unwrap() {
        kinds.push(found.record.kind);
        if found.record.kind == Kind::END {
            break;
        }
    }
    assert_eq!(kinds, [Kind::SENDER, Kind::RECIPIENT, Kind::END]);

    let mut plain = Cursor::new(&file, 0, 512).without_following();
    plain.next_record().unwrap();
    assert_eq!(plain.next_record().unwrap().unwrap().record.kind, Kind::POINTER);

    file.write_all_at(&number(jump as i64), jump as u64 + 2).unwrap();
    let mut cursor = Cursor::new(&file, jump as u64, 512);
    assert!(cursor.next_record().unwrap_err().is_damage());
}

#[test]
fn damaged_files_are_told_from_absent_ones() {
    let place = Place::new();
    let id = write(&place, &["a@b.c"], &[], false);
    let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();
    let octets = fs::read(place.spool.path(Queue::Incoming, &id)).unwrap();

    for cut in [0, 50, 97, 300, octets.len() - 2] {
        file.file().set_len(cut as u64).unwrap();
        assert!(
            Envelope::read(file.file(), 10).unwrap_err().is_damage(),
            "cut at {cut}"
        );
    }
    file.file().write_all_at(&octets, 0).unwrap();
    for offset in 97..octets.len() as u64 {
        // No octet may make the reader panic, loop or reserve what the file has not.
        let old = octets[offset as usize];
        file.file().write_all_at(&[0xff], offset).unwrap();
        let _ = Envelope::read(file.file(), 10);
        let _ = Content::new(file.file(), &file.size().unwrap())
            .unwrap()
            .next_line();
        file.file().write_all_at(&[old], offset).unwrap();
    }
    let other = QueueId::parse("NOTHERE").unwrap();
    assert!(matches!(
        QueueFile::open(&place.spool, Queue::Incoming, &other),
        Err(QueueError::Absent)
    ));
    assert!(matches!(
        place.spool.remove(Queue::Incoming, &other),
        Err(QueueError::Absent)
    ));
}

#[test]
fn messages_move_between_hashed_queues_and_a_walk_finds_them() {
    let place = Place::with(Layout::new(["deferred", "active"], 2, false));
    let ids: Vec<QueueId> = (0..20).map(|_| write(&place, &["a@b.c"], &[], false)).collect();
    let later = SystemTime::now() + Duration::from_secs(300);
    for id in &ids {
        place.spool.move_file(id, Queue::Incoming, Queue::Active).unwrap();
        place.spool.defer(id, Queue::Active, later).unwrap();
    }

    let mut scan = Scan::new(&place.spool, Queue::Deferred).unwrap();
    let mut found: Vec<QueueId> = scan.by_ref().filter_map(|entry| entry.id()).collect();

    assert!(scan.take_failure().is_none());
    let mut wanted = ids.clone();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    let file = QueueFile::open(&place.spool, Queue::Deferred, &ids[0]).unwrap();
    let next_try = file.state().unwrap().modified;
    assert!(later.duration_since(next_try).unwrap_or_default() < Duration::from_millis(1));
    assert!(matches!(
        place.spool.move_file(&ids[0], Queue::Incoming, Queue::Active),
        Err(QueueError::Absent)
    ));
}

#[test]
fn one_lock_at_a_time() {
    let place = Place::new();
    let id = write(&place, &["a@b.c"], &[], false);
    let first = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();
    let second = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();

    assert!(first.try_lock().unwrap());
    assert!(!second.try_lock().unwrap());
    drop(first);
    assert!(second.try_lock().unwrap());
}

#[test]
fn state_bits_are_set_and_cleared() {
    let place = Place::new();
    let id = write(&place, &["a@b.c"], &[], false);
    let file = QueueFile::open(&place.spool, Queue::Incoming, &id).unwrap();

    file.set_unthrottle(true).unwrap();
    file.set_force_expire(true).unwrap();
    let state = file.state().unwrap();
    assert!(state.is_ready() && state.wants_unthrottle() && state.is_expired_by_force());
    file.set_unthrottle(false).unwrap();
    assert!(!file.state().unwrap().wants_unthrottle());
}

#[test]
fn notes_are_appended_read_and_removed() {
    let place = Place::new();
    let id = QueueId::parse("88DEB9C800D").unwrap();
    let note = |recipient: &str| Note {
        recipient: recipient.into(),
        status: "4.4.1".into(),
        action: "delayed".into(),
        reason: "later".into(),
        ..Note::default()
    };
    assert_eq!(place.spool.read_notes(Queue::Defer, &id, 1000).unwrap(), None);

    place
        .spool
        .append_notes(Queue::Defer, &id, &[note("a@b")], true)
        .unwrap();
    place
        .spool
        .append_notes(Queue::Defer, &id, &[note("c@d"), note("e@f")], false)
        .unwrap();

    let read = place.spool.read_notes(Queue::Defer, &id, 1000).unwrap().unwrap();
    assert_eq!(read.notes, [note("a@b"), note("c@d"), note("e@f")]);
    assert!(read.malformed.is_empty() && !read.truncated);
    assert!(place.root.join("defer/8/88DEB9C800D").is_file());
    place.spool.remove_notes(Queue::Defer, &id).unwrap();
    place.spool.remove_notes(Queue::Defer, &id).unwrap();
}

#[test]
fn a_submission_has_no_size_record_and_may_be_read_by_others() {
    let place = Place::new();
    let mut draft = Draft::create(&place.spool, Queue::Maildrop).unwrap();
    draft.put(Kind::TIME, b"1 2").unwrap();
    let id = draft
        .seal(&place.spool, Queue::Maildrop, None)
        .unwrap()
        .commit_blocking()
        .unwrap()
        .id;

    let path = place.spool.path(Queue::Maildrop, &id);
    assert_eq!(fs::read(&path).unwrap(), b"T\x031 2");
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o744);
    assert!(place.spool.free_octets().unwrap() > 0);
}

#[test]
fn a_file_made_apart_is_a_message_of_its_queue_like_any_other() {
    let place = Place::new();
    for _ in 0..100 {
        place.spool.making().took(Duration::from_millis(1));
    }
    let draft = Draft::create(&place.spool, Queue::Incoming).unwrap();
    assert!(place.root.join("incoming").join(MAKING).is_dir());
    assert_eq!(place.count(Queue::Incoming), 1);
    assert_eq!(place.spool.in_the_making().unwrap(), Vec::<PathBuf>::new());

    let id = draft.id().clone();
    let sealed = draft.seal(&place.spool, Queue::Incoming, None).unwrap();
    sealed.commit_blocking().unwrap();
    assert!(QueueFile::open(&place.spool, Queue::Incoming, &id).is_ok());
}

#[test]
fn where_files_cannot_be_made_apart_they_are_made_in_the_queue() {
    let place = Place::new();
    fs::write(place.root.join("incoming").join(MAKING), "in the way").unwrap();
    for _ in 0..100 {
        place.spool.making().took(Duration::from_millis(1));
    }

    assert!(Draft::create(&place.spool, Queue::Incoming).is_ok());
    assert_eq!(place.spool.making().folder(Queue::Incoming), None);
}
