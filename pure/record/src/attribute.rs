//! Named attributes inside queue files: `name=value` in an attribute record.
//!
//! Some attributes have a record type of their own in readers' eyes, never in files; [`meaning`]
//! translates. Names and values are bytes: a file may hold anything.

use crate::kind::Kind;

/// When this file was made: the base of the message's age.
pub const CREATE_TIME: &str = "create_time";
/// DSN ENVID, decoded.
pub const ENVELOPE_ID: &str = "envelope_id";
/// DSN RET: 1 full, 2 headers.
pub const RET_FLAGS: &str = "ret_flags";
/// DSN NOTIFY mask of the recipient that follows.
pub const NOTIFY_FLAGS: &str = "notify_flags";
/// DSN ORCPT of the recipient that follows, `type;address`.
pub const DSN_ORIG_RCPT: &str = "dsn_orig_rcpt";
/// Queue id to log on behalf of a filter's client.
pub const LOG_IDENT: &str = "log_ident";
/// `local` or `remote`: whether incomplete addresses are completed.
pub const REWRITE_CONTEXT: &str = "rewrite_context";
/// SASL mechanism.
pub const SASL_METHOD: &str = "sasl_method";
/// SASL user.
pub const SASL_USERNAME: &str = "sasl_username";
/// SASL sender, from AUTH= of MAIL FROM.
pub const SASL_SENDER: &str = "sasl_sender";
/// `7bit` or `8bit`.
pub const ENCODING: &str = "encoding";
/// Probe and report flags.
pub const TRACE_FLAGS: &str = "trace_flags";
/// Client name as logged.
pub const LOG_CLIENT_NAME: &str = "log_client_name";
/// Client address as logged.
pub const LOG_CLIENT_ADDRESS: &str = "log_client_address";
/// Client port as logged.
pub const LOG_CLIENT_PORT: &str = "log_client_port";
/// HELO name as logged.
pub const LOG_HELO_NAME: &str = "log_helo_name";
/// Protocol as logged.
pub const LOG_PROTOCOL_NAME: &str = "log_protocol_name";
/// Where the message came from, as logged.
pub const LOG_MESSAGE_ORIGIN: &str = "log_message_origin";
/// Client name of the connection.
pub const CLIENT_NAME: &str = "client_name";
/// Client name by reverse lookup, not verified.
pub const REVERSE_CLIENT_NAME: &str = "reverse_client_name";
/// Client address.
pub const CLIENT_ADDRESS: &str = "client_address";
/// Client port.
pub const CLIENT_PORT: &str = "client_port";
/// Address family number of the client address.
pub const CLIENT_ADDRESS_TYPE: &str = "client_address_type";
/// Server address of the connection.
pub const SERVER_ADDRESS: &str = "server_address";
/// Server port of the connection.
pub const SERVER_PORT: &str = "server_port";
/// HELO name of the connection.
pub const HELO_NAME: &str = "helo_name";
/// Protocol of the connection.
pub const PROTOCOL_NAME: &str = "protocol_name";
/// Message-Id of the content; extracted part.
pub const MESSAGE_ID: &str = "message_id";
/// Send options; between submitter and cleanup only.
pub const SENDOPTS: &str = "sendopts";
/// Cleanup flags; between submitter and cleanup only.
pub const FLAGS: &str = "flags";

/// Bits of the value of [`TRACE_FLAGS`].
pub mod trace {
    /// The system asks whether an address is deliverable.
    pub const PROBE: u32 = 256;
    /// `sendmail -bv`: report, do not deliver.
    pub const VERIFY_ONLY: u32 = 512;
    /// `sendmail -v`: deliver and report.
    pub const RECORD: u32 = 1024;
}

/// Name and value, split at the first `=`; `None` without one.
#[inline]
pub fn split(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'=', payload)?;
    Some((payload.get(..at)?, payload.get(at + 1..)?))
}

/// How a reader takes a record: an attribute with a type of its own becomes that type with the value
/// as payload; everything else stays as it is.
#[inline]
pub fn meaning(kind: Kind, payload: &[u8]) -> (Kind, &[u8]) {
    if kind == Kind::ATTRIBUTE
        && let Some((name, value)) = split(payload)
    {
        let pseudo = match name {
            b"create_time" => Kind::CREATE_TIME,
            b"ret_flags" => Kind::DSN_RET,
            b"envelope_id" => Kind::DSN_ENVID,
            b"dsn_orig_rcpt" => Kind::DSN_ORCPT,
            b"notify_flags" => Kind::DSN_NOTIFY,
            _ => return (kind, payload),
        };
        return (pseudo, value);
    }
    (kind, payload)
}

/// Appends an attribute record.
pub fn encode(name: &str, value: &[u8], out: &mut Vec<u8>) {
    let length = name.len() + 1 + value.len();
    out.reserve(length + 5);
    out.push(Kind::ATTRIBUTE.byte());
    let mut rest = length.min(crate::codec::MAX_PAYLOAD);
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
    out.extend_from_slice(name.as_bytes());
    out.push(b'=');
    // The value gives way when the whole has no length code; see `encode` of records.
    let room = length
        .min(crate::codec::MAX_PAYLOAD)
        .saturating_sub(name.len() + 1);
    out.extend_from_slice(value.get(..room).unwrap_or(value));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Reader;

    #[test]
    fn an_attribute_is_split_at_its_first_equals_sign() {
        assert_eq!(split(b"a=b=c"), Some((&b"a"[..], &b"b=c"[..])));
        assert_eq!(split(b"none"), None);
    }

    #[test]
    fn pseudo_types_are_read_from_their_attributes() {
        assert_eq!(
            meaning(Kind::ATTRIBUTE, b"create_time=12"),
            (Kind::CREATE_TIME, &b"12"[..])
        );
        assert_eq!(
            meaning(Kind::ATTRIBUTE, b"dsn_orig_rcpt=rfc822;a@b"),
            (Kind::DSN_ORCPT, &b"rfc822;a@b"[..])
        );
        assert_eq!(
            meaning(Kind::ATTRIBUTE, b"client_name=x"),
            (Kind::ATTRIBUTE, &b"client_name=x"[..])
        );
        assert_eq!(
            meaning(Kind::SENDER, b"ret_flags=1"),
            (Kind::SENDER, &b"ret_flags=1"[..])
        );
    }

    #[test]
    fn an_attribute_is_written_as_one_record() {
        let mut out = Vec::new();

        encode(CLIENT_NAME, &[b'x'; 200], &mut out);

        let record = Reader::new(&out).next_record().unwrap().unwrap();
        assert_eq!(record.kind, Kind::ATTRIBUTE);
        assert_eq!(split(record.payload).unwrap().1.len(), 200);
    }
}
