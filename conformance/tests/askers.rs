//! Whom the SMTP server asks before it takes a recipient: DNS lists, policy servers, tables. They are slow, lie, fail or
//! change, and the client hears a clear answer in bounded time.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use testkit::{Behaviour, Builder, Client, Instance, NameServer, PolicyServer, Sink, free_port, wait_for};

/// The most memory that the server may take: a debug build with its symbols needs some 15 MiB at rest.
const MOST_MEMORY: u64 = 48 << 20;

fn builder() -> Builder {
    Instance::builder()
        .main_cf("myhostname = mx.test.example\nmydestination = $myhostname\nlocal_recipient_maps =")
        .main_cf("mynetworks = 192.0.2.128/25\nnotify_classes =\nsmtpd_peername_lookup = no")
        .main_cf("smtpd_authorized_xclient_hosts = 127.0.0.1\ndefer_transports = local")
}

/// An instance that asks this name server, with these restrictions on recipients.
fn asking(names: &NameServer, restrictions: &str) -> Builder {
    builder()
        .main_cf(&format!("dns_servers = {}", names.address))
        .main_cf(&format!(
            "smtpd_recipient_restrictions = reject_unauth_destination, {restrictions}"
        ))
}

/// What a recipient gets in a session of a client at this address.
fn recipient(instance: &Instance, address: &str) -> String {
    let mut session = instance.session();
    let reply = session.ask(&format!("XCLIENT NAME=c.example ADDR={address}"));
    assert!(reply.starts_with("220"), "{reply}");
    session.ask("EHLO client.example");
    session.ask("MAIL FROM:<a@b.example>");
    session.ask("RCPT TO:<known@mx.test.example>")
}

fn assert_memory_is_bounded(instance: &Instance) {
    for process in instance.running("smtpd") {
        let peak = process.peak_memory();
        assert!(peak < MOST_MEMORY, "{} MiB", peak >> 20);
    }
}

#[test]
fn lists_are_asked_at_once_and_answers_are_kept() {
    let lists: Vec<String> = (0..6).map(|number| format!("slow{number}.test")).collect();
    let zone: String = lists
        .iter()
        .map(|list| format!("7.100.51.198.{list} LATE 500\n7.100.51.198.{list} EMPTY\n"))
        .collect();
    let names = NameServer::start(&zone);
    let restrictions: Vec<String> = lists
        .iter()
        .map(|list| format!("reject_rbl_client {list}"))
        .collect();
    let instance = asking(&names, &restrictions.join(", ")).start();

    let started = Instant::now();
    assert_eq!(recipient(&instance, "198.51.100.7"), "250 2.1.5 Ok");
    let took = started.elapsed();
    assert!(
        took < Duration::from_millis(2500),
        "{took:?}: one after the other would be 3 s"
    );
    assert_eq!(recipient(&instance, "198.51.100.7"), "250 2.1.5 Ok");
    assert_eq!(names.asked().len(), lists.len(), "{:?}", names.asked());
}

#[test]
fn the_first_list_in_order_refuses_though_another_answers_sooner() {
    let names = NameServer::start(
        "7.100.51.198.late.test LATE 300\n7.100.51.198.late.test A 127.0.0.2\n7.100.51.198.soon.test A 127.0.0.2",
    );
    let instance = asking(&names, "reject_rbl_client late.test, reject_rbl_client soon.test").start();

    let reply = recipient(&instance, "198.51.100.7");
    assert_eq!(
        reply,
        "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using late.test"
    );
}

#[test]
fn an_answer_is_asked_for_again_when_its_time_is_over() {
    let names = NameServer::start("7.100.51.198.list.test 1 A 127.0.0.2");
    let instance = asking(&names, "reject_rbl_client list.test").start();

    assert!(recipient(&instance, "198.51.100.7").starts_with("554"));
    names.set("list.test EMPTY");
    // Five seconds an answer is kept at least.
    wait_for("the entry to be gone", || {
        let reply = recipient(&instance, "198.51.100.7");
        reply.starts_with("250").then_some(())
    });
}

