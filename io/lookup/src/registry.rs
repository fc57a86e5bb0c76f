//! Opens tables by name, each once for each process and purpose.
//!
//! A table that can not be opened does not stop a daemon: it becomes one whose every search could not tell
//! (Postfix does the same), so that mail waits until it is mended. Commands use [`Tables::try_open`] instead.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::{Rc, Weak};

use crate::driver::Driver;
use crate::error::OpenError;
use crate::fold::Folding;
use crate::freshness::Stale;
use crate::maps::Maps;
use crate::observed::{Observer, observed};
use crate::table::{Database, Table};
use crate::{file, join, log, server};

/// What the tables need to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where relative names of database configuration files are looked for.
    pub config_directory: PathBuf,
    /// Where the sockets of `proxymap` are: `queue_directory`.
    pub queue_directory: PathBuf,
    /// The type of a table name without one (`default_database_type`), for commands only.
    pub default_database_type: String,
    /// Service that reads tables for us (`proxymap_service_name`).
    pub proxymap_service: String,
    /// Service that writes tables for us (`proxywrite_service_name`).
    pub proxywrite_service: String,
    /// Initial size of a new LMDB file (`lmdb_map_size`), in octets.
    pub lmdb_map_size: usize,
    /// Longest request to a socketmap server, in octets (`socketmap_max_query_size`).
    pub socketmap_max_query_size: usize,
    /// Longest reply of a socketmap server, in octets (`socketmap_max_reply_size`).
    pub socketmap_max_reply_size: usize,
    /// Texts are UTF-8 (`smtputf8_enable`). Else only letters of ASCII are folded, and octets of a stored value that are no
    /// text become question marks, where otherwise the table can not tell.
    pub utf8: bool,
    /// Keys and values in indexed files end with NUL (`postmap -N`) or do not (`-n`); `None`: as the file has them.
    pub with_nul: Option<bool>,
    /// The indexed file of a `hash:` or `btree:` table may be made from its source when it is needed.
    pub makes_indexes: bool,
    /// A table that can not be opened is logged at once, not only when it is asked: right for daemons.
    pub tells_unavailable: bool,
    /// This process has all drivers of the build, and asks nobody else for their tables: `proxymap`, `postmap`,
    /// `postalias`.
    pub has_drivers: bool,
    /// Tables with `proxy:` in front are opened here: `proxymap`.
    pub opens_proxied_tables: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            config_directory: PathBuf::from("/etc/postfix"),
            queue_directory: PathBuf::from("/var/spool/postfix"),
            default_database_type: "hash".to_owned(),
            proxymap_service: "proxymap".to_owned(),
            proxywrite_service: "proxywrite".to_owned(),
            lmdb_map_size: 16 * 1024 * 1024,
            socketmap_max_query_size: 10_000,
            socketmap_max_reply_size: 100_000,
            utf8: true,
            with_nul: None,
            makes_indexes: false,
            tells_unavailable: true,
            has_drivers: false,
            opens_proxied_tables: false,
        }
    }
}

/// For what a table is used: which decides on folding, and on what would be unsafe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Use {
    /// Fold keys to lower case before a search.
    pub fold: bool,
    /// Allow the text of the key in the value (`$1` in `regexp:` and `pcre:`). Off where a value may name a file or command.
    pub substitution: bool,
    /// Allow tables whose answers nobody vouches for (`tcp:`, `socketmap:`, `memcache:`).
    pub unauthenticated: bool,
    /// Ask proxymap for `proxy:` tables. Off: open the table behind it directly.
    pub proxied: bool,
    /// Values are names of files whose content is the value; indexed files hold the content in base64 (`postmap -F`).
    pub file_values: bool,
}

