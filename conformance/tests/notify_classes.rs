//! Which trouble of an SMTP session belongs to which class of `notify_classes`: each class alone, with every trouble.
//!
//! `UNDER_TEST=theirs` asks the original instead.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use testkit::{Client, Instance, Sink, free_port};

const CLASSES: [&str; 5] = ["policy", "protocol", "resource", "software", "data"];

/// What the client says, and the class that it belongs to.
const TROUBLES: [(&str, &[&str]); 5] = [
    ("policy", &["MAIL FROM:<bad@b.example>", "RCPT TO:<r@c.example>"]),
    ("protocol", &["NONSENSE"]),
    ("resource", &["MAIL FROM:<a@b.example> SIZE=1000"]),
    (
        "software",
        &["MAIL FROM:<broken@b.example>", "RCPT TO:<r@c.example>"],
    ),
    (
        "data",
        &["MAIL FROM:<a@b.example>", "RCPT TO:<r@mx.test.example>"],
    ),
];

fn instance(sink: &Sink) -> (Instance, Vec<[SocketAddr; 2]>) {
    let mut builder = Instance::builder();
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        builder = builder.peer();
    }
    builder = builder
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("myhostname = mx.test.example\nsmtpd_peername_lookup = no\ndisable_dns_lookups = yes")
        .main_cf("error_notice_recipient = chief@d.example\nsmtpd_error_sleep_time = 0")
        .main_cf(
            "smtpd_sender_restrictions = check_sender_access inline:{ {bad@b.example=REJECT not you}, \
             {broken@b.example=nonsense_restriction} }\nlocal_recipient_maps = fail:closed",
        );
    let mut addresses = Vec::new();
    for class in CLASSES {
        let ports = [free_port(), free_port()];
        builder = builder
            .master_cf(&format!(
                "127.0.0.1:{} inet n - n - - smtpd -o notify_classes={class}",
                ports[0]
            ))
            .master_cf(&format!(
                "127.0.0.1:{} inet n - n - - smtpd -o notify_classes={class} -o queue_minfree=1000000000000",
                ports[1]
            ));
        addresses.push(ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port))));
    }
    (builder.start(), addresses)
}

#[test]
fn each_trouble_is_reported_in_its_class_and_in_no_other() {
    let sink = Sink::start();
    let (_instance, addresses) = instance(&sink);
    for (class, [usual, full]) in CLASSES.iter().zip(addresses) {
        for (trouble, lines) in TROUBLES {
            let mut client = Client::connect(if trouble == "resource" { full } else { usual });
            client.reply();
            client.ask(&format!("EHLO {trouble}.in.{class}"));
            for line in lines {
                client.ask(line);
            }
            client.ask("QUIT");
        }
    }

    // The last trouble is the last notice; one too many would have come before it.
    let messages = sink.wait(CLASSES.len());
    let mut told: Vec<String> = messages
        .iter()
        .map(|message| {
            let text = message.text();
            assert!(
                text.contains("Subject: Postfix SMTP server: errors from"),
                "{text}"
            );
            let helo = text
                .split("EHLO ")
                .nth(1)
                .and_then(|rest| rest.split_whitespace().next());
            helo.unwrap_or_default().to_owned()
        })
        .collect();
    told.sort();
    let mut wanted: Vec<String> = CLASSES
        .iter()
        .map(|class| format!("{class}.in.{class}"))
        .collect();
    wanted.sort();
    assert_eq!(told, wanted);
}
