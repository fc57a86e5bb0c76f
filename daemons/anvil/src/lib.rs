//! anvil: counts connections and requests for each client.
//!
//! smtpd reports each connection, message, recipient and login of a client here, and asks whether a limit such as
//! `smtpd_client_connection_count_limit` is exceeded. Counts are kept in memory only, for `anvil_rate_time_unit`. The
//! highest ones are logged every `anvil_status_update_time`.
//!
//! # Listens
//! `private/anvil`: the conversation `contract::anvil`. The server that reports a connection keeps its own connection
//! to anvil; when that closes, the clients it had reported count as gone.
//! # Asks
//! Nobody.
//! # Writes
//! Nothing but the log.
//! # Runs as
//! `mail_owner`, chroot possible.
//! # Standards
//! None; anvil(8).
//! # Difference from Postfix
//! None known.

mod client;
mod log;
mod settings;

use crate::client::{Account, Clients, Event};
use contract::anvil::{Auth, Connect, Counts as Reply, Disconnect, Lookup, Message, NewTls, Recipient};
use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};
use ipc::{Caller, Question};
use settings::Settings;
use std::cell::RefCell;
use std::process::ExitCode;
use std::rc::Rc;

/// Runs the daemon.
pub fn run() -> ExitCode {
    daemon::main::<Anvil>()
}

/// The server.
struct Anvil {
    settings: Settings,
    clients: RefCell<Clients>,
    limits: ipc::Limits,
    life: Life,
}

impl Service for Anvil {
    const PLATE: Plate = Plate {
        name: "anvil",
        counts: Counts::Processes,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start.configuration)?;
        let clients = RefCell::new(Clients::new(settings.rate_time_unit));
        Ok(Self {
            settings,
            clients,
            limits: start.limits(),
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let mut caller = Caller::new(client.stream, self.limits.wait);
        // What this server reported as open, to be taken back when it goes without saying so.
        let mut account = Account::default();
        while let Ok(Some(question)) = caller.question(self.life.retiring()).await {
            match self.event(&question) {
                Some((event, ident)) => {
                    let reply = self.count(&mut account, event, &ident);
                    caller.answer(&reply).await;
                }
                None => {
                    log::unknown(&question.name());
                    caller
                        .answer(&Reply {
                            status: -1,
                            ..Reply::default()
                        })
                        .await;
                }
            }
        }
        self.clients.borrow_mut().settle(account);
    }

    async fn run(self: Rc<Self>, _: Life) {
        loop {
            stream::pause(self.settings.status_update_time).await;
            self.report();
        }
    }

    async fn finish(self: Rc<Self>) {
        self.report();
    }
}

impl Anvil {
    fn count(&self, account: &mut Account, event: Event, ident: &str) -> Reply {
        let mut clients = self.clients.borrow_mut();
        if clients.counts(event, ident) {
            account.note(event, ident);
        }
        clients.note(event, ident, stream::now())
    }

    fn event(&self, question: &Question) -> Option<(Event, String)> {
        macro_rules! first {
            ($($request:ty => $event:expr,)*) => {
                $(if question.is::<$request>() {
                    return question.read::<$request>().ok().map(|request| ($event, request.ident));
                })*
            };
        }
        first! {
            Connect => Event::Connect,
            Disconnect => Event::Disconnect,
            Message => Event::Message,
            Recipient => Event::Recipient,
            Auth => Event::Auth,
            NewTls => Event::NewTls,
            Lookup => Event::Lookup,
        }
        None
    }

    /// Logs the highest counts since the last time, and forgets clients that are long gone.
    fn report(&self) {
        let mut clients = self.clients.borrow_mut();
        for peak in clients.take_peaks() {
            log::peak(&peak, self.settings.rate_time_unit);
        }
        if let Some(count) = clients.take_largest_cache() {
            log::cache(count.0, count.1);
        }
        clients.forget_idle(stream::now());
    }
}
