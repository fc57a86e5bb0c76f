//! Whole addresses: local part and domain, and the form they have in log lines.

use std::borrow::Cow;

use crate::{MailError, quote_local822};

/// The local part and the domain, split at the last `@`.
///
/// An address without `@` is all local part.
#[must_use]
pub fn split_at_domain(address: &str) -> (&str, Option<&str>) {
    match address.rsplit_once('@') {
        Some((local, domain)) => (local, Some(domain)),
        None => (address, None),
    }
}

/// The domain behind the last `@`, when there is one.
#[must_use]
pub fn domain(address: &str) -> Option<&str> {
    split_at_domain(address).1
}

/// The local part before the last `@`, or the whole.
#[must_use]
pub fn local_part(address: &str) -> &str {
    split_at_domain(address).0
}

/// The address with its letters folded to lower case, as duplicate filters and table look-ups compare.
#[must_use]
pub fn fold(address: &str) -> Cow<'_, str> {
    if address
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
    {
        Cow::Borrowed(address)
    } else {
        Cow::Owned(address.to_lowercase())
    }
}

/// Whether no rewriting changes the address, whatever the configuration: `user@domain.tld` without quotes, routes, `%`
/// and `!`, or the null address. It holds for the internal and the external form alike, which are the same then.
#[must_use]
pub fn is_standard_form(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return address.is_empty();
    };
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut labels = domain.split('.');
    !local.contains(['%', '!', '|'])
        && local.is_ascii()
        && crate::quote::is_dot_string(local)
        && domain.contains('.')
        && labels.all(|label| !label.is_empty() && label.bytes().all(is_label))
}

/// In which form `info` log lines show addresses: `info_log_address_format` of postconf(5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressForm {
    /// With the local part quoted where RFC 5322 demands it.
    #[default]
    External,
    /// As the tables see it.
    Internal,
}

impl AddressForm {
    /// Reads the parameter's value.
    ///
    /// # Errors
    /// [`MailError::Keyword`] for anything but `external` and `internal`.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        match text {
            "external" => Ok(Self::External),
            "internal" => Ok(Self::Internal),
            _ => Err(MailError::Keyword),
        }
    }

    /// What stands between the angle brackets of `to=<…>`, `orig_to=<…>` and `from=<…>`.
    #[must_use]
    pub fn show(self, address: &str) -> Cow<'_, str> {
        match self {
            Self::External => quote_local822(address),
            Self::Internal => Cow::Borrowed(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_at_sign_divides() {
        assert_eq!(split_at_domain("a@b@c"), ("a@b", Some("c")));
        assert_eq!(split_at_domain("postmaster"), ("postmaster", None));
        assert_eq!((domain("@x"), local_part("@x")), (Some("x"), ""));
    }

    #[test]
    fn complete_addresses_need_no_rewriting() {
        for address in ["", "user@example.com", "a.b+c@mail.example_x.com"] {
            assert!(is_standard_form(address), "{address}");
        }
        for address in [
            "user",
            "user@host",
            "a%b@c.d",
            "a!b@c.d",
            "a b@c.d",
            "a@b@c.d",
            "a@c.d.",
            "a@[1.2.3.4]",
        ] {
            assert!(!is_standard_form(address), "{address}");
        }
    }

    #[test]
    fn a_log_line_shows_the_quoted_form() {
        assert_eq!(
            AddressForm::External.show("two words@example.com"),
            "\"two words\"@example.com"
        );
        assert_eq!(
            AddressForm::Internal.show("two words@example.com"),
            "two words@example.com"
        );
        assert_eq!(AddressForm::External.show(""), "");
    }

    #[test]
    fn folding_copies_only_when_it_must() {
        assert!(matches!(fold("a@b"), Cow::Borrowed("a@b")));
        assert_eq!(fold("Ä@B"), "ä@b");
    }
}
