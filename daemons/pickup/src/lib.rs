//! pickup: takes local submissions from `maildrop/` and hands them to cleanup.
//!
//! `sendmail` and `postdrop` leave messages in `maildrop/`, whether or not the mail system runs. pickup looks there
//! when it is woken up, and at regular times.
//!
//! # Listens
//! `public/pickup`: wake-up bytes; which ones does not matter.
//! # Asks
//! `public/cleanup`, through `frame/submit`.
//! # Writes
//! Removes files from `maildrop/`.
//! # Runs as
//! `mail_owner`, chroot possible. It reads what any user may have written, and opens nothing for writing.
//! # Standards
//! RFC 5321 §4.4 (the Received header); pickup(8).
//! # Difference from Postfix
//! Several submissions are on their way to cleanup at once. Of a requeued message's size record only the send options
//! are handed on.

mod copy;
mod log;
mod settings;
mod submission;

use crate::settings::Settings;
use crate::submission::{Fate, Submitted};
use contract::cleanup::flag;
use daemon::{Counts, Plate, Rights, Service, Speaks, Start, StartError};
use jiff::tz::TimeZone;
use mail::AddressForm;
use queue::{Entry, Layout, Queue, QueueError, Scan, Spool};
use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::SystemTime;
use tokio::task::JoinSet;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Pickup>()
}

/// What would be handed to cleanup of a file with this content, as records; `None` for a file that is no submission. For
/// proving that no content does harm.
pub fn records_of(file: &std::fs::File, line_limit: usize) -> Option<Vec<u8>> {
    let additions = copy::Additions {
        received: ["Received: by here".into(), "\tid none".into()],
        arrival: record::ArrivalTime::default(),
        filter: String::new(),
        line_limit,
    };
    let mut copy = copy::Copy::new(queue::Cursor::new(file, 0, 512), additions);
    let mut records = Vec::new();
    let mut step = Vec::new();
    loop {
        let done = copy.step(&mut step).ok()?;
        records.append(&mut step);
        if done == copy::Step::End {
            return Some(records);
        }
    }
}

/// The service.
struct Pickup {
    settings: Settings,
    spool: Spool,
    cleanup: ipc::Port,
    /// The user id of `mail_owner`.
    owner: u32,
    flags: u32,
    autodetect_utf8: bool,
    line_limit: usize,
    log_form: AddressForm,
    zone: TimeZone,
    clock: fn() -> SystemTime,
    /// A walk is under way; a wake-up meanwhile asks for another.
    busy: Cell<bool>,
    again: Cell<bool>,
}

/// Submissions on their way at once. Each waits for a commit to disk, and commits at the same time share their cost.
const AT_ONCE: usize = 20;

impl Service for Pickup {
    const PLATE: Plate = Plate {
        name: "pickup",
        counts: Counts::Processes,
        speaks: Speaks::Triggers,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        if !settings.non_smtpd_milters.trim().is_empty() {
            // They may be what keeps forged or infected mail in: without them it must not go on.
            return Err(StartError::Refused(format!(
                "{} is set, but milters are not supported yet; local submissions wait in the maildrop queue",
                config::catalogue::NON_SMTPD_MILTERS.name()
            )));
        }
        let owner = sys::account::account_by_name(&settings.mail_owner)
            .map_err(|error| StartError::system(format!("look up {}", settings.mail_owner), error))?
            .ok_or_else(|| StartError::Refused(format!("unknown mail_owner: {}", settings.mail_owner)))?;
        let classes = &settings.smtputf8_autodetect_classes;
        let detects = classes.iter().any(|class| class == "sendmail" || class == "all");
        Ok(Self {
            flags: flags(&settings.receive_override_options).map_err(StartError::Refused)?,
            autodetect_utf8: settings.smtputf8_enable && detects,
            line_limit: usize::try_from(settings.line_length_limit).unwrap_or(usize::MAX),
            log_form: AddressForm::parse(&settings.info_log_address_format).unwrap_or_default(),
            cleanup: start.public(&settings.cleanup_service_name),
            owner: owner.uid,
            settings,
            spool: Spool::new("", Layout::default()),
            zone: TimeZone::system(),
            clock: SystemTime::now,
            busy: Cell::new(false),
            again: Cell::new(false),
        })
    }

    async fn wake(self: Rc<Self>, _bytes: Vec<u8>) {
        if self.busy.replace(true) {
            self.again.set(true);
            return;
        }
        // A submission that came after its directory page was read is found by the walk that its wake-up asks for.
        loop {
            self.again.set(false);
            let removed = self.clone().walk().await;
            if removed == 0 && !self.again.get() {
                break;
            }
        }
        self.busy.set(false);
    }
}

impl Pickup {
    /// Takes what is in `maildrop` now; how many files are gone.
    async fn walk(self: Rc<Self>) -> usize {
        let mut scan = match Scan::new(&self.spool, Queue::Maildrop) {
            Ok(scan) => scan,
            Err(error) => {
                log::cannot_scan(&error);
                return 0;
            }
        };
        let mut under_way = JoinSet::new();
        let mut removed = 0;
        for entry in scan.by_ref() {
            while under_way.len() >= AT_ONCE {
                removed += under_way.join_next().await.map_or(0, done);
            }
            under_way.spawn_local(self.clone().take(entry));
        }
        while let Some(ended) = under_way.join_next().await {
            removed += done(ended);
        }
        if let Some(error) = scan.take_failure() {
            log::cannot_scan(&error);
        }
        removed
    }

    /// One file. Whether it is gone.
    async fn take(self: Rc<Self>, entry: Entry) -> bool {
        let submitted = match Submitted::open(&self, &entry) {
            Ok(Some(submitted)) => submitted,
            Ok(None) | Err(QueueError::Absent) => return false,
            Err(error) => {
                log::cannot_open(&entry.name, &error);
                return false;
            }
        };
        if submitted.deliver(&self).await == Fate::Keep {
            return false;
        }
        match std::fs::remove_file(&entry.path) {
            Ok(()) => true,
            Err(error) => {
                log::cannot_remove(&entry.name, &error.into());
                false
            }
        }
    }

    fn received(&self, owner: u32, queue_id: &str, seconds: i64) -> [String; 2] {
        let (host, name) = (&self.settings.myhostname, &self.settings.mail_name);
        [
            format!("Received: by {host} ({name}, from userid {owner})"),
            format!("\tid {queue_id}; {}", message::date::format(seconds, &self.zone)),
        ]
    }
}

fn done(ended: Result<bool, tokio::task::JoinError>) -> usize {
    match ended {
        Ok(removed) => usize::from(removed),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => 0,
        },
    }
}

/// What `receive_override_options` leaves of the usual treatment.
fn flags(options: &[String]) -> Result<u32, String> {
    let mut flags = flag::SUBMITTED;
    for option in options {
        flags &= match option.as_str() {
            "no_unknown_recipient_checks" => u32::MAX,
            "no_address_mappings" => !(flag::BCC | flag::MAP),
            "no_header_body_checks" => !flag::FILTER,
            "no_milters" => !flag::MILTER,
            other => {
                return Err(format!("unknown receive_override_options value \"{other}\""));
            }
        };
    }
    Ok(flags)
}

#[cfg(test)]
mod tests;
