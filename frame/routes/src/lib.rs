//! Where addresses go: trivial-rewrite's answers, remembered for a moment.
//!
//! A message's recipients are often of few domains, and the same are asked about at each stage of a transaction. An answer
//! that holds for a whole domain, or whoever the sender is, says so and is asked for once. Recipients that come together
//! are asked about together ([`Routes::foresee`]): a question alone costs two processes a turn each.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use contract::rewrite::{Resolve, Resolved, flag, speaks_for_domain};
use ipc::{AskError, Port};

/// The routes that a process has asked for.
#[derive(Debug)]
pub struct Routes {
    rewrite: Port,
    span: Span,
    known: RefCell<HashMap<String, (Instant, Rc<Resolved>)>>,
}

/// How many answers are remembered, and for how long: a change of the tables that rule routes shows after that.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Answers. With more, all are forgotten.
    pub count: usize,
    /// From the answer on.
    pub time: Duration,
}

impl Routes {
    /// Routes told by the service `rewrite`.
    pub fn new(rewrite: Port, span: Span) -> Self {
        Self {
            rewrite,
            span,
            known: RefCell::default(),
        }
    }

    /// The service, for other questions than those about routes.
    pub fn service(&self) -> &Port {
        &self.rewrite
    }

    /// Forgets all answers.
    pub fn forget(&self) {
        self.known.borrow_mut().clear();
    }

    /// The route of one address. An answer with [`flag::FAIL`] tells nothing and is not remembered.
    ///
    /// # Errors
    /// When the service gave no answer.
    pub async fn resolve(&self, question: &Resolve) -> Result<Rc<Resolved>, AskError> {
        if let Some(known) = self.recall(question) {
            return Ok(known);
        }
        let answer = Rc::new(self.rewrite.ask(question).await?);
        self.keep(question, &answer);
        Ok(answer)
    }

    /// Whether the answer is remembered.
    pub fn knows(&self, question: &Resolve) -> bool {
        self.recall(question).is_some()
    }

    /// Asks about all addresses that will be resolved next, as far as they are not known, so that [`Routes::resolve`] finds
    /// the answers. What cannot be had now is left to be asked for, and its failure to be told, there.
    pub async fn foresee(&self, like: &Resolve, addresses: &[&str]) {
        // One of each domain first: its answer may serve the others.
        for one_of_each_domain in [true, false] {
            let mut asked = HashSet::new();
            let questions: Vec<Resolve> = addresses
                .iter()
                .map(|&address| Resolve {
                    address: address.to_owned(),
                    ..like.clone()
                })
                .filter(|question| self.recall(question).is_none())
                .filter(|question| {
                    let domain = speaks_for_domain(&question.address).filter(|_| one_of_each_domain);
                    asked.insert(domain.unwrap_or(&question.address).to_owned())
                })
                .collect();
            if questions.is_empty() {
                return;
            }
            let Ok(answers) = self.rewrite.ask_all(&questions).await else {
                return;
            };
            let failed = answers.iter().any(|answer| answer.flags & flag::FAIL != 0);
            for (question, answer) in questions.iter().zip(answers) {
                self.keep(question, &Rc::new(answer));
            }
            if failed {
                return;
            }
        }
    }

    /// What was answered lately for this address, or for its whole domain, from this sender or from anybody.
    fn recall(&self, question: &Resolve) -> Option<Rc<Resolved>> {
        let known = self.known.borrow();
        if known.is_empty() {
            return None;
        }
        let now = stream::now();
        let find = |sender: Option<&str>, about: &str| {
            let (since, answer) = known.get(&key(question, sender, about))?;
            (now.duration_since(*since) < self.span.time).then(|| Rc::clone(answer))
        };
        let senders = [None, Some(question.sender.as_str())];
        if let Some(domain) = speaks_for_domain(&question.address)
            && let Some(answer) = senders.into_iter().find_map(|sender| find(sender, domain))
        {
            return Some(Rc::new(Resolved {
                recipient: question.address.clone(),
                ..Resolved::clone(&answer)
            }));
        }
        senders
            .into_iter()
            .find_map(|sender| find(sender, &question.address))
    }

    fn keep(&self, question: &Resolve, answer: &Rc<Resolved>) {
        if answer.flags & flag::FAIL != 0 {
            return;
        }
        let about = speaks_for_domain(&question.address)
            .filter(|_| answer.flags & flag::WHOLE_DOMAIN != 0)
            .unwrap_or(&question.address);
        let sender = (answer.flags & flag::ANY_SENDER == 0).then_some(question.sender.as_str());
        let mut known = self.known.borrow_mut();
        if known.len() >= self.span.count {
            known.clear();
        }
        known.insert(key(question, sender, about), (stream::now(), Rc::clone(answer)));
    }
}

/// Under what an answer is remembered: for one sender, the null sender too, or for any. No address is a domain alone, and
/// none holds a line feed, so that no two questions share a key.
fn key(question: &Resolve, sender: Option<&str>, about: &str) -> String {
    let kind = match (question.probe, question.as_given) {
        (false, false) => 'm',
        (false, true) => 'g',
        (true, false) => 'p',
        (true, true) => 'q',
    };
    let shown = sender.unwrap_or("\n");
    let mut key = String::with_capacity(shown.len() + about.len() + 2);
    key.push(kind);
    key.push_str(shown);
    key.push('\n');
    key.push_str(about);
    key
}

#[cfg(test)]
mod tests;
