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
