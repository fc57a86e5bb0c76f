//! Address verification: probes, and what is remembered of them.

use crate::param::*;

catalogue! {
    /// A time span, "address verify cache cleanup interval", read by verify.
    ADDRESS_VERIFY_CACHE_CLEANUP_INTERVAL = address_verify_cache_cleanup_interval: Time[Hours], "12h";

    /// A text, "address verify default transport", read by trivial-rewrite.
    ADDRESS_VERIFY_DEFAULT_TRANSPORT = address_verify_default_transport: Text[1..], "$default_transport";

    /// A text, "address verify local transport", read by trivial-rewrite.
    ADDRESS_VERIFY_LOCAL_TRANSPORT = address_verify_local_transport: Text[1..], "$local_transport";

    /// A text, "address verify map", read by proxymap and verify.
    ADDRESS_VERIFY_MAP = address_verify_map: Text, "$default_cache_db_type:$data_directory/verify_cache";

    /// A switch, "address verify negative cache", read by every program.
    ADDRESS_VERIFY_NEGATIVE_CACHE = address_verify_negative_cache: Bool, "yes";

    /// A time span, "address verify negative expire time", read by verify.
    ADDRESS_VERIFY_NEGATIVE_EXPIRE_TIME = address_verify_negative_expire_time: Time[1.., Days], "3d";

    /// A time span, "address verify negative refresh time", read by verify.
    ADDRESS_VERIFY_NEGATIVE_REFRESH_TIME = address_verify_negative_refresh_time: Time[1.., Hours], "3h";

    /// A number, "address verify pending request limit", read by oqmgr and qmgr.
    ADDRESS_VERIFY_PENDING_REQUEST_LIMIT = address_verify_pending_request_limit: Int[1..], "5000";

    /// A number, "address verify poll count", read by smtpd.
    ADDRESS_VERIFY_POLL_COUNT = address_verify_poll_count: Int[1..], "${stress?{1}:{3}}";

    /// A time span, "address verify poll delay", read by smtpd.
    ADDRESS_VERIFY_POLL_DELAY = address_verify_poll_delay: Time[1.., Seconds], "3s";

    /// A time span, "address verify positive expire time", read by verify.
    ADDRESS_VERIFY_POSITIVE_EXPIRE_TIME = address_verify_positive_expire_time: Time[1.., Days], "31d";

    /// A time span, "address verify positive refresh time", read by verify.
    ADDRESS_VERIFY_POSITIVE_REFRESH_TIME = address_verify_positive_refresh_time: Time[1.., Days], "7d";

    /// A text, "address verify relay transport", read by trivial-rewrite.
    ADDRESS_VERIFY_RELAY_TRANSPORT = address_verify_relay_transport: Text[1..], "$relay_transport";

    /// A text, "address verify relayhost", read by trivial-rewrite.
    ADDRESS_VERIFY_RELAYHOST = address_verify_relayhost: Text, "$relayhost";

    /// A text, "address verify sender", read by smtpd and verify.
    ADDRESS_VERIFY_SENDER = address_verify_sender: Text, "$double_bounce_sender";

    /// A list, "address verify sender dependent default transport maps", read by trivial-rewrite.
    ADDRESS_VERIFY_SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS = address_verify_sender_dependent_default_transport_maps: List, "$sender_dependent_default_transport_maps";

    /// A list, "address verify sender dependent relayhost maps", read by trivial-rewrite.
    ADDRESS_VERIFY_SENDER_DEPENDENT_RELAYHOST_MAPS = address_verify_sender_dependent_relayhost_maps: List, "$sender_dependent_relayhost_maps";

    /// A time span, "address verify sender ttl", read by smtpd and verify.
    ADDRESS_VERIFY_SENDER_TTL = address_verify_sender_ttl: Time[Seconds], "0s";

    /// A list, "address verify transport maps", read by trivial-rewrite.
    ADDRESS_VERIFY_TRANSPORT_MAPS = address_verify_transport_maps: List, "$transport_maps";

    /// A text, "address verify virtual transport", read by trivial-rewrite.
    ADDRESS_VERIFY_VIRTUAL_TRANSPORT = address_verify_virtual_transport: Text[1..], "$virtual_transport";

    /// A number, "unverified recipient defer code", read by smtpd.
    UNVERIFIED_RECIPIENT_DEFER_CODE = unverified_recipient_defer_code: Int[200..=499], "450";

    /// A number, "unverified recipient reject code", read by smtpd.
    UNVERIFIED_RECIPIENT_REJECT_CODE = unverified_recipient_reject_code: Int[200..=599], "450";

    /// A text, "unverified recipient reject reason", read by smtpd.
    UNVERIFIED_RECIPIENT_REJECT_REASON = unverified_recipient_reject_reason: Text, "";

    /// A text, "unverified recipient tempfail action", read by smtpd.
    UNVERIFIED_RECIPIENT_TEMPFAIL_ACTION = unverified_recipient_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// A number, "unverified sender defer code", read by smtpd.
    UNVERIFIED_SENDER_DEFER_CODE = unverified_sender_defer_code: Int[200..=499], "450";

    /// A number, "unverified sender reject code", read by smtpd.
    UNVERIFIED_SENDER_REJECT_CODE = unverified_sender_reject_code: Int[200..=599], "450";

    /// A text, "unverified sender reject reason", read by smtpd.
    UNVERIFIED_SENDER_REJECT_REASON = unverified_sender_reject_reason: Text, "";

    /// A text, "unverified sender tempfail action", read by smtpd.
    UNVERIFIED_SENDER_TEMPFAIL_ACTION = unverified_sender_tempfail_action: Text[1..], "$reject_tempfail_action";
}
