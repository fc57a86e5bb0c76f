//! bounce: keeps the notes on failed, delayed and traced recipients; writes the notices.
//!
//! Every agent that could not deliver leaves a note for each recipient. When the queue manager is through with a
//! message, it asks for a notice made of the notes: of failure, of delay, or of success if the sender wanted to know.
//! bounce(5) describes your own texts. Some notices go to the postmaster too, see `notify_classes`.
//!
//! # Listens
//! `private/bounce`, `private/defer`, `private/trace`: the conversation `contract::bounce`. The service's name says which
//! notes it keeps.
//! # Asks
//! `public/cleanup`, to hand in a notice.
//! # Writes
//! `bounce/`, `defer/` and `trace/` below the queue directory.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! RFC 3461, RFC 3462, RFC 3464, RFC 6533.
//! # Difference from Postfix
//! The built-in texts say the same in other words.

mod log;
mod notice;
mod service;
mod settings;

use config::Configuration;
use config::bounce_cf::{File, Templates};
use contract::attribute::Done;
use contract::bounce::{self, Append, Flush, Forget, One, Trace, Verp, Warn};
use daemon::{Client, Counts, Plate, Rights, Service, Speaks, Start, StartError};
use ipc::{Caller, Question};
use mail::{AddressForm, QueueId};
use queue::{Layout, Queue, QueueError, Spool};
use record::note::Note;
use service::Desk;
use settings::Settings;
use std::cell::RefCell;
use std::error::Error as _;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Bounce>()
}

/// The server.
struct Bounce {
    desk: Desk,
    /// Which notes this service keeps.
    notes: Queue,
    limits: ipc::Limits,
    life: daemon::Life,
}

impl Service for Bounce {
    const PLATE: Plate = Plate {
        name: "bounce",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let templates = read_templates(&settings, start.configuration)?;
        let layout = Layout::read(start.configuration)?;
        let notes = match start.service {
            bounce::DEFER => Queue::Defer,
            bounce::TRACE => Queue::Trace,
            _ => Queue::Bounce,
        };
        let cleanup = start.public(&settings.cleanup_service);
        let zone = jiff::tz::TimeZone::system();
        let desk = Desk {
            settings,
            templates,
            told: RefCell::default(),
            spool: Arc::new(Spool::new(".", layout)),
            cleanup,
            zone,
        };
        Ok(Self {
            desk,
            notes,
            limits: start.limits(),
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.limits.wait);
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            let Some(done) = self.answer(&question).await else {
                return log::unknown(&question.name());
            };
            caller.answer(&done).await;
        }
    }
}

fn read_templates(settings: &Settings, configuration: &Configuration) -> Result<Templates, StartError> {
    let name = settings.template_file.as_str();
    let octets = match name {
        "" => None,
        name => Some(
            std::fs::read(name)
                .map_err(|error| StartError::Refused(format!("open {name}: {}", sys::fault::text(&error))))?,
        ),
    };
    let file = octets.as_ref().map(|octets| File {
        name,
        octets,
        flawed: &log::template_flaw,
    });
    Templates::read(file.as_ref(), settings.is_from_obsolete())
        .and_then(|templates| templates.expanded(configuration))
        .map_err(|error| {
            if let Some(cause) = error.source() {
                log::template_cause(cause);
            }
            StartError::Refused(error.to_string())
        })
}

impl Bounce {
    /// `None` for what is no request of this conversation.
    async fn answer(&self, question: &Question) -> Option<Done> {
        if question.is::<Append>() {
            return Some(self.append(&question.read::<Append>().ok()?).await);
        }
        let desk = &self.desk;
        let sent = if question.is::<Flush>() {
            desk.failure(self.failures(), &question.read::<Flush>().ok()?.about)
                .await
        } else if question.is::<Verp>() {
            let verp = question.read::<Verp>().ok()?;
            desk.failure_each(self.failures(), &verp.about, &verp.delimiters)
                .await
        } else if question.is::<Warn>() {
            desk.delay(&question.read::<Warn>().ok()?.about).await
        } else if question.is::<Trace>() {
            desk.trace(&question.read::<Trace>().ok()?).await
        } else if question.is::<One>() {
            let one = question.read::<One>().ok()?;
            desk.one(&one.about, &one.owner, note_of(&one.note)).await
        } else if question.is::<Forget>() {
            let forget = question.read::<Forget>().ok()?;
            return Some(self.forget(&forget.queue_id));
        } else {
            return None;
        };
        Some(match sent {
            Ok(()) => Done::yes(),
            Err(error) => Done::no(error.to_string()),
        })
    }

    /// Keeps a note. The recipient of a failure or report is crossed off after it, so that one must reach the disk; a
    /// note on a delay is only told about.
    async fn append(&self, append: &Append) -> Done {
        let Some(id) = QueueId::parse(&append.queue_id) else {
            return Done::no("malformed queue id");
        };
        let (spool, notes) = (self.desk.spool.clone(), self.notes);
        let compatible = self.desk.settings.compatible_notes;
        let mut note = note_of(append);
        if notes == Queue::Trace && !append.relay.is_empty() && append.relay != "none" {
            // A report says who took it; a failure's text has that already.
            note.reason = format!("delivery via {}: {}", append.relay, note.reason);
        }
        let kept = if notes == Queue::Defer {
            spool.append_notes(notes, &id, &[note], compatible)
        } else {
            daemon::blocking(move || {
                spool.append_notes(notes, &id, &[note], compatible)?;
                sync(&spool, notes, &id)
            })
            .await
        };
        match kept {
            Ok(()) => Done::yes(),
            Err(error) => {
                log::notes_trouble(&append.queue_id, &error);
                Done::no(error.to_string())
            }
        }
    }

    /// Whose notes a failure notice is made of: a message that had its time fails for the reasons of its delay.
    fn failures(&self) -> Queue {
        match self.notes {
            Queue::Defer => Queue::Defer,
            _ => Queue::Bounce,
        }
    }

    fn forget(&self, queue_id: &str) -> Done {
        let Some(id) = QueueId::parse(queue_id) else {
            return Done::no("malformed queue id");
        };
        match self.desk.spool.remove_notes(self.notes, &id) {
            Ok(()) => Done::yes(),
            Err(error) => Done::no(error.to_string()),
        }
    }
}

fn sync(spool: &Spool, notes: Queue, id: &QueueId) -> Result<(), QueueError> {
    let file = std::fs::File::open(spool.path(notes, id))?;
    Ok(sys::disk::sync_content(&file)?)
}

/// A note as the file has it: addresses in quoted form.
fn note_of(append: &Append) -> Note {
    let quoted = |address: &str| AddressForm::External.show(address).into_owned();
    let (diag_type, diag_text) = append.dsn.diagnostic.clone().unwrap_or_default();
    let (mta_type, mta_mname) = append.dsn.remote_mta.clone().unwrap_or_default();
    Note {
        recipient: quoted(&append.recipient.address),
        original_recipient: quoted(&append.recipient.original),
        offset: append.recipient.offset,
        dsn_orig_rcpt: append.recipient.orcpt.clone(),
        notify_flags: u32::from(append.recipient.notify.bits()),
        status: append.dsn.status.to_string(),
        action: append.dsn.action.to_string(),
        diag_type,
        diag_text,
        mta_type,
        mta_mname,
        reason: append.dsn.reason.clone(),
    }
}
