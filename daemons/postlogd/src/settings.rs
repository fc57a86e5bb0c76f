//! What postlogd reads from `main.cf`.

config::settings! {
    /// The settings.
    pub struct Settings {
        /// Where to.
        maillog_file: String = MAILLOG_FILE,
        /// Who may read a new one.
        permissions: String = MAILLOG_FILE_PERMISSIONS,
        /// Where it may be.
        prefixes: Vec<String> = MAILLOG_FILE_PREFIXES,
        /// The tag of our own lines.
        syslog_name: String = SYSLOG_NAME,
        /// The host of our own lines.
        myhostname: String = MYHOSTNAME,
        /// Whether UTF-8 passes unchanged.
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
    }
}
