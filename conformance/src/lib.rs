//! What the original answers, recorded; and whether ours answers the same.
//!
//! A case is a file below `cases/`. It begins with lines `main: …` for `main.cf`, `unset: NAME` for what it must not say, `master: …` for `master.cf` and
//! `file NAME: …` for a line of a file in the instance's folder (`@DIR@`), and `dns: …` for a record of a name server that
//! is then asked instead of the host's ([`NameServer`]), and `policy: ATTRIBUTE=VALUE => ANSWER` for a rule of the policy
//! server `@POLICY@` ([`PolicyServer`]); then come steps, each with the lines seen:
//!
//! - `connect:` opens another connection; the greeting follows. A case whose first step is `C: ` opens one by itself.
//!   `connect: NAME` goes to the service whose `master:` line begins with `@PORT:NAME@`. `@NUMBER:NAME@` is its port alone;
//!   `@NUMBER:SINK@` and `@NUMBER:POLICY@` are those of the next hop and of the policy server.
//! - `open: NAME` is the same for a service that waits to be spoken to: no greeting is waited for.
//! - `C: …` is said, the replies follow as `S: …`. In it `\r`, `\n`, `\0` stand for themselves, `\x` with two digits for an octet; a `\` with a digit at its
//!   end says how many replies to wait for (otherwise one for each line), `\.` there: none; before that, `\c` says that the
//!   line does not end here.
//! - `run: COMMAND …` with lines `in: …` runs a command; what it prints follows as `> …`.
//! - `look: WHAT …` shows what is there once the queue is at rest, as `> …`; see [`look`] for what can be looked at.
//!
//! `UNDER_TEST=theirs cargo test -p conformance` runs the cases against Debian's package and writes what it saw into the
//! files (with `--test dialogues NAME -- --exact`, one of them); the original asks the name server at 127.0.0.1 port 53, so
//! that cases with `dns:` lines are recorded within a network and a resolver configuration of their own, by
//! `cargo xtask record NAME …`. Without it ours must show the same. Where the recorded release (3.7) is not the specified one (3.12), lines
//! `S312: …` and `>312: …` after a step are what ours must show there; the recorder keeps them, and comments, as they are.
//! What changes from run to run is written as a word in braces.

// A case that cannot be read or run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod database;
pub mod dice;
pub mod letters;
pub mod look;
pub mod routes;
pub mod search;
mod sheet;
mod steady;
mod tables;

pub use tables::TableCase;

pub use sheet::Sheet;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use steady::Steady;
use testkit::{Behaviour, Client, Instance, NameServer, PolicyServer, Sink};

/// Settings, steps, and what is seen.
#[derive(Clone, Debug)]
pub struct Case {
    path: PathBuf,
    /// The lines before the first step, as they are.
    head: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, Default)]
struct Step {
    comments: Vec<String>,
    act: Act,
    /// What the original showed.
    seen: Vec<String>,
    /// What ours must show where that is something else.
    ours: Vec<String>,
}

#[derive(Clone, Debug, Default)]
enum Act {
    #[default]
    Connect,
    ConnectTo(String),
    Open(String),
    /// The connection that a case opens by itself.
    ConnectUnasked,
    Say(String),
    Run(String, Vec<String>),
    Look(String),
}

impl Act {
    fn of(line: &str) -> Option<Self> {
        if line == "connect:" {
            return Some(Self::Connect);
        }
        let (word, rest) = line.split_once(": ")?;
        match word {
            "connect" => Some(Self::ConnectTo(rest.to_owned())),
            "open" => Some(Self::Open(rest.to_owned())),
            "C" => Some(Self::Say(rest.to_owned())),
            "run" => Some(Self::Run(rest.to_owned(), Vec::new())),
            "look" => Some(Self::Look(rest.to_owned())),
            _ => None,
        }
    }

    fn lines(&self) -> String {
        match self {
            Self::Connect => "connect:\n".to_owned(),
            Self::ConnectTo(name) => format!("connect: {name}\n"),
            Self::Open(name) => format!("open: {name}\n"),
            Self::ConnectUnasked => String::new(),
            Self::Say(say) => format!("C: {say}\n"),
            Self::Run(command, input) => {
                let mut text = format!("run: {command}\n");
                for line in input {
                    let _ = writeln!(text, "in: {line}");
                }
                text
            }
            Self::Look(what) => format!("look: {what}\n"),
        }
    }

