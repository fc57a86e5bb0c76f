//! postrider: the verbs Postfix has no word for.
//!
//! # Usage
//! ```text
//! postrider up [DIR]
//! postrider explain parameter [-c DIR] [--json] NAME
//! postrider explain address ADDRESS [--sender ADDRESS] [--json] [-c DIR]
//! postrider help
//! ```
//! # Options
//! - `up [DIR]`: make a private instance in the folder, run it, and deliver a first message. It needs no rights: the
//!   instance runs as whoever starts it. Started by root it gives up its rights as an installed system does
//! - `explain address`: what becomes of the address of a recipient in the running system: standard form, canonical
//!   mapping, masquerading, virtual aliases, class, transport and next hop, each with the row that decided it
//! - `explain parameter NAME`: tell what a parameter means, its default, where it is set, its value, and who reads it
//! - `-c DIR`: the configuration is in this folder
//! - `--json`: the answer in JSON
//! - `help`: list the verbs
//! # Listens
//! Nowhere.
//! # Asks
//! The instance it makes; cleanup and trivial-rewrite, to explain.
//! # Writes
//! The folder of the instance, `./instance` unless another is named.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! None.
//! # Difference from Postfix
//! Postfix has no such command.

mod explain;
mod explain_address;
pub mod instance;
mod up;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: postrider up [DIR]   (default ./instance)\n       \
    postrider explain parameter [-c config_dir] [--json] NAME";

/// Runs the command.
pub fn run() -> ExitCode {
    let words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["up"] => done(up::up(&PathBuf::from("instance")).map_err(|error| error.to_string())),
        ["up", directory] => done(up::up(Path::new(directory)).map_err(|error| error.to_string())),
        ["explain", "address", ..] => command::main("postrider", explain_address::run),
        ["explain", "parameter", rest @ ..] => match explain_parameter(rest) {
            Some(told) => done(told.map(|text| print!("{text}"))),
            None => misused(),
        },
        ["explain", "address", ..] => command::main("postrider", explain_address::run),
        ["help" | "--help" | "-h", ..] => {
            println!("{USAGE}\n       {}", explain_address::USAGE);
            ExitCode::SUCCESS
        }
        _ => misused(),
    }
}

/// `None` when the words make no sense.
fn explain_parameter(words: &[&str]) -> Option<Result<String, String>> {
    let (mut directory, mut is_json, mut name) = (None, false, None);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-c" => directory = Some(Path::new(words.next()?)),
            "--json" => is_json = true,
            option if option.starts_with('-') => return None,
            word => {
                if name.replace(word).is_some() {
                    return None;
                }
            }
        }
    }
    Some(explain::parameter(name?, directory, is_json).map_err(|error| error.to_string()))
}

fn done(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postrider: {error}");
            ExitCode::FAILURE
        }
    }
}

fn misused() -> ExitCode {
    eprintln!("{USAGE}\n       {}", explain_address::USAGE);
    ExitCode::from(64)
}
