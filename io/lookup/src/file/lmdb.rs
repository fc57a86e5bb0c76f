//! `lmdb:/path`: an indexed table in `/path.lmdb`. Our `hash:` and `btree:` are kept in the same form.
//!
//! Keys and values end with a NUL in files that Postfix makes, so that both spellings are tried. A file that was
//! built anew (another inode) is opened again, without a reload.

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sys::lmdb::{Access, Lmdb, LmdbError};

use crate::error::{LookupError, OpenError};
use crate::file::build::first_bytes;
use crate::file::lease;
use crate::fold::{Folding, fold_if};
use crate::freshness::{self, Freshness, Identity, Sight};
use crate::maps::text_value;
use crate::registry::Opening;
use crate::source::printable;
use crate::table::{Answer, Database, KeyValue, Keys, Lookup, Many, Table, Visit};

/// The end of the file's name.
pub(crate) const SUFFIX: &str = ".lmdb";
/// Rights of a file that is made by the first change.
const MODE: u32 = 0o600;

pub(crate) struct LmdbTable {
    name: String,
    fold: Folding,
    access: Access,
    map_size: usize,
    file: RefCell<Rc<Lmdb>>,
    freshness: Freshness,
    spelling: Spelling,
}

/// Whether keys in a file end with NUL: once one is found, its spelling is the file's.
pub(crate) struct Spelling {
    with_nul: Cell<bool>,
    plain: Cell<bool>,
    /// The caller has decided.
    forced: bool,
    /// Values are UTF-8.
    utf8: bool,
}

impl Spelling {
    /// What is known before the file is read: what `postmap -N` or `-n` demands.
    pub(crate) fn of(opening: &Opening<'_>) -> Self {
        let forced = opening.tables.settings().with_nul;
        Self {
            with_nul: Cell::new(forced != Some(false)),
            plain: Cell::new(forced != Some(true)),
            forced: forced.is_some(),
            utf8: opening.tables.settings().utf8,
        }
    }

    /// Asks with the spellings that are possible.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(crate) fn find<T, E>(
        &self,
        key: &str,
        ask: impl Fn(&[u8]) -> Result<Option<T>, E>,
    ) -> Result<Option<T>, E> {
        if self.with_nul.get() {
            let mut terminated = Vec::with_capacity(key.len() + 1);
            terminated.extend_from_slice(key.as_bytes());
            terminated.push(0);
            if let Some(found) = ask(&terminated)? {
                self.plain.set(false);
                return Ok(Some(found));
            }
        }
        if self.plain.get()
            && let Some(found) = ask(key.as_bytes())?
        {
            self.with_nul.set(false);
            return Ok(Some(found));
        }
        Ok(None)
    }

    /// Learns the spelling from the first entry, so that a key that is absent is asked for once only. The files of
    /// postalias have plain entries too, which nobody asks for; they do not come first.
    fn learn(&self, file: &Lmdb) {
        if self.forced {
            return;
        }
        if let Ok(Some((key, _))) = file.after(None) {
            let ends_with_nul = key.last() == Some(&0);
            self.with_nul.set(ends_with_nul);
            self.plain.set(!ends_with_nul);
        }
    }

    /// A stored value as text.
    pub(crate) fn value_text(
        &self,
        table: &str,
        key: &str,
        mut value: Vec<u8>,
    ) -> Result<String, LookupError> {
        if value.last() == Some(&0) {
            value.pop();
        }
        match self.utf8 {
            true => text_value(table, key, value),
            false => Ok(String::from_utf8(value).unwrap_or_else(|error| printable(error.as_bytes()))),
        }
    }

    /// The one spelling of the file, where it is known.
    fn only(&self) -> Option<bool> {
        (self.with_nul.get() != self.plain.get()).then_some(self.with_nul.get())
    }

    /// Forgets what was learned: the file is another one.
    pub(crate) fn forget(&self) {
        if self.forced {
            return;
        }
        self.with_nul.set(true);
        self.plain.set(true);
    }

    /// True when new entries end with NUL.
    pub(crate) fn writes_nul(&self) -> bool {
        self.with_nul.get()
    }
}

/// `bytes` without the NUL at its end.
pub(crate) fn without_nul(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\0").unwrap_or(bytes)
}

/// The path of the indexed file for `name`.
pub(crate) fn indexed_path(name: &str, suffix: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(suffix);
    PathBuf::from(path)
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    Ok(Rc::new(LmdbTable::open(opening, Access::Read)?))
}

pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    Ok(Rc::new(LmdbTable::open(opening, Access::Create(MODE))?))
}

impl LmdbTable {
    pub(crate) fn open(opening: &Opening<'_>, access: Access) -> Result<Self, OpenError> {
        let path = indexed_path(opening.name, SUFFIX);
        let map_size = opening.tables.settings().lmdb_map_size;
        let failed = |source| OpenError::Io {
            what: format!("database {}", path.display()),
            source,
        };
        let file = Lmdb::open(&path, access, map_size).map_err(|error| failed(error.into()))?;
        let watched = watched(&file).map_err(failed)?;
        let freshness = Freshness::new(opening, &path, watched, Sight::Live).map_err(failed)?;
        if access == Access::Read {
            freshness::warn_when_older(&path, freshness.known(), Path::new(opening.name));
        }
        let spelling = Spelling::of(opening);
        spelling.learn(&file);
        Ok(Self {
            name: opening.full_name(),
            fold: opening.folding(),
            access,
            map_size,
            file: RefCell::new(Rc::new(file)),
            freshness,
            spelling,
        })
    }

