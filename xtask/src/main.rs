//! The house's own chores, as `cargo xtask CHORE`: the rules that a compiler does not check, the tests,
//! a first run, the manual, the lay-out of an installation.
//!
//! Not part of what is installed. Standard library only, so that a chore starts quickly.

mod access;
mod bench;
mod build;
mod floors;
mod fuzz;
mod install;
mod man;
mod manifest;
mod packages;
mod readers;
mod record;
mod source;
mod tables;
mod test;
mod tidy;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

/// One chore: its name, the words after it, what it does.
const CHORES: &[(&str, &str, &str)] = &[
    (
        "floors",
        "",
        "check every manifest's imports against the plan of the house",
    ),
    (
        "tidy",
        "",
        "check one-owner facts, lengths, opening comments and names",
    ),
    ("readers", "", "write down which program reads which parameter"),
    (
        "test",
        "[cargo test arguments]",
        "fetch what the tests talk to, build, run every test",
    ),
    (
        "record",
        "CASE ...",
        "write what Debian's package answers into conformance cases (as root)",
    ),
    (
        "fuzz",
        "[--seconds N] [TARGET]",
        "run each fuzz target for a short time",
    ),
    (
        "bench",
        "tables [--rounds N] | access --bench DIR [...] | [--bench DIR] [arguments]",
        "compare postmap, what access control costs, or all of it with other mail servers ($POSTRIDER_BENCH)",
    ),
    (
        "man",
        "[DIR]",
        "generate the manual, as roff and HTML (default target/man)",
    ),
    (
        "up",
        "[DIR]",
        "release build, then a private instance in DIR (default ./instance)",
    ),
    (
        "install",
        "--destdir DIR [--libexec] [--no-owners] [--debug]",
        "lay out Postfix's paths below DIR",
    ),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let house = house();
    let done = match chore.as_str() {
        "floors" => floors::check(&house),
        "readers" => readers::write(&house),
        "tidy" => tidy::check(&house),
        "test" => test::run(&house, &rest),
        "record" => record::run(&house, &rest),
        "fuzz" => fuzz::run(&house, &rest),
        "bench" => bench::run(&house, &rest),
        "man" => man::run(&house, &rest),
        "up" => up::run(&house, &rest),
        "install" => install::run(&house, &rest),
        _ => Err(usage()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask {chore}: {why}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("which chore?");
    for (name, words, what) in CHORES {
        text.push_str(&format!("\n  cargo xtask {name} {words}\n      {what}"));
    }
    text
}

/// The checkout: the folder above this crate, as cargo says when it runs us. What was compiled in may be another clone, where
/// several share a target folder.
fn house() -> PathBuf {
    let mut path = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    path.pop();
    path
}
