//! Into the active queue: which files are taken, in which order, and how they are read.
//!
//! New mail and delayed mail take turns, so that a large backlog does not hold up new mail, nor the reverse.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use mail::{QueueId, Recipient};
use queue::{Entry, Envelope, FileState, Queue, QueueError, QueueFile, Scan};

use crate::active::{Active, Circumstances};
use crate::ending::later;
use crate::log;
use crate::mover::Mover;

/// What was asked for from outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Look through the incoming queue.
    pub(crate) incoming: bool,
    /// Look through the deferred queue.
    pub(crate) deferred: bool,
    /// Whatever the times of the files.
    pub(crate) all: bool,
    /// Forget what is dead.
    pub(crate) flush: bool,
}

/// The state of the scans.
pub(crate) struct Intake {
    wishes: Wishes,
    /// New files that were named to us, oldest first: they need not be looked for.
    named: VecDeque<QueueId>,
    is_turn_of_walk: bool,
    incoming: Option<Walk>,
    deferred: Option<Walk>,
    next_deferred: Instant,
}

/// A scan under way.
struct Walk {
    queue: Queue,
    scan: Scan,
    /// Whatever the times of the files.
    all: bool,
    flush: bool,
}

/// A file that may be taken.
struct Candidate {
    queue: Queue,
    id: QueueId,
    origin: Origin,
    all: bool,
    flush: bool,
}

/// How a file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// It is new, and was named to us: nobody has tried it.
    Named,
    /// A walk found it where its name is looked for.
    Found,
    /// A walk found it here, which is another place.
    FoundAt(PathBuf),
}

/// How far in the future a file's time may lie and still mean now.
const TOLERANCE: Duration = Duration::from_secs(1);
/// How long a file rests that somebody else has locked.
const LOCKED_PAUSE: Duration = Duration::from_secs(60);
/// Names of new files that are remembered, each some 40 octets.
const NAMED_MAX: usize = 10_000;
/// Others get their turn after so many files.
const TURN_FILES: usize = 16;
/// A second name of a file may be there while it is being moved; not for longer than this.
const LINK_TIME: Duration = Duration::from_secs(60);

impl Intake {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            wishes: Wishes::default(),
            named: VecDeque::new(),
            is_turn_of_walk: false,
            incoming: None,
            deferred: None,
            next_deferred: now,
        }
    }

    /// Adds to what is wished. It is heeded when the scan that goes on has ended.
    pub(crate) fn wish(&mut self, wishes: Wishes) {
        let own = &mut self.wishes;
        own.incoming |= wishes.incoming;
        own.deferred |= wishes.deferred;
        own.all |= wishes.all;
        own.flush |= wishes.flush;
    }

    /// Takes note of a new file. With too many of them, the queue is looked through when their turn has come.
    pub(crate) fn expect(&mut self, name: &str) {
        if self.named.len() >= NAMED_MAX {
            self.wishes.incoming = true;
        } else if let Some(id) = QueueId::parse(name) {
            self.named.push_back(id);
        }
    }

    /// The new file whose turn it is. A walk through the queue that goes on has every other turn.
    fn next_named(&mut self) -> Option<QueueId> {
        self.is_turn_of_walk = self.incoming.is_some() && !self.is_turn_of_walk;
        if self.is_turn_of_walk {
            return None;
        }
        self.named.pop_front()
    }

    /// True when there may be files to take.
    pub(crate) fn is_waiting(&self) -> bool {
        let is_scanning = self.incoming.is_some() || self.deferred.is_some();
        is_scanning || !self.named.is_empty() || self.wishes.incoming || self.wishes.deferred
    }
}

impl Mover {
    /// When the deferred queue is to be looked through next.
    pub(crate) fn next_scan(&self) -> Instant {
        self.intake.borrow().next_deferred
    }

