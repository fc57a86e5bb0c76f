//! The shape of a line: time stamps and harmless text.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Local time as `Nov 22 21:25:01`, made anew only when the second has changed.
pub(crate) struct Clock {
    zone: TimeZone,
    second: i64,
    text: [u8; 15],
}

/// How a day below ten is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayStyle {
    /// With a space in front, as syslog(3) does.
    Space,
    /// With a zero in front, as Postfix does in its own log file.
    Zero,
}

impl Clock {
    /// A clock in the system's time zone, which is read here and kept.
    pub(crate) fn system() -> Self {
        Self::in_zone(TimeZone::system())
    }

    fn in_zone(zone: TimeZone) -> Self {
        Self {
            zone,
            second: i64::MIN,
            text: [b' '; 15],
        }
    }

    /// The stamp for now.
    pub(crate) fn stamp(&mut self, style: DayStyle) -> &[u8; 15] {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs().cast_signed());
        self.stamp_at(now, style)
    }

    /// The stamp for a second since the epoch.
    pub(crate) fn stamp_at(&mut self, second: i64, style: DayStyle) -> &[u8; 15] {
        if second != self.second {
            self.second = second;
            let time = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
            let local = self.zone.to_datetime(time);
            let month = MONTHS[usize::from(local.month().unsigned_abs() - 1) % 12].as_bytes();
            self.text[..3].copy_from_slice(month);
            two_digits(&mut self.text, 4, local.day());
            two_digits(&mut self.text, 7, local.hour());
            two_digits(&mut self.text, 10, local.minute());
            two_digits(&mut self.text, 13, local.second());
            self.text[9] = b':';
            self.text[12] = b':';
        }
        // The tens of the day: both styles may be asked for within one second.
        match (self.text[4], style) {
            (b'0', DayStyle::Space) => self.text[4] = b' ',
            (b' ', DayStyle::Zero) => self.text[4] = b'0',
            _ => {}
        }
        &self.text
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn two_digits(text: &mut [u8; 15], at: usize, number: i8) {
    let number = number.unsigned_abs();
    text[at] = b'0' + number / 10 % 10;
    text[at + 1] = b'0' + number % 10;
}

/// Replaces control characters by question marks, octet for octet; with `utf8` false, all that is not ASCII too.
pub(crate) fn neutralise(text: &mut [u8], utf8: bool) {
    // One quick pass first: hardly any line has something to replace.
    let suspicious = |octet: &u8| *octet < b' ' || *octet >= 0x7f;
    let Some(first) = text.iter().position(suspicious) else {
        return;
    };
    let mut rest = text.get_mut(first..).unwrap_or_default();
    while let Some((octet, after)) = rest.split_first_mut() {
        match *octet {
            0..=0x1f | 0x7f => *octet = b'?',
            0x80.. if !utf8 => *octet = b'?',
            // U+0080 to U+009F, control characters that some terminals obey.
            0xc2 => {
                if let Some(next @ 0x80..=0x9f) = after.first_mut() {
                    *octet = b'?';
                    *next = b'?';
                }
            }
            _ => {}
        }
        rest = after;
    }
}

/// The same text with control characters replaced by question marks, for places other than a log line.
#[must_use]
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|character| if character.is_control() { '?' } else { character })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_below_ten_has_a_space_for_syslog_and_a_zero_for_the_file() {
        let mut clock = Clock::in_zone(TimeZone::UTC);
        // 2023-11-02 18:34:22
        assert_eq!(clock.stamp_at(1_698_950_062, DayStyle::Space), b"Nov  2 18:34:22");
        assert_eq!(clock.stamp_at(1_698_950_062, DayStyle::Zero), b"Nov 02 18:34:22");
        assert_eq!(clock.stamp_at(1_698_950_062, DayStyle::Space), b"Nov  2 18:34:22");
        assert_eq!(clock.stamp_at(1_703_975_999, DayStyle::Zero), b"Dec 30 22:39:59");
    }

    #[test]
    fn control_characters_become_question_marks_and_letters_stay() {
        let check = |from: &str, utf8: bool, to: &str| {
            let mut text = from.as_bytes().to_vec();
            neutralise(&mut text, utf8);
            assert_eq!(String::from_utf8(text).unwrap(), to);
        };
        check("plain", true, "plain");
        check("a\r\nb\x1b[1m\x7f", true, "a??b?[1m?");
        check("Grüße \u{9b}31m", true, "Grüße ??31m");
        check("ü", false, "??");
        check("end \u{c2}", true, "end \u{c2}");
    }

    #[test]
    fn a_harmless_text_is_borrowed() {
        assert!(matches!(neutral("ü"), Cow::Borrowed(_)));
        assert_eq!(neutral("a\nb"), "a?b");
    }
}
