//! virtual: delivers to mailboxes named by tables.
//!
//! Each recipient's mailbox file or Maildir, user id and group id come from a table of their own; none needs an
//! account on this host. There are no aliases and no commands here.
//!
//! # Listens
//! `private/virtual`: delivery requests.
//! # Asks
//! Tables (through proxymap where they say so), and the bounce, defer and trace services through the frame.
//! # Writes
//! Mailboxes below `virtual_mailbox_base`, by carriers under the recipient's ids; queue files: recipients crossed off.
//! # Runs as
//! `mail_owner`, with root kept as a saved id for the carriers. Not in a chroot.
//! # Standards
//! RFC 822 (format of `Delivered-To:`, `Return-Path:`); mbox(5), maildir(5), virtual(8).
//! # Difference from Postfix
//! Files are written by a process that has the recipient's ids for good, kept for the next message, instead of by
//! this one under changing effective ids. Waiting for a lock begins with short pauses.

mod log;
mod place;
mod settings;

use crate::place::{Misconfigured, Place, Places};
use crate::settings::Settings;
use config::catalogue::{
    MESSAGE_SIZE_LIMIT, VIRTUAL_MAILBOX_BASE, VIRTUAL_MAILBOX_LIMIT, VIRTUAL_MAILBOX_LOCK,
};
use contract::deliver::flag;
use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use delivery::{Agent, Job};
use jiff::tz::TimeZone;
use mail::{Action, Dsn, EnhancedStatus, Recipient};
use mailbox::{
    Append, Cause, Crew, CrewSettings, FromLine, Head, Letter, Locks, Maildir, Patience, Style, Target,
    Trouble,
};
use std::process::ExitCode;
use std::rc::Rc;
use sys::identity::{Ids, effective_gid, effective_uid};

const RELAY: &str = "virtual";
const DELIVERED: EnhancedStatus = EnhancedStatus::new(2, 0, 0);
const UNKNOWN_USER: EnhancedStatus = EnhancedStatus::new(5, 1, 1);
const NOT_REGULAR: EnhancedStatus = EnhancedStatus::new(5, 3, 5);
const CONFIGURATION_TEXT: &str = "mail system configuration error";
/// What mailbox failures that do not say more come to.
const MAILBOX: EnhancedStatus = EnhancedStatus::new(4, 2, 0);

/// Runs the agent, or a carrier's work when started for that.
pub fn run() -> ExitCode {
    mailbox::carry_if_asked().unwrap_or_else(delivery::main::<Virtual>)
}

/// The agent.
struct Virtual {
    settings: Settings,
    places: Places,
    crew: Crew,
    /// Whether work is done under other ids than our own.
    changes_ids: bool,
    locks: Locks,
    /// This host's name in Maildir file names.
    host: String,
    zone: TimeZone,
    mbox: Style,
    maildir: Style,
}

impl Agent for Virtual {
    const PLATE: Plate = Plate {
        name: "virtual",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::BecomesRecipient,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        check(&settings)?;
        let locks = Locks::parse(settings.mailbox_lock.iter().map(String::as_str)).map_err(|error| {
            StartError::Refused(format!("parameter {}: {error}", VIRTUAL_MAILBOX_LOCK.name()))
        })?;
        let host = sys::network::host_name().map_err(|error| StartError::system("host name", error))?;
        let changes_ids = start.root.is_privileged();
        Ok(Self {
            places: Places::open(start, &settings)?,
            crew: Crew::new(CrewSettings {
                changes_ids,
                limit: settings.daemon_timeout,
                name: Self::PLATE.name.to_owned(),
            }),
            changes_ids,
            locks,
            host,
            zone: TimeZone::system(),
            mbox: Style::mbox(),
            maildir: Style::plain(),
            settings,
        })
    }

    fn status_filter(&self) -> Option<config::Param<config::Text>> {
        Some(config::catalogue::VIRTUAL_DELIVERY_STATUS_FILTER)
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        for recipient in &job.recipients {
            if let Some(dsn) = self.deliver_one(&job, recipient).await {
                job.report(recipient, RELAY, dsn).await;
            }
        }
    }
}

fn check(settings: &Settings) -> Result<(), StartError> {
    let refused = |text: String| Err(StartError::Refused(text));
    if !settings.base.starts_with('/') {
        return refused(format!(
            "do not specify relative pathname: {} = {}",
            VIRTUAL_MAILBOX_BASE.name(),
            settings.base
        ));
    }
    let (mailbox, message) = (VIRTUAL_MAILBOX_LIMIT.name(), MESSAGE_SIZE_LIMIT.name());
    match (settings.mailbox_limit, settings.message_limit) {
        (0, _) => Ok(()),
        (_, 0) => refused(format!(
            "configuration error: {mailbox} is limited but {message} is unlimited"
        )),
        (limit, least) if limit < least => refused(format!(
            "configuration error: {mailbox} is smaller than {message}"
        )),
        _ => Ok(()),
    }
}

