//! First-match rules over addresses as a sorted list of intervals: what the rules say one by one, they say here at once.
//!
//! The rules are gone through once, in order, with the set of addresses that no rule has decided on yet. A rule takes its
//! addresses out of the set; `if` lends a part of the set to the rules inside, and gets back what they leave.

use std::collections::BTreeMap;

use crate::file::rules::{Action, Rule};

/// Which rule decides on an address.
pub(crate) struct Intervals {
    /// First and last address, and the rule; in order, none over another.
    decided: Vec<(u128, u128, usize)>,
}

/// What a pattern matches: the addresses of an interval, all others, or none of this family.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    Inside(u128, u128),
    Outside(u128, u128),
    Nothing,
}

/// Addresses that are still undecided, as first and last of each interval.
#[derive(Default)]
struct Set(BTreeMap<u128, u128>);

/// How many intervals are moved between sets before the attempt is given up: rules that nest in an evil way.
const MOST_MOVES: usize = 50_000_000;

impl Set {
    fn all() -> Self {
        Self(BTreeMap::from([(0, u128::MAX)]))
    }

    /// Takes out what lies between `first` and `last`.
    fn take(&mut self, first: u128, last: u128) -> Self {
        self.cut(first);
        if let Some(after) = last.checked_add(1) {
            self.cut(after);
        }
        // One by one: dividing the tree counts all of it.
        let taken: BTreeMap<u128, u128> = self
            .0
            .range(first..=last)
            .map(|(from, to)| (*from, *to))
            .collect();
        for from in taken.keys() {
            self.0.remove(from);
        }
        Self(taken)
    }

    /// Makes an interval begin at `at` when one goes over it.
    fn cut(&mut self, at: u128) {
        let Some(before) = at.checked_sub(1) else { return };
        let over = self.0.range(..=before).next_back();
        if let Some((first, last)) = over.map(|(first, last)| (*first, *last))
            && last >= at
        {
            self.0.insert(first, before);
            self.0.insert(at, last);
        }
    }

    fn give(&mut self, other: Self) -> usize {
        let (mut small, mut large) = (other.0, std::mem::take(&mut self.0));
        if small.len() > large.len() {
            std::mem::swap(&mut small, &mut large);
        }
        let moved = small.len();
        large.extend(small);
        self.0 = large;
        moved
    }
}

struct Build<'a, P, V, F> {
    rules: &'a [Rule<P, V>],
    reach: F,
    decided: Vec<(u128, u128, usize)>,
    moves: usize,
}

impl<P, V, F: Fn(&P) -> Reach> Build<'_, P, V, F> {
    /// Goes through the rules from `from` to before `to`; returns what they leave undecided.
    fn go(&mut self, from: usize, to: usize, mut open: Set) -> Option<Set> {
        let mut index = from;
        while index < to && !open.0.is_empty() {
            let rule = self.rules.get(index)?;
            let (mut matched, rest) = match (self.reach)(&rule.pattern) {
                Reach::Inside(first, last) => {
                    let inside = open.take(first, last);
                    (inside, open)
                }
                Reach::Outside(first, last) => {
                    let inside = open.take(first, last);
                    (open, inside)
                }
                Reach::Nothing => (Set::default(), open),
            };
            open = rest;
            // The smaller part is what was moved.
            self.moves += 1 + matched.0.len().min(open.0.len());
            match &rule.action {
                Action::Value(_) => {
                    let decided = matched.0.into_iter().map(|(first, last)| (first, last, index));
                    self.decided.extend(decided);
                    index += 1;
                }
                Action::Enter { otherwise } => {
                    let end = (*otherwise).min(to);
                    matched = self.go(index + 1, end, matched)?;
                    self.moves += open.give(matched);
                    index = end;
                }
            }
            if self.moves > MOST_MOVES {
                return None;
            }
        }
        Some(open)
    }
}

impl Intervals {
    /// The intervals of `rules`, where `reach` tells what a pattern matches. `None` for rules that would take too long.
    pub(crate) fn of<P, V>(rules: &[Rule<P, V>], reach: impl Fn(&P) -> Reach) -> Option<Self> {
        let mut build = Build {
            rules,
            reach,
            decided: Vec::new(),
            moves: 0,
        };
        build.go(0, rules.len(), Set::all())?;
        let mut decided = build.decided;
        decided.sort_unstable();
        Some(Self { decided })
    }

    /// The rule that decides on `address`.
    pub(crate) fn find(&self, address: u128) -> Option<usize> {
        let next = self.decided.partition_point(|(first, ..)| *first <= address);
        let (_, last, rule) = self.decided.get(next.checked_sub(1)?)?;
        (address <= *last).then_some(*rule)
    }
}
