//! TLS in the SMTP client.

use crate::param::*;

catalogue! {
    /// A switch, "smtp enforce tls", read by smtp and tlsproxy.
    SMTP_ENFORCE_TLS = smtp_enforce_tls: Bool, "no";

    /// A switch, "smtp log tls feature status", read by smtp.
    SMTP_LOG_TLS_FEATURE_STATUS = smtp_log_tls_feature_status: Bool, "yes";

    /// A list, "smtp requiretls policy", read by smtp.
    SMTP_REQUIRETLS_POLICY = smtp_requiretls_policy: List, "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce";

    /// A time span, "smtp starttls timeout", read by smtp.
    SMTP_STARTTLS_TIMEOUT = smtp_starttls_timeout: Time[1.., Seconds], "300s";

    /// A text, "smtp tls CAfile", read by smtp and tlsproxy.
    SMTP_TLS_CAFILE = smtp_tls_CAfile: Text, "";

    /// A text, "smtp tls CApath", read by smtp and tlsproxy.
    SMTP_TLS_CAPATH = smtp_tls_CApath: Text, "";

    /// A switch, "smtp tls block early mail reply", read by smtp.
    SMTP_TLS_BLOCK_EARLY_MAIL_REPLY = smtp_tls_block_early_mail_reply: Bool, "no";

    /// A text, "smtp tls cert file", read by smtp and tlsproxy.
    SMTP_TLS_CERT_FILE = smtp_tls_cert_file: Text, "";

    /// A list, "smtp tls chain files", read by smtp and tlsproxy.
    SMTP_TLS_CHAIN_FILES = smtp_tls_chain_files: List, "";

    /// A text, "smtp tls ciphers", read by smtp.
    SMTP_TLS_CIPHERS = smtp_tls_ciphers: Text[1..], "medium";

    /// A switch, "smtp tls connection reuse", read by smtp.
    SMTP_TLS_CONNECTION_REUSE = smtp_tls_connection_reuse: Bool, "no";

    /// A text, "smtp tls dane insecure mx policy", read by smtp.
    SMTP_TLS_DANE_INSECURE_MX_POLICY = smtp_tls_dane_insecure_mx_policy: Text, "dane";

    /// A text, "smtp tls dcert file", read by smtp and tlsproxy.
    SMTP_TLS_DCERT_FILE = smtp_tls_dcert_file: Text, "";

    /// A text, "smtp tls dkey file", read by smtp and tlsproxy.
    SMTP_TLS_DKEY_FILE = smtp_tls_dkey_file: Text, "$smtp_tls_dcert_file";

    /// A text, "smtp tls eccert file", read by smtp and tlsproxy.
    SMTP_TLS_ECCERT_FILE = smtp_tls_eccert_file: Text, "";

    /// A text, "smtp tls eckey file", read by smtp and tlsproxy.
    SMTP_TLS_ECKEY_FILE = smtp_tls_eckey_file: Text, "$smtp_tls_eccert_file";

    /// A switch, "smtp tls enable rpk", read by smtp.
    SMTP_TLS_ENABLE_RPK = smtp_tls_enable_rpk: Bool, "no";

    /// A switch, "smtp tls enforce peername", read by smtp.
    SMTP_TLS_ENFORCE_PEERNAME = smtp_tls_enforce_peername: Bool, "yes";

    /// A switch, "smtp tls enforce sts mx patterns", read by smtp.
    SMTP_TLS_ENFORCE_STS_MX_PATTERNS = smtp_tls_enforce_sts_mx_patterns: Bool, "yes";

    /// A list, "smtp tls exclude ciphers", read by smtp.
    SMTP_TLS_EXCLUDE_CIPHERS = smtp_tls_exclude_ciphers: List, "";

    /// A list, "smtp tls fingerprint cert match", read by smtp.
    SMTP_TLS_FINGERPRINT_CERT_MATCH = smtp_tls_fingerprint_cert_match: List, "";

    /// A text, "smtp tls fingerprint digest", read by posttls-finger, smtp, tlsproxy.
    SMTP_TLS_FINGERPRINT_DIGEST = smtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// A switch, "smtp tls force insecure host tlsa lookup", read by smtp.
    SMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = smtp_tls_force_insecure_host_tlsa_lookup: Bool, "no";

    /// A text, "smtp tls key file", read by smtp and tlsproxy.
    SMTP_TLS_KEY_FILE = smtp_tls_key_file: Text, "$smtp_tls_cert_file";

    /// A text, "smtp tls loglevel", read by smtp, tlsmgr, tlsproxy.
    SMTP_TLS_LOGLEVEL = smtp_tls_loglevel: Text, "0";

    /// A list, "smtp tls loglevel maps", read by smtp.
    SMTP_TLS_LOGLEVEL_MAPS = smtp_tls_loglevel_maps: List, "";

    /// A text, "smtp tls mandatory ciphers", read by smtp.
    SMTP_TLS_MANDATORY_CIPHERS = smtp_tls_mandatory_ciphers: Text[1..], "medium";

    /// A list, "smtp tls mandatory exclude ciphers", read by smtp.
    SMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = smtp_tls_mandatory_exclude_ciphers: List, "";

    /// A list, "smtp tls mandatory protocols", read by smtp.
    SMTP_TLS_MANDATORY_PROTOCOLS = smtp_tls_mandatory_protocols: List, ">=TLSv1";

    /// A switch, "smtp tls note starttls offer", read by smtp.
    SMTP_TLS_NOTE_STARTTLS_OFFER = smtp_tls_note_starttls_offer: Bool, "no";

    /// A text, "smtp tls per site", read by smtp and tlsproxy.
    SMTP_TLS_PER_SITE = smtp_tls_per_site: Text, "";

    /// A list, "smtp tls policy maps", read by smtp and tlsproxy.
    SMTP_TLS_POLICY_MAPS = smtp_tls_policy_maps: List, "";

    /// A list, "smtp tls protocols", read by smtp.
    SMTP_TLS_PROTOCOLS = smtp_tls_protocols: List, ">=TLSv1";

    /// A number, "smtp tls scert verifydepth", read by smtp and tlsproxy.
    SMTP_TLS_SCERT_VERIFYDEPTH = smtp_tls_scert_verifydepth: Int, "9";

    /// A list, "smtp tls secure cert match", read by smtp.
    SMTP_TLS_SECURE_CERT_MATCH = smtp_tls_secure_cert_match: List[1..], "nexthop, dot-nexthop";

    /// A text, "smtp tls security level", read by smtp and tlsproxy.
    SMTP_TLS_SECURITY_LEVEL = smtp_tls_security_level: Text, "${{$compatibility_level} <level {3.11} ? {} : {may}}";

    /// A text, "smtp tls servername", read by smtp.
    SMTP_TLS_SERVERNAME = smtp_tls_servername: Text, "";

    /// A text, "smtp tls session cache database", read by tlsmgr.
    SMTP_TLS_SESSION_CACHE_DATABASE = smtp_tls_session_cache_database: Text, "";

    /// A time span, "smtp tls session cache timeout", read by tlsmgr.
    SMTP_TLS_SESSION_CACHE_TIMEOUT = smtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// A number, "smtp tls trace size limit", read by smtp.
    SMTP_TLS_TRACE_SIZE_LIMIT = smtp_tls_trace_size_limit: Int, "102400";

    /// A text, "smtp tls trust anchor file", read by smtp.
    SMTP_TLS_TRUST_ANCHOR_FILE = smtp_tls_trust_anchor_file: Text, "";

    /// A list, "smtp tls verify cert match", read by smtp.
    SMTP_TLS_VERIFY_CERT_MATCH = smtp_tls_verify_cert_match: List[1..], "hostname";

    /// A switch, "smtp tls wrappermode", read by smtp.
    SMTP_TLS_WRAPPERMODE = smtp_tls_wrappermode: Bool, "no";

    /// A switch, "smtp tlsrpt enable", read by smtp.
    SMTP_TLSRPT_ENABLE = smtp_tlsrpt_enable: Bool, "no";

    /// A switch, "smtp tlsrpt skip reused handshakes", read by smtp.
    SMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = smtp_tlsrpt_skip_reused_handshakes: Bool, "no";

    /// A text, "smtp tlsrpt socket name", read by smtp.
    SMTP_TLSRPT_SOCKET_NAME = smtp_tlsrpt_socket_name: Text, "";

    /// A switch, "smtp use tls", read by smtp and tlsproxy.
    SMTP_USE_TLS = smtp_use_tls: Bool, "no";
}
