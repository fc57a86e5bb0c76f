//! The search itself: one way after the other, with everything that was noted on a way undone before the next.

use std::borrow::Cow;

use sys::groups::Groups;

use super::program::{Program, Step, slots_of};
use super::syntax::{Place, is_word};

/// How many steps one search may take: as many as PCRE2 grants a `pcre:` rule. They take some tenths of a second.
const MOST_STEPS: u32 = 10_000_000;
/// How much may be kept for going back; PCRE2 grants as much memory.
const MOST_KEPT: usize = 20 * 1024 * 1024 / size_of::<Kept>();
/// In a slot: nothing was noted.
const NOWHERE: usize = usize::MAX;
/// In the slot of a loop: this is the first turn, and it may pass nothing.
const FREE: usize = usize::MAX - 1;

/// What is to be done when a way leads nowhere.
enum Kept {
    /// Another way to go.
    Way { step: usize, at: usize },
    /// What a slot held before.
    Slot { slot: usize, held: usize },
}

struct Search<'a> {
    program: &'a Program,
    /// In capitals where letters may have any case.
    text: Cow<'a, [u8]>,
    slots: Vec<usize>,
    kept: Vec<Kept>,
    steps_left: u32,
}

/// Searches `text` for the leftmost of the longest matches; only `with_groups` are their places looked for.
///
/// # Errors
/// There were too many ways to try.
pub(super) fn search(program: &Program, text: &[u8], with_groups: bool) -> Result<Option<Groups>, String> {
    let mut search = Search {
        program,
        text: match program.flags.ignore_case {
            true => Cow::Owned(text.to_ascii_uppercase()),
            false => Cow::Borrowed(text),
        },
        slots: vec![NOWHERE; program.slots],
        kept: Vec::new(),
        steps_left: MOST_STEPS,
    };
    for start in 0..=text.len() {
        if let Some(slots) = search.longest_at(start, with_groups)? {
            return Ok(Some(program.groups_in(&slots)));
        }
    }
    Ok(None)
}

impl Program {
    fn groups_in(&self, slots: &[usize]) -> Groups {
        let places = (0..=self.groups).map(|number| {
            let (begin, end) = slots_of(number);
            let (begin, end) = (*slots.get(begin)?, *slots.get(end)?);
            (begin <= end && end != NOWHERE).then_some(begin..end)
        });
        Groups::new(places.collect())
    }
}

impl Search<'_> {
    /// The slots of the first way that passes most octets from `start` on; without `is_longest` of the first way at all.
    fn longest_at(&mut self, start: usize, is_longest: bool) -> Result<Option<Vec<usize>>, String> {
        self.slots.fill(NOWHERE);
        self.kept.clear();
        let (whole_begin, whole_end) = slots_of(0);
        let mut best: Option<(usize, Vec<usize>)> = None;
        let mut way = Some((0, start));
        while let Some((step, at)) = way {
            if let Some(end) = self.walk(step, at)?
                && best.as_ref().is_none_or(|(longest, _)| end > *longest)
            {
                let mut slots = self.slots.clone();
                for (slot, place) in [(whole_begin, start), (whole_end, end)] {
                    if let Some(slot) = slots.get_mut(slot) {
                        *slot = place;
                    }
                }
                best = Some((end, slots));
                if end == self.text.len() || !is_longest {
                    break;
                }
            }
            way = self.go_back();
        }
        Ok(best.map(|(_, slots)| slots))
    }

    /// The next way that was not taken, with the slots as they were there.
    fn go_back(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.kept.pop()? {
                Kept::Way { step, at } => return Some((step, at)),
                Kept::Slot { slot, held } => {
                    if let Some(slot) = self.slots.get_mut(slot) {
                        *slot = held;
                    }
                }
            }
        }
    }

    /// Goes from `step` at an octet of the text as far as it leads: where the expression ends, or nowhere.
    fn walk(&mut self, mut step: usize, mut at: usize) -> Result<Option<usize>, String> {
        let program = self.program;
        loop {
            self.count(1)?;
            let Some(now) = program.steps.get(step) else {
                return Ok(None);
            };
            step += 1;
            match now {
                Step::Octets(octets) => match self.text.get(at) {
                    Some(octet) if octets.contains(*octet) => at += 1,
                    _ => return Ok(None),
                },
                Step::Place(place) if self.is_at(*place, at) => {}
                Step::Place(_) => return Ok(None),
                Step::Same(group) => match self.same(*group, at)? {
                    Some(end) => at = end,
                    None => return Ok(None),
                },
                Step::Note(slot) => self.note(*slot, at)?,
                Step::Begin(slot) => self.note(*slot, NOWHERE)?,
                Step::Turn { slot, may_be_empty } => {
                    let is_first = self.slots.get(*slot) == Some(&NOWHERE);
                    self.note(*slot, if is_first && *may_be_empty { FREE } else { at })?;
                }
                Step::Passed(slot) => match self.slots.get(*slot) {
                    Some(&FREE) => {}
                    Some(before) if *before < at => {}
                    _ => return Ok(None),
                },
                Step::Fork { first, second } => {
                    self.keep(Kept::Way { step: *second, at })?;
                    step = *first;
                }
                Step::Jump(target) => step = *target,
                Step::Found => return Ok(Some(at)),
            }
        }
    }

    fn count(&mut self, steps: usize) -> Result<(), String> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.steps_left = self.steps_left.checked_sub(steps).ok_or_else(too_much)?;
        Ok(())
    }

    fn keep(&mut self, kept: Kept) -> Result<(), String> {
        if self.kept.len() >= MOST_KEPT {
            return Err(too_much());
        }
        self.kept.push(kept);
        Ok(())
    }

    fn note(&mut self, slot: usize, place: usize) -> Result<(), String> {
        if let Some(held) = self.slots.get_mut(slot) {
            let held = std::mem::replace(held, place);
            self.keep(Kept::Slot { slot, held })?;
        }
        Ok(())
    }

    /// Where the text of `group` ends when it stands here too. What has not matched is nowhere the same.
    fn same(&mut self, group: usize, at: usize) -> Result<Option<usize>, String> {
        let (begin, end) = slots_of(group);
        let slot = |slot| self.slots.get(slot).copied().unwrap_or(NOWHERE);
        let Some(text) = self.text.get(slot(begin)..slot(end)) else {
            return Ok(None);
        };
        let length = text.len();
        let is_here = self.text.get(at..).is_some_and(|rest| rest.starts_with(text));
        self.count(length / 8)?;
        Ok(is_here.then_some(at + length))
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.text.get(before));
        let after = self.text.get(at);
        let is_line_end = |octet: Option<&u8>| self.program.flags.newline && octet == Some(&b'\n');
        let [word_before, word_after] =
            [before, after].map(|octet| octet.is_some_and(|octet| is_word(*octet)));
        match place {
            Place::LineBegin => before.is_none() || is_line_end(before),
            Place::LineEnd => after.is_none() || is_line_end(after),
            Place::TextBegin => before.is_none(),
            Place::TextEnd => after.is_none(),
            Place::WordBegin => !word_before && word_after,
            Place::WordEnd => word_before && !word_after,
            Place::WordEdge => word_before != word_after,
            Place::NoWordEdge => word_before == word_after,
        }
    }
}

fn too_much() -> String {
    "too many ways to match a back-reference".to_owned()
}
