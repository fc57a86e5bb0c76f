//! Tables in files: text that is read into memory, patterns, and indexed files.

pub(crate) mod any;
pub(crate) mod berkeley;
pub(crate) mod build;
pub(crate) mod candidates;
pub(crate) mod cdb;
pub(crate) mod cidr;
pub(crate) mod content;
pub(crate) mod expressions;
pub(crate) mod hash;
pub(crate) mod intervals;
pub(crate) mod lease;
pub(crate) mod literals;
pub(crate) mod lmdb;
pub(crate) mod pcre;
pub(crate) mod posix;
pub(crate) mod regexp;
pub(crate) mod rules;
pub(crate) mod sdbm;
pub(crate) mod substitution;
pub(crate) mod text;
pub(crate) mod texthash;

use sys::pcre::Pcre;

use self::posix::Regexp;
use crate::registry::{OpenDatabaseFunction, OpenFunction};

/// The types of this folder.
pub(crate) const TYPES: &[(&str, OpenFunction)] = &[
    ("btree", hash::open),
    ("cdb", cdb::open),
    ("cidr", cidr::open),
    ("dbm", sdbm::open),
    ("hash", hash::open),
    ("lmdb", lmdb::open),
    ("pcre", expressions::open::<Pcre>),
    ("regexp", expressions::open::<Regexp>),
    ("sdbm", sdbm::open),
    ("texthash", texthash::open),
];

/// Those of them that can be changed.
pub(crate) const DATABASES: &[(&str, OpenDatabaseFunction)] = &[
    ("btree", hash::open_database),
    ("dbm", sdbm::open_database),
    ("hash", hash::open_database),
    ("lmdb", lmdb::open_database),
    ("sdbm", sdbm::open_database),
];
