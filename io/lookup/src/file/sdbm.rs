//! `sdbm:/path`: an indexed table in `/path.pag` (pages) and `/path.dir` (which pages were divided), as Ozan Yigit's library
//! and Perl's `SDBM_File` keep it. Our `dbm:` tables are kept in the same form.
//!
//! A page of 1024 octets begins with a count and the places of its items, all of 16 bits in the machine's order; keys and
//! values fill it from its end. Which page has a key is decided by as many bits of the key's hash value as pages were
//! divided on the way. A file may be damaged: each place in it is checked.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sys::lock::{self, Mode, Style};

use crate::error::{LookupError, OpenError};
use crate::file::lmdb::{Spelling, indexed_path, spelled, without_nul};
use crate::fold::{Folding, fold_if};
use crate::freshness::{self, Freshness, Identity, Sight};
use crate::registry::Opening;
use crate::table::{Answer, Database, KeyValue, Keys, Lookup, Table, Visit};

/// The end of the name of the file with the entries.
pub(crate) const PAGES: &str = ".pag";
const DIRECTORY: &str = ".dir";
const PAGE_OCTETS: usize = 1024;
/// The directory grows by so many octets.
const DIRECTORY_OCTETS: usize = 4096;
/// The longest key and value together.
const LONGEST_PAIR: usize = 1008;
/// How often a page is divided for one entry.
const MOST_DIVISIONS: u32 = 10;

type Page = [u8; PAGE_OCTETS];

/// The two open files.
struct Sdbm {
    pages: File,
    directory: File,
}

/// Where a key belongs.
struct Way {
    /// The bit of the directory that would be set by dividing the page.
    bit: u64,
    mask: u64,
    page: u64,
}

fn hash(key: &[u8]) -> u64 {
    key.iter().fold(0_u64, |hash, byte| {
        u64::from(*byte).wrapping_add(hash.wrapping_mul(65599))
    })
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "damaged database")
}

fn number(page: &Page, index: usize) -> usize {
    let at = index * 2;
    match page.get(at..at + 2) {
        Some([first, second]) => usize::from(u16::from_ne_bytes([*first, *second])),
        _ => 0,
    }
}

fn set_number(page: &mut Page, index: usize, value: usize) {
    let bytes = u16::try_from(value).unwrap_or(u16::MAX).to_ne_bytes();
    if let Some(place) = page.get_mut(index * 2..index * 2 + 2) {
        place.copy_from_slice(&bytes);
    }
}

/// The keys and values of a page.
fn pairs(page: &Page) -> io::Result<Vec<(&[u8], &[u8])>> {
    let count = number(page, 0);
    if !count.is_multiple_of(2) || count >= PAGE_OCTETS / 2 {
        return Err(damaged());
    }
    let mut end = PAGE_OCTETS;
    let mut pairs = Vec::with_capacity(count / 2);
    for index in (1..=count).step_by(2) {
        let (key, value) = (number(page, index), number(page, index + 1));
        let places = (page.get(key..end), page.get(value..key));
        let (Some(key_bytes), Some(value_bytes)) = places else {
            return Err(damaged());
        };
        pairs.push((key_bytes, value_bytes));
        end = value;
    }
    Ok(pairs)
}

fn page_of<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Page {
    let mut page = [0; PAGE_OCTETS];
    for (key, value) in pairs {
        add(&mut page, key, value);
    }
    page
}

fn fits(page: &Page, key: &[u8], value: &[u8]) -> bool {
    let count = number(page, 0);
    let begin = if count > 0 {
        number(page, count)
    } else {
        PAGE_OCTETS
    };
    begin >= (count + 3) * 2 + key.len() + value.len()
}

/// Puts an entry that fits on a page.
fn add(page: &mut Page, key: &[u8], value: &[u8]) {
    let count = number(page, 0);
    let mut begin = if count > 0 {
        number(page, count)
    } else {
        PAGE_OCTETS
    };
    for (index, text) in [(count + 1, key), (count + 2, value)] {
        let end = begin;
        begin = begin.saturating_sub(text.len());
        if let Some(place) = page.get_mut(begin..end) {
            place.copy_from_slice(text);
        }
        set_number(page, index, begin);
    }
    set_number(page, 0, count + 2);
}

