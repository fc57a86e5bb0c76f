//! The name of a client by its address, confirmed in the forward direction.
//!
//! Anybody may claim any name for his own addresses; a name counts only when it has the address too
//! (postconf(5) `reject_unknown_client_hostname`).

use std::net::IpAddr;

use crate::answer::Answer;
use crate::{Found, Resolver};

/// What is known about the name of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerName {
    /// The confirmed name, or `unknown`.
    pub name: String,
    /// How the confirmed name came out.
    pub name_status: NameStatus,
    /// The name that the reverse tree gives, confirmed or not, or `unknown`.
    pub reverse_name: String,
    /// How the reverse lookup came out.
    pub reverse_status: NameStatus,
    /// Why the reverse name was not confirmed, for the log: empty when it does resolve, but to other addresses.
    pub unconfirmed: Option<String>,
}

/// How a name lookup came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameStatus {
    /// There is a name.
    Found,
    /// There is none.
    Absent,
    /// The name does not have the address.
    Forged,
    /// Could not tell.
    CouldNotTell,
}

const UNKNOWN: &str = "unknown";

impl Resolver {
    /// Finds the name of `address` and confirms it, hosts file first. `ipv4` and `ipv6` are the families of
    /// `inet_protocols`.
    pub async fn peer_name(&self, address: IpAddr, ipv4: bool, ipv6: bool) -> PeerName {
        let none = |status| PeerName {
            name: UNKNOWN.to_owned(),
            name_status: status,
            reverse_name: UNKNOWN.to_owned(),
            reverse_status: status,
            unconfirmed: None,
        };
        let reverse_name = match self.native_name(address).await {
            Answer::Found(found) => match found.records.into_iter().next() {
                Some(name) => name,
                None => return none(NameStatus::Absent),
            },
            Answer::Absent(_) => return none(NameStatus::Absent),
            Answer::CouldNotTell(_) => return none(NameStatus::CouldNotTell),
        };
        let (name_status, unconfirmed) = self.confirm(&reverse_name, address, ipv4, ipv6).await;
        let confirmed = name_status == NameStatus::Found;
        PeerName {
            name: if confirmed {
                reverse_name.clone()
            } else {
                UNKNOWN.to_owned()
            },
            name_status,
            reverse_name,
            reverse_status: NameStatus::Found,
            unconfirmed,
        }
    }

    async fn native_name(&self, address: IpAddr) -> Answer<String> {
        if let Some(name) = self.hosts.name(address) {
            self.tell_hosts(&address.to_string(), &[name]);
            let records = vec![name.to_owned()];
            return Answer::Found(Found {
                records,
                name: String::new(),
                ttl: 0,
                authenticated: false,
            });
        }
        self.pointer(address).await
    }

    async fn confirm(
        &self,
        name: &str,
        address: IpAddr,
        ipv4: bool,
        ipv6: bool,
    ) -> (NameStatus, Option<String>) {
        // Only records of the client's own family can confirm it.
        let (ipv4, ipv6) = (ipv4 && address.is_ipv4(), ipv6 && address.is_ipv6());
        let answer = self.native_addresses(name, ipv4, ipv6).await;
        let reason = Some(answer.native_reason().to_owned());
        match answer {
            Answer::Found(found) if found.records.contains(&address) => (NameStatus::Found, None),
            Answer::Found(_) => (NameStatus::Forged, reason),
            Answer::Absent(_) => (NameStatus::Absent, reason),
            Answer::CouldNotTell(_) => (NameStatus::CouldNotTell, reason),
        }
    }
}
