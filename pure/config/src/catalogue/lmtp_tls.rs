//! TLS in the LMTP client.

catalogue! {
    /// Since 2.3.
    LMTP_ENFORCE_TLS = lmtp_enforce_tls: Bool, "no", like SMTP_ENFORCE_TLS;

    /// Since 3.11.
    LMTP_LOG_TLS_FEATURE_STATUS = lmtp_log_tls_feature_status: Bool, "yes", like SMTP_LOG_TLS_FEATURE_STATUS;

    /// The default is another: deliveries to a local store need no TLS.
    /// Since 3.11.
    LMTP_REQUIRETLS_POLICY = lmtp_requiretls_policy: List, "opportunistic", like SMTP_REQUIRETLS_POLICY;

    /// Since 2.3.
    LMTP_STARTTLS_TIMEOUT = lmtp_starttls_timeout: Time[1.., Seconds], "300s", like SMTP_STARTTLS_TIMEOUT;

    /// Since 2.3.
    LMTP_TLS_CAFILE = lmtp_tls_CAfile: Text, "", like SMTP_TLS_CAFILE;

    /// Since 2.3.
    LMTP_TLS_CAPATH = lmtp_tls_CApath: Text, "", like SMTP_TLS_CAPATH;

    /// Since 2.7.
    LMTP_TLS_BLOCK_EARLY_MAIL_REPLY = lmtp_tls_block_early_mail_reply: Bool, "no", like SMTP_TLS_BLOCK_EARLY_MAIL_REPLY;

    /// Since 2.3.
    LMTP_TLS_CERT_FILE = lmtp_tls_cert_file: Text, "", like SMTP_TLS_CERT_FILE;

    /// Since 3.4.
    LMTP_TLS_CHAIN_FILES = lmtp_tls_chain_files: List, "", like SMTP_TLS_CHAIN_FILES;

    /// Since 2.6.
    LMTP_TLS_CIPHERS = lmtp_tls_ciphers: Text[1..], "medium", like SMTP_TLS_CIPHERS;

    /// Since 3.4.
    LMTP_TLS_CONNECTION_REUSE = lmtp_tls_connection_reuse: Bool, "no", like SMTP_TLS_CONNECTION_REUSE;

    /// Since 2.3.
    LMTP_TLS_DCERT_FILE = lmtp_tls_dcert_file: Text, "", like SMTP_TLS_DCERT_FILE;

    /// Since 2.3.
    LMTP_TLS_DKEY_FILE = lmtp_tls_dkey_file: Text, "$lmtp_tls_dcert_file", like SMTP_TLS_DKEY_FILE;

    /// Since 2.6.
    LMTP_TLS_ECCERT_FILE = lmtp_tls_eccert_file: Text, "", like SMTP_TLS_ECCERT_FILE;

    /// Since 2.6.
    LMTP_TLS_ECKEY_FILE = lmtp_tls_eckey_file: Text, "$lmtp_tls_eccert_file", like SMTP_TLS_ECKEY_FILE;

    /// Since 3.9.
    LMTP_TLS_ENABLE_RPK = lmtp_tls_enable_rpk: Bool, "no", like SMTP_TLS_ENABLE_RPK;

    /// Since 2.3.
    LMTP_TLS_ENFORCE_PEERNAME = lmtp_tls_enforce_peername: Bool, "yes", like SMTP_TLS_ENFORCE_PEERNAME;

    /// Since 3.10.
    LMTP_TLS_ENFORCE_STS_MX_PATTERNS = lmtp_tls_enforce_sts_mx_patterns: Bool, "yes", like SMTP_TLS_ENFORCE_STS_MX_PATTERNS;

    /// Since 2.3.
    LMTP_TLS_EXCLUDE_CIPHERS = lmtp_tls_exclude_ciphers: List, "", like SMTP_TLS_EXCLUDE_CIPHERS;

    /// Since 2.5.
    LMTP_TLS_FINGERPRINT_CERT_MATCH = lmtp_tls_fingerprint_cert_match: List, "", like SMTP_TLS_FINGERPRINT_CERT_MATCH;

    /// Since 2.5.
    LMTP_TLS_FINGERPRINT_DIGEST = lmtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}", like SMTP_TLS_FINGERPRINT_DIGEST;

    /// Since 2.11.
    LMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = lmtp_tls_force_insecure_host_tlsa_lookup: Bool, "no", like SMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP;

    /// Since 2.3.
    LMTP_TLS_KEY_FILE = lmtp_tls_key_file: Text, "$lmtp_tls_cert_file", like SMTP_TLS_KEY_FILE;

    /// Since 2.3.
    LMTP_TLS_LOGLEVEL = lmtp_tls_loglevel: Text, "0", like SMTP_TLS_LOGLEVEL;

    /// Since 3.12.
    LMTP_TLS_LOGLEVEL_MAPS = lmtp_tls_loglevel_maps: List, "", like SMTP_TLS_LOGLEVEL_MAPS;

    /// Since 2.3.
    LMTP_TLS_MANDATORY_CIPHERS = lmtp_tls_mandatory_ciphers: Text[1..], "medium", like SMTP_TLS_MANDATORY_CIPHERS;

    /// Since 2.3.
    LMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = lmtp_tls_mandatory_exclude_ciphers: List, "", like SMTP_TLS_MANDATORY_EXCLUDE_CIPHERS;

    /// Since 2.3.
    LMTP_TLS_MANDATORY_PROTOCOLS = lmtp_tls_mandatory_protocols: List, ">=TLSv1", like SMTP_TLS_MANDATORY_PROTOCOLS;

    /// Since 2.3.
    LMTP_TLS_NOTE_STARTTLS_OFFER = lmtp_tls_note_starttls_offer: Bool, "no", like SMTP_TLS_NOTE_STARTTLS_OFFER;

    /// Since 2.3.
    LMTP_TLS_PER_SITE = lmtp_tls_per_site: Text, "", like SMTP_TLS_PER_SITE;

    /// Since 2.3.
    LMTP_TLS_POLICY_MAPS = lmtp_tls_policy_maps: List, "", like SMTP_TLS_POLICY_MAPS;

    /// Since 2.6.
    LMTP_TLS_PROTOCOLS = lmtp_tls_protocols: List, ">=TLSv1", like SMTP_TLS_PROTOCOLS;

    /// Since 2.3.
    LMTP_TLS_SCERT_VERIFYDEPTH = lmtp_tls_scert_verifydepth: Int, "9", like SMTP_TLS_SCERT_VERIFYDEPTH;

    /// The default is another: no names below that of the destination.
    /// Since 2.3.
    LMTP_TLS_SECURE_CERT_MATCH = lmtp_tls_secure_cert_match: List[1..], "nexthop", like SMTP_TLS_SECURE_CERT_MATCH;

    /// The default is empty at every level of compatibility.
    /// Since 2.3.
    LMTP_TLS_SECURITY_LEVEL = lmtp_tls_security_level: Text, "", like SMTP_TLS_SECURITY_LEVEL;

    /// Since 3.4.
    LMTP_TLS_SERVERNAME = lmtp_tls_servername: Text, "", like SMTP_TLS_SERVERNAME;

    /// Since 2.3.
    LMTP_TLS_SESSION_CACHE_DATABASE = lmtp_tls_session_cache_database: Text, "", like SMTP_TLS_SESSION_CACHE_DATABASE;

    /// Since 2.3.
    LMTP_TLS_SESSION_CACHE_TIMEOUT = lmtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s", like SMTP_TLS_SESSION_CACHE_TIMEOUT;

    /// The file's name begins with `lmtp-`.
    /// Since 3.12.
    LMTP_TLS_TRACE_SIZE_LIMIT = lmtp_tls_trace_size_limit: Int, "102400", like SMTP_TLS_TRACE_SIZE_LIMIT;

    /// Since 2.11.
    LMTP_TLS_TRUST_ANCHOR_FILE = lmtp_tls_trust_anchor_file: Text, "", like SMTP_TLS_TRUST_ANCHOR_FILE;

    /// Since 2.3.
    LMTP_TLS_VERIFY_CERT_MATCH = lmtp_tls_verify_cert_match: List[1..], "hostname", like SMTP_TLS_VERIFY_CERT_MATCH;

    /// Since 3.0.
    LMTP_TLS_WRAPPERMODE = lmtp_tls_wrappermode: Bool, "no", like SMTP_TLS_WRAPPERMODE;

    /// Since 3.10.
    LMTP_TLSRPT_ENABLE = lmtp_tlsrpt_enable: Bool, "no", like SMTP_TLSRPT_ENABLE;

    /// Since 3.10.
    LMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = lmtp_tlsrpt_skip_reused_handshakes: Bool, "no", like SMTP_TLSRPT_SKIP_REUSED_HANDSHAKES;

    /// Since 3.10.
    LMTP_TLSRPT_SOCKET_NAME = lmtp_tlsrpt_socket_name: Text, "", like SMTP_TLSRPT_SOCKET_NAME;

    /// Since 2.3.
    LMTP_USE_TLS = lmtp_use_tls: Bool, "no", like SMTP_USE_TLS;
}
