//! smtp: delivers by SMTP, or by LMTP when started as `lmtp`.
//!
//! A next hop is a domain, of which the MX records are looked up, or `[host]`, with a port after it if it is not the
//! usual one: `[relay.example.com]:587`. Several are tried in order, divided by commas. For LMTP it is
//! `inet:host:port` or `unix:path`. The servers of a destination are tried in the order of preference until one takes
//! or refuses the mail.
//!
//! # Listens
//! `private/<transport>`: delivery requests of the queue manager.
//! # Asks
//! Name servers; the next hop; bounce, defer, trace, verify and flush with the outcome; cleanup with a notice for the
//! postmaster; another transport by `best_mx_transport`; trivial-rewrite, for incomplete results of generic tables.
//! # Writes
//! The marks of finished recipients in the queue file.
//! # Runs as
//! `mail_owner`, in a changed root directory if `master.cf` asks for it.
//! # Standards
//! RFC 5321, RFC 2033 (LMTP), RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 3461 (DSN), RFC 6152 (8BITMIME), RFC 6531
//! (SMTPUTF8), RFC 7505 (null MX), RFC 2782 (SRV).
//! # Difference from Postfix
//! Sessions wait for the next message inside the process, not in `scache`, and are used again without a RSET before:
//! one that was closed meanwhile is noticed at the first reply, and replaced. The workarounds for PIX firewalls are
//! gone.

mod cache;
mod checks;
mod connect;
mod content;
mod courier;
mod delivery;
mod destination;
mod dns_filter;
mod failure;
mod generic;
mod log;
mod names;
mod notice;
mod requiretls;
mod route;
mod session;
mod settings;
mod tables;
#[cfg(test)]
mod tests;
mod transaction;
mod xforward;

use std::process::ExitCode;
use std::rc::Rc;

use ::delivery::{Agent, Job};
use config::{Param, Text, catalogue};
use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use esmtp::client::Protocol;

use courier::Courier;

/// Runs the daemon.
pub fn run() -> ExitCode {
    ::delivery::main::<Smtp>()
}

/// The agent.
struct Smtp {
    courier: Rc<Courier>,
}

impl Agent for Smtp {
    const PLATE: Plate = Plate {
        name: "smtp",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::MailOwner,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        Ok(Self {
            courier: Rc::new(Courier::open(start)?),
        })
    }

    fn status_filter(&self) -> Option<Param<Text>> {
        Some(match self.courier.protocol {
            Protocol::Smtp => catalogue::SMTP_DELIVERY_STATUS_FILTER,
            Protocol::Lmtp => catalogue::LMTP_DELIVERY_STATUS_FILTER,
        })
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        delivery::Delivery::new(self.courier.clone(), job).run().await;
    }

    async fn finish(self: Rc<Self>) {
        cache::close_all(&self.courier).await;
    }
}
