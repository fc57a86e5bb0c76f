//! The wake-up bytes on `public/pickup`, `public/qmgr` and `public/flush`. They are known to outside programs.
//!
//! A client connects (or opens the fifo), writes bytes and closes; there is no answer. To the queue manager, cleanup
//! writes the name of the new file in place of a byte.
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
    /// Ends the name of a new file in the incoming queue, which saves a walk through it.
    ///
    /// The octets of the name have their highest bit set: whatever part of it is read, none of it is a wake-up byte.
    const NAME_END: u8 = b'\n';
    const NAME_BIT: u8 = 0x80;

    /// What cleanup writes for a new file: its queue id.
    #[must_use]
    pub fn new_file(queue_id: &str) -> Vec<u8> {
        let mut octets: Vec<u8> = queue_id.bytes().map(|octet| octet | NAME_BIT).collect();
        octets.push(NAME_END);
        octets
    }

    /// What was read from one client.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Call {
        /// Wake-up bytes, and what else is no name.
        pub bytes: Vec<u8>,
        /// Names of new files. Anybody may write here: they are hints.
        pub names: Vec<String>,
        /// Whether a name came without its end.
        pub is_cut: bool,
    }

    impl Call {
        /// Takes apart what a client wrote.
        #[must_use]
        pub fn read(octets: &[u8]) -> Self {
            let mut call = Self::default();
            let mut name = String::new();
            for &octet in octets {
                if octet & NAME_BIT != 0 {
                    name.push(char::from(octet & !NAME_BIT));
                } else if octet == NAME_END && !name.is_empty() {
                    call.names.push(std::mem::take(&mut name));
                } else {
                    call.bytes.push(octet);
                }
            }
            call.is_cut = !name.is_empty();
            call
        }
    }
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
    fn names_and_bytes_of_several_writes_are_told_apart() {
        let mut octets = qmgr::new_file("4AD1F3");
        octets.push(qmgr::SCAN_DEFERRED);
        octets.extend(qmgr::new_file("3kB2zc1jVgz18"));
        let call = qmgr::Call::read(&octets);

        assert_eq!(call.names, ["4AD1F3", "3kB2zc1jVgz18"]);
        assert_eq!(call.bytes, [qmgr::SCAN_DEFERRED]);
        assert!(!call.is_cut);
    }

    #[test]
    fn no_part_of_a_name_is_a_wake_up_byte() {
        let octets = qmgr::new_file("ADFIW0");
        for cut in 1..octets.len() {
            let (one, other) = octets.split_at(cut);
            let (one, other) = (qmgr::Call::read(one), qmgr::Call::read(other));
            assert!(one.is_cut && one.names.is_empty() && one.bytes.is_empty());
            assert!(other.bytes.iter().all(|byte| *byte == b'\n'));
        }
    }

    #[test]
    fn a_client_gives_up_a_silent_connection_well_before_the_other_side_does() {
        assert!(KEPT * 2 <= SILENCE);
    }
}
