//! Address forms, and by which transport mail goes.

catalogue! {
    /// Whether an address may begin with `-`. Not by default: a program that gets it as an argument may take it for
    /// an option.
    ALLOW_MIN_USER = allow_min_user: Bool, "no";

    /// Whether `user%domain` becomes `user@domain`. In headers only under the conditions told at `canonical_maps`.
    ALLOW_PERCENT_HACK = allow_percent_hack: Bool, "yes";

    /// Whether `@$myorigin` is added to addresses without domain; in mail from outside
    /// `@$remote_header_rewrite_domain`. Do not turn it off: addresses without domain are not supported.
    APPEND_AT_MYORIGIN = append_at_myorigin: Bool, "yes";

    /// Whether `.$mydomain` is added to domains without dot; in mail from outside `.$remote_header_rewrite_domain`.
    /// The default depends on `compatibility_level`. `user@host` is an error then rather than a guess.
    APPEND_DOT_MYDOMAIN = append_dot_mydomain: Bool, "${{$compatibility_level} <level {1} ? {yes} : {no}}";

    /// The transport, with an optional next hop as `transport:nexthop`, for domains that are neither ours nor in
    /// `relay_domains`. `transport_maps` and `sender_dependent_default_transport_maps` come before it. The next hop
    /// is the first of: that of those tables, that of this value, `sender_dependent_relayhost_maps`, `relayhost`, the
    /// recipient's domain. With smtp and lmtp it may be several destinations, divided by comma.
    DEFAULT_TRANSPORT = default_transport: Text[1..], "smtp";

    /// What `sender_dependent_default_transport_maps` is asked for in place of the null sender, so that notices can
    /// have a way of their own.
    /// Since 2.7.
    EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY = empty_address_default_transport_maps_lookup_key: Text[1..], "<>";

    /// What `sender_dependent_relayhost_maps` is asked for in place of the null sender, so that notices can have a
    /// way of their own.
    /// Since 2.5.
    EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY = empty_address_relayhost_maps_lookup_key: Text[1..], "<>";

    /// The transport, with an optional next hop as `transport:nexthop`, for `mydestination` and for the host's own
    /// addresses. If it is not local(8), `local_recipient_maps` has to fit it. `transport_maps` comes before it.
    LOCAL_TRANSPORT = local_transport: Text[1..], "local:$myhostname";

    /// The transport, with an optional next hop as `transport:nexthop`, for `relay_domains`. `transport_maps` comes
    /// before it. Without a next hop, `sender_dependent_relayhost_maps`, `relayhost` or else the recipient's domain
    /// is used.
    /// Since 2.0.
    RELAY_TRANSPORT = relay_transport: Text[1..], "relay";

    /// Tables with people and domains that are gone: mail to them is returned with the text found, usually the new
    /// address. See relocated(5) and `relocated_prefix_enable`.
    RELOCATED_MAPS = relocated_maps: List, "";

    /// Whether `5.1.6 User has moved to` is put before what `relocated_maps` says. With `no` each result must itself
    /// begin with an enhanced status such as `5.2.1`.
    /// Since 3.11.
    RELOCATED_PREFIX_ENABLE = relocated_prefix_enable: Bool, "yes";

    /// Whether `@`, `%` and `!` inside a quoted local part still count when it is decided where mail goes. That is
    /// not what RFC 822 says, but safe: `no` opens a way to relay through backup hosts.
    RESOLVE_DEQUOTED_ADDRESS = resolve_dequoted_address: Bool, "yes";

    /// Whether `user@`, with nothing after the sign, is taken for this host rather than refused. smtpd(8) refuses
    /// such senders and recipients by it.
    /// Since 2.1.
    RESOLVE_NULL_DOMAIN = resolve_null_domain: Bool, "no";

    /// Whether `user@192.0.2.1` is taken for `user@[192.0.2.1]` rather than refused. The standard form with brackets
    /// works in any case.
    /// Since 2.3.
    RESOLVE_NUMERIC_DOMAIN = resolve_numeric_domain: Bool, "no";

    /// Tables from a sender to what takes the place of `default_transport`; asked for the address, then `@domain`.
    /// `DUNNO` ends the search without result. `transport_maps` comes before it. No `$1` in patterns, and none of the
    /// special forms of transport(5).
    /// Since 2.7.
    SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = sender_dependent_default_transport_maps: List, "";

    /// Tables from a sender to what takes the place of `relayhost`, for users who must send through different
    /// providers; asked for the address, then `@domain`. `DUNNO` ends the search without result. No `$1` in patterns.
    /// Usually together with `smtp_sender_dependent_authentication`.
    /// Since 2.3.
    SENDER_DEPENDENT_RELAYHOST_MAPS = sender_dependent_relayhost_maps: List, "";

    /// Whether "User unknown" tells in which kind of table the recipient was looked up: "in local recipient table".
    /// It helps you and tells strangers about your set-up.
    /// Since 2.0.
    SHOW_USER_UNKNOWN_TABLE_NAME = show_user_unknown_table_name: Bool, "yes";

    /// Whether `site!user` becomes `user@site`, for UUCP. In headers only under the conditions told at
    /// `canonical_maps`.
    SWAP_BANGPATH = swap_bangpath: Bool, "yes";

    /// Tables from a recipient or domain to `transport:nexthop`, above all other routing: the format and the order of
    /// lookups are in transport(5). No `$1` in patterns. Whether a domain stands for its subdomains is up to
    /// `parent_domain_matches_subdomains`.
    TRANSPORT_MAPS = transport_maps: List, "";

    /// Domains of which every address is an alias in `virtual_alias_maps`; other recipients are refused with
    /// `unknown_virtual_alias_reject_code`. A list of domains, `/file` and `type:table`, `!` to exclude. By default
    /// each domain that is a key in `virtual_alias_maps`. Never put a domain into `mydestination` or
    /// `virtual_mailbox_domains` as well.
    /// Since 2.0.
    VIRTUAL_ALIAS_DOMAINS = virtual_alias_domains: List, "$virtual_alias_maps";
}
