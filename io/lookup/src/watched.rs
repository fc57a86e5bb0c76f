//! Tables that tell which rows were found in them, for explanations.

use std::cell::RefCell;
use std::rc::Rc;

use crate::maps::Maps;
use crate::table::{Answer, Keys, Lookup, Table};

/// A row that decided something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The parameter that names the table.
    pub parameter: String,
    /// The table, as `type:name`.
    pub table: String,
    /// The key that was found. For a table with patterns it is the text that was searched.
    pub key: String,
    /// What stands behind it.
    pub value: String,
}

/// The rows that were found, in order.
#[derive(Clone, Debug, Default)]
pub struct Rows(Rc<RefCell<Vec<Row>>>);

impl Rows {
    /// The same tables, with what is found in them noted here.
    #[must_use]
    pub fn watch(&self, maps: &Maps) -> Maps {
        let watched = |table: &Rc<dyn Table>| -> Rc<dyn Table> {
            Rc::new(Watched {
                parameter: maps.title().to_owned(),
                table: Rc::clone(table),
                rows: self.clone(),
            })
        };
        maps.with_tables(maps.tables().iter().map(watched).collect())
    }

    /// What was found since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Row> {
        self.0.take()
    }
}

/// A table and the place where its rows are noted.
struct Watched {
    parameter: String,
    table: Rc<dyn Table>,
    rows: Rows,
}

impl Table for Watched {
    fn name(&self) -> &str {
        self.table.name()
    }

    fn keys(&self) -> Keys {
        self.table.keys()
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let answer = self.table.lookup(key);
        Answer::Later(Box::pin(async move {
            let found = answer.get().await?;
            if let Some(value) = &found {
                self.rows.0.borrow_mut().push(Row {
                    parameter: self.parameter.clone(),
                    table: self.name().to_owned(),
                    key: key.to_owned(),
                    value: value.clone(),
                });
            }
            Ok(found)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{Settings, Tables, Use};
    use crate::table::ready;

    #[test]
    fn rows_that_are_found_are_told_in_order_and_others_are_not() {
        let tables = Tables::new(Settings::default());
        let maps = Maps::open(
            &tables,
            "canonical_maps",
            "inline:{a=b} inline:{c=d}",
            Use::GENERAL,
        )
        .unwrap();
        let rows = Rows::default();
        let watched = rows.watch(&maps);

        assert_eq!(ready(watched.get("x")).unwrap(), None);
        assert_eq!(ready(watched.get("c")).unwrap().as_deref(), Some("d"));

        let row = |table: &str, key: &str, value: &str| Row {
            parameter: "canonical_maps".to_owned(),
            table: table.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
        };
        assert_eq!(watched.title(), "canonical_maps");
        assert_eq!(rows.take(), [row("inline:{c=d}", "c", "d")]);
        assert_eq!(rows.take(), []);
    }
}
