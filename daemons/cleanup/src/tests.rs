//! Messages as clients send them, and the queue files and log lines that come of them.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use config::Configuration;
use contract::attribute::Done;
use contract::cleanup::{Filed, Open, Opened, flag, status};
use contract::rewrite::context;
use ipc::{Caller, Connection, Limits};
use jiff::tz::TimeZone;
use record::{Kind, Reader};
use stream::Stream;

use crate::settings::Settings;
use crate::tables::Tables;
use crate::{Cleanup, Neighbours, session};

/// A spool of its own, removed at the end.
struct Place(PathBuf);

static PLACES: AtomicU32 = AtomicU32::new(0);

impl Place {
    fn new() -> Self {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("cleanup-{}-{number}", std::process::id()));
        for queue in ["incoming", "hold", "private", "public"] {
            fs::create_dir_all(path.join(queue)).unwrap();
        }
        Self(path)
    }

    fn files(&self, queue: &str) -> Vec<PathBuf> {
        fs::read_dir(self.0.join(queue))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What came of a message.
struct Outcome {
    filed: Filed,
    queue_id: String,
    /// `(letter, payload)` of the file's records; empty when there is none.
    records: Vec<(char, String)>,
    log: Vec<String>,
    /// Questions that the other services were asked.
    asked: Vec<String>,
    queue: &'static str,
}

impl Outcome {
    fn payloads(&self, letter: char) -> Vec<&str> {
        let of_letter = self.records.iter().filter(|(kind, _)| *kind == letter);
        of_letter.map(|(_, payload)| payload.as_str()).collect()
    }

    /// The content, one line each.
    fn content(&self) -> Vec<&str> {
        self.payloads('N')
    }

    fn log_has(&self, part: &str) -> bool {
        self.log.iter().any(|line| line.contains(part))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.payloads('A')
            .into_iter()
            .find_map(|payload| payload.strip_prefix(name)?.strip_prefix('='))
    }

    fn hints(&self) -> Vec<i64> {
        self.records[0]
            .1
            .split_ascii_whitespace()
            .map(|number| number.parse().unwrap())
            .collect()
    }
}

const MAIN: &str = "myhostname = mx.test.example\nmydestination = $myhostname\ninet_interfaces = 127.0.0.1\n\
    compatibility_level = 3.6\n";

/// A message with an ordinary envelope around the given content.
fn envelope(recipients: &[&str]) -> Vec<(Kind, String)> {
    let mut records = vec![
        (Kind::TIME, "1795372462 560401".to_owned()),
        (Kind::ATTRIBUTE, "rewrite_context=local".to_owned()),
        (Kind::SENDER, "filter@sender.example".to_owned()),
        (
            Kind::ATTRIBUTE,
            "log_message_origin=localhost[127.0.0.1]".to_owned(),
        ),
        (Kind::ATTRIBUTE, "log_helo_name=me.example".to_owned()),
        (Kind::ATTRIBUTE, "log_protocol_name=ESMTP".to_owned()),
    ];
    records.extend(
        recipients
            .iter()
            .map(|address| (Kind::RECIPIENT, (*address).to_owned())),
    );
    records
}

fn content(text: &str) -> Vec<(Kind, String)> {
    let mut records = vec![(Kind::MESSAGE, String::new())];
    records.extend(text.split('\n').map(|line| (Kind::LINE, line.to_owned())));
    records.extend([(Kind::EXTRACTED, String::new()), (Kind::END, String::new())]);
    records
}

fn ordinary(text: &str) -> Vec<(Kind, String)> {
    let mut records = envelope(&["z@rcpt.example"]);
    records.extend(content(&format!("Received: from x\n{text}")));
    records
}

fn submit(main: &str, flags: u32, records: &[(Kind, String)]) -> Outcome {
    let place = Place::new();
    let capture = maillog::capture();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let asked = Rc::new(RefCell::new(Vec::new()));
    let work = async {
        for service in ["bounce", "trace", "verify"] {
            neighbour(&place.0.join("private").join(service), service, asked.clone());
        }
        let service = Rc::new(server(&place.0, main));
        dialogue(&service, flags, records).await
    };
    let (queue_id, filed) = tokio::task::LocalSet::new().block_on(&runtime, work);
    let (queue, file) = match (place.files("incoming").pop(), place.files("hold").pop()) {
        (Some(file), _) => ("incoming", Some(file)),
        (None, Some(file)) => ("hold", Some(file)),
        (None, None) => ("", None),
    };
    let octets = file.map(|file| fs::read(file).unwrap()).unwrap_or_default();
    let records = Reader::new(&octets).map(|record| {
        let record = record.unwrap();
        (
            char::from(record.kind.byte()),
            String::from_utf8_lossy(record.payload).into_owned(),
        )
    });
    let asked = asked.take();
    Outcome {
        filed,
        queue_id,
        records: records.collect(),
        log: capture.lines(),
        asked,
        queue,
    }
}

fn server(place: &Path, main: &str) -> Cleanup {
    let configuration = Configuration::parse(&format!("{MAIN}{main}")).unwrap();
    let settings = Settings::read(&configuration).unwrap();
    let all = lookup::Tables::new(lookup::Settings {
        queue_directory: place.to_owned(),
        ..lookup::Settings::default()
    });
    let tables = Tables::open(&settings, &configuration, &all).unwrap();
    let second = Duration::from_secs(1);
    let limits = Limits {
        wait: 10 * second,
        idle: second,
        tries: 1,
    };
    let folder = format!("{}/", place.display());
    let service = Cleanup::new(
        settings,
        tables,
        Neighbours {
            folder: &folder,
            limits,
            layout: queue::Layout::read(&configuration).unwrap(),
            flow: daemon::Flow::default(),
            zone: TimeZone::UTC,
        },
    );
    for (address, complete) in REWRITTEN {
        let key = (context::LOCAL, (*address).to_owned());
        service.rewriter.remember(key, (*complete).to_owned());
    }
    service
}

/// What trivial-rewrite of Postfix 3.7 answers.
const REWRITTEN: &[(&str, &str)] = &[
    ("MAILER-DAEMON", "MAILER-DAEMON@mx.test.example"),
    ("fred", "fred@mx.test.example"),
    ("Fred", "Fred@mx.test.example"),
    ("bob", "bob@mx.test.example"),
    ("joe", "joe@mx.test.example"),
    ("x", "x@mx.test.example"),
    ("a", "a@mx.test.example"),
    ("b", "b@mx.test.example"),
    ("z", "z@mx.test.example"),
    ("at", "at@mx.test.example"),
    ("host", "host@mx.test.example"),
    ("fred@host", "fred@host"),
    ("bob@host", "bob@host"),
    ("fred@[127.0.0.1]", "fred@[127.0.0.1]"),
    ("y@host.", "y@host"),
    ("a!b!fred", "b!fred@a"),
    ("@a.example,@b.example:fred@c", "fred@c"),
    ("\"two words\"", "\"two words\"@mx.test.example"),
    ("\"a@b\"@c", "\"a@b\"@c"),
    ("\"unclosed, fred\"", "\"unclosed, fred\"@mx.test.example"),
    ("\"fred foo\"", "\"fred foo\"@mx.test.example"),
    ("\"bo\\\"b\"", "\"bo\\\"b\"@mx.test.example"),
    ("[fred]", "[fred]@mx.test.example"),
    ("fréd", "fréd@mx.test.example"),
    ("fred:bob", "\"fred:bob\"@mx.test.example"),
    (".fred@host", "\".fred\"@host"),
    ("fred@a@b", "\"fred@a\"@b"),
];

/// Headers as a client sent them, and the lines that Postfix 3.7 made of them.
const HEADERS: &[(&str, &[&str])] = &[
    (
        "To: G: fred, Ed <c@a.test>;, x@y.example",
        &["To: G: fred@mx.test.example, Ed <c@a.test>;, x@y.example"],
    ),
    (
        "To: fred (comment (nested) here), (lead) bob (trail)",
        &[
            "To: fred@mx.test.example (comment (nested) here),",
            "\tbob@mx.test.example (lead) (trail)",
        ],
    ),
    (
        "To: fred bob joe",
        &["To: fred@mx.test.example, bob@mx.test.example, joe@mx.test.example"],
    ),
    (
        "To: <fred> <bob>",
        &["To: <fred@mx.test.example> <bob@mx.test.example>"],
    ),
    ("To: <@a.example,@b.example:fred@c>", &["To: <fred@c>"]),
    (
        "To: \"two words\", \"a@b\"@c",
        &["To: \"two words\"@mx.test.example, \"a@b\"@c"],
    ),
    ("To: fred@[127.0.0.1], y@host.", &["To: fred@[127.0.0.1], y@host"]),
    ("To: a!b!fred", &["To: b!fred@a"]),
    (
        "to : fred  ,  bob",
        &["to: fred@mx.test.example, bob@mx.test.example"],
    ),
    (
        "To: undisclosed-recipients:;, fred",
        &["To: undisclosed-recipients: ;, fred@mx.test.example"],
    ),
    (
        "To: fred;, bob",
        &["To: fred@mx.test.example;, bob@mx.test.example"],
    ),
    (
        "To: a>b, fred",
        &["To: a@mx.test.example>, b@mx.test.example, fred@mx.test.example"],
    ),
    (
        "To: \"unclosed, fred",
        &["To: \"unclosed, fred\"@mx.test.example"],
    ),
    ("To: (unclosed fred", &["To: (unclosed fred"]),
    (
        "To: fred\\ foo, bo\\\"b, [fred",
        &[
            "To: \"fred foo\"@mx.test.example, \"bo\\\"b\"@mx.test.example,",
            "\t\"[fred]\"@mx.test.example",
        ],
    ),
    (
        "To: André <fred>, fréd",
        &["To: André <fred@mx.test.example>, fréd@mx.test.example"],
    ),
    (
        "To: fred, , bob,,",
        &["To: fred@mx.test.example, , bob@mx.test.example, , "],
    ),
    ("To: ,fred", &["To: , fred@mx.test.example"]),
    ("To: <>", &["To: <>"]),
    ("To: fred:bob", &["To: \"fred:bob\"@mx.test.example"]),
    ("To: .fred@host, fred@a@b", &["To: \".fred\"@host, \"fred@a\"@b"]),
    (
        "To: a b c <fred>, \"x\" y <bob> z",
        &[
            "To: a b c <fred@mx.test.example>, \"x\" y <bob@mx.test.example>,",
            "\tz@mx.test.example",
        ],
    ),
    (
        "To: fred@host (a) (b) <bob@host (c)> (d)",
        &["To: fred@host (a) (b) <bob@host (c)> (d)"],
    ),
    (
        "Cc: fred at host",
        &["Cc: fred@mx.test.example, at@mx.test.example, host@mx.test.example"],
    ),
    ("To:fred", &["To: fred@mx.test.example"]),
];

#[test]
fn address_headers_are_rewritten_as_postfix_rewrites_them() {
    for (header, expected) in HEADERS {
        let outcome = submit("", flag::EXTERNAL, &ordinary(&format!("{header}\nX: end\n")));
        let content = outcome.content();
        let end = content.iter().position(|line| *line == "X: end").unwrap();
        assert_eq!(content.get(1..end), Some(*expected), "{header}");
    }
}

#[test]
fn the_border_of_headers_and_body_is_drawn_as_postfix_draws_it() {
    let cases: [(&str, &[&str]); 4] = [
        ("Subject: x", &["Subject: x", "+"]),
        (
            "garbage\nSubject: x\n\nbody",
            &["+", "", "garbage", "Subject: x", "", "body"],
        ),
        (
            "Subject: x\ngarbage\n\nbody",
            &["Subject: x", "+", "", "garbage", "", "body"],
        ),
        ("X:\n\ty\n \n\nb", &["X:", "\ty", " ", "+", "", "b"]),
    ];
    for (text, expected) in cases {
        let outcome = submit("", flag::EXTERNAL, &ordinary(text));
        let is_added = |line: &str| line.starts_with("Message-Id: ") || line.starts_with("Date: ");
        let content = outcome.content();
        let lines = content.get(1..).unwrap().iter().filter(|line| !is_added(line));
        let lines: Vec<_> = lines
            .map(|line| {
                if *line == "From: filter@sender.example" {
                    "+"
                } else {
                    *line
                }
            })
            .collect();
        assert_eq!(lines, expected, "{text}");
    }
}

/// A service that does whatever it is asked, and remembers what that was.
fn neighbour(path: &Path, name: &'static str, asked: Rc<RefCell<Vec<String>>>) {
    let listener = tokio::net::UnixListener::bind(path).unwrap();
    tokio::task::spawn_local(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let mut caller = Caller::new(Stream::new(socket), Duration::from_secs(5));
            let asked = asked.clone();
            tokio::task::spawn_local(async move {
                while let Ok(Some(question)) = caller.question(std::future::pending()).await {
                    let attributes = question.attributes();
                    let about = attributes
                        .text("recipient")
                        .or(attributes.text("address"))
                        .unwrap_or_default();
                    asked
                        .borrow_mut()
                        .push(format!("{name} {} {about}", question.name()));
                    caller.answer(&Done::yes()).await;
                }
            });
        }
    });
}

