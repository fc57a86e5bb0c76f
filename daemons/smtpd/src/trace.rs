//! The recorder of a dry run: whatever the session asks and decides is told to it, in order, and so are the lines that
//! would be logged. Without one, which is the rule, nothing is recorded and nothing costs.
//!
//! Who is asked reports here: tables and lists (`lookup::Observer`), the resolver, the restriction loop
//! (`restriction::told`), and the routes of addresses.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use contract::explain::{ExplainedRoute, Step};
use contract::explain_smtp::{ANSWER_LIMIT, Event};
use contract::rewrite::{Resolved, flag};
use dns::{Outcome, Resolver};
use lookup::{LookupError, Observer, Search};
use maillog::Capture;

/// What has happened so far.
pub(crate) struct Trace {
    events: RefCell<Vec<Event>>,
    octets: Cell<usize>,
    /// Lines for the log; they go nowhere else.
    log: Capture,
    asks_policy: Cell<bool>,
}

impl Trace {
    /// Begins to record. From now on this thread's log lines are part of it.
    pub(crate) fn begin() -> Rc<Self> {
        Rc::new(Self {
            events: RefCell::new(Vec::new()),
            octets: Cell::new(0),
            log: maillog::capture(),
            asks_policy: Cell::new(false),
        })
    }

    /// Whether policy servers are asked, though they may remember that.
    pub(crate) fn asks_policy(&self) -> bool {
        self.asks_policy.get()
    }

    pub(crate) fn ask_policy(&self, yes: bool) {
        self.asks_policy.set(yes);
    }

    /// Takes an event, after the log lines that came before it. Beyond what an answer may hold nothing is taken.
    pub(crate) fn record(&self, event: Event) {
        let logged = self.log.take().into_iter().map(|line| Event::Logged { line });
        for event in logged.chain([event]) {
            let octets: usize = event
                .facts()
                .iter()
                .map(|(name, value)| name.len() + value.len() + 2)
                .sum();
            let whole = self.octets.get() + octets + 32;
            if whole < ANSWER_LIMIT / 2 {
                self.octets.set(whole);
                self.events.borrow_mut().push(event);
            }
        }
    }

    /// Says what was not done, and how it was taken.
    pub(crate) fn assume(&self, text: String) {
        self.record(Event::Assumed { text });
    }

    pub(crate) fn note(&self, text: impl Into<String>) {
        self.record(Event::Note { text: text.into() });
    }

    /// All that was recorded.
    pub(crate) fn take(&self) -> Vec<Event> {
        let rest = self.log.take();
        let mut events = self.events.take();
        events.extend(rest.into_iter().map(|line| Event::Logged { line }));
        events
    }

    /// The same resolver, telling of each question.
    pub(crate) fn over(self: &Rc<Self>, resolver: Resolver) -> Resolver {
        let trace = Rc::clone(self);
        resolver.observed(move |name, kind, outcome| {
            let (outcome, answer) = match outcome {
                Outcome::Found(records) => ("found", records.join(", ")),
                Outcome::Absent(why) => ("absent", (*why).to_owned()),
                Outcome::CouldNotTell(why) => ("trouble", (*why).to_owned()),
            };
            trace.record(Event::Dns {
                name: name.to_owned(),
                kind: kind.to_owned(),
                outcome: outcome.to_owned(),
                answer,
            });
        })
    }

    /// Steps of others, as they have written them.
    pub(crate) fn steps(&self, text: &str) {
        for step in Step::read(text) {
            self.record(Event::Step {
                rule: step.rule,
                before: step.before,
                table: step.table,
                key: step.key,
                value: step.value,
                after: step.after,
            });
        }
    }

    /// Where mail for an accepted recipient goes in the end, or that nobody could say.
    pub(crate) fn destination(&self, recipient: &str, route: Option<&ExplainedRoute>) {
        let route = route.filter(|route| route.flags & flag::FAIL == 0);
        let fact =
            |of: fn(&ExplainedRoute) -> &str| route.map_or(String::new(), |route| of(route).to_owned());
        self.record(Event::Destination {
            recipient: recipient.to_owned(),
            class: route.map_or("", |route| class(route.flags)).to_owned(),
            transport: fact(|route| &route.transport),
            nexthop: fact(|route| &route.nexthop),
        });
    }

    /// Where mail for an address goes, or that nobody could say.
    pub(crate) fn route(&self, sender: &str, address: &str, resolved: Option<&Resolved>) {
        let class = resolved.map_or("", |resolved| class(resolved.flags));
        let fact =
            |of: fn(&Resolved) -> &str| resolved.map_or(String::new(), |resolved| of(resolved).to_owned());
        self.record(Event::Route {
            address: address.to_owned(),
            sender: sender.to_owned(),
            class: class.to_owned(),
            transport: fact(|resolved| &resolved.transport),
            nexthop: fact(|resolved| &resolved.nexthop),
            recipient: fact(|resolved| &resolved.recipient),
        });
    }
}

impl Observer for Trace {
    fn searched(&self, search: &Search<'_>, answer: &Result<Option<String>, LookupError>) {
        let (outcome, value) = match answer {
            Ok(Some(value)) => ("found", value.clone()),
            Ok(None) => ("absent", String::new()),
            Err(error) => ("trouble", error.to_string()),
        };
        let mut place = String::new();
        if let Ok(Some(value)) = answer {
            let before = self.log.take();
            for line in before {
                self.record(Event::Logged { line });
            }
            place = search.place(value).unwrap_or_default();
            // Looking for the line repeats the warnings about the file.
            drop(self.log.take());
        }
        self.record(Event::Row {
            table: search.table.to_owned(),
            key: search.key.to_owned(),
            outcome: outcome.to_owned(),
            value,
            place,
        });
    }

    fn compared(&self, list: &str, text: &str, pattern: Option<&str>) {
        self.record(Event::Member {
            list: list.to_owned(),
            text: text.to_owned(),
            pattern: pattern.unwrap_or_default().to_owned(),
        });
    }
}

/// An address class in the words of ADDRESS_CLASS_README.
const fn class(flags: u32) -> &'static str {
    match flags & flag::CLASSES {
        flag::LOCAL => "local",
        flag::ALIAS => "virtual alias",
        flag::MAILBOX => "virtual mailbox",
        flag::RELAY => "relay",
        _ => "default",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_stand_where_they_came() {
        let trace = Trace::begin();
        maillog::info!("first");
        trace.note("second");
        maillog::warning!("third");

        let logged = |line: &str| Event::Logged { line: line.into() };
        let second = Event::Note {
            text: "second".into(),
        };
        assert_eq!(trace.take(), [logged("first"), second, logged("warning: third")]);
    }

    #[test]
    fn what_an_answer_cannot_hold_is_not_recorded() {
        let trace = Trace::begin();
        trace.note("x".repeat(ANSWER_LIMIT / 3));
        trace.note("y".repeat(ANSWER_LIMIT / 3));
        assert_eq!(trace.take().len(), 1);
    }
}