impl Virtual {
    /// Delivers to one recipient and gives its fate; `None` when nothing may be said of it, and it stays.
    async fn deliver_one(&self, job: &Job, recipient: &Recipient) -> Option<Dsn> {
        let address = mail::address::fold(&recipient.address);
        let place = match self.places.find(&address).await {
            Ok(Some(place)) => self.within_rights(place),
            Ok(None) => {
                return Some(Dsn::trouble(UNKNOWN_USER, format!("unknown user: \"{address}\"")));
            }
            Err(Misconfigured) => return Some(Trouble::configuration().into_dsn()),
        };
        let is_maildir = place.path.ends_with('/');
        let word = if is_maildir { "maildir" } else { "mailbox" };
        if job.envelope.flags & (flag::PROBE | flag::REPORT_ONLY) != 0 {
            return Some(Dsn::new(
                DELIVERED,
                Action::Delivered,
                format!("delivers to {word}"),
            ));
        }
        let delivered = if is_maildir {
            self.to_maildir(job, recipient, &place).await
        } else {
            self.to_mailbox(job, recipient, &place).await
        };
        match delivered {
            Ok(()) => Some(Dsn::new(
                DELIVERED,
                Action::Delivered,
                format!("delivered to {word}"),
            )),
            Err(trouble) if trouble.is_damage() => {
                log::damaged(job.queue_id(), &trouble.reason);
                None
            }
            Err(trouble) => Some(self.fate(trouble, &recipient.address, &place)),
        }
    }

    /// In an ordinary user's own system all files are that user's, whatever the tables say.
    fn within_rights(&self, place: Place) -> Place {
        if self.changes_ids {
            return place;
        }
        Place {
            ids: Ids::new(effective_uid(), effective_gid()),
            ..place
        }
    }

    fn fate(&self, trouble: Trouble, address: &str, place: &Place) -> Dsn {
        let Place { path, ids } = place;
        let trouble = match trouble.cause {
            Cause::NotRegular => {
                log::not_regular(address, path);
                Trouble {
                    status: NOT_REGULAR,
                    reason: CONFIGURATION_TEXT.to_owned(),
                    ..trouble
                }
            }
            Cause::NotOwned => {
                log::not_owned();
                trouble
            }
            Cause::Denied if path.ends_with('/') => {
                log::maildir_denied(ids.uid, ids.gid, &trouble.reason);
                trouble
            }
            _ => trouble,
        };
        if path.ends_with('/') {
            trouble.prefixed("maildir delivery failed: ").into_dsn()
        } else {
            trouble
                .prefixed(format_args!("delivery failed to mailbox {path}: "))
                .into_dsn()
        }
    }

    async fn to_mailbox(&self, job: &Job, recipient: &Recipient, place: &Place) -> Result<(), Trouble> {
        let settings = &self.settings;
        let owner = settings.strict_ownership.then_some(place.ids.uid);
        let append = Append {
            path: place.path.clone().into(),
            locks: self.locks,
            patience: Patience {
                attempts: settings.lock_attempts,
                delay: settings.lock_delay,
                stale: settings.stale_lock_time,
            },
            target: Target::Mailbox(owner),
            give_to: None,
            limit_octets: self.limit(),
            default_status: MAILBOX,
        };
        let head = self.head(job, recipient, Some(FromLine::now(&self.zone)));
        let letter = letter(job, &head, &self.mbox)?;
        self.crew.append(&place.ids, append, letter).await
    }

    async fn to_maildir(&self, job: &Job, recipient: &Recipient, place: &Place) -> Result<(), Trouble> {
        let maildir = Maildir {
            path: place.path.clone().into(),
            host: self.host.clone(),
            limit_octets: self.limit(),
            default_status: MAILBOX,
        };
        let head = self.head(job, recipient, None);
        let letter = letter(job, &head, &self.maildir)?;
        self.crew.file(&place.ids, maildir, letter).await
    }

    fn limit(&self) -> Option<u64> {
        Some(self.settings.mailbox_limit).filter(|limit| *limit > 0)
    }

    fn head(&self, job: &Job, recipient: &Recipient, from_line: Option<FromLine>) -> Vec<u8> {
        let head = Head {
            sender: &job.envelope.sender,
            from_line,
            return_path: true,
            original_recipient: self
                .settings
                .original_recipient
                .then_some(recipient.original.as_str()),
            delivered_to: Some(&recipient.address),
        };
        let mut out = Vec::with_capacity(256);
        head.render(b"\n", &mut out);
        out
    }
}

fn letter<'a>(job: &'a Job, head: &'a [u8], style: &'a Style) -> Result<Letter<'a>, Trouble> {
    let content = job.content().map_err(Trouble::from)?;
    Ok(Letter { content, head, style })
}
