//! Building: a source is read, and its entries become a new file, or are added to one.
//!
//! Root does not write as root for a source that belongs to someone else: who owns the source could otherwise point
//! the new file anywhere (postmap(1) `-o`).

use std::borrow::Cow;
use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::rc::Rc;
use std::time::Instant;

use lookup::source::{LogicalLine, logical_lines_of, printable};
use lookup::{Duplicates, IndexBuilder, Tables, fold_if};
use sys::identity::{self, Ids};

use crate::query::Session;
use crate::{Dialect, Entry, IndexError, Known, Request, log};

/// The longest source, in octets.
const LONGEST_SOURCE: u64 = 4 << 30;
/// Rights of a file that do not come from its source.
const USUAL_MODE: u32 = 0o644;

/// Makes each table anew from the file of its name.
pub(crate) fn create<D: Dialect>(
    request: &Request,
    tables: &Rc<Tables>,
    dialect: &D,
    session: &Session<'_, D>,
) -> Result<(), IndexError> {
    for table in &request.tables {
        create_one(request, tables, dialect, session, table)?;
    }
    Ok(())
}

fn create_one<D: Dialect>(
    request: &Request,
    tables: &Rc<Tables>,
    dialect: &D,
    session: &Session<'_, D>,
    table: &str,
) -> Result<(), IndexError> {
    let (kind, path) = table.split_once(':').unwrap_or(("", table));
    if kind == "proxy" {
        return Err(IndexError::Proxied);
    }
    let failed = |source| IndexError::File {
        what: "open",
        path: path.to_owned(),
        source,
    };
    // Reading counts too: to who waits it is one piece of work.
    let mut progress = Progress::new(table);
    let mut source = File::open(path).map_err(failed)?;
    let state = source.metadata().map_err(failed)?;
    let mut content = Vec::new();
    Read::by_ref(&mut source)
        .take(LONGEST_SOURCE)
        .read_to_end(&mut content)
        .map_err(failed)?;
    if kind == "fail" {
        return session.write_nothing(table);
    }
    let as_owner = AsOwner::of(request, &state, table, Path::new(path))?;
    let built = tables.build(table, request.with_nul).map_err(IndexError::from);
    let mut builder = built?;
    for line in logical_lines_of(&content, path) {
        if let Some(entry) = entry(request, dialect, path, &line) {
            insert(request, &mut builder, &entry.key, &entry.value);
            progress.step();
        }
    }
    progress.end();
    for signature in dialect.signatures() {
        if signature.plain {
            builder.insert_plain(signature.key, &signature.value);
        } else {
            builder.insert(signature.key, &signature.value, Duplicates::Keep);
        }
    }
    let mode = if request.usual_rights || !state.is_file() {
        USUAL_MODE
    } else {
        mode_from(&state)
    };
    let finished = builder.finish(mode).map_err(IndexError::from);
    drop(as_owner);
    finished
}

fn insert(request: &Request, builder: &mut IndexBuilder, key: &str, value: &str) {
    let key = fold_if(request.folding(), key);
    let duplicates = if request.known == Known::Replace {
        Duplicates::Replace
    } else {
        Duplicates::Keep
    };
    if !builder.insert(&key, value, duplicates) && request.known == Known::Warn {
        log::duplicate(builder.title(), &key);
    }
}

/// The entry in one line, as `dialect` reads it; `None` when the line is left out, with a warning.
fn entry<D: Dialect>(request: &Request, dialect: &D, source: &str, line: &LogicalLine<'_>) -> Option<Entry> {
    let text = match request.utf8 {
        true => Cow::Borrowed(&*line.text),
        // Octets that are no text must not take the rest of the line with them.
        false => Cow::Owned(printable(&line.text).into_bytes()),
    };
    let mut entry = match dialect.entry(&text) {
        Ok(entry) => entry,
        Err(reason) => {
            log::line(source, line.number, &reason);
            return None;
        }
    };
    if let Some(remark) = entry.remark {
        log::line(source, line.number, &remark);
    }
    if request.file_values {
        match lookup::base64_of_files(&entry.value) {
            Ok(content) => entry.value = content,
            Err(error) => {
                log::line(source, line.number, &format!("{error}: skipping this entry"));
                return None;
            }
        }
    }
    Some(entry)
}

