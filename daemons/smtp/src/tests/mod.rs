//! Deliveries from a queue file to scripted servers, as the log tells them.

mod routing;

use std::cell::{Cell, RefCell};
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use ::delivery::Job;
use contract::attribute::Done;
use contract::bounce::Append;
use contract::deliver::{Deliver, Envelope, flag};
use ipc::{Caller, Limits, Port};
use mail::{AddressForm, Notify, Recipient};
use outcome::Reporter;
use queue::{Draft, Layout, Queue, QueueFile, Spool};
use record::{Kind, Size};
use stream::Stream;
use tokio::net::{TcpListener, UnixListener};

use crate::courier::{Courier, Flags};
use crate::delivery::Delivery;

/// A spool with one message, and the services that an agent reports to.
struct World {
    root: PathBuf,
    spool: Spool,
    reporter: Rc<Reporter>,
    envelope: Envelope,
    /// Notes left with bounce and defer: service, recipient, status.
    notes: Rc<RefCell<Vec<String>>>,
}

static WORLDS: AtomicU32 = AtomicU32::new(0);
const WAIT: Duration = Duration::from_secs(5);

impl World {
    fn new(content: &[&str]) -> Self {
        let number = WORLDS.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("smtp-test-{}-{number}", std::process::id()));
        for queue in Queue::ALL {
            fs::create_dir_all(root.join(queue.name())).unwrap();
        }
        let spool = Spool::new(&root, Layout::default());
        let envelope = file_message(&spool, content);
        let notes = Rc::new(RefCell::new(Vec::new()));
        let limits = Limits {
            wait: WAIT,
            ..Limits::default()
        };
        let port = |name: &'static str| {
            let path = root.join(format!("{name}.socket"));
            serve_notes(name, UnixListener::bind(&path).unwrap(), notes.clone());
            Port::new(path, limits)
        };
        let reporter = Rc::new(Reporter {
            bounce: port("bounce"),
            defer: port("defer"),
            trace: port("trace"),
            verify: port("verify"),
            flush: outcome::Sites::new(port("flush")),
            resolution_digits: 2,
            address_form: AddressForm::parse("external").unwrap(),
            soft_bounce: false,
            filter: outcome::Filter::none(),
        });
        Self {
            root,
            spool,
            reporter,
            envelope,
            notes,
        }
    }

    fn job(&self, next_hop: &str, recipients: &[&str]) -> Rc<Job> {
        let envelope = Envelope {
            nexthop: next_hop.to_owned(),
            ..self.envelope.clone()
        };
        let recipients = recipients
            .iter()
            .map(|address| Recipient::new(*address))
            .collect();
        self.job_of(envelope, recipients)
    }

    fn job_of(&self, envelope: Envelope, recipients: Vec<Recipient>) -> Rc<Job> {
        Rc::new(
            Job::open(
                Deliver { envelope, recipients },
                &self.spool,
                self.reporter.clone(),
            )
            .unwrap(),
        )
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn file_message(spool: &Spool, content: &[&str]) -> Envelope {
    let mut draft = Draft::create(spool, Queue::Incoming).unwrap();
    draft.put(Kind::SIZE, &Size::default().encode()[2..]).unwrap();
    draft.put(Kind::SENDER, b"s@x.example").unwrap();
    draft.put(Kind::MESSAGE, b"").unwrap();
    let data_offset = draft.position() as i64;
    let mut content_size = 0;
    for line in content {
        draft.put_line(line.as_bytes(), 2048).unwrap();
        content_size += line.len() as i64 + 2;
    }
    let data_size = draft.position() as i64 - data_offset;
    draft.put(Kind::EXTRACTED, b"").unwrap();
    draft.put(Kind::END, b"").unwrap();
    let committed = draft
        .seal(spool, Queue::Active, None)
        .unwrap()
        .commit_blocking()
        .unwrap();
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs() as i64;
    assert!(QueueFile::open(spool, Queue::Active, &committed.id).is_ok());
    Envelope {
        queue_name: "active".into(),
        queue_id: committed.id.to_string(),
        data_offset,
        data_size,
        content_size,
        encoding: "7bit".into(),
        sender: "s@x.example".into(),
        arrival_seconds: seconds,
        ..Envelope::default()
    }
}

fn serve_notes(name: &'static str, listener: UnixListener, notes: Rc<RefCell<Vec<String>>>) {
    tokio::task::spawn_local(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let notes = notes.clone();
            tokio::task::spawn_local(async move {
                let mut caller = Caller::new(Stream::new(socket), WAIT);
                while let Ok(Some(question)) = caller.question(std::future::pending()).await {
                    if let Ok(note) = question.read::<Append>() {
                        notes
                            .borrow_mut()
                            .push(format!("{name} {} {}", note.recipient.address, note.dsn.status));
                    }
                    caller.answer(&Done::default()).await;
                }
            });
        }
    });
}

