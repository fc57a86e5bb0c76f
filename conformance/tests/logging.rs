//! The log file: every line of mail that was taken is in it, whatever becomes of postlogd.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::thread;
use std::time::Duration;
use testkit::{Instance, Sink};

/// Sends a message that is relayed; gives its queue id.
fn send(instance: &Instance, subject: &str) -> String {
    let reply = instance.session().message(
        "a@b.example",
        &["c@d.example"],
        &format!("Subject: {subject}\n\nbody"),
    );
    let id = reply.trim_end().rsplit(' ').next().unwrap().to_owned();
    assert!(reply.starts_with("250 "), "{reply}");
    id
}

/// What the log says of a message, sorted, without time, host and process number. The order in the log is that of writing as
/// long as no process is kept from the processor for long, which on a busy machine some are.
fn life(log: &str, id: &str) -> Vec<String> {
    let mut lines: Vec<String> = log
        .lines()
        .filter_map(|line| {
            let (before, after) = line.split_once(&format!(" {id}: "))?;
            let program = before.rsplit_once('/')?.1.split_once('[')?.0;
            let word = after.split(['=', ':']).next()?;
            Some(format!("{program} {word}"))
        })
        .collect();
    lines.sort_unstable();
    lines
}

const WHOLE: [&str; 5] = [
    "cleanup message-id",
    "qmgr from",
    "qmgr removed",
    "smtp to",
    "smtpd client",
];

#[test]
fn the_life_of_each_message_is_told_whole_also_when_the_system_is_stopped_at_once() {
    let sink = Sink::start();
    let mut instance = Instance::builder()
        .main_cf(&format!(
            "relayhost = {}\ndisable_dns_lookups = yes",
            sink.nexthop()
        ))
        .start();
    let ids: Vec<String> = (0..30)
        .map(|number| send(&instance, &number.to_string()))
        .collect();
    sink.wait(ids.len());
    instance.wait_for_log(&[ids.last().unwrap(), "status=sent"]);
    thread::sleep(Duration::from_millis(20));
    instance.stop();

    let log = instance.log();
    for id in &ids {
        assert_eq!(life(&log, id), WHOLE, "{log}");
    }
    assert!(log.trim_end().ends_with("terminating on signal 15"), "{log}");
}

#[test]
fn lines_go_on_when_postlogd_is_killed_or_the_system_reloaded() {
    let sink = Sink::start();
    let instance = Instance::builder()
        .main_cf(&format!(
            "relayhost = {}\ndisable_dns_lookups = yes",
            sink.nexthop()
        ))
        .start();
    let first = send(&instance, "first");
    instance.wait_for_log(&[&first, "removed"]);

    // What was on its way to one that is killed is lost with it.
    thread::sleep(Duration::from_millis(100));
    for postlogd in instance.running("postlogd") {
        assert!(postlogd.kill());
        assert!(postlogd.wait_for_end(Duration::from_secs(5)));
    }
    let second = send(&instance, "second");
    instance.wait_for_log(&[&second, "removed"]);
    assert!(instance.run("postfix", &["reload"]).status.success());
    let third = send(&instance, "third");
    instance.wait_for_log(&[&third, "removed"]);

    let log = instance.log();
    for id in [first, second, third] {
        assert_eq!(life(&log, &id), WHOLE, "{log}");
    }
}
