//! The NOTIFY and RET options of RFC 3461 §4.1 and §4.3, as the bit masks that queue files carry.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::MailError;

/// When a sender wants to hear about a recipient; the empty mask means that nothing was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Notify(u8);

impl Notify {
    /// Nothing was asked for: failures and delays are reported.
    pub const NONE: Self = Self(0);
    /// No notice at all.
    pub const NEVER: Self = Self(1);
    /// On delivery.
    pub const SUCCESS: Self = Self(2);
    /// On failure.
    pub const FAILURE: Self = Self(4);
    /// On delay.
    pub const DELAY: Self = Self(8);

    const WORDS: [(Self, &'static str); 4] = [
        (Self::NEVER, "NEVER"),
        (Self::SUCCESS, "SUCCESS"),
        (Self::FAILURE, "FAILURE"),
        (Self::DELAY, "DELAY"),
    ];

    /// Reads the value of `NOTIFY=`: keywords with commas, in any case.
    ///
    /// # Errors
    /// [`MailError::Keyword`] for an unknown or empty keyword, and for `NEVER` beside another.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let mut mask = Self::NONE;
        for word in text.split(',') {
            let found = Self::WORDS
                .iter()
                .find(|(_, name)| name.eq_ignore_ascii_case(word));
            mask |= found.map(|(bit, _)| *bit).ok_or(MailError::Keyword)?;
        }
        if mask.contains(Self::NEVER) && mask != Self::NEVER {
            return Err(MailError::Keyword);
        }
        Ok(mask)
    }

    /// The mask with these bits, unless it is one that no sender can ask for.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits > 15 || (bits & 1 != 0 && bits != 1) {
            None
        } else {
            Some(Self(bits))
        }
    }

    /// The number that queue files and delivery requests carry.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether all bits of `other` are set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether nothing was asked for.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The mask without the bits of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a failure must be reported: asked for, or nothing was said (RFC 3461 §4.1).
    #[must_use]
    pub const fn wants_failure(self) -> bool {
        self.0 == 0 || self.contains(Self::FAILURE)
    }

    /// Whether a delay must be reported: asked for, or nothing was said.
    #[must_use]
    pub const fn wants_delay(self) -> bool {
        self.0 == 0 || self.contains(Self::DELAY)
    }
}

impl BitOr for Notify {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Notify {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (bit, name) in Self::WORDS {
            if self.contains(bit) {
                write!(f, "{separator}{name}")?;
                separator = ",";
            }
        }
        Ok(())
    }
}

/// How much of the message a failure notice returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ret {
    /// The sender did not say.
    #[default]
    Unset = 0,
    /// The whole message.
    Full = 1,
    /// The headers only.
    Headers = 2,
}

impl Ret {
    /// Reads the value of `RET=`, in any case.
    ///
    /// # Errors
    /// [`MailError::Keyword`] for anything but `FULL` and `HDRS`.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        match text {
            _ if text.eq_ignore_ascii_case("FULL") => Ok(Self::Full),
            _ if text.eq_ignore_ascii_case("HDRS") => Ok(Self::Headers),
            _ => Err(MailError::Keyword),
        }
    }

    /// The value with this number.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::Unset),
            1 => Some(Self::Full),
            2 => Some(Self::Headers),
            _ => None,
        }
    }

    /// The number that queue files carry.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self as u8
    }

    /// The keyword of RFC 3461 §4.3; empty when unset.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "",
            Self::Full => "FULL",
            Self::Headers => "HDRS",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_bits() {
        assert_eq!(
            Notify::parse("success,Failure"),
            Ok(Notify::SUCCESS | Notify::FAILURE)
        );
        assert_eq!(Notify::parse("NEVER"), Ok(Notify::NEVER));
        assert_eq!((Notify::SUCCESS | Notify::DELAY).to_string(), "SUCCESS,DELAY");
    }

    #[test]
    fn contradictions_and_unknown_words_are_refused() {
        for text in ["", "NEVER,DELAY", "SUCCESS,", "SOMETIMES", "SUCCESS DELAY"] {
            assert_eq!(Notify::parse(text), Err(MailError::Keyword), "{text}");
        }
        assert_eq!((Notify::from_bits(3), Notify::from_bits(16)), (None, None));
    }

    #[test]
    fn ret_has_two_words() {
        assert_eq!(
            (Ret::parse("full"), Ret::parse("HDRS")),
            (Ok(Ret::Full), Ok(Ret::Headers))
        );
        assert_eq!(Ret::parse("BODY"), Err(MailError::Keyword));
    }
}
