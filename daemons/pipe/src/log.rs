//! The lines pipe may write; the fate of each recipient is logged by the frame.

use crate::arguments::ArgumentError;

pub(crate) fn one_recipient_only(flag: char, service: &str) {
    maillog::warning!("pipe flag `{flag}' requires {service}_destination_recipient_limit = 1");
}

pub(crate) fn bad_argument(service: &str, error: &ArgumentError) {
    match error {
        ArgumentError::UnknownName(name) => {
            maillog::warning!("file master.cf: service {service}: unknown macro name: \"{name}\"");
        }
        ArgumentError::Expression(error) => maillog::warning!("file master.cf: service {service}: {error}"),
    }
}

pub(crate) fn damaged(queue_id: &str, reason: &str) {
    maillog::warning!("{queue_id}: {reason}");
}
