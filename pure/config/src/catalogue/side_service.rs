//! Small services: counting clients, QMQP, kept connections, flushing by destination.

catalogue! {
    /// The time over which anvil(8) counts connections, messages, recipients and the rest for the limits
    /// `smtpd_client_connection_rate_limit`, `smtpd_client_message_rate_limit` and their like. Counts are in memory
    /// and begin anew when anvil does; hours would not be reliable.
    ANVIL_RATE_TIME_UNIT = anvil_rate_time_unit: Time[1.., Seconds], "60s";

    /// How often anvil(8) logs the highest counts it saw, with the client and the service: figures to choose limits
    /// such as `smtpd_client_connection_rate_limit` by.
    /// Since 2.2.
    ANVIL_STATUS_UPDATE_TIME = anvil_status_update_time: Time[1.., Seconds], "600s";

    /// How long talking with the connection cache may take. Kept for configurations that mention it: our SMTP client
    /// keeps its connections inside the process.
    /// Since 2.3.
    CONNECTION_CACHE_PROTOCOL_TIMEOUT = connection_cache_protocol_timeout: Time[1.., Seconds], "5s";

    /// How often scache(8) logs how useful it was. Kept for configurations that mention it: our SMTP client keeps its
    /// connections inside the process.
    CONNECTION_CACHE_STATUS_UPDATE_TIME = connection_cache_status_update_time: Time[1.., Seconds], "600s";

    /// How long a connection may be kept for another delivery at most, whatever `smtp_connection_cache_time_limit`
    /// asks for.
    CONNECTION_CACHE_TTL_LIMIT = connection_cache_ttl_limit: Time[1.., Seconds], "2s";

    /// The domains for which flush(8) notes what mail is waiting, so that ETRN, `sendmail -qRdomain` and `postqueue
    /// -s` can try just that. Domains, `/file`, `type:table`; a table may hold a parent domain. Empty turns it off.
    /// Subdomains: see `parent_domain_matches_subdomains`.
    FAST_FLUSH_DOMAINS = fast_flush_domains: List, "$relay_domains";

    /// After what time a list without entries is removed, see `fast_flush_domains`. A number without unit means days.
    FAST_FLUSH_PURGE_TIME = fast_flush_purge_time: Time[1.., Days], "7d";

    /// After what time a list that nobody asked for is brought up to date, by trying all mail on it. A number without
    /// unit means hours.
    FAST_FLUSH_REFRESH_TIME = fast_flush_refresh_time: Time[1.., Hours], "12h";

    /// Clients that may use the QMQP server: hosts, domains, addresses, networks, `/file`, `type:table`, `!` to
    /// exclude. Empty is nobody, and rightly so: QMQP relays anywhere. Subdomains: see
    /// `parent_domain_matches_subdomains`.
    QMQPD_AUTHORIZED_CLIENTS = qmqpd_authorized_clients: List, "";

    /// Whether the log has the port of QMQP clients after the address: `name[address]:port`.
    /// Since 2.5.
    QMQPD_CLIENT_PORT_LOGGING = qmqpd_client_port_logging: Bool, "no";

    /// How long the QMQP server waits before it says no, to slow down a client gone wild. 0 does not wait.
    QMQPD_ERROR_DELAY = qmqpd_error_delay: Time[Seconds], "1s";

    /// How long one read from or write to a QMQP client may take before the session ends.
    QMQPD_TIMEOUT = qmqpd_timeout: Time[1.., Seconds], "300s";
}
