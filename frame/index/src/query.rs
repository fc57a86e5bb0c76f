//! Questions and deletions: the tables are opened, asked in order, and the answers written out.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, BufWriter, Read, Stdout, Write};
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::rc::Rc;

use lookup::source::printable;
use lookup::{Answer, Database, OpenError, Table, Tables, fold_if};
use tokio::runtime::Runtime;

use crate::{Dialect, IndexError, Operation, Request, log, output};

/// One run of a command, with its means to wait for servers.
pub struct Session<'a, D> {
    request: &'a Request,
    tables: &'a Rc<Tables>,
    runtime: Runtime,
    out: RefCell<BufWriter<Stdout>>,
    dialect: PhantomData<D>,
}

/// How much of standard input is read at once.
const BATCH_OCTETS: usize = 16 * 1024 * 1024;
/// How many keys a table behind a peer is asked for at once.
const TOGETHER: usize = 100;
/// How much of standard output is written at once.
const OUTPUT_OCTETS: usize = 64 * 1024;
/// The longest line of standard input, in octets.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

impl<'a, D: Dialect> Session<'a, D> {
    /// Prepares for `request`; opens nothing yet.
    ///
    /// # Errors
    /// The system has no more descriptors.
    pub fn new(request: &'a Request, tables: &'a Rc<Tables>) -> Result<Self, IndexError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(IndexError::EventLoop)?;
        Ok(Self {
            request,
            tables,
            runtime,
            out: RefCell::new(BufWriter::with_capacity(OUTPUT_OCTETS, io::stdout())),
            dialect: PhantomData,
        })
    }

    /// Opens the tables of the request.
    ///
    /// # Errors
    /// A table that can not be opened.
    pub fn open(&self) -> Result<Vec<Rc<dyn Table>>, IndexError> {
        let usage = self.request.usage();
        let opened = self
            .request
            .tables
            .iter()
            .map(|table| self.tables.try_open(table, usage));
        opened.collect::<Result<_, _>>().map_err(IndexError::from)
    }

    pub(crate) fn open_database(&self, table: &str) -> Result<Rc<dyn Database>, IndexError> {
        let (kind, path) = table.split_once(':').unwrap_or(("", table));
        let is_adding = self.request.operation == Operation::Increment;
        match kind {
            // Nothing is removed from a file that is not there, and none is made for it.
            "hash" | "btree" | "dbm" | "sdbm" if !is_adding => {
                drop(self.tables.try_open(table, self.request.usage())?)
            }
            "texthash" | "internal" if is_adding => return Err(OpenError::NotBuilt(kind.to_owned()).into()),
            "cdb" => return Err(IndexError::NotChanged(table.to_owned())),
            // These are opened by whoever wants to change them, and then can not be.
            "static" | "environ" => {
                let what = if is_adding { "update" } else { "delete" };
                drop(self.tables.try_open(table, self.request.usage())?);
                return Err(IndexError::Unable(format!(
                    "table {kind}:{path}: {what} operation is not supported"
                )));
            }
            _ => {}
        }
        let opened = self.tables.open_database(table, self.request.usage());
        opened.map_err(IndexError::from)
    }

    /// A table of type `fail:` is built: nothing can be written to it.
    pub(crate) fn write_nothing(&self, table: &str) -> Result<(), IndexError> {
        let database = self.open_database(table)?;
        self.replace(&*database, "key", "value")
    }

    /// The value under `key` in `table`, ready to be written. An empty value gets its warning here.
    ///
    /// # Errors
    /// The table could not tell.
    pub fn find(&self, table: &dyn Table, key: &str) -> Result<Option<Vec<u8>>, IndexError> {
        // Most tables answer at once, and need no event loop.
        let found = match table.lookup(key) {
            Answer::Ready(found) => found,
            later => self.runtime.block_on(later.get()),
        };
        let found = found.map_err(|error| IndexError::of_table(table, "query", error))?;
        let told = self.told(table, key, found.as_deref())?;
        Ok(told.map(Cow::into_owned))
    }

    fn told<'v>(
        &self,
        table: &dyn Table,
        key: &str,
        found: Option<&'v str>,
    ) -> Result<Option<Cow<'v, [u8]>>, IndexError> {
        match found {
            None => Ok(None),
            Some(value) => {
                if value.is_empty() {
                    log::empty_value(table.name(), key);
                }
                self.decoded(table, key, value)
            }
        }
    }

    /// With `-F`, the content behind a stored value.
    fn decoded<'v>(
        &self,
        table: &dyn Table,
        key: &str,
        value: &'v str,
    ) -> Result<Option<Cow<'v, [u8]>>, IndexError> {
        if !self.request.file_values {
            return Ok(Some(Cow::Borrowed(value.as_bytes())));
        }
        data_encoding::BASE64
            .decode(value.as_bytes())
            .map(|content| Some(Cow::Owned(content)))
            .map_err(|_| {
                log::not_base64(table.name(), key, value);
                IndexError::Table {
                    table: table.name().to_owned(),
                    what: "query",
                    reason: None,
                }
            })
    }

    /// Writes one entry found for `key`.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn print(&self, key: &str, value: &[u8]) -> Result<(), IndexError> {
        let mut out = self.out.borrow_mut();
        output::entry(&mut *out, key, D::BETWEEN, value, self.request.json).map_err(IndexError::Stream)
    }

    /// Writes the first value found for `key`.
    pub(crate) fn query(&self, key: &str) -> Result<bool, IndexError> {
        let usage = self.request.usage();
        for name in &self.request.tables {
            let opened = self.tables.try_open(name, usage);
            let table = opened.map_err(IndexError::from)?;
            if let Some(value) = self.find(&*table, key)? {
                if self.request.json {
                    self.print(key, &value)?;
                } else {
                    let mut out = self.out.borrow_mut();
                    let written = out.write_all(&value).and_then(|()| out.write_all(b"\n"));
                    written.map_err(IndexError::Stream)?;
                }
                self.flush()?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes key and value for each key of standard input that is found.
    pub(crate) fn query_input(&self) -> Result<bool, IndexError> {
        let tables = self.open()?;
        let names: Vec<&str> = tables.iter().map(|table| table.name()).collect();
        let mut found = false;
        self.each_batch(&names, &mut |keys| {
            found |= self.query_batch(&tables, keys)?;
            Ok(())
        })?;
        Ok(found)
    }

    /// Asks for keys that came together. An indexed file is asked for all of them at once; what goes wrong then comes up
    /// again, and is told, at its key.
    fn query_batch(&self, tables: &[Rc<dyn Table>], keys: &[&str]) -> Result<bool, IndexError> {
        let mut found = false;
        if let [table] = tables
            && let Some(Ok(values)) = table.lookup_many(keys)
        {
            for (key, value) in keys.iter().zip(values.values()) {
                if let Some(value) = self.told(&**table, key, value)? {
                    self.print(key, &value)?;
                    found = true;
                }
            }
            return Ok(found);
        }
        for keys in keys.chunks(TOGETHER) {
            if let [table] = tables
                && let Some(told) = self.query_together(&**table, keys)
            {
                found |= told?;
                continue;
            }
            for key in keys {
                found |= self.query_opened(tables, key)?;
            }
        }
        Ok(found)
    }

    /// Several keys under way to a table behind a peer; the answers are told in their order, up to the first that can not
    /// be.
    fn query_together(&self, table: &dyn Table, keys: &[&str]) -> Option<Result<bool, IndexError>> {
        let answers = self.runtime.block_on(table.ask_many(keys)?);
        let mut found = false;
        for (key, answer) in keys.iter().zip(answers) {
            let told = answer
                .map_err(|error| IndexError::of_table(table, "query", error))
                .and_then(|value| match self.told(table, key, value.as_deref())? {
                    Some(value) => self.print(key, &value).map(|()| true),
                    None => Ok(false),
                });
            match told {
                Ok(one) => found |= one,
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(found))
    }

    /// Writes the first value that one of `tables` has for `key`; true when there is one.
    ///
    /// # Errors
    /// A table could not tell, or standard output is gone.
    pub fn query_opened(&self, tables: &[Rc<dyn Table>], key: &str) -> Result<bool, IndexError> {
        for table in tables {
            if let Some(value) = self.find(&**table, key)? {
                self.print(key, &value)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes `key` from each table.
    pub(crate) fn delete(&self, key: &str) -> Result<bool, IndexError> {
        let mut found = false;
        for name in &self.request.tables {
            found |= self.remove(&*self.open_database(name)?, key)?;
        }
        Ok(found)
    }

    /// Removes the keys of standard input from each table.
    pub(crate) fn delete_input(&self) -> Result<bool, IndexError> {
        let databases = self.request.tables.iter().map(|name| self.open_database(name));
        let databases: Vec<_> = databases.collect::<Result<_, _>>()?;
        let mut found = false;
        let names: Vec<&str> = databases.iter().map(|database| database.name()).collect();
        self.each_line(&names, &mut |key| {
            for database in &databases {
                found |= self.remove(&**database, key)?;
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn remove(&self, database: &dyn Database, key: &str) -> Result<bool, IndexError> {
        let removed = self.runtime.block_on(database.delete(key).get());
        removed.map_err(|error| IndexError::of_table(database, "delete", error))
    }

    /// Writes all entries of each table.
    pub(crate) fn list(&self) -> Result<bool, IndexError> {
        let mut out = self.out.borrow_mut();
        for table in self.open()? {
            let mut written = Ok(());
            let listed = table.each(&mut |key, value| {
                let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
                written = self.list_entry(&mut *out, &*table, &key, &value);
                if written.is_ok() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            listed.map_err(|error| IndexError::of_table(&*table, "sequence", error))?;
            written.map_err(IndexError::Stream)?;
        }
        out.flush().map_err(IndexError::Stream)?;
        Ok(true)
    }

    fn list_entry(&self, out: &mut impl Write, table: &dyn Table, key: &str, value: &str) -> io::Result<()> {
        if key.is_empty() {
            log::empty_key(table.name());
        } else if value.is_empty() {
            log::empty_value(table.name(), key);
        }
        let json = self.request.json;
        if !self.request.file_values {
            return output::entry(out, key, D::BETWEEN, value.as_bytes(), json);
        }
        match data_encoding::BASE64.decode(value.as_bytes()) {
            Ok(content) => output::entry(out, key, D::BETWEEN, &content, json),
            Err(_) => {
                log::not_base64(table.name(), key, value);
                Ok(())
            }
        }
    }

    /// Adds one entry as the request's `known` says.
    pub(crate) fn add(
        &self,
        database: &dyn Database,
        title: &str,
        key: &str,
        value: &str,
    ) -> Result<(), IndexError> {
        let known = self.request.known;
        // Nothing is found in a table that always fails, and nothing stored.
        if known != crate::Known::Replace && !database.name().starts_with("fail:") {
            let there = self.runtime.block_on(database.lookup(key).get());
            if there
                .map_err(|error| IndexError::of_table(database, "query", error))?
                .is_some()
            {
                if known == crate::Known::Warn {
                    let shown = fold_if(self.request.folding(), key);
                    log::duplicate(title, &shown);
                }
                return Ok(());
            }
        }
        let stored = self.runtime.block_on(database.update(key, value).get());
        stored.map_err(|error| IndexError::of_table(database, "write", error))
    }

    /// Replaces one entry, whatever is there.
    pub(crate) fn replace(&self, database: &dyn Database, key: &str, value: &str) -> Result<(), IndexError> {
        let stored = self.runtime.block_on(database.update(key, value).get());
        stored.map_err(|error| IndexError::of_table(database, "write", error))
    }

    /// Calls `work` with each line of standard input, without its line end.
    fn each_line(
        &self,
        tables: &[&str],
        work: &mut dyn FnMut(&str) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        self.each_batch(tables, &mut |lines| lines.iter().try_for_each(|line| work(line)))
    }

    /// Calls `work` with the lines of standard input that are there at once, without their line ends. What was written goes
    /// out before more is waited for, so that a program can ask and listen in turns. `tables` are named where a line is no
    /// text.
    fn each_batch(
        &self,
        tables: &[&str],
        work: &mut dyn FnMut(&[&str]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut input = io::stdin().lock();
        let mut waiting: Vec<u8> = Vec::new();
        let mut is_end = false;
        while !is_end {
            self.flush()?;
            let before = waiting.len();
            waiting.resize(before + BATCH_OCTETS, 0);
            let read = input.read(waiting.get_mut(before..).unwrap_or_default());
            let read = read.map_err(IndexError::Stream)?;
            waiting.truncate(before + read);
            is_end = read == 0;
            // A line without its end waits for the rest of it, to a limit.
            let whole = match memchr::memrchr(b'\n', &waiting) {
                Some(end) if !is_end => end + 1,
                None if !is_end && waiting.len() < LONGEST_LINE => continue,
                _ => waiting.len(),
            };
            let lines = waiting.get(..whole).unwrap_or_default();
            let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
            if whole > 0 {
                self.batch(tables, lines, work)?;
            }
            waiting.drain(..whole);
        }
        self.flush()
    }

    fn batch(
        &self,
        tables: &[&str],
        lines: &[u8],
        work: &mut dyn FnMut(&[&str]) -> Result<(), IndexError>,
    ) -> Result<(), IndexError> {
        let mut keys = Vec::new();
        for line in lines.split(|octet| *octet == b'\n') {
            match std::str::from_utf8(line) {
                Ok(key) => keys.push(key),
                // Such a key is in no table, and may be asked for.
                Err(_) if !self.request.utf8 => {}
                Err(_) => {
                    work(&keys)?;
                    keys.clear();
                    tables
                        .iter()
                        .for_each(|table| log::key_is_no_text(table, &printable(line)));
                }
            }
        }
        work(&keys)
    }

    /// Writes out what was held back.
    ///
    /// # Errors
    /// Standard output is gone.
    pub fn flush(&self) -> Result<(), IndexError> {
        self.out.borrow_mut().flush().map_err(IndexError::Stream)
    }
}
