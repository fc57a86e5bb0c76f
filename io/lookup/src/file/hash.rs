//! `hash:/path` and `btree:/path`: three files may hold such a table, and the newest of them is the table.
//!
//! - `/path.lmdb`, our index: postmap(1) makes it, and so do we (below).
//! - `/path.db`, the index of Postfix (Berkeley DB): read where it is, never written.
//! - `/path`, the source. When it is the newest it is indexed: anew into `/path.lmdb`, where the process makes indexes
//!   and may, see [`may_index`]; otherwise its text is read into memory. Which of the two kinds of text it is, an alias file or
//!   a table of postmap, is seen from the index that is there, or else from its lines.
//!
//! Newer is by the time of the last change to the nanosecond; of two equally old files an index wins over the source, and
//! ours over Berkeley DB's. A source that was changed less than two seconds ago is passed over while an index is there: someone
//! may be writing it. One look a second finds out; no reload is needed. What can not be read leaves what is in
//! use; a source with a line that is no entry leaves the index that is there, with a warning that names the line.
//!
//! Difference: Postfix keeps both types in Berkeley DB files, and uses an index that is older than its source, with a warning.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::Metadata;
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

use sys::lmdb::Access;

use crate::alias::{alias, is_alias_file};
use crate::error::{LookupError, OpenError};
use crate::file::berkeley::BerkeleyTable;
use crate::file::build::Duplicates;
use crate::file::lmdb::{self, LmdbTable, indexed_path};
use crate::file::text::{self, Parsed, Reading};
use crate::file::texthash;
use crate::fold::{Folding, fold_if};
use crate::log;
use crate::registry::{Opening, Tables, Use};
use crate::source::logical_lines_of;
use crate::table::{Answer, Database, Keys, Lookup, Many, Table, Visit};

struct HashTable {
    name: String,
    fold: Folding,
    files: Files,
    source: Source,
    looked: Cell<Instant>,
    current: RefCell<Chosen>,
    /// The state of the source that could not be indexed, and is read as text.
    unindexed: Cell<Option<SystemTime>>,
}

/// The files of one table.
struct Files {
    text: PathBuf,
    old: PathBuf,
    new: PathBuf,
}

/// What is needed to open another file later.
struct Source {
    kind: String,
    name: String,
    usage: Use,
    tables: Rc<Tables>,
}

impl Source {
    /// True when this process makes indexes, and may make one of `text`.
    fn indexes(&self, text: &Path) -> bool {
        self.tables.settings().makes_indexes && may_index(text)
    }
}

#[derive(Clone)]
enum Chosen {
    Old(Rc<BerkeleyTable>),
    New(Rc<LmdbTable>),
    Text(Rc<Parsed<HashMap<String, String>>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newest {
    Old,
    New,
    Text,
    /// No file is there.
    None,
}

/// How often we look which file is the newest.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long a source must have been left alone before it counts.
const QUIET: Duration = Duration::from_secs(2);
/// How long a source may be, in octets.
const LONGEST: u64 = 4 << 30;

impl Files {
    fn of(name: &str) -> Self {
        Self {
            text: PathBuf::from(name),
            old: indexed_path(name, ".db"),
            new: indexed_path(name, lmdb::SUFFIX),
        }
    }

    fn has_index(&self) -> bool {
        self.new.exists() || self.old.exists()
    }

    fn newest(&self) -> Newest {
        let (old, new) = (changed(&self.old), changed(&self.new));
        let index = old.max(new);
        let text = changed(&self.text).filter(|changed| {
            // A clock that was set back must not keep a source out for good.
            let age = SystemTime::now().duration_since(*changed).unwrap_or(QUIET);
            index.is_none() || age >= QUIET
        });
        match (text, index) {
            (None, None) => Newest::None,
            (Some(_), None) => Newest::Text,
            (Some(text), Some(index)) if text > index => Newest::Text,
            (_, Some(index)) if new == Some(index) => Newest::New,
            (_, Some(_)) => Newest::Old,
        }
    }
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let files = Files::of(opening.name);
    let unindexed = Cell::new(None);
    let newest = files.newest();
    let current = match open_newest(opening, &files, newest, &unindexed) {
        // A source that can not be read does not take away the index.
        Err(error) if newest == Newest::Text && files.has_index() => {
            open_index(opening, &files, &error.to_string())?
        }
        opened => opened?,
    };
    Ok(Rc::new(HashTable {
        name: opening.full_name(),
        fold: opening.folding(),
        files,
        source: Source {
            kind: opening.kind.to_owned(),
            name: opening.name.to_owned(),
            usage: opening.usage,
            tables: Rc::clone(opening.tables),
        },
        looked: Cell::new(stream::now()),
        current: RefCell::new(current),
        unindexed,
    }))
}

/// Opens the LMDB file to change it. When the entries are still in an old file, they are brought over first.
pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    let files = Files::of(opening.name);
    // An incremental change goes to the index, whatever became of the source since.
    if changed(&files.old) > changed(&files.new) {
        bring_over(opening, &files.old)?;
    }
    lmdb::open_database(opening)
}

fn bring_over(opening: &Opening<'_>, old: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::Io {
        what: format!("database {}", old.display()),
        source,
    };
    let mode = std::fs::metadata(old).map_err(failed)?.mode() & 0o777;
    let mut builder = opening.tables.build(&opening.full_name(), None)?;
    let table = BerkeleyTable::open(opening, old)?;
    let copied = table.each(&mut |key, value| {
        builder.insert_bytes(key, value);
        ControlFlow::Continue(())
    });
    copied.map_err(|error| failed(io::Error::other(error)))?;
    builder.finish(mode)
}

