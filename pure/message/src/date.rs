//! Dates as headers have them: `Sun, 22 Nov 2026 18:34:22 +0000 (UTC)` (RFC 5322 §3.3).

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The date for a moment in seconds since the epoch, in a time zone.
///
/// The day of the month has two columns, and the name of the zone follows as a comment.
#[must_use]
pub fn format(seconds: i64, zone: &TimeZone) -> String {
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = zone.to_offset_info(moment);
    let local = zone.offset().to_datetime(moment);
    let day = DAYS.get(usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0));
    let month = MONTHS.get(usize::try_from(local.month() - 1).unwrap_or(0));
    let offset_minutes = zone.offset().seconds() / 60;
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let mut text = String::with_capacity(40);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "{}, {:2} {} {:04} {:02}:{:02}:{:02} {sign}{:02}{:02} ({})",
        day.copied().unwrap_or_default(),
        local.day(),
        month.copied().unwrap_or_default(),
        local.year(),
        local.hour(),
        local.minute(),
        local.second(),
        (offset_minutes / 60).abs(),
        (offset_minutes % 60).abs(),
        zone.abbreviation(),
    );
    text
}

/// The last date that was asked for: many messages of one second need it made once.
#[derive(Clone, Debug)]
pub struct Clockface {
    zone: TimeZone,
    seconds: i64,
    text: String,
}

impl Clockface {
    /// Shows dates in a time zone.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        let text = format(0, &zone);
        Self {
            zone,
            seconds: 0,
            text,
        }
    }

    /// The date for a moment in seconds since the epoch.
    pub fn format(&mut self, seconds: i64) -> &str {
        if seconds != self.seconds {
            (self.seconds, self.text) = (seconds, format(seconds, &self.zone));
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn a_date_has_zone_and_name() {
        assert_eq!(
            format(1_795_372_462, &TimeZone::UTC),
            "Sun, 22 Nov 2026 18:34:22 +0000 (UTC)"
        );
        assert_eq!(
            format(1_793_613_600, &TimeZone::UTC),
            "Mon,  2 Nov 2026 10:00:00 +0000 (UTC)"
        );
        let west = TimeZone::fixed(Offset::from_seconds(-(3 * 3600 + 1800)).unwrap());
        assert!(format(0, &west).starts_with("Wed, 31 Dec 1969 20:30:00 -0330 ("));
    }

    #[test]
    fn the_clockface_follows_the_seconds() {
        let mut face = Clockface::new(TimeZone::UTC);
        for (seconds, expected) in [(0, "00:00:00"), (1, "00:00:01"), (1, "00:00:01"), (0, "00:00:00")] {
            assert!(face.format(seconds).contains(expected));
        }
    }
}
