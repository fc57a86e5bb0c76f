//! Overtaking: a small job slips in front of a large one, at a price that keeps the large one's delay bounded.
//!
//! While a job is served, every `delivery_slot_cost` of its deliveries earn one *slot* for others. A job that
//! needs no more deliveries than the current job has earned, or is going to earn, may overtake; the most
//! deserving is the one with the longest wait for each delivery it needs. It does so when enough slots are there,
//! less a discount and a loan, which are paid back later because the account may go below zero. The price for
//! the overtaken is a factor of at most cost/(cost-1), however often it happens (SCHEDULER_README).

use std::time::Instant;

use super::job::is_greater;
use super::{JobId, Scheduler, TransportId};

impl<R> Scheduler<R> {
    /// Lets another job overtake `current`, the foremost job of `transport` that can be served, if one may.
    pub(super) fn maybe_overtake(&mut self, transport: TransportId, current: JobId, now: Instant) {
        let rules = &self.transports[transport].rules.preemption;
        if rules.slot_cost == 0 {
            return;
        }
        let (loan, discount, minimum) = (rules.slot_loan, rules.slot_discount.min(100), rules.minimum_slots);
        // With less than two, overtaking within overtaking would have no bound.
        let cost = i64::from(rules.slot_cost.max(2));
        let job = &self.jobs[current];
        let earned = job.earned / cost;
        let at_most = (job.earned + self.fewest_deliveries(current) as i64) / cost;
        if at_most < i64::from(minimum) || at_most < 1 {
            return;
        }
        let Some((candidate, needed)) = self.most_deserving(transport, current, at_most as usize, now) else {
            return;
        };
        let advance = needed as u64 * u64::from(discount) / 100 + u64::from(loan);
        if earned < needed as i64 - advance as i64 {
            return;
        }
        self.overtake(current, candidate, needed, cost);
    }

    fn overtake(&mut self, current: JobId, candidate: JobId, needed: usize, cost: i64) {
        let job = &self.jobs[current];
        let in_front = job.position.front_of_cell()..job.position;
        let before = self.transports[job.transport].order.range(in_front).next_back();
        // Full only while dozens of those who overtook before cannot be served; then it waits like everybody.
        let Some(position) = job.position.just_before(before.map(|(position, _)| *position)) else {
            return;
        };
        self.settle_account(candidate);
        self.jobs[current].earned -= needed as i64 * cost;
        let entrant = &mut self.jobs[candidate];
        entrant.granted = needed;
        entrant.overtaken = Some(current);
        self.move_job(candidate, position);
        self.lend_slots(candidate);
    }

    /// Gives back to the overtaken what `job` was granted and did not need.
    pub(super) fn settle_account(&mut self, id: JobId) {
        let job = &mut self.jobs[id];
        let unused = std::mem::take(&mut job.granted) as i64;
        let cost = i64::from(self.transports[job.transport].rules.preemption.slot_cost.max(2));
        if let Some(overtaken) = job.overtaken.take()
            && let Some(overtaken) = self.jobs.get_mut(overtaken)
        {
            overtaken.earned += unused * cost;
        }
    }

    /// The fewest deliveries that `job` may still need.
    fn fewest_deliveries(&self, id: JobId) -> usize {
        let job = &self.jobs[id];
        let unread = self.messages[job.message].recipients_unread;
        // Unread recipients may belong to other transports; then it is an honest mistake in favour of the small.
        job.todo + super::destination::deliveries(unread, job.limit)
    }

    /// The job most deserving to overtake `current` among those that need `at_most` deliveries, and how many it
    /// needs.
    fn most_deserving(
        &mut self,
        transport: TransportId,
        current: JobId,
        at_most: usize,
        now: Instant,
    ) -> Option<(JobId, usize)> {
        let mut best: Option<(f64, JobId, usize)> = None;
        let mut from = 0;
        for _ in 0..MOST_GROUPS {
            let Some((needed, candidate)) = self.oldest_servable(transport, current, from, at_most) else {
                break;
            };
            let job = &self.jobs[candidate];
            let merit = job.merit(needed, now);
            if best.is_none_or(|(most, ..)| is_greater(merit, most)) {
                best = Some((merit, candidate, needed));
            }
            from = needed + 1;
        }
        best.map(|(_, job, needed)| (job, needed))
    }

    /// The oldest servable job of the smallest group between `from` and `at_most` deliveries that has one.
    fn oldest_servable(
        &mut self,
        transport: TransportId,
        current: JobId,
        from: usize,
        at_most: usize,
    ) -> Option<(usize, JobId)> {
        let mut from = (from, 0);
        loop {
            let (needed, sequence, job) = self.next_candidate(transport, from, at_most)?;
            from = (needed, sequence + 1);
            if job == current {
                continue;
            }
            if self.is_servable(job) {
                return Some((needed, job));
            }
            self.park(job);
        }
    }

    fn next_candidate(
        &self,
        transport: TransportId,
        from: (usize, u64),
        at_most: usize,
    ) -> Option<(usize, u64, JobId)> {
        if from.0 > at_most {
            return None;
        }
        let groups = self.transports[transport].candidates.range(from.0..=at_most);
        for (needed, group) in groups {
            let start = if *needed == from.0 { from.1 } else { 0 };
            if let Some((sequence, job)) = group.range(start..).next() {
                return Some((*needed, *sequence, *job));
            }
        }
        None
    }
}

/// How many groups of jobs that need the same number of deliveries are compared, smallest first. The oldest of a
/// group is always its most deserving.
const MOST_GROUPS: usize = 256;
