//! What is logged, and where.

catalogue! {
    /// By how much logging grows for peers in `debug_peer_list`.
    DEBUG_PEER_LEVEL = debug_peer_level: Int[1..], "2";

    /// Clients or servers with which dialogues are logged in detail.
    DEBUG_PEER_LIST = debug_peer_list: List, "";

    /// The command that runs a debugger on a program that was started with `-D`.
    DEBUGGER_COMMAND = debugger_command: Text, "";

    /// How many digits after the point the delays in the log have.
    DELAY_LOGGING_RESOLUTION_LIMIT = delay_logging_resolution_limit: Int[0..=6], "2";

    /// Whether questionable settings are warned of.
    HELPFUL_WARNINGS = helpful_warnings: Bool, "yes";

    /// The form of addresses in the log: `external` (quoted) or `internal`.
    INFO_LOG_ADDRESS_FORMAT = info_log_address_format: Text[1..], "external";

    /// The log file; empty logs to syslog.
    MAILLOG_FILE = maillog_file: Text, "";

    /// The program that compresses a log file after rotation.
    MAILLOG_FILE_COMPRESSOR = maillog_file_compressor: Text[1..], "gzip";

    /// The permissions of a new log file.
    MAILLOG_FILE_PERMISSIONS = maillog_file_permissions: Text[1..], "0600";

    /// Folders in which a log file may be.
    MAILLOG_FILE_PREFIXES = maillog_file_prefixes: List[1..], "/var, /dev/stdout";

    /// What is added to the name of a rotated log file, as a time format.
    MAILLOG_FILE_ROTATE_SUFFIX = maillog_file_rotate_suffix: Text[1..], "%Y%m%d-%H%M%S";

    /// How long `postlogd` may take for one line before it is given up.
    POSTLOGD_WATCHDOG_TIMEOUT = postlogd_watchdog_timeout: Time[10.., Seconds], "10s";

    /// Whether the log says allowlist and denylist.
    RESPECTFUL_LOGGING = respectful_logging: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// The syslog facility of all log lines.
    SYSLOG_FACILITY = syslog_facility: Text[1..], "mail";

    /// The name before the program's name in log lines.
    SYSLOG_NAME = syslog_name: Text[1..], "${multi_instance_name?{$multi_instance_name}:{postfix}}";
}
