//! `pipemap:{type:name, type:name …}`: the value of one table is the key of the next. What is absent in one is absent.

use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::join::unionmap::members;
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};

struct PipeMap {
    name: String,
    keys: Keys,
    tables: Vec<Rc<dyn Table>>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let (tables, keys) = members(opening)?;
    Ok(Rc::new(PipeMap {
        name: opening.full_name(),
        keys,
        tables,
    }))
}

impl Table for PipeMap {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        self.keys
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let mut value: Option<String> = None;
        for (position, table) in self.tables.iter().enumerate() {
            let answer = match table.lookup(value.as_deref().unwrap_or(key)) {
                Answer::Ready(answer) => Some(answer),
                Answer::Later(_) => None,
            };
            match answer {
                Some(Ok(Some(found))) => value = Some(found),
                Some(other) => return Answer::Ready(other),
                None => return Answer::Later(Box::pin(self.run(position, value, key))),
            }
        }
        Answer::Ready(Ok(value))
    }
}

impl PipeMap {
    /// Goes on from the table at `position`, which waits for a peer.
    async fn run(
        &self,
        position: usize,
        value: Option<String>,
        key: &str,
    ) -> Result<Option<String>, LookupError> {
        let mut value = value;
        for table in self.tables.iter().skip(position) {
            match table.lookup(value.as_deref().unwrap_or(key)).get().await? {
                Some(found) => value = Some(found),
                None => return Ok(None),
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn the_value_of_one_is_the_key_of_the_next() {
        let tables = Tables::new(Settings::default());
        let open = |text: &str| tables.try_open(text, Use::GENERAL).unwrap();

        let pipe = open("pipemap:{inline:{a=b, c=d}, inline:{b=found}}");
        assert_eq!(ready(pipe.lookup("a").get()), Ok(Some("found".to_owned())));
        assert_eq!(ready(pipe.lookup("c").get()), Ok(None));
        assert!(ready(open("pipemap:{inline:{a=b}, fail:x}").lookup("a").get()).is_err());
        assert_eq!(
            ready(open("pipemap:{inline:{a=b}, fail:x}").lookup("b").get()),
            Ok(None)
        );
    }
}
