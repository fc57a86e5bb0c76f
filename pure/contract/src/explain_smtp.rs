//! A dry run of an SMTP session: `postrider explain smtp` asks, `smtpd -X` answers on standard input.
//!
//! The question is one message, and so is the answer: a list of [`Event`]s in the order in which things happened. They
//! nest by pairs, [`Event::List`] to [`Event::ListEnd`] and [`Event::Restriction`] to [`Event::Verdict`]. Without an
//! answer nothing is known; what the server said on standard error tells why.

use crate::attribute::{Attributes, DecodeError, Message, put, turn};

/// Octets an answer may have.
pub const ANSWER_LIMIT: usize = crate::attribute::MESSAGE_LIMIT_OCTETS;
/// Recipients a question may have.
pub const RECIPIENT_LIMIT: usize = 1000;

turn! {
    /// The session that is imagined.
    pub struct Question answers Trace as "explain_smtp" {
        /// The client's address.
        client: String = "client_address",
        /// The client's verified name; `None` to find it as the server does.
        name: Option<String> = "client_name",
        /// The client's name, verified or not; `None` to find it as the server does, or to take `name`.
        reverse_name: Option<String> = "reverse_client_name",
        /// The client's port.
        port: u16 = "client_port",
        /// The name in EHLO.
        helo: String = "helo_name",
        /// The address in MAIL FROM, in external form, without brackets.
        sender: String = "sender",
        /// The addresses in RCPT TO, in external form and without brackets, one in each line.
        recipients: String = "recipients",
        /// The user who has logged in.
        login: Option<String> = "sasl_username",
        /// The size announced in MAIL FROM, in octets.
        size: Option<String> = "size",
        /// Whether policy servers are asked; they may remember it.
        asks_policy: bool = "ask_policy",
    }
}

/// The attribute that begins each event.
const EVENT: &str = "event";

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident as $word:literal { $($(#[$field_doc:meta])* $field:ident,)* })*) => {
        /// Something that happened in the dry run.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $name { $($(#[$field_doc])* $field: String,)* },)* }

        impl Event {
            /// What kind of event it is, in one word.
            pub fn word(&self) -> &'static str {
                match self { $(Self::$name { .. } => $word,)* }
            }

            /// Its facts by name, in order.
            pub fn facts(&self) -> Vec<(&'static str, &str)> {
                match self { $(Self::$name { $($field,)* } => vec![$((stringify!($field), $field.as_str()),)*],)* }
            }

            fn take(group: &Attributes<'_>) -> Option<Self> {
                let fact = |name: &str| group.text(name).unwrap_or_default().into_owned();
                // A kind that has no facts asks for none.
                let _ = &fact;
                match group.text(EVENT)?.as_ref() {
                    $($word => Some(Self::$name { $($field: fact(stringify!($field)),)* }),)*
                    _ => None,
                }
            }
        }
    };
}

