//! `environ:`: the environment of this process.

use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::fold::{Folding, fold_if};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table, Visit};

struct Environ {
    name: String,
    fold: Folding,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    Ok(Rc::new(Environ {
        name: opening.full_name(),
        fold: opening.folding(),
    }))
}

impl Table for Environ {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let key = fold_if(self.fold, key);
        // The standard library panics on names that no variable can have.
        if key.is_empty() || key.contains(['=', '\0']) {
            return Answer::Ready(Ok(None));
        }
        Answer::Ready(match std::env::var(&*key) {
            Ok(value) => Ok(Some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(error) => Err(LookupError::content(&self.name, error)),
        })
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        for (key, value) in std::env::vars_os() {
            if visit(key.as_bytes(), value.as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }
}
