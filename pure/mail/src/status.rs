//! The enhanced status code `class.subject.detail` of RFC 3463.

use std::fmt;
use std::str::FromStr;

use crate::MailError;

/// An enhanced status code, such as `4.7.1` (RFC 3463 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EnhancedStatus {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    pub class: u8,
    /// What the code is about: address, mailbox, mail system, network, protocol, content, policy. 0 to 999.
    pub subject: u16,
    /// The exact cause. 0 to 999.
    pub detail: u16,
}

impl EnhancedStatus {
    /// Makes a code from its three numbers, which must be in range.
    #[must_use]
    pub const fn new(class: u8, subject: u16, detail: u16) -> Self {
        Self {
            class,
            subject,
            detail,
        }
    }

    /// Reads a code that is the whole text.
    ///
    /// # Errors
    /// [`MailError::Status`] for any other form.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        match Self::from_prefix(text) {
            Some((status, "")) if !text.ends_with([' ', '\t']) => Ok(status),
            _ => Err(MailError::Status),
        }
    }

    /// Reads a code at the start of a text, and gives what follows the white space after it.
    ///
    /// The code must be followed by white space or by the end of the text.
    #[must_use]
    pub fn from_prefix(text: &str) -> Option<(Self, &str)> {
        let (class, rest) = text.split_at_checked(1)?;
        let class = match class {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let (subject, rest) = number(rest.strip_prefix('.')?)?;
        let (detail, rest) = number(rest.strip_prefix('.')?)?;
        if !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_whitespace()) {
            return None;
        }
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        Some((
            Self {
                class,
                subject,
                detail,
            },
            rest,
        ))
    }

    /// Takes a code from the start of a text, or the given one when there is none.
    #[must_use]
    pub fn split(default: Self, text: &str) -> (Self, &str) {
        Self::from_prefix(text).unwrap_or_else(|| {
            (
                default,
                text.trim_start_matches(|c: char| c.is_ascii_whitespace()),
            )
        })
    }

    /// The same subject and detail in another class, as when a rejection is softened to a deferral.
    #[must_use]
    pub const fn with_class(self, class: u8) -> Self {
        Self { class, ..self }
    }
}

/// One to three digits, and the rest.
fn number(text: &str) -> Option<(u16, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    if !(1..=3).contains(&end) {
        return None;
    }
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

impl fmt::Display for EnhancedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl FromStr for EnhancedStatus {
    type Err = MailError;

    fn from_str(text: &str) -> Result<Self, MailError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_and_written_alike() {
        for text in ["2.0.0", "4.7.1", "5.999.123"] {
            assert_eq!(EnhancedStatus::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "", "4", "4.7", "4.7.", "3.1.1", "4.1000.1", "4.7.1x", "4.7.1 ", "x4.7.1", "é.1.1",
        ] {
            assert_eq!(EnhancedStatus::parse(text), Err(MailError::Status), "{text}");
        }
    }

    #[test]
    fn a_prefix_leaves_the_text_behind_it() {
        let status = EnhancedStatus::new(5, 7, 1);
        assert_eq!(
            EnhancedStatus::from_prefix("5.7.1  no such thing"),
            Some((status, "no such thing"))
        );
        assert_eq!(EnhancedStatus::from_prefix("5.7.1, no"), None);
        assert_eq!(EnhancedStatus::split(status, "go away"), (status, "go away"));
    }
}
