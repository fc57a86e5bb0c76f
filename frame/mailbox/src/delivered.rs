//! `Delivered-To:` lines that a message already has: how a delivery agent sees that mail goes round in a circle.

use std::collections::HashSet;

use mail::quote_local822;
use queue::{Content, QueueError};

/// More such lines than these are not looked at.
const LINES: usize = 1000;
const NAME: &[u8] = b"delivered-to:";

/// The addresses a message was delivered to before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveredTo(HashSet<String>);

impl DeliveredTo {
    /// Reads the header of a message.
    ///
    /// # Errors
    /// [`QueueError`]: it is not known where the message has been.
    pub fn read(mut content: Content<'_>) -> Result<Self, QueueError> {
        let mut found = HashSet::new();
        let mut starts = true;
        while found.len() < LINES {
            let Some(line) = content.next_line()? else { break };
            let begins = starts;
            starts = line.ends;
            if !begins || line.bytes.first().is_some_and(u8::is_ascii_whitespace) {
                continue;
            }
            if !is_header(line.bytes) {
                break;
            }
            let Some((name, value)) = line.bytes.split_at_checked(NAME.len()) else {
                continue;
            };
            if name.eq_ignore_ascii_case(NAME) {
                let value = String::from_utf8_lossy(value.trim_ascii());
                found.insert(mail::address::fold(&value).into_owned());
            }
        }
        Ok(Self(found))
    }

    /// Whether the message was delivered to `address` (internal form) before.
    pub fn contains(&self, address: &str) -> bool {
        // Forwarded mail has the address without quotes.
        let has = |text: &str| self.0.contains(mail::address::fold(text).as_ref());
        !self.0.is_empty() && (has(&quote_local822(address)) || has(address))
    }
}

/// A field name and a colon.
fn is_header(line: &[u8]) -> bool {
    let name = line.iter().position(|octet| *octet == b':');
    let name = name
        .and_then(|end| line.get(..end))
        .unwrap_or_default()
        .trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::tests::queue_file;
    use record::Kind;

    fn read(lines: &[&str]) -> DeliveredTo {
        let records: Vec<_> = lines.iter().map(|line| (Kind::LINE, *line)).collect();
        let file = queue_file("delivered", &records, true);
        DeliveredTo::read(Content::at(&file, 9, 1 << 16)).unwrap()
    }

    #[test]
    fn addresses_of_the_header_are_found_in_any_case() {
        let delivered = read(&[
            "Received: from x",
            "\tby y",
            "Delivered-To: Fred@Example.com",
            "delivered-to: \"a b\"@example.com",
            "",
            "Delivered-To: body@example.com",
        ]);
        assert!(delivered.contains("fred@example.COM"));
        assert!(delivered.contains("a b@example.com"));
        assert!(!delivered.contains("body@example.com"));
        assert!(!delivered.contains("other@example.com"));
    }
}