    /// The open file, opened again when another one has its name.
    fn current(&self) -> Rc<Lmdb> {
        // Who writes must not write to a file that was replaced, so it looks each time.
        let changed = if self.access == Access::Read {
            self.freshness.changed()
        } else {
            self.freshness.changed_now()
        };
        if let Some(identity) = changed {
            self.take_note(identity);
        }
        Rc::clone(&self.file.borrow())
    }

    fn take_note(&self, identity: Identity) {
        if !self.freshness.known().is_other_file(&identity) {
            self.freshness.know(identity, None);
            return;
        }
        match Lmdb::open(self.freshness.path(), self.access, self.map_size) {
            Ok(file) => {
                self.freshness.know(identity, watched(&file).ok());
                self.spelling.forget();
                self.spelling.learn(&file);
                *self.file.borrow_mut() = Rc::new(file);
            }
            Err(_) => self.freshness.lost(),
        }
    }

    fn error(&self, error: LmdbError) -> LookupError {
        LookupError::failed(&self.name, error)
    }

    pub(crate) fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        let key = fold_if(self.fold, key);
        let file = self.current();
        if self.access == Access::Read {
            lease::for_this_turn(&file);
        }
        let found = self
            .spelling
            .find(&key, |key| file.get(key))
            .map_err(|error| self.error(error))?;
        found
            .map(|value| self.spelling.value_text(&self.name, &key, value))
            .transpose()
    }

    /// The values for many keys, which are looked up in the order of the file.
    pub(crate) fn find_many(&self, keys: &[&str]) -> Option<Result<Many, LookupError>> {
        let file = self.current();
        let with_nul = self.spelling.only()?;
        let mut text = Vec::with_capacity(keys.iter().map(|key| key.len() + 1).sum());
        let mut places = Vec::with_capacity(keys.len());
        for (place, key) in keys.iter().enumerate() {
            let begin = text.len();
            text.extend_from_slice(fold_if(self.fold, key).as_bytes());
            if with_nul {
                text.push(0);
            }
            places.push((begin, text.len(), place));
        }
        let mut spelled: Vec<_> = places
            .into_iter()
            .map(|(begin, end, place)| {
                let key = text.get(begin..end).unwrap_or_default();
                (first_bytes(key), key, place)
            })
            .collect();
        spelled.sort_unstable();
        let mut values = Many::new(keys.len());
        let mut turn = spelled.iter();
        let mut is_text = true;
        let read = file.get_many(spelled.iter().map(|(_, key, _)| *key), &mut |value| {
            let (Some((_, _, place)), Some(value)) = (turn.next(), value) else {
                return;
            };
            match std::str::from_utf8(without_nul(value)) {
                Ok(value) => values.put(*place, value),
                Err(_) => is_text = false,
            }
        });
        Some(match read {
            Err(error) => Err(self.error(error)),
            // Which one it is comes out when they are asked for one by one.
            Ok(()) if !is_text => Err(LookupError::content(&self.name, "non-UTF-8 value")),
            Ok(()) => Ok(values),
        })
    }

    /// The value of an entry that never ends with NUL.
    pub(crate) fn find_plain(&self, key: &str) -> Result<Option<String>, LookupError> {
        let found = self
            .current()
            .get(key.as_bytes())
            .map_err(|error| self.error(error))?;
        found
            .map(|value| self.spelling.value_text(&self.name, key, value))
            .transpose()
    }

    fn store(&self, key: &str, value: &str) -> Result<(), LookupError> {
        let key = fold_if(self.fold, key);
        let file = self.current();
        let (key, value) = (
            spelled(&key, self.spelling.writes_nul()),
            spelled(value, self.spelling.writes_nul()),
        );
        file.put(&key, &value, true)
            .map(|_| ())
            .map_err(|error| self.error(error))
    }

    fn remove(&self, key: &str) -> Result<bool, LookupError> {
        let key = fold_if(self.fold, key);
        let file = self.current();
        let removed = self.spelling.find(&key, |key| {
            file.delete(key).map(|was_there| was_there.then_some(()))
        });
        removed
            .map(|found| found.is_some())
            .map_err(|error| self.error(error))
    }

    fn next(&self, key: Option<&str>) -> Result<Option<KeyValue>, LookupError> {
        let file = self.current();
        let key = key.map(|key| spelled(&fold_if(self.fold, key), self.spelling.writes_nul()));
        let next = file.after(key.as_deref()).map_err(|error| self.error(error))?;
        let Some((key, value)) = next else { return Ok(None) };
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(without_nul(&bytes).to_vec());
            text.map_err(|_| LookupError::content(&self.name, "non-UTF-8 entry"))
        };
        Ok(Some((text(key)?, text(value)?)))
    }
}

/// The open file once more, to watch it.
fn watched(file: &Lmdb) -> io::Result<File> {
    Ok(File::from(
        file.file().map_err(io::Error::from)?.try_clone_to_owned()?,
    ))
}

pub(crate) fn spelled(text: &str, with_nul: bool) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    if with_nul {
        bytes.push(0);
    }
    bytes
}

impl Table for LmdbTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(self.find(key))
    }

    fn lookup_many(&self, keys: &[&str]) -> Option<Result<Many, LookupError>> {
        self.find_many(keys)
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        let mut strip = |key: &[u8], value: &[u8]| visit(without_nul(key), without_nul(value));
        self.current().each(&mut strip).map_err(|error| self.error(error))
    }
}

impl Database for LmdbTable {
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()> {
        Answer::Ready(self.store(key, value))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Answer::Ready(self.remove(key))
    }

    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        Answer::Ready(self.next(key))
    }
}
