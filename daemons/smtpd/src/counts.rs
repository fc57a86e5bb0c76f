//! How often a client used each command, and how often that worked: the tail of the disconnect line.

use std::fmt::Write as _;

use esmtp::command::Verb;

/// Counts for the verbs, and one for whatever else came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    counts: [(u32, u32); Verb::ALL.len() + 1],
    bare_newline: bool,
}

impl Counts {
    fn slot(&mut self, verb: Option<Verb>) -> Option<&mut (u32, u32)> {
        let position = verb.and_then(|verb| Verb::ALL.iter().position(|known| *known == verb));
        self.counts.get_mut(position.unwrap_or(Verb::ALL.len()))
    }

    /// A command came; `None` for one that is not known.
    pub(crate) fn came(&mut self, verb: Option<Verb>) {
        if let Some((_, total)) = self.slot(verb) {
            *total += 1;
        }
    }

    /// The command that came last worked.
    pub(crate) fn worked(&mut self, verb: Verb) {
        if let Some((worked, _)) = self.slot(Some(verb)) {
            *worked += 1;
        }
    }

    /// A line ended in a bare line feed.
    pub(crate) fn note_bare_newline(&mut self) {
        self.bare_newline = true;
    }

    /// ` ehlo=1 mail=1/2 commands=2/3`.
    pub(crate) fn line(&self) -> String {
        let mut line = String::new();
        let names = Verb::ALL.iter().map(|verb| verb.name()).chain(["unknown"]);
        let (mut all_worked, mut all) = (0, 0);
        for (name, (worked, total)) in names.zip(self.counts).filter(|(_, (_, total))| *total > 0) {
            let _ = write!(line, " {}={worked}", name.to_ascii_lowercase());
            if worked != total {
                let _ = write!(line, "/{total}");
            }
            all_worked += worked;
            all += total;
        }
        let _ = write!(line, " commands={all_worked}");
        if all_worked != all || all == 0 {
            let _ = write!(line, "/{all}");
        }
        if self.bare_newline {
            line.push_str(" notes=bare_lf");
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_used_commands_are_told() {
        let mut counts = Counts::default();
        assert_eq!(counts.line(), " commands=0/0");
        for verb in [Verb::Ehlo, Verb::Mail, Verb::Mail] {
            counts.came(Some(verb));
        }
        counts.worked(Verb::Ehlo);
        counts.worked(Verb::Mail);
        counts.came(None);
        counts.note_bare_newline();
        assert_eq!(
            counts.line(),
            " ehlo=1 mail=1/2 unknown=0/1 commands=2/4 notes=bare_lf"
        );
    }
}
