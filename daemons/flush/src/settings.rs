//! What flush reads from `main.cf`.

use std::time::Duration;

config::settings! {
    /// The settings.
    pub struct Settings {
        /// The sites that have a log.
        domains: String = FAST_FLUSH_DOMAINS,
        /// After how long a log that was not asked for is visited.
        refresh_time: Duration = FAST_FLUSH_REFRESH_TIME,
        /// After how long an empty log is removed.
        purge_time: Duration = FAST_FLUSH_PURGE_TIME,
        /// Which lists match subdomains without a leading dot.
        parents: Vec<String> = PARENT_DOMAIN_MATCHES_SUBDOMAINS,
        /// Who is told to look.
        queue_service: String = QUEUE_SERVICE_NAME,
    }
}
