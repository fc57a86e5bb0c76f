//! The lines pipe may write; the fate of each recipient is logged by the frame.

use crate::arguments::ArgumentError;

pub(crate) fn one_recipient_only(flag: char, service: &str) {
    maillog::warning!("pipe flag `{flag}' requires {service}_destination_recipient_limit = 1");
}

pub(crate) fn bad_argument(directory: &str, service: &str, error: &ArgumentError) {
    let place = format_args!("file {directory}/master.cf: service {service}");
    match error {
        ArgumentError::UnknownName(name) => maillog::warning!("{place}: unknown macro name: \"{name}\""),
        ArgumentError::Expression(error) => maillog::warning!("{place}: {error}"),
    }
}

/// The agent goes on; it is Postfix's child that dies of this, and says so.
pub(crate) fn command_not_started(note: &str) {
    maillog::fatal!("{note}");
}

pub(crate) fn damaged(queue_id: &str, reason: &str) {
    maillog::warning!("{queue_id}: {reason}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wording_is_postfixs() {
        let log = maillog::capture();
        one_recipient_only('D', "cyrus");
        bad_argument(
            "/etc/postfix",
            "cyrus",
            &ArgumentError::UnknownName("colour".into()),
        );
        let expected = [
            "warning: pipe flag `D' requires cyrus_destination_recipient_limit = 1",
            "warning: file /etc/postfix/master.cf: service cyrus: unknown macro name: \"colour\"",
        ];
        let lines = log.lines();
        assert!(
            lines
                .iter()
                .zip(expected)
                .all(|(line, text)| line.ends_with(text)),
            "{lines:?}"
        );
    }
}
