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
mod message;
mod settings;

use crate::message::View;
use crate::settings::Settings;
use contract::showq;
use daemon::{Client, Counts, Plate, Rights, Service, Speaks, Start, StartError};
use queue::{Layout, Queue, QueueError, QueueFile, Scan, Spool};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use stream::{Stream, StreamError};

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Showq>()
}

/// The service.
struct Showq {
    settings: Settings,
    spool: Spool,
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
/// Files after which others get their turn.
const FILES_AT_ONCE: usize = 16;

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
        // A client that hangs up has seen enough.
        let _ = self.list(&mut stream, &view).await;
    }
}

impl Showq {
    async fn list(&self, stream: &mut Stream, view: &View) -> Result<(), StreamError> {
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
            for (count, entry) in scan.by_ref().enumerate() {
                let Some(id) = entry.id() else { continue };
                match QueueFile::open_to_read(&self.spool, queue, &id)
                    .and_then(|file| Ok((file.state()?, file)))
                {
                    Ok((state, file)) if state.is_ready() => {
                        if let Some((entry, recipients)) =
                            message::read(&self.spool, queue, &file, &state, view)
                        {
                            showq::encode(&entry, &recipients, stream.output());
                            stream.put_flow(b"", wait).await?;
                        }
                    }
                    Ok(_) | Err(QueueError::Absent) => {}
                    Err(error) => {
                        // A listing without its end tells the client that something is missing.
                        log::cannot_open(queue.name(), &entry.name, &error);
                        return Ok(());
                    }
                }
                if count % FILES_AT_ONCE == FILES_AT_ONCE - 1 {
                    tokio::task::yield_now().await;
                }
            }
            if let Some(error) = scan.take_failure() {
                log::cannot_scan(queue.name(), &error);
                return Ok(());
            }
        }
        showq::end(stream.output());
        stream.flush(wait).await
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
