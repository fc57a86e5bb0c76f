//! The words after the program's name in a line of `master.cf`: options that set parameters, and the rest.

use config::master_cf::Service;
use config::split;

/// One word, or an option with its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// `-o name=value`.
    Option { name: String, value: String },
    /// `-o` with a word that is no `name=value`.
    Odd(String),
    /// Any other word.
    Word(String),
}

/// The arguments of a service, and how many of them stand before the first that is no option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) all: Vec<Argument>,
    pub(crate) options: usize,
}

impl Arguments {
    pub(crate) fn of(service: &Service) -> Self {
        let mut all = Vec::new();
        let mut words = service.arguments.iter();
        while let Some(letters) = words
            .as_slice()
            .first()
            .and_then(|word| word.strip_prefix('-'))
            .filter(|letters| !letters.is_empty())
        {
            words.next();
            let Some((before, after)) = letters.split_once('o').filter(|(before, _)| is_flags(before)) else {
                all.push(Argument::Word(format!("-{letters}")));
                continue;
            };
            if !before.is_empty() {
                all.push(Argument::Word(format!("-{before}")));
            }
            let word = if after.is_empty() {
                words.next().cloned()
            } else {
                Some(after.to_owned())
            };
            all.push(match word {
                None => Argument::Word("-o".to_owned()),
                Some(word) => Argument::option(word),
            });
        }
        let options = all.len();
        all.extend(words.cloned().map(Argument::Word));
        Self { all, options }
    }

    /// Sets a parameter where it is set, else behind the options; says whether anything has changed.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
        let mut is_there = false;
        let mut has_changed = false;
        for argument in self.all.iter_mut().take(self.options) {
            if let Argument::Option {
                name: known,
                value: old,
            } = argument
                && known == name
            {
                is_there = true;
                has_changed |= old != value;
                value.clone_into(old);
            }
        }
        if !is_there {
            let (name, value) = (name.to_owned(), value.to_owned());
            self.all.insert(self.options, Argument::Option { name, value });
            self.options += 1;
        }
        has_changed || !is_there
    }

    /// Removes a parameter; says whether anything has changed.
    pub(crate) fn remove(&mut self, name: &str) -> bool {
        let count = self.all.len();
        let mut place = 0;
        let options = self.options;
        self.all.retain(|argument| {
            place += 1;
            place > options || !matches!(argument, Argument::Option { name: known, .. } if known == name)
        });
        self.options -= count - self.all.len();
        count != self.all.len()
    }

    /// All words, each `-o` with its own.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        self.all.iter().map(Argument::text)
    }
}

impl Argument {
    fn option(word: String) -> Self {
        // `-o{ a = b }` has its braces still.
        let inside = split::braced(&word).unwrap_or(&word);
        match split::pair(inside) {
            Ok((name, value)) => Self::Option {
                name: name.to_owned(),
                value: value.to_owned(),
            },
            Err(_) => Self::Odd(word),
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Option { name, value } => format!("-o {}", braced(&format!("{name}={value}"))),
            Self::Odd(word) => format!("-o {}", braced(word)),
            Self::Word(word) => braced(word),
        }
    }

    pub(crate) const fn is_option(&self) -> bool {
        matches!(self, Self::Option { .. } | Self::Odd(_))
    }
}

/// Letters of a daemon that take no word.
fn is_flags(letters: &str) -> bool {
    letters.chars().all(|letter| "vDlSuzd".contains(letter))
}

fn braced(word: &str) -> String {
    if word.is_empty() || word.contains([' ', '\t', '\r', '\n']) {
        format!("{{{word}}}")
    } else {
        word.to_owned()
    }
}
