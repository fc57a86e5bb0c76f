//! The program that speaks TLS for another.

catalogue! {
    /// Since 3.4.
    TLSPROXY_CLIENT_CAFILE = tlsproxy_client_CAfile: Text, "$smtp_tls_CAfile", like SMTP_TLS_CAFILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_CAPATH = tlsproxy_client_CApath: Text, "$smtp_tls_CApath", like SMTP_TLS_CAPATH;

    /// Since 3.4.
    TLSPROXY_CLIENT_CERT_FILE = tlsproxy_client_cert_file: Text, "$smtp_tls_cert_file", like SMTP_TLS_CERT_FILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_CHAIN_FILES = tlsproxy_client_chain_files: List, "$smtp_tls_chain_files", like SMTP_TLS_CHAIN_FILES;

    /// Since 3.4.
    TLSPROXY_CLIENT_DCERT_FILE = tlsproxy_client_dcert_file: Text, "$smtp_tls_dcert_file", like SMTP_TLS_DCERT_FILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_DKEY_FILE = tlsproxy_client_dkey_file: Text, "$smtp_tls_dkey_file", like SMTP_TLS_DKEY_FILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_ECCERT_FILE = tlsproxy_client_eccert_file: Text, "$smtp_tls_eccert_file", like SMTP_TLS_ECCERT_FILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_ECKEY_FILE = tlsproxy_client_eckey_file: Text, "$smtp_tls_eckey_file", like SMTP_TLS_ECKEY_FILE;

    /// Use `tlsproxy_client_security_level` instead.
    /// Since 3.4.
    TLSPROXY_CLIENT_ENFORCE_TLS = tlsproxy_client_enforce_tls: Bool, "$smtp_enforce_tls", like SMTP_ENFORCE_TLS;

    /// Since 3.4.
    TLSPROXY_CLIENT_FINGERPRINT_DIGEST = tlsproxy_client_fingerprint_digest: Text[1..], "$smtp_tls_fingerprint_digest", like SMTP_TLS_FINGERPRINT_DIGEST;

    /// Since 3.4.
    TLSPROXY_CLIENT_KEY_FILE = tlsproxy_client_key_file: Text, "$smtp_tls_key_file", like SMTP_TLS_KEY_FILE;

    /// Since 3.4.
    TLSPROXY_CLIENT_LOGLEVEL = tlsproxy_client_loglevel: Text, "$smtp_tls_loglevel", like SMTP_TLS_LOGLEVEL;

    /// Use `tlsproxy_client_policy_maps` instead.
    /// Since 3.4.
    TLSPROXY_CLIENT_PER_SITE = tlsproxy_client_per_site: Text, "$smtp_tls_per_site", like SMTP_TLS_PER_SITE;

    /// Its name was tlsproxy_client_policy before 3.7.
    /// Since 3.7.
    TLSPROXY_CLIENT_POLICY_MAPS = tlsproxy_client_policy_maps: List, "${tlsproxy_client_policy?{$tlsproxy_client_policy}:{$smtp_tls_policy_maps}}", like SMTP_TLS_POLICY_MAPS;

    /// Since 3.4.
    TLSPROXY_CLIENT_SCERT_VERIFYDEPTH = tlsproxy_client_scert_verifydepth: Int, "$smtp_tls_scert_verifydepth", like SMTP_TLS_SCERT_VERIFYDEPTH;

    /// Its name was tlsproxy_client_level before 3.7.
    /// Since 3.7.
    TLSPROXY_CLIENT_SECURITY_LEVEL = tlsproxy_client_security_level: Text, "${tlsproxy_client_level?{$tlsproxy_client_level}:{$smtp_tls_security_level}}", like SMTP_TLS_SECURITY_LEVEL;

    /// Use `tlsproxy_client_security_level` instead.
    /// Since 3.4.
    TLSPROXY_CLIENT_USE_TLS = tlsproxy_client_use_tls: Bool, "$smtp_use_tls", like SMTP_USE_TLS;

    /// Use `tlsproxy_tls_security_level` instead.
    /// Since 2.8.
    TLSPROXY_ENFORCE_TLS = tlsproxy_enforce_tls: Bool, "$smtpd_enforce_tls", like SMTPD_ENFORCE_TLS;

    /// The name of the service tlsproxy(8), which does the TLS of postscreen(8) and of reused connections. Change a
    /// service name only if `master.cf` has it under another name.
    /// Since 2.8.
    TLSPROXY_SERVICE_NAME = tlsproxy_service_name: Text[1..], "tlsproxy";

    /// Since 2.8.
    TLSPROXY_TLS_CAFILE = tlsproxy_tls_CAfile: Text, "$smtpd_tls_CAfile", like SMTPD_TLS_CAFILE;

    /// Since 2.8.
    TLSPROXY_TLS_CAPATH = tlsproxy_tls_CApath: Text, "$smtpd_tls_CApath", like SMTPD_TLS_CAPATH;

    /// Since 2.8.
    TLSPROXY_TLS_ALWAYS_ISSUE_SESSION_IDS = tlsproxy_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids", like SMTPD_TLS_ALWAYS_ISSUE_SESSION_IDS;

    /// Since 2.8.
    TLSPROXY_TLS_ASK_CCERT = tlsproxy_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert", like SMTPD_TLS_ASK_CCERT;

    /// Since 2.8.
    TLSPROXY_TLS_CCERT_VERIFYDEPTH = tlsproxy_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth", like SMTPD_TLS_CCERT_VERIFYDEPTH;

    /// Since 2.8.
    TLSPROXY_TLS_CERT_FILE = tlsproxy_tls_cert_file: Text, "$smtpd_tls_cert_file", like SMTPD_TLS_CERT_FILE;

    /// Since 3.4.
    TLSPROXY_TLS_CHAIN_FILES = tlsproxy_tls_chain_files: List, "$smtpd_tls_chain_files", like SMTPD_TLS_CHAIN_FILES;

    /// Since 2.8.
    TLSPROXY_TLS_CIPHERS = tlsproxy_tls_ciphers: Text[1..], "$smtpd_tls_ciphers", like SMTPD_TLS_CIPHERS;

    /// Since 2.8.
    TLSPROXY_TLS_DCERT_FILE = tlsproxy_tls_dcert_file: Text, "$smtpd_tls_dcert_file", like SMTPD_TLS_DCERT_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_DH1024_PARAM_FILE = tlsproxy_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file", like SMTPD_TLS_DH1024_PARAM_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_DH512_PARAM_FILE = tlsproxy_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file", like SMTPD_TLS_DH512_PARAM_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_DKEY_FILE = tlsproxy_tls_dkey_file: Text, "$smtpd_tls_dkey_file", like SMTPD_TLS_DKEY_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_ECCERT_FILE = tlsproxy_tls_eccert_file: Text, "$smtpd_tls_eccert_file", like SMTPD_TLS_ECCERT_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_ECKEY_FILE = tlsproxy_tls_eckey_file: Text, "$smtpd_tls_eckey_file", like SMTPD_TLS_ECKEY_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_EECDH_GRADE = tlsproxy_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade", like SMTPD_TLS_EECDH_GRADE;

    /// Since 3.9.
    TLSPROXY_TLS_ENABLE_RPK = tlsproxy_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk", like SMTPD_TLS_ENABLE_RPK;

    /// Since 2.8.
    TLSPROXY_TLS_EXCLUDE_CIPHERS = tlsproxy_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers", like SMTPD_TLS_EXCLUDE_CIPHERS;

    /// Since 2.8.
    TLSPROXY_TLS_FINGERPRINT_DIGEST = tlsproxy_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest", like SMTPD_TLS_FINGERPRINT_DIGEST;

    /// Since 2.8.
    TLSPROXY_TLS_KEY_FILE = tlsproxy_tls_key_file: Text, "$smtpd_tls_key_file", like SMTPD_TLS_KEY_FILE;

    /// Since 2.8.
    TLSPROXY_TLS_LOGLEVEL = tlsproxy_tls_loglevel: Text, "$smtpd_tls_loglevel", like SMTPD_TLS_LOGLEVEL;

    /// Since 2.8.
    TLSPROXY_TLS_MANDATORY_CIPHERS = tlsproxy_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers", like SMTPD_TLS_MANDATORY_CIPHERS;

    /// Since 2.8.
    TLSPROXY_TLS_MANDATORY_EXCLUDE_CIPHERS = tlsproxy_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers", like SMTPD_TLS_MANDATORY_EXCLUDE_CIPHERS;

    /// Since 2.8.
    TLSPROXY_TLS_MANDATORY_PROTOCOLS = tlsproxy_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols", like SMTPD_TLS_MANDATORY_PROTOCOLS;

    /// Since 2.8.
    TLSPROXY_TLS_PROTOCOLS = tlsproxy_tls_protocols: List, "$smtpd_tls_protocols", like SMTPD_TLS_PROTOCOLS;

    /// Since 2.8.
    TLSPROXY_TLS_REQ_CCERT = tlsproxy_tls_req_ccert: Bool, "$smtpd_tls_req_ccert", like SMTPD_TLS_REQ_CCERT;

    /// Since 2.8.
    TLSPROXY_TLS_SECURITY_LEVEL = tlsproxy_tls_security_level: Text, "$smtpd_tls_security_level", like SMTPD_TLS_SECURITY_LEVEL;

    /// Use `tlsproxy_tls_security_level` instead.
    /// Since 2.8.
    TLSPROXY_USE_TLS = tlsproxy_use_tls: Bool, "$smtpd_use_tls", like SMTPD_USE_TLS;

    /// How long tlsproxy(8) may be busy with one thing before its watchdog ends it; not below 10 seconds.
    /// Since 2.8.
    TLSPROXY_WATCHDOG_TIMEOUT = tlsproxy_watchdog_timeout: Time[10.., Seconds], "10s";
}
