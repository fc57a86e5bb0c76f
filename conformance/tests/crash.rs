//! Processes of an instance under load die at any moment: what was accepted is delivered or still in the queue.
//!
//! Several clients submit messages, each with an id of its own, for a next hop, for a mailbox file and for a Maildir; so
//! does a user of the machine by `sendmail`.
//! Meanwhile SIGKILL ends one process after the other, master among them, and now and then all at once. `SEED=…` in the
//! environment repeats the same choices (though not the same moments).

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant, SystemTime};
use testkit::{Client, Instance, Process, Sink};

/// Kills wished for, and the time after which those that happened must do.
const KILLS: usize = 300;
const MOST_TIME: Duration = Duration::from_secs(50);
/// Without so many the test says nothing.
const LEAST_KILLS: usize = 100;
/// How long the instance may take at the end to deliver what it has.
const DRAIN_TIME: Duration = Duration::from_secs(40);
const CLIENTS: u64 = 4;
const SEED: u64 = 20_261_122;

/// A repeatable sequence of numbers (xorshift).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    NextHop,
    MailboxFile,
    Maildir,
}

/// What the clients know: the ids of messages that were answered by 250.
#[derive(Clone, Default)]
struct Load {
    accepted: Arc<Mutex<Vec<(String, Place)>>>,
    refused: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Load {
    fn start(&self, address: SocketAddr, user: &str, seed: u64) -> Vec<JoinHandle<()>> {
        let clients = 0..CLIENTS;
        let start = |client: u64| {
            let (load, user) = (self.clone(), user.to_owned());
            thread::spawn(move || load.submit(address, &user, client, Dice::new(seed ^ (client + 1))))
        };
        clients.map(start).collect()
    }

    /// Submits message after message until the load is over; whatever goes wrong, the next one has a new id.
    fn submit(&self, address: SocketAddr, user: &str, client: u64, mut dice: Dice) {
        let mut number = 0;
        while !self.over.load(Ordering::Relaxed) {
            let Ok(mut session) = Client::try_connect(address) else {
                sleep(Duration::from_millis(20));
                continue;
            };
            if !session.reply().starts_with("220") {
                continue;
            }
            for _ in 0..=dice.below(5) {
                number += 1;
                let id = format!("message-{client}-{number}-end");
                let place = match dice.below(4) {
                    0 => Place::MailboxFile,
                    1 => Place::Maildir,
                    _ => Place::NextHop,
                };
                let lines = [1, 5, 50, 600];
                let lines = lines
                    .get(usize::try_from(dice.below(4)).unwrap())
                    .copied()
                    .unwrap();
                match transact(&mut session, &id, place, user, lines) {
                    Some(true) => self.accepted.lock().unwrap().push((id, place)),
                    Some(false) => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
                    None => break,
                }
                sleep(Duration::from_millis(dice.below(40)));
            }
            let _ = session.try_send(b"QUIT\r\n");
        }
    }
}

/// A user of this machine, who hands messages to `sendmail`.
struct LocalUser {
    command: Command,
    load: Load,
    dice: Dice,
}

impl LocalUser {
    fn start(instance: &Instance, load: &Load, seed: u64) -> JoinHandle<()> {
        let mut user = Self {
            command: instance.command("sendmail"),
            load: load.clone(),
            dice: Dice::new(seed),
        };
        user.command.args(["-i", "-f", "sender@origin.example", "-t"]);
        user.command.stdin(Stdio::piped()).stderr(Stdio::null());
        thread::spawn(move || {
            let mut number = 0;
            while !user.load.over.load(Ordering::Relaxed) {
                number += 1;
                user.submit(&format!("message-local-{number}-end"));
                sleep(Duration::from_millis(user.dice.below(200)));
            }
        })
    }

    fn submit(&mut self, id: &str) {
        let mut sendmail = self.command.spawn().expect("run sendmail");
        let message = format!("To: {id}@elsewhere.example\n\n{id}\n");
        let given = sendmail.stdin.take().unwrap().write_all(message.as_bytes());
        if given.is_ok() && sendmail.wait().unwrap().success() {
            let accepted = (id.to_owned(), Place::NextHop);
            self.load.accepted.lock().unwrap().push(accepted);
        }
    }
}

/// One message; whether it was accepted, `None` when the session is over.
fn transact(session: &mut Client, id: &str, place: Place, user: &str, lines: usize) -> Option<bool> {
    let recipient = match place {
        Place::NextHop => format!("{id}@elsewhere.example"),
        Place::MailboxFile => format!("{user}@localhost"),
        Place::Maildir => "box@boxes.example".to_owned(),
    };
    for (command, good) in [
        ("EHLO client.example".to_owned(), "250"),
        ("MAIL FROM:<sender@origin.example>".to_owned(), "250"),
        (format!("RCPT TO:<{recipient}>"), "250"),
        ("DATA".to_owned(), "354"),
    ] {
        session.try_send(format!("{command}\r\n").as_bytes()).ok()?;
        let reply = session.reply();
        if reply.is_empty() || reply.starts_with("421") {
            return None;
        }
        if !reply.starts_with(good) {
            return Some(false);
        }
    }
    let filler = "A line of content that is of no interest to anybody at all.\r\n".repeat(lines);
    let content = format!("Subject: load\r\n\r\n{filler}{id}\r\n.\r\n");
    session.try_send(content.as_bytes()).ok()?;
    let reply = session.reply();
    if reply.is_empty() {
        return None;
    }
    assert!(
        reply.starts_with("250") || reply.starts_with('4'),
        "a crash must not be answered by {reply:?}"
    );
    Some(reply.starts_with("250"))
}

/// The one who kills.
struct Reaper {
    dice: Dice,
    /// Who was killed, by number.
    killed: HashSet<u32>,
    /// How often a program was killed; `all` is the whole system.
    tally: HashMap<String, usize>,
    restarts: usize,
}

impl Reaper {
    fn new(seed: u64) -> Self {
        Self {
            dice: Dice::new(seed),
            killed: HashSet::new(),
            tally: HashMap::new(),
            restarts: 0,
        }
    }

