//! local: delivers to system accounts: aliases, `.forward` files, mailboxes, commands.
//!
//! A recipient may grow into many: an alias names others, a user's file sends mail on. Mail for other hosts, and for
//! users who are not the alias itself, becomes a new message. A recipient is finished when all it grew into is.
//!
//! Names are looked up in this order: `alias_maps`, the user's `.forward` file (`forward_path`), then where mailboxes
//! go: `mailbox_transport_maps`, `mailbox_transport`, `mailbox_command_maps`, `mailbox_command`, `home_mailbox`,
//! `mail_spool_directory`; for names without account `fallback_transport_maps`, `fallback_transport`, `luser_relay`.
//! `user+extension` is tried whole before it is tried without the extension, see `recipient_delimiter`. aliases(5)
//! describes what may stand in aliases and `.forward` files.
//!
//! # Listens
//! `private/local`: delivery requests.
//! # Asks
//! trivial-rewrite (`private/rewrite`) about addresses in expansions, cleanup (`public/cleanup`) for new messages, the
//! agents that `mailbox_transport` and its like name, the user database, tables, and the bounce, defer and trace
//! services through the frame.
//! # Writes
//! Mailboxes, Maildirs and files, by carriers under the recipient's ids; queue files: recipients crossed off.
//! # Runs as
//! `mail_owner`, with root kept as a saved id for the carriers and commands. Not in a chroot.
//! # Standards
//! RFC 822, RFC 3461 (notifications of aliases and lists); aliases(5), mbox(5), maildir(5), local(8).
//! # Difference from Postfix
//! `biff` is read by nobody: comsat(8) is not told of new mail. Files are written by a process that has the recipient's
//! ids for good, kept for the next message. A `.forward` file of which it could not be told whether it is there defers
//! the mail. Waiting for a lock begins with short pauses.

mod alias;
mod branch;
mod command;
mod delivery;
mod dot_forward;
mod file;
mod forwarding;
mod inbox;
mod include;
mod log;
mod names;
mod pass;
mod resolve;
mod seen;
mod settings;
mod table_owner;
mod token;
mod unknown;

use crate::branch::{Branch, Name};
use crate::delivery::Delivery;
use crate::settings::Settings;
use ::delivery::{Agent, Fate, Job};
use config::catalogue::{
    ALIAS_MAPS, DEFAULT_PRIVS, FALLBACK_TRANSPORT_MAPS, MAILBOX_COMMAND_MAPS, MAILBOX_DELIVERY_LOCK,
    MAILBOX_SIZE_LIMIT, MAILBOX_TRANSPORT_MAPS, MESSAGE_SIZE_LIMIT, SUN_MAILTOOL_COMPATIBILITY,
};
use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use jiff::tz::TimeZone;
use lookup::{Maps, Use};
use mail::{Dsn, Recipient, SplitRules};
use mailbox::{Crew, CrewSettings, DeliveredTo, FromLine, Head, Letter, Locks, Patience, Style, Trouble};
use routes::{Routes, Span};
use std::cell::RefCell;
use std::collections::HashMap;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;
use sys::account::{Account, account_by_name};
use sys::identity::{Ids, effective_gid, effective_uid};

/// Runs the agent, or a carrier's work when started for that.
pub fn run() -> ExitCode {
    mailbox::carry_if_asked().unwrap_or_else(::delivery::main::<Local>)
}

/// The members of a list are seldom of more than a few domains, and each would be a question.
const ROUTES_KEPT: Span = Span {
    count: 1000,
    time: Duration::from_secs(5),
};

/// The agent.
struct Local {
    settings: Settings,
    service: String,
    split: SplitRules,
    alias_maps: Maps,
    mailbox_transport_maps: Maps,
    mailbox_command_maps: Maps,
    fallback_transport_maps: Maps,
    routes: Routes,
    cleanup: ipc::Port,
    agent_ports: RefCell<HashMap<String, Rc<ipc::Port>>>,
    limits: ipc::Limits,
    crew: Crew,
    /// Whether work is done under other ids than our own.
    changes_ids: bool,
    /// The ids of `default_privs`.
    default_ids: Option<Ids>,
    locks: Locks,
    /// This host's name in Maildir file names.
    host: String,
    zone: TimeZone,
    mbox: Style,
    plain: Style,
}

