//! Questions over a real socket in a temporary folder.

use super::*;
use contract::attribute::Done;
use contract::flush::{Add, status};
use std::future::pending;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use stream::Stream;
use tokio::net::UnixListener;
use tokio::task::{LocalSet, spawn_local};

fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

fn socket(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ipc-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("socket")
}

/// Answers `turns` questions on each connection, then closes it.
fn serve(path: &PathBuf, turns: usize) -> Rc<std::cell::Cell<usize>> {
    let listener = UnixListener::bind(path).unwrap();
    let connections = Rc::new(std::cell::Cell::new(0));
    let counted = connections.clone();
    spawn_local(async move {
        while let Ok((socket, _)) = listener.accept().await {
            counted.set(counted.get() + 1);
            let mut caller = Caller::new(Stream::new(socket), Duration::from_secs(5));
            for _ in 0..turns {
                let Ok(Some(question)) = caller.question(pending()).await else {
                    break;
                };
                assert!(question.is::<Add>());
                let add: Add = question.read().unwrap();
                caller
                    .answer(&Done {
                        status: status::UNKNOWN,
                        reason: add.site,
                    })
                    .await;
            }
        }
    });
    connections
}

#[test]
fn one_connection_carries_many_questions() {
    run(async {
        let path = socket("many");
        let connections = serve(&path, 1000);
        let port = Port::new(&path, Limits::default());

        for turn in 0..20 {
            let site = format!("site{turn}");
            let done = port
                .ask(&Add {
                    site: site.clone(),
                    queue_id: "X".into(),
                })
                .await
                .unwrap();
            assert_eq!(
                done,
                Done {
                    status: status::UNKNOWN,
                    reason: site
                }
            );
        }
        assert_eq!(connections.get(), 1);
    });
}

#[test]
fn a_kept_connection_that_closed_is_replaced() {
    run(async {
        let path = socket("closed");
        let connections = serve(&path, 1);
        let port = Port::new(&path, Limits::default());

        for _ in 0..3 {
            assert!(port.ask(&Add::default()).await.is_ok());
        }
        assert_eq!(connections.get(), 3);
    });
}

#[test]
fn a_service_that_is_not_there_is_unreachable_not_empty() {
    run(async {
        let limits = Limits {
            tries: 1,
            ..Limits::default()
        };
        let port = Port::new(socket("absent"), limits);
        assert!(matches!(
            port.ask(&Add::default()).await,
            Err(AskError::Unreachable { .. })
        ));
    });
}

#[test]
fn a_retiring_server_says_so_and_still_answers_what_was_asked() {
    run(async {
        let (mut here, there) = Stream::pair();
        let server = spawn_local(async move {
            let mut caller = Caller::new(there, Duration::from_secs(5));
            let question = caller.question(std::future::ready(())).await.unwrap().unwrap();
            caller.answer(&Done::no(question.name())).await;
        });
        // The notice comes first, whatever the client does.
        here.fill(Duration::from_secs(5)).await.unwrap();
        let mut connection = Connection::over(here, "test", Duration::from_secs(5));
        let done: Done = connection.ask(&Add::default()).await.unwrap();

        assert_eq!(done.reason, "add");
        assert!(connection.is_closing());
        server.await.unwrap();
    });
}

#[test]
fn a_client_that_asked_and_went_is_known_to_be_gone() {
    run(async {
        let path = socket("gone");
        let listener = UnixListener::bind(&path).unwrap();
        for stays in [false, true] {
            let port = Port::new(&path, Limits::default());
            let mut connection = port.fresh().await.unwrap();
            contract::attribute::encode_request(&Add::default(), connection.stream().output());
            connection.flush().await.unwrap();
            let kept = stays.then_some(connection);
            let (socket, _) = listener.accept().await.unwrap();
            let mut caller = Caller::new(Stream::new(socket), Duration::from_secs(5));
            assert!(caller.question(pending()).await.unwrap().is_some());

            assert_eq!(caller.is_gone().await, !stays);
            drop(kept);
        }
    });
}

#[test]
fn what_follows_an_answer_need_not_be_a_question() {
    run(async {
        let (server, client) = Stream::pair();
        let mut caller = Caller::new(server, Duration::from_secs(5));
        let mut asking = Connection::over(client, "test", Duration::from_secs(5));
        let add = |site: &str| Add {
            site: site.to_owned(),
            queue_id: "X".into(),
        };
        contract::attribute::encode_request(&add("one"), asking.stream().output());
        asking.stream().put(b"no message\0");
        asking.flush().await.unwrap();

        let first = caller.question(pending()).await.unwrap().unwrap();
        assert!(first.is::<Add>());
        caller.answer(&Done::yes()).await;
        let beside = caller.stream().buffered().len();
        caller.stream().consume(beside);
        let done: Done = asking.receive().await.unwrap();
        assert!(done.is_yes());

        contract::attribute::encode_request(&add("two"), asking.stream().output());
        asking.flush().await.unwrap();
        let second: Add = caller.question(pending()).await.unwrap().unwrap().read().unwrap();
        assert_eq!(second.site, "two");
    });
}
