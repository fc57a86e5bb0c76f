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
        /// Where `master.cf` is, with the tables of single services.
        config_directory: String = CONFIG_DIRECTORY,
        /// The service that changes tables.
        write_service: String = PROXYWRITE_SERVICE_NAME,
        /// How old an answer may be that is given while a database is away.
        remember_time: std::time::Duration = DATABASE_REMEMBER_TIME,
    }
}
