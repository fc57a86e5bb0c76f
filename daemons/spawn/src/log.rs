//! The lines spawn may write.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

pub(crate) fn cannot_run(command: &str, error: &io::Error) {
    maillog::warning!("command {command}: {error}");
}

pub(crate) fn ended(command: &str, status: ExitStatus) {
    if let Some(signal) = status.signal() {
        maillog::warning!("command {command} killed by signal {signal}");
    } else if let Some(code @ 1..) = status.code() {
        maillog::warning!("command {command} exit status {code}");
    }
}

pub(crate) fn expired(command: &str) {
    maillog::warning!("command {command}: time limit exceeded");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_not_logged_and_the_rest_is_told_apart() {
        let log = maillog::capture();
        ended("/bin/x", ExitStatus::from_raw(0));
        ended("/bin/x", ExitStatus::from_raw(9));
        ended("/bin/x", ExitStatus::from_raw(3 << 8));
        let lines = log.lines();
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].ends_with("warning: command /bin/x killed by signal 9"),
            "{lines:?}"
        );
        assert!(
            lines[1].ends_with("warning: command /bin/x exit status 3"),
            "{lines:?}"
        );
    }
}
