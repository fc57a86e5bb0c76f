//! Statements that a server reads once and runs for many keys, which costs it half as much as reading them each time.
//!
//! They are made and run by SQL of their own (PREPARE, EXECUTE), so that answers come in the same form, and a key is quoted
//! as ever: it stands in a string of the EXECUTE statement. Only queries are prepared in which that can make no
//! difference: one SELECT, with the key in whole plain strings. Names are drawn by lot, so that behind a program that
//! shares a server's connections among clients nobody else's statement is taken for ours. Where a server does not know
//! the statement, or refuses it, the query is sent as a whole.

#[cfg(any(feature = "mysql", feature = "pgsql"))]
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::rc::Rc;

use crate::error::Fault;
use crate::sql::{Bit, Dialect, Place, Statement};
use crate::template::{Key, Part};

/// A statement that can be prepared.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    dialect: Dialect,
    name: String,
    statement: String,
    /// What stands in each of the strings that hold a part of the key.
    strings: Vec<Vec<Inside>>,
}

#[derive(Clone, Debug)]
enum Inside {
    Text(String),
    Part(Part),
}

/// The texts about one key.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// The whole statement.
    pub(crate) text: String,
    /// What runs the prepared one.
    pub(crate) run: Option<String>,
}

/// A statement about a key, in the two ways in which a server may take backslashes.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// Where a backslash is a letter; none where the key can not be quoted then.
    pub(crate) plain: Option<Rc<Way>>,
    /// Where it begins an escape.
    pub(crate) escaped: Option<Rc<Way>>,
    pub(crate) prepared: Option<Rc<Prepared>>,
}

/// Which prepared statements a connection has: false for one that it can not have.
#[cfg(any(feature = "mysql", feature = "pgsql"))]
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<String, bool>);

#[cfg(any(feature = "mysql", feature = "pgsql"))]
impl Known {
    /// Whether the connection has the statement, which `prepare` tells it of the first time.
    ///
    /// # Errors
    /// A connection that broke; what the server refuses, it has not.
    pub(crate) async fn has(
        &mut self,
        prepared: &Prepared,
        prepare: impl Future<Output = Result<(), Fault>>,
    ) -> Result<bool, Fault> {
        if let Some(has) = self.0.get(prepared.name()) {
            return Ok(*has);
        }
        let has = match prepare.await {
            Ok(()) => true,
            Err(Fault::Refused(_)) => false,
            Err(broken) => return Err(broken),
        };
        self.0.insert(prepared.name().to_owned(), has);
        Ok(has)
    }

    /// The statement is not to be used on the connection any more.
    pub(crate) fn give_up(&mut self, prepared: &Prepared) {
        self.0.insert(prepared.name().to_owned(), false);
    }
}

impl Asking {
    /// The texts for a server that takes backslashes in ordinary strings for escapes, or does not.
    ///
    /// # Errors
    /// To this server, a part of the key would stand outside of quotes.
    pub(crate) fn way(&self, backslashes: bool) -> Result<&Way, Fault> {
        let way = match backslashes {
            true => &self.escaped,
            false => &self.plain,
        };
        way.as_deref().ok_or_else(|| {
            Fault::Refused(
                "as this server reads backslashes, the query has a part of the key outside of quotes"
                    .to_owned(),
            )
        })
    }

    fn texts(&self) -> [Option<&str>; 2] {
        [&self.plain, &self.escaped].map(|way| way.as_ref().map(|way| way.text.as_str()))
    }
}

// All questions of a table differ in their texts alone.
impl PartialEq for Asking {
    fn eq(&self, other: &Self) -> bool {
        self.texts() == other.texts()
    }
}

impl Eq for Asking {}

impl Hash for Asking {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.texts().hash(state);
    }
}

impl Prepared {
    /// The statement of these pieces; `None` when it is safer sent as a whole.
    pub(crate) fn of(bits: &[Bit], dialect: Dialect) -> Option<Self> {
        let mut walk = Walk::default();
        for bit in bits {
            match bit {
                Bit::Text(text) => walk.text(text, dialect)?,
                Bit::Part(part, places) if places.everywhere() == Some(Place::Quoted('\'')) => {
                    walk.part(*part)?;
                }
                Bit::Part(..) => return None,
            }
        }
        let first = walk.outside.split_whitespace().next()?;
        let is_select =
            first.eq_ignore_ascii_case("select") && !walk.strings.is_empty() && walk.inside.is_none();
        is_select.then(|| {
            let number = RandomState::new().build_hasher().finish();
            Self {
                dialect,
                name: format!("postrider_{number:016x}"),
                statement: walk.outside.trim().to_owned(),
                strings: walk.strings,
            }
        })
    }

    /// What tells the server of it.
    pub(crate) fn prepare(&self) -> String {
        let (name, statement) = (&self.name, &self.statement);
        match self.dialect {
            Dialect::Pgsql => format!("PREPARE {name} AS {statement}"),
            _ => format!("PREPARE {name} FROM '{}'", statement.replace('\'', "''")),
        }
    }

