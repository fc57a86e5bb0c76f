//! postrider: the verbs Postfix has no word for.
//!
//! `postrider explain smtp` imagines an SMTP session with a service of `master.cf`. For each command it prints the
//! restrictions that are asked, in order, with the table, key and line that answered, the DNS names that were asked for
//! and their answers, the class, transport and next hop of the recipient, and the reply; at the end, who refused what.
//! The answer is the server's own: the program of that service, started with the options of its line, plays the session
//! to itself. No message is made, nobody is sent anything, no client is counted, no address is probed, nothing is
//! logged, and nobody sleeps; policy servers are asked only with `--ask-policy`, since they remember.
//!
//! What only a real session has is not imagined: TLS, the header of a proxy, pipelining, the limits of clients, and the
//! content of the message, which is empty. DNS answers are those of the moment.
//!
//! Tables are read and services asked with the rights of whoever calls it; called by root, with the service's own. What
//! another user may not read is told for each table.
//!
//! Exit status of `explain smtp`: 0 a client would hear this; 75 it may hear something else, since something could not be
//! asked or was only assumed; 69 the service does not start, or gives no answer; 64 the command line; 78 the
//! configuration.
//!
//! # Usage
//! ```text
//! postrider up [DIR]
//! postrider explain parameter [-c DIR] [--json] NAME
//! postrider explain address ADDRESS [--sender ADDRESS] [--json] [-c DIR]
//! postrider explain smtp --client ADDRESS --helo NAME --from SENDER --to RECIPIENT ... [OPTIONS]
//! postrider help
//! ```
//! # Options
//! - `up [DIR]`: make a private instance in the folder, run it, and deliver a first message. It needs no rights: the
//!   instance runs as whoever starts it. Started by root it gives up its rights as an installed system does
//! - `explain address`: what becomes of the address of a recipient in the running system: standard form, canonical
//!   mapping, masquerading, virtual aliases, class, transport and next hop, each with the row that decided it
//! - `explain parameter NAME`: tell what a parameter means, its default, where it is set, its value, and who reads it
//! - `explain smtp`: what an SMTP client would hear, and why
//! - `--client ADDRESS`: the client's address
//! - `--name NAME`, `--reverse-name NAME`: its verified name, and the name of its address, verified or not; `unknown` for
//!   none. Without both the DNS is asked, as for a real client; the second is as the first unless given
//! - `--port PORT`: its port; 40000 unless given
//! - `--helo NAME`, `--from SENDER`, `--to RECIPIENT`: what it says; `--to` may be repeated, `--from ''` is the null sender
//! - `--sasl USER`: who has logged in
//! - `--size OCTETS`: the size announced in MAIL FROM
//! - `--service NAME`: the smtpd line of `master.cf`, by its first column or its port; the first one unless given
//! - `--ask-policy`: ask policy servers too
//! - `-c DIR`: the configuration is in this folder
//! - `--json`: the answer in JSON
//! - `help`: list the verbs
//! # Listens
//! Nowhere.
//! # Asks
//! The instance it makes; cleanup, trivial-rewrite and the program of an smtpd service, to explain.
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
mod explain_smtp;
pub mod instance;
mod up;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: postrider up [DIR]   (default ./instance)\n       \
    postrider explain parameter [-c config_dir] [--json] NAME\n       \
    postrider explain smtp --help";

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
        ["explain", "smtp", rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            explain_smtp::run(&rest)
        }
        ["explain", "parameter", rest @ ..] => match explain_parameter(rest) {
            Some(told) => done(told.map(|text| print!("{text}"))),
            None => misused(),
        },
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
