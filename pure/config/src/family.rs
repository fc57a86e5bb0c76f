//! Parameters whose name begins with the name of a transport or service: `smtp_destination_rate_delay`.
//!
//! Each has another parameter as its default, and may have a default of its own for some transports.

use std::sync::OnceLock;

use crate::catalogue;
use crate::description::without_margin;
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

        const TEXTS: &[(&str, &str)] = &[$(($suffix, concat!($($doc, "\n"),+))),*];
    };
}

families! {
    /// How many deliveries to one destination may run at once by this transport. It also decides what a destination
    /// is, together with `_destination_recipient_limit`: a domain, or a single recipient if that is 1.
    ///
    /// 0 is no limit. With a `_destination_rate_delay` one delivery runs at a time.
    DESTINATION_CONCURRENCY_LIMIT = "_destination_concurrency_limit": Int, DEFAULT_DESTINATION_CONCURRENCY_LIMIT;
    /// How many recipients one delivery by this transport may have.
    ///
    /// 0 is no limit. 1 is for agents that take one recipient at a time, such as a command of pipe(8); concurrency and
    /// delay then count for each recipient instead of each domain.
    DESTINATION_RECIPIENT_LIMIT = "_destination_recipient_limit": Int, DEFAULT_DESTINATION_RECIPIENT_LIMIT;
    /// With how many deliveries at once a destination begins, by this transport. Never more than its
    /// `_destination_concurrency_limit`.
    /// Since 2.5.
    TRANSPORT_INITIAL_DESTINATION_CONCURRENCY = "_initial_destination_concurrency": Int, INITIAL_DESTINATION_CONCURRENCY;
    /// How much a success raises the number of deliveries at once to a destination, by this transport. The forms are
    /// told at `default_destination_concurrency_negative_feedback`.
    /// Since 2.5.
    DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK = "_destination_concurrency_positive_feedback": Text, DEFAULT_DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK;
    /// How much a failure lowers the number of deliveries at once to a destination, by this transport. The forms are
    /// told at `default_destination_concurrency_negative_feedback`.
    /// Since 2.5.
    DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK = "_destination_concurrency_negative_feedback": Text, DEFAULT_DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK;
    /// After how many failed cohorts a destination is taken for dead, by this transport; 0 never. A cohort is as many
    /// deliveries as run at once to it. Raise it together with a `_destination_rate_delay`.
    /// Since 2.5.
    DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT = "_destination_concurrency_failed_cohort_limit": Int, DEFAULT_DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT;
    /// The pause between deliveries to one destination by this transport; 0 is none. For providers that dislike bursts:
    /// a transport of its own in `master.cf`, a line for the domain in `transport_maps`, and this.
    /// Since 2.5.
    DESTINATION_RATE_DELAY = "_destination_rate_delay": Time, DEFAULT_DESTINATION_RATE_DELAY;
    /// The pause between deliveries by this transport, whatever their destination; 0 is none.
    /// Since 3.1.
    TRANSPORT_RATE_DELAY = "_transport_rate_delay": Time, DEFAULT_TRANSPORT_RATE_DELAY;
    /// How many recipients of this transport the queue manager has in memory.
    RECIPIENT_LIMIT = "_recipient_limit": Int, DEFAULT_RECIPIENT_LIMIT;
    /// How many recipients of this transport a message that overtakes may have in memory, beyond `_recipient_limit`.
    EXTRA_RECIPIENT_LIMIT = "_extra_recipient_limit": Int, DEFAULT_EXTRA_RECIPIENT_LIMIT;
    /// How many places must be free before more recipients of this transport are read of a message that is too big for
    /// memory. See `_recipient_refill_delay`.
    /// Since 2.4.
    RECIPIENT_REFILL_LIMIT = "_recipient_refill_limit": Int, DEFAULT_RECIPIENT_REFILL_LIMIT;
    /// After what time more recipients of this transport are read although fewer places are free than
    /// `_recipient_refill_limit`.
    /// Since 2.4.
    RECIPIENT_REFILL_DELAY = "_recipient_refill_delay": Time, DEFAULT_RECIPIENT_REFILL_DELAY;
    /// How many recipients of a big message must be delivered by this transport before a smaller message may overtake
    /// it once more; 0 turns overtaking off. More is told at `default_delivery_slot_cost`.
    DELIVERY_SLOT_COST = "_delivery_slot_cost": Int, DEFAULT_DELIVERY_SLOT_COST;
    /// How many slots may be missing, beyond `_delivery_slot_discount`, when a message overtakes in this transport.
    DELIVERY_SLOT_LOAN = "_delivery_slot_loan": Int, DEFAULT_DELIVERY_SLOT_LOAN;
    /// How many percent of the slots it needs may be missing when a message overtakes in this transport.
    DELIVERY_SLOT_DISCOUNT = "_delivery_slot_discount": Int, DEFAULT_DELIVERY_SLOT_DISCOUNT;
    /// How many slots a message of this transport must be able to earn to be overtaken at all.
    MINIMUM_DELIVERY_SLOTS = "_minimum_delivery_slots": Int, DEFAULT_MINIMUM_DELIVERY_SLOTS;
    /// How long a command of this service, which is one of pipe(8) or spawn(8), may run. The beginning of the name is
    /// that of the `master.cf` line.
    TIME_LIMIT = "_time_limit": Time, COMMAND_TIME_LIMIT;
}

/// What the members of the family mean to which a name belongs by its end, whichever its beginning.
///
/// A family's own suffix is such a name.
pub fn description(name: &str) -> Option<&'static str> {
    static WITHOUT_MARGIN: OnceLock<Vec<(&str, String)>> = OnceLock::new();
    WITHOUT_MARGIN
        .get_or_init(|| {
            let mut texts: Vec<_> = TEXTS
                .iter()
                .map(|(suffix, text)| (*suffix, without_margin(text)))
                .collect();
            // One suffix may end in another: the longest is meant.
            texts.sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
            texts
        })
        .iter()
        .find(|(suffix, _)| name.ends_with(suffix))
        .map(|(_, text)| text.as_str())
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
