//! `tidy`: the rules of style that a text search can prove: one-owner facts, lengths, opening comments, names.
//!
//! Prints `file:line: rule: what`. A place may be excused in `xtask/tolerated.tsv`, with its reason.

use crate::man::{COMMAND_HEADINGS, HEADINGS, Plate};
use crate::manifest::{self, FLOORS};
use crate::source::Source;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 70;

/// File and folder names that say nothing about what is inside.
const FORBIDDEN_NAMES: &[&str] = &[
    "util", "utils", "common", "misc", "core", "shared", "types", "helper", "helpers", "manager", "handler",
    "handlers", "data", "info", "stuff", "prelude",
];

/// Code that has no place outside tests: what is searched, why not.
const NEVER: &[(&str, &str)] = &[
    ("todo!(", "finish it"),
    ("unimplemented!(", "finish it"),
    ("dbg!(", "left from a search for a fault"),
    (".unwrap()", "say what happens instead"),
    (".expect(\"", "say what happens instead"),
    ("Box<dyn Error", "a room's errors are an enum"),
    ("Box<dyn std::error::Error", "a room's errors are an enum"),
    ("#[ignore", "assert what happens now"),
];

/// Code that only the named places may have: what is searched, path prefixes, why.
const OWNED: &[(&str, &[&str], &str)] = &[
    (
        "tokio::time",
        &["io/stream/", "frame/daemon/"],
        "timers are in io/stream and frame/daemon",
    ),
    (
        "rustls::",
        &["io/tls/", "io/database/"],
        "only io/tls names the TLS library, and io/database for what its drivers ask",
    ),
    ("openssl::", &["io/tls/"], "only io/tls names the TLS library"),
    (
        "println!(",
        &["commands/", "xtask/", "daemons/master/"],
        "daemons write to the log",
    ),
    (
        "std::fs",
        &["io/", "frame/", "daemons/", "commands/", "xtask/"],
        "pure rooms touch no files",
    ),
    (
        "std::net::Tcp",
        &["io/", "frame/", "daemons/", "commands/"],
        "pure rooms touch no sockets",
    ),
    (
        "SystemTime::now",
        &["io/", "frame/", "daemons/", "commands/"],
        "pure rooms take the time as argument",
    ),
    (
        "Instant::now",
        &["io/", "frame/", "daemons/", "commands/", "xtask/"],
        "pure rooms take the time as argument",
    ),
];

/// The operator's words: macros of `io/maillog`, called in files named `log.rs` only (programs).
const LOG_MACROS: &[&str] = &[
    "maillog::info!",
    "maillog::warning!",
    "maillog::error!",
    "maillog::fatal!",
    "maillog::panic!",
];

/// Paths of one machine, in any text file; cut in two so that this file does not hold them.
const MACHINE_PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/fa", "rm/"),
    concat!("/tmp/", "brief"),
];
/// Words about how a text came about rather than about the mail system.
const MAKING_OF: &[&str] = &[
    concat!("sub", "agent"),
    concat!("helper", " agent"),
    concat!("clau", "de"),
    concat!("chat", "gpt"),
];

/// Checks the whole checkout; prints each finding.
///
/// # Errors
/// When there is a finding, or a file cannot be read.
pub fn check(house: &Path) -> Result<(), String> {
    let tolerated = Tolerated::read(house)?;
    let mut findings = Findings {
        tolerated,
        used: BTreeSet::new(),
        lines: Vec::new(),
    };
    let files = files(house)?;
    let parameters = parameters(house, &files);
    let test_modules = test_modules(house, &files);
    for file in &files {
        let path = file.to_string_lossy();
        let Ok(text) = fs::read_to_string(house.join(file)) else {
            continue;
        };
        check_text(&path, &text, &mut findings);
        if path.ends_with(".rs") {
            check_name(&path, &mut findings);
            let is_test = is_test_file(&path) || test_modules.contains(file);
            check_rust(&path, &text, is_test, &parameters, &mut findings);
        }
    }
    check_name_plates(house, &mut findings)?;
    findings.report(files.len())
}