impl Sdbm {
    /// Opens both files, which belong together: whoever replaces them has the lock on the directory meanwhile.
    fn open(path: &Path, write: bool) -> io::Result<Self> {
        let directory_path = directory_of(path);
        let mut options = File::options();
        options.read(true).write(write);
        loop {
            let directory = options.open(&directory_path)?;
            lock::lock(
                &directory,
                Style::Fcntl,
                if write { Mode::Exclusive } else { Mode::Shared },
            )?;
            let known = Identity::of(&directory.metadata()?);
            if known.is_other_file(&Identity::of(&fs::metadata(&directory_path)?)) {
                continue;
            }
            let pages = options.open(path)?;
            lock::lock(&directory, Style::Fcntl, Mode::Unlock)?;
            return Ok(Self { pages, directory });
        }
    }

    fn page(&self, number: u64) -> io::Result<Page> {
        let mut page = [0; PAGE_OCTETS];
        let mut filled = 0;
        // What is behind the end of the file is an empty page.
        while let Some(place) = page.get_mut(filled..).filter(|place| !place.is_empty()) {
            match self
                .pages
                .read_at(place, number * PAGE_OCTETS as u64 + filled as u64)?
            {
                0 => break,
                octets => filled += octets,
            }
        }
        Ok(page)
    }

    fn put_page(&self, number: u64, page: &Page) -> io::Result<()> {
        self.pages.write_all_at(page, number * PAGE_OCTETS as u64)
    }

    fn directory_bits(&self) -> io::Result<u64> {
        Ok(self.directory.metadata()?.len() * 8)
    }

    fn is_set(&self, bit: u64) -> io::Result<bool> {
        let mut octet = [0];
        self.directory.read_exact_at(&mut octet, bit / 8)?;
        Ok(octet[0] & (1 << (bit % 8)) != 0)
    }

    fn set(&self, bit: u64) -> io::Result<()> {
        let at = bit / 8;
        let length = self.directory.metadata()?.len();
        if at >= length {
            self.directory.set_len(length + DIRECTORY_OCTETS as u64)?;
        }
        let mut octet = [0];
        self.directory.read_exact_at(&mut octet, at)?;
        octet[0] |= 1 << (bit % 8);
        self.directory.write_all_at(&octet, at)
    }

    fn way(&self, hash: u64) -> io::Result<Way> {
        let bits = self.directory_bits()?;
        let (mut bit, mut depth) = (0_u64, 0_u32);
        while bit < bits && depth < 32 && self.is_set(bit)? {
            bit = 2 * bit + if hash & (1 << depth) == 0 { 1 } else { 2 };
            depth += 1;
        }
        let mask = (1_u64 << depth) - 1;
        Ok(Way {
            bit,
            mask,
            page: hash & mask,
        })
    }

    fn find(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let page = self.page(self.way(hash(key))?.page)?;
        let found = pairs(&page)?.into_iter().find(|(known, _)| *known == key);
        Ok(found.map(|(_, value)| value.to_vec()))
    }

    /// Removes `key`; true when it was there.
    fn remove(&self, key: &[u8]) -> io::Result<bool> {
        let number = self.way(hash(key))?.page;
        let page = self.page(number)?;
        let all = pairs(&page)?;
        let kept: Vec<_> = all.iter().copied().filter(|(known, _)| *known != key).collect();
        if kept.len() == all.len() {
            return Ok(false);
        }
        self.put_page(number, &page_of(kept.into_iter()))?;
        Ok(true)
    }

