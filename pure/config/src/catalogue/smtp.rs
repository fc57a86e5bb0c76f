//! The SMTP client.

use crate::param::*;

catalogue! {
    /// A text, "smtp address preference", read by smtp.
    SMTP_ADDRESS_PREFERENCE = smtp_address_preference: Text[1..], "any";

    /// A text, "smtp address verify target", read by smtp.
    SMTP_ADDRESS_VERIFY_TARGET = smtp_address_verify_target: Text[1..], "rcpt";

    /// A switch, "smtp always send ehlo", read by smtp.
    SMTP_ALWAYS_SEND_EHLO = smtp_always_send_ehlo: Bool, "yes";

    /// A switch, "smtp balance inet protocols", read by smtp.
    SMTP_BALANCE_INET_PROTOCOLS = smtp_balance_inet_protocols: Bool, "yes";

    /// A text, "smtp bind address", read by smtp.
    SMTP_BIND_ADDRESS = smtp_bind_address: Text, "";

    /// A text, "smtp bind address6", read by smtp.
    SMTP_BIND_ADDRESS6 = smtp_bind_address6: Text, "";

    /// A switch, "smtp bind address enforce", read by smtp.
    SMTP_BIND_ADDRESS_ENFORCE = smtp_bind_address_enforce: Bool, "no";

    /// A list, "smtp body checks", read by smtp.
    SMTP_BODY_CHECKS = smtp_body_checks: List, "";

    /// A switch, "smtp cname overrides servername", read by smtp.
    SMTP_CNAME_OVERRIDES_SERVERNAME = smtp_cname_overrides_servername: Bool, "no";

    /// A time span, "smtp connect timeout", read by smtp.
    SMTP_CONNECT_TIMEOUT = smtp_connect_timeout: Time[Seconds], "30s";

    /// A list, "smtp connection cache destinations", read by smtp.
    SMTP_CONNECTION_CACHE_DESTINATIONS = smtp_connection_cache_destinations: List, "";

    /// A switch, "smtp connection cache on demand", read by smtp.
    SMTP_CONNECTION_CACHE_ON_DEMAND = smtp_connection_cache_on_demand: Bool, "yes";

    /// A time span, "smtp connection cache time limit", read by smtp.
    SMTP_CONNECTION_CACHE_TIME_LIMIT = smtp_connection_cache_time_limit: Time[1.., Seconds], "2s";

    /// A number, "smtp connection reuse count limit", read by smtp.
    SMTP_CONNECTION_REUSE_COUNT_LIMIT = smtp_connection_reuse_count_limit: Int, "0";

    /// A time span, "smtp connection reuse time limit", read by smtp.
    SMTP_CONNECTION_REUSE_TIME_LIMIT = smtp_connection_reuse_time_limit: Time[1.., Seconds], "300s";

    /// A time span, "smtp data done timeout", read by smtp.
    SMTP_DATA_DONE_TIMEOUT = smtp_data_done_timeout: Time[1.., Seconds], "600s";

    /// A time span, "smtp data init timeout", read by smtp.
    SMTP_DATA_INIT_TIMEOUT = smtp_data_init_timeout: Time[1.., Seconds], "120s";

    /// A time span, "smtp data xfer timeout", read by smtp.
    SMTP_DATA_XFER_TIMEOUT = smtp_data_xfer_timeout: Time[1.., Seconds], "180s";

    /// A switch, "smtp defer if no mx address found", read by smtp.
    SMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = smtp_defer_if_no_mx_address_found: Bool, "no";

    /// A text, "smtp delivery status filter", read by smtp.
    SMTP_DELIVERY_STATUS_FILTER = smtp_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// A list, "smtp discard ehlo keyword address maps", read by smtp.
    SMTP_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtp_discard_ehlo_keyword_address_maps: List, "";

    /// A list, "smtp discard ehlo keywords", read by smtp.
    SMTP_DISCARD_EHLO_KEYWORDS = smtp_discard_ehlo_keywords: List, "";

    /// A text, "smtp dns reply filter", read by smtp.
    SMTP_DNS_REPLY_FILTER = smtp_dns_reply_filter: Text, "";

    /// A list, "smtp dns resolver options", read by smtp.
    SMTP_DNS_RESOLVER_OPTIONS = smtp_dns_resolver_options: List, "";

    /// A text, "smtp dns support level", read by smtp.
    SMTP_DNS_SUPPORT_LEVEL = smtp_dns_support_level: Text, "";

    /// A list, "smtp fallback relay", read by smtp.
    SMTP_FALLBACK_RELAY = smtp_fallback_relay: List, "$fallback_relay";

    /// A list, "smtp generic maps", read by smtp.
    SMTP_GENERIC_MAPS = smtp_generic_maps: List, "";

    /// A list, "smtp header checks", read by smtp.
    SMTP_HEADER_CHECKS = smtp_header_checks: List, "";

    /// A text, "smtp helo name", read by smtp.
    SMTP_HELO_NAME = smtp_helo_name: Text[1..], "$myhostname";

    /// A time span, "smtp helo timeout", read by smtp.
    SMTP_HELO_TIMEOUT = smtp_helo_timeout: Time[1.., Seconds], "300s";

    /// A list, "smtp host lookup", read by smtp.
    SMTP_HOST_LOOKUP = smtp_host_lookup: List[1..], "dns";

    /// A number, "smtp line length limit", read by smtp.
    SMTP_LINE_LENGTH_LIMIT = smtp_line_length_limit: Int, "998";

    /// A time span, "smtp mail timeout", read by smtp.
    SMTP_MAIL_TIMEOUT = smtp_mail_timeout: Time[1.., Seconds], "300s";

    /// A list, "smtp mime header checks", read by smtp.
    SMTP_MIME_HEADER_CHECKS = smtp_mime_header_checks: List, "";

    /// A number, "smtp min data rate", read by smtp.
    SMTP_MIN_DATA_RATE = smtp_min_data_rate: Int[1..], "500";

    /// A number, "smtp mx address limit", read by smtp.
    SMTP_MX_ADDRESS_LIMIT = smtp_mx_address_limit: Int, "5";

    /// A number, "smtp mx session limit", read by smtp.
    SMTP_MX_SESSION_LIMIT = smtp_mx_session_limit: Int, "2";

    /// A list, "smtp nested header checks", read by smtp.
    SMTP_NESTED_HEADER_CHECKS = smtp_nested_header_checks: List, "";

    /// A switch, "smtp never send ehlo", read by smtp.
    SMTP_NEVER_SEND_EHLO = smtp_never_send_ehlo: Bool, "no";

    /// A switch, "smtp per request deadline", read by smtp.
    SMTP_PER_REQUEST_DEADLINE = smtp_per_request_deadline: Bool, "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}";

    /// A time span, "smtp pix workaround delay time", read by smtp.
    SMTP_PIX_WORKAROUND_DELAY_TIME = smtp_pix_workaround_delay_time: Time[1.., Seconds], "10s";

    /// A list, "smtp pix workaround maps", read by smtp.
    SMTP_PIX_WORKAROUND_MAPS = smtp_pix_workaround_maps: List, "";

    /// A time span, "smtp pix workaround threshold time", read by smtp.
    SMTP_PIX_WORKAROUND_THRESHOLD_TIME = smtp_pix_workaround_threshold_time: Time[Seconds], "500s";

    /// A list, "smtp pix workarounds", read by smtp.
    SMTP_PIX_WORKAROUNDS = smtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf";

    /// A time span, "smtp quit timeout", read by smtp.
    SMTP_QUIT_TIMEOUT = smtp_quit_timeout: Time[1.., Seconds], "300s";

    /// A switch, "smtp quote rfc821 envelope", read by smtp.
    SMTP_QUOTE_RFC821_ENVELOPE = smtp_quote_rfc821_envelope: Bool, "yes";

    /// A switch, "smtp randomize addresses", read by smtp.
    SMTP_RANDOMIZE_ADDRESSES = smtp_randomize_addresses: Bool, "yes";

    /// A time span, "smtp rcpt timeout", read by smtp.
    SMTP_RCPT_TIMEOUT = smtp_rcpt_timeout: Time[1.., Seconds], "300s";

    /// A text, "smtp reply filter", read by smtp.
    SMTP_REPLY_FILTER = smtp_reply_filter: Text, "";

    /// A time span, "smtp rset timeout", read by smtp.
    SMTP_RSET_TIMEOUT = smtp_rset_timeout: Time[1.., Seconds], "20s";

    /// A text, "smtp sasl auth cache name", read by smtp.
    SMTP_SASL_AUTH_CACHE_NAME = smtp_sasl_auth_cache_name: Text, "";

    /// A time span, "smtp sasl auth cache time", read by smtp.
    SMTP_SASL_AUTH_CACHE_TIME = smtp_sasl_auth_cache_time: Time[Days], "90d";

    /// A switch, "smtp sasl auth enable", read by smtp.
    SMTP_SASL_AUTH_ENABLE = smtp_sasl_auth_enable: Bool, "no";

    /// A switch, "smtp sasl auth soft bounce", read by smtp.
    SMTP_SASL_AUTH_SOFT_BOUNCE = smtp_sasl_auth_soft_bounce: Bool, "yes";

    /// A list, "smtp sasl mechanism filter", read by smtp.
    SMTP_SASL_MECHANISM_FILTER = smtp_sasl_mechanism_filter: List, "";

    /// A list, "smtp sasl password maps", read by smtp.
    SMTP_SASL_PASSWORD_MAPS = smtp_sasl_password_maps: List, "";

    /// A text, "smtp sasl password result delimiter", read by smtp.
    SMTP_SASL_PASSWORD_RESULT_DELIMITER = smtp_sasl_password_result_delimiter: Text[1..=1], ":";

    /// A text, "smtp sasl path", read by smtp.
    SMTP_SASL_PATH = smtp_sasl_path: Text, "";

    /// A list, "smtp sasl security options", read by smtp.
    SMTP_SASL_SECURITY_OPTIONS = smtp_sasl_security_options: List, "noplaintext, noanonymous";

    /// A list, "smtp sasl tls security options", read by smtp.
    SMTP_SASL_TLS_SECURITY_OPTIONS = smtp_sasl_tls_security_options: List, "$smtp_sasl_security_options";

    /// A list, "smtp sasl tls verified security options", read by smtp.
    SMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = smtp_sasl_tls_verified_security_options: List, "$smtp_sasl_tls_security_options";

    /// A text, "smtp sasl type", read by smtp.
    SMTP_SASL_TYPE = smtp_sasl_type: Text[1..], "cyrus";

    /// A switch, "smtp send dummy mail auth", read by smtp.
    SMTP_SEND_DUMMY_MAIL_AUTH = smtp_send_dummy_mail_auth: Bool, "no";

    /// A switch, "smtp send xforward command", read by smtp.
    SMTP_SEND_XFORWARD_COMMAND = smtp_send_xforward_command: Bool, "no";

    /// A switch, "smtp sender dependent authentication", read by smtp.
    SMTP_SENDER_DEPENDENT_AUTHENTICATION = smtp_sender_dependent_authentication: Bool, "no";

    /// A switch, "smtp skip 5xx greeting", read by smtp.
    SMTP_SKIP_5XX_GREETING = smtp_skip_5xx_greeting: Bool, "yes";

    /// A switch, "smtp skip quit response", read by smtp.
    SMTP_SKIP_QUIT_RESPONSE = smtp_skip_quit_response: Bool, "yes";

    /// A text, "smtp tcp port", read by smtp.
    SMTP_TCP_PORT = smtp_tcp_port: Text, "smtp";

    /// A time span, "smtp xforward timeout", read by smtp.
    SMTP_XFORWARD_TIMEOUT = smtp_xforward_timeout: Time[1.., Seconds], "300s";
}
