//! Look-ups through proxymap, of Debian's Postfix and ours in turns: eight postmap processes at once ask for keys of their
//! own in one private server. `cargo xtask bench proxied` builds and runs it.

// A measurement that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::process::Stdio;
use std::time::{Duration, Instant};
use testkit::{DatabaseServer, Instance, Kind, PASSWORD, Process, USER};

const CLIENTS: usize = 8;
const ROWS: usize = 50_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: usize| {
        arguments
            .next()
            .map_or(usual, |word| word.parse().expect("a number"))
    };
    let (rounds, keys) = (number(3), number(10_000));
    println!(
        "| work | peer, look-ups/s | ours, look-ups/s | times | peer, CPU us | ours, CPU us | connections |"
    );
    println!("|---|---|---|---|---|---|---|");
    for kind in [Kind::Mariadb, Kind::Postgresql] {
        measure(kind, rounds, keys);
    }
}

fn measure(kind: Kind, rounds: usize, keys: usize) {
    let server = DatabaseServer::start(kind, &content());
    let (name, hosts) = match kind {
        Kind::Mariadb => ("mysql", format!("unix:{}", server.socket())),
        _ => ("pgsql", format!("unix:{}", server.socket())),
    };
    let source = format!(
        "hosts = {hosts}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail\nquery = SELECT goto FROM alias WHERE address = \
         '%s' AND active = 1\n"
    );
    let sides = [false, true].map(|is_ours| {
        // The original knows no other way to name the port of a socket in a folder.
        let own = match (is_ours, kind) {
            (true, Kind::Postgresql) => source.replace(&hosts, &format!("{hosts}/.s.PGSQL.{}", server.port)),
            _ => source.clone(),
        };
        let builder = Instance::builder().file("aliases.cf", &own).main_cf(&format!(
            "proxy_read_maps = proxy:{name}:@DIR@/aliases.cf\nimport_environment = MAIL_CONFIG PGPORT={}",
            server.port
        ));
        let builder = if is_ours { builder } else { builder.peer() };
        builder.start()
    });
    let mut runs: [Vec<Run>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (instance, runs) in sides.iter().zip(&mut runs) {
            runs.push(once(instance, &server, name, keys));
        }
    }
    for client in 0..CLIENTS {
        let [peer, ours] = [&sides[0], &sides[1]].map(|side| side.read(&format!("answers{client}")));
        assert!(!peer.is_empty() && peer == ours, "the answers differ");
    }
    let [peer, ours] = runs.map(Run::median);
    let asked = (keys * CLIENTS) as f64;
    let rate = |run: &Run| asked / run.time.as_secs_f64();
    let spent = |run: &Run| {
        let parts = run.processor.map(|time| time.as_secs_f64() * 1e6 / asked);
        let [clients, proxymap, server] = parts.map(|part| format!("{part:.0}"));
        format!("{clients} + {proxymap} + {server}")
    };
    println!(
        "| {name}: | {:.0} | {:.0} | {:.2} | {} | {} | {} and {} |",
        rate(&peer),
        rate(&ours),
        rate(&ours) / rate(&peer),
        spent(&peer),
        spent(&ours),
        peer.connections,
        ours.connections
    );
}

/// Addresses with where their mail goes, as Postfixadmin has them.
fn content() -> String {
    let mut text = String::from(
        "CREATE TABLE alias (address varchar(100) PRIMARY KEY, goto varchar(1000), domain varchar(100), active smallint);\n",
    );
    for first in (0..ROWS).step_by(1000) {
        text.push_str("INSERT INTO alias VALUES ");
        for number in first..first + 1000 {
            let between = if number == first { "" } else { "," };
            let _ = write!(
                text,
                "{between}('user{number}@example.com','box{number}@store{}.example.net','example.com',1)",
                number % 50
            );
        }
        text.push_str(";\n");
    }
    text.push_str(&format!("GRANT ALL ON alias TO {USER};\n"));
    text
}

/// What one run took.
#[derive(Clone)]
struct Run {
    time: Duration,
    /// Of the clients, of proxymap, of the database server.
    processor: [Duration; 3],
    connections: usize,
}

impl Run {
    fn median(mut all: Vec<Self>) -> Self {
        let connections = all.iter().map(|run| run.connections).max().unwrap_or(0);
        all.sort_by_key(|run| run.time);
        Self {
            connections,
            ..all[all.len() / 2].clone()
        }
    }
}

fn once(instance: &Instance, server: &DatabaseServer, name: &str, keys: usize) -> Run {
    let table = format!("proxy:{name}:{}", instance.folder().join("aliases.cf").display());
    for client in 0..CLIENTS {
        let mut text = String::new();
        for number in 0..keys {
            // One key in ten is not there; each client walks in an order of its own.
            let user = (number * 7919 + client * 6007) % ROWS;
            let who = if number % 10 == 0 { "nobody" } else { "user" };
            let _ = writeln!(text, "{who}{user}@example.com");
        }
        fs::write(instance.folder().join(format!("keys{client}")), text).unwrap();
    }
    let file = |kind: &str, client: usize| instance.folder().join(format!("{kind}{client}"));
    let used = || {
        let proxymap: Duration = instance.running("proxymap").iter().map(Process::processor).sum();
        [children(), proxymap, server.processor()]
    };
    // Connections of rounds before are kept for a while, on both sides.
    let others = server.logins();
    // The first question starts the service and makes connections.
    assert!(
        instance
            .run("postmap", &["-q", "user1@example.com", &table])
            .status
            .success()
    );
    let (begun, before) = (Instant::now(), used());
    let mut clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let mut command = instance.command("postmap");
            command.args(["-q", "-", &table]);
            command.stdin(File::open(file("keys", client)).unwrap());
            command.stdout(File::create(file("answers", client)).unwrap());
            command.stderr(Stdio::inherit()).spawn().unwrap()
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    let connections = server.logins().saturating_sub(others);
    for client in &mut clients {
        assert!(client.wait().unwrap().success(), "{}", instance.log());
    }
    let (time, after) = (begun.elapsed(), used());
    let mut processor = after;
    for (spent, before) in processor.iter_mut().zip(before) {
        *spent = spent.saturating_sub(before);
    }
    Run {
        time,
        processor,
        connections,
    }
}

/// Processor time of all ended children of this process.
fn children() -> Duration {
    testkit::Process::find(std::process::id()).map_or(Duration::ZERO, |own| own.processor_of_children())
}
