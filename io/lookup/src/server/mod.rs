//! Tables behind someone else: the system's user database, proxymap, and servers of one's own.

pub(crate) mod link;
pub(crate) mod nis;
pub(crate) mod proxy;
pub(crate) mod socketmap;
pub(crate) mod tcp;
pub(crate) mod unix;

use std::rc::Rc;

use crate::error::OpenError;
use crate::registry::{OpenDatabaseFunction, OpenFunction, Opening};
use crate::table::{Database, Table};

/// The types of this folder.
pub(crate) const TYPES: &[(&str, OpenFunction)] = &[
    ("nis", nis::open),
    ("nisplus", nis::open_plus),
    ("proxy", proxy::open),
    ("socketmap", socketmap::open),
    ("tcp", tcp::open),
    ("unix", unix::open),
];

/// Those of them that can be changed.
pub(crate) const DATABASES: &[(&str, OpenDatabaseFunction)] = &[("proxy", proxy::open_database)];

/// True for the database types, whose drivers only proxymap and commands have.
pub fn needs_driver(kind: &str) -> bool {
    matches!(
        kind,
        "ldap" | "memcache" | "mongodb" | "mysql" | "pgsql" | "redis" | "sqlite"
    )
}

/// Opens a database table by proxymap, though the administrator did not write `proxy:`.
pub(crate) fn open_by_proxy(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    proxy::open_named(opening, &opening.full_name())
}

/// As [`open_by_proxy`], for a table that is to be changed.
pub(crate) fn open_database_by_proxy(opening: &Opening<'_>) -> Result<Rc<dyn Database>, OpenError> {
    proxy::open_database_named(opening, &opening.full_name())
}
