//! Mail given to the next hop: what arrives there is what was sent, over the connections and routes that were set.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use testkit::{Behaviour, Builder, Instance, Sink, free_port};

/// An instance that gives all mail for elsewhere to a next hop.
fn relay(sink: &Sink) -> Builder {
    Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes\nqueue_run_delay = 1s")
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
}

const HEADER: &str = "From: a@b.example\r\nTo: c@d.example\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\n\
    Message-Id: <1@b.example>\r\n";

/// Sends the octets between DATA and the final dot as they are.
fn send_raw(instance: &Instance, mail: &str, octets: &[u8]) -> String {
    let mut client = instance.session();
    assert_eq!(client.ask(mail), "250 2.1.0 Ok");
    assert_eq!(client.ask("RCPT TO:<c@d.example>"), "250 2.1.5 Ok");
    assert!(client.ask("DATA").starts_with("354 "));
    client.send(octets);
    client.ask(".")
}

/// What stands after the header line that this system added.
fn after_received(content: &[u8]) -> &[u8] {
    assert!(
        content.starts_with(b"Received: from client.example ("),
        "{}",
        String::from_utf8_lossy(content)
    );
    let end = content
        .windows(3)
        .position(|three| three.starts_with(b"\r\n") && !matches!(three[2], b' ' | b'\t'))
        .expect("an end of the first header");
    &content[end + 2..]
}

#[test]
fn content_arrives_octet_for_octet() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut body = Vec::from("\r\n.\x2e two dots\r\nthree\t\0null\r\n\r\n".as_bytes());
    // Crosses the buffers on the way at every offset.
    for number in 0..4000 {
        body.extend_from_slice(format!("{number} {}\r\n", "x".repeat(number % 90)).as_bytes());
    }
    body.extend((128..=255u8).filter(|octet| *octet != 0xff));
    body.extend_from_slice(b"\r\n\r\n\r\n");
    let mut sent = HEADER.as_bytes().to_vec();
    sent.extend_from_slice(&body);
    let mut stuffed = Vec::new();
    for line in sent.split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }

    let reply = send_raw(&instance, "MAIL FROM:<a@b.example> BODY=8BITMIME", &stuffed);

    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    let message = sink.wait(1).remove(0);
    assert!(
        after_received(&message.content) == sent,
        "the content is another one"
    );
    assert_eq!(message.sender.split(' ').next(), Some("<a@b.example>"));
    assert!(message.sender.contains("BODY=8BITMIME"), "{}", message.sender);
    assert!(message.sender.contains("SIZE="), "{}", message.sender);
    assert!(
        message.recipients[0].starts_with("<c@d.example>"),
        "{:?}",
        message.recipients
    );
}

#[test]
fn a_message_that_requires_tls_does_not_go_in_plain_text() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("smtp_requiretls_policy = inline:{ { 127.0.0.1 = enforce } }, opportunistic")
        .start();
    let send = |header: &str| {
        let text = format!("{HEADER}{header}\r\nbody\r\n");
        send_raw(&instance, "MAIL FROM:<>", text.as_bytes())
    };

    let required = send("Require-TLS-ESMTP: yes\r\n");
    send("");

    let id = required.rsplit(' ').next().unwrap();
    let line = instance.wait_for_log(&[id, "to=<c@d.example>"]);
    assert!(
        line.contains("dsn=5.7.30, status=bounced (REQUIRETLS was requested"),
        "{line}"
    );
    // The other one went, and after it comes the postmaster's notice, which stays here.
    assert_eq!(sink.wait(1).len(), 1);
    assert!(!sink.messages()[0].text().contains("Require-TLS-ESMTP"));
}

#[test]
fn long_lines_are_folded_for_the_next_hop() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let long = "0123456789".repeat(500);

    send_raw(
        &instance,
        "MAIL FROM:<a@b.example>",
        format!("{HEADER}\r\n{long}\r\nshort\r\n").as_bytes(),
    );

    let text = sink.wait(1)[0].text();
    let (_, body) = text.split_once("\r\n\r\n").expect("a body");
    assert!(body.lines().all(|line| line.len() <= 999), "{body}");
    assert_eq!(body.replace("\r\n ", ""), format!("{long}\r\nshort\r\n"));
    assert_eq!(body.lines().next().map(str::len), Some(998));
}