async fn dialogue(service: &Rc<Cleanup>, flags: u32, records: &[(Kind, String)]) -> (String, Filed) {
    let (ours, theirs) = Stream::pair();
    let serving = service.clone();
    tokio::task::spawn_local(async move { session::serve(&serving, theirs, std::future::pending).await });
    let mut client = Connection::over(ours, "cleanup", Duration::from_secs(5));
    let opened: Opened = client.ask(&Open { flags }).await.unwrap();
    for (kind, payload) in records {
        record::encode(*kind, payload.as_bytes(), client.stream().output());
    }
    client.flush().await.unwrap();
    (opened.queue_id, client.receive().await.unwrap())
}

#[test]
fn a_message_from_outside_is_filed_as_postfix_files_it() {
    let outcome = submit(
        "delay_warning_time = 4h\n",
        flag::EXTERNAL,
        &ordinary("Subject: t\n\nhi"),
    );

    assert_eq!(outcome.filed, Filed::default());
    let id = &outcome.queue_id;
    let letters: String = outcome.records.iter().map(|(letter, _)| *letter).collect();
    assert_eq!(letters, "CTAASAAAWAORMNNNNNNNXAE");
    assert_eq!(outcome.payloads('W'), ["     1795386862"]);
    assert_eq!(outcome.payloads('O'), ["z@rcpt.example"]);
    assert_eq!(outcome.attribute("dsn_orig_rcpt"), Some("rfc822;z@rcpt.example"));
    let lines = outcome.content();
    assert_eq!(lines[..2], ["Received: from x", "Subject: t"]);
    assert!(
        lines[2].starts_with("Message-Id: <20") && lines[2].ends_with(&format!(".{id}@mx.test.example>"))
    );
    assert_eq!(
        lines[3..],
        [
            "Date: Sun, 22 Nov 2026 18:34:22 +0000 (UTC)",
            "From: filter@sender.example",
            "",
            "hi",
        ]
    );
    let message_id = lines[2].strip_prefix("Message-Id: ").unwrap();
    assert_eq!(outcome.attribute("message_id"), Some(message_id));
    assert!(
        outcome.log_has(&format!("{id}: message-id={message_id}")),
        "{:?}",
        outcome.log
    );
    let numbers = outcome.hints();
    assert_eq!(
        (numbers[0], numbers[2], numbers[3], numbers[4]),
        (numbers[4], 1, 0, numbers[0])
    );
    assert_eq!(outcome.queue, "incoming");
}

