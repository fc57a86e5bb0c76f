//! Which parameters the queue manager reads.

use std::time::Duration;

use config::{Configuration, ParameterError, family};

use crate::log;
use crate::schedule::retry::RetryRules;
use crate::schedule::window::{Feedback, WindowRules};
use crate::schedule::{DestinationRules, Limits, PreemptionRules, RecipientRules, TransportRules};

config::settings! {
    /// What the queue manager reads from main.cf.
    pub(crate) struct Settings {
        active_limit: usize = QMGR_MESSAGE_ACTIVE_LIMIT,
        in_flow_delay: Duration = IN_FLOW_DELAY,
        recipient_limit: usize = QMGR_MESSAGE_RECIPIENT_LIMIT,
        recipient_minimum: usize = QMGR_MESSAGE_RECIPIENT_MINIMUM,
        clog_warn_time: Duration = QMGR_CLOG_WARN_TIME,
        helpful_warnings: bool = HELPFUL_WARNINGS,
        queue_run_delay: Duration = QUEUE_RUN_DELAY,
        minimal_backoff: Duration = MINIMAL_BACKOFF_TIME,
        maximal_backoff: Duration = MAXIMAL_BACKOFF_TIME,
        maximal_lifetime: Duration = MAXIMAL_QUEUE_LIFETIME,
        bounce_lifetime: Duration = BOUNCE_QUEUE_LIFETIME,
        transport_retry_time: Duration = TRANSPORT_RETRY_TIME,
        defer_transports: Vec<String> = DEFER_TRANSPORTS,
        default_filter_nexthop: String = DEFAULT_FILTER_NEXTHOP,
        disable_verp_bounces: bool = DISABLE_VERP_BOUNCES,
        confirm_delay_cleared: bool = CONFIRM_DELAY_CLEARED,
        pending_probe_limit: usize = ADDRESS_VERIFY_PENDING_REQUEST_LIMIT,
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        daemon_timeout: Duration = DAEMON_TIMEOUT,
        ipc_timeout: Duration = QMGR_IPC_TIMEOUT,
        dont_remove: i64 = DONT_REMOVE,
        default_process_limit: u32 = DEFAULT_PROCESS_LIMIT,
        config_directory: String = CONFIG_DIRECTORY,
        rewrite_service: String = REWRITE_SERVICE_NAME,
        error_service: String = ERROR_SERVICE_NAME,
        bounce_service: String = BOUNCE_SERVICE_NAME,
        defer_service: String = DEFER_SERVICE_NAME,
        trace_service: String = TRACE_SERVICE_NAME,
        verify_service: String = ADDRESS_VERIFY_SERVICE_NAME,
        flush_service: String = FLUSH_SERVICE_NAME,
        resolution_digits: u32 = DELAY_LOGGING_RESOLUTION_LIMIT,
        address_format: String = INFO_LOG_ADDRESS_FORMAT,
    }
}

impl Settings {
    /// The limits of the whole schedule.
    pub(crate) fn limits(&self) -> Limits {
        let warn = self.helpful_warnings && !self.clog_warn_time.is_zero();
        Limits {
            active_messages: self.active_limit,
            recipients: self.recipient_limit,
            recipient_minimum: self.recipient_minimum,
            dead_destination_time: self.minimal_backoff,
            transport_retry_time: self.transport_retry_time,
            clog_warn_time: warn.then_some(self.clog_warn_time),
            pending_agents: PENDING_AGENTS,
        }
    }

    /// When deferred messages are tried again.
    pub(crate) fn retry(&self) -> RetryRules {
        RetryRules {
            minimal_backoff: self.minimal_backoff,
            maximal_backoff: self.maximal_backoff,
            maximal_lifetime: self.maximal_lifetime,
            bounce_lifetime: self.bounce_lifetime,
        }
    }
}

/// Connections that may be opened to one transport at a time.
const PENDING_AGENTS: u32 = 8;

