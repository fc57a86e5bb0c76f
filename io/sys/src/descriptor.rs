//! Descriptors: those a parent left open for us, and those passed over a Unix socket.
//!
//! Follows unix(7), fcntl(2) and the numbers by which `master` hands sockets to its children.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixListener;

use nix::cmsg_space;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg,
    socketpair,
};

/// How many descriptors one message may carry; more are refused when sent.
pub const DESCRIPTORS_PER_MESSAGE: usize = 8;

/// Takes over descriptor `number`, which the parent process left open, and marks it close-on-exec.
///
/// Take each number once, at start, before anything else is opened: a number that was not inherited could
/// otherwise name a descriptor that another part of this process owns.
///
/// # Errors
/// `EBADF` when nothing is open under that number.
pub fn take_inherited(number: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: F_GETFD reads a flag and touches no memory; a closed number gives EBADF.
    if unsafe { libc::fcntl(number, libc::F_GETFD) } < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the number is open (just checked), and by this function's rule nobody else in the process owns it.
    let descriptor = unsafe { OwnedFd::from_raw_fd(number) };
    set_close_on_exec(descriptor.as_fd(), true)?;
    Ok(descriptor)
}

/// Takes over an inherited stream socket that listens; it is made non-blocking, ready for the runtime.
///
/// # Errors
/// As [`take_inherited`].
pub fn take_inherited_unix_listener(number: RawFd) -> io::Result<UnixListener> {
    let listener = UnixListener::from(take_inherited(number)?);
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Takes over an inherited TCP socket that listens; it is made non-blocking, ready for the runtime.
///
/// # Errors
/// As [`take_inherited`].
pub fn take_inherited_tcp_listener(number: RawFd) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::from(take_inherited(number)?);
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// What kind of socket a descriptor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// A Unix-domain socket.
    Unix,
    /// An IPv4 or IPv6 socket.
    Inet,
    /// A pipe, a file, or a socket of another family.
    Other,
}

/// Tells the address family of a socket, for a program that was started with one as standard input.
#[must_use]
pub fn socket_kind(descriptor: BorrowedFd<'_>) -> SocketKind {
    // SAFETY: sockaddr_storage is plain data for which all zeroes is a value.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    // SAFETY: the pointer and the length describe `storage`, which outlives the call.
    let answer = unsafe {
        libc::getsockname(
            descriptor.as_raw_fd(),
            (&raw mut storage).cast::<libc::sockaddr>(),
            &raw mut length,
        )
    };
    if answer != 0 {
        return SocketKind::Other;
    }
    match i32::from(storage.ss_family) {
        libc::AF_UNIX => SocketKind::Unix,
        libc::AF_INET | libc::AF_INET6 => SocketKind::Inet,
        _ => SocketKind::Other,
    }
}

/// Sets or clears close-on-exec.
///
/// # Errors
/// Those of fcntl(2).
pub fn set_close_on_exec(descriptor: BorrowedFd<'_>, on: bool) -> io::Result<()> {
    let flag = if on { FdFlag::FD_CLOEXEC } else { FdFlag::empty() };
    fcntl(descriptor, FcntlArg::F_SETFD(flag))?;
    Ok(())
}

/// Sets or clears non-blocking mode.
///
/// # Errors
/// Those of fcntl(2).
pub fn set_nonblocking(descriptor: BorrowedFd<'_>, on: bool) -> io::Result<()> {
    let mut flags = OFlag::from_bits_truncate(fcntl(descriptor, FcntlArg::F_GETFL)?);
    flags.set(OFlag::O_NONBLOCK, on);
    fcntl(descriptor, FcntlArg::F_SETFL(flags))?;
    Ok(())
}

