//! Filters behind the queue that take mail by SMTP and give it back at another port (FILTER_README): one of our own,
//! which changes, refuses and is away, and amavis.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use testkit::{Behaviour, Builder, Client, Instance, Message, Sink, free_port, wait_for};

/// Where filtered mail comes back.
struct Loop {
    instance: Instance,
    back: SocketAddr,
    /// Who gets the mail in the end.
    sink: Sink,
}

/// What stands in `main.cf` and `master.cf` around a filter at this port.
fn around(filter: u16, back: u16, sink: &Sink) -> Builder {
    Instance::builder()
        .main_cf("myhostname = mx.test.example\nsmtpd_peername_lookup = no\ndisable_dns_lookups = yes")
        .main_cf("queue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\nnotify_classes =")
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("header_checks = regexp:@DIR@/headers\nbody_checks = regexp:@DIR@/bodies")
        .main_cf("virtual_alias_maps = inline:{ {team@b.example=one@c.example two@c.example} }")
        .main_cf(&format!("content_filter = scan:[127.0.0.1]:{filter}"))
        .file("headers", "/^Subject:/ PREPEND X-Checked: yes\n")
        .file("bodies", "/^once/ REPLACE twice\n/^twice/ REPLACE thrice\n")
        .master_cf("scan unix - - n - 4 smtp -o smtp_send_xforward_command=yes -o disable_mime_output_conversion=yes")
        .master_cf(&format!(
            "127.0.0.1:{back} inet n - n - - smtpd -o content_filter= -o smtpd_authorized_xforward_hosts=127.0.0.0/8 \
             -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters,no_address_mappings"
        ))
}

fn start(filter: u16, change: impl Fn(Builder) -> Builder) -> Loop {
    let (back, sink) = (free_port(), Sink::start());
    Loop {
        instance: change(around(filter, back, &sink)).start(),
        back: SocketAddr::from(([127, 0, 0, 1], back)),
        sink,
    }
}

const CONTENT: &str = "From: a@b.example\nTo: team@b.example\nSubject: hello\n\nonce\n.dot\n";

impl Loop {
    fn send(&self, content: &str) {
        let reply = self
            .instance
            .session()
            .message("a@b.example", &["team@b.example"], content);
        assert!(reply.starts_with("250 2.0.0 Ok: queued as"), "{reply}");
    }

    /// Gives a message back as the filter's own.
    fn give_back(&self, message: &Message, content: &str) {
        let recipients = recipients(message);
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        let mut client = Client::connect(self.back);
        client.reply();
        client.ask("EHLO filter.example");
        assert_eq!(
            client.ask("XFORWARD NAME=far.example ADDR=192.0.2.7"),
            "250 2.0.0 Ok"
        );
        let reply = client.message(&address(&message.sender), &recipients, content);
        assert!(reply.starts_with("250 2.0.0 Ok: queued as"), "{reply}");
    }

    fn wait_for_empty_queue(&self) {
        wait_for("an empty queue", || {
            let queues = ["incoming", "active", "deferred"];
            queues
                .iter()
                .all(|name| self.instance.queue(name).is_empty())
                .then_some(())
        });
    }
}

/// The address of an argument of MAIL or RCPT.
fn address(text: &str) -> String {
    text.split(['<', '>']).nth(1).unwrap().to_owned()
}

/// Those of a message, in order of the alphabet.
fn recipients(message: &Message) -> Vec<String> {
    let mut all: Vec<String> = message.recipients.iter().map(|text| address(text)).collect();
    all.sort();
    all
}

#[test]
fn what_a_filter_gives_back_is_not_checked_mapped_or_filtered_again() {
    let filter = Sink::start();
    let world = start(filter.address.port(), |builder| builder);
    world.send(CONTENT);
    let [message] = filter.wait(1).try_into().unwrap();
    assert_eq!(
        recipients(&message),
        ["one@c.example", "two@c.example"],
        "aliases come before the filter"
    );
    let heard = filter.commands();
    assert!(
        heard
            .iter()
            .any(|line| line.starts_with("MAIL FROM:<a@b.example>")),
        "{heard:?}"
    );

    world.give_back(
        &message,
        &format!("X-Scanned: yes\n{}", message.text().replace('\r', "")),
    );
    let [delivered] = world.sink.wait(1).try_into().unwrap();
    let text = delivered.text();
    let count = |part: &str| text.matches(part).count();
    assert_eq!(
        [
            count("X-Scanned: yes\r\n"),
            count("X-Checked: yes\r\n"),
            count("\r\ntwice\r\n"),
            count("\r\n.dot\r\n")
        ],
        [1, 1, 1, 1],
        "{text}"
    );
    assert_eq!(
        count("\r\nReceived: ") + usize::from(text.starts_with("Received: ")),
        2,
        "{text}"
    );
    world.wait_for_empty_queue();
    assert_eq!((filter.messages().len(), world.sink.messages().len()), (1, 1));
    world
        .instance
        .wait_for_log(&["client=unknown[127.0.0.1]", "orig_client=far.example[192.0.2.7]"]);
}

