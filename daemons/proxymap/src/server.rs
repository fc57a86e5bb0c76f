//! The answers: which table a request means, what it says, and what becomes of changes.

use crate::approval::Approval;
use crate::log;
use crate::settings::Settings;
use config::master_cf::Service;
use config::{Configuration, ParameterError};
use contract::proxymap::{Answer, Delete, Lookup, Open, Opened, Pair, Sequence, Update, status};
use ipc::{Caller, Question};
use lookup::{Database, Keys, LookupError, OpenError, Table, Tables, Use, flag};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::task::JoinSet;

/// The tables that are open, and those that may be.
pub(crate) struct Server {
    /// This is the service that changes tables.
    writes: bool,
    approval: Approval,
    tables: Rc<Tables>,
    opened: RefCell<HashMap<(String, u32), Opening>>,
}

/// An open table, kept to the end of the process.
#[derive(Clone)]
enum Opening {
    Read(Rc<dyn Table>),
    Write(Rc<dyn Database>),
}

/// Why a request is not served.
enum Refusal {
    Denied,
    Open(OpenError),
}

/// What the parameters of this service approve, and the database tables that `services` are given by options of their own.
pub(crate) fn approval(
    settings: &Settings,
    configuration: &Configuration,
    services: &[Service],
    writes: bool,
) -> Result<Approval, ParameterError> {
    let mut approval = Approval::default();
    if writes {
        approval.add(&settings.write_maps, &read_file);
        return Ok(approval);
    }
    for (_, value) in services.iter().flat_map(Service::overrides) {
        // What can not be expanded is told by the service that it is for.
        if let Ok(value) = configuration.expand(&value) {
            approval.add_databases(&value, &read_file);
        }
    }
    approval.add(&settings.read_maps, &read_file);
    for class in &settings.restriction_classes {
        if let Some(restrictions) = configuration.expanded(class)? {
            approval.add(&restrictions, &read_file);
        }
    }
    Ok(approval)
}

/// The items in a file, comments taken out.
fn read_file(path: &str) -> Option<String> {
    let content = std::fs::read(path)
        .inspect_err(|error| log::can_not_read(path, error))
        .ok()?;
    let lines = lookup::source::logical_lines(&content);
    let lines: Vec<_> = lines
        .map(|line| String::from_utf8_lossy(&line.text).into_owned())
        .collect();
    Some(lines.join("\n"))
}

impl Server {
    pub(crate) fn new(approval: Approval, tables: Rc<Tables>, writes: bool) -> Self {
        Self {
            writes,
            approval,
            tables,
            opened: RefCell::new(HashMap::new()),
        }
    }

    /// Answers one question; false when it is none of ours, and the client is not worth more of them.
    pub(crate) async fn answer(&self, caller: &mut Caller, question: &Question) -> bool {
        if let (true, Ok(lookup)) = (question.is::<Lookup>(), question.read::<Lookup>()) {
            caller.answer(&self.lookup(&lookup).await).await;
        } else if let (true, Ok(open)) = (question.is::<Open>(), question.read::<Open>()) {
            caller.answer(&self.open_table(&open)).await;
        } else if let (true, Ok(update)) = (question.is::<Update>(), question.read::<Update>()) {
            caller.answer(&self.update(&update).await).await;
        } else if let (true, Ok(delete)) = (question.is::<Delete>(), question.read::<Delete>()) {
            caller.answer(&self.delete(&delete).await).await;
        } else if let (true, Ok(sequence)) = (question.is::<Sequence>(), question.read::<Sequence>()) {
            caller.answer(&self.sequence(&sequence).await).await;
        } else {
            log::unknown(&question.name());
            caller
                .answer(&Answer {
                    status: status::BAD,
                    ..Answer::default()
                })
                .await;
            return false;
        }
        true
    }

    /// Answers look-ups that came together, in their order, however their tables take their turns; false when something in
    /// here broke.
    pub(crate) async fn answer_together(self: &Rc<Self>, caller: &mut Caller, lookups: Vec<Lookup>) -> bool {
        if let [lookup] = lookups.as_slice() {
            caller.answer(&self.lookup(lookup).await).await;
            return true;
        }
        let mut answers: Vec<Answer> = lookups.iter().map(|_| Answer::default()).collect();
        // They end with the client's own task.
        let mut tasks = JoinSet::new();
        for (place, lookup) in lookups.into_iter().enumerate() {
            let server = Rc::clone(self);
            tasks.spawn_local(async move { (place, server.lookup(&lookup).await) });
        }
        while let Some(done) = tasks.join_next().await {
            let Ok((place, answer)) = done else {
                return false;
            };
            if let Some(to) = answers.get_mut(place) {
                *to = answer;
            }
        }
        caller.answer_all(&answers).await;
        true
    }

