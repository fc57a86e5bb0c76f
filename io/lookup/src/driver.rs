//! A table type that lives in another room: the database drivers, which only proxymap and the commands that ask tables
//! bring along.

use std::rc::Rc;

use crate::error::OpenError;
use crate::registry::Opening;
use crate::table::{Database, Table};

/// One table type with what its tables share: connections, for one.
pub trait Driver {
    /// The table type: `mysql`.
    fn kind(&self) -> &'static str;

    /// Opens a table.
    ///
    /// # Errors
    /// Its settings can not be read, or the use is not safe.
    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError>;

    /// Opens a table for changes.
    ///
    /// # Errors
    /// As [`Driver::open`], and for types that can not be changed.
    fn open_database(&self, opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
        Err(OpenError::ReadOnly(opening.full_name()))
    }
}