impl Agent for Local {
    const PLATE: Plate = Plate {
        name: "local",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::BecomesRecipient,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        check_limits(&settings)?;
        let tables = start.tables()?;
        let maps = |title: &str, text: &str, usage: Use| Maps::open(&tables, title, text, usage);
        let by_name = Use {
            substitution: false,
            ..Use::GENERAL
        };
        let changes_ids = start.root.is_privileged();
        Ok(Self {
            service: start.service.to_owned(),
            split: SplitRules {
                delimiters: settings.recipient_delimiter.clone(),
                owner_request_special: settings.owner_request_special,
                double_bounce_sender: settings.double_bounce_sender.clone(),
            },
            alias_maps: maps(ALIAS_MAPS.name(), &settings.alias_maps, Use::TRUSTED)?,
            mailbox_transport_maps: maps(
                MAILBOX_TRANSPORT_MAPS.name(),
                &settings.mailbox_transport_maps,
                by_name,
            )?,
            mailbox_command_maps: maps(
                MAILBOX_COMMAND_MAPS.name(),
                &settings.mailbox_command_maps,
                Use::TRUSTED,
            )?,
            fallback_transport_maps: maps(
                FALLBACK_TRANSPORT_MAPS.name(),
                &settings.fallback_transport_maps,
                by_name,
            )?,
            routes: Routes::new(start.private(&settings.rewrite_service), ROUTES_KEPT),
            cleanup: start.public(&settings.cleanup_service),
            agent_ports: RefCell::default(),
            limits: start.limits(),
            crew: Crew::new(CrewSettings {
                changes_ids,
                limit: settings.daemon_timeout,
                name: Self::PLATE.name.to_owned(),
            }),
            changes_ids,
            default_ids: if changes_ids {
                Some(default_ids(&settings)?)
            } else {
                None
            },
            locks: locks(&settings)?,
            host: sys::network::host_name().map_err(|error| StartError::system("host name", error))?,
            zone: TimeZone::system(),
            mbox: Style::mbox(),
            plain: Style::plain(),
            settings,
        })
    }

    fn status_filter(&self) -> Option<config::Param<config::Text>> {
        Some(config::catalogue::LOCAL_DELIVERY_STATUS_FILTER)
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        let before = match job.content().and_then(DeliveredTo::read) {
            Ok(before) => before,
            Err(error) => return self.unreadable(&job, error.into()).await,
        };
        for recipient in &job.recipients {
            let delivery = Delivery::new(&self, &job, &before);
            let branch = first_branch(&job, recipient);
            let fate = delivery.recipient(&branch).await;
            if delivery.finish_forwards(fate, &branch).await == Fate::Finished {
                job.cross_off(recipient);
            }
        }
    }
}

fn first_branch(job: &Job, recipient: &Recipient) -> Branch {
    let envelope = &job.envelope;
    Branch {
        level: 0,
        recipient: recipient.clone(),
        sender: envelope.sender.as_str().into(),
        name: Name::default(),
        unmatched: None,
        owner: None,
        delivered: None,
        source: None,
        expanded_from: None,
        rights: None,
    }
}

fn check_limits(settings: &Settings) -> Result<(), StartError> {
    let (mailbox, message) = (MAILBOX_SIZE_LIMIT.name(), MESSAGE_SIZE_LIMIT.name());
    let text = match (settings.mailbox_size_limit, settings.message_size_limit) {
        (0, _) => return Ok(()),
        (_, 0) => format!("configuration error: {mailbox} is limited but {message} is unlimited"),
        (limit, least) if limit < least => {
            format!("configuration error: {mailbox} is smaller than {message}")
        }
        _ => return Ok(()),
    };
    Err(StartError::Refused(text))
}

