//! An SMTP session on standard input and output, served by smtpd, which takes its client as a socket.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitStatus};
use std::thread;

use sys::descriptor::{SocketKind, socket_kind};

/// Octets that are carried at once.
const PIECE_OCTETS: usize = 16 * 1024;

/// Runs a program whose client is our standard input and output; its exit status.
pub(crate) fn run(command: &mut Command) -> io::Result<ExitStatus> {
    if socket_kind(io::stdin().as_fd()) != SocketKind::Other {
        return command.status();
    }
    let (ours, theirs) = UnixStream::pair()?;
    let mut child = command.stdin(OwnedFd::from(theirs)).spawn()?;
    // The command still holds the other end; the session must end when the child does.
    command.stdin(std::process::Stdio::null());
    let upward = ours.try_clone()?;
    // Reads until the client has no more to say. When the server ends first, this thread is left waiting for input
    // that nobody will take, and goes with the process.
    thread::spawn(move || {
        let _ = carry(&mut io::stdin().lock(), &mut &upward);
        let _ = upward.shutdown(Shutdown::Write);
    });
    let _ = carry(&mut &ours, &mut io::stdout().lock());
    child.wait()
}

fn carry(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut piece = [0; PIECE_OCTETS];
    loop {
        let count = match from.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if count == 0 {
            return Ok(());
        }
        to.write_all(piece.get(..count).unwrap_or_default())?;
        to.flush()?;
    }
}
