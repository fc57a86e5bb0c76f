//! The SMTP server: its dialogue, its restrictions and its limits.

use crate::param::*;

catalogue! {
    /// A number, "access map defer code", read by smtpd.
    ACCESS_MAP_DEFER_CODE = access_map_defer_code: Int, "450";

    /// A number, "access map reject code", read by smtpd.
    ACCESS_MAP_REJECT_CODE = access_map_reject_code: Int, "554";

    /// A switch, "allow untrusted routing", read by smtpd.
    ALLOW_UNTRUSTED_ROUTING = allow_untrusted_routing: Bool, "no";

    /// A switch, "broken sasl auth clients", read by smtpd.
    BROKEN_SASL_AUTH_CLIENTS = broken_sasl_auth_clients: Bool, "no";

    /// A text, "content filter", read by pickup, qmqpd, smtpd.
    CONTENT_FILTER = content_filter: Text, "";

    /// A text, "cyrus sasl config path", read by smtp, lmtp, smtpd.
    CYRUS_SASL_CONFIG_PATH = cyrus_sasl_config_path: Text, "";

    /// A text with names of its own, "default rbl reply", read by smtpd.
    DEFAULT_RBL_REPLY = default_rbl_reply: Raw[1..], "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}";

    /// A number, "defer code", read by smtpd.
    DEFER_CODE = defer_code: Int, "450";

    /// A switch, "disable vrfy command", read by postscreen and smtpd.
    DISABLE_VRFY_COMMAND = disable_vrfy_command: Bool, "no";

    /// A number, "invalid hostname reject code", read by smtpd.
    INVALID_HOSTNAME_REJECT_CODE = invalid_hostname_reject_code: Int, "501";

    /// A list, "local header rewrite clients", read by smtpd.
    LOCAL_HEADER_REWRITE_CLIENTS = local_header_rewrite_clients: List, "permit_inet_interfaces";

    /// A list, "local recipient maps", read by proxymap and smtpd.
    LOCAL_RECIPIENT_MAPS = local_recipient_maps: List, "proxy:unix:passwd.byname $alias_maps";

    /// A list, "maps rbl domains", read by smtpd.
    MAPS_RBL_DOMAINS = maps_rbl_domains: List, "";

    /// A number, "maps rbl reject code", read by smtpd.
    MAPS_RBL_REJECT_CODE = maps_rbl_reject_code: Int, "554";

    /// A number, "non fqdn reject code", read by smtpd.
    NON_FQDN_REJECT_CODE = non_fqdn_reject_code: Int, "504";

    /// A list, "permit mx backup networks", read by smtpd.
    PERMIT_MX_BACKUP_NETWORKS = permit_mx_backup_networks: List, "";

    /// A number, "plaintext reject code", read by smtpd.
    PLAINTEXT_REJECT_CODE = plaintext_reject_code: Int, "450";

    /// A list, "rbl reply maps", read by smtpd.
    RBL_REPLY_MAPS = rbl_reply_maps: List, "";

    /// A list, "receive override options", read by pickup, qmqpd, smtpd.
    RECEIVE_OVERRIDE_OPTIONS = receive_override_options: List, "";

    /// A number, "reject code", read by smtpd.
    REJECT_CODE = reject_code: Int, "554";

    /// A text, "reject tempfail action", read by smtpd.
    REJECT_TEMPFAIL_ACTION = reject_tempfail_action: Text[1..], "defer_if_permit";

    /// A list, "relay clientcerts", read by smtpd.
    RELAY_CLIENTCERTS = relay_clientcerts: List, "";

    /// A number, "relay domains reject code", read by smtpd.
    RELAY_DOMAINS_REJECT_CODE = relay_domains_reject_code: Int, "554";

    /// A list, "relay recipient maps", read by proxymap and smtpd.
    RELAY_RECIPIENT_MAPS = relay_recipient_maps: List, "";

    /// A list, "smtpd authorized verp clients", read by smtpd.
    SMTPD_AUTHORIZED_VERP_CLIENTS = smtpd_authorized_verp_clients: List, "$authorized_verp_clients";

    /// A list, "smtpd authorized xclient hosts", read by smtpd.
    SMTPD_AUTHORIZED_XCLIENT_HOSTS = smtpd_authorized_xclient_hosts: List, "";

    /// A list, "smtpd authorized xforward hosts", read by smtpd.
    SMTPD_AUTHORIZED_XFORWARD_HOSTS = smtpd_authorized_xforward_hosts: List, "";

    /// A text, "smtpd banner", read by postscreen and smtpd.
    SMTPD_BANNER = smtpd_banner: Text[1..], "$myhostname ESMTP $mail_name";

    /// A number, "smtpd client auth rate limit", read by smtpd.
    SMTPD_CLIENT_AUTH_RATE_LIMIT = smtpd_client_auth_rate_limit: Int, "0";

    /// A number, "smtpd client connection count limit", read by postscreen and smtpd.
    SMTPD_CLIENT_CONNECTION_COUNT_LIMIT = smtpd_client_connection_count_limit: Int, "50";

    /// A number, "smtpd client connection rate limit", read by smtpd.
    SMTPD_CLIENT_CONNECTION_RATE_LIMIT = smtpd_client_connection_rate_limit: Int, "0";

    /// A list, "smtpd client event limit exceptions", read by smtpd.
    SMTPD_CLIENT_EVENT_LIMIT_EXCEPTIONS = smtpd_client_event_limit_exceptions: List, "${smtpd_client_connection_limit_exceptions:$mynetworks}";

    /// A number, "smtpd client ipv4 prefix length", read by smtpd.
    SMTPD_CLIENT_IPV4_PREFIX_LENGTH = smtpd_client_ipv4_prefix_length: Int[0..=32], "32";

    /// A number, "smtpd client ipv6 prefix length", read by smtpd.
    SMTPD_CLIENT_IPV6_PREFIX_LENGTH = smtpd_client_ipv6_prefix_length: Int[0..=128], "84";

    /// A number, "smtpd client message rate limit", read by smtpd.
    SMTPD_CLIENT_MESSAGE_RATE_LIMIT = smtpd_client_message_rate_limit: Int, "0";

    /// A number, "smtpd client new tls session rate limit", read by smtpd.
    SMTPD_CLIENT_NEW_TLS_SESSION_RATE_LIMIT = smtpd_client_new_tls_session_rate_limit: Int, "0";

    /// A switch, "smtpd client port logging", read by smtpd.
    SMTPD_CLIENT_PORT_LOGGING = smtpd_client_port_logging: Bool, "no";

    /// A number, "smtpd client recipient rate limit", read by smtpd.
    SMTPD_CLIENT_RECIPIENT_RATE_LIMIT = smtpd_client_recipient_rate_limit: Int, "0";

    /// A list, "smtpd client restrictions", read by smtpd.
    SMTPD_CLIENT_RESTRICTIONS = smtpd_client_restrictions: List, "";

    /// A text, "smtpd command filter", read by postscreen and smtpd.
    SMTPD_COMMAND_FILTER = smtpd_command_filter: Text, "";

    /// A list, "smtpd data restrictions", read by smtpd.
    SMTPD_DATA_RESTRICTIONS = smtpd_data_restrictions: List, "";

    /// A switch, "smtpd delay open until valid rcpt", read by smtpd.
    SMTPD_DELAY_OPEN_UNTIL_VALID_RCPT = smtpd_delay_open_until_valid_rcpt: Bool, "yes";

    /// A switch, "smtpd delay reject", read by smtpd.
    SMTPD_DELAY_REJECT = smtpd_delay_reject: Bool, "yes";

    /// A list, "smtpd discard ehlo keyword address maps", read by postscreen and smtpd.
    SMTPD_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtpd_discard_ehlo_keyword_address_maps: List, "";

    /// A list, "smtpd discard ehlo keywords", read by postscreen and smtpd.
    SMTPD_DISCARD_EHLO_KEYWORDS = smtpd_discard_ehlo_keywords: List, "";

    /// A text, "smtpd dns reply filter", read by smtpd.
    SMTPD_DNS_REPLY_FILTER = smtpd_dns_reply_filter: Text, "";

    /// A list, "smtpd end of data restrictions", read by smtpd.
    SMTPD_END_OF_DATA_RESTRICTIONS = smtpd_end_of_data_restrictions: List, "";

    /// A time span, "smtpd error sleep time", read by smtpd.
    SMTPD_ERROR_SLEEP_TIME = smtpd_error_sleep_time: Time[Seconds], "1s";

    /// A list, "smtpd etrn restrictions", read by smtpd.
    SMTPD_ETRN_RESTRICTIONS = smtpd_etrn_restrictions: List, "";

    /// A text with names of its own, "smtpd expansion filter", read by postscreen and smtpd.
    SMTPD_EXPANSION_FILTER = smtpd_expansion_filter: Raw[1..], "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    /// A text, "smtpd forbid bare newline", read by smtpd.
    SMTPD_FORBID_BARE_NEWLINE = smtpd_forbid_bare_newline: Text[1..], "normalize";

    /// A list, "smtpd forbid bare newline exclusions", read by smtpd.
    SMTPD_FORBID_BARE_NEWLINE_EXCLUSIONS = smtpd_forbid_bare_newline_exclusions: List, "$mynetworks";

    /// A number, "smtpd forbid bare newline reject code", read by smtpd.
    SMTPD_FORBID_BARE_NEWLINE_REJECT_CODE = smtpd_forbid_bare_newline_reject_code: Int[500..=599], "550";

    /// A switch, "smtpd forbid unauth pipelining", read by smtpd.
    SMTPD_FORBID_UNAUTH_PIPELINING = smtpd_forbid_unauth_pipelining: Bool, "yes";

    /// A list, "smtpd forbidden commands", read by postscreen, proxymap, smtpd.
    SMTPD_FORBIDDEN_COMMANDS = smtpd_forbidden_commands: List, "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}";

    /// A number, "smtpd hard error limit", read by smtpd.
    SMTPD_HARD_ERROR_LIMIT = smtpd_hard_error_limit: Int[1..], "${stress?{1}:{20}}";

    /// A switch, "smtpd helo required", read by postscreen and smtpd.
    SMTPD_HELO_REQUIRED = smtpd_helo_required: Bool, "no";

    /// A list, "smtpd helo restrictions", read by smtpd.
    SMTPD_HELO_RESTRICTIONS = smtpd_helo_restrictions: List, "";

    /// A switch, "smtpd hide client session", read by smtpd.
    SMTPD_HIDE_CLIENT_SESSION = smtpd_hide_client_session: Bool, "no";

    /// A number, "smtpd history flush threshold", read by smtpd.
    SMTPD_HISTORY_FLUSH_THRESHOLD = smtpd_history_flush_threshold: Int[1..], "100";

    /// A number, "smtpd junk command limit", read by smtpd.
    SMTPD_JUNK_COMMAND_LIMIT = smtpd_junk_command_limit: Int[1..], "${stress?{1}:{100}}";

    /// A list, "smtpd log access permit actions", read by smtpd.
    SMTPD_LOG_ACCESS_PERMIT_ACTIONS = smtpd_log_access_permit_actions: List, "";

    /// A list, "smtpd milter maps", read by smtpd.
    SMTPD_MILTER_MAPS = smtpd_milter_maps: List, "";

    /// A list, "smtpd milters", read by smtpd.
    SMTPD_MILTERS = smtpd_milters: List, "";

    /// A number, "smtpd min data rate", read by smtpd.
    SMTPD_MIN_DATA_RATE = smtpd_min_data_rate: Int[1..], "500";

    /// A list, "smtpd noop commands", read by smtpd.
    SMTPD_NOOP_COMMANDS = smtpd_noop_commands: List, "";

    /// A text, "smtpd null access lookup key", read by smtpd.
    SMTPD_NULL_ACCESS_LOOKUP_KEY = smtpd_null_access_lookup_key: Text, "<>";

    /// A switch, "smtpd peername lookup", read by smtpd.
    SMTPD_PEERNAME_LOOKUP = smtpd_peername_lookup: Bool, "yes";

    /// A switch, "smtpd per request deadline", read by smtpd.
    SMTPD_PER_REQUEST_DEADLINE = smtpd_per_request_deadline: Bool, "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}";

    /// A text, "smtpd policy service default action", read by smtpd.
    SMTPD_POLICY_SERVICE_DEFAULT_ACTION = smtpd_policy_service_default_action: Text[1..], "451 4.3.5 Server configuration problem";

    /// A time span, "smtpd policy service max idle", read by smtpd.
    SMTPD_POLICY_SERVICE_MAX_IDLE = smtpd_policy_service_max_idle: Time[1.., Seconds], "300s";

    /// A time span, "smtpd policy service max ttl", read by smtpd.
    SMTPD_POLICY_SERVICE_MAX_TTL = smtpd_policy_service_max_ttl: Time[1.., Seconds], "1000s";

    /// A text, "smtpd policy service policy context", read by smtpd.
    SMTPD_POLICY_SERVICE_POLICY_CONTEXT = smtpd_policy_service_policy_context: Text, "";

    /// A number, "smtpd policy service request limit", read by smtpd.
    SMTPD_POLICY_SERVICE_REQUEST_LIMIT = smtpd_policy_service_request_limit: Int, "0";

    /// A time span, "smtpd policy service retry delay", read by smtpd.
    SMTPD_POLICY_SERVICE_RETRY_DELAY = smtpd_policy_service_retry_delay: Time[1.., Seconds], "1s";

    /// A time span, "smtpd policy service timeout", read by smtpd.
    SMTPD_POLICY_SERVICE_TIMEOUT = smtpd_policy_service_timeout: Time[1.., Seconds], "100s";

    /// A number, "smtpd policy service try limit", read by smtpd.
    SMTPD_POLICY_SERVICE_TRY_LIMIT = smtpd_policy_service_try_limit: Int[1..], "2";

    /// A text, "smtpd proxy ehlo", read by smtpd.
    SMTPD_PROXY_EHLO = smtpd_proxy_ehlo: Text, "$myhostname";

    /// A text, "smtpd proxy filter", read by smtpd.
    SMTPD_PROXY_FILTER = smtpd_proxy_filter: Text, "";

    /// A list, "smtpd proxy options", read by smtpd.
    SMTPD_PROXY_OPTIONS = smtpd_proxy_options: List, "";

    /// A time span, "smtpd proxy timeout", read by smtpd.
    SMTPD_PROXY_TIMEOUT = smtpd_proxy_timeout: Time[1.., Seconds], "100s";

    /// A number, "smtpd recipient limit", read by smtpd.
    SMTPD_RECIPIENT_LIMIT = smtpd_recipient_limit: Int[1..], "1000";

    /// A number, "smtpd recipient overshoot limit", read by smtpd.
    SMTPD_RECIPIENT_OVERSHOOT_LIMIT = smtpd_recipient_overshoot_limit: Int[1..], "1000";

    /// A list, "smtpd recipient restrictions", read by smtpd.
    SMTPD_RECIPIENT_RESTRICTIONS = smtpd_recipient_restrictions: List, "";

    /// A list, "smtpd reject filter maps", read by smtpd.
    SMTPD_REJECT_FILTER_MAPS = smtpd_reject_filter_maps: List, "";

    /// A text with names of its own, "smtpd reject footer", read by postscreen and smtpd.
    SMTPD_REJECT_FOOTER = smtpd_reject_footer: Raw, "";

    /// A list, "smtpd reject footer maps", read by smtpd.
    SMTPD_REJECT_FOOTER_MAPS = smtpd_reject_footer_maps: List, "";

    /// A switch, "smtpd reject unlisted recipient", read by smtpd.
    SMTPD_REJECT_UNLISTED_RECIPIENT = smtpd_reject_unlisted_recipient: Bool, "yes";

    /// A switch, "smtpd reject unlisted sender", read by smtpd.
    SMTPD_REJECT_UNLISTED_SENDER = smtpd_reject_unlisted_sender: Bool, "no";

    /// A switch, "smtpd relay before recipient restrictions", read by smtpd.
    SMTPD_RELAY_BEFORE_RECIPIENT_RESTRICTIONS = smtpd_relay_before_recipient_restrictions: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// A list, "smtpd relay restrictions", read by smtpd.
    SMTPD_RELAY_RESTRICTIONS = smtpd_relay_restrictions: List, "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}";

    /// A list, "smtpd restriction classes", read by proxymap and smtpd.
    SMTPD_RESTRICTION_CLASSES = smtpd_restriction_classes: List, "";

    /// A switch, "smtpd sasl auth enable", read by smtpd.
    SMTPD_SASL_AUTH_ENABLE = smtpd_sasl_auth_enable: Bool, "no";

    /// A switch, "smtpd sasl authenticated header", read by smtpd.
    SMTPD_SASL_AUTHENTICATED_HEADER = smtpd_sasl_authenticated_header: Bool, "no";

    /// A list, "smtpd sasl exceptions networks", read by smtpd.
    SMTPD_SASL_EXCEPTIONS_NETWORKS = smtpd_sasl_exceptions_networks: List, "";

    /// A text, "smtpd sasl local domain", read by smtpd.
    SMTPD_SASL_LOCAL_DOMAIN = smtpd_sasl_local_domain: Text, "";

    /// A list, "smtpd sasl mechanism filter", read by smtpd.
    SMTPD_SASL_MECHANISM_FILTER = smtpd_sasl_mechanism_filter: List, "!external, static:rest";

    /// A text, "smtpd sasl path", read by smtpd.
    SMTPD_SASL_PATH = smtpd_sasl_path: Text[1..], "smtpd";

    /// A number, "smtpd sasl response limit", read by smtpd.
    SMTPD_SASL_RESPONSE_LIMIT = smtpd_sasl_response_limit: Int[12288..], "12288";

    /// A list, "smtpd sasl security options", read by smtpd.
    SMTPD_SASL_SECURITY_OPTIONS = smtpd_sasl_security_options: List, "noanonymous";

    /// A text, "smtpd sasl service", read by smtpd.
    SMTPD_SASL_SERVICE = smtpd_sasl_service: Text[1..], "smtp";

    /// A list, "smtpd sasl tls security options", read by smtpd.
    SMTPD_SASL_TLS_SECURITY_OPTIONS = smtpd_sasl_tls_security_options: List, "$smtpd_sasl_security_options";

    /// A text, "smtpd sasl type", read by smtpd.
    SMTPD_SASL_TYPE = smtpd_sasl_type: Text[1..], "cyrus";

    /// A list, "smtpd sender login maps", read by proxymap and smtpd.
    SMTPD_SENDER_LOGIN_MAPS = smtpd_sender_login_maps: List, "";

    /// A list, "smtpd sender restrictions", read by smtpd.
    SMTPD_SENDER_RESTRICTIONS = smtpd_sender_restrictions: List, "";

    /// A text, "smtpd service name", read by postscreen.
    SMTPD_SERVICE_NAME = smtpd_service_name: Text[1..], "smtpd";

    /// A number, "smtpd soft error limit", read by smtpd.
    SMTPD_SOFT_ERROR_LIMIT = smtpd_soft_error_limit: Int[1..], "10";

    /// A time span, "smtpd timeout", read by smtpd.
    SMTPD_TIMEOUT = smtpd_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// A text, "smtpd upstream proxy protocol", read by smtpd.
    SMTPD_UPSTREAM_PROXY_PROTOCOL = smtpd_upstream_proxy_protocol: Text, "";

    /// A time span, "smtpd upstream proxy timeout", read by smtpd.
    SMTPD_UPSTREAM_PROXY_TIMEOUT = smtpd_upstream_proxy_timeout: Time[1.., Seconds], "5s";

    /// A text, "stress", read by smtpd.
    STRESS = stress: Text, "";

    /// A switch, "strict rfc821 envelopes", read by smtpd.
    STRICT_RFC821_ENVELOPES = strict_rfc821_envelopes: Bool, "no";

    /// A number, "unknown address reject code", read by smtpd.
    UNKNOWN_ADDRESS_REJECT_CODE = unknown_address_reject_code: Int, "450";

    /// A text, "unknown address tempfail action", read by smtpd.
    UNKNOWN_ADDRESS_TEMPFAIL_ACTION = unknown_address_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// A number, "unknown client reject code", read by smtpd.
    UNKNOWN_CLIENT_REJECT_CODE = unknown_client_reject_code: Int, "450";

    /// A text, "unknown helo hostname tempfail action", read by smtpd.
    UNKNOWN_HELO_HOSTNAME_TEMPFAIL_ACTION = unknown_helo_hostname_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// A number, "unknown hostname reject code", read by smtpd.
    UNKNOWN_HOSTNAME_REJECT_CODE = unknown_hostname_reject_code: Int, "450";

    /// A number, "unknown local recipient reject code", read by smtpd.
    UNKNOWN_LOCAL_RECIPIENT_REJECT_CODE = unknown_local_recipient_reject_code: Int, "550";

    /// A number, "unknown relay recipient reject code", read by smtpd.
    UNKNOWN_RELAY_RECIPIENT_REJECT_CODE = unknown_relay_recipient_reject_code: Int, "550";

    /// A number, "unknown virtual alias reject code", read by smtpd.
    UNKNOWN_VIRTUAL_ALIAS_REJECT_CODE = unknown_virtual_alias_reject_code: Int, "550";

    /// A number, "unknown virtual mailbox reject code", read by smtpd.
    UNKNOWN_VIRTUAL_MAILBOX_REJECT_CODE = unknown_virtual_mailbox_reject_code: Int, "550";
}
