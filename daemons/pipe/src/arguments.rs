//! The command's arguments for one message: `${recipient}` and its like replaced.
//!
//! An argument that names something of the recipient becomes one argument for each recipient. Values are put in as
//! they are, never expanded again, and no shell sees them.

use crate::settings::Flags;
use config::expand::{ExpandError, Names, Rules, expand, for_each_name};
use contract::deliver::Envelope;
use mail::{Recipient, SplitRules, quote_local822};
use std::borrow::Cow;
use std::cell::RefCell;

/// Why arguments could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ArgumentError {
    /// A name that pipe does not know.
    UnknownName(String),
    /// Not an expression.
    Expression(ExpandError),
}

/// What is known of one message.
pub(crate) struct Facts<'a> {
    pub(crate) envelope: &'a Envelope,
    /// The sender as the command gets it.
    pub(crate) sender: &'a str,
    pub(crate) recipients: &'a [Recipient],
    pub(crate) flags: Flags,
    pub(crate) split: &'a SplitRules,
}

const OF_RECIPIENT: [&str; 6] = [
    "recipient",
    "original_recipient",
    "user",
    "extension",
    "mailbox",
    "domain",
];

impl Facts<'_> {
    /// Replaces the names in all words of the command.
    pub(crate) fn arguments(&self, command: &[String]) -> Result<Vec<String>, ArgumentError> {
        let mut arguments = Vec::with_capacity(command.len() + self.recipients.len());
        for word in command {
            let mut repeats = false;
            for_each_name(word, &mut |name| repeats |= OF_RECIPIENT.contains(&name));
            if repeats {
                for recipient in self.recipients {
                    arguments.push(self.argument(word, Some(recipient))?);
                }
            } else {
                arguments.push(self.argument(word, None)?);
            }
        }
        Ok(arguments)
    }

    fn argument(&self, word: &str, recipient: Option<&Recipient>) -> Result<String, ArgumentError> {
        let lookup = Lookup {
            facts: self,
            recipient,
            unknown: RefCell::new(None),
        };
        let expanded = expand(word, &lookup, Rules::default()).map_err(ArgumentError::Expression)?;
        match lookup.unknown.take() {
            Some(name) => Err(ArgumentError::UnknownName(name)),
            None => Ok(expanded.text.into_owned()),
        }
    }

    fn of_message(&self, name: &str) -> Option<Cow<'_, str>> {
        let envelope = self.envelope;
        Some(Cow::Borrowed(match name {
            "sender" => return Some(self.quoted_sender()),
            "nexthop" if self.flags.fold_domain => return Some(mail::address::fold(&envelope.nexthop)),
            "nexthop" => &envelope.nexthop,
            "size" => return Some(envelope.data_size.to_string().into()),
            "client_address" => &envelope.client_address,
            "client_hostname" => &envelope.client_name,
            "client_port" => &envelope.client_port,
            "client_protocol" => &envelope.protocol_name,
            "client_helo" => &envelope.helo_name,
            "sasl_method" => &envelope.sasl_method,
            "sasl_username" => &envelope.sasl_username,
            "sasl_sender" => &envelope.sasl_sender,
            "queue_id" => &envelope.queue_id,
            "envid" => &envelope.envelope_id,
            _ => return None,
        }))
    }

    fn quoted_sender(&self) -> Cow<'_, str> {
        if self.flags.quote_local {
            quote_local822(self.sender)
        } else {
            Cow::Borrowed(self.sender)
        }
    }

    fn of_recipient(&self, name: &str, recipient: &Recipient) -> Option<String> {
        match name {
            "recipient" => return Some(self.whole(&recipient.address)),
            "original_recipient" => return Some(self.whole(&recipient.original)),
            _ => {}
        }
        let address = self.folded(&recipient.address);
        let parts = self.split.split_address(&address);
        let text = match name {
            "user" => parts.user,
            "extension" => parts.extension.unwrap_or(""),
            "mailbox" => mail::address::local_part(&address),
            "domain" => parts.domain.unwrap_or(""),
            _ => return None,
        };
        Some(text.to_owned())
    }

    fn whole(&self, address: &str) -> String {
        if self.flags.quote_local {
            self.folded(&quote_local822(address)).into_owned()
        } else {
            self.folded(address).into_owned()
        }
    }

    fn folded<'a>(&self, address: &'a str) -> Cow<'a, str> {
        use mail::address::fold;
        match (
            self.flags.fold_user,
            self.flags.fold_domain,
            mail::address::split_at_domain(address),
        ) {
            (false, false, _) | (false, true, (_, None)) => Cow::Borrowed(address),
            (true, true, _) | (true, false, (_, None)) => fold(address),
            (true, false, (local, Some(domain))) => format!("{}@{domain}", fold(local)).into(),
            (false, true, (local, Some(domain))) => format!("{local}@{}", fold(domain)).into(),
        }
    }
}

