//! `mysql:`: MySQL and MariaDB (mysql_table(5)).
//!
//! Difference: several statements in one query are all run, and the result sets of more than one are an error;
//! `tls_ciphers` is not followed.

mod options;

use std::rc::Rc;

use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{ClientIdentity, Conn, Error, OptsBuilder, QueryResult, SslOpts, TextProtocol, Value};

use crate::asked::{Backend, MOST_OCTETS, Rules, Values};
use crate::error::{Fault, Trouble};
use crate::gather::{Batch, Gathering, MOST, Turn};
use crate::pool::{Host, Pool};
use crate::prepared::{Asking, Known, Prepared};
use crate::server::{Lender, Lends, Place, own_user};
use crate::source::Source;
use crate::sql::{self, Dialect, Statement};
use crate::template::Key;
use crate::{Settings, log};
use options::Options;

/// The driver.
pub(crate) struct Mysql(Lender<Line>);

/// A connection.
pub(crate) struct Line {
    connection: Conn,
    /// A backslash in a string begins an escape.
    backslashes: bool,
    known: Known,
}

impl Line {
    /// Whether the server has the prepared statement, which it is told of the first time.
    async fn has(&mut self, prepared: &Prepared) -> Result<bool, Fault> {
        let Self {
            connection, known, ..
        } = self;
        let prepare = async { connection.query_drop(prepared.prepare()).await.map_err(fault) };
        known.has(prepared, prepare).await
    }
}

struct Query {
    statement: Statement,
    gathering: Gathering<Asking>,
    needs_result_set: bool,
    pool: Pool<Line>,
}

const PORT: u16 = 3306;
/// Where the server's socket usually is, when no option file says so.
const SOCKETS: [&str; 4] = [
    "/run/mysqld/mysqld.sock",
    "/var/lib/mysql/mysql.sock",
    "/var/run/mysqld/mysqld.sock",
    "/tmp/mysql.sock",
];
/// Client character sets in which no octet of a character can be taken for a quote or a backslash.
const SAFE_CHARSETS: [&str; 24] = [
    "utf8mb4", "utf8mb3", "utf8", "ascii", "binary", "latin1", "latin2", "latin5", "latin7", "cp850",
    "cp852", "cp866", "cp1250", "cp1251", "cp1256", "cp1257", "greek", "hebrew", "koi8r", "koi8u", "macce",
    "macroman", "armscii8", "geostd8",
];
/// Of the server's own troubles: it ends, has too many clients, or ended our connection.
const BROKEN: [u16; 9] = [1040, 1053, 1077, 1079, 1158, 1159, 1160, 1161, 1927];

impl Mysql {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("mysql", settings))
    }
}

impl Lends for Mysql {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Mysql {
    fn kind(&self) -> &'static str {
        "mysql"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, None)?;
        let template = match source.given("query")? {
            Some(query) if !query.is_empty() => query,
            _ => sql::select(
                &source.required("select_field")?,
                &source.required("table")?,
                &source.required("where_field")?,
                &source.text("additional_conditions", "")?,
            ),
        };
        let statement = Statement::parse(&template, Dialect::Mysql)
            .map_err(|_| source.wrong(format!("Invalid query template: {template}")))?;
        if statement.has_bare_parts() {
            log::bare_key(source.table());
        }
        let needs_result_set = source.is("require_result_set", true)?;
        let query = Query {
            gathering: Gathering::new(if is_one_select(&template) && needs_result_set {
                MOST
            } else {
                1
            }),
            statement,
            needs_result_set,
            pool: self.0.timed_pool(&source, hosts(&source)?)?,
        };
        Ok(self.0.table(&source, rules, query))
    }
}

