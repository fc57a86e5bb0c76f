//! Address verification: probes, and what is remembered of them.

catalogue! {
    /// How often outdated results of address probes are removed; 0 never.
    ADDRESS_VERIFY_CACHE_CLEANUP_INTERVAL = address_verify_cache_cleanup_interval: Time[Hours], "12h";

    /// The `default_transport` of address probes.
    ADDRESS_VERIFY_DEFAULT_TRANSPORT = address_verify_default_transport: Text[1..], "$default_transport";

    /// The `local_transport` of address probes.
    ADDRESS_VERIFY_LOCAL_TRANSPORT = address_verify_local_transport: Text[1..], "$local_transport";

    /// The table in which results of address probes are remembered; empty keeps them in memory.
    ADDRESS_VERIFY_MAP = address_verify_map: Text, "$default_cache_db_type:$data_directory/verify_cache";

    /// Whether failed probes are remembered too.
    ADDRESS_VERIFY_NEGATIVE_CACHE = address_verify_negative_cache: Bool, "yes";

    /// When a failed probe's result is forgotten.
    ADDRESS_VERIFY_NEGATIVE_EXPIRE_TIME = address_verify_negative_expire_time: Time[1.., Days], "3d";

    /// When an address whose probe failed is probed again.
    ADDRESS_VERIFY_NEGATIVE_REFRESH_TIME = address_verify_negative_refresh_time: Time[1.., Hours], "3h";

    /// How many probes may be under way before new ones are put off.
    ADDRESS_VERIFY_PENDING_REQUEST_LIMIT = address_verify_pending_request_limit: Int[1..], "5000";

    /// How often the SMTP server asks for a probe's result before it answers its client.
    ADDRESS_VERIFY_POLL_COUNT = address_verify_poll_count: Int[1..], "${stress?{1}:{3}}";

    /// The time between two such questions.
    ADDRESS_VERIFY_POLL_DELAY = address_verify_poll_delay: Time[1.., Seconds], "3s";

    /// When a successful probe's result is forgotten.
    ADDRESS_VERIFY_POSITIVE_EXPIRE_TIME = address_verify_positive_expire_time: Time[1.., Days], "31d";

    /// When an address whose probe succeeded is probed again.
    ADDRESS_VERIFY_POSITIVE_REFRESH_TIME = address_verify_positive_refresh_time: Time[1.., Days], "7d";

    /// The `relay_transport` of address probes.
    ADDRESS_VERIFY_RELAY_TRANSPORT = address_verify_relay_transport: Text[1..], "$relay_transport";

    /// The `relayhost` of address probes.
    ADDRESS_VERIFY_RELAYHOST = address_verify_relayhost: Text, "$relayhost";

    /// The sender of address probes; `<>` or empty for the null sender.
    ADDRESS_VERIFY_SENDER = address_verify_sender: Text, "$double_bounce_sender";

    /// The `sender_dependent_default_transport_maps` of address probes.
    ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = address_verify_sender_dependent_default_transport_maps: List, "$sender_dependent_default_transport_maps";

    /// The `sender_dependent_relayhost_maps` of address probes.
    ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS = address_verify_sender_dependent_relayhost_maps: List, "$sender_dependent_relayhost_maps";

    /// After what time the sender of probes changes its local part; 0 never.
    ADDRESS_VERIFY_SENDER_TTL = address_verify_sender_ttl: Time[Seconds], "0s";

    /// The `transport_maps` of address probes.
    ADDRESS_VERIFY_TRANSPORT_MAPS = address_verify_transport_maps: List, "$transport_maps";

    /// The `virtual_transport` of address probes.
    ADDRESS_VERIFY_VIRTUAL_TRANSPORT = address_verify_virtual_transport: Text[1..], "$virtual_transport";

    /// The reply code while a recipient's probe has no result.
    UNVERIFIED_RECIPIENT_DEFER_CODE = unverified_recipient_defer_code: Int[200..=499], "450";

    /// The reply code when a recipient's probe failed.
    UNVERIFIED_RECIPIENT_REJECT_CODE = unverified_recipient_reject_code: Int[200..=599], "450";

    /// The text of that reply, in place of the probe's own.
    UNVERIFIED_RECIPIENT_REJECT_REASON = unverified_recipient_reject_reason: Text, "";

    /// What happens while a recipient's probe has no result.
    UNVERIFIED_RECIPIENT_TEMPFAIL_ACTION = unverified_recipient_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code while a sender's probe has no result.
    UNVERIFIED_SENDER_DEFER_CODE = unverified_sender_defer_code: Int[200..=499], "450";

    /// The reply code when a sender's probe failed.
    UNVERIFIED_SENDER_REJECT_CODE = unverified_sender_reject_code: Int[200..=599], "450";

    /// The text of that reply, in place of the probe's own.
    UNVERIFIED_SENDER_REJECT_REASON = unverified_sender_reject_reason: Text, "";

    /// What happens while a sender's probe has no result.
    UNVERIFIED_SENDER_TEMPFAIL_ACTION = unverified_sender_tempfail_action: Text[1..], "$reject_tempfail_action";
}
