//! One lookup: a search, and the searches that its entries lead to.
//!
//! An entry with a terminal attribute gives that attribute's values alone. Otherwise it gives its plain attributes, the
//! leaf ones when it leads no further, and what its special attributes lead to: names of entries, or URLs.

use std::collections::VecDeque;

use ldap3::{Scope, SearchOptions};

use crate::asked::MOST_OCTETS;
use crate::directory::url::{self, Found, Reach};
use crate::error::Fault;
use crate::ldap::connect::{self, Line};
use crate::ldap::entry::{Entry, is_one_of};
use crate::ldap::{Attributes, Limits};

/// One search.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) base: String,
    pub(crate) filter: String,
    pub(crate) scope: Scope,
    pub(crate) attributes: Attributes,
    /// The base comes from a key or an entry, and leads nowhere when it is not there. One in the table's settings that is
    /// not there is a mistake in them.
    pub(crate) may_be_missing: bool,
}

/// What one entry gives.
#[derive(Debug, Default, PartialEq, Eq)]
struct Yield {
    values: Vec<String>,
    leads: Vec<String>,
}

impl Attributes {
    fn all(&self) -> Vec<&str> {
        let lists = [&self.plain, &self.special, &self.terminal, &self.leaf];
        lists.into_iter().flatten().map(String::as_str).collect()
    }

    /// Those of them that a URL names too; all when it names none.
    fn within(&self, names: &[String]) -> Self {
        if names.is_empty() {
            return self.clone();
        }
        let kept = |list: &[String]| -> Vec<String> {
            let in_both = list.iter().filter(|name| is_one_of(name, names));
            in_both.cloned().collect()
        };
        Self {
            plain: kept(&self.plain),
            special: kept(&self.special),
            terminal: kept(&self.terminal),
            leaf: kept(&self.leaf),
        }
    }

    fn of(&self, entry: Entry) -> Yield {
        let is_terminal = entry.has_any(&self.terminal);
        let is_leaf = !entry.has_any(&self.special);
        let mut found = Yield::default();
        for (name, values) in entry.attributes {
            if is_terminal {
                if is_one_of(&name, &self.terminal) {
                    found.values.extend(values);
                }
            } else if is_one_of(&name, &self.special) {
                found.leads.extend(values);
            } else if is_one_of(&name, &self.plain) || is_leaf && is_one_of(&name, &self.leaf) {
                found.values.extend(values);
            }
        }
        found
    }
}

/// A step of the expansion: values that are there, or a search to be made in their place.
enum Step {
    Value(String),
    Search(Search, u32),
}

/// The values of a search and all that follow from it, in order.
///
/// # Errors
/// The server said no, went away, or a limit was passed.
pub(crate) async fn expand(line: &mut Line, first: &Search, limits: Limits) -> Result<Vec<String>, Fault> {
    let mut steps = VecDeque::from([Step::Search(first.clone(), 1)]);
    let mut values = Vec::new();
    let mut octets = 0;
    while let Some(step) = steps.pop_front() {
        let (search, depth) = match step {
            Step::Value(value) => {
                octets += value.len();
                values.push(value);
                let too_many = limits.values > 0 && values.len() > limits.values;
                if too_many || octets > MOST_OCTETS {
                    // Told by the caller, who knows the key.
                    return Ok(values);
                }
                continue;
            }
            Step::Search(search, depth) => (search, depth),
        };
        if depth > limits.recursion {
            return Err(Fault::Refused(format!(
                "recursion limit exceeded at {}",
                search.base
            )));
        }
        let mut next = Vec::new();
        for entry in entries(line, &search, limits).await? {
            let found = search.attributes.of(entry);
            next.extend(found.values.into_iter().map(Step::Value));
            for lead in found.leads {
                if let Some(search) = lead_of(&lead, first) {
                    next.push(Step::Search(search, depth + 1));
                }
            }
        }
        for step in next.into_iter().rev() {
            steps.push_front(step);
        }
    }
    Ok(values)
}

