//! cleanup: completes, rewrites, checks and files each new message.
//!
//! Whatever comes in goes through here, from smtpd(8), pickup(8), local(8) and bounce(8). Addresses are put in form
//! and rewritten (canonical(5), virtual(5)), missing headers are added, headers and lines are checked
//! (header_checks(5)), copies are added (`always_bcc` and its like). Only when the message lies on disk as a whole
//! does the sender hear that it was taken.
//!
//! # Listens
//! `public/cleanup`: the conversation `contract::cleanup`, many clients at once, many messages on each connection; and
//! `contract::explain` about recipients.
//! # Asks
//! trivial-rewrite, for addresses in standard form; bounce and trace, to return what its sender can not be told about
//! otherwise, and to report expanded aliases; verify, for probes of aliases; qmgr, which is told the name of each new
//! file; proxymap and other table servers.
//! # Writes
//! Queue files in `incoming` and `hold`; those in the making also in `incoming/.making`, where the file system is slow at
//! making them.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! RFC 5322, RFC 2045 to RFC 2047, RFC 3461, RFC 8689; cleanup(8).
//! # Difference from Postfix
//! Encoded words of a sender's name are divided between characters only.

mod body;
mod canonical;
mod characters;
mod check;
mod content;
mod duplicates;
mod envelope;
mod explain;
mod extracted;
mod finish;
mod header;
mod log;
mod message;
mod missing;
mod recipient;
mod returning;
mod rewriting;
mod session;
mod settings;
mod tables;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use ::message::date::Clockface;
use contract::{bounce, cleanup, flush, rewrite, verify};
use daemon::{Client, Counts, Flow, Life, Plate, Rights, Service, Speaks, Start, StartError};
use ipc::{Limits, Port};
use jiff::tz::TimeZone;
use mail::AddressForm;
use outcome::Reporter;
use queue::{Layout, Spool};

use rewriting::Rewriter;
use settings::Settings;
use tables::Tables;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Server>()
}

/// The server: what all messages share, and its life.
struct Server {
    cleanup: Rc<Cleanup>,
    life: Life,
}

/// What all messages share.
pub(crate) struct Cleanup {
    settings: Settings,
    tables: Tables,
    rewriter: Rewriter,
    spool: Spool,
    reporter: Reporter,
    queue_manager: Port,
    /// By which the queue manager holds us back.
    flow: Flow,
    address_form: AddressForm,
    date: RefCell<Clockface>,
    /// How long a client, or a service of ours, may take for each turn.
    wait: Duration,
    /// Messages being taken at this moment.
    underway: Cell<u32>,
}

impl Service for Server {
    const PLATE: Plate = Plate {
        name: cleanup::SERVICE,
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let tables = Tables::open(&settings, start.configuration, &start.tables()?)?;
        let neighbours = Neighbours {
            folder: "",
            limits: start.limits(),
            layout: Layout::read(start.configuration)?,
            flow: start.flow.clone(),
            zone: TimeZone::system(),
        };
        let cleanup = Rc::new(Cleanup::new(settings, tables, neighbours));
        Ok(Self {
            cleanup,
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        session::serve(&self.cleanup, client.stream, || self.life.retiring()).await;
    }
}

/// Where the services of the mail system are, and the time zone of dates.
struct Neighbours<'a> {
    /// The queue directory, with a slash at its end; empty for the working directory.
    folder: &'a str,
    limits: Limits,
    layout: Layout,
    flow: Flow,
    zone: TimeZone,
}

impl Cleanup {
    fn new(settings: Settings, tables: Tables, neighbours: Neighbours<'_>) -> Self {
        let Neighbours {
            folder,
            limits,
            layout,
            flow,
            zone,
        } = neighbours;
        let private = |name: &str| Port::new(format!("{folder}private/{name}"), limits);
        let public = |name: &str, limits| Port::new(format!("{folder}public/{name}"), limits);
        let address_form = settings.info_log_address_format.0;
        let reporter = Reporter {
            bounce: private(bounce::BOUNCE),
            defer: private(bounce::DEFER),
            trace: private(bounce::TRACE),
            verify: private(verify::SERVICE),
            flush: outcome::Sites::new(public(flush::SERVICE, limits)),
            resolution_digits: u8::try_from(settings.delay_logging_resolution_limit).unwrap_or(6),
            address_form,
            soft_bounce: settings.soft_bounce,
            filter: outcome::Filter::none(),
        };
        Self {
            tables,
            rewriter: Rewriter::new(private(rewrite::SERVICE)),
            spool: Spool::new(folder, layout),
            reporter,
            flow,
            queue_manager: public("qmgr", session::wake_limits(limits)),
            address_form,
            date: RefCell::new(Clockface::new(zone)),
            wait: limits.wait,
            underway: Cell::new(0),
            settings,
        }
    }
}
