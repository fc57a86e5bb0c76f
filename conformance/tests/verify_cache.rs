//! What verify remembers in `address_verify_map`, and for how long (ADDRESS_VERIFICATION_README).
//!
//! `UNDER_TEST=theirs` asks the original instead.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;
use testkit::{Behaviour, Client, Instance, Sink, free_port, wait_for};

const SETTINGS: &str = "\
myhostname = mx.test.example
smtpd_peername_lookup = no
disable_dns_lookups = yes
notify_classes =
relay_domains = sink.example
relay_recipient_maps =
unverified_recipient_reject_code = 550
address_verify_poll_delay = 1s
address_verify_poll_count = 10
address_verify_map = lmdb:$data_directory/verify
";

/// An instance with a service that verifies recipients, and one that does not wait for the answer.
fn instance(sink: &Sink, settings: &str) -> (Instance, [SocketAddr; 2]) {
    let ports = [free_port(), free_port()];
    let mut builder = Instance::builder();
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        builder = builder.peer();
    }
    let verifying = "-o smtpd_recipient_restrictions=reject_unverified_recipient";
    let instance = builder
        .main_cf(SETTINGS)
        .main_cf(&format!(
            "transport_maps = inline:{{ {{sink.example=smtp:{}}} }}\n{settings}",
            sink.nexthop()
        ))
        .master_cf(&format!(
            "127.0.0.1:{} inet n - n - - smtpd {verifying}",
            ports[0]
        ))
        .master_cf(&format!(
            "127.0.0.1:{} inet n - n - - smtpd {verifying} -o address_verify_poll_count=1",
            ports[1]
        ))
        .start();
    (
        instance,
        ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port))),
    )
}

fn sink() -> Sink {
    Sink::behaving(Behaviour::default().on("RCPT", "refused", "550 5.1.1 no such user here"))
}

fn rcpt(address: SocketAddr, recipient: &str) -> String {
    let mut client = Client::connect(address);
    client.reply();
    client.ask("HELO h.example");
    client.ask("MAIL FROM:<a@b.example>");
    client.ask(&format!("RCPT TO:<{recipient}>"))
}

const GOOD: &str = "250 2.1.5 Ok";
const REFUSED: &str = "550 5.1.1 <refused@sink.example>: Recipient address rejected: undeliverable address: host \
                       127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user here (in reply to RCPT TO command)";
const IN_PROGRESS: &str = "450 4.1.1 <good@sink.example>: Recipient address rejected: unverified address: Address \
                           verification in progress";

fn probes(sink: &Sink, recipient: &str) -> usize {
    let wanted = format!("RCPT TO:<{recipient}>");
    sink.commands()
        .iter()
        .filter(|line| line.starts_with(&wanted))
        .count()
}

#[test]
fn what_was_learnt_outlives_the_mail_system_and_is_stored_as_ever() {
    let sink = sink();
    let (mut instance, [waiting, hasty]) = instance(&sink, "");
    assert_eq!(rcpt(hasty, "good@sink.example"), IN_PROGRESS);
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    assert_eq!(rcpt(waiting, "refused@sink.example"), REFUSED);
    let sessions = sink.connections();

    instance.stop();
    instance.start();
    assert_eq!(rcpt(hasty, "good@sink.example"), GOOD);
    assert_eq!(rcpt(hasty, "refused@sink.example"), REFUSED);
    assert_eq!(sink.connections(), sessions, "nobody was probed again");

    instance.stop();
    let map = format!("lmdb:{}", instance.folder().join("data/verify").display());
    let listed = String::from_utf8(instance.run("postmap", &["-s", &map]).stdout).unwrap();
    let mut entries: Vec<String> = listed
        .lines()
        .filter(|line| !line.starts_with('_'))
        .map(|line| {
            let (address, entry) = line.split_once('\t').unwrap();
            let fields: Vec<&str> = entry.splitn(4, ':').collect();
            assert!(fields[2].parse::<u64>().unwrap() > 1_700_000_000);
            format!("{address} {}:{}:{}", fields[0], fields[1], fields[3])
        })
        .collect();
    entries.sort();
    assert_eq!(
        entries,
        [
            "good@sink.example 0:0:250 2.0.0 ok",
            "refused@sink.example 2:0:host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user here (in reply to RCPT \
             TO command)",
        ]
    );
}