struct Lookup<'a> {
    facts: &'a Facts<'a>,
    recipient: Option<&'a Recipient>,
    unknown: RefCell<Option<String>>,
}

impl Names for Lookup<'_> {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        let found = self.facts.of_message(name).or_else(|| {
            let recipient = self.recipient?;
            self.facts.of_recipient(name, recipient).map(Cow::Owned)
        });
        if found.is_none() {
            self.unknown.replace(Some(name.to_owned()));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(command: &[&str], addresses: &[&str], flags: Flags) -> Result<Vec<String>, ArgumentError> {
        let envelope = Envelope {
            nexthop: "Example.COM".into(),
            data_size: 77,
            ..Envelope::default()
        };
        let recipients: Vec<_> = addresses.iter().map(|address| Recipient::new(*address)).collect();
        let split = SplitRules {
            delimiters: "+".into(),
            ..SplitRules::default()
        };
        let facts = Facts {
            envelope: &envelope,
            sender: "a b@x",
            recipients: &recipients,
            flags,
            split: &split,
        };
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        facts.arguments(&command)
    }

    #[test]
    fn an_argument_with_a_recipient_is_repeated_for_each() {
        let words = [
            "deliver",
            "-f",
            "$sender",
            "--to=${recipient}",
            "$nexthop",
            "$size",
        ];
        let flags = Flags {
            fold_domain: true,
            ..Flags::default()
        };
        let made = arguments(&words, &["Fred@Example.COM", "jane@Example.org"], flags).unwrap();
        let expected = [
            "deliver",
            "-f",
            "a b@x",
            "--to=Fred@example.com",
            "--to=jane@example.org",
            "example.com",
            "77",
        ];
        assert_eq!(made, expected);
    }

    #[test]
    fn the_parts_of_a_recipient_are_taken_apart() {
        let words = ["${user}", "${extension}", "${mailbox}", "${domain}"];
        let made = arguments(&words, &["Fred+Ext@Example.COM"], Flags::default()).unwrap();
        assert_eq!(made, ["Fred", "Ext", "Fred+Ext", "Example.COM"]);
        let flags = Flags {
            fold_user: true,
            fold_domain: true,
            ..Flags::default()
        };
        let made = arguments(&words, &["Fred@Example.COM"], flags).unwrap();
        assert_eq!(made, ["fred", "", "fred", "example.com"]);
    }

    #[test]
    fn quoting_and_dollar_signs_in_addresses_are_left_to_the_flags() {
        let flags = Flags {
            quote_local: true,
            ..Flags::default()
        };
        let made = arguments(&["$sender", "$recipient"], &["$user@x", "a b@x"], flags).unwrap();
        assert_eq!(made, ["\"a b\"@x", "$user@x", "\"a b\"@x"]);
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        let error = arguments(&["${colour}"], &["a@x"], Flags::default()).unwrap_err();
        assert_eq!(error, ArgumentError::UnknownName("colour".into()));
    }
}
