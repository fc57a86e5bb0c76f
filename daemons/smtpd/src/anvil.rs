//! Counts of connections and requests for each client, kept by the anvil service for all SMTP servers.
//!
//! When anvil cannot tell, nothing is limited. Its connections stay open as long as this process: anvil takes the end
//! of one for the end of the clients that were counted on it.

use std::cell::RefCell;
use std::net::IpAddr;

use contract::Request;
use contract::anvil::{self, Counts};
use ipc::{Connection, Port};

use crate::log;

/// The asking side.
pub(crate) struct Anvil {
    port: Port,
    connections: RefCell<Vec<Connection>>,
}

impl Anvil {
    pub(crate) fn new(port: Port) -> Self {
        Self {
            port,
            connections: RefCell::default(),
        }
    }

    /// The counts after an event; `None` when anvil could not tell.
    async fn count<R: Request<Reply = Counts>>(&self, event: &R) -> Option<Counts> {
        let kept = self.connections.borrow_mut().pop();
        if let Some(mut connection) = kept
            && !connection.has_stirred().await
            && let Ok(counts) = connection.ask(event).await
        {
            self.connections.borrow_mut().push(connection);
            return Some(counts).filter(|counts| counts.status == 0);
        }
        let asked = async {
            let mut connection = self.port.fresh().await?;
            let counts = connection.ask(event).await?;
            Ok::<_, ipc::AskError>((connection, counts))
        };
        match asked.await {
            Ok((connection, counts)) => {
                self.connections.borrow_mut().push(connection);
                Some(counts).filter(|counts| counts.status == 0)
            }
            Err(error) => {
                log::service_unreachable(&error);
                None
            }
        }
    }

    pub(crate) async fn connect(&self, ident: &str) -> Option<Counts> {
        self.count(&anvil::Connect {
            ident: ident.to_owned(),
        })
        .await
    }

    pub(crate) async fn disconnect(&self, ident: &str) {
        self.count(&anvil::Disconnect {
            ident: ident.to_owned(),
        })
        .await;
    }

    pub(crate) async fn message(&self, ident: &str) -> Option<u32> {
        self.count(&anvil::Message {
            ident: ident.to_owned(),
        })
        .await
        .map(|counts| counts.mail)
    }

    pub(crate) async fn recipient(&self, ident: &str) -> Option<u32> {
        self.count(&anvil::Recipient {
            ident: ident.to_owned(),
        })
        .await
        .map(|counts| counts.rcpt)
    }
}

/// Clients of one network count as one: the network's address with its length, or the address itself.
pub(crate) fn range(ip: IpAddr, ipv4_bits: u16, ipv6_bits: u16) -> String {
    match ip {
        IpAddr::V4(_) if ipv4_bits >= 32 => ip.to_string(),
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(ipv4_bits)).unwrap_or(0);
            format!("{}/{ipv4_bits}", std::net::Ipv4Addr::from(u32::from(ip) & mask))
        }
        IpAddr::V6(_) if ipv6_bits >= 128 => ip.to_string(),
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(ipv6_bits)).unwrap_or(0);
            format!("{}/{ipv6_bits}", std::net::Ipv6Addr::from(u128::from(ip) & mask))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_one_network_have_one_name() {
        assert_eq!(range("192.0.2.77".parse().unwrap(), 32, 84), "192.0.2.77");
        assert_eq!(range("192.0.2.77".parse().unwrap(), 24, 84), "192.0.2.0/24");
        assert_eq!(range("192.0.2.77".parse().unwrap(), 0, 84), "0.0.0.0/0");
        assert_eq!(
            range("2001:db8:0:1:ffff:ffff::1".parse().unwrap(), 32, 84),
            "2001:db8:0:1:ffff:f000::/84"
        );
    }
}