#[test]
fn headers_that_are_there_are_left_alone_and_bcc_is_dropped() {
    let text = "Message-ID: <a@b>\nDate: now\nFrom: X <x@y.example>\nbcc: secret@z.example\nTo: a@b.example";
    let outcome = submit("", flag::EXTERNAL, &ordinary(&format!("{text}\n\nbody")));

    assert_eq!(
        outcome.content(),
        [
            "Received: from x",
            "Message-ID: <a@b>",
            "Date: now",
            "From: X <x@y.example>",
            "To: a@b.example",
            "",
            "body",
        ]
    );
    assert!(outcome.log_has("message-id=<a@b>"));
}

#[test]
fn incomplete_addresses_in_headers_are_completed() {
    let text = "From: fred (Fred)\nTo: fred,\n\t\"A B\" <a@b.example>,c@d.example";
    let outcome = submit("", flag::EXTERNAL, &ordinary(&format!("{text}\n\n")));

    assert_eq!(
        outcome.content()[1..3],
        [
            "From: fred@mx.test.example (Fred)",
            "To: fred@mx.test.example, \"A B\" <a@b.example>, c@d.example",
        ]
    );
}

#[test]
fn mail_from_strangers_is_not_completed() {
    let mut records = ordinary("To: fred\n\n");
    records[1].1 = "rewrite_context=remote".to_owned();
    let outcome = submit("", flag::EXTERNAL, &records);

    assert_eq!(outcome.content(), ["Received: from x", "To: fred", "", ""]);
    assert!(outcome.log_has(": message-id=<>"));
}

