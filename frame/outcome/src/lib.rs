//! What became of one recipient: the `to=… status=…` log line, and the bounce, defer, trace or verify note.
//!
//! [`Reporter::report`] decides which of these a fate calls for, in the order that loses nothing: the note first, then
//! the log line, then the answer that the recipient is finished. A note that could not be left turns a failure into
//! a delay, never into silence.

mod filter;
mod log;
mod sites;

pub use filter::Filter;
pub use sites::Sites;

use contract::bounce::{self, Append};
use contract::verify;
use ipc::Port;
use mail::{Action, AddressForm, Delays, Dsn, EnhancedStatus, Notify, Recipient};

/// Where notes go, and how delays are shown.
#[derive(Debug)]
pub struct Reporter {
    /// The failures.
    pub bounce: Port,
    /// The delays.
    pub defer: Port,
    /// The reports.
    pub trace: Port,
    /// The results of address probes.
    pub verify: Port,
    /// Which site waits for what.
    pub flush: Sites,
    /// `delay_logging_resolution_limit`.
    pub resolution_digits: u8,
    /// `info_log_address_format`: how addresses are shown.
    pub address_form: AddressForm,
    /// `soft_bounce`: failures become delays.
    pub soft_bounce: bool,
    /// The administrator's word on status and text.
    pub filter: Filter,
}

/// What must be known of a message to report on its recipients.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The message.
    pub queue_id: String,
    /// Bits of `contract::deliver::flag`.
    pub flags: u32,
    /// The moments so far.
    pub delays: Delays,
    /// How many messages went over the same connection before this one.
    pub earlier_uses: u32,
}

/// Who hears of a failure in place of the sender.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The owner's address.
    pub address: String,
    /// What the notice says of the message.
    pub about: bounce::About,
}

/// What is left to do for a recipient after its fate was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing: cross it off in the queue file.
    Finished,
    /// It stays in the queue file, to be tried again.
    Left,
}

/// The `status=` word and the fate behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sent,
    Failed,
    Delayed,
}

impl Reporter {
    /// Reports the fate `dsn` of `recipient`, which `relay` (a host, a program, `local`, `none`) brought about.
    /// Actions: delivered, relayed and expanded are success; failed; delayed.
    pub async fn report(&self, about: &About, recipient: &Recipient, relay: &str, dsn: Dsn) -> Fate {
        self.dispose(about, None, recipient, relay, dsn).await
    }

    /// As [`Reporter::report`], for the members of a list whose owner hears of failures instead of the sender: a
    /// failure goes into a notice of its own, to the owner.
    pub async fn report_to(
        &self,
        about: &About,
        owner: Owner,
        recipient: &Recipient,
        relay: &str,
        dsn: Dsn,
    ) -> Fate {
        self.dispose(about, Some(owner), recipient, relay, dsn).await
    }

    async fn dispose(
        &self,
        about: &About,
        owner: Option<Owner>,
        recipient: &Recipient,
        relay: &str,
        dsn: Dsn,
    ) -> Fate {
        let dsn = self.filter.pass(dsn).await;
        match dsn.action {
            Action::Failed => self.failed(about, owner, recipient, relay, dsn).await,
            Action::Delayed => self.delayed(about, recipient, relay, dsn).await,
            _ => self.sent(about, recipient, relay, dsn).await,
        }
    }

    /// Leaves a note for the success notice, of something that is no end: an alias was expanded. False when it could
    /// not be left.
    pub async fn trace(&self, about: &About, recipient: &Recipient, relay: &str, dsn: &Dsn) -> bool {
        let noted = is_done(self.trace.ask(&note(about, recipient, relay, dsn)).await);
        if !noted {
            log::no_trace_note(&about.queue_id);
        } else if about.flags & REPORT_ONLY != 0 {
            self.log(about, recipient, relay, dsn, dsn.action.as_str());
        }
        noted
    }

    async fn sent(&self, about: &About, recipient: &Recipient, relay: &str, mut dsn: Dsn) -> Fate {
        if let Some(fate) = self.probed(about, recipient, relay, &dsn, Kind::Sent).await {
            return fate;
        }
        let cleared = about.flags & DELAY_CLEARED != 0 && recipient.notify.wants_delay();
        if about.flags & RECORD != 0 || cleared || recipient.notify.contains(Notify::SUCCESS) {
            let noted = self.trace.ask(&note(about, recipient, relay, &dsn)).await;
            if !matches!(noted, Ok(ref done) if done.is_yes()) {
                dsn.action = Action::Delayed;
                dsn.status = EnhancedStatus::new(4, 3, 0);
                dsn.reason = "bounce or trace service failure".to_owned();
                return self.delayed(about, recipient, relay, dsn).await;
            }
        }
        self.log(about, recipient, relay, &dsn, "sent");
        Fate::Finished
    }

