//! The SMTP server: its dialogue, its restrictions and its limits.

catalogue! {
    /// The reply code when an access table answers DEFER, DEFER_IF_REJECT or DEFER_IF_PERMIT.
    ACCESS_MAP_DEFER_CODE = access_map_defer_code: Int, "450";

    /// The reply code when an access table answers REJECT.
    ACCESS_MAP_REJECT_CODE = access_map_reject_code: Int, "554";

    /// Whether addresses with sender-given routes are relayed from anyone to permitted destinations.
    ALLOW_UNTRUSTED_ROUTING = allow_untrusted_routing: Bool, "no";

    /// Whether AUTH is announced in its old form as well.
    BROKEN_SASL_AUTH_CLIENTS = broken_sasl_auth_clients: Bool, "no";

    /// The transport and destination through which all mail is sent for inspection.
    CONTENT_FILTER = content_filter: Text, "";

    /// Where the Cyrus SASL library finds its configuration.
    CYRUS_SASL_CONFIG_PATH = cyrus_sasl_config_path: Text, "";

    /// The reply to a client that a DNS list names.
    DEFAULT_RBL_REPLY = default_rbl_reply: Raw[1..], "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}";

    /// The reply code of a restriction that defers.
    DEFER_CODE = defer_code: Int, "450";

    /// Whether VRFY is refused.
    DISABLE_VRFY_COMMAND = disable_vrfy_command: Bool, "no";

    /// The reply code when the HELO name is malformed.
    INVALID_HOSTNAME_REJECT_CODE = invalid_hostname_reject_code: Int, "501";

    /// Clients whose headers are completed with the local domain.
    LOCAL_HEADER_REWRITE_CLIENTS = local_header_rewrite_clients: List, "permit_inet_interfaces";

    /// Tables with all local recipients; empty accepts any.
    LOCAL_RECIPIENT_MAPS = local_recipient_maps: List, "proxy:unix:passwd.byname $alias_maps";

    /// DNS lists of a restriction that no longer exists.
    MAPS_RBL_DOMAINS = maps_rbl_domains: List, "";

    /// The reply code when a DNS list names the client.
    MAPS_RBL_REJECT_CODE = maps_rbl_reject_code: Int, "554";

    /// The reply code when a name lacks its domain.
    NON_FQDN_REJECT_CODE = non_fqdn_reject_code: Int, "504";

    /// Networks of the primary exchangers for which this host may be a backup.
    PERMIT_MX_BACKUP_NETWORKS = permit_mx_backup_networks: List, "";

    /// The reply code when a client must use TLS first.
    PLAINTEXT_REJECT_CODE = plaintext_reject_code: Int, "450";

    /// Tables that give the reply by DNS list.
    RBL_REPLY_MAPS = rbl_reply_maps: List, "";

    /// Which steps of receiving mail are left out, because another instance takes them.
    RECEIVE_OVERRIDE_OPTIONS = receive_override_options: List, "";

    /// The reply code of a restriction that rejects.
    REJECT_CODE = reject_code: Int, "554";

    /// What happens when a rejecting restriction could not be decided for now.
    REJECT_TEMPFAIL_ACTION = reject_tempfail_action: Text[1..], "defer_if_permit";

    /// Tables with the fingerprints of clients that may relay.
    RELAY_CLIENTCERTS = relay_clientcerts: List, "";

    /// The reply code when relaying is refused.
    RELAY_DOMAINS_REJECT_CODE = relay_domains_reject_code: Int, "554";

    /// Tables with all recipients in `relay_domains`; empty accepts any.
    RELAY_RECIPIENT_MAPS = relay_recipient_maps: List, "";

    /// Clients that may ask for VERP.
    SMTPD_AUTHORIZED_VERP_CLIENTS = smtpd_authorized_verp_clients: List, "$authorized_verp_clients";

    /// Clients that may use XCLIENT.
    SMTPD_AUTHORIZED_XCLIENT_HOSTS = smtpd_authorized_xclient_hosts: List, "";

    /// Clients that may use XFORWARD.
    SMTPD_AUTHORIZED_XFORWARD_HOSTS = smtpd_authorized_xforward_hosts: List, "";

    /// The text after the 220 of the greeting.
    SMTPD_BANNER = smtpd_banner: Text[1..], "$myhostname ESMTP $mail_name";

    /// How many AUTH commands a client may send per time unit; 0 is no limit.
    SMTPD_CLIENT_AUTH_RATE_LIMIT = smtpd_client_auth_rate_limit: Int, "0";

    /// How many connections a client may have at once; 0 is no limit.
    SMTPD_CLIENT_CONNECTION_COUNT_LIMIT = smtpd_client_connection_count_limit: Int, "50";

    /// How many connections a client may make per time unit; 0 is no limit.
    SMTPD_CLIENT_CONNECTION_RATE_LIMIT = smtpd_client_connection_rate_limit: Int, "0";

    /// Clients whose connections and rates are not limited.
    SMTPD_CLIENT_EVENT_LIMIT_EXCEPTIONS = smtpd_client_event_limit_exceptions: List, "${smtpd_client_connection_limit_exceptions:$mynetworks}";

    /// How many bits of an IPv4 address make a client for counting.
    SMTPD_CLIENT_IPV4_PREFIX_LENGTH = smtpd_client_ipv4_prefix_length: Int[0..=32], "32";

    /// How many bits of an IPv6 address make a client for counting.
    SMTPD_CLIENT_IPV6_PREFIX_LENGTH = smtpd_client_ipv6_prefix_length: Int[0..=128], "84";

    /// How many messages a client may send per time unit; 0 is no limit.
    SMTPD_CLIENT_MESSAGE_RATE_LIMIT = smtpd_client_message_rate_limit: Int, "0";

    /// How many new TLS sessions a client may make per time unit; 0 is no limit.
    SMTPD_CLIENT_NEW_TLS_SESSION_RATE_LIMIT = smtpd_client_new_tls_session_rate_limit: Int, "0";

    /// Whether the port of a client is logged.
    SMTPD_CLIENT_PORT_LOGGING = smtpd_client_port_logging: Bool, "no";

    /// How many recipients a client may name per time unit; 0 is no limit.
    SMTPD_CLIENT_RECIPIENT_RATE_LIMIT = smtpd_client_recipient_rate_limit: Int, "0";

    /// Restrictions on who may connect.
    SMTPD_CLIENT_RESTRICTIONS = smtpd_client_restrictions: List, "";

    /// A table that may change commands before they are understood.
    SMTPD_COMMAND_FILTER = smtpd_command_filter: Text, "";

    /// Restrictions at DATA.
    SMTPD_DATA_RESTRICTIONS = smtpd_data_restrictions: List, "";

    /// Whether a queue file is made only when a recipient was accepted.
    SMTPD_DELAY_OPEN_UNTIL_VALID_RCPT = smtpd_delay_open_until_valid_rcpt: Bool, "yes";

    /// Whether restrictions on client, HELO and sender wait until RCPT TO.
    SMTPD_DELAY_REJECT = smtpd_delay_reject: Bool, "yes";

    /// Tables that say, by client address, which EHLO keywords are not announced.
    SMTPD_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtpd_discard_ehlo_keyword_address_maps: List, "";

    /// EHLO keywords that are not announced.
    SMTPD_DISCARD_EHLO_KEYWORDS = smtpd_discard_ehlo_keywords: List, "";

    /// A table that may drop or change records in DNS answers that the SMTP server gets.
    SMTPD_DNS_REPLY_FILTER = smtpd_dns_reply_filter: Text, "";

    /// Restrictions at the end of the message.
    SMTPD_END_OF_DATA_RESTRICTIONS = smtpd_end_of_data_restrictions: List, "";

    /// How long a reply is held back after `smtpd_soft_error_limit` errors.
    SMTPD_ERROR_SLEEP_TIME = smtpd_error_sleep_time: Time[Seconds], "1s";

    /// Restrictions on ETRN.
    SMTPD_ETRN_RESTRICTIONS = smtpd_etrn_restrictions: List, "";

    /// The characters that `$name` may put into replies.
    SMTPD_EXPANSION_FILTER = smtpd_expansion_filter: Raw[1..], "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    /// What happens to lines that end in LF alone: `normalize`, `reject`, `note` or `no`.
    SMTPD_FORBID_BARE_NEWLINE = smtpd_forbid_bare_newline: Text[1..], "normalize";

    /// Clients that may end lines in LF alone.
    SMTPD_FORBID_BARE_NEWLINE_EXCLUSIONS = smtpd_forbid_bare_newline_exclusions: List, "$mynetworks";

    /// The reply code when such lines are refused.
    SMTPD_FORBID_BARE_NEWLINE_REJECT_CODE = smtpd_forbid_bare_newline_reject_code: Int[500..=599], "550";

    /// Whether a client that sends commands ahead without leave is cut off.
    SMTPD_FORBID_UNAUTH_PIPELINING = smtpd_forbid_unauth_pipelining: Bool, "yes";

    /// Commands that end a session.
    SMTPD_FORBIDDEN_COMMANDS = smtpd_forbidden_commands: List, "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}";

    /// After how many errors a session is ended.
    SMTPD_HARD_ERROR_LIMIT = smtpd_hard_error_limit: Int[1..], "${stress?{1}:{20}}";

    /// Whether a client must send HELO or EHLO.
    SMTPD_HELO_REQUIRED = smtpd_helo_required: Bool, "no";

    /// Restrictions on the HELO name.
    SMTPD_HELO_RESTRICTIONS = smtpd_helo_restrictions: List, "";

    /// Whether the Received header leaves out who the client was.
    SMTPD_HIDE_CLIENT_SESSION = smtpd_hide_client_session: Bool, "no";

    /// How many lines of dialogue are kept for a notice to the postmaster.
    SMTPD_HISTORY_FLUSH_THRESHOLD = smtpd_history_flush_threshold: Int[1..], "100";

    /// How many commands without effect a client may send before they count as errors.
    SMTPD_JUNK_COMMAND_LIMIT = smtpd_junk_command_limit: Int[1..], "${stress?{1}:{100}}";

    /// Which permitting actions are logged.
    SMTPD_LOG_ACCESS_PERMIT_ACTIONS = smtpd_log_access_permit_actions: List, "";

    /// Tables that give the milters by client address.
    SMTPD_MILTER_MAPS = smtpd_milter_maps: List, "";

    /// Milters for mail that comes by SMTP.
    SMTPD_MILTERS = smtpd_milters: List, "";

    /// The least number of octets per second that keeps a request's deadline from running out.
    SMTPD_MIN_DATA_RATE = smtpd_min_data_rate: Int[1..], "500";

    /// Commands that are answered with 250 and do nothing.
    SMTPD_NOOP_COMMANDS = smtpd_noop_commands: List, "";

    /// What stands for the null sender in access tables.
    SMTPD_NULL_ACCESS_LOOKUP_KEY = smtpd_null_access_lookup_key: Text, "<>";

    /// Whether the client's name is looked up.
    SMTPD_PEERNAME_LOOKUP = smtpd_peername_lookup: Bool, "yes";

    /// Whether the time limits are for a whole request instead of each read or write.
    SMTPD_PER_REQUEST_DEADLINE = smtpd_per_request_deadline: Bool, "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}";

    /// What a restriction answers when the policy service cannot be used.
    SMTPD_POLICY_SERVICE_DEFAULT_ACTION = smtpd_policy_service_default_action: Text[1..], "451 4.3.5 Server configuration problem";

    /// How long an idle connection to a policy service is kept.
    SMTPD_POLICY_SERVICE_MAX_IDLE = smtpd_policy_service_max_idle: Time[1.., Seconds], "300s";

    /// How long a connection to a policy service is used at most.
    SMTPD_POLICY_SERVICE_MAX_TTL = smtpd_policy_service_max_ttl: Time[1.., Seconds], "1000s";

    /// A text handed to policy services, to tell requests apart.
    SMTPD_POLICY_SERVICE_POLICY_CONTEXT = smtpd_policy_service_policy_context: Text, "";

    /// How many requests a connection to a policy service carries; 0 is no limit.
    SMTPD_POLICY_SERVICE_REQUEST_LIMIT = smtpd_policy_service_request_limit: Int, "0";

    /// The time between two tries of a policy request.
    SMTPD_POLICY_SERVICE_RETRY_DELAY = smtpd_policy_service_retry_delay: Time[1.., Seconds], "1s";

    /// How long a policy service may take.
    SMTPD_POLICY_SERVICE_TIMEOUT = smtpd_policy_service_timeout: Time[1.., Seconds], "100s";

    /// How often a policy request is tried.
    SMTPD_POLICY_SERVICE_TRY_LIMIT = smtpd_policy_service_try_limit: Int[1..], "2";

    /// The name the SMTP server gives of itself to its before-queue filter.
    SMTPD_PROXY_EHLO = smtpd_proxy_ehlo: Text, "$myhostname";

    /// The host and port of a filter that sees mail before it is queued.
    SMTPD_PROXY_FILTER = smtpd_proxy_filter: Text, "";

    /// Options of that filter, such as `speed_adjust`.
    SMTPD_PROXY_OPTIONS = smtpd_proxy_options: List, "";

    /// How long that filter may take.
    SMTPD_PROXY_TIMEOUT = smtpd_proxy_timeout: Time[1.., Seconds], "100s";

    /// How many recipients a message may have.
    SMTPD_RECIPIENT_LIMIT = smtpd_recipient_limit: Int[1..], "1000";

    /// How many recipients above the limit are refused before they count as errors.
    SMTPD_RECIPIENT_OVERSHOOT_LIMIT = smtpd_recipient_overshoot_limit: Int[1..], "1000";

    /// Restrictions on recipients, after those on relaying.
    SMTPD_RECIPIENT_RESTRICTIONS = smtpd_recipient_restrictions: List, "";

    /// Tables that may change the text of a refusal.
    SMTPD_REJECT_FILTER_MAPS = smtpd_reject_filter_maps: List, "";

    /// A text that is added to each refusal.
    SMTPD_REJECT_FOOTER = smtpd_reject_footer: Raw, "";

    /// Tables that give such a text by the refusal's own.
    SMTPD_REJECT_FOOTER_MAPS = smtpd_reject_footer_maps: List, "";

    /// Whether unknown recipients are refused though no restriction says so.
    SMTPD_REJECT_UNLISTED_RECIPIENT = smtpd_reject_unlisted_recipient: Bool, "yes";

    /// Whether unknown senders in our own domains are refused though no restriction says so.
    SMTPD_REJECT_UNLISTED_SENDER = smtpd_reject_unlisted_sender: Bool, "no";

    /// Whether relay restrictions are looked at before recipient restrictions.
    SMTPD_RELAY_BEFORE_RECIPIENT_RESTRICTIONS = smtpd_relay_before_recipient_restrictions: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// Restrictions on relaying.
    SMTPD_RELAY_RESTRICTIONS = smtpd_relay_restrictions: List, "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}";

    /// Names of restriction lists that access tables may refer to.
    SMTPD_RESTRICTION_CLASSES = smtpd_restriction_classes: List, "";

    /// Whether AUTH is offered.
    SMTPD_SASL_AUTH_ENABLE = smtpd_sasl_auth_enable: Bool, "no";

    /// Whether the Received header tells the login name.
    SMTPD_SASL_AUTHENTICATED_HEADER = smtpd_sasl_authenticated_header: Bool, "no";

    /// Clients to which AUTH is not offered.
    SMTPD_SASL_EXCEPTIONS_NETWORKS = smtpd_sasl_exceptions_networks: List, "";

    /// The SASL realm of this server.
    SMTPD_SASL_LOCAL_DOMAIN = smtpd_sasl_local_domain: Text, "";

    /// Which SASL mechanisms are offered.
    SMTPD_SASL_MECHANISM_FILTER = smtpd_sasl_mechanism_filter: List, "!external, static:rest";

    /// Where the SASL implementation finds its configuration or its socket.
    SMTPD_SASL_PATH = smtpd_sasl_path: Text[1..], "smtpd";

    /// How many octets a client's SASL response may have.
    SMTPD_SASL_RESPONSE_LIMIT = smtpd_sasl_response_limit: Int[12288..], "12288";

    /// Which properties a SASL mechanism must have in a session without TLS.
    SMTPD_SASL_SECURITY_OPTIONS = smtpd_sasl_security_options: List, "noanonymous";

    /// The service name given to the SASL implementation.
    SMTPD_SASL_SERVICE = smtpd_sasl_service: Text[1..], "smtp";

    /// Which properties a SASL mechanism must have in a session with TLS.
    SMTPD_SASL_TLS_SECURITY_OPTIONS = smtpd_sasl_tls_security_options: List, "$smtpd_sasl_security_options";

    /// Which SASL implementation is used.
    SMTPD_SASL_TYPE = smtpd_sasl_type: Text[1..], "cyrus";

    /// Tables with the login names that own a sender address.
    SMTPD_SENDER_LOGIN_MAPS = smtpd_sender_login_maps: List, "";

    /// Restrictions on the sender.
    SMTPD_SENDER_RESTRICTIONS = smtpd_sender_restrictions: List, "";

    /// The service to which postscreen hands good clients.
    SMTPD_SERVICE_NAME = smtpd_service_name: Text[1..], "smtpd";

    /// After how many errors replies are held back.
    SMTPD_SOFT_ERROR_LIMIT = smtpd_soft_error_limit: Int[1..], "10";

    /// How long to wait for the client's next command, or for the client to take a reply.
    SMTPD_TIMEOUT = smtpd_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// The protocol by which a proxy in front tells who the client is.
    SMTPD_UPSTREAM_PROXY_PROTOCOL = smtpd_upstream_proxy_protocol: Text, "";

    /// How long that proxy may take.
    SMTPD_UPSTREAM_PROXY_TIMEOUT = smtpd_upstream_proxy_timeout: Time[1.., Seconds], "5s";

    /// Whether the service is under stress; set by master.
    STRESS = stress: Text, "";

    /// Whether envelope addresses must be in angle brackets and in strict form.
    STRICT_RFC821_ENVELOPES = strict_rfc821_envelopes: Bool, "no";

    /// The reply code when a domain has no mail exchanger.
    UNKNOWN_ADDRESS_REJECT_CODE = unknown_address_reject_code: Int, "450";

    /// What happens when that could not be found out for now.
    UNKNOWN_ADDRESS_TEMPFAIL_ACTION = unknown_address_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code when the client has no name.
    UNKNOWN_CLIENT_REJECT_CODE = unknown_client_reject_code: Int, "450";

    /// What happens when the HELO name could not be looked up for now.
    UNKNOWN_HELO_HOSTNAME_TEMPFAIL_ACTION = unknown_helo_hostname_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code when the HELO name is unknown.
    UNKNOWN_HOSTNAME_REJECT_CODE = unknown_hostname_reject_code: Int, "450";

    /// The reply code for an unknown local recipient.
    UNKNOWN_LOCAL_RECIPIENT_REJECT_CODE = unknown_local_recipient_reject_code: Int, "550";

    /// The reply code for an unknown recipient in `relay_domains`.
    UNKNOWN_RELAY_RECIPIENT_REJECT_CODE = unknown_relay_recipient_reject_code: Int, "550";

    /// The reply code for an unknown recipient in `virtual_alias_domains`.
    UNKNOWN_VIRTUAL_ALIAS_REJECT_CODE = unknown_virtual_alias_reject_code: Int, "550";

    /// The reply code for an unknown recipient in `virtual_mailbox_domains`.
    UNKNOWN_VIRTUAL_MAILBOX_REJECT_CODE = unknown_virtual_mailbox_reject_code: Int, "550";
}
