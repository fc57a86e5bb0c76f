//! An expression as steps: what a search does one after the other.

use sys::posix_regexp::Flags;

use super::syntax::{Node, Octets, Place};

/// The steps of an expression.
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    /// How many places are kept: two for each group, then one for each loop.
    pub(super) slots: usize,
    pub(super) groups: usize,
    pub(super) flags: Flags,
}

/// One step. Numbers of steps count from the first one.
pub(super) enum Step {
    /// Passes one octet of the set.
    Octets(Octets),
    /// Goes on only at such a place.
    Place(Place),
    /// Passes the text that this group matched.
    Same(usize),
    /// Notes in this slot where it is.
    Note(usize),
    /// Notes in this slot that a loop has not begun.
    Begin(usize),
    /// A turn of a loop begins; its slot. The first turn may pass nothing where `may_be_empty`.
    Turn { slot: usize, may_be_empty: bool },
    /// Goes on only when the turn has passed something, or need not.
    Passed(usize),
    /// Goes on at the first step, and if that leads nowhere at the second.
    Fork { first: usize, second: usize },
    /// Goes on there.
    Jump(usize),
    /// All of the expression has matched.
    Found,
}

/// The most steps of one expression: repetitions with a count are written out.
const MOST_STEPS: usize = 200_000;

/// The slots of group `number`: where it begins, and where it ends. Group 0 is the whole match.
pub(super) fn slots_of(number: usize) -> (usize, usize) {
    (2 * number, 2 * number + 1)
}

impl Program {
    /// The steps for `node`, which has `groups` groups.
    ///
    /// # Errors
    /// They are too many.
    pub(super) fn of(node: &Node, flags: Flags, groups: usize) -> Result<Self, String> {
        let mut program = Self {
            steps: Vec::new(),
            slots: 2 * (groups + 1),
            groups,
            flags,
        };
        program.add(node)?;
        program.push(Step::Found)?;
        Ok(program)
    }

    fn push(&mut self, step: Step) -> Result<usize, String> {
        if self.steps.len() >= MOST_STEPS {
            return Err("regular expression too big: skipping this rule".to_owned());
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn add(&mut self, node: &Node) -> Result<(), String> {
        match node {
            Node::Octets(octets) => self.push(Step::Octets(*octets)).map(drop),
            Node::Place(place) => self.push(Step::Place(*place)).map(drop),
            Node::Same(group) => self.push(Step::Same(*group)).map(drop),
            Node::Group(number, inside) => {
                let (begin, end) = slots_of(*number);
                self.push(Step::Note(begin))?;
                self.add(inside)?;
                self.push(Step::Note(end)).map(drop)
            }
            Node::Repeat { part, least, most } => self.repeat(part, *least, *most),
            Node::Sequence(parts) => parts.iter().try_for_each(|part| self.add(part)),
            Node::Alternatives(parts) => self.alternatives(parts),
        }
    }

    fn alternatives(&mut self, parts: &[Node]) -> Result<(), String> {
        let mut jumps = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let is_last = index + 1 == parts.len();
            let fork = match is_last {
                true => None,
                false => Some(self.fork()?),
            };
            self.add(part)?;
            if let Some(fork) = fork {
                jumps.push(self.push(Step::Jump(usize::MAX))?);
                self.second_is_here(fork);
            }
        }
        let end = self.steps.len();
        for jump in jumps {
            if let Some(Step::Jump(target)) = self.steps.get_mut(jump) {
                *target = end;
            }
        }
        Ok(())
    }

    fn repeat(&mut self, part: &Node, least: u32, most: Option<u32>) -> Result<(), String> {
        for _ in 0..least {
            self.add(part)?;
        }
        let Some(most) = most else {
            return self.endless(part, least == 0);
        };
        let mut forks = Vec::new();
        for _ in least..most {
            forks.push(self.fork()?);
            self.add(part)?;
        }
        forks.into_iter().for_each(|fork| self.second_is_here(fork));
        Ok(())
    }

    fn endless(&mut self, part: &Node, may_be_empty: bool) -> Result<(), String> {
        let slot = self.slots;
        self.slots += 1;
        self.push(Step::Begin(slot))?;
        let fork = self.fork()?;
        self.push(Step::Turn { slot, may_be_empty })?;
        self.add(part)?;
        self.push(Step::Passed(slot))?;
        self.push(Step::Jump(fork))?;
        self.second_is_here(fork);
        Ok(())
    }

    /// A fork whose first way is what follows.
    fn fork(&mut self) -> Result<usize, String> {
        let first = self.steps.len() + 1;
        self.push(Step::Fork {
            first,
            second: usize::MAX,
        })
    }

    fn second_is_here(&mut self, fork: usize) {
        let here = self.steps.len();
        if let Some(Step::Fork { second, .. }) = self.steps.get_mut(fork) {
            *second = here;
        }
    }
}