    /// How lines seen and lines of ours begin.
    const fn marks(&self) -> (&'static str, &'static str) {
        match self {
            Self::Run(..) | Self::Look(_) => ("> ", ">312: "),
            _ => ("S: ", "S312: "),
        }
    }
}

impl Step {
    fn show(&self, seen: &[String]) -> String {
        let mut text = String::new();
        for comment in &self.comments {
            let _ = writeln!(text, "{comment}");
        }
        text.push_str(&self.act.lines());
        for line in seen {
            let _ = writeln!(text, "{}{line}", self.act.marks().0);
        }
        for line in &self.ours {
            let _ = writeln!(text, "{}{line}", self.act.marks().1);
        }
        text
    }

    const fn expected(&self) -> &Vec<String> {
        if self.ours.is_empty() {
            &self.seen
        } else {
            &self.ours
        }
    }

    /// Takes a line that belongs to this step.
    fn take(&mut self, line: &str) -> bool {
        let (mark, ours) = self.act.marks();
        if let Some(text) = line.strip_prefix(mark) {
            self.seen.push(text.to_owned());
        } else if let Some(text) = line.strip_prefix(ours) {
            self.ours.push(text.to_owned());
        } else if let (Act::Run(_, input), Some(text)) = (&mut self.act, line.strip_prefix("in: ")) {
            input.push(text.to_owned());
        } else if line == mark.trim_end() {
            self.seen.push(String::new());
        } else {
            return false;
        }
        true
    }
}

fn is_head(line: &str) -> bool {
    ["main: ", "unset: ", "master: ", "file ", "dns: ", "policy: "]
        .iter()
        .any(|word| line.starts_with(word))
}

impl Case {
    /// Reads a case file.
    ///
    /// # Panics
    /// When it is not there, or a line is none of a case.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("cases")
            .join(format!("{name}.case"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::parse(&text, path)
    }

    /// Reads the text of a case that has, or will have, this path.
    ///
    /// # Panics
    /// When a line is none of a case.
    pub fn parse(text: &str, path: PathBuf) -> Self {
        let mut case = Self {
            path,
            head: Vec::new(),
            steps: Vec::new(),
        };
        let mut comments = Vec::new();
        for line in text.lines() {
            if line.starts_with('#') || line.is_empty() {
                comments.push(line.to_owned());
            } else if is_head(line) && case.steps.is_empty() {
                case.head.append(&mut comments);
                case.head.push(line.to_owned());
            } else {
                case.take(line, &mut comments);
            }
        }
        case
    }

    fn take(&mut self, line: &str, comments: &mut Vec<String>) {
        let unasked = || Step {
            act: Act::ConnectUnasked,
            ..Step::default()
        };
        if self.steps.is_empty() && (line.starts_with("C: ") || line.starts_with("S: ")) {
            self.head.append(comments);
            self.steps.push(unasked());
        }
        if let Some(act) = Act::of(line) {
            self.steps.push(Step {
                comments: std::mem::take(comments),
                act,
                ..Step::default()
            });
            return;
        }
        let taken = self.steps.last_mut().is_some_and(|step| step.take(line));
        assert!(taken, "{}: no line of a case: {line:?}", self.path.display());
    }

    /// Compares ours with what was recorded, or records what the original shows.
    ///
    /// # Panics
    /// When something else is seen than recorded.
    pub fn run(&self) {
        let theirs = std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs");
        self.run_against(theirs);
    }

    /// As [`Case::run`], against the original (`theirs`) or ours.
    ///
    /// # Panics
    /// As [`Case::run`].
    pub fn run_against(&self, theirs: bool) {
        let mut run = Run::start(self, theirs);
        let (mut text, mut failed) = (String::new(), Vec::new());
        for step in &self.steps {
            let seen = run.step(&step.act);
            if !theirs && seen != *step.expected() {
                failed.push(format!("{}ours:\n{}", step.show(&step.seen), seen.join("\n")));
            }
            text.push_str(&step.show(&seen));
        }
        if theirs {
            let head: String = self.head.iter().map(|line| format!("{line}\n")).collect();
            fs::write(&self.path, head + &text).expect("write the case");
        }
        assert!(
            failed.is_empty(),
            "{}: the original does otherwise in {} steps\n{}\n\nall of it:\n{text}",
            self.path.display(),
            failed.len(),
            failed.join("\n")
        );
    }
}

/// The name server of a case that has records.
fn name_server(case: &Case, theirs: bool) -> Option<NameServer> {
    let records: Vec<&str> = case
        .head
        .iter()
        .filter_map(|line| line.strip_prefix("dns: "))
        .collect();
    if records.is_empty() {
        return None;
    }
    let port = if theirs { 53 } else { 0 };
    Some(NameServer::start_at(
        ([127, 0, 0, 1], port).into(),
        &records.join("\n"),
    ))
}

/// What a `C:` line stands for.
fn octets(say: &str) -> Vec<u8> {
    let text = say.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    let mut parts = text.split("\\x");
    let mut octets = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        octets.push(u8::from_str_radix(digits, 16).expect("two digits"));
        octets.extend(rest.as_bytes());
    }
    octets
}

