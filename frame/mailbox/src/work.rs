//! The work itself, on whichever thread and under whichever id it is done: no socket, no runtime.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::AtomicU64;

use mail::EnhancedStatus;

use crate::job::{FileKind, Job, Look, Place, Report};
use crate::locking::Turns;
use crate::{Trouble, maildir, mbox};

/// What the threads of one process share.
#[derive(Debug, Default)]
pub(crate) struct Workplace {
    pub(crate) turns: Turns,
    /// Maildir files made, for their first names.
    pub(crate) files: AtomicU64,
}

/// A letter's octets.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    /// All of them.
    Octets(&'a [u8]),
    /// A pipe of frames: four octets of length, lowest first, then as many octets. An empty frame is the end; a pipe
    /// that ends without one broke off.
    Frames(File),
}

/// The longest frame.
pub(crate) const FRAME_OCTETS: usize = 1 << 20;

/// Does one job.
pub(crate) fn perform(place: &Workplace, job: &Job, source: Source<'_>) -> Report {
    let done = match job {
        Job::Append(job) => mbox::append(place, job, source),
        Job::Maildir(job) => maildir::file(place, job, source),
        Job::Look(job) => return look(job),
    };
    match done {
        Ok(()) => Report::Delivered,
        Err(trouble) => Report::Trouble(trouble),
    }
}

/// Writes all of a letter, or as much as `limit` octets allow and then fails.
pub(crate) fn copy(mut file: &File, source: Source<'_>, limit: Option<u64>) -> Result<(), Trouble> {
    let mut left = limit.unwrap_or(u64::MAX);
    let mut write = |octets: &[u8]| {
        left = left
            .checked_sub(octets.len() as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        file.write_all(octets)
    };
    let written = match source {
        Source::Octets(octets) => write(octets),
        Source::Frames(pipe) => copy_frames(pipe, write)?,
    };
    written.map_err(|error| {
        // The kind alone has other words than the operating system's error.
        if error.kind() == io::ErrorKind::FileTooLarge {
            Trouble::new(
                EnhancedStatus::new(5, 2, 2),
                "error writing message: File too large",
            )
            .with_diagnostic("input/output error")
        } else {
            Trouble::writing(&error)
        }
    })
}

/// The outer result is about reading, the inner one about writing.
fn copy_frames(
    mut pipe: File,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<io::Result<()>, Trouble> {
    let broken = |_| Trouble::lost("message content broke off");
    let mut buffer = Vec::new();
    loop {
        let mut length = [0; 4];
        pipe.read_exact(&mut length).map_err(broken)?;
        let length = u32::from_le_bytes(length) as usize;
        if length == 0 {
            return Ok(Ok(()));
        }
        if length > FRAME_OCTETS {
            return Err(Trouble::lost("message content in too large a piece"));
        }
        buffer.resize(length, 0);
        pipe.read_exact(&mut buffer).map_err(broken)?;
        if let Err(error) = write(&buffer) {
            return Ok(Err(error));
        }
    }
}

fn look(job: &Look) -> Report {
    let about = if job.follow {
        fs::metadata(&job.path)
    } else {
        fs::symlink_metadata(&job.path)
    };
    let about = match about {
        Ok(about) => about,
        Err(error) if is_absence(&error) => return Report::Absent(sys::fault::text(&error)),
        Err(error) => {
            let what = job.path.display();
            return Report::Trouble(Trouble::with_file(what, &error, EnhancedStatus::new(4, 3, 0)));
        }
    };
    let kind = about.file_type();
    let kind = match (kind.is_file(), kind.is_dir()) {
        (true, _) => FileKind::File,
        (_, true) => FileKind::Directory,
        _ => FileKind::Special,
    };
    let open = (kind == FileKind::File)
        .then(|| sys::disk::open_to_read(&job.path).map_err(|error| sys::fault::text(&error)));
    Report::Found(Place {
        kind,
        uid: about.uid(),
        mode: about.mode() & 0o7777,
        open,
    })
}

/// Errors that say there is nothing there for this user, as against "could not tell".
fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn looked(path: &Path, follow: bool) -> Report {
        let job = Job::Look(Look {
            path: path.to_owned(),
            follow,
        });
        perform(&Workplace::default(), &job, Source::Octets(b""))
    }

    #[test]
    fn what_is_there_is_told_and_opened() {
        let folder = std::env::temp_dir().join(format!("mailbox-look-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let (path, link) = (folder.join("forward"), folder.join("link"));
        fs::write(&path, "fred").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();

        let Report::Found(place) = looked(&path, false) else {
            panic!("not found")
        };
        let mut text = String::new();
        place.open.unwrap().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((place.kind, text.as_str()), (FileKind::File, "fred"));
        assert!(matches!(
            looked(&link, false),
            Report::Found(Place {
                kind: FileKind::Special,
                ..
            })
        ));
        assert!(matches!(
            looked(&link, true),
            Report::Found(Place {
                kind: FileKind::File,
                ..
            })
        ));
        assert!(matches!(
            looked(&folder, true),
            Report::Found(Place {
                kind: FileKind::Directory,
                ..
            })
        ));
        assert!(matches!(looked(&path.join("below"), true), Report::Absent(_)));
    }
}
