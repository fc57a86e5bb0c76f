//! Locks on mailbox files: the kernel's two kinds, and the `.lock` file beside it.
//!
//! Within one process the kernel's record locks do not keep threads apart, and closing one descriptor drops the lock
//! of another; so the threads of a carrier first take [`Turns`].

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use sys::lock::{Mode, Style, try_lock};

/// The first pause between two attempts; it doubles up to [`Patience::delay`].
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// Which locks to take (`mailbox_delivery_lock`, `virtual_mailbox_lock`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Locks {
    /// flock(2).
    pub flock: bool,
    /// fcntl(2).
    pub fcntl: bool,
    /// A file beside the mailbox, of the same name and `.lock`.
    pub dotlock: bool,
    /// Go on without that file when it cannot be made.
    pub dotlock_may_fail: bool,
}

/// A word that names no lock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown mailbox locking method: {0}")]
pub struct UnknownLock(pub String);

impl Locks {
    /// Reads a list of `flock`, `fcntl` and `dotlock`.
    ///
    /// # Errors
    /// [`UnknownLock`] for any other word.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownLock> {
        let mut locks = Self::default();
        for word in words {
            match word {
                "flock" => locks.flock = true,
                "fcntl" => locks.fcntl = true,
                "dotlock" => locks.dotlock = true,
                other => return Err(UnknownLock(other.to_owned())),
            }
        }
        Ok(locks)
    }
}

/// How long to try for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// `deliver_lock_attempts`.
    pub attempts: u32,
    /// `deliver_lock_delay`: together with the attempts, how long to try in all.
    pub delay: Duration,
    /// `stale_lock_time`: a lock file older than this is nobody's.
    pub stale: Duration,
}

impl Patience {
    /// Tries `once` until it gives an answer or time is up.
    ///
    /// Difference: the first attempts follow each other sooner than `deliver_lock_delay`, because most locks are held
    /// for milliseconds; the whole takes as long as in Postfix.
    fn wait<T>(self, mut once: impl FnMut() -> io::Result<Option<T>>) -> io::Result<Option<T>> {
        let mut left = self.delay.saturating_mul(self.attempts.saturating_sub(1));
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(answer) = once()? {
                return Ok(Some(answer));
            }
            if left.is_zero() {
                return Ok(None);
            }
            pause = pause.min(self.delay).min(left);
            std::thread::sleep(pause);
            left -= pause;
            pause = pause.saturating_mul(2);
        }
    }
}

/// Takes the kernel's locks. `Ok(false)`: another has one.
pub(crate) fn lock_file(file: &File, locks: Locks, patience: Patience) -> io::Result<bool> {
    for (wanted, style) in [(locks.flock, Style::Flock), (locks.fcntl, Style::Fcntl)] {
        let taken = || Ok(try_lock(file, style, Mode::Exclusive)?.then_some(()));
        if wanted && patience.wait(taken)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A lock file, removed when dropped.
#[derive(Debug)]
pub(crate) struct DotLock(PathBuf);

impl DotLock {
    /// The lock file's name for a mailbox.
    pub(crate) fn path(mailbox: &Path) -> PathBuf {
        let mut path = mailbox.as_os_str().to_owned();
        path.push(".lock");
        path.into()
    }

    /// Makes the lock file. `Ok(None)`: another has it.
    pub(crate) fn take(mailbox: &Path, patience: Patience) -> io::Result<Option<Self>> {
        let path = Self::path(mailbox);
        let once = || match OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o000)
            .open(&path)
        {
            Ok(_) => Ok(Some(())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                break_stale(&path, patience.stale)?;
                Ok(None)
            }
            Err(error) => Err(error),
        };
        Ok(patience.wait(once)?.map(|()| Self(path)))
    }
}

impl Drop for DotLock {
    fn drop(&mut self) {
        // A lock file that somebody broke in the meantime is no longer ours to complain about.
        let _ = fs::remove_file(&self.0);
    }
}

fn break_stale(path: &Path, stale: Duration) -> io::Result<()> {
    let Ok(about) = fs::metadata(path) else {
        return Ok(());
    };
    let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(about.ctime()).unwrap_or(0));
    let age = SystemTime::now().duration_since(changed).unwrap_or_default();
    if age <= stale {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What one thread at a time may work on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A mailbox by its name, before its lock file is made.
    Path(PathBuf),
    /// A file by device and number, before its record lock is taken.
    File(u64, u64),
}

/// Keeps the threads of one process apart.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    busy: Mutex<HashSet<Subject>>,
    freed: Condvar,
}

/// The right to work on a subject; given back when dropped.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    subject: Subject,
}

impl Turns {
    /// Waits for the subject to be free. Whoever has it works under time limits, so this needs none.
    pub(crate) fn take(&self, subject: Subject) -> Turn<'_> {
        let mut busy = self.lock();
        while !busy.insert(subject.clone()) {
            busy = self.freed.wait(busy).unwrap_or_else(PoisonError::into_inner);
        }
        Turn { turns: self, subject }
    }

    // A thread that panicked left the set as it was: a set, whole.
    fn lock(&self) -> MutexGuard<'_, HashSet<Subject>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.subject);
        self.turns.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASTE: Patience = Patience {
        attempts: 3,
        delay: Duration::from_millis(5),
        stale: Duration::from_secs(500),
    };

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("mailbox-lock-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_lock_file_keeps_others_out_and_goes_with_its_owner() {
        let mailbox = scratch("dot");

        let first = DotLock::take(&mailbox, HASTE).unwrap();
        assert!(first.is_some());
        assert!(DotLock::take(&mailbox, HASTE).unwrap().is_none());
        drop(first);

        assert!(!DotLock::path(&mailbox).exists());
    }

    #[test]
    fn a_stale_lock_file_is_broken() {
        let mailbox = scratch("stale");
        fs::write(DotLock::path(&mailbox), b"").unwrap();
        std::thread::sleep(Duration::from_millis(1100));
        let patience = Patience {
            stale: Duration::ZERO,
            ..HASTE
        };
        assert!(DotLock::take(&mailbox, patience).unwrap().is_some());
    }

    #[test]
    fn unknown_locks_are_refused() {
        assert_eq!(
            Locks::parse(["fcntl", "prayer"]),
            Err(UnknownLock("prayer".into()))
        );
        let both = Locks {
            fcntl: true,
            dotlock: true,
            ..Locks::default()
        };
        assert_eq!(Locks::parse(["fcntl", "dotlock"]), Ok(both));
    }

    #[test]
    fn a_turn_is_waited_for() {
        let turns = std::sync::Arc::new(Turns::default());
        let subject = Subject::File(1, 2);
        let turn = turns.take(subject.clone());
        let other = std::thread::spawn({
            let turns = turns.clone();
            move || drop(turns.take(subject))
        });
        std::thread::sleep(Duration::from_millis(20));
        assert!(!other.is_finished());
        drop(turn);
        other.join().unwrap();
    }
}
