//! Cases of commands that need no running mail system: postmap, postalias, newaliases, each in a folder of its own.
//!
//! A case is a file below `cases/tables/`, read from the top:
//!
//! - `main: …` adds a line to `main.cf`; `file NAME: …` a line to a file, which is written anew after a step. `\xNN` in it is
//!   that octet.
//! - `run: COMMAND …` runs a command in the folder, with lines `in: …` on its standard input. Words in single quotes may have
//!   blanks. What it prints follows as `> …`, standard output first, and `exit N` when it fails.
//! - `bound: COMMAND …` is the same without the right of root to read every file.
//! - `sort: COMMAND …` is the same with the printed lines sorted, where order is the table's own.
//! - `mode: NAME` shows the rights of a file. `{index}` in a name is the end of an indexed `hash:` file.
//!
//! Recording, and lines `>312: `, are as in the cases of dialogues.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// Steps with what is seen.
pub struct TableCase {
    path: PathBuf,
    lines: Vec<Line>,
}

enum Line {
    /// A comment, or an empty line.
    Remark(String),
    Main(String),
    File(String, String),
    Step(Step),
}

struct Step {
    act: String,
    input: Vec<String>,
    seen: Vec<String>,
    ours: Vec<String>,
}

const ACTS: [&str; 4] = ["run: ", "bound: ", "sort: ", "mode: "];
const OURS: &str = ">312: ";

impl Line {
    fn of(line: &str) -> Option<Self> {
        if line.is_empty() || line.starts_with('#') {
            return Some(Self::Remark(line.to_owned()));
        }
        if let Some(text) = line.strip_prefix("main: ") {
            return Some(Self::Main(text.to_owned()));
        }
        if let Some(rest) = line.strip_prefix("file ") {
            let (name, text) = rest.split_once(':')?;
            let text = text.strip_prefix(' ').unwrap_or(text);
            return Some(Self::File(name.to_owned(), text.to_owned()));
        }
        ACTS.iter().any(|act| line.starts_with(act)).then(|| {
            Self::Step(Step {
                act: line.to_owned(),
                input: Vec::new(),
                seen: Vec::new(),
                ours: Vec::new(),
            })
        })
    }
}

impl Step {
    fn take(&mut self, line: &str) -> bool {
        let (list, text) = if let Some(text) = line.strip_prefix(OURS) {
            (&mut self.ours, text)
        } else if let Some(text) = line.strip_prefix("> ") {
            (&mut self.seen, text)
        } else if let Some(text) = line.strip_prefix("in: ") {
            (&mut self.input, text)
        } else if line == ">" {
            (&mut self.seen, "")
        } else if line == "in:" {
            (&mut self.input, "")
        } else {
            return false;
        };
        list.push(text.to_owned());
        true
    }

    fn show(&self, seen: &[String]) -> String {
        let mut text = format!("{}\n", self.act);
        for (mark, lines) in [("in: ", self.input.as_slice()), ("> ", seen), (OURS, &self.ours)] {
            for line in lines {
                let _ = writeln!(text, "{}", format!("{mark}{line}").trim_end_matches(' '));
            }
        }
        text
    }
}

