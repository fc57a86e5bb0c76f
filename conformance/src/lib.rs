//! What the original answers, recorded; and whether ours answers the same.
//!
//! A case is a file below `cases/`: lines `main: …` for `main.cf`, then a dialogue of `C: ` lines and the `S: ` lines that
//! the original gave. `UNDER_TEST=theirs cargo test -p conformance` runs the cases against Debian's package and writes its
//! answers into the files; without it ours must give the recorded ones. What changes from run to run (queue ids, ports) is
//! written as a word in braces.

// A case that cannot be read or run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use testkit::{Client, Instance};

/// A dialogue with the settings it is held under.
#[derive(Clone, Debug)]
pub struct Case {
    path: PathBuf,
    comments: Vec<String>,
    main_cf: Vec<String>,
    turns: Vec<Turn>,
}

/// What the client says, and what the server answers to it.
#[derive(Clone, Debug, Default)]
struct Turn {
    /// `None` before the greeting.
    say: Option<String>,
    answer: Vec<String>,
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
            comments: Vec::new(),
            main_cf: Vec::new(),
            turns: vec![Turn::default()],
        };
        for line in text.lines() {
            if let Some(setting) = line.strip_prefix("main: ") {
                case.main_cf.push(setting.to_owned());
            } else if let Some(say) = line.strip_prefix("C: ") {
                case.turns.push(Turn {
                    say: Some(say.to_owned()),
                    answer: Vec::new(),
                });
            } else if let Some(answer) = line.strip_prefix("S: ") {
                case.turns.last_mut().unwrap().answer.push(answer.to_owned());
            } else if line.starts_with('#') || line.is_empty() {
                case.comments.push(line.to_owned());
            } else {
                panic!(
                    "{}: neither main:, C:, S: nor a comment: {line:?}",
                    case.path.display()
                );
            }
        }
        case
    }

    /// Compares ours with what was recorded, or records the original's answers.
    ///
    /// # Panics
    /// When an answer is another one than recorded.
    pub fn run(&self) {
        let theirs = std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs");
        let builder = Instance::builder()
            .main_cf("smtpd_peername_lookup = no\nmyhostname = mx.test.example\nmydestination = $myhostname, localhost")
            .main_cf("local_recipient_maps = inline:{ known=x, root=x }\ndisable_dns_lookups = yes")
            .main_cf(&self.main_cf.join("\n"));
        let instance = if theirs {
            builder.peer().start()
        } else {
            builder.start()
        };
        let heard = self.hear(&instance);
        if theirs {
            self.record(&heard);
            return;
        }
        let mut seen = String::new();
        for (turn, answer) in self.turns.iter().zip(&heard) {
            seen.push_str(&show(turn.say.as_deref(), answer));
            assert_eq!(
                *answer,
                turn.answer,
                "{}: the original answers otherwise\n{seen}\n{}",
                self.path.display(),
                instance.log()
            );
        }
    }

    fn hear(&self, instance: &Instance) -> Vec<Vec<String>> {
        let mut client = Client::connect(instance.smtp);
        let mut heard = Vec::new();
        for turn in &self.turns {
            let mut is_content = false;
            if let Some(say) = &turn.say {
                // `\r\n` within a line sends several at once, `\.` at its end asks for no answer.
                let (say, quiet) = say
                    .strip_suffix("\\.")
                    .map_or((say.as_str(), false), |say| (say, true));
                client.send(
                    say.replace("\\r", "\r")
                        .replace("\\n", "\n")
                        .replace("\\0", "\0")
                        .as_bytes(),
                );
                client.send(b"\r\n");
                is_content = quiet;
            }
            if is_content {
                heard.push(Vec::new());
                continue;
            }
            let replies = turn
                .say
                .as_deref()
                .map_or(1, |say| say.matches("\\r\\n").count() + 1);
            let mut lines = Vec::new();
            for _ in 0..replies {
                lines.extend(client.reply().lines().map(steady));
            }
            heard.push(lines);
        }
        heard
    }

    fn record(&self, heard: &[Vec<String>]) {
        let mut text = String::new();
        for comment in &self.comments {
            text.push_str(comment);
            text.push('\n');
        }
        for setting in &self.main_cf {
            text.push_str(&format!("main: {setting}\n"));
        }
        for (turn, answer) in self.turns.iter().zip(heard) {
            text.push_str(&show(turn.say.as_deref(), answer));
        }
        fs::write(&self.path, text).expect("write the case");
    }
}

fn show(say: Option<&str>, answer: &[String]) -> String {
    let mut text = say.map_or(String::new(), |say| format!("C: {say}\n"));
    for line in answer {
        text.push_str(&format!("S: {line}\n"));
    }
    text
}

/// A line without what changes from run to run.
fn steady(line: &str) -> String {
    match line.split_once("queued as ") {
        Some((before, _)) => format!("{before}queued as {{id}}"),
        None => line.to_owned(),
    }
}