/// The servers of a table.
fn hosts(source: &Source) -> Result<Vec<Host<Line>>, OpenError> {
    let file = source.text("option_file", "")?;
    let group = source.text("option_group", "client")?;
    let from_files = Options::read(&file, &group).map_err(|reason| source.wrong(reason))?;
    let made = |name: &str, option: &str| -> Result<Option<String>, OpenError> {
        let own = source.given(name)?.filter(|text| !text.is_empty());
        Ok(own.or_else(|| from_files.get(option).map(str::to_owned)))
    };
    let user = made("user", "user")?.or_else(own_user);
    let password = made("password", "password")?;
    let database = source.required("dbname")?;
    let charset = source.text("charset", "utf8mb4")?;
    if !SAFE_CHARSETS.contains(&charset.to_ascii_lowercase().as_str()) {
        return Err(source.wrong(format!(
            "charset {charset} is not supported, for the safety of quoting"
        )));
    }
    let tls = tls(source, &from_files)?;
    let usual_port = from_files.get("port").and_then(|port| port.parse().ok());
    let mut hosts = Vec::new();
    for word in source.words("hosts", from_files.get("host").unwrap_or("localhost"))? {
        let place = Place::parse(&word).ok_or_else(|| source.wrong(format!("bad port in hosts: {word}")))?;
        let place = match place {
            Place::Inet(host, _) if host == "localhost" => Place::Unix(usual_socket(&from_files)),
            Place::Inet(host, port) => Place::Inet(host, port.or(usual_port)),
            unix => unix,
        };
        let builder = OptsBuilder::default()
            .user(user.clone())
            .pass(password.clone())
            .db_name(Some(database.clone()))
            .prefer_socket(false)
            // Each of the two spares a question.
            .max_allowed_packet(Some(MOST_OCTETS))
            .wait_timeout(Some(28_800))
            .init(vec![format!("SET NAMES {charset}")]);
        let builder = match &place {
            Place::Unix(path) => builder.socket(Some(path.clone())),
            Place::Inet(host, port) => builder
                .ip_or_hostname(host.clone())
                .tcp_port(port.unwrap_or(PORT))
                .ssl_opts(tls.clone()),
        };
        let reach = Reach {
            builder,
            any_name: tls
                .clone()
                .filter(|tls| matches!(place, Place::Inet(..)) && tls.skip_domain_validation()),
        };
        hosts.push(Host {
            address: place.address(PORT),
            is_local: matches!(place, Place::Unix(_)),
            login: format!("{user:?} {password:?} {database:?} {charset} {tls:?}"),
            connect: Box::new(move || Box::pin(connect(reach.clone()))),
        });
    }
    if hosts.is_empty() {
        return Err(source.wrong("hosts: no server"));
    }
    Ok(hosts)
}

fn usual_socket(options: &Options) -> String {
    let there = || SOCKETS.iter().find(|path| std::path::Path::new(path).exists());
    options
        .get("socket")
        .or_else(|| there().copied())
        .unwrap_or(SOCKETS[0])
        .to_owned()
}

/// How TLS is spoken with servers on the network; `None` when nothing of it is set.
fn tls(source: &Source, options: &Options) -> Result<Option<SslOpts>, OpenError> {
    let made = |name: &str, option: &str| -> Result<Option<String>, OpenError> {
        let own = source.given(name)?.filter(|text| !text.is_empty());
        Ok(own.or_else(|| options.get(option).map(str::to_owned)))
    };
    let ca_file = made("tls_CAfile", "ssl-ca")?;
    let ca_folder = made("tls_CApath", "ssl-capath")?;
    let cert = made("tls_cert_file", "ssl-cert")?;
    let key = made("tls_key_file", "ssl-key")?;
    let ciphers = made("tls_ciphers", "ssl-cipher")?;
    let verifies_name = source.is("tls_verify_cert", false)?;
    if ciphers.is_some() {
        log::not_followed(
            source.table(),
            "tls_ciphers",
            "the cipher suites are those of the TLS library",
        );
    }
    // The driver would tell of a file that is not there without its name, and for each connection.
    for file in [&ca_file, &cert, &key].into_iter().flatten() {
        std::fs::File::open(file).map_err(|error| OpenError::Io {
            what: file.clone(),
            source: error,
        })?;
    }
    let any = [&ca_file, &ca_folder, &cert, &key, &ciphers];
    if any.iter().all(|text| text.is_none()) && !verifies_name {
        return Ok(None);
    }
    let mut roots = Vec::new();
    match (&ca_file, &ca_folder) {
        (Some(file), _) => roots.push(std::path::PathBuf::from(file).into()),
        (None, Some(folder)) => {
            let entries = std::fs::read_dir(folder).map_err(|error| OpenError::Io {
                what: folder.clone(),
                source: error,
            })?;
            roots.extend(entries.flatten().map(|entry| entry.path().into()));
        }
        (None, None) => {}
    }
    let has_roots = !roots.is_empty();
    let identity = match (cert, key) {
        (Some(cert), Some(key)) => Some(ClientIdentity::new(
            std::path::PathBuf::from(cert).into(),
            std::path::PathBuf::from(key).into(),
        )),
        (None, None) => None,
        _ => return Err(source.wrong("tls_cert_file and tls_key_file belong together")),
    };
    Ok(Some(
        SslOpts::default()
            .with_root_certs(roots)
            .with_disable_built_in_roots(has_roots)
            .with_client_identity(identity)
            .with_danger_skip_domain_validation(!verifies_name)
            .with_danger_accept_invalid_certs(!has_roots && !verifies_name),
    ))
}