/// The rules of one transport.
///
/// # Errors
/// A parameter with a wrong value.
pub(crate) fn transport_rules(
    configuration: &Configuration,
    transport: &str,
    agent_limit: Option<u32>,
) -> Result<TransportRules, ParameterError> {
    let limit = |family, what| -> Result<Option<u32>, ParameterError> {
        let limit: u32 = configuration.get_for(family, what)?;
        Ok((limit > 0).then_some(limit))
    };
    let recipients = limit(family::DESTINATION_RECIPIENT_LIMIT, transport)?;
    Ok(TransportRules {
        destination: DestinationRules {
            window: WindowRules {
                initial: configuration
                    .get_for(family::TRANSPORT_INITIAL_DESTINATION_CONCURRENCY, transport)?,
                limit: limit(family::DESTINATION_CONCURRENCY_LIMIT, transport)?,
                positive: feedback(
                    configuration,
                    family::DESTINATION_CONCURRENCY_POSITIVE_FEEDBACK,
                    transport,
                )?,
                negative: feedback(
                    configuration,
                    family::DESTINATION_CONCURRENCY_NEGATIVE_FEEDBACK,
                    transport,
                )?,
                failed_cohort_limit: configuration
                    .get_for(family::DESTINATION_CONCURRENCY_FAILED_COHORT_LIMIT, transport)?,
            },
            recipient_limit: recipients.map(|limit| limit as usize),
            rate_delay: configuration.get_for(family::DESTINATION_RATE_DELAY, transport)?,
        },
        preemption: PreemptionRules {
            slot_cost: configuration.get_for(family::DELIVERY_SLOT_COST, transport)?,
            slot_loan: configuration.get_for(family::DELIVERY_SLOT_LOAN, transport)?,
            slot_discount: configuration.get_for(family::DELIVERY_SLOT_DISCOUNT, transport)?,
            minimum_slots: configuration.get_for(family::MINIMUM_DELIVERY_SLOTS, transport)?,
        },
        recipients: RecipientRules {
            limit: configuration.get_for(family::RECIPIENT_LIMIT, transport)?,
            extra_limit: configuration.get_for(family::EXTRA_RECIPIENT_LIMIT, transport)?,
            refill_limit: configuration.get_for(family::RECIPIENT_REFILL_LIMIT, transport)?,
            refill_delay: configuration.get_for(family::RECIPIENT_REFILL_DELAY, transport)?,
        },
        rate_delay: configuration.get_for(family::TRANSPORT_RATE_DELAY, transport)?,
        agent_limit,
    })
}

fn feedback(
    configuration: &Configuration,
    family: config::Family<config::Text>,
    transport: &str,
) -> Result<Feedback, ParameterError> {
    let text: String = configuration.get_for(family, transport)?;
    Ok(Feedback::parse(&text).unwrap_or_else(|error| {
        log::bad_feedback(&family.name_for(transport), &error);
        Feedback::Constant(1.0)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_rules_of_smtp_and_local_are_those_of_the_documentation() {
        let configuration = Configuration::parse("").unwrap();

        let smtp = transport_rules(&configuration, "smtp", None).unwrap();
        assert_eq!(smtp.destination.recipient_limit, Some(50));
        assert_eq!(
            (smtp.destination.window.initial, smtp.destination.window.limit),
            (5, Some(20))
        );
        let local = transport_rules(&configuration, "local", None).unwrap();
        assert_eq!(local.destination.recipient_limit, Some(1));
        assert_eq!(local.destination.window.limit, Some(2));
    }

    #[test]
    fn zero_is_no_limit_and_bad_feedback_is_one() {
        let text = "x_destination_recipient_limit = 0\nx_destination_concurrency_limit = 0\n\
                    x_destination_concurrency_positive_feedback = 2/3/4\n";
        let configuration = Configuration::parse(text).unwrap();

        let rules = transport_rules(&configuration, "x", None).unwrap();

        assert_eq!(
            (rules.destination.recipient_limit, rules.destination.window.limit),
            (None, None)
        );
        assert_eq!(rules.destination.window.positive, Feedback::Constant(1.0));
    }
}
