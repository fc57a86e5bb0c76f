//! Recipient slots: how many recipients of a message may be in memory.
//!
//! Each transport has a pool of slots. The oldest job of a message that is not read to its end has all that are
//! free, so that what is known best is what is served next; jobs read to their end keep a slot for each recipient
//! in memory and pass on the rest. An unread job that overtakes gets half of what is left and of an extra pool,
//! lest it be read in the smallest portions while it is served (SCHEDULER_README, memory resource limits).
//! A message may read as many recipients as its jobs have slots to spare, and `qmgr_message_recipient_minimum` in
//! any case.

use std::time::Instant;

use super::{JobId, MessageId, Scheduler, TransportId};

impl<R> Scheduler<R> {
    /// Gives slots to a job, or takes them, after its recipients or what is unread have changed.
    pub(super) fn balance_slots(&mut self, id: JobId, is_unread: bool) {
        let job = &self.jobs[id];
        let (transport, sequence) = (job.transport, job.sequence);
        if is_unread {
            let was = self.transports[transport].unread.insert(sequence, id);
            if was.is_none() && self.first_unread(transport) == Some(id) {
                self.take_over_slots(transport, id);
            }
            return;
        }
        self.transports[transport].unread.remove(&sequence);
        let job = &mut self.jobs[id];
        if job.recipient_slots > job.recipients_in_memory {
            let surplus = job.recipient_slots - job.recipients_in_memory;
            job.recipient_slots = job.recipients_in_memory;
            self.return_slots(transport, surplus);
        } else if job.recipient_slots < job.recipients_in_memory {
            let wanted = job.recipients_in_memory - job.recipient_slots;
            let granted = wanted.min(self.transports[transport].free_slots);
            self.jobs[id].recipient_slots += granted;
            self.transports[transport].free_slots -= granted;
        }
    }

    /// How many more recipients `message` may read.
    pub fn refill_portion(&self, message: MessageId) -> usize {
        self.spare_slots(message) + self.limits.recipient_minimum
    }

    /// Asks for more recipients of the message of `job`, which is about to be served, if there is room.
    pub(super) fn maybe_refill(&mut self, id: JobId, now: Instant) {
        let job = &self.jobs[id];
        let message = &self.messages[job.message];
        if message.recipients_unread == 0 || message.is_refill_asked {
            return;
        }
        let rules = &self.transports[job.transport].rules.recipients;
        let spare = self.spare_slots(job.message);
        let is_overdue = now.saturating_duration_since(message.refilled) >= rules.refill_delay;
        if spare >= rules.refill_limit || (spare > 0 && is_overdue) {
            self.ask_refill(job.message);
        }
    }

    /// Notes that `message` is to be read further.
    pub(super) fn ask_refill(&mut self, message: MessageId) {
        self.messages[message].is_refill_asked = true;
        self.refills.push_back(message);
    }

    /// Gives a job that has overtaken, and is not read to its end, something to be read with.
    pub(super) fn lend_slots(&mut self, id: JobId) {
        let job = &mut self.jobs[id];
        if self.messages[job.message].recipients_unread == 0 {
            return;
        }
        let transport = &mut self.transports[job.transport];
        let (free, extra) = (
            transport.free_slots.div_ceil(2),
            transport.extra_slots.div_ceil(2),
        );
        transport.free_slots -= free;
        transport.extra_slots -= extra;
        job.recipient_slots += free + extra;
    }

    fn spare_slots(&self, message: MessageId) -> usize {
        let message = &self.messages[message];
        let slots: usize = message
            .jobs
            .iter()
            .map(|job| self.jobs[*job].recipient_slots)
            .sum();
        slots.saturating_sub(message.recipients_in_memory)
    }

    fn first_unread(&self, transport: TransportId) -> Option<JobId> {
        self.transports[transport].unread.values().next().copied()
    }

    /// Gives all free slots, and those that the former first unread job does not use, to `id`.
    fn take_over_slots(&mut self, transport: TransportId, id: JobId) {
        let second = self.transports[transport].unread.values().nth(1).copied();
        let mut slots = std::mem::take(&mut self.transports[transport].free_slots);
        if let Some(second) = second {
            let job = &mut self.jobs[second];
            let unused = job.recipient_slots.saturating_sub(job.recipients_in_memory);
            job.recipient_slots -= unused;
            slots += unused;
        }
        self.jobs[id].recipient_slots += slots;
    }

    fn return_slots(&mut self, transport_id: TransportId, slots: usize) {
        let heir = self.first_unread(transport_id);
        let transport = &mut self.transports[transport_id];
        let to_extra = slots.min(transport.rules.recipients.extra_limit - transport.extra_slots);
        transport.extra_slots += to_extra;
        match heir {
            Some(heir) => self.jobs[heir].recipient_slots += slots - to_extra,
            None => transport.free_slots += slots - to_extra,
        }
    }
}
