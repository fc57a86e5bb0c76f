//! Open connections that wait for another message.
//!
//! Each is found by the next hop it was opened for, or by its own address. One that has waited for
//! `smtp_connection_cache_time_limit` says goodbye.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::courier::Courier;
use crate::session::Session;

/// The waiting connections of this process.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    idle: RefCell<Vec<Idle>>,
    sweeping: Cell<bool>,
}

#[derive(Debug)]
struct Idle {
    session: Session,
    /// The next hop; `None` for one that is found by its address only.
    next_hop: Option<String>,
    until: Instant,
}

/// Connections that wait at most; the one that has waited longest makes room.
const MOST: usize = 500;

impl Cache {
    /// Takes a connection for a next hop that `fits`.
    pub(crate) fn for_next_hop(&self, next_hop: &str, fits: impl Fn(&Session) -> bool) -> Option<Session> {
        self.take(|idle| idle.next_hop.as_deref() == Some(next_hop) && fits(&idle.session))
    }

    /// Takes a connection to a server by its `[address]:port` that `fits`.
    pub(crate) fn for_endpoint(&self, endpoint: &str, fits: impl Fn(&Session) -> bool) -> Option<Session> {
        self.take(|idle| idle.session.peer.endpoint() == endpoint && fits(&idle.session))
    }

    /// The one used last first: it is the least likely to have been closed.
    fn take(&self, wanted: impl Fn(&Idle) -> bool) -> Option<Session> {
        let mut idle = self.idle.borrow_mut();
        let place = idle.iter().rposition(wanted)?;
        Some(idle.remove(place).session)
    }

    /// Keeps a connection; gives back one that must go.
    fn keep(&self, session: Session, next_hop: Option<String>, time: Duration) -> Option<Session> {
        let until = (stream::now() + time).min(session.expires);
        let mut idle = self.idle.borrow_mut();
        idle.push(Idle {
            session,
            next_hop,
            until,
        });
        (idle.len() > MOST).then(|| idle.remove(0).session)
    }

    fn expired(&self, now: Instant) -> Vec<Session> {
        let mut idle = self.idle.borrow_mut();
        let over = idle.extract_if(.., |idle| idle.until <= now);
        over.map(|idle| idle.session).collect()
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.idle.borrow().iter().map(|idle| idle.until).min()
    }
}

/// Keeps `session` for the next message to `next_hop`.
pub(crate) fn keep(courier: &Rc<Courier>, session: Session, next_hop: Option<String>) {
    let too_many = courier
        .cache
        .keep(session, next_hop, courier.settings.cache_time_limit);
    if let Some(session) = too_many {
        let courier = courier.clone();
        daemon::beside(async move { session.quit(&courier).await });
    }
    if !courier.cache.sweeping.replace(true) {
        daemon::beside(sweep(courier.clone()));
    }
}

/// Closes what has waited long enough, as long as there is anything.
async fn sweep(courier: Rc<Courier>) {
    while let Some(next) = courier.cache.next_expiry() {
        stream::pause(next.saturating_duration_since(stream::now())).await;
        for session in courier.cache.expired(stream::now()) {
            let courier = courier.clone();
            daemon::beside(async move { session.quit(&courier).await });
        }
    }
    courier.cache.sweeping.set(false);
}

/// Closes all that wait.
pub(crate) async fn close_all(courier: &Courier) {
    let all: Vec<Idle> = courier.cache.idle.borrow_mut().drain(..).collect();
    for idle in all {
        idle.session.quit(courier).await;
    }
}
