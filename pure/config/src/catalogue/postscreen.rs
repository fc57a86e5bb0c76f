//! The doorkeeper before the SMTP server.

use crate::param::*;

catalogue! {
    /// A time span, "dnsblog reply delay", read by dnsblog.
    DNSBLOG_REPLY_DELAY = dnsblog_reply_delay: Time[Seconds], "0s";

    /// A text, "dnsblog service name", read by postscreen.
    DNSBLOG_SERVICE_NAME = dnsblog_service_name: Text[1..], "dnsblog";

    /// A list, "postscreen access list", read by postscreen.
    POSTSCREEN_ACCESS_LIST = postscreen_access_list: List, "permit_mynetworks";

    /// A list, "postscreen allowlist interfaces", read by postscreen.
    POSTSCREEN_ALLOWLIST_INTERFACES = postscreen_allowlist_interfaces: List, "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}";

    /// A text, "postscreen bare newline action", read by postscreen.
    POSTSCREEN_BARE_NEWLINE_ACTION = postscreen_bare_newline_action: Text[1..], "ignore";

    /// A switch, "postscreen bare newline enable", read by postscreen.
    POSTSCREEN_BARE_NEWLINE_ENABLE = postscreen_bare_newline_enable: Bool, "no";

    /// A time span, "postscreen bare newline ttl", read by postscreen.
    POSTSCREEN_BARE_NEWLINE_TTL = postscreen_bare_newline_ttl: Time[1.., Days], "30d";

    /// A time span, "postscreen cache cleanup interval", read by postscreen.
    POSTSCREEN_CACHE_CLEANUP_INTERVAL = postscreen_cache_cleanup_interval: Time[Hours], "12h";

    /// A text, "postscreen cache map", read by postscreen and proxymap.
    POSTSCREEN_CACHE_MAP = postscreen_cache_map: Text, "$default_cache_db_type:$data_directory/postscreen_cache";

    /// A time span, "postscreen cache retention time", read by postscreen.
    POSTSCREEN_CACHE_RETENTION_TIME = postscreen_cache_retention_time: Time[1.., Days], "7d";

    /// A number, "postscreen client connection count limit", read by postscreen.
    POSTSCREEN_CLIENT_CONNECTION_COUNT_LIMIT = postscreen_client_connection_count_limit: Int, "$smtpd_client_connection_count_limit";

    /// A number, "postscreen command count limit", read by postscreen.
    POSTSCREEN_COMMAND_COUNT_LIMIT = postscreen_command_count_limit: Int[1..], "20";

    /// A text, "postscreen command filter", read by postscreen.
    POSTSCREEN_COMMAND_FILTER = postscreen_command_filter: Text, "";

    /// A time span, "postscreen command time limit", read by postscreen.
    POSTSCREEN_COMMAND_TIME_LIMIT = postscreen_command_time_limit: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// A text, "postscreen denylist action", read by postscreen.
    POSTSCREEN_DENYLIST_ACTION = postscreen_denylist_action: Text[1..], "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}";

    /// A switch, "postscreen disable vrfy command", read by postscreen.
    POSTSCREEN_DISABLE_VRFY_COMMAND = postscreen_disable_vrfy_command: Bool, "$disable_vrfy_command";

    /// A list, "postscreen discard ehlo keyword address maps", read by postscreen.
    POSTSCREEN_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = postscreen_discard_ehlo_keyword_address_maps: List, "$smtpd_discard_ehlo_keyword_address_maps";

    /// A list, "postscreen discard ehlo keywords", read by postscreen.
    POSTSCREEN_DISCARD_EHLO_KEYWORDS = postscreen_discard_ehlo_keywords: List, "$smtpd_discard_ehlo_keywords";

    /// A text, "postscreen dnsbl action", read by postscreen.
    POSTSCREEN_DNSBL_ACTION = postscreen_dnsbl_action: Text[1..], "ignore";

    /// A number, "postscreen dnsbl allowlist threshold", read by postscreen.
    POSTSCREEN_DNSBL_ALLOWLIST_THRESHOLD = postscreen_dnsbl_allowlist_threshold: Int, "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}";

    /// A time span, "postscreen dnsbl max ttl", read by postscreen.
    POSTSCREEN_DNSBL_MAX_TTL = postscreen_dnsbl_max_ttl: Time[1.., Hours], "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h";

    /// A time span, "postscreen dnsbl min ttl", read by postscreen.
    POSTSCREEN_DNSBL_MIN_TTL = postscreen_dnsbl_min_ttl: Time[1.., Seconds], "60s";

    /// A text, "postscreen dnsbl reply map", read by postscreen.
    POSTSCREEN_DNSBL_REPLY_MAP = postscreen_dnsbl_reply_map: Text, "";

    /// A list, "postscreen dnsbl sites", read by postscreen.
    POSTSCREEN_DNSBL_SITES = postscreen_dnsbl_sites: List, "";

    /// A number, "postscreen dnsbl threshold", read by postscreen.
    POSTSCREEN_DNSBL_THRESHOLD = postscreen_dnsbl_threshold: Int[1..], "1";

    /// A time span, "postscreen dnsbl timeout", read by postscreen.
    POSTSCREEN_DNSBL_TIMEOUT = postscreen_dnsbl_timeout: Time[1.., Seconds], "10s";

    /// A switch, "postscreen enforce tls", read by postscreen.
    POSTSCREEN_ENFORCE_TLS = postscreen_enforce_tls: Bool, "$smtpd_enforce_tls";

    /// A text with names of its own, "postscreen expansion filter", read by postscreen.
    POSTSCREEN_EXPANSION_FILTER = postscreen_expansion_filter: Raw[1..], "$smtpd_expansion_filter";

    /// A list, "postscreen forbidden commands", read by postscreen and proxymap.
    POSTSCREEN_FORBIDDEN_COMMANDS = postscreen_forbidden_commands: List, "$smtpd_forbidden_commands";

    /// A text, "postscreen greet action", read by postscreen.
    POSTSCREEN_GREET_ACTION = postscreen_greet_action: Text[1..], "ignore";

    /// A text, "postscreen greet banner", read by postscreen.
    POSTSCREEN_GREET_BANNER = postscreen_greet_banner: Text, "$smtpd_banner";

    /// A time span, "postscreen greet ttl", read by postscreen.
    POSTSCREEN_GREET_TTL = postscreen_greet_ttl: Time[1.., Days], "1d";

    /// A time span, "postscreen greet wait", read by postscreen.
    POSTSCREEN_GREET_WAIT = postscreen_greet_wait: Time[1.., Seconds], "${stress?{2}:{6}}s";

    /// A switch, "postscreen helo required", read by postscreen.
    POSTSCREEN_HELO_REQUIRED = postscreen_helo_required: Bool, "$smtpd_helo_required";

    /// A text, "postscreen non smtp command action", read by postscreen.
    POSTSCREEN_NON_SMTP_COMMAND_ACTION = postscreen_non_smtp_command_action: Text[1..], "drop";

    /// A switch, "postscreen non smtp command enable", read by postscreen.
    POSTSCREEN_NON_SMTP_COMMAND_ENABLE = postscreen_non_smtp_command_enable: Bool, "no";

    /// A time span, "postscreen non smtp command ttl", read by postscreen.
    POSTSCREEN_NON_SMTP_COMMAND_TTL = postscreen_non_smtp_command_ttl: Time[1.., Days], "30d";

    /// A text, "postscreen pipelining action", read by postscreen.
    POSTSCREEN_PIPELINING_ACTION = postscreen_pipelining_action: Text[1..], "enforce";

    /// A switch, "postscreen pipelining enable", read by postscreen.
    POSTSCREEN_PIPELINING_ENABLE = postscreen_pipelining_enable: Bool, "no";

    /// A time span, "postscreen pipelining ttl", read by postscreen.
    POSTSCREEN_PIPELINING_TTL = postscreen_pipelining_ttl: Time[1.., Days], "30d";

    /// A number, "postscreen post queue limit", read by postscreen.
    POSTSCREEN_POST_QUEUE_LIMIT = postscreen_post_queue_limit: Int[5..], "$default_process_limit";

    /// A number, "postscreen pre queue limit", read by postscreen.
    POSTSCREEN_PRE_QUEUE_LIMIT = postscreen_pre_queue_limit: Int[10..], "$default_process_limit";

    /// A text with names of its own, "postscreen reject footer", read by postscreen.
    POSTSCREEN_REJECT_FOOTER = postscreen_reject_footer: Raw, "$smtpd_reject_footer";

    /// A list, "postscreen reject footer maps", read by postscreen.
    POSTSCREEN_REJECT_FOOTER_MAPS = postscreen_reject_footer_maps: List, "$smtpd_reject_footer_maps";

    /// A time span, "postscreen starttls timeout", read by postscreen.
    POSTSCREEN_STARTTLS_TIMEOUT = postscreen_starttls_timeout: Time[1.., Seconds], "$smtpd_starttls_timeout";

    /// A text, "postscreen tls CAfile", read by postscreen.
    POSTSCREEN_TLS_CAFILE = postscreen_tls_CAfile: Text, "$smtpd_tls_CAfile";

    /// A text, "postscreen tls CApath", read by postscreen.
    POSTSCREEN_TLS_CAPATH = postscreen_tls_CApath: Text, "$smtpd_tls_CApath";

    /// A switch, "postscreen tls always issue session ids", read by postscreen.
    POSTSCREEN_TLS_ALWAYS_ISSUE_SESSION_IDS = postscreen_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids";

    /// A switch, "postscreen tls ask ccert", read by postscreen.
    POSTSCREEN_TLS_ASK_CCERT = postscreen_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert";

    /// A number, "postscreen tls ccert verifydepth", read by postscreen.
    POSTSCREEN_TLS_CCERT_VERIFYDEPTH = postscreen_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth";

    /// A text, "postscreen tls cert file", read by postscreen.
    POSTSCREEN_TLS_CERT_FILE = postscreen_tls_cert_file: Text, "$smtpd_tls_cert_file";

    /// A list, "postscreen tls chain files", read by postscreen.
    POSTSCREEN_TLS_CHAIN_FILES = postscreen_tls_chain_files: List, "$smtpd_tls_chain_files";

    /// A text, "postscreen tls ciphers", read by postscreen.
    POSTSCREEN_TLS_CIPHERS = postscreen_tls_ciphers: Text[1..], "$smtpd_tls_ciphers";

    /// A text, "postscreen tls dcert file", read by postscreen.
    POSTSCREEN_TLS_DCERT_FILE = postscreen_tls_dcert_file: Text, "$smtpd_tls_dcert_file";

    /// A text, "postscreen tls dh1024 param file", read by postscreen.
    POSTSCREEN_TLS_DH1024_PARAM_FILE = postscreen_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file";

    /// A text, "postscreen tls dh512 param file", read by postscreen.
    POSTSCREEN_TLS_DH512_PARAM_FILE = postscreen_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file";

    /// A text, "postscreen tls dkey file", read by postscreen.
    POSTSCREEN_TLS_DKEY_FILE = postscreen_tls_dkey_file: Text, "$smtpd_tls_dkey_file";

    /// A text, "postscreen tls eccert file", read by postscreen.
    POSTSCREEN_TLS_ECCERT_FILE = postscreen_tls_eccert_file: Text, "$smtpd_tls_eccert_file";

    /// A text, "postscreen tls eckey file", read by postscreen.
    POSTSCREEN_TLS_ECKEY_FILE = postscreen_tls_eckey_file: Text, "$smtpd_tls_eckey_file";

    /// A text, "postscreen tls eecdh grade", read by postscreen.
    POSTSCREEN_TLS_EECDH_GRADE = postscreen_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade";

    /// A switch, "postscreen tls enable rpk", read by postscreen.
    POSTSCREEN_TLS_ENABLE_RPK = postscreen_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk";

    /// A list, "postscreen tls exclude ciphers", read by postscreen.
    POSTSCREEN_TLS_EXCLUDE_CIPHERS = postscreen_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers";

    /// A text, "postscreen tls fingerprint digest", read by postscreen.
    POSTSCREEN_TLS_FINGERPRINT_DIGEST = postscreen_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest";

    /// A text, "postscreen tls key file", read by postscreen.
    POSTSCREEN_TLS_KEY_FILE = postscreen_tls_key_file: Text, "$smtpd_tls_key_file";

    /// A text, "postscreen tls loglevel", read by postscreen.
    POSTSCREEN_TLS_LOGLEVEL = postscreen_tls_loglevel: Text, "$smtpd_tls_loglevel";

    /// A list, "postscreen tls loglevel maps", read by postscreen.
    POSTSCREEN_TLS_LOGLEVEL_MAPS = postscreen_tls_loglevel_maps: List, "$smtpd_tls_loglevel_maps";

    /// A text, "postscreen tls mandatory ciphers", read by postscreen.
    POSTSCREEN_TLS_MANDATORY_CIPHERS = postscreen_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers";

    /// A list, "postscreen tls mandatory exclude ciphers", read by postscreen.
    POSTSCREEN_TLS_MANDATORY_EXCLUDE_CIPHERS = postscreen_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers";

    /// A list, "postscreen tls mandatory protocols", read by postscreen.
    POSTSCREEN_TLS_MANDATORY_PROTOCOLS = postscreen_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols";

    /// A list, "postscreen tls protocols", read by postscreen.
    POSTSCREEN_TLS_PROTOCOLS = postscreen_tls_protocols: List, "$smtpd_tls_protocols";

    /// A switch, "postscreen tls req ccert", read by postscreen.
    POSTSCREEN_TLS_REQ_CCERT = postscreen_tls_req_ccert: Bool, "$smtpd_tls_req_ccert";

    /// A text, "postscreen tls security level", read by postscreen.
    POSTSCREEN_TLS_SECURITY_LEVEL = postscreen_tls_security_level: Text, "$smtpd_tls_security_level";

    /// A number, "postscreen tls trace size limit", read by postscreen.
    POSTSCREEN_TLS_TRACE_SIZE_LIMIT = postscreen_tls_trace_size_limit: Int, "$smtpd_tls_trace_size_limit";

    /// A text, "postscreen upstream proxy protocol", read by postscreen.
    POSTSCREEN_UPSTREAM_PROXY_PROTOCOL = postscreen_upstream_proxy_protocol: Text, "";

    /// A time span, "postscreen upstream proxy timeout", read by postscreen.
    POSTSCREEN_UPSTREAM_PROXY_TIMEOUT = postscreen_upstream_proxy_timeout: Time[1.., Seconds], "5s";

    /// A switch, "postscreen use tls", read by postscreen.
    POSTSCREEN_USE_TLS = postscreen_use_tls: Bool, "$smtpd_use_tls";

    /// A time span, "postscreen watchdog timeout", read by postscreen.
    POSTSCREEN_WATCHDOG_TIMEOUT = postscreen_watchdog_timeout: Time[10.., Seconds], "10s";
}
