//! What master and the daemons it starts say to each other, and where the descriptors are.
//!
//! A daemon is started with its listen sockets from descriptor [`FIRST_SOCKET`] up (`-s N` says how many), its end of a
//! sequenced-packet pair at [`STATUS`], and the working directory at the queue directory. It sends a [`Report`] on that pair
//! each time the facts change. Master says [`FULL`] there, and closes its end to tell the daemon to retire (reload, or
//! master is gone), that is to take no new clients, to finish those it has, and to exit.

/// Where leave to file a message is taken from, one octet for each: the reading end of a pipe that all daemons share.
pub const FLOW_LEAVE: i32 = 3;
/// Where the queue manager gives leave: the writing end of that pipe.
pub const FLOW_GRANT: i32 = 4;
/// The daemon's end of the pair with master.
pub const STATUS: i32 = 5;
/// The first listen socket.
pub const FIRST_SOCKET: i32 = 6;
/// Environment: how many clients this process may serve at once, when its service counts clients.
pub const CLIENT_LIMIT: &str = "CLIENT_LIMIT";
/// Environment: the configuration directory.
pub const CONFIG_DIRECTORY: &str = "MAIL_CONFIG";
/// Environment: there when every daemon is to run `debugger_command` (`postfix -D start`).
pub const DEBUG: &str = "MAIL_DEBUG";
/// Master's word that all processes of the service together have as many clients as its `master.cf` line allows.
pub const FULL: &[u8] = b"F";
/// A daemon that exits with this status finished well; any other counts as a failed start.
pub const EXIT_OK: i32 = 0;

/// What a daemon tells master.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Clients in service now.
    pub clients: u32,
    /// Whether it takes another one.
    pub available: bool,
    /// Whether the process limit of its `master.cf` line counts clients (true) or processes (false).
    pub counts_clients: bool,
    /// Whether it has served at least one client since it started.
    pub served: bool,
}

/// Octets of an encoded report.
pub const REPORT_OCTETS: usize = 8;

impl Report {
    /// The packet.
    pub fn encode(self) -> [u8; REPORT_OCTETS] {
        let [a, b, c, d] = self.clients.to_le_bytes();
        [
            b'R',
            a,
            b,
            c,
            d,
            u8::from(self.available),
            u8::from(self.counts_clients),
            u8::from(self.served),
        ]
    }

    /// Reads a packet; `None` when it is not a report.
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let &[b'R', a, b, c, d, available, counts_clients, served] = packet else {
            return None;
        };
        Some(Self {
            clients: u32::from_le_bytes([a, b, c, d]),
            available: available == 1,
            counts_clients: counts_clients == 1,
            served: served == 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_read_back_is_the_report_sent() {
        let report = Report {
            clients: 70_000,
            available: true,
            counts_clients: false,
            served: true,
        };
        assert_eq!(Report::decode(&report.encode()), Some(report));
        assert_eq!(Report::decode(b"R"), None);
    }
}
