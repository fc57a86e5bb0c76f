//! The doorkeeper before the SMTP server.

catalogue! {
    /// Delays answers of dnsblog(8), to try out what postscreen(8) does with slow ones. 0 does not delay.
    /// Since 2.8.
    DNSBLOG_REPLY_DELAY = dnsblog_reply_delay: Time[Seconds], "0s";

    /// The name of the service dnsblog(8), which asks DNS lists. Change a service name only if `master.cf` has it
    /// under another name.
    /// Since 2.8.
    DNSBLOG_SERVICE_NAME = dnsblog_service_name: Text[1..], "dnsblog";

    /// Clients that are let in or kept out for good, before any test; the first decision counts.
    ///
    /// - `permit_mynetworks`: let clients in `mynetworks` in
    /// - `type:table`: look the address up; the result is one of the other words. Take `cidr:`
    /// - `permit`, `reject`: let in; or treat as `postscreen_denylist_action` says
    /// - `dunno`: leave the table, or go on to the tests
    /// Since 2.8.
    POSTSCREEN_ACCESS_LIST = postscreen_access_list: List, "permit_mynetworks";

    /// The own addresses at which a client can become known as good. A client that only ever comes to the backup
    /// address is up to no good: `!192.0.2.8, static:all` keeps such ones out. Written as `mynetworks`.
    /// Since 3.6.
    POSTSCREEN_ALLOWLIST_INTERFACES = postscreen_allowlist_interfaces: List, "${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}";

    /// What a client meets that ends a line with a line feed alone, if `postscreen_bare_newline_enable` is on.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    /// Since 2.8.
    POSTSCREEN_BARE_NEWLINE_ACTION = postscreen_bare_newline_action: Text[1..], "ignore";

    /// Whether clients are tested for lines that end in a line feed alone. A deep test: who passes must come back
    /// before mail is taken.
    /// Since 2.8.
    POSTSCREEN_BARE_NEWLINE_ENABLE = postscreen_bare_newline_enable: Bool, "no";

    /// How long a client that passed is not tested for bare line feeds again. A number without unit means days.
    /// Since 2.8.
    POSTSCREEN_BARE_NEWLINE_TTL = postscreen_bare_newline_ttl: Time[1.., Days], "30d";

    /// How often expired entries are thrown out of `postscreen_cache_map`; 0 never does. A number without unit means
    /// hours. The map's type must be able to delete and to list.
    /// Since 2.8.
    POSTSCREEN_CACHE_CLEANUP_INTERVAL = postscreen_cache_cleanup_interval: Time[Hours], "12h";

    /// Where postscreen remembers who passed which test. Several postscreens can share one by `proxy:`.
    /// Since 2.8.
    POSTSCREEN_CACHE_MAP = postscreen_cache_map: Text, "$default_cache_db_type:$data_directory/postscreen_cache";

    /// How long an expired entry of `postscreen_cache_map` is kept before it is thrown out, so that an old
    /// acquaintance is not logged as `NEW`. A number without unit means days.
    /// Since 2.8.
    POSTSCREEN_CACHE_RETENTION_TIME = postscreen_cache_retention_time: Time[1.., Days], "7d";

    /// How many connections a client may have at once with postscreen(8). The default is that of smtpd(8), although a
    /// client waits here for several seconds at its first visit.
    /// Since 2.8.
    POSTSCREEN_CLIENT_CONNECTION_COUNT_LIMIT = postscreen_client_connection_count_limit: Int, "$smtpd_client_connection_count_limit";

    /// How many commands a client may give in one session with postscreen's own SMTP dialogue, before the session is
    /// ended. No mail is taken in that dialogue in any case.
    /// Since 2.8.
    POSTSCREEN_COMMAND_COUNT_LIMIT = postscreen_command_count_limit: Int[1..], "20";

    /// Since 2.8.
    POSTSCREEN_COMMAND_FILTER = postscreen_command_filter: Text, "", like SMTPD_COMMAND_FILTER;

    /// How long a client may take for one command line in postscreen's own SMTP dialogue; 10 seconds under stress by
    /// default.
    /// Since 2.8.
    POSTSCREEN_COMMAND_TIME_LIMIT = postscreen_command_time_limit: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// What a client meets that `postscreen_access_list` keeps out.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    ///
    /// Its name was postscreen_blacklist_action before 3.6.
    /// Since 3.6.
    POSTSCREEN_DENYLIST_ACTION = postscreen_denylist_action: Text[1..], "${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}";

    /// Since 2.8.
    POSTSCREEN_DISABLE_VRFY_COMMAND = postscreen_disable_vrfy_command: Bool, "$disable_vrfy_command", like DISABLE_VRFY_COMMAND;

    /// Since 2.8.
    POSTSCREEN_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = postscreen_discard_ehlo_keyword_address_maps: List, "$smtpd_discard_ehlo_keyword_address_maps", like SMTPD_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS;

    /// Since 2.8.
    POSTSCREEN_DISCARD_EHLO_KEYWORDS = postscreen_discard_ehlo_keywords: List, "$smtpd_discard_ehlo_keywords", like SMTPD_DISCARD_EHLO_KEYWORDS;

    /// What a client meets that scores `postscreen_dnsbl_threshold` or more.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    /// Since 2.8.
    POSTSCREEN_DNSBL_ACTION = postscreen_dnsbl_action: Text[1..], "ignore";

    /// With which score a client needs no other tests: one at or below this, which must be negative; 0 turns it off.
    /// The client stays known for the lifetime of the DNS answers, see `postscreen_dnsbl_min_ttl` and
    /// `postscreen_dnsbl_max_ttl`.
    /// Since 3.6.
    POSTSCREEN_DNSBL_ALLOWLIST_THRESHOLD = postscreen_dnsbl_allowlist_threshold: Int, "${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}";

    /// How long a client that passed is not looked up again at most, whatever lifetime the DNS answers have. A number
    /// without unit means hours.
    /// Since 3.1.
    POSTSCREEN_DNSBL_MAX_TTL = postscreen_dnsbl_max_ttl: Time[1.., Hours], "${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h";

    /// How long a client that passed is not looked up again at least, whatever lifetime the DNS answers have.
    /// Since 3.1.
    POSTSCREEN_DNSBL_MIN_TTL = postscreen_dnsbl_min_ttl: Time[1.., Seconds], "60s";

    /// A table from a list's name to the name that clients are told, for lists whose name contains your key. Best
    /// `texthash:` or `pcre:`.
    /// Since 2.8.
    POSTSCREEN_DNSBL_REPLY_MAP = postscreen_dnsbl_reply_map: Text, "";

    /// DNS lists that each client is looked up in, and what an entry counts: `domain=filter*weight`.
    ///
    /// - `filter`: only answers such as `127.0.0.[2..11]` count; without one, any does
    /// - `weight`: added once to the client's score, 1 if left out; negative for lists of good clients
    ///
    /// See `postscreen_dnsbl_threshold`, `postscreen_dnsbl_reply_map` for secret names, and mind the lists' terms:
    /// most want your own resolver.
    /// Since 2.8.
    POSTSCREEN_DNSBL_SITES = postscreen_dnsbl_sites: List, "";

    /// With which score, or more, `postscreen_dnsbl_action` applies. The score is the sum of the weights of all
    /// entries found in `postscreen_dnsbl_sites`; with a threshold of 2 and weights of 1 two lists must agree.
    /// Since 2.8.
    POSTSCREEN_DNSBL_THRESHOLD = postscreen_dnsbl_threshold: Int[1..], "1";

    /// How long postscreen waits for DNS lists. Lists that have not answered then count as if they had no entry.
    /// Since 3.0.
    POSTSCREEN_DNSBL_TIMEOUT = postscreen_dnsbl_timeout: Time[1.., Seconds], "10s";

    /// Use `postscreen_tls_security_level` instead.
    /// Since 2.8.
    POSTSCREEN_ENFORCE_TLS = postscreen_enforce_tls: Bool, "$smtpd_enforce_tls", like SMTPD_ENFORCE_TLS;

    /// It concerns `postscreen_reject_footer`.
    /// Since 2.8.
    POSTSCREEN_EXPANSION_FILTER = postscreen_expansion_filter: Raw[1..], "$smtpd_expansion_filter", like SMTPD_EXPANSION_FILTER;

    /// What happens is up to `postscreen_non_smtp_command_action`.
    /// Since 2.8.
    POSTSCREEN_FORBIDDEN_COMMANDS = postscreen_forbidden_commands: List, "$smtpd_forbidden_commands", like SMTPD_FORBIDDEN_COMMANDS;

    /// What a client meets that speaks before the greeting is complete, within `postscreen_greet_wait`.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    ///
    /// In every case the client does not become known as good.
    /// Since 2.8.
    POSTSCREEN_GREET_ACTION = postscreen_greet_action: Text[1..], "ignore";

    /// The first line of a greeting of two, sent at once; the second follows after `postscreen_greet_wait`. Spam
    /// programs take it for the whole and speak too early. Empty sends none.
    /// Since 2.8.
    POSTSCREEN_GREET_BANNER = postscreen_greet_banner: Text, "$smtpd_banner";

    /// How long a client that waited for the greeting is not tested for that again. A number without unit means days.
    /// Short is fine, for the test costs the client only seconds.
    /// Since 2.8.
    POSTSCREEN_GREET_TTL = postscreen_greet_ttl: Time[1.., Days], "1d";

    /// How long a client waits for the greeting, and how long DNS lists have to answer; 2 seconds under stress by
    /// default.
    /// Since 2.8.
    POSTSCREEN_GREET_WAIT = postscreen_greet_wait: Time[1.., Seconds], "${stress?{2}:{6}}s";

    /// Since 2.8.
    POSTSCREEN_HELO_REQUIRED = postscreen_helo_required: Bool, "$smtpd_helo_required", like SMTPD_HELO_REQUIRED;

    /// What a client meets that gives a command of `postscreen_forbidden_commands`, if
    /// `postscreen_non_smtp_command_enable` is on.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    /// Since 2.8.
    POSTSCREEN_NON_SMTP_COMMAND_ACTION = postscreen_non_smtp_command_action: Text[1..], "drop";

    /// Whether clients are tested for commands that are not SMTP. A deep test: who passes must come back before mail
    /// is taken.
    /// Since 2.8.
    POSTSCREEN_NON_SMTP_COMMAND_ENABLE = postscreen_non_smtp_command_enable: Bool, "no";

    /// How long a client that passed is not tested for foreign commands again. A number without unit means days.
    /// Since 2.8.
    POSTSCREEN_NON_SMTP_COMMAND_TTL = postscreen_non_smtp_command_ttl: Time[1.., Days], "30d";

    /// What a client meets that sends several commands at once without being allowed to, if
    /// `postscreen_pipelining_enable` is on.
    ///
    /// - `ignore`: go on; for trying out and counting
    /// - `enforce`: let other tests finish, then refuse each delivery with 550, logging HELO, sender and recipient
    /// - `drop`: end the session with 521 at once
    /// Since 2.8.
    POSTSCREEN_PIPELINING_ACTION = postscreen_pipelining_action: Text[1..], "enforce";

    /// Whether clients are tested for commands sent ahead of time. A deep test: who passes must come back before mail
    /// is taken.
    /// Since 2.8.
    POSTSCREEN_PIPELINING_ENABLE = postscreen_pipelining_enable: Bool, "no";

    /// How long a client that passed is not tested for commands ahead of time again. A number without unit means
    /// days.
    /// Since 2.8.
    POSTSCREEN_PIPELINING_TTL = postscreen_pipelining_ttl: Time[1.., Days], "30d";

    /// How many clients that passed may wait for smtpd(8); beyond it everybody gets 421. Not below 5. If it is
    /// reached, smtpd needs more processes.
    /// Since 2.8.
    POSTSCREEN_POST_QUEUE_LIMIT = postscreen_post_queue_limit: Int[5..], "$default_process_limit";

    /// How many clients may be under test; beyond it those that are not known yet get 421, while known ones still
    /// pass. Not below 10.
    /// Since 2.8.
    POSTSCREEN_PRE_QUEUE_LIMIT = postscreen_pre_queue_limit: Int[10..], "$default_process_limit";

    /// Since 2.8.
    POSTSCREEN_REJECT_FOOTER = postscreen_reject_footer: Raw, "$smtpd_reject_footer", like SMTPD_REJECT_FOOTER;

    /// Since 3.4.
    POSTSCREEN_REJECT_FOOTER_MAPS = postscreen_reject_footer_maps: List, "$smtpd_reject_footer_maps", like SMTPD_REJECT_FOOTER_MAPS;

    /// Since 3.12.
    POSTSCREEN_STARTTLS_TIMEOUT = postscreen_starttls_timeout: Time[1.., Seconds], "$smtpd_starttls_timeout", like SMTPD_STARTTLS_TIMEOUT;

    /// Since 3.12.
    POSTSCREEN_TLS_CAFILE = postscreen_tls_CAfile: Text, "$smtpd_tls_CAfile", like SMTPD_TLS_CAFILE;

    /// Since 3.12.
    POSTSCREEN_TLS_CAPATH = postscreen_tls_CApath: Text, "$smtpd_tls_CApath", like SMTPD_TLS_CAPATH;

    /// Since 3.12.
    POSTSCREEN_TLS_ALWAYS_ISSUE_SESSION_IDS = postscreen_tls_always_issue_session_ids: Bool, "$smtpd_tls_always_issue_session_ids", like SMTPD_TLS_ALWAYS_ISSUE_SESSION_IDS;

    /// Since 3.12.
    POSTSCREEN_TLS_ASK_CCERT = postscreen_tls_ask_ccert: Bool, "$smtpd_tls_ask_ccert", like SMTPD_TLS_ASK_CCERT;

    /// Since 3.12.
    POSTSCREEN_TLS_CCERT_VERIFYDEPTH = postscreen_tls_ccert_verifydepth: Int, "$smtpd_tls_ccert_verifydepth", like SMTPD_TLS_CCERT_VERIFYDEPTH;

    /// Since 3.12.
    POSTSCREEN_TLS_CERT_FILE = postscreen_tls_cert_file: Text, "$smtpd_tls_cert_file", like SMTPD_TLS_CERT_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_CHAIN_FILES = postscreen_tls_chain_files: List, "$smtpd_tls_chain_files", like SMTPD_TLS_CHAIN_FILES;

    /// Since 3.12.
    POSTSCREEN_TLS_CIPHERS = postscreen_tls_ciphers: Text[1..], "$smtpd_tls_ciphers", like SMTPD_TLS_CIPHERS;

    /// Since 3.12.
    POSTSCREEN_TLS_DCERT_FILE = postscreen_tls_dcert_file: Text, "$smtpd_tls_dcert_file", like SMTPD_TLS_DCERT_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_DH1024_PARAM_FILE = postscreen_tls_dh1024_param_file: Text, "$smtpd_tls_dh1024_param_file", like SMTPD_TLS_DH1024_PARAM_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_DH512_PARAM_FILE = postscreen_tls_dh512_param_file: Text, "$smtpd_tls_dh512_param_file", like SMTPD_TLS_DH512_PARAM_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_DKEY_FILE = postscreen_tls_dkey_file: Text, "$smtpd_tls_dkey_file", like SMTPD_TLS_DKEY_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_ECCERT_FILE = postscreen_tls_eccert_file: Text, "$smtpd_tls_eccert_file", like SMTPD_TLS_ECCERT_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_ECKEY_FILE = postscreen_tls_eckey_file: Text, "$smtpd_tls_eckey_file", like SMTPD_TLS_ECKEY_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_EECDH_GRADE = postscreen_tls_eecdh_grade: Text[1..], "$smtpd_tls_eecdh_grade", like SMTPD_TLS_EECDH_GRADE;

    /// Since 3.12.
    POSTSCREEN_TLS_ENABLE_RPK = postscreen_tls_enable_rpk: Bool, "$smtpd_tls_enable_rpk", like SMTPD_TLS_ENABLE_RPK;

    /// Since 3.12.
    POSTSCREEN_TLS_EXCLUDE_CIPHERS = postscreen_tls_exclude_ciphers: List, "$smtpd_tls_exclude_ciphers", like SMTPD_TLS_EXCLUDE_CIPHERS;

    /// Since 3.12.
    POSTSCREEN_TLS_FINGERPRINT_DIGEST = postscreen_tls_fingerprint_digest: Text[1..], "$smtpd_tls_fingerprint_digest", like SMTPD_TLS_FINGERPRINT_DIGEST;

    /// Since 3.12.
    POSTSCREEN_TLS_KEY_FILE = postscreen_tls_key_file: Text, "$smtpd_tls_key_file", like SMTPD_TLS_KEY_FILE;

    /// Since 3.12.
    POSTSCREEN_TLS_LOGLEVEL = postscreen_tls_loglevel: Text, "$smtpd_tls_loglevel", like SMTPD_TLS_LOGLEVEL;

    /// Since 3.12.
    POSTSCREEN_TLS_LOGLEVEL_MAPS = postscreen_tls_loglevel_maps: List, "$smtpd_tls_loglevel_maps", like SMTPD_TLS_LOGLEVEL_MAPS;

    /// Since 3.12.
    POSTSCREEN_TLS_MANDATORY_CIPHERS = postscreen_tls_mandatory_ciphers: Text[1..], "$smtpd_tls_mandatory_ciphers", like SMTPD_TLS_MANDATORY_CIPHERS;

    /// Since 3.12.
    POSTSCREEN_TLS_MANDATORY_EXCLUDE_CIPHERS = postscreen_tls_mandatory_exclude_ciphers: List, "$smtpd_tls_mandatory_exclude_ciphers", like SMTPD_TLS_MANDATORY_EXCLUDE_CIPHERS;

    /// Since 3.12.
    POSTSCREEN_TLS_MANDATORY_PROTOCOLS = postscreen_tls_mandatory_protocols: List, "$smtpd_tls_mandatory_protocols", like SMTPD_TLS_MANDATORY_PROTOCOLS;

    /// Since 3.12.
    POSTSCREEN_TLS_PROTOCOLS = postscreen_tls_protocols: List, "$smtpd_tls_protocols", like SMTPD_TLS_PROTOCOLS;

    /// Since 3.12.
    POSTSCREEN_TLS_REQ_CCERT = postscreen_tls_req_ccert: Bool, "$smtpd_tls_req_ccert", like SMTPD_TLS_REQ_CCERT;

    /// Since 2.8.
    POSTSCREEN_TLS_SECURITY_LEVEL = postscreen_tls_security_level: Text, "$smtpd_tls_security_level", like SMTPD_TLS_SECURITY_LEVEL;

    /// tlsproxy writes the file, whose name begins with `tlsproxy-`.
    /// Since 3.12.
    POSTSCREEN_TLS_TRACE_SIZE_LIMIT = postscreen_tls_trace_size_limit: Int, "$smtpd_tls_trace_size_limit", like SMTPD_TLS_TRACE_SIZE_LIMIT;

    /// Since 2.10.
    POSTSCREEN_UPSTREAM_PROXY_PROTOCOL = postscreen_upstream_proxy_protocol: Text, "", like SMTPD_UPSTREAM_PROXY_PROTOCOL;

    /// Since 2.10.
    POSTSCREEN_UPSTREAM_PROXY_TIMEOUT = postscreen_upstream_proxy_timeout: Time[1.., Seconds], "5s", like SMTPD_UPSTREAM_PROXY_TIMEOUT;

    /// Use `postscreen_tls_security_level` instead.
    /// Since 2.8.
    POSTSCREEN_USE_TLS = postscreen_use_tls: Bool, "$smtpd_use_tls", like SMTPD_USE_TLS;

    /// How long postscreen may be busy with one thing before its watchdog ends it; not below 10 seconds.
    /// Since 2.8.
    POSTSCREEN_WATCHDOG_TIMEOUT = postscreen_watchdog_timeout: Time[10.., Seconds], "10s";
}
