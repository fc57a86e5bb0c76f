//! A daemon process as master sees it: what it holds of the limit, and whether it takes another client.

use std::cell::Cell;
use std::net::Shutdown;
use std::rc::Rc;

use contract::master::{FULL, REPORT_OCTETS, Report};
use tokio::net::UnixDatagram;

use crate::limit::Held;

/// One running daemon.
pub(crate) struct Child {
    /// Its process number.
    pub(crate) pid: u32,
    capacity: u32,
    report: Cell<Option<Report>>,
    told_to_leave: Cell<bool>,
    gone: Cell<bool>,
    status: UnixDatagram,
}

/// What came from a daemon.
pub(crate) enum Word {
    /// Its state, which may matter to those who wait.
    Reported,
    /// Something else than a report.
    Nonsense,
    /// It has closed its end.
    Gone,
}

impl Child {
    pub(crate) fn new(pid: u32, capacity: u32, status: UnixDatagram) -> Rc<Self> {
        Rc::new(Self {
            pid,
            capacity,
            report: Cell::new(None),
            told_to_leave: Cell::new(false),
            gone: Cell::new(false),
            status,
        })
    }

    /// Waits for the daemon's next word.
    pub(crate) async fn hear(&self) -> Word {
        // One octet more than a report has, to know longer packets from reports.
        let mut packet = [0; REPORT_OCTETS + 1];
        match self.status.recv(&mut packet).await {
            Ok(0) | Err(_) => {
                self.gone.set(true);
                Word::Gone
            }
            Ok(length) => match packet.get(..length).and_then(Report::decode) {
                Some(report) => {
                    self.report.set(Some(report));
                    Word::Reported
                }
                None => Word::Nonsense,
            },
        }
    }

    /// Tells the daemon to take no new clients and to leave when it is done.
    ///
    /// Only our direction is closed: its reports still tell how many clients it has left.
    pub(crate) fn retire(&self) {
        self.told_to_leave.set(true);
        // A daemon that is gone already needs not be told.
        let _ = self.status.shutdown(Shutdown::Write);
    }

    /// Tells the daemon that its whole service is full.
    pub(crate) fn say_full(&self) {
        // A daemon that is gone, or does not listen, needs not know.
        let _ = self.status.try_send(FULL);
    }

    /// Whether it takes another client. One that has just started will.
    pub(crate) fn is_available(&self) -> bool {
        !self.told_to_leave.get()
            && !self.gone.get()
            && self.report.get().is_none_or(|report| report.available)
    }

    /// Whether it is about to end.
    pub(crate) fn is_leaving(&self) -> bool {
        self.told_to_leave.get() || self.gone.get()
    }

    /// Whether master told it to leave.
    pub(crate) fn was_told_to_leave(&self) -> bool {
        self.told_to_leave.get()
    }

    /// Whether it has served a client.
    pub(crate) fn has_served(&self) -> bool {
        self.report.get().is_some_and(|report| report.served)
    }

    /// Whether it has said anything.
    pub(crate) fn has_reported(&self) -> bool {
        self.report.get().is_some()
    }

    /// Whether its service counts clients, if it has said so.
    pub(crate) fn counts_clients(&self) -> Option<bool> {
        self.report.get().map(|report| report.counts_clients)
    }

    /// Its part of the limit: its capacity, or the clients it has when it takes no more, be it full or leaving.
    pub(crate) fn held(&self) -> Held {
        let clients = match self.report.get() {
            Some(report) if !report.available => report.clients.min(self.capacity),
            _ => self.capacity,
        };
        Held { clients }
    }
}
