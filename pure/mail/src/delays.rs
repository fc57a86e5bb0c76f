//! The delays of a delivery as the log shows them: `delay=1.3, delays=0.05/0.01/0.4/0.84`.
//!
//! Times are durations since the epoch, as read from the queue file and the clock.

use std::fmt;
use std::time::Duration;

/// The moments in the life of one delivery; `None` where the message never came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    /// When the message arrived.
    pub incoming_arrival: Duration,
    /// When the queue manager took it up.
    pub active_arrival: Option<Duration>,
    /// When a delivery agent got it.
    pub agent_handoff: Option<Duration>,
    /// When the connection to the next hop was ready.
    pub connection_done: Option<Duration>,
}

/// The delays up to a moment, ready to be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// From arrival to the end.
    pub total: Duration,
    /// Before the queue manager, in it, setting up the connection, transmission.
    pub stages: [Duration; 4],
    /// `delay_logging_resolution_limit`: at most that many digits behind the point, 0 to 6.
    pub resolution_digits: u8,
}

impl Delays {
    /// The delays when the delivery ended at `done`. A clock that went back counts as no delay.
    #[must_use]
    pub fn spent(&self, done: Duration, resolution_digits: u8) -> Spent {
        let total = done.saturating_sub(self.incoming_arrival);
        let mut stages = [Duration::ZERO; 4];
        let [before, queued, connecting, sending] = &mut stages;
        match (self.active_arrival, self.agent_handoff, self.connection_done) {
            (None, ..) => *before = total,
            (Some(active), None, _) => {
                *before = active.saturating_sub(self.incoming_arrival);
                *queued = done.saturating_sub(active);
            }
            (Some(active), Some(handoff), connected) => {
                *before = active.saturating_sub(self.incoming_arrival);
                *queued = handoff.saturating_sub(active);
                *connecting = connected.map_or(Duration::ZERO, |at| at.saturating_sub(handoff));
                *sending = done.saturating_sub(connected.unwrap_or(handoff));
            }
        }
        Spent {
            total,
            stages,
            resolution_digits,
        }
    }
}

impl fmt::Display for Spent {
    /// `delay=…, delays=…/…/…/…`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |delay| Rounded {
            delay,
            resolution_digits: self.resolution_digits,
        };
        let [before, queued, connecting, sending] = self.stages.map(show);
        write!(
            f,
            "delay={}, delays={before}/{queued}/{connecting}/{sending}",
            show(self.total)
        )
    }
}

/// A delay with two significant digits, and no more than the limit behind the point.
///
/// From 10 seconds up it is a whole number of seconds; what is below the limit is `0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// The delay.
    pub delay: Duration,
    /// At most that many digits behind the point, 0 to 6.
    pub resolution_digits: u8,
}

const MILLION: u64 = 1_000_000;

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = u64::try_from(self.delay.as_micros()).unwrap_or(u64::MAX - MILLION);
        let finest = MILLION / 10u64.pow(u32::from(self.resolution_digits.min(6)));
        let step = step(exact, finest);
        // Half a step up, then cut: the second digit is rounded, not truncated.
        let rounded = if step > 1 { exact + step / 2 } else { exact };
        write!(f, "{}", rounded / MILLION)?;
        let mut fraction = rounded % MILLION;
        if fraction < step {
            return Ok(());
        }
        f.write_str(".")?;
        let mut place = MILLION / 10;
        while fraction >= step && place > 0 {
            write!(f, "{}", fraction / place)?;
            fraction %= place;
            place /= 10;
        }
        Ok(())
    }
}

/// The value of the last digit shown, in microseconds.
fn step(exact: u64, finest: u64) -> u64 {
    if finest >= MILLION {
        return finest;
    }
    match exact / MILLION {
        0 => {
            let mut step = finest;
            while exact >= 100 * step {
                step *= 10;
            }
            step
        }
        // One digit before the point leaves one behind it, whatever the limit says.
        1..10 => MILLION / 10,
        _ => MILLION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_have_two_significant_digits() {
        let table = [
            (0, "0"),
            (4_999, "0"),
            (5_000, "0.01"),
            (12_345, "0.01"),
            (99_400, "0.1"),
            (123_456, "0.12"),
            (996_000, "1"),
            (1_000_000, "1"),
            (1_250_000, "1.3"),
            (1_040_000, "1"),
            (9_960_000, "10"),
            (12_499_999, "12"),
            (12_500_000, "13"),
            (86_400_600_000, "86401"),
        ];
        for (microseconds, text) in table {
            let rounded = Rounded {
                delay: Duration::from_micros(microseconds),
                resolution_digits: 2,
            };
            assert_eq!(rounded.to_string(), text, "{microseconds}");
        }
    }

    #[test]
    fn the_limit_decides_how_fine_small_delays_are() {
        for (digits, text) in [
            (0, "0"),
            (1, "0"),
            (2, "0.01"),
            (3, "0.012"),
            (4, "0.012"),
            (6, "0.012"),
        ] {
            let rounded = Rounded {
                delay: Duration::from_micros(12_345),
                resolution_digits: digits,
            };
            assert_eq!(rounded.to_string(), text, "{digits}");
        }
    }

    #[test]
    fn stages_that_never_came_are_zero() {
        let at = Duration::from_secs;
        let mut delays = Delays {
            incoming_arrival: at(100),
            ..Delays::default()
        };
        assert_eq!(delays.spent(at(103), 2).to_string(), "delay=3, delays=3/0/0/0");
        delays.active_arrival = Some(at(101));
        assert_eq!(delays.spent(at(103), 2).to_string(), "delay=3, delays=1/2/0/0");
        delays.agent_handoff = Some(at(102));
        assert_eq!(delays.spent(at(106), 2).to_string(), "delay=6, delays=1/1/0/4");
        delays.connection_done = Some(at(104));
        assert_eq!(delays.spent(at(106), 2).to_string(), "delay=6, delays=1/1/2/2");
    }
}
