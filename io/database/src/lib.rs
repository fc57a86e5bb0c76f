//! Room `database`: the table types whose answers come from a database server: `mysql:`, `pgsql:`, `sqlite:`, `ldap:`,
//! `memcache:`, `redis:`, `mongodb:`.
//!
//! Only proxymap and the commands that ask tables bring this room along; every other program asks proxymap. So the
//! passwords are in one process, and the connections of the whole system in one pool. What the types share is here once:
//! settings ([`source`]), templates ([`template`], [`sql`]), which keys are asked for and what becomes of the values
//! ([`asked`]), connections ([`pool`]). A driver only knows how to quote, to connect and to ask.
//!
//! A server that is away, slow, or says no means "could not tell", never "absent".

// A target needs less than a driver does.
#![cfg_attr(feature = "fuzzing", allow(dead_code))]

mod asked;
#[cfg(any(feature = "ldap", feature = "fuzzing"))]
mod directory;
mod error;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
#[cfg(any(feature = "mysql", feature = "pgsql"))]
mod gather;
#[cfg(feature = "ldap")]
mod ldap;
mod log;
mod memcache;
#[cfg(feature = "mongodb")]
mod mongodb;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "pgsql")]
mod pgsql;
mod pool;
#[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
mod prepared;
#[cfg(feature = "redis")]
mod redis;
mod server;
mod source;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod template;
#[cfg(any(feature = "pgsql", feature = "ldap"))]
mod tls;

use std::rc::Rc;
use std::time::Duration;

use config::{Configuration, ParameterError};
use lookup::Driver;
use server::Lends;

/// The value of a parameter of `main.cf` by its name, expanded; an error is one line.
pub type Parameters = Rc<dyn Fn(&str) -> Result<Option<String>, String>>;

/// What the drivers need to know of the configuration.
pub struct Settings {
    /// Settings of tables that are named without a path: parameters of `main.cf`.
    pub parameters: Parameters,
    /// The most connections to one server (`database_connection_limit`).
    pub connection_limit: usize,
    /// How long connecting, and each question, may take (`database_time_limit`).
    pub time_limit: Duration,
    /// How old an answer may be that is given while its source is away (`database_remember_time`); zero: never.
    pub remember: Duration,
}

config::settings! {
    struct Limits {
        connection_limit: usize = DATABASE_CONNECTION_LIMIT,
        time_limit: Duration = DATABASE_TIME_LIMIT,
    }
}

impl Settings {
    /// What `configuration` says; nothing is remembered.
    ///
    /// # Errors
    /// A parameter that can not be read.
    pub fn read(configuration: &Configuration) -> Result<Self, ParameterError> {
        let limits = Limits::read(configuration)?;
        let main = configuration.clone();
        Ok(Self {
            parameters: Rc::new(move |name| main.expanded(name).map_err(|error| error.to_string())),
            connection_limit: limits.connection_limit,
            time_limit: limits.time_limit,
            remember: Duration::ZERO,
        })
    }
}

/// The drivers of this build.
pub struct Drivers {
    list: Vec<Rc<dyn Driver>>,
    sweeps: Vec<Box<dyn Fn()>>,
}

/// How often idle connections are looked for.
const SWEEP: Duration = Duration::from_secs(5);

impl Drivers {
    /// All of them; nothing is opened yet.
    pub fn new(settings: Settings) -> Self {
        let settings = Rc::new(settings);
        let mut drivers = Self {
            list: Vec::new(),
            sweeps: Vec::new(),
        };
        drivers.add(memcache::Memcache::new(&settings));
        #[cfg(feature = "sqlite")]
        drivers.add(sqlite::Sqlite::new(&settings));
        #[cfg(feature = "mysql")]
        drivers.add(mysql::Mysql::new(&settings));
        #[cfg(feature = "pgsql")]
        drivers.add(pgsql::Pgsql::new(&settings));
        #[cfg(feature = "ldap")]
        drivers.add(ldap::Ldap::new(&settings));
        #[cfg(feature = "redis")]
        drivers.add(redis::Redis::new(&settings));
        #[cfg(feature = "mongodb")]
        drivers.add(mongodb::Mongodb::new(&settings));
        drivers
    }

    fn add(&mut self, driver: impl Driver + Lends + 'static) {
        self.sweeps.push(driver.sweep());
        self.list.push(Rc::new(driver));
    }

    /// The drivers, for the tables of a process.
    pub fn list(&self) -> Vec<Rc<dyn Driver>> {
        self.list.clone()
    }

    /// Closes connections that have been idle too long, now and then; does not end.
    pub async fn tend(&self) {
        loop {
            stream::pause(SWEEP).await;
            self.sweeps.iter().for_each(|sweep| sweep());
        }
    }
}
