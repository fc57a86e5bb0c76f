//! The LMTP client: the same program as the SMTP client, with names of its own.

catalogue! {
    /// Since 2.8.
    LMTP_ADDRESS_PREFERENCE = lmtp_address_preference: Text[1..], "any", like SMTP_ADDRESS_PREFERENCE;

    /// Since 3.0.
    LMTP_ADDRESS_VERIFY_TARGET = lmtp_address_verify_target: Text[1..], "rcpt", like SMTP_ADDRESS_VERIFY_TARGET;

    /// Whether a server that announces no DSN makes the final delivery, so that a sender who asked for it is told
    /// `delivered` rather than `relayed`. True of mailbox servers, not of content filters.
    /// Since 2.6.
    LMTP_ASSUME_FINAL = lmtp_assume_final: Bool, "no";

    /// Since 3.3.
    LMTP_BALANCE_INET_PROTOCOLS = lmtp_balance_inet_protocols: Bool, "yes", like SMTP_BALANCE_INET_PROTOCOLS;

    /// Since 2.3.
    LMTP_BIND_ADDRESS = lmtp_bind_address: Text, "", like SMTP_BIND_ADDRESS;

    /// Since 2.3.
    LMTP_BIND_ADDRESS6 = lmtp_bind_address6: Text, "", like SMTP_BIND_ADDRESS6;

    /// Since 3.7.
    LMTP_BIND_ADDRESS_ENFORCE = lmtp_bind_address_enforce: Bool, "no", like SMTP_BIND_ADDRESS_ENFORCE;

    /// Since 2.5.
    LMTP_BODY_CHECKS = lmtp_body_checks: List, "", like SMTP_BODY_CHECKS;

    /// Since 2.3.
    LMTP_CNAME_OVERRIDES_SERVERNAME = lmtp_cname_overrides_servername: Bool, "no", like SMTP_CNAME_OVERRIDES_SERVERNAME;

    /// The default is another: the system decides.
    LMTP_CONNECT_TIMEOUT = lmtp_connect_timeout: Time[Seconds], "0s", like SMTP_CONNECT_TIMEOUT;

    /// Since 2.3.
    LMTP_CONNECTION_CACHE_DESTINATIONS = lmtp_connection_cache_destinations: List, "", like SMTP_CONNECTION_CACHE_DESTINATIONS;

    /// Since 2.3.
    LMTP_CONNECTION_CACHE_ON_DEMAND = lmtp_connection_cache_on_demand: Bool, "yes", like SMTP_CONNECTION_CACHE_ON_DEMAND;

    /// Since 2.3.
    LMTP_CONNECTION_CACHE_TIME_LIMIT = lmtp_connection_cache_time_limit: Time[1.., Seconds], "2s", like SMTP_CONNECTION_CACHE_TIME_LIMIT;

    /// Since 2.11.
    LMTP_CONNECTION_REUSE_COUNT_LIMIT = lmtp_connection_reuse_count_limit: Int, "0", like SMTP_CONNECTION_REUSE_COUNT_LIMIT;

    /// Since 2.3.
    LMTP_CONNECTION_REUSE_TIME_LIMIT = lmtp_connection_reuse_time_limit: Time[1.., Seconds], "300s", like SMTP_CONNECTION_REUSE_TIME_LIMIT;

    LMTP_DATA_DONE_TIMEOUT = lmtp_data_done_timeout: Time[1.., Seconds], "600s", like SMTP_DATA_DONE_TIMEOUT;

    LMTP_DATA_INIT_TIMEOUT = lmtp_data_init_timeout: Time[1.., Seconds], "120s", like SMTP_DATA_INIT_TIMEOUT;

    LMTP_DATA_XFER_TIMEOUT = lmtp_data_xfer_timeout: Time[1.., Seconds], "180s", like SMTP_DATA_XFER_TIMEOUT;

    /// Since 2.3.
    LMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = lmtp_defer_if_no_mx_address_found: Bool, "no", like SMTP_DEFER_IF_NO_MX_ADDRESS_FOUND;

    /// Since 3.0.
    LMTP_DELIVERY_STATUS_FILTER = lmtp_delivery_status_filter: Text, "$default_delivery_status_filter", like SMTP_DELIVERY_STATUS_FILTER;

    /// The greeting of LMTP is LHLO.
    /// Since 2.3.
    LMTP_DISCARD_LHLO_KEYWORD_ADDRESS_MAPS = lmtp_discard_lhlo_keyword_address_maps: List, "", like SMTP_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS;

    /// The greeting of LMTP is LHLO.
    /// Since 2.3.
    LMTP_DISCARD_LHLO_KEYWORDS = lmtp_discard_lhlo_keywords: List, "", like SMTP_DISCARD_EHLO_KEYWORDS;

    /// Since 3.0.
    LMTP_DNS_REPLY_FILTER = lmtp_dns_reply_filter: Text, "", like SMTP_DNS_REPLY_FILTER;

    /// Since 2.8.
    LMTP_DNS_RESOLVER_OPTIONS = lmtp_dns_resolver_options: List, "", like SMTP_DNS_RESOLVER_OPTIONS;

    /// Since 2.11.
    LMTP_DNS_SUPPORT_LEVEL = lmtp_dns_support_level: Text, "", like SMTP_DNS_SUPPORT_LEVEL;

    /// There are no MX records in LMTP, so `host` and `host:port` are enough; `inet:` may not stand in front.
    /// Since 3.1.
    LMTP_FALLBACK_RELAY = lmtp_fallback_relay: List, "", like SMTP_FALLBACK_RELAY;

    /// Since 2.3.
    LMTP_GENERIC_MAPS = lmtp_generic_maps: List, "", like SMTP_GENERIC_MAPS;

    /// Since 2.5.
    LMTP_HEADER_CHECKS = lmtp_header_checks: List, "", like SMTP_HEADER_CHECKS;

    /// Since 2.3.
    LMTP_HOST_LOOKUP = lmtp_host_lookup: List[1..], "dns", like SMTP_HOST_LOOKUP;

    /// The greeting of LMTP is LHLO.
    /// Since 2.3.
    LMTP_LHLO_NAME = lmtp_lhlo_name: Text[1..], "$myhostname", like SMTP_HELO_NAME;

    /// The greeting of LMTP is LHLO.
    LMTP_LHLO_TIMEOUT = lmtp_lhlo_timeout: Time[1.., Seconds], "300s", like SMTP_HELO_TIMEOUT;

    /// Since 2.3.
    LMTP_LINE_LENGTH_LIMIT = lmtp_line_length_limit: Int, "998", like SMTP_LINE_LENGTH_LIMIT;

    LMTP_MAIL_TIMEOUT = lmtp_mail_timeout: Time[1.., Seconds], "300s", like SMTP_MAIL_TIMEOUT;

    /// Since 2.5.
    LMTP_MIME_HEADER_CHECKS = lmtp_mime_header_checks: List, "", like SMTP_MIME_HEADER_CHECKS;

    /// Since 3.7.
    LMTP_MIN_DATA_RATE = lmtp_min_data_rate: Int[1..], "500", like SMTP_MIN_DATA_RATE;

    /// LMTP asks for no MX records: a host with several addresses is meant.
    /// Since 2.3.
    LMTP_MX_ADDRESS_LIMIT = lmtp_mx_address_limit: Int, "5", like SMTP_MX_ADDRESS_LIMIT;

    /// Since 2.3.
    LMTP_MX_SESSION_LIMIT = lmtp_mx_session_limit: Int, "2", like SMTP_MX_SESSION_LIMIT;

    /// Since 2.5.
    LMTP_NESTED_HEADER_CHECKS = lmtp_nested_header_checks: List, "", like SMTP_NESTED_HEADER_CHECKS;

    /// Since 3.7.
    LMTP_PER_REQUEST_DEADLINE = lmtp_per_request_deadline: Bool, "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}", like SMTP_PER_REQUEST_DEADLINE;

    /// Since 2.3.
    LMTP_PIX_WORKAROUND_DELAY_TIME = lmtp_pix_workaround_delay_time: Time[1.., Seconds], "10s", like SMTP_PIX_WORKAROUND_DELAY_TIME;

    /// Since 2.4.
    LMTP_PIX_WORKAROUND_MAPS = lmtp_pix_workaround_maps: List, "", like SMTP_PIX_WORKAROUND_MAPS;

    /// Since 2.3.
    LMTP_PIX_WORKAROUND_THRESHOLD_TIME = lmtp_pix_workaround_threshold_time: Time[Seconds], "500s", like SMTP_PIX_WORKAROUND_THRESHOLD_TIME;

    /// Since 2.4.
    LMTP_PIX_WORKAROUNDS = lmtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf", like SMTP_PIX_WORKAROUNDS;

    LMTP_QUIT_TIMEOUT = lmtp_quit_timeout: Time[1.., Seconds], "300s", like SMTP_QUIT_TIMEOUT;

    /// Since 2.3.
    LMTP_QUOTE_RFC821_ENVELOPE = lmtp_quote_rfc821_envelope: Bool, "yes", like SMTP_QUOTE_RFC821_ENVELOPE;

    /// Since 2.3.
    LMTP_RANDOMIZE_ADDRESSES = lmtp_randomize_addresses: Bool, "yes", like SMTP_RANDOMIZE_ADDRESSES;

    LMTP_RCPT_TIMEOUT = lmtp_rcpt_timeout: Time[1.., Seconds], "300s", like SMTP_RCPT_TIMEOUT;

    /// Since 2.7.
    LMTP_REPLY_FILTER = lmtp_reply_filter: Text, "", like SMTP_REPLY_FILTER;

    LMTP_RSET_TIMEOUT = lmtp_rset_timeout: Time[1.., Seconds], "20s", like SMTP_RSET_TIMEOUT;

    /// Since 2.5.
    LMTP_SASL_AUTH_CACHE_NAME = lmtp_sasl_auth_cache_name: Text, "", like SMTP_SASL_AUTH_CACHE_NAME;

    /// Since 2.5.
    LMTP_SASL_AUTH_CACHE_TIME = lmtp_sasl_auth_cache_time: Time[Days], "90d", like SMTP_SASL_AUTH_CACHE_TIME;

    LMTP_SASL_AUTH_ENABLE = lmtp_sasl_auth_enable: Bool, "no", like SMTP_SASL_AUTH_ENABLE;

    /// Since 2.5.
    LMTP_SASL_AUTH_SOFT_BOUNCE = lmtp_sasl_auth_soft_bounce: Bool, "yes", like SMTP_SASL_AUTH_SOFT_BOUNCE;

    /// Since 2.3.
    LMTP_SASL_MECHANISM_FILTER = lmtp_sasl_mechanism_filter: List, "", like SMTP_SASL_MECHANISM_FILTER;

    LMTP_SASL_PASSWORD_MAPS = lmtp_sasl_password_maps: List, "", like SMTP_SASL_PASSWORD_MAPS;

    /// Since 3.9.
    LMTP_SASL_PASSWORD_RESULT_DELIMITER = lmtp_sasl_password_result_delimiter: Text[1..=1], ":", like SMTP_SASL_PASSWORD_RESULT_DELIMITER;

    /// Since 2.3.
    LMTP_SASL_PATH = lmtp_sasl_path: Text, "", like SMTP_SASL_PATH;

    LMTP_SASL_SECURITY_OPTIONS = lmtp_sasl_security_options: List, "noplaintext, noanonymous", like SMTP_SASL_SECURITY_OPTIONS;

    /// Since 2.3.
    LMTP_SASL_TLS_SECURITY_OPTIONS = lmtp_sasl_tls_security_options: List, "$lmtp_sasl_security_options", like SMTP_SASL_TLS_SECURITY_OPTIONS;

    /// Since 2.3.
    LMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = lmtp_sasl_tls_verified_security_options: List, "$lmtp_sasl_tls_security_options", like SMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS;

    /// Since 2.3.
    LMTP_SASL_TYPE = lmtp_sasl_type: Text[1..], "cyrus", like SMTP_SASL_TYPE;

    /// Since 2.9.
    LMTP_SEND_DUMMY_MAIL_AUTH = lmtp_send_dummy_mail_auth: Bool, "no", like SMTP_SEND_DUMMY_MAIL_AUTH;

    /// Since 2.1.
    LMTP_SEND_XFORWARD_COMMAND = lmtp_send_xforward_command: Bool, "no", like SMTP_SEND_XFORWARD_COMMAND;

    /// Since 2.3.
    LMTP_SENDER_DEPENDENT_AUTHENTICATION = lmtp_sender_dependent_authentication: Bool, "no", like SMTP_SENDER_DEPENDENT_AUTHENTICATION;

    /// Since 2.3.
    LMTP_SKIP_5XX_GREETING = lmtp_skip_5xx_greeting: Bool, "yes", like SMTP_SKIP_5XX_GREETING;

    /// The default is another: the reply is waited for.
    LMTP_SKIP_QUIT_RESPONSE = lmtp_skip_quit_response: Bool, "no", like SMTP_SKIP_QUIT_RESPONSE;

    /// The default is 24, by custom.
    LMTP_TCP_PORT = lmtp_tcp_port: Text, "24", like SMTP_TCP_PORT;

    /// When it fails, the next server is not tried.
    /// Since 2.1.
    LMTP_XFORWARD_TIMEOUT = lmtp_xforward_timeout: Time[1.., Seconds], "300s", like SMTP_XFORWARD_TIMEOUT;
}
