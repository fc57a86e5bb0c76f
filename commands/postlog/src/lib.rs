//! postlog: logs a line for a script, as the mail system logs its own.
//!
//! Without a text, each line of standard input is logged.
//!
//! # Usage
//! ```text
//! postlog [-iv] [-c DIR] [-p PRIORITY] [-t TAG] [TEXT ...]
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-i`: nothing any more; the process id is always logged
//! - `-p PRIORITY`: `info` (the default), `warn`, `error`, `fatal` or `panic`; a second passes after the last two
//! - `-t TAG`: the name in the log
//! - `-v`: log more; several log still more
//! # Listens
//! Nowhere.
//! # Asks
//! `public/postlog`, if `maillog_file` is set.
//! # Writes
//! The log.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! None; postlog(1).
//! # Difference from Postfix
//! None known.

use command::{Failure, Start, Status};
use maillog::Level;
use std::io::BufRead;
use std::time::Duration;

/// Octets of a line of standard input that are kept; `maillog` cuts what it writes anyway.
const LINE_OCTETS: usize = 30_000;

/// Runs the command.
///
/// # Errors
/// A wrong option, or a configuration that cannot be read.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options("c:ip:t:v")?;
    let level = priority(options.value('p').unwrap_or("info"))?;
    let mut setup = options.setup('c', 'v');
    setup.tag = options.value('t').map(str::to_owned);
    start.configure(&setup)?;
    if options.operands.is_empty() {
        for line in std::io::stdin().lock().split(b'\n') {
            let mut line = line.map_err(|error| Failure::general(format!("read standard input: {error}")))?;
            line.truncate(LINE_OCTETS);
            log(level, &String::from_utf8_lossy(&line));
        }
    } else {
        log(level, &options.operands.join(" "));
    }
    Ok(Status::OK)
}

fn priority(word: &str) -> Result<Level, Failure> {
    match word.to_ascii_lowercase().as_str() {
        "info" => Ok(Level::Info),
        "warn" | "warning" => Ok(Level::Warning),
        "error" => Ok(Level::Error),
        "fatal" => Ok(Level::Fatal),
        "panic" => Ok(Level::Panic),
        _ => Err(Failure::usage(format!(
            "unknown priority: {word}; use info, warn, error, fatal or panic"
        ))),
    }
}

fn log(level: Level, text: &str) {
    maillog::write(level, format_args!("{text}"));
    if level >= Level::Fatal {
        // A script that loops over a fatal error must not flood the log.
        std::thread::sleep(Duration::from_secs(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_read_in_any_case_and_others_refused() {
        assert_eq!(priority("WARN").unwrap(), Level::Warning);
        assert!(priority("loud").is_err());
    }
}
