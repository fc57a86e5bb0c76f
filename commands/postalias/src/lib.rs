//! postalias: builds, changes, lists and asks alias databases.
//!
//! Each file is an alias file, see aliases(5); a table is built from it, of the type that stands before it or of
//! `default_database_type`. newaliases(1) builds those of `alias_database`.
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
use index::{Dialect, Entry, IndexError, Request, Signature};
use lookup::OpenFunction;
use mail::parse::{AddressList, Token, scan_address};

/// Table types of the heavy drivers.
const DRIVERS: &[(&str, OpenFunction)] = &[];
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
        let shown = || String::from_utf8_lossy(line).into_owned();
        let text = std::str::from_utf8(line)
            .map_err(|_| format!("non-UTF-8 input \"{}\" -- ignoring this line", shown()))?;
        let tokens = scan_address(text);
        let need = || "need name:value pair".to_owned();
        let colon = tokens
            .iter()
            .position(|token| *token == Token::Operator(b':'))
            .ok_or_else(need)?;
        let (name, rest) = tokens.split_at_checked(colon).ok_or_else(need)?;
        let value = rest.get(1..).unwrap_or_default();
        if name.is_empty() || value.is_empty() || name.contains(&Token::Operator(b',')) {
            return Err(need());
        }
        if name
            .iter()
            .any(|token| matches!(token, Token::Operator(b'@' | b'%')))
        {
            return Err("name must be local and have no domain".to_owned());
        }
        Ok(Entry {
            key: text_of(name),
            value: text_of(value),
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

/// The external form of some tokens, with blanks between words.
fn text_of(tokens: &[Token<'_>]) -> String {
    let list = AddressList {
        tokens: tokens.to_vec(),
    };
    String::from_utf8_lossy(&list.external()).into_owned()
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
    let tables = index::tables(&configuration, DRIVERS).map_err(failure)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Result<(String, String), String> {
        let postalias = Postalias {
            host: "host.example".to_owned(),
            now_seconds: 1,
        };
        postalias
            .entry(line.as_bytes())
            .map(|entry| (entry.key, entry.value))
    }

    #[test]
    fn a_line_is_a_name_and_addresses() {
        let pair = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(entry("root: fred"), pair("root", "fred"));
        assert_eq!(entry("Root :fred"), pair("Root", "fred"));
        assert_eq!(entry("\"a b\": c"), pair("\"a b\"", "c"));
        assert_eq!(entry("list: a, b@c"), pair("list", "a, b@c"));
        assert_eq!(entry("x: \"|/bin/cmd arg\""), pair("x", "\"|/bin/cmd arg\""));
        assert_eq!(entry("x: :include:/y"), pair("x", ":include:/y"));
    }

    #[test]
    fn what_is_no_alias_is_refused() {
        for bad in ["root fred", ": fred", "root:", "a, b: c"] {
            assert_eq!(entry(bad), Err("need name:value pair".to_owned()), "{bad}");
        }
        assert_eq!(
            entry("a@b: c"),
            Err("name must be local and have no domain".to_owned())
        );
    }
}
