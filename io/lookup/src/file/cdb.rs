//! `cdb:/path`: a constant indexed table in `/path.cdb`, replaced as a whole by rename (D. J. Bernstein's format).
//!
//! The file begins with 256 places and sizes of hash tables; a hash table has pairs of hash value and place of a record;
//! a record is key length, value length, key, value. All numbers have 32 bits, the lowest first.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::file::lmdb::{Spelling, indexed_path, value_text, without_nul};
use crate::fold::fold_if;
use crate::freshness::{self, Freshness, Identity, Sight};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table, Visit};

/// The end of the file's name.
pub(crate) const SUFFIX: &str = ".cdb";
const HEADER_OCTETS: usize = 2048;
/// The longest key or value that is read.
const LONGEST_ITEM: u32 = 64 * 1024 * 1024;

struct CdbTable {
    name: String,
    fold: bool,
    file: RefCell<Rc<Cdb>>,
    freshness: Freshness,
    spelling: Spelling,
}

/// One open file, with its header in memory.
pub(super) struct Cdb {
    file: File,
    header: Box<[u8; HEADER_OCTETS]>,
}

/// The hash function of the format.
pub(crate) fn hash(key: &[u8]) -> u32 {
    key.iter().fold(5381, |hash: u32, byte| {
        (hash.wrapping_shl(5).wrapping_add(hash)) ^ u32::from(*byte)
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "damaged database")
}

impl Cdb {
    fn open(path: &Path) -> io::Result<(Self, Identity)> {
        let file = File::open(path)?;
        let identity = Identity::of(&file.metadata()?);
        Ok((Self::of_file(file)?, identity))
    }

    pub(super) fn of_file(file: File) -> io::Result<Self> {
        let mut header = Box::new([0; HEADER_OCTETS]);
        file.read_exact_at(&mut *header, 0)?;
        Ok(Self { file, header })
    }

    fn pair(&self, at: u64) -> io::Result<(u32, u32)> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok((
            u32_at(&bytes, 0).ok_or_else(damaged)?,
            u32_at(&bytes, 4).ok_or_else(damaged)?,
        ))
    }

    pub(super) fn find(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let hash = hash(key);
        let entry = (hash & 255) as usize * 8;
        let place = u32_at(&*self.header, entry).ok_or_else(damaged)?;
        let slots = u32_at(&*self.header, entry + 4).ok_or_else(damaged)?;
        let Some(first) = (hash >> 8).checked_rem(slots) else {
            return Ok(None);
        };
        for step in 0..slots {
            // Slots are as many as 32 bits count, so the sum is made in 64.
            let slot = (u64::from(first) + u64::from(step)) % u64::from(slots);
            let (slot_hash, record) = self.pair(u64::from(place) + slot * 8)?;
            if record == 0 {
                return Ok(None);
            }
            if slot_hash == hash
                && let Some(value) = self.value_at(u64::from(record), key)?
            {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The value of the record at `at` when its key is `key`.
    fn value_at(&self, at: u64, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let (key_length, value_length) = self.pair(at)?;
        if key_length as usize != key.len() {
            return Ok(None);
        }
        let mut found = vec![0; key.len()];
        self.file.read_exact_at(&mut found, at + 8)?;
        if found != key {
            return Ok(None);
        }
        self.bytes(at + 8 + u64::from(key_length), value_length).map(Some)
    }

    fn bytes(&self, at: u64, length: u32) -> io::Result<Vec<u8>> {
        if length > LONGEST_ITEM {
            return Err(damaged());
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    pub(super) fn each(&self, visit: &mut Visit<'_>) -> io::Result<()> {
        // Records end where the first hash table begins.
        let tables = (0..256).filter_map(|index| u32_at(&*self.header, index * 8));
        let end = u64::from(tables.min().unwrap_or(0));
        let mut at = HEADER_OCTETS as u64;
        while at < end {
            let (key_length, value_length) = self.pair(at)?;
            let key = self.bytes(at + 8, key_length)?;
            let value = self.bytes(at + 8 + u64::from(key_length), value_length)?;
            if visit(&key, &value).is_break() {
                break;
            }
            at += 8 + u64::from(key_length) + u64::from(value_length);
        }
        Ok(())
    }
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let path = indexed_path(opening.name, SUFFIX);
    let failed = |source| OpenError::Io {
        what: format!("database {}", path.display()),
        source,
    };
    let (file, identity) = Cdb::open(&path).map_err(failed)?;
    let watched = file.file.try_clone().map_err(failed)?;
    let freshness = Freshness::new(opening, &path, watched, Sight::Snapshot).map_err(failed)?;
    freshness::warn_when_older(&path, identity, Path::new(opening.name));
    Ok(Rc::new(CdbTable {
        name: opening.full_name(),
        fold: opening.usage.fold,
        file: RefCell::new(Rc::new(file)),
        freshness,
        spelling: Spelling::unknown(),
    }))
}

impl CdbTable {
    fn current(&self) -> Rc<Cdb> {
        if self.freshness.changed().is_some() {
            // A file that can not be opened leaves the one in use, and is looked at again.
            match Cdb::open(self.freshness.path()) {
                Ok((file, identity)) => {
                    self.freshness.know(identity, file.file.try_clone().ok());
                    *self.file.borrow_mut() = Rc::new(file);
                    self.spelling.forget();
                }
                Err(_) => self.freshness.lost(),
            }
        }
        Rc::clone(&self.file.borrow())
    }
}

impl Table for CdbTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let key = fold_if(self.fold, key);
        let file = self.current();
        let found = self.spelling.find(&key, |key| file.find(key));
        Answer::Ready(match found {
            Ok(None) => Ok(None),
            Ok(Some(value)) => value_text(&self.name, &key, value).map(Some),
            Err(error) => Err(LookupError::failed(&self.name, error)),
        })
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        let mut strip = |key: &[u8], value: &[u8]| visit(without_nul(key), without_nul(value));
        self.current()
            .each(&mut strip)
            .map_err(|error| LookupError::failed(&self.name, error))
    }
}
