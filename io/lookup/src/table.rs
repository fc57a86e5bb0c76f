//! The one trait of all tables, and the shape of their answers.
//!
//! A file answers at once, a server later. Both are an [`Answer`]; whoever only wants the result awaits
//! [`Answer::get`], which costs nothing when the answer is there already.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;

use crate::error::LookupError;

/// A boxed future that stays on its thread.
pub type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What a table says: at once, or later.
pub enum Answer<'a, T> {
    /// The answer is there.
    Ready(Result<T, LookupError>),
    /// The answer comes from a peer.
    Later(LocalBoxFuture<'a, Result<T, LookupError>>),
}

/// The answer to a search: `Some` found, `None` absent, error: could not tell.
pub type Lookup<'a> = Answer<'a, Option<String>>;

impl<T> Answer<'_, T> {
    /// Waits for the answer where it is not there yet.
    ///
    /// # Errors
    /// The table could not tell, or could not do.
    pub async fn get(self) -> Result<T, LookupError> {
        match self {
            Self::Ready(result) => result,
            Self::Later(future) => future.await,
        }
    }
}

/// The result of a search, as in [`Lookup`].
pub type Searched = Result<Option<String>, LookupError>;

/// What is called with the key and value of each entry, until it breaks.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// A key and its value.
pub type KeyValue = (String, String);

/// The answers for many keys.
#[derive(Default)]
pub struct Many {
    /// All values, one behind the other.
    text: String,
    /// Where the value for each key is.
    places: Vec<Option<(usize, usize)>>,
}

impl Many {
    /// No answers yet for so many keys.
    pub(crate) fn new(keys: usize) -> Self {
        Self {
            text: String::new(),
            places: vec![None; keys],
        }
    }

    /// Takes the value for the key at `place`.
    pub(crate) fn put(&mut self, place: usize, value: &str) {
        let begin = self.text.len();
        self.text.push_str(value);
        if let Some(to) = self.places.get_mut(place) {
            *to = Some((begin, self.text.len()));
        }
    }

    /// The values in the order of their keys; `None` for one that is absent.
    pub fn values(&self) -> impl Iterator<Item = Option<&str>> {
        let text = |(begin, end): (usize, usize)| self.text.get(begin..end).unwrap_or_default();
        self.places.iter().map(move |place| place.map(text))
    }
}

/// How a table compares keys, which decides whether parts of an address or name are searched too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Literal keys: the caller also asks for parts (`@domain`, parent domains).
    Fixed,
    /// Patterns, asked once with the full text.
    Pattern,
}

/// A table that can be searched.
pub trait Table {
    /// The name in messages: `type:name`.
    fn name(&self) -> &str;

    /// How keys are compared.
    fn keys(&self) -> Keys;

    /// Searches for `key`. Folding to lower case is the table's own work, by the `Use` it was opened with.
    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a>;

    /// The answers for many keys at once, in their order; `None` where the table has no quicker way than one by one.
    fn lookup_many(&self, keys: &[&str]) -> Option<Result<Many, LookupError>> {
        let _ = keys;
        None
    }

    /// As [`Table::lookup_many`], for a table behind a peer who takes several questions at once. Each key has its own
    /// answer.
    fn ask_many<'a>(&'a self, keys: &'a [&'a str]) -> Option<LocalBoxFuture<'a, Vec<Searched>>> {
        let _ = keys;
        None
    }

    /// Calls `visit` with each key and value until it breaks. Only tables on this host can do it.
    ///
    /// # Errors
    /// The type can not be listed, or reading failed.
    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        let _ = visit;
        Err(LookupError::failed(
            self.name(),
            "sequence operation is not supported",
        ))
    }
}

/// A table that can also be changed, entry by entry: the caches of `verify` and `postscreen`, `postmap -i` and `-d`.
pub trait Database: Table {
    /// Stores `value` under `key`, replacing an older value.
    fn update<'a>(&'a self, key: &'a str, value: &'a str) -> Answer<'a, ()>;

    /// Removes `key`; the answer says whether it was there.
    fn delete<'a>(&'a self, key: &'a str) -> Answer<'a, bool>;

    /// The entry that follows `key` in the table's own order; the first one for `None`. Between two calls
    /// entries may be removed and added, the given key too.
    fn after<'a>(&'a self, key: Option<&'a str>) -> Answer<'a, Option<KeyValue>>;
}

/// Runs a future that waits for nobody; for tests of tables that answer at once.
#[cfg(test)]
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("the table waits for a peer"),
    }
}
