//! Small services: counting clients, QMQP, kept connections, flushing by destination.

use crate::param::*;

catalogue! {
    /// A time span, "anvil rate time unit", read by anvil.
    ANVIL_RATE_TIME_UNIT = anvil_rate_time_unit: Time[1.., Seconds], "60s";

    /// A time span, "anvil status update time", read by anvil.
    ANVIL_STATUS_UPDATE_TIME = anvil_status_update_time: Time[1.., Seconds], "600s";

    /// A time span, "connection cache protocol timeout", read by smtp and lmtp.
    CONNECTION_CACHE_PROTOCOL_TIMEOUT = connection_cache_protocol_timeout: Time[1.., Seconds], "5s";

    /// A time span, "connection cache status update time", read by scache.
    CONNECTION_CACHE_STATUS_UPDATE_TIME = connection_cache_status_update_time: Time[1.., Seconds], "600s";

    /// A time span, "connection cache ttl limit", read by scache.
    CONNECTION_CACHE_TTL_LIMIT = connection_cache_ttl_limit: Time[1.., Seconds], "2s";

    /// A list, "fast flush domains", read by every program.
    FAST_FLUSH_DOMAINS = fast_flush_domains: List, "$relay_domains";

    /// A time span, "fast flush purge time", read by flush.
    FAST_FLUSH_PURGE_TIME = fast_flush_purge_time: Time[1.., Days], "7d";

    /// A time span, "fast flush refresh time", read by flush.
    FAST_FLUSH_REFRESH_TIME = fast_flush_refresh_time: Time[1.., Hours], "12h";

    /// A list, "qmqpd authorized clients", read by qmqpd.
    QMQPD_AUTHORIZED_CLIENTS = qmqpd_authorized_clients: List, "";

    /// A switch, "qmqpd client port logging", read by qmqpd.
    QMQPD_CLIENT_PORT_LOGGING = qmqpd_client_port_logging: Bool, "no";

    /// A time span, "qmqpd error delay", read by qmqpd.
    QMQPD_ERROR_DELAY = qmqpd_error_delay: Time[Seconds], "1s";

    /// A time span, "qmqpd timeout", read by qmqpd.
    QMQPD_TIMEOUT = qmqpd_timeout: Time[1.., Seconds], "300s";
}
