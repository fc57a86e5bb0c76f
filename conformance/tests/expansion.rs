//! Addresses and headers that grow without measure: time and memory stay small, and the log names what is at fault.

use std::time::{Duration, Instant};

use testkit::{Instance, Sink};

/// More than any program of ours may need beside a table that it was told to hold.
const MOST_MEMORY: u64 = 96 << 20;

/// Longer than any of this may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn relay(sink: &Sink) -> testkit::Builder {
    Instance::builder().main_cf(&format!("relayhost = {}", sink.nexthop())).main_cf(
        "myhostname = mx.test.example\nnotify_classes =\nsmtpd_peername_lookup = no\nmessage_size_limit = 0\n\
         local_header_rewrite_clients = permit_inet_interfaces",
    )
}

fn assert_memory_is_bounded(instance: &Instance) {
    for process in instance.processes() {
        let peak = process.peak_memory();
        assert!(peak < MOST_MEMORY, "{} took {} MiB", process.name, peak >> 20);
    }
}

#[test]
fn an_alias_of_a_million_recipients_is_refused_for_now_and_named() {
    let sink = Sink::start();
    let many: Vec<String> = (0..1_000_000)
        .map(|number| format!("user{number}@c.example"))
        .collect();
    let instance = relay(&sink)
        .file("aliases", &format!("all@b.example {}\n", many.join(", ")))
        .main_cf("virtual_alias_maps = texthash:@DIR@/aliases")
        .start();

    let mut client = instance.session();
    client.ask("MAIL FROM:<a@b.example>");
    client.ask("RCPT TO:<all@b.example>");
    client.ask("DATA");
    let start = Instant::now();
    let reply = client.ask("Subject: all\r\n\r\nbody\r\n.");

    assert_eq!(reply, "451 4.6.0 Alias expansion error");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    instance.wait_for_log(&["unreasonable virtual_alias_maps map expansion size for all@b.example"]);
    assert_memory_is_bounded(&instance);
    let reply = client.message("a@b.example", &["one@c.example"], "Subject: one\n\nbody");
    assert!(reply.starts_with("250"), "{reply}");
    sink.wait(1);
}

/// How many recipients an alias has that is to be delivered, not refused.
const MANY: usize = 100_000;

fn members() -> Vec<String> {
    (0..MANY)
        .map(|number| format!("user{number}@c.example"))
        .collect()
}

/// Sends a message to one address, which becomes many; all of them must have theirs.
fn assert_all_get_it(instance: &Instance, address: &str) {
    let mut client = instance.session();
    let start = Instant::now();
    let reply = client.message("a@b.example", &[address], "Subject: all\n\nbody");
    assert!(reply.starts_with("250"), "{reply}");
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    let done = || instance.log().matches("status=sent (reached)").count();
    while done() < MANY && start.elapsed() < PATIENCE * 6 {
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(done(), MANY, "after {:?}", start.elapsed());
    assert_memory_is_bounded(instance);
}

/// Everything for other places is taken, and goes nowhere.
fn discarding() -> testkit::Builder {
    Instance::builder()
        .main_cf("default_transport = discard:reached\nnotify_classes =\nsmtpd_peername_lookup = no")
        .main_cf("myhostname = mx.test.example\nmydestination = $myhostname\nlocal_recipient_maps =")
}

#[test]
fn a_list_of_a_hundred_thousand_members_is_delivered_in_little_memory() {
    let instance = discarding()
        .main_cf("alias_maps = texthash:@DIR@/aliases")
        .file(
            "aliases",
            &format!("all {}\nlist :include:@DIR@/members\n", members().join(", ")),
        )
        .file("members", &members().join("\n"))
        .start();
    assert_all_get_it(&instance, "all@mx.test.example");
}

#[test]
fn a_virtual_alias_of_a_hundred_thousand_recipients_is_delivered_when_that_is_allowed() {
    let instance = discarding()
        .main_cf(&format!("virtual_alias_expansion_limit = {}", MANY + 1))
        .main_cf("virtual_alias_maps = texthash:@DIR@/virtual")
        .file("virtual", &format!("all@b.example {}\n", members().join(", ")))
        .start();
    assert_all_get_it(&instance, "all@b.example");
}

/// Messages of odd structure and a megabyte or so, each with what is odd about it.
fn structures() -> Vec<(&'static str, String)> {
    const MEGABYTE: usize = 1 << 20;
    let nested = |kind: &dyn Fn(usize) -> String| (0..1000).map(kind).collect::<String>();
    let multipart = |number: usize| {
        format!("Content-Type: multipart/mixed; boundary=\"b{number}\"\r\n\r\npreamble\r\n--b{number}\r\n")
    };
    let ends: String = (0..1000)
        .rev()
        .map(|number| format!("--b{number}--\r\n"))
        .collect();
    vec![
        (
            "a header line of a megabyte",
            format!("X-Huge: {}\r\n\r\nbody\r\n", "x".repeat(MEGABYTE)),
        ),
        (
            "a header folded without end",
            format!("X-Huge: x\r\n{}\r\nbody\r\n", " x\r\n".repeat(MEGABYTE / 4)),
        ),
        ("only continuation lines", " x\r\n".repeat(MEGABYTE / 4)),
        ("a header without body", "Subject: no body\r\n".to_owned()),
        ("no header", format!("\r\n{}", "x\r\n".repeat(MEGABYTE / 3))),
        (
            "a hundred thousand headers",
            format!("{}\r\nbody\r\n", "X: y\r\n".repeat(100_000)),
        ),
        (
            "NULs",
            format!("X-Nul: {0}\r\n\r\n{0}\r\n", "\0".repeat(MEGABYTE / 2)),
        ),
        (
            "8-bit octets",
            format!("X-Eight: {0}\r\n\r\n{0}\r\n", "\u{fc}".repeat(MEGABYTE / 4)),
        ),
        (
            "a boundary of a megabyte",
            format!(
                "Content-Type: multipart/mixed; boundary=\"{0}\"\r\n\r\n--{0}\r\n\r\nx\r\n--{0}--\r\n",
                "b".repeat(MEGABYTE / 3)
            ),
        ),
        (
            "a hundred thousand parameters",
            format!(
                "Content-Type: text/plain{}\r\n\r\nbody\r\n",
                "; a=\"b\"".repeat(100_000)
            ),
        ),
        (
            "parts a thousand deep",
            format!("{}\r\ninnermost\r\n{ends}", nested(&multipart)),
        ),
        (
            "messages a thousand deep",
            format!(
                "{}\r\ninnermost\r\n",
                nested(&|_| "Content-Type: message/rfc822\r\n\r\n".to_owned())
            ),
        ),
        (
            "lines like boundaries",
            format!(
                "{}\r\n{}",
                nested(&multipart),
                "--b\r\n--b5x\r\n--\r\n--b999999\r\n".repeat(MEGABYTE / 32)
            ),
        ),
    ]
}

#[test]
fn odd_structures_of_a_megabyte_pass_quickly_in_little_memory() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    for (oddity, content) in structures() {
        let (mut client, begun) = (instance.session(), Instant::now());
        client.ask("MAIL FROM:<a@b.example>");
        client.ask("RCPT TO:<one@c.example>");
        client.ask("DATA");
        client.send(content.as_bytes());
        let reply = client.ask(".");
        assert!(reply.starts_with("250"), "{oddity}: {reply}");
        assert!(begun.elapsed() < PATIENCE, "{oddity} took {:?}", begun.elapsed());
    }

    sink.wait(structures().len());
    assert_memory_is_bounded(&instance);
}

