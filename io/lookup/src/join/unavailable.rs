//! What stands in the place of a table that could not be opened: every search could not tell.

use crate::error::LookupError;
use crate::table::{Answer, Keys, Lookup, Table};

/// A table that is not there.
pub(crate) struct Unavailable {
    name: String,
    reason: String,
}

impl Unavailable {
    /// `name` as configured, and why it is not there.
    pub(crate) fn new(name: &str, reason: String) -> Self {
        Self {
            name: name.to_owned(),
            reason,
        }
    }
}

impl Table for Unavailable {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, _key: &'a str) -> Lookup<'a> {
        Answer::Ready(Err(LookupError::Unavailable {
            table: self.name.clone(),
            reason: self.reason.clone(),
        }))
    }
}
