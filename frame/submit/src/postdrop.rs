//! The postdrop command as the taker of a message: one command for each message (postdrop(1)).

use contract::cleanup::{self, Filed};
use contract::postdrop::status;
use ipc::Connection;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;
use stream::Stream;

/// A running command. Close its connection before dropping this: only then does it end.
#[derive(Debug)]
pub(crate) struct Postdrop(Child);

impl Postdrop {
    /// Starts the command; one socket is its standard input and output.
    pub(crate) fn start(program: &Path, wait: Duration) -> io::Result<(Self, Connection)> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let stream = Stream::new(tokio::net::UnixStream::from_std(ours)?);
        let child = Command::new(program)
            .arg("-r")
            .stdin(OwnedFd::from(theirs.try_clone()?))
            .stdout(OwnedFd::from(theirs))
            .spawn()?;
        Ok((Self(child), Connection::over(stream, "postdrop", wait)))
    }
}

impl Drop for Postdrop {
    fn drop(&mut self) {
        // It has said what became of the message; how it ends adds nothing to that.
        let _ = self.0.wait();
    }
}

/// The answer as cleanup would put it: the numbers of both differ above the first three.
pub(crate) fn as_cleanup_says(filed: contract::postdrop::Filed) -> Filed {
    let contract::postdrop::Filed { status: bits, reason } = filed;
    let causes = [
        (status::BAD, cleanup::status::BAD),
        (status::WRITE, cleanup::status::WRITE),
        (status::SIZE, cleanup::status::SIZE),
        (status::NO_PERMISSION, cleanup::status::CONTENT),
    ];
    let known = causes.iter().filter(|(bit, _)| bits & bit != 0);
    let mut status = known.fold(0, |sum, (_, bit)| sum | bit);
    if status == 0 && bits != 0 {
        status = cleanup::status::WRITE;
    }
    let reason = match status {
        cleanup::status::CONTENT if reason.is_empty() => "5.7.1 Error: service denied".to_owned(),
        _ => reason,
    };
    Filed { status, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(status: u32) -> (u32, String) {
        let filed = as_cleanup_says(contract::postdrop::Filed {
            status,
            reason: String::new(),
        });
        (filed.status, filed.reason)
    }

    #[test]
    fn a_refusal_of_postdrop_never_becomes_a_success() {
        assert_eq!(translated(0).0, 0);
        assert_eq!(translated(status::SIZE).0, cleanup::status::SIZE);
        assert_eq!(translated(1 << 20).0, cleanup::status::WRITE);
        assert_eq!(
            translated(status::NO_PERMISSION),
            (cleanup::status::CONTENT, "5.7.1 Error: service denied".to_owned())
        );
    }

    #[tokio::test]
    async fn a_command_that_cannot_be_started_is_told() {
        assert!(Postdrop::start(Path::new("/nowhere/postdrop"), Duration::from_secs(1)).is_err());
    }
}
