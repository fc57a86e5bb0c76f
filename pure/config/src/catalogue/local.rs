//! Delivery to accounts of this host.

catalogue! {
    /// The alias tables that local delivery looks up.
    ALIAS_MAPS = alias_maps: List, "$default_database_type:/etc/aliases, nis:mail.aliases";

    /// Where `|command` is a valid destination: `alias`, `forward`, `include`.
    ALLOW_MAIL_TO_COMMANDS = allow_mail_to_commands: List, "alias, forward";

    /// Where `/file/name` is a valid destination: `alias`, `forward`, `include`.
    ALLOW_MAIL_TO_FILES = allow_mail_to_files: List, "alias, forward";

    /// Whether a local user who has asked for it is told of new mail.
    BIFF = biff: Bool, "yes";

    /// The characters that `$name` may put into `mailbox_command` and `command_execution_directory`.
    COMMAND_EXPANSION_FILTER = command_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// How long a command that delivers mail may run.
    COMMAND_TIME_LIMIT = command_time_limit: Time[1.., Seconds], "1000s";

    /// How many addresses are remembered so that no recipient gets two copies.
    DUPLICATE_FILTER_LIMIT = duplicate_filter_limit: Int, "1000";

    /// The characters that `$name` may put into a command's working directory.
    EXECUTION_DIRECTORY_EXPANSION_FILTER = execution_directory_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// Whether the sender of mail to a list is the right side of its `owner-` alias.
    EXPAND_OWNER_ALIAS = expand_owner_alias: Bool, "no";

    /// The transport for recipients that local delivery does not know.
    FALLBACK_TRANSPORT = fallback_transport: Text, "";

    /// Tables that give such a transport by recipient.
    FALLBACK_TRANSPORT_MAPS = fallback_transport_maps: List, "";

    /// The characters that `$name` may put into `forward_path`.
    FORWARD_EXPANSION_FILTER = forward_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// Where local delivery looks for a user's `.forward` file.
    FORWARD_PATH = forward_path: Raw, "$home/.forward${recipient_delimiter}${extension}, $home/.forward";

    /// Whether the Delivered-To header shows the address that local delivery began with.
    FROZEN_DELIVERED_TO = frozen_delivered_to: Bool, "yes";

    /// The mailbox below the home folder; with a slash at the end, in maildir form.
    HOME_MAILBOX = home_mailbox: Text, "";

    /// The shell for commands of local delivery; empty uses `/bin/sh` only when needed.
    LOCAL_COMMAND_SHELL = local_command_shell: Text, "";

    /// A table that may change the status code and text of local deliveries.
    LOCAL_DELIVERY_STATUS_FILTER = local_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Where mail for unknown local recipients goes.
    LUSER_RELAY = luser_relay: Raw, "";

    /// A command that takes all local deliveries.
    MAILBOX_COMMAND = mailbox_command: Raw, "";

    /// Tables that give such a command by recipient.
    MAILBOX_COMMAND_MAPS = mailbox_command_maps: List, "";

    /// How mailboxes are locked: `fcntl`, `flock`, `dotlock`.
    MAILBOX_DELIVERY_LOCK = mailbox_delivery_lock: List[1..], "fcntl, dotlock";

    /// How many octets a local mailbox may have; 0 is no limit.
    MAILBOX_SIZE_LIMIT = mailbox_size_limit: Octets, "51200000";

    /// A transport that takes all local deliveries.
    MAILBOX_TRANSPORT = mailbox_transport: Text, "";

    /// Tables that give such a transport by recipient.
    MAILBOX_TRANSPORT_MAPS = mailbox_transport_maps: List, "";

    /// Where a Delivered-To header is added: `command`, `file`, `forward`.
    PREPEND_DELIVERED_HEADER = prepend_delivered_header: List, "command, file, forward";

    /// Which rewriting keeps an address extension that was not matched.
    PROPAGATE_UNMATCHED_EXTENSIONS = propagate_unmatched_extensions: List, "canonical, virtual";

    /// Whether delivery to an alias without owner alias makes an inner alias's owner the sender.
    RESET_OWNER_ALIAS = reset_owner_alias: Bool, "no";

    /// Whether a mailbox must belong to its recipient.
    STRICT_MAILBOX_OWNERSHIP = strict_mailbox_ownership: Bool, "yes";

    /// Older setting for a mail program without locks; no effect on its own.
    SUN_MAILTOOL_COMPATIBILITY = sun_mailtool_compatibility: Bool, "no";
}
