//! Restrictions that ask the verify service whether an address can be delivered to (ADDRESS_VERIFICATION_README).

use contract::verify::{Peek, Query, state};

use super::grammar::Party;
use super::judge::Judge;
use super::verdict::{Class, Verdict};
use crate::log;
use crate::state::Trouble;
use crate::trace::Trace;

/// Characters of a probe's result that a reply repeats.
const REASON_LIMIT: usize = 250;

impl Judge<'_> {
    pub(super) async fn reject_unverified(&mut self, party: Party) -> Verdict {
        let Some((address, class)) = self.party(party) else {
            return Verdict::Dunno;
        };
        let server = self.server;
        let settings = &server.settings;
        let (code, defer_code, reason, held, status) = match class {
            Class::Sender => (
                settings.unverified_sender_code,
                settings.unverified_sender_defer_code,
                &settings.unverified_sender_reason,
                server.tempfail.unverified_sender,
                "4.1.7",
            ),
            _ => (
                settings.unverified_recipient_code,
                settings.unverified_recipient_defer_code,
                &settings.unverified_recipient_reason,
                server.tempfail.unverified_recipient,
                "4.1.1",
            ),
        };
        let Some((known, why)) = self.ask_verify(&address).await else {
            log::verify_failed(&settings.verify_service);
            let text = format_args!("<{address}>: {class} rejected: address verification problem");
            return self.defer_if_permit(held, Trouble::POLICY, 450, status, text);
        };
        let code = match known {
            state::OK => return Verdict::Dunno,
            state::BOUNCE => code,
            _ => defer_code,
        };
        let why = if code >= 400 && !reason.is_empty() {
            reason.clone()
        } else {
            why
        };
        match code / 100 {
            2 => Verdict::Dunno,
            4 => {
                let why: String = why.chars().take(REASON_LIMIT).collect();
                let text = format_args!("<{address}>: {class} rejected: unverified address: {why}");
                self.defer_if_permit(held, Trouble::POLICY, code, status, text)
            }
            _ => {
                let text = format_args!("<{address}>: {class} rejected: undeliverable address: {why}");
                self.refuse(Trouble::POLICY, code, status, text)
            }
        }
    }

    /// What verify knows already: a dry run starts no probe.
    async fn peek(&self, trace: &Trace, address: &str) -> (i32, String) {
        let peek = Peek {
            address: address.to_owned(),
        };
        let known = self.server.verify.ask(&peek).await;
        match known
            .ok()
            .filter(|known| known.status == 0 && known.state != state::TODO)
        {
            Some(known) => {
                let found = match known.state {
                    state::OK => "deliverable",
                    state::BOUNCE => "undeliverable",
                    _ => "not deliverable for now",
                };
                trace.note(format!("a probe has found {address} {found}: {}", known.reason));
                (known.state, known.reason)
            }
            None => {
                trace.assume(format!("{address} would be probed; taken as deliverable"));
                (state::OK, String::new())
            }
        }
    }

    /// What verify knows, waiting a little for a probe that is under way. `None` when it could not tell.
    async fn ask_verify(&self, address: &str) -> Option<(i32, String)> {
        let settings = &self.server.settings;
        if let Some(trace) = &self.server.trace {
            return Some(self.peek(trace, address).await);
        }
        let query = Query {
            address: address.to_owned(),
        };
        let mut polls = 0;
        loop {
            let known = match self.server.verify.ask(&query).await {
                Ok(known) => known,
                Err(error) => {
                    log::service_unreachable(&error);
                    return None;
                }
            };
            if known.status != 0 {
                return None;
            }
            polls += 1;
            if known.state != state::TODO || polls >= settings.verify_poll_count {
                return Some((known.state, known.reason));
            }
            stream::pause(settings.verify_poll_delay).await;
        }
    }
}
