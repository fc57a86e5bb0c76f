//! What trivial-rewrite reads from `main.cf`.

config::settings! {
    /// The settings.
    pub struct Settings {
        /// Completes addresses without a domain.
        myorigin: String = MYORIGIN,
        /// Completes domains without a dot.
        mydomain: String = MYDOMAIN,
        /// Completes local users.
        myhostname: String = MYHOSTNAME,
        /// Completes header addresses of remote clients.
        remote_header_rewrite_domain: String = REMOTE_HEADER_REWRITE_DOMAIN,
        /// `site!user` is `user@site`.
        swap_bangpath: bool = SWAP_BANGPATH,
        /// `user%domain` is `user@domain`.
        allow_percent_hack: bool = ALLOW_PERCENT_HACK,
        /// Whether addresses are completed.
        append_at_myorigin: bool = APPEND_AT_MYORIGIN,
        /// Whether domains are completed.
        append_dot_mydomain: bool = APPEND_DOT_MYDOMAIN,
        /// Whether operators within quotes count.
        resolve_dequoted_address: bool = RESOLVE_DEQUOTED_ADDRESS,
        /// Whether `user@` is local.
        resolve_null_domain: bool = RESOLVE_NULL_DOMAIN,
        /// Whether `user@192.0.2.1` is `user@[192.0.2.1]`.
        resolve_numeric_domain: bool = RESOLVE_NUMERIC_DOMAIN,
        /// Whether a user may begin with a hyphen.
        allow_min_user: bool = ALLOW_MIN_USER,
        /// Who stands for the null recipient.
        empty_address_recipient: String = EMPTY_ADDRESS_RECIPIENT,
        /// Key of the null sender.
        empty_relayhost_key: String = EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY,
        /// Key of the null sender.
        empty_transport_key: String = EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY,
        /// Whether the client is told in which table a user is missing.
        show_table_name: bool = SHOW_USER_UNKNOWN_TABLE_NAME,
        /// The domains that are this host.
        mydestination: String = MYDESTINATION,
        /// The virtual alias domains.
        virtual_alias_domains: String = VIRTUAL_ALIAS_DOMAINS,
        /// The virtual mailbox domains.
        virtual_mailbox_domains: String = VIRTUAL_MAILBOX_DOMAINS,
        /// The domains we relay to.
        relay_domains: String = RELAY_DOMAINS,
        /// Which lists match subdomains without a leading dot.
        parents: Vec<String> = PARENT_DOMAIN_MATCHES_SUBDOMAINS,
        /// Users who have moved.
        relocated_maps: String = RELOCATED_MAPS,
        /// Whether "User has moved to" is put in front.
        relocated_prefix: bool = RELOCATED_PREFIX_ENABLE,
        /// Where extensions begin.
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        /// Whether `owner-` and `-request` have no extension.
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        /// An address that has no extension.
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        /// For local domains.
        local_transport: String = LOCAL_TRANSPORT,
        /// For virtual mailbox domains.
        virtual_transport: String = VIRTUAL_TRANSPORT,
        /// For relay domains.
        relay_transport: String = RELAY_TRANSPORT,
        /// For all else.
        default_transport: String = DEFAULT_TRANSPORT,
        /// Where mail for others goes first.
        relayhost: String = RELAYHOST,
        /// The same, by sender.
        sender_relayhost_maps: String = SENDER_DEPENDENT_RELAYHOST_MAPS,
        /// The default transport, by sender.
        sender_transport_maps: String = SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS,
        /// Routes of single addresses and domains.
        transport_maps: String = TRANSPORT_MAPS,
        /// As above, for probes.
        probe_local_transport: String = ADDRESS_VERIFY_LOCAL_TRANSPORT,
        /// As above, for probes.
        probe_virtual_transport: String = ADDRESS_VERIFY_VIRTUAL_TRANSPORT,
        /// As above, for probes.
        probe_relay_transport: String = ADDRESS_VERIFY_RELAY_TRANSPORT,
        /// As above, for probes.
        probe_default_transport: String = ADDRESS_VERIFY_DEFAULT_TRANSPORT,
        /// As above, for probes.
        probe_relayhost: String = ADDRESS_VERIFY_RELAYHOST,
        /// As above, for probes.
        probe_sender_relayhost_maps: String = ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS,
        /// As above, for probes.
        probe_sender_transport_maps: String = ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS,
        /// As above, for probes.
        probe_transport_maps: String = ADDRESS_VERIFY_TRANSPORT_MAPS,
    }
}
