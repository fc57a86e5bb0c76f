//! Where a session's message goes when a filter stands before the queue: to the filter, with the client's own commands,
//! and the filter's replies to the client.

use submit::Submission;

use crate::before_queue::{Failure, Filtered};
use crate::log;
use crate::reply;
use crate::session::{End, Session, Worked};
use crate::state::Trouble;

/// Where content goes as records: to cleanup, or to the filter.
pub(crate) fn content<'a>(
    submission: &'a mut Option<Submission>,
    filtered: &'a mut Option<Filtered>,
) -> Option<&'a mut Vec<u8>> {
    match (submission, filtered) {
        (Some(submission), _) => Some(submission.output()),
        (None, Some(filtered)) => Some(filtered.output()),
        (None, None) => None,
    }
}

impl Session<'_> {
    /// Opens the message with whoever takes it, unless that was done. False when it did not work; the client was told.
    pub(crate) async fn open_message(&mut self) -> Result<bool, End> {
        if self.submission.is_some() || self.filtered.is_some() {
            return Ok(true);
        }
        if self.filter_lost {
            // Another conversation would know nothing of the recipients that the first one took.
            return self.filter_failed(Failure::Broken).await;
        }
        let Some(filter) = &self.server.before_queue else {
            return self.open_submission().await;
        };
        match Filtered::open(filter, &self.state, &self.mail_command).await {
            Ok(filtered) => {
                self.filtered = Some(filtered);
                log::message_client(&self.state, self.server.settings.client_port_logging);
                Ok(true)
            }
            Err(failure) => self.filter_failed(failure).await,
        }
    }

    /// Passes a recipient on to the filter. False when it does not take him; the client was told.
    pub(crate) async fn pass_recipient(&mut self) -> Result<bool, End> {
        let Some(filtered) = &mut self.filtered else {
            return Ok(true);
        };
        match filtered.recipient(&self.command).await {
            Ok(()) => Ok(true),
            Err(failure) => {
                if let Failure::Broken = failure {
                    self.filtered = None;
                    self.filter_lost = true;
                }
                self.filter_failed(failure).await
            }
        }
    }

    /// Announces the content to the filter: the refusal, when it does not want any.
    pub(crate) async fn announce_content(&mut self) -> Option<String> {
        let filtered = self.filtered.as_mut()?;
        match filtered.data().await {
            Ok(()) => None,
            Err(failure) => {
                self.filtered = None;
                Some(self.failure_text(failure))
            }
        }
    }

    /// Lets the filter go; it is told so where that needs no waiting.
    pub(crate) fn abandon_filter(&mut self) {
        self.filter_lost = false;
        if let Some(filtered) = self.filtered.take() {
            filtered.abandon();
        }
    }

    async fn filter_failed(&mut self, failure: Failure) -> Result<bool, End> {
        let text = self.failure_text(failure);
        self.reply(&text).await?;
        Ok(false)
    }

    fn failure_text(&mut self, failure: Failure) -> String {
        match failure {
            Failure::Refused(text) => text,
            Failure::Broken => {
                self.state.trouble |= Trouble::SOFTWARE;
                reply::WRITE_ERROR.to_owned()
            }
        }
    }

    /// The last line has come, and a filter was given the message: what it says is said to the client.
    pub(crate) async fn end_filtered(&mut self) -> Worked {
        let ended = match (self.filtered.take(), &self.server.before_queue) {
            (Some(filtered), Some(filter)) => filtered.finish(filter).await,
            _ => Err(Failure::Broken),
        };
        let (text, taken) = match ended {
            Ok(text) => {
                self.forgive();
                (text, true)
            }
            Err(failure) => (self.failure_text(failure), false),
        };
        log::filtered(&self.state, taken, &text, self.server.address_form);
        self.reply(&text).await?;
        self.after_message().await;
        Ok(taken)
    }
}
