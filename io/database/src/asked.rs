//! What all database tables have in common: which keys are asked for at all, and what becomes of the values.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lookup::{Answer, Keys, LocalBoxFuture, Lookup, LookupError, MatchList, OpenError, Opening, Table, fold};

use crate::error::Trouble;
use crate::log;
use crate::source::Source;
use crate::template::{Key, Template};

/// What a server has for a key: texts, and what is no text (NULL).
pub(crate) type Values = Vec<Option<String>>;

/// The part of a table that knows its server.
pub(crate) trait Backend {
    /// The values for `key`; none when the key lacks what the query needs.
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>>;
}

/// What decides on keys and results, by the settings all types have.
pub(crate) struct Rules {
    domain: Option<MatchList>,
    result: Template,
    /// 0: no limit.
    expansion_limit: usize,
    fold: bool,
}

/// A database table.
pub(crate) struct Asked {
    name: String,
    rules: Rules,
    backend: Box<dyn Backend>,
    memory: Memory,
}

/// The most octets of all results together.
pub(crate) const MOST_OCTETS: usize = 16 << 20;

impl Rules {
    /// Reads `domain`, `result_format` (or `older_format`) and `expansion_limit`.
    ///
    /// # Errors
    /// A setting that can not be used.
    pub(crate) fn read(
        opening: &Opening<'_>,
        source: &Source,
        older_format: Option<&str>,
    ) -> Result<Self, OpenError> {
        let older = older_format.map(|name| source.given(name)).transpose()?.flatten();
        let format = source.text("result_format", older.as_deref().unwrap_or("%s"))?;
        if format.is_empty() {
            return Err(source.wrong("bad string length 0 < 1: result_format = "));
        }
        Ok(Self {
            domain: domain(opening, source)?,
            result: Template::parse(&format)
                .map_err(|_| source.wrong(format!("Invalid result template: {format}")))?,
            expansion_limit: source.number("expansion_limit", 0, 0)? as usize,
            fold: opening.usage.fold,
        })
    }

    /// The value under a key that is looked up with these rules.
    async fn find(&self, name: &str, backend: &dyn Backend, text: &str) -> Result<Option<String>, Failure> {
        let folded = if self.fold { fold(text) } else { text.into() };
        let key = Key::new(&folded);
        // No text with NUL is in any database, and some servers would take it for the end of the query.
        if key.text.contains('\0') || key.text.is_empty() || !self.result.is_answerable(&key) {
            return Ok(None);
        }
        if let Some(domain) = &self.domain
            && !is_in(domain, &key).await.map_err(Failure::Domain)?
        {
            return Ok(None);
        }
        let values = backend.values(&key).await.map_err(Failure::Server)?;
        self.joined(name, &key, values).map_err(Failure::Server)
    }

    fn joined(&self, name: &str, key: &Key<'_>, values: Values) -> Result<Option<String>, Trouble> {
        let mut joined = String::new();
        let mut count = 0;
        for value in values.into_iter().flatten() {
            if value.is_empty() {
                log::empty_value(name, key.text);
                continue;
            }
            let Some(result) = self.result.result(key, &value) else {
                continue;
            };
            count += 1;
            if self.expansion_limit > 0 && count > self.expansion_limit {
                return Err(Trouble::TooMany(key.text.to_owned()));
            }
            if count > 1 {
                joined.push(',');
            }
            joined.push_str(&result);
            if joined.len() > MOST_OCTETS {
                return Err(Trouble::TooMany(key.text.to_owned()));
            }
        }
        Ok((count > 0).then_some(joined))
    }
}

/// The list in the setting `domain`; `None` when there is none.
pub(crate) fn domain(opening: &Opening<'_>, source: &Source) -> Result<Option<MatchList>, OpenError> {
    let text = source.text("domain", "")?;
    if text.is_empty() {
        return Ok(None);
    }
    MatchList::open(opening.tables, source.table(), &text, false).map(Some)
}

/// Whether `key` is a full address in one of the domains.
pub(crate) async fn is_in(domains: &MatchList, key: &Key<'_>) -> Result<bool, LookupError> {
    match key.full_address_domain() {
        Some(domain) => domains.contains_text(&domain.to_lowercase()).await,
        None => Ok(false),
    }
}

enum Failure {
    Domain(LookupError),
    Server(Trouble),
}

impl Asked {
    /// A table of these parts, which may remember answers for so long.
    pub(crate) fn table(
        source: &Source,
        rules: Rules,
        backend: Box<dyn Backend>,
        remember: Duration,
    ) -> Rc<dyn Table> {
        Rc::new(Self {
            name: source.table().to_owned(),
            rules,
            backend,
            memory: Memory::new(remember),
        })
    }

    async fn find(&self, key: &str) -> Result<Option<String>, LookupError> {
        match self.rules.find(&self.name, &*self.backend, key).await {
            Ok(found) => {
                self.memory.learn(key, &found);
                Ok(found)
            }
            Err(Failure::Server(trouble @ Trouble::Away(_))) => match self.memory.recall(key) {
                Some(found) => {
                    if !self.memory.told.replace(true) {
                        log::remembers(&self.name);
                    }
                    Ok(found)
                }
                None => Err(trouble.of_table(&self.name)),
            },
            Err(Failure::Server(trouble)) => Err(trouble.of_table(&self.name)),
            Err(Failure::Domain(error)) => Err(error),
        }
    }
}

impl Table for Asked {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        Answer::Later(Box::pin(self.find(key)))
    }
}

