//! `fuzz`: each target of `fuzz/` for a short time, on the stable compiler.
//!
//! The targets are libFuzzer programs. The coverage they steer by comes from LLVM's sanitizer pass, which the
//! stable compiler takes as code generation flags; address checking is not needed where no `unsafe` is.

use crate::build;
use std::path::Path;
use std::process::Command;

const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks";

/// Runs the named target, or all, for `--seconds` each (20 by default).
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
    let triple = host()?;
    build::run(
        build::cargo(&folder)
            .args(["build", "--release", "--bins", "--target", &triple])
            .env("RUSTFLAGS", COVERAGE),
    )?;
    let programs = build::target(&folder)?.join(&triple).join("release");
    for target in targets
        .iter()
        .filter(|target| wanted.is_empty() || wanted.contains(&target.as_str()))
    {
        println!("== fuzz {target} for {seconds} s");
        let corpus = folder.join("corpus").join(target);
        std::fs::create_dir_all(&corpus).map_err(|why| format!("{}: {why}", corpus.display()))?;
        build::run(
            Command::new(programs.join(target))
                .arg(&corpus)
                .arg(format!("-max_total_time={seconds}"))
                .args([
                    "-rss_limit_mb=1024",
                    "-timeout=10",
                    "-print_final_stats=0",
                    "-verbosity=0",
                ]),
        )?;
    }
    Ok(())
}

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
