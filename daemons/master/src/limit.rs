//! The process limit of a `master.cf` line: whether one more process may start, and how many clients it may serve.

/// What one process holds of its service's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Clients it may still come to have: its capacity, or those it has if it takes no new ones.
    pub(crate) clients: u32,
}

/// Gives the capacity of one more process, or `None` when the limit is reached.
///
/// `limit` 0 is no limit. `counts_clients` is `None` until a process of the service has said what it counts.
/// The clients of a limit are spread over the processors, so that each serves its share.
pub(crate) fn capacity_of_next(
    limit: u32,
    counts_clients: Option<bool>,
    processors: u32,
    held: impl Iterator<Item = Held>,
) -> Option<u32> {
    if limit == 0 {
        return Some(UNLIMITED_CAPACITY);
    }
    let share = limit.div_ceil(processors.max(1)).max(1);
    if counts_clients == Some(false) {
        let processes = held.count();
        return (u64::try_from(processes).unwrap_or(u64::MAX) < u64::from(limit)).then_some(share);
    }
    let taken: u64 = held.map(|process| u64::from(process.clients)).sum();
    let left = u64::from(limit).saturating_sub(taken);
    let capacity = u64::from(share).min(left);
    (capacity > 0).then(|| u32::try_from(capacity).unwrap_or(share))
}

/// Clients of one process of a service without limit.
pub(crate) const UNLIMITED_CAPACITY: u32 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn next(limit: u32, counts: Option<bool>, held: &[u32]) -> Option<u32> {
        capacity_of_next(limit, counts, 4, held.iter().map(|&clients| Held { clients }))
    }

    #[test]
    fn clients_are_shared_by_the_processors_and_never_pass_the_limit() {
        assert_eq!(next(100, Some(true), &[]), Some(25));
        assert_eq!(next(10, Some(true), &[]), Some(3));
        assert_eq!(next(10, Some(true), &[3, 3, 3]), Some(1));
        assert_eq!(next(10, Some(true), &[3, 3, 3, 1]), None);
        assert_eq!(next(1, None, &[]), Some(1));
        assert_eq!(next(1, None, &[1]), None);
    }

    #[test]
    fn processes_are_counted_for_services_that_say_so() {
        assert_eq!(next(2, Some(false), &[1]), Some(1));
        assert_eq!(next(2, Some(false), &[0, 0]), None);
    }

    #[test]
    fn zero_is_no_limit() {
        assert_eq!(next(0, Some(false), &[1; 50]), Some(UNLIMITED_CAPACITY));
    }

    #[test]
    fn a_retiring_process_holds_only_the_clients_it_has() {
        assert_eq!(next(4, Some(true), &[0, 1]), Some(1));
        assert_eq!(next(4, Some(true), &[4]), None);
    }
}
