//! What bounce reads from `main.cf`.

use std::time::Duration;

config::settings! {
    /// The settings.
    pub struct Settings {
        /// Reporting server, and the name in the text.
        myhostname: String = MYHOSTNAME,
        /// The name of the mail system in field names.
        mail_name: String = MAIL_NAME,
        /// Octets of a message that is returned whole.
        size_limit: i64 = BOUNCE_SIZE_LIMIT,
        /// The administrator's templates.
        template_file: String = BOUNCE_TEMPLATE_FILE,
        /// Which notices the postmaster gets.
        notify_classes: Vec<String> = NOTIFY_CLASSES,
        /// Who gets copies of failure notices.
        bounce_recipient: String = BOUNCE_NOTICE_RECIPIENT,
        /// Who gets failure notices that nobody else takes.
        double_bounce_recipient: String = _2BOUNCE_NOTICE_RECIPIENT,
        /// Who gets copies of delay notices.
        delay_recipient: String = DELAY_NOTICE_RECIPIENT,
        /// The sender of notices to the postmaster.
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        /// For how long a delayed message is tried.
        maximal_queue_lifetime: Duration = MAXIMAL_QUEUE_LIFETIME,
        /// After how long a delay is reported.
        delay_warning_time: Duration = DELAY_WARNING_TIME,
        /// Whether notices refer to the message they are about.
        threaded: bool = ENABLE_THREADED_BOUNCES,
        /// Whether notes also have the oldest form.
        compatible_notes: bool = BACKWARDS_BOUNCE_LOGFILE_COMPATIBILITY,
        /// Longest content line in one record.
        line_length_limit: usize = LINE_LENGTH_LIMIT,
        /// Which notices of ours are looked at by milters and content checks.
        filter_classes: Vec<String> = INTERNAL_MAIL_FILTER_CLASSES,
        /// How a From: header is written, `standard` or `obsolete`.
        from_format: String = HEADER_FROM_FORMAT,
        /// Whether a message that asks for TLS all the way is returned without its text.
        redact_requiretls: bool = REQUIRETLS_REDACT_DSN,
        /// Whether addresses and texts may be UTF-8.
        smtputf8: bool = SMTPUTF8_ENABLE,
        /// Where notices are handed in.
        cleanup_service: String = CLEANUP_SERVICE_NAME,
    }
}

impl Settings {
    /// Whether the postmaster wants this class of notices.
    pub fn notifies(&self, class: &str) -> bool {
        self.notify_classes
            .iter()
            .any(|name| name.eq_ignore_ascii_case(class))
    }

    /// The sender of notices to the postmaster; what comes back to it is dropped.
    pub fn double_bounce_address(&self) -> String {
        self.own(&self.double_bounce_sender)
    }

    /// What stands for the null sender where an address must be.
    pub fn mailer_daemon(&self) -> String {
        self.own("MAILER-DAEMON")
    }

    /// Whether notices of the class `bounce` are looked at by milters and content checks.
    pub fn filters_notices(&self) -> bool {
        self.filter_classes
            .iter()
            .any(|name| name.eq_ignore_ascii_case("bounce"))
    }

    /// Whether a From: header has the name behind the address, in parentheses.
    pub fn is_from_obsolete(&self) -> bool {
        self.from_format.eq_ignore_ascii_case("obsolete")
    }

    fn own(&self, local: &str) -> String {
        if local.contains('@') {
            local.to_owned()
        } else {
            format!("{local}@{}", self.myhostname)
        }
    }
}
