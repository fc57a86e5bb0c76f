//! A letter as a new file of a Maildir: written in `tmp`, synced, then named in `new`.
//!
//! Names are `seconds.VdeviceIinodeMmicroseconds.host`, as Postfix makes them: unique as long as the file system
//! gives no number twice at once.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use crate::Trouble;
use crate::job::Maildir;
use crate::work::{Source, Workplace, copy};

/// Writes a letter. Afterwards it is in `new`, on disk and whole, or nowhere.
pub(crate) fn file(place: &Workplace, job: &Maildir, source: Source<'_>) -> Result<(), Trouble> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let host = &job.host;
    let count = place.files.fetch_add(1, Ordering::Relaxed);
    let first = format!("{}.P{}Q{count}.{host}", now.as_secs(), std::process::id());
    let folder = job.path.join("tmp");
    let path = folder.join(first);
    let cannot = |path: &Path, error: &io::Error| {
        Trouble::with_file(
            format_args!("create maildir file {}", path.display()),
            error,
            job.default_status,
        )
    };
    let file = create(&folder, &path).map_err(|error| cannot(&path, &error))?;
    let filed = write(job, &file, source).and_then(|()| {
        let name = name(&file, now, host).map_err(|error| cannot(&path, &error))?;
        let target = job.path.join("new").join(name);
        publish(&job.path, &path, &target).map_err(|error| cannot(&target, &error))
    });
    if filed.is_err() {
        // Readers clear out old files in tmp; a failure to do it now changes nothing.
        let _ = fs::remove_file(&path);
    }
    filed
}

fn write(job: &Maildir, file: &File, source: Source<'_>) -> Result<(), Trouble> {
    copy(file, source, job.limit_octets)?;
    sys::disk::sync_content(file).map_err(|error| Trouble::writing(&error))
}

fn name(file: &File, now: Duration, host: &str) -> io::Result<String> {
    let about = file.metadata()?;
    let (seconds, microseconds) = (now.as_secs(), now.subsec_micros());
    Ok(format!(
        "{seconds}.V{:x}I{:x}M{microseconds}.{host}",
        about.dev(),
        about.ino()
    ))
}

fn create(folder: &Path, path: &PathBuf) -> io::Result<File> {
    let once = || {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
    };
    match once() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(folder)?;
            once()
        }
        other => other,
    }
}

/// Difference: a rename where Postfix links and unlinks; the name cannot be taken, since it holds the file's number.
fn publish(maildir: &Path, from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_folder(&maildir.join("cur"))?;
            make_folder(&maildir.join("new"))?;
            fs::rename(from, to)
        }
        other => other,
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cause;
    use mail::EnhancedStatus;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mailbox-maildir-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn job(path: &Path) -> Maildir {
        Maildir {
            path: path.to_owned(),
            host: "host.example.com".into(),
            limit_octets: None,
            default_status: EnhancedStatus::new(5, 2, 0),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_letter_makes_the_folders_it_needs_and_lies_in_new() {
        let maildir = scratch("new");

        file(&Workplace::default(), &job(&maildir), Source::Octets(b"hello\n")).unwrap();

        let new = names(&maildir.join("new"));
        assert_eq!(new.len(), 1);
        let (seconds, rest) = new[0].split_once('.').unwrap();
        assert!(seconds.parse::<u64>().is_ok());
        let about = fs::metadata(maildir.join("new").join(&new[0])).unwrap();
        assert!(
            rest.starts_with(&format!("V{:x}I{:x}M", about.dev(), about.ino())),
            "{rest}"
        );
        assert!(rest.ends_with(".host.example.com"));
        assert_eq!((about.mode() & 0o777, about.len()), (0o600, 6));
        assert!(names(&maildir.join("tmp")).is_empty());
        assert!(maildir.join("cur").is_dir());
    }

    #[test]
    fn a_letter_that_does_not_fit_is_nowhere() {
        let maildir = scratch("full");
        let job = Maildir {
            limit_octets: Some(3),
            ..job(&maildir)
        };

        let trouble = file(&Workplace::default(), &job, Source::Octets(b"hello\n")).unwrap_err();

        assert_eq!(trouble.status, EnhancedStatus::new(5, 2, 2));
        assert!(names(&maildir.join("tmp")).is_empty());
    }

    #[test]
    fn a_place_that_cannot_be_made_is_told() {
        let blocked = scratch("blocked");
        fs::write(&blocked, "").unwrap();
        let trouble = file(&Workplace::default(), &job(&blocked), Source::Octets(b"x")).unwrap_err();
        assert_eq!(trouble.status, EnhancedStatus::new(5, 2, 0));
        assert!(
            trouble.reason.starts_with("create maildir file "),
            "{}",
            trouble.reason
        );
        assert_eq!(trouble.cause, Cause::Other);
    }
}
