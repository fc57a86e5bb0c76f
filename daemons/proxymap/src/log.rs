//! The lines proxymap writes.

use config::catalogue::{PROXY_READ_MAPS, PROXY_WRITE_MAPS};

/// A client wants a table that no parameter names with `proxy:`.
pub(crate) fn unapproved(table: &str, writes: bool) {
    let (access, parameter) = if writes {
        ("read-write", PROXY_WRITE_MAPS.name())
    } else {
        ("read-only", PROXY_READ_MAPS.name())
    };
    maillog::warning!("request for unapproved table: \"{table}\"");
    maillog::warning!("to approve this table for {access} access, list proxy:{table} in main.cf:{parameter}");
}

/// A change is asked of the service that only reads.
pub(crate) fn refused(table: &str, request: &str) {
    maillog::warning!("refusing {table} {request} request on non-proxywrite service");
}

/// A request that is none of ours.
pub(crate) fn unknown(request: &str) {
    maillog::warning!("unrecognized request: \"{request}\", ignored");
}

/// A file with list items can not be read.
pub(crate) fn can_not_read(file: &str, error: &std::io::Error) {
    maillog::warning!("open {file}: {error}");
}

/// A table could not tell.
pub(crate) fn trouble(error: &lookup::LookupError) {
    maillog::warning!("{error}");
}

/// A table can not be opened.
pub(crate) fn can_not_open(error: &lookup::OpenError) {
    maillog::error!("{error}");
}
