//! postlock: runs a command while it holds a mailbox lock, for scripts.
//!
//! The exit status is that of the command; 75 when the lock could not be had.
//!
//! # Usage
//! ```text
//! postlock [-v] [-c DIR] [-l STYLE] FILE COMMAND ...
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-l STYLE`: ways to lock, instead of `mailbox_delivery_lock`: `fcntl`, `flock`, `dotlock`
//! - `-v`: log more; several log still more
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody.
//! # Writes
//! A lock file beside the mailbox, with `dotlock`.
//! # Runs as
//! Whoever calls it.
//! # Standards
//! None; postlock(1).
//! # Difference from Postfix
//! None known.

use command::{Failure, Start, Status};
use config::catalogue::{DELIVER_LOCK_ATTEMPTS, DELIVER_LOCK_DELAY, MAILBOX_DELIVERY_LOCK, STALE_LOCK_TIME};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use sys::lock::{Mode, Style, try_lock_for};

/// How long to try for a lock, and when another's dot lock is dead.
struct Patience {
    attempts: u32,
    delay: Duration,
    stale: Duration,
}

/// Runs the command.
///
/// # Errors
/// Wrong words, a lock that could not be had, or a command that could not be started.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options("c:l:v")?;
    let (file, words) = options.operands.split_first().ok_or_else(usage)?;
    let (program, arguments) = words.split_first().ok_or_else(usage)?;
    let configuration = start.configure(&options.setup('c', 'v'))?;
    let bad = |error: config::ParameterError| Failure::new(Status::TEMPORARY, error.to_string());
    let patience = Patience {
        attempts: configuration.get(DELIVER_LOCK_ATTEMPTS).map_err(bad)?,
        delay: configuration.get(DELIVER_LOCK_DELAY).map_err(bad)?,
        stale: configuration.get(STALE_LOCK_TIME).map_err(bad)?,
    };
    let styles: Vec<String> = match options.value('l') {
        Some(text) => text
            .split([',', ' '])
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        None => configuration.get(MAILBOX_DELIVERY_LOCK).map_err(bad)?,
    };
    let temporary =
        |what: &str, error: io::Error| Failure::new(Status::TEMPORARY, format!("{what}: {error}"));
    let _lock = Lock::take(Path::new(file), &styles, &patience)
        .map_err(|error| temporary(&format!("lock {file}"), error))?;
    let status = Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| temporary(&format!("execute {program}"), error))?;
    Ok(Status::other(
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(75),
    ))
}

fn usage() -> Failure {
    Failure::new(
        Status::TEMPORARY,
        "usage: postlock [-c config_dir] [-l lock_style] [-v] folder command...",
    )
}

/// The locks held; all go with this value.
struct Lock {
    _file: Option<File>,
    dot: Option<PathBuf>,
}

impl Lock {
    fn take(path: &Path, styles: &[String], patience: &Patience) -> io::Result<Self> {
        let mut lock = Self {
            _file: None,
            dot: None,
        };
        for style in styles {
            match style.as_str() {
                "dotlock" => lock.dot = Some(dot_lock(path, patience)?),
                "fcntl" => lock.take_on_file(path, Style::Fcntl, patience)?,
                "flock" => lock.take_on_file(path, Style::Flock, patience)?,
                other => {
                    let text = format!("unknown lock style {other}; use fcntl, flock, dotlock");
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
                }
            }
        }
        Ok(lock)
    }

    fn take_on_file(&mut self, path: &Path, style: Style, patience: &Patience) -> io::Result<()> {
        let file = match self._file.take() {
            Some(file) => file,
            None => OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(path)?,
        };
        let taken = try_lock_for(&file, style, Mode::Exclusive, patience.attempts, patience.delay)?;
        self._file = Some(file);
        if taken {
            Ok(())
        } else {
            Err(io::ErrorKind::WouldBlock.into())
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(path) = &self.dot {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn dot_lock(path: &Path, patience: &Patience) -> io::Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    for attempt in 0..patience.attempts.max(1) {
        if attempt > 0 {
            std::thread::sleep(patience.delay);
        }
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o444)
            .open(&lock)
        {
            Ok(_) => return Ok(lock),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let age = std::fs::metadata(&lock)
                    .and_then(|facts| facts.modified())?
                    .elapsed()
                    .unwrap_or_default();
                if age > patience.stale {
                    let _ = std::fs::remove_file(&lock);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}
