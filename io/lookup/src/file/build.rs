//! Builds an indexed file: written beside the one in use, then renamed over it, so that readers never see half of it.

use std::collections::HashMap;
use std::fs::{self, File, Permissions};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sys::lmdb::{Access, Lmdb};

use crate::error::OpenError;
use crate::file::{cdb, lmdb, sdbm};
use crate::registry::{Tables, Use};

/// What happens to a key that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// The first value stays.
    Keep,
    /// The last value wins.
    Replace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Lmdb,
    Cdb,
    Sdbm,
}

/// A table that is being built.
pub struct IndexBuilder {
    /// What warnings call it.
    title: String,
    path: PathBuf,
    form: Form,
    with_nul: bool,
    map_size: usize,
    entries: Entries,
}

/// Keys and values one behind the other in one piece of memory, which a million of them need.
#[derive(Default)]
struct Entries {
    text: Vec<u8>,
    spans: Vec<Span>,
    /// Which entry has the key of this hash value; of two keys with the same value the second is in `others`.
    known: HashMap<u64, usize, BuildHasherDefault<Unhashed>>,
    others: HashMap<Vec<u8>, usize>,
    state: RandomState,
}

/// Where a key and its value are.
#[derive(Clone, Copy)]
struct Span {
    key: (usize, usize),
    value: (usize, usize),
}

/// For keys that are hash values already.
#[derive(Default)]
struct Unhashed(u64);

impl Hasher for Unhashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

impl Entries {
    fn bytes(&self, (begin, end): (usize, usize)) -> &[u8] {
        self.text.get(begin..end).unwrap_or_default()
    }

    fn key(&self, index: usize) -> &[u8] {
        self.spans.get(index).map_or(&[], |span| self.bytes(span.key))
    }

    fn put(&mut self, text: &[u8], with_nul: bool) -> (usize, usize) {
        let begin = self.text.len();
        self.text.extend_from_slice(text);
        if with_nul {
            self.text.push(0);
        }
        (begin, self.text.len())
    }

    /// Takes an entry. False when the key was there already.
    fn insert(&mut self, key: &[u8], value: &[u8], with_nul: bool, duplicates: Duplicates) -> bool {
        let key = self.put(key, with_nul);
        let index = self.spans.len();
        match self.note(key, index) {
            None => {
                let value = self.put(value, with_nul);
                self.spans.push(Span { key, value });
                true
            }
            Some(other) => {
                self.text.truncate(key.0);
                if duplicates == Duplicates::Replace {
                    let value = self.put(value, with_nul);
                    if let Some(span) = self.spans.get_mut(other) {
                        span.value = value;
                    }
                }
                false
            }
        }
    }

    /// The entry that has the key at `place` already; without one, entry `index` has it from now on.
    fn note(&mut self, place: (usize, usize), index: usize) -> Option<usize> {
        let key = self.bytes(place);
        let hash = self.state.hash_one(key);
        match self.known.get(&hash) {
            Some(other) if self.key(*other) == key => Some(*other),
            Some(_) => match self.others.get(key) {
                Some(other) => Some(*other),
                None => {
                    let key = key.to_vec();
                    self.others.insert(key, index);
                    None
                }
            },
            None => {
                self.known.insert(hash, index);
                None
            }
        }
    }

    /// The entries in the order in which they came.
    fn in_turn(&self) -> impl ExactSizeIterator<Item = (&[u8], &[u8])> + Clone {
        self.spans
            .iter()
            .map(|span| (self.bytes(span.key), self.bytes(span.value)))
    }

    /// The entries in the order of bytes.
    fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let mut entries: Vec<_> = self
            .in_turn()
            .map(|(key, value)| (first_bytes(key), key, value))
            .collect();
        if !entries.is_sorted() {
            entries.sort_unstable();
        }
        entries.into_iter().map(|(_, key, value)| (key, value)).collect()
    }
}

/// The begin of a key as a number that compares as it does: most comparisons then need not look at the key itself.
pub(crate) fn first_bytes(key: &[u8]) -> u128 {
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(key) {
        *to = *from;
    }
    u128::from_be_bytes(first)
}

/// Octets in an LMDB file for each entry beside key and value, with room for pages that are half full.
const ENTRY_OVERHEAD: usize = 64;