/// A server that follows a transcript for each connection in turn: `S:` lines are sent, `C:` lines must come. `C: ...`
/// takes content up to its final dot; `cut` closes the connection. What clients say beyond the script is ignored.
struct Server {
    address: SocketAddr,
    connections: Rc<Cell<usize>>,
    content: Rc<RefCell<Vec<String>>>,
}

async fn server_at(address: &str, scripts: &[&str]) -> Server {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (connections, content) = (Rc::new(Cell::new(0)), Rc::new(RefCell::new(Vec::new())));
    let server = Server {
        address,
        connections: connections.clone(),
        content: content.clone(),
    };
    let scripts: Vec<String> = scripts.iter().map(|script| (*script).to_owned()).collect();
    tokio::task::spawn_local(async move {
        for script in scripts {
            let (socket, _) = listener.accept().await.unwrap();
            connections.set(connections.get() + 1);
            play(Stream::new(socket), &script, &content).await;
        }
    });
    server
}

async fn play(mut stream: Stream, script: &str, content: &RefCell<Vec<String>>) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.split_once(' ') {
            Some(("S:", reply)) => {
                stream.put(format!("{reply}\r\n").as_bytes());
                stream.flush(WAIT).await.unwrap();
            }
            Some(("C:", "...")) => loop {
                let line = String::from_utf8(stream.line(5000, WAIT).await.unwrap()).unwrap();
                if line == "." {
                    break;
                }
                content.borrow_mut().push(line);
            },
            Some(("C:", command)) => {
                let said = stream.line(2000, WAIT).await.unwrap_or_default();
                assert_eq!(String::from_utf8(said).unwrap(), command);
            }
            _ => return,
        }
    }
    // Until the client hangs up, so that it never meets a reset.
    while stream.fill(Duration::from_millis(500)).await.is_ok() {
        stream.discard_input();
    }
}

const HELLO: &str = "S: 220 mx.example ESMTP
    C: EHLO me.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-SIZE 1000000
    S: 250-8BITMIME
    S: 250 DSN";

fn script(rest: &str) -> String {
    format!("{HELLO}\n{rest}")
}

fn run<F: Future>(test: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async { test().await });
}

const MAIN_CF: &str = "myhostname = me.example\nsmtp_host_lookup = native\nsmtp_randomize_addresses = no\n";

fn courier(more: &str, hosts: &str) -> Rc<Courier> {
    Rc::new(Courier::for_tests(&format!("{MAIN_CF}{more}\n"), hosts, false))
}

async fn deliver(courier: &Rc<Courier>, job: Rc<Job>) -> Vec<String> {
    let capture = maillog::capture();
    Delivery::new(courier.clone(), job.clone()).run().await;
    // Without id, delays, and the port, which differ from run to run.
    let lines = capture.lines();
    lines
        .iter()
        .map(|line| simplified(line, job.queue_id()))
        .collect()
}

fn simplified(line: &str, queue_id: &str) -> String {
    let mut line = line.replace(queue_id, "ID");
    if let (Some(start), Some(end)) = (line.find("delay="), line.find("dsn=")) {
        line.replace_range(start..end, "");
    }
    let mut out = String::new();
    let mut rest = line.as_str();
    while let Some(at) = rest.find("]:") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&rest[..at + 2]);
        out.push_str(if digits > 0 { "PORT" } else { "" });
        rest = &rest[at + 2 + digits..];
    }
    out + rest
}

