//! What trivial-rewrite answers on `private/rewrite`: standard form, and by which transport to which next hop.
//!
//! When it does not answer, nothing is known: the client is told 451, or the message waits.

use crate::attribute::turn;

/// The service, below the queue directory.
pub const SERVICE: &str = "rewrite";

/// The rewriting context of an address: which domain completes it.
pub mod context {
    /// Complete with `$myorigin` and `.$mydomain`.
    pub const LOCAL: &str = "local";
    /// Complete with `$remote_header_rewrite_domain`, if any.
    pub const REMOTE: &str = "remote";
}

turn! {
    /// Asks for an address (external, quoted form) in standard form.
    pub struct Rewrite answers Rewritten as "rewrite" {
        /// [`context::LOCAL`] or [`context::REMOTE`].
        context: String = "rule",
        /// The address, in external (quoted) form.
        address: String = "address",
    }
}

turn! {
    /// The address in standard form.
    pub struct Rewritten {
        /// The address, in external (quoted) form.
        address: String = "address",
    }
}

turn! {
    /// Asks where mail for an address goes.
    pub struct Resolve answers Resolved as "resolve" {
        /// The envelope sender (internal form), for sender-dependent routing.
        sender: String = "sender",
        /// The recipient, in internal form.
        address: String = "address",
        /// Whether this is for an address probe (the `address_verify_*` transports apply).
        probe: bool = "probe",
        /// Whether the address is as a client gave it, and is put in standard form first.
        as_given: bool = "as_given",
    }
}

turn! {
    /// Where mail for an address goes.
    pub struct Resolved {
        /// Bits of [`flag`].
        flags: u32 = "flags",
        /// The transport (a `master.cf` service name).
        transport: String = "transport",
        /// The next hop: host, domain, text for `error`, or empty.
        nexthop: String = "nexthop",
        /// The recipient to deliver to, in internal form.
        recipient: String = "recipient",
    }
}

/// The domain of an address for which an answer with [`flag::WHOLE_DOMAIN`], given for another address of that domain,
/// holds too; `None` for an address that needs an answer of its own.
pub fn speaks_for_domain(address: &str) -> Option<&str> {
    let (local, domain) = address.split_once('@')?;
    (!local.starts_with('-') && mail::address::is_standard_form(address)).then_some(domain)
}

/// Bits of [`Resolved::flags`].
pub mod flag {
    /// The final address class is local.
    pub const LOCAL: u32 = 1;
    /// The domain is a virtual alias domain.
    pub const ALIAS: u32 = 1 << 1;
    /// The domain is a virtual mailbox domain.
    pub const MAILBOX: u32 = 1 << 2;
    /// The domain is a relay domain.
    pub const RELAY: u32 = 1 << 3;
    /// No class of ours: the default class.
    pub const DEFAULT: u32 = 1 << 4;
    /// The address was routed (a source route or percent form remains after the domain was ours).
    pub const ROUTED: u32 = 1 << 5;
    /// The address is not valid and cannot be delivered.
    pub const ERROR: u32 = 1 << 6;
    /// Could not tell: a table was not to be read. Nothing else in the answer counts.
    pub const FAIL: u32 = 1 << 7;
    /// The same holds for every address of this domain that is in standard form and does not begin with `-`
    /// (see [`super::speaks_for_domain`]).
    pub const WHOLE_DOMAIN: u32 = 1 << 8;
    /// The same holds whoever the sender is.
    pub const ANY_SENDER: u32 = 1 << 9;
    /// Any class.
    pub const CLASSES: u32 = LOCAL | ALIAS | MAILBOX | RELAY | DEFAULT;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_for_a_domain_holds_for_plain_addresses_only() {
        assert_eq!(speaks_for_domain("user+x@dom.example"), Some("dom.example"));
        for own in [
            "",
            "user",
            "-user@dom.example",
            "a%b@dom.example",
            "a!b@dom.example",
            "a@dom",
            "a b@dom.example",
        ] {
            assert_eq!(speaks_for_domain(own), None, "{own}");
        }
    }
}