#[test]
fn eight_bit_content_is_encoded_for_a_next_hop_that_takes_seven() {
    let sink = Sink::behaving(Behaviour {
        extensions: vec!["PIPELINING".to_owned()],
        ..Behaviour::default()
    });
    let instance = relay(&sink).start();
    let mime =
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";

    send_raw(
        &instance,
        "MAIL FROM:<a@b.example> BODY=8BITMIME",
        format!("{HEADER}{mime}\r\nGrüße = 1\r\n").as_bytes(),
    );

    let message = sink.wait(1).remove(0);
    let text = message.text();
    assert!(!message.sender.contains("BODY"), "{}", message.sender);
    assert!(
        text.contains("Content-Transfer-Encoding: quoted-printable\r\n"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\nGr=C3=BC=C3=9Fe =3D 1\r\n"), "{text}");
}

#[test]
fn commands_sent_together_are_answered_in_order() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut client = instance.session();

    client.say("RSET\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\nDATA");
    let mut heard: Vec<String> = (0..5).map(|_| client.reply()).collect();
    client.say(&format!("{HEADER}\r\nbody\r\n.\r\nRSET\r\nQUIT"));
    heard.extend((0..3).map(|_| client.reply()));

    let codes: Vec<&str> = heard.iter().filter_map(|reply| reply.get(..3)).collect();
    assert_eq!(
        codes,
        ["250", "250", "250", "250", "354", "250", "250", "221"],
        "{heard:?}"
    );
    assert!(client.is_closed());
    assert_eq!(sink.wait(1)[0].recipients.len(), 2);
}

#[test]
fn content_sent_before_it_is_asked_for_is_refused() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut client = instance.session();

    client.say(
        "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nbody\r\n.\r\nQUIT",
    );

    assert_eq!(client.reply(), "250 2.1.0 Ok");
    assert_eq!(client.reply(), "250 2.1.5 Ok");
    assert!(client.reply().starts_with("554 5.5.0 "));
    assert!(client.is_closed());
    assert_eq!(sink.connections(), 0);
}

#[test]
fn a_connection_is_used_for_several_messages() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("smtp_connection_cache_destinations = 127.0.0.1")
        .start();
    for number in 1..=5 {
        let reply = instance.session().message(
            "a@b.example",
            &["c@d.example"],
            &format!("Subject: {number}\n\nbody"),
        );
        assert!(reply.starts_with("250 "), "{reply}");
        sink.wait(number);
    }

    assert_eq!(sink.connections(), 1, "{:?}", sink.commands());
    instance.wait_for_log(&["conn_use=5"]);
}

#[test]
fn a_connection_is_found_by_its_address_too_unless_the_server_speaks_unasked() {
    for (answer, connections) in [("250 2.0.0 ok", 1), ("250 2.0.0 ok\r\n250 2.0.0 more", 2)] {
        let sink = Sink::behaving(Behaviour::default().on("content", "", answer));
        let port = sink.address.port();
        let instance = relay(&sink)
            .main_cf("smtp_connection_cache_destinations = 127.0.0.1 localhost\nsmtp_host_lookup = native")
            .main_cf(&format!(
                "transport_maps = inline:{{ one.example=smtp:[127.0.0.1]:{port}, two.example=smtp:[localhost]:{port} }}"
            ))
            .start();
        for (number, recipient) in ["x@one.example", "x@two.example"].iter().enumerate() {
            instance
                .session()
                .message("a@b.example", &[recipient], "Subject: x\n\nbody");
            sink.wait(number + 1);
            instance.wait_for_log(&[&format!("to=<{recipient}>"), "status=sent (250 2.0.0 ok)"]);
        }

        assert_eq!(sink.connections(), connections, "{:?}", sink.commands());
    }
}

#[test]
fn recipients_above_the_limit_go_in_several_transactions() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("default_destination_recipient_limit = 2")
        .start();
    let recipients: Vec<String> = (0..5).map(|number| format!("u{number}@d.example")).collect();
    let names: Vec<&str> = recipients.iter().map(String::as_str).collect();

    instance
        .session()
        .message("a@b.example", &names, "Subject: x\n\nbody");

    let messages = sink.wait(3);
    let mut counts: Vec<usize> = messages.iter().map(|message| message.recipients.len()).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 2]);
}