impl Use {
    /// The usual case: folded keys, every type.
    pub const GENERAL: Self = Self {
        fold: true,
        substitution: true,
        unauthenticated: true,
        proxied: true,
        file_values: false,
    };
    /// Keys are taken as they are.
    pub const EXACT: Self = Self {
        fold: false,
        ..Self::GENERAL
    };
    /// Values decide on files, commands or user ids: no substitution, no unauthenticated tables, no proxy.
    pub const TRUSTED: Self = Self {
        substitution: false,
        unauthenticated: false,
        proxied: false,
        ..Self::GENERAL
    };
}

/// One table to open, as an opening function sees it.
pub struct Opening<'a> {
    /// The table type.
    pub kind: &'a str,
    /// What follows the colon.
    pub name: &'a str,
    /// For what it is used.
    pub usage: Use,
    /// All tables of the process, for types that open others.
    pub tables: &'a Rc<Tables>,
}

impl Opening<'_> {
    /// `type:name`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.kind, self.name)
    }

    /// What is done to keys in this use.
    pub fn folding(&self) -> Folding {
        match (self.usage.fold, self.tables.settings.utf8) {
            (false, _) => Folding::None,
            (true, false) => Folding::Ascii,
            (true, true) => Folding::Unicode,
        }
    }

    /// The error for a name part that can not be read.
    pub fn syntax(&self, reason: impl ToString) -> OpenError {
        OpenError::Syntax {
            table: self.full_name(),
            reason: reason.to_string(),
        }
    }

    /// The error for a use that is not safe.
    pub fn forbidden(&self, reason: &'static str) -> OpenError {
        OpenError::Forbidden {
            table: self.full_name(),
            reason,
        }
    }
}

