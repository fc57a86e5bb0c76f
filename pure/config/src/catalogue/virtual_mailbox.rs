//! Delivery to mailboxes named by tables.

catalogue! {
    /// As `default_delivery_status_filter`, for virtual(8).
    /// Since 3.0.
    VIRTUAL_DELIVERY_STATUS_FILTER = virtual_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Tables from a recipient to the number of the group under which virtual(8) writes the mailbox; `static:5000`
    /// for one group. Lookups are `user+ext@domain`, `user@domain`, `@domain`. No `$1` in patterns, and tables are
    /// opened directly even with `proxy:` in front, because the result decides about rights.
    VIRTUAL_GID_MAPS = virtual_gid_maps: List, "";

    /// The folder below which all mailboxes of virtual(8) are: it is put before every result of
    /// `virtual_mailbox_maps`. A guard against tables with wrong paths; `/` would defeat it. virtual(8) delivers
    /// nothing while it is unset.
    VIRTUAL_MAILBOX_BASE = virtual_mailbox_base: Text[1..], "";

    /// The domains whose mailboxes are found by `virtual_mailbox_maps` and that need no accounts on this host. A list
    /// of domains, `/file` and `type:table`; never put a domain into `mydestination` or `virtual_alias_domains` as
    /// well. Mail goes to `virtual_transport`; unknown recipients are refused with
    /// `unknown_virtual_mailbox_reject_code`.
    /// Since 2.0.
    VIRTUAL_MAILBOX_DOMAINS = virtual_mailbox_domains: List, "$virtual_mailbox_maps";

    /// How many octets a mailbox file, or one file in a Maildir, may have; 0 is no limit. It must not be below
    /// `message_size_limit`. virtual(8) only.
    VIRTUAL_MAILBOX_LIMIT = virtual_mailbox_limit: Octets, "51200000";

    /// How virtual(8) locks a mailbox file; `postconf -l` lists the ways. `dotlock` needs the right to write in the
    /// mailbox's folder. Maildirs are not locked.
    VIRTUAL_MAILBOX_LOCK = virtual_mailbox_lock: List[1..], "fcntl, dotlock";

    /// Tables with all valid recipients of `virtual_mailbox_domains`, and for virtual(8) where their mail goes: a
    /// path below `virtual_mailbox_base`, of a Maildir if it ends in `/`. `@domain` stands for everyone else in the
    /// domain. smtpd(8) only asks whether an address is there, so that other agents such as an LMTP server need any
    /// result at all. virtual(8) looks up `user+ext@domain`, then `user@domain`; no `$1` in patterns, and tables are
    /// opened directly even with `proxy:` in front.
    VIRTUAL_MAILBOX_MAPS = virtual_mailbox_maps: List, "";

    /// The least user id that virtual(8) accepts from `virtual_uid_maps`; mail for a lesser one is put off. It keeps
    /// system accounts out.
    VIRTUAL_MINIMUM_UID = virtual_minimum_uid: Int[1..], "100";

    /// The transport, with an optional next hop as `transport:nexthop`, for `virtual_mailbox_domains`: virtual(8) by
    /// default. `lmtp:unix:private/dovecot-lmtp` hands the mail to Dovecot. `transport_maps` comes before it.
    /// Since 2.0.
    VIRTUAL_TRANSPORT = virtual_transport: Text[1..], "virtual";

    /// Tables from a recipient to the number of the user under which virtual(8) writes the mailbox; `static:5000` for
    /// one user. See `virtual_gid_maps` for lookups, and `virtual_minimum_uid`.
    VIRTUAL_UID_MAPS = virtual_uid_maps: List, "";
}
