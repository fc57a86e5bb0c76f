//! Which deferred mail waits for which site, on `public/flush`.
//!
//! When it does not answer, mail still goes out at its next regular try.

use crate::attribute::{Done, turn};

/// The service.
pub const SERVICE: &str = "flush";

/// Values of [`Done::status`] in this conversation.
pub mod status {
    /// Done.
    pub const OK: i32 = 0;
    /// Could not be done now.
    pub const FAIL: i32 = -1;
    /// The request makes no sense.
    pub const BAD: i32 = 1;
    /// The site is not one of `fast_flush_domains`.
    pub const UNKNOWN: i32 = 2;
    /// Too many requests.
    pub const DENIED: i32 = 3;
}

turn! {
    /// A message was deferred that has a recipient at this site.
    pub struct Add answers Done as "add" {
        /// The site (a domain).
        site: String = "site",
        /// The message.
        queue_id: String = "queue_id",
    }
}
turn! {
    /// Deliver now what waits for this site.
    pub struct Send answers Done as "send_site" {
        /// The site (a domain).
        site: String = "site",
    }
}
turn! {
    /// Deliver now this one message.
    pub struct SendFile answers Done as "send_file" {
        /// The message.
        queue_id: String = "queue_id",
    }
}
turn! {
    /// Deliver what waits in all sites' logs that are older than `fast_flush_refresh_time`.
    pub struct Refresh answers Done as "refresh" {
    }
}
turn! {
    /// Remove logs older than `fast_flush_purge_time`.
    pub struct Purge answers Done as "purge" {
    }
}
