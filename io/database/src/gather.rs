//! Questions of one table that wait for a connection. Whoever gets one takes some of the others along: they then cost the
//! server, and us, one turn together. Nothing is kept for later, and no answer is older than its question: equal questions
//! are asked once only while all of them still wait.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::future::{Future, poll_fn};
use std::hash::Hash;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use lookup::LocalBoxFuture;
use tokio::sync::oneshot;

use crate::asked::Values;
use crate::error::{Fault, Trouble};
use crate::pool::Pool;

/// The waiting questions of a table.
pub(crate) struct Gathering<Q> {
    waiting: RefCell<VecDeque<Waiting<Q>>>,
    last: Cell<u64>,
    most: usize,
    /// How long one question has taken of late.
    pace: Rc<Cell<Option<Duration>>>,
}

struct Waiting<Q> {
    number: u64,
    question: Rc<Q>,
    answer: oneshot::Sender<Told>,
}

/// What a question that went along comes to.
enum Told {
    Answer(Result<Values, Trouble>),
    /// Something is wrong with it, or with one before it: it must be asked by itself to tell.
    Alone,
}

/// Questions that are asked together.
pub(crate) struct Batch<Q> {
    pub(crate) questions: Rc<[Rc<Q>]>,
    /// There is one question, and it must be asked in the plainest way: nothing else will be tried.
    pub(crate) is_alone: bool,
}

/// Asks several questions on a connection. The values for each; `None` where only the question alone can tell. A question
/// that is alone already has values, or the whole turn fails.
pub(crate) type Turn<'t, C, Q> =
    &'t dyn for<'a> Fn(&'a mut C, Batch<Q>) -> LocalBoxFuture<'a, Result<Vec<Option<Values>>, Fault>>;

/// The most questions in a turn.
pub(crate) const MOST: usize = 64;
/// How long the questions of a turn should take together: a slow query must not make others wait for many of its kind.
const TURN: Duration = Duration::from_millis(20);

/// The questions taken for a turn, and who waits for their answers.
struct Taken<Q> {
    questions: Rc<[Rc<Q>]>,
    /// The place in the batch, for each who waits.
    waiting: Vec<(usize, Option<oneshot::Sender<Told>>)>,
}

impl<Q: Eq + Hash> Gathering<Q> {
    /// Nothing waits yet; at most `most` questions go together.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            waiting: RefCell::default(),
            last: Cell::new(0),
            most,
            pace: Rc::default(),
        }
    }

    /// Asks `question` on a connection of `pool`, alone or together with others.
    ///
    /// # Errors
    /// As [`Pool::run`].
    pub(crate) async fn ask<C: 'static>(
        &self,
        pool: &Pool<C>,
        question: Q,
        turn: Turn<'_, C, Q>,
    ) -> Result<Values, Trouble> {
        let question = Rc::new(question);
        if self.most <= 1 {
            return Self::alone(pool, question, turn).await;
        }
        loop {
            let (place, mut answer) = self.put(&question);
            let taken = RefCell::new(None);
            // Who may use a connection goes on to the end: one that is being made, or in use, must not be thrown away
            // because somebody else was quicker.
            let begun = Cell::new(false);
            let wanted = || {
                begun.set(place.is_waiting());
                begun.get()
            };
            let mut run = pin!(pool.run_if(&wanted, |connection| {
                let mut taken = taken.borrow_mut();
                if taken.is_none() {
                    *taken = self.take(place.number, pool.connections());
                }
                let batch = taken.as_ref().map(|taken: &Taken<Q>| Batch {
                    questions: Rc::clone(&taken.questions),
                    is_alone: false,
                });
                match batch {
                    Some(batch) => self.paced(connection, batch, turn),
                    // It went along with another.
                    None => Box::pin(async { Ok(Vec::new()) }),
                }
            }));
            let ran = poll_fn(|context| {
                if !begun.get()
                    && let Poll::Ready(told) = Pin::new(&mut answer).poll(context)
                {
                    return Poll::Ready(Err(told));
                }
                run.as_mut().poll(context).map(Ok)
            });
            let ran = ran.await;
            let taken = taken.borrow_mut().take();
            let told = match (ran, taken) {
                (Err(told), _) => told,
                (Ok(ran), Some(taken)) => Ok(taken.tell(ran)),
                // No connection came; unless somebody else asks it, it was not asked.
                (Ok(Err(trouble)), None) if place.is_waiting() => return Err(trouble),
                (Ok(_), None) => answer.await,
            };
            match told {
                Ok(Told::Answer(answer)) => return answer,
                Ok(Told::Alone) => return Self::alone(pool, question, turn).await,
                // Who took it has given up.
                Err(_) => {}
            }
        }
    }

    /// A turn whose time is taken.
    fn paced<'a, C>(
        &self,
        connection: &'a mut C,
        batch: Batch<Q>,
        turn: Turn<'_, C, Q>,
    ) -> LocalBoxFuture<'a, Result<Vec<Option<Values>>, Fault>> {
        let (pace, begun) = (Rc::clone(&self.pace), stream::now());
        let count = u32::try_from(batch.questions.len()).unwrap_or(u32::MAX);
        let work = turn(connection, batch);
        Box::pin(async move {
            let found = work.await;
            let time = (stream::now() - begun) / count;
            let before = pace.get().unwrap_or(time);
            pace.set(Some((before * 3 + time) / 4));
            found
        })
    }

    async fn alone<C: 'static>(
        pool: &Pool<C>,
        question: Rc<Q>,
        turn: Turn<'_, C, Q>,
    ) -> Result<Values, Trouble> {
        let questions: Rc<[Rc<Q>]> = Rc::from([question]);
        let found = pool.run(|connection| {
            let questions = Rc::clone(&questions);
            let batch = Batch {
                questions,
                is_alone: true,
            };
            turn(connection, batch)
        });
        let found = found.await?;
        Ok(found.into_iter().next().flatten().unwrap_or_default())
    }

    fn put(&self, question: &Rc<Q>) -> (Place<'_, Q>, oneshot::Receiver<Told>) {
        let number = self.last.get() + 1;
        self.last.set(number);
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push_back(Waiting {
            number,
            question: Rc::clone(question),
            answer: sender,
        });
        let place = Place {
            gathering: self,
            number,
        };
        (place, receiver)
    }

    /// Takes the question of that number, first of all, and its share of those that wait; `None` when it is taken already.
    fn take(&self, number: u64, connections: usize) -> Option<Taken<Q>> {
        let mut waiting = self.waiting.borrow_mut();
        let own = waiting.iter().position(|one| one.number == number)?;
        let share = waiting.len().div_ceil(connections.max(1)).min(self.most);
        let quick = self.pace.get().map_or(1, |pace| {
            usize::try_from(TURN.as_nanos() / pace.as_nanos().max(1)).unwrap_or(usize::MAX)
        });
        let own = waiting.remove(own)?;
        let others = share.min(quick).saturating_sub(1).min(waiting.len());
        let mut places: HashMap<Rc<Q>, usize> = HashMap::new();
        let mut batch = Vec::new();
        let mut told = Vec::new();
        for one in std::iter::once(own).chain(waiting.drain(..others)) {
            let place = *places.entry(Rc::clone(&one.question)).or_insert_with(|| {
                batch.push(one.question);
                batch.len() - 1
            });
            told.push((place, Some(one.answer)));
        }
        Some(Taken {
            questions: batch.into(),
            waiting: told,
        })
    }
}

