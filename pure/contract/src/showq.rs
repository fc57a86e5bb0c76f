//! The queue listing on `public/showq`, known to outside programs (`postqueue`, monitoring scripts).
//!
//! The server writes, unasked, one attribute message for each queue file, then one empty message (a lone NUL).
//! Within a message the fields of [`Entry`] come first, then a group of [`Recipient`] fields for each recipient.

use crate::attribute::{Attributes, DecodeError, Message, put, turn};

/// The service.
pub const SERVICE: &str = "showq";

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
        /// The envelope sender, external form; empty for the null sender.
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