#[test]
fn a_message_goes_over_in_one_pipelined_group_and_is_logged() {
    run(|| async {
        let world = World::new(&["Subject: x", "", ".dot", "end"]);
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=25 BODY=7BIT
             C: RCPT TO:<a@y.example> ORCPT=rfc822;a@y.example
             C: DATA
             S: 250 2.1.0 ok
             S: 250 2.1.5 ok
             S: 354 go
             C: ...
             S: 250 2.0.0 queued as 1
             C: QUIT",
            )],
        )
        .await;
        let mut recipient = Recipient::new("a@y.example");
        recipient.original = "a@y.example".into();
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let envelope = Envelope {
            nexthop: next_hop,
            ..world.envelope.clone()
        };

        let log = deliver(&courier("", ""), world.job_of(envelope, vec![recipient])).await;

        assert_eq!(
            log,
            [
                "ID: to=<a@y.example>, relay=127.0.0.1[127.0.0.1]:PORT, dsn=2.0.0, status=sent (250 2.0.0 queued as 1)"
            ]
        );
        assert_eq!(*server.content.borrow(), ["Subject: x", "", "..dot", "end"]);
        assert!(world.notes.borrow().is_empty());
    });
}

#[test]
fn a_refused_recipient_bounces_and_the_other_is_sent() {
    run(|| async {
        let world = World::new(&["x"]);
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: RCPT TO:<b@y.example>
             C: DATA
             S: 250 ok
             S: 550-5.1.1 no
             S: 550 5.1.1 such user
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done",
            )],
        )
        .await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());

        let log = deliver(
            &courier("", ""),
            world.job(&next_hop, &["a@y.example", "b@y.example"]),
        )
        .await;

        assert_eq!(
            log,
            [
                "ID: to=<a@y.example>, relay=127.0.0.1[127.0.0.1]:PORT, dsn=5.1.1, status=bounced (host \
                 127.0.0.1[127.0.0.1] said: 550-5.1.1 no 550 5.1.1 such user (in reply to RCPT TO command))",
                "ID: to=<b@y.example>, relay=127.0.0.1[127.0.0.1]:PORT, dsn=2.0.0, status=sent (250 done)",
            ]
        );
        assert_eq!(*world.notes.borrow(), ["bounce a@y.example 5.1.1"]);
    });
}

#[test]
fn a_host_that_refuses_connections_delays_mail() {
    run(|| async {
        let world = World::new(&["x"]);
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let job = world.job(&format!("[127.0.0.1]:{port}"), &["a@y.example"]);

        let log = deliver(&courier("", ""), job).await;

        assert_eq!(
            log,
            [
                "connect to 127.0.0.1[127.0.0.1]:PORT: Connection refused",
                "ID: to=<a@y.example>, relay=none, dsn=4.4.1, status=deferred (connect to \
                 127.0.0.1[127.0.0.1]:PORT: Connection refused)"
            ]
        );
        assert_eq!(*world.notes.borrow(), ["defer a@y.example 4.4.1"]);
    });
}

#[test]
fn a_soft_refusal_goes_to_the_next_address_and_then_counts() {
    run(|| async {
        let world = World::new(&["x"]);
        let busy = "S: 421 too busy";
        let first = server_at("127.0.0.1:0", &[busy]).await;
        let port = first.address.port();
        let _second = server_at(
            &format!("127.0.0.2:{port}"),
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 450 4.2.0 later
             S: 554 no recipients
             C: RSET
             C: QUIT
             S: 250 ok",
            )],
        )
        .await;
        let hosts = "127.0.0.1 mx.example\n127.0.0.2 mx.example\n";

        let log = deliver(
            &courier("", hosts),
            world.job(&format!("[mx.example]:{port}"), &["a@y.example"]),
        )
        .await;

        assert_eq!(
            log,
            [
                "ID: host mx.example[127.0.0.1] refused to talk to me: 421 too busy",
                "ID: to=<a@y.example>, relay=mx.example[127.0.0.2]:PORT, dsn=4.2.0, status=deferred (host \
                 mx.example[127.0.0.2] said: 450 4.2.0 later (in reply to RCPT TO command))"
            ]
        );
    });
}