impl Tables {
    /// Begins to build the indexed file of `text` (`type:name`). `with_nul`: end keys and values with NUL; `None` is
    /// what the type does by itself.
    ///
    /// # Errors
    /// A type that has no indexed file.
    pub fn build(self: &Rc<Self>, text: &str, with_nul: Option<bool>) -> Result<IndexBuilder, OpenError> {
        let opening = self.opening(text, Use::GENERAL)?;
        let name = opening.name;
        // Warnings name the file of hash: and btree:, as Postfix does; the others by their name.
        let (form, suffix, usual_nul, title) = match opening.kind {
            "hash" | "btree" => (Form::Lmdb, lmdb::SUFFIX, true, format!("{name}{}", lmdb::SUFFIX)),
            "lmdb" => (Form::Lmdb, lmdb::SUFFIX, true, text.to_owned()),
            "cdb" => (Form::Cdb, cdb::SUFFIX, false, name.to_owned()),
            "dbm" | "sdbm" => (Form::Sdbm, sdbm::PAGES, true, name.to_owned()),
            kind if self.types().contains(&kind) => {
                return Err(OpenError::NotBuilt(kind.to_owned()));
            }
            kind => return Err(OpenError::UnknownType(kind.to_owned())),
        };
        Ok(IndexBuilder {
            title,
            path: lmdb::indexed_path(name, suffix),
            form,
            with_nul: with_nul.unwrap_or(usual_nul),
            map_size: self.settings().lmdb_map_size,
            entries: Entries::default(),
        })
    }
}

impl IndexBuilder {
    /// What warnings about an entry call the table.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The file that will be made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes an entry. False when the key was there already.
    pub fn insert(&mut self, key: &str, value: &str, duplicates: Duplicates) -> bool {
        self.entries
            .insert(key.as_bytes(), value.as_bytes(), self.with_nul, duplicates)
    }

    /// Takes an entry without a NUL at the ends, whatever the others have (the NIS signatures of alias files).
    pub fn insert_plain(&mut self, key: &str, value: &str) {
        self.entries
            .insert(key.as_bytes(), value.as_bytes(), false, Duplicates::Replace);
    }

    /// Takes an entry of another file.
    pub(crate) fn insert_bytes(&mut self, key: &[u8], value: &[u8]) {
        self.entries
            .insert(key, value, self.with_nul, Duplicates::Replace);
    }

    /// Writes the file, with the access rights `mode`, and puts it in the place of the old one.
    ///
    /// # Errors
    /// The disk, or a key that the form can not hold. The old file then stays as it was.
    pub fn finish(self, mode: u32) -> Result<(), OpenError> {
        let beside = beside(&self.path);
        let written = match self.write(&beside, mode) {
            // Who may write the file may not be allowed to write its directory: root acting as the source's owner.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && self.form == Form::Lmdb => {
                self.write_in_place().map_err(|_| error)
            }
            Err(error) => {
                self.forget(&beside);
                Err(error)
            }
            Ok(()) => match self.form {
                Form::Sdbm => sdbm::replace(&beside, &self.path),
                Form::Lmdb | Form::Cdb => fs::rename(&beside, &self.path),
            },
        };
        written.map_err(|source| OpenError::Io {
            what: format!("database {}", self.path.display()),
            source,
        })
    }

    /// Removes what was written beside.
    fn forget(&self, beside: &Path) {
        let _ = fs::remove_file(beside);
        if self.form == Form::Sdbm {
            let _ = fs::remove_file(sdbm::directory_of(beside));
        }
    }

    fn write_in_place(&self) -> io::Result<()> {
        let file = Lmdb::open(&self.path, Access::Write, self.map_size)?;
        Ok(file.replace_all(self.entries.sorted().into_iter())?)
    }

    fn write(&self, beside: &Path, mode: u32) -> io::Result<()> {
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match self.form {
            Form::Lmdb => self.write_lmdb(beside)?,
            Form::Cdb => cdb::write(new_file(beside)?, self.entries.in_turn())?,
            Form::Sdbm => {
                let directory = sdbm::directory_of(beside);
                sdbm::write(new_file(beside)?, new_file(&directory)?, self.entries.in_turn())?;
                fs::set_permissions(directory, Permissions::from_mode(mode))?;
            }
        }
        // Whoever made the file is its owner; the rights are given when it is complete.
        fs::set_permissions(beside, Permissions::from_mode(mode))
    }

    fn write_lmdb(&self, path: &Path) -> io::Result<()> {
        let entries = self.entries.sorted();
        if let Some((key, _)) = entries.iter().find(|(key, _)| key.len() > sys::lmdb::LONGEST_KEY) {
            return Err(too_long(key, self.with_nul, sys::lmdb::LONGEST_KEY));
        }
        let octets = self.entries.text.len() + entries.len() * ENTRY_OVERHEAD;
        let map_size = self.map_size.max(octets.saturating_mul(3));
        let file = Lmdb::open(path, Access::Create(0o600), map_size)?;
        Ok(file.fill(entries.into_iter())?)
    }
}

