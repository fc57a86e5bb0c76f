//! The explanation as text, for a terminal.

use std::collections::HashSet;
use std::fmt::Write as _;

use contract::explain_smtp::Event;

use super::Explanation;
use super::outcome::{Outcome, outcomes};

/// The whole text.
pub(crate) fn print(explanation: &Explanation) -> String {
    let mut report = Report::default();
    report.line(&format!(
        "service {}; nothing is sent, counted or logged",
        explanation.service
    ));
    for remark in &explanation.remarks {
        report.line(&format!("while starting: {remark}"));
    }
    for event in &explanation.trace.events {
        report.event(event);
    }
    report.flush_absent();
    report.depth = 0;
    report.line("");
    report.line("what the client would get");
    report.depth = 1;
    for outcome in outcomes(&explanation.trace.events) {
        report.outcome(&outcome);
    }
    if let Some(doubt) = explanation.doubt() {
        report.depth = 0;
        report.line("");
        report.line(&format!("not certain: {doubt}"));
    }
    report.text
}

#[derive(Default)]
struct Report {
    text: String,
    depth: usize,
    /// Keys that one table did not have, one after the other.
    absent: Option<(String, Vec<String>)>,
    /// The value that was found last, which is the action that follows.
    found: String,
    /// Names that DNS could not tell of.
    troubled: HashSet<String>,
    /// Whether each list that is open has a line of its own.
    lists: Vec<bool>,
}

