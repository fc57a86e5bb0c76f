//! Members that get the message as a new one: on other hosts, or users of this one who are not the alias itself.
//!
//! One new message for each pair of `Delivered-To:` address and sender. It is filed when all else of the recipient is
//! done, so that nothing is sent twice when the recipient must be tried again.

use contract::cleanup::flag;
use delivery::Fate;
use mail::{Action, Dsn};
use record::{ArrivalTime, Kind, SendOptions, attribute, encode};
use std::rc::Rc;
use submit::{Submission, SubmitError};

use crate::branch::Branch;
use crate::delivery::{Delivery, both, status};
use crate::log;

/// A new message that gathers recipients.
pub(crate) struct Forward {
    delivered: Rc<str>,
    sender: Rc<str>,
    submission: Submission,
    arrival: ArrivalTime,
}

impl Delivery<'_> {
    /// Adds the recipient to a new message.
    pub(crate) async fn forward(&self, branch: &Branch) -> Fate {
        let address = &branch.recipient.address;
        if !self.seen.is_new(&format!("indirect {address}")) {
            return Fate::Finished;
        }
        if self.is_question() {
            return self.succeed(branch, format!("forwards to {address}")).await;
        }
        match self.add_to_forward(branch).await {
            Ok(()) => Fate::Finished,
            Err(error) => {
                log::service_trouble(&error);
                self.fail(branch, (4, 3, 0), "unable to forward message").await
            }
        }
    }

    async fn add_to_forward(&self, branch: &Branch) -> Result<(), SubmitError> {
        let (delivered, sender) = (branch.delivered_to(), &*branch.sender);
        let same = |forward: &Forward| *forward.delivered == *delivered && *forward.sender == *sender;
        // Taken out while it waits, since others may be added meanwhile.
        let begun = {
            let mut forwards = self.forwards.borrow_mut();
            forwards
                .iter()
                .position(same)
                .map(|index| forwards.swap_remove(index))
        };
        let mut forward = match begun {
            Some(forward) => forward,
            None => self.begin_forward(branch).await?,
        };
        let output = forward.submission.output();
        let recipient = &branch.recipient;
        if !recipient.orcpt.is_empty() {
            attribute::encode(attribute::DSN_ORIG_RCPT, recipient.orcpt.as_bytes(), output);
        }
        if !recipient.notify.is_empty() {
            attribute::encode(
                attribute::NOTIFY_FLAGS,
                recipient.notify.bits().to_string().as_bytes(),
                output,
            );
        }
        if !recipient.original.is_empty() {
            encode(Kind::ORIGINAL_RECIPIENT, recipient.original.as_bytes(), output);
        }
        encode(Kind::RECIPIENT, recipient.address.as_bytes(), output);
        forward.submission.flow().await?;
        self.forwards.borrow_mut().push(forward);
        Ok(())
    }

    async fn begin_forward(&self, branch: &Branch) -> Result<Forward, SubmitError> {
        let envelope = &self.job.envelope;
        let mut flags = flag::FORWARDED;
        if SendOptions(envelope.send_options).has(SendOptions::SMTPUTF8_REQUESTED) {
            flags |= flag::SMTPUTF8;
        }
        let line_limit = self.settings().line_length_limit;
        let mut submission = Submission::open(&self.agent.cleanup, flags, line_limit).await?;
        let now = stream::time_of_day();
        let arrival = ArrivalTime {
            seconds: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            microseconds: now.subsec_micros(),
        };
        submission.record(Kind::TIME, arrival.payload().as_bytes());
        submission.record(Kind::SENDER, branch.sender.as_bytes());
        if envelope.ret != 0 {
            submission.attribute(attribute::RET_FLAGS, &envelope.ret.to_string());
        }
        let attributes = [
            (attribute::ENVELOPE_ID, &envelope.envelope_id),
            (attribute::LOG_CLIENT_NAME, &envelope.client_name),
            (attribute::LOG_CLIENT_ADDRESS, &envelope.client_address),
            (attribute::LOG_PROTOCOL_NAME, &envelope.protocol_name),
            (attribute::LOG_HELO_NAME, &envelope.helo_name),
            (attribute::SASL_METHOD, &envelope.sasl_method),
            (attribute::SASL_USERNAME, &envelope.sasl_username),
            (attribute::SASL_SENDER, &envelope.sasl_sender),
            (attribute::LOG_IDENT, &envelope.log_ident),
            (attribute::REWRITE_CONTEXT, &envelope.rewrite_context),
        ];
        for (name, value) in attributes.into_iter().filter(|(_, value)| !value.is_empty()) {
            submission.attribute(name, value);
        }
        let (delivered, sender) = (branch.delivered_to().into(), branch.sender.clone());
        Ok(Forward {
            delivered,
            sender,
            submission,
            arrival,
        })
    }

    /// Files the new messages, if nothing else is left to do for the recipient; otherwise takes them back.
    pub(crate) async fn finish_forwards(&self, fate: Fate, branch: &Branch) -> Fate {
        let forwards = self.forwards.take();
        let mut all = fate;
        for forward in forwards {
            if all == Fate::Left {
                break;
            }
            let queue_id = forward.submission.queue_id().to_owned();
            all = both(all, self.file_forward(forward, &queue_id, branch).await);
        }
        all
    }

    async fn file_forward(&self, forward: Forward, queue_id: &str, branch: &Branch) -> Fate {
        let trouble = match self.send_forward(forward).await {
            Ok(true) => {
                let mut branch = branch.clone();
                branch.recipient.notify = branch.notify_of_members();
                let reason = format!("forwarded as {queue_id}");
                return self
                    .tell(&branch, Dsn::new(status(2, 0, 0), Action::Relayed, reason))
                    .await;
            }
            Ok(false) => "unable to forward message".to_owned(),
            Err(error) => {
                log::damaged(self.job.queue_id(), &error);
                "unable to forward message".to_owned()
            }
        };
        self.fail(branch, (4, 3, 0), trouble).await
    }

    /// Sends the content and hears what became of it; false when cleanup would not file it.
    async fn send_forward(&self, forward: Forward) -> Result<bool, ForwardError> {
        let Forward {
            delivered,
            mut submission,
            arrival,
            ..
        } = forward;
        let settings = self.settings();
        let date = message::date::format(arrival.seconds, &self.agent.zone);
        submission.record(Kind::MESSAGE, b"");
        let lines = [
            format!("Received: by {} ({})", settings.myhostname, settings.mail_name),
            format!("\tid {}; {date}", submission.queue_id()),
        ];
        for line in lines {
            submission.line(line.as_bytes());
        }
        if settings.prepend_delivered_header.forward {
            // Unlike in a mailbox, without quotes.
            submission.line(format!("Delivered-To: {}", mail::address::fold(&delivered)).as_bytes());
        }
        let mut content = self.job.content()?;
        while let Some(line) = content.next_line()? {
            let kind = if line.ends { Kind::LINE } else { Kind::CHUNK };
            encode(kind, line.bytes, submission.output());
            submission.flow().await?;
        }
        submission.record(Kind::EXTRACTED, b"");
        let filed = submission.finish(&self.agent.cleanup).await?;
        Ok(filed.status == 0)
    }
}

/// Why a new message was not filed.
#[derive(Debug, thiserror::Error)]
enum ForwardError {
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error(transparent)]
    Content(#[from] queue::QueueError),
}
