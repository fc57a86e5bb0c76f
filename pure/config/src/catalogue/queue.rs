//! The queue and its schedule.

catalogue! {
    /// How long a bounce may wait in the queue.
    BOUNCE_QUEUE_LIFETIME = bounce_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// Whether a sender who was told of a delay is told when the mail has left.
    CONFIRM_DELAY_CLEARED = confirm_delay_cleared: Bool, "no";

    /// After how many deliveries a message earns one preemption slot.
    DEFAULT_DELIVERY_SLOT_COST = default_delivery_slot_cost: Int, "5";

    /// How many percent of the needed slots are given for nothing.
    DEFAULT_DELIVERY_SLOT_DISCOUNT = default_delivery_slot_discount: Int[0..=100], "50";

    /// How many slots are given in advance.
    DEFAULT_DELIVERY_SLOT_LOAN = default_delivery_slot_loan: Int, "3";

    /// After how many failed rounds of deliveries a destination counts as dead.
    DEFAULT_DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT = default_destination_concurrency_failed_cohort_limit: Int, "1";

    /// How many deliveries to one destination may be under way.
    DEFAULT_DESTINATION_CONCURRENCY_LIMIT = default_destination_concurrency_limit: Int, "20";

    /// By how much a failed delivery lowers the concurrency.
    DEFAULT_DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK = default_destination_concurrency_negative_feedback: Text[1..], "1";

    /// By how much a good delivery raises the concurrency.
    DEFAULT_DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK = default_destination_concurrency_positive_feedback: Text[1..], "1";

    /// The pause between two deliveries to one destination.
    DEFAULT_DESTINATION_RATE_DELAY = default_destination_rate_delay: Time[Seconds], "0s";

    /// How many recipients one delivery may have.
    DEFAULT_DESTINATION_RECIPIENT_LIMIT = default_destination_recipient_limit: Int, "50";

    /// How many recipients more a preempting message may have in memory.
    DEFAULT_EXTRA_RECIPIENT_LIMIT = default_extra_recipient_limit: Int, "1000";

    /// The next hop of a content filter that names none.
    DEFAULT_FILTER_NEXTHOP = default_filter_nexthop: Text, "";

    /// How many slots a message must need before it can be preempted.
    DEFAULT_MINIMUM_DELIVERY_SLOTS = default_minimum_delivery_slots: Int, "3";

    /// How many recipients of one transport are kept in memory.
    DEFAULT_RECIPIENT_LIMIT = default_recipient_limit: Int, "20000";

    /// How long before recipients are read though few slots are free.
    DEFAULT_RECIPIENT_REFILL_DELAY = default_recipient_refill_delay: Time[1.., Seconds], "5s";

    /// How many slots must be free before recipients are read.
    DEFAULT_RECIPIENT_REFILL_LIMIT = default_recipient_refill_limit: Int[1..], "100";

    /// The pause between two deliveries by one transport.
    DEFAULT_TRANSPORT_RATE_DELAY = default_transport_rate_delay: Time[Seconds], "0s";

    /// Transports whose mail stays in the queue until it is flushed.
    DEFER_TRANSPORTS = defer_transports: List, "";

    /// Whether each change of concurrency is logged.
    DESTINATION_CONCURRENCY_FEEDBACK_DEBUG = destination_concurrency_feedback_debug: Bool, "no";

    /// Whether bounces with VERP go out as one notice, not one for each recipient.
    DISABLE_VERP_BOUNCES = disable_verp_bounces: Bool, "no";

    /// How many levels of subfolders spread the files of a queue.
    HASH_QUEUE_DEPTH = hash_queue_depth: Int[1..], "1";

    /// Which queues are spread over subfolders.
    HASH_QUEUE_NAMES = hash_queue_names: List[1..], "deferred, defer";

    /// How long new mail is slowed down when it comes faster than it leaves.
    IN_FLOW_DELAY = in_flow_delay: Time[0..=10, Seconds], "1s";

    /// With how many deliveries at once a destination begins.
    INITIAL_DESTINATION_CONCURRENCY = initial_destination_concurrency: Int[1..], "5";

    /// How many local deliveries to one recipient may be under way.
    LOCAL_DESTINATION_CONCURRENCY_LIMIT = local_destination_concurrency_limit: Int, "2";

    /// How many recipients one local delivery may have.
    LOCAL_DESTINATION_RECIPIENT_LIMIT = local_destination_recipient_limit: Int, "1";

    /// The longest time between two delivery attempts.
    MAXIMAL_BACKOFF_TIME = maximal_backoff_time: Time[1.., Seconds], "4000s";

    /// How long a message may wait in the queue.
    MAXIMAL_QUEUE_LIFETIME = maximal_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// The shortest time between two delivery attempts.
    MINIMAL_BACKOFF_TIME = minimal_backoff_time: Time[1.., Seconds], "300s";

    /// How often a full active queue is warned of; 0 never.
    QMGR_CLOG_WARN_TIME = qmgr_clog_warn_time: Time[Seconds], "300s";

    /// How long the queue manager may take for one request before it is given up.
    QMGR_DAEMON_TIMEOUT = qmgr_daemon_timeout: Time[1.., Seconds], "1000s";

    /// The share of free resources, in percent, that one message may take.
    QMGR_FUDGE_FACTOR = qmgr_fudge_factor: Int[10..=100], "100";

    /// How long the queue manager waits for other programs.
    QMGR_IPC_TIMEOUT = qmgr_ipc_timeout: Time[1.., Seconds], "60s";

    /// How many messages the active queue may have.
    QMGR_MESSAGE_ACTIVE_LIMIT = qmgr_message_active_limit: Int[1..], "20000";

    /// How many recipients of all messages are kept in memory.
    QMGR_MESSAGE_RECIPIENT_LIMIT = qmgr_message_recipient_limit: Int[1..], "20000";

    /// How many recipients of any one message are kept in memory at least.
    QMGR_MESSAGE_RECIPIENT_MINIMUM = qmgr_message_recipient_minimum: Int[1..], "10";

    /// How many attributes of content a queue file may have.
    QUEUE_FILE_ATTRIBUTE_COUNT_LIMIT = queue_file_attribute_count_limit: Int[1..], "100";

    /// How many octets must be free in the queue's file system.
    QUEUE_MINFREE = queue_minfree: Octets, "0";

    /// How often the deferred queue is looked through.
    QUEUE_RUN_DELAY = queue_run_delay: Time[1.., Seconds], "300s";

    /// How long a transport that failed is left alone.
    TRANSPORT_RETRY_TIME = transport_retry_time: Time[1.., Seconds], "60s";
}
