//! A file of the configuration gets a new text in one step.
//!
//! Who else edits it meanwhile waits; a reader sees the old text or the new one. A file that would not change is not
//! touched, so that its time stamp says when something did.

use command::Failure;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

/// Puts what `change` makes of a file in its place.
pub(crate) fn rewrite(
    path: &Path,
    change: impl FnOnce(&[u8]) -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    let failed = |what: &str, path: &Path, error: &io::Error| {
        Failure::general(format!("{what} {}: {}", path.display(), sys::fault::text(error)))
    };
    let facts = fs::metadata(path).map_err(|error| {
        Failure::general(format!(
            "open {} for reading: {}",
            path.display(),
            sys::fault::text(&error)
        ))
    })?;
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    let temporary = Temporary::create(name.into(), facts.mode() & 0o7777)
        .map_err(|(path, error)| failed("open", &path, &error))?;
    let old = fs::read(path).map_err(|error| {
        Failure::general(format!(
            "open {} for reading: {}",
            path.display(),
            sys::fault::text(&error)
        ))
    })?;
    let new = change(&old)?;
    if new == old {
        return Ok(());
    }
    // Only root can; then the owner stays who it was.
    let _ = chown(&temporary.path, Some(facts.uid()), Some(facts.gid()));
    temporary
        .replace(&new, path)
        .map_err(|error| failed("write", path, &error))
}

/// The new file under its working name, which is also what keeps a second editor out.
struct Temporary {
    file: File,
    path: PathBuf,
    is_done: bool,
}

impl Temporary {
    fn create(path: PathBuf, mode: u32) -> Result<Self, (PathBuf, io::Error)> {
        loop {
            let opened = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(mode)
                .open(&path);
            let file = match opened.and_then(|file| file.lock().map(|()| file)) {
                Ok(file) => file,
                Err(error) => return Err((path, error)),
            };
            // Whoever had the lock before may have given the file its final name, or removed it.
            let is_same = match (file.metadata(), fs::metadata(&path)) {
                (Ok(ours), Ok(named)) => (ours.dev(), ours.ino()) == (named.dev(), named.ino()),
                _ => false,
            };
            if is_same {
                if let Err(error) = file.set_permissions(fs::Permissions::from_mode(mode)) {
                    return Err((path, error));
                }
                return Ok(Self {
                    file,
                    path,
                    is_done: false,
                });
            }
        }
    }

    fn replace(mut self, text: &[u8], path: &Path) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.write_all(text)?;
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.is_done = true;
        // The name is safe when the folder is.
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("postconf-{name}-{}", std::process::id()));
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_file_that_would_not_change_keeps_its_inode_and_time() {
        let path = file("same", "a = 1\n");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let before = fs::metadata(&path).unwrap();

        rewrite(&path, |old| Ok(old.to_vec())).unwrap();

        let after = fs::metadata(&path).unwrap();
        assert_eq!(
            (before.ino(), before.mtime_nsec()),
            (after.ino(), after.mtime_nsec())
        );
        assert!(!path.with_extension("tmp").exists());
        rewrite(&path, |_| Ok(b"b = 1\n".to_vec())).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn edits_at_the_same_time_are_all_in_the_file() {
        let path = file("many", "");
        std::thread::scope(|scope| {
            for number in 0..20 {
                let path = &path;
                scope.spawn(move || {
                    rewrite(path, |old| {
                        Ok([old, format!("n{number} = 1\n").as_bytes()].concat())
                    })
                    .unwrap();
                });
            }
        });
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 20);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_change_that_fails_leaves_everything_as_it_was() {
        let path = file("fails", "a = 1\n");
        assert!(rewrite(&path, |_| Err(Failure::general("no"))).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a = 1\n");
        fs::remove_file(path).unwrap();
    }
}
