//! The SMTP client.

catalogue! {
    /// Which IP version the SMTP client tries first when a host has both: `any`, `ipv4` or `ipv6`.
    SMTP_ADDRESS_PREFERENCE = smtp_address_preference: Text[1..], "any";

    /// After which command an address probe is settled: `rcpt` or `data`.
    SMTP_ADDRESS_VERIFY_TARGET = smtp_address_verify_target: Text[1..], "rcpt";

    /// Whether EHLO is sent even to a server whose greeting does not say ESMTP.
    SMTP_ALWAYS_SEND_EHLO = smtp_always_send_ehlo: Bool, "yes";

    /// Whether IPv4 and IPv6 addresses of a destination get an equal share within the address limit.
    SMTP_BALANCE_INET_PROTOCOLS = smtp_balance_inet_protocols: Bool, "yes";

    /// The IPv4 address from which the SMTP client connects; empty lets the system choose.
    SMTP_BIND_ADDRESS = smtp_bind_address: Text, "";

    /// The IPv6 address from which the SMTP client connects; empty lets the system choose.
    SMTP_BIND_ADDRESS6 = smtp_bind_address6: Text, "";

    /// Whether delivery is put off when the wanted source address cannot be used.
    SMTP_BIND_ADDRESS_ENFORCE = smtp_bind_address_enforce: Bool, "no";

    /// Tables of patterns that body lines are held against on the way out.
    SMTP_BODY_CHECKS = smtp_body_checks: List, "";

    /// Whether the name that a CNAME record leads to replaces the server's name in logs, SASL and TLS lookups.
    SMTP_CNAME_OVERRIDES_SERVERNAME = smtp_cname_overrides_servername: Bool, "no";

    /// How long a TCP connection may take to open; 0 leaves it to the system.
    SMTP_CONNECT_TIMEOUT = smtp_connect_timeout: Time[Seconds], "30s";

    /// Destinations for which connections are always kept open for the next delivery.
    SMTP_CONNECTION_CACHE_DESTINATIONS = smtp_connection_cache_destinations: List, "";

    /// Whether connections are kept open for a while when a destination gets much mail.
    SMTP_CONNECTION_CACHE_ON_DEMAND = smtp_connection_cache_on_demand: Bool, "yes";

    /// How long an idle connection is kept for another delivery.
    SMTP_CONNECTION_CACHE_TIME_LIMIT = smtp_connection_cache_time_limit: Time[1.., Seconds], "2s";

    /// How many deliveries one connection may carry; 0 is no limit.
    SMTP_CONNECTION_REUSE_COUNT_LIMIT = smtp_connection_reuse_count_limit: Int, "0";

    /// How long one connection may be used for new deliveries.
    SMTP_CONNECTION_REUSE_TIME_LIMIT = smtp_connection_reuse_time_limit: Time[1.., Seconds], "300s";

    /// How long to wait for the reply after the end of the content.
    SMTP_DATA_DONE_TIMEOUT = smtp_data_done_timeout: Time[1.., Seconds], "600s";

    /// How long to wait for the reply to DATA.
    SMTP_DATA_INIT_TIMEOUT = smtp_data_init_timeout: Time[1.., Seconds], "120s";

    /// How long the server may take to accept a piece of the content.
    SMTP_DATA_XFER_TIMEOUT = smtp_data_xfer_timeout: Time[1.., Seconds], "180s";

    /// Whether mail waits, rather than bounces, when no MX record leads to an address.
    SMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = smtp_defer_if_no_mx_address_found: Bool, "no";

    /// A table that may change the status code and text of a delivery by the SMTP client.
    SMTP_DELIVERY_STATUS_FILTER = smtp_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Tables that say, by server address, which EHLO keywords are ignored.
    SMTP_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtp_discard_ehlo_keyword_address_maps: List, "";

    /// EHLO keywords of any server that are ignored.
    SMTP_DISCARD_EHLO_KEYWORDS = smtp_discard_ehlo_keywords: List, "";

    /// A table that may drop or change records in DNS answers that the SMTP client gets.
    SMTP_DNS_REPLY_FILTER = smtp_dns_reply_filter: Text, "";

    /// Options of the DNS lookups of the SMTP client, such as `res_defnames`.
    SMTP_DNS_RESOLVER_OPTIONS = smtp_dns_resolver_options: List, "";

    /// How the SMTP client uses DNS: `disabled`, `enabled` or `dnssec`.
    SMTP_DNS_SUPPORT_LEVEL = smtp_dns_support_level: Text, "";

    /// Relays that take the mail when no regular host of a destination could be reached.
    SMTP_FALLBACK_RELAY = smtp_fallback_relay: List, "$fallback_relay";

    /// Tables that rewrite local addresses into globally valid ones on the way out.
    SMTP_GENERIC_MAPS = smtp_generic_maps: List, "";

    /// Tables of patterns that primary headers are held against on the way out.
    SMTP_HEADER_CHECKS = smtp_header_checks: List, "";

    /// The name the client gives of itself in EHLO or HELO.
    SMTP_HELO_NAME = smtp_helo_name: Text[1..], "$myhostname";

    /// How long to wait for the greeting, and for the reply to EHLO or HELO.
    SMTP_HELO_TIMEOUT = smtp_helo_timeout: Time[1.., Seconds], "300s";

    /// Where host names are looked up: `dns`, `native`, or both in the order given.
    SMTP_HOST_LOOKUP = smtp_host_lookup: List[1..], "dns";

    /// The length at which long lines are broken on the way out; 0 does not break.
    SMTP_LINE_LENGTH_LIMIT = smtp_line_length_limit: Int, "998";

    /// How long to wait for the reply to MAIL FROM.
    SMTP_MAIL_TIMEOUT = smtp_mail_timeout: Time[1.., Seconds], "300s";

    /// Tables of patterns that MIME headers are held against on the way out.
    SMTP_MIME_HEADER_CHECKS = smtp_mime_header_checks: List, "";

    /// The least number of octets per second that keeps a request's deadline from running out.
    SMTP_MIN_DATA_RATE = smtp_min_data_rate: Int[1..], "500";

    /// How many addresses of a destination are considered; 0 is no limit.
    SMTP_MX_ADDRESS_LIMIT = smtp_mx_address_limit: Int, "5";

    /// How many sessions one delivery may try before it gives up for now.
    SMTP_MX_SESSION_LIMIT = smtp_mx_session_limit: Int, "2";

    /// Tables of patterns that headers of attached messages are held against on the way out.
    SMTP_NESTED_HEADER_CHECKS = smtp_nested_header_checks: List, "";

    /// Whether HELO is sent always, so that no extension is ever used.
    SMTP_NEVER_SEND_EHLO = smtp_never_send_ehlo: Bool, "no";

    /// Whether the time limits are for a whole request and its reply instead of each read or write.
    SMTP_PER_REQUEST_DEADLINE = smtp_per_request_deadline: Bool, "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}";

    /// How long to wait before the final dot when the workaround for firewalls is in force.
    SMTP_PIX_WORKAROUND_DELAY_TIME = smtp_pix_workaround_delay_time: Time[1.., Seconds], "10s";

    /// Tables that say, by server address, which firewall workarounds are used.
    SMTP_PIX_WORKAROUND_MAPS = smtp_pix_workaround_maps: List, "";

    /// How long a message must have waited before the firewall workarounds are used.
    SMTP_PIX_WORKAROUND_THRESHOLD_TIME = smtp_pix_workaround_threshold_time: Time[Seconds], "500s";

    /// Workarounds for firewalls that break the dialogue: `disable_esmtp`, `delay_dotcrlf`.
    SMTP_PIX_WORKAROUNDS = smtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf";

    /// How long to wait for the reply to QUIT.
    SMTP_QUIT_TIMEOUT = smtp_quit_timeout: Time[1.., Seconds], "300s";

    /// Whether local parts in envelope addresses are quoted as RFC 5321 asks.
    SMTP_QUOTE_RFC821_ENVELOPE = smtp_quote_rfc821_envelope: Bool, "yes";

    /// Whether hosts of equal preference are tried in random order.
    SMTP_RANDOMIZE_ADDRESSES = smtp_randomize_addresses: Bool, "yes";

    /// How long to wait for the reply to RCPT TO.
    SMTP_RCPT_TIMEOUT = smtp_rcpt_timeout: Time[1.., Seconds], "300s";

    /// A table that may change the server's reply lines before they are understood.
    SMTP_REPLY_FILTER = smtp_reply_filter: Text, "";

    /// How long to wait for the reply to RSET.
    SMTP_RSET_TIMEOUT = smtp_rset_timeout: Time[1.., Seconds], "20s";

    /// A table that remembers failed logins, so that they are not tried again soon.
    SMTP_SASL_AUTH_CACHE_NAME = smtp_sasl_auth_cache_name: Text, "";

    /// How long a failed login is remembered.
    SMTP_SASL_AUTH_CACHE_TIME = smtp_sasl_auth_cache_time: Time[Days], "90d";

    /// Whether the client logs in at servers that offer AUTH.
    SMTP_SASL_AUTH_ENABLE = smtp_sasl_auth_enable: Bool, "no";

    /// Whether mail waits, rather than bounces, when the login is refused for good.
    SMTP_SASL_AUTH_SOFT_BOUNCE = smtp_sasl_auth_soft_bounce: Bool, "yes";

    /// Which of the server's SASL mechanisms may be used.
    SMTP_SASL_MECHANISM_FILTER = smtp_sasl_mechanism_filter: List, "";

    /// Tables with user name and password for each destination or sender.
    SMTP_SASL_PASSWORD_MAPS = smtp_sasl_password_maps: List, "";

    /// The character between user name and password in the result of a password table.
    SMTP_SASL_PASSWORD_RESULT_DELIMITER = smtp_sasl_password_result_delimiter: Text[1..=1], ":";

    /// Where the SASL implementation finds its configuration.
    SMTP_SASL_PATH = smtp_sasl_path: Text, "";

    /// Which properties a SASL mechanism must have in a session without TLS.
    SMTP_SASL_SECURITY_OPTIONS = smtp_sasl_security_options: List, "noplaintext, noanonymous";

    /// Which properties a SASL mechanism must have in a session with TLS.
    SMTP_SASL_TLS_SECURITY_OPTIONS = smtp_sasl_tls_security_options: List, "$smtp_sasl_security_options";

    /// Which properties a SASL mechanism must have when the server's certificate was verified.
    SMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = smtp_sasl_tls_verified_security_options: List, "$smtp_sasl_tls_security_options";

    /// Which SASL implementation is used.
    SMTP_SASL_TYPE = smtp_sasl_type: Text[1..], "cyrus";

    /// Whether `AUTH=<>` is added to MAIL FROM after a login.
    SMTP_SEND_DUMMY_MAIL_AUTH = smtp_send_dummy_mail_auth: Bool, "no";

    /// Whether the facts of the original client are passed on by XFORWARD.
    SMTP_SEND_XFORWARD_COMMAND = smtp_send_xforward_command: Bool, "no";

    /// Whether the password table is searched by sender before destination.
    SMTP_SENDER_DEPENDENT_AUTHENTICATION = smtp_sender_dependent_authentication: Bool, "no";

    /// Whether a 5xx greeting makes the client try the next host instead of bouncing the mail.
    SMTP_SKIP_5XX_GREETING = smtp_skip_5xx_greeting: Bool, "yes";

    /// Whether the client hangs up without waiting for the reply to QUIT.
    SMTP_SKIP_QUIT_RESPONSE = smtp_skip_quit_response: Bool, "yes";

    /// The port the client connects to by default, as a number or a service name.
    SMTP_TCP_PORT = smtp_tcp_port: Text, "smtp";

    /// How long to wait for the reply to XFORWARD.
    SMTP_XFORWARD_TIMEOUT = smtp_xforward_timeout: Time[1.., Seconds], "300s";
}