#[test]
fn a_list_that_does_not_serve_us_is_no_entry_and_complained_of_once() {
    let names = NameServer::start(
        "7.100.51.198.list.test A 127.255.255.254\n8.100.51.198.list.test A 127.255.255.254",
    );
    let instance = asking(&names, "reject_rbl_client list.test").start();

    assert_eq!(recipient(&instance, "198.51.100.7"), "250 2.1.5 Ok");
    assert_eq!(recipient(&instance, "198.51.100.8"), "250 2.1.5 Ok");
    let complaints = instance.log().matches("does not serve this resolver").count();
    assert_eq!(complaints, 1, "{}", instance.log());
}

#[test]
fn name_servers_that_fail_are_borne_and_named() {
    let names = NameServer::start(
        "9.100.51.198.list.test FAIL\n9.100.51.198.cut.test CUT\n9.100.51.198.junk.test EMPTY\n\
         loop.example CNAME pool.example\npool.example CNAME loop.example\nbroken.example FAIL",
    );
    let instance = asking(
        &names,
        "reject_rbl_client list.test, permit_dnswl_client cut.test, reject_unknown_sender_domain",
    )
    .start();
    let mut session = instance.session();
    session.ask("XCLIENT NAME=c.example ADDR=198.51.100.9");
    session.ask("EHLO client.example");
    for (sender, expected) in [
        (
            "a@loop.example",
            "450 4.1.8 <a@loop.example>: Sender address rejected: Domain not found",
        ),
        (
            "a@broken.example",
            "450 4.1.8 <a@broken.example>: Sender address rejected: Domain not found",
        ),
    ] {
        session.ask(&format!("MAIL FROM:<{sender}>"));
        assert_eq!(session.ask("RCPT TO:<known@mx.test.example>"), expected);
        session.ask("RSET");
    }
    instance.wait_for_log(&["9.100.51.198.list.test: RBL lookup error"]);
    instance.wait_for_log(&["Name server loop for loop.example"]);
    assert_memory_is_bounded(&instance);
}

#[test]
fn lists_that_never_answer_cost_their_time_once_and_hold_up_nobody_else() {
    let lists = ["a.test", "b.test", "c.test", "d.test"];
    let zone: String = lists
        .iter()
        .map(|list| format!("7.100.51.198.{list} SILENT\n"))
        .collect();
    let names = NameServer::start(&zone);
    let restrictions = lists.map(|list| format!("reject_rbl_client {list}")).join(", ");
    let instance = asking(&names, &restrictions).start();

    let started = Instant::now();
    let waiting = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| recipient(&instance, "198.51.100.7"));
        assert_eq!(recipient(&instance, "198.51.100.8"), "250 2.1.5 Ok");
        assert!(started.elapsed() < Duration::from_secs(4));
        waiting.join().unwrap()
    });
    assert_eq!(waiting, "250 2.1.5 Ok");
    let took = started.elapsed();
    assert!(
        took < Duration::from_secs(19),
        "{took:?}: one after the other would be 40 s"
    );
}

#[test]
fn a_client_has_a_name_when_that_has_its_address_too() {
    let names = NameServer::start(
        "2.0.0.127.in-addr.arpa PTR good.example\ngood.example A 127.0.0.2\n\
         3.0.0.127.in-addr.arpa PTR forged.example\nforged.example A 192.0.2.1\n\
         4.0.0.127.in-addr.arpa FAIL\n5.0.0.127.in-addr.arpa PTR nowhere.example",
    );
    let instance = asking(&names, "reject_unknown_client_hostname")
        .main_cf("smtpd_peername_lookup = yes")
        .start();
    for (address, shown, reply) in [
        ("127.0.0.2", "good.example[127.0.0.2]", "250 2.1.5 Ok"),
        (
            "127.0.0.3",
            "unknown[127.0.0.3]",
            "450 4.7.25 Client host rejected",
        ),
        (
            "127.0.0.4",
            "unknown[127.0.0.4]",
            "450 4.7.25 Client host rejected",
        ),
        (
            "127.0.0.5",
            "unknown[127.0.0.5]",
            "450 4.7.25 Client host rejected",
        ),
    ] {
        let output = Command::new("swaks")
            .args([
                "--server",
                &instance.smtp.to_string(),
                "--local-interface",
                address,
            ])
            .args([
                "--from",
                "a@b.example",
                "--to",
                "known@mx.test.example",
                "--quit-after",
                "RCPT",
            ])
            .output()
            .expect("run swaks");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(reply), "{said}");
        instance.wait_for_log(&[&format!(": connect from {shown}")]);
    }
    instance.wait_for_log(&["hostname forged.example does not resolve to address 127.0.0.3"]);
    instance.wait_for_log(&["hostname nowhere.example does not resolve to address 127.0.0.5"]);
}

