//! `sqlite:`: a database in a file (sqlite_table(5)).
//!
//! The library waits for the disk and for locks, so it is called on the blocking pool. As in Postfix, the first column of
//! a row is its value.

use std::rc::Rc;
use std::time::Duration;

use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::types::ValueRef;
use rusqlite::{Batch, Connection, OpenFlags};

use crate::Settings;
use crate::asked::{Backend, MOST_OCTETS, Rules, Values};
use crate::error::{Fault, Trouble};
use crate::log;
use crate::pool::{Host, Pool};
use crate::server::{Lender, Lends};
use crate::sql::{self, Dialect, Statement, Unasked};
use crate::template::Key;

/// The driver.
pub(crate) struct Sqlite(Lender<Line>);

/// An open file; away while the blocking pool works with it.
pub(crate) struct Line(Option<Connection>);

struct Query {
    statement: Statement,
    pool: Pool<Line>,
}

/// How long a file that nobody asks about stays open, and how long a lock is waited for.
const IDLE: Duration = Duration::from_secs(60);
const BUSY: Duration = Duration::from_secs(5);

impl Sqlite {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("sqlite", settings))
    }
}

impl Lends for Sqlite {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Sqlite {
    fn kind(&self) -> &'static str {
        "sqlite"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, None)?;
        let path = source.required("dbpath")?;
        let template = match source.given("query")? {
            Some(query) if !query.is_empty() => query,
            _ => sql::select(
                &source.required("select_field")?,
                &source.required("table")?,
                &source.required("where_field")?,
                &source.text("additional_conditions", "")?,
            ),
        };
        let statement = Statement::parse(&template, Dialect::Sqlite)
            .map_err(|_| source.wrong(format!("Invalid query template: {template}")))?;
        if statement.has_bare_parts() {
            log::bare_key(source.table());
        }
        let host = Host {
            address: path.clone(),
            is_local: true,
            login: String::new(),
            connect: Box::new(move || Box::pin(open(path.clone()))),
        };
        let wait = self.0.wait();
        let query = Query {
            statement,
            pool: self.0.pool(vec![host], IDLE, IDLE, wait),
        };
        Ok(self.0.table(&source, rules, query))
    }
}

/// Runs library calls on the blocking pool.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Fault::Broken(error.to_string()))
}

async fn open(path: String) -> Result<Line, Fault> {
    // Not made when it is not there; written only if the query does that and the file lets it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = blocking(move || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        Ok::<_, rusqlite::Error>(connection)
    });
    match opened.await? {
        Ok(connection) => Ok(Line(Some(connection))),
        Err(error) => Err(Fault::Broken(error.to_string())),
    }
}

fn rows(connection: &Connection, statement: &str) -> Result<Values, Fault> {
    let refused = |error: rusqlite::Error| Fault::Refused(format!("query failed: {error}"));
    let mut values = Values::new();
    // As in Postfix, of several statements the first is run.
    let first = Batch::new(connection, statement).next().map_err(refused)?;
    let Some(mut prepared) = first else {
        return Ok(values);
    };
    if prepared.column_count() == 0 {
        prepared.execute([]).map_err(refused)?;
        return Ok(values);
    }
    let mut rows = prepared.query([]).map_err(refused)?;
    let mut octets = 0;
    while let Some(row) = rows.next().map_err(refused)? {
        let value = match row.get_ref(0).map_err(refused)? {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(real(number)),
            ValueRef::Text(text) | ValueRef::Blob(text) => {
                let text = std::str::from_utf8(text)
                    .map_err(|_| Fault::Refused("a value is not UTF-8".to_owned()))?;
                Some(text.to_owned())
            }
        };
        octets += value.as_ref().map_or(0, String::len);
        if octets > MOST_OCTETS {
            return Err(Fault::Refused("the result is too large".to_owned()));
        }
        values.push(value);
    }
    Ok(values)
}

/// A number as the library writes it as text: with a point.
fn real(number: f64) -> String {
    let text = number.to_string();
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_whole { format!("{text}.0") } else { text }
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        let statement = match self.statement.about(key, false) {
            Ok(statement) => statement,
            Err(Unasked::Suppressed) => return Box::pin(async { Ok(Values::new()) }),
            Err(Unasked::Unquotable) => {
                let trouble = sql::unquotable(key);
                return Box::pin(async { Err(trouble) });
            }
        };
        Box::pin(async move {
            let asked = self.pool.run(move |line| {
                let statement = statement.clone();
                Box::pin(async move {
                    let connection = line.0.take();
                    let connection = connection.ok_or_else(|| Fault::Broken("interrupted".to_owned()))?;
                    let work = move || {
                        let found = rows(&connection, &statement);
                        (connection, found)
                    };
                    let (connection, found) = blocking(work).await?;
                    line.0 = Some(connection);
                    found
                })
            });
            asked.await
        })
    }
}