#[test]
fn a_refused_greeting_is_soft_unless_told_otherwise() {
    run(|| async {
        let world = World::new(&["x"]);
        let server = server_at("127.0.0.1:0", &["S: 554 5.7.1 go away", "S: 554 5.7.1 go away"]).await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());

        let log = deliver(&courier("", ""), world.job(&next_hop, &["a@y.example"])).await;
        assert!(
            log[0]
                .contains("dsn=4.7.1, status=deferred (host 127.0.0.1[127.0.0.1] refused to talk to me: 554"),
            "{log:?}"
        );

        let strict = courier("smtp_skip_5xx_greeting = no", "");
        let log = deliver(&strict, world.job(&next_hop, &["a@y.example"])).await;
        assert!(log[0].contains("dsn=5.7.1, status=bounced"), "{log:?}");
    });
}

#[test]
fn a_lost_connection_says_at_which_stage() {
    run(|| async {
        let world = World::new(&["x"]);
        let mail = "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA";
        let replies = "S: 250 ok\nS: 250 ok\nS: 354 go\nC: ...\ncut";
        let server = server_at(
            "127.0.0.1:0",
            &[
                "cut",
                &script(&format!("{mail}\ncut")),
                &script(&format!("{mail}\n{replies}")),
            ],
        )
        .await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        for stage in [
            "receiving the initial server greeting",
            "sending MAIL FROM",
            "sending end of data -- message may be sent more than once",
        ] {
            let log = deliver(&courier("", ""), world.job(&next_hop, &["a@y.example"])).await;
            let wanted = format!(
                "dsn=4.4.2, status=deferred (lost connection with 127.0.0.1[127.0.0.1] while {stage})"
            );
            assert!(log[0].ends_with(&wanted), "{log:?}");
        }
    });
}

#[test]
fn a_kept_session_carries_the_next_message_without_a_greeting() {
    run(|| async {
        let world = World::new(&["x"]);
        let once = "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done";
        let server = server_at("127.0.0.1:0", &[&script(&format!("{once}\n{once}"))]).await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let keeping = courier("", "");
        let envelope = Envelope {
            nexthop: next_hop,
            flags: flag::KEEP_SESSION,
            ..world.envelope.clone()
        };
        let job = || world.job_of(envelope.clone(), vec![Recipient::new("a@y.example")]);

        let first = deliver(&keeping, job()).await;
        let second = deliver(&keeping, job()).await;

        assert_eq!(server.connections.get(), 1);
        assert!(first[0].contains("]:PORT, dsn=2.0.0"), "{first:?}");
        assert!(second[0].contains("]:PORT, conn_use=2, dsn=2.0.0"), "{second:?}");
    });
}

#[test]
fn a_session_whose_replies_no_longer_fit_is_not_kept() {
    run(|| async {
        let world = World::new(&["x"]);
        // Two replies to one recipient: the second is taken for that to DATA, and 354, the true one, for that to RSET.
        // The server waits for content now, and would take the next message for it.
        let server = server_at(
            "127.0.0.1:0",
            &[
                &script(
                    "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 450 4.2.0 one more
             S: 354 go
             C: RSET",
                ),
                &script(
                    "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<b@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 ok",
                ),
            ],
        )
        .await;
        let courier = courier("", "");
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let kept = Envelope {
            flags: flag::KEEP_SESSION,
            nexthop: next_hop,
            ..world.envelope.clone()
        };
        let job = |address: &str| world.job_of(kept.clone(), vec![Recipient::new(address)]);

        let first = deliver(&courier, job("a@y.example")).await;
        let second = deliver(&courier, job("b@y.example")).await;

        assert!(first[0].contains("status=deferred"), "{first:?}");
        assert!(second[0].contains("status=sent"), "{second:?}");
        assert_eq!(server.connections.get(), 2);
    });
}

#[test]
fn a_kept_session_that_was_closed_is_replaced() {
    run(|| async {
        let world = World::new(&["x"]);
        let once = "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done";
        let timed_out = "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT\nS: 421 timeout\ncut";
        let scripts = [script(&format!("{once}\n{timed_out}")), script(once)];
        let server = server_at("127.0.0.1:0", &[&scripts[0], &scripts[1]]).await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let keeping = courier("", "");
        let envelope = Envelope {
            nexthop: next_hop,
            flags: flag::KEEP_SESSION,
            ..world.envelope.clone()
        };
        let job = || world.job_of(envelope.clone(), vec![Recipient::new("a@y.example")]);

        deliver(&keeping, job()).await;
        let second = deliver(&keeping, job()).await;

        assert_eq!(server.connections.get(), 2);
        assert_eq!(second.len(), 1);
        assert!(second[0].ends_with("status=sent (250 done)"), "{second:?}");
    });
}

