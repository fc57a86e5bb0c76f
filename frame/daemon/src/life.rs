//! How full a daemon is, and when it stops: what its sessions and master need to know.

use contract::master::Report;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::os::unix::net::UnixDatagram;
use std::rc::Rc;
use std::time::Instant;
use tokio::sync::{Notify, watch};

/// A daemon's life, shared by everything in the process. Cheap to clone.
#[derive(Clone)]
pub struct Life {
    inner: Rc<Inner>,
}

struct Inner {
    /// Clients at once, and whether that is a limit of the `master.cf` line.
    capacity: u32,
    counts_clients: bool,
    clients: Cell<u32>,
    stressed: Cell<bool>,
    /// Clients that may still come before this process has seen enough (`max_use`).
    uses_left: Cell<u64>,
    idle_since: Cell<Instant>,
    retiring: watch::Sender<bool>,
    changed: Notify,
    reported: Cell<Report>,
    master: RefCell<Option<UnixDatagram>>,
    /// The time a session may take to end after retirement was told, is the session's own matter.
    failed: Cell<bool>,
}

/// A client being served; dropped when it has gone.
pub struct Place {
    life: Life,
}

impl Life {
    pub(crate) fn new(capacity: u32, counts_clients: bool, uses: u64, master: Option<UnixDatagram>) -> Self {
        Self {
            inner: Rc::new(Inner {
                capacity,
                counts_clients,
                clients: Cell::new(0),
                stressed: Cell::new(false),
                uses_left: Cell::new(uses),
                idle_since: Cell::new(stream::now()),
                retiring: watch::Sender::new(false),
                changed: Notify::new(),
                reported: Cell::new(Report::default()),
                master: RefCell::new(master),
                failed: Cell::new(false),
            }),
        }
    }

    /// Clients in service.
    pub fn clients(&self) -> u32 {
        self.inner.clients.get()
    }

    /// Clients this process may serve at once.
    pub fn capacity(&self) -> u32 {
        self.inner.capacity
    }

    /// Whether so many clients are here that new ones should get less of everything (STRESS_README).
    ///
    /// It begins when all places of the whole service are taken, and ends with a new client who finds less than nine
    /// tenths of this process's places taken.
    pub fn is_stressed(&self) -> bool {
        self.inner.stressed.get()
    }

    /// All places of the whole service are taken.
    pub(crate) fn note_full(&self) {
        self.inner.stressed.set(self.inner.counts_clients);
    }

    /// Whether this process takes no new clients.
    pub fn is_retiring(&self) -> bool {
        *self.inner.retiring.borrow()
    }

    /// Ends once the process retires: idle sessions should then say goodbye.
    pub fn retiring(&self) -> impl Future<Output = ()> + 'static {
        let mut told = self.inner.retiring.subscribe();
        async move {
            // The sender lives as long as the process.
            let _ = told.wait_for(|retiring| *retiring).await;
        }
    }

    /// Takes no new clients from now on; the process ends when the last one has gone.
    pub fn retire(&self) {
        self.inner.retiring.send_replace(true);
        self.report();
        self.inner.changed.notify_waiters();
        self.inner.changed.notify_one();
    }

    /// Retires after a mistake of ours; the process will end with a failure status.
    pub(crate) fn retire_failed(&self) {
        self.inner.failed.set(true);
        self.retire();
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.inner.failed.get()
    }

    pub(crate) fn has_room(&self) -> bool {
        !self.is_retiring() && self.clients() < self.inner.capacity
    }

    /// How long no client has been here; `None` while one is.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        (self.clients() == 0).then(|| self.inner.idle_since.get())
    }

    /// Waits for a change of the number of clients, or retirement.
    pub(crate) async fn changed(&self) {
        self.inner.changed.notified().await;
    }

    /// Takes a place for a client that has come.
    pub(crate) fn take_place(&self) -> Place {
        let inner = &self.inner;
        inner.clients.set(inner.clients.get() + 1);
        if u64::from(self.clients()) * 10 < u64::from(inner.capacity) * 9 {
            inner.stressed.set(false);
        }
        let left = inner.uses_left.get().saturating_sub(1);
        inner.uses_left.set(left);
        if left == 0 && !self.is_retiring() {
            self.retire();
        }
        self.report();
        Place { life: self.clone() }
    }

    /// Notes that something was asked of this process that needs no place.
    pub(crate) fn touch(&self) {
        self.inner.idle_since.set(stream::now());
        if !self.inner.reported.get().served {
            drop(self.take_place());
        }
    }

    /// Tells master when what it decides by has changed.
    pub(crate) fn report(&self) {
        let inner = &self.inner;
        let before = inner.reported.get();
        let report = Report {
            clients: self.clients(),
            available: self.has_room(),
            counts_clients: inner.counts_clients,
            served: before.served || self.clients() > 0,
        };
        // Master counts the clients of full processes only: as long as there is room, their number is not worth a
        // system call and a wake-up each time it changes.
        let same = Report {
            clients: before.clients,
            ..report
        } == before;
        if same && before != Report::default() {
            return;
        }
        inner.reported.set(report);
        if let Some(master) = inner.master.borrow().as_ref() {
            // A master that is gone closes its end, which is seen elsewhere.
            let _ = master.send(&report.encode());
        }
    }
}

impl Place {
    pub(crate) fn life(&self) -> Life {
        self.life.clone()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let inner = &self.life.inner;
        inner.clients.set(inner.clients.get() - 1);
        if inner.clients.get() == 0 {
            inner.idle_since.set(stream::now());
        }
        self.life.report();
        inner.changed.notify_waiters();
        inner.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_process_has_no_room_until_a_client_goes() {
        let life = Life::new(1, true, 100, None);
        assert!(life.has_room());
        let place = life.take_place();
        assert!(!life.has_room());
        drop(place);
        assert!(life.has_room());
        assert!(life.idle_since().is_some());
    }

    #[test]
    fn stress_lasts_from_a_full_service_to_a_client_who_finds_a_tenth_of_the_places_free() {
        let life = Life::new(10, true, 100, None);
        let mut places: Vec<_> = (0..10).map(|_| life.take_place()).collect();
        assert!(!life.is_stressed(), "others may have room");

        life.note_full();
        assert!(life.is_stressed());
        places.truncate(8);
        places.push(life.take_place());
        assert!(life.is_stressed());

        places.truncate(7);
        places.push(life.take_place());
        assert!(!life.is_stressed());
    }

    #[test]
    fn a_process_that_served_enough_retires() {
        let life = Life::new(10, true, 2, None);
        let _one = life.take_place();
        assert!(!life.is_retiring());
        let _two = life.take_place();
        assert!(life.is_retiring());
    }
}
