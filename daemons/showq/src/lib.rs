//! showq: lists the queue.
//!
//! `postqueue -p`, `postqueue -j` and mailq(1) show what it says.
//!
//! # Listens
//! `public/showq`: the conversation `contract::showq`, known to outside programs.
//! # Asks
//! Nobody.
//! # Writes
//! Nothing but the log.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! None; showq(8).
//! # Difference from Postfix
//! The original address and the kind of reason, which Postfix has sent since 3.11, go only to a client that greets
//! first; all others get what Postfix 3.7 to 3.10 send, because `postqueue` of those releases takes nothing else.

mod log;
mod memory;
mod message;
mod settings;

use crate::memory::{Found, Memory, Told};
use crate::message::View;
use crate::settings::Settings;
use contract::showq;
use daemon::{Client, Counts, Plate, Rights, Service, Speaks, Start, StartError};
use mail::QueueId;
use queue::{Layout, Queue, QueueError, QueueFile, Scan, Spool};
use std::collections::VecDeque;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use std::vec::IntoIter;
use stream::{Stream, StreamError};

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Showq>()
}

/// The service.
struct Showq {
    settings: Settings,
    spool: Spool,
    memory: Arc<Memory>,
}

/// The queues in the order of the listing.
const QUEUES: [Queue; 5] = [
    Queue::Maildrop,
    Queue::Active,
    Queue::Incoming,
    Queue::Deferred,
    Queue::Hold,
];
/// How long a greeting may take. Clients of ours send it with the connection; others never do.
const HELLO_WAIT: Duration = Duration::from_millis(30);
/// Octets of a greeting.
const HELLO_OCTETS: usize = 256;
/// Files that one thread reads before it tells what it found.
const LOT_FILES: usize = 64;
/// Lots that are read at the same time.
const LOTS_AT_ONCE: usize = 4;
/// Octets after which a lot tells what it has, and goes on when they were sent.
const LOT_OCTETS: usize = 256 * 1024;

