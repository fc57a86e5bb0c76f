//! Delivery to accounts of this host.

catalogue! {
    /// Tables with the aliases of local(8), in the form of aliases(5). They are asked for the local part alone, for
    /// local recipients alone; results are looked up again. For security no `$1` in patterns, and tables are opened
    /// directly even with `proxy:` in front. `alias_database` says which of them `newaliases` builds. Addresses of
    /// any domain: `virtual_alias_maps`.
    ALIAS_MAPS = alias_maps: List, "$default_database_type:/etc/aliases, nis:mail.aliases";

    /// Where `|command` may stand: any of `alias`, `forward` (`.forward` files), `include` (`:include:` files).
    ALLOW_MAIL_TO_COMMANDS = allow_mail_to_commands: List, "alias, forward";

    /// Where `/file` may stand as a destination: any of `alias`, `forward` (`.forward` files), `include` (`:include:`
    /// files).
    ALLOW_MAIL_TO_FILES = allow_mail_to_files: List, "alias, forward";

    /// Whether comsat(8) is told of new mail, for users who said `biff y`. Our local does not tell it, whatever is
    /// set.
    BIFF = biff: Bool, "yes";

    /// Characters that `$name` may bring into `mailbox_command` and `command_execution_directory`; others become `_`.
    /// A guard against the sender's address becoming part of a shell command.
    COMMAND_EXPANSION_FILTER = command_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// How long a command of local(8) may run; mail is put off when it is over. It is also the default for pipe(8)
    /// and spawn(8), which have `_time_limit` for one service. `ipc_timeout` must be longer.
    COMMAND_TIME_LIMIT = command_time_limit: Time[1.., Seconds], "1000s";

    /// How many addresses are remembered to drop repeated ones when aliases are expanded, or when the queue is
    /// listed.
    DUPLICATE_FILTER_LIMIT = duplicate_filter_limit: Int, "1000";

    /// Characters that `$name` may bring into `command_execution_directory`; others become `_`. A guard against a
    /// recipient's address that would lead into another folder.
    /// Since 2.2.
    EXECUTION_DIRECTORY_EXPANSION_FILTER = execution_directory_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// Whether mail to a list with an `owner-list` alias goes out with the owner's own address as sender, instead of
    /// `owner-list`.
    EXPAND_OWNER_ALIAS = expand_owner_alias: Bool, "no";

    /// The transport for names that are neither an alias nor an account; for example of users who exist only in
    /// another system. `fallback_transport_maps` comes before it, `luser_relay` after it. `local_recipient_maps` must
    /// know the names too.
    ///
    /// local(8) tries in this order: aliases, `.forward`, `mailbox_transport_maps`, `mailbox_transport`,
    /// `mailbox_command_maps`, `mailbox_command`, `home_mailbox`, `mail_spool_directory`; for names without account
    /// `fallback_transport_maps`, `fallback_transport`, `luser_relay`.
    FALLBACK_TRANSPORT = fallback_transport: Text, "";

    /// Tables from a recipient to a transport, for names that are neither an alias nor an account; before
    /// `fallback_transport`. No `$1` in patterns.
    /// Since 2.3.
    FALLBACK_TRANSPORT_MAPS = fallback_transport_maps: List, "";

    /// Characters that `$name` may bring into `forward_path`; others become `_`. A guard against a recipient's
    /// address that would lead to another file.
    FORWARD_EXPANSION_FILTER = forward_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// Where local(8) looks for a user's `.forward` file; the first one that exists counts, empty looks for none.
    /// `$user`, `$home`, `$shell`, `$recipient`, `$extension`, `$domain`, `$local` and `$recipient_delimiter` stand
    /// for facts of the recipient, not for parameters; `${extension?text}` and `${extension:text}` work as elsewhere.
    FORWARD_PATH = forward_path: Raw, "$home/.forward${recipient_delimiter}${extension}, $home/.forward";

    /// Whether `Delivered-To:` keeps the address it had when the delivery began, while aliases and `.forward` files
    /// are expanded. `no` is as before release 2.3, and makes a new queue file for each change.
    /// Since 2.3.
    FROZEN_DELIVERED_TO = frozen_delivered_to: Bool, "yes";

    /// A mailbox below the user's home instead of one in `mail_spool_directory`: `Mailbox` is a file, `Maildir/` with
    /// a slash a Maildir. `mailbox_command` and `mailbox_transport` come before it.
    HOME_MAILBOX = home_mailbox: Text, "";

    /// A shell that local(8) starts all commands with, such as `smrsh -c`, to restrict what users may run. Empty
    /// starts commands directly, and `/bin/sh` only for those with shell syntax.
    LOCAL_COMMAND_SHELL = local_command_shell: Text, "";

    /// As `default_delivery_status_filter`, for local(8).
    /// Since 3.0.
    LOCAL_DELIVERY_STATUS_FILTER = local_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Where mail for unknown local names goes; empty returns it. `$user`, `$home`, `$shell`, `$recipient`,
    /// `$extension`, `$domain`, `$local` and `$recipient_delimiter` stand for facts of the recipient:
    /// `$user@other.example`, or `admin+$local`. It works with local(8) only, and `local_recipient_maps` must be
    /// empty, or smtpd(8) refuses the names first.
    LUSER_RELAY = luser_relay: Raw, "";

    /// A command that takes delivery to mailboxes, under the user's id; for root under `default_privs`, so give root
    /// an alias. The message is on its standard input. Parameters are not expanded; the environment has `USER`,
    /// `HOME`, `SHELL`, `LOGNAME`, `RECIPIENT`, `LOCAL`, `DOMAIN`, `EXTENSION`, `ORIGINAL_RECIPIENT`, `SENDER`,
    /// `ENVID`, `CLIENT_ADDRESS`, `CLIENT_HELO`, `CLIENT_HOSTNAME`, `CLIENT_PROTOCOL`, `SASL_METHOD`, `SASL_USER` and
    /// `SASL_SENDER`. Characters outside `command_expansion_filter` become `_`. Shell syntax costs a shell for each
    /// message. `mailbox_command_maps` comes before it.
    MAILBOX_COMMAND = mailbox_command: Raw, "";

    /// Tables from a recipient to a command in the form of `mailbox_command`, which it replaces. Recipients without
    /// entry get what `mailbox_command` says; `mailbox_transport` comes before both.
    MAILBOX_COMMAND_MAPS = mailbox_command_maps: List, "";

    /// How local(8) locks a mailbox file; `postconf -l` lists the ways. It must be what mail readers on the host do.
    /// `dotlock` needs the right to write in the mailbox's folder. Maildirs are not locked.
    MAILBOX_DELIVERY_LOCK = mailbox_delivery_lock: List[1..], "fcntl, dotlock";

    /// How many octets a mailbox file, or one file of a Maildir, may have; 0 is no limit. It also binds what commands
    /// write. It must not be below `message_size_limit`.
    MAILBOX_SIZE_LIMIT = mailbox_size_limit: Octets, "51200000";

    /// The transport that takes delivery to mailboxes, after aliases and `.forward` files:
    /// `lmtp:unix:private/dovecot-lmtp` is the usual use. It gets names without account too. `mailbox_transport_maps`
    /// comes before it.
    MAILBOX_TRANSPORT = mailbox_transport: Text, "";

    /// Tables from a recipient to a transport in the form of `mailbox_transport`, which it replaces. No `$1` in
    /// patterns.
    /// Since 2.3.
    MAILBOX_TRANSPORT_MAPS = mailbox_transport_maps: List, "";

    /// Where local(8) adds `Delivered-To:`, by which it finds loops: any of `command`, `file`, `forward`. Leave
    /// `forward` in.
    PREPEND_DELIVERED_HEADER = prepend_delivered_header: List, "command, file, forward";

    /// Which tables carry the extension of the address asked for over to the result, so that `joe+x@here` becomes
    /// `joe.user+x@there`: any of `canonical`, `virtual`, `alias`, `forward`, `include`, `generic`. The last four are
    /// apt to disturb other sites and mailing lists.
    PROPAGATE_UNMATCHED_EXTENSIONS = propagate_unmatched_extensions: List, "canonical, virtual";

    /// Whether an alias within a list that has no `owner-` alias of its own is delivered at once, as before release
    /// 2.8, instead of by a new queue file. `no` is safer: a passing failure for one member then does not repeat the
    /// mail to the others.
    /// Since 2.8.
    RESET_OWNER_ALIAS = reset_owner_alias: Bool, "no";

    /// Whether mail is put off when a mailbox file belongs to someone else than its user. `no` lets another user own
    /// the files, at the risk that mail is written into a file that was put there to deceive.
    /// Since 2.5.
    STRICT_MAILBOX_OWNERSHIP = strict_mailbox_ownership: Bool, "yes";

    /// A setting for an old mail program of Sun. Use `mailbox_delivery_lock = dotlock` instead.
    SUN_MAILTOOL_COMPATIBILITY = sun_mailtool_compatibility: Bool, "no";
}
