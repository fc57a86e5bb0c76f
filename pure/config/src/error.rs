//! What can be wrong with a configuration, worded for the administrator: where, what, and what would be right.

use crate::configuration::Origin;
use crate::expand::ExpandError;

/// Why a configuration file as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// A line of `main.cf` with text but no `=`.
    #[error("{file}, line {line}: missing '=' after attribute name: \"{text}\"")]
    NoEqualSign {
        /// The file's name.
        file: String,
        /// The logical line's last physical line.
        line: usize,
        /// The offending text.
        text: String,
    },
    /// A line of `main.cf` that begins with `=`.
    #[error("{file}, line {line}: missing attribute name: \"{text}\"")]
    NoName {
        /// The file's name.
        file: String,
        /// The logical line's last physical line.
        line: usize,
        /// The offending text.
        text: String,
    },
    /// A line of `master.cf` that breaks the grammar of master(5).
    #[error("{file}: line {line}: {what}")]
    Service {
        /// The file's name.
        file: String,
        /// The logical line's last physical line.
        line: usize,
        /// What is wrong, and what would be right.
        what: String,
    },
}

/// Why the value of a parameter cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The value does not have the form or the size that the parameter asks for.
    #[error("{origin}: {}", wrong.about(name, value))]
    Value {
        /// Where the value was set.
        origin: Origin,
        /// The parameter.
        name: String,
        /// The value after expansion.
        value: String,
        /// What is wrong, and what would be right.
        wrong: Wrong,
    },
    /// A `$name` expression in the value cannot be evaluated.
    #[error("{origin}: {name} = {value}: {cause}")]
    Expansion {
        /// Where the value was set.
        origin: Origin,
        /// The parameter.
        name: String,
        /// The value before expansion.
        value: String,
        /// What is wrong with the expression.
        #[source]
        cause: ExpandError,
    },
}

/// What is wrong with one value, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Neither yes nor no.
    NotBoolean,
    /// Not a whole number.
    NotNumber,
    /// Not a whole number with an optional unit.
    NotTime,
    /// A number below the least allowed.
    BelowLeast(i64),
    /// A number above the most allowed.
    AboveMost(i64),
    /// A time, and the least allowed, in seconds.
    TooSoon(i64, i64),
    /// A time, and the most allowed, in seconds.
    TooLate(i64, i64),
    /// An empty text, or one that is too short; the least length allowed.
    TooShort(usize),
    /// A text that is too long; the most allowed.
    TooLong(usize),
    /// Not a compatibility level.
    NotLevel,
    /// Not the name of a host.
    NotHostname,
    /// A word that is none of the protocols of the internet.
    NotProtocol(String),
    /// A word that is no way to choose networks.
    NotStyle(String),
    /// A user or group that can not be the one; what is wrong with it, and what would be right.
    NotAccount(String),
    /// Something only the reader of the parameter can tell.
    Other(String),
}

impl Wrong {
    /// The line for the administrator about a parameter with this value: the original's words, then a remedy.
    pub fn about(&self, name: &str, value: &str) -> String {
        let length = value.len();
        match self {
            Self::NotBoolean => format!("bad boolean configuration: {name} = {value}; specify yes or no"),
            Self::NotNumber => {
                format!("bad numerical configuration: {name} = {value}; specify a whole number")
            }
            Self::NotTime => format!(
                "parameter {name}: bad time value or unit: {value}; \
                 specify a whole number with an optional unit: s, m, h, d or w"
            ),
            Self::BelowLeast(least) => format!("invalid {name} parameter value {value} < {least}"),
            Self::AboveMost(most) => format!("invalid {name} parameter value {value} > {most}"),
            Self::TooSoon(seconds, least) => format!("invalid {name}: {seconds} (min {least})"),
            Self::TooLate(seconds, most) => format!("invalid {name}: {seconds} (max {most})"),
            Self::TooShort(least) => format!("bad string length {length} < {least}: {name} = {value}"),
            Self::TooLong(most) => format!("bad string length {length} > {most}: {name} = {value}"),
            Self::NotLevel => format!(
                "malformed compatibility level syntax: \"{value}\"; specify numbers joined by dots, such as 3.6"
            ),
            Self::NotHostname => format!(
                "parameter {name}: bad parameter value: {value}; specify a host name, such as mail.example.com"
            ),
            Self::NotProtocol(word) => {
                format!("unknown {name} value \"{word}\" in \"{value}\"; specify all, or ipv4, ipv6 or both")
            }
            Self::NotStyle(word) => {
                format!(
                    "unknown mynetworks mask style value \"{word}\" in \"{value}\"; specify host, subnet or class"
                )
            }
            Self::NotAccount(what) => what.clone(),
            Self::Other(what) => format!("{name} = {value}: {what}"),
        }
    }
}