/// The services that a case names, each with a port.
fn ports(case: &Case) -> HashMap<String, u16> {
    let mut ports = HashMap::new();
    for line in &case.head {
        let name = line
            .split_once("@PORT:")
            .and_then(|(_, rest)| rest.split_once('@'));
        if let Some((name, _)) = name {
            ports.entry(name.to_owned()).or_insert_with(testkit::free_port);
        }
    }
    ports
}

/// A case being run.
struct Run {
    instance: Instance,
    sink: Sink,
    client: Option<Client>,
    steady: Steady,
    ports: HashMap<String, u16>,
    policy: PolicyServer,
    /// Goes on as long as the case.
    _name_server: Option<NameServer>,
}

impl Run {
    fn start(case: &Case, theirs: bool) -> Self {
        // A next hop that takes all but two.
        let sink = Sink::behaving(
            Behaviour {
                extensions: [
                    "PIPELINING",
                    "8BITMIME",
                    "ENHANCEDSTATUSCODES",
                    "DSN",
                    "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT",
                ]
                .map(str::to_owned)
                .to_vec(),
                ..Behaviour::default()
            }
            .on("RCPT", "refused", "550 5.1.1 no such user here")
            .on("RCPT", "later", "450 4.2.0 try again later")
            .on("RCPT", "gone@", "close")
            .on(
                "content",
                "X-Unwanted",
                "550-5.7.1 this content\r\n550 5.7.1 is not wanted",
            ),
        );
        let mut builder = Instance::builder()
            .main_cf("smtpd_peername_lookup = no\nmyhostname = mx.test.example\nmydestination = $myhostname, localhost")
            .main_cf("local_recipient_maps = inline:{ known=x, root=x }\ndisable_dns_lookups = yes")
            // Whether a connection is used again depends on how fast the next message comes.
            .main_cf("smtp_connection_cache_on_demand = no");
        let (name_server, ports) = (name_server(case, theirs), ports(case));
        if let (Some(server), false) = (&name_server, theirs) {
            builder = builder.main_cf(&format!("dns_servers = {}", server.address));
        }
        let rules: Vec<(&str, &str)> = case
            .head
            .iter()
            .filter_map(|line| line.strip_prefix("policy: ")?.split_once(" => "))
            .collect();
        let policy = PolicyServer::start(&rules);
        let mut files: Vec<(String, String)> = Vec::new();
        for line in &case.head {
            let mut line = line
                .replace("@SINK@", &sink.nexthop())
                .replace("@NUMBER:SINK@", &sink.address.port().to_string())
                .replace("@NUMBER:POLICY@", &policy.address.port().to_string())
                .replace("@POLICY@", &format!("inet:{}", policy.address));
            for (name, port) in &ports {
                line = line.replace(&format!("@PORT:{name}@"), &format!("127.0.0.1:{port}"));
                line = line.replace(&format!("@NUMBER:{name}@"), &port.to_string());
            }
            if let Some(setting) = line.strip_prefix("main: ") {
                builder = builder.main_cf(setting);
            } else if let Some(name) = line.strip_prefix("unset: ") {
                builder = builder.unset(name);
            } else if let Some(service) = line.strip_prefix("master: ") {
                builder = builder.master_cf(service);
            } else if let Some((name, text)) =
                line.strip_prefix("file ").and_then(|rest| rest.split_once(": "))
            {
                match files.iter_mut().find(|(known, _)| known == name) {
                    Some((_, all)) => *all += &format!("{text}\n"),
                    None => files.push((name.to_owned(), format!("{text}\n"))),
                }
            }
        }
        for (name, text) in &files {
            builder = builder.file(name, text);
        }
        let instance = if theirs {
            builder.peer().start()
        } else {
            builder.start()
        };
        let others = ports.values().copied().chain([policy.address.port()]);
        let steady = others.fold(Steady::new(&instance, &sink), Steady::and_port);
        Self {
            instance,
            sink,
            client: None,
            steady,
            ports,
            policy,
            _name_server: name_server,
        }
    }

