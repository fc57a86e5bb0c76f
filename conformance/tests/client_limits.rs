//! How many connections a client may have open at once (`smtpd_client_connection_count_limit`).
//!
//! `UNDER_TEST=theirs` asks the original instead.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use testkit::{Client, Instance, free_port, wait_for};

fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Two services with the same limit, each for itself.
fn instance(exceptions: &str) -> (Instance, [u16; 2]) {
    let ports = [free_port(), free_port()];
    let mut builder = Instance::builder();
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        builder = builder.peer();
    }
    builder = builder.main_cf(&format!(
        "myhostname = mx.test.example\nsmtpd_peername_lookup = no\nsmtpd_client_connection_count_limit = 2\n\
         smtpd_client_event_limit_exceptions = {exceptions}"
    ));
    for port in ports {
        builder = builder.master_cf(&format!("127.0.0.1:{port} inet n - n - - smtpd"));
    }
    (builder.start(), ports)
}

const WELCOME: &str = "220 mx.test.example ESMTP Postfix";
const TOO_MANY: &str = "421 4.7.0 mx.test.example Error: too many connections from 127.0.0.1";

fn greeted(port: u16) -> (Client, String) {
    let mut client = Client::connect(at(port));
    let greeting = client.reply();
    (client, greeting)
}

#[test]
fn a_client_with_as_many_connections_as_allowed_has_to_close_one_before_another() {
    let (instance, [port, other]) = instance("");
    let (first, greeting) = greeted(port);
    assert_eq!(greeting, WELCOME);
    let (_second, greeting) = greeted(port);
    assert_eq!(greeting, WELCOME);

    for _ in 0..3 {
        let (mut third, greeting) = greeted(port);
        assert_eq!(greeting, TOO_MANY);
        assert!(third.is_closed());
    }
    let log = instance.wait_for_log(&["Connection concurrency limit exceeded: 3"]);
    let warning = format!(
        "warning: Connection concurrency limit exceeded: 3 from unknown[127.0.0.1] for service 127.0.0.1:{port}"
    );
    assert!(log.contains(&warning), "{log}");

    let (_elsewhere, greeting) = greeted(other);
    assert_eq!(greeting, WELCOME, "another service counts anew");

    drop(first);
    wait_for("a place to be free", || {
        (greeted(port).1 == WELCOME).then_some(())
    });
}

#[test]
fn clients_that_are_excepted_may_have_more() {
    let (_instance, [port, _]) = instance("127.0.0.0/8");
    let clients: Vec<_> = (0..4).map(|_| greeted(port)).collect();
    assert!(clients.iter().all(|(_, greeting)| greeting == WELCOME));
}
