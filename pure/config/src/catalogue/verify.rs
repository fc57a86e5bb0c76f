//! Address verification: probes, and what is remembered of them.

catalogue! {
    /// How often verify(8) throws expired entries out of `address_verify_map`; 0 never does. A number without unit
    /// means hours. The map's type must be able to delete and to list. Each round is logged with what was kept and
    /// dropped.
    /// Since 2.7.
    ADDRESS_VERIFY_CACHE_CLEANUP_INTERVAL = address_verify_cache_cleanup_interval: Time[Hours], "12h";

    /// Since 2.1.
    ADDRESS_VERIFY_DEFAULT_TRANSPORT = address_verify_default_transport: Text[1..], "$default_transport", like DEFAULT_TRANSPORT;

    /// Since 2.1.
    ADDRESS_VERIFY_LOCAL_TRANSPORT = address_verify_local_transport: Text[1..], "$local_transport", like LOCAL_TRANSPORT;

    /// Where verify(8) remembers which addresses were found good or bad. Empty keeps it in memory, until the process
    /// ends. Put the file below `data_directory`, on a file system that does not fill up. If it is ever damaged,
    /// remove it and reload; never truncate it while in use.
    /// Since 2.1.
    ADDRESS_VERIFY_MAP = address_verify_map: Text, "$default_cache_db_type:$data_directory/verify_cache";

    /// Whether failed probes are remembered. With `no` every question about a bad address costs a new probe; with
    /// `yes` the map may fill with made-up addresses.
    /// Since 2.1.
    ADDRESS_VERIFY_NEGATIVE_CACHE = address_verify_negative_cache: Bool, "yes";

    /// How long a failed probe is remembered. A number without unit means days. Not below
    /// `address_verify_negative_refresh_time`.
    /// Since 2.1.
    ADDRESS_VERIFY_NEGATIVE_EXPIRE_TIME = address_verify_negative_expire_time: Time[1.., Days], "3d";

    /// After what time a failed probe is repeated when the address is asked for again. A number without unit means
    /// hours. The old result holds until the new one is there.
    /// Since 2.1.
    ADDRESS_VERIFY_NEGATIVE_REFRESH_TIME = address_verify_negative_refresh_time: Time[1.., Hours], "3h";

    /// How many probes may be under way. Beyond it the queue manager puts new ones off, which concerns only addresses
    /// not known yet. A quarter of `qmgr_message_active_limit` is a sensible value.
    /// Since 3.1.
    ADDRESS_VERIFY_PENDING_REQUEST_LIMIT = address_verify_pending_request_limit: Int[1..], "5000";

    /// How many times smtpd(8) asks verify(8) about a probe that is under way before it puts the client off. 1 puts
    /// off every new address at first, a rough kind of greylisting. See `address_verify_poll_delay` for the pause
    /// between questions.
    /// Since 2.1.
    ADDRESS_VERIFY_POLL_COUNT = address_verify_poll_count: Int[1..], "${stress?{1}:{3}}";

    /// The pause between two questions about a probe that is under way, see `address_verify_poll_count`. The product
    /// of both is how long a client waits at most.
    /// Since 2.1.
    ADDRESS_VERIFY_POLL_DELAY = address_verify_poll_delay: Time[1.., Seconds], "3s";

    /// How long a good address is remembered. A number without unit means days. Not below
    /// `address_verify_positive_refresh_time`.
    /// Since 2.1.
    ADDRESS_VERIFY_POSITIVE_EXPIRE_TIME = address_verify_positive_expire_time: Time[1.., Days], "31d";

    /// After what time a good address is probed again when it is asked for. A number without unit means days. A
    /// failure of that probe changes nothing: the address stays good until `address_verify_positive_expire_time`.
    /// Since 2.1.
    ADDRESS_VERIFY_POSITIVE_REFRESH_TIME = address_verify_positive_refresh_time: Time[1.., Days], "7d";

    /// Since 2.1.
    ADDRESS_VERIFY_RELAY_TRANSPORT = address_verify_relay_transport: Text[1..], "$relay_transport", like RELAY_TRANSPORT;

    /// It matters where the usual relay accepts every recipient and would make every probe a success.
    /// Since 2.1.
    ADDRESS_VERIFY_RELAYHOST = address_verify_relayhost: Text, "$relayhost", like RELAYHOST;

    /// The sender of probes. Empty or `<>` is the null sender, which some sites refuse. Mail to this address passes
    /// all restrictions of smtpd(8), so that two hosts that probe each other do not go on for ever; a name without
    /// domain gets `$myorigin`.
    /// Since 2.1.
    ADDRESS_VERIFY_SENDER = address_verify_sender: Text, "$double_bounce_sender";

    /// Since 2.7.
    ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = address_verify_sender_dependent_default_transport_maps: List, "$sender_dependent_default_transport_maps", like SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS;

    /// Since 2.3.
    ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS = address_verify_sender_dependent_relayhost_maps: List, "$sender_dependent_relayhost_maps", like SENDER_DEPENDENT_RELAYHOST_MAPS;

    /// How often a changing part at the end of the local part of `address_verify_sender` changes; 0 leaves the
    /// address fixed. A fixed one ends up on spammers' lists sooner or later. Choose several hours at least, because
    /// of greylisting, and no round figure. Without effect on the null sender.
    /// Since 2.9.
    ADDRESS_VERIFY_SENDER_TTL = address_verify_sender_ttl: Time[Seconds], "0s";

    /// Since 2.1.
    ADDRESS_VERIFY_TRANSPORT_MAPS = address_verify_transport_maps: List, "$transport_maps", like TRANSPORT_MAPS;

    /// Since 2.1.
    ADDRESS_VERIFY_VIRTUAL_TRANSPORT = address_verify_virtual_transport: Text[1..], "$virtual_transport", like VIRTUAL_TRANSPORT;

    /// The reply code of `reject_unverified_recipient` when the probe could not be finished, for lack of an answer.
    /// 250 accepts the recipient.
    /// Since 2.6.
    UNVERIFIED_RECIPIENT_DEFER_CODE = unverified_recipient_defer_code: Int[200..=499], "450";

    /// The reply code of `reject_unverified_recipient` when the probe found the address bad. The default 450 is for
    /// the time of trying out; 550 refuses for good, 250 accepts.
    /// Since 2.1.
    UNVERIFIED_RECIPIENT_REJECT_CODE = unverified_recipient_reject_code: Int[200..=599], "450";

    /// The text of the reply of `reject_unverified_recipient`, without codes. Empty tells the client what the probe
    /// found out, which may be more than you like.
    /// Since 2.6.
    UNVERIFIED_RECIPIENT_REJECT_REASON = unverified_recipient_reject_reason: Text, "";

    /// What `reject_unverified_recipient` does when the probe could not be finished: `defer` puts the client off at
    /// once, `defer_if_permit` does so only if nothing else refuses the mail. The reply code is
    /// `unverified_recipient_defer_code`.
    /// Since 2.6.
    UNVERIFIED_RECIPIENT_TEMPFAIL_ACTION = unverified_recipient_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code of `reject_unverified_sender` when the probe could not be finished, for lack of an answer. 250
    /// accepts the sender.
    /// Since 2.6.
    UNVERIFIED_SENDER_DEFER_CODE = unverified_sender_defer_code: Int[200..=499], "450";

    /// The reply code of `reject_unverified_sender` when the probe found the address bad. The default 450 is for the
    /// time of trying out; 550 refuses for good, 250 accepts.
    /// Since 2.1.
    UNVERIFIED_SENDER_REJECT_CODE = unverified_sender_reject_code: Int[200..=599], "450";

    /// The text of the reply of `reject_unverified_sender`, without codes. Empty tells the client what the probe
    /// found out.
    /// Since 2.6.
    UNVERIFIED_SENDER_REJECT_REASON = unverified_sender_reject_reason: Text, "";

    /// What `reject_unverified_sender` does when the probe could not be finished: `defer` puts the client off at
    /// once, `defer_if_permit` does so only if nothing else refuses the mail. The reply code is
    /// `unverified_sender_defer_code`.
    /// Since 2.6.
    UNVERIFIED_SENDER_TEMPFAIL_ACTION = unverified_sender_tempfail_action: Text[1..], "$reject_tempfail_action";
}
