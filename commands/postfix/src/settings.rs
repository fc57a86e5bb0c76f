//! What the postfix command reads from main.cf.

config::settings! {
    /// What the postfix command reads from main.cf.
    #[derive(Clone, Debug)]
    pub(crate) struct Settings {
        queue_directory: String = QUEUE_DIRECTORY,
        data_directory: String = DATA_DIRECTORY,
        daemon_directory: String = DAEMON_DIRECTORY,
        command_directory: String = COMMAND_DIRECTORY,
        meta_directory: String = META_DIRECTORY,
        config_directory: String = CONFIG_DIRECTORY,
        mail_owner: String = MAIL_OWNER,
        setgid_group: String = SETGID_GROUP,
        maillog_file: String = MAILLOG_FILE,
        maillog_file_compressor: String = MAILLOG_FILE_COMPRESSOR,
        maillog_file_rotate_suffix: String = MAILLOG_FILE_ROTATE_SUFFIX,
        import_environment: Vec<String> = IMPORT_ENVIRONMENT,
        multi_instance_directories: Vec<String> = MULTI_INSTANCE_DIRECTORIES,
        multi_instance_wrapper: Vec<String> = MULTI_INSTANCE_WRAPPER,
    }
}
