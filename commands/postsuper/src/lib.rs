//! postsuper: holds, releases, requeues, deletes and repairs queue files.
//!
//! Queues that are named after the options narrow it down; without any, all are meant in which the action makes
//! sense.
//!
//! ```text
//! postsuper -d 3F2A9C1B04            delete a message
//! postsuper -h ALL incoming          keep what has just come in from delivery
//! mailq | awk '/spammer@/ { sub(/[*!#]$/, "", $1); print $1 }' | postsuper -d -   delete what awk chooses
//! ```
//!
//! Short queue ids are used again: a message may have gone, and another have its id, before postsuper looks. That does
//! not happen with long ones (`enable_long_queue_ids`).
//!
//! # Usage
//! ```text
//! postsuper [-psSv] [-c DIR] [-d ID] [-e ID] [-f ID] [-h ID] [-H ID] [-r ID] [QUEUE ...]
//! ```
//! # Options
//! An ID is a queue id, `-` for those on standard input, or `ALL`, in capitals, for all.
//!
//! - `-c DIR`: the configuration is in this folder
//! - `-d ID`: delete
//! - `-e ID`: treat as expired: return with the next attempt that does not succeed
//! - `-f ID`: the same, and release from hold
//! - `-h ID`: put on hold: no delivery until it is released
//! - `-H ID`: release from hold
//! - `-p`: remove files that were left behind by programs that died
//! - `-r ID`: requeue: rewritten and routed again, as if it had come in now
//! - `-s`: check the queue and mend it: folders, file names, places. `postfix start` does so
//! - `-S`: the same, and long queue ids must fit their files; after a copy from another disk
//! - `-v`: log more; several log still more
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody; it works while the mail system is down.
//! # Writes
//! Every queue directory; the log.
//! # Runs as
//! Root, which it gives up for `mail_owner` before it touches the queue.
//! # Standards
//! None; postsuper(1).
//! # Difference from Postfix
//! `mail_owner` itself may call it too, for an instance that an ordinary user runs. An interrupted run ends by the
//! signal itself.

mod all;
mod disk;
mod log;
mod one;
mod repair;
mod tally;

use crate::one::Desk;
use crate::repair::Repair;
use crate::tally::Tally;
use command::{Failure, Options, Start, Status};
use queue::{Layout, Queue, Spool};
use std::io::BufRead;
use std::process::ExitCode;
use std::time::SystemTime;

config::settings! {
    /// What postsuper reads from main.cf.
    struct Settings {
        mail_owner: String = MAIL_OWNER,
        queue_directory: String = QUEUE_DIRECTORY,
    }
}

/// The queues of a run that names none. Notes come before messages: a message is renamed with its notes, which must
/// be in their place then.
const QUEUES: [Queue; 8] = [
    Queue::Defer,
    Queue::Bounce,
    Queue::Maildrop,
    Queue::Incoming,
    Queue::Active,
    Queue::Deferred,
    Queue::Hold,
    Queue::Flush,
];
/// The letters that change messages.
const WORK: &str = "defhHr";

/// Runs the command.
pub fn run() -> ExitCode {
    command::main("postsuper", supervise)
}

fn supervise(start: Start) -> Result<Status, Failure> {
    if start.is_set_id {
        return Err(Failure::general(
            "this postfix command must not run as a set-uid process",
        ));
    }
    let options = start.options("c:d:e:f:h:H:pr:sSv").map_err(|error| {
        log::option(&error);
        usage(&start.name)
    })?;
    if options
        .value('c')
        .is_some_and(|directory| !directory.starts_with('/'))
    {
        return Err(Failure::general("-c requires absolute pathname"));
    }
    let mut setup = options.setup('c', 'v');
    setup.verbose = setup
        .verbose
        .max(u8::from(std::env::var_os("MAIL_VERBOSE").is_some()));
    let configuration = start.configure(&setup)?;
    let settings = Settings::read(&configuration)?;
    become_owner(&settings.mail_owner)?;
    let directory = &settings.queue_directory;
    std::env::set_current_dir(directory)
        .map_err(|error| Failure::general(format!("chdir {directory}: {}", sys::fault::text(&error))))?;
    let spool = Spool::new("", Layout::read(&configuration)?);
    let queues = queues(&options.operands)?;
    let desk = Desk {
        spool: &spool,
        queues: &queues,
        now: SystemTime::now(),
    };

    let mut tally = Tally::default();
    work(&desk, &options, &mut tally).inspect_err(|_| {
        if tally.mismatched > 0 || tally.renamed > 0 || tally.misplaced > 0 {
            log::incomplete();
        }
    })?;
    let letters: String = options.given.iter().map(|(letter, _)| *letter).collect();
    log::totals(&tally, &letters);
    Ok(Status::OK)
}

