//! What the original answers, recorded; and whether ours answers the same.
//!
//! A case is a file below `cases/`. It begins with lines `main: …` for `main.cf`, `master: …` for `master.cf` and
//! `file NAME: …` for a line of a file in the instance's folder (`@DIR@`); then come steps, each with the lines seen:
//!
//! - `connect:` opens another connection; the greeting follows. A case whose first step is `C: ` opens one by itself.
//! - `C: …` is said, the replies follow as `S: …`. In it `\r`, `\n`, `\0` stand for themselves; a `\` with a digit at its
//!   end says how many replies to wait for (otherwise one for each line), `\.` there: none; before that, `\c` says that the
//!   line does not end here.
//! - `run: COMMAND …` with lines `in: …` runs a command; what it prints follows as `> …`.
//! - `look: WHAT …` shows what is there once the queue is at rest, as `> …`; see [`look`] for what can be looked at.
//!
//! `UNDER_TEST=theirs cargo test -p conformance` runs the cases against Debian's package and writes what it saw into the
//! files; without it ours must show the same. Where the recorded release (3.7) is not the specified one (3.12), lines
//! `S312: …` and `>312: …` after a step are what ours must show there; the recorder keeps them, and comments, as they are.
//! What changes from run to run is written as a word in braces.

// A case that cannot be read or run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod database;
mod look;
mod sheet;
mod steady;
mod tables;

pub use tables::TableCase;

pub use sheet::Sheet;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use steady::Steady;
use testkit::{Behaviour, Client, Instance, Sink};

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
            "C" => Some(Self::Say(rest.to_owned())),
            "run" => Some(Self::Run(rest.to_owned(), Vec::new())),
            "look" => Some(Self::Look(rest.to_owned())),
            _ => None,
        }
    }

    fn lines(&self) -> String {
        match self {
            Self::Connect => "connect:\n".to_owned(),
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
    line.starts_with("main: ") || line.starts_with("master: ") || line.starts_with("file ")
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

/// A case being run.
struct Run {
    instance: Instance,
    sink: Sink,
    client: Option<Client>,
    steady: Steady,
}

impl Run {
    fn start(case: &Case, theirs: bool) -> Self {
        // A next hop that takes all but two.
        let sink = Sink::behaving(
            Behaviour {
                extensions: ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN"]
                    .map(str::to_owned)
                    .to_vec(),
                ..Behaviour::default()
            }
            .on("RCPT", "refused", "550 5.1.1 no such user here")
            .on("RCPT", "later", "450 4.2.0 try again later"),
        );
        let mut builder = Instance::builder()
            .main_cf("smtpd_peername_lookup = no\nmyhostname = mx.test.example\nmydestination = $myhostname, localhost")
            .main_cf("local_recipient_maps = inline:{ known=x, root=x }\ndisable_dns_lookups = yes");
        let mut files: Vec<(String, String)> = Vec::new();
        for line in &case.head {
            let line = line.replace("@SINK@", &sink.nexthop());
            if let Some(setting) = line.strip_prefix("main: ") {
                builder = builder.main_cf(setting);
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
        let steady = Steady::new(&instance, &sink);
        Self {
            instance,
            sink,
            client: None,
            steady,
        }
    }

    fn step(&mut self, act: &Act) -> Vec<String> {
        match act {
            Act::Connect | Act::ConnectUnasked => {
                self.client = None;
                let client = self.client.insert(Client::connect(self.instance.smtp));
                let greeting = client.reply();
                greeting.lines().map(|line| self.steady.line(line)).collect()
            }
            Act::Say(say) => self.say(say),
            Act::Run(command, input) => self.command(command, input),
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
        let octets = say.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        // A server that has hung up shows in the reply that does not come.
        let _ = client.try_send(octets.as_bytes());
        if !is_part {
            let _ = client.try_send(b"\r\n");
        }
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
