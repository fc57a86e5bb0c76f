//! How a message reaches cleanup on `public/cleanup`, and what becomes of it.
//!
//! Turns: the client sends [`Open`]; cleanup answers [`Opened`] with the queue id; the client sends queue-file records
//! (see the room `record`) up to and including the end record; cleanup answers [`Filed`]. The connection then takes the
//! next [`Open`]. A client that closes before the end record takes the message back: nothing was filed.

use crate::attribute::turn;

/// The service.
pub const SERVICE: &str = "cleanup";

turn! {
    /// Begins a message.
    pub struct Open answers Opened as "open" {
        /// Bits of [`flag`].
        flags: u32 = "flags",
    }
}

turn! {
    /// The message has a name, and nothing else yet.
    pub struct Opened {
        /// Its queue id; empty when no queue file could be made, and then `status` and `reason` say why.
        queue_id: String = "queue_id",
        /// Bits of [`status`]; 0 when the file is open.
        status: u32 = "status",
        /// The cause, with an enhanced status in front.
        reason: String = "reason",
    }
}

turn! {
    /// What became of the message after its end record.
    pub struct Filed {
        /// Bits of [`status`]; 0: the message is on disk and ours.
        status: u32 = "status",
        /// An enhanced status and text that override the standard reply, or empty.
        reason: String = "reason",
    }
}

/// What cleanup shall do with a message.
pub mod flag {
    /// When the message is in error, return it to the sender instead of answering with a status.
    pub const BOUNCE: u32 = 1;
    /// Apply header and body checks.
    pub const FILTER: u32 = 1 << 1;
    /// Put the message on hold.
    pub const HOLD: u32 = 1 << 2;
    /// Drop the message, and say it was filed.
    pub const DISCARD: u32 = 1 << 3;
    /// Add automatic bcc recipients.
    pub const BCC: u32 = 1 << 4;
    /// Map addresses (canonical, virtual).
    pub const MAP: u32 = 1 << 5;
    /// Apply milters.
    pub const MILTER: u32 = 1 << 6;
    /// The message asks for SMTPUTF8.
    pub const SMTPUTF8: u32 = 1 << 7;
    /// Find out whether the message needs SMTPUTF8.
    pub const AUTO_UTF8: u32 = 1 << 8;
    /// Everything mail from outside gets.
    pub const EXTERNAL: u32 = FILTER | BCC | MAP | MILTER;
    /// What mail from `pickup` gets.
    pub const SUBMITTED: u32 = EXTERNAL | BOUNCE;
    /// What a notice of our own gets: `postmaster` may be an alias; no filter.
    pub const NOTICE: u32 = MAP;
    /// What mail forwarded by the local agent gets.
    pub const FORWARDED: u32 = BOUNCE | BCC | MAP;
}

/// Why a message was not filed. More than one bit may be set.
pub mod status {
    /// The records are not a message.
    pub const BAD: u32 = 1;
    /// The file could not be written.
    pub const WRITE: u32 = 1 << 1;
    /// Larger than `message_size_limit`.
    pub const SIZE: u32 = 1 << 2;
    /// A check rejected the content.
    pub const CONTENT: u32 = 1 << 3;
    /// Too many hops.
    pub const HOPS: u32 = 1 << 4;
    /// No recipients.
    pub const NO_RECIPIENTS: u32 = 1 << 5;
    /// A proxy or milter failed.
    pub const PROXY: u32 = 1 << 6;
    /// A check or table wants the message tried again later.
    pub const DEFER: u32 = 1 << 7;
    /// Address mapping failed.
    pub const MAP: u32 = 1 << 8;
    /// No room in the queue.
    pub const FULL: u32 = 1 << 9;
}
