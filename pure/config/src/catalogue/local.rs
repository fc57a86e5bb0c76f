//! Delivery to accounts of this host.

use crate::param::*;

catalogue! {
    /// A list, "alias maps", read by local, proxymap, smtpd.
    ALIAS_MAPS = alias_maps: List, "$default_database_type:/etc/aliases, nis:mail.aliases";

    /// A list, "allow mail to commands", read by local.
    ALLOW_MAIL_TO_COMMANDS = allow_mail_to_commands: List, "alias, forward";

    /// A list, "allow mail to files", read by local.
    ALLOW_MAIL_TO_FILES = allow_mail_to_files: List, "alias, forward";

    /// A switch, "biff", read by local.
    BIFF = biff: Bool, "yes";

    /// A text, "command expansion filter", read by local.
    COMMAND_EXPANSION_FILTER = command_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// A time span, "command time limit", read by local, pipe, spawn.
    COMMAND_TIME_LIMIT = command_time_limit: Time[1.., Seconds], "1000s";

    /// A number, "duplicate filter limit", read by cleanup, local, showq.
    DUPLICATE_FILTER_LIMIT = duplicate_filter_limit: Int, "1000";

    /// A text, "execution directory expansion filter", read by local.
    EXECUTION_DIRECTORY_EXPANSION_FILTER = execution_directory_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// A switch, "expand owner alias", read by local.
    EXPAND_OWNER_ALIAS = expand_owner_alias: Bool, "no";

    /// A text, "fallback transport", read by local.
    FALLBACK_TRANSPORT = fallback_transport: Text, "";

    /// A list, "fallback transport maps", read by local.
    FALLBACK_TRANSPORT_MAPS = fallback_transport_maps: List, "";

    /// A text, "forward expansion filter", read by local.
    FORWARD_EXPANSION_FILTER = forward_expansion_filter: Text[1..], "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// A text with names of its own, "forward path", read by local.
    FORWARD_PATH = forward_path: Raw, "$home/.forward${recipient_delimiter}${extension}, $home/.forward";

    /// A switch, "frozen delivered to", read by local.
    FROZEN_DELIVERED_TO = frozen_delivered_to: Bool, "yes";

    /// A text, "home mailbox", read by local.
    HOME_MAILBOX = home_mailbox: Text, "";

    /// A text, "local command shell", read by local.
    LOCAL_COMMAND_SHELL = local_command_shell: Text, "";

    /// A text, "local delivery status filter", read by local.
    LOCAL_DELIVERY_STATUS_FILTER = local_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// A text with names of its own, "luser relay", read by local.
    LUSER_RELAY = luser_relay: Raw, "";

    /// A text with names of its own, "mailbox command", read by local.
    MAILBOX_COMMAND = mailbox_command: Raw, "";

    /// A list, "mailbox command maps", read by local.
    MAILBOX_COMMAND_MAPS = mailbox_command_maps: List, "";

    /// A list, "mailbox delivery lock", read by local and postlock.
    MAILBOX_DELIVERY_LOCK = mailbox_delivery_lock: List[1..], "fcntl, dotlock";

    /// A size in octets, "mailbox size limit", read by local.
    MAILBOX_SIZE_LIMIT = mailbox_size_limit: Octets, "51200000";

    /// A text, "mailbox transport", read by local.
    MAILBOX_TRANSPORT = mailbox_transport: Text, "";

    /// A list, "mailbox transport maps", read by local.
    MAILBOX_TRANSPORT_MAPS = mailbox_transport_maps: List, "";

    /// A list, "prepend delivered header", read by local.
    PREPEND_DELIVERED_HEADER = prepend_delivered_header: List, "command, file, forward";

    /// A list, "propagate unmatched extensions", read by cleanup, local, smtp, lmtp.
    PROPAGATE_UNMATCHED_EXTENSIONS = propagate_unmatched_extensions: List, "canonical, virtual";

    /// A switch, "reset owner alias", read by local.
    RESET_OWNER_ALIAS = reset_owner_alias: Bool, "no";

    /// A switch, "strict mailbox ownership", read by local and virtual.
    STRICT_MAILBOX_OWNERSHIP = strict_mailbox_ownership: Bool, "yes";

    /// A switch, "sun mailtool compatibility", read by local.
    SUN_MAILTOOL_COMPATIBILITY = sun_mailtool_compatibility: Bool, "no";
}
