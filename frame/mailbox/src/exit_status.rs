//! Exit statuses of commands, as sysexits(3) names them, and what they mean for mail.

use mail::EnhancedStatus;

/// What an exit status stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus {
    /// The enhanced status.
    pub status: EnhancedStatus,
    /// In words.
    pub text: &'static str,
}

const FIRST: i32 = 64;

const STATUSES: [ExitStatus; 15] = [
    status(5, 3, 0, "command line usage error"),
    status(5, 6, 0, "data format error"),
    status(5, 3, 0, "cannot open input"),
    status(5, 1, 1, "user unknown"),
    status(5, 1, 2, "host name unknown"),
    status(5, 3, 0, "service unavailable"),
    status(5, 3, 0, "internal software error"),
    status(4, 3, 0, "system resource problem"),
    status(5, 3, 0, "critical OS file missing"),
    status(5, 2, 0, "can't create user output file"),
    status(5, 3, 0, "input/output error"),
    status(4, 3, 0, "temporary failure"),
    status(5, 5, 0, "remote error in protocol"),
    status(5, 7, 0, "permission denied"),
    status(5, 3, 5, "local configuration error"),
];

const fn status(class: u8, subject: u16, detail: u16, text: &'static str) -> ExitStatus {
    ExitStatus {
        status: EnhancedStatus::new(class, subject, detail),
        text,
    }
}

impl ExitStatus {
    /// What is said, with its number, of a status that has no meaning of its own.
    pub const UNKNOWN: Self = status(5, 3, 0, "unknown mail system error");
    /// `EX_SOFTWARE`.
    pub const SOFTWARE: Self = STATUSES[6];
    /// `EX_OSERR`.
    pub const SYSTEM: Self = STATUSES[7];
    /// `EX_TEMPFAIL`.
    pub const TEMPORARY: Self = STATUSES[11];

    /// The meaning of an exit status; `None` for one outside sysexits(3).
    pub fn of(code: i32) -> Option<Self> {
        STATUSES
            .get(usize::try_from(code.checked_sub(FIRST)?).ok()?)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_their_meaning_and_others_have_none() {
        assert_eq!(ExitStatus::of(75), Some(ExitStatus::TEMPORARY));
        assert_eq!(ExitStatus::of(67).map(|it| it.text), Some("user unknown"));
        assert_eq!(
            ExitStatus::of(78).map(|it| it.text),
            Some("local configuration error")
        );
        for code in [-1, 0, 1, 63, 79, 255] {
            assert_eq!(ExitStatus::of(code), None);
        }
    }
}
