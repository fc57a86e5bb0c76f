//! Tables and lists that tell what is searched in them and what was found: for explanations, which must show why.
//!
//! Either all of them are observed, when [`Tables::observe`] was called before they were opened, or the tables of one
//! parameter for one question ([`crate::Maps::observed`]). Otherwise nothing is, and nothing costs.

use std::cell::RefCell;
use std::rc::Rc;

use crate::error::LookupError;
use crate::fold::{Folding, fold_if};
use crate::maps::Maps;
use crate::registry::{Tables, Use};
use crate::source::{entry, logical_lines};
use crate::table::{Answer, Keys, Lookup, Table, Visit};

/// Who is told of every search.
pub trait Observer {
    /// A table was asked for a key, and said this.
    fn searched(&self, search: &Search<'_>, answer: &Result<Option<String>, LookupError>);

    /// A list was asked for a text; `pattern` is the item that matched, as it stands in the list.
    fn compared(&self, list: &str, text: &str, pattern: Option<&str>);
}

/// A table and the key it was asked for.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// `type:name`.
    pub table: &'a str,
    /// The key. For a table with patterns it is the text that was searched.
    pub key: &'a str,
    /// The parameter that names the table, where its tables alone are observed.
    pub parameter: Option<&'a str>,
    usage: Use,
}

/// A table that is observed.
struct Observed {
    table: Rc<dyn Table>,
    parameter: Option<Rc<str>>,
    usage: Use,
    observer: Rc<dyn Observer>,
}

/// `table`, with every search told to `observer`.
pub(crate) fn observed(
    table: Rc<dyn Table>,
    parameter: Option<Rc<str>>,
    usage: Use,
    observer: &Rc<dyn Observer>,
) -> Rc<dyn Table> {
    Rc::new(Observed {
        table,
        parameter,
        usage,
        observer: Rc::clone(observer),
    })
}

impl Observed {
    fn tell(&self, key: &str, answer: &Result<Option<String>, LookupError>) {
        let search = Search {
            table: self.table.name(),
            key,
            parameter: self.parameter.as_deref(),
            usage: self.usage,
        };
        self.observer.searched(&search, answer);
    }
}

impl Table for Observed {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn keys(&self) -> Keys {
        self.table.keys()
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        match self.table.lookup(key) {
            Answer::Ready(answer) => {
                self.tell(key, &answer);
                Answer::Ready(answer)
            }
            Answer::Later(future) => Answer::Later(Box::pin(async move {
                let answer = future.await;
                self.tell(key, &answer);
                answer
            })),
        }
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        self.table.each(visit)
    }
}

/// Octets of a file in which a row is looked for again.
const LONGEST_SOURCE: u64 = 4 << 20;

impl Search<'_> {
    /// Where a row that was found stands: `/path, line 7` of the table itself, or of the text that an indexed table is
    /// made of. `None` where there is no such file, it may not be read, or it says something else than the table.
    #[must_use]
    pub fn place(&self, value: &str) -> Option<String> {
        let (kind, path) = self.table.split_once(':')?;
        if !path.starts_with('/') {
            return None;
        }
        let pattern = matches!(kind, "regexp" | "pcre" | "cidr");
        let indexed = matches!(
            kind,
            "hash" | "btree" | "lmdb" | "cdb" | "sdbm" | "dbm" | "texthash"
        );
        if !pattern && !indexed {
            return None;
        }
        let size = std::fs::metadata(path).ok()?.len();
        let content = (size <= LONGEST_SOURCE).then(|| std::fs::read(path).ok())??;
        let line = if pattern {
            self.line_of_pattern(kind, &content)
        } else {
            self.line_of_entry(&content, value)
        };
        line.map(|line| format!("{path}, line {line}"))
    }

    fn line_of_entry(&self, content: &[u8], value: &str) -> Option<u64> {
        // What folds differently beyond ASCII is told without its line.
        let folding = if self.usage.fold {
            Folding::Unicode
        } else {
            Folding::None
        };
        let key = fold_if(folding, self.key);
        let mut lines = logical_lines(content);
        lines.find_map(|line| {
            let entry = entry(&line.text).ok()?;
            let fits = fold_if(folding, entry.key) == key && entry.value == value;
            fits.then_some(line.number)
        })
    }

    /// The least number of lines that, as a table of their own, have the key: the last of them decides.
    fn line_of_pattern(&self, kind: &str, content: &[u8]) -> Option<u64> {
        let lines: Vec<(u64, String)> = logical_lines(content)
            .map(|line| (line.number, String::from_utf8_lossy(&line.text).trim().to_owned()))
            .collect();
        let tables = Tables::new(crate::registry::Settings::default());
        let has = |count: usize| -> Option<bool> {
            let rules: Vec<String> = lines
                .iter()
                .take(count)
                .map(|(_, text)| format!("{{{text}}}"))
                .collect();
            let table = tables
                .try_open(&format!("{kind}:{{{}}}", rules.join(", ")), self.usage)
                .ok()?;
            match table.lookup(self.key) {
                Answer::Ready(Ok(found)) => Some(found.is_some()),
                _ => None,
            }
        };
        // Braces inside an expression may make the whole unreadable in this form; then no line is told.
        let (mut without, mut with) = (0, lines.len());
        if !has(with)? {
            return None;
        }
        while with - without > 1 {
            let middle = without.midpoint(with);
            if has(middle)? {
                with = middle;
            } else {
                without = middle;
            }
        }
        lines.get(without).map(|(number, _)| *number)
    }
}

