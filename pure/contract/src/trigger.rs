//! The wake-up bytes on `public/pickup`, `public/qmgr` and `public/flush`. They are known to outside programs.
//!
//! A client connects (or opens the fifo), writes bytes and closes; there is no answer.
//!
//! A client of ours may keep its connection, for [`KEPT`] after each byte, and send the next byte on it: cleanup wakes
//! the queue manager for each message. The other side hangs up after [`SILENCE`], which is longer, so that no byte is
//! written to a connection that is being closed. A byte may be lost when the other side goes away; whoever must not
//! miss anything looks by itself now and then, as the queue manager does.

use std::time::Duration;

/// How long a client keeps a silent connection.
pub const KEPT: Duration = Duration::from_secs(5);
/// After how long the other side hangs up on a silent client.
pub const SILENCE: Duration = Duration::from_secs(10);

/// `master`'s periodic wake-up.
pub const WAKE_UP: u8 = b'W';

/// Bytes that the queue manager takes.
pub mod qmgr {
    /// Scan the deferred queue.
    pub const SCAN_DEFERRED: u8 = b'D';
    /// Scan the incoming queue.
    pub const SCAN_INCOMING: u8 = b'I';
    /// Ignore the times of deferred messages in this scan.
    pub const SCAN_ALL: u8 = b'A';
    /// Forget which destinations are dead.
    pub const FLUSH_DEAD: u8 = b'F';
}

/// Bytes that flush takes.
pub mod flush {
    /// Visit every site's log.
    pub const REFRESH: u8 = b'R';
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gives_up_a_silent_connection_well_before_the_other_side_does() {
        assert!(KEPT * 2 <= SILENCE);
    }
}