fn with_policy(policy: &PolicyServer, settings: &str) -> Instance {
    builder()
        .main_cf(settings)
        .main_cf(&format!(
            "smtpd_recipient_restrictions = check_policy_service inet:{}, reject_unauth_destination",
            policy.address
        ))
        .start()
}

#[test]
fn a_connection_to_a_policy_server_is_shared_by_all_sessions() {
    let policy = PolicyServer::start(&[]);
    let instance = with_policy(&policy, "");
    let mut sessions = [instance.session(), instance.session(), instance.session()];
    for _ in 0..3 {
        for session in &mut sessions {
            session.ask("MAIL FROM:<a@b.example>");
            assert_eq!(session.ask("RCPT TO:<known@mx.test.example>"), "250 2.1.5 Ok");
            session.ask("RSET");
        }
    }
    assert_eq!(policy.asked().len(), 9);
    assert_eq!(policy.connections(), 1);
}

#[test]
fn a_policy_server_that_stalls_or_babbles_holds_up_only_whom_it_is_asked_about() {
    let policy = PolicyServer::start(&[
        ("sender=stall@b.example", "stall"),
        ("sender=babble@b.example", "babble"),
        ("sender=lines@b.example", "babble lines"),
    ]);
    let instance = with_policy(
        &policy,
        "smtpd_policy_service_timeout = 1s\nsmtpd_policy_service_try_limit = 1",
    );
    let ask = |sender: &str| {
        let mut session = instance.session();
        session.ask(&format!("MAIL FROM:<{sender}@b.example>"));
        session.ask("RCPT TO:<known@mx.test.example>")
    };
    let started = Instant::now();
    std::thread::scope(|scope| {
        let troubled = ["stall", "babble", "lines"].map(|sender| scope.spawn(move || ask(sender)));
        assert_eq!(ask("plain"), "250 2.1.5 Ok");
        for answer in troubled {
            assert_eq!(
                answer.join().unwrap(),
                "451 4.3.5 <known@mx.test.example>: Recipient address rejected: Server configuration problem"
            );
        }
    });
    assert!(started.elapsed() < Duration::from_secs(10));
    instance.wait_for_log(&["problem talking to server", "Connection timed out"]);
    assert_memory_is_bounded(&instance);
}

