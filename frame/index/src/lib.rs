//! Room `index`: what postmap and postalias have in common: query, list, change and build tables.
//!
//! How a line of the source is read, and how an entry is written out, is the command's own: its [`Dialect`].

mod build;
mod error;
mod log;
mod output;
mod query;

pub use error::IndexError;
pub use query::Session;

use std::path::PathBuf;
use std::rc::Rc;

use config::Configuration;
use lookup::{Driver, Folding, Tables, Use};

config::settings! {
    struct Settings {
        config_directory: String = CONFIG_DIRECTORY,
        queue_directory: String = QUEUE_DIRECTORY,
        default_database_type: String = DEFAULT_DATABASE_TYPE,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
        lmdb_map_size: usize = LMDB_MAP_SIZE,
        socketmap_max_query_size: usize = SOCKETMAP_MAX_QUERY_SIZE,
        socketmap_max_reply_size: usize = SOCKETMAP_MAX_REPLY_SIZE,
    }
}

/// One entry of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key, not folded yet.
    pub key: String,
    /// The value.
    pub value: String,
    /// What is strange about it, though it is taken.
    pub remark: Option<&'static str>,
}

/// An entry that ends a table, beside those of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: String,
    /// It never ends with NUL.
    pub plain: bool,
}

/// What one command has of its own.
pub trait Dialect {
    /// What stands between key and value in the output.
    const BETWEEN: &'static str;

    /// Reads one logical line.
    ///
    /// # Errors
    /// What is wrong with it; the line is then left out.
    fn entry(&self, line: &[u8]) -> Result<Entry, String>;

    /// What is added at the end of each table.
    fn signatures(&self) -> Vec<Signature> {
        Vec::new()
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Make new tables from their sources.
    Create,
    /// Add entries from standard input.
    Increment,
    /// Remove a key, or the keys on standard input for `-`.
    Delete(String),
    /// Search for a key, or for the keys on standard input for `-`.
    Query(String),
    /// Print all entries.
    List,
}

/// What happens to a key that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A warning, and the old value stays.
    Warn,
    /// The new value wins (`-r`).
    Replace,
    /// The old value stays (`-w`).
    Ignore,
}

/// A command line, as far as both commands understand it alike.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be done.
    pub operation: Operation,
    /// The tables, as `type:name`.
    pub tables: Vec<String>,
    /// What happens to a key that is there already.
    pub known: Known,
    /// Fold keys (no `-f`).
    pub fold: bool,
    /// Texts are UTF-8: `smtputf8_enable`, and no `-u`.
    pub utf8: bool,
    /// `-N`: with a NUL at the end of keys and values; `-n`: without.
    pub with_nul: Option<bool>,
    /// `-o`: stay root for a source of someone else.
    pub keeps_root: bool,
    /// `-p`: rights of the new file do not come from the source.
    pub usual_rights: bool,
    /// `-j`: one JSON object a line.
    pub json: bool,
    /// `-F`: values name files.
    pub file_values: bool,
}

impl Request {
    /// Reads the options (each letter with its value) and words that both commands have. Tables without a type get
    /// `default_database_type`.
    ///
    /// # Errors
    /// Options that exclude each other, or no table.
    pub fn read(
        given: &[(char, String)],
        operands: &[String],
        configuration: &Configuration,
    ) -> Result<Self, IndexError> {
        let settings = Settings::read(configuration)?;
        let operation = operation(given)?;
        if operands.is_empty() {
            return Err(IndexError::NoTable);
        }
        let has = |wanted: char| given.iter().any(|(letter, _)| *letter == wanted);
        let json = has('j');
        if json && !matches!(operation, Operation::Query(_) | Operation::List) {
            return Err(IndexError::JsonOfNothing);
        }
        let tables = operands.iter().map(|operand| match operand.contains(':') {
            true => operand.clone(),
            false => format!("{}:{operand}", settings.default_database_type),
        });
        let last_of = |one, other| {
            let given = given.iter().rev().map(|(letter, _)| *letter);
            given
                .into_iter()
                .find(|letter| *letter == one || *letter == other)
        };
        Ok(Self {
            operation,
            tables: tables.collect(),
            known: match last_of('r', 'w') {
                Some('r') => Known::Replace,
                Some(_) => Known::Ignore,
                None => Known::Warn,
            },
            fold: !has('f'),
            utf8: settings.smtputf8_enable && !has('u'),
            with_nul: last_of('N', 'n').map(|letter| letter == 'N'),
            keeps_root: has('o'),
            usual_rights: has('p'),
            json,
            file_values: has('F'),
        })
    }

