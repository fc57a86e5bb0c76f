//! Changes to `main.cf` that leave everything else as it was: comments, order, blank lines.

use crate::log;
use crate::physical::{self, Kind};
use crate::request::Edit;
use command::Failure;
use config::split;
use std::collections::HashMap;
use std::path::Path;

/// What is wanted of which parameters.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    edit: Edit,
    /// In the order of the command line; values only when assigning.
    parameters: Vec<(String, String)>,
}

impl Wanted {
    pub(crate) fn read(edit: Edit, words: &[String]) -> Result<Self, Failure> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for word in words {
            let (name, value) = match edit {
                Edit::Assign => {
                    split::pair(word).map_err(|error| Failure::usage(format!("{error}: \"{word}\"")))?
                }
                Edit::Remove | Edit::CommentOut => (word.trim(), ""),
            };
            if edit == Edit::Assign
                && let Some((_, old)) = parameters.iter().find(|(known, _)| known == name)
            {
                log::repeated_request(name, old);
                parameters.retain(|(known, _)| known != name);
            }
            parameters.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self { edit, parameters })
    }

    /// The file's text after the change.
    pub(crate) fn applied(&self, file: &Path, old: &[u8]) -> Vec<u8> {
        let mut new = Vec::with_capacity(old.len() + 100);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut fate = Fate::Keep;
        for (kind, line) in physical::lines(old) {
            if kind == Kind::Start {
                fate = Fate::Keep;
                if let Some((name, value)) = self.parameter(line) {
                    let count = seen.entry(name).or_default();
                    *count += 1;
                    if *count == 2 {
                        log::several_entries(file, name);
                    }
                    fate = self.fate();
                    if self.edit == Edit::Assign {
                        append(&mut new, name, value);
                    }
                }
            }
            match fate {
                _ if kind == Kind::Comment => new.extend_from_slice(line),
                Fate::Keep => new.extend_from_slice(line),
                Fate::Drop => {}
                Fate::CommentOut => {
                    new.push(b'#');
                    new.extend_from_slice(line);
                }
            }
        }
        if self.edit == Edit::Assign {
            for (name, value) in &self.parameters {
                if !seen.contains_key(name.as_str()) {
                    physical::end_line(&mut new);
                    append(&mut new, name, value);
                }
            }
        }
        new
    }

    const fn fate(&self) -> Fate {
        match self.edit {
            Edit::CommentOut => Fate::CommentOut,
            Edit::Assign | Edit::Remove => Fate::Drop,
        }
    }

    /// The parameter that a line sets, if it is one of ours.
    fn parameter(&self, line: &[u8]) -> Option<(&str, &str)> {
        // As everywhere, the name ends at white space; a line without `=` that begins with the name is meant too.
        let end = line
            .iter()
            .position(|octet| *octet == b'=' || octet.is_ascii_whitespace())
            .unwrap_or(line.len());
        let name = line.get(..end)?;
        self.parameters
            .iter()
            .find(|(known, _)| known.as_bytes() == name)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    CommentOut,
}

fn append(text: &mut Vec<u8>, name: &str, value: &str) {
    text.extend_from_slice(format!("{name} = {value}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a comment\nfirst = 1\nlist = a,\n    b\n  # within\n    c\n\nlast=9\nfirst = 2\n";

    fn applied(text: &str, edit: Edit, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let new = Wanted::read(edit, &words)
            .unwrap()
            .applied(Path::new("main.cf"), text.as_bytes());
        String::from_utf8(new).unwrap()
    }

    #[test]
    fn an_assignment_takes_the_place_of_the_old_one_and_of_its_repetitions() {
        assert_eq!(
            applied(FILE, Edit::Assign, &["first=7", "list = x"]),
            "# a comment\nfirst = 7\nlist = x\n  # within\n\nlast=9\nfirst = 7\n"
        );
    }

    #[test]
    fn a_new_name_comes_at_the_end() {
        assert_eq!(applied("a = 1", Edit::Assign, &["b="]), "a = 1\nb = \n");
    }

    #[test]
    fn names_are_removed_or_commented_out_with_their_continuation_lines() {
        assert_eq!(
            applied(FILE, Edit::Remove, &["list"]),
            "# a comment\nfirst = 1\n  # within\n\nlast=9\nfirst = 2\n"
        );
        assert_eq!(
            applied(FILE, Edit::CommentOut, &["list"]),
            "# a comment\nfirst = 1\n#list = a,\n#    b\n  # within\n#    c\n\nlast=9\nfirst = 2\n"
        );
    }

    #[test]
    fn the_second_time_changes_nothing() {
        for (edit, words) in [
            (Edit::Assign, &["first=7", "new="][..]),
            (Edit::CommentOut, &["list"]),
        ] {
            let once = applied(FILE, edit, words);
            assert_eq!(applied(&once, edit, words), once);
        }
    }

    #[test]
    fn octets_that_are_no_text_stay_as_they_are() {
        let old = b"# caf\xe9\na = \xff\nb = 1";
        let wanted = Wanted::read(Edit::Assign, &["b=2".to_owned()]).unwrap();
        assert_eq!(
            wanted.applied(Path::new("x"), old),
            b"# caf\xe9\na = \xff\nb = 2\n"
        );
    }
}