#[test]
fn what_is_old_is_probed_again_behind_the_clients_back_and_what_is_older_forgotten() {
    let sink = sink();
    let (_instance, [waiting, hasty]) = instance(
        &sink,
        "address_verify_positive_refresh_time = 1s\naddress_verify_positive_expire_time = 12s\n\
         address_verify_negative_refresh_time = 1s\naddress_verify_negative_expire_time = 100s",
    );
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    assert_eq!(rcpt(waiting, "refused@sink.example"), REFUSED);
    assert_eq!(probes(&sink, "good@sink.example"), 1);

    sleep(Duration::from_millis(2100));
    for (recipient, reply) in [("good@sink.example", GOOD), ("refused@sink.example", REFUSED)] {
        assert_eq!(rcpt(hasty, recipient), reply, "as it was known");
        wait_for("a second probe", || (probes(&sink, recipient) == 2).then_some(()));
    }

    sleep(Duration::from_millis(13_100));
    assert_eq!(rcpt(hasty, "good@sink.example"), IN_PROGRESS);
    assert_eq!(rcpt(hasty, "refused@sink.example"), REFUSED);
}

#[test]
fn the_map_is_cleaned_of_what_has_expired() {
    let sink = sink();
    let (instance, [waiting, _]) = instance(
        &sink,
        "address_verify_cache_cleanup_interval = 3s\naddress_verify_negative_expire_time = 1s\n\
         address_verify_negative_refresh_time = 1s",
    );
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    assert_eq!(rcpt(waiting, "refused@sink.example"), REFUSED);
    let line = instance.wait_for_log(&["full cleanup: retained=1 dropped=1 entries"]);
    let map = format!("cache lmdb:{}", instance.folder().join("data/verify").display());
    assert!(line.contains(&map), "{line}");
}

#[test]
fn the_map_is_cleaned_at_a_start_when_the_last_time_is_long_ago() {
    let sink = sink();
    let (mut instance, [waiting, _]) = instance(&sink, "address_verify_cache_cleanup_interval = 1000s");
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    instance.wait_for_log(&["full cleanup: retained="]);
    instance.stop();
    instance.start();
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    sleep(Duration::from_secs(1));
    let cleanings = instance.log().matches("full cleanup: retained=").count();
    assert_eq!(
        cleanings, 1,
        "the next one is due in 1000 seconds, whoever is started meanwhile"
    );
}

#[test]
fn a_map_behind_proxywrite_is_filled_read_and_cleaned_by_the_service() {
    let sink = sink();
    let (mut instance, [waiting, hasty]) = instance(
        &sink,
        "address_verify_map = proxy:btree:$data_directory/proxied\nproxy_read_maps = $address_verify_map $local_recipient_maps\n\
         address_verify_cache_cleanup_interval = 3s\n\
         address_verify_negative_expire_time = 1s\naddress_verify_negative_refresh_time = 1s",
    );
    assert_eq!(rcpt(waiting, "good@sink.example"), GOOD);
    assert_eq!(rcpt(waiting, "refused@sink.example"), REFUSED);
    let line = instance.wait_for_log(&["full cleanup: retained=1 dropped=1 entries"]);
    let file = instance.folder().join("data/proxied");
    let map = format!("btree:{}", file.display());
    assert!(line.contains(&format!("cache proxy:{map}")), "{line}");

    let sessions = sink.connections();
    instance.stop();
    instance.start();
    assert_eq!(rcpt(hasty, "good@sink.example"), GOOD);
    assert_eq!(sink.connections(), sessions, "nobody was probed again");

    // By the same way an administrator looks into it and takes an entry out.
    let proxied = format!("proxy:{map}");
    let asked = |words: &[&str]| instance.run("postmap", words).status.code();
    assert_eq!(asked(&["-q", "good@sink.example", &proxied]), Some(0));
    assert_eq!(asked(&["-d", "good@sink.example", &proxied]), Some(0));
    assert_eq!(asked(&["-q", "good@sink.example", &proxied]), Some(1));
    assert_eq!(asked(&["-d", "good@sink.example", &proxied]), Some(1));
    assert!(!file.exists(), "an index has no source");
}

#[test]
fn a_map_that_is_not_on_proxy_write_maps_verifies_nobody_and_says_so() {
    let sink = sink();
    let (instance, [waiting, _]) = instance(
        &sink,
        "address_verify_map = proxy:btree:$data_directory/proxied\nproxy_write_maps =\naddress_verify_poll_count = 1",
    );
    let mut client = Client::connect(waiting);
    client.reply();
    client.ask("HELO h.example");
    client.ask("MAIL FROM:<a@b.example>");
    client.say("RCPT TO:<good@sink.example>");
    let map = format!("btree:{}", instance.folder().join("data/proxied").display());
    instance.wait_for_log(&[
        "/proxymap[",
        &format!("warning: request for unapproved table: \"{map}\""),
    ]);
    instance.wait_for_log(&["/proxymap[", "main.cf:proxy_write_maps"]);
    instance.wait_for_log(&[
        "/verify[",
        &format!("proxywrite service is not configured for table \"{map}\""),
    ]);
    // The original keeps the client waiting while verify is started again and again.
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        return;
    }
    let reply = client.reply();
    assert!(reply.starts_with("450 4."), "{reply}");
    assert_eq!(sink.connections(), 0);
}
