//! `postrider explain address`: what the running mail system makes of a recipient's address, step by step.
//!
//! cleanup and trivial-rewrite are asked, so that the answer is that of the code that serves mail. Nothing is sent. What
//! is not told: what happens to an address before (restrictions) and after (aliases of local users, name servers).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use command::{Failure, Setup, Start, Status};
use config::catalogue::{IPC_TIMEOUT, QUEUE_DIRECTORY};
use contract::explain::{ExplainRecipient, ExplainRoute, Explained, ExplainedRoute, Step};
use contract::rewrite::flag;

/// How it is called.
pub(crate) const USAGE: &str =
    "postrider explain address ADDRESS [--sender ADDRESS] [--json] [-c DIR]   (root or mail_owner)";

/// What is asked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    address: String,
    sender: String,
    json: bool,
    directory: Option<PathBuf>,
}

/// Runs the verb; the words are `explain address …`.
///
/// # Errors
/// Wrong words, or a service that does not answer.
pub(crate) fn run(start: Start) -> Result<Status, Failure> {
    let words: Vec<&str> = start.words.iter().map(String::as_str).collect();
    let Some(asked) = Asked::read(words.get(2..).unwrap_or_default()) else {
        return Err(Failure::usage(format!("usage: {USAGE}")));
    };
    let setup = Setup {
        directory: asked.directory.clone(),
        ..Setup::default()
    };
    let configuration = start.configure(&setup)?;
    let queue: String = configuration
        .get(QUEUE_DIRECTORY)
        .map_err(|error| Failure::general(error.to_string()))?;
    let wait: Duration = configuration
        .get(IPC_TIMEOUT)
        .map_err(|error| Failure::general(error.to_string()))?;
    let queue = Path::new(&queue);
    let explained = ask(
        &queue.join("public").join(contract::cleanup::SERVICE),
        &ExplainRecipient {
            address: mail::unquote(&asked.address).into_owned(),
        },
        wait,
    )?;
    let rewrite = queue.join("private").join(contract::rewrite::SERVICE);
    let mut routes = Vec::new();
    for recipient in explained.recipients.lines() {
        let question = ExplainRoute {
            sender: mail::unquote(&asked.sender).into_owned(),
            address: recipient.to_owned(),
        };
        routes.push((recipient.to_owned(), ask(&rewrite, &question, wait)?));
    }
    let text = if asked.json {
        json(&asked.address, &explained, &routes)
    } else {
        plain(&asked.address, &explained, &routes)
    };
    print!("{text}");
    let could_not_tell = routes.iter().any(|(_, route)| route.flags & flag::FAIL != 0);
    Ok(if explained.trouble.is_empty() && !could_not_tell {
        Status::OK
    } else {
        Status::TEMPORARY
    })
}

fn ask<R: contract::Request>(path: &Path, question: &R, wait: Duration) -> Result<R::Reply, Failure> {
    command::ask(path, question, wait).map_err(|error| {
        Failure::general(format!(
            "{}: {error} (is the mail system running?)",
            path.display()
        ))
    })
}

impl Asked {
    fn read(words: &[&str]) -> Option<Self> {
        let mut asked = Self::default();
        let mut words = words.iter();
        let mut addresses = 0;
        while let Some(word) = words.next() {
            match *word {
                "--json" => asked.json = true,
                "--sender" => asked.sender = (*words.next()?).to_owned(),
                "-c" => asked.directory = Some(words.next()?.into()),
                option if option.starts_with('-') && option.len() > 1 => return None,
                address => {
                    address.clone_into(&mut asked.address);
                    addresses += 1;
                }
            }
        }
        (addresses == 1).then_some(asked)
    }
}

fn plain(address: &str, explained: &Explained, routes: &[(String, ExplainedRoute)]) -> String {
    let mut text = format!("{address}\n");
    put_steps(&mut text, &explained.steps);
    if !explained.trouble.is_empty() {
        let _ = writeln!(
            text,
            "  not accepted, to be tried again later: {}",
            explained.trouble
        );
    }
    for (recipient, route) in routes {
        let _ = writeln!(text, "{}", mail::quote_local822(recipient));
        put_steps(&mut text, &route.steps);
        let _ = writeln!(text, "  {}", outcome(route));
    }
    text
}

