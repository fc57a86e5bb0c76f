//! The doorkeeper before the SMTP server.

catalogue! {
    /// A pause before answers of `dnsblog`, for tests.
    DNSBLOG_REPLY_DELAY = dnsblog_reply_delay: Time[Seconds], "0s";

    /// The service that asks DNS lists for postscreen.
    DNSBLOG_SERVICE_NAME = dnsblog_service_name: Text[1..], "dnsblog";

    /// Which clients pass or are refused at once, before any test.
    POSTSCREEN_ACCESS_LIST = postscreen_access_list: List, "permit_mynetworks";

    /// Addresses of ours on which a client can pass the tests for good.
    POSTSCREEN_ALLOWLIST_INTERFACES = postscreen_allowlist_interfaces: List, "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}";

    /// What happens to a client that ends lines in LF alone: `ignore`, `enforce` or `drop`.
    POSTSCREEN_BARE_NEWLINE_ACTION = postscreen_bare_newline_action: Text[1..], "ignore";

    /// Whether clients are tested for lines that end in LF alone.
    POSTSCREEN_BARE_NEWLINE_ENABLE = postscreen_bare_newline_enable: Bool, "no";

    /// How long a passed test for such lines is remembered.
    POSTSCREEN_BARE_NEWLINE_TTL = postscreen_bare_newline_ttl: Time[1.., Days], "30d";

    /// How often outdated entries of the cache are removed; 0 never.
    POSTSCREEN_CACHE_CLEANUP_INTERVAL = postscreen_cache_cleanup_interval: Time[Hours], "12h";

    /// The table that remembers which client passed which test.
    POSTSCREEN_CACHE_MAP = postscreen_cache_map: Text, "$default_cache_db_type:$data_directory/postscreen_cache";

    /// How long an outdated entry is kept before it is removed.
    POSTSCREEN_CACHE_RETENTION_TIME = postscreen_cache_retention_time: Time[1.., Days], "7d";

    /// How many connections a client may have at once at postscreen.
    POSTSCREEN_CLIENT_CONNECTION_COUNT_LIMIT = postscreen_client_connection_count_limit: Int, "$smtpd_client_connection_count_limit";

    /// How many commands a client may send to postscreen's own SMTP engine.
    POSTSCREEN_COMMAND_COUNT_LIMIT = postscreen_command_count_limit: Int[1..], "20";

    /// A table that may change commands before postscreen understands them.
    POSTSCREEN_COMMAND_FILTER = postscreen_command_filter: Text, "";

    /// How long one command to postscreen may take.
    POSTSCREEN_COMMAND_TIME_LIMIT = postscreen_command_time_limit: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// What happens to a client that the access list refuses: `ignore`, `enforce` or `drop`.
    POSTSCREEN_DENYLIST_ACTION = postscreen_denylist_action: Text[1..], "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}";

    /// Whether postscreen refuses VRFY.
    POSTSCREEN_DISABLE_VRFY_COMMAND = postscreen_disable_vrfy_command: Bool, "$disable_vrfy_command";

    /// Tables that say, by client address, which EHLO keywords postscreen does not announce.
    POSTSCREEN_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = postscreen_discard_ehlo_keyword_address_maps: List, "$smtpd_discard_ehlo_keyword_address_maps";

    /// EHLO keywords that postscreen does not announce.
    POSTSCREEN_DISCARD_EHLO_KEYWORDS = postscreen_discard_ehlo_keywords: List, "$smtpd_discard_ehlo_keywords";

    /// What happens to a client whose DNS score reaches the threshold: `ignore`, `enforce` or `drop`.
    POSTSCREEN_DNSBL_ACTION = postscreen_dnsbl_action: Text[1..], "ignore";

    /// The score, below zero, at which a client skips the other tests; 0 turns this off.
    POSTSCREEN_DNSBL_ALLOWLIST_THRESHOLD = postscreen_dnsbl_allowlist_threshold: Int, "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}";

    /// How long a passed DNS test is remembered at most.
    POSTSCREEN_DNSBL_MAX_TTL = postscreen_dnsbl_max_ttl: Time[1.., Hours], "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h";

    /// How long a passed DNS test is remembered at least.
    POSTSCREEN_DNSBL_MIN_TTL = postscreen_dnsbl_min_ttl: Time[1.., Seconds], "60s";

    /// A table that gives the name of a DNS list as clients may see it.
    POSTSCREEN_DNSBL_REPLY_MAP = postscreen_dnsbl_reply_map: Text, "";

    /// DNS lists with filters and weights, by which a client's score is made.
    POSTSCREEN_DNSBL_SITES = postscreen_dnsbl_sites: List, "";

    /// The score at which a client fails.
    POSTSCREEN_DNSBL_THRESHOLD = postscreen_dnsbl_threshold: Int[1..], "1";

    /// How long DNS lists may take.
    POSTSCREEN_DNSBL_TIMEOUT = postscreen_dnsbl_timeout: Time[1.., Seconds], "10s";

    /// Older setting: whether postscreen's clients must use TLS.
    POSTSCREEN_ENFORCE_TLS = postscreen_enforce_tls: Bool, "$smtpd_enforce_tls";

    /// The characters that `$name` may put into postscreen's replies.
    POSTSCREEN_EXPANSION_FILTER = postscreen_expansion_filter: Raw[1..], "$smtpd_expansion_filter";

    /// Commands that end a session with postscreen.
    POSTSCREEN_FORBIDDEN_COMMANDS = postscreen_forbidden_commands: List, "$smtpd_forbidden_commands";

    /// What happens to a client that speaks before the greeting: `ignore`, `enforce` or `drop`.
    POSTSCREEN_GREET_ACTION = postscreen_greet_action: Text[1..], "ignore";

    /// The text of the greeting's first half, which lures impatient clients.
    POSTSCREEN_GREET_BANNER = postscreen_greet_banner: Text, "$smtpd_banner";

    /// How long a passed greeting test is remembered.
    POSTSCREEN_GREET_TTL = postscreen_greet_ttl: Time[1.., Days], "1d";

    /// How long a client must wait for the greeting.
    POSTSCREEN_GREET_WAIT = postscreen_greet_wait: Time[1.., Seconds], "${stress?{2}:{6}}s";

    /// Whether postscreen's clients must send HELO or EHLO.
    POSTSCREEN_HELO_REQUIRED = postscreen_helo_required: Bool, "$smtpd_helo_required";

    /// What happens to a client that sends commands of another protocol: `ignore`, `enforce` or `drop`.
    POSTSCREEN_NON_SMTP_COMMAND_ACTION = postscreen_non_smtp_command_action: Text[1..], "drop";

    /// Whether clients are tested for commands of other protocols.
    POSTSCREEN_NON_SMTP_COMMAND_ENABLE = postscreen_non_smtp_command_enable: Bool, "no";

    /// How long a passed test for such commands is remembered.
    POSTSCREEN_NON_SMTP_COMMAND_TTL = postscreen_non_smtp_command_ttl: Time[1.., Days], "30d";

    /// What happens to a client that sends commands ahead: `ignore`, `enforce` or `drop`.
    POSTSCREEN_PIPELINING_ACTION = postscreen_pipelining_action: Text[1..], "enforce";

    /// Whether clients are tested for commands sent ahead.
    POSTSCREEN_PIPELINING_ENABLE = postscreen_pipelining_enable: Bool, "no";

    /// How long a passed test for such commands is remembered.
    POSTSCREEN_PIPELINING_TTL = postscreen_pipelining_ttl: Time[1.., Days], "30d";

    /// How many clients may wait for an SMTP server process.
    POSTSCREEN_POST_QUEUE_LIMIT = postscreen_post_queue_limit: Int[5..], "$default_process_limit";

    /// How many clients may be under test.
    POSTSCREEN_PRE_QUEUE_LIMIT = postscreen_pre_queue_limit: Int[10..], "$default_process_limit";

    /// A text that is added to each refusal of postscreen.
    POSTSCREEN_REJECT_FOOTER = postscreen_reject_footer: Raw, "$smtpd_reject_footer";

    /// Tables that give such a text by the refusal's own.
    POSTSCREEN_REJECT_FOOTER_MAPS = postscreen_reject_footer_maps: List, "$smtpd_reject_footer_maps";

    /// How long the TLS handshake of a client of postscreen may take.
    POSTSCREEN_STARTTLS_TIMEOUT = postscreen_starttls_timeout: Time[1.., Seconds], "$smtpd_starttls_timeout";

    /// A file with the certificates of authorities that tlsproxy, for postscreen, trusts for client
    /// certificates.
    POSTSCREEN_TLS_CAFILE = postscreen_tls_CAfile: Text, "$smtpd_tls_CAfile";

    /// A folder with the certificates of authorities that tlsproxy, for postscreen, trusts for client
    /// certificates, found by hash.
    POSTSCREEN_TLS_CAPATH = postscreen_tls_CApath: Text, "$smtpd_tls_CApath";

    /// Whether TLS session ids are given even without a session cache, for clients that insist.
    POSTSCREEN_TLS_ALWAYS_ISSUE_SESSION_IDS = postscreen_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids";

    /// Whether clients are asked for a certificate, which they may refuse to show.
    POSTSCREEN_TLS_ASK_CCERT = postscreen_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert";

    /// How many certificates may stand between a client's and a trusted one.
    POSTSCREEN_TLS_CCERT_VERIFYDEPTH = postscreen_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth";

    /// A file with the RSA certificate of tlsproxy, for postscreen,; `none` for none.
    POSTSCREEN_TLS_CERT_FILE = postscreen_tls_cert_file: Text, "$smtpd_tls_cert_file";

    /// Files with keys and certificate chains of tlsproxy, for postscreen,, in place of the settings for each
    /// key type.
    POSTSCREEN_TLS_CHAIN_FILES = postscreen_tls_chain_files: List, "$smtpd_tls_chain_files";

    /// The least cipher grade of tlsproxy, for postscreen, when TLS is opportunistic.
    POSTSCREEN_TLS_CIPHERS = postscreen_tls_ciphers: Text[1..], "$smtpd_tls_ciphers";

    /// A file with the DSA certificate of tlsproxy, for postscreen,; out of use.
    POSTSCREEN_TLS_DCERT_FILE = postscreen_tls_dcert_file: Text, "$smtpd_tls_dcert_file";

    /// A file with parameters of finite-field Diffie-Hellman; best left empty.
    POSTSCREEN_TLS_DH1024_PARAM_FILE = postscreen_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file";

    /// Accepted and ignored: export ciphers are gone.
    POSTSCREEN_TLS_DH512_PARAM_FILE = postscreen_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file";

    /// A file with the key of the DSA certificate; out of use.
    POSTSCREEN_TLS_DKEY_FILE = postscreen_tls_dkey_file: Text, "$smtpd_tls_dkey_file";

    /// A file with the ECDSA certificate of tlsproxy, for postscreen,.
    POSTSCREEN_TLS_ECCERT_FILE = postscreen_tls_eccert_file: Text, "$smtpd_tls_eccert_file";

    /// A file with the key of the ECDSA certificate.
    POSTSCREEN_TLS_ECKEY_FILE = postscreen_tls_eckey_file: Text, "$smtpd_tls_eckey_file";

    /// How curves of elliptic-curve key exchange are chosen; best left at `auto`.
    POSTSCREEN_TLS_EECDH_GRADE = postscreen_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade";

    /// Whether tlsproxy, for postscreen, may use raw public keys in place of certificates.
    POSTSCREEN_TLS_ENABLE_RPK = postscreen_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk";

    /// Ciphers that tlsproxy, for postscreen, never uses.
    POSTSCREEN_TLS_EXCLUDE_CIPHERS = postscreen_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers";

    /// The digest by which fingerprints of client certificates and keys are made.
    POSTSCREEN_TLS_FINGERPRINT_DIGEST = postscreen_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest";

    /// A file with the key of the RSA certificate.
    POSTSCREEN_TLS_KEY_FILE = postscreen_tls_key_file: Text, "$smtpd_tls_key_file";

    /// How much tlsproxy, for postscreen, logs about TLS, from 0 to 4.
    POSTSCREEN_TLS_LOGLEVEL = postscreen_tls_loglevel: Text, "$smtpd_tls_loglevel";

    /// Tables that give a TLS log level by client.
    POSTSCREEN_TLS_LOGLEVEL_MAPS = postscreen_tls_loglevel_maps: List, "$smtpd_tls_loglevel_maps";

    /// The least cipher grade of tlsproxy, for postscreen, when TLS is mandatory.
    POSTSCREEN_TLS_MANDATORY_CIPHERS = postscreen_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers";

    /// Further ciphers that tlsproxy, for postscreen, does not use when TLS is mandatory.
    POSTSCREEN_TLS_MANDATORY_EXCLUDE_CIPHERS = postscreen_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers";

    /// TLS protocol versions of tlsproxy, for postscreen, when TLS is mandatory.
    POSTSCREEN_TLS_MANDATORY_PROTOCOLS = postscreen_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols";

    /// TLS protocol versions of tlsproxy, for postscreen, when TLS is opportunistic.
    POSTSCREEN_TLS_PROTOCOLS = postscreen_tls_protocols: List, "$smtpd_tls_protocols";

    /// Whether clients must show a certificate that can be verified, when TLS is mandatory.
    POSTSCREEN_TLS_REQ_CCERT = postscreen_tls_req_ccert: Bool, "$smtpd_tls_req_ccert";

    /// How much TLS tlsproxy, for postscreen, demands of clients: `none`, `may` or `encrypt`.
    POSTSCREEN_TLS_SECURITY_LEVEL = postscreen_tls_security_level: Text, "$smtpd_tls_security_level";

    /// How many octets of a TLS handshake a trace may hold.
    POSTSCREEN_TLS_TRACE_SIZE_LIMIT = postscreen_tls_trace_size_limit: Int, "$smtpd_tls_trace_size_limit";

    /// The protocol by which a proxy in front of postscreen tells who the client is.
    POSTSCREEN_UPSTREAM_PROXY_PROTOCOL = postscreen_upstream_proxy_protocol: Text, "";

    /// How long that proxy may take.
    POSTSCREEN_UPSTREAM_PROXY_TIMEOUT = postscreen_upstream_proxy_timeout: Time[1.., Seconds], "5s";

    /// Older setting: whether postscreen offers STARTTLS.
    POSTSCREEN_USE_TLS = postscreen_use_tls: Bool, "$smtpd_use_tls";

    /// How long postscreen may take for one step before it is given up.
    POSTSCREEN_WATCHDOG_TIMEOUT = postscreen_watchdog_timeout: Time[10.., Seconds], "10s";
}