    fn open_table(&self, request: &Open) -> Opened {
        match self.find(&request.table, request.flags) {
            Ok(opening) => {
                let keys = match &opening {
                    Opening::Read(table) => table.keys(),
                    Opening::Write(table) => table.keys(),
                };
                let flags = if keys == Keys::Pattern { flag::PATTERN } else { 0 };
                Opened {
                    status: status::OK,
                    flags,
                    reason: String::new(),
                }
            }
            Err(refusal) => {
                let answer = refused(&refusal);
                Opened {
                    status: answer.status,
                    flags: 0,
                    reason: answer.reason,
                }
            }
        }
    }

    async fn lookup(&self, request: &Lookup) -> Answer {
        let opening = match self.find(&request.table, request.flags) {
            Ok(opening) => opening,
            Err(refusal) => return refused(&refusal),
        };
        let found = match &opening {
            Opening::Read(table) => table.lookup(&request.key).get().await,
            Opening::Write(table) => table.lookup(&request.key).get().await,
        };
        match found {
            Ok(Some(value)) => Answer {
                status: status::OK,
                value,
                reason: String::new(),
            },
            Ok(None) => Answer {
                status: status::NO_KEY,
                ..Answer::default()
            },
            Err(error) => could_not(&error),
        }
    }

    async fn update(&self, request: &Update) -> Answer {
        let database = match self.database(&request.table, request.flags, "update") {
            Ok(database) => database,
            Err(refusal) => return refused(&refusal),
        };
        match database.update(&request.key, &request.value).get().await {
            Ok(()) => Answer {
                status: status::OK,
                ..Answer::default()
            },
            Err(error) => could_not(&error),
        }
    }

    async fn delete(&self, request: &Delete) -> Answer {
        let database = match self.database(&request.table, request.flags, "delete") {
            Ok(database) => database,
            Err(refusal) => return refused(&refusal),
        };
        match database.delete(&request.key).get().await {
            Ok(was_there) => {
                let status = if was_there { status::OK } else { status::NO_KEY };
                Answer {
                    status,
                    ..Answer::default()
                }
            }
            Err(error) => could_not(&error),
        }
    }

    async fn sequence(&self, request: &Sequence) -> Pair {
        let status_of = |answer: Answer| Pair {
            status: answer.status,
            ..Pair::default()
        };
        let database = match self.database(&request.table, request.flags, "sequence") {
            Ok(database) => database,
            Err(refusal) => return status_of(refused(&refusal)),
        };
        let after = Some(request.after.as_str()).filter(|key| !key.is_empty());
        match database.after(after).get().await {
            Ok(Some((key, value))) => Pair {
                status: status::OK,
                key,
                value,
            },
            Ok(None) => Pair {
                status: status::NO_KEY,
                ..Pair::default()
            },
            Err(error) => status_of(could_not(&error)),
        }
    }

    /// The table of a request for a change.
    fn database(&self, table: &str, flags: u32, request: &str) -> Result<Rc<dyn Database>, Refusal> {
        match self.find(table, flags)? {
            Opening::Write(database) => Ok(database),
            Opening::Read(_) => {
                log::refused(table, request);
                Err(Refusal::Denied)
            }
        }
    }

    /// The table of a request, opened the first time it is asked for.
    fn find(&self, table: &str, flags: u32) -> Result<Opening, Refusal> {
        if !self.approval.covers(table) {
            log::unapproved(table, self.writes);
            return Err(Refusal::Denied);
        }
        // Bits that mean nothing must not make many openings of one table.
        let usage = Use::from_flags(flags);
        let key = (table.to_owned(), usage.to_flags());
        if let Some(opening) = self.opened.borrow().get(&key) {
            return Ok(opening.clone());
        }
        let opened = if self.writes {
            self.tables.open_database(table, usage).map(Opening::Write)
        } else {
            self.tables.try_open(table, usage).map(Opening::Read)
        };
        let opening = opened.inspect_err(log::can_not_open).map_err(Refusal::Open)?;
        self.opened.borrow_mut().insert(key, opening.clone());
        Ok(opening)
    }
}

/// The answer to a request that is not served.
fn refused(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Denied => Answer {
            status: status::DENIED,
            ..Answer::default()
        },
        // A table that can not be opened now may be there later: the client must not take it for empty.
        Refusal::Open(error) => Answer {
            status: status::RETRY,
            reason: error.to_string(),
            ..Answer::default()
        },
    }
}

