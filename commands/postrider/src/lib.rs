//! postrider: the verbs Postfix has no word for.
//!
//! # Usage
//! ```text
//! postrider up [DIR]
//! postrider explain address ADDRESS [--sender ADDRESS] [--json] [-c DIR]
//! postrider help
//! ```
//! # Options
//! - `up [DIR]`: make a private instance in the folder, run it, and deliver a first message. It needs no rights: the
//!   instance runs as whoever starts it. Started by root it gives up its rights as an installed system does
//! - `explain address`: what becomes of the address of a recipient in the running system: standard form, canonical
//!   mapping, masquerading, virtual aliases, class, transport and next hop, each with the row that decided it
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

mod explain_address;
pub mod instance;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: postrider up [DIR]   (default ./instance)";

/// Runs the command.
pub fn run() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let verb = words.next().and_then(|word| word.into_string().ok());
    let topic = std::env::args().nth(2);
    if (verb.as_deref(), topic.as_deref()) == (Some("explain"), Some("address")) {
        return command::main("postrider", explain_address::run);
    }
    match (verb.as_deref(), words.next(), words.next()) {
        (Some("up"), directory, None) => match up::up(&PathBuf::from(directory.unwrap_or("instance".into())))
        {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("postrider: {error}");
                ExitCode::FAILURE
            }
        },
        (Some("help" | "--help" | "-h"), ..) => {
            println!("{USAGE}\n       {}", explain_address::USAGE);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}\n       {}", explain_address::USAGE);
            ExitCode::from(64)
        }
    }
}
