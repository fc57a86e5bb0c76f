//! `hash:/path` and `btree:/path`: kept in `/path.lmdb`; an old `/path.db` (Berkeley DB) is read where it is the newer.
//!
//! Difference: Postfix keeps both types in Berkeley DB files. We read those and write LMDB files beside them.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use sys::lmdb::Access;

use crate::error::{LookupError, OpenError};
use crate::file::berkeley::BerkeleyTable;
use crate::file::lmdb::{self, LmdbTable, indexed_path};
use crate::fold::fold_if;
use crate::registry::{Opening, Use};
use crate::table::{Answer, Database, Keys, Lookup, Table, Visit};

struct HashTable {
    name: String,
    fold: bool,
    old: PathBuf,
    new: PathBuf,
    source: Source,
    looked: Cell<Instant>,
    current: RefCell<Chosen>,
}

/// What is needed to open the other file later.
struct Source {
    kind: String,
    name: String,
    usage: Use,
    tables: std::rc::Weak<crate::registry::Tables>,
}

#[derive(Clone)]
enum Chosen {
    Old(Rc<BerkeleyTable>),
    New(Rc<LmdbTable>),
}

/// How often we look whether the other file has become the newer one.
const INTERVAL: Duration = Duration::from_secs(1);

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let (old, new) = (
        indexed_path(opening.name, ".db"),
        indexed_path(opening.name, lmdb::SUFFIX),
    );
    let current = if old_is_newer(&old, &new) {
        open_old(opening, &old)?
    } else {
        open_new(opening)?
    };
    Ok(Rc::new(HashTable {
        name: opening.full_name(),
        fold: opening.usage.fold,
        old,
        new,
        source: Source {
            kind: opening.kind.to_owned(),
            name: opening.name.to_owned(),
            usage: opening.usage,
            tables: Rc::downgrade(opening.tables),
        },
        looked: Cell::new(stream::now()),
        current: RefCell::new(current),
    }))
}

/// Opens the LMDB file to change it. When the entries are still in an old file, they are brought over first.
pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    let (old, new) = (
        indexed_path(opening.name, ".db"),
        indexed_path(opening.name, lmdb::SUFFIX),
    );
    if old_is_newer(&old, &new) {
        bring_over(opening, &old)?;
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

fn old_is_newer(old: &Path, new: &Path) -> bool {
    let changed = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|metadata| metadata.modified())
            .ok()
    };
    match (changed(old), changed(new)) {
        (Some(old), Some(new)) => old > new,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn open_old(opening: &Opening<'_>, path: &Path) -> Result<Chosen, OpenError> {
    Ok(Chosen::Old(Rc::new(BerkeleyTable::open(opening, path)?)))
}

fn open_new(opening: &Opening<'_>) -> Result<Chosen, OpenError> {
    Ok(Chosen::New(Rc::new(LmdbTable::open(opening, Access::Read)?)))
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
        let is_old = matches!(*self.current.borrow(), Chosen::Old(_));
        if old_is_newer(&self.old, &self.new) == is_old {
            return;
        }
        let Some(tables) = self.source.tables.upgrade() else {
            return;
        };
        let source = &self.source;
        let opening = Opening {
            kind: &source.kind,
            name: &source.name,
            usage: source.usage,
            tables: &tables,
        };
        let other = if is_old {
            open_new(&opening)
        } else {
            open_old(&opening, &self.old)
        };
        // What can not be opened may be half written; the file in use stays until it can.
        if let Ok(other) = other {
            *self.current.borrow_mut() = other;
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
        })
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        match self.current() {
            Chosen::Old(table) => table.each(visit),
            Chosen::New(table) => table.each(visit),
        }
    }
}
