//! Mail filters that speak the milter protocol.

catalogue! {
    /// How long a milter may take to answer.
    MILTER_COMMAND_TIMEOUT = milter_command_timeout: Time[1.., Seconds], "30s";

    /// Macros sent to milters with the connection.
    MILTER_CONNECT_MACROS = milter_connect_macros: List, "j {daemon_name} {daemon_addr} v _";

    /// How long the connection to a milter may take.
    MILTER_CONNECT_TIMEOUT = milter_connect_timeout: Time[1.., Seconds], "30s";

    /// How long a milter may take to answer at the end of the message.
    MILTER_CONTENT_TIMEOUT = milter_content_timeout: Time[1.., Seconds], "300s";

    /// Macros sent to milters with DATA.
    MILTER_DATA_MACROS = milter_data_macros: List, "i";

    /// What happens when a milter cannot be used: `accept`, `reject`, `tempfail`, `quarantine` or `shutdown`.
    MILTER_DEFAULT_ACTION = milter_default_action: Text[1..], "shutdown";

    /// Macros sent to milters at the end of the message.
    MILTER_END_OF_DATA_MACROS = milter_end_of_data_macros: List, "i";

    /// Macros sent to milters at the end of the headers.
    MILTER_END_OF_HEADER_MACROS = milter_end_of_header_macros: List, "i";

    /// Tables of patterns that headers added by milters are held against.
    MILTER_HEADER_CHECKS = milter_header_checks: List, "";

    /// Macros sent to milters with HELO.
    MILTER_HELO_MACROS = milter_helo_macros: List, "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}";

    /// The value of the macro `{daemon_name}`.
    MILTER_MACRO_DAEMON_NAME = milter_macro_daemon_name: Text[1..], "$myhostname";

    /// Values of macros that would have none, as `name=value`.
    MILTER_MACRO_DEFAULTS = milter_macro_defaults: Text, "";

    /// The value of the macro `v`.
    MILTER_MACRO_V = milter_macro_v: Text[1..], "$mail_name $mail_version";

    /// Macros sent to milters with MAIL FROM.
    MILTER_MAIL_MACROS = milter_mail_macros: List, "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}";

    /// The version of the milter protocol, and options of it.
    MILTER_PROTOCOL = milter_protocol: Text[1..], "6";

    /// Macros sent to milters with RCPT TO.
    MILTER_RCPT_MACROS = milter_rcpt_macros: List, "i {rcpt_addr} {rcpt_host} {rcpt_mailer}";

    /// Macros sent to milters with an unknown command.
    MILTER_UNKNOWN_COMMAND_MACROS = milter_unknown_command_macros: List, "";

    /// Milters for mail that does not come by SMTP.
    NON_SMTPD_MILTERS = non_smtpd_milters: List, "";
}
