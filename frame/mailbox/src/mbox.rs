//! Appending to a mailbox file: locks, checks, one write, one sync, and undoing it all when that fails.
//!
//! The checks are those against a user who prepares the place: links to other people's files, pipes without a reader,
//! a file swapped between two looks at it.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use mail::EnhancedStatus;

use crate::job::{Append, Target};
use crate::locking::{DotLock, Subject, lock_file};
use crate::work::{Source, Workplace, copy};
use crate::{Cause, Trouble};

const BUSY: EnhancedStatus = EnhancedStatus::new(4, 2, 0);
const EXECUTE_BITS: u32 = 0o111;

/// Appends a letter. Afterwards it is on disk whole, or the file is as it was.
pub(crate) fn append(place: &Workplace, job: &Append, source: Source<'_>) -> Result<(), Trouble> {
    let _turn = place.turns.take(Subject::Path(job.path.clone()));
    let _dotlock = take_dotlock(job)?;
    let (file, about) = open(job).map_err(|refused| refused.trouble(job))?;
    if !about.file_type().is_file() {
        check_target(job, &about)?;
        return write_special(&file, source);
    }
    let alone = place.turns.take(Subject::File(about.dev(), about.ino()));
    let done = append_locked(job, &file, source);
    // The record lock goes with the descriptor, and the next thread may come only then.
    drop(file);
    drop(alone);
    done
}

fn append_locked(job: &Append, file: &File, source: Source<'_>) -> Result<(), Trouble> {
    let unable = "unable to lock for exclusive access";
    match lock_file(file, job.locks, job.patience) {
        Ok(true) => {}
        Ok(false) => {
            return Err(Trouble::new(
                BUSY,
                format!("{unable}: Resource temporarily unavailable"),
            ));
        }
        Err(error) => return Err(Trouble::with_file(unable, &error, job.default_status)),
    }
    let about = file.metadata().map_err(|error| Trouble::writing(&error))?;
    if about.nlink() != 1 {
        return Err(Trouble::new(BUSY, "target file status changed unexpectedly"));
    }
    check_target(job, &about)?;
    let end = about.len();
    let limit = job.limit_octets.map(|limit| limit.saturating_sub(end));
    let written = copy(file, source, limit)
        .and_then(|()| sys::disk::sync_content(file).map_err(|error| Trouble::writing(&error)));
    if written.is_err() {
        // What was written is cut off again. Should that fail too, the next message repairs nothing either; the
        // trouble told is the first one.
        let _ = file.set_len(end);
    }
    written
}

/// A device or pipe is not synced, and there is nothing to undo.
fn write_special(file: &File, source: Source<'_>) -> Result<(), Trouble> {
    copy(file, source, None)
}

fn take_dotlock(job: &Append) -> Result<Option<DotLock>, Trouble> {
    // Devices get no lock file beside them.
    let regular = fs::metadata(&job.path).map_or(true, |about| about.file_type().is_file());
    if !job.locks.dotlock || !regular {
        return Ok(None);
    }
    let unable = || {
        format!(
            "unable to create lock file {}",
            DotLock::path(&job.path).display()
        )
    };
    match DotLock::take(&job.path, job.patience) {
        Ok(Some(lock)) => Ok(Some(lock)),
        Ok(None) => Err(Trouble::new(BUSY, format!("{}: File exists", unable()))),
        Err(_) if job.locks.dotlock_may_fail => Ok(None),
        Err(error) => Err(Trouble::with_file(unable(), &error, job.default_status)),
    }
}

fn check_target(job: &Append, about: &Metadata) -> Result<(), Trouble> {
    let regular = about.file_type().is_file();
    match job.target {
        Target::Mailbox(_) if !regular => {
            let reason = format!("destination {} is not a regular file", job.path.display());
            Err(Trouble::new(job.default_status, reason).because(Cause::NotRegular))
        }
        Target::Mailbox(Some(owner)) if about.uid() != owner => {
            let reason = format!("destination {} is not owned by recipient", job.path.display());
            Err(Trouble::new(BUSY, reason).because(Cause::NotOwned))
        }
        Target::AnyFile if regular && about.mode() & EXECUTE_BITS != 0 => {
            Err(Trouble::new(EnhancedStatus::new(5, 7, 1), "file is executable"))
        }
        _ => Ok(()),
    }
}

/// Why a file was not opened.
enum Refused {
    Error(&'static str, io::Error),
    Check(String),
}

impl Refused {
    fn is_absent(&self) -> bool {
        matches!(self, Self::Error(_, error) if error.kind() == io::ErrorKind::NotFound)
    }

