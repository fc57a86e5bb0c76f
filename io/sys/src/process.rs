//! This process and its machine: limits, session, signals, terminal, processors.

use std::io;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigHandler, Signal};
use nix::unistd::ForkResult;

/// Raises the soft limit of open files as far as the hard limit allows, but not above `wanted`; gives what holds.
///
/// # Errors
/// Those of getrlimit(2) and setrlimit(2).
pub fn raise_open_files(wanted: u64) -> io::Result<u64> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let target = wanted.min(hard);
    if target <= soft {
        return Ok(soft);
    }
    setrlimit(Resource::RLIMIT_NOFILE, target, hard)?;
    Ok(target)
}

/// Sets how large a file this process may write; unlimited when `None`. Raising above the hard limit needs root.
///
/// # Errors
/// Those of setrlimit(2).
pub fn set_file_size_limit(octets: Option<u64>) -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE)?;
    setrlimit(Resource::RLIMIT_FSIZE, octets.unwrap_or(hard).min(hard), hard)?;
    Ok(())
}

/// Allows core files as large as the hard limit, or none.
///
/// # Errors
/// Those of setrlimit(2).
pub fn allow_core_files(on: bool) -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_CORE)?;
    setrlimit(Resource::RLIMIT_CORE, if on { hard } else { 0 }, hard)?;
    Ok(())
}

/// Sets the file mode mask and gives the old one.
pub fn set_umask(mask: u32) -> u32 {
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(mask as libc::mode_t)).bits() as u32
}

/// Ignores a signal, SIGPIPE and SIGHUP mostly. Rust programs ignore SIGPIPE from the start.
///
/// # Errors
/// `EINVAL` for an unknown number.
pub fn ignore_signal(number: i32) -> io::Result<()> {
    let signal = Signal::try_from(number)?;
    // SAFETY: SIG_IGN installs no handler code.
    unsafe { nix::sys::signal::signal(signal, SigHandler::SigIgn) }?;
    Ok(())
}

/// Puts a signal back to its default effect.
///
/// # Errors
/// `EINVAL` for an unknown number.
pub fn default_signal(number: i32) -> io::Result<()> {
    let signal = Signal::try_from(number)?;
    // SAFETY: SIG_DFL installs no handler code.
    unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) }?;
    Ok(())
}

/// Has the kernel stop this process with SIGALRM unless it is called again within `seconds`; 0 ends the watch.
///
/// A watchdog that works even when the thread hangs: its default effect ends the process.
pub fn watch(seconds: u32) {
    // SAFETY: alarm takes an integer and cannot fail.
    unsafe { libc::alarm(seconds) };
}

/// Makes this process the leader of a new session, without a terminal.
///
/// # Errors
/// `EPERM` when it leads a process group already.
pub fn new_session() -> io::Result<u32> {
    Ok(nix::unistd::setsid()?.as_raw().cast_unsigned())
}

/// Makes this process the leader of a new process group.
///
/// # Errors
/// Those of setpgid(2).
pub fn new_process_group() -> io::Result<()> {
    let ourselves = nix::unistd::Pid::from_raw(0);
    nix::unistd::setpgid(ourselves, ourselves)?;
    Ok(())
}

/// Which of the two processes this is after [`fork`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forked {
    /// The one that called; the number is the child's.
    Parent(u32),
    /// The new one.
    Child,
}

/// Splits this process in two. Refused unless it has one thread, since the child would have locks that nobody frees.
///
/// # Errors
/// `EBUSY` with more than one thread; those of fork(2).
pub fn fork() -> io::Result<Forked> {
    if thread_count() != 1 {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    // SAFETY: with one thread only, the child's memory is as whole as the parent's.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Forked::Parent(child.as_raw().cast_unsigned())),
        ForkResult::Child => Ok(Forked::Child),
    }
}

/// Ends this process at once: no destructors, no buffers written. For children after [`fork`].
pub fn exit_at_once(status: i32) -> ! {
    // SAFETY: _exit takes an integer and does not return.
    unsafe { libc::_exit(status) }
}

#[cfg(target_os = "linux")]
fn thread_count() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}

#[cfg(not(target_os = "linux"))]
fn thread_count() -> usize {
    1
}

/// Fills `octets` from the kernel's random source.
///
/// # Errors
/// When there is no random source at all.
pub fn random_octets(octets: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while let Some(rest) = octets.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        // SAFETY: pointer and length describe `rest`, which outlives the call.
        let count = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
        match usize::try_from(count) {
            Ok(count) => filled += count,
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
    }
    Ok(())
}

/// True when the descriptor 0, 1 or 2 is a terminal.
#[must_use]
pub fn is_terminal(number: i32) -> bool {
    // SAFETY: isatty takes an integer.
    unsafe { libc::isatty(number) == 1 }
}

/// How many processors this process may use.
#[must_use]
pub fn processor_count() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// CPU time that this process has used, user and system together.
#[must_use]
pub fn cpu_time() -> std::time::Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return std::time::Duration::ZERO;
    };
    let micros = |time: nix::sys::time::TimeVal| {
        u64::try_from(time.tv_sec()).unwrap_or(0) * 1_000_000 + u64::try_from(time.tv_usec()).unwrap_or(0)
    };
    std::time::Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_file_limit_is_never_lowered() {
        let now = raise_open_files(0).unwrap();
        assert!(raise_open_files(now).unwrap() >= now);
    }

    #[test]
    fn two_random_drafts_differ() {
        let (mut one, mut other) = ([0; 16], [0; 16]);
        random_octets(&mut one).unwrap();
        random_octets(&mut other).unwrap();
        assert_ne!(one, other);
    }

    #[test]
    fn there_is_at_least_one_processor() {
        assert!(processor_count() >= 1);
    }

    #[test]
    fn a_process_with_several_threads_may_not_fork() {
        // The test runner has its own main thread beside this one.
        assert_eq!(fork().unwrap_err().raw_os_error(), Some(libc::EBUSY));
    }
}
