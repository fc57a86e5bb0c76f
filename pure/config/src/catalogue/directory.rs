//! Where files and programs are.

catalogue! {
    /// The folder of the administrator's commands: `postfix`, `postqueue`, `sendmail` and the rest. Programs start
    /// each other from here and from `daemon_directory`.
    COMMAND_DIRECTORY = command_directory: Text[1..], "/usr/sbin";

    /// The folder in which local(8) starts commands of aliases, `.forward` files and `mailbox_command`; empty leaves
    /// the choice to the agent. If it cannot be entered, delivery is put off. `$user`, `$home`, `$shell`,
    /// `$recipient`, `$extension`, `$domain`, `$local` and `$recipient_delimiter` stand for facts of the delivery,
    /// not for parameters; characters outside `execution_directory_expansion_filter` become `_`.
    /// Since 2.2.
    COMMAND_EXECUTION_DIRECTORY = command_execution_directory: Raw, "";

    /// Where `main.cf` and `master.cf` are. The variable `MAIL_CONFIG` and the option `-c` of commands name another
    /// folder. Set-group-id commands take another one only from root, or if `alternate_config_directories` of the
    /// default `main.cf` lists it. Setting it inside `main.cf` has no use.
    CONFIG_DIRECTORY = config_directory: Text, "/etc/postfix";

    /// The folder of the daemons, which master starts. It and its files should belong to root. Distributions differ
    /// in it: Debian has `/usr/lib/postfix/sbin`.
    DAEMON_DIRECTORY = daemon_directory: Text[1..], "/usr/libexec/postfix";

    /// The folder for files that daemons write and that are not mail: caches, the random-number seed, master's lock.
    /// It must belong to `mail_owner` and hold nothing else.
    /// Since 2.5.
    DATA_DIRECTORY = data_directory: Text[1..], "/var/lib/postfix";

    /// Where the manual in HTML is installed; `no` if it is not. For readers and installers only; no program uses it.
    HTML_DIRECTORY = html_directory: Text[1..], "no";

    /// The folder of mailboxes, one file for each user. A value that ends in `/` holds a Maildir for each user
    /// instead; those you must create first, since delivery runs under the user's id and may not write here.
    /// `home_mailbox`, `mailbox_command` and `mailbox_transport` come before it.
    MAIL_SPOOL_DIRECTORY = mail_spool_directory: Text, "/var/mail";

    /// Where the manual pages are installed. For readers and installers only.
    MANPAGE_DIRECTORY = manpage_directory: Text[1..], "/usr/local/man";

    /// Where files are that all instances share, such as `dynamicmaps.cf`, `postfix-files` and the stock
    /// `main.cf.proto`. Usually the same as `config_directory`.
    /// Since 3.0.
    META_DIRECTORY = meta_directory: Text[1..], "/etc/postfix";

    /// The folder of process-id files and locks, below `queue_directory`. Not meant to be changed.
    PROCESS_ID_DIRECTORY = process_id_directory: Text[1..], "pid";

    /// The top of the queue. Messages, their notes and the sockets between programs lie below it, and it is the root
    /// directory of daemons that run with a changed root. It should be on a local file system with room for the mail
    /// of a bad day.
    QUEUE_DIRECTORY = queue_directory: Text[1..], "/var/spool/postfix";

    /// Where the README files are installed; `no` if they are not. For readers and installers only.
    README_DIRECTORY = readme_directory: Text[1..], "no";

    /// Whether local(8) puts mail off while the recipient's home directory is missing. For hosts that mount homes
    /// over the network, where otherwise a `.forward` file would be overlooked.
    REQUIRE_HOME_DIRECTORY = require_home_directory: Bool, "no";

    /// Where sample configurations used to be, before release 2.1 put their content into postconf(5). Nothing uses
    /// it.
    SAMPLE_DIRECTORY = sample_directory: Text[1..], "/etc/postfix";

    /// Where Postfix keeps its shared libraries and table plug-ins; `no` if it has none. Our programs have none, and
    /// keep the parameter for configurations that mention it.
    /// Since 3.0.
    SHLIB_DIRECTORY = shlib_directory: Text[1..], "no";
}
