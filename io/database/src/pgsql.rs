//! `pgsql:`: PostgreSQL (pgsql_table(5)).
//!
//! Difference: the client's encoding is UTF-8 always; a setting `encoding` with another one gets a warning. Of a
//! connection URI, host, port, user, password, database and the `ssl…` settings are followed.

use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;

use futures_util::TryStreamExt;
use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage, SimpleQueryStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::asked::{Backend, MOST_OCTETS, Rules, Values};
use crate::error::{Fault, Trouble};
use crate::gather::{Batch, Gathering, MOST};
use crate::pool::{Host, Pool};
use crate::prepared::{Asking, Known, Prepared};
use crate::server::{Lender, Lends, Place, own_user};
use crate::source::Source;
use crate::sql::{self, Dialect, Statement};
use crate::template::Key;
use crate::tls::{self, Trust, Wanted};
use crate::{Settings, log};

/// The driver.
pub(crate) struct Pgsql(Lender<Line>);

/// A connection.
pub(crate) struct Line {
    client: Client,
    /// A backslash in an ordinary string begins an escape.
    backslashes: bool,
    known: Known,
}

impl Line {
    /// Whether the server has the prepared statement, which it is told of the first time.
    async fn has(&mut self, prepared: &Prepared) -> Result<bool, Fault> {
        let Self { client, known, .. } = self;
        let prepare = async { client.batch_execute(&prepared.prepare()).await.map_err(fault) };
        known.has(prepared, prepare).await
    }
}

struct Query {
    statement: Statement,
    gathering: Gathering<Asking>,
    pool: Pool<Line>,
}

const PORT: u16 = 5432;
/// Where the server's socket usually is.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

impl Pgsql {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("pgsql", settings))
    }
}

impl Lends for Pgsql {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Pgsql {
    fn kind(&self) -> &'static str {
        "pgsql"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, None)?;
        let template = template(&source)?;
        let statement = Statement::parse(&template, Dialect::Pgsql)
            .map_err(|_| source.wrong(format!("Invalid query template: {template}")))?;
        if statement.has_bare_parts() {
            log::bare_key(source.table());
        }
        let encoding = source.text("encoding", "UTF8")?;
        if !["utf8", "utf-8", "unicode"].contains(&encoding.to_ascii_lowercase().as_str()) {
            log::not_followed(source.table(), "encoding", "queries and answers are UTF-8");
        }
        let query = Query {
            statement,
            gathering: Gathering::new(MOST),
            pool: self.0.timed_pool(&source, hosts(&source)?)?,
        };
        Ok(self.0.table(&source, rules, query))
    }
}

fn template(source: &Source) -> Result<String, OpenError> {
    if let Some(query) = source.given("query")?.filter(|query| !query.is_empty()) {
        return Ok(query);
    }
    if let Some(function) = source.given("select_function")?.filter(|name| !name.is_empty()) {
        return Ok(format!("SELECT {function}('%s')"));
    }
    Ok(sql::select(
        &source.required("select_field")?,
        &source.required("table")?,
        &source.required("where_field")?,
        &source.text("additional_conditions", "")?,
    ))
}

/// How one server is reached.
struct Reach {
    address: String,
    is_local: bool,
    config: Config,
    tls: Wanted,
}

fn hosts(source: &Source) -> Result<Vec<Host<Line>>, OpenError> {
    let mut hosts = Vec::new();
    for word in source.words("hosts", "localhost")? {
        let reach = if word.starts_with("postgresql://") || word.starts_with("postgres://") {
            uri(&word).map_err(|reason| source.wrong(format!("hosts: {reason}")))?
        } else {
            plain(source, &word)?
        };
        let configuration = tls::configuration(&reach.tls).map_err(|reason| source.wrong(reason))?;
        let login = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            reach.config.get_user(),
            reach.config.get_password(),
            reach.config.get_dbname(),
            reach.config.get_ssl_mode(),
            reach.tls
        );
        let config = reach.config;
        hosts.push(Host {
            address: reach.address,
            is_local: reach.is_local,
            login,
            connect: Box::new(move || {
                let tls = MakeRustlsConnect::new((*configuration).clone());
                Box::pin(connect(config.clone(), tls))
            }),
        });
    }
    if hosts.is_empty() {
        return Err(source.wrong("hosts: no server"));
    }
    Ok(hosts)
}

