//! `inline:{ key=value, { key = long value } }`: a small table written in the parameter itself.

use std::collections::HashMap;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::file::content;
use crate::fold::{Folding, fold_if};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table, Visit};
use crate::token;

struct Inline {
    name: String,
    fold: Folding,
    entries: HashMap<String, String>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let need = match opening.usage.file_values {
        true => "need \"inline:{name=filename...}\"",
        false => "need \"inline:{name=value...}\"",
    };
    let bad = |reason: &str| opening.syntax(format!("{reason}: \"{}\"; {need}", opening.full_name()));
    let no_braces = |_| bad("bad syntax");
    let inside = token::unbrace(opening.name).map_err(no_braces)?;
    let mut entries = HashMap::new();
    for item in config::split::list(inside) {
        let pair = if item.starts_with('{') {
            token::unbrace(item).map_err(|reason| bad(&reason))?
        } else {
            item
        };
        let (key, value) = token::name_value(pair).map_err(bad)?;
        let value = if opening.usage.file_values {
            content::of_files(value).map_err(|error| bad(&error.to_string()))?
        } else {
            value.to_owned()
        };
        entries.insert(fold_if(opening.folding(), key).into_owned(), value);
    }
    if entries.is_empty() {
        let is_bare = opening.name == "{}";
        return Err(bad(if is_bare { "bad syntax" } else { "empty table" }));
    }
    Ok(Rc::new(Inline {
        name: opening.full_name(),
        fold: opening.folding(),
        entries,
    }))
}

impl Table for Inline {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(Ok(self.entries.get(&*fold_if(self.fold, key)).cloned()))
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        for (key, value) in &self.entries {
            if visit(key.as_bytes(), value.as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn entries_may_be_short_or_in_braces() {
        let tables = Tables::new(Settings::default());
        let table = tables
            .try_open("inline:{ A=b, {c = d e}, x= }", Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("a", Some("b")),
            ("A", Some("b")),
            ("c", Some("d e")),
            ("x", Some("")),
            ("y", None),
        ] {
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
        for bad in ["inline:{}", "inline:a=b", "inline:{a}", "inline:{a=b"] {
            assert!(tables.try_open(bad, Use::GENERAL).is_err(), "{bad}");
        }
    }
}
