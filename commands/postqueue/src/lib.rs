//! postqueue: lists and flushes the queue for a user.
//!
//! The list for people has for each message its queue id, size in octets, time of arrival, sender, then the reason of the
//! last delay in parentheses, and recipients. `*` behind the id means that it is being delivered, `!` that it is on hold,
//! `#` that it is to be treated as expired.
//!
//! The list in JSON has `queue_name`, `queue_id`, `arrival_time` (seconds since 1970), `message_size`, `forced_expire`,
//! `sender`, and `recipients` with `address` and, where there is one, `delay_reason` or `bounce_reason`. Tools
//! should pass over names they do not know.
//!
//! # Usage
//! ```text
//! postqueue [-v] [-c DIR] -f | -i QUEUE-ID | -j | -p | -s SITE
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-f`: try all deferred mail now
//! - `-i QUEUE-ID`: try this message now
//! - `-j`: list the queue as JSON, an object on each line
//! - `-p`: list the queue for people; mailq(1) does the same
//! - `-s SITE`: try all mail for a domain of `fast_flush_domains` now
//! - `-v`: log more; for root only
//! # Listens
//! Nowhere.
//! # Asks
//! `public/showq`, `public/flush`; wakes `public/qmgr` and `public/pickup`.
//! # Writes
//! Standard output.
//! # Runs as
//! Whoever calls it, with the group of `setgid_group`: that is what opens the sockets in `public`.
//! # Standards
//! RFC 8259 (JSON); postqueue(1).
//! # Difference from Postfix
//! `authorized_flush_users` and `authorized_mailq_users` may not name tables other than `static:`; the set-group-id
//! program opens none.

mod json;
mod listing;
mod log;
mod table;

use crate::listing::Listing;
use crate::table::Columns;
use command::{Caller, Failure, Start, Status, UserList, Verdict};
use contract::{attribute::Done, flush, trigger};
use jiff::tz::TimeZone;
use mail::QueueId;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::Duration;

config::settings! {
    /// What postqueue reads from main.cf.
    struct Settings {
        authorized_flush_users: Vec<String> = AUTHORIZED_FLUSH_USERS,
        authorized_mailq_users: Vec<String> = AUTHORIZED_MAILQ_USERS,
        daemon_directory: String = DAEMON_DIRECTORY,
        enable_long_queue_ids: bool = ENABLE_LONG_QUEUE_IDS,
        flush_service_name: String = FLUSH_SERVICE_NAME,
        ipc_timeout: Duration = IPC_TIMEOUT,
        mail_name: String = MAIL_NAME,
        mail_owner: String = MAIL_OWNER,
        pickup_service_name: String = PICKUP_SERVICE_NAME,
        queue_directory: String = QUEUE_DIRECTORY,
        queue_service_name: String = QUEUE_SERVICE_NAME,
        showq_service_name: String = SHOWQ_SERVICE_NAME,
        trigger_timeout: Duration = TRIGGER_TIMEOUT,
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wish {
    List { json: bool },
    FlushAll,
    FlushSite(String),
    FlushFile(QueueId),
}

/// Runs the command.
pub fn run() -> ExitCode {
    // As with the original, callers see one status for every failure, whatever its own says.
    command::main("postqueue", |start| {
        serve(start).map_err(|failure| failure.with_status(Status::UNAVAILABLE))
    })
}

fn serve(mut start: Start) -> Result<Status, Failure> {
    // The caller chooses by which name a program is called; the log says what it is.
    "postqueue".clone_into(&mut start.name);
    let options = start.options("c:fi:jps:v").map_err(|error| {
        log::option(&error);
        usage()
    })?;
    let mut modes = options
        .given
        .iter()
        .filter(|(letter, _)| "fijps".contains(*letter));
    let (Some((letter, value)), None) = (modes.next(), modes.next()) else {
        return Err(usage());
    };
    if !options.operands.is_empty() {
        return Err(usage());
    }
    let mut setup = options.setup('c', 'v');
    if !sys::identity::is_root() {
        setup.verbose = 0;
    }
    let unavailable = |failure: Failure| failure.with_status(Status::UNAVAILABLE);
    let configuration = start.configure(&setup).map_err(unavailable)?;
    let settings = Settings::read(&configuration).map_err(|error| unavailable(error.into()))?;
    let directory = &settings.queue_directory;
    std::env::set_current_dir(directory).map_err(|error| {
        Failure::new(
            Status::UNAVAILABLE,
            format!("chdir {directory}: {}", sys::fault::text(&error)),
        )
    })?;
    let wish = wish(*letter, value)?;
    let caller = Caller::of_process().map_err(|error| system(&error))?;
    let is_above = caller
        .is_above(&settings.mail_owner)
        .map_err(|error| system(&error))?;
    match wish {
        Wish::List { json } => {
            let (list, what) = (&settings.authorized_mailq_users, "view the mail queue");
            authorise(list, &caller, is_above, what)?;
            let configuration_directory = start.directory(&setup).map_err(unavailable)?;
            show(&settings, json, is_above, &configuration_directory)?;
        }
        Wish::FlushAll | Wish::FlushSite(_) | Wish::FlushFile(_) => {
            let (list, what) = (&settings.authorized_flush_users, "flush the mail queue");
            authorise(list, &caller, is_above, what)?;
            flush(&settings, &wish)?;
        }
    }
    Ok(Status::OK)
}

fn wish(letter: char, value: &str) -> Result<Wish, Failure> {
    let invalid = |what: &str| {
        let shown: String = value.chars().take(SHOWN_CHARACTERS).collect();
        let more = if shown.len() < value.len() { "..." } else { "" };
        Failure::new(Status::USAGE, format!("Cannot flush {what}: \"{shown}{more}\""))
    };
    Ok(match letter {
        'j' => Wish::List { json: true },
        'p' => Wish::List { json: false },
        'f' => Wish::FlushAll,
        's' => {
            let valid = mail::domain::is_valid(value) || mail::domain::parse_literal(value).is_some();
            if !valid {
                return Err(invalid("mail queue - invalid destination"));
            }
            Wish::FlushSite(value.to_owned())
        }
        _ => Wish::FlushFile(QueueId::parse(value).ok_or_else(|| invalid("queue ID - invalid name"))?),
    })
}

/// Characters of a wrong argument that are shown.
const SHOWN_CHARACTERS: usize = 100;

fn authorise(list: &[String], caller: &Caller, is_above: bool, what: &str) -> Result<(), Failure> {
    if is_above {
        return Ok(());
    }
    match UserList::new(list.to_vec()).judge(&caller.name) {
        Ok(Verdict::Allowed) => Ok(()),
        Ok(Verdict::Denied) => {
            let Caller { name, uid } = caller;
            Err(Failure::new(
                Status::NO_PERMISSION,
                format!("User {name}({uid}) is not allowed to {what}"),
            ))
        }
        Err(error) => Err(Failure::new(Status::UNAVAILABLE, error.to_string())),
    }
}

fn flush(settings: &Settings, wish: &Wish) -> Result<(), Failure> {
    let service = public(&settings.flush_service_name);
    let (answer, named) = match wish {
        Wish::FlushSite(site) => (
            command::ask(
                &service,
                &flush::Send { site: site.clone() },
                settings.ipc_timeout,
            ),
            site.as_str(),
        ),
        Wish::FlushFile(id) => {
            let question = flush::SendFile {
                queue_id: id.to_string(),
            };
            (
                command::ask(&service, &question, settings.ipc_timeout),
                id.as_str(),
            )
        }
        _ => return flush_all(settings),
    };
    let down = || {
        Failure::new(
            Status::UNAVAILABLE,
            "Cannot flush mail queue - mail system is down",
        )
    };
    let Done { status, .. } = answer.map_err(|_| down())?;
    match status {
        flush::status::OK => Ok(()),
        flush::status::BAD => Err(Failure::new(
            Status::USAGE,
            format!("Invalid request: \"{named}\""),
        )),
        flush::status::FAIL => Err(down()),
        flush::status::UNKNOWN | flush::status::DENIED => Err(Failure::new(
            Status::UNAVAILABLE,
            format!("Flush service is not configured for destination \"{named}\""),
        )),
        other => Err(Failure::new(
            Status::SOFTWARE,
            format!("Unknown flush server reply status {other}"),
        )),
    }
}

fn flush_all(settings: &Settings) -> Result<(), Failure> {
    use trigger::qmgr::{FLUSH_DEAD, SCAN_ALL, SCAN_DEFERRED, SCAN_INCOMING};
    let everything = [FLUSH_DEAD, SCAN_ALL, SCAN_DEFERRED, SCAN_INCOMING];
    for (service, bytes) in [
        (&settings.queue_service_name, &everything[..]),
        (&settings.pickup_service_name, &[trigger::WAKE_UP]),
    ] {
        command::wake(&public(service), bytes, settings.trigger_timeout).map_err(|_| {
            Failure::new(
                Status::UNAVAILABLE,
                "Cannot flush mail queue - mail system is down",
            )
        })?;
    }
    Ok(())
}

fn show(settings: &Settings, json: bool, may_read: bool, configuration: &Path) -> Result<(), Failure> {
    let (mail_name, service) = (&settings.mail_name, &settings.showq_service_name);
    match UnixStream::connect(public(service)) {
        Ok(socket) => list(settings, json, socket),
        // Who may not talk to the mail system does not know whether it is up.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(Failure::new(
            Status::SOFTWARE,
            format!(
                "Connect to the {mail_name} {service} service: {}",
                sys::fault::text(&error)
            ),
        )),
        Err(error) if may_read => {
            log::system_is_down(mail_name, service, &error);
            let program = Path::new(&settings.daemon_directory).join(service);
            let failed = |status| Failure::new(status, format!("Error running {}", program.display()));
            let (mut child, socket) =
                start_showq(&program, configuration).map_err(|_| failed(Status::SYSTEM))?;
            let listed = list(settings, json, socket);
            let status = child.wait().map_err(|_| failed(Status::SYSTEM))?;
            listed?;
            if status.success() {
                Ok(())
            } else {
                Err(failed(Status::SOFTWARE))
            }
        }
        Err(error) => Err(Failure::new(
            Status::UNAVAILABLE,
            format!(
                "Queue report unavailable - mail system is down (Connect to the {mail_name} {service} service: {})",
                sys::fault::text(&error)
            ),
        )),
    }
}

/// showq with us as its only client.
fn start_showq(program: &Path, configuration: &Path) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let child = Command::new(program)
        .args(["-u", "-S"])
        .env("MAIL_CONFIG", configuration)
        // Postfix's own showq writes to standard output.
        .stdout(OwnedFd::from(theirs.try_clone()?))
        .stdin(OwnedFd::from(theirs))
        .spawn()?;
    Ok((child, ours))
}

fn list(settings: &Settings, json: bool, socket: UnixStream) -> Result<(), Failure> {
    let mut out = Writer {
        out: BufWriter::with_capacity(OUTPUT_OCTETS, io::stdout().lock()),
        gone: false,
    };
    let mut listing = Listing::begin(socket)?;
    if json {
        json::print(&mut listing, &mut out)?;
    } else {
        let columns = Columns::new(settings.enable_long_queue_ids);
        table::print(&mut listing, &columns, &TimeZone::system(), &mut out)?;
    }
    out.write(|out| out.flush())
}

/// Output gathered before it is written.
const OUTPUT_OCTETS: usize = 64 * 1024;

/// Standard output, whose reader may have seen enough.
struct Writer<W> {
    out: W,
    gone: bool,
}

impl<W: Write> Writer<W> {
    /// Writes something, unless the reader has gone.
    fn write(&mut self, work: impl FnOnce(&mut W) -> io::Result<()>) -> Result<(), Failure> {
        if self.gone {
            return Ok(());
        }
        match work(&mut self.out) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            Err(error) => {
                let text = format!("output write error: {}", sys::fault::text(&error));
                Err(Failure::new(Status::INPUT_OUTPUT, text))
            }
            Ok(()) => Ok(()),
        }
    }
}

fn public(service: &str) -> PathBuf {
    Path::new("public").join(service)
}

fn system(error: &io::Error) -> Failure {
    Failure::new(
        Status::SYSTEM,
        format!("look up user: {}", sys::fault::text(error)),
    )
}

fn usage() -> Failure {
    Failure::new(
        Status::USAGE,
        "usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_and_queue_ids_are_checked() {
        assert_eq!(
            wish('s', "example.com").unwrap(),
            Wish::FlushSite("example.com".into())
        );
        assert!(wish('s', "[192.0.2.1]").is_ok());
        let text = wish('s', &"x ".repeat(60)).unwrap_err().to_string();
        assert!(text.starts_with("Cannot flush mail queue - invalid destination: \"x x"));
        assert!(text.ends_with("...\""));
        assert_eq!(wish('i', "../x").unwrap_err().status(), Status::USAGE);
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut out = Writer {
            out: Gone,
            gone: false,
        };

        assert!(out.write(|out| out.write_all(b"x")).is_ok());
        assert!(out.gone);
    }
}
