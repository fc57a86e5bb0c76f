//! VERP: the recipient coded into the sender, so that a returned message says whom it could not reach.
//!
//! Follows VERP_README.

/// The sender `prefix@origin` for one recipient `user@domain`: `prefix+user=domain@origin` with the delimiters `+=`.
///
/// `None` when there are not two delimiters, or the sender has no domain (the null sender above all). A recipient
/// without a domain is coded without the second delimiter.
#[must_use]
pub fn sender(sender: &str, recipient: &str, delimiters: &str) -> Option<String> {
    let mut delimiters = delimiters.chars();
    let (first, second) = (delimiters.next()?, delimiters.next()?);
    let (prefix, origin) = sender.rsplit_once('@')?;
    let mut coded = String::with_capacity(sender.len() + recipient.len() + 2);
    coded.push_str(prefix);
    coded.push(first);
    match recipient.rsplit_once('@') {
        Some((user, domain)) => {
            coded.push_str(user);
            coded.push(second);
            coded.push_str(domain);
        }
        None => coded.push_str(recipient),
    }
    coded.push('@');
    coded.push_str(origin);
    Some(coded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recipient_is_coded_into_the_sender() {
        let cases = [
            (
                "owner-list@origin.example",
                "user@rcpt.example",
                "+=",
                Some("owner-list+user=rcpt.example@origin.example"),
            ),
            (
                "list-@origin.example",
                "user",
                "-=",
                Some("list--user@origin.example"),
            ),
            ("", "user@rcpt.example", "+=", None),
            ("list@origin.example", "user@rcpt.example", "+", None),
        ];
        for (from, to, delimiters, expected) in cases {
            assert_eq!(sender(from, to, delimiters).as_deref(), expected, "{from} {to}");
        }
    }
}
