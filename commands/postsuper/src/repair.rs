//! Repair of the queue: files in their right subdirectory, under a name that fits their inode number;
//! leftovers of crashes gone.
//!
//! A file that needs another name gets it in two steps, `newid#FIX` and then `newid`, so that a run
//! that is stopped half-way can be repeated, and so that no new name meets an old one.

use crate::disk::{failure, holds_messages, remove, rename};
use crate::log;
use crate::one::Desk;
use crate::tally::Tally;
use command::Failure;
use mail::QueueId;
use queue::{FileState, MAKING, Queue};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is to be repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Repair {
    /// Places and names (`-s`).
    pub structure: bool,
    /// Long names too must fit their inode number (`-S`).
    pub redundant: bool,
    /// Old files that were never completed (`-p`).
    pub purge: bool,
}

/// Marks a name that is to be final after the next pass. It is no queue id, so every daemon leaves it alone.
const SUFFIX: &str = "#FIX";
/// An incomplete file that is older is of no use to anybody.
const LEFTOVER_AGE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Levels of subdirectories that are entered.
const DEPTH_MAX: usize = 17;
/// The first digits of a short id, which tell the time.
const SHORT_TIME_DIGITS: usize = 5;
/// Where the notes on a message are.
const NOTES: [Queue; 3] = [Queue::Bounce, Queue::Defer, Queue::Trace];

impl Desk<'_> {
    /// One pass over the queues of this run.
    pub(crate) fn repair(&self, repair: Repair, tally: &mut Tally) -> Result<(), Failure> {
        for &queue in self.queues {
            log::queue(queue.name());
            let wanted = self.spool.layout().depth(queue);
            self.level(queue, &self.spool.directory(queue), 0, wanted, repair, tally)?;
        }
        Ok(())
    }

    fn level(
        &self,
        queue: Queue,
        directory: &Path,
        depth: usize,
        wanted: usize,
        repair: Repair,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if depth > 0 && error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                let text = sys::fault::text(&error);
                return Err(Failure::general(format!(
                    "open directory {}: {text}",
                    directory.display()
                )));
            }
        };
        for entry in entries {
            let entry = entry.map_err(|error| failure("read directory", directory, &error))?;
            let path = entry.path();
            let name = entry.file_name();
            let Ok(facts) = fs::symlink_metadata(&path) else {
                continue;
            };
            // Whoever may write to `maildrop` must not lead us elsewhere.
            if name.len() == 1 && queue != Queue::Maildrop && depth < DEPTH_MAX && facts.is_dir() {
                self.level(queue, &path, depth + 1, wanted, repair, tally)?;
                continue;
            }
            if facts.is_dir() && queue == Queue::Incoming && depth == 0 && name == MAKING {
                self.making(repair)?;
                continue;
            }
            if facts.is_dir() {
                remove_stranger(&path);
                continue;
            }
            self.file(
                queue,
                path,
                &name.to_string_lossy(),
                &FileState::of(&facts),
                repair,
                tally,
            )?;
        }
        if depth > wanted {
            remove_level(directory)?;
        }
        Ok(())
    }

    /// Files whose making a crash has cut short, before they had a name in the queue.
    fn making(&self, repair: Repair) -> Result<(), Failure> {
        if !repair.purge {
            return Ok(());
        }
        let directory = self.spool.directory(Queue::Incoming).join(MAKING);
        let files = self.spool.in_the_making();
        for path in files.map_err(|error| failure("read directory", &directory, &error))? {
            let Ok(facts) = fs::symlink_metadata(&path) else {
                continue;
            };
            let changed = FileState::of(&facts).modified;
            if !facts.is_dir() && self.now.duration_since(changed).unwrap_or_default() > LEFTOVER_AGE {
                remove(&path)?;
            }
        }
        Ok(())
    }

    fn file(
        &self,
        queue: Queue,
        mut path: PathBuf,
        name: &str,
        state: &FileState,
        repair: Repair,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let is_message = holds_messages(queue);
        let age = self.now.duration_since(state.modified).unwrap_or_default();
        if !state.regular || (repair.purge && is_message && !state.is_ready() && age > LEFTOVER_AGE) {
            remove(&path)?;
            return Ok(());
        }
        if !repair.structure {
            return Ok(());
        }
        let stem = name.strip_suffix(SUFFIX).filter(|stem| !stem.is_empty());
        let Some(id) = QueueId::parse(stem.unwrap_or(name)) else {
            log::bogus_name(&path);
            return Ok(());
        };
        let inode = id.inode();
        if is_message && inode.is_none() {
            log::bogus_name(&path);
            return Ok(());
        }
        let place = self.spool.path_of_name(queue, id.as_str());
        if stem.is_some() {
            if is_message && inode != Some(state.inode) {
                log::wrong_inode(&path);
                return Ok(());
            }
            if !rename(self.spool, &path, &place)? {
                return Ok(());
            }
            tally.renamed += u64::from(is_message);
            path.clone_from(&place);
        }
        if is_message && self.needs_name(&id, state, repair) {
            tally.mismatched += 1;
            return self.rename_message(queue, &path, &id, state);
        }
        if path != place {
            tally.misplaced += 1;
            rename(self.spool, &path, &place)?;
        }
        Ok(())
    }

    fn needs_name(&self, id: &QueueId, state: &FileState, repair: Repair) -> bool {
        if id.is_long() {
            // Long names do not repeat, so they need not fit; short ones do when the file was restored.
            !self.spool.layout().long_ids() || (repair.redundant && id.inode() != Some(state.inode))
        } else {
            id.inode() != Some(state.inode)
        }
    }

    /// The new name keeps the time digits of the old one, so that a repeated run comes to the same name.
    fn rename_message(
        &self,
        queue: Queue,
        path: &Path,
        id: &QueueId,
        state: &FileState,
    ) -> Result<(), Failure> {
        let new = match (
            id.is_long() && self.spool.layout().long_ids(),
            id.seconds(),
            id.microseconds(),
        ) {
            (true, Some(seconds), Some(microseconds)) => {
                QueueId::long(seconds, microseconds, state.inode).to_string()
            }
            (_, _, microseconds) if id.is_long() => {
                QueueId::short(microseconds.unwrap_or(0), state.inode).to_string()
            }
            _ => {
                let time = id.as_str().get(..SHORT_TIME_DIGITS).unwrap_or(id.as_str());
                format!("{time}{:X}", state.inode)
            }
        };
        // The notes go first, so that a message under its new name never lacks them.
        for notes in NOTES {
            rename(self.spool, &self.spool.path(notes, id), &self.marked(notes, &new))?;
        }
        rename(self.spool, path, &self.marked(queue, &new))?;
        Ok(())
    }

    fn marked(&self, queue: Queue, name: &str) -> PathBuf {
        let mut path = self.spool.path_of_name(queue, name).into_os_string();
        path.push(SUFFIX);
        path.into()
    }
}

fn remove_stranger(path: &Path) {
    match fs::remove_dir(path) {
        Ok(()) => log::directory_removed(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => log::cannot_remove_directory(path, &error),
    }
}

fn remove_level(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir(path) {
        Ok(()) => log::directory_removed(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => {
            let text = sys::fault::text(&error);
            return Err(Failure::general(format!(
                "remove directory {}: {text}",
                path.display()
            )));
        }
    }
    Ok(())
}