/// The error for a key that a form can not hold.
fn too_long(key: &[u8], with_nul: bool, most: usize) -> io::Error {
    let shown: String = String::from_utf8_lossy(key).chars().take(40).collect();
    let (length, most) = (key.len() - usize::from(with_nul), most - usize::from(with_nul));
    io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("the key \"{shown}...\" has {length} octets, and the file can hold keys of {most}"),
    )
}

fn beside(path: &Path) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(format!(".{}.tmp", std::process::id()));
    PathBuf::from(beside)
}

fn new_file(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;
    use crate::{Settings, Table};

    fn scratch(name: &str) -> String {
        let path = std::env::temp_dir().join(format!("lookup-build-{}-{name}", std::process::id()));
        path.to_string_lossy().into_owned()
    }

    fn build(text: &str, entries: &[(&str, &str)]) {
        let tables = Tables::new(Settings::default());
        let mut builder = tables.build(text, None).unwrap();
        for (key, value) in entries {
            builder.insert(key, value, Duplicates::Keep);
        }
        builder.finish(0o640).unwrap();
    }

    fn value(table: &Rc<dyn Table>, key: &str) -> Option<String> {
        ready(table.lookup(key).get()).unwrap()
    }

    #[test]
    fn what_was_built_is_found_in_every_form() {
        for kind in ["hash", "btree", "lmdb", "cdb", "sdbm", "dbm"] {
            let name = scratch(kind);
            let text = format!("{kind}:{name}");
            let many: Vec<_> = (0..2000)
                .map(|n| (format!("key{n}"), format!("value{n}")))
                .collect();
            let mut entries: Vec<_> = many
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            entries.push(("key0", "second"));
            build(&text, &entries);

            let table = Tables::new(Settings::default())
                .try_open(&text, Use::GENERAL)
                .unwrap();
            assert_eq!(value(&table, "KEY7"), Some("value7".to_owned()), "{kind}");
            assert_eq!(value(&table, "key0"), Some("value0".to_owned()), "{kind}");
            assert_eq!(value(&table, "key1999"), Some("value1999".to_owned()), "{kind}");
            assert_eq!(value(&table, "absent"), None, "{kind}");
            let mut count = 0;
            table
                .each(&mut |_, _| {
                    count += 1;
                    std::ops::ControlFlow::Continue(())
                })
                .unwrap();
            assert_eq!(count, 2000, "{kind}");
            for suffix in [".lmdb", ".cdb", ".pag", ".dir"] {
                let _ = fs::remove_file(format!("{name}{suffix}"));
            }
        }
    }

    #[test]
    fn a_database_keeps_what_it_is_told() {
        let name = scratch("database");
        let tables = Tables::new(Settings::default());
        let database = tables
            .open_database(&format!("btree:{name}"), Use::GENERAL)
            .unwrap();

        ready(database.update("B", "2").get()).unwrap();
        ready(database.update("a", "1").get()).unwrap();
        assert_eq!(ready(database.lookup("b").get()), Ok(Some("2".to_owned())));
        assert_eq!(
            ready(database.after(None).get()),
            Ok(Some(("a".to_owned(), "1".to_owned())))
        );
        assert_eq!(
            ready(database.after(Some("a")).get()),
            Ok(Some(("b".to_owned(), "2".to_owned())))
        );
        assert_eq!(ready(database.after(Some("b")).get()), Ok(None));
        assert_eq!(ready(database.delete("a").get()), Ok(true));
        assert_eq!(ready(database.delete("a").get()), Ok(false));
        fs::remove_file(format!("{name}.lmdb")).unwrap();
    }

    #[test]
    fn types_without_an_index_are_not_built() {
        let tables = Tables::new(Settings::default());
        assert!(matches!(
            tables.build("regexp:/x", None),
            Err(OpenError::NotBuilt(_))
        ));
        assert!(matches!(
            tables.build("nosuch:/x", None),
            Err(OpenError::UnknownType(_))
        ));
    }
}
