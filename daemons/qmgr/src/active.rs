//! One message in the active queue: what its file says, and what has happened to it so far.

use std::cell::Cell;
use std::mem::take;
use std::time::Duration;

use contract::bounce::About;
use contract::deliver::{self, flag};
use mail::{Delays, Notify, QueueId, Recipient};
use queue::{Envelope, FileState, Queue, Resume};
use record::attribute::trace;
use record::hints;

use crate::schedule::MessageId;

/// An active message.
pub(crate) struct Active {
    /// Its name in the schedule.
    pub(crate) id: MessageId,
    pub(crate) queue_id: QueueId,
    /// What the file says, recipients apart.
    pub(crate) envelope: Envelope,
    /// What every delivery request says of it.
    pub(crate) request: deliver::Envelope,
    /// It was moved by a request to deliver now: dead destinations and `defer_transports` do not count.
    pub(crate) is_flushed: bool,
    /// An administrator wants it returned.
    pub(crate) is_expired_by_force: bool,
    pub(crate) delays: Delays,
    /// Where the recipients go on that were not read yet.
    pub(crate) resume: Cell<Option<Resume>>,
    /// Recipients read so far.
    pub(crate) recipients_read: Cell<usize>,
    /// At least one recipient is left for another time.
    pub(crate) is_left: Cell<bool>,
    /// How many tasks still work on it outside the schedule.
    pub(crate) pins: Cell<u32>,
    /// What becomes of it is being seen to.
    pub(crate) is_ending: Cell<bool>,
}

/// How a message came to be active.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Circumstances {
    pub(crate) is_flushed: bool,
    pub(crate) is_expired_by_force: bool,
    pub(crate) confirm_delay_cleared: bool,
}

impl Circumstances {
    pub(crate) fn of(state: &FileState, is_flushed: bool, confirm_delay_cleared: bool) -> Self {
        Self {
            is_flushed: is_flushed || state.wants_unthrottle(),
            is_expired_by_force: state.is_expired_by_force(),
            confirm_delay_cleared,
        }
    }
}

impl Active {
    pub(crate) fn new(
        id: MessageId,
        queue_id: QueueId,
        mut envelope: Envelope,
        circumstances: Circumstances,
        now: Duration,
    ) -> Self {
        let arrival = Duration::from_secs(u64::try_from(envelope.arrival.seconds).unwrap_or(0))
            + Duration::from_micros(u64::from(envelope.arrival.microseconds));
        let in_queue = now.saturating_sub(arrival);
        let request = request(
            &queue_id,
            &mut envelope,
            in_queue,
            circumstances.confirm_delay_cleared,
        );
        Self {
            id,
            queue_id,
            request,
            is_flushed: circumstances.is_flushed,
            is_expired_by_force: circumstances.is_expired_by_force,
            delays: Delays {
                incoming_arrival: arrival,
                active_arrival: Some(arrival + in_queue),
                ..Delays::default()
            },
            resume: Cell::new(envelope.resume),
            recipients_read: Cell::new(envelope.recipients.len()),
            is_left: Cell::new(false),
            pins: Cell::new(0),
            is_ending: Cell::new(false),
            envelope,
        }
    }

    /// How many recipients the file may still hold unread; an upper bound, but for recipients a milter added.
    pub(crate) fn unread(&self) -> usize {
        if self.resume.get().is_none() {
            return 0;
        }
        let count = usize::try_from(self.envelope.size.recipient_count).unwrap_or(0);
        count.saturating_sub(self.recipients_read.get()).max(1)
    }

    /// True for a probe of verify.
    pub(crate) fn is_probe(&self) -> bool {
        self.request.flags & flag::PROBE != 0
    }

    /// True when nothing of it is to be delivered in truth.
    pub(crate) fn is_trial(&self) -> bool {
        self.request.flags & (flag::PROBE | flag::REPORT_ONLY) != 0
    }

    /// True when its end is to be told by the trace service.
    pub(crate) fn is_traced(&self) -> bool {
        let wanted = self.envelope.size.hints >> hints::NOTIFY_SHIFT;
        wanted & u32::from(Notify::SUCCESS.bits()) != 0
            || self.request.flags & (flag::RECORD | flag::REPORT_ONLY | flag::DELAY_CLEARED) != 0
    }

    /// The sender that a delivery to `recipient` has, if one of its own (VERP).
    pub(crate) fn verp_sender(&self, recipient: &Recipient) -> Option<String> {
        let known = if recipient.original.is_empty() {
            &recipient.address
        } else {
            &recipient.original
        };
        mail::verp::sender(&self.envelope.sender, known, &self.envelope.verp)
    }

    /// What a notice must know of it.
    pub(crate) fn about(&self) -> About {
        About {
            queue_name: Queue::Active.name().to_owned(),
            queue_id: self.queue_id.to_string(),
            encoding: self.envelope.encoding.clone(),
            send_options: self.envelope.size.options.0,
            sender: self.envelope.sender.clone(),
            envelope_id: self.envelope.envelope_id.clone(),
            ret: u32::from(self.envelope.ret.bits()),
        }
    }

    /// Holds back the end of the message while a task works on it.
    pub(crate) fn pin(&self) {
        self.pins.set(self.pins.get() + 1);
    }

    /// Undoes [`Active::pin`].
    pub(crate) fn unpin(&self) {
        self.pins.set(self.pins.get() - 1);
    }
}

/// Takes from the envelope what nobody else asks for.
fn request(
    queue_id: &QueueId,
    envelope: &mut Envelope,
    in_queue: Duration,
    confirm_delay_cleared: bool,
) -> deliver::Envelope {
    let mut flags = 0;
    for (bit, flag) in [
        (trace::RECORD, flag::RECORD),
        (trace::PROBE, flag::PROBE),
        (trace::VERIFY_ONLY, flag::REPORT_ONLY),
    ] {
        if envelope.trace_flags & bit != 0 {
            flags |= flag;
        }
    }
    // A warning time of zero in a file that has one: the notice was sent.
    if confirm_delay_cleared && envelope.warn_offset.is_some() && envelope.warn_time == 0 {
        flags |= flag::DELAY_CLEARED;
    }
    deliver::Envelope {
        flags,
        queue_name: Queue::Active.name().to_owned(),
        queue_id: queue_id.to_string(),
        data_offset: envelope.size.data_offset,
        data_size: envelope.size.data_size,
        content_size: envelope.size.content_length,
        nexthop: String::new(),
        encoding: envelope.encoding.clone(),
        send_options: envelope.size.options.0,
        sender: envelope.sender.clone(),
        envelope_id: envelope.envelope_id.clone(),
        ret: u32::from(envelope.ret.bits()),
        arrival_seconds: envelope.arrival.seconds,
        arrival_microseconds: i64::from(envelope.arrival.microseconds),
        active_microseconds: i64::try_from(in_queue.as_micros()).unwrap_or(i64::MAX),
        client_name: take(&mut envelope.client.name),
        client_address: take(&mut envelope.client.address),
        client_port: take(&mut envelope.client.port),
        protocol_name: take(&mut envelope.client.protocol),
        helo_name: take(&mut envelope.client.helo),
        sasl_method: take(&mut envelope.sasl_method),
        sasl_username: take(&mut envelope.sasl_username),
        sasl_sender: take(&mut envelope.sasl_sender),
        log_ident: take(&mut envelope.log_ident),
        rewrite_context: take(&mut envelope.rewrite_context),
    }
}