#[test]
fn what_is_nested_too_deep_is_refused_and_named_where_strictness_is_wanted() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("strict_mime_encoding_domain = yes\nmime_nesting_limit = 100")
        .start();
    let (oddity, content) = structures().swap_remove(10);
    assert_eq!(oddity, "parts a thousand deep");
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@b.example>");
    client.ask("RCPT TO:<one@c.example>");
    client.ask("DATA");
    client.send(content.as_bytes());
    let reply = client.ask(".");
    assert!(reply.starts_with("550 5.6.0"), "{reply}");
    instance.wait_for_log(&[
        "reject: mime-error",
        "nesting",
        "from=<a@b.example> to=<one@c.example>",
    ]);
}

#[test]
fn headers_made_of_one_odd_piece_a_hundred_thousand_octets_long_pass_quickly() {
    const LENGTH: usize = 100_000;
    let pieces = [
        "(",
        ")",
        "<",
        ">",
        "\"",
        "\\",
        ",",
        ";",
        ":",
        "@",
        "a ",
        "a,",
        "a:",
        "a;",
        "a<",
        "<>",
        "\"a\" ",
        "\"\"",
        "(a)",
        "[a]",
        "[",
        "%",
        "!",
        ".",
        "a@b ",
        "a: b;",
        "=?utf-8?q?",
        "\u{fc}",
        "\t",
        "a\\ ",
        "@a:",
        "@a,",
        "a%",
        "a!",
        "\"a@b\" ",
    ];
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut client = instance.session();
    let start = Instant::now();
    for piece in pieces {
        let value: String = piece.repeat(LENGTH / piece.len());
        // Both sender and recipient headers, folded and not; dots at the start of a line are none here.
        let content = format!(
            "To: x{value}\nReply-To: y\n {value}\nSubject: {}\n\nbody",
            piece.len()
        );
        let begun = Instant::now();
        let reply = client.message("a@b.example", &["one@c.example"], &content);
        assert!(reply.starts_with("250"), "{piece:?}: {reply}");
        assert!(begun.elapsed() < PATIENCE, "{piece:?} took {:?}", begun.elapsed());
    }

    sink.wait(pieces.len());
    assert!(start.elapsed() < PATIENCE * 2, "{:?}", start.elapsed());
    assert_memory_is_bounded(&instance);
}

#[test]
fn headers_of_every_malformed_kind_are_carried() {
    let headers = [
        ": no name",
        "no colon at all",
        " continuation of nothing",
        "Two words: x",
        "\u{fc}ber: x",
        "Subject\t: x",
        "Subject:",
        "To: (unclosed",
        "To: \"unclosed",
        "To: <unclosed",
        "To: [unclosed",
        "To: backslash\\",
        "From:",
        "From: ,,,",
        "Date: never",
        "Message-ID: none",
        "Message-ID:",
        "Content-Type: multipart/mixed; boundary=",
        "Content-Type: multipart/mixed; boundary=\"",
        "Content-Type:",
        "Content-Type: /",
        "Content-Transfer-Encoding: unheard-of",
        "Received:",
        "Return-Path: <<<",
    ];
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut client = instance.session();
    for header in headers {
        let content = format!("X-First: 1\n{header}\nX-Last: 1\n\nthe body");
        let reply = client.message("a@b.example", &["one@c.example"], &content);
        assert!(reply.starts_with("250"), "{header:?}: {reply}");
    }

    let messages = sink.wait(headers.len());
    for message in messages {
        let text = message.text();
        assert!(text.contains("\r\nX-First: 1\r\n"), "{text}");
        assert!(text.contains("\r\nX-Last: 1\r\n"), "{text}");
        assert!(text.ends_with("\r\nthe body\r\n"), "{text}");
    }
}
