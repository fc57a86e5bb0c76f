//! What the queue manager asks a delivery agent, on `private/<transport>`.
//!
//! One connection is one delivery at a time; it carries many over its life. Before it answers, the agent has crossed
//! off in the queue file each recipient that is finished, and has left a note with bounce or defer for each other one:
//! the answer only says whether any recipient is left. When no answer comes, all recipients count as left.

use crate::attribute::{Attributes, DecodeError, Message, REQUEST, Request, Value, close, put, turn};
use mail::{Notify, Recipient};

turn! {
    /// One message for one next hop, without its recipients.
    pub struct Envelope {
        /// Bits of [`flag`].
        flags: u32 = "flags",
        /// The queue directory the file lies in (`active`).
        queue_name: String = "queue_name",
        /// The message.
        queue_id: String = "queue_id",
        /// Offset in octets of the first content record.
        data_offset: i64 = "offset",
        /// Octets of the content section's records.
        data_size: i64 = "size",
        /// Octets of the content: what SIZE= and the log say.
        content_size: i64 = "content_length",
        /// Where to: host, domain, or text, as the transport takes it.
        nexthop: String = "nexthop",
        /// `7bit`, `8bit`, or empty when unknown.
        encoding: String = "encoding",
        /// Send options of the queue file (SMTPUTF8 and the like).
        send_options: u32 = "sendopts",
        /// The envelope sender, internal form.
        sender: String = "sender",
        /// ENVID, decoded; empty when not given.
        envelope_id: String = "envelope_id",
        /// RET: 0 unset, 1 full, 2 headers.
        ret: u32 = "ret_flags",
        /// Arrival time, seconds.
        arrival_seconds: i64 = "time",
        /// Arrival time, microseconds.
        arrival_microseconds: i64 = "time_usec",
        /// When the message became active, microseconds after arrival.
        active_microseconds: i64 = "active_usec",
        /// What the origin was, for XFORWARD and `%` expansions; empty when not known.
        client_name: String = "log_client_name",
        /// Address of the client.
        client_address: String = "log_client_address",
        /// Port of the client.
        client_port: String = "log_client_port",
        /// Protocol of the client.
        protocol_name: String = "log_protocol_name",
        /// HELO name of the client.
        helo_name: String = "log_helo_name",
        /// SASL login method.
        sasl_method: String = "sasl_method",
        /// SASL login name.
        sasl_username: String = "sasl_username",
        /// SASL sender.
        sasl_sender: String = "sasl_sender",
        /// The queue id to be known by downstream (XFORWARD IDENT).
        log_ident: String = "log_ident",
        /// `local` or `remote`.
        rewrite_context: String = "rewrite_context",
    }
}

/// Bits of [`Envelope::flags`].
pub mod flag {
    /// Report success to the trace service (DSN NOTIFY=SUCCESS, `sendmail -v`).
    pub const RECORD: u32 = 1;
    /// An address probe of verify: do not deliver.
    pub const PROBE: u32 = 1 << 1;
    /// `sendmail -bv`: report, do not deliver.
    pub const REPORT_ONLY: u32 = 1 << 2;
    /// More deliveries to this destination wait: keep the connection for the next.
    pub const KEEP_SESSION: u32 = 1 << 3;
    /// The message may be retried no more: give up on a soft failure.
    pub const LAST_TRY: u32 = 1 << 4;
    /// The sender was told of a delay and wants to hear that it is over: report success to the trace service.
    pub const DELAY_CLEARED: u32 = 1 << 5;
}

/// One delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliver {
    /// The message.
    pub envelope: Envelope,
    /// Whom to; at least one.
    pub recipients: Vec<Recipient>,
}

const RECIPIENT: &str = "recipient";
const ORIGINAL: &str = "original_recipient";
const ORCPT: &str = "dsn_orig_rcpt";
const NOTIFY: &str = "notify_flags";
const OFFSET: &str = "recipient_offset";

/// Appends a recipient's group.
pub(crate) fn put_recipient(recipient: &Recipient, out: &mut Vec<u8>) {
    recipient.address.put(RECIPIENT, out);
    recipient.original.put(ORIGINAL, out);
    recipient.orcpt.put(ORCPT, out);
    u32::from(recipient.notify.bits()).put(NOTIFY, out);
    recipient.offset.put(OFFSET, out);
}

