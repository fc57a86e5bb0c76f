//! Which recipients a message has already: `duplicate_filter_limit`.

use std::collections::HashSet;

/// The recipients seen so far, letter case aside.
#[derive(Debug)]
pub(crate) struct Duplicates {
    seen: HashSet<String>,
    limit: usize,
}

impl Duplicates {
    /// Remembers up to `limit` recipients; 0 means all.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            seen: HashSet::new(),
            limit,
        }
    }

    /// Whether it was seen before. Beyond the limit nothing is remembered, and so nothing new is dropped.
    pub(crate) fn is_repeated(&mut self, key: &str) -> bool {
        let key = mail::address::fold(key);
        if self.seen.contains(&*key) {
            return true;
        }
        if self.limit == 0 || self.seen.len() < self.limit {
            self.seen.insert(key.into_owned());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_recipient_is_known_in_any_letter_case() {
        let mut seen = Duplicates::new(2);
        let answers = ["a@x", "A@X", "b@x", "c@x", "c@x"].map(|key| seen.is_repeated(key));
        assert_eq!(answers, [false, true, false, false, false]);
    }
}
