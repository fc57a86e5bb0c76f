//! What sendmail reads from main.cf.

config::settings! {
    /// The parameters of sendmail.
    pub(crate) struct Settings {
        alias_database: Vec<String> = ALIAS_DATABASE,
        authorized_submit_users: Vec<String> = AUTHORIZED_SUBMIT_USERS,
        command_directory: String = COMMAND_DIRECTORY,
        daemon_directory: String = DAEMON_DIRECTORY,
        default_verp_delimiters: String = DEFAULT_VERP_DELIMITERS,
        header_address_token_limit: u64 = HEADER_ADDRESS_TOKEN_LIMIT,
        header_size_limit: u64 = HEADER_SIZE_LIMIT,
        line_length_limit: u64 = LINE_LENGTH_LIMIT,
        queue_directory: String = QUEUE_DIRECTORY,
        requiretls_enable: bool = REQUIRETLS_ENABLE,
        sendmail_fix_line_endings: String = SENDMAIL_FIX_LINE_ENDINGS,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
        verp_delimiter_filter: String = VERP_DELIMITER_FILTER,
    }
}
