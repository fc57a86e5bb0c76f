//! The queue and its schedule.

catalogue! {
    /// How long a notice of failure may stay in the queue before it is given up. 0 tries it once. A number without
    /// unit means days. Other mail: `maximal_queue_lifetime`.
    /// Since 2.1.
    BOUNCE_QUEUE_LIFETIME = bounce_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// Whether a sender who was told that mail is late is also told when it has left. After a long outage many such
    /// notices leave at once. See `delay_warning_time`.
    /// Since 3.0.
    CONFIRM_DELAY_CLEARED = confirm_delay_cleared: Bool, "no";

    /// How many recipients of a big message must be delivered before a smaller message may overtake it once more:
    /// each such number earns one delivery slot, and another message may go first if it needs no more slots than were
    /// earned. 0 turns overtaking off; else 2 is the least, and gives the highest throughput at the expense of
    /// mailing lists. With 5 a list takes at most about a quarter longer. One transport: `_delivery_slot_cost`.
    DEFAULT_DELIVERY_SLOT_COST = default_delivery_slot_cost: Int, "5";

    /// How many percent of the slots that a smaller message needs may be missing when it overtakes; they are earned
    /// afterwards, before the next one may. See `default_delivery_slot_cost` and `default_delivery_slot_loan`. One
    /// transport: `_delivery_slot_discount`.
    DEFAULT_DELIVERY_SLOT_DISCOUNT = default_delivery_slot_discount: Int[0..=100], "50";

    /// How many slots may be missing, beyond `default_delivery_slot_discount`, when a smaller message overtakes; they
    /// are earned afterwards. One transport: `_delivery_slot_loan`.
    DEFAULT_DELIVERY_SLOT_LOAN = default_delivery_slot_loan: Int, "3";

    /// After how many failed cohorts a destination is taken for dead and its mail put off. A cohort is as many
    /// deliveries as run at once to the destination, and only failures to connect or to greet count; one success
    /// resets it. 0 never gives up. One transport: `_destination_concurrency_failed_cohort_limit`.
    /// Since 2.5.
    DEFAULT_DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT = default_destination_concurrency_failed_cohort_limit: Int, "1";

    /// How many deliveries to one destination may run at once; 0 is no limit. A destination is a domain, or a
    /// recipient if the recipient limit is 1. One transport: `_destination_concurrency_limit`.
    DEFAULT_DESTINATION_CONCURRENCY_LIMIT = default_destination_concurrency_limit: Int, "20";

    /// How much one failure to connect or to greet lowers the number of deliveries at once to that destination: a
    /// number from 0 to 1, a fraction such as `1/8`, or `1/concurrency` and `1/sqrt_concurrency`, which depend on the
    /// present number. The number goes down at the start of each run of failures that sums up to 1. It never reaches
    /// 0; giving up is `default_destination_concurrency_failed_cohort_limit`. One transport:
    /// `_destination_concurrency_negative_feedback`.
    /// Since 2.5.
    DEFAULT_DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK = default_destination_concurrency_negative_feedback: Text[1..], "1";

    /// How much one success raises the number of deliveries at once to that destination, until its limit; written as
    /// `default_destination_concurrency_negative_feedback`. The number goes up at the end of each run of successes
    /// that sums up to 1: `1` doubles it with each cohort, `1/concurrency` adds one. One transport:
    /// `_destination_concurrency_positive_feedback`.
    /// Since 2.5.
    DEFAULT_DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK = default_destination_concurrency_positive_feedback: Text[1..], "1";

    /// The pause between deliveries to one destination; 0 is none. With it only one delivery at a time runs to a
    /// destination. A destination is a domain, or a recipient if the recipient limit is 1. Raise the failed cohort
    /// limit as well, or one failure puts everything off. The time is forgotten at a reload. One transport:
    /// `_destination_rate_delay`.
    /// Since 2.5.
    DEFAULT_DESTINATION_RATE_DELAY = default_destination_rate_delay: Time[Seconds], "0s";

    /// How many recipients one delivery may have; 0 is no limit. 1 has a second effect: concurrency and delay then
    /// count for each recipient instead of each domain. One transport: `_destination_recipient_limit`.
    DEFAULT_DESTINATION_RECIPIENT_LIMIT = default_destination_recipient_limit: Int, "50";

    /// How many recipients a message that overtakes may have in memory, beyond `default_recipient_limit`. One
    /// transport: `_extra_recipient_limit`.
    DEFAULT_EXTRA_RECIPIENT_LIMIT = default_extra_recipient_limit: Int, "1000";

    /// The next hop of `content_filter` and of the action FILTER when they name none; empty takes the recipient's
    /// domain. `$myhostname` is as before release 2.7.
    /// Since 2.7.
    DEFAULT_FILTER_NEXTHOP = default_filter_nexthop: Text, "";

    /// How many slots a message must be able to earn to be overtaken at all; those with fewer are never interrupted.
    /// See `default_delivery_slot_cost`. One transport: `_minimum_delivery_slots`.
    DEFAULT_MINIMUM_DELIVERY_SLOTS = default_minimum_delivery_slots: Int, "3";

    /// How many recipients of one transport the queue manager has in memory. It ranks above
    /// `qmgr_message_recipient_limit` once recipients have a transport. One transport: `_recipient_limit`.
    DEFAULT_RECIPIENT_LIMIT = default_recipient_limit: Int, "20000";

    /// After what time the queue manager reads more recipients of a message that is too big for memory, although
    /// fewer places are free than `default_recipient_refill_limit`. One transport: `_recipient_refill_delay`.
    /// Since 2.4.
    DEFAULT_RECIPIENT_REFILL_DELAY = default_recipient_refill_delay: Time[1.., Seconds], "5s";

    /// How many places must be free before the queue manager reads more recipients of a message that is too big for
    /// memory. One transport: `_recipient_refill_limit`.
    /// Since 2.4.
    DEFAULT_RECIPIENT_REFILL_LIMIT = default_recipient_refill_limit: Int[1..], "100";

    /// The pause between deliveries by one transport, whatever their destinations; 0 is none. Usually set for one
    /// transport alone: `smtp_transport_rate_delay = 20s` sends three messages a minute.
    /// Since 3.1.
    DEFAULT_TRANSPORT_RATE_DELAY = default_transport_rate_delay: Time[Seconds], "0s";

    /// Transports that deliver only when someone flushes the queue, for lines that cost by the minute. Names of
    /// `master.cf`.
    DEFER_TRANSPORTS = defer_transports: List, "";

    /// Whether the queue manager logs each change of a destination's concurrency. For those who tune
    /// `default_destination_concurrency_positive_feedback` and `default_destination_concurrency_negative_feedback`;
    /// it fills the log.
    /// Since 2.5.
    DESTINATION_CONCURRENCY_FEEDBACK_DEBUG = destination_concurrency_feedback_debug: Bool, "no";

    /// Whether failed mail with a sender for each recipient (VERP) is returned in one notice rather than in one for
    /// each recipient. Mailing list programs such as ezmlm need one each.
    /// Since 1.1.
    DISABLE_VERP_BOUNCES = disable_verp_bounces: Bool, "no";

    /// How many levels of subfolders the queues of `hash_queue_names` have, each level a letter or digit from the
    /// queue file's name or its time. Reload after a change; files are moved then.
    HASH_QUEUE_DEPTH = hash_queue_depth: Int[1..], "1";

    /// Queues whose files are spread over subfolders. `deferred` and `defer` may have many files; `incoming` and
    /// `active` are quicker flat. Reload after a change.
    HASH_QUEUE_NAMES = hash_queue_names: List[1..], "deferred, defer";

    /// How long cleanup pauses before it takes a message while mail arrives faster than it leaves, 0 to 10 seconds; 0
    /// does not. It leaves the disk to the queue manager on a host that is flooded. Our cleanup does not apply it:
    /// connections and disk bound the intake.
    IN_FLOW_DELAY = in_flow_delay: Time[0..=10, Seconds], "1s";

    /// With how many deliveries at once a destination begins. With 1 a single bad message can hold up all mail to a
    /// site. One transport: `_initial_destination_concurrency`.
    INITIAL_DESTINATION_CONCURRENCY = initial_destination_concurrency: Int[1..], "5";

    /// How many deliveries to one local recipient may run at once. Low, because a `.forward` may start something
    /// costly, such as a mailing list program.
    LOCAL_DESTINATION_CONCURRENCY_LIMIT = local_destination_concurrency_limit: Int, "2";

    /// How many recipients one local delivery has. With more than 1, `local_destination_concurrency_limit` is for the
    /// whole domain.
    LOCAL_DESTINATION_RECIPIENT_LIMIT = local_destination_recipient_limit: Int, "1";

    /// The longest pause between two attempts for a message. Attempts are put off by as much as the message has
    /// waited already, between `minimal_backoff_time` and this. Not below `minimal_backoff_time`.
    MAXIMAL_BACKOFF_TIME = maximal_backoff_time: Time[1.., Seconds], "4000s";

    /// How long mail may stay in the queue before it is returned. 0 tries it once. A number without unit means days.
    /// RFC 5321 §4.5.4.1 asks for four to five days. Notices: `bounce_queue_lifetime`.
    MAXIMAL_QUEUE_LIFETIME = maximal_queue_lifetime: Time[0..=8640000, Days], "5d";

    /// The shortest pause between two attempts for a message, and how long a dead destination is left alone. Not
    /// below `queue_run_delay`.
    MINIMAL_BACKOFF_TIME = minimal_backoff_time: Time[1.., Seconds], "300s";

    /// How often a destination that fills the active queue is logged at most; 0 never. Needs `helpful_warnings`.
    /// Since 2.0.
    QMGR_CLOG_WARN_TIME = qmgr_clog_warn_time: Time[Seconds], "300s";

    /// How long the queue manager may be busy with one thing before its watchdog ends it and master starts it anew.
    /// Only a very slow disk is a reason to raise it.
    /// Since 2.8.
    QMGR_DAEMON_TIMEOUT = qmgr_daemon_timeout: Time[1.., Seconds], "1000s";

    /// A setting of the old queue manager oqmgr(8), which we do not have. Nothing uses it.
    QMGR_FUDGE_FACTOR = qmgr_fudge_factor: Int[10..=100], "100";

    /// How long the queue manager waits for another program to send or to read, before it gives up on that and tries
    /// later. Shorter than `ipc_timeout`, since all mail depends on this one program.
    /// Since 2.8.
    QMGR_IPC_TIMEOUT = qmgr_ipc_timeout: Time[1.., Seconds], "60s";

    /// How many messages are in the active queue at once. What else is there waits in `incoming` and `deferred`. More
    /// costs memory.
    QMGR_MESSAGE_ACTIVE_LIMIT = qmgr_message_active_limit: Int[1..], "20000";

    /// How many recipients the queue manager has in memory, and how many dead destinations it remembers.
    QMGR_MESSAGE_RECIPIENT_LIMIT = qmgr_message_recipient_limit: Int[1..], "20000";

    /// How many recipients of each message are in memory at least, whatever other limits say, so that every message
    /// gets on.
    QMGR_MESSAGE_RECIPIENT_MINIMUM = qmgr_message_recipient_minimum: Int[1..], "10";

    /// How many attributes, `name=value`, one queue file may have. Against faulty programs; honest mail has a dozen.
    /// Since 2.0.
    QUEUE_FILE_ATTRIBUTE_COUNT_LIMIT = queue_file_attribute_count_limit: Int[1..], "100";

    /// How many octets must be free on the file system of the queue for mail to be received. The SMTP server asks for
    /// one and a half times `message_size_limit` in any case; a smaller value here, such as 0, changes nothing.
    QUEUE_MINFREE = queue_minfree: Octets, "0";

    /// How often the queue manager looks through deferred mail for messages whose time has come. Not above
    /// `minimal_backoff_time`, or attempts come later than that says. Shorter costs disk with a long queue.
    QUEUE_RUN_DELAY = queue_run_delay: Time[1.., Seconds], "300s";

    /// After what time the queue manager tries a transport again that did not work: one that is not in `master.cf`,
    /// or whose agent died. Its mail waits meanwhile.
    TRANSPORT_RETRY_TIME = transport_retry_time: Time[1.., Seconds], "60s";
}