#[test]
fn canonical_tables_and_masquerading_apply_where_they_should() {
    let main = "canonical_maps = inline:{z@rcpt.example=y@rcpt.example}\n\
        sender_canonical_maps = inline:{filter@sender.example=f@host.masq.example}\n\
        masquerade_domains = masq.example\n";
    let text = "From: filter@sender.example\nTo: z+ext@rcpt.example, q@host.masq.example\n\n";
    let outcome = submit(
        &format!("{main}recipient_delimiter = +\n"),
        flag::EXTERNAL,
        &ordinary(text),
    );

    assert_eq!(outcome.payloads('S'), ["f@masq.example"]);
    assert_eq!(
        (outcome.payloads('O'), outcome.payloads('R')),
        (vec!["z@rcpt.example"], vec!["y@rcpt.example"])
    );
    assert_eq!(
        outcome.content()[1..3],
        ["From: f@masq.example", "To: y+ext@rcpt.example, q@masq.example"]
    );
}

#[test]
fn notices_have_no_copies_and_what_is_not_to_be_mapped_is_not() {
    let main = "canonical_maps = inline:{z@rcpt.example=y@rcpt.example}\nalways_bcc = c@d.example\n";
    let outcome = submit(main, flag::NOTICE, &ordinary("To: z@rcpt.example\n\n"));
    assert_eq!(outcome.payloads('R'), ["y@rcpt.example"]);
    let outcome = submit(main, flag::BOUNCE, &ordinary("To: z@rcpt.example\n\n"));
    assert_eq!(outcome.payloads('R'), ["z@rcpt.example"]);
}

