//! `ldap:`: directories (ldap_table(5)).
//!
//! Difference: the protocol is version 3 always, whatever `version` says; `bind = sasl` knows the mechanism EXTERNAL;
//! referrals are not followed; `tls_cipher_suite`, `tls_random_file` and `debuglevel` have no effect.

mod connect;
mod entry;
mod expand;

use std::rc::Rc;
use std::time::Duration;

use ldap3::{DerefAliases, Scope};
use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};

use crate::asked::{Backend, Rules, Values};
use crate::directory::{quote_filter, quote_name};
use crate::error::Trouble;
use crate::pool::Pool;
use crate::server::{Lender, Lends};
use crate::source::Source;
use crate::template::{Key, Template};
use crate::{Settings, log};
use connect::Line;

/// The driver.
pub(crate) struct Ldap(Lender<Line>);

/// What a table asks a directory.
struct Query {
    base: Template,
    filter: Template,
    scope: Scope,
    attributes: Attributes,
    limits: Limits,
    pool: Pool<Line>,
}

/// Which attributes of an entry mean what.
#[derive(Clone, Debug, Default)]
struct Attributes {
    /// Values wherever they are.
    plain: Vec<String>,
    /// Names of, or searches for, more entries.
    special: Vec<String>,
    /// Values that make an entry the end of the search.
    terminal: Vec<String>,
    /// Values of entries that lead no further.
    leaf: Vec<String>,
}

/// How far one lookup may go.
#[derive(Clone, Copy, Debug)]
struct Limits {
    recursion: u32,
    /// Entries in the answer to one search; 0: no limit.
    size: i32,
    /// Values in all; 0: no limit.
    values: usize,
    time: Duration,
    dereference: DerefAliases,
}

/// How long a connection that nobody asks is kept.
const IDLE: Duration = Duration::from_secs(60);

impl Ldap {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("ldap", settings))
    }
}

impl Lends for Ldap {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Ldap {
    fn kind(&self) -> &'static str {
        "ldap"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, Some("result_filter"))?;
        let template = |name: &str, text: String| {
            let parsed = Template::parse(&text);
            parsed.map_err(|_| source.wrong(format!("Invalid {name} template: {text}")))
        };
        let limits = limits(&source)?;
        let hosts = connect::hosts(&source, limits.time)?;
        let query = Query {
            base: template("search_base", source.text("search_base", "")?)?,
            filter: template(
                "query",
                source.text("query_filter", "(mailacceptinggeneralid=%s)")?,
            )?,
            scope: scope(&source)?,
            attributes: Attributes {
                plain: source.words("result_attribute", "maildrop")?,
                special: source.words("special_result_attribute", "")?,
                terminal: source.words("terminal_result_attribute", "")?,
                leaf: source.words("leaf_result_attribute", "")?,
            },
            limits,
            // A server that failed is left alone no longer than it takes to ask the next one.
            pool: self.0.pool(hosts, Duration::ZERO, IDLE, limits.time),
        };
        if ["yes", "1"].contains(&source.text("chase_referrals", "no")?.as_str()) {
            log::not_followed(source.table(), "chase_referrals", "referrals are not followed");
        }
        Ok(self.0.table(&source, rules, query))
    }
}

fn limits(source: &Source) -> Result<Limits, OpenError> {
    let values = source.number("expansion_limit", 0, 0)?;
    let size = source.number("size_limit", values, 0)?;
    let dereference = match source.number("dereference", 0, 0)? {
        0 => DerefAliases::Never,
        1 => DerefAliases::Searching,
        2 => DerefAliases::Finding,
        3 => DerefAliases::Always,
        other => return Err(source.wrong(format!("dereference: {other} is none of 0 to 3"))),
    };
    Ok(Limits {
        recursion: source.number("recursion_limit", 1000, 1)?,
        size: i32::try_from(size).unwrap_or(i32::MAX),
        values: values as usize,
        time: source.seconds("timeout", 10)?,
        dereference,
    })
}

fn scope(source: &Source) -> Result<Scope, OpenError> {
    match source.text("scope", "sub")?.to_ascii_lowercase().as_str() {
        "sub" => Ok(Scope::Subtree),
        "one" => Ok(Scope::OneLevel),
        "base" => Ok(Scope::Base),
        other => {
            let why = format!("unrecognized value \"{other}\", using \"sub\"");
            log::not_followed(source.table(), "scope", &why);
            Ok(Scope::Subtree)
        }
    }
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        let base = self.base.query(key, quote_name);
        let filter = self.filter.query(key, quote_filter);
        let (Some(base), Some(filter)) = (base, filter) else {
            return Box::pin(async { Ok(Values::new()) });
        };
        let search = Rc::new(expand::Search {
            base,
            filter,
            scope: self.scope,
            attributes: self.attributes.clone(),
            may_be_missing: !self.base.is_constant(),
        });
        let limits = self.limits;
        Box::pin(async move {
            let asked = self.pool.run(move |line| {
                let search = Rc::clone(&search);
                Box::pin(async move { expand::expand(line, &search, limits).await })
            });
            let values = asked.await?;
            if limits.values > 0 && values.len() > limits.values {
                return Err(Trouble::TooMany(key.text.to_owned()));
            }
            Ok(values.into_iter().map(Some).collect())
        })
    }
}
