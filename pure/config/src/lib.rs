//! What `main.cf` and `master.cf` say: their grammar, `$name` expansion, endpoints, and the catalogue of parameters.
//!
//! It is *not* the reader of those files: `io/configuration` opens them and tells about the host; here text
//! becomes values. Follows postconf(5) and master(5).

pub mod audit;
pub mod bounce_cf;
pub mod catalogue;
mod configuration;
pub mod description;
pub mod endpoint;
mod error;
mod essentials;
pub mod expand;
pub mod family;
pub mod host;
pub mod level;
mod lines;
pub mod main_cf;
pub mod master_cf;
mod nearest;
mod param;
pub mod readers;
mod setting;
mod settings;
pub mod split;
pub mod table_attributes;

pub use configuration::{Configuration, Origin};
pub use endpoint::Endpoint;
pub use error::{GrammarError, ParameterError, Wrong};
pub use family::Family;
pub use nearest::nearest;
pub use param::{Bool, Bounds, Entry, Int, Kind, List, Octets, Param, Raw, Text, Time, Unit};
pub use setting::Setting;