    /// Moves what was being delivered when this program last stopped back to where it is found.
    pub(crate) fn recover(&self) {
        let Some(scan) = self.open_scan(Queue::Active) else {
            return;
        };
        for entry in scan {
            let Some(id) = entry.id() else { continue };
            let moved = self
                .spool
                .set_next_try(Queue::Active, &id, SystemTime::now())
                .and_then(|()| self.spool.move_file(&id, Queue::Active, Queue::Incoming));
            if let Err(error) = moved {
                log::not_moved(id.as_str(), Queue::Active.name(), Queue::Incoming.name(), &error);
            }
        }
    }

    /// Takes files into the active queue until it is full or there are no more.
    pub(crate) async fn fill(self: &Rc<Self>) {
        let (mut taken, mut arrived) = (0, 0);
        loop {
            self.start_scans();
            if !self.schedule.borrow().has_room() {
                return self.let_in(arrived);
            }
            let mut idle = true;
            for queue in [Queue::Incoming, Queue::Deferred] {
                if let Some(candidate) = self.next_candidate(queue) {
                    idle = false;
                    self.activate(candidate).await;
                    taken += 1;
                    arrived += usize::from(queue == Queue::Incoming);
                    if taken % TURN_FILES == 0 {
                        self.let_in(std::mem::take(&mut arrived));
                        self.drive();
                        tokio::task::yield_now().await;
                    }
                }
            }
            self.drive();
            if idle && !self.intake.borrow().is_waiting() {
                return self.let_in(usize::MAX);
            }
        }
    }

    /// Gives leave for as many new messages as were taken, up to the process limit: those who file mail wait when
    /// there is none left.
    fn let_in(&self, taken: usize) {
        if taken > 0 && !self.settings.in_flow_delay.is_zero() {
            let limit = usize::try_from(self.settings.default_process_limit).unwrap_or(usize::MAX);
            self.flow.grant(taken, limit.max(1));
        }
    }

    fn start_scans(&self) {
        let mut intake = self.intake.borrow_mut();
        let now = stream::now();
        if now >= intake.next_deferred {
            intake.wishes.deferred = true;
        }
        let Wishes {
            incoming,
            deferred,
            all,
            flush,
        } = intake.wishes;
        if incoming && intake.incoming.is_none() {
            intake.wishes.incoming = false;
            intake.incoming = self.open_walk(Queue::Incoming, all, flush);
        }
        if deferred && intake.deferred.is_none() {
            intake.wishes.deferred = false;
            intake.wishes.all = false;
            intake.wishes.flush = false;
            intake.next_deferred = now + self.settings.queue_run_delay;
            intake.deferred = self.open_walk(Queue::Deferred, all, flush);
        }
    }

    fn open_walk(&self, queue: Queue, all: bool, flush: bool) -> Option<Walk> {
        Some(Walk {
            queue,
            scan: self.open_scan(queue)?,
            all,
            flush,
        })
    }

    fn open_scan(&self, queue: Queue) -> Option<Scan> {
        match Scan::new(&self.spool, queue) {
            Ok(scan) => Some(scan),
            Err(error) => {
                log::not_scanned(queue.name(), &error);
                None
            }
        }
    }

    /// The next file of a queue whose time has come.
    fn next_candidate(&self, queue: Queue) -> Option<Candidate> {
        let mut intake = self.intake.borrow_mut();
        if queue == Queue::Incoming
            && let Some(id) = intake.next_named()
        {
            return Some(Candidate {
                queue,
                id,
                origin: Origin::Named,
                all: false,
                flush: false,
            });
        }
        let slot = if queue == Queue::Incoming {
            &mut intake.incoming
        } else {
            &mut intake.deferred
        };
        let walk = slot.as_mut()?;
        let now = SystemTime::now();
        for entry in walk.scan.by_ref() {
            let Some(id) = entry.id() else { continue };
            if is_due(queue, &entry, walk.all, now) {
                let is_elsewhere = entry.path != self.spool.path(queue, &id);
                return Some(Candidate {
                    queue: walk.queue,
                    id,
                    origin: if is_elsewhere {
                        Origin::FoundAt(entry.path)
                    } else {
                        Origin::Found
                    },
                    all: walk.all,
                    flush: walk.flush,
                });
            }
        }
        if let Some(error) = walk.scan.take_failure() {
            log::not_scanned(queue.name(), &error);
        }
        *slot = None;
        None
    }

