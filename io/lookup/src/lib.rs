//! Room `lookup`: tables, and the ways in which Postfix searches them.
//!
//! A table maps a text key to a text value. It is named `type:name` in a parameter; [`Tables`] opens it
//! once for each process. [`Maps`] is the ordered list that a parameter such as `alias_maps` holds.
//! [`MatchList`] answers whether a name or an address is a member of a list such as `mynetworks`.
//! [`AddressRules`] knows the order in which the parts of a mail address are searched.
//!
//! A search has three answers, never two: found, absent, could not tell. See postfix `DATABASE_README`.

mod address;
mod alias;
mod driver;
mod error;
mod file;
mod fold;
mod freshness;
mod join;
mod list;
mod log;
mod maps;
mod network;
mod observed;
mod registry;
mod server;
pub mod source;
mod table;
mod token;

pub use address::{AddressRules, Found, LocalDomains, Strategy};
pub use alias::{Alias, AliasError, alias};
pub use driver::Driver;
pub use error::{LookupError, OpenError};
pub use file::any::{compare_searches, read_any_index};
pub use file::build::{Duplicates, IndexBuilder};
pub use file::content::of_files as base64_of_files;
pub use fold::{Folding, fold, fold_if};
pub use list::MatchList;
pub use maps::Maps;
pub use network::Network;
pub use observed::{Observer, Row, Rows, Search};
pub use registry::{OpenDatabaseFunction, OpenFunction, Opening, Settings, Tables, Use};
pub use server::needs_driver;
pub use server::proxy::flag;
pub use table::{Answer, Database, KeyValue, Keys, LocalBoxFuture, Lookup, Many, Searched, Table, Visit};