#[test]
fn a_message_above_the_servers_limit_bounces_before_it_is_sent() {
    run(|| async {
        let mut world = World::new(&["x"]);
        world.envelope.content_size = 2_000_000;
        let server = server_at("127.0.0.1:0", &[HELLO]).await;
        let job = world.job(
            &format!("[127.0.0.1]:{}", server.address.port()),
            &["a@y.example"],
        );
        let log = deliver(&courier("", ""), job).await;
        let wanted = "dsn=5.3.4, status=bounced (message size 2000000 exceeds size limit 1000000 of server \
                      127.0.0.1[127.0.0.1])";
        assert!(log[0].ends_with(wanted), "{log:?}");
    });
}

#[test]
fn eight_bit_mail_is_converted_for_a_seven_bit_server() {
    run(|| async {
        let mut world = World::new(&[
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: 8bit",
            "",
            "Grüße",
            ".x",
        ]);
        world.envelope.encoding = "8bit".into();
        let server = server_at(
            "127.0.0.1:0",
            &["S: 220 old
             C: EHLO me.example
             S: 502 what
             C: HELO me.example
             S: 250 old
             C: MAIL FROM:<s@x.example>
             S: 250 ok
             C: RCPT TO:<a@y.example>
             S: 250 ok
             C: DATA
             S: 354 go
             C: ...
             S: 250 done"],
        )
        .await;
        let job = world.job(
            &format!("[127.0.0.1]:{}", server.address.port()),
            &["a@y.example"],
        );
        let log = deliver(&courier("", ""), job).await;
        assert!(log[0].contains("status=sent"), "{log:?}");
        let content = server.content.borrow();
        assert!(
            content
                .iter()
                .any(|line| line == "Content-Transfer-Encoding: quoted-printable"),
            "{content:?}"
        );
        assert!(
            content.iter().any(|line| line == "Gr=C3=BC=C3=9Fe"),
            "{content:?}"
        );
        assert!(content.iter().any(|line| line == "..x"), "{content:?}");
    });
}

#[test]
fn lmtp_gives_each_recipient_its_own_fate() {
    run(|| async {
        let world = World::new(&["x"]);
        let path = world.root.join("lmtp");
        let listener = UnixListener::bind(&path).unwrap();
        let content = RefCell::new(Vec::new());
        tokio::task::spawn_local(async move {
            let (socket, _) = listener.accept().await.unwrap();
            let script = "S: 220 lmtp
                C: LHLO me.example
                S: 250-lmtp
                S: 250 PIPELINING
                C: MAIL FROM:<s@x.example>
                C: RCPT TO:<a@y.example>
                C: RCPT TO:<b@y.example>
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 250 ok
                S: 354 go
                C: ...
                S: 250 2.1.5 kept
                S: 452 4.2.2 full
                C: QUIT
                S: 221 bye";
            play(Stream::new(socket), script, &content).await;
        });
        let mut courier = Courier::for_tests(MAIN_CF, "", true);
        courier.flags = Flags {
            return_path: true,
            final_delivery: true,
            ..Flags::default()
        };
        let job = world.job(
            &format!("unix:{}", path.display()),
            &["a@y.example", "b@y.example"],
        );

        let log = deliver(&Rc::new(courier), job).await;

        let relay = format!("me.example[{}]", path.display());
        assert!(
            log[0].ends_with(&format!("relay={relay}, dsn=2.1.5, status=sent (250 2.1.5 kept)")),
            "{log:?}"
        );
        assert!(
            log[1].contains("dsn=4.2.2, status=deferred (host me.example["),
            "{log:?}"
        );
        assert!(
            log[1].ends_with("said: 452 4.2.2 full (in reply to end of DATA command))"),
            "{log:?}"
        );
    });
}

#[test]
fn a_probe_is_answered_at_rcpt_and_nothing_is_sent() {
    run(|| async {
        let world = World::new(&["x"]);
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: RSET
             C: QUIT
             S: 250 ok
             S: 250 2.1.5 fine
             S: 250 ok",
            )],
        )
        .await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let envelope = Envelope {
            nexthop: next_hop,
            flags: flag::PROBE,
            ..world.envelope.clone()
        };
        let log = deliver(
            &courier("", ""),
            world.job_of(envelope, vec![Recipient::new("a@y.example")]),
        )
        .await;
        assert!(
            log[0].ends_with("dsn=2.1.5, status=deliverable (250 2.1.5 fine)"),
            "{log:?}"
        );
    });
}

