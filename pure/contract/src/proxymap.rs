//! Tables opened by proxymap for programs that may not, on `private/proxymap` (and `private/proxywrite`).
//!
//! When it does not answer, the lookup could not tell; nothing is "not found" by default.

use crate::attribute::turn;

/// The read-only service.
pub const SERVICE: &str = "proxymap";
/// The service for read and write.
pub const WRITE_SERVICE: &str = "proxywrite";

/// Values of the `status` attributes.
pub mod status {
    /// Found, or done.
    pub const OK: i32 = 0;
    /// The table has no such key.
    pub const NO_KEY: i32 = 1;
    /// Try again later: could not tell.
    pub const RETRY: i32 = 2;
    /// The request is not one this service knows.
    pub const BAD: i32 = 3;
    /// The table is not on `proxy_read_maps` or `proxy_write_maps`.
    pub const DENIED: i32 = 4;
    /// The table's configuration is in error.
    pub const CONFIGURATION: i32 = 5;
}

turn! {
    /// Opens (or checks) a table.
    pub struct Open answers Opened as "open" {
        /// `type:name`.
        table: String = "table",
        /// The client's flags.
        flags: u32 = "flags",
    }
}
turn! {
    /// The table is open, or why not.
    pub struct Opened {
        /// One of [`status`].
        status: i32 = "status",
        /// What kind of table it is (bits of the lookup room).
        flags: u32 = "flags",
        /// Why not.
        reason: String = "reason",
    }
}
turn! {
    /// Looks a key up.
    pub struct Lookup answers Answer as "lookup" {
        /// `type:name`.
        table: String = "table",
        /// The client's flags.
        flags: u32 = "flags",
        /// The key.
        key: String = "key",
    }
}
turn! {
    /// What stands under the key.
    pub struct Answer {
        /// One of [`status`].
        status: i32 = "status",
        /// The value, when found.
        value: String = "value",
        /// Why not, when it could not tell.
        reason: String = "reason",
    }
}
turn! {
    /// Sets a key (write service only).
    pub struct Update answers Answer as "update" {
        /// `type:name`.
        table: String = "table",
        /// The client's flags.
        flags: u32 = "flags",
        /// The key.
        key: String = "key",
        /// The value.
        value: String = "value",
    }
}
turn! {
    /// Removes a key (write service only).
    pub struct Delete answers Answer as "delete" {
        /// `type:name`.
        table: String = "table",
        /// The client's flags.
        flags: u32 = "flags",
        /// The key.
        key: String = "key",
    }
}
turn! {
    /// Walks the table: the first pair, or the one after a key.
    pub struct Sequence answers Pair as "sequence" {
        /// `type:name`.
        table: String = "table",
        /// The client's flags.
        flags: u32 = "flags",
        /// The key to go on behind; empty for the first pair.
        after: String = "key",
    }
}
turn! {
    /// One pair of a walk.
    pub struct Pair {
        /// One of [`status`]; [`status::NO_KEY`] at the end.
        status: i32 = "status",
        /// The key.
        key: String = "key",
        /// The value.
        value: String = "value",
    }
}
