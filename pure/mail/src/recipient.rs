//! One recipient of a message, as queue files and delivery requests know it.

use crate::Notify;

/// One recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// Where the mail goes, in internal form.
    pub address: String,
    /// The address before aliases and rewriting, in internal form; empty when unknown.
    pub original: String,
    /// `type;address` of RFC 3461 §4.2, decoded; empty when unknown.
    pub orcpt: String,
    /// When the sender wants to hear about it.
    pub notify: Notify,
    /// Offset in octets of its record's type byte in the queue file; 0 when it has none.
    pub offset: u64,
}

impl Recipient {
    /// A recipient that has nothing but an address.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            ..Self::default()
        }
    }

    /// The original address where it is known and another than the present one, as in `orig_to=`.
    /// Letter case makes no difference.
    #[must_use]
    pub fn original_if_other(&self) -> Option<&str> {
        let other = !self.original.is_empty() && !same_but_for_case(&self.original, &self.address);
        other.then_some(self.original.as_str())
    }
}

fn same_but_for_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && one.to_lowercase() == other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_letter_case_is_not_another_original() {
        let mut recipient = Recipient::new("fred@Example.com");
        for (original, other) in [("", None), ("Fred@example.com", None), ("bob@x", Some("bob@x"))] {
            recipient.original = original.to_owned();
            assert_eq!(recipient.original_if_other(), other);
        }
    }
}
