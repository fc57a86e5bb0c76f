//! `fail:name`: a table that never can tell, for tests of everything that uses tables.

use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::registry::Opening;
use crate::table::{Answer, Database, KeyValue, Keys, Lookup, Table, Visit};

struct Fail {
    name: String,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    Ok(Rc::new(Fail {
        name: opening.full_name(),
    }))
}

pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    Ok(Rc::new(Fail {
        name: opening.full_name(),
    }))
}

impl Fail {
    fn error(&self) -> LookupError {
        LookupError::failed(&self.name, "")
    }
}

impl Table for Fail {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, _key: &'a str) -> Lookup<'a> {
        Answer::Ready(Err(self.error()))
    }

    fn each(&self, _visit: &mut Visit<'_>) -> Result<(), LookupError> {
        Err(self.error())
    }
}

impl Database for Fail {
    fn update<'a>(&'a self, _key: &'a str, _value: &'a str) -> Answer<'a, ()> {
        Answer::Ready(Err(self.error()))
    }

    fn delete<'a>(&'a self, _key: &'a str) -> Answer<'a, bool> {
        Answer::Ready(Err(self.error()))
    }

    fn after<'a>(&'a self, _key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        Answer::Ready(Err(self.error()))
    }
}
