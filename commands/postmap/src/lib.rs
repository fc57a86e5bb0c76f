//! postmap: builds, changes, lists and asks lookup tables.
//!
//! Each file is the source of a table, see postfix-tables(5) for its format and for the types; a table is built from
//! it, of the type that stands before it or of `default_database_type`. Daemons notice a new table by themselves.
//!
//! ```text
//! postmap /etc/postfix/virtual                      build the table
//! postmap -q jane@example.com hash:/etc/postfix/virtual   what a daemon would find
//! postmap -q - regexp:/etc/postfix/access < keys    the same for each line
//! postmap -s hash:/etc/postfix/virtual              list it
//! ```
//!
//! `-q` asks the tables in their order until one has the key; any type can be asked, also one that is not built, such as
//! `mysql:`. A key is asked for as it is, in lower case: the parts of addresses that daemons look for are for you to ask.
//! The exit status is 0 when something was found, removed or built, 1 when not. Whoever has no right to the
//! table's own file or password may ask with `proxy:` in front, where proxymap(8) lets that table through.
//!
//! # Usage
//! ```text
//! postmap [-bfFhijmNnoprsuUvw] [-c DIR] [-d KEY] [-q KEY] [TYPE:]FILE ...
//! ```
//! # Options
//! - `-b`: standard input of `-q -` is a body, asked line by line; for `body_checks`
//! - `-F`: values are names of files, whose content is stored, in base64
//! - `-h`: standard input of `-q -` is a header, asked header by header; for `header_checks`
//! - `-m`: with `-b` and `-h`, look into MIME parts
//! - `-U`: with `-b` and `-h`, check that lines are UTF-8
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
//! The servers behind tables, with `-q`.
//! # Writes
//! `.lmdb` and `.cdb` files, beside the one in use and then in its place.
//! # Runs as
//! Whoever calls it; root becomes the owner of the source.
//! # Standards
//! None; postmap(1).
//! # Difference from Postfix
//! `hash:` and `btree:` tables become `.lmdb` files; `.db` files are read. A new table appears as a whole, at once.
//! Keys and values are UTF-8 with `-u` too.

mod content;
mod log;

use command::{Failure, Start, Status};
use database::Drivers;
use index::{Dialect, Entry, IndexError, Operation, Request};
use lookup::source;

const USAGE: &str = "usage: postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file...";

/// Key, white space, value.
struct Postmap;

impl Dialect for Postmap {
    const BETWEEN: &'static str = "\t";

    fn entry(&self, line: &[u8]) -> Result<Entry, String> {
        let entry = source::entry(line).map_err(|error| error.to_string())?;
        let remark = "record is in \"key: value\" format; is this an alias file?";
        Ok(Entry {
            key: entry.key.to_owned(),
            value: entry.value.to_owned(),
            remark: entry.looks_like_alias().then_some(remark),
        })
    }
}

/// Runs the command.
///
/// # Errors
/// Wrong words, or a table that can not be opened, read or written.
pub fn run(start: Start) -> Result<Status, Failure> {
    let options = start.options("bc:d:fFhijmnNopq:rsuUvw").map_err(|error| {
        log::bad_option(&error);
        Failure::usage(USAGE)
    })?;
    let configuration = start.configure(&options.setup('c', 'v'))?;
    let request = Request::read(&options.given, &options.operands, &configuration).map_err(failure)?;
    // It asks servers itself, so that it works while the mail system is down.
    let drivers = Drivers::new(database::Settings::read(&configuration)?).list();
    let tables = index::tables(&request, &configuration, drivers).map_err(failure)?;
    let content = content::Wanted {
        headers: options.has('h'),
        body: options.has('b'),
        mime: options.has('m'),
    };
    if content.is_any() && request.operation != Operation::Query("-".to_owned()) {
        return Err(Failure::usage("specify -b -h or -m only with \"-q -\""));
    }
    let found = if content.headers || content.body {
        index::Session::new(&request, &tables).and_then(|session| content::query(&session, content))
    } else {
        if content.mime {
            log::nothing_to_follow();
        }
        index::run(&request, &tables, &Postmap)
    };
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

    #[test]
    fn a_line_is_key_and_value() {
        let entry = Postmap.entry(b"Key  a value").unwrap();
        assert_eq!(
            (entry.key.as_str(), entry.value.as_str(), entry.remark),
            ("Key", "a value", None)
        );
        assert!(Postmap.entry(b"alias: value").unwrap().remark.is_some());
        assert_eq!(
            Postmap.entry(b"key"),
            Err("expected format: key whitespace value".to_owned())
        );
    }
}
