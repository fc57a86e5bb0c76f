//! `proxy:type:name`: a table that proxymap opens for us, because it needs a password, a file or a connection that
//! this process should not have. Changes go to the proxywrite service.

use std::rc::Rc;

use contract::proxymap::{self, status};
use ipc::{AskError, Limits, Port};

use crate::error::{LookupError, OpenError};
use crate::registry::{Opening, Use};
use crate::table::{Answer, Database, KeyValue, Keys, LocalBoxFuture, Lookup, Searched, Table};
use crate::token;

/// Bits of the `flags` that client and service of the proxymap conversation exchange.
pub mod flag {
    /// Keys are folded.
    pub const FOLD: u32 = 1;
    /// No text of the key in the value.
    pub const NO_SUBSTITUTION: u32 = 1 << 1;
    /// No unauthenticated tables.
    pub const NO_UNAUTHENTICATED: u32 = 1 << 2;
    /// Values are file contents.
    pub const FILE_VALUES: u32 = 1 << 3;
    /// In an answer: keys are patterns.
    pub const PATTERN: u32 = 1 << 4;
}

impl Use {
    /// The use as bits of [`flag`].
    pub fn to_flags(self) -> u32 {
        let bits = [
            (self.fold, flag::FOLD),
            (!self.substitution, flag::NO_SUBSTITUTION),
            (!self.unauthenticated, flag::NO_UNAUTHENTICATED),
            (self.file_values, flag::FILE_VALUES),
        ];
        bits.iter()
            .filter(|(on, _)| *on)
            .fold(0, |flags, (_, bit)| flags | bit)
    }

    /// The use that a client's bits of [`flag`] ask for; a service does not proxy any further.
    pub fn from_flags(flags: u32) -> Self {
        Self {
            fold: flags & flag::FOLD != 0,
            substitution: flags & flag::NO_SUBSTITUTION == 0,
            unauthenticated: flags & flag::NO_UNAUTHENTICATED == 0,
            proxied: false,
            file_values: flags & flag::FILE_VALUES != 0,
        }
    }
}

struct Proxy {
    /// As configured, for messages.
    name: String,
    /// The table behind the service.
    table: String,
    flags: u32,
    service: String,
    port: Port,
    keys: Keys,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    if !opening.usage.proxied || opening.tables.settings().opens_proxied_tables {
        return opening.tables.open(opening.name, opening.usage);
    }
    open_named(opening, opening.name)
}

/// Asks the service for `table`.
pub(crate) fn open_named(opening: &Opening<'_>, table: &str) -> Result<Rc<dyn Table>, OpenError> {
    Ok(Rc::new(new(
        opening,
        table,
        &opening.tables.settings().proxymap_service,
    )?))
}

pub(crate) fn open_database(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    if !opening.usage.proxied || opening.tables.settings().opens_proxied_tables {
        return opening.tables.open_database(opening.name, opening.usage);
    }
    open_database_named(opening, opening.name)
}

/// Asks the service that makes changes for `table`.
pub(crate) fn open_database_named(opening: &Opening<'_>, table: &str) -> Result<Rc<dyn Database>, OpenError> {
    Ok(Rc::new(new(
        opening,
        table,
        &opening.tables.settings().proxywrite_service,
    )?))
}

fn new(opening: &Opening<'_>, table: &str, service: &str) -> Result<Proxy, OpenError> {
    let inner = opening.tables.opening(table, opening.usage)?;
    let path = opening
        .tables
        .settings()
        .queue_directory
        .join("private")
        .join(service);
    let limits = Limits {
        tries: 10,
        ..Limits::default()
    };
    Ok(Proxy {
        name: opening.full_name(),
        table: table.to_owned(),
        flags: opening.usage.to_flags(),
        service: service.to_owned(),
        port: Port::new(path, limits),
        keys: usual_keys(inner.kind, inner.name),
    })
}

/// How a type compares keys. The service need not be asked: what a type does is the same everywhere.
fn usual_keys(kind: &str, name: &str) -> Keys {
    let is_pattern = match kind {
        "cidr" | "fail" | "pcre" | "randmap" | "regexp" | "socketmap" | "tcp" => true,
        "pipemap" | "unionmap" => {
            config::split::list(token::unbrace(name).unwrap_or_default()).any(|member| {
                member
                    .split_once(':')
                    .is_some_and(|(kind, name)| usual_keys(kind, name) == Keys::Pattern)
            })
        }
        "debug" | "proxy" => name
            .split_once(':')
            .is_some_and(|(kind, name)| usual_keys(kind, name) == Keys::Pattern),
        _ => false,
    };
    if is_pattern { Keys::Pattern } else { Keys::Fixed }
}

