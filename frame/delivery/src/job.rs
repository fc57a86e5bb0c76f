//! One message for one next hop, on its way.

use crate::log;
use contract::deliver::{Deliver, Delivered, Envelope};
use mail::{Delays, Dsn, EnhancedStatus, QueueId, Recipient};
use outcome::{About, Fate, Reporter};
use queue::{Content, Queue, QueueError, QueueFile, Spool};
use record::Size;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::rc::Rc;
use std::time::Duration;

/// A delivery under way.
pub struct Job {
    /// The message.
    pub envelope: Envelope,
    /// Whom to.
    pub recipients: Vec<Recipient>,
    file: QueueFile,
    reporter: Rc<Reporter>,
    delays: Cell<Delays>,
    finished: Cell<usize>,
    dead: RefCell<Option<(EnhancedStatus, String)>>,
    earlier_uses: Cell<u32>,
}

impl Job {
    /// Opens the queue file of a request; [`crate::main`] does that for each request that comes.
    ///
    /// # Errors
    /// [`QueueError`] when the file is gone or cannot be opened.
    pub fn open(deliver: Deliver, spool: &Spool, reporter: Rc<Reporter>) -> Result<Self, QueueError> {
        let Deliver { envelope, recipients } = deliver;
        let queue = Queue::from_name(&envelope.queue_name).unwrap_or(Queue::Active);
        let id = QueueId::parse(&envelope.queue_id).ok_or(QueueError::Absent)?;
        let file = QueueFile::open(spool, queue, &id)?;
        // Should the queue manager start anew while we deliver, this keeps it from delivering a second time.
        if !file.try_share()? {
            return Err(QueueError::Io(std::io::ErrorKind::WouldBlock.into()));
        }
        let arrival = since_epoch(envelope.arrival_seconds, envelope.arrival_microseconds);
        let delays = Delays {
            incoming_arrival: arrival,
            active_arrival: Some(arrival + since_epoch(0, envelope.active_microseconds)),
            agent_handoff: Some(stream::time_of_day()),
            connection_done: None,
        };
        Ok(Self {
            envelope,
            recipients,
            file,
            reporter,
            delays: Cell::new(delays),
            finished: Cell::new(0),
            dead: RefCell::new(None),
            earlier_uses: Cell::new(0),
        })
    }

    /// The message's queue id.
    pub fn queue_id(&self) -> &str {
        &self.envelope.queue_id
    }

    /// The open queue file.
    pub fn file(&self) -> &File {
        self.file.file()
    }

    /// The content, from its first line.
    ///
    /// # Errors
    /// [`QueueError`] when the sizes of the request are no sizes.
    pub fn content(&self) -> Result<Content<'_>, QueueError> {
        Content::new(self.file(), &self.size())
    }

    /// Where the content lies in the file.
    pub fn size(&self) -> Size {
        Size {
            data_offset: self.envelope.data_offset,
            data_size: self.envelope.data_size,
            content_length: self.envelope.content_size,
            ..Size::default()
        }
    }

    /// Notes that the connection to the next hop is ready, for `delays=`.
    pub fn connected(&self) {
        self.connected_at(Some(stream::time_of_day()));
    }

    /// Sets or forgets when the connection became ready: a second server tried begins anew.
    pub fn connected_at(&self, time: Option<Duration>) {
        self.delays.set(Delays {
            connection_done: time,
            ..self.delays.get()
        });
    }

    /// Notes how many messages went over the present connection before this one, for `conn_use=`.
    pub fn session_used(&self, earlier_uses: u32) {
        self.earlier_uses.set(earlier_uses);
    }

    /// Reports what became of a recipient, and crosses it off when nothing is left to do for it.
    pub async fn report(&self, recipient: &Recipient, relay: &str, dsn: Dsn) -> Fate {
        let fate = self.report_part(recipient, relay, dsn).await;
        if fate == Fate::Finished {
            self.cross_off(recipient);
        }
        fate
    }

    /// Reports what became of one of the places that a recipient's mail goes to, as an alias names them. The recipient
    /// itself is not crossed off: [`Job::cross_off`] does that when no place is left.
    pub async fn report_part(&self, recipient: &Recipient, relay: &str, dsn: Dsn) -> Fate {
        self.reporter.report(&self.about(), recipient, relay, dsn).await
    }

    /// As [`Job::report_part`], for the members of a list: its owner hears of a failure at once, in place of the sender.
    pub async fn report_part_to(&self, owner: &str, recipient: &Recipient, relay: &str, dsn: Dsn) -> Fate {
        let envelope = &self.envelope;
        // What the sender asked for (ENVID, RET) is not the owner's wish.
        let about = contract::bounce::About {
            queue_name: envelope.queue_name.clone(),
            queue_id: envelope.queue_id.clone(),
            encoding: envelope.encoding.clone(),
            send_options: envelope.send_options,
            sender: envelope.sender.clone(),
            envelope_id: String::new(),
            ret: 0,
        };
        let owner = outcome::Owner {
            address: owner.to_owned(),
            about,
        };
        self.reporter
            .report_to(&self.about(), owner, recipient, relay, dsn)
            .await
    }

    /// Notes for the success notice that a recipient became others. False when that could not be noted.
    pub async fn trace(&self, recipient: &Recipient, relay: &str, dsn: &Dsn) -> bool {
        self.reporter.trace(&self.about(), recipient, relay, dsn).await
    }

    fn about(&self) -> About {
        About {
            queue_id: self.envelope.queue_id.clone(),
            flags: self.envelope.flags,
            delays: self.delays.get(),
            earlier_uses: self.earlier_uses.get(),
        }
    }

    /// Reports the same fate for each of several recipients.
    pub async fn report_all(&self, recipients: &[Recipient], relay: &str, dsn: &Dsn) {
        for recipient in recipients {
            self.report(recipient, relay, dsn.clone()).await;
        }
    }

    /// Notes that the destination itself failed: the queue manager will hold back its other mail.
    pub fn destination_failed(&self, status: EnhancedStatus, reason: impl Into<String>) {
        *self.dead.borrow_mut() = Some((status, reason.into()));
    }

    /// Counts a recipient as finished without a report, when another message now carries it.
    pub fn cross_off(&self, recipient: &Recipient) {
        self.finished.set(self.finished.get() + 1);
        if recipient.offset == 0 {
            return;
        }
        if let Err(error) = self.file.mark_done(recipient.offset) {
            // It will be delivered again should the message stay in the queue: better twice than never.
            log::not_crossed_off(&self.envelope.queue_id, &recipient.address, &error);
        }
    }

    pub(crate) fn answer(&self) -> Delivered {
        let left = self.finished.get() < self.recipients.len();
        let dead = self.dead.borrow();
        Delivered {
            status: if left { -1 } else { 0 },
            dead_status: dead
                .as_ref()
                .map(|(status, _)| status.to_string())
                .unwrap_or_default(),
            dead_reason: dead
                .as_ref()
                .map(|(_, reason)| reason.clone())
                .unwrap_or_default(),
        }
    }
}

fn since_epoch(seconds: i64, microseconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
        + Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}
