//! An ordered list of tables, as parameters such as `alias_maps` name them. The first that has the key wins;
//! the first that can not tell ends the search.

use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::log;
use crate::observed::{Observer, observed};
use crate::registry::{Tables, Use};
use crate::table::{Keys, Table};

/// The tables of one parameter, in order.
#[derive(Clone)]
pub struct Maps {
    title: Rc<str>,
    tables: Rc<[Rc<dyn Table>]>,
    usage: Use,
}

impl Maps {
    /// A list without tables, which holds no key.
    pub fn empty(title: &str) -> Self {
        Self {
            title: title.into(),
            tables: Rc::from([]),
            usage: Use::GENERAL,
        }
    }

    /// The given tables in the given order.
    pub fn of(title: &str, tables: Vec<Rc<dyn Table>>) -> Self {
        Self {
            title: title.into(),
            tables: tables.into(),
            usage: Use::GENERAL,
        }
    }

    /// The same list, with every search in it told to `observer`.
    #[must_use]
    pub fn observed(&self, observer: &Rc<dyn Observer>) -> Self {
        let tables = self.tables.iter().map(|table| {
            let parameter = Some(Rc::clone(&self.title));
            observed(Rc::clone(table), parameter, self.usage, observer)
        });
        Self {
            title: Rc::clone(&self.title),
            tables: tables.collect(),
            usage: self.usage,
        }
    }

    /// Opens each table named in `text`. One that can not be opened is logged, and stays as one that can not tell.
    ///
    /// # Errors
    /// An item that is not `type:name`.
    pub fn open(tables: &Rc<Tables>, title: &str, text: &str, usage: Use) -> Result<Self, OpenError> {
        let mut opened = Vec::new();
        for item in config::split::list(text) {
            if item.starts_with('#') {
                log::comment_in_list(title, item);
            }
            opened.push(tables.open(item, usage)?);
        }
        Ok(Self {
            title: title.into(),
            tables: opened.into(),
            usage,
        })
    }

    /// True when the parameter names no table.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The parameter's name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The tables in order.
    pub fn tables(&self) -> &[Rc<dyn Table>] {
        &self.tables
    }

    /// Searches all tables for the full text of `key`.
    ///
    /// # Errors
    /// A table could not tell, or gave an empty value; logged here already.
    pub async fn get(&self, key: &str) -> Result<Option<String>, LookupError> {
        self.search(key, |_| true).await
    }

    /// Searches for a part of an address or name, which tables with patterns are not asked for.
    ///
    /// # Errors
    /// As [`Maps::get`].
    pub async fn get_part(&self, key: &str) -> Result<Option<String>, LookupError> {
        self.search(key, |keys| keys == Keys::Fixed).await
    }

    /// Searches only tables of the one kind of keys.
    ///
    /// # Errors
    /// As [`Maps::get`].
    pub async fn get_only(&self, key: &str, only: Keys) -> Result<Option<String>, LookupError> {
        self.search(key, |keys| keys == only).await
    }

    /// Searches tables opened with `file_values`: the content of the file that the value names.
    ///
    /// # Errors
    /// As [`Maps::get`], or the stored content is not base64.
    pub async fn get_file(&self, key: &str) -> Result<Option<Vec<u8>>, LookupError> {
        let Some(value) = self.get(key).await? else {
            return Ok(None);
        };
        if !self.usage.file_values {
            return Ok(Some(value.into_bytes()));
        }
        let content = data_encoding::BASE64.decode(value.as_bytes());
        content.map(Some).map_err(|error| {
            let table = format!("{}: {key}", self.title);
            LookupError::content(&table, format!("malformed base64 value: {error}"))
        })
    }

    async fn search(&self, key: &str, wanted: impl Fn(Keys) -> bool) -> Result<Option<String>, LookupError> {
        if key.is_empty() {
            return Ok(None);
        }
        for table in self.tables.iter().filter(|table| wanted(table.keys())) {
            match table.lookup(key).get().await {
                Ok(None) => {}
                Ok(Some(value)) if value.is_empty() => {
                    log::empty_value(&self.title, key);
                    return Err(LookupError::content(table.name(), "empty value"));
                }
                Ok(found) => return Ok(found),
                Err(error) => {
                    log::lookup_error(table.name(), key, &error);
                    return Err(error);
                }
            }
        }
        Ok(None)
    }
}

/// A value of the table `table` as text.
///
/// # Errors
/// It is not UTF-8.
pub(crate) fn text_value(table: &str, key: &str, value: Vec<u8>) -> Result<String, LookupError> {
    String::from_utf8(value).map_err(|error| {
        let shown = crate::source::printable(error.as_bytes());
        let reason =
            format!("key \"{key}\": non-UTF-8 value \"{shown}\": malformed UTF-8 or invalid codepoint");
        LookupError::content(table, reason)
    })
}
