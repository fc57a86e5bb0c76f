//! What is logged, and where.

catalogue! {
    /// By how much the verbosity of logging rises for a peer or next hop in `debug_peer_list`. It has the effect of
    /// as many `-v` in `master.cf`, for those sessions alone.
    DEBUG_PEER_LEVEL = debug_peer_level: Int[1..], "2";

    /// Clients, servers and next hops whose sessions are logged in detail: domains, addresses, networks, `/file`,
    /// `type:table`. IPv6 addresses in brackets. `debug_peer_level` says how much detail. Whether a domain stands for
    /// its subdomains is up to `parent_domain_matches_subdomains`.
    DEBUG_PEER_LIST = debug_peer_list: List, "";

    /// A shell command that is started when a daemon has the option `-D` in `master.cf`, meant to attach a debugger.
    /// Names of parameters, `$process_name` and `$process_id` are expanded; `$$` is one `$`. End it with `& sleep 5`,
    /// so that the debugger is there before the daemon goes on.
    DEBUGGER_COMMAND = debugger_command: Text, "";

    /// How many digits after the point delays have in the log, 0 to 6. Delays of 100 seconds and more are whole
    /// seconds, tiny ones are `0`, others have two digits that count. The four parts of `delays=a/b/c/d` are: before
    /// the queue manager took the message up, waiting in the active queue, connecting (with DNS, greeting and TLS),
    /// and sending.
    /// Since 2.3.
    DELAY_LOGGING_RESOLUTION_LIMIT = delay_logging_resolution_limit: Int[0..=6], "2";

    /// Whether the log has warnings with advice about settings that are likely to be mistakes, and about a
    /// destination that clogs the queue (`qmgr_clog_warn_time`).
    /// Since 2.0.
    HELPFUL_WARNINGS = helpful_warnings: Bool, "yes";

    /// The form of addresses in the log.
    ///
    /// - `external`: as on the wire, `"two words"@example.com`, which is also what most tables are asked
    /// - `internal`: without quotes, as releases before 3.5 logged them
    /// Since 3.5.
    INFO_LOG_ADDRESS_FORMAT = info_log_address_format: Text[1..], "external";

    /// A file that postlogd(8) writes the log to, instead of syslog; empty is syslog. The path must begin with one of
    /// `maillog_file_prefixes`. `/dev/stdout` is for `postfix start-fg`, as in containers. Some commands log to
    /// syslog until they have read their configuration. `postfix logrotate` rotates the file.
    /// Since 3.4.
    MAILLOG_FILE = maillog_file: Text, "";

    /// The program that packs the old file after `postfix logrotate`; it gets the file's name as its argument.
    /// Since 3.4.
    MAILLOG_FILE_COMPRESSOR = maillog_file_compressor: Text[1..], "gzip";

    /// The mode of a new `maillog_file`: `0600`, `0640` or `0644`; the leading 0 may be left out. A file that is
    /// there keeps its mode. Log files hold addresses of users: think before you let everyone read them.
    /// Since 3.9.
    MAILLOG_FILE_PERMISSIONS = maillog_file_permissions: Text[1..], "0600";

    /// With what `maillog_file` must begin. It keeps a slip of the pen from overwriting some other file.
    /// Since 3.4.
    MAILLOG_FILE_PREFIXES = maillog_file_prefixes: List[1..], "/var, /dev/stdout";

    /// What `postfix logrotate` appends to the name of the old `maillog_file`, in the notation of strftime(3). The
    /// default goes down to the second, so that one may rotate often.
    /// Since 3.4.
    MAILLOG_FILE_ROTATE_SUFFIX = maillog_file_rotate_suffix: Text[1..], "%Y%m%d-%H%M%S";

    /// How long postlogd(8) may take for one request before its watchdog ends the process; not below 10 seconds.
    /// Since 3.4.
    POSTLOGD_WATCHDOG_TIMEOUT = postlogd_watchdog_timeout: Time[10.., Seconds], "10s";

    /// Whether log lines say `allowlist` and `denylist` in place of the older words. The default depends on
    /// `compatibility_level`; programs that read the log may have to learn the new words first.
    /// Since 3.6.
    RESPECTFUL_LOGGING = respectful_logging: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// The syslog facility. What a program logs before it has read its configuration goes to the default facility.
    SYSLOG_FACILITY = syslog_facility: Text[1..], "mail";

    /// What stands before the program's name in the log: `postfix` gives `postfix/smtpd`. Give services of their own
    /// kind a name of their own in `master.cf`, as in `-o syslog_name=postfix/submission`. What a program logs before
    /// it has read its configuration has the default name.
    SYSLOG_NAME = syslog_name: Text[1..], "${multi_instance_name?{$multi_instance_name}:{postfix}}";
}
