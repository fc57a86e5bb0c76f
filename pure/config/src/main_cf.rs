//! The grammar of `main.cf`: `name = value`, continued by lines that begin with white space.
//!
//! Values are kept as written; expansion comes later, because a value may name a parameter set further down.
//! Follows postconf(5).

use std::collections::HashMap;

use crate::error::GrammarError;
use crate::lines;
use crate::split::{self, PairError};

/// One `name = value` as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The parameter's name.
    pub name: String,
    /// The value, without white space around it, not expanded.
    pub value: String,
    /// The last physical line of the logical line.
    pub line: usize,
}

/// What a `main.cf` says: for each name its last assignment, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MainCf {
    /// The file's name, for messages.
    pub file: String,
    /// The assignments that count.
    pub assignments: Vec<Assignment>,
    /// What the administrator should be told, in the wording of the log.
    pub warnings: Vec<String>,
}

impl MainCf {
    /// Reads the text of a `main.cf`; `file` is named in messages.
    ///
    /// # Errors
    /// A line without a name or without `=`.
    pub fn parse(file: &str, text: &str) -> Result<Self, GrammarError> {
        let mut main = Self {
            file: file.to_owned(),
            ..Self::default()
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        for line in lines::lines(text) {
            if line.text.starts_with([' ', '\t']) {
                let text = &line.text;
                main.warnings.push(format!(
                    "{file}: logical line must not start with whitespace: \"{text:.30}\""
                ));
                continue;
            }
            let (name, value) = split::pair(&line.text).map_err(|error| {
                let (file, line, text) = (file.to_owned(), line.last, line.text.to_string());
                match error {
                    PairError::NoName => GrammarError::NoName { file, line, text },
                    PairError::NoEqualSign => GrammarError::NoEqualSign { file, line, text },
                }
            })?;
            let assignment = Assignment {
                name: name.to_owned(),
                value: value.to_owned(),
                line: line.last,
            };
            main.assign(&mut places, assignment);
        }
        Ok(main)
    }

    fn assign(&mut self, places: &mut HashMap<String, usize>, new: Assignment) {
        let place = places
            .get(&new.name)
            .and_then(|place| self.assignments.get_mut(*place));
        let Some(old) = place else {
            places.insert(new.name.clone(), self.assignments.len());
            self.assignments.push(new);
            return;
        };
        if old.value != new.value {
            self.warnings.push(format!(
                "{}, line {}: overriding earlier entry: {}={}",
                self.file, new.line, old.name, old.value
            ));
        }
        *old = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_assignment_wins_with_a_warning_that_names_the_line() {
        let main = MainCf::parse("main.cf", "a = 1\nb=2\na = 3\nb = 2\n").unwrap();

        assert_eq!(
            main.assignments[0],
            Assignment {
                name: "a".into(),
                value: "3".into(),
                line: 3
            }
        );
        assert_eq!(main.assignments.len(), 2);
        assert_eq!(main.warnings, ["main.cf, line 3: overriding earlier entry: a=1"]);
    }

    #[test]
    fn a_line_without_equal_sign_or_name_is_an_error_with_its_place() {
        let error = MainCf::parse("main.cf", "# c\nfoo bar\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "main.cf, line 2: missing '=' after attribute name: \"foo bar\""
        );
        let error = MainCf::parse("main.cf", "= bar\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "main.cf, line 1: missing attribute name: \"= bar\""
        );
    }

    #[test]
    fn a_first_line_that_begins_with_space_is_skipped_with_a_warning() {
        let main = MainCf::parse("main.cf", " bar\na=1\n").unwrap();

        assert_eq!(
            main.warnings,
            ["main.cf: logical line must not start with whitespace: \" bar\""]
        );
        assert_eq!(main.assignments.len(), 1);
    }
}