/// Reads a recipient's group.
pub(crate) fn take_recipient(attributes: &Attributes<'_>) -> Result<Recipient, DecodeError> {
    let bits = u32::take(attributes, NOTIFY)?;
    let notify = u8::try_from(bits)
        .ok()
        .and_then(Notify::from_bits)
        .ok_or_else(|| DecodeError::BadValue {
            name: NOTIFY.to_owned(),
            value: bits.to_string(),
        })?;
    Ok(Recipient {
        address: String::take(attributes, RECIPIENT)?,
        original: String::take(attributes, ORIGINAL)?,
        orcpt: String::take(attributes, ORCPT)?,
        notify,
        offset: u64::take(attributes, OFFSET)?,
    })
}

impl Message for Deliver {
    fn put(&self, out: &mut Vec<u8>) {
        self.envelope.put(out);
        for recipient in &self.recipients {
            put_recipient(recipient, out);
        }
    }

    fn take(attributes: &Attributes<'_>) -> Result<Self, DecodeError> {
        let recipients: Result<Vec<_>, _> = attributes.groups(RECIPIENT).iter().map(take_recipient).collect();
        Ok(Self {
            envelope: Envelope::take(attributes)?,
            recipients: recipients?,
        })
    }
}

/// What one delivery says beside the envelope of its message.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// The message.
    pub envelope: &'a Envelope,
    /// Takes the place of [`Envelope::flags`].
    pub flags: u32,
    /// Takes the place of [`Envelope::send_options`].
    pub send_options: u32,
    /// Takes the place of [`Envelope::nexthop`].
    pub nexthop: &'a str,
    /// Takes the place of [`Envelope::sender`].
    pub sender: &'a str,
    /// Whom to; at least one.
    pub recipients: &'a [Recipient],
}

impl Errand<'_> {
    /// Appends the whole question, without a copy of the envelope: of an attribute said twice, the first counts.
    pub fn encode(&self, out: &mut Vec<u8>) {
        put(out, REQUEST, Deliver::NAME.as_bytes());
        self.flags.put("flags", out);
        self.send_options.put("sendopts", out);
        put(out, "nexthop", self.nexthop.as_bytes());
        put(out, "sender", self.sender.as_bytes());
        self.envelope.put(out);
        for recipient in self.recipients {
            put_recipient(recipient, out);
        }
        close(out);
    }
}

impl Request for Deliver {
    const NAME: &'static str = "deliver";
    type Reply = Delivered;
}

turn! {
    /// The agent's answer.
    pub struct Delivered {
        /// 0: every recipient is finished. Not 0: at least one is left for later.
        status: i32 = "status",
        /// Not empty: the destination itself failed, with this enhanced status (its class is always 4).
        dead_status: String = "dsn_status",
        /// Why the destination failed.
        dead_reason: String = "dsn_reason",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::encode_request;

    #[test]
    fn an_errand_is_read_as_a_delivery_with_its_own_flags_and_next_hop() {
        let envelope = Envelope {
            queue_id: "A1".into(),
            nexthop: "old".into(),
            flags: 3,
            ..Envelope::default()
        };
        let recipients = [Recipient::new("a@example.com")];
        let errand = Errand {
            envelope: &envelope,
            flags: 8,
            send_options: 1,
            nexthop: "new",
            sender: "s+a@example.com",
            recipients: &recipients,
        };
        let mut octets = Vec::new();
        errand.encode(&mut octets);

        let read = Deliver::take(&Attributes::parse(&octets).unwrap()).unwrap();
        assert_eq!((read.envelope.flags, read.envelope.send_options), (8, 1));
        assert_eq!(
            (&*read.envelope.nexthop, &*read.envelope.sender),
            ("new", "s+a@example.com")
        );
        assert_eq!(read.envelope.queue_id, "A1");
        assert_eq!(read.recipients, recipients);
    }

    #[test]
    fn a_delivery_read_back_is_the_delivery_sent() {
        let deliver = Deliver {
            envelope: Envelope {
                queue_id: "A1".into(),
                data_size: 9,
                ..Envelope::default()
            },
            recipients: vec![
                Recipient {
                    notify: Notify::SUCCESS,
                    offset: 77,
                    ..Recipient::new("a@example.com")
                },
                Recipient {
                    original: "x@example.com".into(),
                    ..Recipient::new("b@example.com")
                },
            ],
        };
        let mut octets = Vec::new();
        encode_request(&deliver, &mut octets);

        assert_eq!(Deliver::take(&Attributes::parse(&octets).unwrap()), Ok(deliver));
    }
}
