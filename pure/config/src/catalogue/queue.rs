//! The queue and its schedule.

use crate::param::*;

catalogue! {
    /// A time span, "bounce queue lifetime", read by oqmgr and qmgr.
    BOUNCE_QUEUE_LIFETIME = bounce_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// A switch, "confirm delay cleared", read by oqmgr and qmgr.
    CONFIRM_DELAY_CLEARED = confirm_delay_cleared: Bool, "no";

    /// A number, "default delivery slot cost", read by qmgr.
    DEFAULT_DELIVERY_SLOT_COST = default_delivery_slot_cost: Int, "5";

    /// A number, "default delivery slot discount", read by qmgr.
    DEFAULT_DELIVERY_SLOT_DISCOUNT = default_delivery_slot_discount: Int[0..=100], "50";

    /// A number, "default delivery slot loan", read by qmgr.
    DEFAULT_DELIVERY_SLOT_LOAN = default_delivery_slot_loan: Int, "3";

    /// A number, "default destination concurrency failed cohort limit", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT = default_destination_concurrency_failed_cohort_limit: Int, "1";

    /// A number, "default destination concurrency limit", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_CONCURRENCY_LIMIT = default_destination_concurrency_limit: Int, "20";

    /// A text, "default destination concurrency negative feedback", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK = default_destination_concurrency_negative_feedback: Text[1..], "1";

    /// A text, "default destination concurrency positive feedback", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK = default_destination_concurrency_positive_feedback: Text[1..], "1";

    /// A time span, "default destination rate delay", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_RATE_DELAY = default_destination_rate_delay: Time[Seconds], "0s";

    /// A number, "default destination recipient limit", read by oqmgr and qmgr.
    DEFAULT_DESTINATION_RECIPIENT_LIMIT = default_destination_recipient_limit: Int, "50";

    /// A number, "default extra recipient limit", read by qmgr.
    DEFAULT_EXTRA_RECIPIENT_LIMIT = default_extra_recipient_limit: Int, "1000";

    /// A text, "default filter nexthop", read by oqmgr and qmgr.
    DEFAULT_FILTER_NEXTHOP = default_filter_nexthop: Text, "";

    /// A number, "default minimum delivery slots", read by qmgr.
    DEFAULT_MINIMUM_DELIVERY_SLOTS = default_minimum_delivery_slots: Int, "3";

    /// A number, "default recipient limit", read by qmgr.
    DEFAULT_RECIPIENT_LIMIT = default_recipient_limit: Int, "20000";

    /// A time span, "default recipient refill delay", read by qmgr.
    DEFAULT_RECIPIENT_REFILL_DELAY = default_recipient_refill_delay: Time[1.., Seconds], "5s";

    /// A number, "default recipient refill limit", read by qmgr.
    DEFAULT_RECIPIENT_REFILL_LIMIT = default_recipient_refill_limit: Int[1..], "100";

    /// A time span, "default transport rate delay", read by oqmgr and qmgr.
    DEFAULT_TRANSPORT_RATE_DELAY = default_transport_rate_delay: Time[Seconds], "0s";

    /// A list, "defer transports", read by oqmgr and qmgr.
    DEFER_TRANSPORTS = defer_transports: List, "";

    /// A switch, "destination concurrency feedback debug", read by oqmgr and qmgr.
    DESTINATION_CONCURRENCY_FEEDBACK_DEBUG = destination_concurrency_feedback_debug: Bool, "no";

    /// A switch, "disable verp bounces", read by cleanup, oqmgr, qmgr.
    DISABLE_VERP_BOUNCES = disable_verp_bounces: Bool, "no";

    /// A number, "hash queue depth", read by every program.
    HASH_QUEUE_DEPTH = hash_queue_depth: Int[1..], "1";

    /// A list, "hash queue names", read by every program.
    HASH_QUEUE_NAMES = hash_queue_names: List[1..], "deferred, defer";

    /// A time span, "in flow delay", read by every program.
    IN_FLOW_DELAY = in_flow_delay: Time[0..=10, Seconds], "1s";

    /// A number, "initial destination concurrency", read by oqmgr and qmgr.
    INITIAL_DESTINATION_CONCURRENCY = initial_destination_concurrency: Int[1..], "5";

    /// A number, "local destination concurrency limit", read by oqmgr and qmgr.
    LOCAL_DESTINATION_CONCURRENCY_LIMIT = local_destination_concurrency_limit: Int, "2";

    /// A number, "local destination recipient limit", read by oqmgr and qmgr.
    LOCAL_DESTINATION_RECIPIENT_LIMIT = local_destination_recipient_limit: Int, "1";

    /// A time span, "maximal backoff time", read by oqmgr and qmgr.
    MAXIMAL_BACKOFF_TIME = maximal_backoff_time: Time[1.., Seconds], "4000s";

    /// A time span, "maximal queue lifetime", read by bounce, oqmgr, qmgr.
    MAXIMAL_QUEUE_LIFETIME = maximal_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// A time span, "minimal backoff time", read by oqmgr, qmgr, smtp, lmtp.
    MINIMAL_BACKOFF_TIME = minimal_backoff_time: Time[1.., Seconds], "300s";

    /// A time span, "qmgr clog warn time", read by oqmgr and qmgr.
    QMGR_CLOG_WARN_TIME = qmgr_clog_warn_time: Time[Seconds], "300s";

    /// A time span, "qmgr daemon timeout", read by oqmgr and qmgr.
    QMGR_DAEMON_TIMEOUT = qmgr_daemon_timeout: Time[1.., Seconds], "1000s";

    /// A number, "qmgr fudge factor", read by oqmgr.
    QMGR_FUDGE_FACTOR = qmgr_fudge_factor: Int[10..=100], "100";

    /// A time span, "qmgr ipc timeout", read by oqmgr and qmgr.
    QMGR_IPC_TIMEOUT = qmgr_ipc_timeout: Time[1.., Seconds], "60s";

    /// A number, "qmgr message active limit", read by oqmgr and qmgr.
    QMGR_MESSAGE_ACTIVE_LIMIT = qmgr_message_active_limit: Int[1..], "20000";

    /// A number, "qmgr message recipient limit", read by oqmgr and qmgr.
    QMGR_MESSAGE_RECIPIENT_LIMIT = qmgr_message_recipient_limit: Int[1..], "20000";

    /// A number, "qmgr message recipient minimum", read by qmgr.
    QMGR_MESSAGE_RECIPIENT_MINIMUM = qmgr_message_recipient_minimum: Int[1..], "10";

    /// A number, "queue file attribute count limit", read by cleanup.
    QUEUE_FILE_ATTRIBUTE_COUNT_LIMIT = queue_file_attribute_count_limit: Int[1..], "100";

    /// A size in octets, "queue minfree", read by smtpd.
    QUEUE_MINFREE = queue_minfree: Octets, "0";

    /// A time span, "queue run delay", read by oqmgr, qmgr, smtp, lmtp.
    QUEUE_RUN_DELAY = queue_run_delay: Time[1.., Seconds], "300s";

    /// A time span, "transport retry time", read by oqmgr and qmgr.
    TRANSPORT_RETRY_TIME = transport_retry_time: Time[1.., Seconds], "60s";
}
