//! How an address was understood, step by step: what cleanup and trivial-rewrite answer when they are asked to
//! explain themselves.
//!
//! The steps are made by the code that serves mail; nothing is filed, sent or counted by such a question. When a
//! service does not answer, there is no explanation.

use crate::attribute::turn;
use crate::rewrite::Resolved;

turn! {
    /// Asks cleanup what becomes of the address of a recipient before it stands in a queue file.
    pub struct ExplainRecipient answers Explained as "explain_recipient" {
        /// The address as a client gives it, in internal form.
        address: String = "address",
    }
}

turn! {
    /// The steps, and what is left in the end.
    pub struct Explained {
        /// The steps, as [`Step::write`] puts them.
        steps: String = "steps",
        /// The addresses in the queue file (internal form), one in each line.
        recipients: String = "recipients",
        /// Why there was no going on; empty when there was.
        trouble: String = "reason",
    }
}

turn! {
    /// Asks trivial-rewrite for a route and the rows that made it.
    pub struct ExplainRoute answers ExplainedRoute as "explain_route" {
        /// The envelope sender (internal form), for sender-dependent routing.
        sender: String = "sender",
        /// The recipient, in internal form.
        address: String = "address",
    }
}

turn! {
    /// A route, and why.
    pub struct ExplainedRoute {
        /// Bits of [`crate::rewrite::flag`].
        flags: u32 = "flags",
        /// The transport.
        transport: String = "transport",
        /// The next hop.
        nexthop: String = "nexthop",
        /// The recipient to deliver to, in internal form.
        recipient: String = "recipient",
        /// The steps, as [`Step::write`] puts them.
        steps: String = "steps",
    }
}

impl ExplainedRoute {
    /// A route with its steps.
    pub fn new(route: Resolved, steps: &[Step]) -> Self {
        Self {
            flags: route.flags,
            transport: route.transport,
            nexthop: route.nexthop,
            recipient: route.recipient,
            steps: Step::write(steps),
        }
    }
}

/// One thing that was done to an address, or that decided about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The parameter or rule.
    pub rule: String,
    /// The address before.
    pub before: String,
    /// The table of the row, as `type:name`; empty where no table was asked.
    pub table: String,
    /// The key that was found in it.
    pub key: String,
    /// What stands behind the key.
    pub value: String,
    /// What came of it.
    pub after: String,
}

impl Step {
    /// Steps as text: a line for each, fields with tabs between them.
    pub fn write(steps: &[Self]) -> String {
        let mut text = String::new();
        for step in steps {
            let fields = [
                &step.rule,
                &step.before,
                &step.table,
                &step.key,
                &step.value,
                &step.after,
            ];
            let plain = fields.map(|field| field.replace(['\t', '\n'], " "));
            text.push_str(&plain.join("\t"));
            text.push('\n');
        }
        text
    }

    /// Reads what [`Step::write`] wrote; a line with other than six fields is left out.
    pub fn read(text: &str) -> Vec<Self> {
        text.lines()
            .filter_map(|line| {
                let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
                let [rule, before, table, key, value, after] = fields.try_into().ok()?;
                Some(Self {
                    rule,
                    before,
                    table,
                    key,
                    value,
                    after,
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_back_as_they_were_written() {
        let steps = [
            Step {
                rule: "canonical_maps".into(),
                before: "a@b".into(),
                table: "inline:{a=b}".into(),
                key: "a@b".into(),
                value: "c@d".into(),
                after: "c@d".into(),
            },
            Step::default(),
        ];

        assert_eq!(Step::read(&Step::write(&steps)), steps);
        assert_eq!(Step::read("too\tfew\n"), []);
    }
}