    /// Takes one file into the active queue, if it is to be had.
    async fn activate(self: &Rc<Self>, candidate: Candidate) {
        let found = match self.claim(&candidate) {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(error) => {
                let from = candidate.queue.name();
                return log::not_moved(candidate.id.as_str(), from, Queue::Active.name(), &error);
            }
        };
        let Candidate {
            id, flush, origin, ..
        } = candidate;
        let (file, state) = found;
        let portion = self.schedule.borrow().first_portion();
        let envelope = match Envelope::read(file.file(), portion) {
            Ok(envelope) => envelope,
            Err(error) => return self.refuse(&id, &error),
        };
        // Its lock has told us that no agent of an earlier queue manager is at work on it.
        drop(file);
        let circumstances = Circumstances::of(&state, flush, self.settings.confirm_delay_cleared);
        self.introduce(id, envelope, circumstances, origin).await;
    }

    /// Makes a message that was read active.
    async fn introduce(
        self: &Rc<Self>,
        id: QueueId,
        mut envelope: Envelope,
        circumstances: Circumstances,
        origin: Origin,
    ) {
        let returned_as_is = circumstances.is_expired_by_force && self.has_delay_notes(&id);
        let sender = self.address_form.show(&envelope.sender);
        log::active(
            id.as_str(),
            &sender,
            envelope.size.content_length,
            envelope.size.recipient_count,
        );
        if let Some(first) = envelope
            .recipients
            .first()
            .filter(|_| !envelope.redirect.is_empty())
        {
            envelope.recipients = vec![self.router.redirected(&envelope.redirect, first).await];
            envelope.resume = None;
        }
        let now = stream::now();
        let name = self.schedule.borrow_mut().admit(!envelope.verp.is_empty(), now);
        let recipients = std::mem::take(&mut envelope.recipients);
        let active = Active::new(name, id, envelope, circumstances, stream::time_of_day());
        active.recipients_read.set(recipients.len());
        let active = Rc::new(active);
        self.active.borrow_mut().insert(name, Rc::clone(&active));
        active.pin();
        if active.is_probe() {
            self.probes.set(self.probes.get() + 1);
        }
        self.schedule.borrow_mut().has_read(name, active.unread(), now);
        if returned_as_is {
            active.is_left.set(!recipients.is_empty());
            active.resume.set(None);
            active.unpin();
            self.maybe_end(&active);
        } else if origin == Origin::Named {
            self.begin(active, recipients).await;
        } else if !self.delays.is_slow() {
            self.delays.remove(&active.queue_id, true).await;
            self.begin(active, recipients).await;
        } else {
            let turn = Arc::clone(&self.in_arrival).acquire_owned().await;
            let mover = Rc::clone(self);
            daemon::beside(async move {
                mover.delays.remove(&active.queue_id, false).await;
                drop(turn);
                mover.begin(active, recipients).await;
                mover.drive();
            });
        }
    }

    /// Has the first recipients of a message delivered.
    async fn begin(self: &Rc<Self>, active: Rc<Active>, recipients: Vec<Recipient>) {
        if active.is_probe() && self.probes.get() > self.settings.pending_probe_limit {
            let reason = "4.3.2 Too many address verification requests";
            let legs = recipients
                .into_iter()
                .map(|recipient| self.router.defer(recipient, reason))
                .collect();
            self.hand_over(&active, legs);
        } else {
            self.place(&active, recipients).await;
        }
        active.unpin();
        self.maybe_end(&active);
    }

    fn has_delay_notes(&self, id: &QueueId) -> bool {
        matches!(self.spool.find(id, &[Queue::Defer]), Ok(Some(_)))
    }