/// A row that decided something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The parameter that names the table.
    pub parameter: String,
    /// The table, as `type:name`.
    pub table: String,
    /// The key that was found.
    pub key: String,
    /// What stands behind it.
    pub value: String,
}

/// An observer that keeps the rows that were found, in order.
#[derive(Debug, Default)]
pub struct Rows(RefCell<Vec<Row>>);

impl Rows {
    /// No row yet.
    #[must_use]
    pub fn begin() -> Rc<Self> {
        Rc::default()
    }

    /// The same tables, with what is found in them kept here.
    #[must_use]
    pub fn watch(self: &Rc<Self>, maps: &Maps) -> Maps {
        let observer: Rc<dyn Observer> = Rc::<Self>::clone(self);
        maps.observed(&observer)
    }

    /// What was found since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Row> {
        self.0.take()
    }
}

impl Observer for Rows {
    fn searched(&self, search: &Search<'_>, answer: &Result<Option<String>, LookupError>) {
        if let Ok(Some(value)) = answer {
            self.0.borrow_mut().push(Row {
                parameter: search.parameter.unwrap_or_default().to_owned(),
                table: search.table.to_owned(),
                key: search.key.to_owned(),
                value: value.clone(),
            });
        }
    }

    fn compared(&self, _list: &str, _text: &str, _pattern: Option<&str>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;

    #[derive(Default)]
    struct Told(RefCell<Vec<String>>);

    impl Observer for Told {
        fn searched(&self, row: &Search<'_>, answer: &Result<Option<String>, LookupError>) {
            let place = match answer {
                Ok(Some(value)) => row.place(value),
                _ => None,
            };
            let line = format!("{} {} {answer:?} {place:?}", row.table, row.key);
            self.0.borrow_mut().push(line);
        }

        fn compared(&self, list: &str, text: &str, pattern: Option<&str>) {
            self.0.borrow_mut().push(format!("{list} {text} {pattern:?}"));
        }
    }

    fn observing() -> (Rc<Tables>, Rc<Told>) {
        let tables = Tables::new(crate::registry::Settings::default());
        let told = Rc::new(Told::default());
        tables.observe(Rc::clone(&told) as Rc<dyn Observer>);
        (tables, told)
    }

    fn file(name: &str, text: &str) -> String {
        let path = std::env::temp_dir().join(format!("lookup-observed-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    #[test]
    fn every_search_is_told_with_the_line_that_answered() {
        let rules = file(
            "rules",
            "# none\n/^a/ first\nif /b/\n/^b{1,2}$/\n  second\nendif\n",
        );
        let entries = file("entries", "x  1\ny 2\n");
        let (tables, told) = observing();
        let text = format!("regexp:{rules} texthash:{entries}");
        let maps = Maps::open(&tables, "t", &text, Use::GENERAL).unwrap();

        for key in ["bb", "Y", "z"] {
            let _ = ready(maps.get(key)).unwrap();
        }

        let expected = [
            format!("regexp:{rules} bb Ok(Some(\"second\")) Some(\"{rules}, line 4\")"),
            format!("regexp:{rules} Y Ok(None) None"),
            format!("texthash:{entries} Y Ok(Some(\"2\")) Some(\"{entries}, line 2\")"),
            format!("regexp:{rules} z Ok(None) None"),
            format!("texthash:{entries} z Ok(None) None"),
        ];
        assert_eq!(*told.0.borrow(), expected);
        for path in [rules, entries] {
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn a_table_that_is_not_there_is_told_as_one_that_cannot_tell() {
        let capture = maillog::capture();
        let (tables, told) = observing();
        let maps = Maps::open(&tables, "t", "texthash:/nowhere/at/all", Use::GENERAL).unwrap();

        assert!(ready(maps.get("a")).is_err());

        let told = told.0.borrow();
        assert!(told[0].contains("No such file"), "{told:?}");
        drop(capture);
    }

    #[test]
    fn a_list_tells_the_item_that_matched() {
        let (tables, told) = observing();
        let list = crate::MatchList::open(&tables, "mynetworks", "!192.0.2.1 192.0.2.0/24", false).unwrap();

        assert_eq!(ready(list.contains_client("unknown", "192.0.2.1")), Ok(false));
        assert_eq!(ready(list.contains_address("192.0.2.2")), Ok(true));
        assert_eq!(ready(list.contains_address("198.51.100.1")), Ok(false));

        assert_eq!(
            *told.0.borrow(),
            [
                "mynetworks unknown[192.0.2.1] Some(\"!192.0.2.1\")",
                "mynetworks 192.0.2.2 Some(\"192.0.2.0/24\")",
                "mynetworks 198.51.100.1 None"
            ]
        );
    }

    #[test]
    fn rows_that_are_found_are_kept_in_order_and_others_are_not() {
        let tables = Tables::new(crate::registry::Settings::default());
        let text = "inline:{a=b} inline:{c=d}";
        let maps = Maps::open(&tables, "canonical_maps", text, Use::GENERAL).unwrap();
        let rows = Rows::begin();
        let watched = rows.watch(&maps);

        assert_eq!(ready(watched.get("x")).unwrap(), None);
        assert_eq!(ready(watched.get("c")).unwrap().as_deref(), Some("d"));

        let row = Row {
            parameter: "canonical_maps".to_owned(),
            table: "inline:{c=d}".to_owned(),
            key: "c".to_owned(),
            value: "d".to_owned(),
        };
        assert_eq!(watched.title(), "canonical_maps");
        assert_eq!(rows.take(), [row]);
        assert_eq!(rows.take(), []);
    }
}
