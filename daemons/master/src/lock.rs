//! `pid/master.pid` and `master.lock`: the proof that only one master runs on a queue and on a data directory.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use sys::lock::{Mode, Style, try_lock};

use crate::MasterError;

/// A lock held for as long as this value lives.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Lock {
    /// Makes the file if need be, and locks it.
    pub(crate) fn take(path: &Path) -> Result<Self, MasterError> {
        let failed = |error: &io::Error| MasterError::Lock {
            path: path.display().to_string(),
            cause: cause(error),
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(path)
            .map_err(|error| failed(&error))?;
        match try_lock(&file, Style::Flock, Mode::Exclusive) {
            Ok(true) => {}
            Ok(false) => {
                let cause = "unable to set exclusive lock: Resource temporarily unavailable".to_owned();
                return Err(MasterError::Lock {
                    path: path.display().to_string(),
                    cause,
                });
            }
            Err(error) => return Err(failed(&error)),
        }
        // The mask of the process must not hide the file from those who may look.
        file.set_permissions(std::fs::Permissions::from_mode(FILE_MODE))
            .map_err(|error| failed(&error))?;
        Ok(Self { file })
    }

    /// Writes this process's number, in the width that scripts know.
    pub(crate) fn write_pid(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        let line = format!("{:>PID_WIDTH$}\n", std::process::id());
        self.file.write_all(line.as_bytes())
    }
}

/// Says whether some process holds the lock.
pub(crate) fn is_held(path: &Path) -> Result<bool, MasterError> {
    let failed = |error: io::Error| MasterError::Lock {
        path: path.display().to_string(),
        cause: cause(&error),
    };
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => try_lock(&file, Style::Flock, Mode::Exclusive)
            .map(|free| !free)
            .map_err(failed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn cause(error: &io::Error) -> String {
    format!("cannot open: {error}")
}

const FILE_MODE: u32 = 0o644;
const PID_WIDTH: usize = 32;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_master_is_kept_out_and_told_why() {
        let directory = std::env::temp_dir().join(format!("master-lock-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("master.pid");
        assert!(!is_held(&path).unwrap());

        let mut lock = Lock::take(&path).unwrap();
        lock.write_pid().unwrap();

        assert!(is_held(&path).unwrap());
        let error = Lock::take(&path).unwrap_err().to_string();
        assert!(
            error.ends_with("unable to set exclusive lock: Resource temporarily unavailable"),
            "{error}"
        );
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.len(), 33);
        assert_eq!(text.trim().parse(), Ok(std::process::id()));
        drop(lock);
        assert!(!is_held(&path).unwrap());
        std::fs::remove_dir_all(directory).unwrap();
    }
}
