//! Where mail for whole domains goes: the members of a list are seldom of more than a few, and each would be a question.

use contract::rewrite::{Resolved, flag, speaks_for_domain};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// The answers of trivial-rewrite that hold for each address of a domain.
#[derive(Debug, Default)]
pub(crate) struct Routes(HashMap<String, (Instant, Resolved)>);

/// Domains kept, and for how long: a change of the tables that rule routes shows after that.
const KEPT: usize = 1000;
const KEPT_FOR: Duration = Duration::from_secs(5);

impl Routes {
    /// What is known of an address (internal form).
    pub(crate) fn get(&self, address: &str, now: Instant) -> Option<Resolved> {
        let (since, resolved) = self.0.get(speaks_for_domain(address)?)?;
        (now.duration_since(*since) < KEPT_FOR).then(|| Resolved {
            recipient: address.to_owned(),
            ..resolved.clone()
        })
    }

    /// Keeps an answer that holds for more than the address it was given for.
    pub(crate) fn put(&mut self, address: &str, resolved: &Resolved, now: Instant) {
        let Some(domain) = speaks_for_domain(address) else {
            return;
        };
        if resolved.flags & flag::WHOLE_DOMAIN == 0 || resolved.flags & flag::FAIL != 0 {
            return;
        }
        if self.0.len() >= KEPT {
            self.0.clear();
        }
        self.0.insert(domain.to_owned(), (now, resolved.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(recipient: &str, flags: u32) -> Resolved {
        Resolved {
            flags,
            transport: "smtp".into(),
            nexthop: "d.example".into(),
            recipient: recipient.into(),
        }
    }

    #[test]
    fn an_answer_for_a_domain_serves_its_plain_addresses_for_a_while() {
        let (mut routes, now) = (Routes::default(), Instant::now());
        let flags = flag::DEFAULT | flag::WHOLE_DOMAIN;
        routes.put("a@d.example", &resolved("a@d.example", flags), now);

        assert_eq!(
            routes.get("b@d.example", now),
            Some(resolved("b@d.example", flags))
        );
        assert_eq!(routes.get("b@e.example", now), None);
        assert_eq!(routes.get("x%y@d.example", now), None);
        assert_eq!(routes.get("b@d.example", now + KEPT_FOR), None);
    }

    #[test]
    fn an_answer_for_one_address_or_none_at_all_is_not_kept() {
        let (mut routes, now) = (Routes::default(), Instant::now());
        routes.put("a@d.example", &resolved("a@d.example", flag::DEFAULT), now);
        routes.put("a@e.example", &resolved("", flag::FAIL | flag::WHOLE_DOMAIN), now);

        assert_eq!(routes.get("a@d.example", now), None);
        assert_eq!(routes.get("a@e.example", now), None);
    }
}