impl<Q> Taken<Q> {
    /// Tells the others what became of their questions; what became of the first is handed back.
    fn tell(self, ran: Result<Vec<Option<Values>>, Trouble>) -> Told {
        let mut first = Told::Alone;
        for (number, (place, sender)) in self.waiting.into_iter().enumerate() {
            let told = match &ran {
                Ok(found) => match found.get(place) {
                    Some(Some(values)) => Told::Answer(Ok(values.clone())),
                    _ => Told::Alone,
                },
                Err(trouble @ Trouble::Away(_)) => Told::Answer(Err(trouble.clone())),
                Err(_) => Told::Alone,
            };
            if number == 0 {
                first = told;
            } else if let Some(sender) = sender {
                // Who has gone meanwhile does not hear it.
                let _ = sender.send(told);
            }
        }
        first
    }
}

/// A place among the waiting, given up when nobody waits any more.
struct Place<'g, Q> {
    gathering: &'g Gathering<Q>,
    number: u64,
}

impl<Q> Place<'_, Q> {
    fn is_waiting(&self) -> bool {
        let waiting = self.gathering.waiting.borrow();
        waiting.iter().any(|one| one.number == self.number)
    }
}

impl<Q> Drop for Place<'_, Q> {
    fn drop(&mut self) {
        let mut waiting = self.gathering.waiting.borrow_mut();
        if let Some(place) = waiting.iter().position(|one| one.number == self.number) {
            waiting.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::{Host, Servers};

    const SECOND: Duration = Duration::from_secs(1);

    /// A connection that tells each turn's questions to `seen`.
    struct Line(Seen);

    type Seen = Rc<RefCell<Vec<Vec<&'static str>>>>;

    fn pool(limit: usize) -> (Pool<Line>, Seen) {
        let seen = Seen::default();
        let line = Rc::clone(&seen);
        let host = Host {
            address: "a".to_owned(),
            is_local: true,
            login: String::new(),
            connect: Box::new(move || {
                let line = Line(Rc::clone(&line));
                Box::pin(async move { Ok(line) })
            }),
        };
        let pool = Servers::new("mysql", limit).pool(vec![host], SECOND, SECOND * 60, SECOND);
        (pool, seen)
    }

    /// Gives each question back; one called `bad` is refused, and only `down` breaks the connection.
    fn turn<'a>(
        line: &'a mut Line,
        batch: Batch<&'static str>,
    ) -> LocalBoxFuture<'a, Result<Vec<Option<Values>>, Fault>> {
        line.0
            .borrow_mut()
            .push(batch.questions.iter().map(|question| **question).collect());
        Box::pin(async move {
            tokio::task::yield_now().await;
            let mut found = Vec::new();
            for question in batch.questions.iter() {
                match **question {
                    "bad" if batch.is_alone => return Err(Fault::Refused("no".to_owned())),
                    "bad" => found.push(None),
                    "down" => return Err(Fault::Broken("gone".to_owned())),
                    other => found.push(Some(vec![Some(other.to_owned())])),
                }
            }
            Ok(found)
        })
    }

    fn gathering() -> Gathering<&'static str> {
        let gathering = Gathering::new(MOST);
        gathering.pace.set(Some(Duration::from_micros(1)));
        gathering
    }

    fn value(text: &str) -> Result<Values, Trouble> {
        Ok(vec![Some(text.to_owned())])
    }

    #[tokio::test]
    async fn those_who_wait_go_along_and_each_has_its_own_answer() {
        let (pool, seen) = pool(1);
        let gathering = gathering();
        let ask = |question| gathering.ask(&pool, question, &turn);

        let all = tokio::join!(ask("a"), ask("b"), ask("c"), ask("b"));

        assert_eq!(all, (value("a"), value("b"), value("c"), value("b")));
        assert_eq!(*seen.borrow(), [vec!["a"], vec!["b", "c"]]);
        assert!(gathering.waiting.borrow().is_empty());
    }

    #[tokio::test]
    async fn a_question_that_is_refused_harms_no_other() {
        let (pool, seen) = pool(1);
        let gathering = gathering();
        let ask = |question| gathering.ask(&pool, question, &turn);

        let all = tokio::join!(ask("a"), ask("bad"), ask("c"));

        let refused = Err(Trouble::Refused("no".to_owned()));
        assert_eq!(all, (value("a"), refused, value("c")));
        assert_eq!(*seen.borrow(), [vec!["a"], vec!["bad", "c"], vec!["bad"]]);
    }

    #[tokio::test]
    async fn all_of_a_turn_are_told_that_the_server_is_away() {
        let (pool, _) = pool(1);
        let gathering = gathering();
        let ask = |question| gathering.ask(&pool, question, &turn);

        let all = tokio::join!(ask("a"), ask("down"), ask("c"));

        assert_eq!(all.0, value("a"));
        assert!(matches!(all.1, Err(Trouble::Away(_))));
        assert!(matches!(all.2, Err(Trouble::Away(_))));
    }

    #[tokio::test]
    async fn who_gives_up_leaves_the_others_their_answers() {
        let (pool, _) = pool(1);
        let gathering = gathering();
        let ask = |question| gathering.ask(&pool, question, &turn);

        let (first, second) = tokio::join!(ask("a"), async {
            // It goes before the server has answered.
            let given_up = async {
                tokio::select! {
                    biased;
                    _ = ask("b") => false,
                    () = tokio::task::yield_now() => true,
                }
            };
            tokio::join!(given_up, ask("c"))
        });

        assert_eq!(first, value("a"));
        assert_eq!(second, (true, value("c")));
    }

    #[tokio::test]
    async fn a_slow_query_takes_nobody_along() {
        let (pool, seen) = pool(1);
        let gathering = gathering();
        gathering.pace.set(Some(SECOND * 10));
        let ask = |question| gathering.ask(&pool, question, &turn);

        let _ = tokio::join!(ask("a"), ask("b"), ask("c"));

        assert!(seen.borrow().iter().all(|turn| turn.len() == 1));
    }
}
