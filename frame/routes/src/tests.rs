//! Questions to a service of our own on a socket.

use super::*;
use contract::rewrite::flag::{ANY_SENDER, DEFAULT, WHOLE_DOMAIN};
use ipc::{Caller, Limits};
use std::cell::Cell;
use std::future::pending;
use std::path::PathBuf;
use stream::Stream;
use tokio::net::UnixListener;
use tokio::task::{LocalSet, spawn_local};

const SPAN: Span = Span {
    count: 1000,
    time: Duration::from_millis(300),
};

/// The routes of a service that answers with `flags`, the questions it was asked, and the answers' reads of its socket.
struct Place {
    routes: Routes,
    asked: Rc<RefCell<Vec<String>>>,
    folder: PathBuf,
}

impl Place {
    fn new(name: &str, flags: u32) -> Self {
        let folder = std::env::temp_dir().join(format!("routes-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("rewrite");
        let listener = UnixListener::bind(&path).unwrap();
        let asked = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&asked);
        let flags = Rc::new(Cell::new(flags));
        spawn_local(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (heard, flags) = (Rc::clone(&heard), Rc::clone(&flags));
                spawn_local(async move {
                    let mut caller = Caller::new(Stream::new(socket), Duration::from_secs(5));
                    while let Ok(Some(question)) = caller.question(pending()).await {
                        let Resolve { sender, address, .. } = question.read().unwrap();
                        heard.borrow_mut().push(format!("{sender} {address}"));
                        let nexthop = address.split_once('@').map(|(_, domain)| domain.to_owned());
                        caller
                            .answer(&Resolved {
                                flags: flags.get(),
                                transport: "smtp".into(),
                                nexthop: nexthop.unwrap_or_default(),
                                recipient: address,
                            })
                            .await;
                    }
                });
            }
        });
        Self {
            routes: Routes::new(Port::new(&path, Limits::default()), SPAN),
            asked,
            folder,
        }
    }

    async fn nexthop(&self, sender: &str, address: &str) -> String {
        let answer = self.routes.resolve(&question(sender, address)).await.unwrap();
        assert_eq!(answer.recipient, address);
        answer.nexthop.clone()
    }

    fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn question(sender: &str, address: &str) -> Resolve {
    Resolve {
        sender: sender.to_owned(),
        address: address.to_owned(),
        ..Resolve::default()
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, test);
}

#[test]
fn an_answer_for_a_whole_domain_serves_its_plain_addresses_for_a_while() {
    run(async {
        let place = Place::new("domain", DEFAULT | WHOLE_DOMAIN | ANY_SENDER);

        assert_eq!(place.nexthop("s@x", "a@d.example").await, "d.example");
        assert_eq!(place.nexthop("t@x", "b@d.example").await, "d.example");
        assert_eq!(place.nexthop("s@x", "x%y@d.example").await, "d.example");
        assert_eq!(place.asked(), ["s@x a@d.example", "s@x x%y@d.example"]);

        tokio::time::sleep(SPAN.time).await;
        place.nexthop("s@x", "c@d.example").await;
        assert_eq!(place.asked(), ["s@x c@d.example"]);
    });
}

#[test]
fn an_answer_for_one_address_from_one_sender_serves_no_other() {
    run(async {
        let place = Place::new("address", DEFAULT);
        for (sender, address) in [("s@x", "a@d"), ("s@x", "a@d"), ("", "a@d"), ("s@x", "b@d")] {
            place.nexthop(sender, address).await;
        }
        assert_eq!(place.asked(), ["s@x a@d", " a@d", "s@x b@d"]);

        let probe = Resolve {
            probe: true,
            ..question("s@x", "a@d")
        };
        place.routes.resolve(&probe).await.unwrap();
        assert_eq!(place.asked(), ["s@x a@d"]);
    });
}

#[test]
fn what_could_not_be_told_is_not_remembered() {
    run(async {
        let place = Place::new("fail", flag::FAIL | WHOLE_DOMAIN);
        place.routes.foresee(&question("", ""), &["a@d.x", "b@d.x"]).await;
        place.nexthop("", "a@d.x").await;
        place.nexthop("", "a@d.x").await;

        assert_eq!(place.asked(), [" a@d.x", " a@d.x", " a@d.x"]);
    });
}

#[test]
fn of_domains_that_answer_as_a_whole_one_address_is_foreseen() {
    run(async {
        let place = Place::new("foreseen", DEFAULT | WHOLE_DOMAIN | ANY_SENDER);
        let addresses = ["a@d.x", "b@d.x", "a@e.x", "c@d.x", "odd%one@d.x"];
        place.routes.foresee(&question("", ""), &addresses).await;
        assert_eq!(place.asked(), [" a@d.x", " a@e.x", " odd%one@d.x"]);

        for address in addresses {
            place.nexthop("", address).await;
        }
        assert!(place.asked().is_empty());
    });
}

#[test]
fn of_domains_that_do_not_all_are_foreseen() {
    run(async {
        let place = Place::new("all", DEFAULT);
        let addresses: Vec<String> = (0..700)
            .map(|number| format!("u{number}@d{}.x", number % 7))
            .collect();
        let borrowed: Vec<&str> = addresses.iter().map(String::as_str).collect();
        place.routes.foresee(&question("s@x", ""), &borrowed).await;
        assert_eq!(place.asked().len(), 700);

        for address in &addresses {
            place.nexthop("s@x", address).await;
        }
        assert!(place.asked().is_empty());
    });
}