fn open_newest(
    opening: &Opening<'_>,
    files: &Files,
    newest: Newest,
    unindexed: &Cell<Option<SystemTime>>,
) -> Result<Chosen, OpenError> {
    match newest {
        Newest::Old => open_old(opening, &files.old),
        Newest::New => open_new(opening),
        Newest::Text => open_text(opening, files, unindexed),
        // The name that administrators know from Postfix.
        Newest::None => Err(OpenError::Io {
            what: format!("database {}", files.old.display()),
            source: sys::fault::no_such_file(),
        }),
    }
}

fn open_old(opening: &Opening<'_>, path: &Path) -> Result<Chosen, OpenError> {
    Ok(Chosen::Old(Rc::new(BerkeleyTable::open(opening, path)?)))
}

fn open_new(opening: &Opening<'_>) -> Result<Chosen, OpenError> {
    Ok(Chosen::New(Rc::new(LmdbTable::open(opening, Access::Read)?)))
}

/// Makes an index of the source and opens that; where it may not or can not, reads the source. A source with a fault does not
/// replace an index that is there.
fn open_text(
    opening: &Opening<'_>,
    files: &Files,
    unindexed: &Cell<Option<SystemTime>>,
) -> Result<Chosen, OpenError> {
    let is_alias = is_alias_table(opening, files);
    let (index, text) = (files.new.to_string_lossy(), files.text.to_string_lossy());
    unindexed.set(changed(&files.text));
    if opening.tables.settings().makes_indexes && may_index(&files.text) {
        match make_index(opening, files, is_alias) {
            Ok(None) => {
                log::index_made(&index, &text);
                return open_new(opening);
            }
            Ok(Some(fault)) => return open_index(opening, files, &fault),
            Err(error) => log::index_not_made(&index, &text, &error.to_string()),
        }
    }
    let (folding, file_values) = (opening.folding(), opening.usage.file_values);
    let parsed = Parsed::open(opening, move |text, file| {
        Ok(match is_alias {
            Some(true) => parse_aliases(text, file, folding),
            None if is_alias_file(text) => parse_aliases(text, file, folding),
            _ => texthash::parse(text, file, folding, file_values),
        })
    })?;
    match parsed.fault() {
        Some(fault) if files.has_index() => open_index(opening, files, fault),
        _ => Ok(Chosen::Text(Rc::new(parsed))),
    }
}

/// Opens the index, though its source is newer: that has a fault.
fn open_index(opening: &Opening<'_>, files: &Files, fault: &str) -> Result<Chosen, OpenError> {
    log::can_not_reread(&opening.full_name(), fault);
    if changed(&files.old) > changed(&files.new) {
        open_old(opening, &files.old)
    } else {
        open_new(opening)
    }
}

/// When a file was changed last; `None` for what is no file or not there.
fn changed(path: &Path) -> Option<SystemTime> {
    let state = std::fs::metadata(path).ok().filter(Metadata::is_file)?;
    state.modified().ok()
}

/// Whether the index that is there was made by postalias(1); `None` without an index.
fn is_alias_table(opening: &Opening<'_>, files: &Files) -> Option<bool> {
    // What postalias writes at the end of each table.
    const MARK: &str = "YP_LAST_MODIFIED";
    let marked = |found: Result<Option<String>, LookupError>| found.ok().map(|found| found.is_some());
    let quiet = Opening {
        usage: Use::EXACT,
        ..*opening
    };
    if files.new.exists() {
        return marked(LmdbTable::open(&quiet, Access::Read).ok()?.find_plain(MARK));
    }
    if files.old.exists() {
        return marked(BerkeleyTable::open(&quiet, &files.old).ok()?.find_plain(MARK));
    }
    None
}

/// True when nobody but root and ourselves can have decided what is in the source and what its directory holds: else an
/// index made by us could be led to another file, or hold what another user wrote (as nbdb_reindexd(8) demands).
fn may_index(source: &Path) -> bool {
    let user = sys::identity::effective_uid();
    let directory = match source.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let is_safe = |state: Metadata| (state.uid() == 0 || state.uid() == user) && state.mode() & 0o022 == 0;
    let (source, directory) = (std::fs::metadata(source), std::fs::metadata(directory));
    // Root makes no file for a source of someone else; others must own the source, as its index will be theirs.
    let is_ours = |state: &Metadata| state.uid() == user;
    source.is_ok_and(|state| is_ours(&state) && is_safe(state)) && directory.is_ok_and(is_safe)
}