    /// Stores a value under a key that is not there.
    fn store(&self, key: &[u8], value: &[u8]) -> io::Result<()> {
        if key.len() + value.len() > LONGEST_PAIR {
            let shown: String = String::from_utf8_lossy(key).chars().take(40).collect();
            let length = key.len() + value.len();
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!(
                    "key and value of \"{shown}...\" have {length} octets, and the file can hold {LONGEST_PAIR}"
                ),
            ));
        }
        let hash = hash(key);
        let mut way = self.way(hash)?;
        let mut page = self.page(way.page)?;
        let mut divisions = 0;
        pairs(&page)?;
        while !fits(&page, key, value) {
            if divisions == MOST_DIVISIONS {
                return Err(io::Error::other("too many keys with the same hash value"));
            }
            divisions += 1;
            page = self.divide(&page, &mut way, hash)?;
        }
        add(&mut page, key, value);
        self.put_page(way.page, &page)
    }

    /// Divides a page by one more bit of the hash value; the half that `hash` belongs to is where the way leads then.
    fn divide(&self, page: &Page, way: &mut Way, wanted: u64) -> io::Result<Page> {
        let bit = way.mask + 1;
        let all = pairs(page)?;
        let half = |upper: bool| {
            let of_half = all
                .iter()
                .copied()
                .filter(|(key, _)| (hash(key) & bit != 0) == upper);
            page_of(of_half)
        };
        let (lower, upper) = (half(false), half(true));
        let new = (wanted & way.mask) | bit;
        self.put_page(way.page, &lower)?;
        self.put_page(new, &upper)?;
        self.set(way.bit)?;
        let is_upper = wanted & bit != 0;
        way.bit = 2 * way.bit + if is_upper { 2 } else { 1 };
        way.mask |= bit;
        if is_upper {
            way.page = new;
        }
        Ok(if is_upper { upper } else { lower })
    }

    fn each(&self, visit: &mut Visit<'_>) -> io::Result<()> {
        let count = self.pages.metadata()?.len().div_ceil(PAGE_OCTETS as u64);
        for number in 0..count {
            for (key, value) in pairs(&self.page(number)?)? {
                if visit(key, value).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Fills two new files.
pub(crate) fn write<'a>(
    pages: File,
    directory: File,
    entries: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> io::Result<()> {
    let files = Sdbm { pages, directory };
    for (key, value) in entries {
        files.store(key, value)?;
    }
    files.directory.sync_all()?;
    files.pages.sync_all()
}

/// The directory that belongs to the pages at `path`, which may have more behind its suffix.
pub(crate) fn directory_of(path: &Path) -> PathBuf {
    let name = path.as_os_str().to_string_lossy();
    let (before, after) = name.rsplit_once(PAGES).unwrap_or((&name, ""));
    PathBuf::from(format!("{before}{DIRECTORY}{after}"))
}

/// Puts two new files in the place of those at `path`, under the lock of the old ones.
pub(crate) fn replace(beside: &Path, path: &Path) -> io::Result<()> {
    let old = File::options().read(true).write(true).open(directory_of(path));
    if let Ok(old) = &old {
        lock::lock(old, Style::Fcntl, Mode::Exclusive)?;
    }
    fs::rename(beside, path)?;
    fs::rename(directory_of(beside), directory_of(path))
}

struct SdbmTable {
    name: String,
    fold: Folding,
    write: bool,
    files: RefCell<Rc<Sdbm>>,
    freshness: Freshness,
    spelling: Spelling,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    Ok(Rc::new(SdbmTable::open(opening, false)?))
}

pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    let path = indexed_path(opening.name, PAGES);
    if !path.exists() {
        opening.tables.build(&opening.full_name(), None)?.finish(0o600)?;
    }
    Ok(Rc::new(SdbmTable::open(opening, true)?))
}

impl SdbmTable {
    fn open(opening: &Opening<'_>, write: bool) -> Result<Self, OpenError> {
        let path = indexed_path(opening.name, PAGES);
        let failed = |source| OpenError::Io {
            what: format!("database {}", path.display()),
            source,
        };
        let files = Sdbm::open(&path, write).map_err(failed)?;
        let watched = files.pages.try_clone().map_err(failed)?;
        let freshness = Freshness::new(opening, &path, watched, Sight::Live).map_err(failed)?;
        freshness::warn_when_older(&path, freshness.known(), Path::new(opening.name));
        Ok(Self {
            name: opening.full_name(),
            fold: opening.folding(),
            write,
            files: RefCell::new(Rc::new(files)),
            freshness,
            spelling: Spelling::of(opening),
        })
    }

    fn current(&self) -> Rc<Sdbm> {
        let changed = if self.write {
            self.freshness.changed_now()
        } else {
            self.freshness.changed()
        };
        if let Some(identity) = changed {
            if !self.freshness.known().is_other_file(&identity) {
                self.freshness.know(identity, None);
            } else {
                match Sdbm::open(self.freshness.path(), self.write) {
                    Ok(files) => {
                        self.freshness.know(identity, files.pages.try_clone().ok());
                        *self.files.borrow_mut() = Rc::new(files);
                        self.spelling.forget();
                    }
                    Err(_) => self.freshness.lost(),
                }
            }
        }
        Rc::clone(&self.files.borrow())
    }

    /// Runs `work` under the lock that writers and readers of the library take.
    fn locked<T>(&self, mode: Mode, work: impl FnOnce(&Sdbm) -> io::Result<T>) -> Result<T, LookupError> {
        let files = self.current();
        let run = || {
            lock::lock(&files.directory, Style::Fcntl, mode)?;
            let result = work(&files);
            lock::lock(&files.directory, Style::Fcntl, Mode::Unlock)?;
            result
        };
        run().map_err(|error| LookupError::failed(&self.name, error))
    }

    fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        let key = fold_if(self.fold, key);
        let found = self.locked(Mode::Shared, |files| {
            self.spelling.find(&key, |key| files.find(key))
        })?;
        found
            .map(|value| self.spelling.value_text(&self.name, &key, value))
            .transpose()
    }

    fn next(&self, key: Option<&str>) -> Result<Option<KeyValue>, LookupError> {
        let key = key.map(|key| spelled(&fold_if(self.fold, key), self.spelling.writes_nul()));
        let (mut passed, mut next) = (key.is_none(), None);
        self.locked(Mode::Shared, |files| {
            files.each(&mut |known, value| {
                if passed {
                    next = Some((known.to_vec(), value.to_vec()));
                    return ControlFlow::Break(());
                }
                passed = key.as_deref() == Some(known);
                ControlFlow::Continue(())
            })
        })?;
        let text = |bytes: &[u8]| {
            let text = String::from_utf8(without_nul(bytes).to_vec());
            text.map_err(|_| LookupError::content(&self.name, "non-UTF-8 entry"))
        };
        next.map(|(key, value)| Ok((text(&key)?, text(&value)?)))
            .transpose()
    }
}

impl Table for SdbmTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(self.find(key))
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        self.locked(Mode::Shared, |files| {
            files.each(&mut |key, value| visit(without_nul(key), without_nul(value)))
        })
    }
}

