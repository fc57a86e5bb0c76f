//! smtpd: receives mail from network clients and hands it to cleanup.
//!
//! It talks RFC 5321 with each client, asks its restrictions whether the client may do what it wants, and passes good
//! messages on while they come in. It holds no mail: until cleanup has said that a message is on disk, the client is
//! responsible for it.
//!
//! Started with `-X` it says what it would do: it reads the description of a session on standard input, plays that
//! session to itself, and answers with each restriction, table, DNS name and route that was asked, and the replies
//! (`postrider explain smtp`). Nothing is sent, counted, probed, written or logged by that.
//!
//! # Listens
//! On the `inet` (or `pass`) socket of its `master.cf` line; a client, or a question (`-X`), on standard input.
//! # Asks
//! `private/rewrite` (form and route of addresses), `public/cleanup` (messages), `private/anvil` (counts),
//! `private/verify` (probes), `public/flush` (ETRN), `private/proxymap` (tables), policy servers, DNS.
//! # Writes
//! Nothing but the log.
//! # Runs as
//! `mail_owner`, may be confined to the queue directory; as a local user on that user's standard input, where the
//! messages go through the postdrop command.
//! # Standards
//! RFC 5321, RFC 1870, RFC 1985, RFC 2034, RFC 2920, RFC 3030 (without BINARYMIME), RFC 3461, RFC 3463, RFC 3848, RFC
//! 6152, RFC 6531, RFC 7505.
//! # Difference from Postfix
//! One process serves many clients; a session has the settings of the moment when it began, with or without stress. TLS,
//! SASL and milters are not built yet; a configuration that demands one of them keeps the server from starting.

mod anvil;
mod before_queue;
mod chat;
mod command;
mod content;
mod counts;
mod filing;
mod former;
mod log;
mod notice;
mod opening;
mod outlet;
mod outside;
mod peer;
mod probe_sender;
mod proxied;
mod rehearsal;
mod reply;
mod restriction;
mod server;
mod session;
mod settings;
mod stand_alone;
mod state;
#[cfg(test)]
mod tests;
mod trace;

use std::process::ExitCode;
use std::rc::Rc;

use daemon::{Client, Counts, Life, Plate, Rights, Service, Speaks, Start, StartError};

pub use settings::Settings;

/// The SMTP server.
struct Smtpd {
    server: server::Server,
    /// For clients that come in times of stress; none where nobody else comes.
    under_stress: Option<server::Server>,
    life: Life,
}

impl Service for Smtpd {
    const PLATE: Plate = Plate {
        name: "smtpd",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    const EXPLAINS: bool = true;

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        if let Some(argument) = start.arguments.first() {
            return Err(StartError::Refused(format!(
                "unexpected command-line argument: {argument}"
            )));
        }
        let server = server::Server::open(start)?;
        let alone = start.is_stand_alone() || start.is_dry_run();
        let under_stress = (!alone).then(|| server.open_for_stress(start)).transpose()?;
        Ok(Self {
            server,
            under_stress,
            life: start.life.clone(),
        })
    }

    async fn serve(self: Rc<Self>, client: Client) {
        let server = match &self.under_stress {
            Some(server) if self.life.is_stressed() => server,
            _ => &self.server,
        };
        match &server.trace {
            Some(trace) => rehearsal::serve(server, trace, client.stream).await,
            None => session::Session::serve(server, client).await,
        }
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    daemon::main::<Smtpd>()
}
