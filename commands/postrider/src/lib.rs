//! postrider: the verbs Postfix has no word for.
//!
//! `postrider up [DIR]` makes a private instance in DIR, runs it, and delivers a first message. It needs no rights:
//! the instance runs as whoever starts it. Started by root it gives up its rights as an installed system does.
//!
//! # Usage
//! ```text
//! postrider up [DIR]
//! postrider explain smtp --client ADDRESS --helo NAME --from SENDER --to RECIPIENT ... [OPTIONS]
//! postrider help
//! ```
//!
//! `postrider explain smtp` imagines an SMTP session with a service of `master.cf`. For each command it prints the
//! restrictions that are asked, in order, with the table, key and line that answered, the DNS names that were asked for
//! and their answers, the class, transport and next hop of the recipient, and the reply; at the end, who refused what.
//! The answer is the server's own: the program of that service, started with the options of its line, plays the session
//! to itself. No message is made, nobody is sent anything, no client is counted, no address is probed, nothing is
//! logged, and nobody sleeps; policy servers are asked only with `--ask-policy`, since they remember.
//!
//! # Options
//! - `--client ADDRESS`: the client's address
//! - `--name NAME`, `--reverse-name NAME`: its verified name, and the name of its address, verified or not; `unknown` for
//!   none. Without both the DNS is asked, as for a real client; the second is as the first unless given
//! - `--port PORT`: its port; 40000 unless given
//! - `--helo NAME`, `--from SENDER`, `--to RECIPIENT`: what it says; `--to` may be repeated, `--from ''` is the null sender
//! - `--sasl USER`: who has logged in
//! - `--size OCTETS`: the size announced in MAIL FROM
//! - `--service NAME`: the smtpd line of `master.cf`, by its first column or its port; the first one unless given
//! - `--ask-policy`: ask policy servers too
//! - `--json`: one JSON object in place of text
//! - `-c DIR`: the configuration is in this folder
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

mod explain_smtp;
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
        let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
        return match words.split_first() {
            Some((what, rest)) if what == "smtp" => explain_smtp::run(rest),
            _ => {
                eprintln!("{USAGE}");
                ExitCode::from(64)
            }
        };
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
