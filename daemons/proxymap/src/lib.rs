//! proxymap: opens tables for programs that may not, and keeps few connections to databases for many processes.
//!
//! A daemon with a changed root directory cannot open files outside it, and a hundred daemons should not keep a
//! hundred connections to a database. A table written as `proxy:type:name` is asked here instead. Only tables that
//! `proxy_read_maps` and `proxy_write_maps` let through are answered.
//!
//! # Listens
//! `private/proxymap` to read, `private/proxywrite` to change: the conversation `contract::proxymap`.
//! # Asks
//! The servers behind tables.
//! # Writes
//! Tables named in `proxy_write_maps`.
//! # Runs as
//! `mail_owner`; no root directory of its own, because of the tables.
//! # Standards
//! None; proxymap(8).
//! # Difference from Postfix
//! Database tables are approved without `proxy:` in front, since all daemons ask for them here; those too that
//! `master.cf` sets for one service. One process serves all clients, with at most `database_connection_limit` connections
//! to each server.

mod approval;
mod log;
mod server;
mod settings;

use contract::proxymap::Lookup;
use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use database::Drivers;
use ipc::{Caller, Question};
use server::Server;
use settings::Settings;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Proxymap>()
}

/// The service.
struct Proxymap {
    server: Rc<Server>,
    drivers: Drivers,
    limits: ipc::Limits,
    life: Life,
}

impl Service for Proxymap {
    const PLATE: Plate = Plate {
        name: "proxymap",
        counts: Counts::Processes,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let writes = start.service == settings.write_service;
        let tables = lookup::Settings {
            has_drivers: true,
            opens_proxied_tables: true,
            ..start.table_settings()?
        };
        let directory = PathBuf::from(&settings.config_directory);
        // A file that can not be read keeps master from starting anybody, this service too.
        let services = configuration::read_master(&directory).map_or(Vec::new(), |master| master.services);
        let approval = server::approval(&settings, start.configuration, &services, writes)?;
        let drivers = Drivers::new(database::Settings {
            remember: settings.remember_time,
            ..database::Settings::read(start.configuration)?
        });
        let tables = lookup::Tables::with_drivers(tables, drivers.list());
        Ok(Self {
            server: Rc::new(Server::new(approval, tables, writes)),
            drivers,
            limits: start.limits(),
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.limits.wait);
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            let Some((lookups, other)) = together(&mut caller, question) else {
                return;
            };
            let served = match lookups.len() {
                0 => true,
                _ => self.server.answer_together(&mut caller, lookups).await,
            };
            let served = served
                && match other {
                    Some(question) => self.server.answer(&mut caller, &question).await,
                    None => true,
                };
            if !served {
                return;
            }
        }
    }

    async fn run(self: Rc<Self>, _life: Life) {
        self.drivers.tend().await;
    }
}

/// The look-ups that came together with `question`, and the first question after them that is none, or that stands alone.
/// `None` when something came that is no message.
fn together(caller: &mut Caller, question: Question) -> Option<(Vec<Lookup>, Option<Question>)> {
    let mut lookups = Vec::new();
    let mut next = Some(question);
    while let Some(question) = next {
        if !question.is::<Lookup>() {
            return Some((lookups, Some(question)));
        }
        let Ok(lookup) = question.read::<Lookup>() else {
            return Some((lookups, Some(question)));
        };
        lookups.push(lookup);
        next = match lookups.len() < MOST_TOGETHER {
            true => caller.next_question().ok()?,
            false => None,
        };
    }
    Some((lookups, None))
}

/// The most look-ups of one client that are under way at once.
const MOST_TOGETHER: usize = 100;
