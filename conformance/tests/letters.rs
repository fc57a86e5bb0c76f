//! What odd messages become on their way: said to the client, logged, and given to the next hop, octet for octet as by
//! the original.
//!
//! `cases/letters.answers` holds what the original did with the letters of one seed; `UNDER_TEST=theirs` records it anew.
//! `POSTRIDER_LETTERS=SEED:COUNT cargo test -p conformance --test letters` gives the letters of so many seeds to both.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use conformance::letters::{Letter, Post, SERVICES, post};
use conformance::look::rests;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{Behaviour, Client, Instance, Sink, free_port, wait_for};

/// The seed that is recorded, and how many letters of it.
const RECORDED: (u64, usize) = (1, 150);
/// How many letters there are of each further seed.
const LETTERS: usize = 150;
/// How long nothing must have happened.
const REST: Duration = Duration::from_millis(700);

/// What is logged of the content of a message.
const VERBS: &[&str] = &[
    "reject", "warning", "info", "replace", "prepend", "strip", "hold", "filter", "redirect", "bcc",
    "discard", "pass",
];

struct World {
    instance: Instance,
    services: Vec<SocketAddr>,
    sinks: [Sink; 2],
}

impl World {
    /// What is logged of the next hops, without what changes from run to run.
    fn without_ports(&self, text: &str) -> String {
        self.sinks.iter().fold(text.to_owned(), |text, sink| {
            text.replace(&sink.nexthop(), "{sink}")
        })
    }
}

fn start(post: &Post, theirs: bool) -> World {
    let extensions = ["PIPELINING", "8BITMIME", "SMTPUTF8"].map(str::to_owned).to_vec();
    let able = Sink::behaving(Behaviour {
        extensions,
        ..Behaviour::default()
    });
    let unable = Sink::behaving(Behaviour::default());
    let ports: Vec<u16> = (0..SERVICES).map(|_| free_port()).collect();
    let place = |text: &str| {
        let mut text = text
            .replace("@A@", &able.nexthop())
            .replace("@B@", &unable.nexthop());
        for (number, port) in ports.iter().enumerate() {
            text = text.replace(&format!("@PORT:{number}@"), &format!("127.0.0.1:{port}"));
        }
        text
    };
    let mut builder = Instance::builder()
        .main_cf("smtpd_peername_lookup = no\nmyhostname = mx.test.example\ndisable_dns_lookups = yes")
        .main_cf("mynetworks = 127.0.0.0/8\nsmtp_connection_cache_on_demand = no")
        .main_cf(&place(&post.main))
        .master_cf(&place(&post.master));
    for (name, text) in &post.files {
        builder = builder.file(name, &place(text));
    }
    let instance = if theirs {
        builder.peer().start()
    } else {
        builder.start()
    };
    World {
        instance,
        services: ports
            .iter()
            .map(|port| SocketAddr::from(([127, 0, 0, 1], *port)))
            .collect(),
        sinks: [able, unable],
    }
}

/// Sends it; the reply to its content, and the queue id of it when it was taken.
fn send(client: &mut Client, letter: &Letter) -> (String, String) {
    for command in [&letter.mail, &format!("RCPT TO:<{}>", letter.recipient), "DATA"] {
        let reply = client.ask(command);
        if !reply.starts_with(['2', '3']) {
            client.ask("RSET");
            return (format!("{command}: {reply}"), String::new());
        }
    }
    let mut octets = Vec::new();
    for line in letter.content.split_inclusive(|octet| *octet == b'\n') {
        if line.starts_with(b".") {
            octets.push(b'.');
        }
        octets.extend(line);
    }
    octets.extend(b".\r\n");
    client.send(&octets);
    let reply = client.reply();
    match reply.split_once(" queued as ") {
        Some((before, id)) => (before.to_owned(), id.to_owned()),
        None => (reply, String::new()),
    }
}

/// The octets as text: what is no printable ASCII is escaped.
fn shown(octets: &[u8]) -> String {
    octets
        .split_inclusive(|octet| *octet == b'\n')
        .map(|line| format!("  {}\n", line.escape_ascii()))
        .collect()
}

fn replaced(octets: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), octets);
    while let Some(at) = rest.windows(part.len()).position(|window| window == part) {
        out.extend(&rest[..at]);
        out.extend(by);
        rest = &rest[at + part.len()..];
    }
    out.extend(rest);
    out
}

/// The content without queue id, and times of this run.
fn steady(content: &[u8], id: &str) -> Vec<u8> {
    let mut octets = content.to_vec();
    // What is added in transit carries the id of the message, or of a message made of it.
    if !id.is_empty() {
        octets = replaced(&octets, id.as_bytes(), b"{id}");
    }
    // `Sat, 28 Nov 2026 09:00:00 +0000 (UTC)`, and `20261128090000` before the id.
    for mark in [b" (UTC)".as_slice(), b".{id}@".as_slice()] {
        let mut from = 0;
        while let Some(at) = octets[from..]
            .windows(mark.len())
            .position(|window| window == mark)
        {
            let end = from + at;
            let begin = if mark == b" (UTC)" {
                let day = octets[..end].iter().rposition(|octet| *octet == b',');
                day.map_or(end, |day| day.saturating_sub(3))
            } else {
                end.saturating_sub(14)
            };
            octets.splice(begin..end, *b"{time}");
            from = begin + b"{time}".len() + mark.len();
        }
    }
    octets
}

