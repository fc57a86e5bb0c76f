//! What it comes to: the reply to each command, who gave it, and where the mail would go.

use contract::explain_smtp::Event;

/// The end of one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// `client`, `helo`, `recipient` …
    pub(crate) stage: String,
    /// The command; empty at connect.
    pub(crate) said: String,
    /// The reply; empty when the server hangs up without one.
    pub(crate) reply: String,
    /// The restriction that refused, and the list in which it stands; empty for none.
    pub(crate) restriction: String,
    pub(crate) list: String,
    /// The row or the entry that made it refuse, and where that stands; empty for none.
    pub(crate) cause: String,
    /// Of an accepted recipient: where its mail goes.
    pub(crate) destinations: Vec<Destination>,
}

/// Where mail for a recipient goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Destination {
    /// The address after all mappings.
    pub(crate) recipient: String,
    /// The address class; empty when nobody could say.
    pub(crate) class: String,
    pub(crate) transport: String,
    pub(crate) nexthop: String,
}

impl Outcome {
    /// Whether the client was let pass.
    pub(crate) fn is_good(&self) -> bool {
        self.reply.starts_with(['2', '3'])
    }
}

/// The ends of all stages, in order.
pub(crate) fn outcomes(events: &[Event]) -> Vec<Outcome> {
    let mut all: Vec<Outcome> = Vec::new();
    let (mut lists, mut restrictions): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    // What was found last for the restriction that is asked now.
    let mut found = String::new();
    for event in events {
        match event {
            Event::Stage { name, said } => {
                all.push(Outcome {
                    stage: name.clone(),
                    said: said.clone(),
                    ..Outcome::default()
                });
            }
            Event::List { parameter, .. } => lists.push(parameter),
            Event::ListEnd {} => {
                lists.pop();
            }
            Event::Restriction { text } => {
                restrictions.push(text);
                found.clear();
            }
            Event::Row { .. } | Event::Listed { .. } => {
                if let Some(cause) = cause(event) {
                    found = cause;
                }
            }
            Event::Verdict { decision, .. } => {
                let text = restrictions.pop().unwrap_or_default();
                let refused = decision == "refuse" || decision == "hangup";
                // The innermost one comes first, and is the one that said it.
                if let Some(last) = all
                    .last_mut()
                    .filter(|last| refused && last.restriction.is_empty())
                {
                    text.clone_into(&mut last.restriction);
                    last.cause = std::mem::take(&mut found);
                    lists
                        .iter()
                        .rfind(|list| !list.is_empty())
                        .copied()
                        .unwrap_or_default()
                        .clone_into(&mut last.list);
                }
            }
            Event::Destination {
                recipient,
                class,
                transport,
                nexthop,
            } => {
                if let Some(last) = all.last_mut() {
                    last.destinations.push(Destination {
                        recipient: recipient.clone(),
                        class: class.clone(),
                        transport: transport.clone(),
                        nexthop: nexthop.clone(),
                    });
                }
            }
            Event::Reply { text } => {
                if let Some(last) = all.last_mut() {
                    last.reply.clone_from(text);
                }
            }
            _ => {}
        }
    }
    all
}

/// What a row that was found, or an entry in a DNS list, says.
fn cause(event: &Event) -> Option<String> {
    match event {
        Event::Row {
            key,
            outcome,
            value,
            place,
            ..
        } if outcome == "found" => {
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" ({place})")
            };
            Some(format!("{key} has \"{value}\"{place}"))
        }
        Event::Listed { name, addresses } if !addresses.is_empty() => {
            Some(format!("{name} is listed as {addresses}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain_smtp::report::tests::refused;

    #[test]
    fn the_row_that_made_it_refuse_is_told_with_its_place() {
        let text = |text: &str| text.to_owned();
        let events = [
            Event::Stage {
                name: text("client"),
                said: String::new(),
            },
            Event::Restriction {
                text: text("check_client_access hash:/t"),
            },
            Event::Row {
                table: text("hash:/t"),
                key: text("192.0.2"),
                outcome: text("found"),
                value: text("REJECT"),
                place: text("/t, line 2"),
            },
            Event::Verdict {
                decision: text("refuse"),
                reply: text("554 no"),
            },
        ];

        let outcomes = outcomes(&events);
        assert_eq!(outcomes[0].cause, "192.0.2 has \"REJECT\" (/t, line 2)");
    }

    #[test]
    fn a_refusal_is_that_of_the_innermost_restriction() {
        let outcomes = outcomes(&refused());

        let last = outcomes.last().unwrap();
        assert_eq!(last.said, "RCPT TO:<a@other.example>");
        assert_eq!(
            (last.restriction.as_str(), last.list.as_str()),
            ("reject", "strict")
        );
        assert!(!last.is_good() && last.destinations.is_empty());
    }
}