#[test]
fn aliases_are_expanded_and_duplicates_dropped() {
    let main = "virtual_alias_maps = inline:{{list@v.example=a@x.example, b@x.example, list@v.example} \
        {b@x.example=a@x.example}}\n";
    let mut records = envelope(&[]);
    records.push((Kind::ATTRIBUTE, "notify_flags=10".to_owned()));
    records.push((Kind::RECIPIENT, "list@v.example".to_owned()));
    records.extend(content("Received: x\n\n"));
    let outcome = submit(main, flag::EXTERNAL, &records);

    assert_eq!(outcome.payloads('R'), ["a@x.example", "list@v.example"]);
    assert_eq!(outcome.payloads('O'), ["list@v.example", "list@v.example"]);
    assert_eq!(outcome.attribute("notify_flags"), Some("8"));
    assert_eq!(outcome.hints()[3], 20);
    assert_eq!(outcome.asked, ["trace append list@v.example"]);
}

#[test]
fn an_alias_loop_is_deferred() {
    let main = "virtual_alias_maps = regexp:{{/^(.*)@v.example/ x$$1@v.example}}\nvirtual_alias_recursion_limit = 5\n";
    let mut records = envelope(&["a@v.example"]);
    records.extend(content("Received: x\n\n"));
    let outcome = submit(main, flag::EXTERNAL, &records);

    assert_eq!(outcome.filed.status, status::DEFER);
    assert_eq!(outcome.filed.reason, "4.6.0 Alias expansion error");
    assert!(
        outcome.records.is_empty()
            && outcome.log_has("unreasonable virtual_alias_maps map nesting for a@v.example")
    );
    assert!(outcome.log_has("removed (canceled)"));
}

