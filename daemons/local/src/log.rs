//! The lines local may write; the fate of each recipient is logged by the frame.

use std::fmt::Display;

pub(crate) fn illegal_extension(queue_id: &str, address: &str) {
    maillog::warning!("{queue_id}: address with illegal extension: {address}");
}

pub(crate) fn no_domain(local: &str) {
    maillog::warning!("no @ in recipient address: {local}");
}

pub(crate) fn too_deep(address: &str) {
    maillog::warning!("recipient nesting limit exceeded for {address}");
}

pub(crate) fn alias_loop(name: &str) {
    maillog::warning!("alias database loop for {name}");
}

pub(crate) fn include_too_deep(path: &str) {
    maillog::warning!(":include: nesting limit exceeded for {path}");
}

pub(crate) fn lookup_failed(table: &str, key: &str, error: &dyn Display) {
    maillog::warning!("{table}: lookup of '{key}' failed: {error}");
}

pub(crate) fn no_table_owner(table: &str) {
    maillog::warning!("no owner UID for alias database {table}");
}

pub(crate) fn unknown_table_owner(table: &str) {
    maillog::warning!("cannot find alias database owner for {table}");
}

pub(crate) fn empty_alias(name: &str) {
    maillog::warning!("no recipient in alias lookup result for {name}");
}

pub(crate) fn account_failed(user: &str, error: &dyn Display) {
    maillog::warning!("error looking up passwd info for {user}: {error}");
}

pub(crate) fn no_required_alias(user: &str) {
    maillog::warning!("required alias not found: {user}");
}

pub(crate) fn passing(queue_id: &str, address: &str, transport: &str) {
    maillog::info!("{queue_id}: passing <{address}> to transport={transport}");
}

pub(crate) fn service_trouble(error: &dyn Display) {
    maillog::warning!("problem talking to server {error}");
}

pub(crate) fn forward_file(path: &str, what: &str) {
    maillog::warning!("file {path} {what}");
}

pub(crate) fn cannot_open_forward(path: &str, reason: &str) {
    maillog::warning!("cannot open file {path}: {reason}");
}

pub(crate) fn include_file(path: &str, what: &str) {
    maillog::warning!(":include: file {path} {what}");
}

pub(crate) fn include_relative(path: &str) {
    maillog::warning!(":include:{path} uses a relative path");
}

pub(crate) fn include_absent(path: &str, reason: &str) {
    maillog::warning!("unable to lookup :include: file {path}: {reason}");
}

pub(crate) fn include_not_opened(path: &str, reason: &str) {
    maillog::warning!("cannot open include file {path}: {reason}");
}

pub(crate) fn include_owner(path: &str, uid: u32) {
    maillog::warning!("cannot find username for uid {uid}");
    maillog::warning!("{path}: cannot find :include: file owner username");
}

pub(crate) fn bad_home(text: &str) {
    maillog::warning!("bad home directory syntax for: {text}");
}

pub(crate) fn no_home(text: &str) {
    maillog::warning!("unknown home directory for: {text}");
}

pub(crate) fn bad_expression(parameter: &str, value: &str) {
    maillog::warning!("bad parameter value syntax for {parameter}: {value}");
}

pub(crate) fn not_owned(parameter: &str) {
    maillog::warning!("specify \"{parameter} = no\" to ignore mailbox ownership mismatch");
}

pub(crate) fn maildir_denied(uid: u32, gid: u32, reason: &str) {
    maillog::warning!("maildir access problem for UID/GID={uid}/{gid}: {reason}");
    maillog::warning!("perhaps you need to create the maildirs in advance");
}

/// The agent goes on; it is Postfix's child that dies of this, and says so.
pub(crate) fn command_not_started(note: &str) {
    maillog::fatal!("{note}");
}

pub(crate) fn damaged(queue_id: &str, reason: &dyn Display) {
    maillog::warning!("{queue_id}: {reason}");
}

pub(crate) fn deprecated(parameter: &str, instead: &str) {
    maillog::warning!("{parameter}: deprecated parameter, use \"{instead} = dotlock\" instead");
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_wording_is_postfixs() {
        let log = maillog::capture();
        super::passing("A1", "fred@example.com", "lmtp");
        super::no_required_alias("postmaster");
        super::include_owner("/etc/list", 7);
        let expected = [
            "A1: passing <fred@example.com> to transport=lmtp",
            "warning: required alias not found: postmaster",
            "warning: cannot find username for uid 7",
            "warning: /etc/list: cannot find :include: file owner username",
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
