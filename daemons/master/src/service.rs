//! One service: its sockets, its daemons, and the rule when another daemon is started.
//!
//! A daemon is started when a client waits and no daemon of the service takes one. Master looks at the sockets
//! only while that can happen: otherwise each client would wake it for nothing.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use config::master_cf::ServiceKind;
use sys::child::Ended;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::UnixDatagram;
use tokio::sync::Notify;
use tokio::task::spawn_local;

use crate::child::{Child, Word};
use crate::house::Roll;
use crate::launch::{self, Ground};
use crate::limit::capacity_of_next;
use crate::plan::Plan;
use crate::{log, wakeup};

/// A service that master keeps.
pub(crate) struct Service {
    plan: RefCell<Rc<Plan>>,
    ground: RefCell<Rc<Ground>>,
    sockets: Vec<Rc<OwnedFd>>,
    children: RefCell<Vec<Rc<Child>>>,
    roll: Rc<Roll>,
    counts_clients: Cell<Option<bool>>,
    throttled: Cell<bool>,
    warned_at: Cell<Option<Instant>>,
    was_used: Cell<bool>,
    /// Something that `supply` decides by has changed.
    changed: Notify,
    /// The first daemon was started.
    used: Notify,
}

impl Service {
    pub(crate) fn new(plan: Plan, ground: Rc<Ground>, sockets: Vec<Rc<OwnedFd>>, roll: Rc<Roll>) -> Rc<Self> {
        Rc::new(Self {
            plan: RefCell::new(Rc::new(plan)),
            ground: RefCell::new(ground),
            sockets,
            children: RefCell::default(),
            roll,
            counts_clients: Cell::new(None),
            throttled: Cell::new(false),
            warned_at: Cell::new(None),
            was_used: Cell::new(false),
            changed: Notify::new(),
            used: Notify::new(),
        })
    }

    pub(crate) fn plan(&self) -> Rc<Plan> {
        Rc::clone(&self.plan.borrow())
    }

    fn ground(&self) -> Rc<Ground> {
        Rc::clone(&self.ground.borrow())
    }

    /// Takes the plan of a reload: new clients come to daemons that know it.
    pub(crate) fn replan(&self, plan: Plan, ground: Rc<Ground>) {
        self.plan.replace(Rc::new(plan));
        self.ground.replace(ground);
        for child in self.children.borrow().iter() {
            child.retire();
        }
        self.release();
    }

    /// Whether its clients send datagrams, as log lines are.
    pub(crate) fn is_on_datagrams(&self) -> bool {
        self.plan.borrow().kind == ServiceKind::UnixDatagram
    }

    /// Whether what clients have sent to its sockets has been taken.
    pub(crate) fn is_drained(&self) -> bool {
        let is_waiting = |socket: &Rc<OwnedFd>| sys::descriptor::is_readable_now(socket.as_fd());
        !self
            .sockets
            .iter()
            .any(|socket| is_waiting(socket).unwrap_or(false))
    }

    /// Sends a signal to all daemons of the service.
    pub(crate) fn signal(&self, number: i32) {
        for child in self.children.borrow().iter() {
            child.retire();
            if let Err(error) = sys::child::signal(child.pid, number) {
                log::signal_failed(child.pid, &error);
            }
        }
    }

    /// Starts daemons when clients wait, for as long as the service lasts.
    pub(crate) async fn supply(self: Rc<Self>) {
        loop {
            if self.throttled.get() || self.has_available() {
                self.changed.notified().await;
                continue;
            }
            if self.next_capacity().is_none() {
                self.tell_full();
            }
            tokio::select! {
                waiting = self.client_waits() => if let Err(error) = waiting {
                    log::trouble(&format_args!("watch sockets of service {}: {error}", self.plan().name));
                    self.throttle();
                    continue;
                },
                () = self.changed.notified() => continue,
            }
            // Much may have happened while the socket was looked at.
            if self.throttled.get() || self.has_available() {
                continue;
            }
            match self.next_capacity() {
                Some(capacity) => self.clone().start(capacity),
                None => {
                    self.note_limit();
                    self.changed.notified().await;
                }
            }
        }
    }

    /// Wakes the service up at the times its line asks for, for as long as it lasts.
    pub(crate) async fn wake_regularly(self: Rc<Self>) {
        let plan = self.plan();
        if plan.wakeup.seconds == 0 {
            return;
        }
        if plan.wakeup.only_when_used && !self.was_used.get() {
            self.used.notified().await;
        }
        loop {
            if !self.throttled.get()
                && let Err(error) = wakeup::send(&plan).await
            {
                log::wakeup_failed(&plan.name, &plan.endpoint(), &error);
            }
            stream::pause(Duration::from_secs(plan.wakeup.seconds.into())).await;
        }
    }