#[test]
fn a_table_that_can_not_tell_refuses_the_message_for_now() {
    let main = "recipient_bcc_maps = fail:sure\n";
    let outcome = submit(main, flag::EXTERNAL, &ordinary("\n"));

    assert_eq!((outcome.filed.status, outcome.records.len()), (status::WRITE, 0));
    assert!(
        outcome.log_has("recipient_bcc_maps map lookup problem -- message not accepted, try again later")
    );
}

#[test]
fn copies_are_added_without_notices() {
    let main = "always_bcc = c@d.example\nsender_bcc_maps = inline:{sender.example=x, @sender.example=s@d.example}\n\
        header_checks = regexp:{{/^Subject: copy/ BCC h@d.example}}\n";
    let outcome = submit(main, flag::EXTERNAL, &ordinary("Subject: copy\n\n"));

    assert_eq!(
        outcome.payloads('R'),
        ["s@d.example", "z@rcpt.example", "c@d.example", "h@d.example"]
    );
    assert_eq!(
        outcome
            .payloads('A')
            .iter()
            .filter(|value| **value == "notify_flags=1")
            .count(),
        3
    );
    assert!(outcome.log_has(
        "bcc: header Subject: copy from localhost[127.0.0.1]; from=<filter@sender.example> to=<z@rcpt.example> \
         proto=ESMTP helo=<me.example>: h@d.example"
    ));
}

#[test]
fn checks_act_on_headers_and_body() {
    let main = "header_checks = regexp:{{/^X-A:/ REPLACE X-B: b} {/^X-C:/ IGNORE} {/^X-D:/ PREPEND X-E: e} \
        {/^X-F:/ FILTER smtp:[127.0.0.1]:9} {/^X-G:/ REDIRECT r@x.example}}\n\
        body_checks = regexp:{{/^bad/ WARN careful} {/^ugly/ STRIP}}\n";
    let text = "X-A: 1\nX-C: 1\nX-D: 1\nX-F: 1\nFrom: a@b.example\n\nbad line\nugly line\ngood";
    let outcome = submit(main, flag::EXTERNAL, &ordinary(text));

    assert_eq!(outcome.content()[1..5], ["X-B: b", "X-E: e", "X-D: 1", "X-F: 1"]);
    assert_eq!(outcome.content().last_chunk(), Some(&["", "bad line", "good"]));
    assert_eq!(outcome.payloads('L'), ["smtp:[127.0.0.1]:9"]);
    assert!(
        outcome.log_has("warning: body bad line from localhost[127.0.0.1]"),
        "{:?}",
        outcome.log
    );
    let redirected = submit(main, flag::EXTERNAL, &ordinary("X-G: 1\nX-A: 1\n\n"));
    assert_eq!(redirected.payloads('>'), ["r@x.example"]);
    assert_eq!(redirected.content()[2], "X-A: 1");
}

