//! `internal:name`: a table in the memory of this process, empty at first and lost at the end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::fold::{Folding, fold_if};
use crate::registry::Opening;
use crate::table::{Answer, Database, KeyValue, Keys, Lookup, Table, Visit};

struct Internal {
    name: String,
    fold: Folding,
    entries: RefCell<BTreeMap<String, String>>,
}

fn new(opening: &Opening<'_>) -> Rc<Internal> {
    let entries = RefCell::new(BTreeMap::new());
    Rc::new(Internal {
        name: opening.full_name(),
        fold: opening.folding(),
        entries,
    })
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    Ok(new(opening))
}

pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    Ok(new(opening))
}

impl Table for Internal {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(Ok(self.entries.borrow().get(&*fold_if(self.fold, key)).cloned()))
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        for (key, value) in &*self.entries.borrow() {
            if visit(key.as_bytes(), value.as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Database for Internal {
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()> {
        self.entries
            .borrow_mut()
            .insert(fold_if(self.fold, key).into_owned(), value.to_owned());
        Answer::Ready(Ok(()))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Answer::Ready(Ok(self
            .entries
            .borrow_mut()
            .remove(&*fold_if(self.fold, key))
            .is_some()))
    }

    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        let begin = key.map_or(Bound::Unbounded, |key| {
            Bound::Excluded(fold_if(self.fold, key).into_owned())
        });
        let entries = self.entries.borrow();
        let next = entries.range((begin, Bound::Unbounded)).next();
        Answer::Ready(Ok(next.map(|(key, value)| (key.clone(), value.clone()))))
    }
}
