//! The LMTP client: the same program as the SMTP client, with names of its own.

catalogue! {
    /// Which IP version the LMTP client tries first when a host has both: `any`, `ipv4` or `ipv6`.
    LMTP_ADDRESS_PREFERENCE = lmtp_address_preference: Text[1..], "any";

    /// After which command an address probe is settled: `rcpt` or `data`.
    LMTP_ADDRESS_VERIFY_TARGET = lmtp_address_verify_target: Text[1..], "rcpt";

    /// Whether an LMTP server that announces no DSN support counts as the final delivery for success notices.
    LMTP_ASSUME_FINAL = lmtp_assume_final: Bool, "no";

    /// Whether IPv4 and IPv6 addresses of a destination get an equal share within the address limit.
    LMTP_BALANCE_INET_PROTOCOLS = lmtp_balance_inet_protocols: Bool, "yes";

    LMTP_BIND_ADDRESS = lmtp_bind_address: Text, "", like SMTP_BIND_ADDRESS;

    /// The IPv6 address from which the LMTP client connects; empty lets the system choose.
    LMTP_BIND_ADDRESS6 = lmtp_bind_address6: Text, "";

    /// Whether delivery is put off when the wanted source address cannot be used.
    LMTP_BIND_ADDRESS_ENFORCE = lmtp_bind_address_enforce: Bool, "no";

    /// Tables of patterns that body lines are held against on the way out.
    LMTP_BODY_CHECKS = lmtp_body_checks: List, "";

    /// Whether the name that a CNAME record leads to replaces the server's name in logs, SASL and TLS lookups.
    LMTP_CNAME_OVERRIDES_SERVERNAME = lmtp_cname_overrides_servername: Bool, "no";

    /// How long a TCP connection may take to open; 0 leaves it to the system.
    LMTP_CONNECT_TIMEOUT = lmtp_connect_timeout: Time[Seconds], "0s";

    /// Destinations for which connections are always kept open for the next delivery.
    LMTP_CONNECTION_CACHE_DESTINATIONS = lmtp_connection_cache_destinations: List, "";

    /// Whether connections are kept open for a while when a destination gets much mail.
    LMTP_CONNECTION_CACHE_ON_DEMAND = lmtp_connection_cache_on_demand: Bool, "yes";

    /// How long an idle connection is kept for another delivery.
    LMTP_CONNECTION_CACHE_TIME_LIMIT = lmtp_connection_cache_time_limit: Time[1.., Seconds], "2s";

    /// How many deliveries one connection may carry; 0 is no limit.
    LMTP_CONNECTION_REUSE_COUNT_LIMIT = lmtp_connection_reuse_count_limit: Int, "0";

    /// How long one connection may be used for new deliveries.
    LMTP_CONNECTION_REUSE_TIME_LIMIT = lmtp_connection_reuse_time_limit: Time[1.., Seconds], "300s";

    /// How long to wait for the reply after the end of the content.
    LMTP_DATA_DONE_TIMEOUT = lmtp_data_done_timeout: Time[1.., Seconds], "600s";

    /// How long to wait for the reply to DATA.
    LMTP_DATA_INIT_TIMEOUT = lmtp_data_init_timeout: Time[1.., Seconds], "120s";

    /// How long the server may take to accept a piece of the content.
    LMTP_DATA_XFER_TIMEOUT = lmtp_data_xfer_timeout: Time[1.., Seconds], "180s";

    /// Whether mail waits, rather than bounces, when no MX record leads to an address.
    LMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = lmtp_defer_if_no_mx_address_found: Bool, "no";

    /// A table that may change the status code and text of a delivery by the LMTP client.
    LMTP_DELIVERY_STATUS_FILTER = lmtp_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Tables that say, by server address, which LHLO keywords are ignored.
    LMTP_DISCARD_LHLO_KEYWORD_ADDRESS_MAPS = lmtp_discard_lhlo_keyword_address_maps: List, "";

    /// LHLO keywords of any server that are ignored.
    LMTP_DISCARD_LHLO_KEYWORDS = lmtp_discard_lhlo_keywords: List, "";

    /// A table that may drop or change records in DNS answers that the LMTP client gets.
    LMTP_DNS_REPLY_FILTER = lmtp_dns_reply_filter: Text, "";

    /// Options of the DNS lookups of the LMTP client, such as `res_defnames`.
    LMTP_DNS_RESOLVER_OPTIONS = lmtp_dns_resolver_options: List, "";

    /// How the LMTP client uses DNS: `disabled`, `enabled` or `dnssec`.
    LMTP_DNS_SUPPORT_LEVEL = lmtp_dns_support_level: Text, "";

    /// Relays that take the mail when no regular host of a destination could be reached.
    LMTP_FALLBACK_RELAY = lmtp_fallback_relay: List, "";

    /// Tables that rewrite local addresses into globally valid ones on the way out.
    LMTP_GENERIC_MAPS = lmtp_generic_maps: List, "";

    /// Tables of patterns that primary headers are held against on the way out.
    LMTP_HEADER_CHECKS = lmtp_header_checks: List, "";

    /// Where host names are looked up: `dns`, `native`, or both in the order given.
    LMTP_HOST_LOOKUP = lmtp_host_lookup: List[1..], "dns";

    /// The name the client gives of itself in LHLO.
    LMTP_LHLO_NAME = lmtp_lhlo_name: Text[1..], "$myhostname";

    /// How long to wait for the greeting, and for the reply to LHLO.
    LMTP_LHLO_TIMEOUT = lmtp_lhlo_timeout: Time[1.., Seconds], "300s";

    /// The length at which long lines are broken on the way out; 0 does not break.
    LMTP_LINE_LENGTH_LIMIT = lmtp_line_length_limit: Int, "998";

    /// How long to wait for the reply to MAIL FROM.
    LMTP_MAIL_TIMEOUT = lmtp_mail_timeout: Time[1.., Seconds], "300s";

    /// Tables of patterns that MIME headers are held against on the way out.
    LMTP_MIME_HEADER_CHECKS = lmtp_mime_header_checks: List, "";

    /// The least number of octets per second that keeps a request's deadline from running out.
    LMTP_MIN_DATA_RATE = lmtp_min_data_rate: Int[1..], "500";

    /// How many addresses of a destination are considered; 0 is no limit.
    LMTP_MX_ADDRESS_LIMIT = lmtp_mx_address_limit: Int, "5";

    /// How many sessions one delivery may try before it gives up for now.
    LMTP_MX_SESSION_LIMIT = lmtp_mx_session_limit: Int, "2";

    /// Tables of patterns that headers of attached messages are held against on the way out.
    LMTP_NESTED_HEADER_CHECKS = lmtp_nested_header_checks: List, "";

    /// Whether the time limits are for a whole request and its reply instead of each read or write.
    LMTP_PER_REQUEST_DEADLINE = lmtp_per_request_deadline: Bool, "${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}";

    /// How long to wait before the final dot when the workaround for firewalls is in force.
    LMTP_PIX_WORKAROUND_DELAY_TIME = lmtp_pix_workaround_delay_time: Time[1.., Seconds], "10s";

    /// Tables that say, by server address, which firewall workarounds are used.
    LMTP_PIX_WORKAROUND_MAPS = lmtp_pix_workaround_maps: List, "";

    /// How long a message must have waited before the firewall workarounds are used.
    LMTP_PIX_WORKAROUND_THRESHOLD_TIME = lmtp_pix_workaround_threshold_time: Time[Seconds], "500s";

    /// Workarounds for firewalls that break the dialogue: `disable_esmtp`, `delay_dotcrlf`.
    LMTP_PIX_WORKAROUNDS = lmtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf";

    /// How long to wait for the reply to QUIT.
    LMTP_QUIT_TIMEOUT = lmtp_quit_timeout: Time[1.., Seconds], "300s";

    /// Whether local parts in envelope addresses are quoted as RFC 5321 asks.
    LMTP_QUOTE_RFC821_ENVELOPE = lmtp_quote_rfc821_envelope: Bool, "yes";

    /// Whether hosts of equal preference are tried in random order.
    LMTP_RANDOMIZE_ADDRESSES = lmtp_randomize_addresses: Bool, "yes";

    /// How long to wait for the reply to RCPT TO.
    LMTP_RCPT_TIMEOUT = lmtp_rcpt_timeout: Time[1.., Seconds], "300s";

    /// A table that may change the server's reply lines before they are understood.
    LMTP_REPLY_FILTER = lmtp_reply_filter: Text, "";

    /// How long to wait for the reply to RSET.
    LMTP_RSET_TIMEOUT = lmtp_rset_timeout: Time[1.., Seconds], "20s";

    /// A table that remembers failed logins, so that they are not tried again soon.
    LMTP_SASL_AUTH_CACHE_NAME = lmtp_sasl_auth_cache_name: Text, "";

    /// How long a failed login is remembered.
    LMTP_SASL_AUTH_CACHE_TIME = lmtp_sasl_auth_cache_time: Time[Days], "90d";

    /// Whether the client logs in at servers that offer AUTH.
    LMTP_SASL_AUTH_ENABLE = lmtp_sasl_auth_enable: Bool, "no";

    /// Whether mail waits, rather than bounces, when the login is refused for good.
    LMTP_SASL_AUTH_SOFT_BOUNCE = lmtp_sasl_auth_soft_bounce: Bool, "yes";

    /// Which of the server's SASL mechanisms may be used.
    LMTP_SASL_MECHANISM_FILTER = lmtp_sasl_mechanism_filter: List, "";

    /// Tables with user name and password for each destination or sender.
    LMTP_SASL_PASSWORD_MAPS = lmtp_sasl_password_maps: List, "";

    /// The character between user name and password in the result of a password table.
    LMTP_SASL_PASSWORD_RESULT_DELIMITER = lmtp_sasl_password_result_delimiter: Text[1..=1], ":";

    /// Where the SASL implementation finds its configuration.
    LMTP_SASL_PATH = lmtp_sasl_path: Text, "";

    /// Which properties a SASL mechanism must have in a session without TLS.
    LMTP_SASL_SECURITY_OPTIONS = lmtp_sasl_security_options: List, "noplaintext, noanonymous";

    /// Which properties a SASL mechanism must have in a session with TLS.
    LMTP_SASL_TLS_SECURITY_OPTIONS = lmtp_sasl_tls_security_options: List, "$lmtp_sasl_security_options";

    /// Which properties a SASL mechanism must have when the server's certificate was verified.
    LMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = lmtp_sasl_tls_verified_security_options: List, "$lmtp_sasl_tls_security_options";

    /// Which SASL implementation is used.
    LMTP_SASL_TYPE = lmtp_sasl_type: Text[1..], "cyrus";

    /// Whether `AUTH=<>` is added to MAIL FROM after a login.
    LMTP_SEND_DUMMY_MAIL_AUTH = lmtp_send_dummy_mail_auth: Bool, "no";

    /// Whether the facts of the original client are passed on by XFORWARD.
    LMTP_SEND_XFORWARD_COMMAND = lmtp_send_xforward_command: Bool, "no";

    /// Whether the password table is searched by sender before destination.
    LMTP_SENDER_DEPENDENT_AUTHENTICATION = lmtp_sender_dependent_authentication: Bool, "no";

    /// Whether a 5xx greeting makes the client try the next host instead of bouncing the mail.
    LMTP_SKIP_5XX_GREETING = lmtp_skip_5xx_greeting: Bool, "yes";

    /// Whether the client hangs up without waiting for the reply to QUIT.
    LMTP_SKIP_QUIT_RESPONSE = lmtp_skip_quit_response: Bool, "no";

    /// The port the client connects to by default, as a number or a service name.
    LMTP_TCP_PORT = lmtp_tcp_port: Text, "24";

    /// How long to wait for the reply to XFORWARD.
    LMTP_XFORWARD_TIMEOUT = lmtp_xforward_timeout: Time[1.., Seconds], "300s";
}
