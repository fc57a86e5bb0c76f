//! Where files and programs are.

catalogue! {
    /// Where the commands are.
    COMMAND_DIRECTORY = command_directory: Text[1..], "/usr/sbin";

    /// The working directory of commands that local delivery runs.
    COMMAND_EXECUTION_DIRECTORY = command_execution_directory: Raw, "";

    /// Where `main.cf` and `master.cf` are.
    CONFIG_DIRECTORY = config_directory: Text, "/etc/postfix";

    /// Where the daemons are.
    DAEMON_DIRECTORY = daemon_directory: Text[1..], "/usr/libexec/postfix";

    /// Where daemons keep their caches; owned by `mail_owner`.
    DATA_DIRECTORY = data_directory: Text[1..], "/var/lib/postfix";

    /// Where HTML documentation is, or `no`.
    HTML_DIRECTORY = html_directory: Text[1..], "no";

    /// Where local mailboxes are.
    MAIL_SPOOL_DIRECTORY = mail_spool_directory: Text, "/var/mail";

    /// Where manual pages are.
    MANPAGE_DIRECTORY = manpage_directory: Text[1..], "/usr/local/man";

    /// Where the lists of installed files are.
    META_DIRECTORY = meta_directory: Text[1..], "/etc/postfix";

    /// Where lock files of processes are, below the queue directory.
    PROCESS_ID_DIRECTORY = process_id_directory: Text[1..], "pid";

    /// Where the queue is.
    QUEUE_DIRECTORY = queue_directory: Text[1..], "/var/spool/postfix";

    /// Where README files are, or `no`.
    README_DIRECTORY = readme_directory: Text[1..], "no";

    /// Whether a local delivery waits until the recipient's home folder exists.
    REQUIRE_HOME_DIRECTORY = require_home_directory: Bool, "no";

    /// Where example configuration files are.
    SAMPLE_DIRECTORY = sample_directory: Text[1..], "/etc/postfix";

    /// Where shared libraries of Postfix are, or `no`.
    SHLIB_DIRECTORY = shlib_directory: Text[1..], "no";
}