    /// Opens a file, sees that it is complete and that nobody has it, and moves it to the active queue.
    fn claim(&self, candidate: &Candidate) -> Result<Option<(QueueFile, FileState)>, QueueError> {
        let Candidate { queue, id, .. } = candidate;
        let queue = *queue;
        if let Origin::FoundAt(path) = &candidate.origin {
            // Hashed to another depth than configured; opening by name would not find it.
            std::fs::rename(path, self.spool.path(queue, id))?;
        }
        let file = match QueueFile::open_to_read(&self.spool, queue, id) {
            Ok(file) => file,
            Err(QueueError::Absent) => return Ok(None),
            Err(error) => return Err(error),
        };
        let state = file.state()?;
        if !state.is_ready() || !(candidate.all || is_time(&state, SystemTime::now())) {
            return Ok(None);
        }
        if state.links > 1 {
            let age = SystemTime::now()
                .duration_since(state.modified)
                .unwrap_or_default();
            if age > LINK_TIME {
                log::many_links(id.as_str(), state.links);
            }
            return Ok(None);
        }
        if !file.try_lock()? {
            log::still_delivered(id.as_str());
            self.spool.set_next_try(queue, id, later(LOCKED_PAUSE))?;
            if queue != Queue::Incoming {
                self.spool.move_file(id, queue, Queue::Incoming)?;
            }
            return Ok(None);
        }
        match self.spool.move_file(id, queue, Queue::Active) {
            Ok(()) => {}
            Err(QueueError::Absent) => return Ok(None),
            Err(error) => return Err(error),
        }
        if state.wants_unthrottle() {
            file.set_unthrottle(false)?;
        }
        Ok(Some((file, state)))
    }

    /// Deals with a file in the active queue that cannot be read.
    fn refuse(&self, id: &QueueId, error: &QueueError) {
        let to = if error.is_damage() {
            log::rejected(id.as_str(), error);
            log::corrupt(id.as_str());
            Queue::Corrupt
        } else {
            log::not_read(id.as_str(), error);
            Queue::Deferred
        };
        let moved = match to {
            Queue::Deferred => self
                .spool
                .defer(id, Queue::Active, later(self.settings.minimal_backoff)),
            _ => self.spool.move_file(id, Queue::Active, to),
        };
        if let Err(error) = moved {
            log::not_moved(id.as_str(), Queue::Active.name(), to.name(), &error);
        }
    }

    /// Reads more recipients of `active` beside what goes on.
    pub(crate) fn refill_later(self: &Rc<Self>, active: &Rc<Active>, portion: usize) {
        let (mover, active) = (Rc::clone(self), Rc::clone(active));
        active.pin();
        daemon::beside(async move {
            mover.refill(&active, portion).await;
            active.unpin();
            mover.maybe_end(&active);
            mover.drive();
        });
    }

    async fn refill(self: &Rc<Self>, active: &Rc<Active>, portion: usize) {
        let Some(resume) = active.resume.take() else {
            return;
        };
        let read = QueueFile::open_to_read(&self.spool, Queue::Active, &active.queue_id)
            .and_then(|file| active.envelope.read_on(file.file(), resume, portion));
        let recipients = match read {
            Ok(batch) => {
                active.resume.set(batch.resume);
                batch.recipients
            }
            Err(error) => {
                // Those not read are not lost: the message stays.
                log::not_read(active.queue_id.as_str(), &error);
                active.is_left.set(true);
                Vec::new()
            }
        };
        active
            .recipients_read
            .set(active.recipients_read.get() + recipients.len());
        self.schedule
            .borrow_mut()
            .has_read(active.id, active.unread(), stream::now());
        self.place(active, recipients).await;
    }
}

/// Whether a file of the deferred queue is worth opening. In the incoming queue all are.
fn is_due(queue: Queue, entry: &Entry, all: bool, now: SystemTime) -> bool {
    if all || queue == Queue::Incoming {
        return true;
    }
    std::fs::symlink_metadata(&entry.path).is_ok_and(|facts| is_time(&FileState::of(&facts), now))
}

fn is_time(state: &FileState, now: SystemTime) -> bool {
    state.modified <= now + TOLERANCE
}
