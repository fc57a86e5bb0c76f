//! What becomes of a message when no recipient of it is being delivered any more.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use contract::attribute::{Done, Request};
use contract::bounce::{Flush, Trace, Verp, Warn};
use contract::deliver::flag;
use ipc::Port;
use mail::{Action, Dsn, EnhancedStatus, Recipient};
use outcome::{About, Fate};
use queue::{Queue, QueueError, QueueFile};

use crate::active::Active;
use crate::log;
use crate::mover::Mover;
use crate::schedule::retry::is_warning_due;

impl Mover {
    /// Ends `active`, or reads more of its recipients, if nothing of it is going on.
    pub(crate) fn maybe_end(self: &Rc<Self>, active: &Rc<Active>) {
        if active.pins.get() > 0 || active.is_ending.get() || !self.schedule.borrow().is_idle(active.id) {
            return;
        }
        if active.resume.get().is_some() {
            let portion = self.schedule.borrow().refill_portion(active.id);
            self.refill_later(active, portion);
            return;
        }
        active.is_ending.set(true);
        daemon::beside(Rc::clone(self).end(Rc::clone(active)));
    }

    /// The end of one try: notices first, then the file.
    async fn end(self: Rc<Self>, active: Rc<Active>) {
        self.return_failures(&active).await;
        self.report_trace(&active).await;
        if active.is_left.get() {
            if self.is_given_up(&active) {
                self.give_up(&active).await;
            } else {
                self.warn_of_delay(&active).await;
            }
        }
        if active.is_left.get() {
            self.put_off(&active);
        } else {
            let alone = self.active.borrow().len() <= 1;
            self.messages.remove(&active.queue_id, alone).await;
        }
        if active.is_probe() {
            self.probes.set(self.probes.get().saturating_sub(1));
        }
        self.schedule.borrow_mut().release(active.id);
        self.active.borrow_mut().remove(&active.id);
        if self.intake.borrow().is_waiting() {
            self.notify();
        }
    }

    /// Returns the recipients that failed, if there are notes on any.
    async fn return_failures(&self, active: &Active) {
        match self.spool.find(&active.queue_id, &[Queue::Bounce]) {
            Ok(None) => {}
            Ok(Some(_)) => {
                if !self.ask_return(&self.reporter.bounce, active).await {
                    active.is_left.set(true);
                }
            }
            Err(error) => {
                log::not_read(active.queue_id.as_str(), &error);
                active.is_left.set(true);
            }
        }
    }

    /// Asks `service` to send its notes on `active` as a failure notice.
    async fn ask_return(&self, service: &Port, active: &Active) -> bool {
        let about = active.about();
        let verp = &active.envelope.verp;
        let is_verp = !verp.is_empty() && !about.sender.is_empty() && !self.settings.disable_verp_bounces;
        if is_verp {
            ask_notice(
                service,
                active,
                &Verp {
                    about,
                    delimiters: verp.clone(),
                },
            )
            .await
        } else {
            ask_notice(service, active, &Flush { about }).await
        }
    }

    /// Sends what was traced: reports that were asked for, and successes.
    async fn report_trace(&self, active: &Active) {
        if !active.is_traced() || active.is_probe() {
            return;
        }
        let is_report = active.request.flags & (flag::RECORD | flag::REPORT_ONLY) != 0;
        let question = Trace {
            about: active.about(),
            is_report,
        };
        if !ask_notice(&self.reporter.trace, active, &question).await {
            active.is_left.set(true);
            return;
        }
        // What was asked for once is told once, though the message may stay.
        if let Some(offset) = active.envelope.trace_offset
            && is_report
        {
            self.change_file(active, |file| file.kill_attribute(offset));
        }
    }

    fn is_given_up(&self, active: &Active) -> bool {
        let now = seconds_now();
        let is_notice = active.envelope.sender.is_empty();
        active.is_expired_by_force || self.retry.is_expired(active.envelope.create_time, is_notice, now)
    }