    fn kills(&self) -> usize {
        self.tally.values().sum()
    }

    fn strike(&mut self, instance: &mut Instance) {
        // A master may find the port still taken by the daemons of the last one, and give up.
        if !instance.is_running() {
            return self.restart(instance);
        }
        match self.dice.below(20) {
            0 => {
                self.note_all(instance.processes(), "all");
                instance.kill_all();
                self.restart(instance);
            }
            1 => {
                let masters = instance.running("master");
                self.note_all(masters, "master");
                instance.kill_master();
                self.restart(instance);
            }
            _ => self.strike_one(instance),
        }
    }

    fn note_all(&mut self, processes: Vec<Process>, name: &str) {
        *self.tally.entry(name.to_owned()).or_default() += 1;
        self.killed.extend(processes.iter().map(|process| process.pid));
    }

    /// Ends a daemon; each program is chosen equally often, however many processes it has.
    fn strike_one(&mut self, instance: &Instance) {
        let mut processes = instance.processes();
        processes.retain(|process| process.name != "master");
        let mut names: Vec<String> = processes.iter().map(|process| process.name.clone()).collect();
        names.sort();
        names.dedup();
        let Some(name) = self.pick(&names) else { return };
        processes.retain(|process| process.name == name);
        let Some(process) = self.pick(&processes) else {
            return;
        };
        if process.kill() {
            *self.tally.entry(name).or_default() += 1;
            self.killed.insert(process.pid);
        }
    }

    fn pick<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        let count = u64::try_from(things.len()).unwrap();
        if count == 0 {
            return None;
        }
        things
            .get(usize::try_from(self.dice.below(count)).unwrap())
            .cloned()
    }

