//! What pickup reads from main.cf.

config::settings! {
    /// The parameters of pickup.
    pub(crate) struct Settings {
        cleanup_service_name: String = CLEANUP_SERVICE_NAME,
        content_filter: String = CONTENT_FILTER,
        info_log_address_format: String = INFO_LOG_ADDRESS_FORMAT,
        line_length_limit: u64 = LINE_LENGTH_LIMIT,
        mail_name: String = MAIL_NAME,
        mail_owner: String = MAIL_OWNER,
        myhostname: String = MYHOSTNAME,
        non_smtpd_milters: String = NON_SMTPD_MILTERS,
        receive_override_options: Vec<String> = RECEIVE_OVERRIDE_OPTIONS,
        smtputf8_autodetect_classes: Vec<String> = SMTPUTF8_AUTODETECT_CLASSES,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
    }
}