/// How one server is reached.
#[derive(Clone)]
struct Reach {
    builder: OptsBuilder,
    /// Set when the server's certificate may be for any name.
    any_name: Option<SslOpts>,
}

impl Reach {
    /// The driver means to pass over the name in a certificate, but does not know the words in which the TLS library
    /// tells of a wrong one today. Who issued the certificate was right by then; so it is asked for by the name it has.
    async fn connection(self) -> Result<Conn, Error> {
        let error = match Conn::new(self.builder.clone()).await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let text = error.to_string();
        match (self.any_name, certified_name(&text)) {
            (Some(tls), Some(name)) => {
                let tls = tls.with_danger_tls_hostname_override(Some(name));
                Conn::new(self.builder.ssl_opts(tls)).await
            }
            _ => Err(error),
        }
    }
}

/// A name that the certificate is for, from the text of the error that it is not for another.
fn certified_name(error: &str) -> Option<String> {
    let (_, rest) = error
        .split_once("DnsName(\"")
        .filter(|_| error.contains("not valid for name"))?;
    let (name, _) = rest.split_once('"')?;
    Some(name.replace('*', "any"))
}

async fn connect(reach: Reach) -> Result<Line, Fault> {
    let broken = |error: Error| Fault::Broken(error.to_string());
    let mut connection = reach.connection().await.map_err(broken)?;
    let mode = "SELECT @@SESSION.sql_mode LIKE '%NO_BACKSLASH_ESCAPES%'";
    let plain: Option<u8> = connection.query_first(mode).await.map_err(broken)?;
    Ok(Line {
        connection,
        backslashes: plain == Some(0),
        known: Known::default(),
    })
}

fn fault(error: Error) -> Fault {
    match error {
        Error::Server(error) if !BROKEN.contains(&error.code) => {
            Fault::Refused(format!("query failed: {error}"))
        }
        other => Fault::Broken(other.to_string()),
    }
}

async fn ask(line: &mut Line, statement: &str, needs_result_set: bool) -> Result<Values, Fault> {
    let mut result = line.connection.query_iter(statement).await.map_err(fault)?;
    let mut values = Values::new();
    let has_set = !result.columns_ref().is_empty();
    if !has_set && needs_result_set {
        return Err(Fault::Refused("query returned no result set".to_owned()));
    }
    let mut octets = 0;
    while let Some(row) = result.next().await.map_err(fault)? {
        for value in row.unwrap_raw() {
            let value = text(value.unwrap_or(Value::NULL))?;
            octets += value.as_ref().map_or(0, String::len);
            values.push(value);
        }
        if octets > MOST_OCTETS {
            return Err(Fault::Broken("the result is too large".to_owned()));
        }
    }
    let more_sets = has_set && !result.is_empty() && !result.columns_ref().is_empty();
    result.drop_result().await.map_err(fault)?;
    if more_sets {
        return Err(Fault::Refused(
            "query returned more than one result set".to_owned(),
        ));
    }
    Ok(values)
}

type Answers<'a> = LocalBoxFuture<'a, Result<Vec<Option<Values>>, Fault>>;

