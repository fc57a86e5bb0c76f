//! Our own address probes' sender: mail to it is accepted unjudged, or two systems would probe each other forever.
//!
//! With `address_verify_sender_ttl` the local part carries the time, so that spammers cannot rely on it
//! (postconf(5) address_verify_sender).

use std::time::Duration;

/// Digits of the time in the local part: no vowels, so that no words arise. Only the first 31 are used.
const DIGITS: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZ";

/// The sender of probes, complete and without its time.
pub(crate) struct ProbeSender {
    /// `None` for the null sender.
    address: Option<(String, String)>,
    ttl: Duration,
}

impl ProbeSender {
    /// `sender` is `address_verify_sender`, completed with `origin` where it has no domain.
    pub(crate) fn new(sender: &str, origin: &str, ttl: Duration) -> Self {
        let address = match sender {
            "" | "<>" => None,
            _ => Some(match sender.split_once('@') {
                Some((local, domain)) => (local.to_owned(), domain.to_owned()),
                None => (sender.to_owned(), origin.to_owned()),
            }),
        };
        Self { address, ttl }
    }

    /// The sender without its time, when `address` is it. `seconds` is the time of day since the epoch.
    pub(crate) fn matches(&self, address: &str, seconds: u64) -> Option<String> {
        let (local, domain) = self.address.as_ref()?;
        let (their_local, their_domain) = address.split_once('@')?;
        let base = their_local.get(..local.len())?;
        if !base.eq_ignore_ascii_case(local) || !their_domain.eq_ignore_ascii_case(domain) {
            return None;
        }
        let stamp = their_local.get(local.len()..)?;
        let fits = match self.ttl.as_secs() {
            0 => stamp.is_empty(),
            ttl => read_time(stamp).is_some_and(|epoch| epoch.abs_diff(seconds / ttl) <= 1),
        };
        fits.then(|| format!("{local}@{domain}"))
    }
}

fn read_time(stamp: &str) -> Option<u64> {
    if stamp.is_empty() {
        return None;
    }
    stamp.bytes().try_fold(0u64, |value, octet| {
        let digit = DIGITS.iter().position(|digit| *digit == octet)?;
        value.checked_mul(DIGITS.len() as u64)?.checked_add(digit as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_is_known_with_and_without_time() {
        let sender = ProbeSender::new("double-bounce", "x.example", Duration::ZERO);
        assert_eq!(
            sender.matches("Double-Bounce@X.example", 0).as_deref(),
            Some("double-bounce@x.example")
        );
        assert_eq!(sender.matches("double-bounce1@x.example", 0), None);
        assert_eq!(sender.matches("double-bounce", 0), None);

        let sender = ProbeSender::new("probe@y.example", "x.example", Duration::from_secs(10));
        // 32 in base 31.
        assert_eq!(
            sender.matches("probe11@y.example", 320).as_deref(),
            Some("probe@y.example")
        );
        assert_eq!(
            sender.matches("probe11@y.example", 335).as_deref(),
            Some("probe@y.example")
        );
        assert_eq!(sender.matches("probe11@y.example", 345), None);
        assert_eq!(
            ProbeSender::new("<>", "x", Duration::ZERO).matches("a@b", 0),
            None
        );
    }
}
