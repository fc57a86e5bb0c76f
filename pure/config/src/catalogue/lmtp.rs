//! The LMTP client: the same program as the SMTP client, with names of its own.

use crate::param::*;

catalogue! {
    /// A text, "lmtp address preference", read by lmtp.
    LMTP_ADDRESS_PREFERENCE = lmtp_address_preference: Text[1..], "any";

    /// A text, "lmtp address verify target", read by lmtp.
    LMTP_ADDRESS_VERIFY_TARGET = lmtp_address_verify_target: Text[1..], "rcpt";

    /// A switch, "lmtp assume final", read by smtp and lmtp.
    LMTP_ASSUME_FINAL = lmtp_assume_final: Bool, "no";

    /// A switch, "lmtp balance inet protocols", read by lmtp.
    LMTP_BALANCE_INET_PROTOCOLS = lmtp_balance_inet_protocols: Bool, "yes";

    /// A text, "lmtp bind address", read by lmtp.
    LMTP_BIND_ADDRESS = lmtp_bind_address: Text, "";

    /// A text, "lmtp bind address6", read by lmtp.
    LMTP_BIND_ADDRESS6 = lmtp_bind_address6: Text, "";

    /// A switch, "lmtp bind address enforce", read by lmtp.
    LMTP_BIND_ADDRESS_ENFORCE = lmtp_bind_address_enforce: Bool, "no";

    /// A list, "lmtp body checks", read by lmtp.
    LMTP_BODY_CHECKS = lmtp_body_checks: List, "";

    /// A switch, "lmtp cname overrides servername", read by lmtp.
    LMTP_CNAME_OVERRIDES_SERVERNAME = lmtp_cname_overrides_servername: Bool, "no";

    /// A time span, "lmtp connect timeout", read by lmtp.
    LMTP_CONNECT_TIMEOUT = lmtp_connect_timeout: Time[Seconds], "0s";

    /// A list, "lmtp connection cache destinations", read by lmtp.
    LMTP_CONNECTION_CACHE_DESTINATIONS = lmtp_connection_cache_destinations: List, "";

    /// A switch, "lmtp connection cache on demand", read by lmtp.
    LMTP_CONNECTION_CACHE_ON_DEMAND = lmtp_connection_cache_on_demand: Bool, "yes";

    /// A time span, "lmtp connection cache time limit", read by lmtp.
    LMTP_CONNECTION_CACHE_TIME_LIMIT = lmtp_connection_cache_time_limit: Time[1.., Seconds], "2s";

    /// A number, "lmtp connection reuse count limit", read by lmtp.
    LMTP_CONNECTION_REUSE_COUNT_LIMIT = lmtp_connection_reuse_count_limit: Int, "0";

    /// A time span, "lmtp connection reuse time limit", read by lmtp.
    LMTP_CONNECTION_REUSE_TIME_LIMIT = lmtp_connection_reuse_time_limit: Time[1.., Seconds], "300s";

    /// A time span, "lmtp data done timeout", read by lmtp.
    LMTP_DATA_DONE_TIMEOUT = lmtp_data_done_timeout: Time[1.., Seconds], "600s";

    /// A time span, "lmtp data init timeout", read by lmtp.
    LMTP_DATA_INIT_TIMEOUT = lmtp_data_init_timeout: Time[1.., Seconds], "120s";

    /// A time span, "lmtp data xfer timeout", read by lmtp.
    LMTP_DATA_XFER_TIMEOUT = lmtp_data_xfer_timeout: Time[1.., Seconds], "180s";

    /// A switch, "lmtp defer if no mx address found", read by lmtp.
    LMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = lmtp_defer_if_no_mx_address_found: Bool, "no";

    /// A text, "lmtp delivery status filter", read by lmtp.
    LMTP_DELIVERY_STATUS_FILTER = lmtp_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// A list, "lmtp discard lhlo keyword address maps", read by lmtp.
    LMTP_DISCARD_LHLO_KEYWORD_ADDRESS_MAPS = lmtp_discard_lhlo_keyword_address_maps: List, "";

    /// A list, "lmtp discard lhlo keywords", read by lmtp.
    LMTP_DISCARD_LHLO_KEYWORDS = lmtp_discard_lhlo_keywords: List, "";

    /// A text, "lmtp dns reply filter", read by lmtp.
    LMTP_DNS_REPLY_FILTER = lmtp_dns_reply_filter: Text, "";

    /// A list, "lmtp dns resolver options", read by lmtp.
    LMTP_DNS_RESOLVER_OPTIONS = lmtp_dns_resolver_options: List, "";

    /// A text, "lmtp dns support level", read by lmtp.
    LMTP_DNS_SUPPORT_LEVEL = lmtp_dns_support_level: Text, "";

    /// A list, "lmtp fallback relay", read by lmtp.
    LMTP_FALLBACK_RELAY = lmtp_fallback_relay: List, "";

    /// A list, "lmtp generic maps", read by lmtp.
    LMTP_GENERIC_MAPS = lmtp_generic_maps: List, "";

    /// A list, "lmtp header checks", read by lmtp.
    LMTP_HEADER_CHECKS = lmtp_header_checks: List, "";

    /// A list, "lmtp host lookup", read by lmtp.
    LMTP_HOST_LOOKUP = lmtp_host_lookup: List[1..], "dns";

    /// A text, "lmtp lhlo name", read by lmtp.
    LMTP_LHLO_NAME = lmtp_lhlo_name: Text[1..], "$myhostname";

    /// A time span, "lmtp lhlo timeout", read by lmtp.
    LMTP_LHLO_TIMEOUT = lmtp_lhlo_timeout: Time[1.., Seconds], "300s";

    /// A number, "lmtp line length limit", read by lmtp.
    LMTP_LINE_LENGTH_LIMIT = lmtp_line_length_limit: Int, "998";

    /// A time span, "lmtp mail timeout", read by lmtp.
    LMTP_MAIL_TIMEOUT = lmtp_mail_timeout: Time[1.., Seconds], "300s";

    /// A list, "lmtp mime header checks", read by lmtp.
    LMTP_MIME_HEADER_CHECKS = lmtp_mime_header_checks: List, "";

    /// A number, "lmtp min data rate", read by lmtp.
    LMTP_MIN_DATA_RATE = lmtp_min_data_rate: Int[1..], "500";

    /// A number, "lmtp mx address limit", read by lmtp.
    LMTP_MX_ADDRESS_LIMIT = lmtp_mx_address_limit: Int, "5";

    /// A number, "lmtp mx session limit", read by lmtp.
    LMTP_MX_SESSION_LIMIT = lmtp_mx_session_limit: Int, "2";

    /// A list, "lmtp nested header checks", read by lmtp.
    LMTP_NESTED_HEADER_CHECKS = lmtp_nested_header_checks: List, "";

    /// A switch, "lmtp per request deadline", read by lmtp.
    LMTP_PER_REQUEST_DEADLINE = lmtp_per_request_deadline: Bool, "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}";

    /// A time span, "lmtp pix workaround delay time", read by lmtp.
    LMTP_PIX_WORKAROUND_DELAY_TIME = lmtp_pix_workaround_delay_time: Time[1.., Seconds], "10s";

    /// A list, "lmtp pix workaround maps", read by lmtp.
    LMTP_PIX_WORKAROUND_MAPS = lmtp_pix_workaround_maps: List, "";

    /// A time span, "lmtp pix workaround threshold time", read by lmtp.
    LMTP_PIX_WORKAROUND_THRESHOLD_TIME = lmtp_pix_workaround_threshold_time: Time[Seconds], "500s";

    /// A list, "lmtp pix workarounds", read by lmtp.
    LMTP_PIX_WORKAROUNDS = lmtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf";

    /// A time span, "lmtp quit timeout", read by lmtp.
    LMTP_QUIT_TIMEOUT = lmtp_quit_timeout: Time[1.., Seconds], "300s";

    /// A switch, "lmtp quote rfc821 envelope", read by lmtp.
    LMTP_QUOTE_RFC821_ENVELOPE = lmtp_quote_rfc821_envelope: Bool, "yes";

    /// A switch, "lmtp randomize addresses", read by lmtp.
    LMTP_RANDOMIZE_ADDRESSES = lmtp_randomize_addresses: Bool, "yes";

    /// A time span, "lmtp rcpt timeout", read by lmtp.
    LMTP_RCPT_TIMEOUT = lmtp_rcpt_timeout: Time[1.., Seconds], "300s";

    /// A text, "lmtp reply filter", read by lmtp.
    LMTP_REPLY_FILTER = lmtp_reply_filter: Text, "";

    /// A time span, "lmtp rset timeout", read by lmtp.
    LMTP_RSET_TIMEOUT = lmtp_rset_timeout: Time[1.., Seconds], "20s";

    /// A text, "lmtp sasl auth cache name", read by lmtp.
    LMTP_SASL_AUTH_CACHE_NAME = lmtp_sasl_auth_cache_name: Text, "";

    /// A time span, "lmtp sasl auth cache time", read by lmtp.
    LMTP_SASL_AUTH_CACHE_TIME = lmtp_sasl_auth_cache_time: Time[Days], "90d";

    /// A switch, "lmtp sasl auth enable", read by lmtp.
    LMTP_SASL_AUTH_ENABLE = lmtp_sasl_auth_enable: Bool, "no";

    /// A switch, "lmtp sasl auth soft bounce", read by lmtp.
    LMTP_SASL_AUTH_SOFT_BOUNCE = lmtp_sasl_auth_soft_bounce: Bool, "yes";

    /// A list, "lmtp sasl mechanism filter", read by lmtp.
    LMTP_SASL_MECHANISM_FILTER = lmtp_sasl_mechanism_filter: List, "";

    /// A list, "lmtp sasl password maps", read by lmtp.
    LMTP_SASL_PASSWORD_MAPS = lmtp_sasl_password_maps: List, "";

    /// A text, "lmtp sasl password result delimiter", read by lmtp.
    LMTP_SASL_PASSWORD_RESULT_DELIMITER = lmtp_sasl_password_result_delimiter: Text[1..=1], ":";

    /// A text, "lmtp sasl path", read by lmtp.
    LMTP_SASL_PATH = lmtp_sasl_path: Text, "";

    /// A list, "lmtp sasl security options", read by lmtp.
    LMTP_SASL_SECURITY_OPTIONS = lmtp_sasl_security_options: List, "noplaintext, noanonymous";

    /// A list, "lmtp sasl tls security options", read by lmtp.
    LMTP_SASL_TLS_SECURITY_OPTIONS = lmtp_sasl_tls_security_options: List, "$lmtp_sasl_security_options";

    /// A list, "lmtp sasl tls verified security options", read by lmtp.
    LMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = lmtp_sasl_tls_verified_security_options: List, "$lmtp_sasl_tls_security_options";

    /// A text, "lmtp sasl type", read by lmtp.
    LMTP_SASL_TYPE = lmtp_sasl_type: Text[1..], "cyrus";

    /// A switch, "lmtp send dummy mail auth", read by lmtp.
    LMTP_SEND_DUMMY_MAIL_AUTH = lmtp_send_dummy_mail_auth: Bool, "no";

    /// A switch, "lmtp send xforward command", read by lmtp.
    LMTP_SEND_XFORWARD_COMMAND = lmtp_send_xforward_command: Bool, "no";

    /// A switch, "lmtp sender dependent authentication", read by lmtp.
    LMTP_SENDER_DEPENDENT_AUTHENTICATION = lmtp_sender_dependent_authentication: Bool, "no";

    /// A switch, "lmtp skip 5xx greeting", read by lmtp.
    LMTP_SKIP_5XX_GREETING = lmtp_skip_5xx_greeting: Bool, "yes";

    /// A switch, "lmtp skip quit response", read by lmtp.
    LMTP_SKIP_QUIT_RESPONSE = lmtp_skip_quit_response: Bool, "no";

    /// A text, "lmtp tcp port", read by lmtp.
    LMTP_TCP_PORT = lmtp_tcp_port: Text, "24";

    /// A time span, "lmtp xforward timeout", read by lmtp.
    LMTP_XFORWARD_TIMEOUT = lmtp_xforward_timeout: Time[1.., Seconds], "300s";
}
