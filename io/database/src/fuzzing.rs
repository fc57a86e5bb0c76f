//! For the targets of `fuzz/` only: what this room composes and decodes by itself, without connections.

use crate::directory::{quote_filter, quote_name, url};
use crate::sql::Statement;
use crate::template::{Key, Template};

pub use crate::sql::Dialect;

/// The statement about `key`; `None` when `template` is none, or the key is not put into it.
pub fn statement(dialect: Dialect, template: &str, key: &str, backslashes: bool) -> Option<String> {
    let statement = Statement::parse(template, dialect).ok()?;
    statement.about(&Key::new(key), backslashes).ok()
}

/// The same as a prepared statement and what runs it; `None` when it is sent as a whole.
pub fn prepared(dialect: Dialect, template: &str, key: &str, backslashes: bool) -> Option<(String, String)> {
    let asking = Statement::parse(template, dialect)
        .ok()?
        .asking(&Key::new(key))
        .ok()??;
    let run = asking.way(backslashes).ok()?.run.clone()?;
    Some((asking.prepared?.prepare(), run))
}

/// A filter of a directory about `key`.
pub fn filter(template: &str, key: &str) -> Option<String> {
    Template::parse(template)
        .ok()?
        .query(&Key::new(key), quote_filter)
}

/// A name in a directory about `key`.
pub fn name(template: &str, key: &str) -> Option<String> {
    Template::parse(template).ok()?.query(&Key::new(key), quote_name)
}

/// Base, attributes and filter of a URL in an entry.
pub fn url(text: &str) -> Option<(String, Vec<String>, String)> {
    let found = url::is_url(text).then(|| url::parse(text))??;
    Some((found.base, found.attributes, found.filter))
}

/// What the answer of a Redis server comes to; `None` when it is none.
#[cfg(feature = "redis")]
pub fn redis_values(octets: &[u8]) -> Option<Vec<Option<String>>> {
    crate::redis::values(redis::parse_redis_value(octets).ok()?).ok()
}

/// What `get key` finds at the memcached server at the other end of `socket`, values up to `longest` octets allowed;
/// the error is what is said of the server.
///
/// # Errors
/// It could not tell.
pub async fn memcache_get(
    socket: tokio::net::UnixStream,
    key: &str,
    longest: usize,
) -> Result<Option<String>, String> {
    crate::memcache::get(socket, key, longest)
        .await
        .map_err(|fault| format!("{fault:?}"))
}
