//! postrider: the verbs Postfix has no word for.
//!
//! `postrider up [DIR]` makes a private instance in DIR, runs it, and delivers a first message. It needs no rights:
//! the instance runs as whoever starts it. Started by root it gives up its rights as an installed system does.
//!
//! `postrider explain smtp` says what an SMTP client would hear, and why: see [`explain`].

pub mod explain;
pub mod instance;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: postrider up [DIR]   (default ./instance)\n       postrider explain smtp --help";

/// Runs the command.
pub fn run() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let verb = words.next().and_then(|word| word.into_string().ok());
    if verb.as_deref() == Some("explain") {
        return explain::run(words);
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
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(64)
        }
    }
}
