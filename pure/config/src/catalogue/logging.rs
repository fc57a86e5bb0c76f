//! What is logged, and where.

use crate::param::*;

catalogue! {
    /// A number, "debug peer level", read by every program.
    DEBUG_PEER_LEVEL = debug_peer_level: Int[1..], "2";

    /// A list, "debug peer list", read by every program.
    DEBUG_PEER_LIST = debug_peer_list: List, "";

    /// A text, "debugger command", read by every program.
    DEBUGGER_COMMAND = debugger_command: Text, "";

    /// A number, "delay logging resolution limit", read by every program.
    DELAY_LOGGING_RESOLUTION_LIMIT = delay_logging_resolution_limit: Int[0..=6], "2";

    /// A switch, "helpful warnings", read by every program.
    HELPFUL_WARNINGS = helpful_warnings: Bool, "yes";

    /// A text, "info log address format", read by every program.
    INFO_LOG_ADDRESS_FORMAT = info_log_address_format: Text[1..], "external";

    /// A text, "maillog file", read by every program.
    MAILLOG_FILE = maillog_file: Text, "";

    /// A text, "maillog file compressor", read by every program.
    MAILLOG_FILE_COMPRESSOR = maillog_file_compressor: Text[1..], "gzip";

    /// A text, "maillog file permissions", read by every program.
    MAILLOG_FILE_PERMISSIONS = maillog_file_permissions: Text[1..], "0600";

    /// A list, "maillog file prefixes", read by every program.
    MAILLOG_FILE_PREFIXES = maillog_file_prefixes: List[1..], "/var, /dev/stdout";

    /// A text, "maillog file rotate suffix", read by every program.
    MAILLOG_FILE_ROTATE_SUFFIX = maillog_file_rotate_suffix: Text[1..], "%Y%m%d-%H%M%S";

    /// A time span, "postlogd watchdog timeout", read by postlogd.
    POSTLOGD_WATCHDOG_TIMEOUT = postlogd_watchdog_timeout: Time[10.., Seconds], "10s";

    /// A switch, "respectful logging", read by every program.
    RESPECTFUL_LOGGING = respectful_logging: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// A text, "syslog facility", read by every program.
    SYSLOG_FACILITY = syslog_facility: Text[1..], "mail";

    /// A text, "syslog name", read by every program.
    SYSLOG_NAME = syslog_name: Text[1..], "${multi_instance_name?{$multi_instance_name}:{postfix}}";
}
