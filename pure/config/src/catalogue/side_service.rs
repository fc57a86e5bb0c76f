//! Small services: counting clients, QMQP, kept connections, flushing by destination.

catalogue! {
    /// The time over which client rates are counted.
    ANVIL_RATE_TIME_UNIT = anvil_rate_time_unit: Time[1.., Seconds], "60s";

    /// How often the highest rates and counts are logged.
    ANVIL_STATUS_UPDATE_TIME = anvil_status_update_time: Time[1.., Seconds], "600s";

    /// How long the connection cache may take to answer.
    CONNECTION_CACHE_PROTOCOL_TIMEOUT = connection_cache_protocol_timeout: Time[1.., Seconds], "5s";

    /// How often the connection cache logs its statistics.
    CONNECTION_CACHE_STATUS_UPDATE_TIME = connection_cache_status_update_time: Time[1.., Seconds], "600s";

    /// How long the connection cache keeps a connection at most.
    CONNECTION_CACHE_TTL_LIMIT = connection_cache_ttl_limit: Time[1.., Seconds], "2s";

    /// Destinations whose delayed mail is listed, so that it can be flushed at once.
    FAST_FLUSH_DOMAINS = fast_flush_domains: List, "$relay_domains";

    /// When an unused list of a destination is removed.
    FAST_FLUSH_PURGE_TIME = fast_flush_purge_time: Time[1.., Days], "7d";

    /// When a list of a destination is flushed though nobody asked.
    FAST_FLUSH_REFRESH_TIME = fast_flush_refresh_time: Time[1.., Hours], "12h";

    /// Clients that may submit mail by QMQP.
    QMQPD_AUTHORIZED_CLIENTS = qmqpd_authorized_clients: List, "";

    /// Whether the port of a QMQP client is logged.
    QMQPD_CLIENT_PORT_LOGGING = qmqpd_client_port_logging: Bool, "no";

    /// How long a reply to a QMQP client is held back after an error.
    QMQPD_ERROR_DELAY = qmqpd_error_delay: Time[Seconds], "1s";

    /// How long a QMQP client may take.
    QMQPD_TIMEOUT = qmqpd_timeout: Time[1.., Seconds], "300s";
}
