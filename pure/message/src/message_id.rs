//! The Message-Id that the mail system gives to a message that has none (RFC 5322 §3.6.4).

use jiff::{Timestamp, tz::Offset};

/// `YYYYMMDDhhmmss.QUEUEID@HOST`, without angle brackets; a long queue id needs no time in front.
///
/// `seconds` since the epoch is when the queue file was made: with it, a queue id names one message only.
#[must_use]
pub fn make(seconds: i64, queue_id: &str, is_long_id: bool, host: &str) -> String {
    if is_long_id {
        return format!("{queue_id}@{host}");
    }
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = Offset::UTC.to_datetime(moment);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}.{queue_id}@{host}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_stands_before_a_short_id() {
        assert_eq!(
            make(1_795_372_462, "88DEB9C800D", false, "mx.test.example"),
            "20261122183422.88DEB9C800D@mx.test.example"
        );
        assert_eq!(make(0, "4ABC", true, "h"), "4ABC@h");
    }
}
