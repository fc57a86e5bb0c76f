//! Clients that are slow, many, or say too much; next hops that close, stall or babble: a clear answer or a deferral,
//! bounded memory, nothing lost.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{Read, Write};
use std::process::Stdio;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};
use testkit::{Behaviour, Builder, Client, Instance, Sink, wait_for};

/// The most memory that any program may take, whatever comes: a debug build with its symbols needs some 15 MiB at rest.
const MOST_MEMORY: u64 = 48 << 20;

/// Whether the original is asked, to find out what it does.
fn is_theirs() -> bool {
    std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs")
}

fn builder(sink: &Sink) -> Builder {
    let builder = if is_theirs() {
        Instance::builder().peer()
    } else {
        Instance::builder()
    };
    builder
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("disable_dns_lookups = yes\nsmtpd_peername_lookup = no\nlocal_recipient_maps =")
        .main_cf("myhostname = mx.test.example\nnotify_classes =\nsmtpd_error_sleep_time = 0")
}

/// No program has ever needed more than it may.
fn assert_memory_is_bounded(instance: &Instance) {
    let programs = instance.processes().into_iter().filter(|_| !is_theirs());
    for process in programs {
        let peak = process.peak_memory();
        assert!(peak < MOST_MEMORY, "{} took {} MiB", process.name, peak >> 20);
    }
}

fn wait_for_empty_queue(instance: &Instance) {
    wait_for("an empty queue", || {
        let queues = ["incoming", "active", "deferred"];
        queues
            .iter()
            .all(|queue| instance.queue(queue).is_empty())
            .then_some(())
    });
}

