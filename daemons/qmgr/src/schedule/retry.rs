//! When a message that could not be delivered is tried again, when it is given up, and when its sender is told.
//!
//! Times are seconds since the epoch, because they come from, and go back to, queue files.

use std::time::Duration;

/// The rules for messages that stay behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryRules {
    /// The shortest time between two tries: `minimal_backoff_time`.
    pub minimal_backoff: Duration,
    /// The longest time between two tries: `maximal_backoff_time`.
    pub maximal_backoff: Duration,
    /// After how long a message is returned: `maximal_queue_lifetime`.
    pub maximal_lifetime: Duration,
    /// After how long a notice (null sender) is given up: `bounce_queue_lifetime`.
    pub bounce_lifetime: Duration,
}

impl RetryRules {
    /// How long a message created at `created` rests after a try at `now`: as long again as it has waited so
    /// far, within the two back-off times. `None` is a message that does not say when it was made.
    pub fn backoff(&self, created: Option<i64>, now: i64) -> Duration {
        let age = created.map_or(Duration::ZERO, |created| seconds(now - created));
        // Not `clamp`, which panics when an administrator puts the minimum above the maximum.
        age.min(self.maximal_backoff).max(self.minimal_backoff)
    }

    /// True when a message created at `created` has had its time. `is_notice` is true for a null sender.
    pub fn is_expired(&self, created: i64, is_notice: bool, now: i64) -> bool {
        let lifetime = if is_notice {
            self.bounce_lifetime
        } else {
            self.maximal_lifetime
        };
        now - created >= i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX)
    }
}

/// True when the sender is to be told of the delay. `due` is the warning time of the queue file, zero for never.
pub fn is_warning_due(due: i64, now: i64) -> bool {
    due > 0 && now >= due
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;

    fn rules() -> RetryRules {
        RetryRules {
            minimal_backoff: Duration::from_secs(300),
            maximal_backoff: Duration::from_secs(4000),
            maximal_lifetime: Duration::from_secs(5 * 24 * HOUR),
            bounce_lifetime: Duration::from_secs(HOUR),
        }
    }

    #[test]
    fn the_back_off_is_the_age_within_two_limits() {
        for (age, expected) in [
            (0, 300),
            (299, 300),
            (301, 301),
            (3999, 3999),
            (90_000, 4000),
            (-50, 300),
        ] {
            assert_eq!(
                rules().backoff(Some(1_000_000), 1_000_000 + age),
                Duration::from_secs(expected)
            );
        }
        assert_eq!(rules().backoff(None, 1_000_000), Duration::from_secs(300));
    }

    #[test]
    fn a_notice_has_a_lifetime_of_its_own() {
        assert!(!rules().is_expired(0, true, 3599));
        assert!(rules().is_expired(0, true, 3600));
        assert!(!rules().is_expired(0, false, 3600));
        assert!(rules().is_expired(0, false, 5 * 24 * 3600));
    }

    #[test]
    fn a_lifetime_of_zero_returns_mail_after_the_first_try() {
        let rules = RetryRules {
            maximal_lifetime: Duration::ZERO,
            ..rules()
        };

        assert!(rules.is_expired(1000, false, 1000));
    }

    #[test]
    fn a_warning_time_of_zero_is_never_due() {
        assert!(!is_warning_due(0, 5000));
        assert!(!is_warning_due(5001, 5000));
        assert!(is_warning_due(5000, 5000));
    }
}
