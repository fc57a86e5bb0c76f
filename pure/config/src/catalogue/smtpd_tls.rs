//! TLS in the SMTP server.

use crate::param::*;

catalogue! {
    /// A switch, "smtpd enforce tls", read by postscreen, smtpd, tlsproxy.
    SMTPD_ENFORCE_TLS = smtpd_enforce_tls: Bool, "no";

    /// A time span, "smtpd starttls timeout", read by postscreen and smtpd.
    SMTPD_STARTTLS_TIMEOUT = smtpd_starttls_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// A text, "smtpd tls CAfile", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CAFILE = smtpd_tls_CAfile: Text, "";

    /// A text, "smtpd tls CApath", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CAPATH = smtpd_tls_CApath: Text, "";

    /// A switch, "smtpd tls always issue session ids", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_ALWAYS_ISSUE_SESSION_IDS = smtpd_tls_always_issue_session_ids: Bool, "yes";

    /// A switch, "smtpd tls ask ccert", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_ASK_CCERT = smtpd_tls_ask_ccert: Bool, "no";

    /// A switch, "smtpd tls auth only", read by smtpd.
    SMTPD_TLS_AUTH_ONLY = smtpd_tls_auth_only: Bool, "no";

    /// A number, "smtpd tls ccert verifydepth", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CCERT_VERIFYDEPTH = smtpd_tls_ccert_verifydepth: Int, "9";

    /// A text, "smtpd tls cert file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CERT_FILE = smtpd_tls_cert_file: Text, "";

    /// A list, "smtpd tls chain files", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CHAIN_FILES = smtpd_tls_chain_files: List, "";

    /// A text, "smtpd tls ciphers", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_CIPHERS = smtpd_tls_ciphers: Text[1..], "medium";

    /// A text, "smtpd tls dcert file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_DCERT_FILE = smtpd_tls_dcert_file: Text, "";

    /// A text, "smtpd tls dh1024 param file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_DH1024_PARAM_FILE = smtpd_tls_dh1024_param_file: Text, "";

    /// A text, "smtpd tls dh512 param file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_DH512_PARAM_FILE = smtpd_tls_dh512_param_file: Text, "";

    /// A text, "smtpd tls dkey file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_DKEY_FILE = smtpd_tls_dkey_file: Text, "$smtpd_tls_dcert_file";

    /// A text, "smtpd tls eccert file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_ECCERT_FILE = smtpd_tls_eccert_file: Text, "";

    /// A text, "smtpd tls eckey file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_ECKEY_FILE = smtpd_tls_eckey_file: Text, "$smtpd_tls_eccert_file";

    /// A text, "smtpd tls eecdh grade", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_EECDH_GRADE = smtpd_tls_eecdh_grade: Text[1..], "auto";

    /// A switch, "smtpd tls enable rpk", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_ENABLE_RPK = smtpd_tls_enable_rpk: Bool, "no";

    /// A list, "smtpd tls exclude ciphers", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_EXCLUDE_CIPHERS = smtpd_tls_exclude_ciphers: List, "";

    /// A text, "smtpd tls fingerprint digest", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_FINGERPRINT_DIGEST = smtpd_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// A text, "smtpd tls key file", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_KEY_FILE = smtpd_tls_key_file: Text, "$smtpd_tls_cert_file";

    /// A text, "smtpd tls loglevel", read by postscreen, smtpd, tlsmgr, tlsproxy.
    SMTPD_TLS_LOGLEVEL = smtpd_tls_loglevel: Text, "0";

    /// A list, "smtpd tls loglevel maps", read by postscreen and smtpd.
    SMTPD_TLS_LOGLEVEL_MAPS = smtpd_tls_loglevel_maps: List, "";

    /// A text, "smtpd tls mandatory ciphers", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_MANDATORY_CIPHERS = smtpd_tls_mandatory_ciphers: Text[1..], "medium";

    /// A list, "smtpd tls mandatory exclude ciphers", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_MANDATORY_EXCLUDE_CIPHERS = smtpd_tls_mandatory_exclude_ciphers: List, "";

    /// A list, "smtpd tls mandatory protocols", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_MANDATORY_PROTOCOLS = smtpd_tls_mandatory_protocols: List, ">=TLSv1";

    /// A list, "smtpd tls protocols", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_PROTOCOLS = smtpd_tls_protocols: List, ">=TLSv1";

    /// A switch, "smtpd tls received header", read by smtpd.
    SMTPD_TLS_RECEIVED_HEADER = smtpd_tls_received_header: Bool, "no";

    /// A switch, "smtpd tls req ccert", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_REQ_CCERT = smtpd_tls_req_ccert: Bool, "no";

    /// A text, "smtpd tls security level", read by postscreen, smtpd, tlsproxy.
    SMTPD_TLS_SECURITY_LEVEL = smtpd_tls_security_level: Text, "";

    /// A text, "smtpd tls session cache database", read by tlsmgr.
    SMTPD_TLS_SESSION_CACHE_DATABASE = smtpd_tls_session_cache_database: Text, "";

    /// A time span, "smtpd tls session cache timeout", read by tlsmgr.
    SMTPD_TLS_SESSION_CACHE_TIMEOUT = smtpd_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// A number, "smtpd tls trace size limit", read by postscreen and smtpd.
    SMTPD_TLS_TRACE_SIZE_LIMIT = smtpd_tls_trace_size_limit: Int, "102400";

    /// A switch, "smtpd tls wrappermode", read by smtpd.
    SMTPD_TLS_WRAPPERMODE = smtpd_tls_wrappermode: Bool, "no";

    /// A switch, "smtpd use tls", read by postscreen, smtpd, tlsproxy.
    SMTPD_USE_TLS = smtpd_use_tls: Bool, "no";
}
