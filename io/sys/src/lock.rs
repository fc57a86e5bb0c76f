//! Locks on open files, in the two forms that mail programs use together: flock(2) and fcntl(2).
//!
//! Dotlocks are plain files and need no kernel call: see the rooms that write mailboxes.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::thread::sleep;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};

/// Which lock call (`mailbox_delivery_lock` names both; the queue uses flock).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// flock(2): belongs to the open file, inherited by children.
    Flock,
    /// fcntl(2): belongs to the process, seen across NFS.
    Fcntl,
}

/// Shared or alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Many may hold it.
    Shared,
    /// One may hold it.
    Exclusive,
    /// Gives it back.
    Unlock,
}

/// Tries once: true when the lock is ours, false when another has it.
///
/// # Errors
/// Those of the call, except that the lock is held.
pub fn try_lock(file: &impl AsFd, style: Style, mode: Mode) -> io::Result<bool> {
    let answer = match style {
        Style::Flock => flock(file.as_fd(), mode, libc::LOCK_NB),
        Style::Fcntl => record_lock(file.as_fd(), mode, false),
    };
    match answer {
        Ok(()) => Ok(true),
        Err(Errno::EWOULDBLOCK | Errno::EACCES) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Waits until the lock is ours. For short critical sections only: it stops the whole thread.
///
/// # Errors
/// Those of the call; `EINTR` is retried.
pub fn lock(file: &impl AsFd, style: Style, mode: Mode) -> io::Result<()> {
    loop {
        let answer = match style {
            Style::Flock => flock(file.as_fd(), mode, 0),
            Style::Fcntl => record_lock(file.as_fd(), mode, true),
        };
        match answer {
            Err(Errno::EINTR) => {}
            other => return Ok(other?),
        }
    }
}

/// Tries up to `attempts` times with `pause` between (`deliver_lock_attempts`, `deliver_lock_delay`); stops the
/// thread meanwhile, so it is for children that serve one delivery.
///
/// # Errors
/// As [`try_lock`].
pub fn try_lock_for(
    file: &impl AsFd,
    style: Style,
    mode: Mode,
    attempts: u32,
    pause: Duration,
) -> io::Result<bool> {
    for attempt in 0..attempts.max(1) {
        if attempt > 0 {
            sleep(pause);
        }
        if try_lock(file, style, mode)? {
            return Ok(true);
        }
    }
    Ok(false)
}

// nix owns the descriptor in its Flock type; locks here are on files that their owners keep.
fn flock(file: BorrowedFd<'_>, mode: Mode, flags: libc::c_int) -> nix::Result<()> {
    let operation = match mode {
        Mode::Shared => libc::LOCK_SH,
        Mode::Exclusive => libc::LOCK_EX,
        Mode::Unlock => libc::LOCK_UN,
    };
    // SAFETY: flock takes two integers, and the descriptor is borrowed for the length of the call.
    Errno::result(unsafe { libc::flock(file.as_raw_fd(), operation | flags) }).map(drop)
}

fn record_lock(file: BorrowedFd<'_>, mode: Mode, wait: bool) -> nix::Result<()> {
    let kind = match mode {
        Mode::Shared => libc::F_RDLCK,
        Mode::Exclusive => libc::F_WRLCK,
        Mode::Unlock => libc::F_UNLCK,
    };
    // SAFETY: flock is plain data for which all zeroes is a value; it then means the whole file.
    let mut region: libc::flock = unsafe { std::mem::zeroed() };
    region.l_type = kind as libc::c_short;
    region.l_whence = libc::SEEK_SET as libc::c_short;
    let call = if wait {
        FcntlArg::F_SETLKW(&region)
    } else {
        FcntlArg::F_SETLK(&region)
    };
    fcntl(file, call).map(drop)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn an_exclusive_flock_keeps_another_open_file_out_until_it_is_given_back() {
        let path = std::env::temp_dir().join(format!("sys-lock-{}", std::process::id()));
        let first = File::create(&path).unwrap();
        let second = File::open(&path).unwrap();

        assert!(try_lock(&first, Style::Flock, Mode::Exclusive).unwrap());
        assert!(!try_lock_for(&second, Style::Flock, Mode::Shared, 2, Duration::from_millis(1)).unwrap());
        lock(&first, Style::Flock, Mode::Unlock).unwrap();
        assert!(try_lock(&second, Style::Flock, Mode::Shared).unwrap());

        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_record_lock_is_taken_and_given_back() {
        let path = std::env::temp_dir().join(format!("sys-record-lock-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        assert!(try_lock(&file, Style::Fcntl, Mode::Exclusive).unwrap());
        lock(&file, Style::Fcntl, Mode::Unlock).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
