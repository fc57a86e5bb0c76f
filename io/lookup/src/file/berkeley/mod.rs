//! Berkeley DB files, read only: what `hash:` and `btree:` tables of Postfix are stored in (`/path.db`).
//!
//! Hash and btree files of version 8 and 9 in either byte order; no checksums, encryption, duplicates or
//! sub-databases, which Postfix never makes. A file may be damaged or hostile: each place in it is checked, and each
//! walk has a limit. The metadata is read for each question, since Postfix rewrites the file in place.

mod btree;
mod hash;
mod page;

use std::fs::File;
use std::io;
use std::path::Path;

use sys::lock::{self, Mode, Style};

use crate::error::{LookupError, OpenError};
use crate::file::lmdb::{Spelling, without_nul};
use crate::freshness::{self, Freshness, Identity, Sight};
use crate::registry::Opening;
use crate::table::Visit;
use page::{Kind, Meta, Pages};

/// Why a file can not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BerkeleyError {
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not a file of this kind, or one with a feature that is not read.
    #[error("unsupported database format: {0}")]
    Format(&'static str),
    /// A place in the file points to where it can not.
    #[error("damaged database: {0}")]
    Damaged(&'static str),
}

/// One open file.
pub(crate) struct BerkeleyTable {
    name: String,
    file: std::cell::RefCell<std::rc::Rc<File>>,
    freshness: Freshness,
    spelling: Spelling,
}

/// The shared lock on the file, as Postfix takes it, given back at the end.
struct Locked<'a>(&'a File);

impl<'a> Locked<'a> {
    fn take(file: &'a File) -> io::Result<Self> {
        lock::lock(file, Style::Fcntl, Mode::Shared)?;
        Ok(Self(file))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let _ = lock::lock(self.0, Style::Fcntl, Mode::Unlock);
    }
}

impl BerkeleyTable {
    pub(crate) fn open(opening: &Opening<'_>, path: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io {
            what: format!("database {}", path.display()),
            source,
        };
        let file = File::open(path).map_err(failed)?;
        let watched = file.try_clone().map_err(failed)?;
        let freshness = Freshness::new(opening, path, watched, Sight::Live).map_err(failed)?;
        let identity = freshness.known();
        let table = Self {
            name: opening.full_name(),
            file: std::cell::RefCell::new(std::rc::Rc::new(file)),
            freshness,
            spelling: Spelling::of(opening),
        };
        table
            .read(|_, _| Ok(()))
            .map_err(|error| failed(io::Error::other(error)))?;
        freshness::warn_when_older(path, identity, Path::new(opening.name));
        Ok(table)
    }

    /// Searches for a key that is folded already.
    pub(crate) fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        let ask = |key: &[u8]| self.read(|pages, meta| search(pages, meta, key));
        let found = self
            .spelling
            .find(key, ask)
            .map_err(|error| LookupError::failed(&self.name, error))?;
        found
            .map(|value| self.spelling.value_text(&self.name, key, value))
            .transpose()
    }

    /// The value of an entry that never ends with NUL.
    pub(crate) fn find_plain(&self, key: &str) -> Result<Option<String>, LookupError> {
        let found = self
            .read(|pages, meta| search(pages, meta, key.as_bytes()))
            .map_err(|error| LookupError::failed(&self.name, error))?;
        found
            .map(|value| self.spelling.value_text(&self.name, key, value))
            .transpose()
    }

    /// Calls `visit` with each entry until it breaks.
    pub(crate) fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        let mut strip = |key: &[u8], value: &[u8]| visit(without_nul(key), without_nul(value));
        let walked = self.read(|pages, meta| page::each_leaf(pages, meta, &mut strip));
        walked.map_err(|error| LookupError::failed(&self.name, error))
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&Pages<'_>, &Meta) -> Result<T, BerkeleyError>,
    ) -> Result<T, BerkeleyError> {
        let file = self.current();
        let _lock = Locked::take(&file)?;
        let meta = Meta::read(&file)?;
        work(&Pages::new(&file, &meta), &meta)
    }

    fn current(&self) -> std::rc::Rc<File> {
        if let Some(identity) = self.freshness.changed() {
            self.take_note(identity);
        }
        std::rc::Rc::clone(&self.file.borrow())
    }

    fn take_note(&self, identity: Identity) {
        if !self.freshness.known().is_other_file(&identity) {
            self.freshness.know(identity, None);
            return;
        }
        match File::open(self.freshness.path()) {
            Ok(file) => {
                self.freshness.know(identity, file.try_clone().ok());
                *self.file.borrow_mut() = std::rc::Rc::new(file);
                self.spelling.forget();
            }
            Err(_) => self.freshness.lost(),
        }
    }
}

fn search(pages: &Pages<'_>, meta: &Meta, key: &[u8]) -> Result<Option<Vec<u8>>, BerkeleyError> {
    match meta.kind {
        Kind::Hash => hash::find(pages, meta, key),
        Kind::Btree => btree::find(pages, meta, key),
    }
}

/// Searches for each key and visits the entries of a file that nobody else has.
pub(super) fn read_any<'k>(
    file: &File,
    keys: impl Iterator<Item = &'k [u8]>,
    visit: &mut Visit<'_>,
) -> Result<(), BerkeleyError> {
    let meta = Meta::read(file)?;
    let pages = Pages::new(file, &meta);
    for key in keys {
        let _ = search(&pages, &meta, key);
    }
    page::each_leaf(&pages, &meta, visit)
}

#[cfg(test)]
mod tests;
