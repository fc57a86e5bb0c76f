//! The program that speaks TLS for another.

use crate::param::*;

catalogue! {
    /// A text, "tlsproxy client CAfile", read by tlsproxy.
    TLSPROXY_CLIENT_CAFILE = tlsproxy_client_CAfile: Text, "$smtp_tls_CAfile";

    /// A text, "tlsproxy client CApath", read by tlsproxy.
    TLSPROXY_CLIENT_CAPATH = tlsproxy_client_CApath: Text, "$smtp_tls_CApath";

    /// A text, "tlsproxy client cert file", read by tlsproxy.
    TLSPROXY_CLIENT_CERT_FILE = tlsproxy_client_cert_file: Text, "$smtp_tls_cert_file";

    /// A list, "tlsproxy client chain files", read by tlsproxy.
    TLSPROXY_CLIENT_CHAIN_FILES = tlsproxy_client_chain_files: List, "$smtp_tls_chain_files";

    /// A text, "tlsproxy client dcert file", read by tlsproxy.
    TLSPROXY_CLIENT_DCERT_FILE = tlsproxy_client_dcert_file: Text, "$smtp_tls_dcert_file";

    /// A text, "tlsproxy client dkey file", read by tlsproxy.
    TLSPROXY_CLIENT_DKEY_FILE = tlsproxy_client_dkey_file: Text, "$smtp_tls_dkey_file";

    /// A text, "tlsproxy client eccert file", read by tlsproxy.
    TLSPROXY_CLIENT_ECCERT_FILE = tlsproxy_client_eccert_file: Text, "$smtp_tls_eccert_file";

    /// A text, "tlsproxy client eckey file", read by tlsproxy.
    TLSPROXY_CLIENT_ECKEY_FILE = tlsproxy_client_eckey_file: Text, "$smtp_tls_eckey_file";

    /// A switch, "tlsproxy client enforce tls", read by tlsproxy.
    TLSPROXY_CLIENT_ENFORCE_TLS = tlsproxy_client_enforce_tls: Bool, "$smtp_enforce_tls";

    /// A text, "tlsproxy client fingerprint digest", read by tlsproxy.
    TLSPROXY_CLIENT_FINGERPRINT_DIGEST = tlsproxy_client_fingerprint_digest: Text[1..], "$smtp_tls_fingerprint_digest";

    /// A text, "tlsproxy client key file", read by tlsproxy.
    TLSPROXY_CLIENT_KEY_FILE = tlsproxy_client_key_file: Text, "$smtp_tls_key_file";

    /// A text, "tlsproxy client loglevel", read by tlsproxy.
    TLSPROXY_CLIENT_LOGLEVEL = tlsproxy_client_loglevel: Text, "$smtp_tls_loglevel";

    /// A text, "tlsproxy client per site", read by tlsproxy.
    TLSPROXY_CLIENT_PER_SITE = tlsproxy_client_per_site: Text, "$smtp_tls_per_site";

    /// A list, "tlsproxy client policy maps", read by tlsproxy.
    TLSPROXY_CLIENT_POLICY_MAPS = tlsproxy_client_policy_maps: List, "${tlsproxy_client_policy?{$tlsproxy_client_policy}:{$smtp_tls_policy_maps}}";

    /// A number, "tlsproxy client scert verifydepth", read by tlsproxy.
    TLSPROXY_CLIENT_SCERT_VERIFYDEPTH = tlsproxy_client_scert_verifydepth: Int, "$smtp_tls_scert_verifydepth";

    /// A text, "tlsproxy client security level", read by tlsproxy.
    TLSPROXY_CLIENT_SECURITY_LEVEL = tlsproxy_client_security_level: Text, "${tlsproxy_client_level?{$tlsproxy_client_level}:{$smtp_tls_security_level}}";

    /// A switch, "tlsproxy client use tls", read by tlsproxy.
    TLSPROXY_CLIENT_USE_TLS = tlsproxy_client_use_tls: Bool, "$smtp_use_tls";

    /// A switch, "tlsproxy enforce tls", read by tlsproxy.
    TLSPROXY_ENFORCE_TLS = tlsproxy_enforce_tls: Bool, "$smtpd_enforce_tls";

    /// A text, "tlsproxy service name", read by postscreen, smtp, lmtp.
    TLSPROXY_SERVICE_NAME = tlsproxy_service_name: Text[1..], "tlsproxy";

    /// A text, "tlsproxy tls CAfile", read by tlsproxy.
    TLSPROXY_TLS_CAFILE = tlsproxy_tls_CAfile: Text, "$smtpd_tls_CAfile";

    /// A text, "tlsproxy tls CApath", read by tlsproxy.
    TLSPROXY_TLS_CAPATH = tlsproxy_tls_CApath: Text, "$smtpd_tls_CApath";

    /// A switch, "tlsproxy tls always issue session ids", read by tlsproxy.
    TLSPROXY_TLS_ALWAYS_ISSUE_SESSION_IDS = tlsproxy_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids";

    /// A switch, "tlsproxy tls ask ccert", read by tlsproxy.
    TLSPROXY_TLS_ASK_CCERT = tlsproxy_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert";

    /// A number, "tlsproxy tls ccert verifydepth", read by tlsproxy.
    TLSPROXY_TLS_CCERT_VERIFYDEPTH = tlsproxy_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth";

    /// A text, "tlsproxy tls cert file", read by tlsproxy.
    TLSPROXY_TLS_CERT_FILE = tlsproxy_tls_cert_file: Text, "$smtpd_tls_cert_file";

    /// A list, "tlsproxy tls chain files", read by tlsproxy.
    TLSPROXY_TLS_CHAIN_FILES = tlsproxy_tls_chain_files: List, "$smtpd_tls_chain_files";

    /// A text, "tlsproxy tls ciphers", read by tlsproxy.
    TLSPROXY_TLS_CIPHERS = tlsproxy_tls_ciphers: Text[1..], "$smtpd_tls_ciphers";

    /// A text, "tlsproxy tls dcert file", read by tlsproxy.
    TLSPROXY_TLS_DCERT_FILE = tlsproxy_tls_dcert_file: Text, "$smtpd_tls_dcert_file";

    /// A text, "tlsproxy tls dh1024 param file", read by tlsproxy.
    TLSPROXY_TLS_DH1024_PARAM_FILE = tlsproxy_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file";

    /// A text, "tlsproxy tls dh512 param file", read by tlsproxy.
    TLSPROXY_TLS_DH512_PARAM_FILE = tlsproxy_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file";

    /// A text, "tlsproxy tls dkey file", read by tlsproxy.
    TLSPROXY_TLS_DKEY_FILE = tlsproxy_tls_dkey_file: Text, "$smtpd_tls_dkey_file";

    /// A text, "tlsproxy tls eccert file", read by tlsproxy.
    TLSPROXY_TLS_ECCERT_FILE = tlsproxy_tls_eccert_file: Text, "$smtpd_tls_eccert_file";

    /// A text, "tlsproxy tls eckey file", read by tlsproxy.
    TLSPROXY_TLS_ECKEY_FILE = tlsproxy_tls_eckey_file: Text, "$smtpd_tls_eckey_file";

    /// A text, "tlsproxy tls eecdh grade", read by tlsproxy.
    TLSPROXY_TLS_EECDH_GRADE = tlsproxy_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade";

    /// A switch, "tlsproxy tls enable rpk", read by tlsproxy.
    TLSPROXY_TLS_ENABLE_RPK = tlsproxy_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk";

    /// A list, "tlsproxy tls exclude ciphers", read by tlsproxy.
    TLSPROXY_TLS_EXCLUDE_CIPHERS = tlsproxy_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers";

    /// A text, "tlsproxy tls fingerprint digest", read by tlsproxy.
    TLSPROXY_TLS_FINGERPRINT_DIGEST = tlsproxy_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest";

    /// A text, "tlsproxy tls key file", read by tlsproxy.
    TLSPROXY_TLS_KEY_FILE = tlsproxy_tls_key_file: Text, "$smtpd_tls_key_file";

    /// A text, "tlsproxy tls loglevel", read by tlsproxy.
    TLSPROXY_TLS_LOGLEVEL = tlsproxy_tls_loglevel: Text, "$smtpd_tls_loglevel";

    /// A text, "tlsproxy tls mandatory ciphers", read by tlsproxy.
    TLSPROXY_TLS_MANDATORY_CIPHERS = tlsproxy_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers";

    /// A list, "tlsproxy tls mandatory exclude ciphers", read by tlsproxy.
    TLSPROXY_TLS_MANDATORY_EXCLUDE_CIPHERS = tlsproxy_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers";

    /// A list, "tlsproxy tls mandatory protocols", read by tlsproxy.
    TLSPROXY_TLS_MANDATORY_PROTOCOLS = tlsproxy_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols";

    /// A list, "tlsproxy tls protocols", read by tlsproxy.
    TLSPROXY_TLS_PROTOCOLS = tlsproxy_tls_protocols: List, "$smtpd_tls_protocols";

    /// A switch, "tlsproxy tls req ccert", read by tlsproxy.
    TLSPROXY_TLS_REQ_CCERT = tlsproxy_tls_req_ccert: Bool, "$smtpd_tls_req_ccert";

    /// A text, "tlsproxy tls security level", read by tlsproxy.
    TLSPROXY_TLS_SECURITY_LEVEL = tlsproxy_tls_security_level: Text, "$smtpd_tls_security_level";

    /// A switch, "tlsproxy use tls", read by tlsproxy.
    TLSPROXY_USE_TLS = tlsproxy_use_tls: Bool, "$smtpd_use_tls";

    /// A time span, "tlsproxy watchdog timeout", read by tlsproxy.
    TLSPROXY_WATCHDOG_TIMEOUT = tlsproxy_watchdog_timeout: Time[10.., Seconds], "10s";
}
