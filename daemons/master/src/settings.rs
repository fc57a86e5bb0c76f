//! What master reads from main.cf.

use std::time::Duration;

config::settings! {
    /// What master reads from main.cf.
    #[derive(Clone, Debug)]
    pub(crate) struct Settings {
        queue_directory: String = QUEUE_DIRECTORY,
        data_directory: String = DATA_DIRECTORY,
        daemon_directory: String = DAEMON_DIRECTORY,
        mail_owner: String = MAIL_OWNER,
        default_process_limit: u32 = DEFAULT_PROCESS_LIMIT,
        service_throttle_time: Duration = SERVICE_THROTTLE_TIME,
        inet_interfaces: String = INET_INTERFACES,
        inet_protocols: String = INET_PROTOCOLS,
        master_service_disable: Vec<String> = MASTER_SERVICE_DISABLE,
        import_environment: Vec<String> = IMPORT_ENVIRONMENT,
        compatibility_level: String = COMPATIBILITY_LEVEL,
        debugger_command: String = DEBUGGER_COMMAND,
        mail_version: String = MAIL_VERSION,
        syslog_name: String = SYSLOG_NAME,
        syslog_facility: String = SYSLOG_FACILITY,
        maillog_file: String = MAILLOG_FILE,
        maillog_file_permissions: String = MAILLOG_FILE_PERMISSIONS,
        myhostname: String = MYHOSTNAME,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
    }
}
