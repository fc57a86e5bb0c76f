//! `postrider explain`: what the mail system would do, and why, without doing it.
//!
//! `explain smtp --client ADDRESS --helo NAME --from SENDER --to RECIPIENT...` imagines an SMTP session with a service of
//! `master.cf`, and prints for each command the restrictions that are asked, in order, with the table, key and line
//! that answered, the DNS names that were asked for, the route of each recipient, and the reply. The answer is the
//! server's own: the program of that service is started with the options of its line and plays the session to itself.
//! No message is made, nobody is sent anything, no client is counted, no address is probed, nothing is logged; policy
//! servers are asked only with `--ask-policy`, since they remember.
//!
//! It reads tables and asks services with the rights of whoever calls it. Called by root it has the service's own
//! rights. What another user may not read is said, and then the exit status is 75: a client may hear something else.
//! DNS answers are those of the moment. What only a real session has is not imagined: TLS, a PROXY header, command
//! pipelining, limits of clients, and the content, which is empty.
//!
//! Exit status: 0 the answer is the client's; 75 it may not be; 69 the service does not start or does not answer; 64 the
//! command line; 78 the configuration.

mod smtp;

use std::ffi::OsString;
use std::process::ExitCode;

/// Explains what the words after `explain` ask for.
pub(crate) fn run(words: impl Iterator<Item = OsString>) -> ExitCode {
    let words: Vec<String> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    match words.split_first() {
        Some((what, rest)) if what == "smtp" => smtp::run(rest),
        _ => {
            eprintln!("{}", smtp::USAGE);
            ExitCode::from(64)
        }
    }
}
