//! What concerns every program: identity, processes, time limits between programs.

catalogue! {
    /// The alias files that `newaliases` builds.
    ALIAS_DATABASE = alias_database: List, "$default_database_type:/etc/aliases";

    /// Whether MX and address records are used when there are no SRV records.
    ALLOW_SRV_LOOKUP_FALLBACK = allow_srv_lookup_fallback: Bool, "no";

    /// How long a test of waiting events may take before a program ends.
    APPLICATION_EVENT_DRAIN_TIME = application_event_drain_time: Time[1.., Seconds], "100s";

    /// Who may flush the queue.
    AUTHORIZED_FLUSH_USERS = authorized_flush_users: List, "static:anyone";

    /// Who may look at the queue.
    AUTHORIZED_MAILQ_USERS = authorized_mailq_users: List, "static:anyone";

    /// Who may submit mail with `sendmail` and `postdrop`.
    AUTHORIZED_SUBMIT_USERS = authorized_submit_users: List, "static:anyone";

    /// The transport for destinations for which this host turns out to be the best mail exchanger.
    BEST_MX_TRANSPORT = best_mx_transport: Text, "";

    /// The level of the configuration; defaults that changed later stay as they were.
    COMPATIBILITY_LEVEL = compatibility_level: Text, "0";

    /// How long a daemon may take for one request before it is given up.
    DAEMON_TIMEOUT = daemon_timeout: Time[1.., Seconds], "18000s";

    /// A table that may change the status code and text of any delivery.
    DEFAULT_DELIVERY_STATUS_FILTER = default_delivery_status_filter: Text, "";

    /// The account for delivery to files and commands of aliases that root owns.
    DEFAULT_PRIVS = default_privs: Text[1..], "nobody";

    /// The process limit of services that set none.
    DEFAULT_PROCESS_LIMIT = default_process_limit: Int[1..], "100";

    /// The two characters that VERP puts around the recipient in the sender's address.
    DEFAULT_VERP_DELIMITERS = default_verp_delimiters: Text[2..=2], "+=";

    /// How often a lock on a mailbox is tried.
    DELIVER_LOCK_ATTEMPTS = deliver_lock_attempts: Int[1..], "20";

    /// The time between two such tries.
    DELIVER_LOCK_DELAY = deliver_lock_delay: Time[1.., Seconds], "1s";

    /// Older setting: whether DNS is left alone; see `smtp_dns_support_level`.
    DISABLE_DNS_LOOKUPS = disable_dns_lookups: Bool, "no";

    /// Whether new mail is taken without looking at its MIME structure.
    DISABLE_MIME_INPUT_PROCESSING = disable_mime_input_processing: Bool, "no";

    /// Whether 8-bit content is never recoded on the way out.
    DISABLE_MIME_OUTPUT_CONVERSION = disable_mime_output_conversion: Bool, "no";

    /// Whether the lifetime of negative DNS answers is worked out as RFC 2308 says.
    DNS_NCACHE_TTL_FIX_ENABLE = dns_ncache_ttl_fix_enable: Bool, "no";

    /// Name servers that are asked instead of those in `/etc/resolv.conf`, as `address` or `address:port`.
    // Difference: Postfix asks the servers of `/etc/resolv.conf` and no others.
    DNS_SERVERS = dns_servers: List, "";

    /// The DNS query that shows whether the resolver validates answers.
    DNSSEC_PROBE = dnssec_probe: Text, "ns:.";

    /// Whether delivered queue files are kept in `saved/`, for debugging.
    DONT_REMOVE = dont_remove: Int, "0";

    /// What stands for the null sender in `local_login_sender_maps`.
    EMPTY_ADDRESS_LOCAL_LOGIN_SENDER_MAPS_LOOKUP_KEY = empty_address_local_login_sender_maps_lookup_key: Text, "<>";

    /// Whether international domain names are mapped as in 2003.
    ENABLE_IDNA2003_COMPATIBILITY = enable_idna2003_compatibility: Bool, "no";

    /// Whether queue ids are long and not used again.
    ENABLE_LONG_QUEUE_IDS = enable_long_queue_ids: Bool, "no";

    /// Whether the recipient before rewriting is recorded and shown in headers.
    ENABLE_ORIGINAL_RECIPIENT = enable_original_recipient: Bool, "yes";

    /// Environment variables that programs outside the mail system get.
    EXPORT_ENVIRONMENT = export_environment: List, "TZ MAIL_CONFIG LANG";

    /// Which fault is simulated, for tests.
    FAULT_INJECTION_CODE = fault_injection_code: Int, "0";

    /// How often the start of a process is tried.
    FORK_ATTEMPTS = fork_attempts: Int[1..], "5";

    /// The time between two such tries.
    FORK_DELAY = fork_delay: Time[1.., Seconds], "1s";

    /// How many address tokens of one header are processed.
    HEADER_ADDRESS_TOKEN_LIMIT = header_address_token_limit: Int[1..], "10240";

    /// How many octets of one header are kept; the rest is cut off.
    HEADER_SIZE_LIMIT = header_size_limit: Int[1..], "102400";

    /// Whether a failed MX lookup is taken for a missing record.
    IGNORE_MX_LOOKUP_ERROR = ignore_mx_lookup_error: Bool, "no";

    /// Whether a failed SRV lookup is taken for a missing record.
    IGNORE_SRV_LOOKUP_ERROR = ignore_srv_lookup_error: Bool, "no";

    /// Environment variables that are taken over from outside the mail system.
    IMPORT_ENVIRONMENT = import_environment: List, "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME XDG_RUNTIME_DIR";

    /// The interface addresses on which mail is received.
    INET_INTERFACES = inet_interfaces: List, "all";

    /// The IP versions that are used: `all`, `ipv4`, `ipv6`.
    INET_PROTOCOLS = inet_protocols: List, "all";

    /// Which mail made by the mail system itself is subject to content inspection.
    INTERNAL_MAIL_FILTER_CLASSES = internal_mail_filter_classes: List, "";

    /// How long an unused connection between our programs is kept.
    IPC_IDLE = ipc_idle: Time[1.., Seconds], "5s";

    /// How long our programs wait for each other.
    IPC_TIMEOUT = ipc_timeout: Time[1.., Seconds], "3600s";

    /// How long a connection between our programs is used at most.
    IPC_TTL = ipc_ttl: Time[1.., Seconds], "1000s";

    /// Ports of TCP services that need no lookup, as `name=port`.
    KNOWN_TCP_PORTS = known_tcp_ports: List, "lmtp=24, smtp=25, smtps=submissions=465, submission=587";

    /// The length at which long lines of new mail are broken into pieces.
    LINE_LENGTH_LIMIT = line_length_limit: Int[512..], "2048";

    /// Tables of sender addresses that a login name may use when it submits mail.
    LOCAL_LOGIN_SENDER_MAPS = local_login_sender_maps: List, "static:*";

    /// The name of the mail system in banners and Received headers.
    MAIL_NAME = mail_name: Text[1..], "Postfix";

    /// The account that owns the queue and runs most daemons.
    MAIL_OWNER = mail_owner: Text[1..], "postfix";

    /// The date of the Postfix release whose configuration this is.
    MAIL_RELEASE_DATE = mail_release_date: Text[1..], "20260821";

    /// The Postfix release whose configuration this is.
    MAIL_VERSION = mail_version: Text[1..], "3.12-20260821";

    /// Where the `mailq` command is.
    MAILQ_PATH = mailq_path: Text[1..], "/usr/bin/mailq";

    /// Services that master does not listen for, by type or by `name/type`.
    MASTER_SERVICE_DISABLE = master_service_disable: List, "";

    /// How long a daemon without clients waits before it ends.
    MAX_IDLE = max_idle: Time[1.., Seconds], "100s";

    /// After how many clients a daemon ends.
    MAX_USE = max_use: Int[1..], "100";

    /// Headers that are removed from new mail.
    MESSAGE_DROP_HEADERS = message_drop_headers: List, "bcc, content-length, resent-bcc, return-path";

    /// How many octets a message may have; 0 is no limit.
    MESSAGE_SIZE_LIMIT = message_size_limit: Octets, "10240000";

    /// How many characters of a MIME boundary are looked at.
    MIME_BOUNDARY_LENGTH_LIMIT = mime_boundary_length_limit: Int[1..], "2048";

    /// How deep MIME structure may be before a message is refused.
    MIME_NESTING_LIMIT = mime_nesting_limit: Int[1..], "100";

    /// Domains whose mail is delivered on this host.
    MYDESTINATION = mydestination: List, "$myhostname, localhost.$mydomain, localhost";

    /// The domain of this host.
    MYDOMAIN = mydomain: Text[1..], "";

    /// The name of this host on the network.
    MYHOSTNAME = myhostname: Text[1..], "";

    /// Networks whose clients may relay.
    MYNETWORKS = mynetworks: List, "";

    /// How `mynetworks` is worked out: `host`, `subnet` or `class`.
    MYNETWORKS_STYLE = mynetworks_style: Text[1..], "${{$compatibility_level} <level {2} ? {subnet} : {host}}";

    /// The domain that is added to local names.
    MYORIGIN = myorigin: Text[1..], "$myhostname";

    /// Where the `newaliases` command is.
    NEWALIASES_PATH = newaliases_path: Text[1..], "/usr/bin/newaliases";

    /// Whether addresses `owner-list` and `list-request` are not split at the delimiter.
    OWNER_REQUEST_SPECIAL = owner_request_special: Bool, "yes";

    /// Parameters in which a domain matches its subdomains too.
    PARENT_DOMAIN_MATCHES_SUBDOMAINS = parent_domain_matches_subdomains: Text, "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps";

    /// A table that may change the status code and text of deliveries to commands.
    PIPE_DELIVERY_STATUS_FILTER = pipe_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// The number of this process.
    PROCESS_ID = process_id: Int, "0";

    /// The name of this program.
    PROCESS_NAME = process_name: Text, "";

    /// Addresses of proxies or NAT devices through which this host receives mail.
    PROXY_INTERFACES = proxy_interfaces: List, "";

    /// Characters that may stand between a user name and its extension.
    RECIPIENT_DELIMITER = recipient_delimiter: Text, "";

    /// Domains for which this host relays mail.
    RELAY_DOMAINS = relay_domains: List, "${{$compatibility_level} <level {2} ? {$mydestination} : {}}";

    /// The host that takes all mail for elsewhere.
    RELAYHOST = relayhost: Text, "";

    /// Whether an authorization identity is sent when logging in through Cyrus SASL.
    SEND_CYRUS_SASL_AUTHZID = send_cyrus_sasl_authzid: Bool, "no";

    /// When `sendmail` turns CRLF line ends into LF: `always`, `strict` or `never`.
    SENDMAIL_FIX_LINE_ENDINGS = sendmail_fix_line_endings: Text[1..], "always";

    /// Where the `sendmail` command is.
    SENDMAIL_PATH = sendmail_path: Text[1..], "/usr/sbin/sendmail";

    /// The name of this process's service in `master.cf`.
    SERVICE_NAME = service_name: Text, "";

    /// How long master waits before it starts a daemon that keeps failing.
    SERVICE_THROTTLE_TIME = service_throttle_time: Time[1.., Seconds], "60s";

    /// The group of the set-group-id commands; nobody may be a member.
    SETGID_GROUP = setgid_group: Text[1..], "postdrop";

    /// Which mail is searched for the need of SMTPUTF8.
    SMTPUTF8_AUTODETECT_CLASSES = smtputf8_autodetect_classes: List[1..], "sendmail, verify";

    /// Whether the SMTPUTF8 extension is supported.
    SMTPUTF8_ENABLE = smtputf8_enable: Bool, "${{$compatibility_level} <level {1} ? {no} : {yes}}";

    /// After what time a lock file of a mailbox counts as forgotten.
    STALE_LOCK_TIME = stale_lock_time: Time[1.., Seconds], "500s";

    /// Whether mail with 8-bit text in headers is refused.
    STRICT_7BIT_HEADERS = strict_7bit_headers: Bool, "no";

    /// Whether both strict settings for 8-bit text are on.
    STRICT_8BITMIME = strict_8bitmime: Bool, "no";

    /// Whether 8-bit text in a body that does not announce it is refused.
    STRICT_8BITMIME_BODY = strict_8bitmime_body: Bool, "no";

    /// Whether a composite part with a content encoding is refused.
    STRICT_MIME_ENCODING_DOMAIN = strict_mime_encoding_domain: Bool, "no";

    /// Whether the rules of SMTPUTF8 are kept to the letter.
    STRICT_SMTPUTF8 = strict_smtputf8: Bool, "no";

    /// The TCP receive buffer; 0 leaves it to the system.
    TCP_WINDOWSIZE = tcp_windowsize: Int, "0";

    /// How long a wake-up of another program may take.
    TRIGGER_TIMEOUT = trigger_timeout: Time[1.., Seconds], "10s";

    /// Services for which SRV records are looked up instead of MX records.
    USE_SRV_LOOKUP = use_srv_lookup: List, "";

    /// The characters that may be VERP delimiters.
    VERP_DELIMITER_FILTER = verp_delimiter_filter: Text[1..], "-=+";
}