    /// Starts the system again, as its keeper would: also when the daemons of the last one still hold the port.
    fn restart(&mut self, instance: &mut Instance) {
        self.restarts += 1;
        let started = Instant::now();
        while let Err(why) = instance.try_start("") {
            assert!(
                started.elapsed() < Duration::from_secs(15),
                "{why}:\n{}",
                instance.log()
            );
            sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn nothing_accepted_is_lost_whoever_dies() {
    let seed = std::env::var("SEED").map_or(SEED, |text| text.parse().expect("SEED is a number"));
    eprintln!("SEED={seed}");
    let sink = Sink::start();
    let mut instance = instance(&sink);
    instance.start();
    let user = instance.user().to_owned();
    let load = Load::default();
    let mut clients = load.start(instance.smtp, &user, seed);
    clients.push(LocalUser::start(&instance, &load, seed));

    let mut reaper = Reaper::new(seed);
    let began = Instant::now();
    while reaper.kills() < KILLS && began.elapsed() < MOST_TIME {
        sleep(Duration::from_millis(20 + reaper.dice.below(160)));
        reaper.strike(&mut instance);
    }
    load.over.store(true, Ordering::Relaxed);
    clients.into_iter().for_each(|client| client.join().unwrap());
    instance.kill_all();
    reaper.restart(&mut instance);
    let emptied = drain(&instance);

    let accepted = load.accepted.lock().unwrap().clone();
    eprintln!(
        "{} kills ({:?}) and {} restarts in {:?}; {} messages accepted, {} refused; emptied: {emptied}",
        reaper.kills(),
        reaper.tally,
        reaper.restarts,
        began.elapsed(),
        accepted.len(),
        load.refused.load(Ordering::Relaxed),
    );
    assert!(reaper.kills() >= LEAST_KILLS, "only {} kills", reaper.kills());
    let arrived = Arrived::look(&instance, &sink, &user);
    let queued = queued(&instance);
    let lost: Vec<_> = accepted
        .iter()
        .filter(|(id, place)| arrived.count(id, *place) == 0 && !queued.contains(id))
        .collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert_eq!(instance.queue("corrupt"), [""; 0], "files were damaged");
    assert!(emptied, "still queued: {queued}\n{}", instance.log());
    assert_no_needless_copies(&instance, &arrived, &reaper.killed);
    let notices = sink
        .messages()
        .into_iter()
        .filter(|message| message.sender.starts_with("<>"));
    assert_eq!(notices.count(), 0, "a crash is no reason to return mail");
}

fn instance(sink: &Sink) -> Instance {
    // A mailbox of root's is written by another user, as anybody's.
    let owner = testkit_owner();
    Instance::builder()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("disable_dns_lookups = yes\nsmtpd_peername_lookup = no\nlocal_recipient_maps =")
        .main_cf("mail_spool_directory = @DIR@/mail\nstale_lock_time = 2s")
        .main_cf("virtual_mailbox_domains = boxes.example\nvirtual_mailbox_maps = static:boxes/box/")
        .main_cf("virtual_mailbox_base = @DIR@/mail\nvirtual_minimum_uid = 1")
        .main_cf(&format!(
            "virtual_uid_maps = static:{}\nvirtual_gid_maps = static:{}",
            owner.0, owner.1
        ))
        // What waits for a quiet moment waits for a second.
        .main_cf("service_throttle_time = 1s\ntransport_retry_time = 1s\nqueue_run_delay = 1s")
        .main_cf("minimal_backoff_time = 1s\nmaximal_backoff_time = 1s\nsmtpd_error_sleep_time = 0")
        .make()
}

/// The user and group of the Maildir: those of the folder that mailboxes are in.
fn testkit_owner() -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    let me = fs::metadata("/proc/self").unwrap();
    if me.uid() == 0 {
        (65534, 65534)
    } else {
        (me.uid(), me.gid())
    }
}

/// Has the instance deliver all it has; whether it could.
fn drain(instance: &Instance) -> bool {
    let started = Instant::now();
    while started.elapsed() < DRAIN_TIME {
        let queues = ["incoming", "active", "deferred", "maildrop"];
        // An unfinished file is nobody's message.
        let waiting = queues.iter().any(|queue| !finished(instance, queue).is_empty());
        if !waiting {
            return true;
        }
        for file in finished(instance, "incoming") {
            // As if the minute had passed for which a file rests that an agent of the last queue manager still had.
            let now = SystemTime::now();
            if let Ok(file) = fs::File::open(file) {
                let _ = file.set_modified(now);
            }
        }
        instance.run("postkick", &["public", "pickup", "W"]);
        instance.run("postkick", &["public", "qmgr", "I"]);
        instance.run("postqueue", &["-f"]);
        sleep(Duration::from_millis(300));
    }
    false
}

/// The complete files of a queue.
fn finished(instance: &Instance, queue: &str) -> Vec<std::path::PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = Vec::new();
    files(&instance.folder().join("spool").join(queue), &mut found);
    found.retain(|path| fs::metadata(path).is_ok_and(|facts| facts.permissions().mode() & 0o700 == 0o700));
    found
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// The text of all complete queue files.
fn queued(instance: &Instance) -> String {
    let queues = ["incoming", "active", "deferred", "hold", "maildrop"];
    let paths = queues.iter().flat_map(|queue| finished(instance, queue));
    paths
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned())
        .collect()
}

/// How often each message came to its place.
struct Arrived(HashMap<(String, Place), usize>);

impl Arrived {
    fn look(instance: &Instance, sink: &Sink, user: &str) -> Self {
        let mut counts = HashMap::new();
        let mut note = |text: &str, place: Place| {
            let ids = text
                .lines()
                .filter(|line| line.starts_with("message-") && line.ends_with("-end"));
            for id in ids {
                *counts.entry((id.to_owned(), place)).or_default() += 1;
            }
        };
        for message in sink.messages() {
            note(&message.text(), Place::NextHop);
        }
        note(&instance.read(&format!("mail/{user}")), Place::MailboxFile);
        let mut letters = Vec::new();
        files(&instance.folder().join("mail/boxes/box/new"), &mut letters);
        for letter in letters {
            note(
                &String::from_utf8_lossy(&fs::read(letter).unwrap()),
                Place::Maildir,
            );
        }
        Self(counts)
    }

    fn count(&self, id: &str, place: Place) -> usize {
        self.0.get(&(id.to_owned(), place)).copied().unwrap_or(0)
    }
}

/// A message comes twice only where the agent that delivered it was killed: one that lived to write its log line crosses
/// the recipient off.
fn assert_no_needless_copies(instance: &Instance, arrived: &Arrived, killed: &HashSet<u32>) {
    let mut copies: HashMap<Place, usize> = HashMap::new();
    for ((_, place), count) in &arrived.0 {
        *copies.entry(*place).or_default() += count - 1;
    }
    eprintln!("copies: {copies:?}");
    let mut delivered: HashMap<&str, Vec<&str>> = HashMap::new();
    let log = instance.log();
    for line in log.lines().filter(|line| line.contains("status=sent")) {
        let is_by_killed = killed.iter().any(|pid| line.contains(&format!("[{pid}]:")));
        if let Some(id) = line.split(": ").nth(1)
            && !is_by_killed
        {
            delivered.entry(id).or_default().push(line);
        }
    }
    let needless: Vec<_> = delivered.values().filter(|lines| lines.len() > 1).collect();
    assert!(needless.is_empty(), "delivered twice: {needless:#?}");
}
