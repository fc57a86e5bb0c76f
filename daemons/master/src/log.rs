//! The lines master writes.

use std::fmt::Display;
use std::path::Path;

use sys::child::Ended;

pub(crate) fn started(version: &str, directory: &Path) {
    maillog::info!(
        "daemon started -- version {version}, configuration {}",
        directory.display()
    );
}

pub(crate) fn reloaded(version: &str, directory: &Path) {
    maillog::info!(
        "reload -- version {version}, configuration {}",
        directory.display()
    );
}

/// Difference: Postfix's master dies here, and with it the reception of mail.
pub(crate) fn reload_refused(error: &dyn Display) {
    maillog::error!("reload refused, the running configuration stays in force: {error}");
}

pub(crate) fn terminating(signal: i32) {
    maillog::info!("terminating on signal {signal}");
}

pub(crate) fn exit_time() {
    maillog::info!("master exit time has arrived");
}

pub(crate) fn cannot_start(error: &dyn Display) {
    maillog::fatal!("{error}");
}

pub(crate) fn trouble(text: &dyn Display) {
    maillog::error!("{text}");
}

pub(crate) fn configuration_warning(text: &str) {
    maillog::warning!("{text}");
}

pub(crate) fn ended_badly(path: &str, pid: u32, ended: Ended) {
    match ended {
        Ended::Exited(status) => maillog::warning!("process {path} pid {pid} exit status {status}"),
        Ended::Signalled(signal) => maillog::warning!("process {path} pid {pid} killed by signal {signal}"),
    }
}

pub(crate) fn throttled(path: &str) {
    maillog::warning!("{path}: bad command startup -- throttling");
}

pub(crate) fn cannot_fork(path: &str, error: &dyn Display) {
    maillog::warning!("start {path}: {error} -- throttling");
}

pub(crate) fn limit_reached(name: &str, endpoint: &str, limit: u32) {
    maillog::warning!(
        "service \"{name}\" ({endpoint}) has reached its process limit \"{limit}\": \
         new clients may experience noticeable delays"
    );
    maillog::warning!(
        "to avoid this condition, increase the process count in master.cf or reduce the service time per client"
    );
    maillog::warning!(
        "see https://www.postfix.org/STRESS_README.html for examples of stress-adapting configuration settings"
    );
}

pub(crate) fn change_ignored(parameter: &str, old: &str, new: &str) {
    maillog::warning!("ignoring {parameter} parameter value change");
    maillog::warning!("old value: \"{old}\", new value: \"{new}\"");
    maillog::warning!("to change {parameter}, stop and start Postfix");
}

pub(crate) fn service_change_ignored(service: &str, what: &str) {
    maillog::warning!("service {service}: ignoring {what} change");
    maillog::warning!("to change {what}, stop and start Postfix");
}

pub(crate) fn no_protocols(value: &str) {
    maillog::warning!("all network protocols are disabled (inet_protocols = {value})");
    maillog::warning!("disabling all type \"inet\" services in master.cf");
}

pub(crate) fn old_chroot_default(file: &str, line: usize) {
    maillog::info!("{file}: line {line}: using backwards-compatible default setting chroot=y");
}

pub(crate) fn wakeup_failed(service: &str, path: &str, error: &dyn Display) {
    maillog::warning!("wake-up of service {service} ({path}): {error}");
}

pub(crate) fn bad_packet(service: &str, pid: u32) {
    maillog::warning!("service {service}: ignoring unknown status from pid {pid}");
}

pub(crate) fn spawned(path: &str, pid: u32) {
    maillog::verbose!("spawn command {path}; pid {pid}");
}

pub(crate) fn released(path: &str) {
    maillog::verbose!("throttle released for command {path}");
}

pub(crate) fn signal_failed(pid: u32, error: &dyn Display) {
    maillog::warning!("signal process {pid}: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_that_others_look_for_keep_their_wording() {
        let capture = maillog::capture();

        started("3.12", Path::new("/etc/postfix"));
        reloaded("3.12", Path::new("/etc/postfix"));
        terminating(15);
        ended_badly("/usr/libexec/postfix/smtpd", 7, Ended::Exited(1));
        ended_badly("/usr/libexec/postfix/smtpd", 7, Ended::Signalled(9));
        throttled("/usr/libexec/postfix/smtpd");
        limit_reached("smtp", "25", 100);

        assert_eq!(
            capture.lines()[..7],
            [
                "daemon started -- version 3.12, configuration /etc/postfix",
                "reload -- version 3.12, configuration /etc/postfix",
                "terminating on signal 15",
                "warning: process /usr/libexec/postfix/smtpd pid 7 exit status 1",
                "warning: process /usr/libexec/postfix/smtpd pid 7 killed by signal 9",
                "warning: /usr/libexec/postfix/smtpd: bad command startup -- throttling",
                "warning: service \"smtp\" (25) has reached its process limit \"100\": \
                 new clients may experience noticeable delays",
            ]
        );
    }
}
