//! Room `message`: RFC 5322 headers and MIME as a stream.
//!
//! [`scan::Scanner`] takes the physical lines of a message one by one and tells logical headers, the end of the
//! headers and body lines apart; it follows the MIME structure as it goes and never holds more than one header. The other
//! modules make what the mail system adds itself: dates, Message-Ids, names in headers, folded address lists.
//! Addresses are the business of the room `mail`.

pub mod date;
pub mod field;
pub mod header;
pub mod known;
pub mod message_id;
pub mod phrase;
mod quoted_printable;
pub mod scan;
mod structure;
pub mod trouble;

pub use header::{Header, Place};
pub use known::{HeaderSet, Known, Role};
pub use scan::{Event, Events, Options, Piece, Scanner};
pub use trouble::{Trouble, Troubles};