fn put_steps(text: &mut String, steps: &str) {
    for step in Step::read(steps) {
        let rule = if step.rule.is_empty() {
            "no list"
        } else {
            &step.rule
        };
        let _ = match (step.table.is_empty(), step.value.is_empty()) {
            (false, _) => writeln!(
                text,
                "  {rule}: {} has {} = {}; {} becomes {}",
                step.table, step.key, step.value, step.before, step.after
            ),
            (true, false) => writeln!(text, "  {rule} = {}", step.value),
            (true, true) if step.before == step.after => writeln!(text, "  {rule}: {} stays", step.before),
            (true, true) => writeln!(text, "  {rule}: {} becomes {}", step.before, step.after),
        };
    }
}

fn outcome(route: &ExplainedRoute) -> String {
    if route.flags & flag::FAIL != 0 {
        return format!("could not tell: {}", route.nexthop);
    }
    format!(
        "transport {}, next hop {}, recipient {}",
        route.transport,
        if route.nexthop.is_empty() {
            "none"
        } else {
            &route.nexthop
        },
        mail::quote_local822(&route.recipient)
    )
}

fn json(address: &str, explained: &Explained, routes: &[(String, ExplainedRoute)]) -> String {
    let routes: Vec<String> = routes
        .iter()
        .map(|(recipient, route)| {
            format!(
                "{{\"address\":{},\"steps\":{},\"class\":{},\"transport\":{},\"nexthop\":{},\"recipient\":{}}}",
                quoted(recipient),
                json_steps(&route.steps),
                quoted(class(route.flags)),
                quoted(&route.transport),
                quoted(&route.nexthop),
                quoted(&route.recipient)
            )
        })
        .collect();
    format!(
        "{{\"address\":{},\"steps\":{},\"trouble\":{},\"recipients\":[{}]}}\n",
        quoted(address),
        json_steps(&explained.steps),
        quoted(&explained.trouble),
        routes.join(",")
    )
}

fn json_steps(steps: &str) -> String {
    let steps: Vec<String> = Step::read(steps)
        .iter()
        .map(|step| {
            format!(
                "{{\"rule\":{},\"before\":{},\"table\":{},\"key\":{},\"value\":{},\"after\":{}}}",
                quoted(&step.rule),
                quoted(&step.before),
                quoted(&step.table),
                quoted(&step.key),
                quoted(&step.value),
                quoted(&step.after)
            )
        })
        .collect();
    format!("[{}]", steps.join(","))
}

/// The word for a class, or for what kept an address from having one.
fn class(flags: u32) -> &'static str {
    if flags & flag::FAIL != 0 {
        return "unknown";
    }
    if flags & flag::ERROR != 0 {
        return "malformed";
    }
    match flags & flag::CLASSES {
        flag::LOCAL => "local",
        flag::ALIAS => "virtual alias",
        flag::MAILBOX => "virtual mailbox",
        flag::RELAY => "relay",
        _ => "default",
    }
}

/// A JSON string (RFC 8259 §7).
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            control if u32::from(control) < 0x20 => {
                let _ = write!(json, "\\u{:04x}", u32::from(control));
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_anywhere_and_one_address_is_needed() {
        let asked = Asked::read(&["--json", "joe@b.example", "--sender", "a@b", "-c", "/etc/x"]);
        assert_eq!(
            asked,
            Some(Asked {
                address: "joe@b.example".into(),
                sender: "a@b".into(),
                json: true,
                directory: Some("/etc/x".into()),
            })
        );
        for wrong in [&["--json"][..], &["a", "b"], &["a", "--what"], &["a", "--sender"]] {
            assert_eq!(Asked::read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn json_strings_hold_anything() {
        assert_eq!(quoted("a\"b\\c\nü"), "\"a\\\"b\\\\c\\u000aü\"");
    }
}
