//! A service whose places are all taken gives new clients less (STRESS_README), and more again when they have gone.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use testkit::{Client, Instance, free_port, wait_for};

/// Places of the service.
const PLACES: usize = 4;

/// Every kind of setting may depend on stress: a text, a limit, a restriction list.
const SETTINGS: &str = "\
smtpd_banner = $myhostname ${stress?{busy}:{calm}}
myhostname = mx.test.example
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
smtpd_helo_restrictions = ${stress?{check_helo_access inline:{ {slow.example=REJECT another time} }}:{}}
notify_classes =
";

fn instance(address: &str) -> (Instance, SocketAddr) {
    let port = free_port();
    let instance = Instance::builder()
        .main_cf(SETTINGS)
        .master_cf(&format!("{address}:{port} inet n - n - {PLACES} smtpd"))
        .start();
    (instance, SocketAddr::from(([127, 0, 0, 1], port)))
}

/// A client who was greeted, and the last word of the greeting.
fn greeted(address: SocketAddr) -> (Client, String) {
    let mut client = Client::connect(address);
    let greeting = client.reply();
    let word = greeting.rsplit(' ').next().unwrap_or_default().to_owned();
    (client, word)
}

/// Clients in all places, who found them free.
fn fill(address: SocketAddr) -> Vec<Client> {
    let fill = |_| {
        let (client, word) = greeted(address);
        assert_eq!(word, "calm");
        client
    };
    (0..PLACES).map(fill).collect()
}

#[test]
fn clients_who_come_to_a_full_service_get_the_settings_for_stress_until_it_has_room_again() {
    let (instance, address) = instance("0.0.0.0");
    let mut clients = fill(address);

    // Master hears of the last place a moment after it was taken.
    let mut late = wait_for("a greeting in times of stress", || {
        clients.pop();
        let (client, word) = greeted(address);
        if word == "busy" {
            return Some(client);
        }
        clients.push(client);
        None
    });
    // One error is too many (`smtpd_hard_error_limit`).
    late.follow(
        "C: HELO slow.example
         S: 250 mx.test.example
         C: MAIL FROM:<a@b.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<b@c.example>
         S: 554 5.7.1 <slow.example>: Helo command rejected: another time
         S: 421 4.7.0 mx.test.example Error: too many errors",
    );
    // Who came before is served as before.
    clients[0].follow(
        "C: NONSENSE
         S: 500 5.5.2 Error: command not recognized
         C: NOOP
         S: 250 2.0.0 Ok",
    );

    drop((late, clients));
    wait_for("the places to be free", || {
        let log = instance.log();
        let count = |words: &str| log.matches(words).count();
        (count("smtpd[") > 0 && count(": disconnect from ") == count(": connect from ")).then_some(())
    });
    let (mut calm, word) = greeted(address);
    assert_eq!(word, "calm");
    calm.follow(
        "C: HELO slow.example
         S: 250 mx.test.example
         C: NONSENSE
         S: 500 5.5.2 Error: command not recognized
         C: MAIL FROM:<a@b.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<b@c.example>
         S: 250 2.1.5 Ok",
    );
}

#[test]
fn a_service_of_the_loopback_interface_is_never_under_stress() {
    let (_instance, address) = instance("127.0.0.1");
    let mut clients = fill(address);
    for _ in 0..10 {
        clients.pop();
        let (client, word) = greeted(address);
        assert_eq!(word, "calm");
        clients.push(client);
    }
}