/// One question, or several as statements of one query, each with its result set.
fn turn_with_sets(line: &mut Line, batch: Batch<Asking>) -> Answers<'_> {
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
        let texts: Vec<&str> = match (&prepared, &*ways) {
            (None, [way]) => {
                return match ask(line, &way.text, true).await {
                    Err(Fault::Refused(_)) if !batch.is_alone => Ok(vec![None]),
                    asked => Ok(vec![Some(asked?)]),
                };
            }
            (None, ways) => ways.iter().map(|way| way.text.as_str()).collect(),
            (Some(_), ways) => ways.iter().filter_map(|way| way.run.as_deref()).collect(),
        };
        let found = ask_together(line, &texts).await?;
        if let Some(prepared) = prepared
            && found.contains(&None)
        {
            // Whatever it was, whole statements are asked on this connection from now on.
            line.known.give_up(&prepared);
        }
        Ok(found)
    })
}

/// One question, which may have no result set.
fn turn_without_sets(line: &mut Line, batch: Batch<Asking>) -> Answers<'_> {
    Box::pin(async move {
        let mut found = Vec::with_capacity(batch.questions.len());
        for asking in batch.questions.iter() {
            let text = &asking.way(line.backslashes)?.text;
            found.push(Some(ask(line, text, false).await?));
        }
        Ok(found)
    })
}

async fn ask_together(line: &mut Line, texts: &[&str]) -> Result<Vec<Option<Values>>, Fault> {
    let mut found = vec![None; texts.len()];
    let refused = |fault: Fault| match fault {
        // The statements behind the one that is refused are not run.
        Fault::Refused(_) => Ok(()),
        broken => Err(broken),
    };
    let mut result = match line.connection.query_iter(texts.join(";\n")).await.map_err(fault) {
        Ok(result) => result,
        Err(fault) => return refused(fault).map(|()| found),
    };
    let mut left = MOST_OCTETS;
    for place in &mut found {
        if result.is_empty() {
            break;
        }
        match values(&mut result, &mut left).await {
            Ok(values) => *place = Some(values),
            Err(fault) => {
                refused(fault)?;
                break;
            }
        }
    }
    result.drop_result().await.map_err(fault).or_else(refused)?;
    Ok(found)
}

/// The values in the result set that comes next, which may have `left` octets.
async fn values(result: &mut QueryResult<'_, '_, TextProtocol>, left: &mut usize) -> Result<Values, Fault> {
    let mut values = Values::new();
    while let Some(row) = result.next().await.map_err(fault)? {
        for value in row.unwrap_raw() {
            let value = text(value.unwrap_or(Value::NULL))?;
            *left = left
                .checked_sub(value.as_ref().map_or(0, String::len))
                .ok_or_else(|| Fault::Refused("the result is too large".to_owned()))?;
            values.push(value);
        }
    }
    Ok(values)
}

/// Whether a query is a single SELECT that others can stand behind: nothing in it can hide a semicolon from the server, or
/// be one.
fn is_one_select(template: &str) -> bool {
    let first = template.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("select")
        && ![";", "#", "--", "/*", "\\"]
            .iter()
            .any(|sign| template.contains(sign))
}

fn text(value: Value) -> Result<Option<String>, Fault> {
    match value {
        Value::NULL => Ok(None),
        Value::Bytes(octets) => String::from_utf8(octets)
            .map(Some)
            .map_err(|_| Fault::Refused("a value is not UTF-8".to_owned())),
        // Not in answers to queries sent as text.
        other => Ok(Some(other.as_sql(true))),
    }
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        Box::pin(async move {
            let Some(asking) = self.statement.asking(key)? else {
                return Ok(Values::new());
            };
            let turn: Turn<'_, _, _> = match self.needs_result_set {
                true => &turn_with_sets,
                false => &turn_without_sets,
            };
            self.gathering.ask(&self.pool, asking, turn).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_certificate_is_read_from_the_error_about_another() {
        let error = "invalid peer certificate: certificate not valid for name \"127.0.0.1\"; certificate is only valid for \
                     DnsName(\"*.db.example\")";
        assert_eq!(certified_name(error).as_deref(), Some("any.db.example"));
        assert_eq!(certified_name("invalid peer certificate: UnknownIssuer"), None);
    }
}
