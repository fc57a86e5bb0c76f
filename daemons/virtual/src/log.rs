//! The lines virtual may write; the fate of each recipient is logged by the frame.

use lookup::LookupError;

pub(crate) fn lookup_failed(title: &str, address: &str, error: &LookupError) {
    maillog::warning!("table {title}: lookup {address}: {error}");
}

pub(crate) fn not_found(address: &str, title: &str) {
    maillog::warning!("recipient {address}: not found in {title}");
}

pub(crate) fn bad_id(address: &str, kind: &str, value: &str, title: &str) {
    maillog::warning!("recipient {address}: bad {kind} {value} in {title}");
}

pub(crate) fn bad_path(address: &str, value: &str, title: &str) {
    maillog::warning!("recipient {address}: bad mailbox path {value} in {title}");
}

pub(crate) fn not_regular(address: &str, path: &str) {
    maillog::warning!("recipient {address}: destination {path} is not a regular file");
}

pub(crate) fn not_owned() {
    maillog::warning!("specify \"strict_mailbox_ownership = no\" to ignore mailbox ownership mismatch");
}

pub(crate) fn maildir_denied(uid: u32, gid: u32, reason: &str) {
    maillog::warning!("maildir access problem for UID/GID={uid}/{gid}: {reason}");
    maillog::warning!("perhaps you need to create the maildirs in advance");
}

pub(crate) fn damaged(queue_id: &str, reason: &str) {
    maillog::warning!("{queue_id}: {reason}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_wording_is_postfixs() {
        let log = maillog::capture();
        super::bad_id("a@example.com", "uid", "x", "virtual_uid_maps");
        super::maildir_denied(1000, 1001, "why");
        let expected = [
            "warning: recipient a@example.com: bad uid x in virtual_uid_maps",
            "warning: maildir access problem for UID/GID=1000/1001: why",
            "warning: perhaps you need to create the maildirs in advance",
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
