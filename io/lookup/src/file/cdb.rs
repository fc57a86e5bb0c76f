//! `cdb:/path`: a constant indexed table in `/path.cdb`, replaced as a whole by rename (D. J. Bernstein's format),
//! which is why it is read through a mapping.
//!
//! The file begins with 256 places and sizes of hash tables; a hash table has pairs of hash value and place of a record;
//! a record is key length, value length, key, value. All numbers have 32 bits, the lowest first.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use sys::mapping::Mapping;

use crate::error::{LookupError, OpenError};
use crate::file::lmdb::{Spelling, indexed_path, without_nul};
use crate::fold::{Folding, fold_if};
use crate::freshness::{self, Freshness, Identity, Sight};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table, Visit};

/// The end of the file's name.
pub(crate) const SUFFIX: &str = ".cdb";
const HEADER_OCTETS: usize = 2048;

struct CdbTable {
    name: String,
    fold: Folding,
    file: RefCell<Rc<Cdb>>,
    freshness: Freshness,
    spelling: Spelling,
}

/// One open file, in memory: it is never changed, only replaced.
pub(super) struct Cdb {
    file: File,
    bytes: Mapping,
}

/// The hash function of the format.
fn hash(key: &[u8]) -> u32 {
    key.iter().fold(5381, |hash: u32, byte| {
        (hash.wrapping_shl(5).wrapping_add(hash)) ^ u32::from(*byte)
    })
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "damaged database")
}

impl Cdb {
    fn open(path: &Path) -> io::Result<(Self, Identity)> {
        let mut file = File::open(path)?;
        // A folder can be opened too; that it can not be mapped would be told in words for something else.
        let _some = file.read(&mut [0])?;
        let identity = Identity::of(&file.metadata()?);
        Ok((Self::of_file(file)?, identity))
    }

    pub(super) fn of_file(file: File) -> io::Result<Self> {
        let bytes = Mapping::of(&file)?;
        if bytes.len() < HEADER_OCTETS {
            return Err(damaged());
        }
        Ok(Self { file, bytes })
    }

    fn pair(&self, at: usize) -> io::Result<(u32, u32)> {
        match self.bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            Some([a, b, c, d, e, f, g, h]) => Ok((
                u32::from_le_bytes([*a, *b, *c, *d]),
                u32::from_le_bytes([*e, *f, *g, *h]),
            )),
            None => Err(damaged()),
        }
    }

    pub(super) fn find(&self, key: &[u8]) -> io::Result<Option<&[u8]>> {
        let hash = hash(key);
        let (place, slots) = self.pair((hash & 255) as usize * 8)?;
        let Some(first) = (hash >> 8).checked_rem(slots) else {
            return Ok(None);
        };
        let mut slot = first;
        for _ in 0..slots {
            let (slot_hash, record) = self.pair(place as usize + slot as usize * 8)?;
            if record == 0 {
                return Ok(None);
            }
            if slot_hash == hash
                && let (found, value) = self.record(record as usize)?
                && found == key
            {
                return Ok(Some(value));
            }
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
        Ok(None)
    }

    /// Key and value of the record at `at`.
    fn record(&self, at: usize) -> io::Result<(&[u8], &[u8])> {
        let (key_length, value_length) = self.pair(at)?;
        let rest = self.bytes.get(at + 8..).ok_or_else(damaged)?;
        let (key, rest) = rest.split_at_checked(key_length as usize).ok_or_else(damaged)?;
        Ok((key, rest.get(..value_length as usize).ok_or_else(damaged)?))
    }

    pub(super) fn each(&self, visit: &mut Visit<'_>) -> io::Result<()> {
        // Records end where the first hash table begins.
        let mut end = self.bytes.len();
        for index in 0..256 {
            end = end.min(self.pair(index * 8)?.0 as usize);
        }
        let mut at = HEADER_OCTETS;
        while at < end {
            let (key, value) = self.record(at)?;
            if visit(key, value).is_break() {
                break;
            }
            at += 8 + key.len() + value.len();
        }
        Ok(())
    }
}

/// Fills a new file.
///
/// # Errors
/// The disk, or more than the numbers of the format can count.
pub(crate) fn write<'a>(file: File, entries: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> io::Result<()> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "more than 4 gigabytes");
    let mut output = BufWriter::with_capacity(1024 * 1024, file);
    output.seek(SeekFrom::Start(HEADER_OCTETS as u64))?;
    let mut place = HEADER_OCTETS as u32;
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
        let hash = hash(key);
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
    let mut header = Vec::with_capacity(HEADER_OCTETS);
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
        fold: opening.folding(),
        file: RefCell::new(Rc::new(file)),
        freshness,
        spelling: Spelling::of(opening),
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
            Ok(Some(value)) => self
                .spelling
                .value_text(&self.name, &key, value.to_vec())
                .map(Some),
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