    /// What it is called.
    #[cfg(any(test, feature = "mysql", feature = "pgsql"))]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What runs it for `key`, of which `statement` could be made.
    pub(crate) fn run(&self, statement: &Statement, key: &Key<'_>, backslashes: bool) -> String {
        let (open, close) = match self.dialect {
            Dialect::Pgsql => ("(", ")"),
            _ => (" USING ", ""),
        };
        let mut run = format!("EXECUTE {}{open}", self.name);
        for (number, string) in self.strings.iter().enumerate() {
            run.push_str(if number == 0 { "'" } else { ",'" });
            for inside in string {
                let text = match inside {
                    Inside::Text(text) => text,
                    // A key that lacks a part is not asked for.
                    Inside::Part(part) => key.part(*part).unwrap_or_default(),
                };
                // In a string every text can be quoted.
                let _ = statement.quote(text, Place::Quoted('\''), backslashes, &mut run);
            }
            run.push('\'');
        }
        run.push_str(close);
        run
    }
}

/// The way through a statement.
#[derive(Default)]
struct Walk {
    /// What is outside of strings, and those without a part of the key.
    outside: String,
    /// The string we are in.
    inside: Option<Vec<Inside>>,
    strings: Vec<Vec<Inside>>,
    /// A string was just closed.
    closed: bool,
}

/// What could begin or end a string, a comment or a statement in other ways than those known here, or means something
/// else in a prepared one.
const UNCLEAR: [&str; 9] = ["\\", "\"", "`", "#", "--", "/*", ";", "$", "?"];

impl Walk {
    fn text(&mut self, text: &str, dialect: Dialect) -> Option<()> {
        if UNCLEAR.iter().any(|sign| text.contains(sign)) {
            return None;
        }
        for letter in text.chars() {
            match (&mut self.inside, letter) {
                (None, '\'') => {
                    // A letter before it gives the string another meaning; a string before it, or a quote, joins it.
                    let before = self.outside.chars().next_back().unwrap_or(' ');
                    let last = self.outside.trim_end().chars().next_back().unwrap_or(' ');
                    if self.closed || before.is_alphanumeric() || "_&@".contains(before) || last == '\'' {
                        return None;
                    }
                    self.inside = Some(Vec::new());
                }
                (Some(_), '\'') => self.close(dialect),
                (None, letter) => {
                    self.closed &= letter.is_whitespace();
                    self.outside.push(letter);
                }
                (Some(string), letter) => match string.last_mut() {
                    Some(Inside::Text(text)) => text.push(letter),
                    _ => string.push(Inside::Text(letter.to_string())),
                },
            }
        }
        Some(())
    }

    fn part(&mut self, part: Part) -> Option<()> {
        self.inside.as_mut()?.push(Inside::Part(part));
        Some(())
    }

    fn close(&mut self, dialect: Dialect) {
        let string = self.inside.take().unwrap_or_default();
        self.closed = true;
        if string.iter().any(|inside| matches!(inside, Inside::Part(_))) {
            self.strings.push(string);
            match dialect {
                Dialect::Pgsql => self.outside.push_str(&format!("${}", self.strings.len())),
                _ => self.outside.push('?'),
            }
            return;
        }
        self.outside.push('\'');
        for inside in string {
            if let Inside::Text(text) = inside {
                self.outside.push_str(&text);
            }
        }
        self.outside.push('\'');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dialect: Dialect, template: &str, key: &str) -> Option<(String, String)> {
        let asking = Statement::parse(template, dialect)
            .unwrap()
            .asking(&Key::new(key))
            .unwrap()?;
        let prepared = asking.prepared.as_ref()?;
        let lot = |text: &str| text.replace(prepared.name(), "p");
        Some((
            lot(&prepared.prepare()),
            lot(asking.way(true).ok()?.run.as_deref()?),
        ))
    }

    #[test]
    fn a_select_with_the_key_in_strings_is_prepared() {
        let query = "SELECT goto FROM a WHERE b = '%s' AND d = 'x %u@%d' AND c = 'on'";
        let key = "o'x\\@d.example";

        assert_eq!(
            texts(Dialect::Pgsql, query, key),
            Some((
                "PREPARE p AS SELECT goto FROM a WHERE b = $1 AND d = $2 AND c = 'on'".to_owned(),
                "EXECUTE p('o''x\\\\@d.example','x o''x\\\\@d.example')".to_owned()
            ))
        );
        assert_eq!(
            texts(Dialect::Mysql, query, "a@b"),
            Some((
                "PREPARE p FROM 'SELECT goto FROM a WHERE b = ? AND d = ? AND c = ''on'''".to_owned(),
                "EXECUTE p USING 'a@b','x a@b'".to_owned()
            ))
        );
    }

    #[test]
    fn what_could_mean_something_else_is_sent_as_a_whole() {
        for query in [
            "CALL lookup('%s')",
            "SELECT v FROM t WHERE k = E'%s'",
            "SELECT v FROM t WHERE k = N'%s'",
            "SELECT v FROM t WHERE k = 'it''s %s'",
            "SELECT v FROM t WHERE k = 'a' '%s'",
            "SELECT v FROM t WHERE k = \"%s\"",
            "SELECT v FROM t WHERE k = '%s' -- why",
            "SELECT v FROM t WHERE k = '%s'; SELECT 1",
            "SELECT v FROM t WHERE k = %s",
            "SELECT v FROM t",
        ] {
            for dialect in [Dialect::Mysql, Dialect::Pgsql] {
                assert_eq!(texts(dialect, query, "1"), None, "{query}");
            }
        }
    }
}
