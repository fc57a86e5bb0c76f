//! Address forms, and by which transport mail goes.

use crate::param::*;

catalogue! {
    /// A switch, "allow min user", read by trivial-rewrite.
    ALLOW_MIN_USER = allow_min_user: Bool, "no";

    /// A switch, "allow percent hack", read by trivial-rewrite.
    ALLOW_PERCENT_HACK = allow_percent_hack: Bool, "yes";

    /// A switch, "append at myorigin", read by trivial-rewrite.
    APPEND_AT_MYORIGIN = append_at_myorigin: Bool, "yes";

    /// A switch, "append dot mydomain", read by trivial-rewrite.
    APPEND_DOT_MYDOMAIN = append_dot_mydomain: Bool, "${{$compatibility_level} <level {1} ? {yes} : {no}}";

    /// A text, "default transport", read by trivial-rewrite.
    DEFAULT_TRANSPORT = default_transport: Text[1..], "smtp";

    /// A text, "empty address default transport maps lookup key", read by trivial-rewrite.
    EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY = empty_address_default_transport_maps_lookup_key: Text[1..], "<>";

    /// A text, "empty address relayhost maps lookup key", read by trivial-rewrite.
    EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY = empty_address_relayhost_maps_lookup_key: Text[1..], "<>";

    /// A text, "local transport", read by trivial-rewrite.
    LOCAL_TRANSPORT = local_transport: Text[1..], "local:$myhostname";

    /// A text, "relay transport", read by trivial-rewrite.
    RELAY_TRANSPORT = relay_transport: Text[1..], "relay";

    /// A list, "relocated maps", read by proxymap and trivial-rewrite.
    RELOCATED_MAPS = relocated_maps: List, "";

    /// A switch, "relocated prefix enable", read by trivial-rewrite.
    RELOCATED_PREFIX_ENABLE = relocated_prefix_enable: Bool, "yes";

    /// A switch, "resolve dequoted address", read by trivial-rewrite.
    RESOLVE_DEQUOTED_ADDRESS = resolve_dequoted_address: Bool, "yes";

    /// A switch, "resolve null domain", read by trivial-rewrite.
    RESOLVE_NULL_DOMAIN = resolve_null_domain: Bool, "no";

    /// A switch, "resolve numeric domain", read by trivial-rewrite.
    RESOLVE_NUMERIC_DOMAIN = resolve_numeric_domain: Bool, "no";

    /// A list, "sender dependent default transport maps", read by trivial-rewrite.
    SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = sender_dependent_default_transport_maps: List, "";

    /// A list, "sender dependent relayhost maps", read by trivial-rewrite.
    SENDER_DEPENDENT_RELAYHOST_MAPS = sender_dependent_relayhost_maps: List, "";

    /// A switch, "show user unknown table name", read by smtpd and trivial-rewrite.
    SHOW_USER_UNKNOWN_TABLE_NAME = show_user_unknown_table_name: Bool, "yes";

    /// A switch, "swap bangpath", read by trivial-rewrite.
    SWAP_BANGPATH = swap_bangpath: Bool, "yes";

    /// A list, "transport maps", read by proxymap and trivial-rewrite.
    TRANSPORT_MAPS = transport_maps: List, "";

    /// A list, "virtual alias domains", read by proxymap and trivial-rewrite.
    VIRTUAL_ALIAS_DOMAINS = virtual_alias_domains: List, "$virtual_alias_maps";
}