/// A foreign server; it is ended when this value goes.
struct Foreign(Child);

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn postgrey_defers_a_stranger_once() {
    let (port, folder) = (
        free_port(),
        std::env::temp_dir().join(format!("postgrey-{}", free_port())),
    );
    fs::create_dir_all(&folder).unwrap();
    let account = Command::new("id").arg("-un").output().unwrap();
    let user = String::from_utf8(account.stdout).unwrap();
    let group = String::from_utf8(Command::new("id").arg("-gn").output().unwrap().stdout).unwrap();
    let _postgrey = Foreign(
        Command::new("/usr/sbin/postgrey")
            .args([
                format!("--inet=127.0.0.1:{port}"),
                format!("--dbdir={}", folder.display()),
                format!("--user={}", user.trim()),
                format!("--group={}", group.trim()),
            ])
            .args(["--delay=1", "--lookup-by-host"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("start postgrey"),
    );
    wait_for("postgrey", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    let instance = builder()
        .main_cf(&format!(
            "smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:{port}"
        ))
        .start();

    let first = recipient(&instance, "198.51.100.7");
    assert!(
        first.starts_with("450 4.2.0 <known@mx.test.example>: Recipient address rejected: Greylisted"),
        "{first}"
    );
    wait_for("postgrey to relent", || {
        std::thread::sleep(Duration::from_millis(300));
        (recipient(&instance, "198.51.100.7") == "250 2.1.5 Ok").then_some(())
    });
    let _ = fs::remove_dir_all(folder);
}

#[test]
fn policyd_spf_is_spawned_and_its_header_is_in_the_message() {
    let instance = builder()
        .master_cf("policyd-spf unix - n n - 0 spawn user=nobody argv=/usr/bin/policyd-spf")
        .main_cf("policyd-spf_time_limit = 60s")
        .main_cf(
            "smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service unix:private/policyd-spf",
        )
        .start();
    let reply = instance.session().message(
        "a@b.example",
        &["known@mx.test.example"],
        "Subject: spf\n\nbody\n",
    );
    assert!(reply.starts_with("250"), "{reply}\n{}", instance.log());
    let id = reply.rsplit(' ').next().unwrap();
    let kept = wait_for("the message", || {
        let output = instance.run("postcat", &["-q", id]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (!text.is_empty()).then_some(text)
    });
    // What comes from this host is not looked up.
    assert!(kept.contains("X-Comment: SPF"), "{kept}\n{}", instance.log());
}

#[test]
fn a_proxy_that_does_not_say_for_whom_it_comes_is_given_up() {
    let instance = builder()
        .main_cf("smtpd_upstream_proxy_protocol = haproxy\nsmtpd_upstream_proxy_timeout = 1s")
        .start();
    let started = Instant::now();
    let mut proxy = Client::connect(instance.smtp);
    // The time is for the whole header.
    for octet in b"PROXY TCP4 192" {
        let _ = proxy.try_send(&[*octet]);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(proxy.reply(), "421 4.3.0 mx.test.example Server local error");
    assert!(started.elapsed() < Duration::from_secs(5));
    instance.wait_for_log(&["haproxy read: timeout error"]);
}

#[test]
fn a_filter_before_the_queue_that_stalls_costs_its_message_only() {
    let sink = Sink::behaving(
        Behaviour {
            extensions: vec!["8BITMIME".to_owned()],
            ..Behaviour::default()
        }
        .on("RCPT", "known@", "stall"),
    );
    for options in ["", "smtpd_proxy_options = speed_adjust"] {
        let instance = builder()
            .main_cf(&format!(
                "smtpd_proxy_filter = {}\nsmtpd_proxy_timeout = 1s",
                sink.nexthop()
            ))
            .main_cf(options)
            .start();
        let mut session = instance.session();
        let reply = session.message("a@b.example", &["known@mx.test.example"], "Subject: x\n\nbody\n");
        assert_eq!(reply, "451 4.3.0 Error: queue file write error");
        instance.wait_for_log(&["timeout talking to proxy"]);

        session.ask("RSET");
        let reply = session.message("a@b.example", &["other@mx.test.example"], "Subject: y\n\nbody\n");
        assert_eq!(reply, "250 2.0.0 ok: taken");
        assert!(instance.queue("incoming").is_empty());
    }
    assert_eq!(sink.messages().len(), 2);
}

#[test]
fn a_table_that_changes_within_a_session_counts_at_once() {
    let instance = builder()
        .file("etc/access", "b.example REJECT not you\n")
        .main_cf("smtpd_recipient_restrictions = reject_unauth_destination, check_sender_access texthash:@DIR@/etc/access")
        .start();
    let table = instance.folder().join("etc/access");
    let mut session = instance.session();
    let mut ask = || {
        session.ask("MAIL FROM:<a@b.example>");
        let reply = session.ask("RCPT TO:<known@mx.test.example>");
        session.ask("RSET");
        reply
    };
    let refused = "554 5.7.1 <a@b.example>: Sender address rejected: not you";
    assert_eq!(ask(), refused);

    fs::write(&table, "other.example REJECT not you\n").unwrap();
    wait_for("the changed table", || (ask() == "250 2.1.5 Ok").then_some(()));
    fs::write(&table, "b.example 450 4.7.0 later\n").unwrap();
    wait_for("the table changed again", || {
        ask().starts_with("450 4.7.0").then_some(())
    });
}
