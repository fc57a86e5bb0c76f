//! The queue listing on `public/showq`, known to outside programs (`postqueue`, monitoring scripts).
//!
//! The server writes, unasked, a [`Hello`], one attribute message for each queue file, then one empty message (a lone
//! NUL). Within a message the fields of [`Entry`] come first, then a group of [`Recipient`] fields for each recipient.
//!
//! Outside programs read exactly the attributes they know, so what later releases added goes only to a client that has
//! sent a [`Hello`] of its own at once: it gets the optional fields of [`Recipient`] too.

use crate::attribute::{Attributes, DecodeError, Message, put, turn};

/// The service.
pub const SERVICE: &str = "showq";

/// The name of the conversation.
pub const PROTOCOL: &str = "mail_queue_list_protocol";

turn! {
    /// Which conversation this is.
    pub struct Hello {
        /// [`PROTOCOL`].
        protocol: String = "protocol",
    }
}

impl Hello {
    /// The greeting of this conversation.
    pub fn new() -> Self {
        Self {
            protocol: PROTOCOL.to_owned(),
        }
    }
}

turn! {
    /// One queue file. Field order is part of the interface.
    pub struct Entry {
        /// `incoming`, `active`, `deferred`, `hold` or `maildrop`.
        queue_name: String = "queue_name",
        /// The message.
        queue_id: String = "queue_id",
        /// Arrival, seconds since the epoch.
        time: u64 = "time",
        /// Content size in octets.
        size: u64 = "size",
        /// Whether forced to expire.
        forced_expire: bool = "forced_expire",
        /// The envelope sender, external form; `MAILER-DAEMON` for the null sender.
        sender: String = "sender",
    }
}
turn! {
    /// One recipient of a queue file.
    pub struct Recipient {
        /// The address, external form.
        address: String = RECIPIENT,
        /// Why it is still here, or empty.
        reason: String = "reason",
        /// The address before aliases, external form; only for a client that has greeted.
        original: Option<String> = "original_recipient",
        /// The queue with the notes that gave the reason (`defer`, `bounce`); only for a client that has greeted.
        log_class: Option<String> = "log_class",
    }
}

/// The attribute that begins a recipient's group.
pub const RECIPIENT: &str = "recipient";

/// Appends one whole entry message.
pub fn encode(entry: &Entry, recipients: &[Recipient], out: &mut Vec<u8>) {
    entry.put(out);
    for recipient in recipients {
        recipient.put(out);
    }
    crate::attribute::close(out);
}

/// Reads one message; `None` is the empty one that ends the listing.
///
/// # Errors
/// [`DecodeError::BadValue`].
pub fn decode(attributes: &Attributes<'_>) -> Result<Option<(Entry, Vec<Recipient>)>, DecodeError> {
    if attributes.iter().next().is_none() {
        return Ok(None);
    }
    let entry = Entry::take(attributes)?;
    let recipients: Result<Vec<_>, _> = attributes.groups(RECIPIENT).iter().map(Recipient::take).collect();
    Ok(Some((entry, recipients?)))
}

/// Appends the empty message that ends the listing.
pub fn end(out: &mut Vec<u8>) {
    crate::attribute::close(out);
}

/// Appends a pair whose value is already octets.
pub fn put_octets(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    put(out, name, value);
}
