//! Delivery to mailboxes named by tables.

catalogue! {
    /// A table that may change the status code and text of virtual deliveries.
    VIRTUAL_DELIVERY_STATUS_FILTER = virtual_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Tables with the group id by virtual recipient.
    VIRTUAL_GID_MAPS = virtual_gid_maps: List, "";

    /// The folder below which all virtual mailboxes are.
    VIRTUAL_MAILBOX_BASE = virtual_mailbox_base: Text[1..], "";

    /// Domains whose mail goes to virtual mailboxes.
    VIRTUAL_MAILBOX_DOMAINS = virtual_mailbox_domains: List, "$virtual_mailbox_maps";

    /// How many octets a virtual mailbox may have; 0 is no limit.
    VIRTUAL_MAILBOX_LIMIT = virtual_mailbox_limit: Octets, "51200000";

    /// How virtual mailboxes are locked: `fcntl`, `flock`, `dotlock`.
    VIRTUAL_MAILBOX_LOCK = virtual_mailbox_lock: List[1..], "fcntl, dotlock";

    /// Tables with the mailbox by virtual recipient.
    VIRTUAL_MAILBOX_MAPS = virtual_mailbox_maps: List, "";

    /// The least user id that a virtual recipient may have.
    VIRTUAL_MINIMUM_UID = virtual_minimum_uid: Int[1..], "100";

    /// The transport for `virtual_mailbox_domains`.
    VIRTUAL_TRANSPORT = virtual_transport: Text[1..], "virtual";

    /// Tables with the user id by virtual recipient.
    VIRTUAL_UID_MAPS = virtual_uid_maps: List, "";
}