fn check_text(path: &str, text: &str, findings: &mut Findings) {
    for (index, line) in text.lines().enumerate() {
        for word in MACHINE_PATHS {
            let found = line.match_indices(word).any(|(at, _)| {
                let before = line.get(..at).and_then(|it| it.chars().next_back());
                !before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '}' | '_'))
            });
            if found {
                findings.add(path, "", index, "machine-path", "a path of one machine");
            }
        }
        let lower = line.to_ascii_lowercase();
        if MAKING_OF.iter().any(|word| lower.contains(word)) || names_an_issue(&lower) {
            findings.add(path, "", index, "making-of", "the project speaks of itself alone");
        }
    }
}

/// A numbered issue: a reader outside cannot look it up.
fn names_an_issue(line: &str) -> bool {
    line.match_indices("issue ").any(|(at, word)| {
        let rest = line.get(at + word.len()..).unwrap_or_default();
        rest.strip_prefix('#')
            .unwrap_or(rest)
            .starts_with(|letter: char| letter.is_ascii_digit())
    })
}

fn check_name(path: &str, findings: &mut Findings) {
    for part in path.split('/') {
        let stem = part.strip_suffix(".rs").unwrap_or(part);
        if FORBIDDEN_NAMES.contains(&stem) {
            findings.add(path, "", 0, "name", &format!("`{stem}` does not say what it is"));
        }
    }
}

fn check_rust(path: &str, text: &str, is_test: bool, parameters: &BTreeSet<String>, findings: &mut Findings) {
    if !text.starts_with("//!") && !text.starts_with("#!/") {
        findings.add(
            path,
            "",
            0,
            "opening",
            "the file opens with `//!`: what it is and what it is not",
        );
    }
    let source = Source::read(text);
    check_unsafe(path, &source, findings);
    if is_test {
        return;
    }
    check_lengths(path, &source, findings);
    for (index, code) in source
        .code
        .iter()
        .enumerate()
        .filter(|(index, _)| !source.test[*index])
    {
        for (word, why) in NEVER {
            if code.contains(word) {
                findings.add(path, "", index, "never", &format!("`{word}`: {why}"));
            }
        }
        for (word, owners, why) in OWNED {
            if code.contains(word) && !owners.iter().any(|owner| path.starts_with(owner)) {
                findings.add(path, "", index, "owner", &format!("`{word}`: {why}"));
            }
        }
        let trimmed = code.trim();
        if trimmed.starts_with("use ") && trimmed.ends_with("::*;") {
            findings.add(path, "", index, "glob", "imports are named");
        }
        if is_program(path) && !path.ends_with("/log.rs") && LOG_MACROS.iter().any(|word| code.contains(word))
        {
            findings.add(path, "", index, "log-line", "the operator's words are in log.rs");
        }
    }
    check_strings(path, &source, parameters, findings);
}

fn check_strings(path: &str, source: &Source, parameters: &BTreeSet<String>, findings: &mut Findings) {
    if path.starts_with("pure/config/") || !FLOORS.iter().any(|floor| path.starts_with(floor)) {
        return;
    }
    for (line, text) in source.strings.iter().filter(|(line, _)| !source.test[*line]) {
        if parameters.contains(text) {
            findings.add(
                path,
                "",
                *line,
                "parameter",
                &format!("\"{text}\": names are in config/catalogue"),
            );
        }
    }
}

fn check_unsafe(path: &str, source: &Source, findings: &mut Findings) {
    if path.starts_with("io/sys/") {
        return;
    }
    for (index, code) in source.code.iter().enumerate() {
        let found = code.match_indices("unsafe").any(|(at, word)| {
            let after = code.get(at + word.len()..).unwrap_or_default();
            let before = code.get(..at).unwrap_or_default();
            !before.ends_with(|c: char| c.is_alphanumeric() || c == '_') && !after.starts_with('_')
        });
        if found {
            findings.add(path, "", index, "unsafe", "`unsafe` is in io/sys only");
        }
    }
}