/// What became of each letter.
fn fates(post: &Post, theirs: bool) -> Vec<String> {
    let world = start(post, theirs);
    let mut clients: BTreeMap<usize, Client> = BTreeMap::new();
    let mut sent = Vec::new();
    for letter in &post.letters {
        let client = clients.entry(letter.service).or_insert_with(|| {
            let address = world.services[letter.service];
            let mut client = wait_for("a service", || Client::try_connect(address).ok());
            assert!(client.reply().starts_with("220"));
            client.ask("EHLO client.example");
            client
        });
        sent.push(send(client, letter));
    }
    assert!(rests(&world.instance, REST), "the queue does not come to rest");
    let log = world.instance.log();
    let arrived: Vec<_> = world
        .sinks
        .iter()
        .enumerate()
        .flat_map(|(number, sink)| sink.messages().into_iter().map(move |message| (number, message)))
        .collect();
    let mut fates = Vec::new();
    for (letter, (reply, id)) in post.letters.iter().zip(sent) {
        let sender = letter.mail.split(['<', '>']).nth(1).unwrap();
        let mut fate = format!("{} {}\nreply: {reply}\n", letter.mail, letter.recipient);
        fate += &world.without_ports(&logged(&log, sender, &id));
        let mut copies: Vec<String> = arrived
            .iter()
            .filter(|(_, message)| message.sender.starts_with(&format!("<{sender}>")))
            .map(|(number, message)| {
                let mut words = message.sender.split(' ');
                words.next();
                let parameters: Vec<&str> = words.filter(|word| !word.starts_with("SIZE=")).collect();
                format!(
                    "arrived at {number} for {:?} {parameters:?}\n{}",
                    message.recipients,
                    shown(&steady(&message.content, &id))
                )
            })
            .collect();
        copies.sort();
        fate += &copies.concat();
        fates.push(fate);
    }
    fates
}

/// What was logged of the content: when it came in, and when it went out.
fn logged(log: &str, sender: &str, id: &str) -> String {
    let from = format!("; from=<{sender}> ");
    let (mut inward, mut outward) = (Vec::new(), Vec::new());
    for line in log.lines() {
        let Some((tag, text)) = line.split_once("]: ") else {
            continue;
        };
        let Some((own, rest)) = text.split_once(": ") else {
            continue;
        };
        let is_verb = rest
            .split_once(": ")
            .is_some_and(|(verb, _)| VERBS.contains(&verb));
        if tag.contains("/cleanup[") && is_verb && rest.contains(&from) {
            inward.push(rest);
        } else if tag.contains("/smtp[") && is_verb && own == id {
            outward.push(rest);
        }
    }
    // One message may go out in several copies side by side.
    outward.sort_unstable();
    let mut text = String::new();
    for line in inward.into_iter().chain(outward) {
        let line = String::from_utf8(steady(line.as_bytes(), id)).unwrap();
        let _ = writeln!(text, "log: {}", line.escape_debug());
    }
    text
}

fn differences(post: &Post, theirs: &[String], ours: &[String]) -> Vec<String> {
    let pairs = theirs.iter().zip(ours).zip(&post.letters);
    pairs
        .filter(|((theirs, ours), _)| theirs != ours)
        .map(|((theirs, ours), letter)| {
            format!(
                "service {}, sent\n{}THEIRS {theirs}OURS   {ours}",
                letter.service,
                shown(&letter.content)
            )
        })
        .collect()
}

const BETWEEN: &str = "----\n";

#[test]
fn letters_arrive_as_recorded_octet_for_octet() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/letters.answers");
    let post = post(RECORDED.0, RECORDED.1);
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        std::fs::write(path, fates(&post, true).join(BETWEEN)).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    let recorded: Vec<String> = recorded.split(BETWEEN).map(str::to_owned).collect();
    assert_eq!(
        recorded.len(),
        post.letters.len(),
        "the generator has changed: record it with UNDER_TEST=theirs"
    );
    let found = differences(&post, &recorded, &fates(&post, false));
    assert!(found.is_empty(), "{} differ\n{}", found.len(), found.join("\n"));
}

#[test]
fn letters_of_further_seeds_arrive_the_same_when_wanted() {
    let Ok(wanted) = std::env::var("POSTRIDER_LETTERS") else {
        return;
    };
    let (first, count) = wanted.split_once(':').expect("SEED:COUNT");
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    let mut differing = Vec::new();
    for seed in first..first + count {
        let post = post(seed, LETTERS);
        let found = differences(&post, &fates(&post, true), &fates(&post, false));
        println!("seed {seed}: {} of {LETTERS} differ", found.len());
        if !found.is_empty() {
            println!(
                "{}\n{}\n{:?}\n{}",
                post.main,
                post.master,
                post.files,
                found.join("\n")
            );
            differing.push(seed);
        }
    }
    assert!(differing.is_empty(), "seeds {differing:?}");
}
