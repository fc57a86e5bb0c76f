//! Room `mail`: the nouns of the mail system: addresses, domains, recipients, enhanced status codes,
//! DSN options, queue ids and delays.
//!
//! Nothing here reads a clock, a file or a socket; whatever depends on the configuration comes as an argument.
//! Addresses are in *internal* form (local part unquoted) unless a name says otherwise, and the empty
//! address is the null sender.

pub mod address;
pub mod delays;
pub mod domain;
pub mod dsn;
pub mod notify;
pub mod orcpt;
pub mod parse;
pub mod queue_id;
pub mod quote;
pub mod recipient;
pub mod split;
pub mod status;
pub mod verp;
pub mod xtext;

pub use address::AddressForm;
pub use delays::Delays;
pub use dsn::{Action, Dsn};
pub use notify::{Notify, Ret};
pub use queue_id::QueueId;
pub use quote::{quote_local821, quote_local822, unquote};
pub use recipient::Recipient;
pub use split::{SplitAddress, SplitRules};
pub use status::EnhancedStatus;

/// Why a text is not the thing it was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Not of the form `class.subject.detail` (RFC 3463 §2).
    #[error("malformed enhanced status code")]
    Status,
    /// An unknown or contradictory NOTIFY or RET keyword (RFC 3461 §4).
    #[error("malformed delivery status notification keyword")]
    Keyword,
    /// A `+` without two hexadecimal digits, or a character that must be encoded (RFC 3461 §4).
    #[error("malformed xtext")]
    Xtext,
    /// Not of the form `type;address` (RFC 3461 §4.2).
    #[error("malformed original recipient")]
    OriginalRecipient,
    /// Longer than the limit that applies.
    #[error("text too long")]
    TooLong,
    /// A name that has no valid ASCII form (RFC 5891).
    #[error("malformed internationalized domain name")]
    Domain,
}