    async fn failed(
        &self,
        about: &About,
        owner: Option<Owner>,
        recipient: &Recipient,
        relay: &str,
        mut dsn: Dsn,
    ) -> Fate {
        if let Some(fate) = self.probed(about, recipient, relay, &dsn, Kind::Failed).await {
            return fate;
        }
        if self.soft_bounce {
            dsn.action = Action::Delayed;
            dsn.status = dsn.status.with_class(4);
            return self.left(about, recipient, relay, dsn, "SOFTBOUNCE").await;
        }
        let note = note(about, recipient, relay, &dsn);
        // Also when the sender does not want to hear of it: the postmaster may.
        let noted = match owner {
            None => is_done(self.bounce.ask(&note).await),
            Some(Owner { address, about }) => {
                let (owner, note) = (address, note.clone());
                is_done(self.bounce.ask(&bounce::One { about, owner, note }).await)
            }
        };
        let traced = noted && (about.flags & RECORD == 0 || is_done(self.trace.ask(&note).await));
        if !traced {
            dsn.action = Action::Delayed;
            dsn.status = EnhancedStatus::new(4, 3, 0);
            dsn.reason = "bounce or trace service failure".to_owned();
            return self.delayed(about, recipient, relay, dsn).await;
        }
        self.log(about, recipient, relay, &dsn, "bounced");
        Fate::Finished
    }

    async fn delayed(&self, about: &About, recipient: &Recipient, relay: &str, dsn: Dsn) -> Fate {
        if let Some(fate) = self.probed(about, recipient, relay, &dsn, Kind::Delayed).await {
            return fate;
        }
        self.left(about, recipient, relay, dsn, "deferred").await
    }

    /// Leaves a recipient in the queue, with a note that says why.
    async fn left(&self, about: &About, recipient: &Recipient, relay: &str, dsn: Dsn, status: &str) -> Fate {
        let note = note(about, recipient, relay, &dsn);
        // The message stays whether or not the note was left; without it only the reason is missing from listings.
        if !is_done(self.defer.ask(&note).await) {
            log::no_defer_note(&about.queue_id);
        }
        if about.flags & RECORD != 0 && !is_done(self.trace.ask(&note).await) {
            log::no_trace_note(&about.queue_id);
        }
        if let Some((_, domain)) = recipient.address.rsplit_once('@') {
            self.flush.add(domain, &about.queue_id).await;
        }
        self.log(about, recipient, relay, &dsn, status);
        Fate::Left
    }

    /// A probe of `verify` or a `sendmail -bv` report: nothing was delivered, whatever the fate.
    async fn probed(
        &self,
        about: &About,
        recipient: &Recipient,
        relay: &str,
        dsn: &Dsn,
        kind: Kind,
    ) -> Option<Fate> {
        if about.flags & (PROBE | REPORT_ONLY) == 0 {
            return None;
        }
        let (word, action, state) = match kind {
            Kind::Sent => ("deliverable", Action::Deliverable, verify::state::OK),
            Kind::Failed => ("undeliverable", Action::Undeliverable, verify::state::BOUNCE),
            Kind::Delayed => ("undeliverable", Action::Undeliverable, verify::state::DEFER),
        };
        let told = if about.flags & PROBE != 0 {
            // The verdict is on the address that was asked about, before it was rewritten.
            let address = recipient
                .original_if_other()
                .unwrap_or(&recipient.address)
                .to_owned();
            // Without its status: who asks says one of his own.
            let reason = dsn.reason.clone();
            is_done(
                self.verify
                    .ask(&verify::Update {
                        address,
                        state,
                        reason,
                    })
                    .await,
            )
        } else {
            let dsn = Dsn {
                action,
                ..dsn.clone()
            };
            is_done(self.trace.ask(&note(about, recipient, relay, &dsn)).await)
        };
        self.log(about, recipient, relay, dsn, word);
        Some(if told || about.flags & PROBE != 0 {
            Fate::Finished
        } else {
            Fate::Left
        })
    }

    fn log(&self, about: &About, recipient: &Recipient, relay: &str, dsn: &Dsn, status: &str) {
        let spent = about.delays.spent(stream::time_of_day(), self.resolution_digits);
        let line = log::Fate {
            queue_id: &about.queue_id,
            recipient,
            relay,
            dsn,
            status,
            earlier_uses: about.earlier_uses,
        };
        line.write(&spent, self.address_form);
    }
}

use contract::deliver::flag::{DELAY_CLEARED, PROBE, RECORD, REPORT_ONLY};

fn is_done(answer: Result<contract::attribute::Done, ipc::AskError>) -> bool {
    match answer {
        Ok(done) => done.is_yes(),
        Err(error) => {
            log::service_trouble(&error);
            false
        }
    }
}

fn note(about: &About, recipient: &Recipient, relay: &str, dsn: &Dsn) -> Append {
    Append {
        queue_id: about.queue_id.clone(),
        recipient: recipient.clone(),
        relay: relay.to_owned(),
        time: i64::try_from(stream::time_of_day().as_secs()).unwrap_or(i64::MAX),
        dsn: dsn.clone(),
    }
}
