//! Recorded answers of database tables: settings of a table, then keys with what `postmap -q` says to each.
//!
//! A file in `databases/` holds blocks: `[name]`, lines of settings, and for each key a line `? key` with one of
//! `= value`, `- absent` and `! could not tell` after it. `@HOSTS@` and `@DIR@` in settings are filled in by the test.
//! `UNDER_TEST=theirs` asks Debian's programs and writes what they say. A line `~ value` (or `~-`, `~!`) after the recorded one is what
//! ours must say instead, where that differs on purpose; the recorder keeps it.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder with a `main.cf`, where our `postmap` asks tables.
pub struct Place(PathBuf);

impl Place {
    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes one.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("databases-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.cf"), "").unwrap();
        fs::write(folder.join("master.cf"), "").unwrap();
        Self(folder)
    }

    fn query(&self, kind: &str, settings: &str, key: &str) -> Output {
        let file = self.0.join("table.cf");
        fs::write(&file, settings).unwrap();
        Command::new(testkit::programs().join("postmap"))
            .arg("-c")
            .arg(&self.0)
            .args(["-q", key, &format!("{kind}:{}", file.display())])
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The value found; `None` when absent.
    ///
    /// # Panics
    /// The table could not tell.
    pub fn find(&self, kind: &str, settings: &str, key: &str) -> Option<String> {
        let output = self.query(kind, settings, key);
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!says.contains("fatal"), "{key:?}: {says}");
        let value = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        output.status.success().then_some(value)
    }

    /// The values found for keys, in one run; those with a line end in them are asked for one by one.
    ///
    /// # Panics
    /// The table could not tell.
    pub fn find_all(&self, kind: &str, settings: &str, keys: &[String]) -> Vec<Option<String>> {
        let file = self.0.join("table.cf");
        fs::write(&file, settings).unwrap();
        let mut child = Command::new(testkit::programs().join("postmap"))
            .arg("-c")
            .arg(&self.0)
            .args(["-q", "-", &format!("{kind}:{}", file.display())])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: String = keys
            .iter()
            .filter(|key| !key.contains('\n'))
            .map(|key| format!("{key}\n"))
            .collect();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!says.contains("fatal"), "{settings}: {says}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let found = |key: &String| {
            if key.contains('\n') {
                return self.find(kind, settings, key);
            }
            let mut values = text
                .lines()
                .filter_map(|line| line.strip_prefix(key.as_str())?.strip_prefix('\t'));
            values.next().map(str::to_owned)
        };
        keys.iter().map(found).collect()
    }

    /// Why a table could not tell.
    ///
    /// # Panics
    /// It could.
    pub fn trouble(&self, kind: &str, settings: &str, key: &str) -> String {
        let output = self.query(kind, settings, key);
        let says = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(says.contains("fatal"), "{key:?}: {output:?}");
        says
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One table with its questions.
struct Block {
    name: String,
    settings: Vec<String>,
    questions: Vec<Question>,
}

struct Question {
    key: String,
    seen: String,
    ours: Option<String>,
}

const ABSENT: &str = "- absent";
const TROUBLE: &str = "! could not tell";

/// Asks every question in `databases/NAME`, of tables of the type `kind`.
///
/// # Panics
/// When an answer is another one than recorded.
pub fn ask_all(name: &str, kind: &str, fill: &dyn Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("databases").join(name);
    let text = fs::read_to_string(&path).expect("recorded answers");
    let mut blocks = parse(&text);
    let theirs = std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs");
    let folder = std::env::temp_dir().join(format!("answers-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("main.cf"), "compatibility_level = 3.6\n").expect("main.cf");
    fs::write(folder.join("master.cf"), "").expect("master.cf");
    let mut failed = Vec::new();
    for block in &mut blocks {
        let file = folder.join("table.cf");
        fs::write(&file, fill(&block.settings.join("\n"))).expect("settings");
        for question in &mut block.questions {
            let answer = ask(
                &folder,
                &format!("{kind}:{}", file.display()),
                &question.key,
                theirs,
            );
            if theirs {
                question.seen = answer;
                continue;
            }
            let expected = question.ours.as_ref().unwrap_or(&question.seen);
            if answer != *expected {
                failed.push(format!(
                    "[{}] ? {}\n  expected {expected}\n  ours     {answer}",
                    block.name, question.key
                ));
            }
        }
    }
    fs::remove_dir_all(&folder).expect("remove a folder");
    if theirs {
        fs::write(&path, show(&blocks)).expect("record answers");
    }
    assert!(failed.is_empty(), "{name}:\n{}", failed.join("\n"));
}

fn ask(folder: &Path, table: &str, key: &str, theirs: bool) -> String {
    let program = if theirs {
        PathBuf::from("/usr/sbin/postmap")
    } else {
        testkit::programs().join("postmap")
    };
    let output = Command::new(program)
        .arg("-c")
        .arg(folder)
        .args(["-q", key, table])
        .stdin(Stdio::null())
        .output()
        .expect("run postmap");
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return format!(
            "= {}",
            String::from_utf8_lossy(&output.stdout).trim_end_matches('\n')
        );
    }
    if says.contains(": fatal:") || says.contains(": panic:") || output.status.code() != Some(1) {
        return TROUBLE.to_owned();
    }
    ABSENT.to_owned()
}

fn parse(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            blocks.push(Block {
                name: name.to_owned(),
                settings: Vec::new(),
                questions: Vec::new(),
            });
            continue;
        }
        let block = blocks.last_mut().expect("a line after a name");
        if let Some(key) = line.strip_prefix("? ") {
            block.questions.push(Question {
                key: key.to_owned(),
                seen: String::new(),
                ours: None,
            });
        } else if let Some(question) = block.questions.last_mut() {
            match line.strip_prefix('~') {
                Some(ours) if ours.starts_with('-') => question.ours = Some(ABSENT.to_owned()),
                Some(ours) if ours.starts_with('!') => question.ours = Some(TROUBLE.to_owned()),
                Some(ours) => question.ours = Some(format!("={ours}")),
                None => question.seen = line.to_owned(),
            }
        } else {
            block.settings.push(line.to_owned());
        }
    }
    blocks
}

fn show(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        let _ = writeln!(text, "[{}]\n{}", block.name, block.settings.join("\n"));
        for question in &block.questions {
            let _ = writeln!(text, "? {}\n{}", question.key, question.seen);
            match question.ours.as_deref() {
                Some(ABSENT) => text.push_str("~-\n"),
                Some(TROUBLE) => text.push_str("~!\n"),
                Some(value) => {
                    let _ = writeln!(text, "~{}", value.trim_start_matches('='));
                }
                None => {}
            }
        }
        text.push('\n');
    }
    text
}