    /// One of its daemons has ended.
    pub(crate) fn ended(self: Rc<Self>, pid: u32, ended: Ended) {
        let position = self.children.borrow().iter().position(|child| child.pid == pid);
        let Some(position) = position else { return };
        let child = self.children.borrow_mut().swap_remove(position);
        let path = self.plan().program.display().to_string();
        let well = match ended {
            Ended::Exited(status) => status == contract::master::EXIT_OK,
            Ended::Signalled(signal) => signal == SIGTERM && child.was_told_to_leave(),
        };
        if !well {
            log::ended_badly(&path, pid, ended);
        }
        // A daemon that leaves well before it has said a word would be started again without end.
        let mute = !child.has_reported() && !child.was_told_to_leave();
        if (!well && !child.has_served()) || mute {
            log::throttled(&path);
            self.throttle();
        }
        self.changed.notify_one();
    }

    fn has_available(&self) -> bool {
        self.children.borrow().iter().any(|child| child.is_available())
    }

    fn next_capacity(&self) -> Option<u32> {
        let children = self.children.borrow();
        let held = children.iter().map(|child| child.held());
        capacity_of_next(
            self.plan().limit,
            self.counts_clients.get(),
            self.ground().processors,
            held,
        )
    }

    /// Waits until a client waits at one of the sockets.
    async fn client_waits(&self) -> io::Result<()> {
        let sockets: Vec<_> = self
            .sockets
            .iter()
            .map(|socket| watch(Rc::clone(socket)))
            .collect::<io::Result<_>>()?;
        poll_fn(|context| {
            for socket in &sockets {
                while let Poll::Ready(ready) = socket.poll_read_ready(context) {
                    let mut ready = ready?;
                    // A daemon that is leaving may have taken the client meanwhile.
                    if sys::descriptor::is_readable_now(socket.get_ref().as_fd())? {
                        return Poll::Ready(Ok(()));
                    }
                    ready.clear_ready();
                }
            }
            Poll::Pending
        })
        .await
    }

    fn start(self: Rc<Self>, capacity: u32) {
        let (plan, ground) = (self.plan(), self.ground());
        let path = plan.program.display().to_string();
        let started = launch::daemon(&plan, &ground, &self.sockets, capacity);
        let started = started.and_then(|(pid, ours)| {
            let status = std::os::unix::net::UnixDatagram::from(ours);
            // The daemon is running whatever comes of this, and must be known when it ends.
            self.roll.enter(pid, Rc::clone(&self));
            Ok((pid, UnixDatagram::from_std(status)?))
        });
        match started {
            Ok((pid, status)) => {
                log::spawned(&path, pid);
                let child = Child::new(pid, capacity, status);
                self.children.borrow_mut().push(Rc::clone(&child));
                spawn_local(Rc::clone(&self).hear(child));
                if !self.was_used.replace(true) {
                    self.used.notify_one();
                }
            }
            Err(error) => {
                log::cannot_fork(&path, &error);
                self.throttle();
            }
        }
    }

    async fn hear(self: Rc<Self>, child: Rc<Child>) {
        loop {
            let was_available = child.is_available();
            match child.hear().await {
                Word::Reported => self.counts_clients.set(child.counts_clients()),
                Word::Nonsense => log::bad_packet(&self.plan().name, child.pid),
                Word::Gone => {
                    self.changed.notify_one();
                    return;
                }
            }
            if child.is_available() != was_available || !was_available {
                self.changed.notify_one();
            }
        }
    }

    /// All places are taken: the daemons of a service that strangers can reach adapt to that (STRESS_README).
    fn tell_full(&self) {
        if self.plan().is_for_strangers() && !self.has_leaving() {
            self.children.borrow().iter().for_each(|child| child.say_full());
        }
    }

    /// What a daemon holds that is about to end is free in a moment.
    fn has_leaving(&self) -> bool {
        self.children.borrow().iter().any(|child| child.is_leaving())
    }

    /// The limit is reached and a client waits: tell the administrator now and then.
    fn note_limit(&self) {
        if self.has_leaving() {
            return;
        }
        let now = stream::now();
        let plan = self.plan();
        let pause = self.ground().settings.service_throttle_time;
        if self
            .warned_at
            .get()
            .is_none_or(|at| now.duration_since(at) >= pause)
        {
            self.warned_at.set(Some(now));
            log::limit_reached(&plan.name, &plan.endpoint(), plan.limit);
        }
    }

    /// Starts no daemon for `service_throttle_time`: this one keeps dying.
    fn throttle(self: &Rc<Self>) {
        if self.throttled.replace(true) {
            return;
        }
        let service = Rc::clone(self);
        let pause = self.ground().settings.service_throttle_time;
        spawn_local(async move {
            stream::pause(pause).await;
            service.release();
        });
    }

    fn release(&self) {
        if self.throttled.replace(false) {
            log::released(&self.plan().program.display().to_string());
        }
        self.changed.notify_one();
    }
}

/// Has the runtime look at a socket.
///
/// The safe constructor is deprecated because a type may name another descriptor each time it is asked; an owned
/// descriptor that is shared names always the same, and keeps it open.
#[allow(deprecated)]
fn watch(socket: Rc<OwnedFd>) -> io::Result<AsyncFd<Rc<OwnedFd>>> {
    AsyncFd::with_interest(socket, Interest::READABLE)
}

const SIGTERM: i32 = 15;
