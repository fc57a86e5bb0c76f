//! `unionmap:{type:name, type:name …}`: the values of all tables that have the key, joined by commas.

use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};
use crate::token;

struct UnionMap {
    name: String,
    keys: Keys,
    tables: Vec<Rc<dyn Table>>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let (tables, keys) = members(opening)?;
    Ok(Rc::new(UnionMap {
        name: opening.full_name(),
        keys,
        tables,
    }))
}

/// The tables in `{…}`, and how the whole compares keys: literally only when each does.
pub(crate) fn members(opening: &Opening<'_>) -> Result<(Vec<Rc<dyn Table>>, Keys), OpenError> {
    let bad = || {
        let (name, kind) = (opening.full_name(), opening.kind);
        opening.syntax(format!(
            "bad syntax: \"{name}\"; need \"{kind}:{{type:name...}}\""
        ))
    };
    let inside = token::unbrace(opening.name).map_err(|_| bad())?;
    let mut tables = Vec::new();
    for item in config::split::list(inside) {
        tables.push(opening.tables.open(item, opening.usage).map_err(|_| bad())?);
    }
    if tables.is_empty() {
        return Err(bad());
    }
    let literal = tables.iter().all(|table| table.keys() == Keys::Fixed);
    Ok((tables, if literal { Keys::Fixed } else { Keys::Pattern }))
}

impl Table for UnionMap {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        self.keys
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let mut joined: Option<String> = None;
        for (position, table) in self.tables.iter().enumerate() {
            match table.lookup(key) {
                Answer::Ready(Ok(value)) => append(&mut joined, value),
                Answer::Ready(Err(error)) => return Answer::Ready(Err(error)),
                Answer::Later(_) => return Answer::Later(Box::pin(self.run(position, joined, key))),
            }
        }
        Answer::Ready(Ok(joined))
    }
}

impl UnionMap {
    /// Goes on from the table at `position`, which waits for a peer.
    async fn run(
        &self,
        position: usize,
        joined: Option<String>,
        key: &str,
    ) -> Result<Option<String>, LookupError> {
        let mut joined = joined;
        for table in self.tables.iter().skip(position) {
            append(&mut joined, table.lookup(key).get().await?);
        }
        Ok(joined)
    }
}

fn append(joined: &mut Option<String>, value: Option<String>) {
    match (joined.as_mut(), value) {
        (_, None) => {}
        // What has no text adds nothing, not even a comma.
        (_, Some(value)) if value.is_empty() => {}
        (None, value) => *joined = value,
        (Some(joined), Some(value)) => {
            joined.push(',');
            joined.push_str(&value);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Keys, Settings, Tables, Use};

    #[test]
    fn values_are_joined_and_an_error_ends_it() {
        let tables = Tables::new(Settings::default());
        let open = |text: &str| tables.try_open(text, Use::GENERAL).unwrap();

        let union = open("unionmap:{inline:{a=1}, inline:{a=2, b=3}}");
        assert_eq!(ready(union.lookup("a").get()), Ok(Some("1,2".to_owned())));
        assert_eq!(ready(union.lookup("b").get()), Ok(Some("3".to_owned())));
        assert_eq!(ready(union.lookup("c").get()), Ok(None));
        assert_eq!(union.keys(), Keys::Fixed);
        assert_eq!(
            open("unionmap:{inline:{a=1}, regexp:{{/x/ y}}}").keys(),
            Keys::Pattern
        );
        assert!(ready(open("unionmap:{inline:{a=1}, fail:x}").lookup("a").get()).is_err());
    }
}
