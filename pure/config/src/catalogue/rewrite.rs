//! Address forms, and by which transport mail goes.

catalogue! {
    /// Whether a recipient address may begin with `-`.
    ALLOW_MIN_USER = allow_min_user: Bool, "no";

    /// Whether `user%domain` is taken for `user@domain`.
    ALLOW_PERCENT_HACK = allow_percent_hack: Bool, "yes";

    /// Whether `@$myorigin` is added to an address without domain.
    APPEND_AT_MYORIGIN = append_at_myorigin: Bool, "yes";

    /// Whether `.$mydomain` is added to a domain without dot.
    APPEND_DOT_MYDOMAIN = append_dot_mydomain: Bool, "${{$compatibility_level} <level {1} ? {yes} : {no}}";

    /// The transport for destinations that nothing else names.
    DEFAULT_TRANSPORT = default_transport: Text[1..], "smtp";

    /// What stands for the null sender in `sender_dependent_default_transport_maps`.
    EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY = empty_address_default_transport_maps_lookup_key: Text[1..], "<>";

    /// What stands for the null sender in `sender_dependent_relayhost_maps`.
    EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY = empty_address_relayhost_maps_lookup_key: Text[1..], "<>";

    /// The transport for `mydestination`.
    LOCAL_TRANSPORT = local_transport: Text[1..], "local:$myhostname";

    /// The transport for `relay_domains`.
    RELAY_TRANSPORT = relay_transport: Text[1..], "relay";

    /// Tables with the new address of users who have moved.
    RELOCATED_MAPS = relocated_maps: List, "";

    /// Whether the text of a relocated entry follows a standard prefix.
    RELOCATED_PREFIX_ENABLE = relocated_prefix_enable: Bool, "yes";

    /// Whether quotes are taken off before a local part is searched for routes.
    RESOLVE_DEQUOTED_ADDRESS = resolve_dequoted_address: Bool, "yes";

    /// Whether `user@` is taken for a local address.
    RESOLVE_NULL_DOMAIN = resolve_null_domain: Bool, "no";

    /// Whether `user@1.2.3.4` is taken for `user@[1.2.3.4]`.
    RESOLVE_NUMERIC_DOMAIN = resolve_numeric_domain: Bool, "no";

    /// Tables that give the default transport by sender.
    SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = sender_dependent_default_transport_maps: List, "";

    /// Tables that give the relay host by sender.
    SENDER_DEPENDENT_RELAYHOST_MAPS = sender_dependent_relayhost_maps: List, "";

    /// Whether the reply about an unknown user names the kind of table.
    SHOW_USER_UNKNOWN_TABLE_NAME = show_user_unknown_table_name: Bool, "yes";

    /// Whether `site!user` is taken for `user@site`.
    SWAP_BANGPATH = swap_bangpath: Bool, "yes";

    /// Tables that give transport and next hop by recipient.
    TRANSPORT_MAPS = transport_maps: List, "";

    /// Domains of which every address is an alias.
    VIRTUAL_ALIAS_DOMAINS = virtual_alias_domains: List, "$virtual_alias_maps";
}
