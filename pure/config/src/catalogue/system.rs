//! What concerns every program: identity, processes, time limits between programs.

use crate::param::*;

catalogue! {
    /// A list, "alias database", read by every program.
    ALIAS_DATABASE = alias_database: List, "$default_database_type:/etc/aliases";

    /// A switch, "allow srv lookup fallback", read by smtp and lmtp.
    ALLOW_SRV_LOOKUP_FALLBACK = allow_srv_lookup_fallback: Bool, "no";

    /// A time span, "application event drain time", read by every program.
    APPLICATION_EVENT_DRAIN_TIME = application_event_drain_time: Time[1.., Seconds], "100s";

    /// A list, "authorized flush users", read by postqueue.
    AUTHORIZED_FLUSH_USERS = authorized_flush_users: List, "static:anyone";

    /// A list, "authorized mailq users", read by postqueue.
    AUTHORIZED_MAILQ_USERS = authorized_mailq_users: List, "static:anyone";

    /// A list, "authorized submit users", read by postdrop and sendmail.
    AUTHORIZED_SUBMIT_USERS = authorized_submit_users: List, "static:anyone";

    /// A text, "best mx transport", read by smtp and lmtp.
    BEST_MX_TRANSPORT = best_mx_transport: Text, "";

    /// A text, "compatibility level", read by every program.
    COMPATIBILITY_LEVEL = compatibility_level: Text, "0";

    /// A time span, "daemon timeout", read by every program.
    DAEMON_TIMEOUT = daemon_timeout: Time[1.., Seconds], "18000s";

    /// A text, "default delivery status filter", read by every program.
    DEFAULT_DELIVERY_STATUS_FILTER = default_delivery_status_filter: Text, "";

    /// A text, "default privs", read by every program.
    DEFAULT_PRIVS = default_privs: Text[1..], "nobody";

    /// A number, "default process limit", read by every program.
    DEFAULT_PROCESS_LIMIT = default_process_limit: Int[1..], "100";

    /// A text, "default verp delimiters", read by every program.
    DEFAULT_VERP_DELIMITERS = default_verp_delimiters: Text[2..=2], "+=";

    /// A number, "deliver lock attempts", read by every program.
    DELIVER_LOCK_ATTEMPTS = deliver_lock_attempts: Int[1..], "20";

    /// A time span, "deliver lock delay", read by every program.
    DELIVER_LOCK_DELAY = deliver_lock_delay: Time[1.., Seconds], "1s";

    /// A switch, "disable dns lookups", read by every program.
    DISABLE_DNS_LOOKUPS = disable_dns_lookups: Bool, "no";

    /// A switch, "disable mime input processing", read by every program.
    DISABLE_MIME_INPUT_PROCESSING = disable_mime_input_processing: Bool, "no";

    /// A switch, "disable mime output conversion", read by every program.
    DISABLE_MIME_OUTPUT_CONVERSION = disable_mime_output_conversion: Bool, "no";

    /// A switch, "dns ncache ttl fix enable", read by every program.
    DNS_NCACHE_TTL_FIX_ENABLE = dns_ncache_ttl_fix_enable: Bool, "no";

    /// A text, "dnssec probe", read by every program.
    DNSSEC_PROBE = dnssec_probe: Text, "ns:.";

    /// A number, "dont remove", read by every program.
    DONT_REMOVE = dont_remove: Int, "0";

    /// A text, "empty address local login sender maps lookup key", read by postdrop.
    EMPTY_ADDRESS_LOCAL_LOGIN_SENDER_MAPS_LOOKUP_KEY = empty_address_local_login_sender_maps_lookup_key: Text, "<>";

    /// A switch, "enable idna2003 compatibility", read by every program.
    ENABLE_IDNA2003_COMPATIBILITY = enable_idna2003_compatibility: Bool, "no";

    /// A switch, "enable long queue ids", read by every program.
    ENABLE_LONG_QUEUE_IDS = enable_long_queue_ids: Bool, "no";

    /// A switch, "enable original recipient", read by every program.
    ENABLE_ORIGINAL_RECIPIENT = enable_original_recipient: Bool, "yes";

    /// A list, "export environment", read by every program.
    EXPORT_ENVIRONMENT = export_environment: List, "TZ MAIL_CONFIG LANG";

    /// A number, "fault injection code", read by every program.
    FAULT_INJECTION_CODE = fault_injection_code: Int, "0";

    /// A number, "fork attempts", read by every program.
    FORK_ATTEMPTS = fork_attempts: Int[1..], "5";

    /// A time span, "fork delay", read by every program.
    FORK_DELAY = fork_delay: Time[1.., Seconds], "1s";

    /// A number, "header address token limit", read by every program.
    HEADER_ADDRESS_TOKEN_LIMIT = header_address_token_limit: Int[1..], "10240";

    /// A number, "header size limit", read by every program.
    HEADER_SIZE_LIMIT = header_size_limit: Int[1..], "102400";

    /// A switch, "ignore mx lookup error", read by smtp.
    IGNORE_MX_LOOKUP_ERROR = ignore_mx_lookup_error: Bool, "no";

    /// A switch, "ignore srv lookup error", read by smtp and lmtp.
    IGNORE_SRV_LOOKUP_ERROR = ignore_srv_lookup_error: Bool, "no";

    /// A list, "import environment", read by every program.
    IMPORT_ENVIRONMENT = import_environment: List, "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME XDG_RUNTIME_DIR";

    /// A list, "inet interfaces", read by every program.
    INET_INTERFACES = inet_interfaces: List, "all";

    /// A list, "inet protocols", read by every program.
    INET_PROTOCOLS = inet_protocols: List, "all";

    /// A list, "internal mail filter classes", read by every program.
    INTERNAL_MAIL_FILTER_CLASSES = internal_mail_filter_classes: List, "";

    /// A time span, "ipc idle", read by every program.
    IPC_IDLE = ipc_idle: Time[1.., Seconds], "5s";

    /// A time span, "ipc timeout", read by every program.
    IPC_TIMEOUT = ipc_timeout: Time[1.., Seconds], "3600s";

    /// A time span, "ipc ttl", read by every program.
    IPC_TTL = ipc_ttl: Time[1.., Seconds], "1000s";

    /// A list, "known tcp ports", read by every program.
    KNOWN_TCP_PORTS = known_tcp_ports: List, "lmtp=24, smtp=25, smtps=submissions=465, submission=587";

    /// A number, "line length limit", read by every program.
    LINE_LENGTH_LIMIT = line_length_limit: Int[512..], "2048";

    /// A list, "local login sender maps", read by postdrop.
    LOCAL_LOGIN_SENDER_MAPS = local_login_sender_maps: List, "static:*";

    /// A text, "mail name", read by every program.
    MAIL_NAME = mail_name: Text[1..], "Postfix";

    /// A text, "mail owner", read by every program.
    MAIL_OWNER = mail_owner: Text[1..], "postfix";

    /// A text, "mail release date", read by every program.
    MAIL_RELEASE_DATE = mail_release_date: Text[1..], "20260821";

    /// A text, "mail version", read by every program.
    MAIL_VERSION = mail_version: Text[1..], "3.12-20260821";

    /// A text, "mailq path", read by postfix.
    MAILQ_PATH = mailq_path: Text[1..], "/usr/bin/mailq";

    /// A list, "master service disable", read by master.
    MASTER_SERVICE_DISABLE = master_service_disable: List, "";

    /// A time span, "max idle", read by every program.
    MAX_IDLE = max_idle: Time[1.., Seconds], "100s";

    /// A number, "max use", read by every program.
    MAX_USE = max_use: Int[1..], "100";

    /// A list, "message drop headers", read by every program.
    MESSAGE_DROP_HEADERS = message_drop_headers: List, "bcc, content-length, resent-bcc, return-path";

    /// A size in octets, "message size limit", read by every program.
    MESSAGE_SIZE_LIMIT = message_size_limit: Octets, "10240000";

    /// A number, "mime boundary length limit", read by every program.
    MIME_BOUNDARY_LENGTH_LIMIT = mime_boundary_length_limit: Int[1..], "2048";

    /// A number, "mime nesting limit", read by every program.
    MIME_NESTING_LIMIT = mime_nesting_limit: Int[1..], "100";

    /// A list, "mydestination", read by every program.
    MYDESTINATION = mydestination: List, "$myhostname, localhost.$mydomain, localhost";

    /// A text, "mydomain", read by every program.
    MYDOMAIN = mydomain: Text[1..], "";

    /// A text, "myhostname", read by every program.
    MYHOSTNAME = myhostname: Text[1..], "";

    /// A list, "mynetworks", read by every program.
    MYNETWORKS = mynetworks: List, "";

    /// A text, "mynetworks style", read by every program.
    MYNETWORKS_STYLE = mynetworks_style: Text[1..], "${{$compatibility_level} <level {2} ? {subnet} : {host}}";

    /// A text, "myorigin", read by every program.
    MYORIGIN = myorigin: Text[1..], "$myhostname";

    /// A text, "newaliases path", read by postfix.
    NEWALIASES_PATH = newaliases_path: Text[1..], "/usr/bin/newaliases";

    /// A switch, "owner request special", read by every program.
    OWNER_REQUEST_SPECIAL = owner_request_special: Bool, "yes";

    /// A text, "parent domain matches subdomains", read by every program.
    PARENT_DOMAIN_MATCHES_SUBDOMAINS = parent_domain_matches_subdomains: Text, "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps";

    /// A text, "pipe delivery status filter", read by pipe.
    PIPE_DELIVERY_STATUS_FILTER = pipe_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// A number, "process id", read by every program.
    PROCESS_ID = process_id: Int, "0";

    /// A text, "process name", read by every program.
    PROCESS_NAME = process_name: Text, "";

    /// A list, "proxy interfaces", read by every program.
    PROXY_INTERFACES = proxy_interfaces: List, "";

    /// A text, "recipient delimiter", read by every program.
    RECIPIENT_DELIMITER = recipient_delimiter: Text, "";

    /// A list, "relay domains", read by every program.
    RELAY_DOMAINS = relay_domains: List, "${{$compatibility_level} <level {2} ? {$mydestination} : {}}";

    /// A text, "relayhost", read by every program.
    RELAYHOST = relayhost: Text, "";

    /// A switch, "send cyrus sasl authzid", read by every program.
    SEND_CYRUS_SASL_AUTHZID = send_cyrus_sasl_authzid: Bool, "no";

    /// A text, "sendmail fix line endings", read by sendmail.
    SENDMAIL_FIX_LINE_ENDINGS = sendmail_fix_line_endings: Text[1..], "always";

    /// A text, "sendmail path", read by postfix.
    SENDMAIL_PATH = sendmail_path: Text[1..], "/usr/sbin/sendmail";

    /// A text, "service name", read by every program.
    SERVICE_NAME = service_name: Text, "";

    /// A time span, "service throttle time", read by master.
    SERVICE_THROTTLE_TIME = service_throttle_time: Time[1.., Seconds], "60s";

    /// A text, "setgid group", read by every program.
    SETGID_GROUP = setgid_group: Text[1..], "postdrop";

    /// A list, "smtputf8 autodetect classes", read by every program.
    SMTPUTF8_AUTODETECT_CLASSES = smtputf8_autodetect_classes: List[1..], "sendmail, verify";

    /// A switch, "smtputf8 enable", read by every program.
    SMTPUTF8_ENABLE = smtputf8_enable: Bool, "${{$compatibility_level} <level {1} ? {no} : {yes}}";

    /// A time span, "stale lock time", read by every program.
    STALE_LOCK_TIME = stale_lock_time: Time[1.., Seconds], "500s";

    /// A switch, "strict 7bit headers", read by every program.
    STRICT_7BIT_HEADERS = strict_7bit_headers: Bool, "no";

    /// A switch, "strict 8bitmime", read by every program.
    STRICT_8BITMIME = strict_8bitmime: Bool, "no";

    /// A switch, "strict 8bitmime body", read by every program.
    STRICT_8BITMIME_BODY = strict_8bitmime_body: Bool, "no";

    /// A switch, "strict mime encoding domain", read by every program.
    STRICT_MIME_ENCODING_DOMAIN = strict_mime_encoding_domain: Bool, "no";

    /// A switch, "strict smtputf8", read by every program.
    STRICT_SMTPUTF8 = strict_smtputf8: Bool, "no";

    /// A number, "tcp windowsize", read by every program.
    TCP_WINDOWSIZE = tcp_windowsize: Int, "0";

    /// A time span, "trigger timeout", read by every program.
    TRIGGER_TIMEOUT = trigger_timeout: Time[1.., Seconds], "10s";

    /// A list, "use srv lookup", read by smtp and lmtp.
    USE_SRV_LOOKUP = use_srv_lookup: List, "";

    /// A text, "verp delimiter filter", read by every program.
    VERP_DELIMITER_FILTER = verp_delimiter_filter: Text[1..], "-=+";
}