/// What group and others may read of the source they may read of the table.
fn mode_from(source: &Metadata) -> u32 {
    0o600 | source.mode() & 0o044
}

/// Adds the entries of standard input to each table.
pub(crate) fn increment<D: Dialect>(
    request: &Request,
    tables: &Rc<Tables>,
    dialect: &D,
    session: &Session<'_, D>,
) -> Result<(), IndexError> {
    let mut content = Vec::new();
    let read = io::stdin().lock().take(LONGEST_SOURCE).read_to_end(&mut content);
    read.map_err(IndexError::Stream)?;
    for table in &request.tables {
        // Only indexed files get the rights that such files have.
        let built = tables.build(table, None).ok();
        let title = built.as_ref().map_or(table.as_str(), |built| built.title());
        let path = built.as_ref().map(|built| built.path().to_owned());
        let is_new = path.as_ref().is_some_and(|path| !path.exists());
        let database = session.open_database(table)?;
        for line in logical_lines_of(&content, "stdin") {
            if let Some(entry) = entry(request, dialect, "stdin", &line) {
                session.add(&*database, title, &entry.key, &entry.value)?;
            }
        }
        for signature in dialect.signatures() {
            session.replace(&*database, signature.key, &signature.value)?;
        }
        if let Some(path) = path.filter(|_| is_new) {
            let given = fs::set_permissions(&path, Permissions::from_mode(USUAL_MODE));
            given.map_err(|source| IndexError::File {
                what: "set rights of",
                path: path.display().to_string(),
                source,
            })?;
        }
    }
    Ok(())
}

/// How far building is, for whoever waits at a terminal for more than a second.
struct Progress<'a> {
    table: &'a str,
    begun: Instant,
    entries: u64,
    shown: bool,
}

/// Entries between two looks at the clock.
const STEP: u64 = 16 * 1024;

impl<'a> Progress<'a> {
    fn new(table: &'a str) -> Self {
        Self {
            table,
            begun: Instant::now(),
            entries: 0,
            shown: false,
        }
    }

    fn step(&mut self) {
        self.entries += 1;
        let is_slow = self.entries.is_multiple_of(STEP) && self.begun.elapsed().as_secs() > 0;
        if is_slow && io::stderr().is_terminal() {
            self.shown = true;
            // What the terminal refuses is nobody's loss.
            let _ = write!(io::stderr(), "\r{}: {} entries", self.table, self.entries);
        }
    }

    fn end(&self) {
        if self.shown {
            let _ = write!(
                io::stderr(),
                "\r{}: {} entries, writing\n",
                self.table,
                self.entries
            );
        }
    }
}

/// While this lives, root is the owner of the source.
struct AsOwner {
    changed: bool,
}

impl AsOwner {
    fn of(request: &Request, source: &Metadata, table: &str, path: &Path) -> Result<Self, IndexError> {
        if request.keeps_root || !source.is_file() || identity::effective_uid() != 0 {
            return Ok(Self { changed: false });
        }
        if source.uid() == 0 {
            let directory = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            if fs::metadata(directory).is_ok_and(|state| state.uid() != 0) {
                log::foreign_directory(table, &directory.display().to_string());
            }
            return Ok(Self { changed: false });
        }
        identity::set_effective(&Ids::new(source.uid(), source.gid())).map_err(|source| {
            IndexError::File {
                what: "become the owner of",
                path: path.display().to_string(),
                source,
            }
        })?;
        Ok(Self { changed: true })
    }
}

impl Drop for AsOwner {
    fn drop(&mut self) {
        if self.changed && identity::resume_root().is_err() {
            // Going on as someone else is safe; what needs root then fails with its own words.
            log::not_root_again();
        }
    }
}
