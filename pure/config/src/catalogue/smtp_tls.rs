//! TLS in the SMTP client.

catalogue! {
    /// Older form of security level `encrypt`: mail is not sent without TLS.
    SMTP_ENFORCE_TLS = smtp_enforce_tls: Bool, "no";

    /// Whether each delivery's log line says which TLS features were in force.
    SMTP_LOG_TLS_FEATURE_STATUS = smtp_log_tls_feature_status: Bool, "yes";

    /// Tables and words that say how strictly REQUIRETLS is kept for a destination.
    SMTP_REQUIRETLS_POLICY = smtp_requiretls_policy: List, "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce";

    /// How long the TLS handshake may take.
    SMTP_STARTTLS_TIMEOUT = smtp_starttls_timeout: Time[1.., Seconds], "300s";

    /// A file with the certificates of authorities that the SMTP client trusts.
    SMTP_TLS_CAFILE = smtp_tls_CAfile: Text, "";

    /// A folder with the certificates of authorities that the SMTP client trusts, found by hash.
    SMTP_TLS_CAPATH = smtp_tls_CApath: Text, "";

    /// Whether a session is closed when the server sends replies ahead of their commands after STARTTLS.
    SMTP_TLS_BLOCK_EARLY_MAIL_REPLY = smtp_tls_block_early_mail_reply: Bool, "no";

    /// A file with the RSA certificate that the SMTP client shows; empty shows none.
    SMTP_TLS_CERT_FILE = smtp_tls_cert_file: Text, "";

    /// Files with keys and certificate chains of the SMTP client, in place of the settings for each key type.
    SMTP_TLS_CHAIN_FILES = smtp_tls_chain_files: List, "";

    /// The least cipher grade of the SMTP client when TLS is opportunistic.
    SMTP_TLS_CIPHERS = smtp_tls_ciphers: Text[1..], "medium";

    /// Whether TLS connections are kept for later deliveries, through tlsproxy.
    SMTP_TLS_CONNECTION_REUSE = smtp_tls_connection_reuse: Bool, "no";

    /// The security level for hosts whose MX record was not signed, when the level is `dane`.
    SMTP_TLS_DANE_INSECURE_MX_POLICY = smtp_tls_dane_insecure_mx_policy: Text, "dane";

    /// A file with the DSA certificate of the SMTP client; out of use.
    SMTP_TLS_DCERT_FILE = smtp_tls_dcert_file: Text, "";

    /// A file with the key of the DSA certificate; out of use.
    SMTP_TLS_DKEY_FILE = smtp_tls_dkey_file: Text, "$smtp_tls_dcert_file";

    /// A file with the ECDSA certificate of the SMTP client.
    SMTP_TLS_ECCERT_FILE = smtp_tls_eccert_file: Text, "";

    /// A file with the key of the ECDSA certificate.
    SMTP_TLS_ECKEY_FILE = smtp_tls_eckey_file: Text, "$smtp_tls_eccert_file";

    /// Whether the SMTP client may use raw public keys in place of certificates.
    SMTP_TLS_ENABLE_RPK = smtp_tls_enable_rpk: Bool, "no";

    /// Older setting: whether the server's name must match its certificate when TLS is enforced.
    SMTP_TLS_ENFORCE_PEERNAME = smtp_tls_enforce_peername: Bool, "yes";

    /// Whether the host patterns of an MTA-STS policy are enforced when a policy server gives them.
    SMTP_TLS_ENFORCE_STS_MX_PATTERNS = smtp_tls_enforce_sts_mx_patterns: Bool, "yes";

    /// Ciphers that the SMTP client never uses.
    SMTP_TLS_EXCLUDE_CIPHERS = smtp_tls_exclude_ciphers: List, "";

    /// Fingerprints that the server's certificate may have at level `fingerprint`.
    SMTP_TLS_FINGERPRINT_CERT_MATCH = smtp_tls_fingerprint_cert_match: List, "";

    /// The digest by which fingerprints of certificates and keys are made.
    SMTP_TLS_FINGERPRINT_DIGEST = smtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// Whether TLSA records are looked up for hosts whose address records are not signed.
    SMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = smtp_tls_force_insecure_host_tlsa_lookup: Bool, "no";

    /// A file with the key of the RSA certificate.
    SMTP_TLS_KEY_FILE = smtp_tls_key_file: Text, "$smtp_tls_cert_file";

    /// How much the SMTP client logs about TLS, from 0 to 4.
    SMTP_TLS_LOGLEVEL = smtp_tls_loglevel: Text, "0";

    /// Tables that give a TLS log level by peer.
    SMTP_TLS_LOGLEVEL_MAPS = smtp_tls_loglevel_maps: List, "";

    /// The least cipher grade of the SMTP client when TLS is mandatory.
    SMTP_TLS_MANDATORY_CIPHERS = smtp_tls_mandatory_ciphers: Text[1..], "medium";

    /// Further ciphers that the SMTP client does not use when TLS is mandatory.
    SMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = smtp_tls_mandatory_exclude_ciphers: List, "";

    /// TLS protocol versions of the SMTP client when TLS is mandatory.
    SMTP_TLS_MANDATORY_PROTOCOLS = smtp_tls_mandatory_protocols: List, ">=TLSv1";

    /// Whether the name of a server that offers STARTTLS is logged when TLS is off.
    SMTP_TLS_NOTE_STARTTLS_OFFER = smtp_tls_note_starttls_offer: Bool, "no";

    /// Older form of the policy table: tables that give a TLS mode by host or next hop.
    SMTP_TLS_PER_SITE = smtp_tls_per_site: Text, "";

    /// Tables that give the TLS security level and its details by next hop.
    SMTP_TLS_POLICY_MAPS = smtp_tls_policy_maps: List, "";

    /// TLS protocol versions of the SMTP client when TLS is opportunistic.
    SMTP_TLS_PROTOCOLS = smtp_tls_protocols: List, ">=TLSv1";

    /// How many certificates may stand between the server's and a trusted one.
    SMTP_TLS_SCERT_VERIFYDEPTH = smtp_tls_scert_verifydepth: Int, "9";

    /// Which names the server's certificate may have at level `secure`.
    SMTP_TLS_SECURE_CERT_MATCH = smtp_tls_secure_cert_match: List[1..], "nexthop, dot-nexthop";

    /// How much TLS the SMTP client demands: `none`, `may`, `encrypt`, `dane`, `verify`, `secure` and so on.
    SMTP_TLS_SECURITY_LEVEL = smtp_tls_security_level: Text, "${{$compatibility_level} <level {3.11} ? {} : {may}}";

    /// The name sent to the server in the TLS handshake (SNI).
    SMTP_TLS_SERVERNAME = smtp_tls_servername: Text, "";

    /// A table where tlsmgr keeps TLS sessions of the SMTP client.
    SMTP_TLS_SESSION_CACHE_DATABASE = smtp_tls_session_cache_database: Text, "";

    /// How long a TLS session may be resumed.
    SMTP_TLS_SESSION_CACHE_TIMEOUT = smtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// How many octets of a TLS handshake a trace may hold.
    SMTP_TLS_TRACE_SIZE_LIMIT = smtp_tls_trace_size_limit: Int, "102400";

    /// Files with authorities or keys that alone are trusted for the server.
    SMTP_TLS_TRUST_ANCHOR_FILE = smtp_tls_trust_anchor_file: Text, "";

    /// Which names the server's certificate may have at level `verify`.
    SMTP_TLS_VERIFY_CERT_MATCH = smtp_tls_verify_cert_match: List[1..], "hostname";

    /// Whether TLS starts at once, without STARTTLS.
    SMTP_TLS_WRAPPERMODE = smtp_tls_wrappermode: Bool, "no";

    /// Whether the outcome of TLS handshakes is handed to a TLS reporting library.
    SMTP_TLSRPT_ENABLE = smtp_tlsrpt_enable: Bool, "no";

    /// Whether handshakes on connections that are used again are left out of TLS reports.
    SMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = smtp_tlsrpt_skip_reused_handshakes: Bool, "no";

    /// The socket of the service that collects facts for TLS reports.
    SMTP_TLSRPT_SOCKET_NAME = smtp_tlsrpt_socket_name: Text, "";

    /// Older form of security level `may`: TLS is used when the server offers it.
    SMTP_USE_TLS = smtp_use_tls: Bool, "no";
}
