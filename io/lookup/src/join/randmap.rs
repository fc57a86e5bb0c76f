//! `randmap:{value, value …}`: one of the values, by chance, for every key.

use std::cell::Cell;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;

use crate::error::OpenError;
use crate::file::content;
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};
use crate::token;

struct RandMap {
    name: String,
    values: Vec<String>,
    /// Makes the dice: its keys are random, and the count makes each throw another.
    dice: RandomState,
    throws: Cell<u64>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let bad = || {
        opening.syntax(format!(
            "bad syntax: \"{}\"; need \"randmap:{{value...}}\"",
            opening.full_name()
        ))
    };
    let mut values = Vec::new();
    for item in config::split::list(token::unbrace(opening.name).map_err(|_| bad())?) {
        // As in Postfix, braces keep blanks in a value, and are part of it.
        values.push(if opening.usage.file_values {
            content::of_files(item)?
        } else {
            item.to_owned()
        });
    }
    if values.is_empty() {
        return Err(bad());
    }
    Ok(Rc::new(RandMap {
        name: opening.full_name(),
        values,
        dice: RandomState::new(),
        throws: Cell::new(0),
    }))
}

impl Table for RandMap {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, _key: &'a str) -> Lookup<'a> {
        let throw = self.throws.get().wrapping_add(1);
        self.throws.set(throw);
        let mut hasher = self.dice.build_hasher();
        hasher.write_u64(throw);
        let count = self.values.len() as u64;
        let index = usize::try_from(hasher.finish() % count).unwrap_or(0);
        Answer::Ready(Ok(self.values.get(index).cloned()))
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn every_value_comes_up() {
        let table = Tables::new(Settings::default())
            .try_open("randmap:{a, {b c}}", Use::GENERAL)
            .unwrap();

        let mut seen: Vec<_> = (0..100)
            .filter_map(|_| ready(table.lookup("x").get()).unwrap())
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen, ["a", "{b c}"]);
    }
}
