//! Connections to servers: few for the whole process, kept between questions, shared by all tables that ask one server.
//!
//! A server has so many connections as `database_connection_limit` allows, in use and kept together, whoever logs in
//! on them. A table that names several servers tries them in random order, those on this host first, and leaves one
//! that failed alone for `retry_interval`; a single server is tried for each question anew. A connection that broke
//! while it was kept costs no failure: the question is asked again on a new one, once.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;
use std::time::{Duration, Instant};

use lookup::LocalBoxFuture;
use tokio::sync::Semaphore;

use crate::error::{Fault, Trouble};
use crate::log;

/// All servers of one kind that this process has to do with.
pub(crate) struct Servers<C> {
    kind: &'static str,
    limit: usize,
    known: RefCell<HashMap<String, Rc<Server<C>>>>,
}

/// One server, by its address.
struct Server<C> {
    kind: &'static str,
    address: String,
    permits: Semaphore,
    limit: usize,
    kept: RefCell<Vec<Kept<C>>>,
    /// When it was last found away.
    failed: Cell<Option<Instant>>,
    /// That it is away has been logged.
    told: Cell<bool>,
}

struct Kept<C> {
    connection: C,
    /// As whom, where, how.
    login: Rc<str>,
    until: Instant,
}

/// Makes a connection.
pub(crate) type Connect<C> = Box<dyn Fn() -> LocalBoxFuture<'static, Result<C, Fault>>>;

/// One of the servers of a table.
pub(crate) struct Host<C> {
    /// What tells it from others, and stands in the log.
    pub(crate) address: String,
    /// It is on this host, and so is tried before others.
    pub(crate) is_local: bool,
    /// All that decides on a connection beside the address.
    pub(crate) login: String,
    /// Makes a connection to it.
    pub(crate) connect: Connect<C>,
}

/// The servers of one table.
pub(crate) struct Pool<C> {
    members: Vec<Member<C>>,
    retry: Duration,
    idle: Duration,
    wait: Duration,
}

struct Member<C> {
    server: Rc<Server<C>>,
    is_local: bool,
    login: Rc<str>,
    connect: Connect<C>,
}

impl<C: 'static> Servers<C> {
    /// No server yet; at most `limit` connections to each.
    pub(crate) fn new(kind: &'static str, limit: usize) -> Self {
        Self {
            kind,
            limit: limit.max(1),
            known: RefCell::default(),
        }
    }

    /// The servers of a table, with the table's own times.
    pub(crate) fn pool(
        &self,
        hosts: Vec<Host<C>>,
        retry: Duration,
        idle: Duration,
        wait: Duration,
    ) -> Pool<C> {
        let members = hosts.into_iter().map(|host| Member {
            server: self.server(&host.address),
            is_local: host.is_local,
            login: host.login.into(),
            connect: host.connect,
        });
        Pool {
            members: members.collect(),
            retry,
            idle,
            wait,
        }
    }

    fn server(&self, address: &str) -> Rc<Server<C>> {
        let mut known = self.known.borrow_mut();
        let server = known.entry(address.to_owned()).or_insert_with(|| {
            Rc::new(Server {
                kind: self.kind,
                address: address.to_owned(),
                permits: Semaphore::new(self.limit),
                limit: self.limit,
                kept: RefCell::default(),
                failed: Cell::new(None),
                told: Cell::new(false),
            })
        });
        Rc::clone(server)
    }

    /// Closes connections that nobody has used for long.
    pub(crate) fn sweep(&self) {
        let now = stream::now();
        for server in self.known.borrow().values() {
            server.kept.borrow_mut().retain(|kept| kept.until > now);
        }
    }
}

