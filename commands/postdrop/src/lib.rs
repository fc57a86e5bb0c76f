//! postdrop: files a submission in `maildrop/`.
//!
//! sendmail(1) starts it; users have no use for it.
//!
//! # Usage
//! ```text
//! postdrop [-rv] [-c DIR]
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-r`: the conversation with sendmail on standard input and output; there is no other way
//! - `-v`: log more; for root only
//! # Listens
//! Standard input and output: the conversation `contract::postdrop`.
//! # Asks
//! Nobody; wakes `public/pickup`, and does not mind when nobody is there.
//! # Writes
//! `maildrop/`.
//! # Runs as
//! Whoever calls it, with the group of `setgid_group`: that is what opens `maildrop`.
//! # Standards
//! None; postdrop(1).
//! # Difference from Postfix
//! `local_login_sender_maps` other than `static:` refuses every submission for the time being: the set-group-id
//! program opens no tables. `authorized_submit_users` likewise. Interrupts from the terminal are left to the program
//! that submits: when that ends, so does the submission.

mod gate;
mod log;

use crate::gate::Gate;
use command::{Caller, Failure, Start, Status, UserList, Verdict};
use contract::attribute::encode;
use contract::postdrop::{Filed, Opened, PROTOCOL, status};
use queue::{Draft, Layout, Queue, QueueError, Spool};
use record::{ArrivalTime, Decoded, Kind, decode};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

config::settings! {
    /// What postdrop reads from main.cf.
    struct Settings {
        authorized_submit_users: Vec<String> = AUTHORIZED_SUBMIT_USERS,
        enable_long_queue_ids: bool = ENABLE_LONG_QUEUE_IDS,
        line_length_limit: u64 = LINE_LENGTH_LIMIT,
        local_login_sender_maps: Vec<String> = LOCAL_LOGIN_SENDER_MAPS,
        message_size_limit: u64 = MESSAGE_SIZE_LIMIT,
        pickup_service_name: String = PICKUP_SERVICE_NAME,
        queue_directory: String = QUEUE_DIRECTORY,
        trigger_timeout: Duration = TRIGGER_TIMEOUT,
    }
}

/// SIGHUP, SIGINT, SIGQUIT: what a terminal sends to every program of a job.
const TERMINAL_SIGNALS: [i32; 3] = [1, 2, 3];
/// SIGXFSZ, which would end us where an error can be told.
const FILE_SIZE_SIGNAL: i32 = 25;
/// What one read of standard input asks for.
const READ_OCTETS: usize = 64 * 1024;

/// Runs the command.
pub fn run() -> ExitCode {
    command::main("postdrop", serve)
}

/// What would be filed of this input; `None` for input that is no submission. For proving that whatever passes is taken
/// by pickup.
pub fn records_of(input: &[u8], line_limit: usize) -> Option<Vec<u8>> {
    let mut records = Vec::new();
    let mut gate = Gate::open(0, &ArrivalTime::default(), &mut records);
    let mut used = 0;
    while let Decoded::Record(record, length) = decode(input.get(used..)?, line_limit).ok()? {
        used += length;
        if gate.take(record.kind, record.payload, &mut records).ok()? {
            return gate.is_complete().then_some(records);
        }
    }
    None
}

fn serve(mut start: Start) -> Result<Status, Failure> {
    // The caller chooses by which name a program is called; the log says what it is.
    "postdrop".clone_into(&mut start.name);
    let options = start.options("c:rv").map_err(|error| {
        log::option(&error);
        Failure::usage("usage: postdrop [-c config_dir] [-v]")
    })?;
    let mut setup = options.setup('c', 'v');
    if !sys::identity::is_root() {
        setup.verbose = 0;
    }
    let settings = Settings::read(&start.configure(&setup)?)?;
    let directory = &settings.queue_directory;
    std::env::set_current_dir(directory)
        .map_err(|error| Failure::general(format!("chdir {directory}: {}", sys::fault::text(&error))))?;
    for signal in TERMINAL_SIGNALS.into_iter().chain([FILE_SIZE_SIGNAL]) {
        let ignored = sys::process::ignore_signal(signal);
        ignored.map_err(|error| Failure::general(format!("ignore signal: {}", sys::fault::text(&error))))?;
    }
    let caller = Caller::of_process()
        .map_err(|error| Failure::general(format!("look up user: {}", sys::fault::text(&error))))?;
    authorise(&settings.authorized_submit_users, &caller)?;
    let spool = Spool::new("", Layout::new([], 1, settings.enable_long_queue_ids));
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let filed = submit(&spool, &settings, caller.uid, &mut input, &mut output)?;
    if filed {
        // pickup looks by itself now and then; while the mail system is down, the file waits.
        let service = Path::new("public").join(&settings.pickup_service_name);
        let _ = command::wake(&service, &[contract::trigger::WAKE_UP], settings.trigger_timeout);
    }
    Ok(Status::OK)
}

fn authorise(list: &[String], caller: &Caller) -> Result<(), Failure> {
    match UserList::new(list.to_vec()).judge(&caller.name) {
        Ok(Verdict::Allowed) => Ok(()),
        Ok(Verdict::Denied) => {
            let Caller { name, uid } = caller;
            Err(Failure::general(format!(
                "User {name}({uid}) is not allowed to submit mail"
            )))
        }
        Err(error) => Err(Failure::general(error.to_string())),
    }
}

/// One submission. True when a message was filed; false when it was taken back or refused, which the submitter knows.
fn submit(
    spool: &Spool,
    settings: &Settings,
    uid: u32,
    input: &mut impl Read,
    output: &mut impl Write,
) -> Result<bool, Failure> {
    let draft = Draft::create(spool, Queue::Maildrop).map_err(|error| {
        log::cannot_create(&error);
        Failure::new(
            Status::TEMPORARY,
            format!("cannot create a file in maildrop: {error}"),
        )
    })?;
    let opened = Opened {
        protocol: PROTOCOL.to_owned(),
        queue_id: draft.id().to_string(),
    };
    say(output, |out| encode(&opened, out))?;
    let since = draft.created().duration_since(UNIX_EPOCH).unwrap_or_default();
    let arrival = ArrivalTime {
        seconds: i64::try_from(since.as_secs()).unwrap_or(0),
        microseconds: since.subsec_micros(),
    };
    let mut intake = Intake {
        draft,
        uid,
        settings,
        refusal: sender_refusal(settings),
    };
    if !intake.read(input, &arrival)? {
        let name = intake.draft.id().to_string();
        if let Err(error) = intake.draft.abandon() {
            log::cannot_remove(uid, &name, &error);
        }
        return Ok(false);
    }
    let filed = intake.file(spool);
    say(output, |out| encode(&filed, out))?;
    Ok(filed.status == 0)
}

/// Whether the senders that users may name are limited; what we cannot look up, nobody gets past.
fn sender_refusal(settings: &Settings) -> Option<Filed> {
    let maps = &settings.local_login_sender_maps;
    if maps.iter().all(|map| map.starts_with("static:")) && !maps.is_empty() {
        return None;
    }
    let reason = format!(
        "local_login_sender_maps table lookup error for '{}'",
        maps.join(", ")
    );
    Some(Filed {
        status: status::WRITE,
        reason,
    })
}

/// A submission on its way to disk.
struct Intake<'a> {
    draft: Draft,
    uid: u32,
    settings: &'a Settings,
    /// Why it will not be filed. The rest of the input is still read: who gets no answer would lose the reason.
    refusal: Option<Filed>,
}

impl Intake<'_> {
    /// Reads to the end record; false when the input ended before.
    fn read(&mut self, input: &mut impl Read, arrival: &ArrivalTime) -> Result<bool, Failure> {
        let limit = usize::try_from(self.settings.line_length_limit).unwrap_or(usize::MAX);
        let uid = self.uid;
        let malformed = || Failure::general(format!("uid={uid}: malformed input"));
        let mut octets: Vec<u8> = Vec::with_capacity(READ_OCTETS);
        let mut records = Vec::with_capacity(READ_OCTETS);
        let mut gate = Gate::open(self.uid, arrival, &mut records);
        loop {
            let mut used = 0;
            let mut ended = false;
            while !ended {
                let rest = octets.get(used..).unwrap_or_default();
                match decode(rest, limit).map_err(|_| malformed())? {
                    Decoded::Record(record, length) => {
                        used += length;
                        if self.refusal.is_some() {
                            // Nothing will come of it: only its end matters.
                            ended = record.kind == Kind::END;
                            continue;
                        }
                        let taken = gate.take(record.kind, record.payload, &mut records);
                        ended = taken.map_err(|error| Failure::general(format!("uid={uid}: {error}")))?;
                    }
                    Decoded::Incomplete(_) => break,
                }
            }
            octets.drain(..used);
            self.keep(&mut records);
            if ended {
                if self.refusal.is_none() && !gate.is_complete() {
                    self.refusal = Some(Filed {
                        status: status::BAD,
                        reason: String::new(),
                    });
                }
                return Ok(true);
            }
            let old = octets.len();
            octets.resize(old + READ_OCTETS, 0);
            let count = input
                .read(octets.get_mut(old..).unwrap_or_default())
                .map_err(|error| Failure::general(format!("read: {}", sys::fault::text(&error))))?;
            octets.truncate(old + count);
            if count == 0 {
                return if old == 0 { Ok(false) } else { Err(malformed()) };
            }
        }
    }

    fn keep(&mut self, records: &mut Vec<u8>) {
        if self.refusal.is_none() {
            let limit = self.settings.message_size_limit;
            let written = self.draft.put_encoded(records);
            let too_large = limit > 0 && self.draft.position() > limit;
            self.refusal = match written {
                Ok(()) if too_large => Some(Filed {
                    status: status::SIZE,
                    reason: String::new(),
                }),
                Ok(()) => None,
                Err(error) => Some(self.failed(&error)),
            };
        }
        records.clear();
    }

    fn file(self, spool: &Spool) -> Filed {
        if let Some(refusal) = self.refusal {
            return refusal;
        }
        let uid = self.uid;
        let committed = self
            .draft
            .seal(spool, Queue::Maildrop, None)
            .and_then(queue::Sealed::commit_blocking);
        match committed {
            Ok(_) => Filed::default(),
            Err(error) => failed(uid, &error),
        }
    }

    fn failed(&self, error: &QueueError) -> Filed {
        failed(self.uid, error)
    }
}

fn failed(uid: u32, error: &QueueError) -> Filed {
    log::cannot_commit(uid, error);
    let status = if matches!(error, QueueError::TooLarge(_)) {
        status::SIZE
    } else {
        status::WRITE
    };
    Filed {
        status,
        reason: String::new(),
    }
}

fn say(output: &mut impl Write, put: impl FnOnce(&mut Vec<u8>)) -> Result<(), Failure> {
    let mut octets = Vec::new();
    put(&mut octets);
    output
        .write_all(&octets)
        .and_then(|()| output.flush())
        .map_err(|error| Failure::general(format!("write: {}", sys::fault::text(&error))))
}

#[cfg(test)]
mod tests;
