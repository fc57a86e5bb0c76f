//! Where files and programs are.

use crate::param::*;

catalogue! {
    /// A text, "command directory", read by every program.
    COMMAND_DIRECTORY = command_directory: Text[1..], "/usr/sbin";

    /// A text with names of its own, "command execution directory", read by local.
    COMMAND_EXECUTION_DIRECTORY = command_execution_directory: Raw, "";

    /// A text, "config directory", read by every program.
    CONFIG_DIRECTORY = config_directory: Text, "/etc/postfix";

    /// A text, "daemon directory", read by every program.
    DAEMON_DIRECTORY = daemon_directory: Text[1..], "/usr/libexec/postfix";

    /// A text, "data directory", read by every program.
    DATA_DIRECTORY = data_directory: Text[1..], "/var/lib/postfix";

    /// A text, "html directory", read by postfix.
    HTML_DIRECTORY = html_directory: Text[1..], "no";

    /// A text, "mail spool directory", read by local and virtual.
    MAIL_SPOOL_DIRECTORY = mail_spool_directory: Text, "/var/mail";

    /// A text, "manpage directory", read by postfix.
    MANPAGE_DIRECTORY = manpage_directory: Text[1..], "/usr/local/man";

    /// A text, "meta directory", read by every program.
    META_DIRECTORY = meta_directory: Text[1..], "/etc/postfix";

    /// A text, "process id directory", read by every program.
    PROCESS_ID_DIRECTORY = process_id_directory: Text[1..], "pid";

    /// A text, "queue directory", read by every program.
    QUEUE_DIRECTORY = queue_directory: Text[1..], "/var/spool/postfix";

    /// A text, "readme directory", read by postfix.
    README_DIRECTORY = readme_directory: Text[1..], "no";

    /// A switch, "require home directory", read by local.
    REQUIRE_HOME_DIRECTORY = require_home_directory: Bool, "no";

    /// A text, "sample directory", read by postfix.
    SAMPLE_DIRECTORY = sample_directory: Text[1..], "/etc/postfix";

    /// A text, "shlib directory", read by every program.
    SHLIB_DIRECTORY = shlib_directory: Text[1..], "no";
}