/// Gives up root: the queue belongs to the mail system, and whoever has got hold of it must not get more.
fn become_owner(mail_owner: &str) -> Result<(), Failure> {
    let wrong =
        |error: std::io::Error| Failure::general(format!("{mail_owner}: {}", sys::fault::text(&error)));
    let account = sys::account::account_by_name(mail_owner).map_err(wrong)?;
    if !sys::identity::is_root() {
        return match account {
            Some(account) if account.uid == sys::identity::real_uid() => Ok(()),
            _ => Err(Failure::general(
                "use of this command is reserved for the superuser",
            )),
        };
    }
    let account = account.ok_or_else(|| {
        Failure::general(format!(
            "unknown user configuration value for mail_owner: {mail_owner}"
        ))
    })?;
    let ids = sys::identity::Ids::with_groups_of(mail_owner, account.uid, account.gid).map_err(wrong)?;
    sys::identity::drop_to(&ids).map_err(wrong)
}

fn queues(names: &[String]) -> Result<Vec<Queue>, Failure> {
    if names.is_empty() {
        return Ok(QUEUES.to_vec());
    }
    let queue = |name: &String| {
        Queue::from_name(name)
            .filter(|queue| !matches!(queue, Queue::Corrupt | Queue::Saved))
            .ok_or_else(|| Failure::general(format!("invalid directory name: {name}")))
    };
    names.iter().map(queue).collect()
}

fn work(desk: &Desk<'_>, options: &Options, tally: &mut Tally) -> Result<(), Failure> {
    let mut repair = Repair {
        structure: options.has('s') || options.has('S'),
        redundant: options.has('S'),
        purge: options.has('p'),
    };
    if !options.given.iter().any(|(letter, _)| WORK.contains(*letter)) && repair == Repair::default() {
        repair = Repair {
            structure: true,
            purge: true,
            redundant: false,
        };
    }
    if repair != Repair::default() {
        desk.repair(repair, tally)?;
        // Files that got another name wait for their final one.
        if tally.mismatched > 0 {
            desk.repair(repair, tally)?;
        }
    }
    let by_name = options
        .given
        .iter()
        .any(|(letter, value)| WORK.contains(*letter) && value != "ALL");
    if by_name && (tally.mismatched > 0 || tally.renamed > 0) {
        log::ids_changed();
        return Err(Failure::general("CHECK YOUR QUEUE IDS AND RE-ISSUE THE COMMAND"));
    }
    for (letter, value) in &options.given {
        if !WORK.contains(*letter) {
            continue;
        }
        match value.as_str() {
            "ALL" => desk.work_on_all(*letter, tally)?,
            "-" => {
                for line in std::io::stdin().lock().lines() {
                    let line = line.map_err(|error| {
                        Failure::general(format!("read queue ids: {}", sys::fault::text(&error)))
                    })?;
                    desk.work(*letter, &line, tally)?;
                }
            }
            id => desk.work(*letter, id, tally)?,
        }
    }
    Ok(())
}

fn usage(name: &str) -> Failure {
    Failure::usage(format!(
        "usage: {name} [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] \
         [-f queue_id (expire and/or un-hold)] [-h queue_id (hold)] [-H queue_id (un-hold)] \
         [-p (purge temporary files)] [-r queue_id (requeue)] [-s (structure fix)] \
         [-S (redundant structure fix)] [-v (verbose)] [queue...]"
    ))
}

#[cfg(test)]
mod tests;
