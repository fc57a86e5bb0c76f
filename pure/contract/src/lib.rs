//! What our programs say to each other: one file for each conversation, plus the attribute codec.
//!
//! A file here is a request type, a reply type, the service that answers, and what happens when it does not.
//! Nothing here waits, opens or connects: `ipc` carries the octets, the programs act on them.

pub mod anvil;
pub mod attribute;
pub mod bounce;
pub mod cleanup;
pub mod deliver;
pub mod explain;
pub mod flush;
pub mod master;
pub mod postdrop;
pub mod proxymap;
pub mod rewrite;
pub mod showq;
pub mod trigger;
pub mod verify;

pub use attribute::{Attributes, DecodeError, Message, Request};
