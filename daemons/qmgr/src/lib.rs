//! qmgr: chooses what is delivered when, and what becomes of the message afterwards.
//!
//! It reads each queue file, asks where its recipients go, and hands them to delivery agents: as many at once to a
//! destination as prove good for it, and small messages ahead of big ones. Mail that has to wait goes to `deferred`
//! and is tried again after `minimal_backoff_time`, then at longer and longer pauses up to `maximal_backoff_time`,
//! until `maximal_queue_lifetime` is over. The settings of a single transport are told at the end of postconf(5).
//!
//! # Listens
//! `public/qmgr`: wake-up bytes `A`, `D`, `F`, `I`, `W`, and names of new files from cleanup.
//! # Asks
//! `private/rewrite` for the route of each recipient, the delivery agents by their transports' names, and `bounce`,
//! `defer` and `trace` for notices.
//! # Writes
//! Moves queue files between `incoming`, `active`, `deferred` and `corrupt`, removes them, and changes their times,
//! their mode, the warning time and the trace flags in place. Removes notes in `defer`.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! RFC 3463, RFC 3464 (what it asks bounce for); qmgr(8), SCHEDULER_README.
//! # Difference from Postfix
//! Connections to delivery agents stay open and carry many requests. A transport is never asked for more deliveries
//! than the process limit of its `master.cf` line. Routes are remembered for a few seconds.

mod active;
mod agent;
mod disposal;
mod ending;
mod intake;
mod log;
mod mover;
mod route;
pub mod schedule;
mod settings;
#[cfg(test)]
mod tests;

use contract::trigger;
use daemon::{Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use mail::AddressForm;
use mover::Mover;
use queue::{Layout, Spool};
use settings::Settings;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Qmgr>()
}

/// The service.
struct Qmgr {
    mover: Rc<Mover>,
}

impl Service for Qmgr {
    const PLATE: Plate = Plate {
        name: "qmgr",
        counts: Counts::Processes,
        speaks: Speaks::Triggers,
        rights: Rights::MailOwner,
        lasting: true,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let form = AddressForm::parse(&settings.address_format).map_err(|_| {
            let value = &settings.address_format;
            StartError::Refused(format!(
                "parameter info_log_address_format: invalid value {value:?}; use external or internal"
            ))
        })?;
        let process_limits = mover::process_limits(&settings);
        // Every daemon stands in the queue directory, before and after it is confined.
        let spool = Spool::new("", Layout::read(start.configuration)?);
        let configuration = start.configuration.clone();
        let limits = ipc::Limits {
            wait: settings.ipc_timeout,
            ..start.limits()
        };
        let mover = Mover::new(
            settings,
            configuration,
            form,
            spool,
            limits,
            process_limits,
            start.flow.clone(),
        );
        Ok(Self {
            mover: Rc::new(mover),
        })
    }

    async fn wake(self: Rc<Self>, bytes: Vec<u8>) {
        let call = trigger::qmgr::Call::read(&bytes);
        let mut wishes = intake::Wishes {
            // A name that was not read whole must be found in another way.
            incoming: call.is_cut,
            ..intake::Wishes::default()
        };
        for byte in call.bytes {
            match byte {
                trigger::WAKE_UP | trigger::qmgr::SCAN_INCOMING => wishes.incoming = true,
                trigger::qmgr::SCAN_DEFERRED => wishes.deferred = true,
                trigger::qmgr::SCAN_ALL => wishes.all = true,
                trigger::qmgr::FLUSH_DEAD => wishes.flush = true,
                // Anybody may write here; what is not understood is not worth a line in the log.
                _ => {}
            }
        }
        self.mover.expect(call.names);
        self.mover.wish(wishes);
    }

    async fn run(self: Rc<Self>, _life: Life) {
        self.mover.clone().run().await;
    }
}
