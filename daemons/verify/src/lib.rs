//! verify: remembers which addresses were found deliverable, and probes others.
//!
//! The restrictions `reject_unverified_sender` and `reject_unverified_recipient` ask here. An address that is not
//! known, or not known any more, is tried by a probe; the answer may come after the client's patience, so it is put
//! off at first.
//!
//! # Listens
//! `private/verify`: the conversation `contract::verify`.
//! # Asks
//! `public/cleanup`, to send a probe: a message that is routed and tried like any other, and never delivered.
//! # Writes
//! `address_verify_map`; without one it remembers in memory, until it ends.
//! # Runs as
//! `mail_owner`; no root directory of its own, because of the map.
//! # Standards
//! None; verify(8), ADDRESS_VERIFICATION_README.
//! # Difference from Postfix
//! None known.

mod cache;
mod entry;
mod log;
mod probe;
mod settings;

use cache::Cache;
use contract::attribute::Done;
use contract::verify::{Known, Peek, Query, Update, state};
use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use entry::{Entry, Rules, Verdict};
use ipc::{Caller, Port};
use settings::Settings;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Verify>()
}

/// The server.
struct Verify {
    settings: Settings,
    rules: Rules,
    cache: Cache,
    cleanup: Port,
    limits: ipc::Limits,
    life: Life,
}

impl Service for Verify {
    const PLATE: Plate = Plate {
        name: "verify",
        counts: Counts::Processes,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let rules = Rules {
            positive_expire: settings.positive_expire_time.as_secs(),
            positive_refresh: settings.positive_refresh_time.as_secs(),
            negative_expire: settings.negative_expire_time.as_secs(),
            negative_refresh: settings.negative_refresh_time.as_secs(),
            negative_cache: settings.negative_cache,
        };
        let cache = Cache::open(&settings.map, start)?;
        let cleanup = start.public(&settings.cleanup_service);
        Ok(Self {
            settings,
            rules,
            cache,
            cleanup,
            limits: start.limits(),
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.limits.wait);
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            if let (true, Ok(query)) = (question.is::<Query>(), question.read::<Query>()) {
                let known = self.clone().query(&query.address).await;
                caller.answer(&known).await;
            } else if let (true, Ok(peek)) = (question.is::<Peek>(), question.read::<Peek>()) {
                caller.answer(&self.known(&peek.address).await.0).await;
            } else if let (true, Ok(update)) = (question.is::<Update>(), question.read::<Update>()) {
                caller.answer(&self.update(&update).await).await;
            } else {
                log::unknown(&question.name());
                return;
            }
        }
    }

    async fn run(self: Rc<Self>, _: Life) {
        let every = self.settings.cleanup_interval;
        while !every.is_zero() && self.cache.is_lasting() {
            // The process may have been started since: what counts is when the map was cleaned.
            let ago = seconds().saturating_sub(self.cache.last_cleaned().await);
            stream::pause(every.saturating_sub(Duration::from_secs(ago))).await;
            let (retained, dropped) = self.cache.clean(&self.rules, seconds()).await;
            log::cleaned(&self.settings.map, retained, dropped);
            if let Err(error) = self.cache.note_cleaned(seconds()).await {
                log::cache_trouble(&error);
                // Without the note it would begin anew at once.
                stream::pause(every).await;
            }
        }
    }
}

impl Verify {
    /// What to answer, and whether a probe is due, with the entry to store.
    async fn known(&self, address: &str) -> (Known, Option<Option<Entry>>) {
        match self.cache.get(address).await {
            Ok(stored) => {
                let Verdict { state, reason, probe } = self.rules.judge(stored, seconds());
                let known = Known {
                    status: 0,
                    state,
                    reason,
                };
                (known, probe)
            }
            Err(error) => {
                log::cache_trouble(&error);
                let unknown = Known {
                    status: -1,
                    ..Known::default()
                };
                (unknown, None)
            }
        }
    }

    async fn query(self: Rc<Self>, address: &str) -> Known {
        let (known, probe) = self.known(address).await;
        if let Some(probed) = probe {
            if let Some(entry) = probed.clone() {
                self.store(address, &entry).await;
            }
            let (this, address) = (self.clone(), address.to_owned());
            daemon::beside(async move {
                if let Err(error) = probe::send(&this.cleanup, &this.settings, &address).await {
                    log::no_probe(&address, &error);
                }
            });
        }
        known
    }

    async fn update(&self, update: &Update) -> Done {
        if !(state::OK..=state::BOUNCE).contains(&update.state) {
            return Done::no("no such state");
        }
        let stored = match self.cache.get(&update.address).await {
            Ok(stored) => stored,
            Err(error) => {
                log::cache_trouble(&error);
                return Done::no(error.to_string());
            }
        };
        if let Some(entry) = self.rules.learn(stored, update.state, &update.reason, seconds()) {
            self.store(&update.address, &entry).await;
        }
        Done::yes()
    }

    async fn store(&self, address: &str, entry: &Entry) {
        if let Err(error) = self.cache.put(address, entry).await {
            log::cache_trouble(&error);
        }
    }
}

fn seconds() -> u64 {
    stream::time_of_day().as_secs()
}