#[test]
fn the_fallback_takes_over_when_the_next_hop_is_away() {
    let sink = Sink::start();
    let instance = Instance::builder()
        .main_cf("disable_dns_lookups = yes")
        .main_cf(&format!(
            "relayhost = [127.0.0.1]:{}\nsmtp_fallback_relay = {}",
            free_port(),
            sink.nexthop()
        ))
        .start();

    instance
        .session()
        .message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");

    sink.wait(1);
    instance.wait_for_log(&["to=<c@d.example>", "status=sent (250 2.0.0 ok: taken)"]);
}

#[test]
fn the_second_of_two_next_hops_is_tried_after_the_first() {
    let sink = Sink::start();
    let full = Sink::behaving(Behaviour {
        greeting: Some("421 4.3.2 full".to_owned()),
        ..Behaviour::default()
    });
    let instance = Instance::builder()
        .main_cf("disable_dns_lookups = yes")
        .main_cf(&format!("relayhost = {}, {}", full.nexthop(), sink.nexthop()))
        .start();

    instance
        .session()
        .message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");

    sink.wait(1);
    assert_eq!(full.connections(), 1);
}

#[test]
fn the_transport_table_and_the_sender_choose_the_next_hop() {
    let (by_domain, by_sender, other) = (Sink::start(), Sink::start(), Sink::start());
    let instance = relay(&other)
        .main_cf(&format!(
            "transport_maps = inline:{{ table.example=smtp:{} }}\n\
             sender_dependent_relayhost_maps = inline:{{ @chosen.example={} }}",
            by_domain.nexthop(),
            by_sender.nexthop()
        ))
        .start();
    let mut client = instance.session();

    client.message("a@chosen.example", &["c@table.example"], "Subject: x\n\nbody");
    client.message("a@chosen.example", &["c@d.example"], "Subject: x\n\nbody");
    client.message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");

    assert!(by_domain.wait(1)[0].recipients[0].starts_with("<c@table.example>"));
    by_sender.wait(1);
    other.wait(1);
}

#[test]
fn an_lmtp_server_answers_for_each_recipient() {
    let sink = Sink::behaving(
        Behaviour {
            lmtp: true,
            extensions: vec!["PIPELINING".to_owned(), "ENHANCEDSTATUSCODES".to_owned()],
            ..Behaviour::default()
        }
        .on("content", "full@", "452 4.2.2 mailbox full")
        .on("content", "gone@", "550 5.1.1 no such mailbox"),
    );
    let instance = Instance::builder()
        .main_cf("relay_domains = d.example\nrelay_recipient_maps =")
        .main_cf(&format!(
            "relay_transport = lmtp:inet:127.0.0.1:{}",
            sink.address.port()
        ))
        .start();

    let reply = instance.session().message(
        "root@localhost",
        &["good@d.example", "full@d.example", "gone@d.example"],
        "Subject: x\n\nbody",
    );

    assert!(reply.starts_with("250 "), "{reply}");
    instance.wait_for_log(&[
        "lmtp[",
        "to=<good@d.example>",
        "dsn=2.0.0, status=sent (250 2.0.0 ok: taken)",
    ]);
    instance.wait_for_log(&[
        "lmtp[",
        "to=<full@d.example>",
        "dsn=4.2.2, status=deferred (host 127.0.0.1[127.0.0.1] said: 452 4.2.2 mailbox full (in reply to end of DATA command))",
    ]);
    instance.wait_for_log(&[
        "lmtp[",
        "to=<gone@d.example>",
        "dsn=5.1.1, status=bounced (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such mailbox (in reply to end of DATA command))",
    ]);
    assert!(sink.commands()[0].starts_with("LHLO "));
}

