//! `debug:type:name`: the table behind it, with a log line for each question.

use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::log;
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table, Visit};

struct Debug {
    name: String,
    inner: Rc<dyn Table>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let inner = opening.tables.open(opening.name, opening.usage)?;
    Ok(Rc::new(Debug {
        name: opening.full_name(),
        inner,
    }))
}

impl Table for Debug {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        self.inner.keys()
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        match self.inner.lookup(key) {
            Answer::Ready(answer) => {
                log::debug_lookup(&self.name, key, &answer);
                Answer::Ready(answer)
            }
            Answer::Later(future) => Answer::Later(Box::pin(async move {
                let answer = future.await;
                log::debug_lookup(&self.name, key, &answer);
                answer
            })),
        }
    }

    fn each(&self, visit: &mut Visit<'_>) -> Result<(), LookupError> {
        self.inner.each(visit)
    }
}
