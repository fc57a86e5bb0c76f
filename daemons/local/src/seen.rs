//! What was done for one recipient already, so that nothing is done twice however lists and aliases overlap.

use std::cell::RefCell;
use std::collections::HashSet;

/// The duplicate filter of one recipient.
#[derive(Debug)]
pub(crate) struct Seen {
    texts: RefCell<HashSet<String>>,
    limit: usize,
}

impl Seen {
    /// A filter that remembers `limit` things at most; 0 for any number (`duplicate_filter_limit`).
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            texts: RefCell::default(),
            limit,
        }
    }

    /// Remembers a thing; true when it was not known before. Letter case makes no difference.
    pub(crate) fn is_new(&self, thing: &str) -> bool {
        let mut texts = self.texts.borrow_mut();
        let thing = mail::address::fold(thing);
        if texts.contains(thing.as_ref()) {
            return false;
        }
        if self.limit == 0 || texts.len() < self.limit {
            texts.insert(thing.into_owned());
        }
        true
    }

    /// Whether a thing is known; it is not remembered.
    pub(crate) fn knows(&self, thing: &str) -> bool {
        self.texts.borrow().contains(mail::address::fold(thing).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_new_once_in_any_case_until_the_filter_is_full() {
        let seen = Seen::new(1);
        assert!(seen.is_new("mailbox Fred"));
        assert!(!seen.is_new("MAILBOX fred"));
        assert!(seen.knows("mailbox FRED"));
        assert!(seen.is_new("mailbox jane"));
        assert!(seen.is_new("mailbox jane"));
    }
}