fn check_lengths(path: &str, source: &Source, findings: &mut Findings) {
    if path.starts_with("pure/config/src/catalogue") {
        return;
    }
    // `code` has one more entry than lines when the file ends with a newline.
    let lines = source
        .test
        .iter()
        .filter(|test| !**test)
        .count()
        .saturating_sub(1);
    if lines > FILE_LINES {
        let what = format!("{lines} lines without tests; the wall is {FILE_LINES}");
        findings.add(path, "", 0, "file-length", &what);
    }
    for function in source
        .functions()
        .iter()
        .filter(|function| function.lines > FUNCTION_LINES)
    {
        let what = format!(
            "fn {} has {} lines; the wall is {FUNCTION_LINES}",
            function.name, function.lines
        );
        findings.add(path, &function.name, function.line, "function-length", &what);
    }
}

fn check_name_plates(house: &Path, findings: &mut Findings) -> Result<(), String> {
    for room in manifest::rooms(house)? {
        let mut headings = Vec::new();
        match room.floor.as_str() {
            "daemons" => {}
            "commands" => headings.extend(COMMAND_HEADINGS),
            _ => continue,
        }
        headings.extend(HEADINGS);
        let path = format!("{}/{}/src/lib.rs", room.floor, room.name);
        match Plate::read(house, &room.floor, &room.name) {
            Ok(plate) => {
                for heading in plate.missing(&headings) {
                    let what = format!("`# {heading}` is missing or out of order");
                    findings.add(&path, "", 0, "name-plate", &what);
                }
            }
            Err(why) => findings.add(&path, "", 0, "name-plate", &why),
        }
    }
    Ok(())
}