impl<C: 'static> Pool<C> {
    /// Runs `turn`, a question with its answer, on a connection to one of the servers.
    ///
    /// # Errors
    /// No server can be reached, or the last one asked refused.
    pub(crate) async fn run<T>(
        &self,
        turn: impl for<'a> Fn(&'a mut C) -> LocalBoxFuture<'a, Result<T, Fault>>,
    ) -> Result<T, Trouble> {
        self.run_if(&|| true, turn).await
    }

    /// As [`Pool::run`], unless the turn is not `wanted` any more when a connection may be used or made.
    ///
    /// # Errors
    /// As [`Pool::run`]; an unwanted turn is refused.
    pub(crate) async fn run_if<T>(
        &self,
        wanted: &dyn Fn() -> bool,
        turn: impl for<'a> Fn(&'a mut C) -> LocalBoxFuture<'a, Result<T, Fault>>,
    ) -> Result<T, Trouble> {
        let mut last = None;
        for member in self.order() {
            match self.run_on(member, wanted, &turn).await {
                Ok(found) => return Ok(found),
                Err(Fault::Refused(reason)) => last = Some(Trouble::Refused(reason)),
                Err(Fault::Broken(reason)) => {
                    let reason = format!("{}: {reason}", member.server.address);
                    last = Some(Trouble::Away(reason));
                }
            }
        }
        Err(last.unwrap_or_else(|| Trouble::Away("all servers failed a short time ago".to_owned())))
    }

    /// How many connections there may be to one server.
    #[cfg(any(feature = "mysql", feature = "pgsql"))]
    pub(crate) fn connections(&self) -> usize {
        self.members
            .iter()
            .map(|member| member.server.limit)
            .min()
            .unwrap_or(1)
    }

    /// The servers that may be tried now, in the order in which they are.
    fn order(&self) -> Vec<&Member<C>> {
        let now = stream::now();
        let is_single = self.members.len() == 1;
        let rests = |member: &&Member<C>| {
            let failed = member.server.failed.get();
            !is_single && failed.is_some_and(|at| now.duration_since(at) < self.retry)
        };
        let mut order: Vec<_> = self.members.iter().filter(|member| !rests(member)).collect();
        if is_single {
            return order;
        }
        for place in (1..order.len()).rev() {
            order.swap(place, random() % (place + 1));
        }
        order.sort_by_key(|member| !member.is_local);
        order
    }

    async fn run_on<T>(
        &self,
        member: &Member<C>,
        wanted: &dyn Fn() -> bool,
        turn: &dyn for<'a> Fn(&'a mut C) -> LocalBoxFuture<'a, Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let server = &member.server;
        let permit = stream::within(self.wait, server.permits.acquire()).await;
        // The semaphore is never closed. That all connections are busy is no fault of the server's.
        let Ok(Ok(_permit)) = permit else {
            return Err(Fault::Broken("all connections are in use".to_owned()));
        };
        if !wanted() {
            return Err(Fault::Refused("not wanted any more".to_owned()));
        }
        if let Some(mut connection) = server.take(&member.login) {
            match within(self.wait, turn(&mut connection)).await {
                Some(Err(Fault::Broken(_))) => {}
                Some(result) => {
                    server.keep(connection, &member.login, self.idle);
                    server.is_back();
                    return result;
                }
                None => return Err(server.is_away(timed_out())),
            }
        }
        server.make_room();
        let connected = within(self.wait, (member.connect)()).await;
        let mut connection = match connected.unwrap_or_else(|| Err(timed_out())) {
            Ok(connection) => connection,
            Err(fault) => return Err(server.is_away(fault)),
        };
        match within(self.wait, turn(&mut connection)).await {
            Some(Err(fault @ Fault::Broken(_))) => Err(server.is_away(fault)),
            None => Err(server.is_away(timed_out())),
            Some(result) => {
                server.keep(connection, &member.login, self.idle);
                server.is_back();
                result
            }
        }
    }
}

/// A box on the way, so that the code of a wait is made once and not for each driver.
async fn within<T>(wait: Duration, work: LocalBoxFuture<'_, T>) -> Option<T> {
    stream::within(wait, work).await.ok()
}

fn timed_out() -> Fault {
    Fault::Broken("time limit exceeded".to_owned())
}

/// A number nobody can foresee, from the source that protects hash tables.
fn random() -> usize {
    usize::try_from(RandomState::new().build_hasher().finish()).unwrap_or(0)
}

impl<C> Server<C> {
    /// A kept connection of that login.
    fn take(&self, login: &str) -> Option<C> {
        let now = stream::now();
        let mut kept = self.kept.borrow_mut();
        kept.retain(|one| one.until > now);
        let place = kept.iter().rposition(|one| &*one.login == login)?;
        Some(kept.remove(place).connection)
    }

    fn keep(&self, connection: C, login: &Rc<str>, idle: Duration) {
        let now = stream::now();
        self.kept.borrow_mut().push(Kept {
            connection,
            login: Rc::clone(login),
            until: now.checked_add(idle).unwrap_or(now),
        });
    }

    /// Closes kept connections of other logins, oldest first, so that one more is within the limit.
    fn make_room(&self) {
        let in_use = self.limit - self.permits.available_permits();
        let mut kept = self.kept.borrow_mut();
        while kept.len() + in_use > self.limit && !kept.is_empty() {
            kept.remove(0);
        }
    }

    fn is_away(&self, fault: Fault) -> Fault {
        if let Fault::Broken(reason) = &fault {
            self.failed.set(Some(stream::now()));
            if !self.told.replace(true) {
                log::away(self.kind, &self.address, reason);
            }
        }
        fault
    }

