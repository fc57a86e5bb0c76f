//! Which of many rules with expressions are worth trying for a text: one pass over it finds the texts that expressions
//! cannot do without ([`literals`](super::literals)).

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use crate::file::rules::{Action, Rule};

/// What is known of the rules of one table.
pub(crate) struct Candidates {
    search: AhoCorasick,
    /// The rules that each text is for.
    rules_of: Vec<Vec<usize>>,
    /// Rules that must be looked at whatever is found, in order: with unknown expressions, negated ones, and `if`.
    always: Vec<usize>,
    /// For each rule, whether its expression is only tried when one of its texts was found.
    is_known: Vec<bool>,
}

/// With fewer rules it is quicker to try them all.
const FEW_RULES: usize = 8;

impl Candidates {
    /// Reads `rules`: `texts` gives the texts of a pattern, `is_negated` whether a rule applies where it does not match.
    /// `None` when there is nothing to gain.
    pub(crate) fn of<P, V>(
        rules: &[Rule<P, V>],
        texts: impl Fn(&P) -> Option<Vec<Vec<u8>>>,
        is_negated: impl Fn(&P) -> bool,
    ) -> Option<Self> {
        if rules.len() < FEW_RULES {
            return None;
        }
        let (mut all, mut rules_of) = (Vec::new(), Vec::new());
        let (mut always, mut is_known) = (Vec::new(), Vec::with_capacity(rules.len()));
        for (index, rule) in rules.iter().enumerate() {
            let texts = texts(&rule.pattern);
            is_known.push(texts.is_some());
            if texts.is_none() || is_negated(&rule.pattern) || matches!(rule.action, Action::Enter { .. }) {
                always.push(index);
            }
            for text in texts.into_iter().flatten() {
                all.push(text);
                rules_of.push(vec![index]);
            }
        }
        // Rules share texts: each is looked for once.
        let mut places = HashMap::new();
        let (mut unique, mut merged): (Vec<Vec<u8>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (text, rules) in all.into_iter().zip(rules_of) {
            let place = *places.entry(text.to_ascii_lowercase()).or_insert_with(|| {
                unique.push(text);
                merged.push(Vec::new());
                merged.len() - 1
            });
            if let Some(list) = merged.get_mut(place) {
                list.extend(rules);
            }
        }
        if unique.is_empty() {
            return None;
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(&unique)
            .ok()?;
        Some(Self {
            search,
            rules_of: merged,
            always,
            is_known,
        })
    }

    /// The rules whose texts are in `text`, in order.
    fn found_in(&self, text: &[u8]) -> Vec<usize> {
        let mut found = Vec::new();
        for place in self.search.find_overlapping_iter(text) {
            found.extend(
                self.rules_of
                    .get(place.pattern().as_usize())
                    .into_iter()
                    .flatten(),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Tries the rules in order, as [`first_match`](super::rules::first_match) does, but only those that can match `text`.
/// `matches` gets a rule and whether its expression is to be tried; when not, it is known not to match.
///
/// # Errors
/// Whatever `matches` returns.
pub(crate) fn first_match<'r, P, V, M, E>(
    rules: &'r [Rule<P, V>],
    candidates: Option<&Candidates>,
    text: &[u8],
    mut matches: impl FnMut(&Rule<P, V>, bool) -> Result<Option<M>, E>,
) -> Result<Option<(&'r V, M)>, E> {
    let Some(candidates) = candidates else {
        return super::rules::first_match(rules, |rule| matches(rule, true));
    };
    let found = candidates.found_in(text);
    let mut index = 0;
    loop {
        let next_of = |list: &[usize]| list.get(list.partition_point(|rule| *rule < index)).copied();
        let next = match (next_of(&candidates.always), next_of(&found)) {
            (Some(always), Some(found)) => always.min(found),
            (Some(next), None) | (None, Some(next)) => next,
            (None, None) => return Ok(None),
        };
        let Some(rule) = rules.get(next) else {
            return Ok(None);
        };
        let is_tried = candidates.is_known.get(next) != Some(&true) || found.binary_search(&next).is_ok();
        index = next + 1;
        match (matches(rule, is_tried)?, &rule.action) {
            (Some(groups), Action::Value(value)) => return Ok(Some((value, groups))),
            (None, Action::Enter { otherwise }) => index = *otherwise,
            (Some(_), Action::Enter { .. }) | (None, Action::Value(_)) => {}
        }
    }
}
