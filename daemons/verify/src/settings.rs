//! What verify reads from `main.cf`.

use std::time::Duration;

config::settings! {
    /// The settings.
    pub struct Settings {
        /// Where entries are kept.
        map: String = ADDRESS_VERIFY_MAP,
        /// Who probes.
        sender: String = ADDRESS_VERIFY_SENDER,
        /// How long the probe sender's name lasts.
        sender_ttl: Duration = ADDRESS_VERIFY_SENDER_TTL,
        /// How long a success holds.
        positive_expire_time: Duration = ADDRESS_VERIFY_POSITIVE_EXPIRE_TIME,
        /// After how long a success is probed again.
        positive_refresh_time: Duration = ADDRESS_VERIFY_POSITIVE_REFRESH_TIME,
        /// How long a failure holds.
        negative_expire_time: Duration = ADDRESS_VERIFY_NEGATIVE_EXPIRE_TIME,
        /// After how long a failure is probed again.
        negative_refresh_time: Duration = ADDRESS_VERIFY_NEGATIVE_REFRESH_TIME,
        /// Whether failures are remembered.
        negative_cache: bool = ADDRESS_VERIFY_NEGATIVE_CACHE,
        /// How often the map is cleaned.
        cleanup_interval: Duration = ADDRESS_VERIFY_CACHE_CLEANUP_INTERVAL,
        /// Where probes are handed in.
        cleanup_service: String = CLEANUP_SERVICE_NAME,
        /// Stands in the probe's Received header, with the name of the mail system.
        myhostname: String = MYHOSTNAME,
        /// See `myhostname`.
        mail_name: String = MAIL_NAME,
        /// Completes a probe sender without a domain.
        myorigin: String = MYORIGIN,
        /// Longest content line in one record.
        line_length_limit: usize = LINE_LENGTH_LIMIT,
    }
}

impl Settings {
    /// The envelope sender of probes: `<>` and empty are the null sender; with a time to live the name changes with
    /// time, so that spammers cannot use it for long.
    pub fn probe_sender(&self) -> String {
        if self.sender.is_empty() || self.sender == "<>" {
            return String::new();
        }
        let (local, domain) = self
            .sender
            .rsplit_once('@')
            .unwrap_or((&self.sender, &self.myorigin));
        let span = self.sender_ttl.as_secs();
        if span == 0 {
            return format!("{local}@{domain}");
        }
        let tick = stream::time_of_day().as_secs() / span;
        format!("{local}{}@{domain}", base31(tick))
    }
}

/// The digits that make no word: numbers and consonants.
const DIGITS: &[u8; 31] = b"0123456789BCDFGHJKLMNPQRSTVWXYZ";

fn base31(mut number: u64) -> String {
    let mut text = Vec::new();
    loop {
        let digit = usize::try_from(number % 31).unwrap_or_default();
        text.push(DIGITS.get(digit).copied().map_or('0', char::from));
        number /= 31;
        if number == 0 {
            return text.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_digits_that_the_smtp_server_knows() {
        assert_eq!(base31(0), "0");
        assert_eq!(base31(32), "11");
        assert_eq!(base31(10), "B");
        assert_eq!(base31(30), "Z");
    }
}
