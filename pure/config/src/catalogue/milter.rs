//! Mail filters that speak the milter protocol.

use crate::param::*;

catalogue! {
    /// A time span, "milter command timeout", read by cleanup and smtpd.
    MILTER_COMMAND_TIMEOUT = milter_command_timeout: Time[1.., Seconds], "30s";

    /// A list, "milter connect macros", read by cleanup and smtpd.
    MILTER_CONNECT_MACROS = milter_connect_macros: List, "j {daemon_name} {daemon_addr} v _";

    /// A time span, "milter connect timeout", read by cleanup and smtpd.
    MILTER_CONNECT_TIMEOUT = milter_connect_timeout: Time[1.., Seconds], "30s";

    /// A time span, "milter content timeout", read by cleanup and smtpd.
    MILTER_CONTENT_TIMEOUT = milter_content_timeout: Time[1.., Seconds], "300s";

    /// A list, "milter data macros", read by cleanup and smtpd.
    MILTER_DATA_MACROS = milter_data_macros: List, "i";

    /// A text, "milter default action", read by cleanup and smtpd.
    MILTER_DEFAULT_ACTION = milter_default_action: Text[1..], "shutdown";

    /// A list, "milter end of data macros", read by cleanup and smtpd.
    MILTER_END_OF_DATA_MACROS = milter_end_of_data_macros: List, "i";

    /// A list, "milter end of header macros", read by cleanup and smtpd.
    MILTER_END_OF_HEADER_MACROS = milter_end_of_header_macros: List, "i";

    /// A list, "milter header checks", read by cleanup.
    MILTER_HEADER_CHECKS = milter_header_checks: List, "";

    /// A list, "milter helo macros", read by cleanup and smtpd.
    MILTER_HELO_MACROS = milter_helo_macros: List, "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}";

    /// A text, "milter macro daemon name", read by cleanup and smtpd.
    MILTER_MACRO_DAEMON_NAME = milter_macro_daemon_name: Text[1..], "$myhostname";

    /// A text, "milter macro defaults", read by cleanup and smtpd.
    MILTER_MACRO_DEFAULTS = milter_macro_defaults: Text, "";

    /// A text, "milter macro v", read by cleanup and smtpd.
    MILTER_MACRO_V = milter_macro_v: Text[1..], "$mail_name $mail_version";

    /// A list, "milter mail macros", read by cleanup and smtpd.
    MILTER_MAIL_MACROS = milter_mail_macros: List, "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}";

    /// A text, "milter protocol", read by cleanup and smtpd.
    MILTER_PROTOCOL = milter_protocol: Text[1..], "6";

    /// A list, "milter rcpt macros", read by cleanup and smtpd.
    MILTER_RCPT_MACROS = milter_rcpt_macros: List, "i {rcpt_addr} {rcpt_host} {rcpt_mailer}";

    /// A list, "milter unknown command macros", read by cleanup and smtpd.
    MILTER_UNKNOWN_COMMAND_MACROS = milter_unknown_command_macros: List, "";

    /// A list, "non smtpd milters", read by cleanup.
    NON_SMTPD_MILTERS = non_smtpd_milters: List, "";
}
