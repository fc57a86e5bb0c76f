//! What verify knows of addresses, on `private/verify`.
//!
//! When it does not answer, the address counts as undecided and the client is told to come back.

use crate::attribute::{Done, turn};

/// The service.
pub const SERVICE: &str = "verify";

/// Values of [`Known::state`] and [`Update::state`].
pub mod state {
    /// Deliverable.
    pub const OK: i32 = 0;
    /// Could not be delivered for now.
    pub const DEFER: i32 = 1;
    /// Undeliverable.
    pub const BOUNCE: i32 = 2;
    /// A probe is under way.
    pub const TODO: i32 = 3;
}

turn! {
    /// Asks what is known; starts a probe when nothing is.
    pub struct Query answers Known as "query" {
        /// The address, in internal form.
        address: String = "address",
    }
}
turn! {
    /// Asks what is known, and starts nothing: a dry run.
    pub struct Peek answers Known as "peek" {
        /// The address, in internal form.
        address: String = "address",
    }
}
turn! {
    /// What is known.
    pub struct Known {
        /// 0, or the server could not tell.
        status: i32 = "status",
        /// One of [`state`].
        state: i32 = "recipient_status",
        /// The reason of the last probe's result.
        reason: String = "reason",
    }
}
turn! {
    /// The result of a probe, told by whoever tried the delivery.
    pub struct Update answers Done as "update" {
        /// The address, in internal form.
        address: String = "address",
        /// One of [`state`].
        state: i32 = "recipient_status",
        /// Why, with an enhanced status in front.
        reason: String = "reason",
    }
}