#[test]
fn what_a_filter_refuses_goes_back_to_the_sender_unfiltered() {
    let filter = Sink::behaving(Behaviour::default().on("content", "Subject: hello", "550 5.7.1 unwanted"));
    let world = start(filter.address.port(), |builder| builder);
    world.send(CONTENT);
    let [notice] = world.sink.wait(1).try_into().unwrap();
    assert_eq!(recipients(&notice), ["a@b.example"]);
    let text = notice.text();
    assert!(
        text.contains("said: 550 5.7.1 unwanted (in reply to end of DATA command)"),
        "{text}"
    );
    world.wait_for_empty_queue();
    assert_eq!(filter.messages().len(), 0);
}

#[test]
fn mail_waits_for_a_filter_that_is_away() {
    let port = free_port();
    let world = start(port, |builder| {
        builder.main_cf("transport_retry_time = 1s\ndestination_concurrency_failed_cohort_limit = 100")
    });
    world.send(CONTENT);
    let deferred = world
        .instance
        .wait_for_log(&["status=deferred", "Connection refused"]);
    assert!(
        deferred.contains(&format!("connect to 127.0.0.1[127.0.0.1]:{port}")),
        "{deferred}"
    );
    assert_eq!(world.sink.messages().len(), 0, "nothing passes by the filter");

    let filter = Sink::behaving_at(SocketAddr::from(([127, 0, 0, 1], port)), Behaviour::default());
    assert_eq!(filter.wait(1)[0].recipients.len(), 2);
    world.wait_for_empty_queue();
}

/// amavis, which ends with this value.
struct Amavis(Child);

impl Drop for Amavis {
    fn drop(&mut self) {
        // It ends its children when it is asked to end.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// What amavis reads: it looks for nothing, and gives mail back.
fn amavis_settings(home: &Path, port: u16, back: u16) -> String {
    let home = home.display();
    format!(
        "use strict;\n$MYHOME = '{home}';\n$TEMPBASE = '{home}';\n$db_home = '{home}';\n\
         $pid_file = '{home}/pid';\n$lock_file = '{home}/lock';\n\
         $myhostname = 'scan.example.com';\n$mydomain = 'example.com';\n$max_servers = 1;\n$daemonize = 0;\n\
         $enable_db = 0;\n$enable_zmq = 0;\n$do_syslog = 0;\n$log_level = 1;\n$unix_socketname = undef;\n\
         $inet_socket_bind = '127.0.0.1';\n$inet_socket_port = {port};\n@inet_acl = qw(127.0.0.1);\n\
         $forward_method = 'smtp:[127.0.0.1]:{back}';\n$notify_method = $forward_method;\n\
         @bypass_virus_checks_maps = (1);\n@bypass_spam_checks_maps = (1);\n\
         @bypass_banned_checks_maps = (1);\n@bypass_header_checks_maps = (1);\n\
         @local_domains_maps = (['c.example']);\n\
         1;\n"
    )
}

#[test]
fn mail_passes_through_amavis() {
    let (port, back, sink) = (free_port(), free_port(), Sink::start());
    let instance = around(port, back, &sink).start();
    let home = instance.folder().join("amavis");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o777)).unwrap();
    let settings = instance.folder().join("amavis.conf");
    fs::write(&settings, amavis_settings(&home, port, back)).unwrap();
    let log = File::create(instance.folder().join("amavis.log")).unwrap();
    let amavis = Command::new("amavisd")
        .args(["-u", "amavis", "-g", "amavis", "-c"])
        .arg(&settings)
        .arg("foreground")
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .expect("run amavisd");
    let _amavis = Amavis(amavis);
    wait_for("amavis", || TcpStream::connect(("127.0.0.1", port)).ok());

    let world = Loop {
        back: SocketAddr::from(([127, 0, 0, 1], back)),
        instance,
        sink,
    };
    world.send(CONTENT);
    let [delivered] = world.sink.wait(1).try_into().unwrap();
    assert_eq!(delivered.recipients.len(), 2);
    let text = delivered.text();
    let count = |part: &str| text.matches(part).count();
    assert_eq!(
        [
            count("(amavis, port "),
            count("X-Checked: yes\r\n"),
            count("\r\ntwice\r\n")
        ],
        [1, 1, 1],
        "{text}"
    );
    world.wait_for_empty_queue();
}
