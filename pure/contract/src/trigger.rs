//! The wake-up bytes on `public/pickup`, `public/qmgr` and `public/flush`. They are known to outside programs.
//!
//! A client connects (or opens the fifo), writes bytes and closes; there is no answer.

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