/// The answer when a table could not tell.
fn could_not(error: &LookupError) -> Answer {
    // That a source is away was said when it went, and that a table can not be opened when that was tried.
    if !matches!(error, LookupError::Unavailable { .. }) {
        log::trouble(error);
    }
    let status = if error.is_configuration() {
        status::CONFIGURATION
    } else {
        status::RETRY
    };
    Answer {
        status,
        reason: error.to_string(),
        ..Answer::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::net::UnixListener;
    use tokio::task::LocalSet;

    const WAIT: Duration = Duration::from_secs(10);

    fn server(approved: &str, writes: bool) -> Server {
        let mut approval = Approval::default();
        approval.add(approved, &|_| None);
        let settings = lookup::Settings {
            has_drivers: true,
            opens_proxied_tables: true,
            ..lookup::Settings::default()
        };
        Server::new(approval, Tables::new(settings), writes)
    }

    /// Tables that ask `read` and `write`, on sockets in a folder of this name.
    fn client(name: &str, read: Server, write: Server) -> Rc<Tables> {
        let folder = std::env::temp_dir().join(format!("proxymap-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("private")).unwrap();
        for (service, server) in [("proxymap", read), ("proxywrite", write)] {
            let listener = UnixListener::bind(folder.join("private").join(service)).unwrap();
            tokio::task::spawn_local(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    let mut caller = Caller::new(stream::Stream::new(socket), WAIT);
                    while let Ok(Some(question)) = caller.question(std::future::pending()).await {
                        server.answer(&mut caller, &question).await;
                    }
                }
            });
        }
        Tables::new(lookup::Settings {
            queue_directory: folder,
            ..lookup::Settings::default()
        })
    }

    #[tokio::test]
    async fn an_approved_table_is_asked_and_no_other() {
        let local = LocalSet::new();
        local
            .run_until(async {
                let tables = client(
                    "read",
                    server("proxy:inline:{a=b} proxy:fail:x", false),
                    server("", true),
                );
                let ask = async |table: &str, key: &str| {
                    tables
                        .try_open(table, Use::GENERAL)
                        .unwrap()
                        .lookup(key)
                        .get()
                        .await
                };

                assert_eq!(ask("proxy:inline:{a=b}", "A").await, Ok(Some("b".to_owned())));
                assert_eq!(ask("proxy:inline:{a=b}", "c").await, Ok(None));
                assert!(ask("proxy:fail:x", "a").await.is_err());
                assert!(
                    ask("proxy:inline:{a=c}", "a")
                        .await
                        .unwrap_err()
                        .is_configuration()
                );
                assert!(ask("mysql:/x", "a").await.unwrap_err().is_configuration());
            })
            .await;
    }

    #[tokio::test]
    async fn look_ups_that_come_together_are_answered_in_their_order() {
        let local = LocalSet::new();
        let work = local.run_until(async {
            let server = Rc::new(server("proxy:inline:{a=b, c=d}", false));
            let (client, service) = stream::Stream::pair();
            let mut caller = Caller::new(service, WAIT);
            let mut connection = ipc::Connection::over(client, "proxymap", WAIT);
            let lookup = |table: &str, key: &str| Lookup {
                table: table.to_owned(),
                flags: 0,
                key: key.to_owned(),
            };
            let requests = [
                lookup("inline:{a=b, c=d}", "c"),
                lookup("inline:{x=y}", "x"),
                lookup("inline:{a=b, c=d}", "e"),
                lookup("inline:{a=b, c=d}", "a"),
            ];
            let mut replies = Vec::new();

            let serving = async {
                let first = caller.question(std::future::pending()).await.unwrap().unwrap();
                let (lookups, other) = crate::together(&mut caller, first).unwrap();
                assert_eq!((lookups.len(), other.is_none()), (4, true));
                assert!(server.answer_together(&mut caller, lookups).await);
            };
            let (asked, ()) = tokio::join!(connection.ask_all(&requests, &mut replies), serving);

            asked.unwrap();
            let told: Vec<_> = replies
                .iter()
                .map(|reply| (reply.status, reply.value.as_str()))
                .collect();
            assert_eq!(
                told,
                [
                    (status::OK, "d"),
                    (status::DENIED, ""),
                    (status::NO_KEY, ""),
                    (status::OK, "b")
                ]
            );
        });
        work.await;
    }

    #[tokio::test]
    async fn changes_go_to_the_writing_service_alone() {
        let local = LocalSet::new();
        local
            .run_until(async {
                let tables = client(
                    "write",
                    server("proxy:internal:t", false),
                    server("proxy:internal:t", true),
                );
                let database = tables.open_database("proxy:internal:t", Use::GENERAL).unwrap();

                assert_eq!(database.update("K", "1").get().await, Ok(()));
                assert_eq!(database.lookup("k").get().await, Ok(Some("1".to_owned())));
                assert_eq!(
                    database.after(None).get().await,
                    Ok(Some(("k".to_owned(), "1".to_owned())))
                );
                assert_eq!(database.after(Some("k")).get().await, Ok(None));
                assert_eq!(database.delete("k").get().await, Ok(true));
                assert_eq!(database.delete("k").get().await, Ok(false));
                let reader = tables.try_open("proxy:internal:t", Use::GENERAL).unwrap();
                assert_eq!(reader.lookup("k").get().await, Ok(None));
            })
            .await;
    }
}