/// A server by host and port or socket, with the table's own user, password and database.
fn plain(source: &Source, word: &str) -> Result<Reach, OpenError> {
    let place = Place::parse(word).ok_or_else(|| source.wrong(format!("bad port in hosts: {word}")))?;
    let mut config = Config::new();
    config.dbname(source.required("dbname")?);
    let user = source
        .given("user")?
        .filter(|user| !user.is_empty())
        .or_else(own_user);
    if let Some(user) = user {
        config.user(user);
    }
    if let Some(password) = source.given("password")?.filter(|text| !text.is_empty()) {
        config.password(password);
    }
    let is_local = at_place(&mut config, &place);
    let tls = Wanted {
        trust: Trust::Anyone,
        ca_file: None,
        ca_folder: None,
        identity: None,
    };
    Ok(Reach {
        address: place.address(PORT),
        is_local,
        config,
        tls,
    })
}

/// Sets where the server is; true when that is on this host.
fn at_place(config: &mut Config, place: &Place) -> bool {
    match place {
        Place::Unix(path) => {
            // The folder, as the client library has it, or the socket itself.
            let named = path.rsplit_once("/.s.PGSQL.");
            let (folder, port) = match named.map(|(folder, port)| (folder, port.parse())) {
                Some((folder, Ok(port))) => (folder, port),
                _ => (path.as_str(), PORT),
            };
            config.host_path(folder).port(port).ssl_mode(SslMode::Disable);
            true
        }
        Place::Inet(host, port) => {
            config.host(host).port(port.unwrap_or(PORT));
            false
        }
    }
}

/// A server by a connection URI. What is wrong is told without the text, which may hold a password.
fn uri(text: &str) -> Result<Reach, String> {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut tls = Wanted {
        trust: Trust::Anyone,
        ca_file: None,
        ca_folder: None,
        identity: None,
    };
    let (mut cert, mut key) = (None, None);
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let path = || Some(PathBuf::from(decoded(value)));
        match (name, value) {
            ("sslmode", "verify-ca") => {
                tls.trust = Trust::Issuer;
                rest.push("sslmode=require".to_owned());
            }
            ("sslmode", "verify-full") => {
                tls.trust = Trust::Name;
                rest.push("sslmode=require".to_owned());
            }
            ("sslmode", "allow") => rest.push("sslmode=prefer".to_owned()),
            ("sslrootcert", "system") => {}
            ("sslrootcert", _) => tls.ca_file = path(),
            ("sslcert", _) => cert = path(),
            ("sslkey", _) => key = path(),
            _ => rest.push(pair.to_owned()),
        }
    }
    // As the client library: who names an issuer wants it checked.
    if tls.ca_file.is_some() && tls.trust == Trust::Anyone {
        tls.trust = Trust::Issuer;
    }
    tls.identity = cert.zip(key);
    let config: Config = format!("{base}?{}", rest.join("&"))
        .parse()
        .map_err(|error: Error| format!("bad connection URI: {}", inner(&error)))?;
    let mut config = config;
    if config.get_hosts().is_empty() {
        let there = SOCKET_FOLDERS
            .iter()
            .find(|folder| std::path::Path::new(folder).is_dir());
        config.host_path(there.unwrap_or(&SOCKET_FOLDERS[0]));
    }
    if config.get_user().is_none()
        && let Some(user) = own_user()
    {
        config.user(user);
    }
    let port = config.get_ports().first().copied().unwrap_or(PORT);
    let (address, is_local) = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Unix(path)) => (format!("unix:{}:{port}", path.display()), true),
        Some(tokio_postgres::config::Host::Tcp(host)) => (format!("inet:{host}:{port}"), false),
        None => return Err("connection URI without a host".to_owned()),
    };
    Ok(Reach {
        address,
        is_local,
        config,
        tls,
    })
}