impl Proxy {
    fn asking(&self, error: &AskError) -> LookupError {
        LookupError::failed(&self.name, format!("{} service: {error}", self.service))
    }

    /// The error behind a status that is neither done nor absent.
    fn refused(&self, status: i32, reason: &str) -> LookupError {
        let service = &self.service;
        let table = &self.table;
        match status {
            status::DENIED => LookupError::Unapproved {
                table: self.name.clone(),
                reason: format!("{service} service is not configured for table \"{table}\""),
            },
            status::BAD => LookupError::content(
                &self.name,
                format!("{service} request invalid for table \"{table}\""),
            ),
            status::CONFIGURATION => LookupError::content(&self.name, reason),
            _ => LookupError::failed(&self.name, reason),
        }
    }

    fn request(&self, key: &str) -> proxymap::Lookup {
        proxymap::Lookup {
            table: self.table.clone(),
            flags: self.flags,
            key: key.to_owned(),
        }
    }

    async fn find(&self, key: &str) -> Searched {
        let answer = self.port.ask(&self.request(key)).await;
        self.found(answer.map_err(|error| self.asking(&error))?)
    }

    async fn find_all(&self, keys: &[&str]) -> Vec<Searched> {
        let requests: Vec<_> = keys.iter().map(|key| self.request(key)).collect();
        match self.port.ask_all(&requests).await {
            Ok(answers) => answers.into_iter().map(|answer| self.found(answer)).collect(),
            Err(error) => {
                let error = self.asking(&error);
                keys.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    fn found(&self, answer: proxymap::Answer) -> Searched {
        match answer.status {
            status::OK => Ok(Some(answer.value)),
            status::NO_KEY => Ok(None),
            other => Err(self.refused(other, &answer.reason)),
        }
    }

    async fn store(&self, key: &str, value: &str) -> Result<(), LookupError> {
        let (table, key, value) = (self.table.clone(), key.to_owned(), value.to_owned());
        let request = proxymap::Update {
            table,
            flags: self.flags,
            key,
            value,
        };
        let answer = self
            .port
            .ask(&request)
            .await
            .map_err(|error| self.asking(&error))?;
        match answer.status {
            status::OK => Ok(()),
            other => Err(self.refused(other, &answer.reason)),
        }
    }

    async fn remove(&self, key: &str) -> Result<bool, LookupError> {
        let request = proxymap::Delete {
            table: self.table.clone(),
            flags: self.flags,
            key: key.to_owned(),
        };
        let answer = self
            .port
            .ask(&request)
            .await
            .map_err(|error| self.asking(&error))?;
        match answer.status {
            status::OK => Ok(true),
            status::NO_KEY => Ok(false),
            other => Err(self.refused(other, &answer.reason)),
        }
    }

    async fn next(&self, key: Option<&str>) -> Result<Option<KeyValue>, LookupError> {
        let request = proxymap::Sequence {
            table: self.table.clone(),
            flags: self.flags,
            after: key.unwrap_or_default().to_owned(),
        };
        let pair = self
            .port
            .ask(&request)
            .await
            .map_err(|error| self.asking(&error))?;
        match pair.status {
            status::OK => Ok(Some((pair.key, pair.value))),
            status::NO_KEY => Ok(None),
            other => Err(self.refused(other, "")),
        }
    }
}

impl Table for Proxy {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        self.keys
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Later(Box::pin(self.find(key)))
    }

    fn ask_many<'a>(&'a self, keys: &'a [&'a str]) -> Option<LocalBoxFuture<'a, Vec<Searched>>> {
        Some(Box::pin(self.find_all(keys)))
    }
}

impl Database for Proxy {
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()> {
        Answer::Later(Box::pin(self.store(key, value)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool> {
        Answer::Later(Box::pin(self.remove(key)))
    }

    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>> {
        Answer::Later(Box::pin(self.next(key)))
    }
}
