//! The program that speaks TLS for another.

catalogue! {
    /// A file with the certificates of authorities that tlsproxy as a client trusts.
    TLSPROXY_CLIENT_CAFILE = tlsproxy_client_CAfile: Text, "$smtp_tls_CAfile";

    /// A folder with the certificates of authorities that tlsproxy as a client trusts, found by hash.
    TLSPROXY_CLIENT_CAPATH = tlsproxy_client_CApath: Text, "$smtp_tls_CApath";

    /// A file with the RSA certificate that tlsproxy as a client shows; empty shows none.
    TLSPROXY_CLIENT_CERT_FILE = tlsproxy_client_cert_file: Text, "$smtp_tls_cert_file";

    /// Files with keys and certificate chains of tlsproxy as a client, in place of the settings for each key
    /// type.
    TLSPROXY_CLIENT_CHAIN_FILES = tlsproxy_client_chain_files: List, "$smtp_tls_chain_files";

    /// A file with the DSA certificate of tlsproxy as a client; out of use.
    TLSPROXY_CLIENT_DCERT_FILE = tlsproxy_client_dcert_file: Text, "$smtp_tls_dcert_file";

    /// A file with the key of the DSA certificate; out of use.
    TLSPROXY_CLIENT_DKEY_FILE = tlsproxy_client_dkey_file: Text, "$smtp_tls_dkey_file";

    /// A file with the ECDSA certificate of tlsproxy as a client.
    TLSPROXY_CLIENT_ECCERT_FILE = tlsproxy_client_eccert_file: Text, "$smtp_tls_eccert_file";

    /// A file with the key of the ECDSA certificate.
    TLSPROXY_CLIENT_ECKEY_FILE = tlsproxy_client_eckey_file: Text, "$smtp_tls_eckey_file";

    /// Older setting: whether tlsproxy as a client must use TLS.
    TLSPROXY_CLIENT_ENFORCE_TLS = tlsproxy_client_enforce_tls: Bool, "$smtp_enforce_tls";

    /// The digest by which fingerprints of certificates and keys are made.
    TLSPROXY_CLIENT_FINGERPRINT_DIGEST = tlsproxy_client_fingerprint_digest: Text[1..], "$smtp_tls_fingerprint_digest";

    /// A file with the key of the RSA certificate.
    TLSPROXY_CLIENT_KEY_FILE = tlsproxy_client_key_file: Text, "$smtp_tls_key_file";

    /// How much tlsproxy as a client logs about TLS, from 0 to 4.
    TLSPROXY_CLIENT_LOGLEVEL = tlsproxy_client_loglevel: Text, "$smtp_tls_loglevel";

    /// Older form of the policy table: tables that give a TLS mode by host or next hop.
    TLSPROXY_CLIENT_PER_SITE = tlsproxy_client_per_site: Text, "$smtp_tls_per_site";

    /// Tables that give the TLS security level and its details by next hop.
    TLSPROXY_CLIENT_POLICY_MAPS = tlsproxy_client_policy_maps: List, "${tlsproxy_client_policy?{$tlsproxy_client_policy}:{$smtp_tls_policy_maps}}";

    /// How many certificates may stand between the server's and a trusted one.
    TLSPROXY_CLIENT_SCERT_VERIFYDEPTH = tlsproxy_client_scert_verifydepth: Int, "$smtp_tls_scert_verifydepth";

    /// How much TLS tlsproxy as a client demands: `none`, `may`, `encrypt`, `dane`, `verify`, `secure` and so
    /// on.
    TLSPROXY_CLIENT_SECURITY_LEVEL = tlsproxy_client_security_level: Text, "${tlsproxy_client_level?{$tlsproxy_client_level}:{$smtp_tls_security_level}}";

    /// Older setting: whether tlsproxy as a client uses TLS when it is offered.
    TLSPROXY_CLIENT_USE_TLS = tlsproxy_client_use_tls: Bool, "$smtp_use_tls";

    /// Older setting: whether clients of tlsproxy must use TLS.
    TLSPROXY_ENFORCE_TLS = tlsproxy_enforce_tls: Bool, "$smtpd_enforce_tls";

    /// The service that speaks TLS for others.
    TLSPROXY_SERVICE_NAME = tlsproxy_service_name: Text[1..], "tlsproxy";

    /// A file with the certificates of authorities that tlsproxy as a server trusts for client certificates.
    TLSPROXY_TLS_CAFILE = tlsproxy_tls_CAfile: Text, "$smtpd_tls_CAfile";

    /// A folder with the certificates of authorities that tlsproxy as a server trusts for client certificates,
    /// found by hash.
    TLSPROXY_TLS_CAPATH = tlsproxy_tls_CApath: Text, "$smtpd_tls_CApath";

    /// Whether TLS session ids are given even without a session cache, for clients that insist.
    TLSPROXY_TLS_ALWAYS_ISSUE_SESSION_IDS = tlsproxy_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids";

    /// Whether clients are asked for a certificate, which they may refuse to show.
    TLSPROXY_TLS_ASK_CCERT = tlsproxy_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert";

    /// How many certificates may stand between a client's and a trusted one.
    TLSPROXY_TLS_CCERT_VERIFYDEPTH = tlsproxy_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth";

    /// A file with the RSA certificate of tlsproxy as a server; `none` for none.
    TLSPROXY_TLS_CERT_FILE = tlsproxy_tls_cert_file: Text, "$smtpd_tls_cert_file";

    /// Files with keys and certificate chains of tlsproxy as a server, in place of the settings for each key
    /// type.
    TLSPROXY_TLS_CHAIN_FILES = tlsproxy_tls_chain_files: List, "$smtpd_tls_chain_files";

    /// The least cipher grade of tlsproxy as a server when TLS is opportunistic.
    TLSPROXY_TLS_CIPHERS = tlsproxy_tls_ciphers: Text[1..], "$smtpd_tls_ciphers";

    /// A file with the DSA certificate of tlsproxy as a server; out of use.
    TLSPROXY_TLS_DCERT_FILE = tlsproxy_tls_dcert_file: Text, "$smtpd_tls_dcert_file";

    /// A file with parameters of finite-field Diffie-Hellman; best left empty.
    TLSPROXY_TLS_DH1024_PARAM_FILE = tlsproxy_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file";

    /// Accepted and ignored: export ciphers are gone.
    TLSPROXY_TLS_DH512_PARAM_FILE = tlsproxy_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file";

    /// A file with the key of the DSA certificate; out of use.
    TLSPROXY_TLS_DKEY_FILE = tlsproxy_tls_dkey_file: Text, "$smtpd_tls_dkey_file";

    /// A file with the ECDSA certificate of tlsproxy as a server.
    TLSPROXY_TLS_ECCERT_FILE = tlsproxy_tls_eccert_file: Text, "$smtpd_tls_eccert_file";

    /// A file with the key of the ECDSA certificate.
    TLSPROXY_TLS_ECKEY_FILE = tlsproxy_tls_eckey_file: Text, "$smtpd_tls_eckey_file";

    /// How curves of elliptic-curve key exchange are chosen; best left at `auto`.
    TLSPROXY_TLS_EECDH_GRADE = tlsproxy_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade";

    /// Whether tlsproxy as a server may use raw public keys in place of certificates.
    TLSPROXY_TLS_ENABLE_RPK = tlsproxy_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk";

    /// Ciphers that tlsproxy as a server never uses.
    TLSPROXY_TLS_EXCLUDE_CIPHERS = tlsproxy_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers";

    /// The digest by which fingerprints of client certificates and keys are made.
    TLSPROXY_TLS_FINGERPRINT_DIGEST = tlsproxy_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest";

    /// A file with the key of the RSA certificate.
    TLSPROXY_TLS_KEY_FILE = tlsproxy_tls_key_file: Text, "$smtpd_tls_key_file";

    /// How much tlsproxy as a server logs about TLS, from 0 to 4.
    TLSPROXY_TLS_LOGLEVEL = tlsproxy_tls_loglevel: Text, "$smtpd_tls_loglevel";

    /// The least cipher grade of tlsproxy as a server when TLS is mandatory.
    TLSPROXY_TLS_MANDATORY_CIPHERS = tlsproxy_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers";

    /// Further ciphers that tlsproxy as a server does not use when TLS is mandatory.
    TLSPROXY_TLS_MANDATORY_EXCLUDE_CIPHERS = tlsproxy_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers";

    /// TLS protocol versions of tlsproxy as a server when TLS is mandatory.
    TLSPROXY_TLS_MANDATORY_PROTOCOLS = tlsproxy_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols";

    /// TLS protocol versions of tlsproxy as a server when TLS is opportunistic.
    TLSPROXY_TLS_PROTOCOLS = tlsproxy_tls_protocols: List, "$smtpd_tls_protocols";

    /// Whether clients must show a certificate that can be verified, when TLS is mandatory.
    TLSPROXY_TLS_REQ_CCERT = tlsproxy_tls_req_ccert: Bool, "$smtpd_tls_req_ccert";

    /// How much TLS tlsproxy as a server demands of clients: `none`, `may` or `encrypt`.
    TLSPROXY_TLS_SECURITY_LEVEL = tlsproxy_tls_security_level: Text, "$smtpd_tls_security_level";

    /// Older setting: whether tlsproxy offers TLS.
    TLSPROXY_USE_TLS = tlsproxy_use_tls: Bool, "$smtpd_use_tls";

    /// How long `tlsproxy` may take for one step before it is given up.
    TLSPROXY_WATCHDOG_TIMEOUT = tlsproxy_watchdog_timeout: Time[10.., Seconds], "10s";
}
