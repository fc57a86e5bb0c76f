//! For tests: counts everything again and compares it with what the scheduler believes.

use std::collections::BTreeSet;

use super::Scheduler;
use super::destination::{State, deliveries};
use super::job::Place;

impl<R> Scheduler<R> {
    /// Panics when any two places disagree.
    pub(super) fn verify(&self) {
        self.verify_destinations();
        self.verify_jobs();
        let in_memory: usize = self
            .messages
            .iter()
            .map(|(_, message)| message.recipients_in_memory)
            .sum();
        assert_eq!(in_memory, self.recipients_in_memory);
        let dead = self
            .destinations
            .iter()
            .filter(|(_, destination)| destination.is_dead())
            .count();
        assert_eq!(dead, self.dead_destinations);
    }

    fn verify_destinations(&self) {
        for (id, transport) in self.transports.iter() {
            let (mut startable, mut ready) = (0, BTreeSet::new());
            for (key, destination_id) in &transport.destinations {
                let destination = &self.destinations[*destination_id];
                assert_eq!((&destination.key, destination.transport), (key, id));
                let todo: usize = destination
                    .peers
                    .values()
                    .map(|peer| deliveries(peer.recipients.len(), self.jobs[peer.job].limit))
                    .sum();
                assert_eq!(destination.todo, todo, "todo of {key}");
                let busy = self
                    .deliveries
                    .iter()
                    .filter(|(_, ongoing)| ongoing.destination == *destination_id);
                assert_eq!(destination.busy as usize, busy.count(), "busy of {key}");
                assert!(
                    todo > 0 || destination.busy > 0 || destination.state != State::Open,
                    "{key} is unused"
                );
                let room = match destination.state {
                    State::Open => destination.window.width().saturating_sub(destination.busy) as usize,
                    _ => 0,
                };
                startable += room.min(todo);
                for (position, peer) in &destination.peers {
                    let job = &self.jobs[peer.job];
                    assert_eq!((job.position, job.transport), (*position, id));
                    assert!(!peer.recipients.is_empty() && job.destinations.contains(destination_id));
                }
                if room.min(todo) > 0 {
                    ready.extend(
                        destination
                            .peers
                            .keys()
                            .next()
                            .map(|position| (*position, *destination_id)),
                    );
                }
            }
            assert_eq!(transport.startable, startable);
            assert_eq!(transport.ready, ready);
        }
    }

    fn verify_jobs(&self) {
        for (id, message) in self.messages.iter() {
            let in_memory: usize = message
                .jobs
                .iter()
                .map(|job| self.jobs[*job].recipients_in_memory)
                .sum();
            assert_eq!(message.recipients_in_memory, in_memory);
            assert!(message.jobs.iter().all(|job| self.jobs[*job].message == id));
        }
        for (id, job) in self.jobs.iter() {
            let transport = &self.transports[job.transport];
            assert_eq!(
                transport.order.get(&job.position) == Some(&id),
                job.place != Place::Unlisted
            );
            assert_eq!(job.todo > 0, job.place != Place::Unlisted);
            let candidate = transport
                .candidates
                .values()
                .any(|group| group.get(&job.sequence) == Some(&id));
            assert_eq!(candidate, matches!(job.place, Place::Candidate(_)));
            let is_unread = self.messages[job.message].recipients_unread > 0;
            assert_eq!(transport.unread.get(&job.sequence) == Some(&id), is_unread);
            assert!(is_unread || job.recipient_slots <= job.recipients_in_memory);
        }
        for (id, transport) in self.transports.iter() {
            let held: usize = self
                .jobs
                .iter()
                .filter(|(_, job)| job.transport == id)
                .map(|(_, job)| job.recipient_slots)
                .sum();
            let rules = &transport.rules.recipients;
            assert_eq!(
                held + transport.free_slots + transport.extra_slots,
                rules.limit + rules.extra_limit
            );
        }
    }
}
