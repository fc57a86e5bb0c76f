//! Telling `flush` which site a delayed message waits for.

use crate::log;
use contract::flush::{Add, status};
use ipc::Port;
use std::cell::RefCell;
use std::collections::HashSet;

/// The flush service, with the sites it was found to keep no log for: most are none of `fast_flush_domains`, and asking
/// again for each delayed recipient would cost more than the delay itself.
#[derive(Debug)]
pub struct Sites {
    port: Port,
    /// The sites are those of an earlier release's default, and that is said each time.
    former_default: bool,
    unknown: RefCell<HashSet<String>>,
}

/// Sites remembered; past that the memory starts anew.
const KNOWN_LIMIT: usize = 10_000;

impl Sites {
    /// Nothing is known yet.
    pub fn new(port: Port) -> Self {
        Self {
            port,
            former_default: false,
            unknown: RefCell::default(),
        }
    }

    /// Says whether the sites are those of an earlier release's default; then that is logged with each message.
    #[must_use]
    pub fn by_former_default(mut self, former: bool) -> Self {
        self.former_default = former;
        self
    }

    /// Notes that a message waits for a site. Best effort: the message is also found by the regular scan.
    pub(crate) async fn add(&self, site: &str, queue_id: &str) {
        if self.unknown.borrow().contains(site) {
            return;
        }
        let add = Add {
            site: site.to_owned(),
            queue_id: queue_id.to_owned(),
        };
        let Ok(done) = self.port.ask(&add).await else {
            return;
        };
        if done.status == status::OK && self.former_default {
            log::former_flush_domain(site);
        }
        if done.status == status::UNKNOWN {
            let mut unknown = self.unknown.borrow_mut();
            if unknown.len() >= KNOWN_LIMIT {
                unknown.clear();
            }
            unknown.insert(site.to_owned());
        }
    }
}
