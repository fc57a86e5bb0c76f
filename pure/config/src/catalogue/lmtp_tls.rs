//! TLS in the LMTP client.

use crate::param::*;

catalogue! {
    /// A switch, "lmtp enforce tls", read by lmtp.
    LMTP_ENFORCE_TLS = lmtp_enforce_tls: Bool, "no";

    /// A switch, "lmtp log tls feature status", read by lmtp.
    LMTP_LOG_TLS_FEATURE_STATUS = lmtp_log_tls_feature_status: Bool, "yes";

    /// A list, "lmtp requiretls policy", read by lmtp.
    LMTP_REQUIRETLS_POLICY = lmtp_requiretls_policy: List, "opportunistic";

    /// A time span, "lmtp starttls timeout", read by lmtp.
    LMTP_STARTTLS_TIMEOUT = lmtp_starttls_timeout: Time[1.., Seconds], "300s";

    /// A text, "lmtp tls CAfile", read by lmtp.
    LMTP_TLS_CAFILE = lmtp_tls_CAfile: Text, "";

    /// A text, "lmtp tls CApath", read by lmtp.
    LMTP_TLS_CAPATH = lmtp_tls_CApath: Text, "";

    /// A switch, "lmtp tls block early mail reply", read by lmtp.
    LMTP_TLS_BLOCK_EARLY_MAIL_REPLY = lmtp_tls_block_early_mail_reply: Bool, "no";

    /// A text, "lmtp tls cert file", read by lmtp.
    LMTP_TLS_CERT_FILE = lmtp_tls_cert_file: Text, "";

    /// A list, "lmtp tls chain files", read by lmtp.
    LMTP_TLS_CHAIN_FILES = lmtp_tls_chain_files: List, "";

    /// A text, "lmtp tls ciphers", read by lmtp.
    LMTP_TLS_CIPHERS = lmtp_tls_ciphers: Text[1..], "medium";

    /// A switch, "lmtp tls connection reuse", read by lmtp.
    LMTP_TLS_CONNECTION_REUSE = lmtp_tls_connection_reuse: Bool, "no";

    /// A text, "lmtp tls dcert file", read by lmtp.
    LMTP_TLS_DCERT_FILE = lmtp_tls_dcert_file: Text, "";

    /// A text, "lmtp tls dkey file", read by lmtp.
    LMTP_TLS_DKEY_FILE = lmtp_tls_dkey_file: Text, "$lmtp_tls_dcert_file";

    /// A text, "lmtp tls eccert file", read by lmtp.
    LMTP_TLS_ECCERT_FILE = lmtp_tls_eccert_file: Text, "";

    /// A text, "lmtp tls eckey file", read by lmtp.
    LMTP_TLS_ECKEY_FILE = lmtp_tls_eckey_file: Text, "$lmtp_tls_eccert_file";

    /// A switch, "lmtp tls enable rpk", read by lmtp.
    LMTP_TLS_ENABLE_RPK = lmtp_tls_enable_rpk: Bool, "no";

    /// A switch, "lmtp tls enforce peername", read by lmtp.
    LMTP_TLS_ENFORCE_PEERNAME = lmtp_tls_enforce_peername: Bool, "yes";

    /// A switch, "lmtp tls enforce sts mx patterns", read by lmtp.
    LMTP_TLS_ENFORCE_STS_MX_PATTERNS = lmtp_tls_enforce_sts_mx_patterns: Bool, "yes";

    /// A list, "lmtp tls exclude ciphers", read by lmtp.
    LMTP_TLS_EXCLUDE_CIPHERS = lmtp_tls_exclude_ciphers: List, "";

    /// A list, "lmtp tls fingerprint cert match", read by lmtp.
    LMTP_TLS_FINGERPRINT_CERT_MATCH = lmtp_tls_fingerprint_cert_match: List, "";

    /// A text, "lmtp tls fingerprint digest", read by lmtp.
    LMTP_TLS_FINGERPRINT_DIGEST = lmtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// A switch, "lmtp tls force insecure host tlsa lookup", read by lmtp.
    LMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = lmtp_tls_force_insecure_host_tlsa_lookup: Bool, "no";

    /// A text, "lmtp tls key file", read by lmtp.
    LMTP_TLS_KEY_FILE = lmtp_tls_key_file: Text, "$lmtp_tls_cert_file";

    /// A text, "lmtp tls loglevel", read by lmtp and tlsmgr.
    LMTP_TLS_LOGLEVEL = lmtp_tls_loglevel: Text, "0";

    /// A list, "lmtp tls loglevel maps", read by lmtp.
    LMTP_TLS_LOGLEVEL_MAPS = lmtp_tls_loglevel_maps: List, "";

    /// A text, "lmtp tls mandatory ciphers", read by lmtp.
    LMTP_TLS_MANDATORY_CIPHERS = lmtp_tls_mandatory_ciphers: Text[1..], "medium";

    /// A list, "lmtp tls mandatory exclude ciphers", read by lmtp.
    LMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = lmtp_tls_mandatory_exclude_ciphers: List, "";

    /// A list, "lmtp tls mandatory protocols", read by lmtp.
    LMTP_TLS_MANDATORY_PROTOCOLS = lmtp_tls_mandatory_protocols: List, ">=TLSv1";

    /// A switch, "lmtp tls note starttls offer", read by lmtp.
    LMTP_TLS_NOTE_STARTTLS_OFFER = lmtp_tls_note_starttls_offer: Bool, "no";

    /// A text, "lmtp tls per site", read by lmtp.
    LMTP_TLS_PER_SITE = lmtp_tls_per_site: Text, "";

    /// A list, "lmtp tls policy maps", read by lmtp.
    LMTP_TLS_POLICY_MAPS = lmtp_tls_policy_maps: List, "";

    /// A list, "lmtp tls protocols", read by lmtp.
    LMTP_TLS_PROTOCOLS = lmtp_tls_protocols: List, ">=TLSv1";

    /// A number, "lmtp tls scert verifydepth", read by lmtp.
    LMTP_TLS_SCERT_VERIFYDEPTH = lmtp_tls_scert_verifydepth: Int, "9";

    /// A list, "lmtp tls secure cert match", read by lmtp.
    LMTP_TLS_SECURE_CERT_MATCH = lmtp_tls_secure_cert_match: List[1..], "nexthop";

    /// A text, "lmtp tls security level", read by lmtp.
    LMTP_TLS_SECURITY_LEVEL = lmtp_tls_security_level: Text, "";

    /// A text, "lmtp tls servername", read by lmtp.
    LMTP_TLS_SERVERNAME = lmtp_tls_servername: Text, "";

    /// A text, "lmtp tls session cache database", read by tlsmgr.
    LMTP_TLS_SESSION_CACHE_DATABASE = lmtp_tls_session_cache_database: Text, "";

    /// A time span, "lmtp tls session cache timeout", read by tlsmgr.
    LMTP_TLS_SESSION_CACHE_TIMEOUT = lmtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// A number, "lmtp tls trace size limit", read by lmtp.
    LMTP_TLS_TRACE_SIZE_LIMIT = lmtp_tls_trace_size_limit: Int, "102400";

    /// A text, "lmtp tls trust anchor file", read by lmtp.
    LMTP_TLS_TRUST_ANCHOR_FILE = lmtp_tls_trust_anchor_file: Text, "";

    /// A list, "lmtp tls verify cert match", read by lmtp.
    LMTP_TLS_VERIFY_CERT_MATCH = lmtp_tls_verify_cert_match: List[1..], "hostname";

    /// A switch, "lmtp tls wrappermode", read by lmtp.
    LMTP_TLS_WRAPPERMODE = lmtp_tls_wrappermode: Bool, "no";

    /// A switch, "lmtp tlsrpt enable", read by lmtp.
    LMTP_TLSRPT_ENABLE = lmtp_tlsrpt_enable: Bool, "no";

    /// A switch, "lmtp tlsrpt skip reused handshakes", read by lmtp.
    LMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = lmtp_tlsrpt_skip_reused_handshakes: Bool, "no";

    /// A text, "lmtp tlsrpt socket name", read by lmtp.
    LMTP_TLSRPT_SOCKET_NAME = lmtp_tlsrpt_socket_name: Text, "";

    /// A switch, "lmtp use tls", read by lmtp.
    LMTP_USE_TLS = lmtp_use_tls: Bool, "no";
}
