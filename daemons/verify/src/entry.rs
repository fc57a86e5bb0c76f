//! What is remembered of one address, and for how long it holds.
//!
//! The stored text is Postfix's: `state:probed:updated:reason`, times in seconds since the epoch. No I/O here.

use contract::verify::state;

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// One of `contract::verify::state`.
    pub(crate) state: i32,
    /// When the last probe was sent; 0: none is under way.
    pub(crate) probed: u64,
    /// When the state was learnt; 0: never.
    pub(crate) updated: u64,
    /// The last result's text.
    pub(crate) reason: String,
}

impl Entry {
    /// Reads the stored text; `None` when it is not one, which counts as nothing remembered.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut fields = text.splitn(4, ':');
        let state = fields
            .next()?
            .parse()
            .ok()
            .filter(|state| (state::OK..=state::TODO).contains(state))?;
        let probed = fields.next()?.parse().ok()?;
        let updated = fields.next()?.parse().ok()?;
        let reason = fields.next()?.to_owned();
        let entry = Self {
            state,
            probed,
            updated,
            reason,
        };
        (entry.probed > 0 || entry.updated > 0).then_some(entry)
    }

    /// The text to store.
    pub(crate) fn text(&self) -> String {
        format!("{}:{}:{}:{}", self.state, self.probed, self.updated, self.reason)
    }
}

/// How long knowledge holds, in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) positive_expire: u64,
    pub(crate) positive_refresh: u64,
    pub(crate) negative_expire: u64,
    pub(crate) negative_refresh: u64,
    /// Whether failures are remembered at all.
    pub(crate) negative_cache: bool,
}

/// What to answer, and whether to probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) state: i32,
    pub(crate) reason: String,
    /// A probe is due; the entry to store that says so, where it may be stored.
    pub(crate) probe: Option<Option<Entry>>,
}

/// Seconds after which a probe without a result may be repeated.
const PROBE_SECONDS: u64 = 1000;

impl Rules {
    fn expires(&self, state: i32) -> u64 {
        if state == state::OK {
            self.positive_expire
        } else {
            self.negative_expire
        }
    }

    fn is_expired(&self, entry: &Entry, now: u64) -> bool {
        now.saturating_sub(entry.updated) > self.expires(entry.state)
    }

    /// What an entry is worth now.
    pub(crate) fn judge(&self, stored: Option<Entry>, now: u64) -> Verdict {
        let known = stored.unwrap_or(Entry {
            state: state::TODO,
            probed: 0,
            updated: 0,
            reason: String::new(),
        });
        let expired = known.updated == 0 || self.is_expired(&known, now);
        let entry = if expired {
            let reason = "Address verification in progress".to_owned();
            Entry {
                state: state::TODO,
                updated: 0,
                reason,
                ..known
            }
        } else {
            known
        };
        let refresh = if entry.state == state::OK {
            self.positive_refresh
        } else {
            self.negative_refresh
        };
        let is_due =
            now.saturating_sub(entry.updated) > refresh && now.saturating_sub(entry.probed) > PROBE_SECONDS;
        let may_store = self.negative_cache || entry.state == state::OK;
        let probe = is_due.then(|| {
            may_store.then(|| Entry {
                probed: now,
                ..entry.clone()
            })
        });
        Verdict {
            state: entry.state,
            reason: entry.reason,
            probe,
        }
    }

    /// What to remember after a probe's result; `None`: nothing changes. A failure does not outweigh a success that
    /// still holds: it may be passing.
    pub(crate) fn learn(&self, stored: Option<Entry>, state: i32, reason: &str, now: u64) -> Option<Entry> {
        if state != state::OK {
            if !self.negative_cache {
                return None;
            }
            if let Some(good) =
                stored.filter(|entry| entry.state == state::OK && !self.is_expired(entry, now))
            {
                return Some(Entry { probed: 0, ..good });
            }
        }
        Some(Entry {
            state,
            probed: 0,
            updated: now,
            reason: reason.to_owned(),
        })
    }

    /// Whether cleaning may drop the entry: nothing useful would be read from it.
    pub(crate) fn is_useless(&self, entry: &Entry, now: u64) -> bool {
        self.is_expired(entry, now) && now.saturating_sub(entry.probed) > PROBE_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400;
    const NOW: u64 = 1_800_000_000;
    const RULES: Rules = Rules {
        positive_expire: 31 * DAY,
        positive_refresh: 7 * DAY,
        negative_expire: 3 * DAY,
        negative_refresh: 3 * 3600,
        negative_cache: true,
    };

    fn entry(state: i32, updated: u64) -> Entry {
        Entry {
            state,
            probed: 0,
            updated,
            reason: "250 ok: yes".into(),
        }
    }

    #[test]
    fn a_stored_entry_is_read_back_with_colons_in_its_reason() {
        let good = entry(state::OK, NOW);
        assert_eq!(Entry::parse(&good.text()), Some(good));
        for text in ["", "0:1", "9:1:1:x", "0:0:0:x", "a:1:1:x"] {
            assert_eq!(Entry::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stranger_is_probed_once_and_is_in_progress_meanwhile() {
        let first = RULES.judge(None, NOW);
        assert_eq!(first.state, state::TODO);
        let stored = first.probe.unwrap();
        assert_eq!(RULES.judge(stored.clone(), NOW + 10).probe, None);
        assert!(RULES.judge(stored, NOW + 1001).probe.is_some());
    }

    #[test]
    fn a_good_address_is_good_while_it_is_refreshed() {
        let verdict = RULES.judge(Some(entry(state::OK, NOW - 8 * DAY)), NOW);
        assert_eq!(verdict.state, state::OK);
        assert!(verdict.probe.is_some());
        assert_eq!(
            RULES.judge(Some(entry(state::OK, NOW - 6 * DAY)), NOW).probe,
            None
        );
        assert_eq!(
            RULES.judge(Some(entry(state::OK, NOW - 32 * DAY)), NOW).state,
            state::TODO
        );
    }

    #[test]
    fn a_failure_does_not_outweigh_a_success_that_holds() {
        let good = entry(state::OK, NOW - DAY);
        let kept = RULES
            .learn(Some(good.clone()), state::DEFER, "4.4.1 down", NOW)
            .unwrap();
        assert_eq!((kept.state, kept.updated), (state::OK, good.updated));
        let old = entry(state::OK, NOW - 40 * DAY);
        assert_eq!(
            RULES
                .learn(Some(old), state::BOUNCE, "5.1.1 no", NOW)
                .unwrap()
                .state,
            state::BOUNCE
        );
    }

    #[test]
    fn without_a_negative_cache_failures_are_forgotten() {
        let rules = Rules {
            negative_cache: false,
            ..RULES
        };
        assert_eq!(rules.learn(None, state::BOUNCE, "no", NOW), None);
        assert_eq!(rules.judge(None, NOW).probe, Some(None));
    }
}
