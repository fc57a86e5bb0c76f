//! The lines an operator may see.

use crate::schedule::Clog;
use crate::schedule::window::FeedbackError;
use ipc::AskError;
use queue::QueueError;

pub(crate) fn active(queue_id: &str, sender: &str, size: i64, recipients: i64) {
    maillog::info!("{queue_id}: from=<{sender}>, size={size}, nrcpt={recipients} (queue active)");
}

pub(crate) fn removed(queue_id: &str) {
    maillog::info!("{queue_id}: removed");
}

pub(crate) fn expired(queue_id: &str, sender: &str, by_force: bool) {
    let word = if by_force { "force-expired" } else { "expired" };
    maillog::info!("{queue_id}: from=<{sender}>, status={word}, returned to sender");
}

pub(crate) fn still_delivered(queue_id: &str) {
    maillog::info!("{queue_id}: skipped, still being delivered");
}

pub(crate) fn rejected(queue_id: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: message rejected: {error}");
}

pub(crate) fn corrupt(queue_id: &str) {
    maillog::warning!(r#"saving corrupt file "{queue_id}" from queue "active" to queue "corrupt""#);
}

pub(crate) fn not_moved(queue_id: &str, from: &str, to: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: rename from {from} to {to}: {error}");
}

pub(crate) fn not_removed(queue_id: &str, queue: &str, error: &QueueError) {
    maillog::warning!("remove {queue_id} from {queue}: {error}");
}

pub(crate) fn not_changed(queue_id: &str, error: &QueueError) {
    maillog::warning!("{queue_id}: update active file: {error}");
}

pub(crate) fn not_read(queue_id: &str, error: &QueueError) {
    maillog::warning!("open active {queue_id}: {error}");
}

pub(crate) fn not_scanned(queue: &str, error: &QueueError) {
    maillog::warning!("scan queue {queue}: {error}");
}

pub(crate) fn many_links(queue_id: &str, links: u64) {
    maillog::warning!("{queue_id}: queue file has too many hard links: {links}");
}

pub(crate) fn resolver_trouble(error: &AskError) {
    maillog::warning!("problem talking to server {error}");
}

pub(crate) fn notice_trouble(queue_id: &str, service: &str, reason: &dyn std::fmt::Display) {
    maillog::warning!("{queue_id}: {service} service failure: {reason}");
}

pub(crate) fn no_agent(transport: &str, cause: &dyn std::fmt::Display) {
    maillog::warning!("connect to transport private/{transport}: {cause}");
}

pub(crate) fn agent_died(transport: &str) {
    maillog::warning!(
        "transport {transport} failure -- see a previous warning/fatal/panic logfile record for the problem \
         description"
    );
}

pub(crate) fn agent_silent(transport: &str, error: &AskError) {
    maillog::warning!("private/{transport} socket: {error}");
}

pub(crate) fn no_process_limits(error: &configuration::ConfigurationError) {
    maillog::warning!("process limits are not known: {error}");
}

pub(crate) fn bad_transport_rules(error: &config::ParameterError) {
    maillog::warning!("{error}");
}

pub(crate) fn bad_feedback(name: &str, error: &FeedbackError) {
    maillog::warning!("{name}: ignoring {error}");
}

/// A destination that fills the active queue, and what may help.
pub(crate) fn clogged(transport: &str, nexthop: &str, clog: Clog, active_limit: usize) {
    let name = if nexthop.is_empty() { transport } else { nexthop };
    let count = clog.deliveries;
    maillog::warning!("mail for {name} is using up {count} of {active_limit} active queue entries");
    if clog.busy < clog.window {
        maillog::warning!("you may need to reduce {transport} connect and helo timeouts");
        maillog::warning!("so that Postfix quickly skips unavailable hosts");
        maillog::warning!(
            "you may need to increase the main.cf minimal_backoff_time and maximal_backoff_time"
        );
        maillog::warning!("so that Postfix wastes less time on undeliverable mail");
        maillog::warning!("you may need to increase the master.cf {transport} process limit");
    } else {
        maillog::warning!("this may slow down other mail deliveries");
        let limit = clog.window;
        maillog::warning!(
            "you may need to increase the main.cf {transport}_destination_concurrency_limit from {limit}"
        );
    }
    maillog::warning!("please avoid flushing the whole queue when you have");
    maillog::warning!("lots of deferred mail, that is bad for performance");
    maillog::warning!("to turn off these warnings specify: qmgr_clog_warn_time = 0");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_message_reads_as_in_the_original() {
        let capture = maillog::capture();

        active("88DEB9C800D", "a@b.example", 320, 2);
        still_delivered("88DEB9C800D");
        expired("88DEB9C800D", "", false);
        expired("88DEB9C800D", "", true);
        removed("88DEB9C800D");
        corrupt("88DEB9C800D");
        agent_died("smtp");

        assert_eq!(
            capture.lines(),
            [
                "88DEB9C800D: from=<a@b.example>, size=320, nrcpt=2 (queue active)",
                "88DEB9C800D: skipped, still being delivered",
                "88DEB9C800D: from=<>, status=expired, returned to sender",
                "88DEB9C800D: from=<>, status=force-expired, returned to sender",
                "88DEB9C800D: removed",
                "warning: saving corrupt file \"88DEB9C800D\" from queue \"active\" to queue \"corrupt\"",
                "warning: transport smtp failure -- see a previous warning/fatal/panic logfile record for the \
                 problem description",
            ]
        );
    }
}