/// Another client is served while something goes on.
fn assert_others_are_served(instance: &Instance, sink: &Sink) {
    let (before, started) = (sink.messages().len(), Instant::now());
    let reply = instance.session().message(
        "a@origin.example",
        &["b@elsewhere.example"],
        "Subject: quick\n\nquick\n",
    );
    assert!(reply.starts_with("250"), "{reply}\n{}", instance.log());
    sink.wait(before + 1);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

const TIMED_OUT: &str = "421 4.4.2 mx.test.example Error: timeout exceeded";

/// What is said before falling silent, and what the log says of it.
const SILENCES: &[(&str, &str)] = &[
    ("", "after CONNECT"),
    ("EHL", "after CONNECT"),
    ("EHLO client.example\r\n", "after EHLO"),
    (
        "EHLO client.example\r\nMAIL FROM:<a@origin.example>\r\n",
        "after MAIL",
    ),
    (
        "EHLO client.example\r\nMAIL FROM:<a@origin.example>\r\nRCPT TO:<b@elsewhere.example>\r\n",
        "after RCPT",
    ),
    (
        "EHLO client.example\r\nMAIL FROM:<a@origin.example>\r\nRCPT TO:<b@elsewhere.example>\r\nDATA\r\nSubject: x\r\n\r\nhalf a li",
        "after DATA",
    ),
    (
        "EHLO client.example\r\nMAIL FROM:<a@origin.example>\r\nRCPT TO:<b@elsewhere.example>\r\nBDAT 100\r\nhalf",
        "after BDAT",
    ),
];

#[test]
fn a_client_that_falls_silent_is_told_so_and_its_message_is_dropped() {
    let sink = Sink::start();
    let instance = builder(&sink).main_cf("smtpd_timeout = 1s").start();
    let silent: Vec<_> = SILENCES
        .iter()
        .map(|(said, _)| {
            let mut client = Client::connect(instance.smtp);
            // A line of which the answer was not awaited is out of turn; so each is.
            client.reply();
            for line in said.split_inclusive("\r\n") {
                client.send(line.as_bytes());
                if line.ends_with("\r\n")
                    && !line.starts_with("Subject")
                    && !line.starts_with("BDAT")
                    && line != "\r\n"
                {
                    client.reply();
                }
            }
            client
        })
        .collect();

    for (mut client, (said, place)) in silent.into_iter().zip(SILENCES) {
        assert_eq!(client.reply(), TIMED_OUT, "{said:?}\n{}", instance.log());
        assert!(client.is_closed(), "{said:?}");
        instance.wait_for_log(&["postfix/smtpd", "timeout", place]);
    }
    wait_for_empty_queue(&instance);
    assert_others_are_served(&instance, &sink);
}

#[test]
fn a_client_that_sends_an_octet_now_and_then_gets_no_more_time_where_the_request_has_a_deadline() {
    let sink = Sink::start();
    let settings = "smtpd_timeout = 2s\nsmtpd_per_request_deadline = yes";
    let instance = builder(&sink).main_cf(settings).start();
    let drip = |greeted: &[&str], octets: &str| {
        let mut client = Client::connect(instance.smtp);
        client.reply();
        greeted.iter().for_each(|line| drop(client.ask(line)));
        let started = Instant::now();
        for octet in octets.bytes().cycle() {
            if client.try_send(&[octet]).is_err() || started.elapsed() > Duration::from_secs(4) {
                break;
            }
            sleep(Duration::from_millis(250));
        }
        // Who went on to send after the end may find the last words gone.
        let reply = client.reply();
        assert!(
            reply == TIMED_OUT || reply.is_empty(),
            "{reply:?} after {greeted:?}"
        );
        assert!(client.is_closed());
    };
    let envelope = [
        "EHLO c",
        "MAIL FROM:<a@origin.example>",
        "RCPT TO:<b@elsewhere.example>",
        "DATA",
    ];

    thread::scope(|scope| {
        scope.spawn(|| drip(&[], "x"));
        scope.spawn(|| drip(&["EHLO c"], "x"));
        scope.spawn(|| drip(envelope.get(..3).unwrap(), "x"));
        scope.spawn(|| drip(&envelope, "x\r\n"));
    });

    for place in ["after CONNECT", "after EHLO", "after RCPT", "after DATA"] {
        instance.wait_for_log(&["postfix/smtpd", "timeout", place]);
    }
    wait_for_empty_queue(&instance);
    assert_others_are_served(&instance, &sink);
}

#[test]
fn a_client_that_never_reads_its_replies_is_cut_off() {
    let sink = Sink::start();
    let settings =
        "smtpd_timeout = 1s\nsmtpd_hard_error_limit = 100000000\nsmtpd_junk_command_limit = 100000000";
    let instance = builder(&sink).main_cf(settings).start();
    let mut client = instance.session();
    let commands = "RCPT TO:<b@elsewhere.example>\r\n".repeat(1000);

    let started = Instant::now();
    while client.try_send(commands.as_bytes()).is_ok() {
        assert!(started.elapsed() < Duration::from_secs(25), "it is still heard");
    }

    instance.wait_for_log(&["postfix/smtpd", "timeout after RCPT"]);
    assert_memory_is_bounded(&instance);
    assert_others_are_served(&instance, &sink);
}

#[test]
fn two_thousand_idle_clients_leave_room_for_others() {
    let wanted = 2000;
    let allowed = sys::process::raise_open_files(wanted + 200).unwrap();
    let count = usize::try_from(wanted.min(allowed - 100)).unwrap();
    let sink = Sink::start();
    let settings = "default_process_limit = 3000\nsmtpd_client_connection_count_limit = 0";
    let instance = builder(&sink).main_cf(settings).start();
    assert_others_are_served(&instance, &sink);
    let memory = || -> u64 {
        let programs = instance.running("smtpd");
        programs.iter().map(testkit::Process::memory).sum()
    };
    let before = memory();

    let started = Instant::now();
    let mut idle: Vec<Client> = (0..count).map(|_| Client::connect(instance.smtp)).collect();
    for client in &mut idle {
        assert!(client.reply().starts_with("220 "), "{}", instance.log());
    }
    let opened = started.elapsed();
    for client in &mut idle {
        assert!(client.ask("EHLO client.example").starts_with("250"));
    }

    let each = memory().saturating_sub(before) / count as u64;
    eprintln!(
        "{count} idle sessions opened in {opened:?}, {} KiB each",
        each >> 10
    );
    assert!(each < 64 << 10, "{each} octets for an idle session");
    assert_others_are_served(&instance, &sink);
    // They have not been forgotten.
    for client in idle.iter_mut().step_by(100) {
        assert_eq!(client.ask("NOOP"), "250 2.0.0 Ok");
    }
    drop(idle);
    assert_others_are_served(&instance, &sink);
}

/// Sends `octets` again and again; how many went before the server cut it off, or all.
fn pour(client: &mut Client, octets: &[u8], times: usize) -> usize {
    for time in 0..times {
        if client.try_send(octets).is_err() {
            return time;
        }
    }
    times
}

const MEBIBYTE: usize = 1 << 20;

#[test]
fn a_command_line_of_100_megabytes_is_cut_off() {
    let sink = Sink::start();
    let instance = builder(&sink).start();
    for beginning in ["", "EHLO ", "MAIL FROM:<", "RCPT TO:<"] {
        let mut client = instance.session();
        client.send(beginning.as_bytes());
        let poured = pour(&mut client, &vec![b'x'; MEBIBYTE], 100);
        assert!(poured < 100, "all of the line was read");
        assert!(client.is_closed());
    }
    assert_memory_is_bounded(&instance);
    assert_others_are_served(&instance, &sink);
}

fn envelope(client: &mut Client) {
    for line in [
        "MAIL FROM:<a@origin.example>",
        "RCPT TO:<b@elsewhere.example>",
        "DATA",
    ] {
        let reply = client.ask(line);
        assert!(reply.starts_with(['2', '3']), "{line}: {reply}");
    }
}

#[test]
fn a_content_line_of_100_megabytes_is_refused_by_the_size_limit_or_carried_in_pieces() {
    let sink = Sink::start();
    let instance = builder(&sink).start();
    let mut client = instance.session();
    envelope(&mut client);
    client.send(b"Subject: long\r\n\r\n");
    assert_eq!(pour(&mut client, &vec![b'x'; MEBIBYTE], 100), 100);
    assert_eq!(client.ask("\r\n."), "552 5.3.4 Error: message file too big");
    assert_memory_is_bounded(&instance);
    wait_for_empty_queue(&instance);

    let reply = client.ask("NOOP");
    assert_eq!(reply, "250 2.0.0 Ok");
    drop(instance);
    let instance = builder(&sink).main_cf("message_size_limit = 0").start();
    let mut client = instance.session();
    envelope(&mut client);
    client.send(b"Subject: long\r\n\r\n");
    assert_eq!(pour(&mut client, &vec![b'x'; MEBIBYTE], 100), 100);
    let reply = client.ask("\r\n.");
    assert!(reply.starts_with("250"), "{reply}");
    let message = sink.wait(1).pop().unwrap();
    let start = message
        .content
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let body = message.content.get(start..).unwrap();
    assert_eq!(
        body.iter().filter(|octet| **octet == b'x').count(),
        100 * MEBIBYTE
    );
    let longest = message
        .content
        .split(|octet| *octet == b'\n')
        .map(<[u8]>::len)
        .max()
        .unwrap();
    assert!(longest <= 1000, "a line of {longest} octets");
    assert_memory_is_bounded(&instance);
}

#[test]
fn a_header_of_a_million_recipients_takes_no_memory() {
    let sink = Sink::start();
    let instance = builder(&sink).main_cf("message_size_limit = 0").start();
    let mut client = instance.session();
    envelope(&mut client);
    client.send(b"To: a@example.com");
    for thousand in 0..1000 {
        let addresses: String = (0..1000)
            .map(|one| format!(",\r\n user{thousand}.{one}@example.com"))
            .collect();
        client.send(addresses.as_bytes());
    }
    let reply = client.ask("\r\nSubject: many\r\n\r\nmany\r\n.");

    assert!(reply.starts_with("250"), "{reply}");
    let message = sink.wait(1).pop().unwrap().text();
    // What is beyond the limits of a header is cut off.
    assert!(
        message.contains("\r\n\t\"user1.\"@mx.test.example\r\nSubject: many\r\n"),
        "{message}"
    );
    assert_memory_is_bounded(&instance);
    wait_for_empty_queue(&instance);
}

#[test]
fn a_header_of_a_million_recipients_is_too_much_for_sendmail() {
    let sink = Sink::start();
    let instance = builder(&sink).main_cf("message_size_limit = 0").start();
    let mut sendmail = instance
        .command("sendmail")
        .args(["-i", "-t", "-f", "a@origin.example"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = sendmail.stdin.take().unwrap();
    let writer = thread::spawn(move || {
        let _ = input.write_all(b"To: a@example.com");
        for thousand in 0..1000 {
            let addresses: String = (0..1000)
                .map(|one| format!(",\n user{thousand}.{one}@example.com"))
                .collect();
            if input.write_all(addresses.as_bytes()).is_err() {
                return;
            }
        }
        let _ = input.write_all(b"\nSubject: many\n\nmany\n");
    });
    let process = testkit::Process::find(sendmail.id()).unwrap();
    let mut peak = 0;
    let status = wait_for("the end of sendmail", || {
        peak = peak.max(process.peak_memory());
        sendmail.try_wait().unwrap()
    });
    writer.join().unwrap();
    assert_eq!(status.code(), Some(75));
    let mut complaint = String::new();
    sendmail
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut complaint)
        .unwrap();
    assert!(
        complaint.contains("message header length exceeds safety limit"),
        "{complaint}"
    );
    assert!(peak < MOST_MEMORY, "sendmail took {} MiB", peak >> 20);
    assert_others_are_served(&instance, &sink);
}

#[test]
fn headers_without_end_are_refused_by_the_size_limit() {
    let sink = Sink::start();
    let instance = builder(&sink).start();
    let many: String = (0..30_000)
        .map(|number| format!("X-Header-{number}: and so on and so on\r\n"))
        .collect();
    let folded = " and this header goes on and on and on\r\n".repeat(30_000);
    for (beginning, block) in [
        ("", &many),
        ("Subject: long\r\n", &folded),
        ("To: a@b.example,\r\n", &folded),
    ] {
        let mut client = instance.session();
        envelope(&mut client);
        client.send(beginning.as_bytes());
        assert_eq!(pour(&mut client, block.as_bytes(), 20), 20);
        assert_eq!(
            client.ask("\r\n."),
            "552 5.3.4 Error: message file too big",
            "{beginning:?}"
        );
    }
    assert_memory_is_bounded(&instance);
    wait_for_empty_queue(&instance);
    assert_others_are_served(&instance, &sink);
}

#[test]
fn recipients_beyond_the_limit_are_refused_and_the_others_get_their_message() {
    let sink = Sink::start();
    let settings =
        "smtpd_recipient_limit = 10\nsmtpd_recipient_overshoot_limit = 5\nsmtpd_hard_error_limit = 3";
    let instance = builder(&sink).main_cf(settings).start();
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@origin.example>");
    for number in 0..15 {
        let reply = client.ask(&format!("RCPT TO:<user{number}@elsewhere.example>"));
        let expected = if number < 10 {
            "250 2.1.5 Ok"
        } else {
            "452 4.5.3 Error: too many recipients"
        };
        assert_eq!(reply, expected, "{number}");
    }
    assert!(client.ask("DATA").starts_with("354"));
    assert!(client.ask("Subject: x\r\n\r\nx\r\n.").starts_with("250"));
    let taken: usize = wait_for("ten recipients", || {
        let taken = sink
            .messages()
            .iter()
            .map(|message| message.recipients.len())
            .sum();
        (taken >= 10).then_some(taken)
    });
    assert_eq!(taken, 10);

    // Who does not stop is an abuser.
    client.ask("MAIL FROM:<a@origin.example>");
    let mut last = String::new();
    for number in 0..30 {
        last = client.ask(&format!("RCPT TO:<user{number}@elsewhere.example>"));
        if last.starts_with("421") {
            break;
        }
    }
    assert_eq!(last, "421 4.7.0 mx.test.example Error: too many errors");
    assert!(client.is_closed());
}

/// A debug build takes half a minute for a million.
const MANY_RECIPIENTS: usize = if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};

#[test]
fn a_million_refused_recipients_take_no_memory() {
    let sink = Sink::start();
    let settings = "smtpd_recipient_limit = 10\nsmtpd_recipient_overshoot_limit = 2000000\nsmtpd_hard_error_limit = 2000000";
    let instance = builder(&sink).main_cf(settings).start();
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@origin.example>");
    let (mut refused, mut before) = (0, 0);
    for thousand in 0..MANY_RECIPIENTS / 1000 {
        let command = |one| format!("RCPT TO:<user{thousand}.{one}@elsewhere.example>\r\n");
        let commands: String = (0..1000).map(command).collect();
        client.send(commands.as_bytes());
        for _ in 0..1000 {
            refused += usize::from(client.reply() == "452 4.5.3 Error: too many recipients");
        }
        if thousand == 10 {
            before = peak_memory(&instance);
        }
    }
    assert_eq!(refused, MANY_RECIPIENTS - 10);
    assert!(client.ask("DATA").starts_with("354"));
    assert!(client.ask("Subject: x\r\n\r\nx\r\n.").starts_with("250"));
    sink.wait(1);
    // The kernel keeps the peak when memory is given back, so that what it says now may be less than what it said before.
    let grown = peak_memory(&instance).saturating_sub(before);
    assert!(grown < 1 << 20, "{grown} octets more");
}

/// The most memory that a process of the SMTP server has used: of those without a client, some may have gone meanwhile.
fn peak_memory(instance: &Instance) -> u64 {
    let programs = instance.running("smtpd");
    programs
        .iter()
        .map(testkit::Process::peak_memory)
        .max()
        .unwrap_or(0)
}

/// What a next hop does where, and what becomes of the message.
struct Mischief {
    command: &'static str,
    reply: &'static str,
    status: &'static str,
    text: &'static str,
}

const fn mischief(
    command: &'static str,
    reply: &'static str,
    status: &'static str,
    text: &'static str,
) -> Mischief {
    Mischief {
        command,
        reply,
        status,
        text,
    }
}

const DEFERRED: &str = "dsn=4.4.2, status=deferred";

/// `NAME` stands for the next hop's name and address.
const MISCHIEVOUS: &[Mischief] = &[
    mischief(
        "greeting",
        "close",
        DEFERRED,
        "lost connection with NAME while receiving the initial server greeting",
    ),
    mischief(
        "greeting",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while receiving the initial server greeting",
    ),
    mischief("greeting", "babble", "status=deferred", ""),
    mischief("greeting", "babble lines", "status=deferred", ""),
    mischief("greeting", "what do you want", "status=deferred", ""),
    mischief(
        "EHLO",
        "close",
        DEFERRED,
        "lost connection with NAME while performing the EHLO handshake",
    ),
    mischief(
        "EHLO",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while performing the EHLO handshake",
    ),
    mischief("EHLO", "babble", "status=deferred", ""),
    mischief("EHLO", "babble lines", "status=deferred", ""),
    mischief(
        "MAIL",
        "close",
        DEFERRED,
        "lost connection with NAME while sending MAIL FROM",
    ),
    mischief(
        "MAIL",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while sending MAIL FROM",
    ),
    mischief("MAIL", "babble", "status=deferred", ""),
    mischief("MAIL", "babble lines", "status=deferred", ""),
    mischief(
        "RCPT",
        "close",
        DEFERRED,
        "lost connection with NAME while sending RCPT TO",
    ),
    mischief(
        "RCPT",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while sending RCPT TO",
    ),
    mischief("RCPT", "babble", "status=deferred", ""),
    mischief(
        "DATA",
        "close",
        DEFERRED,
        "lost connection with NAME while sending DATA command",
    ),
    mischief(
        "DATA",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while sending DATA command",
    ),
    mischief("DATA", "babble", "status=deferred", ""),
    mischief(
        "body",
        "close",
        DEFERRED,
        "lost connection with NAME while sending message body",
    ),
    mischief(
        "body",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while sending message body",
    ),
    mischief(
        "content",
        "close",
        DEFERRED,
        "lost connection with NAME while sending end of data -- message may be sent more than once",
    ),
    mischief(
        "content",
        "stall",
        DEFERRED,
        "conversation with NAME timed out while sending end of data -- message may be sent more than once",
    ),
    mischief("content", "babble", "status=deferred", ""),
    mischief(
        "content",
        "450 4.2.0 later",
        "dsn=4.2.0, status=deferred",
        "said: 450 4.2.0 later (in reply to end of DATA command)",
    ),
    mischief(
        "content",
        "550 5.7.1 no",
        "dsn=5.7.1, status=bounced",
        "said: 550 5.7.1 no (in reply to end of DATA command)",
    ),
    mischief("QUIT", "close", "dsn=2.0.0, status=sent", "(250 2.0.0 ok: taken)"),
    mischief("QUIT", "stall", "dsn=2.0.0, status=sent", "(250 2.0.0 ok: taken)"),
    mischief(
        "QUIT",
        "babble",
        "dsn=2.0.0, status=sent",
        "(250 2.0.0 ok: taken)",
    ),
];

fn misbehaving(one: &Mischief, extensions: &[&str]) -> Sink {
    let behaviour = Behaviour {
        extensions: extensions.iter().map(|word| (*word).to_owned()).collect(),
        ..Behaviour::default()
    };
    Sink::behaving(if one.command == "greeting" {
        Behaviour {
            greeting: Some(one.reply.to_owned()),
            ..behaviour
        }
    } else {
        behaviour.on(one.command, "", one.reply)
    })
}

/// Runs all next hops at once, one domain for each.
fn meet_mischief(extensions: &[&str]) {
    let theirs = is_theirs();
    // The original reads on for as long as something comes.
    let ends = |one: &&Mischief| !(theirs && one.reply.starts_with("babble"));
    let cases: Vec<&Mischief> = MISCHIEVOUS.iter().filter(ends).collect();
    let sinks: Vec<Sink> = cases.iter().map(|one| misbehaving(one, extensions)).collect();
    let good = Sink::start();
    let routes: String = sinks
        .iter()
        .enumerate()
        .map(|(number, sink)| format!("hop{number}.example smtp:{}\n", sink.nexthop()))
        .collect();
    let stages = [
        "connect",
        "helo",
        "mail",
        "rcpt",
        "data_init",
        "data_xfer",
        "data_done",
        "quit",
        "rset",
    ];
    let limits: String = stages
        .map(|stage| format!("smtp_{stage}_timeout = 2s\n"))
        .concat();
    let builder = builder(&good)
        .file("etc/routes", &routes)
        .main_cf("transport_maps = texthash:@DIR@/etc/routes\nsmtp_skip_5xx_greeting = no")
        .main_cf(&limits);
    let instance = builder.start();
    let mut client = instance.session();
    // More than fits into the buffers between two sockets, for who stops to read it.
    let large = "Subject: x\n\n".to_owned() + &format!("{}\n", "x".repeat(78)).repeat(100_000);
    for (number, one) in cases.iter().enumerate() {
        let content = if one.command == "body" {
            &large
        } else {
            "Subject: x\n\nx\n"
        };
        let reply = client.message(
            "a@origin.example",
            &[&format!("user@hop{number}.example")],
            content,
        );
        assert!(reply.starts_with("250"), "{reply}");
    }

    let mut wrong = Vec::new();
    for (number, (one, sink)) in cases.iter().zip(&sinks).enumerate() {
        let line = instance.wait_for_log(&[&format!("to=<user@hop{number}.example>"), "status="]);
        let port = sink.address.port();
        let text = one.text.replace("NAME", "127.0.0.1[127.0.0.1]");
        if !line.contains(one.status) || !line.contains(&text) {
            wrong.push(format!("{} {} (port {port}): {line}", one.command, one.reply));
        }
        eprintln!(
            "{} {}: {}",
            one.command,
            one.reply,
            line.split("dsn=").nth(1).unwrap_or_default()
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    if theirs {
        return;
    }
    let deferred = MISCHIEVOUS
        .iter()
        .filter(|one| one.status.contains("deferred"))
        .count();
    wait_for("all deferred messages in their queue", || {
        let queued = ["active", "deferred"].map(|queue| instance.queue(queue).len());
        (queued.iter().sum::<usize>() == deferred).then_some(())
    });
    // The notice of the one that was returned.
    assert!(good.wait(1)[0].text().contains("550 5.7.1 no"));
    assert_others_are_served(&instance, &good);
    assert_memory_is_bounded(&instance);
}

#[test]
fn a_next_hop_that_misbehaves_at_any_stage_defers_its_mail_only() {
    meet_mischief(&["8BITMIME"]);
}

#[test]
fn a_next_hop_that_takes_commands_together_and_misbehaves_defers_its_mail_only() {
    meet_mischief(&["PIPELINING", "8BITMIME"]);
}

#[test]
fn a_next_hop_that_sends_an_octet_now_and_then_gets_no_more_time_where_the_request_has_a_deadline() {
    let good = Sink::start();
    let places = [
        ("greeting", "receiving the initial server greeting"),
        ("EHLO", "performing the EHLO handshake"),
        ("MAIL", "sending MAIL FROM"),
        (
            "content",
            "sending end of data -- message may be sent more than once",
        ),
    ];
    let sinks = places.map(|(command, _)| misbehaving(&mischief(command, "drip", "", ""), &["8BITMIME"]));
    let routes: String = sinks
        .iter()
        .enumerate()
        .map(|(number, sink)| format!("hop{number}.example smtp:{}\n", sink.nexthop()))
        .collect();
    let instance = builder(&good)
        .file("etc/routes", &routes)
        .main_cf("transport_maps = texthash:@DIR@/etc/routes\nsmtp_per_request_deadline = yes")
        .main_cf("smtp_connect_timeout = 1s\nsmtp_helo_timeout = 1s\nsmtp_mail_timeout = 1s")
        .main_cf("smtp_data_done_timeout = 1s")
        .start();
    let mut client = instance.session();
    for number in 0..places.len() {
        let recipient = format!("user@hop{number}.example");
        let reply = client.message("a@origin.example", &[&recipient], "Subject: x\n\nx\n");
        assert!(reply.starts_with("250"), "{reply}");
    }

    for (number, (_, place)) in places.iter().enumerate() {
        let recipient = format!("to=<user@hop{number}.example>");
        let line = instance.wait_for_log(&[&recipient, "status="]);
        let text =
            format!("status=deferred (conversation with 127.0.0.1[127.0.0.1] timed out while {place})");
        assert!(line.ends_with(&text), "{line}");
    }
    assert_others_are_served(&instance, &good);
}
