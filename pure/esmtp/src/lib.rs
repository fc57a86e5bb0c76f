//! SMTP and LMTP from both sides, without a socket: what the octets mean and what may follow what.
//!
//! The server side reads a command line ([`token`], [`command`]), says whether it may come now ([`server`]), decodes
//! content ([`content`]) and announces extensions ([`extension`]). The client side reads replies ([`reply`]), writes
//! commands and content ([`client`], [`encode`]). Nothing here waits, asks or logs; a question is put to whoever holds
//! the dialogue, and the verdict is handed back.
//!
//! Standards: RFC 5321, RFC 1870, RFC 2034, RFC 2920, RFC 3030, RFC 3461, RFC 4954, RFC 6531, RFC 2033 (LMTP).

pub mod client;
pub mod command;
pub mod content;
pub mod encode;
pub mod extension;
pub mod parameter;
pub mod path;
pub mod proxied;
pub mod reply;
pub mod server;
pub mod token;
pub mod upstream;
