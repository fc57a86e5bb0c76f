//! Restrictions: whether a client may do what it asks.
//!
//! Lists are read once into values ([`grammar`]); [`Judge`] goes through them in the order of the stages. Families are
//! by the evidence judged: client, HELO name, sender, recipient and their domains ([`host`]), the right to relay
//! ([`relay`]), address tables ([`listed`]), access tables ([`access_table`], [`server_access`]), DNS lists
//! ([`dns_list`]), policy servers ([`policy_server`]) and probes ([`probe`]).
//!
//! Follows SMTPD_ACCESS_README and postconf(5).

mod access_table;
pub(crate) mod dns_list;
pub(crate) mod grammar;
mod host;
mod judge;
mod listed;
pub(crate) mod policy_server;
mod probe;
mod relay;
mod server_access;
mod stage;
mod told;
mod verdict;

use std::collections::HashMap;

pub(crate) use judge::Judge;
pub(crate) use verdict::{Permit, Refusal};

use grammar::List;

/// All lists of this server.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) client: List,
    pub(crate) helo: List,
    pub(crate) sender: List,
    pub(crate) relay: List,
    pub(crate) recipient: List,
    pub(crate) data: List,
    pub(crate) end_of_data: List,
    pub(crate) etrn: List,
    pub(crate) classes: HashMap<String, List>,
}
