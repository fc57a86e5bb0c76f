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
            Event::Restriction { text } => restrictions.push(text),
            Event::Verdict { decision, .. } => {
                let text = restrictions.pop().unwrap_or_default();
                let refused = decision == "refuse" || decision == "hangup";
                // The innermost one comes first, and is the one that said it.
                if let Some(last) = all
                    .last_mut()
                    .filter(|last| refused && last.restriction.is_empty())
                {
                    text.clone_into(&mut last.restriction);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain_smtp::report::tests::refused;

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
