//! Tables that need no file and no peer of their own: fixed values, and combinations of other tables.

pub(crate) mod debug;
pub(crate) mod environ;
pub(crate) mod fail;
pub(crate) mod inline;
pub(crate) mod internal;
pub(crate) mod pipemap;
pub(crate) mod randmap;
pub(crate) mod r#static;
pub(crate) mod unavailable;
pub(crate) mod unionmap;

use crate::registry::{OpenDatabaseFunction, OpenFunction};

/// The types of this folder.
pub(crate) const TYPES: &[(&str, OpenFunction)] = &[
    ("debug", debug::open),
    ("environ", environ::open),
    ("fail", fail::open),
    ("inline", inline::open),
    ("internal", internal::open),
    ("pipemap", pipemap::open),
    ("randmap", randmap::open),
    ("static", r#static::open),
    ("unionmap", unionmap::open),
];

/// Those of them that can be changed.
pub(crate) const DATABASES: &[(&str, OpenDatabaseFunction)] = &[
    ("fail", fail::open_database),
    ("internal", internal::open_database),
];
