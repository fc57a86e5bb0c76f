//! What becomes of the whole: on disk, returned to its sender, dropped, or refused.

use contract::bounce::Forget;
use contract::cleanup::{Filed, flag, status};
use queue::{Queue, QueueError, Sealed};

use crate::message::Message;
use crate::recipient::is_done;
use crate::{Cleanup, log, session};

/// Faults that can not be told to the sender by a notice, because the message is not known well enough.
const NOT_RETURNABLE: u32 =
    status::BAD | status::WRITE | status::DEFER | status::NO_RECIPIENTS | status::MAP | status::FULL;

impl Message<'_> {
    /// Ends the message; `is_whole` when its last record came. Once this says status 0, the message is ours.
    pub(crate) async fn finish(mut self, is_whole: bool) -> Filed {
        if self.is_going_on() {
            if self.envelope.recipient.is_none() {
                self.fault(status::NO_RECIPIENTS);
            }
            if !is_whole || !self.is_ended {
                self.fault(status::BAD);
            }
        }
        if !is_whole {
            // The client has taken the message back, whatever a check wanted.
            self.fault(status::BAD);
        } else if self.has_flag(flag::DISCARD) {
            self.faults = 0;
        }
        if self.is_going_on() {
            let written = self.draft.set_size(&self.size);
            self.written(written);
        }
        let is_returned = self.faults != 0
            && self.faults & NOT_RETURNABLE == 0
            && self.envelope.sender.is_some()
            && self.has_flag(flag::BOUNCE)
            && self.return_to_sender().await;
        if is_returned {
            self.faults = 0;
            self.flags |= flag::DISCARD;
        }
        if self.faults == 0 && !self.has_flag(flag::DISCARD) {
            self.commit().await
        } else {
            self.remove().await
        }
    }

    async fn commit(self) -> Filed {
        let service = self.service;
        let id = self.id().to_owned();
        let is_held = self.has_flag(flag::HOLD);
        let destination = if is_held { Queue::Hold } else { Queue::Incoming };
        let sealed = self.draft.seal(&service.spool, destination, None);
        match sync(sealed, service.underway.get() <= 1).await {
            Ok(()) => {
                if !is_held {
                    session::wake(service, &id).await;
                }
                Filed {
                    status: 0,
                    reason: self.reason,
                }
            }
            Err(error) => {
                log::write_failed(&id, &error);
                forget_trace(service, &id, self.is_traced).await;
                log::removed(&id, "canceled");
                Filed {
                    status: status::WRITE,
                    reason: self.reason,
                }
            }
        }
    }

    async fn remove(self) -> Filed {
        let id = self.id().to_owned();
        forget_trace(self.service, &id, self.is_traced).await;
        if let Err(error) = self.draft.abandon() {
            log::write_failed(&id, &error);
        }
        log::removed(&id, if self.faults == 0 { "discarded" } else { "canceled" });
        Filed {
            status: self.faults,
            reason: self.reason,
        }
    }
}

/// Brings the file to disk. No other message waits for it: it is done on another thread, unless there is no other, when
/// waking that thread and being woken by it would be most of the work.
async fn sync(sealed: Result<Sealed, QueueError>, is_alone: bool) -> Result<(), QueueError> {
    let sealed = sealed?;
    if is_alone {
        return sealed.commit_blocking().map(drop);
    }
    daemon::blocking(move || sealed.commit_blocking()).await.map(drop)
}

/// Reports about a message that does not exist must not be sent.
async fn forget_trace(service: &Cleanup, id: &str, is_traced: bool) {
    if is_traced {
        let forgotten = service
            .reporter
            .trace
            .ask(&Forget {
                queue_id: id.to_owned(),
            })
            .await;
        if !is_done(forgotten) {
            log::note_failed(id, "trace service failure");
        }
    }
}
