//! `fuzz`: each target of `fuzz/` for a short time, on the stable compiler.
//!
//! The targets are libFuzzer programs. The coverage they steer by comes from LLVM's sanitizer pass, which the
//! stable compiler takes as code generation flags; address checking is not needed where no `unsafe` is.

use crate::{build, packages};
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// Runs the named targets, or all, for `--seconds` each (20 by default), as many at once as there are processors.
///
/// Inputs that reach new code are kept in `fuzz/corpus`, which is of this machine; `fuzz/seeds` has those to begin with.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let mut seconds = "20";
    let mut wanted = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => seconds = words.next().ok_or("--seconds needs a number")?,
            name => wanted.push(name),
        }
    }
    let folder = house.join("fuzz");
    let targets = targets(&folder)?;
    for name in &wanted {
        if !targets.iter().any(|target| target == name) {
            return Err(format!("no target {name}; there are: {}", targets.join(" ")));
        }
    }
    let chosen = || {
        targets
            .iter()
            .filter(|target| wanted.is_empty() || wanted.contains(&target.as_str()))
    };
    let triple = host()?;
    packages::ensure_compiler()?;
    build::run(
        build::cargo(&folder)
            .args(["build", "--release", "--target", &triple])
            .args(chosen().flat_map(|target| ["--bin", target]))
            .env("RUSTFLAGS", COVERAGE),
    )?;
    let programs = build::target(&folder)?.join(&triple).join("release");
    let wanted = targets
        .iter()
        .filter(|target| wanted.is_empty() || wanted.contains(&target.as_str()));
    let waiting = Mutex::new(wanted);
    let failures = Mutex::new(Vec::new());
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(target) = next(&waiting) {
                    if let Err(why) = run_one(&folder, &programs, target, seconds) {
                        println!("{why}");
                        failures
                            .lock()
                            .unwrap_or_else(|it| it.into_inner())
                            .push(target.as_str());
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_else(|it| it.into_inner());
    match failures.is_empty() {
        true => Ok(()),
        false => Err(format!("failed: {}", failures.join(" "))),
    }
}

fn next<T>(waiting: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    waiting.lock().unwrap_or_else(|it| it.into_inner()).next()
}

/// Runs one target. The error is the end of what it said.
fn run_one(folder: &Path, programs: &Path, target: &str, seconds: &str) -> Result<(), String> {
    let corpus = folder.join("corpus").join(target);
    std::fs::create_dir_all(&corpus).map_err(|why| format!("{}: {why}", corpus.display()))?;
    let mut command = Command::new(programs.join(target));
    command.arg(&corpus);
    let seeds = folder.join("seeds").join(target);
    if seeds.is_dir() {
        command.arg(seeds);
    }
    let output = command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!(
            "-artifact_prefix={}/found-{target}-",
            folder.join("corpus").display()
        ))
        .args(["-rss_limit_mb=1024", "-timeout=10"])
        .output()
        .map_err(|why| format!("{target}: {why}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let done = text
            .lines()
            .find(|line| line.starts_with("Done "))
            .unwrap_or("Done");
        println!("fuzz {target}: {done}");
        return Ok(());
    }
    let lines: Vec<&str> = text.lines().collect();
    let end = lines
        .get(lines.len().saturating_sub(SHOWN_LINES)..)
        .unwrap_or_default();
    Err(format!("fuzz {target}: {}\n{}", output.status, end.join("\n")))
}

/// Lines of a failed target's output that are shown: the panic, the calls that led to it, and the input's place.
const SHOWN_LINES: usize = 60;

/// The names of the programs in `fuzz/Cargo.toml`.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|why| format!("{}: {why}", manifest.display()))?;
    let mut names = Vec::new();
    let mut in_program = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_program = line == "[[bin]]";
        } else if let Some(value) = line.strip_prefix("name").filter(|_| in_program) {
            names.push(
                value
                    .trim_matches(|c: char| c == '=' || c == '"' || c.is_whitespace())
                    .to_owned(),
            );
        }
    }
    if names.is_empty() {
        return Err(format!("{}: no [[bin]] targets", manifest.display()));
    }
    Ok(names)
}

/// Instrumentation must not reach build scripts, so the target is named even where it is the host.
fn host() -> Result<String, String> {
    let output = Command::new("rustc")
        .arg("-vV")
        .output()
        .map_err(|why| format!("rustc: {why}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "rustc -vV names no host".into())
}
