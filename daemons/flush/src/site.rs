//! The log of a site: which messages wait for it.
//!
//! One file below `flush/` for each site, one queue id for each line, as Postfix's daemon writes them.

use mail::QueueId;
use queue::{Queue, QueueError, QueueFile, Scan, Spool};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use sys::lock::{Mode, Style, lock};

/// Octets of one log that are read.
const LOG_OCTETS: u64 = 64 << 20;

/// The name of a site's file: letters and digits in lower case, all else as underscores.
pub(crate) fn file_name(site: &str) -> String {
    site.bytes()
        .map(|octet| {
            if octet.is_ascii_alphanumeric() {
                char::from(octet.to_ascii_lowercase())
            } else {
                '_'
            }
        })
        .collect()
}

/// Notes that a message waits for a site.
pub(crate) fn add(spool: &Spool, site: &str, id: &QueueId) -> Result<(), QueueError> {
    let path = spool.path_of_name(Queue::Flush, &file_name(site));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    lock(&file, Style::Flock, Mode::Exclusive)?;
    file.write_all(format!("{}\n", id.as_str()).as_bytes())?;
    Ok(())
}

/// Makes every message of a log ready to be tried now, and empties the log; says how many there were, and which could
/// not be moved.
pub(crate) fn send(spool: &Spool, path: &Path) -> Result<(usize, Vec<(QueueId, QueueError)>), QueueError> {
    let file = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((0, Vec::new())),
        Err(error) => return Err(error.into()),
    };
    lock(&file, Style::Flock, Mode::Exclusive)?;
    let mut failed = Vec::new();
    let ids = read_ids(&file)?;
    let count = ids.len();
    for id in ids {
        match release(spool, &id) {
            // Sent meanwhile, or not deferred any more.
            Ok(()) | Err(QueueError::Absent) => {}
            Err(error) => failed.push((id, error)),
        }
    }
    file.set_len(0)?;
    Ok((count, failed))
}

fn read_ids(file: &File) -> Result<HashSet<QueueId>, QueueError> {
    let mut text = String::new();
    file.take(LOG_OCTETS).read_to_string(&mut text)?;
    Ok(text.lines().filter_map(QueueId::parse).collect())
}

/// Makes one deferred message ready to be tried now.
///
/// # Errors
/// [`QueueError::Absent`] when it is not in the deferred queue.
pub(crate) fn release(spool: &Spool, id: &QueueId) -> Result<(), QueueError> {
    let file = QueueFile::open(spool, Queue::Deferred, id)?;
    file.set_unthrottle(true)?;
    spool.set_next_try(Queue::Deferred, id, SystemTime::now())?;
    spool.move_file(id, Queue::Deferred, Queue::Incoming)
}

/// A log as the walk finds it.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) is_empty: bool,
    pub(crate) age: Duration,
}

/// All logs.
pub(crate) fn all(spool: &Spool) -> Result<Vec<Found>, QueueError> {
    let scan = match Scan::new(spool, Queue::Flush) {
        Err(QueueError::Absent) => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in scan {
        let Ok(facts) = std::fs::metadata(&entry.path) else {
            continue;
        };
        let age = facts.modified()?.elapsed().unwrap_or_default();
        found.push(Found {
            path: entry.path,
            is_empty: facts.len() == 0,
            age,
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use queue::Layout;

    #[test]
    fn a_sites_name_has_letters_and_digits_only() {
        assert_eq!(file_name("Mail.Example-1.COM"), "mail_example_1_com");
        assert_eq!(file_name("../etc"), "___etc");
    }

    #[test]
    fn a_message_noted_twice_is_one_message_and_one_that_is_gone_is_no_failure() {
        let root = std::env::temp_dir().join(format!("flush-{}", std::process::id()));
        std::fs::create_dir_all(root.join("flush")).unwrap();
        let spool = Spool::new(&root, Layout::new(["deferred", "defer"], 1, false));
        let id = QueueId::parse("A1B2C3D4E5").unwrap();
        add(&spool, "example.com", &id).unwrap();
        add(&spool, "example.com", &id).unwrap();

        let path = spool.path_of_name(Queue::Flush, "example_com");
        let (count, failed) = send(&spool, &path).unwrap();
        assert_eq!((count, failed.len()), (1, 0));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
        assert!(all(&spool).unwrap().iter().all(|found| found.is_empty));
        std::fs::remove_dir_all(root).unwrap();
    }
}