#[test]
fn a_rejected_message_leaves_nothing() {
    let main = "header_checks = regexp:{{/^X: (.*)/ REJECT 4.7.0 no $$1} {/^Y:/ REJECT}}\n";
    let soft = submit(main, flag::EXTERNAL, &ordinary("X: spam\n\n"));
    assert_eq!(
        (soft.filed.status, soft.filed.reason.as_str()),
        (status::DEFER, "4.7.0 no spam")
    );
    let hard = submit(main, flag::EXTERNAL, &ordinary("Y: spam\n\n"));
    assert_eq!(hard.filed.status, status::CONTENT);
    assert_eq!(hard.filed.reason, "5.7.1 message content rejected");
    assert!(hard.records.is_empty() && hard.asked.is_empty());
    assert!(hard.log_has("reject: header Y: spam from localhost[127.0.0.1]; from=<filter@sender.example>"));
    let unchecked = submit(main, flag::FORWARDED, &ordinary("Y: spam\n\n"));
    assert_eq!(unchecked.filed.status, 0);
}

#[test]
fn a_rejected_submission_is_returned() {
    let main = "header_checks = regexp:{{/^Y:/ REJECT}}\n";
    let outcome = submit(main, flag::SUBMITTED, &ordinary("Y: spam\n\nbody"));

    assert_eq!((outcome.filed.status, outcome.records.len()), (0, 0));
    assert_eq!(outcome.asked, ["bounce append z@rcpt.example", "bounce flush "]);
    assert!(
        outcome.log_has("to=<z@rcpt.example>, relay=none, delay="),
        "{:?}",
        outcome.log
    );
    assert!(outcome.log_has("dsn=5.7.1, status=bounced (message content rejected)"));
    assert!(outcome.log_has("removed (discarded)"));
}

#[test]
fn held_and_discarded_messages_go_their_ways() {
    let main = "header_checks = regexp:{{/^H:/ HOLD wait} {/^D:/ DISCARD}}\n";
    let held = submit(main, flag::EXTERNAL, &ordinary("H: 1\n\n"));
    assert_eq!((held.queue, held.filed.status), ("hold", 0));
    let dropped = submit(main, flag::EXTERNAL, &ordinary("D: 1\n\n"));
    assert_eq!((dropped.filed.status, dropped.records.len()), (0, 0));
    assert!(dropped.log_has("removed (discarded)"));
    let asked = submit("", flag::EXTERNAL | flag::HOLD, &ordinary("\n"));
    assert_eq!(asked.queue, "hold");
}

#[test]
fn too_many_hops_and_octets_are_refused() {
    let hops = submit(
        "hopcount_limit = 3\n",
        flag::EXTERNAL,
        &ordinary("Received: b\nReceived: c\n\n"),
    );
    assert_eq!(hops.filed.status, status::HOPS);
    assert!(hops.log_has("message rejected: hopcount exceeded"));
    let body = "x".repeat(3000);
    let large = submit(
        "message_size_limit = 2000\n",
        flag::EXTERNAL,
        &ordinary(&format!("\n{body}")),
    );
    assert_eq!(large.filed.status, status::SIZE);
    assert!(large.records.is_empty() && large.log_has("queue file size limit exceeded"));
}

#[test]
fn records_that_are_no_message_are_refused() {
    let cases: [(Vec<(Kind, String)>, &str); 4] = [
        (
            vec![(Kind::RECIPIENT, "a@b".to_owned())],
            "missing sender envelope record",
        ),
        (
            vec![(Kind::LINE, "x".to_owned())],
            "unexpected record type 78 in envelope",
        ),
        (
            vec![(Kind::ATTRIBUTE, "nonsense".to_owned())],
            "malformed attribute",
        ),
        (
            vec![
                (Kind::SENDER, "a@b.example".to_owned()),
                (Kind::SENDER, "c@d.example".to_owned()),
            ],
            "multiple envelope sender records",
        ),
    ];
    for (mut records, why) in cases {
        records.push((Kind::END, String::new()));
        let outcome = submit("", flag::EXTERNAL, &records);
        assert_eq!(outcome.filed.status, status::BAD, "{why}");
        assert!(
            outcome.log_has(&format!("{}: message rejected: {why}", outcome.queue_id)),
            "{:?}",
            outcome.log
        );
    }
    let mut records = envelope(&[]);
    records.extend(content("Received: x\n\n"));
    assert_eq!(
        submit("", flag::EXTERNAL, &records).filed.status,
        status::NO_RECIPIENTS
    );
}

