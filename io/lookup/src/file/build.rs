//! Builds an indexed file: written beside the one in use, then renamed over it, so that readers never see half of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sys::lmdb::{Access, Lmdb};

use crate::error::OpenError;
use crate::file::{cdb, lmdb};
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
}

/// A table that is being built.
pub struct IndexBuilder {
    name: String,
    path: PathBuf,
    form: Form,
    with_nul: bool,
    map_size: usize,
    entries: HashMap<Vec<u8>, Vec<u8>>,
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
        let (form, suffix, usual_nul) = match opening.kind {
            "hash" | "btree" | "lmdb" => (Form::Lmdb, lmdb::SUFFIX, true),
            "cdb" => (Form::Cdb, cdb::SUFFIX, false),
            kind if self.types().contains(&kind) => {
                return Err(OpenError::NotBuilt(kind.to_owned()));
            }
            kind => return Err(OpenError::UnknownType(kind.to_owned())),
        };
        Ok(IndexBuilder {
            name: text.to_owned(),
            path: lmdb::indexed_path(opening.name, suffix),
            form,
            with_nul: with_nul.unwrap_or(usual_nul),
            map_size: self.settings().lmdb_map_size,
            entries: HashMap::new(),
        })
    }
}

impl IndexBuilder {
    /// `type:name`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file that will be made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes an entry. False when the key was there already.
    pub fn insert(&mut self, key: &str, value: &str, duplicates: Duplicates) -> bool {
        let (key, value) = (self.spell(key.as_bytes()), self.spell(value.as_bytes()));
        match self.entries.entry(key) {
            Entry::Vacant(place) => {
                place.insert(value);
                true
            }
            Entry::Occupied(mut place) => {
                if duplicates == Duplicates::Replace {
                    place.insert(value);
                }
                false
            }
        }
    }

    /// Takes an entry without a NUL at the ends, whatever the others have (the NIS signatures of alias files).
    pub fn insert_plain(&mut self, key: &str, value: &str) {
        self.entries
            .insert(key.as_bytes().to_vec(), value.as_bytes().to_vec());
    }

    /// Takes an entry of another file.
    pub(crate) fn insert_bytes(&mut self, key: &[u8], value: &[u8]) {
        let (key, value) = (self.spell(key), self.spell(value));
        self.entries.insert(key, value);
    }

    fn spell(&self, text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text);
        if self.with_nul {
            bytes.push(0);
        }
        bytes
    }

    /// Writes the file, with the access rights `mode`, and puts it in the place of the old one.
    ///
    /// # Errors
    /// The disk, or a key that the form can not hold. The old file then stays as it was.
    pub fn finish(self, mode: u32) -> Result<(), OpenError> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = PathBuf::from(beside);
        let written = match self.write(&beside, mode) {
            // Who may write the file may not be allowed to write its directory: root acting as the source's owner.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && self.form == Form::Lmdb => {
                self.write_in_place().map_err(|_| error)
            }
            Err(error) => {
                let _ = fs::remove_file(&beside);
                Err(error)
            }
            Ok(()) => fs::rename(&beside, &self.path),
        };
        written.map_err(|source| OpenError::Io {
            what: format!("database {}", self.path.display()),
            source,
        })
    }

    fn write_in_place(&self) -> io::Result<()> {
        let file = Lmdb::open(&self.path, Access::Write, self.map_size)?;
        Ok(file.replace_all(self.sorted().into_iter())?)
    }

    fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let pairs = self.entries.iter();
        let mut entries: Vec<_> = pairs
            .map(|(key, value)| (key.as_slice(), value.as_slice()))
            .collect();
        entries.sort_unstable();
        entries
    }

    fn write(&self, beside: &Path, mode: u32) -> io::Result<()> {
        match fs::remove_file(beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let entries = self.sorted();
        match self.form {
            Form::Lmdb => write_lmdb(beside, &entries, self.map_size)?,
            Form::Cdb => write_cdb(beside, &entries)?,
        }
        // Whoever made the file is its owner; the rights are given when it is complete.
        fs::set_permissions(beside, Permissions::from_mode(mode))
    }
}

fn write_lmdb(path: &Path, entries: &[(&[u8], &[u8])], map_size: usize) -> io::Result<()> {
    let octets: usize = entries
        .iter()
        .map(|(key, value)| key.len() + value.len() + ENTRY_OVERHEAD)
        .sum();
    let file = Lmdb::open(
        path,
        Access::Create(0o600),
        map_size.max(octets.saturating_mul(3)),
    )?;
    Ok(file.fill(entries.iter().copied())?)
}

fn write_cdb(path: &Path, entries: &[(&[u8], &[u8])]) -> io::Result<()> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "more than 4 gigabytes");
    let mut options = File::options();
    let file = options.write(true).create_new(true).open(path)?;
    let mut output = BufWriter::new(file);
    output.seek(SeekFrom::Start(2048))?;
    let mut place: u32 = 2048;
    let mut buckets: Vec<Vec<(u32, u32)>> = vec![Vec::new(); 256];
    for (key, value) in entries {
        let lengths = [u32::try_from(key.len()), u32::try_from(value.len())];
        let [Ok(key_length), Ok(value_length)] = lengths else {
            return Err(too_large());
        };
        output.write_all(&key_length.to_le_bytes())?;
        output.write_all(&value_length.to_le_bytes())?;
        output.write_all(key)?;
        output.write_all(value)?;
        let hash = cdb::hash(key);
        if let Some(bucket) = buckets.get_mut((hash & 255) as usize) {
            bucket.push((hash, place));
        }
        let next = place
            .checked_add(8)
            .and_then(|place| place.checked_add(key_length));
        place = next
            .and_then(|place| place.checked_add(value_length))
            .ok_or_else(too_large)?;
    }
    let mut header = Vec::with_capacity(2048);
    for bucket in &buckets {
        let slots = u32::try_from(bucket.len() * 2).map_err(|_| too_large())?;
        header.extend_from_slice(&place.to_le_bytes());
        header.extend_from_slice(&slots.to_le_bytes());
        for (hash, record) in hash_table(bucket) {
            output.write_all(&hash.to_le_bytes())?;
            output.write_all(&record.to_le_bytes())?;
        }
        place = slots
            .checked_mul(8)
            .and_then(|octets| place.checked_add(octets))
            .ok_or_else(too_large)?;
    }
    output.seek(SeekFrom::Start(0))?;
    output.write_all(&header)?;
    output
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

/// The slots of one bucket, half of them empty.
fn hash_table(bucket: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut slots = vec![(0, 0); bucket.len() * 2];
    for (hash, record) in bucket {
        let count = slots.len();
        let mut index = (hash >> 8) as usize % count;
        while slots.get(index).is_some_and(|(_, taken)| *taken != 0) {
            index = (index + 1) % count;
        }
        if let Some(slot) = slots.get_mut(index) {
            *slot = (*hash, *record);
        }
    }
    slots
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
        for kind in ["hash", "btree", "lmdb", "cdb"] {
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
            for suffix in [".lmdb", ".cdb"] {
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
