//! Queue ids: the short form, which reappears soon, and the long form, which does not (`enable_long_queue_ids`).

use std::fmt;

/// The name of a queue file: letters, digits and `_`, 1 to 255 octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueId(Box<str>);

/// The digits of the long form: no vowels, so that no id spells a word.
const DIGITS: &[u8; 52] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
/// Least number of digits of the seconds in the long form.
const SECOND_DIGITS: usize = 6;
/// Number of digits of the microseconds in the long form.
const MICROSECOND_DIGITS: usize = 4;
/// Between time and inode number; no inode number in base 51 contains it.
const SEPARATOR: char = 'z';
/// The longest name that is taken from outside.
const LONGEST: usize = 255;

impl QueueId {
    /// The short form: microseconds and inode number in hexadecimal.
    #[must_use]
    pub fn short(microseconds: u32, inode: u64) -> Self {
        Self(format!("{microseconds:05X}{inode:X}").into_boxed_str())
    }

    /// The long form: seconds, microseconds and inode number without vowels.
    #[must_use]
    pub fn long(seconds: u64, microseconds: u32, inode: u64) -> Self {
        let mut text = String::with_capacity(20);
        push_number(&mut text, seconds, 52, SECOND_DIGITS);
        push_number(&mut text, u64::from(microseconds), 52, MICROSECOND_DIGITS);
        text.push(SEPARATOR);
        push_number(&mut text, inode, 51, 1);
        Self(text.into_boxed_str())
    }

    /// The id for a file, in the form that the administrator chose.
    #[must_use]
    pub fn new(long: bool, seconds: u64, microseconds: u32, inode: u64) -> Self {
        if long {
            Self::long(seconds, microseconds, inode)
        } else {
            Self::short(microseconds, inode)
        }
    }

    /// Takes a foreign text as a queue id; `None` when it can not be a file name of a queue.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::is_valid(text).then(|| Self(text.into()))
    }

    /// Whether a foreign text has the form of a queue id.
    #[must_use]
    pub fn is_valid(text: &str) -> bool {
        (1..=LONGEST).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the long form: its last separator stands behind the digits of the time.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.long_parts().is_some()
    }

    /// The microseconds in the name; `None` when the digits are not numbers.
    #[must_use]
    pub fn microseconds(&self) -> Option<u32> {
        let number = match self.long_parts() {
            Some((time, _)) => read_number(time.get(time.len() - MICROSECOND_DIGITS..)?, 52)?,
            None => u64::from_str_radix(self.0.get(..5)?, 16).ok()?,
        };
        u32::try_from(number).ok()
    }

    /// The inode number in the name; `None` when the digits are not a number.
    #[must_use]
    pub fn inode(&self) -> Option<u64> {
        match self.long_parts() {
            Some((_, inode)) => read_number(inode, 51),
            None => u64::from_str_radix(self.0.get(5..)?, 16).ok(),
        }
    }

    /// The seconds since the epoch in a long name.
    #[must_use]
    pub fn seconds(&self) -> Option<u64> {
        let (time, _) = self.long_parts()?;
        read_number(time.get(..time.len() - MICROSECOND_DIGITS)?, 52)
    }

    /// The text whose first characters name the subdirectories of a hashed queue.
    ///
    /// For a long name these are the microseconds in hexadecimal, since its own characters change too slowly.
    #[must_use]
    pub fn hash_text(&self) -> String {
        match (self.is_long(), self.microseconds()) {
            (true, Some(microseconds)) => format!("{microseconds:05X}"),
            _ => self.0.to_string(),
        }
    }

    fn long_parts(&self) -> Option<(&str, &str)> {
        let at = self
            .0
            .rfind(SEPARATOR)
            .filter(|at| *at >= SECOND_DIGITS + MICROSECOND_DIGITS)?;
        Some((self.0.get(..at)?, self.0.get(at + 1..)?))
    }
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for QueueId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn push_number(text: &mut String, number: u64, base: u64, least_digits: usize) {
    // 64 bits have at most 12 digits in base 51.
    let mut digits = [b'0'; 16];
    let (mut rest, mut used) = (number, 0);
    for slot in &mut digits {
        if rest == 0 && used >= least_digits {
            break;
        }
        let index = usize::try_from(rest % base).unwrap_or(0);
        *slot = DIGITS.get(index).copied().unwrap_or(b'0');
        rest /= base;
        used += 1;
    }
    text.extend(digits.iter().take(used).rev().map(|digit| char::from(*digit)));
}

fn read_number(text: &str, base: u64) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0u64, |number, byte| {
        let digit = u64::try_from(DIGITS.iter().position(|digit| *digit == byte)?).ok()?;
        if digit >= base {
            return None;
        }
        number.checked_mul(base)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_is_hexadecimal() {
        let id = QueueId::short(560_619, 0x009C_800D);
        assert_eq!(id.as_str(), "88DEB9C800D");
        assert_eq!(
            (id.microseconds(), id.inode(), id.is_long()),
            (Some(560_619), Some(0x009C_800D), false)
        );
        assert_eq!(QueueId::short(1, 255).as_str(), "00001FF");
        assert_eq!(id.hash_text(), "88DEB9C800D");
    }

    #[test]
    fn the_long_form_gives_its_numbers_back() {
        for (seconds, microseconds, inode) in [(1_795_372_462, 560_401, 0x009C_800D), (0, 0, 0), (51, 51, 50)]
        {
            let id = QueueId::long(seconds, microseconds, inode);
            assert!(id.is_long(), "{id}");
            assert_eq!(
                (id.seconds(), id.microseconds(), id.inode()),
                (Some(seconds), Some(microseconds), Some(inode))
            );
            assert_eq!(id.hash_text(), format!("{microseconds:05X}"));
        }
        assert_eq!(QueueId::long(0, 0, 0).as_str(), "0000000000z0");
    }

    #[test]
    fn foreign_names_are_checked() {
        for (text, valid) in [
            ("ABC12", true),
            ("a_b", true),
            ("", false),
            ("../x", false),
            ("a-b", false),
            ("ä", false),
        ] {
            assert_eq!(QueueId::parse(text).is_some(), valid, "{text}");
        }
        assert!(!QueueId::is_valid(&"a".repeat(256)));
    }

    #[test]
    fn names_that_are_no_numbers_have_no_inode() {
        assert_eq!(QueueId::parse("maildrop_").unwrap().inode(), None);
        assert_eq!(QueueId::parse("0000000000z").unwrap().inode(), None);
    }
}