/// Opens a table of one type.
pub type OpenFunction = fn(&Opening<'_>) -> Result<Rc<dyn Table>, OpenError>;
/// Opens a changeable table of one type, making it where it is not there.
pub type OpenDatabaseFunction = fn(&Opening<'_>) -> Result<Rc<dyn Database>, OpenError>;

/// The tables of one process.
pub struct Tables {
    settings: Settings,
    types: HashMap<&'static str, OpenFunction>,
    databases: HashMap<&'static str, OpenDatabaseFunction>,
    drivers: HashMap<&'static str, Rc<dyn Driver>>,
    opened: RefCell<HashMap<(String, Use), Weak<dyn Table>>>,
    stale: Rc<Stale>,
    observer: RefCell<Option<Rc<dyn Observer>>>,
    /// How many tables are being opened for one another.
    depth: Cell<usize>,
}

/// How deep tables may be nested in tables.
const DEEPEST: usize = 30;

impl Tables {
    /// No table open yet; all types of this room known.
    pub fn new(settings: Settings) -> Rc<Self> {
        Self::with_drivers(settings, Vec::new())
    }

    /// As [`Tables::new`], with more types: the database drivers.
    pub fn with_drivers(settings: Settings, drivers: Vec<Rc<dyn Driver>>) -> Rc<Self> {
        let types = file::TYPES.iter().chain(server::TYPES).chain(join::TYPES);
        let databases = file::DATABASES
            .iter()
            .chain(server::DATABASES)
            .chain(join::DATABASES);
        Rc::new(Self {
            settings,
            types: types.copied().collect(),
            databases: databases.copied().collect(),
            drivers: drivers
                .into_iter()
                .map(|driver| (driver.kind(), driver))
                .collect(),
            opened: RefCell::new(HashMap::new()),
            stale: Rc::default(),
            observer: RefCell::new(None),
            depth: Cell::new(0),
        })
    }

    /// What the tables know of the configuration.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sets what is to be done when a table has changed that this process can not open again, after a change of root
    /// directory or user: to make room for a new process. Without it the content read before stays in use.
    pub fn when_stale(&self, hook: impl Fn() + 'static) {
        self.stale.set_hook(Box::new(hook));
    }

    /// Tells `observer` of every search in a table or list that is opened from now on.
    pub fn observe(&self, observer: Rc<dyn Observer>) {
        *self.observer.borrow_mut() = Some(observer);
    }

    pub(crate) fn observer(&self) -> Option<Rc<dyn Observer>> {
        self.observer.borrow().clone()
    }

    fn with_observer(&self, table: Rc<dyn Table>, usage: Use) -> Rc<dyn Table> {
        match &*self.observer.borrow() {
            Some(observer) => observed(table, None, usage, observer),
            None => table,
        }
    }

    pub(crate) fn stale(&self) -> Rc<Stale> {
        Rc::clone(&self.stale)
    }

    /// The known types, sorted, as `postconf -m` lists them.
    pub fn types(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.types.keys().chain(self.drivers.keys()).copied().collect();
        names.sort_unstable();
        names
    }

    /// Opens `text` (`type:name`), or shares it when it is open for the same use.
    ///
    /// # Errors
    /// Unknown type, a name that can not be read, a use that is not safe, or a file that can not be opened.
    pub fn try_open(self: &Rc<Self>, text: &str, usage: Use) -> Result<Rc<dyn Table>, OpenError> {
        let key = (text.to_owned(), usage);
        if let Some(table) = self.opened.borrow().get(&key).and_then(Weak::upgrade) {
            return Ok(table);
        }
        let opening = self.opening(text, usage)?;
        let table = self.with_observer(self.nested(&opening)?, usage);
        self.opened.borrow_mut().insert(key, Rc::downgrade(&table));
        Ok(table)
    }

    /// Opens one table, in which others may be: they are written inside one another and can not go in circles, but so deep
    /// that a process runs out of stack.
    fn nested(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let depth = self.depth.get();
        if depth >= DEEPEST {
            let name: String = opening.full_name().chars().take(60).collect();
            return Err(opening.syntax(format!("{name}...: tables are nested more than {DEEPEST} deep")));
        }
        self.depth.set(depth + 1);
        let opened = self.open_by_type(opening);
        self.depth.set(depth);
        opened
    }

    fn open_by_type(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        match (self.types.get(opening.kind), self.drivers.get(opening.kind)) {
            (Some(open), _) => open(opening),
            (None, Some(driver)) => driver.open(opening),
            (None, None) if !server::needs_driver(opening.kind) => Err(unknown(opening.kind)),
            (None, None) if self.settings.has_drivers => Err(OpenError::NotInBuild(opening.kind.to_owned())),
            // Also for uses that trust no proxy: nobody else has the driver.
            (None, None) => server::open_by_proxy(opening),
        }
    }

    /// Opens `text`; where that fails, logs why and gives a table that never can tell.
    ///
    /// # Errors
    /// Only for text that is not `type:name`.
    pub fn open(self: &Rc<Self>, text: &str, usage: Use) -> Result<Rc<dyn Table>, OpenError> {
        match self.try_open(text, usage) {
            Err(error @ OpenError::NotATable(_)) => Err(error),
            Err(error) => {
                if self.settings.tells_unavailable {
                    log::can_not_open(&error);
                }
                let unavailable = join::unavailable::Unavailable::new(text, error.to_string());
                Ok(self.with_observer(Rc::new(unavailable), usage))
            }
            Ok(table) => Ok(table),
        }
    }

    /// Opens `text` for reading and changing; a file that is not there is made.
    ///
    /// # Errors
    /// As [`Tables::try_open`], and for types that can not be changed.
    pub fn open_database(self: &Rc<Self>, text: &str, usage: Use) -> Result<Rc<dyn Database>, OpenError> {
        let opening = self.opening(text, usage)?;
        match (self.databases.get(opening.kind), self.drivers.get(opening.kind)) {
            (Some(open), _) => open(&opening),
            (None, Some(driver)) => driver.open_database(&opening),
            (None, None) if self.types.contains_key(opening.kind) => {
                Err(OpenError::ReadOnly(opening.full_name()))
            }
            (None, None) if !server::needs_driver(opening.kind) => Err(unknown(opening.kind)),
            (None, None) if self.settings.has_drivers => Err(OpenError::NotInBuild(opening.kind.to_owned())),
            (None, None) => server::open_database_by_proxy(&opening),
        }
    }

    /// The ordered list of tables in a parameter's text. `title` names the parameter in warnings.
    ///
    /// # Errors
    /// An item that is not `type:name`, or unbalanced braces.
    pub fn maps(self: &Rc<Self>, title: &str, text: &str, usage: Use) -> Result<Maps, OpenError> {
        Maps::open(self, title, text, usage)
    }

    pub(crate) fn opening<'a>(
        self: &'a Rc<Self>,
        text: &'a str,
        usage: Use,
    ) -> Result<Opening<'a>, OpenError> {
        let (kind, name) = text
            .split_once(':')
            .ok_or_else(|| OpenError::NotATable(text.to_owned()))?;
        if kind.is_empty() || name.is_empty() {
            return Err(OpenError::NotATable(text.to_owned()));
        }
        Ok(Opening {
            kind,
            name,
            usage,
            tables: self,
        })
    }
}

