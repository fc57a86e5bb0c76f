//! The original recipient of RFC 3461 §4.2: `type;address`, with the `utf-8` type of RFC 6533.
//!
//! Inside the system it is kept decoded.

use crate::{MailError, xtext};

/// Decodes the value of `ORCPT=`, or of a `-N` companion of the sendmail command.
///
/// # Errors
/// [`MailError::OriginalRecipient`] when a part is missing or the type is not an atom, [`MailError::Xtext`] for a
/// malformed coding or a result that is not text, [`MailError::TooLong`] above `limit_octets`.
pub fn decode(value: &str, limit_octets: usize) -> Result<String, MailError> {
    let (kind, address) = value.split_once(';').ok_or(MailError::OriginalRecipient)?;
    if !is_atom(kind) || address.is_empty() {
        return Err(MailError::OriginalRecipient);
    }
    let address = if is_utf8_kind(kind) {
        xtext::decode_unitext(address, limit_octets)?
    } else {
        let bytes = xtext::decode(address, limit_octets)?;
        String::from_utf8(bytes).map_err(|_| MailError::Xtext)?
    };
    if address.is_empty() || address.contains(['\0', '\r', '\n']) {
        return Err(MailError::OriginalRecipient);
    }
    Ok(format!("{kind};{address}"))
}

/// Encodes a kept original recipient for the wire; `smtputf8` says whether the transaction may carry UTF-8.
///
/// `None` when the value is not of the form `type;address` and must not be sent.
#[must_use]
pub fn encode(kept: &str, smtputf8: bool) -> Option<String> {
    let (kind, address) = kept.split_once(';')?;
    if !is_atom(kind) || address.is_empty() {
        return None;
    }
    let coded = match (is_utf8_kind(kind), smtputf8) {
        (true, true) => xtext::encode_unitext(address),
        (true, false) => xtext::encode_utf8_xtext(address),
        (false, _) => xtext::encode(address.as_bytes()),
    };
    Some(format!("{kind};{coded}"))
}

/// What is kept for a recipient whose sender named none: `rfc822;` or, beyond ASCII, `utf-8;` and the address.
#[must_use]
pub fn from_address(address: &str) -> String {
    let kind = if address.is_ascii() { "rfc822" } else { "utf-8" };
    format!("{kind};{address}")
}

fn is_utf8_kind(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("utf-8")
}

fn is_atom(kind: &str) -> bool {
    let is_atom_text = |byte: u8| byte.is_ascii_graphic() && !b"()<>[]:;@\\,.\"".contains(&byte);
    !kind.is_empty() && kind.bytes().all(is_atom_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_decoded() {
        assert_eq!(
            decode("rfc822;Bob@Example.COM", 500).as_deref(),
            Ok("rfc822;Bob@Example.COM")
        );
        assert_eq!(decode("rfc822;a+2Bb@x", 500).as_deref(), Ok("rfc822;a+b@x"));
        assert_eq!(decode("UTF-8;\\x{E9}@x", 500).as_deref(), Ok("UTF-8;é@x"));
    }

    #[test]
    fn missing_parts_are_refused() {
        for value in ["", "a@b", ";a@b", "rfc822;", "rf c;a@b", "rfc822;+00"] {
            assert_eq!(decode(value, 500), Err(MailError::OriginalRecipient), "{value}");
        }
        assert_eq!(decode("rfc822;+FF", 500), Err(MailError::Xtext));
    }

    #[test]
    fn what_is_kept_is_encoded_again() {
        assert_eq!(encode("rfc822;a+b@x", false).as_deref(), Some("rfc822;a+2Bb@x"));
        assert_eq!(encode("utf-8;é@x", true).as_deref(), Some("utf-8;é@x"));
        assert_eq!(encode("utf-8;é@x", false).as_deref(), Some("utf-8;\\x{E9}@x"));
        assert_eq!(encode("nonsense", false), None);
        assert_eq!(from_address("é@x"), "utf-8;é@x");
    }
}