fn locks(settings: &Settings) -> Result<Locks, StartError> {
    let name = MAILBOX_DELIVERY_LOCK.name();
    let mut locks = Locks::parse(settings.mailbox_delivery_lock.iter().map(String::as_str))
        .map_err(|error| StartError::Refused(format!("parameter {name}: {error}")))?;
    if settings.sun_mailtool_compatibility {
        log::deprecated(SUN_MAILTOOL_COMPATIBILITY.name(), name);
        locks = Locks {
            dotlock: locks.dotlock,
            ..Locks::default()
        };
    }
    if locks == Locks::default() {
        let text = format!("parameter {name} specifies no applicable mailbox locking method");
        return Err(StartError::Refused(text));
    }
    Ok(locks)
}

fn default_ids(settings: &Settings) -> Result<Ids, StartError> {
    let (name, user) = (DEFAULT_PRIVS.name(), &settings.default_privs);
    let account = account_by_name(user)
        .map_err(|error| StartError::system(format!("parameter {name}: look up user {user}"), error))?
        .ok_or_else(|| StartError::Refused(format!("parameter {name}: unknown user name: {user}")))?;
    if account.uid == 0 || account.gid == 0 {
        return Err(StartError::Refused(format!(
            "parameter {name}: user {user} is privileged"
        )));
    }
    Ok(Ids::new(account.uid, account.gid))
}

impl Local {
    /// The ids that work for a user is done under.
    fn ids_of(&self, account: &Account) -> Ids {
        if self.changes_ids {
            Ids::new(account.uid, account.gid)
        } else {
            own_ids()
        }
    }

    fn root_ids(&self) -> Ids {
        if self.changes_ids {
            Ids::new(0, 0)
        } else {
            own_ids()
        }
    }

    /// The ids of files and commands: those given, or the default ones where there are none or they are root's.
    fn rights_or_default(&self, account: Option<&Account>) -> Result<Ids, Trouble> {
        let Some(default) = &self.default_ids else {
            return Ok(own_ids());
        };
        Ok(match account {
            Some(account) if account.uid != 0 => {
                let gid = if account.gid == 0 {
                    default.gid
                } else {
                    account.gid
                };
                Ids::new(account.uid, gid)
            }
            _ => default.clone(),
        })
    }

    fn patience(&self) -> Patience {
        Patience {
            attempts: self.settings.lock_attempts,
            delay: self.settings.lock_delay,
            stale: self.settings.stale_lock_time,
        }
    }

    fn size_limit(&self) -> Option<u64> {
        Some(self.settings.mailbox_size_limit).filter(|limit| *limit > 0)
    }

    async fn unreadable(&self, job: &Job, trouble: Trouble) {
        if trouble.is_damage() {
            return log::damaged(job.queue_id(), &trouble.reason);
        }
        let dsn: Dsn = trouble.into_dsn();
        job.report_all(&job.recipients, &self.service, &dsn).await;
    }
}

fn own_ids() -> Ids {
    Ids::new(effective_uid(), effective_gid())
}

impl Delivery<'_> {
    /// The lines put in front of the message.
    fn head(&self, branch: &Branch, from_line: Option<FromLine>, delivered: bool) -> Vec<u8> {
        let original = branch.recipient.original.as_str();
        let head = Head {
            sender: &branch.sender,
            from_line,
            return_path: true,
            original_recipient: self.settings().original_recipient.then_some(original),
            delivered_to: delivered.then(|| branch.delivered_to()),
        };
        let mut out = Vec::with_capacity(256);
        head.render(b"\n", &mut out);
        out
    }

    fn letter<'b>(&'b self, head: &'b [u8], style: &'b Style) -> Result<Letter<'b>, Trouble> {
        Ok(Letter {
            content: self.job.content()?,
            head,
            style,
        })
    }
}