/// Every parameter of the catalogue whose name has an underscore; plain words are words.
fn parameters(house: &Path, files: &[PathBuf]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| file.starts_with("pure/config/src/catalogue"))
    {
        let text = fs::read_to_string(house.join(file)).unwrap_or_default();
        for line in text.lines() {
            // CONSTANT = parameter_name: Type, "default";
            let Some((constant, rest)) = line.trim().split_once(" = ") else {
                continue;
            };
            let Some((name, _)) = rest.split_once(':') else {
                continue;
            };
            let word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if word(constant) && word(name) && name.contains('_') {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// The files of modules that are for tests as a whole: `#[cfg(test)] mod name;`.
fn test_modules(house: &Path, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
    {
        let text = fs::read_to_string(house.join(file)).unwrap_or_default();
        let is_root = file
            .file_stem()
            .is_some_and(|stem| matches!(stem.to_str(), Some("lib" | "main" | "mod")));
        let folder = if is_root {
            file.parent().map(Path::to_owned)
        } else {
            Some(file.with_extension(""))
        };
        let Some(folder) = folder else { continue };
        for pair in text.lines().map(str::trim).collect::<Vec<_>>().windows(2) {
            let [attribute, item] = pair else { continue };
            let item = item.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
            let name = item.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'));
            if let Some(name) = name.filter(|_| *attribute == "#[cfg(test)]") {
                found.insert(folder.join(format!("{name}.rs")));
            }
        }
    }
    found
}

fn is_test_file(path: &str) -> bool {
    let beside = ["conformance/", "testkit/", "fuzz/", "bench/"];
    beside.iter().any(|folder| path.starts_with(folder))
        || path
            .split('/')
            .any(|part| matches!(part, "tests" | "tests.rs" | "benches" | "examples"))
        || path.ends_with("_tests.rs")
}

fn is_program(path: &str) -> bool {
    path.starts_with("daemons/") || path.starts_with("commands/")
}

/// The text files of the checkout, relative to it.
fn files(house: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let place = house.join(&folder);
        let entries = fs::read_dir(&place).map_err(|why| format!("{}: {why}", place.display()))?;
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !matches!(name.as_str(), ".git" | "target" | "instance" | "corpus") {
                folders.push(path);
            } else if kind.is_file() && name != "Cargo.lock" {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Excused places: rule and place, each with a reason.
struct Tolerated(BTreeSet<(String, String)>);

impl Tolerated {
    fn read(house: &Path) -> Result<Self, String> {
        let path = house.join("xtask/tolerated.tsv");
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let mut places = BTreeSet::new();
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let mut columns = line.split('\t');
            match (columns.next(), columns.next(), columns.next()) {
                (Some(rule), Some(place), Some(reason)) if !reason.trim().is_empty() => {
                    places.insert((rule.to_owned(), place.to_owned()));
                }
                _ => return Err(format!("{}: rule, place and reason, not: {line}", path.display())),
            }
        }
        Ok(Self(places))
    }
}

struct Findings {
    tolerated: Tolerated,
    used: BTreeSet<(String, String)>,
    lines: Vec<String>,
}

impl Findings {
    /// Notes a finding unless the file, or the item in it, is excused from the rule.
    fn add(&mut self, path: &str, item: &str, line: usize, rule: &str, what: &str) {
        for place in [path.to_owned(), format!("{path}:{item}")] {
            let key = (rule.to_owned(), place);
            if self.tolerated.0.contains(&key) {
                self.used.insert(key);
                return;
            }
        }
        self.lines.push(format!("{path}:{}: {rule}: {what}", line + 1));
    }

    fn report(mut self, files: usize) -> Result<(), String> {
        for (rule, place) in self.tolerated.0.difference(&self.used) {
            self.lines.push(format!(
                "xtask/tolerated.tsv:1: excuse: nothing to excuse: {rule} {place}"
            ));
        }
        for line in &self.lines {
            println!("{line}");
        }
        if self.lines.is_empty() {
            println!("tidy: {files} files");
            return Ok(());
        }
        Err(format!("{} findings", self.lines.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let mut findings = Findings {
            tolerated: Tolerated(BTreeSet::new()),
            used: BTreeSet::new(),
            lines: Vec::new(),
        };
        check_text(path, text, &mut findings);
        check_name(path, &mut findings);
        check_rust(
            path,
            text,
            false,
            &BTreeSet::from(["smtpd_timeout".to_owned()]),
            &mut findings,
        );
        findings.lines
    }

    #[test]
    fn a_clean_file_passes() {
        let text =
            "//! A noun.\n\nuse crate::a;\n\nfn b() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n";
        assert_eq!(findings("io/queue/src/name.rs", text), Vec::<String>::new());
    }

    #[test]
    fn each_rule_finds_its_breach() {
        let long = format!("//! A.\nfn a() {{\n{}}}\n", "    b();\n".repeat(80));
        let cases = [
            ("io/queue/src/util.rs", "//! A.\n", "name"),
            ("io/queue/src/a.rs", "fn a() {}\n", "opening"),
            (
                "io/queue/src/a.rs",
                "//! A.\nfn a() { unsafe { b() } }\n",
                "unsafe",
            ),
            ("io/queue/src/a.rs", "//! A.\nfn a() { b().unwrap() }\n", "never"),
            ("pure/mail/src/a.rs", "//! A.\nuse std::fs;\n", "owner"),
            ("daemons/smtpd/src/a.rs", "//! A.\nuse tokio::time;\n", "owner"),
            (
                "daemons/smtpd/src/a.rs",
                "//! A.\nfn a() { maillog::info!(\"x\") }\n",
                "log-line",
            ),
            (
                "daemons/smtpd/src/a.rs",
                "//! A.\nfn a() { b(\"smtpd_timeout\") }\n",
                "parameter",
            ),
            (
                "daemons/smtpd/src/a.rs",
                concat!("//! See issue", " 12.\n"),
                "making-of",
            ),
            (
                "daemons/smtpd/src/a.rs",
                concat!("//! In /wo", "rk/x.\n"),
                "machine-path",
            ),
            ("daemons/smtpd/src/a.rs", long.as_str(), "function-length"),
        ];
        for (path, text, rule) in cases {
            let found = findings(path, text);
            assert!(
                found.iter().any(|line| line.contains(&format!(": {rule}: "))),
                "{rule}: {found:?}"
            );
        }
    }
}
