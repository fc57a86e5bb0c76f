//! Commands that need no running mail system, run in a folder of their own: `sheets/NAME.sheet`.
//!
//! - `file NAME` and lines `| …` make a file. The first one after a step begins with an empty folder.
//! - `run: COMMAND` is given to the shell, with the folder as working and configuration directory. What it prints
//!   follows as `> …`, what it complains of as `! …` (in alphabetical order and once each: the order is that of hash
//!   tables in the original), and an exit status other than 0 as `= …`.
//!
//! As for cases, `UNDER_TEST=theirs` records, and lines with `312:` after their mark are what ours must show where the
//! specification is newer than the recorded release, or where `docs/differences.md` says so. One such line replaces
//! all that was recorded for the step; `=312: 0` stands for nothing at all.
//!
//! Ours adds the nearest name to a warning about an unused parameter; those lines have a test of their own and are
//! not looked at here.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// A sheet.
#[derive(Clone, Debug)]
pub struct Sheet {
    path: PathBuf,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Comment(String),
    File(String, String),
    Run(Step),
}

#[derive(Clone, Debug, Default)]
struct Step {
    command: String,
    seen: Vec<String>,
    ours: Vec<String>,
}

const MARKS: [&str; 3] = [">", "!", "="];

impl Sheet {
    /// Reads a sheet.
    ///
    /// # Panics
    /// When it is not there, or a line is none of a sheet.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("sheets")
            .join(format!("{name}.sheet"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut parts = Vec::new();
        for line in text.lines() {
            take(&mut parts, line)
                .unwrap_or_else(|| panic!("{}: no line of a sheet: {line:?}", path.display()));
        }
        Self { path, parts }
    }

    /// Compares ours with what was recorded, or records what the original shows.
    ///
    /// # Panics
    /// When something else is seen than recorded.
    pub fn run(&self) {
        let theirs = std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs");
        let folder = Folder::new();
        let (mut text, mut failed, mut steps) = (String::new(), Vec::new(), 0);
        let mut is_after_step = true;
        for part in &self.parts {
            match part {
                Part::Comment(line) => writeln!(text, "{line}").unwrap(),
                Part::File(name, content) => {
                    if std::mem::take(&mut is_after_step) {
                        folder.clear();
                    }
                    fs::write(folder.0.join(name), content).expect("write a file");
                    writeln!(text, "file {name}").unwrap();
                    content
                        .lines()
                        .for_each(|line| writeln!(text, "| {line}").unwrap());
                }
                Part::Run(step) => {
                    is_after_step = true;
                    steps += 1;
                    let seen = folder.run(&step.command, theirs);
                    if !theirs && seen != step.wanted() {
                        failed.push(step.difference(&seen));
                    }
                    text.push_str(&Step { seen, ..step.clone() }.show());
                }
            }
        }
        if theirs {
            fs::write(&self.path, text).expect("write the sheet");
        }
        assert!(
            failed.is_empty(),
            "{}: {} of {steps} steps show something else\n{}",
            self.path.display(),
            failed.len(),
            failed.join("\n")
        );
    }
}

fn take(parts: &mut Vec<Part>, line: &str) -> Option<()> {
    if line.is_empty() || line.starts_with('#') {
        parts.push(Part::Comment(line.to_owned()));
    } else if let Some(name) = line.strip_prefix("file ") {
        parts.push(Part::File(name.to_owned(), String::new()));
    } else if let Some(command) = line.strip_prefix("run: ") {
        parts.push(Part::Run(Step {
            command: command.to_owned(),
            ..Step::default()
        }));
    } else {
        match parts.last_mut()? {
            Part::Comment(_) => return None,
            Part::File(_, content) => {
                content.push_str(line.strip_prefix("| ").or_else(|| line.strip_prefix('|'))?);
                content.push('\n');
            }
            Part::Run(step) => {
                let mark = MARKS.iter().find(|mark| line.starts_with(**mark))?;
                let rest = line.strip_prefix(mark)?;
                match rest.strip_prefix("312:") {
                    Some(ours) => step.ours.push(format!("{mark}{ours}")),
                    None => step.seen.push(format!("{mark}{rest}")),
                }
            }
        }
    }
    Some(())
}

impl Step {
    /// What ours must show; `=312: 0` alone says that this is nothing.
    fn wanted(&self) -> Vec<String> {
        let lines = if self.ours.is_empty() {
            &self.seen
        } else {
            &self.ours
        };
        lines.iter().filter(|line| *line != "= 0").cloned().collect()
    }

    fn show(&self) -> String {
        let mut text = format!("run: {}\n", self.command);
        for line in &self.seen {
            writeln!(text, "{line}").unwrap();
        }
        text + &newer(&self.ours)
    }

    fn difference(&self, ours: &[String]) -> String {
        format!("{}--- ours:\n{}", self.show(), newer(ours))
    }
}

/// Lines as ours must show them.
fn newer(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let (mark, rest) = line.split_at(1);
        writeln!(text, "{mark}312:{rest}").unwrap();
        text
    })
}

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos());
        let path = std::env::temp_dir().join(format!("sheet-{}-{nanos}", std::process::id()));
        fs::create_dir_all(&path).expect("make a folder");
        Self(path)
    }

    fn clear(&self) {
        fs::remove_dir_all(&self.0).expect("empty the folder");
        fs::create_dir_all(&self.0).expect("make a folder");
    }

    fn run(&self, command: &str, theirs: bool) -> Vec<String> {
        let programs = if theirs {
            PathBuf::from("/usr/sbin")
        } else {
            testkit::programs()
        };
        let output = Command::new("sh")
            .arg("-c")
            .arg(command)
            .current_dir(&self.0)
            .env_clear()
            .env("MAIL_CONFIG", ".")
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
            .stdin(Stdio::null())
            .output()
            .expect("run the command");
        let lines = |mark: &str, octets: &[u8]| -> Vec<String> {
            String::from_utf8_lossy(octets)
                .lines()
                .filter(|line| !line.contains("; did you mean "))
                .map(|line| {
                    if line.is_empty() {
                        mark.to_owned()
                    } else {
                        format!("{mark} {line}")
                    }
                })
                .collect()
        };
        let mut all = lines(">", &output.stdout);
        let mut complaints = lines("!", &output.stderr);
        complaints.sort_unstable();
        complaints.dedup();
        all.append(&mut complaints);
        match output.status.code() {
            Some(0) => {}
            Some(code) => all.push(format!("= {code}")),
            None => all.push("= killed".to_owned()),
        }
        all
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
