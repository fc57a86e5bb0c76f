//! How sendmail, and programs outside, submit a message to the postdrop command on its standard input and output.
//!
//! postdrop writes [`Opened`]; the submitter writes records (see the room `record`) up to and including the end record;
//! postdrop writes [`Filed`] and ends. A submitter that closes before the end record takes the message back.

use crate::attribute::turn;

/// The name of the conversation.
pub const PROTOCOL: &str = "postdrop_protocol";

turn! {
    /// The message has a name, and nothing else yet.
    pub struct Opened {
        /// [`PROTOCOL`].
        protocol: String = "protocol",
        /// The name of its file in `maildrop`.
        queue_id: String = "queue_id",
    }
}
turn! {
    /// What became of the message.
    pub struct Filed {
        /// Bits of [`status`]; 0: the message is on disk.
        status: u32 = "status",
        /// Why not, or empty.
        reason: String = "reason",
    }
}

/// Why a message was not filed. The numbers are Postfix's: its own commands read them.
pub mod status {
    /// The records are not a message.
    pub const BAD: u32 = 1;
    /// The file could not be written, or could not be judged now.
    pub const WRITE: u32 = 1 << 1;
    /// Larger than `message_size_limit`.
    pub const SIZE: u32 = 1 << 2;
    /// This user may not submit it.
    pub const NO_PERMISSION: u32 = 1 << 9;

    /// The cause in words, the gravest first.
    pub fn text(bits: u32) -> &'static str {
        let causes = [
            (BAD, "internal protocol error"),
            (SIZE, "message file too big"),
            (WRITE, "queue file write error"),
            (NO_PERMISSION, "service denied"),
        ];
        causes
            .iter()
            .find(|(bit, _)| bits & bit != 0)
            .map_or("unknown status", |(_, text)| text)
    }
}