    /// Returns what is left: the reasons for the delay become the reasons for the failure.
    async fn give_up(&self, active: &Active) {
        let sender = self.address_form.show(&active.envelope.sender);
        log::expired(active.queue_id.as_str(), &sender, active.is_expired_by_force);
        let returned = self.ask_return(&self.reporter.defer, active).await;
        active.is_left.set(!returned);
    }

    /// Tells the sender of the delay, once, when it is time.
    async fn warn_of_delay(&self, active: &Active) {
        let Some(offset) = active.envelope.warn_offset else {
            return;
        };
        if !is_warning_due(active.envelope.warn_time, seconds_now()) || active.is_trial() {
            return;
        }
        if ask_notice(
            &self.reporter.defer,
            active,
            &Warn {
                about: active.about(),
            },
        )
        .await
        {
            self.change_file(active, |file| file.clear_warn_time(offset));
        }
    }

    /// Puts a message back, to be tried again after a while.
    fn put_off(&self, active: &Active) {
        let backoff = self
            .retry
            .backoff(Some(active.envelope.create_time), seconds_now());
        if let Err(error) = self
            .spool
            .defer(&active.queue_id, Queue::Active, SystemTime::now() + backoff)
        {
            // It stays in the active queue, from where the next start of this program takes it.
            log::not_moved(
                active.queue_id.as_str(),
                Queue::Active.name(),
                Queue::Deferred.name(),
                &error,
            );
        }
    }

    fn change_file(&self, active: &Active, change: impl FnOnce(&QueueFile) -> Result<(), QueueError>) {
        let changed =
            QueueFile::open(&self.spool, Queue::Active, &active.queue_id).and_then(|file| change(&file));
        if let Err(error) = changed {
            log::not_changed(active.queue_id.as_str(), &error);
        }
    }

    /// Drops recipients that nobody wants to hear of: notices about notices.
    pub(crate) async fn discard(self: &Rc<Self>, active: &Rc<Active>, recipients: Vec<Recipient>) {
        let status = EnhancedStatus::new(2, 0, 0);
        for recipient in recipients {
            let dsn = Dsn::new(
                status,
                Action::Delivered,
                "undeliverable postmaster notification discarded",
            );
            match self
                .reporter
                .report(&report_about(active), &recipient, "none", dsn)
                .await
            {
                Fate::Finished => self.change_file(active, |file| file.mark_done(recipient.offset)),
                Fate::Left => active.is_left.set(true),
            }
        }
    }

    /// Defers recipients without an agent: the transport that defers is itself not to be had.
    pub(crate) fn defer_here(self: &Rc<Self>, active: &Rc<Active>, recipients: Vec<(Recipient, Rc<str>)>) {
        let (mover, active) = (Rc::clone(self), Rc::clone(active));
        active.is_left.set(true);
        active.pin();
        daemon::beside(async move {
            for (recipient, reason) in recipients {
                let (status, text) = EnhancedStatus::split(EnhancedStatus::new(4, 3, 0), &reason);
                let dsn = Dsn::new(status, Action::Delayed, text);
                mover
                    .reporter
                    .report(&report_about(&active), &recipient, "none", dsn)
                    .await;
            }
            active.unpin();
            mover.maybe_end(&active);
        });
    }
}

async fn ask_notice<R: Request<Reply = Done>>(service: &Port, active: &Active, question: &R) -> bool {
    let name = service.path().file_name().unwrap_or_default().to_string_lossy();
    match service.ask(question).await {
        Ok(done) if done.is_yes() => true,
        Ok(done) => {
            log::notice_trouble(active.queue_id.as_str(), &name, &done.reason);
            false
        }
        Err(error) => {
            log::notice_trouble(active.queue_id.as_str(), &name, &error);
            false
        }
    }
}

fn report_about(active: &Active) -> About {
    About {
        queue_id: active.queue_id.to_string(),
        flags: active.request.flags,
        delays: active.delays,
        ..About::default()
    }
}

/// The time of day in whole seconds.
pub(crate) fn seconds_now() -> i64 {
    i64::try_from(stream::time_of_day().as_secs()).unwrap_or(i64::MAX)
}

/// A span that a file is left alone.
pub(crate) fn later(span: Duration) -> SystemTime {
    SystemTime::now() + span
}
