//! `redis:`: Redis and Valkey. Postfix has no such type; its settings are named as those of the SQL types.
//!
//! | setting | default | |
//! |---|---|---|
//! | `hosts` | `localhost` | servers, as in mysql_table(5); port 6379 |
//! | `user`, `password` | | who logs in, when the server asks |
//! | `database` | `0` | the number of the database |
//! | `query` | `GET %s` | the command, its words divided by white space, with the expansions of mysql_table(5) |
//! | `result_format`, `domain`, `expansion_limit`, `retry_interval`, `idle_interval` | | as in mysql_table(5) |
//!
//! The template is divided into words before a key is put in, and words travel with their lengths: a key is always part
//! of one word, whatever is in it. An answer of several values (`SMEMBERS`, `LRANGE`) becomes several results.

use std::rc::Rc;

use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};
use redis::aio::MultiplexedConnection;
use redis::{
    Client, Cmd, ConnectionAddr, ErrorKind, IntoConnectionInfo, RedisConnectionInfo, RedisError, Value,
};

use crate::Settings;
use crate::asked::{Backend, Rules, Values};
use crate::error::{Fault, Trouble};
use crate::pool::{Host, Pool};
use crate::server::{Lender, Lends, Place};
use crate::source::Source;
use crate::template::{Key, Template};

/// The driver.
pub(crate) struct Redis(Lender<MultiplexedConnection>);

struct Query {
    words: Vec<Template>,
    pool: Pool<MultiplexedConnection>,
}

const PORT: u16 = 6379;

impl Redis {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("redis", settings))
    }
}

impl Lends for Redis {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Redis {
    fn kind(&self) -> &'static str {
        "redis"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, None)?;
        let template = source.text("query", "GET %s")?;
        let words: Result<Vec<_>, _> = template.split_whitespace().map(Template::parse).collect();
        let words = words.map_err(|_| source.wrong(format!("Invalid query template: {template}")))?;
        if words.is_empty() {
            return Err(source.wrong("bad string length 0 < 1: query = "));
        }
        let query = Query {
            words,
            pool: self.0.timed_pool(&source, hosts(&source)?)?,
        };
        Ok(self.0.table(&source, rules, query))
    }
}

fn hosts(source: &Source) -> Result<Vec<Host<MultiplexedConnection>>, OpenError> {
    let database = source.number("database", 0, 0)?;
    let user = source.text("user", "")?;
    let password = source.text("password", "")?;
    let mut login = RedisConnectionInfo::default().set_db(database.into());
    if !user.is_empty() {
        login = login.set_username(&user);
    }
    if !password.is_empty() {
        login = login.set_password(&password);
    }
    let mut hosts = Vec::new();
    for word in source.words("hosts", "localhost")? {
        let place = Place::parse(&word).ok_or_else(|| source.wrong(format!("bad port in hosts: {word}")))?;
        let address = match &place {
            Place::Unix(path) => ConnectionAddr::Unix(path.into()),
            Place::Inet(host, port) => ConnectionAddr::Tcp(host.clone(), port.unwrap_or(PORT)),
        };
        let info = address
            .into_connection_info()
            .map_err(|error| source.wrong(error))?
            .set_redis_settings(login.clone());
        let client = Client::open(info).map_err(|error| source.wrong(error))?;
        hosts.push(Host {
            address: place.address(PORT),
            is_local: matches!(place, Place::Unix(_)),
            login: format!("{database} {user:?} {password:?}"),
            connect: Box::new(move || {
                let client = client.clone();
                Box::pin(async move {
                    let connected = client.get_multiplexed_async_connection().await;
                    connected.map_err(|error| Fault::Broken(error.to_string()))
                })
            }),
        });
    }
    if hosts.is_empty() {
        return Err(source.wrong("hosts: no server"));
    }
    Ok(hosts)
}

fn fault(error: &RedisError) -> Fault {
    match error.kind() {
        ErrorKind::Server(redis::ServerErrorKind::BusyLoading) => Fault::Broken(error.to_string()),
        ErrorKind::Server(_) | ErrorKind::Extension => Fault::Refused(format!("query failed: {error}")),
        _ => Fault::Broken(error.to_string()),
    }
}

/// The values in an answer.
pub(crate) fn values(answer: Value) -> Result<Values, Fault> {
    match answer {
        Value::Array(members) | Value::Set(members) => members.into_iter().map(value).collect(),
        Value::Nil => Ok(Values::new()),
        one => Ok(vec![value(one)?]),
    }
}

fn value(value: Value) -> Result<Option<String>, Fault> {
    Ok(match value {
        Value::Nil => None,
        Value::Int(number) => Some(number.to_string()),
        Value::BulkString(octets) => {
            Some(String::from_utf8(octets).map_err(|_| Fault::Refused("a value is not UTF-8".to_owned()))?)
        }
        Value::SimpleString(text) | Value::VerbatimString { text, .. } => Some(text),
        Value::Double(number) => Some(number.to_string()),
        _ => return Err(Fault::Refused("the answer is no text".to_owned())),
    })
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        let mut command = Cmd::new();
        for word in &self.words {
            match word.query(key, |text, into| into.push_str(text)) {
                Some(word) => command.arg(word),
                None => return Box::pin(async { Ok(Values::new()) }),
            };
        }
        let command = Rc::new(command);
        Box::pin(async move {
            let asked = self.pool.run(move |connection| {
                let command = Rc::clone(&command);
                Box::pin(async move {
                    let answer: Value = command
                        .query_async(connection)
                        .await
                        .map_err(|error| fault(&error))?;
                    values(answer)
                })
            });
            asked.await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_none_one_or_many() {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(values(Value::Nil), Ok(vec![]));
        assert_eq!(values(text("a")), Ok(vec![some("a")]));
        assert_eq!(values(Value::Int(7)), Ok(vec![some("7")]));
        assert_eq!(
            values(Value::Array(vec![text("a"), Value::Nil, text("b")])),
            Ok(vec![some("a"), None, some("b")])
        );
        assert!(values(Value::BulkString(vec![0xff])).is_err());
        assert!(values(Value::Array(vec![Value::Array(vec![])])).is_err());
    }
}