    pub(crate) fn folding(&self) -> Folding {
        match (self.fold, self.utf8) {
            (false, _) => Folding::None,
            (true, false) => Folding::Ascii,
            (true, true) => Folding::Unicode,
        }
    }

    pub(crate) fn usage(&self) -> Use {
        Use {
            fold: self.fold,
            file_values: self.file_values,
            ..Use::GENERAL
        }
    }
}

/// What `-d`, `-i`, `-q` and `-s` ask for: one key or all entries; adding counts only without them.
fn operation(given: &[(char, String)]) -> Result<Operation, IndexError> {
    let mut chosen = None;
    for (letter, value) in given {
        let operation = match letter {
            'd' => Operation::Delete(value.clone()),
            'q' => Operation::Query(value.clone()),
            's' => Operation::List,
            _ => continue,
        };
        match (&chosen, &operation) {
            (None | Some(Operation::List), Operation::List) => {}
            (Some(_), Operation::List) => return Err(IndexError::TwoOperations("-s or -q or -d")),
            (Some(_), _) => return Err(IndexError::TwoOperations("-s -q or -d")),
            (None, _) => {}
        }
        chosen = Some(operation);
    }
    let adds = given.iter().any(|(letter, _)| *letter == 'i');
    Ok(chosen.unwrap_or(if adds {
        Operation::Increment
    } else {
        Operation::Create
    }))
}

/// The tables as a command opens them: itself, whatever stands in front.
///
/// # Errors
/// A parameter that can not be read.
pub fn tables(
    request: &Request,
    configuration: &Configuration,
    drivers: Vec<Rc<dyn Driver>>,
) -> Result<Rc<Tables>, IndexError> {
    let settings = Settings::read(configuration)?;
    let settings = lookup::Settings {
        config_directory: PathBuf::from(settings.config_directory),
        queue_directory: PathBuf::from(settings.queue_directory),
        default_database_type: settings.default_database_type,
        lmdb_map_size: settings.lmdb_map_size,
        socketmap_max_query_size: settings.socketmap_max_query_size,
        socketmap_max_reply_size: settings.socketmap_max_reply_size,
        utf8: request.utf8,
        with_nul: match request.operation {
            Operation::Create | Operation::Increment => None,
            _ => request.with_nul,
        },
        tells_unavailable: false,
        has_drivers: true,
        ..lookup::Settings::default()
    };
    Ok(Tables::with_drivers(settings, drivers))
}

/// Does what `request` says; true when it found what it was asked for, or had nothing to find.
///
/// # Errors
/// A table that can not be opened, read or written.
pub fn run<D: Dialect>(request: &Request, tables: &Rc<Tables>, dialect: &D) -> Result<bool, IndexError> {
    let session = Session::<D>::new(request, tables)?;
    match &request.operation {
        Operation::Create => build::create(request, tables, dialect, &session).map(|()| true),
        Operation::Increment => build::increment(request, tables, dialect, &session).map(|()| true),
        Operation::Delete(key) if key == "-" => session.delete_input(),
        Operation::Delete(key) => session.delete(key),
        Operation::Query(key) if key == "-" => session.query_input(),
        Operation::Query(key) => session.query(key),
        Operation::List => session.list(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation_of(given: &[(char, &str)]) -> Result<Operation, IndexError> {
        let given: Vec<_> = given
            .iter()
            .map(|(letter, value)| (*letter, (*value).to_owned()))
            .collect();
        operation(&given)
    }

    #[test]
    fn only_one_operation_is_taken() {
        assert_eq!(operation_of(&[]).unwrap(), Operation::Create);
        assert_eq!(
            operation_of(&[('q', "x")]).unwrap(),
            Operation::Query("x".to_owned())
        );
        assert!(operation_of(&[('q', "x"), ('s', "")]).is_err());
        assert!(operation_of(&[('q', "x"), ('q', "y")]).is_err());
        assert_eq!(
            operation_of(&[('i', ""), ('i', "")]).unwrap(),
            Operation::Increment
        );
        assert_eq!(operation_of(&[('i', ""), ('s', "")]).unwrap(), Operation::List);
    }
}