/// Undoes `%XX`.
fn decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((octet, after)) = rest.split_first() {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        match after.get(..2).and_then(hex) {
            Some(decoded) if *octet == b'%' => {
                octets.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                octets.push(*octet);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

async fn connect(config: Config, tls: MakeRustlsConnect) -> Result<Line, Fault> {
    let broken = |error: Error| Fault::Broken(inner(&error));
    let escapes = |setting: Option<&str>| setting == Some("off");
    const SETTING: &str = "standard_conforming_strings";
    // The task that carries the connection ends when the client is dropped, or the connection breaks.
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(broken)?;
        let backslashes = escapes(connection.parameter(SETTING));
        tokio::spawn(async move {
            let _ = connection.await;
        });
        return Ok(Line {
            client,
            backslashes,
            known: Known::default(),
        });
    }
    let (client, connection) = config.connect(tls).await.map_err(broken)?;
    let backslashes = escapes(connection.parameter(SETTING));
    tokio::spawn(async move {
        let _ = connection.await;
    });
    Ok(Line {
        client,
        backslashes,
        known: Known::default(),
    })
}

/// What went wrong, as one line; the error's own text only names the kind.
fn inner(error: &Error) -> String {
    if let Some(server) = error.as_db_error() {
        return format!("{}: {}", server.severity(), server.message());
    }
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

fn fault(error: Error) -> Fault {
    let text = inner(&error);
    match error.as_db_error() {
        // Classes 57 and 08: the server ends, or ended this connection; 53: it has no room.
        Some(server) if !["57", "08", "53"].contains(&server.code().code().get(..2).unwrap_or_default()) => {
            Fault::Refused(format!("query failed: {text}"))
        }
        _ => Fault::Broken(text),
    }
}

/// Sends the statements one after the other and then reads the answers: the server need not wait for us between them. Each
/// is a transaction by itself, as it would be alone.
fn turn(line: &mut Line, batch: Batch<Asking>) -> LocalBoxFuture<'_, Result<Vec<Option<Values>>, Fault>> {
    Box::pin(async move {
        let prepared = batch.questions.first().and_then(|asking| asking.prepared.clone());
        let prepared = match prepared.filter(|_| !batch.is_alone) {
            Some(prepared) if line.has(&prepared).await? => Some(prepared),
            _ => None,
        };
        let ways = batch.questions.iter().map(|asking| asking.way(line.backslashes));
        let ways = match ways.collect::<Result<Vec<_>, _>>() {
            Ok(ways) => ways,
            Err(fault) if batch.is_alone => return Err(fault),
            Err(_) => return Ok(vec![None; batch.questions.len()]),
        };
        let mut answers = Vec::with_capacity(ways.len());
        for way in ways {
            let text = match &way.run {
                Some(run) if prepared.is_some() => run,
                _ => &way.text,
            };
            answers.push(line.client.simple_query_raw(text).await.map_err(fault)?);
        }
        let mut left = MOST_OCTETS;
        let mut found = Vec::with_capacity(answers.len());
        for answer in answers {
            match values(answer, &mut left).await {
                Ok(values) => found.push(Some(values)),
                Err(Fault::Refused(_)) if !batch.is_alone => found.push(None),
                Err(fault) => return Err(fault),
            }
        }
        if let Some(prepared) = prepared
            && found.contains(&None)
        {
            // Whatever it was, whole statements are asked on this connection from now on.
            line.known.give_up(&prepared);
        }
        Ok(found)
    })
}

/// The values in an answer, which may have `left` octets.
async fn values(answer: SimpleQueryStream, left: &mut usize) -> Result<Values, Fault> {
    let mut answer = pin!(answer);
    let mut values = Values::new();
    while let Some(message) = answer.try_next().await.map_err(fault)? {
        match message {
            // Of several statements the last one's answer counts.
            SimpleQueryMessage::RowDescription(_) => values.clear(),
            SimpleQueryMessage::Row(row) => {
                for column in 0..row.len() {
                    let value = row.try_get(column).map_err(fault)?;
                    let octets = value.map_or(0, str::len);
                    // The connection reads on and throws the rest away.
                    *left = left
                        .checked_sub(octets)
                        .ok_or_else(|| Fault::Refused("the result is too large".to_owned()))?;
                    values.push(value.map(str::to_owned));
                }
            }
            _ => {}
        }
    }
    Ok(values)
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        Box::pin(async move {
            let Some(asking) = self.statement.asking(key)? else {
                return Ok(Values::new());
            };
            self.gathering.ask(&self.pool, asking, &turn).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_who_where_and_how_safely() {
        let reach =
            uri("postgresql://me:p%40ss@db.example:5433/mail?sslmode=verify-full&sslrootcert=%2Fca.pem")
                .unwrap();
        assert_eq!(reach.address, "inet:db.example:5433");
        assert_eq!(reach.config.get_user(), Some("me"));
        assert_eq!(reach.config.get_password(), Some(b"p@ss".as_slice()));
        assert_eq!(reach.config.get_dbname(), Some("mail"));
        assert_eq!(reach.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(reach.tls.trust, Trust::Name);
        assert_eq!(reach.tls.ca_file, Some(PathBuf::from("/ca.pem")));

        let reach = uri("postgres:///mail?host=/run/pg").unwrap();
        assert_eq!(
            (reach.address.as_str(), reach.is_local),
            ("unix:/run/pg:5432", true)
        );
        let secret = uri("postgres://me:secret@h/mail?nonsense=1").err().unwrap();
        assert!(!secret.contains("secret"), "{secret}");
    }
}