#[test]
fn headers_and_addresses_are_changed_on_the_way() {
    run(|| async {
        let world = World::new(&[
            "From: Me <s@x.example>",
            "X-Secret: 1",
            "Subject: old",
            "",
            "body",
        ]);
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<public@x.example> SIZE=59 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done",
            )],
        )
        .await;
        let checks = world.root.join("checks");
        fs::write(
            &checks,
            "/^X-Secret:/ IGNORE\n/^Subject: old/ REPLACE Subject: new\n",
        )
        .unwrap();
        let tables = format!(
            "smtp_generic_maps = inline:{{s@x.example=public@x.example}}\nsmtp_header_checks = regexp:{}",
            checks.display()
        );
        let job = world.job(
            &format!("[127.0.0.1]:{}", server.address.port()),
            &["a@y.example"],
        );
        let log = deliver(&courier(&tables, ""), job).await;
        assert_eq!(log[0], "ID: replace: header Subject: old: Subject: new");
        assert!(log[1].contains("status=sent"), "{log:?}");
        let content = server.content.borrow();
        assert_eq!(
            *content,
            ["From: Me <public@x.example>", "Subject: new", "", "body"]
        );
    });
}

#[test]
fn mandatory_tls_is_never_left_out() {
    run(|| async {
        let world = World::new(&["x"]);
        let server = server_at("127.0.0.1:0", &[HELLO]).await;
        let job = world.job(
            &format!("[127.0.0.1]:{}", server.address.port()),
            &["a@y.example"],
        );
        let log = deliver(&courier("smtp_tls_security_level = encrypt", ""), job).await;
        let wanted =
            "dsn=4.7.4, status=deferred (TLS is required, but was not offered by host 127.0.0.1[127.0.0.1])";
        assert!(log[0].ends_with(wanted), "{log:?}");
    });
}

#[test]
fn a_server_with_dsn_takes_over_the_wish_for_success_notices() {
    run(|| async {
        let world = World::new(&["x"]);
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT ENVID=e1 RET=HDRS
             C: RCPT TO:<a@y.example> NOTIFY=SUCCESS
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done",
            )],
        )
        .await;
        let next_hop = format!("[127.0.0.1]:{}", server.address.port());
        let envelope = Envelope {
            nexthop: next_hop,
            envelope_id: "e1".into(),
            ret: 2,
            ..world.envelope.clone()
        };
        let recipient = Recipient {
            notify: Notify::SUCCESS,
            ..Recipient::new("a@y.example")
        };
        deliver(&courier("", ""), world.job_of(envelope, vec![recipient])).await;
        assert!(world.notes.borrow().is_empty());
    });
}

#[test]
fn the_fallback_relay_gets_what_the_next_hop_cannot_take() {
    run(|| async {
        let world = World::new(&["x"]);
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let server = server_at(
            "127.0.0.1:0",
            &[&script(
                "C: MAIL FROM:<s@x.example> SIZE=3 BODY=7BIT
             C: RCPT TO:<a@y.example>
             C: DATA
             S: 250 ok
             S: 250 ok
             S: 354 go
             C: ...
             S: 250 done",
            )],
        )
        .await;
        let more = format!("smtp_fallback_relay = [127.0.0.1]:{}", server.address.port());
        let log = deliver(
            &courier(&more, ""),
            world.job(&format!("[127.0.0.1]:{closed}"), &["a@y.example"]),
        )
        .await;
        assert!(log[0].starts_with("connect to 127.0.0.1"), "{log:?}");
        assert!(log[1].contains("status=sent"), "{log:?}");
    });
}