impl Database for SdbmTable {
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()> {
        let key = fold_if(self.fold, key);
        let with_nul = self.spelling.writes_nul();
        let (key, value) = (spelled(&key, with_nul), spelled(value, with_nul));
        Answer::Ready(self.locked(Mode::Exclusive, |files| {
            files.remove(&key)?;
            files.store(&key, &value)
        }))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        let key = fold_if(self.fold, key);
        let removed = self.locked(Mode::Exclusive, |files| {
            self.spelling
                .find(&key, |key| files.remove(key).map(|gone| gone.then_some(())))
        });
        Answer::Ready(removed.map(|found| found.is_some()))
    }

    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        Answer::Ready(self.next(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    fn scratch(name: &str) -> String {
        let path = std::env::temp_dir().join(format!("lookup-sdbm-{}-{name}", std::process::id()));
        path.to_string_lossy().into_owned()
    }

    #[test]
    fn entries_come_and_go_while_pages_are_divided() {
        let name = scratch("change");
        let tables = Tables::new(Settings::default());
        let database = tables
            .open_database(&format!("sdbm:{name}"), Use::GENERAL)
            .unwrap();
        for number in 0..500 {
            let value = "v".repeat(number % 300);
            ready(database.update(&format!("Key{number}"), &value).get()).unwrap();
        }
        for number in 0..500 {
            let found = ready(database.lookup(&format!("key{number}")).get()).unwrap();
            assert_eq!(found.map(|value| value.len()), Some(number % 300));
        }
        assert_eq!(ready(database.delete("key7").get()), Ok(true));
        assert_eq!(ready(database.delete("key7").get()), Ok(false));
        let (mut key, mut count) = (None, 0);
        while let Some((next, _)) = ready(database.after(key.as_deref()).get()).unwrap() {
            count += 1;
            key = Some(next);
        }
        assert_eq!(count, 499);
        assert!(ready(database.update("long", &"x".repeat(1100)).get()).is_err());
        for suffix in [PAGES, DIRECTORY] {
            fs::remove_file(format!("{name}{suffix}")).unwrap();
        }
    }

    #[test]
    fn a_damaged_page_is_an_error() {
        let name = scratch("damaged");
        fs::write(format!("{name}{PAGES}"), [0xff; PAGE_OCTETS]).unwrap();
        fs::write(format!("{name}{DIRECTORY}"), "").unwrap();
        let tables = Tables::new(Settings::default());
        let table = tables.try_open(&format!("sdbm:{name}"), Use::GENERAL).unwrap();
        assert!(ready(table.lookup("x").get()).is_err());
        for suffix in [PAGES, DIRECTORY] {
            fs::remove_file(format!("{name}{suffix}")).unwrap();
        }
    }
}