    fn trouble(self, job: &Append) -> Trouble {
        match self {
            Self::Error(what, error) => Trouble::with_file(what, &error, job.default_status),
            Self::Check(reason) => Trouble::new(job.default_status, reason),
        }
    }
}

/// Opens the file or makes it. Only "not there" leads to making it, and only "already there" back.
fn open(job: &Append) -> Result<(File, Metadata), Refused> {
    match open_existing(&job.path) {
        Err(refused) if refused.is_absent() => {}
        other => return other,
    }
    match create(job) {
        Err(Refused::Error(_, error)) if error.kind() == io::ErrorKind::AlreadyExists => {
            open_existing(&job.path)
        }
        other => other,
    }
}

fn open_existing(path: &Path) -> Result<(File, Metadata), Refused> {
    let cannot = |error| Refused::Error("cannot open file", error);
    let file = sys::disk::open_to_append(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    if about.file_type().is_dir() {
        return Err(Refused::Check("file is a directory".into()));
    }
    if about.nlink() != 1 {
        return Err(Refused::Check(format!("file has {} hard links", about.nlink())));
    }
    let changed = "file status changed unexpectedly";
    let named = fs::symlink_metadata(path)
        .map_err(|error| Refused::Check(format!("{changed}: {}", sys::fault::text(&error))))?;
    if named.file_type().is_symlink() {
        // Devices may be reached by a link that only root can have made.
        let trusted = named.uid() == 0 && path.parent().is_some_and(only_root_writes);
        return if trusted {
            Ok((file, about))
        } else {
            Err(Refused::Check("file is a symbolic link".into()))
        };
    }
    let same = (named.dev(), named.ino(), named.nlink(), named.mode())
        == (about.dev(), about.ino(), about.nlink(), about.mode());
    if same || about.file_type().is_fifo() && named.file_type().is_fifo() {
        Ok((file, about))
    } else {
        Err(Refused::Check(changed.into()))
    }
}

fn only_root_writes(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|about| about.uid() == 0 && about.mode() & 0o022 == 0)
}

fn create(job: &Append) -> Result<(File, Metadata), Refused> {
    let cannot = |error| Refused::Error("cannot create file exclusively", error);
    let file = OpenOptions::new()
        .append(true)
        .create_new(true)
        .mode(0o600)
        .open(&job.path)
        .map_err(cannot)?;
    if let Some((uid, gid)) = job.give_to {
        sys::disk::set_owner(&file, uid, gid)
            .map_err(|error| Refused::Error("cannot change file ownership", error))?;
    }
    let about = file.metadata().map_err(cannot)?;
    Ok((file, about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locking::{Locks, Patience};
    use std::path::PathBuf;
    use std::time::Duration;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mailbox-mbox-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        folder.join("inbox")
    }

    fn job(path: &Path) -> Append {
        Append {
            path: path.to_owned(),
            locks: Locks {
                fcntl: true,
                dotlock: true,
                ..Locks::default()
            },
            patience: Patience {
                attempts: 2,
                delay: Duration::from_millis(5),
                stale: Duration::from_secs(500),
            },
            target: Target::Mailbox(Some(sys::identity::effective_uid())),
            give_to: None,
            limit_octets: None,
            default_status: EnhancedStatus::new(5, 2, 0),
        }
    }

    fn appended(job: &Append, text: &str) -> Result<(), Trouble> {
        append(&Workplace::default(), job, Source::Octets(text.as_bytes()))
    }

    #[test]
    fn letters_follow_each_other_in_a_file_of_the_users_own() {
        let path = scratch("two");

        appended(&job(&path), "one\n").unwrap();
        appended(&job(&path), "two\n").unwrap();

        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert!(!DotLock::path(&path).exists());
    }

    #[test]
    fn a_letter_that_does_not_fit_leaves_the_file_as_it_was() {
        let path = scratch("full");
        fs::write(&path, "old\n").unwrap();
        let job = Append {
            limit_octets: Some(8),
            ..job(&path)
        };

        let trouble = appended(&job, "too long\n").unwrap_err();

        assert_eq!(trouble.reason, "error writing message: File too large");
        assert_eq!(trouble.status, EnhancedStatus::new(5, 2, 2));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old\n");
        appended(&job, "fit\n").unwrap();
    }

    #[test]
    fn a_letter_that_breaks_off_leaves_the_file_as_it_was() {
        let path = scratch("broken");
        let (read, write) = sys::descriptor::pipe().unwrap();
        let mut write = File::from(write);
        std::io::Write::write_all(&mut write, b"\x05\0\0\0begin").unwrap();
        drop(write);

        let trouble = append(
            &Workplace::default(),
            &job(&path),
            Source::Frames(File::from(read)),
        )
        .unwrap_err();

        assert_eq!(trouble.status.class, 4);
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }

    #[test]
    fn links_and_directories_are_refused() {
        let path = scratch("links");
        let other = path.with_file_name("other");
        fs::write(&other, "").unwrap();

        // A link in a folder that only root writes would be trusted.
        let anybody = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(path.parent().unwrap(), anybody).unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        assert_eq!(
            appended(&job(&path), "x").unwrap_err().reason,
            "file is a symbolic link"
        );
        fs::remove_file(&path).unwrap();
        fs::hard_link(&other, &path).unwrap();
        assert_eq!(
            appended(&job(&path), "x").unwrap_err().reason,
            "file has 2 hard links"
        );
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let reason = appended(&job(&path), "x").unwrap_err().reason;
        assert!(reason.starts_with("cannot open file: "), "{reason}");
        assert_eq!(fs::metadata(&other).unwrap().len(), 0);
    }

    #[test]
    fn a_mailbox_of_another_user_is_refused() {
        let path = scratch("owner");
        fs::write(&path, "").unwrap();
        let job = Append {
            target: Target::Mailbox(Some(u32::MAX - 1)),
            ..job(&path)
        };
        let trouble = appended(&job, "x").unwrap_err();
        assert_eq!((trouble.cause, trouble.status), (Cause::NotOwned, BUSY));
    }

    #[test]
    fn the_null_device_takes_everything() {
        let job = Append {
            target: Target::AnyFile,
            ..job(Path::new("/dev/null"))
        };
        appended(&job, "gone").unwrap();
        assert!(!Path::new("/dev/null.lock").exists());
    }

    #[test]
    fn a_locked_mailbox_is_tried_again_later() {
        let path = scratch("locked");
        let _lock = DotLock::take(&path, job(&path).patience).unwrap();
        let trouble = appended(&job(&path), "x").unwrap_err();
        assert_eq!(trouble.status, BUSY);
        assert!(
            trouble.reason.ends_with("inbox.lock: File exists"),
            "{}",
            trouble.reason
        );
    }
}