/// Makes the index; `Some` with the fault of a source that must not replace the index that is there.
fn make_index(
    opening: &Opening<'_>,
    files: &Files,
    is_alias: Option<bool>,
) -> Result<Option<String>, OpenError> {
    let failed = |source| OpenError::Io {
        what: files.text.display().to_string(),
        source,
    };
    let (content, _, file) = text::read(&files.text, LONGEST).map_err(failed)?;
    let mode = 0o600 | file.metadata().map_err(failed)?.mode() & 0o044;
    let mut builder = opening.tables.build(&opening.full_name(), None)?;
    let name = files.text.to_string_lossy();
    let folding = match opening.tables.settings().utf8 {
        true => Folding::Unicode,
        false => Folding::Ascii,
    };
    let fault = Cell::new(None);
    let entries: &mut dyn Iterator<Item = (String, String)> =
        if is_alias.unwrap_or_else(|| is_alias_file(&content)) {
            builder.insert_plain(
                "YP_LAST_MODIFIED",
                &format!("{:010}", stream::time_of_day().as_secs()),
            );
            builder.insert("@", "@", Duplicates::Keep);
            &mut aliases(&content, &name, &fault)
        } else {
            &mut texthash::entries(&content, &name, opening.usage.file_values, &fault)
        };
    for (key, value) in entries {
        if !builder.insert(&fold_if(folding, &key), &value, Duplicates::Keep) {
            log::duplicate_entry(builder.title(), &key);
        }
    }
    if let Some(fault) = fault.take()
        && files.has_index()
    {
        return Ok(Some(fault));
    }
    builder.finish(mode)?;
    Ok(None)
}

/// The entries of an alias file; a line that is none gets a warning.
fn aliases<'a>(
    content: &'a [u8],
    file: &'a str,
    fault: &'a Cell<Option<String>>,
) -> impl Iterator<Item = (String, String)> + 'a {
    logical_lines_of(content, file).filter_map(move |line| match alias(&line.text) {
        Ok(alias) => Some((alias.name, alias.value)),
        Err(error) => {
            log::bad_line(file, line.number, &error.to_string());
            let first = fault.take();
            fault.set(first.or_else(|| Some(format!("{file}, line {}: {error}", line.number))));
            None
        }
    })
}

fn parse_aliases(content: &[u8], file: &str, folding: Folding) -> Reading<HashMap<String, String>> {
    let mut entries = HashMap::from([("@".to_owned(), "@".to_owned())]);
    let fault = Cell::new(None);
    for (name, value) in aliases(content, file, &fault) {
        entries
            .entry(fold_if(folding, &name).into_owned())
            .or_insert(value);
    }
    Reading {
        parsed: entries,
        fault: fault.into_inner(),
    }
}

impl HashTable {
    fn current(&self) -> Chosen {
        let now = stream::now();
        if now.duration_since(self.looked.get()) >= INTERVAL {
            self.looked.set(now);
            self.choose_again();
        }
        self.current.borrow().clone()
    }

    fn choose_again(&self) {
        let newest = self.files.newest();
        let is_current = match (&*self.current.borrow(), newest) {
            // What is gone, or is hidden from this process, stays in use.
            (_, Newest::None) | (Chosen::Old(_), Newest::Old) | (Chosen::New(_), Newest::New) => true,
            // A text in use follows its file by itself, and keeps its last good content.
            (Chosen::Text(_), Newest::Text) if !self.source.indexes(&self.files.text) => true,
            // Another attempt with a source that could not be indexed waits until it has changed.
            (_, Newest::Text) => changed(&self.files.text) == self.unindexed.get(),
            _ => false,
        };
        if is_current {
            return;
        }
        let source = &self.source;
        let opening = Opening {
            kind: &source.kind,
            name: &source.name,
            usage: source.usage,
            tables: &source.tables,
        };
        match open_newest(&opening, &self.files, newest, &self.unindexed) {
            Ok(other) => *self.current.borrow_mut() = other,
            // A process that gave up its rights makes room for one that has them still. What can not be opened may also be
            // half written; the file in use stays until it can.
            Err(error) if error.is_denied() => source.tables.stale().tell(&self.name),
            Err(_) => {}
        }
    }
}

impl Table for HashTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(match self.current() {
            Chosen::Old(table) => table.find(&fold_if(self.fold, key)),
            Chosen::New(table) => table.find(key),
            Chosen::Text(table) => Ok(table.current().get(&*fold_if(self.fold, key)).cloned()),
        })
    }

    fn lookup_many(&self, keys: &[&str]) -> Option<Result<Many, LookupError>> {
        match self.current() {
            Chosen::New(table) => table.find_many(keys),
            Chosen::Old(_) | Chosen::Text(_) => None,
        }
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        match self.current() {
            Chosen::Old(table) => table.each(visit),
            Chosen::New(table) => table.each(visit),
            Chosen::Text(table) => {
                for (key, value) in &*table.current() {
                    if visit(key.as_bytes(), value.as_bytes()).is_break() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
