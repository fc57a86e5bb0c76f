//! The listing for programs: one JSON object (RFC 8259) for each message, one line each.

use crate::{Writer, listing::Listing};
use command::Failure;
use contract::showq::{Entry, Recipient};
use std::fmt::Write as _;
use std::io::Write;

/// Prints the whole listing.
pub(crate) fn print<W: Write>(listing: &mut Listing, out: &mut Writer<W>) -> Result<(), Failure> {
    while let Some((entry, recipients)) = listing.next()? {
        let line = object(&entry, &recipients);
        out.write(|out| out.write_all(line.as_bytes()))?;
    }
    Ok(())
}

fn object(entry: &Entry, recipients: &[Recipient]) -> String {
    let mut line = String::with_capacity(300 + 100 * recipients.len());
    text(&mut line, "{", "queue_name", &entry.queue_name);
    text(&mut line, ", ", "queue_id", &entry.queue_id);
    // Writing to a string does not fail.
    let _ = write!(
        line,
        ", \"arrival_time\": {}, \"message_size\": {}, \"forced_expire\": {}",
        entry.time, entry.size, entry.forced_expire
    );
    text(&mut line, ", ", "sender", &entry.sender);
    line.push_str(", \"recipients\": [");
    for (index, recipient) in recipients.iter().enumerate() {
        let mut before = if index == 0 { "{" } else { ", {" };
        if let Some(original) = &recipient.original {
            text(&mut line, before, "orig_address", original);
            before = ", ";
        }
        text(&mut line, before, "address", &recipient.address);
        if !recipient.reason.is_empty() {
            let name = match recipient.log_class.as_deref() {
                // A showq that does not say which knows reasons for delay only.
                None | Some("defer") => "delay_reason",
                Some("bounce") => "bounce_reason",
                Some(_) => "other_reason",
            };
            text(&mut line, ", ", name, &recipient.reason);
        }
        line.push('}');
    }
    line.push_str("]}\n");
    line
}

fn text(line: &mut String, before: &str, name: &str, value: &str) {
    line.push_str(before);
    line.push('"');
    line.push_str(name);
    line.push_str("\": \"");
    for c in value.chars() {
        match c {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{8}' => line.push_str("\\b"),
            '\u{c}' => line.push_str("\\f"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
            // What came as other than UTF-8 was replaced on reading; outside programs know a question mark.
            '\u{fffd}' => line.push('?'),
            c if c.is_ascii_control() => {
                let _ = write!(line, "\\u{:04X}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_their_order() {
        let entry = Entry {
            queue_name: "deferred".into(),
            queue_id: "A1".into(),
            time: 7,
            size: 9,
            forced_expire: false,
            sender: "\"q\\q\"@x\u{1}".into(),
        };
        let old = Recipient {
            address: "a@b".into(),
            reason: "no".into(),
            ..Recipient::default()
        };
        let new = Recipient {
            original: Some("o@b".into()),
            log_class: Some("bounce".into()),
            ..old.clone()
        };

        assert_eq!(
            object(&entry, &[old, new]),
            "{\"queue_name\": \"deferred\", \"queue_id\": \"A1\", \"arrival_time\": 7, \"message_size\": 9, \
             \"forced_expire\": false, \"sender\": \"\\\"q\\\\q\\\"@x\\u0001\", \"recipients\": \
             [{\"address\": \"a@b\", \"delay_reason\": \"no\"}, \
             {\"orig_address\": \"o@b\", \"address\": \"a@b\", \"bounce_reason\": \"no\"}]}\n"
        );
    }
}
