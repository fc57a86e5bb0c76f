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
    #[error("{origin}: {name} = {value}: {wrong}")]
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Neither yes nor no.
    #[error("bad boolean value; specify yes or no")]
    NotBoolean,
    /// Not a whole number.
    #[error("bad numerical value; specify a whole number")]
    NotNumber,
    /// Not a whole number with an optional unit.
    #[error("bad time value; specify a whole number with an optional unit: s, m, h, d or w")]
    NotTime,
    /// A number, time or length below the least allowed.
    #[error("below the minimum; specify at least {0}")]
    BelowLeast(i64),
    /// A number, time or length above the most allowed.
    #[error("above the maximum; specify at most {0}")]
    AboveMost(i64),
    /// An empty text where one is needed.
    #[error("empty value; specify at least {0} character(s)")]
    TooShort(usize),
    /// A text that is too long.
    #[error("value is too long; specify at most {0} character(s)")]
    TooLong(usize),
    /// Something only the reader of the parameter can tell.
    #[error("{0}")]
    Other(String),
}