    fn is_back(&self) {
        self.failed.set(None);
        if self.told.replace(false) {
            log::back(self.kind, &self.address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What a scripted server has seen.
    #[derive(Default)]
    struct Seen {
        connects: Cell<usize>,
        open: Cell<usize>,
        most: Cell<usize>,
        down: Cell<bool>,
    }

    struct Line(Rc<Seen>, u32);

    impl Drop for Line {
        fn drop(&mut self) {
            self.0.open.set(self.0.open.get() - 1);
        }
    }

    fn host(seen: &Rc<Seen>, address: &str, login: &str) -> Host<Line> {
        let seen = Rc::clone(seen);
        let connect = move || -> LocalBoxFuture<'static, Result<Line, Fault>> {
            let seen = Rc::clone(&seen);
            Box::pin(async move {
                if seen.down.get() {
                    return Err(Fault::Broken("refused".to_owned()));
                }
                seen.connects.set(seen.connects.get() + 1);
                seen.open.set(seen.open.get() + 1);
                seen.most.set(seen.most.get().max(seen.open.get()));
                Ok(Line(seen, 0))
            })
        };
        Host {
            address: address.to_owned(),
            is_local: false,
            login: login.to_owned(),
            connect: Box::new(connect),
        }
    }

    fn ask(line: &mut Line) -> LocalBoxFuture<'_, Result<u32, Fault>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if line.0.down.get() {
                return Err(Fault::Broken("gone".to_owned()));
            }
            line.1 += 1;
            Ok(line.1)
        })
    }

    #[tokio::test]
    async fn connections_are_kept_shared_and_limited() {
        let seen = Rc::new(Seen::default());
        let servers = Servers::new("mysql", 2);
        let one = servers.pool(vec![host(&seen, "a", "x")], SECOND, SECOND * 60, SECOND);
        let two = servers.pool(vec![host(&seen, "a", "x")], SECOND, SECOND * 60, SECOND);
        let other = servers.pool(vec![host(&seen, "a", "y")], SECOND, SECOND * 60, SECOND);

        assert_eq!(one.run(ask).await, Ok(1));
        assert_eq!(two.run(ask).await, Ok(2));
        let all = tokio::join!(one.run(ask), two.run(ask), other.run(ask), other.run(ask));

        assert!(all.0.is_ok() && all.1.is_ok() && all.2.is_ok() && all.3.is_ok());
        assert_eq!(seen.most.get(), 2);
    }

    #[tokio::test]
    async fn a_connection_that_broke_while_kept_is_replaced_at_once() {
        let seen = Rc::new(Seen::default());
        let servers = Servers::new("mysql", 4);
        let pool = servers.pool(vec![host(&seen, "a", "x")], SECOND, SECOND * 60, SECOND);
        assert_eq!(pool.run(ask).await, Ok(1));

        let breaks = Cell::new(true);
        let answered = pool.run(|line| {
            let count = line.1;
            let broke = breaks.replace(false);
            Box::pin(async move {
                if broke {
                    return Err(Fault::Broken("gone".to_owned()));
                }
                Ok(count)
            })
        });
        assert_eq!(answered.await, Ok(0));
        assert_eq!(seen.connects.get(), 2);
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_passed_over_until_its_time_has_come() {
        let (up, down) = (Rc::new(Seen::default()), Rc::new(Seen::default()));
        down.down.set(true);
        let servers = Servers::new("mysql", 4);
        let hosts = vec![host(&down, "down", "x"), host(&up, "up", "x")];
        let pool = servers.pool(hosts, SECOND * 60, SECOND * 60, SECOND);

        for _ in 0..20 {
            assert!(pool.run(ask).await.is_ok());
        }
        up.down.set(true);
        assert!(matches!(pool.run(ask).await, Err(Trouble::Away(_))));
        up.down.set(false);
        // Both rest now: nothing is tried.
        let connects = up.connects.get();
        assert!(matches!(pool.run(ask).await, Err(Trouble::Away(_))));
        assert_eq!(up.connects.get(), connects);
    }

    #[tokio::test]
    async fn a_single_server_is_tried_again_for_each_question() {
        let seen = Rc::new(Seen::default());
        seen.down.set(true);
        let servers = Servers::new("mysql", 4);
        let pool = servers.pool(vec![host(&seen, "a", "x")], SECOND * 60, SECOND * 60, SECOND);

        assert!(matches!(pool.run(ask).await, Err(Trouble::Away(_))));
        seen.down.set(false);
        assert_eq!(pool.run(ask).await, Ok(1));
    }

    #[tokio::test]
    async fn a_slow_server_is_given_up() {
        let seen = Rc::new(Seen::default());
        let servers = Servers::new("mysql", 4);
        let wait = Duration::from_millis(20);
        let pool = servers.pool(vec![host(&seen, "a", "x")], SECOND, SECOND, wait);
        let answered = pool.run::<u32>(|_| Box::pin(std::future::pending()));

        assert_eq!(
            answered.await,
            Err(Trouble::Away("a: time limit exceeded".to_owned()))
        );
        assert_eq!(seen.open.get(), 0);
    }

    #[tokio::test]
    async fn idle_connections_are_closed() {
        let seen = Rc::new(Seen::default());
        let servers = Servers::new("mysql", 4);
        let pool = servers.pool(vec![host(&seen, "a", "x")], SECOND, Duration::ZERO, SECOND);
        assert_eq!(pool.run(ask).await, Ok(1));

        servers.sweep();

        assert_eq!(seen.open.get(), 0);
    }
}