    /// What the policy server was asked, without what changes from run to run.
    fn asked(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (_, request) in self.policy.asked() {
            for line in request.lines() {
                let (name, value) = line.split_once('=').unwrap_or((line, ""));
                // These came with 3.8 and later.
                if ["tls_sni", "compatibility_level", "mail_version"].contains(&name) {
                    continue;
                }
                let changes = match name {
                    "instance" | "queue_id" => !value.is_empty(),
                    "client_port" | "server_port" => value.parse().is_ok_and(|port: u16| port > 9999),
                    _ => false,
                };
                lines.push(if changes {
                    format!("{name}={{{name}}}")
                } else {
                    self.steady.line(line)
                });
            }
            lines.push("--".to_owned());
        }
        lines
    }

    fn service(&self, name: &str) -> SocketAddr {
        let port = self.ports.get(name);
        let port = port.unwrap_or_else(|| panic!("no service {name}"));
        ([127, 0, 0, 1], *port).into()
    }

    fn open(&mut self, address: SocketAddr) -> &mut Client {
        // Master opens one service after the other; the first is known to be up, no more.
        let client = testkit::wait_for("a service", || Client::try_connect(address).ok());
        self.client.insert(client)
    }

    fn connect(&mut self, address: SocketAddr) -> Vec<String> {
        self.client = None;
        let greeting = self.open(address).reply();
        greeting.lines().map(|line| self.steady.line(line)).collect()
    }

    fn step(&mut self, act: &Act) -> Vec<String> {
        match act {
            Act::Connect | Act::ConnectUnasked => self.connect(self.instance.smtp),
            Act::ConnectTo(name) => self.connect(self.service(name)),
            Act::Open(name) => {
                self.client = None;
                self.open(self.service(name));
                Vec::new()
            }
            Act::Say(say) => self.say(say),
            Act::Run(command, input) => self.command(command, input),
            Act::Look(what) if what == "asked" => self.asked(),
            Act::Look(what) => look::look(what, &self.instance, &self.sink, &self.steady),
        }
    }

    fn say(&mut self, say: &str) -> Vec<String> {
        let client = self.client.as_mut().expect("a connection");
        let (say, count) = match say.rsplit_once('\\') {
            Some((say, ".")) => (say, 0),
            Some((say, digit)) if digit.parse::<usize>().is_ok() => (say, digit.parse().unwrap()),
            _ => (say, say.matches("\\r\\n").count() + 1),
        };
        let (say, is_part) = say.strip_suffix("\\c").map_or((say, false), |say| (say, true));
        let mut octets = octets(say);
        if !is_part {
            octets.extend(b"\r\n");
        }
        // In one piece: who looks at what has come so far sees all of it. A server that has hung up shows in the reply that
        // does not come.
        let _ = client.try_send(&octets);
        let mut lines = Vec::new();
        for _ in 0..count {
            let reply = client.reply();
            lines.extend(reply.lines().map(|line| self.steady.line(line)));
        }
        lines
    }

    fn command(&self, command: &str, input: &[String]) -> Vec<String> {
        let mut words = command.split(' ');
        let mut child = self
            .instance
            .command(words.next().unwrap_or_default())
            .args(words.map(|word| if word == "''" { "" } else { word }))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("run the command");
        let text: String = input.iter().map(|line| format!("{line}\n")).collect();
        // A command that does not read its input may have ended.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        let output = child.wait_with_output().expect("wait for the command");
        let mut lines: Vec<String> = [&output.stdout, &output.stderr]
            .into_iter()
            .flat_map(|text| {
                String::from_utf8_lossy(text)
                    .lines()
                    .map(|line| self.steady.line(line))
                    .collect::<Vec<_>>()
            })
            .collect();
        if let Some(code) = output.status.code().filter(|code| *code != 0) {
            lines.push(format!("exit {code}"));
        }
        lines
    }
}
