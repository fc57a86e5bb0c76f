//! `texthash:/path`: the source of an indexed table, read into memory without an index.

use std::cell::Cell;
use std::collections::HashMap;
use std::collections::hash_map;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::file::content;
use crate::file::text::{Parsed, Reading};
use crate::fold::{Folding, fold_if};
use crate::log;
use crate::registry::Opening;
use crate::source::{LineError, entry, logical_lines_of};
use crate::table::{Answer, Keys, Lookup, Table, Visit};

struct TextHash {
    entries: Parsed<HashMap<String, String>>,
    fold: Folding,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let (folding, file_values) = (opening.folding(), opening.usage.file_values);
    let entries = Parsed::open(opening, move |text, file| {
        Ok(parse(text, file, folding, file_values))
    })?;
    Ok(Rc::new(TextHash {
        entries,
        fold: folding,
    }))
}

/// The entries of a source; a line that is none gets a warning.
pub(crate) fn entries<'a>(
    text: &'a [u8],
    file: &'a str,
    file_values: bool,
    fault: &'a Cell<Option<String>>,
) -> impl Iterator<Item = (String, String)> + 'a {
    logical_lines_of(text, file).filter_map(move |line| {
        let note = |reason: &str| log::bad_line(file, line.number, reason);
        let warn = |reason: &str| {
            note(reason);
            let first = fault.take();
            fault.set(first.or_else(|| Some(format!("{file}, line {}: {reason}", line.number))));
        };
        let parsed = match entry(&line.text) {
            Ok(parsed) => parsed,
            Err(error @ LineError::NoValue) => {
                warn(&format!("{error} -- ignoring this line"));
                return None;
            }
            Err(error) => {
                warn(&error.to_string());
                return None;
            }
        };
        if parsed.looks_like_alias() {
            note("record is in \"key: value\" format; is this an alias file?");
        }
        if !file_values {
            return Some((parsed.key.to_owned(), parsed.value.to_owned()));
        }
        match content::of_files(parsed.value) {
            Ok(value) => Some((parsed.key.to_owned(), value)),
            Err(error) => {
                warn(&format!("{error}: skipping this entry"));
                None
            }
        }
    })
}

/// The source in memory. The first of two equal keys stays.
pub(crate) fn parse(
    text: &[u8],
    file: &str,
    folding: Folding,
    file_values: bool,
) -> Reading<HashMap<String, String>> {
    let mut parsed = HashMap::new();
    let fault = Cell::new(None);
    for (key, value) in entries(text, file, file_values, &fault) {
        match parsed.entry(fold_if(folding, &key).into_owned()) {
            hash_map::Entry::Vacant(place) => {
                place.insert(value);
            }
            // Difference: Postfix makes the whole table unavailable for a daemon, and warns in postmap.
            hash_map::Entry::Occupied(place) => log::duplicate_entry(file, place.key()),
        }
    }
    Reading {
        parsed,
        fault: fault.into_inner(),
    }
}

impl Table for TextHash {
    fn name(&self) -> &str {
        self.entries.name()
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Ready(Ok(self.entries.current().get(&*fold_if(self.fold, key)).cloned()))
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        for (key, value) in &*self.entries.current() {
            if visit(key.as_bytes(), value.as_bytes()).is_break() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_equal_keys_stays() {
        let entries = parse(
            b"# c\nA  one\n  more\na two\n\"x y\"@z w\nlonely\n",
            "test",
            Folding::Unicode,
            false,
        );
        assert!(entries.fault.unwrap().starts_with("test, line 6: "));
        let entries = entries.parsed;

        assert_eq!(entries.get("a").map(String::as_str), Some("one  more"));
        assert_eq!(entries.get("\"x y\"@z").map(String::as_str), Some("w"));
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_missing_one_is_remembered() {
        let path = std::env::temp_dir().join(format!("lookup-texthash-{}", std::process::id()));
        std::fs::write(&path, "a 1\n").unwrap();
        let tables = crate::Tables::new(crate::Settings::default());
        let name = format!("texthash:{}", path.display());
        let opening = tables.opening(&name, crate::Use::GENERAL).unwrap();
        let parse = |text: &[u8], file: &str| Ok(parse(text, file, Folding::Unicode, false));
        let table = TextHash {
            entries: Parsed::open(&opening, parse).unwrap(),
            fold: Folding::Unicode,
        };
        let value = |key: &str| crate::table::ready(table.lookup(key).get()).unwrap();

        std::fs::write(&path, "a 22\n").unwrap();
        assert_eq!(value("a").as_deref(), Some("1"));
        table.entries.look_again();
        assert_eq!(value("a").as_deref(), Some("22"));
        let told = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = std::rc::Rc::clone(&told);
        tables.when_stale(move || count.set(count.get() + 1));
        for _ in 0..2 {
            let _ = std::fs::remove_file(&path);
            table.entries.look_again();
            assert_eq!(value("a").as_deref(), Some("22"));
            assert_eq!(told.get(), 1);
        }
    }
}
