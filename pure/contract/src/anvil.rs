//! What anvil counts for each client, on `private/anvil`.
//!
//! When it does not answer, nothing is limited: counting is a shield, not a gate.

use crate::attribute::turn;

/// The service.
pub const SERVICE: &str = "anvil";

turn! {
    /// A client came. The server counts it until [`Disconnect`], or until the connection on which this was asked closes.
    pub struct Connect answers Counts as "connect" {
        /// `service:address` as anvil keys its counts.
        ident: String = "ident",
    }
}
turn! {
    /// The client left.
    pub struct Disconnect answers Counts as "disconnect" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// The client began a message.
    pub struct Message answers Counts as "message" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// The client named a recipient.
    pub struct Recipient answers Counts as "recipient" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// The client tried to authenticate.
    pub struct Auth answers Counts as "auth" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// The client began a full TLS handshake.
    pub struct NewTls answers Counts as "newtls" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// Only asks.
    pub struct Lookup answers Counts as "lookup" {
        /// As in [`Connect`].
        ident: String = "ident",
    }
}
turn! {
    /// The counts after the event; rates are per `anvil_rate_time_unit`.
    pub struct Counts {
        /// Open connections.
        count: u32 = "count",
        /// Connections.
        rate: u32 = "rate",
        /// Messages.
        mail: u32 = "mail",
        /// Recipients.
        rcpt: u32 = "rcpt",
        /// TLS handshakes.
        ntls: u32 = "newtls",
        /// Authentications.
        auth: u32 = "auth",
        /// Not 0: the server could not tell.
        status: i32 = "status",
    }
}
