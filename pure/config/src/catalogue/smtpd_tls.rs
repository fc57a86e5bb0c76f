//! TLS in the SMTP server.

catalogue! {
    /// Older form of security level `encrypt`: clients must use TLS.
    SMTPD_ENFORCE_TLS = smtpd_enforce_tls: Bool, "no";

    /// How long the TLS handshake may take.
    SMTPD_STARTTLS_TIMEOUT = smtpd_starttls_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// A file with the certificates of authorities that the SMTP server trusts for client certificates.
    SMTPD_TLS_CAFILE = smtpd_tls_CAfile: Text, "";

    /// A folder with the certificates of authorities that the SMTP server trusts for client certificates, found
    /// by hash.
    SMTPD_TLS_CAPATH = smtpd_tls_CApath: Text, "";

    /// Whether TLS session ids are given even without a session cache, for clients that insist.
    SMTPD_TLS_ALWAYS_ISSUE_SESSION_IDS = smtpd_tls_always_issue_session_ids: Bool, "yes";

    /// Whether clients are asked for a certificate, which they may refuse to show.
    SMTPD_TLS_ASK_CCERT = smtpd_tls_ask_ccert: Bool, "no";

    /// Whether AUTH is offered only over TLS.
    SMTPD_TLS_AUTH_ONLY = smtpd_tls_auth_only: Bool, "no";

    /// How many certificates may stand between a client's and a trusted one.
    SMTPD_TLS_CCERT_VERIFYDEPTH = smtpd_tls_ccert_verifydepth: Int, "9";

    /// A file with the RSA certificate of the SMTP server; `none` for none.
    SMTPD_TLS_CERT_FILE = smtpd_tls_cert_file: Text, "";

    /// Files with keys and certificate chains of the SMTP server, in place of the settings for each key type.
    SMTPD_TLS_CHAIN_FILES = smtpd_tls_chain_files: List, "";

    /// The least cipher grade of the SMTP server when TLS is opportunistic.
    SMTPD_TLS_CIPHERS = smtpd_tls_ciphers: Text[1..], "medium";

    /// A file with the DSA certificate of the SMTP server; out of use.
    SMTPD_TLS_DCERT_FILE = smtpd_tls_dcert_file: Text, "";

    /// A file with parameters of finite-field Diffie-Hellman; best left empty.
    SMTPD_TLS_DH1024_PARAM_FILE = smtpd_tls_dh1024_param_file: Text, "";

    /// Accepted and ignored: export ciphers are gone.
    SMTPD_TLS_DH512_PARAM_FILE = smtpd_tls_dh512_param_file: Text, "";

    /// A file with the key of the DSA certificate; out of use.
    SMTPD_TLS_DKEY_FILE = smtpd_tls_dkey_file: Text, "$smtpd_tls_dcert_file";

    /// A file with the ECDSA certificate of the SMTP server.
    SMTPD_TLS_ECCERT_FILE = smtpd_tls_eccert_file: Text, "";

    /// A file with the key of the ECDSA certificate.
    SMTPD_TLS_ECKEY_FILE = smtpd_tls_eckey_file: Text, "$smtpd_tls_eccert_file";

    /// How curves of elliptic-curve key exchange are chosen; best left at `auto`.
    SMTPD_TLS_EECDH_GRADE = smtpd_tls_eecdh_grade: Text[1..], "auto";

    /// Whether the SMTP server may use raw public keys in place of certificates.
    SMTPD_TLS_ENABLE_RPK = smtpd_tls_enable_rpk: Bool, "no";

    /// Ciphers that the SMTP server never uses.
    SMTPD_TLS_EXCLUDE_CIPHERS = smtpd_tls_exclude_ciphers: List, "";

    /// The digest by which fingerprints of client certificates and keys are made.
    SMTPD_TLS_FINGERPRINT_DIGEST = smtpd_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// A file with the key of the RSA certificate.
    SMTPD_TLS_KEY_FILE = smtpd_tls_key_file: Text, "$smtpd_tls_cert_file";

    /// How much the SMTP server logs about TLS, from 0 to 4.
    SMTPD_TLS_LOGLEVEL = smtpd_tls_loglevel: Text, "0";

    /// Tables that give a TLS log level by client.
    SMTPD_TLS_LOGLEVEL_MAPS = smtpd_tls_loglevel_maps: List, "";

    /// The least cipher grade of the SMTP server when TLS is mandatory.
    SMTPD_TLS_MANDATORY_CIPHERS = smtpd_tls_mandatory_ciphers: Text[1..], "medium";

    /// Further ciphers that the SMTP server does not use when TLS is mandatory.
    SMTPD_TLS_MANDATORY_EXCLUDE_CIPHERS = smtpd_tls_mandatory_exclude_ciphers: List, "";

    /// TLS protocol versions of the SMTP server when TLS is mandatory.
    SMTPD_TLS_MANDATORY_PROTOCOLS = smtpd_tls_mandatory_protocols: List, ">=TLSv1";

    /// TLS protocol versions of the SMTP server when TLS is opportunistic.
    SMTPD_TLS_PROTOCOLS = smtpd_tls_protocols: List, ">=TLSv1";

    /// Whether the Received header tells protocol, cipher and certificate names.
    SMTPD_TLS_RECEIVED_HEADER = smtpd_tls_received_header: Bool, "no";

    /// Whether clients must show a certificate that can be verified, when TLS is mandatory.
    SMTPD_TLS_REQ_CCERT = smtpd_tls_req_ccert: Bool, "no";

    /// How much TLS the SMTP server demands of clients: `none`, `may` or `encrypt`.
    SMTPD_TLS_SECURITY_LEVEL = smtpd_tls_security_level: Text, "";

    /// A table where tlsmgr keeps TLS sessions of the SMTP server.
    SMTPD_TLS_SESSION_CACHE_DATABASE = smtpd_tls_session_cache_database: Text, "";

    /// How long a TLS session may be resumed.
    SMTPD_TLS_SESSION_CACHE_TIMEOUT = smtpd_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// How many octets of a TLS handshake a trace may hold.
    SMTPD_TLS_TRACE_SIZE_LIMIT = smtpd_tls_trace_size_limit: Int, "102400";

    /// Whether TLS starts at once, without STARTTLS.
    SMTPD_TLS_WRAPPERMODE = smtpd_tls_wrappermode: Bool, "no";

    /// Older form of security level `may`: STARTTLS is offered.
    SMTPD_USE_TLS = smtpd_use_tls: Bool, "no";
}