impl Report {
    fn line(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            let indent = if text.is_empty() {
                0
            } else {
                self.depth * 2 + usize::from(number > 0) * 4
            };
            // Writing to a string does not fail.
            let _ = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    fn flush_absent(&mut self) {
        if let Some((table, keys)) = self.absent.take() {
            self.line(&format!("{table}: nothing for {}", keys.join(", ")));
        }
    }

    fn event(&mut self, event: &Event) {
        if let Event::Row {
            table, key, outcome, ..
        } = event
            && outcome == "absent"
        {
            match &mut self.absent {
                Some((last, keys)) if last == table => keys.push(key.clone()),
                _ => {
                    self.flush_absent();
                    self.absent = Some((table.clone(), vec![key.clone()]));
                }
            }
            return;
        }
        self.flush_absent();
        self.structure(event);
    }

    /// What opens and closes a level, and the single steps between.
    fn structure(&mut self, event: &Event) {
        match event {
            Event::Stage { name, said } => {
                self.depth = 0;
                self.line("");
                self.line(format!("{name:<11} {said}").trim_end());
                self.depth = 1;
            }
            Event::Reply { text } if text.is_empty() => {
                self.line("=> (the connection is closed without a reply)")
            }
            Event::Reply { text } => self.line(&format!("=> {text}")),
            Event::List { parameter, subject } => {
                let named = !parameter.is_empty();
                self.lists.push(named);
                if named {
                    self.line(&format!("{parameter}   for {subject}"));
                    self.depth += 1;
                }
            }
            Event::ListEnd {} => {
                if self.lists.pop() == Some(true) {
                    self.depth = self.depth.saturating_sub(1);
                }
            }
            Event::Restriction { text } => {
                self.line(text);
                self.depth += 1;
            }
            Event::Verdict { decision, reply } => {
                let text = match decision.as_str() {
                    "permit" => "-> permit: this list ends here".to_owned(),
                    "refuse" => format!("-> refuse: {reply}"),
                    "hangup" => "-> hang up".to_owned(),
                    _ => "-> no decision".to_owned(),
                };
                self.line(&text);
                self.depth = self.depth.saturating_sub(1);
            }
            other => {
                if let Some(text) = self.step(other) {
                    self.line(&text);
                }
            }
        }
    }

    fn step(&mut self, event: &Event) -> Option<String> {
        Some(match event {
            Event::Rights { user } => format!("asked with the rights of user {user}"),
            Event::Client {
                name,
                address,
                reverse_name,
            } => format!("the client is {name}[{address}]; the name of its address is {reverse_name}"),
            Event::Row { .. } => return self.row(event),
            Event::Member { list, text, pattern } if pattern.is_empty() => {
                format!("{list}: {text} is not in it")
            }
            Event::Member { list, text, pattern } => format!("{list}: {text} matches {pattern}"),
            Event::Action { text, .. } if *text == self.found => {
                self.found.clear();
                return None;
            }
            Event::Action { source, text, .. } => format!("{source} wants: {text}"),
            Event::Dns {
                name,
                kind,
                outcome,
                answer,
            } => {
                let trouble = if outcome == "trouble" {
                    self.troubled.insert(name.clone());
                    "could not tell: "
                } else {
                    ""
                };
                format!("DNS {name} {kind}: {trouble}{answer}")
            }
            Event::Listed { name, addresses } if addresses.is_empty() && self.troubled.contains(name) => {
                format!("DNS list: it could not be told whether {name} is listed; that is passed over")
            }
            Event::Listed { name, addresses } if addresses.is_empty() => {
                format!("DNS list: {name} is not listed")
            }
            Event::Listed { name, addresses } => format!("DNS list: {name} is listed as {addresses}"),
            Event::Route { .. } => return route(event),
            Event::Step { .. } => return step(event),
            Event::Destination {
                recipient,
                class,
                transport,
                nexthop,
            } => format!("goes to {}", whither(recipient, class, transport, nexthop)),
            Event::Held { until, text } => format!("held back ({until}): {text}"),
            Event::Assumed { text } => format!("assumed: {text}"),
            Event::Note { text } => format!("note: {text}"),
            Event::Logged { line } => format!("log: {line}"),
            _ => return None,
        })
    }

    /// A row that was found, or a table that could not tell.
    fn row(&mut self, event: &Event) -> Option<String> {
        let Event::Row {
            table,
            key,
            outcome,
            value,
            place,
        } = event
        else {
            return None;
        };
        if outcome == "trouble" {
            return Some(format!("{table}: could not tell for {key}: {value}"));
        }
        self.found.clone_from(value);
        let place = if place.is_empty() {
            String::new()
        } else {
            format!("   ({place})")
        };
        Some(format!("{table}: {key} has \"{value}\"{place}"))
    }

    fn outcome(&mut self, outcome: &Outcome) {
        // What everybody hears needs no summary.
        if outcome.stage != "recipient" && outcome.is_good() {
            return;
        }
        let said = if outcome.said.is_empty() {
            "(connect)"
        } else {
            &outcome.said
        };
        let reply = if outcome.reply.is_empty() {
            "(hung up)"
        } else {
            &outcome.reply
        };
        self.line(&format!("{said}  {reply}"));
        self.depth += 1;
        if !outcome.restriction.is_empty() {
            let place = if outcome.list.is_empty() {
                String::new()
            } else {
                format!(" in {}", outcome.list)
            };
            self.line(&format!("by {}{place}", outcome.restriction));
            if !outcome.cause.is_empty() {
                self.line(&format!("since {}", outcome.cause));
            }
        }
        for to in &outcome.destinations {
            self.line(&format!(
                "goes to {}",
                whither(&to.recipient, &to.class, &to.transport, &to.nexthop)
            ));
        }
        self.depth -= 1;
    }
}

/// An address and where its mail goes.
fn whither(recipient: &str, class: &str, transport: &str, nexthop: &str) -> String {
    if class.is_empty() {
        return format!("{recipient}: could not tell the route");
    }
    format!("{recipient}: class {class}, transport {transport}, next hop {nexthop}")
}

/// One step of a mapping or of a route.
fn step(event: &Event) -> Option<String> {
    let Event::Step {
        rule,
        before,
        table,
        key,
        value,
        after,
    } = event
    else {
        return None;
    };
    let rule = if rule.is_empty() { "no list" } else { rule };
    Some(match (table.is_empty(), value.is_empty()) {
        (false, _) => format!("{rule}: {table}: {key} has \"{value}\"; {before} becomes {after}"),
        (true, false) => format!("{rule} = {value}"),
        (true, true) if before == after => format!("{rule}: {before} stays"),
        (true, true) => format!("{rule}: {before} becomes {after}"),
    })
}

fn route(event: &Event) -> Option<String> {
    let Event::Route {
        address,
        class,
        transport,
        nexthop,
        recipient,
        ..
    } = event
    else {
        return None;
    };
    if class.is_empty() {
        return Some(format!("route of {address}: could not tell"));
    }
    let rewritten = if recipient == address {
        String::new()
    } else {
        format!(", rewritten to {recipient}")
    };
    Some(format!(
        "route of {address}{rewritten}: class {class}, transport {transport}, next hop {nexthop}"
    ))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use contract::explain_smtp::Trace;

    /// A recipient refused by a restriction class that an access table names.
    pub(crate) fn refused() -> Vec<Event> {
        let text = |text: &str| text.to_owned();
        let row = |key: &str, outcome: &str, value: &str, place: &str| Event::Row {
            table: text("hash:/t"),
            key: text(key),
            outcome: text(outcome),
            value: text(value),
            place: text(place),
        };
        let no = "554 5.7.1 <a@other.example>: Recipient address rejected: Access denied";
        let verdict = |decision: &str, reply: &str| Event::Verdict {
            decision: text(decision),
            reply: text(reply),
        };
        let list = |parameter: &str| Event::List {
            parameter: text(parameter),
            subject: text("a@other.example"),
        };
        vec![
            Event::Stage {
                name: text("recipient"),
                said: text("RCPT TO:<a@other.example>"),
            },
            list("smtpd_recipient_restrictions"),
            Event::Restriction {
                text: text("check_recipient_access hash:/t"),
            },
            row("a@other.example", "absent", "", ""),
            row("other.example", "found", "strict", "/t, line 7"),
            Event::Action {
                source: text("hash:/t"),
                key: text("a@other.example"),
                text: text("strict"),
            },
            list(""),
            Event::Restriction { text: text("strict") },
            list("strict"),
            Event::Restriction { text: text("reject") },
            verdict("refuse", no),
            Event::ListEnd {},
            verdict("refuse", no),
            Event::ListEnd {},
            verdict("refuse", no),
            Event::ListEnd {},
            Event::Reply { text: text(no) },
        ]
    }

    fn explanation(events: Vec<Event>) -> Explanation {
        Explanation {
            service: "smtp/inet, /etc/postfix/master.cf line 12".to_owned(),
            remarks: Vec::new(),
            trace: Trace { events },
        }
    }

    #[test]
    fn a_refusal_is_printed_with_the_row_that_made_it() {
        let expected = "\
service smtp/inet, /etc/postfix/master.cf line 12; nothing is sent, counted or logged

recipient   RCPT TO:<a@other.example>
  smtpd_recipient_restrictions   for a@other.example
    check_recipient_access hash:/t
      hash:/t: nothing for a@other.example
      hash:/t: other.example has \"strict\"   (/t, line 7)
      strict
        strict   for a@other.example
          reject
            -> refuse: 554 5.7.1 <a@other.example>: Recipient address rejected: Access denied
        -> refuse: 554 5.7.1 <a@other.example>: Recipient address rejected: Access denied
      -> refuse: 554 5.7.1 <a@other.example>: Recipient address rejected: Access denied
  => 554 5.7.1 <a@other.example>: Recipient address rejected: Access denied

what the client would get
  RCPT TO:<a@other.example>  554 5.7.1 <a@other.example>: Recipient address rejected: Access denied
    by reject in strict
";
        assert_eq!(print(&explanation(refused())), expected);
    }

    #[test]
    fn what_this_user_could_not_ask_makes_the_answer_doubtful() {
        let events = vec![
            Event::Rights { user: "joe".into() },
            Event::Row {
                table: "hash:/t".into(),
                key: "k".into(),
                outcome: "trouble".into(),
                value: "open /t.lmdb: Permission denied".into(),
                place: String::new(),
            },
        ];

        let text = print(&explanation(events));

        assert!(
            text.contains("hash:/t: could not tell for k: open /t.lmdb: Permission denied\n"),
            "{text}"
        );
        assert!(
            text.contains("\nnot certain: found with the rights of user joe"),
            "{text}"
        );
    }
}
