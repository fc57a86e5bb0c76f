//! From a parameter's text to the Rust type its reader wants.
//!
//! A program may implement [`Setting`] for a type of its own (an enum of allowed words, say) and use that
//! type in its `settings!`.

use std::rc::Rc;
use std::time::Duration;

use crate::error::Wrong;
use crate::param::{Bool, Bounds, Int, List, Octets, Raw, Text, Time, Unit};
use crate::split;

/// A type that can be read from a parameter of kind `K`.
pub trait Setting<K>: Sized {
    /// Reads the value from the expanded text.
    ///
    /// # Errors
    /// What is wrong with the text, and what would be right.
    fn from_text(kind: &K, text: &str) -> Result<Self, Wrong>;
}

macro_rules! text_settings {
    ($($kind:ident),*) => {$(
        impl Setting<$kind> for String {
            fn from_text(kind: &$kind, text: &str) -> Result<Self, Wrong> {
                crate::param::Kind::check(kind, text).map(|()| text.to_owned())
            }
        }

        impl Setting<$kind> for Rc<str> {
            fn from_text(kind: &$kind, text: &str) -> Result<Self, Wrong> {
                crate::param::Kind::check(kind, text).map(|()| Rc::from(text))
            }
        }

        /// An empty text is `None`.
        impl Setting<$kind> for Option<String> {
            fn from_text(kind: &$kind, text: &str) -> Result<Self, Wrong> {
                crate::param::Kind::check(kind, text)?;
                Ok((!text.is_empty()).then(|| text.to_owned()))
            }
        }

        /// Split at commas and white space, with `{ }` keeping an item together.
        impl Setting<$kind> for Vec<String> {
            fn from_text(kind: &$kind, text: &str) -> Result<Self, Wrong> {
                crate::param::Kind::check(kind, text)?;
                Ok(split::list(text).map(str::to_owned).collect())
            }
        }
    )*};
}

text_settings!(Text, Raw, List);

/// Numbers below zero become zero in an unsigned type: where Postfix allows them, they mean the same.
macro_rules! number_settings {
    ($kind:ident, $parse:ident: $($type:ty),*) => {$(
        impl Setting<$kind> for $type {
            fn from_text(kind: &$kind, text: &str) -> Result<Self, Wrong> {
                let number = $parse(kind, text)?;
                let limit = <$type>::MAX;
                Ok(match <$type>::try_from(number) {
                    Ok(number) => number,
                    Err(_) if number < 0 => <$type>::MIN,
                    Err(_) => limit,
                })
            }
        }
    )*};
}

number_settings!(Int, parse_int: i32, i64, u16, u32, u64, usize);
number_settings!(Octets, parse_octets: i64, u64, usize);

impl Setting<Bool> for bool {
    fn from_text(_: &Bool, text: &str) -> Result<Self, Wrong> {
        parse_bool(text)
    }
}

impl Setting<Time> for Duration {
    fn from_text(kind: &Time, text: &str) -> Result<Self, Wrong> {
        parse_time(kind, text).map(Duration::from_secs)
    }
}

pub(crate) fn parse_bool(text: &str) -> Result<bool, Wrong> {
    if text.eq_ignore_ascii_case("yes") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("no") {
        Ok(false)
    } else {
        Err(Wrong::NotBoolean)
    }
}

pub(crate) fn parse_int(kind: &Int, text: &str) -> Result<i64, Wrong> {
    let number = text.parse::<i32>().map_err(|_| Wrong::NotNumber)?;
    kind.0.check(i64::from(number)).map(|()| i64::from(number))
}

pub(crate) fn parse_octets(kind: &Octets, text: &str) -> Result<i64, Wrong> {
    let number = text.parse::<i64>().map_err(|_| Wrong::NotNumber)?;
    kind.0.check(number).map(|()| number)
}

pub(crate) fn parse_time(kind: &Time, text: &str) -> Result<u64, Wrong> {
    let seconds = parse_seconds(text, kind.1).ok_or(Wrong::NotTime)?;
    kind.0.check(seconds).map_err(|wrong| match wrong {
        Wrong::AboveMost(most) => Wrong::TooLate(seconds, most),
        _ => Wrong::TooSoon(seconds, kind.0.least),
    })?;
    u64::try_from(seconds).map_err(|_| Wrong::NotTime)
}

/// Reads a time such as `300`, `10m` or `5d` in seconds; a bare number counts in `unit`.
///
/// `None` if it is anything else, below zero, or more than a 32-bit number of seconds.
pub fn parse_seconds(text: &str, unit: Unit) -> Option<i64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'0'..=b'9' => (text, unit),
        letter => (text.get(..text.len() - 1)?, Unit::from_letter(*letter)?),
    };
    let number = digits.parse::<i32>().ok().filter(|number| *number >= 0)?;
    let seconds = i64::from(number).checked_mul(unit.seconds())?;
    Bounds {
        least: i64::from(i32::MIN),
        most: i64::from(i32::MAX),
    }
    .check(seconds)
    .ok()
    .map(|()| seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Time = Time(
        Bounds {
            least: 1,
            most: i64::MAX,
        },
        Unit::Hours,
    );

    #[test]
    fn a_bare_number_counts_in_the_parameters_own_unit() {
        assert_eq!(Duration::from_text(&TIME, "2"), Ok(Duration::from_secs(7200)));
        assert_eq!(Duration::from_text(&TIME, "2s"), Ok(Duration::from_secs(2)));
        assert_eq!(Duration::from_text(&TIME, "1w"), Ok(Duration::from_secs(604_800)));
    }

    #[test]
    fn a_time_with_anything_else_is_refused() {
        for text in ["", "s", "1x", "1 s", "1S", "1sm", "1.5h", "-1", "99999999w", "é"] {
            assert_eq!(Duration::from_text(&TIME, text), Err(Wrong::NotTime), "{text}");
        }
        assert_eq!(Duration::from_text(&TIME, "0s"), Err(Wrong::TooSoon(0, 1)));
    }

    #[test]
    fn numbers_keep_their_bounds() {
        let kind = Int(Bounds {
            least: 200,
            most: 599,
        });

        assert_eq!(u16::from_text(&kind, "450"), Ok(450));
        assert_eq!(u16::from_text(&kind, "100"), Err(Wrong::BelowLeast(200)));
        assert_eq!(u16::from_text(&kind, "600"), Err(Wrong::AboveMost(599)));
        assert_eq!(u16::from_text(&kind, "45O"), Err(Wrong::NotNumber));
        assert_eq!(u32::from_text(&Int(Bounds::NONE), "-1"), Ok(0));
    }

    #[test]
    fn only_yes_and_no_are_boolean() {
        assert_eq!(parse_bool("YES"), Ok(true));
        assert_eq!(parse_bool("no"), Ok(false));
        assert_eq!(parse_bool("true"), Err(Wrong::NotBoolean));
    }
}