/// The last known answers, absent ones too, for the time when the source is away. Off unless the administrator says for
/// how long an answer may be old: what was changed meanwhile is not seen.
struct Memory {
    time: Duration,
    /// Two generations: when the younger is full it becomes the older, which is forgotten.
    younger: RefCell<HashMap<String, Known>>,
    older: RefCell<HashMap<String, Known>>,
    told: Cell<bool>,
}

#[derive(Clone)]
struct Known {
    answer: Option<String>,
    at: Instant,
}

/// Answers in one generation.
const GENERATION: usize = 20_000;

impl Memory {
    fn new(time: Duration) -> Self {
        Self {
            time,
            younger: RefCell::default(),
            older: RefCell::default(),
            told: Cell::new(false),
        }
    }

    fn learn(&self, key: &str, answer: &Option<String>) {
        if self.time.is_zero() {
            return;
        }
        self.told.set(false);
        let mut younger = self.younger.borrow_mut();
        if younger.len() >= GENERATION {
            *self.older.borrow_mut() = std::mem::take(&mut *younger);
        }
        let known = Known {
            answer: answer.clone(),
            at: stream::now(),
        };
        younger.insert(key.to_owned(), known);
    }

    fn recall(&self, key: &str) -> Option<Option<String>> {
        if self.time.is_zero() {
            return None;
        }
        let younger = self.younger.borrow().get(key).cloned();
        let known = younger.or_else(|| self.older.borrow().get(key).cloned())?;
        let age = stream::now().duration_since(known.at);
        (age <= self.time).then_some(known.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookup::{Settings, Tables, Use};

    /// Gives what it was told to give.
    struct Scripted(RefCell<Vec<Result<Values, Trouble>>>);

    impl Backend for Scripted {
        fn values<'a>(&'a self, _key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
            let next = self.0.borrow_mut().pop();
            Box::pin(async { next.unwrap_or_else(|| Ok(Vec::new())) })
        }
    }

    fn asked(settings: &str, remember: Duration, script: Vec<Result<Values, Trouble>>) -> Rc<dyn Table> {
        let name = format!(
            "database-asked-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let path = std::env::temp_dir().join(name.replace(['(', ')'], ""));
        std::fs::write(&path, settings).unwrap();
        let tables = Tables::new(Settings::default());
        let path = path.display().to_string();
        let opening = Opening {
            kind: "mysql",
            name: &path,
            usage: Use::GENERAL,
            tables: &tables,
        };
        let parameters: crate::Parameters = Rc::new(|_| Ok(None));
        let source = Source::open(&opening, &parameters).unwrap();
        let rules = Rules::read(&opening, &source, None).unwrap();
        let mut script = script;
        script.reverse();
        Asked::table(&source, rules, Box::new(Scripted(RefCell::new(script))), remember)
    }

    fn texts(texts: &[&str]) -> Result<Values, Trouble> {
        Ok(texts.iter().map(|text| Some((*text).to_owned())).collect())
    }

    #[tokio::test]
    async fn values_are_formatted_and_joined() {
        let mut null = texts(&["c"]).unwrap();
        null.push(None);
        let table = asked(
            "",
            Duration::ZERO,
            vec![texts(&["a", "", "b"]), Ok(null), texts(&[""])],
        );

        assert_eq!(table.lookup("k").get().await, Ok(Some("a,b".to_owned())));
        assert_eq!(table.lookup("k").get().await, Ok(Some("c".to_owned())));
        assert_eq!(table.lookup("k").get().await, Ok(None));
    }

    #[tokio::test]
    async fn more_values_than_allowed_can_not_tell() {
        let table = asked(
            "expansion_limit = 1",
            Duration::ZERO,
            vec![texts(&["a"]), texts(&["a", "b"])],
        );

        assert_eq!(table.lookup("k").get().await, Ok(Some("a".to_owned())));
        assert!(table.lookup("k").get().await.is_err());
    }

    #[tokio::test]
    async fn keys_outside_of_the_domains_are_not_asked_for() {
        let script = || vec![texts(&["a"])];
        for (key, expected) in [
            ("u@d.com", true),
            ("U@D.COM", true),
            ("u@sub.d.com", false),
            ("u", false),
            ("d.com", false),
            ("@d.com", false),
            ("u@d.com\0", false),
        ] {
            let table = asked("domain = d.com", Duration::ZERO, script());
            let found = table.lookup(key).get().await.unwrap();
            assert_eq!(found.is_some(), expected, "{key}");
        }
    }

    #[tokio::test]
    async fn answers_are_remembered_only_when_allowed_and_only_while_the_source_is_away() {
        let away = || Err(Trouble::Away("gone".to_owned()));
        let script = || vec![texts(&["a"]), texts(&[]), away(), away(), away()];

        let table = asked("", Duration::from_secs(60), script());
        assert_eq!(table.lookup("k").get().await, Ok(Some("a".to_owned())));
        assert_eq!(table.lookup("none").get().await, Ok(None));
        assert_eq!(table.lookup("k").get().await, Ok(Some("a".to_owned())));
        assert_eq!(table.lookup("none").get().await, Ok(None));
        assert!(table.lookup("never asked").get().await.is_err());

        let table = asked("", Duration::ZERO, vec![texts(&["a"]), away()]);
        assert_eq!(table.lookup("k").get().await, Ok(Some("a".to_owned())));
        assert!(table.lookup("k").get().await.is_err());

        let refused = Err(Trouble::Refused("no".to_owned()));
        let table = asked("", Duration::from_secs(60), vec![texts(&["a"]), refused]);
        assert_eq!(table.lookup("k").get().await, Ok(Some("a".to_owned())));
        assert!(table.lookup("k").get().await.is_err());
    }
}
