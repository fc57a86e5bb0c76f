//! Option letters with the meaning getopt(3) gives them: `-f=user` gives `=user`, `-vvc dir` is three options,
//! `--` and the first other word end them.

use std::path::PathBuf;

use crate::{Failure, Setup};

/// The options of a command line in their order, and the words after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Each letter with its value; the value of a letter that takes none is empty.
    pub given: Vec<(char, String)>,
    /// The words after the options.
    pub operands: Vec<String>,
}

/// Why a command line is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No such letter.
    #[error("invalid option -- '{0}'")]
    Unknown(char),
    /// A letter without its value.
    #[error("option requires an argument -- '{0}'")]
    NoValue(char),
}

impl Options {
    /// Reads the words after the program's name. In `letters` a letter that takes a value is followed by `:`.
    ///
    /// # Errors
    /// [`OptionError`] names the letter.
    pub fn parse(letters: &str, words: &[String]) -> Result<Self, OptionError> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                options.operands.push(word.clone());
                break;
            };
            if cluster == "-" {
                break;
            }
            let mut rest = cluster.chars();
            while let Some(letter) = rest.next() {
                if !takes_value(letters, letter)? {
                    options.given.push((letter, String::new()));
                    continue;
                }
                let value = match rest.as_str() {
                    "" => words.next().ok_or(OptionError::NoValue(letter))?.clone(),
                    text => text.to_owned(),
                };
                options.given.push((letter, value));
                break;
            }
        }
        options.operands.extend(words.cloned());
        Ok(options)
    }

    /// Says whether a letter was given.
    pub fn has(&self, letter: char) -> bool {
        self.given.iter().any(|(given, _)| *given == letter)
    }

    /// How often a letter was given.
    pub fn count(&self, letter: char) -> u8 {
        u8::try_from(self.given.iter().filter(|(given, _)| *given == letter).count()).unwrap_or(u8::MAX)
    }

    /// The value of a letter; the last one if it was given more than once.
    pub fn value(&self, letter: char) -> Option<&str> {
        self.given
            .iter()
            .rev()
            .find(|(given, _)| *given == letter)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a letter in their order.
    pub fn values(&self, letter: char) -> impl Iterator<Item = &str> {
        self.given
            .iter()
            .filter(move |(given, _)| *given == letter)
            .map(|(_, value)| value.as_str())
    }

    /// What two letters, usually `c` and `v`, say about the configuration directory and about verbosity.
    pub fn setup(&self, directory: char, verbose: char) -> Setup {
        Setup {
            directory: self.value(directory).map(PathBuf::from),
            verbose: self.count(verbose),
            ..Setup::default()
        }
    }

    /// Reads the values of a letter as `name=value` overrides of parameters.
    ///
    /// # Errors
    /// A value without name or without `=`.
    pub fn overrides(&self, letter: char) -> Result<Vec<(String, String)>, Failure> {
        self.values(letter)
            .map(|text| configuration::option(text).map_err(Failure::from))
            .collect()
    }
}

fn takes_value(letters: &str, letter: char) -> Result<bool, OptionError> {
    let mut known = letters.chars();
    while let Some(candidate) = known.next() {
        if candidate == letter && letter != ':' {
            return Ok(known.as_str().starts_with(':'));
        }
    }
    Err(OptionError::Unknown(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(letters: &str, text: &str) -> Result<Options, OptionError> {
        let words: Vec<String> = text
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect();
        Options::parse(letters, &words)
    }

    #[test]
    fn letters_cluster_and_values_may_be_joined() {
        let options = parse("c:f:v", "-vvc/dir -f=user -f - a -b").unwrap();

        assert_eq!(options.count('v'), 2);
        assert_eq!(options.value('c'), Some("/dir"));
        assert_eq!(options.values('f').collect::<Vec<_>>(), ["=user", "-"]);
        assert_eq!(options.operands, ["a", "-b"]);
    }

    #[test]
    fn two_dashes_or_one_alone_end_the_options() {
        assert_eq!(parse("v", "-v -- -v").unwrap().operands, ["-v"]);
        assert_eq!(parse("v", "- -v").unwrap().operands, ["-", "-v"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse("v", "-x"), Err(OptionError::Unknown('x')));
        assert_eq!(parse("v:", "-:"), Err(OptionError::Unknown(':')));
        assert_eq!(parse("c:", "-c"), Err(OptionError::NoValue('c')));
    }
}