events! {
    /// Whose rights the answer was found with, when these are not the service's own.
    Rights as "rights" {
        /// The user.
        user,
    }
    /// The client says something, or connects.
    Stage as "stage" {
        /// `client`, `helo`, `sender`, `recipient`, `data`, `end-of-data` or `quit`.
        name,
        /// The command line; empty at connect.
        said,
    }
    /// The server answers it.
    Reply as "reply" {
        /// The reply with line feeds between its lines; empty when the server hangs up without a word.
        text,
    }
    /// Who the client is taken for.
    Client as "client" {
        /// The verified name, or `unknown`.
        name,
        /// The address.
        address,
        /// The name by the reverse tree, or `unknown`.
        reverse_name,
    }
    /// A restriction list begins.
    List as "list" {
        /// The parameter, or the name of the restriction class; empty for restrictions that an access table gives.
        parameter,
        /// What is judged.
        subject,
    }
    /// The list has ended.
    ListEnd as "list_end" {}
    /// A restriction is asked.
    Restriction as "restriction" {
        /// As written in the list, with its argument.
        text,
    }
    /// What the restriction, begun last, has decided.
    Verdict as "verdict" {
        /// `none`, `permit`, `refuse` or `hangup`.
        decision,
        /// The reply of a refusal.
        reply,
    }
    /// A table was searched.
    Row as "row" {
        /// `type:name`.
        table,
        /// The key.
        key,
        /// `found`, `absent` or `trouble`.
        outcome,
        /// What stands behind the key, or what the trouble is.
        value,
        /// `file, line n` of the row, where that is known.
        place,
    }
    /// A list of names or addresses was searched.
    Member as "member" {
        /// The parameter.
        list,
        /// What was looked for.
        text,
        /// The item that matched; empty when none did.
        pattern,
    }
    /// What a table or a policy server wants done is done.
    Action as "action" {
        /// `type:name`, or the policy server.
        source,
        /// The key that was found.
        key,
        /// The action.
        text,
    }
    /// The DNS, or the hosts file, was asked.
    Dns as "dns" {
        /// The name.
        name,
        /// The record type, or `hosts`.
        kind,
        /// `found`, `absent` or `trouble`.
        outcome,
        /// The records, or why there are none.
        answer,
    }
    /// What a DNS list says of a name; asked before, perhaps, by the same client.
    Listed as "listed" {
        /// The name that was asked for.
        name,
        /// The addresses that stand for an entry; empty when there is none, or when nobody could say.
        addresses,
    }
    /// It was asked where mail for an address goes.
    Route as "route" {
        /// The address that was asked for.
        address,
        /// The sender for which it was asked.
        sender,
        /// `local`, `virtual alias`, `virtual mailbox`, `relay` or `default`; empty when nobody could say.
        class,
        /// The transport.
        transport,
        /// The next hop.
        nexthop,
        /// The address after rewriting.
        recipient,
    }
    /// An accepted recipient is mapped, or its route is decided: a step of those who do that with a message.
    Step as "step" {
        /// The parameter or rule.
        rule,
        /// The address before.
        before,
        /// The table of the row, as `type:name`; empty where no table was asked.
        table,
        /// The key that was found in it.
        key,
        /// What stands behind the key.
        value,
        /// What came of it.
        after,
    }
    /// Where mail for an accepted recipient goes in the end; there may be several of these, or none.
    Destination as "destination" {
        /// The address after all mappings.
        recipient,
        /// As in [`Event::Route`]; empty when nobody could say.
        class,
        /// The transport.
        transport,
        /// The next hop.
        nexthop,
    }
    /// A refusal is held back until the decision would be another one.
    Held as "held" {
        /// `defer_if_permit` or `defer_if_reject`.
        until,
        /// The text of the deferral.
        text,
    }
    /// Something was not done, since this is a dry run, and taken to come out in this way.
    Assumed as "assumed" {
        /// What, and how it was taken.
        text,
    }
    /// Something that is worth knowing.
    Note as "note" {
        /// What.
        text,
    }
    /// A line that the server would log.
    Logged as "logged" {
        /// Its text.
        line,
    }
}

/// The answer: what happened, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The events.
    pub events: Vec<Event>,
}

impl Message for Trace {
    fn put(&self, out: &mut Vec<u8>) {
        for event in &self.events {
            put(out, EVENT, event.word().as_bytes());
            for (name, value) in event.facts() {
                put(out, name, value.as_bytes());
            }
        }
    }

    /// Events of kinds that are not known here are left out.
    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        let events = attributes.groups(EVENT).iter().filter_map(Event::take).collect();
        Ok(Self { events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{encode, encode_request};

    #[test]
    fn a_trace_comes_back_as_it_was_sent_without_events_of_later_releases() {
        let trace = Trace {
            events: vec![
                Event::Stage {
                    name: "sender".into(),
                    said: "MAIL FROM:<>".into(),
                },
                Event::ListEnd {},
                Event::Reply {
                    text: "250 2.1.0 Ok".into(),
                },
            ],
        };
        let mut octets = Vec::new();
        put(&mut octets, EVENT, b"weather");
        put(&mut octets, "text", b"rain");
        encode(&trace, &mut octets);

        assert_eq!(Trace::take(&Attributes::parse(&octets).unwrap()), Ok(trace));
    }

    #[test]
    fn what_is_not_said_of_a_client_stays_unsaid() {
        let question = Question {
            client: "192.0.2.1".into(),
            recipients: "a@b\nc@d".into(),
            ..Question::default()
        };
        let mut octets = Vec::new();
        encode_request(&question, &mut octets);

        assert_eq!(Question::take(&Attributes::parse(&octets).unwrap()), Ok(question));
    }
}
