//! A parameter as the catalogue describes it: name, default text, kind of value, bounds.
//!
//! A kind says which texts are right; which Rust type a reader gets is decided by [`crate::Setting`].

use crate::error::Wrong;
use crate::setting;

/// One parameter of `main.cf`, with the kind of its value in its type.
#[derive(Clone, Copy, Debug)]
pub struct Param<K> {
    name: &'static str,
    default: &'static str,
    kind: K,
}

impl<K> Param<K> {
    /// Describes a parameter; only the catalogue does so.
    pub const fn new(name: &'static str, default: &'static str, kind: K) -> Self {
        Self { name, default, kind }
    }

    /// The name as written in `main.cf`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The default as `postconf -d` prints it, not expanded.
    pub const fn default(&self) -> &'static str {
        self.default
    }

    /// The kind of value with its bounds.
    pub const fn kind(&self) -> &K {
        &self.kind
    }
}

/// What every kind of value can do.
pub trait Kind {
    /// Whether `$name` is left alone, to be expanded by the reader with names of its own.
    const RAW: bool = false;

    /// Says whether an expanded text is right for this kind.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, text: &str) -> Result<(), Wrong>;

    /// The unit of a number that names none; only time spans have one.
    fn unit(&self) -> Option<Unit> {
        None
    }
}

/// A row of the catalogue, for those who handle parameters by name: `postconf`, the manual, expansion.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name as written in `main.cf`.
    pub name: &'static str,
    /// The default, not expanded.
    pub default: &'static str,
    /// The kind's name, such as `Time`.
    pub kind: &'static str,
    /// What the parameter means, as it stands in the source; `catalogue::description` is for readers.
    pub description: &'static str,
    /// The parameter that means the same for another program.
    pub like: Option<&'static str>,
    /// Least and most value: a number, octets of a text, or seconds.
    pub bounds: Bounds,
    /// The unit of a time span that names none.
    pub unit: fn() -> Option<Unit>,
    /// Whether `$name` in the value is left to the reader.
    pub raw: bool,
    /// Says whether an expanded text is right for this parameter.
    pub check: fn(&str) -> Result<(), Wrong>,
}

/// Least and most allowed value, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least value.
    pub least: i64,
    /// The most value.
    pub most: i64,
}

impl Bounds {
    /// No bounds but those of the type.
    pub const NONE: Self = Self {
        least: i64::MIN,
        most: i64::MAX,
    };

    /// Says whether a value is within.
    ///
    /// # Errors
    /// The bound that is broken.
    pub fn check(&self, value: i64) -> Result<(), Wrong> {
        if value < self.least {
            Err(Wrong::BelowLeast(self.least))
        } else if value > self.most {
            Err(Wrong::AboveMost(self.most))
        } else {
            Ok(())
        }
    }

    fn check_length(&self, text: &str) -> Result<(), Wrong> {
        let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
        match self.check(length) {
            Ok(()) => Ok(()),
            Err(Wrong::BelowLeast(least)) => Err(Wrong::TooShort(usize::try_from(least).unwrap_or(0))),
            Err(_) => Err(Wrong::TooLong(usize::try_from(self.most).unwrap_or(usize::MAX))),
        }
    }
}

/// Text; bounds are of its length in octets.
#[derive(Clone, Copy, Debug)]
pub struct Text(pub Bounds);

/// Text whose `$name` expressions the reader evaluates with names of its own.
#[derive(Clone, Copy, Debug)]
pub struct Raw(pub Bounds);

/// Names separated by comma or white space; `{ }` keeps an item together.
#[derive(Clone, Copy, Debug)]
pub struct List(pub Bounds);

/// A whole number of 32 bits.
#[derive(Clone, Copy, Debug)]
pub struct Int(pub Bounds);

/// A size in octets.
#[derive(Clone, Copy, Debug)]
pub struct Octets(pub Bounds);

/// Yes or no.
#[derive(Clone, Copy, Debug)]
pub struct Bool(pub Bounds);

/// A time span; bounds are in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Time(pub Bounds, pub Unit);

/// The unit of a time value that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 1 second.
    Seconds,
    /// 60 seconds.
    Minutes,
    /// 3600 seconds.
    Hours,
    /// 86400 seconds.
    Days,
    /// 604800 seconds.
    Weeks,
}

impl Unit {
    /// The length of the unit.
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
        }
    }

    /// The unit that a letter stands for.
    pub fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b's' => Self::Seconds,
            b'm' => Self::Minutes,
            b'h' => Self::Hours,
            b'd' => Self::Days,
            b'w' => Self::Weeks,
            _ => return None,
        })
    }
}

impl Kind for Text {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        self.0.check_length(text)
    }
}

impl Kind for Raw {
    const RAW: bool = true;

    fn check(&self, text: &str) -> Result<(), Wrong> {
        self.0.check_length(text)
    }
}

impl Kind for List {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        self.0.check_length(text)
    }
}

impl Kind for Int {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        setting::parse_int(self, text).map(drop)
    }
}

impl Kind for Octets {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        setting::parse_octets(self, text).map(drop)
    }
}

impl Kind for Bool {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        setting::parse_bool(text).map(drop)
    }
}

impl Kind for Time {
    fn check(&self, text: &str) -> Result<(), Wrong> {
        setting::parse_time(self, text).map(drop)
    }

    fn unit(&self) -> Option<Unit> {
        Some(self.1)
    }
}