impl Service for Showq {
    const PLATE: Plate = Plate {
        name: "showq",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let layout = Layout::read(start.configuration)?;
        Ok(Self {
            spool: Spool::new("", layout),
            memory: Arc::default(),
            settings,
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut stream = client.stream;
        let view = View {
            null_address: self.settings.empty_address_recipient.clone(),
            filter_limit: usize::try_from(self.settings.duplicate_filter_limit).unwrap_or(usize::MAX),
            detailed: has_greeted(&mut stream).await,
        };
        let reader = Arc::new(Reader {
            // Others than our own program ask rarely; what they are told is another text.
            memory: view.detailed.then(|| Arc::clone(&self.memory)),
            listing: self.memory.begin(),
            spool: self.spool.clone(),
            view,
        });
        // A client that hangs up has seen enough.
        let _ = self.list(&mut stream, &reader).await;
    }
}

impl Showq {
    async fn list(&self, stream: &mut Stream, reader: &Arc<Reader>) -> Result<(), StreamError> {
        let wait = self.settings.ipc_timeout;
        contract::attribute::encode(&showq::Hello::new(), stream.output());
        for queue in QUEUES {
            let mut scan = match Scan::new(&self.spool, queue) {
                Ok(scan) => scan,
                Err(error) => {
                    log::cannot_scan(queue.name(), &error);
                    return Ok(());
                }
            };
            let mut under_way = VecDeque::new();
            loop {
                while under_way.len() < LOTS_AT_ONCE {
                    let ids: Vec<_> = scan
                        .by_ref()
                        .filter_map(|entry| entry.id())
                        .take(LOT_FILES)
                        .collect();
                    if ids.is_empty() {
                        break;
                    }
                    under_way.push_back(Reader::start(reader, queue, ids.into_iter()));
                }
                let Some(lot) = under_way.pop_front() else { break };
                let Lot { told, rest, failed } = lot.await;
                stream.put_flow(&told, wait).await?;
                if failed {
                    // A listing without its end tells the client that something is missing.
                    return stream.flush(wait).await;
                }
                if rest.len() > 0 {
                    under_way.push_front(Reader::start(reader, queue, rest));
                }
            }
            if let Some(error) = scan.take_failure() {
                log::cannot_scan(queue.name(), &error);
                return Ok(());
            }
        }
        if let Some(memory) = &reader.memory {
            memory.end(reader.listing);
        }
        showq::end(stream.output());
        stream.flush(wait).await
    }
}

/// Reads files for one listing, on threads that may wait for the disk.
struct Reader {
    spool: Spool,
    view: View,
    memory: Option<Arc<Memory>>,
    listing: u64,
}

/// What a thread found.
struct Lot {
    /// Messages, as the client gets them.
    told: Vec<u8>,
    /// Files that it did not come to.
    rest: IntoIter<QueueId>,
    /// One could not be opened, which was logged.
    failed: bool,
}

impl Reader {
    /// Has a thread read the files that `ids` name.
    fn start(this: &Arc<Self>, queue: Queue, ids: IntoIter<QueueId>) -> impl Future<Output = Lot> + use<> {
        let reader = Arc::clone(this);
        daemon::blocking(move || reader.read_lot(queue, ids))
    }

    fn read_lot(&self, queue: Queue, mut ids: IntoIter<QueueId>) -> Lot {
        let known = self.memory.as_ref().map(|memory| memory.told(ids.as_slice()));
        let mut known = known.unwrap_or_default().into_iter();
        let (mut told, mut found) = (Vec::new(), Found::default());
        let mut failed = false;
        while told.len() < LOT_OCTETS
            && !failed
            && let Some(id) = ids.next()
        {
            match self.tell(queue, &id, known.next().flatten(), &mut told, &mut found) {
                Ok(()) | Err(QueueError::Absent) => {}
                Err(error) => {
                    log::cannot_open(queue.name(), id.as_str(), &error);
                    failed = true;
                }
            }
        }
        if let Some(memory) = &self.memory {
            memory.keep(self.listing, found);
        }
        Lot {
            told,
            rest: ids,
            failed,
        }
    }

    /// Appends what is to be told of a file: nothing while it is not complete.
    fn tell(
        &self,
        queue: Queue,
        id: &QueueId,
        known: Option<Told>,
        told: &mut Vec<u8>,
        found: &mut Found,
    ) -> Result<(), QueueError> {
        if let Some(known) = known
            && self.spool.state(queue, id)? == known.state
        {
            told.extend_from_slice(&known.octets);
            found.again.push(id.clone());
            return Ok(());
        }
        let file = QueueFile::open_to_read(&self.spool, queue, id)?;
        let state = file.state()?;
        if !state.is_ready() {
            return Ok(());
        }
        if let Some((entry, recipients)) = message::read(&self.spool, queue, &file, &state, &self.view) {
            let start = told.len();
            showq::encode(&entry, &recipients, told);
            if self.memory.is_some() && memory::is_at_rest(queue, &state) {
                let octets = told.get(start..).unwrap_or_default().into();
                found.new.push((id.clone(), Told { state, octets }));
            }
        }
        Ok(())
    }
}

/// Whether the client knows the later attributes: it greets with the connection.
async fn has_greeted(stream: &mut Stream) -> bool {
    let mut boundary = contract::attribute::Boundary::default();
    while stream.buffered().len() < HELLO_OCTETS {
        if stream.fill(HELLO_WAIT).await.is_err() {
            return false;
        }
        if let Ok(Some(end)) = boundary.find(stream.buffered()) {
            let octets = stream.buffered().get(..end).unwrap_or_default();
            let hello = contract::Attributes::parse(octets)
                .is_ok_and(|attributes| attributes.get("protocol") == Some(showq::PROTOCOL.as_bytes()));
            stream.consume(end);
            return hello;
        }
    }
    false
}

#[cfg(test)]
mod tests;
