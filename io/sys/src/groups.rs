//! Where an expression and its groups matched, whichever way it was searched for.

use std::ops::Range;

/// The places of a match's groups in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups(Vec<Option<Range<usize>>>);

impl Groups {
    /// Of the places in order; the first one is the whole match.
    pub fn new(places: Vec<Option<Range<usize>>>) -> Self {
        Self(places)
    }

    /// The place of group `number`; 0 is the whole match. `None` when it took no part.
    pub fn get(&self, number: usize) -> Option<Range<usize>> {
        self.0.get(number).cloned().flatten()
    }
}
