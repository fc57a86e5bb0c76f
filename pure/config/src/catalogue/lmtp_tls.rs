//! TLS in the LMTP client.

catalogue! {
    /// Older form of security level `encrypt`: mail is not sent without TLS.
    LMTP_ENFORCE_TLS = lmtp_enforce_tls: Bool, "no";

    /// Whether each delivery's log line says which TLS features were in force.
    LMTP_LOG_TLS_FEATURE_STATUS = lmtp_log_tls_feature_status: Bool, "yes";

    /// Tables and words that say how strictly REQUIRETLS is kept for a destination.
    LMTP_REQUIRETLS_POLICY = lmtp_requiretls_policy: List, "opportunistic";

    /// How long the TLS handshake may take.
    LMTP_STARTTLS_TIMEOUT = lmtp_starttls_timeout: Time[1.., Seconds], "300s";

    /// A file with the certificates of authorities that the LMTP client trusts.
    LMTP_TLS_CAFILE = lmtp_tls_CAfile: Text, "";

    /// A folder with the certificates of authorities that the LMTP client trusts, found by hash.
    LMTP_TLS_CAPATH = lmtp_tls_CApath: Text, "";

    /// Whether a session is closed when the server sends replies ahead of their commands after STARTTLS.
    LMTP_TLS_BLOCK_EARLY_MAIL_REPLY = lmtp_tls_block_early_mail_reply: Bool, "no";

    /// A file with the RSA certificate that the LMTP client shows; empty shows none.
    LMTP_TLS_CERT_FILE = lmtp_tls_cert_file: Text, "";

    /// Files with keys and certificate chains of the LMTP client, in place of the settings for each key type.
    LMTP_TLS_CHAIN_FILES = lmtp_tls_chain_files: List, "";

    /// The least cipher grade of the LMTP client when TLS is opportunistic.
    LMTP_TLS_CIPHERS = lmtp_tls_ciphers: Text[1..], "medium";

    /// Whether TLS connections are kept for later deliveries, through tlsproxy.
    LMTP_TLS_CONNECTION_REUSE = lmtp_tls_connection_reuse: Bool, "no";

    /// A file with the DSA certificate of the LMTP client; out of use.
    LMTP_TLS_DCERT_FILE = lmtp_tls_dcert_file: Text, "";

    /// A file with the key of the DSA certificate; out of use.
    LMTP_TLS_DKEY_FILE = lmtp_tls_dkey_file: Text, "$lmtp_tls_dcert_file";

    /// A file with the ECDSA certificate of the LMTP client.
    LMTP_TLS_ECCERT_FILE = lmtp_tls_eccert_file: Text, "";

    /// A file with the key of the ECDSA certificate.
    LMTP_TLS_ECKEY_FILE = lmtp_tls_eckey_file: Text, "$lmtp_tls_eccert_file";

    /// Whether the LMTP client may use raw public keys in place of certificates.
    LMTP_TLS_ENABLE_RPK = lmtp_tls_enable_rpk: Bool, "no";

    /// Older setting: whether the server's name must match its certificate when TLS is enforced.
    LMTP_TLS_ENFORCE_PEERNAME = lmtp_tls_enforce_peername: Bool, "yes";

    /// Whether the host patterns of an MTA-STS policy are enforced when a policy server gives them.
    LMTP_TLS_ENFORCE_STS_MX_PATTERNS = lmtp_tls_enforce_sts_mx_patterns: Bool, "yes";

    /// Ciphers that the LMTP client never uses.
    LMTP_TLS_EXCLUDE_CIPHERS = lmtp_tls_exclude_ciphers: List, "";

    /// Fingerprints that the server's certificate may have at level `fingerprint`.
    LMTP_TLS_FINGERPRINT_CERT_MATCH = lmtp_tls_fingerprint_cert_match: List, "";

    /// The digest by which fingerprints of certificates and keys are made.
    LMTP_TLS_FINGERPRINT_DIGEST = lmtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// Whether TLSA records are looked up for hosts whose address records are not signed.
    LMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = lmtp_tls_force_insecure_host_tlsa_lookup: Bool, "no";

    /// A file with the key of the RSA certificate.
    LMTP_TLS_KEY_FILE = lmtp_tls_key_file: Text, "$lmtp_tls_cert_file";

    /// How much the LMTP client logs about TLS, from 0 to 4.
    LMTP_TLS_LOGLEVEL = lmtp_tls_loglevel: Text, "0";

    /// Tables that give a TLS log level by peer.
    LMTP_TLS_LOGLEVEL_MAPS = lmtp_tls_loglevel_maps: List, "";

    /// The least cipher grade of the LMTP client when TLS is mandatory.
    LMTP_TLS_MANDATORY_CIPHERS = lmtp_tls_mandatory_ciphers: Text[1..], "medium";

    /// Further ciphers that the LMTP client does not use when TLS is mandatory.
    LMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = lmtp_tls_mandatory_exclude_ciphers: List, "";

    /// TLS protocol versions of the LMTP client when TLS is mandatory.
    LMTP_TLS_MANDATORY_PROTOCOLS = lmtp_tls_mandatory_protocols: List, ">=TLSv1";

    /// Whether the name of a server that offers STARTTLS is logged when TLS is off.
    LMTP_TLS_NOTE_STARTTLS_OFFER = lmtp_tls_note_starttls_offer: Bool, "no";

    /// Older form of the policy table: tables that give a TLS mode by host or next hop.
    LMTP_TLS_PER_SITE = lmtp_tls_per_site: Text, "";

    /// Tables that give the TLS security level and its details by next hop.
    LMTP_TLS_POLICY_MAPS = lmtp_tls_policy_maps: List, "";

    /// TLS protocol versions of the LMTP client when TLS is opportunistic.
    LMTP_TLS_PROTOCOLS = lmtp_tls_protocols: List, ">=TLSv1";

    /// How many certificates may stand between the server's and a trusted one.
    LMTP_TLS_SCERT_VERIFYDEPTH = lmtp_tls_scert_verifydepth: Int, "9";

    /// Which names the server's certificate may have at level `secure`.
    LMTP_TLS_SECURE_CERT_MATCH = lmtp_tls_secure_cert_match: List[1..], "nexthop";

    /// How much TLS the LMTP client demands: `none`, `may`, `encrypt`, `dane`, `verify`, `secure` and so on.
    LMTP_TLS_SECURITY_LEVEL = lmtp_tls_security_level: Text, "";

    /// The name sent to the server in the TLS handshake (SNI).
    LMTP_TLS_SERVERNAME = lmtp_tls_servername: Text, "";

    /// A table where tlsmgr keeps TLS sessions of the LMTP client.
    LMTP_TLS_SESSION_CACHE_DATABASE = lmtp_tls_session_cache_database: Text, "";

    /// How long a TLS session may be resumed.
    LMTP_TLS_SESSION_CACHE_TIMEOUT = lmtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// How many octets of a TLS handshake a trace may hold.
    LMTP_TLS_TRACE_SIZE_LIMIT = lmtp_tls_trace_size_limit: Int, "102400";

    /// Files with authorities or keys that alone are trusted for the server.
    LMTP_TLS_TRUST_ANCHOR_FILE = lmtp_tls_trust_anchor_file: Text, "";

    /// Which names the server's certificate may have at level `verify`.
    LMTP_TLS_VERIFY_CERT_MATCH = lmtp_tls_verify_cert_match: List[1..], "hostname";

    /// Whether TLS starts at once, without STARTTLS.
    LMTP_TLS_WRAPPERMODE = lmtp_tls_wrappermode: Bool, "no";

    /// Whether the outcome of TLS handshakes is handed to a TLS reporting library.
    LMTP_TLSRPT_ENABLE = lmtp_tlsrpt_enable: Bool, "no";

    /// Whether handshakes on connections that are used again are left out of TLS reports.
    LMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = lmtp_tlsrpt_skip_reused_handshakes: Bool, "no";

    /// The socket of the service that collects facts for TLS reports.
    LMTP_TLSRPT_SOCKET_NAME = lmtp_tlsrpt_socket_name: Text, "";

    /// Older form of security level `may`: TLS is used when the server offers it.
    LMTP_USE_TLS = lmtp_use_tls: Bool, "no";
}
