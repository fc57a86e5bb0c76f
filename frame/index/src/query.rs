//! Questions and deletions: the tables are opened, asked in order, and the answers written out.

use std::io::{self, BufRead, Write};
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::rc::Rc;

use lookup::{Database, Table, Tables, fold};
use tokio::runtime::Runtime;

use crate::{Dialect, IndexError, Request, log, output};

/// One run of a command, with its means to wait for servers.
pub struct Session<'a, D> {
    request: &'a Request,
    tables: &'a Rc<Tables>,
    runtime: Runtime,
    dialect: PhantomData<D>,
}

/// The longest line of standard input, in octets.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

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
        let opened = self.tables.open_database(table, self.request.usage());
        opened.map_err(IndexError::from)
    }

    /// The value under `key` in `table`, ready to be written. An empty value gets its warning here.
    ///
    /// # Errors
    /// The table could not tell.
    pub fn find(&self, table: &dyn Table, key: &str) -> Result<Option<Vec<u8>>, IndexError> {
        let found = self.runtime.block_on(table.lookup(key).get());
        match found.map_err(|error| IndexError::of_table(table, "query", error))? {
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
    fn decoded(&self, table: &dyn Table, key: &str, value: String) -> Result<Option<Vec<u8>>, IndexError> {
        if !self.request.file_values {
            return Ok(Some(value.into_bytes()));
        }
        data_encoding::BASE64
            .decode(value.as_bytes())
            .map(Some)
            .map_err(|_| {
                log::not_base64(table.name(), key, &value);
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
        let mut out = io::stdout().lock();
        output::entry(&mut out, key, D::BETWEEN, value, self.request.json).map_err(IndexError::Stream)
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
                    let mut out = io::stdout().lock();
                    let written = out.write_all(&value).and_then(|()| out.write_all(b"\n"));
                    written.map_err(IndexError::Stream)?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes key and value for each key of standard input that is found.
    pub(crate) fn query_input(&self) -> Result<bool, IndexError> {
        let tables = self.open()?;
        let mut found = false;
        self.each_line(&mut |key| {
            found |= self.query_opened(&tables, key)?;
            Ok(())
        })?;
        Ok(found)
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
        self.each_line(&mut |key| {
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
        let mut out = io::BufWriter::new(io::stdout().lock());
        for table in self.open()? {
            let mut written = Ok(());
            let listed = table.each(&mut |key, value| {
                let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
                written = self.list_entry(&mut out, &*table, &key, &value);
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
    pub(crate) fn add(&self, database: &dyn Database, key: &str, value: &str) -> Result<(), IndexError> {
        let known = self.request.known;
        if known != crate::Known::Replace {
            let there = self.runtime.block_on(database.lookup(key).get());
            if there
                .map_err(|error| IndexError::of_table(database, "query", error))?
                .is_some()
            {
                if known == crate::Known::Warn {
                    let shown = if self.request.fold { fold(key) } else { key.into() };
                    log::duplicate(database.name(), &shown);
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
    fn each_line(&self, work: &mut dyn FnMut(&str) -> Result<(), IndexError>) -> Result<(), IndexError> {
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = io::Read::take(&mut input, LONGEST_LINE).read_until(b'\n', &mut line);
            if read.map_err(IndexError::Stream)? == 0 {
                return Ok(());
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            // Text that is not UTF-8 is no key of any table.
            if let Ok(key) = std::str::from_utf8(text) {
                work(key)?;
            }
        }
    }
}
