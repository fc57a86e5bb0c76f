//! One file of `maildrop`: may it be taken, and what becomes of it.

use crate::copy::{Additions, Copy, CopyError, Step};
use crate::{Pickup, log};
use contract::cleanup::{Filed, flag, status};
use queue::{Cursor, Entry, Queue, QueueError, QueueFile};
use record::ArrivalTime;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use submit::{Submission, SubmitError};

/// A file that may be taken.
#[derive(Debug)]
pub(crate) struct Submitted {
    file: QueueFile,
    /// Its name in `maildrop`.
    pub name: String,
    /// Who wrote it.
    pub owner: u32,
    /// Whether `postsuper -r` put it there: the mail system's own, and nobody else may read it.
    pub requeued: bool,
    modified: SystemTime,
}

/// What to do with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The message is in the queue, or is none.
    Remove,
    /// Try again later.
    Keep,
}

/// Read and execute by others: what postdrop lets everyone read.
const OTHERS_READ: u32 = 0o004;
/// How far a clock may be ahead before it is worth a line.
const AHEAD: Duration = Duration::from_secs(2 * 3600);
const DAY_SECONDS: u64 = 86_400;

impl Submitted {
    /// Opens a file if it is complete. `Ok(None)`: not yet, or not a submission; it is left alone.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(pickup: &Pickup, entry: &Entry) -> Result<Option<Self>, QueueError> {
        let Some(id) = entry.id() else { return Ok(None) };
        // Looked at before it is opened: opening a named pipe or a device could do something.
        let state = match std::fs::symlink_metadata(&entry.path) {
            Ok(facts) => queue::FileState::of(&facts),
            Err(error) => return Err(error.into()),
        };
        if !state.is_ready() {
            return Ok(None);
        }
        let file = QueueFile::open_to_read(&pickup.spool, Queue::Maildrop, &id)?;
        let state = file.state()?;
        if !state.is_ready() {
            return Ok(None);
        }
        if state.links > 1 {
            // A name elsewhere for the same file: a user may have linked what is not theirs to send.
            log::many_links(&entry.name, state.links);
            return Ok(None);
        }
        Ok(Some(Self {
            file,
            name: entry.name.clone(),
            owner: state.owner,
            requeued: state.owner == pickup.owner && state.mode & OTHERS_READ == 0,
            modified: state.modified,
        }))
    }

    /// Hands the message to cleanup.
    pub(crate) async fn deliver(&self, pickup: &Pickup) -> Fate {
        match self.copy(pickup).await {
            Ok(Ok(fate)) => fate,
            Ok(Err((queue_id, error))) => {
                log::malformed(&queue_id, self.owner, &error);
                // A file that can not be read now may be readable later; one that is no message never is.
                if matches!(error, CopyError::Queue(_)) {
                    Fate::Keep
                } else {
                    Fate::Remove
                }
            }
            Err(error) => {
                log::cannot_submit(&self.name, &error);
                Fate::Keep
            }
        }
    }

    async fn copy(&self, pickup: &Pickup) -> Result<Result<Fate, (String, CopyError)>, SubmitError> {
        let line_limit = pickup.line_limit;
        let mut submission = Submission::open(&pickup.cleanup, self.flags(pickup), line_limit).await?;
        let queue_id = submission.queue_id().to_owned();
        let modified = self.modified_time(&queue_id, pickup);
        let additions = Additions {
            received: pickup.received(self.owner, &queue_id, modified),
            arrival: ArrivalTime {
                seconds: modified,
                microseconds: 0,
            },
            filter: pickup.settings.content_filter.clone(),
            line_limit,
        };
        let mut copy = Copy::new(Cursor::new(self.file.file(), 0, READ_OCTETS), additions);
        loop {
            match copy.step(submission.output()) {
                Ok(Step::Envelope) => log::taken(&queue_id, self, &pickup.log_form.show(copy.sender())),
                Ok(Step::Full) => submission.flush().await?,
                Ok(Step::End) => break,
                // Dropping the submission takes the message back.
                Err(error) => return Ok(Err((queue_id, error))),
            }
        }
        let filed = submission.finish(&pickup.cleanup).await?;
        Ok(Ok(self.judge(&queue_id, &filed)))
    }

    fn flags(&self, pickup: &Pickup) -> u32 {
        if self.requeued {
            pickup.flags & !flag::MILTER
        } else if pickup.autodetect_utf8 {
            pickup.flags | flag::AUTO_UTF8
        } else {
            pickup.flags
        }
    }

    /// When the file was written, in seconds since the epoch; a time in the future is taken as now.
    fn modified_time(&self, queue_id: &str, pickup: &Pickup) -> i64 {
        let now = (pickup.clock)();
        let mut modified = self.modified;
        match modified.duration_since(now) {
            Ok(ahead) if ahead > AHEAD => {
                log::future(queue_id, &self.name, ahead.as_secs());
                modified = now;
            }
            Ok(_) => {}
            Err(past) => {
                let days = past.duration().as_secs() / DAY_SECONDS;
                if days > 0 {
                    log::old(queue_id, &self.name, days);
                }
            }
        }
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(0)
    }

    fn judge(&self, queue_id: &str, filed: &Filed) -> Fate {
        if filed.status == 0 {
            return Fate::Remove;
        }
        if filed.reason.is_empty() {
            log::refused(&self.name, queue_id, cause(filed.status));
        }
        // No recipients: a requeued message that is finished. Neither gets better by waiting.
        if filed.status & (status::BAD | status::NO_RECIPIENTS) != 0 {
            Fate::Remove
        } else {
            Fate::Keep
        }
    }
}

/// What one read of a submission asks for.
const READ_OCTETS: usize = 32 * 1024;

/// The cause in words, the gravest first.
fn cause(bits: u32) -> &'static str {
    let causes = [
        (status::DEFER, "service unavailable (try again later)"),
        (status::PROXY, "queue file write error"),
        (status::MAP, "queue file write error"),
        (status::FULL, "insufficient system storage"),
        (status::BAD, "internal protocol error"),
        (status::NO_RECIPIENTS, "no recipients specified"),
        (status::HOPS, "too many hops"),
        (status::SIZE, "message file too big"),
        (status::CONTENT, "message content rejected"),
        (status::WRITE, "queue file write error"),
    ];
    causes
        .iter()
        .find(|(bit, _)| bits & bit != 0)
        .map_or("unknown status", |(_, text)| text)
}
