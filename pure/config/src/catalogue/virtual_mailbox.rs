//! Delivery to mailboxes named by tables.

use crate::param::*;

catalogue! {
    /// A text, "virtual delivery status filter", read by virtual.
    VIRTUAL_DELIVERY_STATUS_FILTER = virtual_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// A list, "virtual gid maps", read by virtual.
    VIRTUAL_GID_MAPS = virtual_gid_maps: List, "";

    /// A text, "virtual mailbox base", read by virtual.
    VIRTUAL_MAILBOX_BASE = virtual_mailbox_base: Text[1..], "";

    /// A list, "virtual mailbox domains", read by proxymap and trivial-rewrite.
    VIRTUAL_MAILBOX_DOMAINS = virtual_mailbox_domains: List, "$virtual_mailbox_maps";

    /// A size in octets, "virtual mailbox limit", read by virtual.
    VIRTUAL_MAILBOX_LIMIT = virtual_mailbox_limit: Octets, "51200000";

    /// A list, "virtual mailbox lock", read by virtual.
    VIRTUAL_MAILBOX_LOCK = virtual_mailbox_lock: List[1..], "fcntl, dotlock";

    /// A list, "virtual mailbox maps", read by proxymap, smtpd, trivial-rewrite, virtual.
    VIRTUAL_MAILBOX_MAPS = virtual_mailbox_maps: List, "";

    /// A number, "virtual minimum uid", read by virtual.
    VIRTUAL_MINIMUM_UID = virtual_minimum_uid: Int[1..], "100";

    /// A text, "virtual transport", read by trivial-rewrite.
    VIRTUAL_TRANSPORT = virtual_transport: Text[1..], "virtual";

    /// A list, "virtual uid maps", read by virtual.
    VIRTUAL_UID_MAPS = virtual_uid_maps: List, "";
}
