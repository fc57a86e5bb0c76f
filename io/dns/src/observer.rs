//! Who is told of every question and its answer: for a dry run, which must show why.

use std::fmt;

use crate::answer::{Absence, Answer};
use crate::message::Record;
use crate::{Resolver, Trouble};

/// Takes a question (name, and record type or `hosts` for the hosts file) and what came of it.
pub struct Observer(Box<Told>);

type Told = dyn Fn(&str, &str, &Outcome);

/// What came of a question, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The data of each record.
    Found(Vec<String>),
    /// There is none, and why.
    Absent(&'static str),
    /// Nobody could say, and why.
    CouldNotTell(&'static str),
}

impl fmt::Debug for Observer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Observer")
    }
}

impl Resolver {
    /// The same resolver, telling `observer` of every question from now on.
    #[must_use]
    pub fn observed(mut self, observer: impl Fn(&str, &str, &Outcome) + 'static) -> Self {
        self.observer = Some(Observer(Box::new(observer)));
        self
    }

    pub(crate) fn tell<T: Record>(&self, name: &str, answer: &Answer<T>) {
        let Some(Observer(observer)) = &self.observer else {
            return;
        };
        let outcome = match answer {
            Answer::Found(found) => Outcome::Found(found.records.iter().map(Record::text).collect()),
            Answer::Absent(absent) => Outcome::Absent(match absent.why {
                Absence::NoName => "no such name",
                Absence::NoData => "no record of this type",
                Absence::NullMx => "the domain takes no mail (null MX)",
                Absence::InvalidName => "not a valid name",
            }),
            Answer::CouldNotTell(trouble) => Outcome::CouldNotTell(match trouble {
                Trouble::NoServer => "no name server answered",
                Trouble::ServerFailure(_) => "the name server failed",
                Trouble::FormatError => "the name server did not understand",
                Trouble::Malformed => "malformed answer",
                Trouble::AliasLoop => "aliases lead in a circle",
            }),
        };
        observer(name, &T::TYPE.to_string(), &outcome);
    }

    pub(crate) fn tell_hosts(&self, name: &str, found: &[impl ToString]) {
        if let Some(Observer(observer)) = &self.observer {
            let found = found.iter().map(ToString::to_string).collect();
            observer(name, "hosts", &Outcome::Found(found));
        }
    }
}