#[test]
fn deferred_mail_is_sent_when_the_queue_is_flushed() {
    let port = free_port();
    let instance = Instance::builder()
        .main_cf(&format!(
            "disable_dns_lookups = yes\nrelayhost = [127.0.0.1]:{port}"
        ))
        .start();
    instance
        .session()
        .message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");
    instance.wait_for_log(&[
        "to=<c@d.example>",
        "dsn=4.4.1, status=deferred (connect to 127.0.0.1[127.0.0.1]:",
        "Connection refused)",
    ]);
    let sink = Sink::start();
    let main = instance.configuration().join("main.cf");
    let text = std::fs::read_to_string(&main).unwrap();
    std::fs::write(
        &main,
        text.replace(&format!("[127.0.0.1]:{port}"), &sink.nexthop()),
    )
    .unwrap();
    assert!(instance.run("postfix", &["reload"]).status.success());

    let flushed = instance.run("postqueue", &["-f"]);

    assert!(flushed.status.success(), "{flushed:?}");
    sink.wait(1);
    instance.wait_for_log(&["qmgr[", ": removed"]);
}

#[test]
fn a_reload_keeps_the_session_of_a_client() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let mut client = instance.session();
    assert_eq!(client.ask("MAIL FROM:<a@b.example>"), "250 2.1.0 Ok");

    assert!(instance.run("postfix", &["reload"]).status.success());
    instance.wait_for_log(&["master[", "reload"]);

    assert_eq!(client.ask("RCPT TO:<c@d.example>"), "250 2.1.5 Ok");
    assert!(client.ask("DATA").starts_with("354 "));
    client.say("Subject: x\r\n\r\nbody");
    assert!(client.ask(".").starts_with("250 2.0.0 Ok: queued as "));
    sink.wait(1);
    instance.session();
}

#[test]
fn the_client_named_by_a_trusted_proxy_is_passed_on() {
    let sink = Sink::behaving(Behaviour {
        extensions: vec![
            "PIPELINING".to_owned(),
            "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT".to_owned(),
        ],
        ..Behaviour::default()
    });
    let instance = relay(&sink)
        .main_cf("smtp_send_xforward_command = yes")
        .main_cf(
            "smtpd_authorized_xclient_hosts = 127.0.0.0/8\nsmtpd_authorized_xforward_hosts = 127.0.0.0/8",
        )
        .start();
    let mut client = instance.session();

    let reply = client.ask("XCLIENT NAME=friend.example ADDR=127.9.8.7 HELO=friend PROTO=ESMTP");

    assert!(reply.starts_with("220 "), "{reply}");
    let offered = client.ask("EHLO friend");
    assert!(offered.contains("XCLIENT NAME ADDR PROTO HELO"), "{offered}");
    client.message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");
    assert!(
        sink.wait(1)[0]
            .text()
            .starts_with("Received: from friend (friend.example [127.9.8.7])\r\n")
    );
    let forwarded: Vec<String> = sink
        .commands()
        .into_iter()
        .filter(|line| line.starts_with("XFORWARD "))
        .collect();
    assert!(
        forwarded
            .iter()
            .any(|line| line.contains("NAME=friend.example") && line.contains("ADDR=127.9.8.7")),
        "{forwarded:?}"
    );
    instance.wait_for_log(&["client=friend.example[127.9.8.7]"]);

    let mut client = instance.session();
    assert!(
        client
            .ask("XFORWARD NAME=origin.example ADDR=192.0.2.7 PROTO=SMTP")
            .starts_with("250 ")
    );
    client.message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");
    instance.wait_for_log(&["orig_client=origin.example[192.0.2.7]"]);
}

#[test]
fn waiting_mail_is_sent_on_request_of_its_domain() {
    let port = free_port();
    let instance = Instance::builder()
        .main_cf("disable_dns_lookups = yes\nrelay_domains = d.example\nrelay_recipient_maps =")
        .main_cf("smtpd_etrn_restrictions =\nminimal_backoff_time = 300s")
        .main_cf(
            "relay_transport = relay:[localhost]:@PORT@"
                .replace("@PORT@", &port.to_string())
                .as_str(),
        )
        .start();
    let mut client = instance.session();
    client.message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");
    instance.wait_for_log(&["to=<c@d.example>", "status=deferred"]);
    let before = instance.log().matches("status=deferred").count();

    assert_eq!(client.ask("ETRN d.example"), "250 Queuing started");

    testkit::wait_for("another try", || {
        (instance.log().matches("status=deferred").count() > before).then_some(())
    });
    assert!(client.ask("ETRN elsewhere.example").starts_with("459 "));
}