#[test]
fn stray_line_ends_and_unwanted_characters_are_dealt_with() {
    let outcome = submit(
        "message_strip_characters = \\000\n",
        flag::EXTERNAL,
        &ordinary("A: b\rc\n\nx\ny\0z\rw"),
    );
    assert_eq!(outcome.content()[1], "A: b c");
    assert_eq!(outcome.content().last_chunk(), Some(&["x", "yz w"]));
    let refused = submit(
        "message_reject_characters = \\000\n",
        flag::EXTERNAL,
        &ordinary("\na\0b"),
    );
    assert_eq!(refused.filed.reason, "5.7.1 disallowed character");
}

#[test]
fn a_name_and_recipients_from_headers_are_used() {
    let mut records = vec![
        (Kind::TIME, "1795372462 560401".to_owned()),
        (Kind::ATTRIBUTE, "rewrite_context=local".to_owned()),
        (Kind::FULL_NAME, "André X".to_owned()),
        (Kind::SENDER, "fred".to_owned()),
    ];
    records.extend(content("Received: x\nResent-To: a@b.example\n\n"));
    let end = records.pop().unwrap();
    records.push((Kind::RECIPIENT, "a@b.example".to_owned()));
    records.push(end);
    let outcome = submit("delay_warning_time = 1h\n", flag::SUBMITTED, &records);

    let letters: String = outcome.records.iter().map(|(letter, _)| *letter).collect();
    assert_eq!(letters, "CTAAFSWMNNNNNNNXAORE", "{:?}", outcome.records);
    let lines = outcome.content();
    assert!(lines[2].starts_with("Resent-Message-Id: <") && lines[3].starts_with("Resent-Date: "));
    assert_eq!(
        lines[4],
        "Resent-From: =?utf-8?Q?Andr=C3=A9_X?= <fred@mx.test.example>"
    );
    assert!(outcome.log_has("resent-message-id=<") && outcome.log_has(" message-id=<>"));
}

#[test]
fn a_client_that_hangs_up_leaves_nothing_behind() {
    let place = Place::new();
    let capture = maillog::capture();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let work = async {
        let service = Rc::new(server(&place.0, ""));
        let (ours, theirs) = Stream::pair();
        let mut client = Connection::over(ours, "cleanup", Duration::from_secs(5));
        let talk = async move {
            let opened: Opened = client
                .ask(&Open {
                    flags: flag::EXTERNAL,
                })
                .await
                .unwrap();
            record::encode(Kind::SENDER, b"a@b.example", client.stream().output());
            client.flush().await.unwrap();
            opened.queue_id
        };
        let (queue_id, ()) = tokio::join!(talk, session::serve(&service, theirs, std::future::pending));
        queue_id
    };
    let queue_id = tokio::task::LocalSet::new().block_on(&runtime, work);

    assert!(place.files("incoming").is_empty());
    assert!(
        capture
            .lines()
            .iter()
            .any(|line| line.contains(&format!("{queue_id}: removed (canceled)")))
    );
}

#[test]
fn many_messages_travel_on_one_connection() {
    let place = Place::new();
    let _capture = maillog::capture();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let work = async {
        let service = Rc::new(server(&place.0, ""));
        let (ours, theirs) = Stream::pair();
        let serving = service.clone();
        tokio::task::spawn_local(async move { session::serve(&serving, theirs, std::future::pending).await });
        let mut client = Connection::over(ours, "cleanup", Duration::from_secs(5));
        for _ in 0..3 {
            let _: Opened = client
                .ask(&Open {
                    flags: flag::EXTERNAL,
                })
                .await
                .unwrap();
            for (kind, payload) in ordinary("Subject: x\n\nbody") {
                record::encode(kind, payload.as_bytes(), client.stream().output());
            }
            client.flush().await.unwrap();
            let filed: Filed = client.receive().await.unwrap();
            assert_eq!(filed.status, 0);
        }
    };
    tokio::task::LocalSet::new().block_on(&runtime, work);

    assert_eq!(place.files("incoming").len(), 3);
}
