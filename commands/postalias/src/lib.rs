//! postalias: builds, changes, lists and asks alias databases.
//!
//! Each file is an alias file, see aliases(5); a table is built from it, of the type that stands before it or of
//! `default_database_type`. newaliases(1) builds those of `alias_database`.
//!
//! ```text
//! postalias /etc/aliases                 build the table
//! postalias -q postmaster hash:/etc/aliases   what local would find
//! ```
//!
//! The exit status is 0 when something was found, removed or built, 1 when not.
//!
//! # Usage
//! ```text
//! postalias [-Nfijnoprsuvw] [-c DIR] [-d KEY] [-q KEY] [TYPE:]FILE ...
//! ```
//! # Options
//! - `-c DIR`: the configuration is in this folder
//! - `-d KEY`: remove an entry; `-` reads keys from standard input
//! - `-f`: do not fold keys to lower case
//! - `-i`: add what standard input says to the table, instead of building it anew
//! - `-j`: answers of `-q` and `-s` in JSON
//! - `-n`, `-N`: without a NUL at the end of keys and values, or with one; by default as the table has them
//! - `-o`: stay root to read a source that belongs to someone else
//! - `-p`: give the table the usual mode, not that of its source
//! - `-q KEY`: ask for a key, exit status 1 if nothing has it; `-` reads keys from standard input
//! - `-r`: an entry that is there already is replaced, without a warning
//! - `-s`: list all entries
//! - `-u`: without checks for UTF-8
//! - `-v`: log more; several log still more
//! - `-w`: an entry that is there already stays, without a warning
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody.
//! # Writes
//! `.lmdb` and `.cdb` files, beside the one in use and then in its place.
//! # Runs as
//! Whoever calls it; root becomes the owner of the source.
//! # Standards
//! None; postalias(1).
//! # Difference from Postfix
//! `hash:` and `btree:` tables become `.lmdb` files; `.db` files are read. A new table appears as a whole, at once.
//! Keys and values are UTF-8 with `-u` too.

mod log;

use command::{Failure, Start, Status};
use config::Configuration;
use database::Drivers;
use index::{Dialect, Entry, IndexError, Request, Signature};

const USAGE: &str = "usage: postalias [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file...";

config::settings! {
    struct Settings {
        myhostname: String = MYHOSTNAME,
    }
}

/// Name, colon, addresses.
struct Postalias {
    host: String,
    now_seconds: u64,
}

impl Dialect for Postalias {
    const BETWEEN: &'static str = ":\t";

    fn entry(&self, line: &[u8]) -> Result<Entry, String> {
        let alias = lookup::alias(line).map_err(|error| error.to_string())?;
        Ok(Entry {
            key: alias.name,
            value: alias.value,
            remark: None,
        })
    }

    /// What sendmail and NIS look for: a mark that the table is complete, when it was made, and where.
    fn signatures(&self) -> Vec<Signature> {
        let stamp = format!("{:010}", self.now_seconds);
        vec![
            Signature {
                key: "@",
                value: "@".to_owned(),
                plain: false,
            },
            Signature {
                key: "YP_LAST_MODIFIED",
                value: stamp,
                plain: true,
            },
            Signature {
                key: "YP_MASTER_NAME",
                value: self.host.clone(),
                plain: true,
            },
        ]
    }
}

impl Postalias {
    fn new(configuration: &Configuration) -> Result<Self, Failure> {
        let settings = Settings::read(configuration)?;
        Ok(Self {
            host: settings.myhostname,
            now_seconds: stream::time_of_day().as_secs(),
        })
    }
}

/// Runs the command.
///
/// # Errors
/// Wrong words, or a table that can not be opened, read or written.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options("c:d:fijNnopq:rsuvw").map_err(|error| {
        log::bad_option(&error);
        Failure::usage(USAGE)
    })?;
    let configuration = start.configure(&options.setup('c', 'v'))?;
    let request = Request::read(&options.given, &options.operands, &configuration).map_err(failure)?;
    // It asks servers itself, so that it works while the mail system is down.
    let drivers = Drivers::new(database::Settings::read(&configuration)?).list();
    let tables = index::tables(&request, &configuration, drivers).map_err(failure)?;
    let found = index::run(&request, &tables, &Postalias::new(&configuration)?);
    found.map(status).map_err(failure)
}

fn status(found: bool) -> Status {
    if found { Status::OK } else { Status::GENERAL }
}

fn failure(error: IndexError) -> Failure {
    match error {
        IndexError::NoTable => Failure::usage(USAGE),
        other => Failure::general(other.to_string()),
    }
}