/// The search that the value of a special attribute stands for.
fn lead_of(lead: &str, first: &Search) -> Option<Search> {
    if url::is_url(lead) {
        let Found {
            base,
            attributes,
            scope,
            filter,
        } = url::parse(lead)?;
        let attributes = first.attributes.within(&attributes);
        return Some(Search {
            base,
            filter,
            scope: match scope {
                Reach::Base => Scope::Base,
                Reach::One => Scope::OneLevel,
                Reach::Sub => Scope::Subtree,
            },
            attributes,
            may_be_missing: true,
        });
    }
    Some(Search {
        base: lead.to_owned(),
        filter: "(objectClass=*)".to_owned(),
        scope: Scope::Base,
        attributes: first.attributes.clone(),
        may_be_missing: true,
    })
}

async fn entries(line: &mut Line, search: &Search, limits: Limits) -> Result<Vec<Entry>, Fault> {
    let options = SearchOptions::new()
        .deref(limits.dereference)
        .sizelimit(limits.size)
        .timelimit(i32::try_from(limits.time.as_secs()).unwrap_or(i32::MAX));
    let mut attributes = search.attributes.all();
    if attributes.is_empty() {
        // None at all, where an empty list would ask for every one (RFC 4511 §4.5.1.8).
        attributes.push("1.1");
    }
    line.handle.with_search_options(options);
    let mut stream = line
        .handle
        .streaming_search(&search.base, search.scope, &search.filter, attributes)
        .await
        .map_err(connect::fault)?;
    let mut found = Vec::new();
    while let Some(raw) = stream.next().await.map_err(connect::fault)? {
        if raw.is_ref() || raw.is_intermediate() {
            continue;
        }
        let entry = Entry::read(raw).ok_or_else(|| Fault::Broken("the server sent no entry".to_owned()))?;
        found.push(entry);
    }
    let done = stream.finish().await;
    match done.rc {
        SUCCESS => Ok(found),
        NO_SUCH_OBJECT if search.may_be_missing => Ok(Vec::new()),
        BUSY | UNAVAILABLE => Err(Fault::Broken(connect::shown(&done))),
        NO_SUCH_OBJECT => Err(Fault::Refused(format!(
            "Search base {} is not there",
            search.base
        ))),
        _ => Err(Fault::Refused(format!("Search error {}", connect::shown(&done)))),
    }
}

/// Results of operations (RFC 4511 Appendix A).
const SUCCESS: u32 = 0;
const NO_SUCH_OBJECT: u32 = 32;
const BUSY: u32 = 51;
const UNAVAILABLE: u32 = 52;

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn attributes() -> Attributes {
        Attributes {
            plain: list(&["addr"]),
            special: list(&["member"]),
            terminal: list(&["maildrop"]),
            leaf: list(&["mail"]),
        }
    }

    fn entry(pairs: &[(&str, &[&str])]) -> Entry {
        let attributes = pairs
            .iter()
            .map(|(name, values)| ((*name).to_owned(), list(values)));
        Entry {
            attributes: attributes.collect(),
        }
    }

    #[test]
    fn kinds_of_attributes_decide_what_an_entry_gives() {
        let of = |pairs: &[(&str, &[&str])]| {
            let found = attributes().of(entry(pairs));
            (found.values, found.leads)
        };

        assert_eq!(
            of(&[("Mail", &["m"]), ("addr", &["a"])]),
            (list(&["m", "a"]), list(&[]))
        );
        assert_eq!(
            of(&[("mail", &["m"]), ("addr", &["a"]), ("member", &["cn=x"])]),
            (list(&["a"]), list(&["cn=x"]))
        );
        assert_eq!(
            of(&[("mail", &["m"]), ("maildrop", &["d"]), ("member", &["cn=x"])]),
            (list(&["d"]), list(&[]))
        );
    }

    #[test]
    fn a_url_narrows_the_attributes() {
        let narrowed = attributes().within(&list(&["MAIL", "other"]));
        assert_eq!(narrowed.all(), ["mail"]);
        assert_eq!(attributes().within(&[]).all().len(), 4);
    }
}