fn unknown(kind: &str) -> OpenError {
    match kind {
        "netinfo" => OpenError::Gone(
            kind.to_owned(),
            "NEXTSTEP had it; write its entries into a file, and name that as hash:",
        ),
        _ => OpenError::UnknownType(kind.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;

    fn nested(kind: &str, depth: usize) -> String {
        let (open, close) = match kind {
            "debug" => ("debug:".to_owned(), ""),
            _ => (format!("{kind}:{{"), "}"),
        };
        format!("{}static:x{}", open.repeat(depth), close.repeat(depth))
    }

    #[test]
    fn tables_are_nested_to_a_limit() {
        let _warnings = maillog::capture();
        for kind in ["pipemap", "unionmap", "debug"] {
            let tables = Tables::new(Settings::default());
            let table = tables.try_open(&nested(kind, 20), Use::GENERAL).unwrap();
            assert_eq!(ready(table.lookup("k").get()), Ok(Some("x".to_owned())), "{kind}");
            let table = tables.open(&nested(kind, 20_000), Use::GENERAL).unwrap();
            let error = ready(table.lookup("k").get()).unwrap_err().to_string();
            assert!(
                error.contains("nested more than 30 deep") || error.contains("bad syntax"),
                "{error:.200}"
            );
        }
    }

    #[test]
    fn an_error_is_one_line_with_the_table_in_it() {
        let tables = Tables::new(Settings::default());
        for (text, expected) in [
            ("nosuch:x", "unsupported dictionary type: nosuch"),
            (
                "x",
                "open dictionary: expecting \"type:name\" form instead of \"x\"",
            ),
            (
                "hash:/nosuch/x",
                "open database /nosuch/x.db: No such file or directory",
            ),
            (
                "lmdb:/nosuch/x",
                "open database /nosuch/x.lmdb: No such file or directory",
            ),
            (
                "cdb:/nosuch/x",
                "open database /nosuch/x.cdb: No such file or directory",
            ),
            (
                "sdbm:/nosuch/x",
                "open database /nosuch/x.pag: No such file or directory",
            ),
            (
                "texthash:/nosuch/x",
                "open database /nosuch/x: No such file or directory",
            ),
            ("regexp:/nosuch/x", "open /nosuch/x: No such file or directory"),
            ("pcre:/etc", "read /etc: Is a directory"),
            ("cidr:{x", "cidr map: missing '}' in \"{x\""),
            (
                "inline:{}",
                "bad syntax: \"inline:{}\"; need \"inline:{name=value...}\"",
            ),
            ("tcp:x", "bad syntax: \"tcp:x\"; need \"tcp:host:port\""),
        ] {
            let Err(error) = tables.try_open(text, Use::GENERAL) else {
                panic!("{text} was opened");
            };
            assert_eq!(error.to_string(), expected);
        }
    }
}
