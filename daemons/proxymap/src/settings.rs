//! What proxymap reads from `main.cf`.

config::settings! {
    /// The settings.
    pub struct Settings {
        /// Tables that may be read, as they stand in parameters.
        read_maps: String = PROXY_READ_MAPS,
        /// Tables that may be changed.
        write_maps: String = PROXY_WRITE_MAPS,
        /// Parameters with more restrictions, whose tables may be read too.
        restriction_classes: Vec<String> = SMTPD_RESTRICTION_CLASSES,
        /// The service that changes tables.
        write_service: String = PROXYWRITE_SERVICE_NAME,
    }
}
