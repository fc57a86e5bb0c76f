//! Parameters whose name begins with the name of a transport or service: `smtp_destination_rate_delay`.
//!
//! Each has another parameter as its default, and may have a default of its own for some transports.

use crate::catalogue;
use crate::param::{Int, Param, Text, Time};

/// A family of parameters: the end of their names, and the parameter that is their default.
#[derive(Clone, Copy, Debug)]
pub struct Family<K> {
    suffix: &'static str,
    default: Param<K>,
}

impl<K: Copy> Family<K> {
    const fn new(suffix: &'static str, default: Param<K>) -> Self {
        Self { suffix, default }
    }

    /// The name of the member that belongs to a transport or service.
    pub fn name_for(&self, transport: &str) -> String {
        format!("{transport}{}", self.suffix)
    }

    /// The parameter that gives the value when the member is not set.
    pub const fn default(&self) -> Param<K> {
        self.default
    }

    pub(crate) const fn kind(&self) -> &K {
        self.default.kind()
    }
}

macro_rules! families {
    ($($(#[doc = $doc:literal])+ $constant:ident = $suffix:literal: $kind:ident, $default:ident;)*) => {
        $($(#[doc = $doc])+ pub const $constant: Family<$kind> = Family::new($suffix, catalogue::$default);)*

        /// Suffix and default's name of every family.
        pub const FAMILIES: &[(&str, &str)] = &[$(($suffix, catalogue::$default.name())),*];
    };
}

families! {
    /// How many deliveries to one destination may be under way.
    DESTINATION_CONCURRENCY_LIMIT = "_destination_concurrency_limit": Int, DEFAULT_DESTINATION_CONCURRENCY_LIMIT;
    /// How many recipients one delivery may have.
    DESTINATION_RECIPIENT_LIMIT = "_destination_recipient_limit": Int, DEFAULT_DESTINATION_RECIPIENT_LIMIT;
    /// With how many deliveries a destination starts.
    TRANSPORT_INITIAL_DESTINATION_CONCURRENCY = "_initial_destination_concurrency": Int, INITIAL_DESTINATION_CONCURRENCY;
    /// How much a success adds to the concurrency.
    DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK = "_destination_concurrency_positive_feedback": Text, DEFAULT_DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK;
    /// How much a failure takes from the concurrency.
    DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK = "_destination_concurrency_negative_feedback": Text, DEFAULT_DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK;
    /// After how many failed cohorts a destination counts as dead.
    DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT = "_destination_concurrency_failed_cohort_limit": Int, DEFAULT_DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT;
    /// The pause between deliveries to one destination.
    DESTINATION_RATE_DELAY = "_destination_rate_delay": Time, DEFAULT_DESTINATION_RATE_DELAY;
    /// The pause between deliveries by one transport.
    TRANSPORT_RATE_DELAY = "_transport_rate_delay": Time, DEFAULT_TRANSPORT_RATE_DELAY;
    /// How many recipients of the transport are kept in memory.
    RECIPIENT_LIMIT = "_recipient_limit": Int, DEFAULT_RECIPIENT_LIMIT;
    /// How many recipients a preempting message may have in addition.
    EXTRA_RECIPIENT_LIMIT = "_extra_recipient_limit": Int, DEFAULT_EXTRA_RECIPIENT_LIMIT;
    /// How many recipients are read at once when slots are free.
    RECIPIENT_REFILL_LIMIT = "_recipient_refill_limit": Int, DEFAULT_RECIPIENT_REFILL_LIMIT;
    /// After what time recipients are read although few slots are free.
    RECIPIENT_REFILL_DELAY = "_recipient_refill_delay": Time, DEFAULT_RECIPIENT_REFILL_DELAY;
    /// How many deliveries earn one preemption slot.
    DELIVERY_SLOT_COST = "_delivery_slot_cost": Int, DEFAULT_DELIVERY_SLOT_COST;
    /// How many slots may be borrowed.
    DELIVERY_SLOT_LOAN = "_delivery_slot_loan": Int, DEFAULT_DELIVERY_SLOT_LOAN;
    /// How many percent of the slots need not be earned.
    DELIVERY_SLOT_DISCOUNT = "_delivery_slot_discount": Int, DEFAULT_DELIVERY_SLOT_DISCOUNT;
    /// Messages with fewer slots are not preempted.
    MINIMUM_DELIVERY_SLOTS = "_minimum_delivery_slots": Int, DEFAULT_MINIMUM_DELIVERY_SLOTS;
    /// How long a command of a `pipe` or `spawn` service may run.
    TIME_LIMIT = "_time_limit": Time, COMMAND_TIME_LIMIT;
}

/// The parameters that a service of `master.cf` has by its name, each with its default, for a program of this name.
///
/// The delivery agents have those that the queue manager reads; `pipe` and `spawn` have a time limit.
pub fn parameters_of(service: &str, program: &str) -> Vec<(String, String)> {
    let is_agent = ["error", "lmtp", "local", "pipe", "smtp", "virtual"].contains(&program);
    let has_limit = ["pipe", "spawn"].contains(&program);
    FAMILIES
        .iter()
        .filter(|(suffix, _)| {
            if *suffix == TIME_LIMIT.suffix {
                has_limit
            } else {
                is_agent
            }
        })
        .map(|(suffix, default)| {
            let name = format!("{service}{suffix}");
            let default =
                catalogue::find(&name).map_or_else(|| format!("${default}"), |own| own.default.to_owned());
            (name, default)
        })
        .collect()
}
