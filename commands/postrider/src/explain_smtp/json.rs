//! The explanation for programs: one JSON object (RFC 8259).

use std::fmt::Write as _;

use super::Explanation;
use super::outcome::outcomes;

/// The object and a line end: `service`, `remarks`, `certain`, `events` (each with its `event` word and facts), and
/// `outcomes`.
pub(crate) fn print(explanation: &Explanation) -> String {
    let mut out = String::from("{\"service\": ");
    string(&mut out, &explanation.service);
    out.push_str(", \"remarks\": ");
    array(&mut out, &explanation.remarks, |out, remark| string(out, remark));
    let _ = write!(out, ", \"certain\": {}", explanation.doubt().is_none());
    out.push_str(", \"events\": ");
    array(&mut out, &explanation.trace.events, |out, event| {
        let word = [("event", event.word())];
        object(out, word.into_iter().chain(event.facts()));
    });
    out.push_str(", \"outcomes\": ");
    array(&mut out, &outcomes(&explanation.trace.events), |out, outcome| {
        let facts = [
            ("stage", outcome.stage.as_str()),
            ("said", &outcome.said),
            ("reply", &outcome.reply),
            ("restriction", &outcome.restriction),
            ("list", &outcome.list),
            ("cause", &outcome.cause),
        ];
        object(out, facts.into_iter());
        // The object stays open for what is not a text.
        out.pop();
        out.push_str(", \"destinations\": ");
        array(out, &outcome.destinations, |out, to| {
            let facts = [
                ("recipient", to.recipient.as_str()),
                ("class", &to.class),
                ("transport", &to.transport),
                ("nexthop", &to.nexthop),
            ];
            object(out, facts.into_iter());
        });
        out.push('}');
    });
    out.push_str("}\n");
    out
}

fn array<T>(out: &mut String, items: &[T], mut put: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (number, item) in items.iter().enumerate() {
        out.push_str(if number > 0 { ", " } else { "" });
        put(out, item);
    }
    out.push(']');
}

fn object<'a>(out: &mut String, facts: impl Iterator<Item = (&'a str, &'a str)>) {
    out.push('{');
    for (number, (name, value)) in facts.enumerate() {
        out.push_str(if number > 0 { ", " } else { "" });
        string(out, name);
        out.push_str(": ");
        string(out, value);
    }
    out.push('}');
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::explain_smtp::{Event, Trace};

    #[test]
    fn events_are_objects_with_their_facts() {
        let explanation = Explanation {
            service: "smtp/inet".to_owned(),
            remarks: vec!["a \"b\"".to_owned()],
            trace: Trace {
                events: vec![
                    Event::Stage {
                        name: "client".into(),
                        said: String::new(),
                    },
                    Event::Reply {
                        text: "220-x\n220 y\t".into(),
                    },
                ],
            },
        };

        let expected = "{\"service\": \"smtp/inet\", \"remarks\": [\"a \\\"b\\\"\"], \"certain\": true, \"events\": \
                        [{\"event\": \"stage\", \"name\": \"client\", \"said\": \"\"}, {\"event\": \"reply\", \"text\": \
                        \"220-x\\n220 y\\u0009\"}], \"outcomes\": [{\"stage\": \"client\", \"said\": \"\", \"reply\": \
                        \"220-x\\n220 y\\u0009\", \"restriction\": \"\", \"list\": \"\", \"cause\": \"\", \"destinations\": []}]}\n";
        assert_eq!(print(&explanation), expected);
    }
}
