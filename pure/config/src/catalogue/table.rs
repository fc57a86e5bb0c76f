//! Lookup tables and who may open them.

catalogue! {
    /// How much memory building a Berkeley DB table takes. We build LMDB files instead; nothing uses it.
    /// Since 2.0.
    BERKELEY_DB_CREATE_BUFFER_SIZE = berkeley_db_create_buffer_size: Int[1..], "16777216";

    /// How much memory reading a Berkeley DB table takes in Postfix. Our reader needs no such buffer; nothing uses
    /// it.
    /// Since 2.0.
    BERKELEY_DB_READ_BUFFER_SIZE = berkeley_db_read_buffer_size: Int[1..], "131072";

    /// Whether a daemon ends when it cannot open a table. With `no` it goes on, and only what needs the table fails
    /// for now, with a warning; `notify_classes` with `data` tells the postmaster.
    /// Since 2.9.
    DAEMON_TABLE_OPEN_ERROR_IS_FATAL = daemon_table_open_error_is_fatal: Bool, "no";

    /// The most connections that proxymap(8) has to one database server, in use and kept. Postfix has one for each
    /// table and process, as many as `default_process_limit` allows.
    // Difference: Postfix has one for each table and process.
    DATABASE_CONNECTION_LIMIT = database_connection_limit: Int[1..], "4";

    /// How old an answer may be that is given while the database it came from is away; 0: none is, and mail is
    /// deferred for as long as the database is away.
    // Difference: Postfix defers mail for as long as a database is away.
    DATABASE_REMEMBER_TIME = database_remember_time: Time[0.., Seconds], "0s";

    /// How long connecting to a database server, and each question to it, may take.
    // Difference: Postfix leaves that to the client library of each database.
    DATABASE_TIME_LIMIT = database_time_limit: Time[1.., Seconds], "20s";

    /// The type of the tables that daemons keep for themselves, such as `address_verify_map` and
    /// `postscreen_cache_map`.
    /// Since 3.11.
    DEFAULT_CACHE_DB_TYPE = default_cache_db_type: Text[1..], "btree";

    /// The type that postmap(1), postalias(1) and newaliases(1) build when none is named, and that defaults such as
    /// that of `alias_maps` have. `hash:` tables are read here from Berkeley DB and LMDB files, and built as LMDB.
    DEFAULT_DATABASE_TYPE = default_database_type: Text[1..], "hash";

    /// How many octets an LMDB table may have at first; a table that is full gets twice as many.
    /// Since 2.11.
    LMDB_MAP_SIZE = lmdb_map_size: Octets[1..], "16777216";

    /// A table from `hash` or `btree`, or such a type with a name, to the type that takes its place on hosts without
    /// Berkeley DB. Our programs read both kinds themselves and need no mapping.
    /// Since 3.11.
    NON_BDB_CUSTOM_MAPPING = non_bdb_custom_mapping: Text, "";

    /// Folders in which Postfix's migration service may build tables as root. Our programs have no such service.
    /// Since 3.11.
    NON_BDB_MIGRATION_ALLOW_ROOT_PREFIXES = non_bdb_migration_allow_root_prefixes: List, "/etc /usr/local/etc";

    /// Folders in which Postfix's migration service may build tables under a user's id. Our programs have no such
    /// service.
    /// Since 3.11.
    NON_BDB_MIGRATION_ALLOW_USER_PREFIXES = non_bdb_migration_allow_user_prefixes: List, "$data_directory /var/lib/mailman /var/lib/mailman3";

    /// How far Postfix replaces Berkeley DB tables: `disable`, `enable-redirect` reads another type in their place,
    /// `enable-reindex` builds it too. Our programs read `hash:` and `btree:` whatever this says.
    /// Since 3.11.
    NON_BDB_MIGRATION_LEVEL = non_bdb_migration_level: Text[1..], "disable";

    /// Whether each replaced table is logged, see `non_bdb_migration_level`.
    /// Since 3.11.
    NON_BDB_MIGRATION_LOG_REDIRECT = non_bdb_migration_log_redirect: Bool, "yes";

    /// Which tables proxymap(8) reads for others: those that the named parameters mention with `proxy:` in front. A
    /// table of your own parameter must be added.
    /// Since 2.0.
    PROXY_READ_MAPS = proxy_read_maps: List, "$local_recipient_maps $mydestination $virtual_alias_maps $virtual_alias_domains $virtual_mailbox_maps $virtual_mailbox_domains $relay_recipient_maps $relay_domains $canonical_maps $sender_canonical_maps $recipient_canonical_maps $relocated_maps $transport_maps $mynetworks $smtpd_sender_login_maps $sender_bcc_maps $recipient_bcc_maps $smtp_generic_maps $lmtp_generic_maps $alias_maps $smtpd_client_restrictions $smtpd_helo_restrictions $smtpd_sender_restrictions $smtpd_relay_restrictions $smtpd_recipient_restrictions $address_verify_sender_dependent_default_transport_maps $address_verify_sender_dependent_relayhost_maps $address_verify_transport_maps $fallback_transport_maps $lmtp_discard_lhlo_keyword_address_maps $lmtp_pix_workaround_maps $lmtp_sasl_password_maps $lmtp_tls_policy_maps $mailbox_command_maps $mailbox_transport_maps $postscreen_discard_ehlo_keyword_address_maps $rbl_reply_maps $sender_dependent_default_transport_maps $sender_dependent_relayhost_maps $smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps $smtp_sasl_password_maps $smtp_tls_policy_maps $smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps $virtual_gid_maps $virtual_uid_maps $local_login_sender_maps $postscreen_reject_footer_maps $smtpd_reject_footer_maps $tls_server_sni_maps $tlsproxy_client_policy_maps $default_delivery_status_filter $lmtp_delivery_status_filter $lmtp_dns_reply_filter $lmtp_reply_filter $local_delivery_status_filter $pipe_delivery_status_filter $postscreen_command_filter $smtp_delivery_status_filter $smtp_dns_reply_filter $smtp_reply_filter $smtpd_command_filter $smtpd_dns_reply_filter $virtual_delivery_status_filter $body_checks $header_checks $lmtp_body_checks $lmtp_header_checks $lmtp_mime_header_checks $lmtp_nested_header_checks $milter_header_checks $mime_header_checks $nested_header_checks $smtp_body_checks $smtp_header_checks $smtp_mime_header_checks $smtp_nested_header_checks $smtpd_reject_filter_maps $debug_peer_list $smtpd_etrn_restrictions $fast_flush_domains $authorized_flush_users $lmtp_connection_cache_destinations $local_header_rewrite_clients $masquerade_exceptions $postscreen_access_list $postscreen_allowlist_interfaces $postscreen_forbidden_commands $qmqpd_authorized_clients $authorized_mailq_users $smtp_connection_cache_destinations $smtpd_log_access_permit_actions $smtpd_forbidden_commands $smtpd_client_event_limit_exceptions $smtpd_sasl_exceptions_networks $smtpd_sasl_mechanism_filter $smtp_requiretls_policy $smtp_sasl_mechanism_filter $authorized_submit_users $smtpd_authorized_verp_clients $smtpd_authorized_xclient_hosts $smtpd_authorized_xforward_hosts $lmtp_tls_loglevel_maps $postscreen_tls_loglevel_maps $smtp_tls_loglevel_maps $smtpd_tls_loglevel_maps";

    /// Which tables proxymap(8) changes for others: those with `proxy:` in front. Their files belong below
    /// `data_directory`.
    /// Since 2.5.
    PROXY_WRITE_MAPS = proxy_write_maps: List, "$smtp_sasl_auth_cache_name $lmtp_sasl_auth_cache_name $address_verify_map $postscreen_cache_map";

    /// How many octets a question to a `socketmap:` server may have; a longer one counts as not found, with a
    /// warning.
    /// Since 3.12.
    SOCKETMAP_MAX_QUERY_SIZE = socketmap_max_query_size: Int[1..], "10000";

    /// How many octets an answer of a `socketmap:` server may have; a longer one counts as no answer, and the mail is
    /// put off.
    /// Since 3.10.
    SOCKETMAP_MAX_REPLY_SIZE = socketmap_max_reply_size: Int[1..], "100000";
}
