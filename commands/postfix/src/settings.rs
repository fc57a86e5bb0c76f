//! What the postfix command reads from main.cf.

use config::level::{LATEST, Level};
use std::cmp::Ordering;

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
        compatibility_level: String = COMPATIBILITY_LEVEL,
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

impl Settings {
    /// Whether some default is that of an earlier release (COMPATIBILITY_README).
    pub(crate) fn is_compatible_with_earlier(&self) -> bool {
        Level::compare(&self.compatibility_level, LATEST).is_some_and(Ordering::is_lt)
    }
}
