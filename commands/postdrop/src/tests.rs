//! Submissions from their first octet to the file in `maildrop`, or to nothing.

use super::*;
use contract::Attributes;
use contract::attribute::{Boundary, Message};
use queue::Scan;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

struct Place(PathBuf);

static PLACES: AtomicU32 = AtomicU32::new(0);

impl Place {
    fn new() -> (Self, Spool) {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("postdrop-{}-{number}", std::process::id()));
        std::fs::create_dir_all(root.join("maildrop")).unwrap();
        let spool = Spool::new(&root, Layout::default());
        (Self(root), spool)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn settings(text: &str) -> Settings {
    Settings::read(&config::Configuration::parse(text).unwrap()).unwrap()
}

fn records(content_lines: usize) -> Vec<u8> {
    let mut out = Vec::new();
    record::encode(Kind::SENDER, b"me@here", &mut out);
    record::encode(Kind::MESSAGE, b"", &mut out);
    for _ in 0..content_lines {
        record::encode(Kind::LINE, &[b'x'; 1000], &mut out);
    }
    record::encode(Kind::EXTRACTED, b"", &mut out);
    record::encode(Kind::RECIPIENT, b"you@there", &mut out);
    record::encode(Kind::END, b"", &mut out);
    out
}

/// Whether it was filed, the answer, and the files that are there afterwards.
fn run(configuration: &str, input: &[u8]) -> (Result<bool, Failure>, Option<Filed>, Vec<Vec<u8>>) {
    let (_place, spool) = Place::new();
    let mut output = Vec::new();
    let result = submit(&spool, &settings(configuration), 7, &mut &*input, &mut output);
    let end = Boundary::default().find(&output).unwrap().unwrap();
    let (first, second) = output.split_at(end);
    let opened = Opened::take(&Attributes::parse(first).unwrap()).unwrap();
    assert_eq!(opened.protocol, PROTOCOL);
    let filed = (!second.is_empty()).then(|| Filed::take(&Attributes::parse(second).unwrap()).unwrap());
    let files = Scan::new(&spool, Queue::Maildrop)
        .unwrap()
        .inspect(|entry| assert_eq!(entry.name, opened.queue_id))
        .map(|entry| std::fs::read(entry.path).unwrap())
        .collect();
    (result, filed, files)
}

#[test]
fn a_submission_is_filed_under_the_name_that_was_told() {
    let input = records(200);

    let (result, filed, files) = run("", &input);

    assert_eq!((result, filed), (Ok(true), Some(Filed::default())));
    let [file] = files.as_slice() else {
        panic!("one file")
    };
    assert_eq!(file[0], b'T');
    assert!(file.ends_with(&input));
}

#[test]
fn input_that_ends_early_takes_the_message_back() {
    let mut input = records(1);
    input.truncate(input.len() - 2);

    assert_eq!(run("", &input), (Ok(false), None, vec![]));
    assert_eq!(run("", b""), (Ok(false), None, vec![]));
}

#[test]
fn malformed_input_leaves_nothing() {
    let mut cut = records(1);
    cut.truncate(cut.len() - 5);
    let long = [&b"S\xff\x7f"[..], &[b'x'; 100]].concat();
    for input in [&cut[..], &long, b"\0\0", b"p\x010"] {
        let (result, filed, files) = run("", input);
        assert!(
            result.is_err() && filed.is_none() && files.is_empty(),
            "{input:?}"
        );
    }
}

#[test]
fn what_is_too_big_or_incomplete_is_refused_with_a_status() {
    let (result, filed, files) = run("message_size_limit = 5000", &records(20));
    assert_eq!(
        (result, filed.unwrap().status, files.len()),
        (Ok(false), status::SIZE, 0)
    );

    let mut input = Vec::new();
    for kind in [Kind::SENDER, Kind::MESSAGE, Kind::EXTRACTED, Kind::END] {
        record::encode(kind, b"", &mut input);
    }
    let (_, filed, files) = run("", &input);
    assert_eq!((filed.unwrap().status, files.len()), (status::BAD, 0));
}

#[test]
fn a_limit_on_senders_that_cannot_be_looked_up_refuses_everybody() {
    let (result, filed, files) = run("local_login_sender_maps = pcre:/x", &records(1));

    assert_eq!(
        (result, filed.unwrap().status, files.len()),
        (Ok(false), status::WRITE, 0)
    );
}