/// Makes a second descriptor for the same open file, at `lowest` or above, close-on-exec.
///
/// # Errors
/// Those of fcntl(2) `F_DUPFD_CLOEXEC`.
pub fn duplicate_from(descriptor: BorrowedFd<'_>, lowest: RawFd) -> io::Result<OwnedFd> {
    let number = fcntl(descriptor, FcntlArg::F_DUPFD_CLOEXEC(lowest))?;
    // SAFETY: the kernel just made this number for us; nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Puts `source` in the place of standard input (0), output (1) or error (2).
///
/// # Errors
/// `EINVAL` for any other number, else those of dup2(2).
pub fn replace_standard(source: BorrowedFd<'_>, number: RawFd) -> io::Result<()> {
    if !(0..=2).contains(&number) {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    // SAFETY: both numbers are plain integers; descriptors 0 to 2 are owned by nobody in Rust's sense.
    if unsafe { libc::dup2(source.as_raw_fd(), number) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Sends `bytes` (at least one) with `descriptors` attached; gives the count of bytes taken.
///
/// On a non-blocking socket this gives `WouldBlock` like any write.
///
/// # Errors
/// `EINVAL` for more than [`DESCRIPTORS_PER_MESSAGE`] or for empty `bytes`; those of sendmsg(2).
pub fn send_descriptors(
    socket: BorrowedFd<'_>,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<usize> {
    if bytes.is_empty() || descriptors.len() > DESCRIPTORS_PER_MESSAGE {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let mut numbers = [0; DESCRIPTORS_PER_MESSAGE];
    for (number, descriptor) in numbers.iter_mut().zip(descriptors) {
        *number = descriptor.as_raw_fd();
    }
    let rights = [ControlMessage::ScmRights(&numbers[..descriptors.len()])];
    let control: &[ControlMessage<'_>] = if descriptors.is_empty() { &[] } else { &rights };
    let sent = sendmsg::<()>(
        socket.as_raw_fd(),
        &[IoSlice::new(bytes)],
        control,
        MsgFlags::MSG_NOSIGNAL,
        None,
    )?;
    Ok(sent)
}

/// Receives bytes and up to [`DESCRIPTORS_PER_MESSAGE`] descriptors, all close-on-exec, which are added to
/// `descriptors`. Zero bytes mean that the peer has closed.
///
/// # Errors
/// Those of recvmsg(2), `WouldBlock` among them; `EMSGSIZE` when more descriptors came than fit.
pub fn receive_descriptors(
    socket: BorrowedFd<'_>,
    buffer: &mut [u8],
    descriptors: &mut Vec<OwnedFd>,
) -> io::Result<usize> {
    let mut space = cmsg_space!([RawFd; DESCRIPTORS_PER_MESSAGE]);
    let mut parts = [IoSliceMut::new(buffer)];
    let message = recvmsg::<()>(
        socket.as_raw_fd(),
        &mut parts,
        Some(&mut space),
        MsgFlags::MSG_CMSG_CLOEXEC,
    )?;
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(numbers) = part {
            // SAFETY: the kernel just installed these numbers for this message; nobody else has them.
            descriptors.extend(
                numbers
                    .into_iter()
                    .map(|number| unsafe { OwnedFd::from_raw_fd(number) }),
            );
        }
    }
    if message.flags.contains(MsgFlags::MSG_CTRUNC) {
        return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
    }
    Ok(message.bytes)
}

/// Two connected sockets that keep message borders; both close-on-exec and non-blocking.
///
/// # Errors
/// Those of socketpair(2).
pub fn seqpacket_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    pair_of(SockType::SeqPacket)
}

/// Two connected stream sockets; both close-on-exec and non-blocking.
///
/// # Errors
/// Those of socketpair(2).
pub fn stream_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    pair_of(SockType::Stream)
}

fn pair_of(kind: SockType) -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    Ok(socketpair(AddressFamily::Unix, kind, None, flags)?)
}

/// Makes a pipe, reading end first; both close-on-exec and blocking.
///
/// # Errors
/// Those of pipe2(2).
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(nix::unistd::pipe2(OFlag::O_CLOEXEC)?)
}

/// How many octets wait to be read.
///
/// # Errors
/// Those of ioctl(2) with `FIONREAD`.
pub fn octets_waiting(descriptor: BorrowedFd<'_>) -> io::Result<usize> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int, to a place that is ours for the time of the call.
    if unsafe { libc::ioctl(descriptor.as_raw_fd(), libc::FIONREAD, &raw mut count) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(usize::try_from(count).unwrap_or(0))
}

/// True when data, or the end of the stream, waits to be read now.
///
/// # Errors
/// Those of poll(2).
pub fn is_readable_now(descriptor: BorrowedFd<'_>) -> io::Result<bool> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut watched = [PollFd::new(descriptor, PollFlags::POLLIN)];
    Ok(poll(&mut watched, PollTimeout::ZERO)? > 0)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn an_open_file_passed_over_a_socket_is_read_on_the_other_side() {
        let (left, right) = UnixStream::pair().unwrap();
        let file = File::open("/proc/self/status").unwrap();

        assert_eq!(
            send_descriptors(left.as_fd(), b"here", &[file.as_fd()]).unwrap(),
            4
        );
        let mut buffer = [0; 16];
        let mut received = Vec::new();
        assert_eq!(
            receive_descriptors(right.as_fd(), &mut buffer, &mut received).unwrap(),
            4
        );

        assert_eq!(&buffer[..4], b"here");
        let mut text = String::new();
        File::from(received.remove(0)).read_to_string(&mut text).unwrap();
        assert!(text.starts_with("Name:"));
    }

    #[test]
    fn a_closed_peer_gives_zero_bytes() {
        let (left, right) = UnixStream::pair().unwrap();
        drop(left);
        let mut received = Vec::new();
        assert_eq!(
            receive_descriptors(right.as_fd(), &mut [0; 4], &mut received).unwrap(),
            0
        );
    }

    #[test]
    fn a_number_that_is_not_open_is_refused() {
        assert_eq!(
            take_inherited(987_654).unwrap_err().raw_os_error(),
            Some(libc::EBADF)
        );
    }

    #[test]
    fn a_seqpacket_pair_keeps_message_borders() {
        let (left, right) = seqpacket_pair().unwrap();
        send_descriptors(left.as_fd(), b"one", &[]).unwrap();
        send_descriptors(left.as_fd(), b"two", &[]).unwrap();
        assert!(is_readable_now(right.as_fd()).unwrap());
        let mut buffer = [0; 16];
        assert_eq!(
            receive_descriptors(right.as_fd(), &mut buffer, &mut Vec::new()).unwrap(),
            3
        );
        assert_eq!(&buffer[..3], b"one");
    }
}