impl TableCase {
    /// Reads a case file.
    ///
    /// # Panics
    /// When it is not there, or a line is none of a case.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("cases/tables")
            .join(format!("{name}.case"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut lines: Vec<Line> = Vec::new();
        for line in text.lines() {
            if let Some(Line::Step(step)) = lines.last_mut()
                && step.take(line)
            {
                continue;
            }
            let line = Line::of(line);
            lines.push(line.unwrap_or_else(|| panic!("{}: no line of a case", path.display())));
        }
        Self { path, lines }
    }

    /// Compares ours with what was recorded, or records what the original shows.
    ///
    /// # Panics
    /// When something else is seen than recorded.
    pub fn run(&self) {
        let mut folder = Folder::make(std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs"));
        let (mut text, mut failed) = (String::new(), String::new());
        for line in &self.lines {
            match line {
                Line::Remark(remark) => text.push_str(&format!("{remark}\n")),
                Line::Main(setting) => {
                    folder.set(setting);
                    let _ = writeln!(text, "main: {setting}");
                }
                Line::File(name, content) => {
                    folder.add(name, content);
                    let _ = writeln!(
                        text,
                        "{}",
                        format!("file {name}: {content}").trim_end_matches(' ')
                    );
                }
                Line::Step(step) => {
                    let seen = folder.step(step);
                    let expected = if step.ours.is_empty() {
                        &step.seen
                    } else {
                        &step.ours
                    };
                    let expected: Vec<&str> =
                        expected.iter().map(|line| line.trim_end_matches(' ')).collect();
                    let shown: Vec<&str> = seen.iter().map(|line| line.trim_end_matches(' ')).collect();
                    if !folder.theirs && shown != expected {
                        let _ = writeln!(failed, "{}ours:\n{}\n", step.show(&step.seen), seen.join("\n"));
                    }
                    text.push_str(&step.show(&seen));
                }
            }
        }
        if folder.theirs {
            fs::write(&self.path, &text).expect("write the case");
        }
        assert!(
            failed.is_empty(),
            "{}: the original does otherwise\n{failed}",
            self.path.display()
        );
        fs::remove_dir_all(&folder.path).expect("remove the folder");
    }
}

/// Where a case runs.
struct Folder {
    path: PathBuf,
    theirs: bool,
    main_cf: String,
    /// Files with their content since the last step.
    fresh: Vec<(String, Vec<u8>)>,
}

impl Folder {
    fn make(theirs: bool) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("postrider-tables-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("etc")).expect("make a folder");
        let mut folder = Self {
            main_cf: String::new(),
            fresh: Vec::new(),
            theirs,
            path,
        };
        for setting in [
            "compatibility_level = 3.6",
            "myhostname = mx.test.example",
            "default_database_type = hash",
            "queue_directory = @DIR@",
            "data_directory = @DIR@",
            "alias_database = hash:@DIR@/aliases",
            "alias_maps = hash:@DIR@/aliases",
        ] {
            folder.set(setting);
        }
        if !theirs {
            folder.set(&format!("command_directory = {}", testkit::programs().display()));
        }
        folder
    }

    fn set(&mut self, setting: &str) {
        let name = setting.split(['=', ' ']).next().unwrap_or_default();
        let kept = self
            .main_cf
            .lines()
            .filter(|line| line.split(['=', ' ']).next() != Some(name));
        self.main_cf = kept.map(|line| format!("{line}\n")).collect();
        self.main_cf
            .push_str(&setting.replace("@DIR@", &self.path.to_string_lossy()));
        self.main_cf.push('\n');
        fs::write(self.path.join("etc/main.cf"), &self.main_cf).expect("write main.cf");
    }

    fn add(&mut self, name: &str, line: &str) {
        let octets = octets(&line.replace("@DIR@", &self.path.to_string_lossy()));
        let at = self
            .fresh
            .iter()
            .position(|(known, _)| known == name)
            .unwrap_or_else(|| {
                self.fresh.push((name.to_owned(), Vec::new()));
                self.fresh.len() - 1
            });
        let content = &mut self.fresh[at].1;
        content.extend_from_slice(&octets);
        content.push(b'\n');
        let path = self.path.join(name);
        fs::write(&path, &*content).expect("write a file");
        // Files that were changed just now are looked at again and again.
        let time = SystemTime::now() - Duration::from_secs(600);
        fs::File::options()
            .append(true)
            .open(path)
            .and_then(|file| file.set_modified(time))
            .expect("set the time");
    }

    fn step(&mut self, step: &Step) -> Vec<String> {
        self.fresh.clear();
        let (word, rest) = step.act.split_once(": ").expect("a step");
        match word {
            "mode" => vec![self.mode(rest)],
            "bound" => self.command(rest, &step.input, true),
            "sort" => {
                let mut lines = self.command(rest, &step.input, false);
                lines.sort_unstable();
                lines
            }
            _ => self.command(rest, &step.input, false),
        }
    }

    fn mode(&self, name: &str) -> String {
        let name = name.replace("{index}", if self.theirs { "db" } else { "lmdb" });
        fs::metadata(self.path.join(name)).map_or_else(
            |error| error.kind().to_string(),
            |metadata| format!("{:o}", metadata.permissions().mode() & 0o7777),
        )
    }

    fn command(&self, text: &str, input: &[String], is_bound: bool) -> Vec<String> {
        let words = words(&text.replace("@DIR@", &self.path.to_string_lossy()));
        let programs = if self.theirs {
            PathBuf::from("/usr/sbin")
        } else {
            testkit::programs()
        };
        let (name, arguments) = words.split_first().expect("a command");
        let program = match name.as_str() {
            "newaliases" if self.theirs => PathBuf::from("/usr/bin/newaliases"),
            "postmap" | "postalias" | "newaliases" | "sendmail" => programs.join(name),
            other => PathBuf::from(other),
        };
        // Who is not root is bound by the rights of files anyway.
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let mut command = if is_bound && is_root {
            let mut command = Command::new("setpriv");
            command
                .args(["--bounding-set=-dac_override,-dac_read_search"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        let mut child = command
            .args(arguments)
            .current_dir(&self.path)
            .env("MAIL_CONFIG", self.path.join("etc"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("run the command");
        let lines = input.iter().flat_map(|line| [octets(line), b"\n".to_vec()]);
        // A command that does not read its input may have ended.
        let _ = child
            .stdin
            .take()
            .expect("its input")
            .write_all(&lines.collect::<Vec<_>>().concat());
        let output = child.wait_with_output().expect("wait for the command");
        let mut seen = Vec::new();
        for text in [&output.stdout, &output.stderr] {
            seen.extend(shown(text).lines().map(|line| self.steady(line)));
        }
        if let Some(code) = output.status.code().filter(|code| *code != 0) {
            seen.push(format!("exit {code}"));
        }
        seen
    }

    /// The index of a `hash:` table has another name in ours; the original names the file where we name the table.
    fn steady(&self, line: &str) -> String {
        let mut line = line.replace(&*self.path.to_string_lossy(), "@DIR@");
        for suffix in [".db", ".lmdb"] {
            for end in [":", " "] {
                line = line.replace(&format!("{suffix}{end}"), &format!(".{{index}}{end}"));
            }
        }
        for kind in ["hash:", "btree:", "cdb:"] {
            for suffix in [".{index}", ".cdb"] {
                let Some(at) = line.find(kind) else { continue };
                let (before, name) = line.split_at(at);
                if let Some((name, after)) = name.split_once(suffix)
                    && !name.contains(' ')
                {
                    line = format!("{before}{name}{after}");
                }
            }
        }
        match line.split_once("YP_LAST_MODIFIED") {
            Some((before, _)) => format!("{before}YP_LAST_MODIFIED {{time}}"),
            None => line,
        }
    }
}

/// Words divided by blanks, outside of single quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for letter in text.chars() {
        match letter {
            '\'' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any {
                    words.push(std::mem::take(&mut word));
                }
                any = false;
            }
            other => {
                word.push(other);
                any = true;
            }
        }
    }
    if any {
        words.push(word);
    }
    words
}

/// `text` with `\xNN` as octets.
fn octets(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut parts = text.split("\\x");
    octets.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at(2);
        octets.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        octets.extend_from_slice(rest.as_bytes());
    }
    octets
}

/// Output as text, with octets that are none as `\xNN`.
fn shown(output: &[u8]) -> String {
    let mut text = String::new();
    for chunk in output.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\t' | '\n' => text.push(letter),
                letter if letter.is_control() => {
                    let _ = write!(text, "\\x{:02x}", u32::from(letter));
                }
                letter => text.push(letter),
            }
        }
        for octet in chunk.invalid() {
            let _ = write!(text, "\\x{octet:02x}");
        }
    }
    text
}
