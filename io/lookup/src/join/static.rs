//! `static:value`: the same value for every key; `static:{ a value }` for one with white space.

use std::borrow::Cow;
use std::rc::Rc;

use crate::error::OpenError;
use crate::file::content;
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};
use crate::token;

struct Static {
    name: String,
    value: String,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let value = if opening.name.starts_with('{') {
        token::unbrace(opening.name)
            .map_err(|reason| opening.syntax(format!("bad static:name syntax: {reason}")))?
    } else {
        opening.name
    };
    let value = if opening.usage.file_values {
        Cow::Owned(content::of_files(value)?)
    } else {
        Cow::Borrowed(value)
    };
    Ok(Rc::new(Static {
        name: opening.full_name(),
        value: value.into_owned(),
    }))
}

impl Table for Static {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, _key: &'a str) -> Lookup<'a> {
        Answer::Ready(Ok(Some(self.value.clone())))
    }
}
