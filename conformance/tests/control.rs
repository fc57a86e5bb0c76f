//! The system under way: control while mail flows, brakes, changed roots, debugging, and programs behind a socket.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;
use std::fs;
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use testkit::{Builder, Client, Instance, Sink, wait_for};

fn relay(sink: &Sink) -> Builder {
    Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes")
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
}

fn greet(address: SocketAddr) -> Client {
    let mut client = Client::connect(address);
    assert!(client.reply().starts_with("220 "));
    assert!(client.ask("EHLO client.example").starts_with("250"));
    client
}

/// Sends messages over one session until told to stop; gives the subjects of those that were taken.
fn keep_sending(address: SocketAddr, name: usize, stop: &AtomicBool) -> Vec<String> {
    let mut taken = Vec::new();
    let mut client = greet(address);
    while !stop.load(Ordering::Relaxed) {
        let subject = format!("{name}-{}", taken.len());
        let reply = client.message(
            "a@b.example",
            &["c@d.example"],
            &format!("Subject: {subject}\n\nbody"),
        );
        assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
        taken.push(subject);
    }
    assert!(client.ask("QUIT").starts_with("221 "));
    taken
}

#[test]
fn control_under_load_drops_no_session_and_no_mail() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let stop = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..3)
        .map(|name| {
            let (address, stop) = (instance.smtp, Arc::clone(&stop));
            thread::spawn(move || keep_sending(address, name, &stop))
        })
        .collect();

    for verbs in [["reload", "status"], ["flush", "check"], ["reload", "flush"]] {
        for verb in verbs {
            let output = instance.run("postfix", &[verb]);
            assert!(output.status.success(), "{verb}: {output:?}");
            // A client that comes now is served.
            assert!(instance.session().ask("QUIT").starts_with("221 "));
        }
        thread::sleep(Duration::from_millis(150));
    }
    stop.store(true, Ordering::Relaxed);

    let taken: Vec<String> = senders
        .into_iter()
        .flat_map(|sender| sender.join().unwrap())
        .collect();
    assert!(!taken.is_empty());
    let mut arrived: HashMap<String, usize> = HashMap::new();
    for message in sink.wait(taken.len()) {
        let text = message.text();
        let subject = text.split("Subject: ").nth(1).unwrap().lines().next().unwrap();
        *arrived.entry(subject.trim().to_owned()).or_default() += 1;
    }
    for subject in &taken {
        assert_eq!(arrived.get(subject), Some(&1), "{subject}");
    }
}

#[test]
fn a_drained_system_finishes_the_sessions_it_has() {
    let sink = Sink::start();
    let mut instance = relay(&sink).start();
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@b.example>");
    client.ask("RCPT TO:<c@d.example>");
    assert!(client.ask("DATA").starts_with("354 "));

    let output = instance.run("postfix", &["drain"]);

    assert!(output.status.success(), "{output:?}");
    wait_for("the end of master", || (!instance.is_running()).then_some(()));
    client.say("Subject: last\r\n\r\nbody");
    let reply = client.ask(".");
    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    assert!(client.ask("QUIT").starts_with("221 "));
    drop(client);
    // With master went the sockets, as soon as the last daemon that had them has gone too.
    let smtp = instance.smtp;
    wait_for("SMTP to be refused", || {
        TcpStream::connect(smtp).is_err().then_some(())
    });
    assert!(!instance.run("postfix", &["status"]).status.success());
    instance.stop();
    instance.start();
    assert!(sink.wait(1).remove(0).text().contains("Subject: last"));
}

#[test]
fn an_abort_ends_at_once_and_loses_nothing_that_was_taken() {
    let sink = Sink::start();
    let mut instance = relay(&sink).main_cf("defer_transports = smtp").start();
    let mut client = instance.session();
    let reply = client.message("a@b.example", &["c@d.example"], "Subject: kept\n\nbody");
    assert!(reply.starts_with("250 2.0.0 Ok"), "{reply}");
    client.ask("MAIL FROM:<a@b.example>");

    let output = instance.run("postfix", &["abort"]);

    assert!(output.status.success(), "{output:?}");
    wait_for("the end of master", || (!instance.is_running()).then_some(()));
    assert!(client.is_closed());
    let queued: usize = ["incoming", "active", "deferred"]
        .iter()
        .map(|queue| instance.queue(queue).len())
        .sum();
    assert_eq!(queued, 1);
    instance.stop();
}

#[test]
fn verbs_that_need_tls_say_that_there_is_none() {
    let sink = Sink::start();
    let instance = relay(&sink).make();

    for words in [["tls", "enable-client"], ["tls", "new-server-key"]] {
        let output = instance.run("postfix", &words);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("there is no TLS in this release"), "{said}");
    }
}

#[test]
fn permissions_are_set_and_parameters_written_in_one_go() {
    use std::os::unix::fs::PermissionsExt;
    let sink = Sink::start();
    let mut instance = relay(&sink).make();
    let maildrop = instance.folder().join("spool/maildrop");
    let _ = fs::remove_dir_all(&maildrop);
    // The commands under test keep their owners; copies of them get new ones.
    let commands = instance.folder().join("commands");
    fs::create_dir(&commands).unwrap();
    for name in ["postqueue", "postdrop", "postconf", "postsuper"] {
        fs::copy(testkit::programs().join(name), commands.join(name)).unwrap();
    }
    let setting = format!("command_directory={}", commands.display());
    assert!(instance.run("postconf", &["-e", &setting]).status.success());

    let words = ["set-permissions", "upgrade-configuration", "mydomain=set.example"];
    let output = instance.run("postfix", &words);

    assert!(output.status.success(), "{output:?}");
    assert!(maildrop.is_dir());
    assert!(instance.read("etc/main.cf").contains("mydomain = set.example"));
    let nonsense = instance.run("postfix", &["set-permissions", "nonsense"]);
    assert!(!nonsense.status.success());
    if sys::identity::is_root() {
        let mode = fs::metadata(commands.join("postqueue"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o7777, 0o2755);
    }
    // Whoever is root needs no list of directories to name one, set-group-id or not.
    instance.start();
    let output = instance.run("postfix", &["flush"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn who_files_mail_waits_for_a_queue_manager_that_does_not_keep_up() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("default_process_limit = 3\nin_flow_delay = 2s")
        .start();
    let mut client = instance.session();
    let mut send = || {
        let started = Instant::now();
        let reply = client.message("a@b.example", &["c@d.example"], "Subject: x\n\nbody");
        assert!(reply.starts_with("250 2.0.0 Ok"), "{reply}");
        started.elapsed()
    };
    send();
    sink.wait(1);
    let manager = wait_for("the queue manager", || instance.running("qmgr").pop());

    sys::child::signal(manager.pid, SIGSTOP).unwrap();
    let waits: Vec<Duration> = (0..4).map(|_| send()).collect();
    assert!(waits[3] >= Duration::from_secs(2), "{waits:?}");
    assert!(waits[0] < Duration::from_secs(2), "{waits:?}");
    sys::child::signal(manager.pid, SIGCONT).unwrap();

    sink.wait(5);
    assert!(send() < Duration::from_secs(2));
}

#[test]
fn a_daemon_runs_the_debugger_and_another_talks_more() {
    let sink = Sink::start();
    let instance = relay(&sink)
        .main_cf("debugger_command = echo \"$process_name $process_id\" >> @DIR@/debugged")
        .main_cf("transport_maps = inline:{ { err.example = error:5.1.2 nowhere } }")
        .main_cf("smtpd_reject_unlisted_recipient = no")
        .master_cf("error unix - - n - - error -D\nsmtp unix - - n - - smtp -v")
        .start();
    // The daemon is mail_owner's when it runs the command.
    fs::write(instance.folder().join("debugged"), "").unwrap();
    let mut client = instance.session();

    client.message("", &["c@err.example"], "Subject: x\n\nbody");
    client.message("a@b.example", &["c@d.example"], "Subject: y\n\nbody");

    sink.wait(1);
    instance.wait_for_log(&["postfix/error[", "status=bounced"]);
    let line = instance.read("debugged");
    let (name, pid) = line.trim().split_once(' ').expect("a line");
    assert_eq!(name, "error");
    assert!(
        instance.log().contains(&format!("postfix/error[{pid}]: ")),
        "{line}"
    );
    instance.wait_for_log(&["postfix/smtp[", "MAIL FROM:<a@b.example>"]);
}

#[test]
fn a_policy_server_behind_spawn_is_asked_by_each_client() {
    let sink = Sink::start();
    let script = "while read line; do case \"$line\" in recipient=*) to=${line#recipient=};; '') \
                  case $to in bad@*) echo 'action=550 5.7.1 spawned says no';; *) echo action=DUNNO;; esac; echo;; esac; done\n";
    let mut instance = relay(&sink)
        .file("policy.sh", script)
        .main_cf("smtpd_recipient_restrictions = check_policy_service unix:private/policy, permit_mynetworks, reject")
        .master_cf("policy unix - n n - 0 spawn user=nobody argv=/bin/sh @DIR@/policy.sh")
        .start();

    let mut clients = [instance.session(), instance.session()];
    for client in &mut clients {
        client.ask("MAIL FROM:<a@b.example>");
        let reply = client.ask("RCPT TO:<bad@d.example>");
        assert_eq!(
            reply,
            "550 5.7.1 <bad@d.example>: Recipient address rejected: spawned says no"
        );
        assert_eq!(client.ask("RCPT TO:<good@d.example>"), "250 2.1.5 Ok");
    }
    let running = instance.running("sh");
    assert!(!running.is_empty(), "{}", instance.log());
    drop(clients);
    // A program ends with its connection, which smtpd keeps for others.
    instance.stop();
    for program in running {
        assert!(program.wait_for_end(testkit::PATIENCE));
    }
}

#[test]
fn a_client_in_an_empty_root_directory_finds_its_way_by_dns() {
    let sink = Sink::start();
    let dns = name_server();
    let instance = Instance::builder()
        .main_cf("smtpd_peername_lookup = no\nsmtp_host_lookup = dns")
        .main_cf(&format!(
            "dns_servers = {dns}\nsmtp_tcp_port = {}",
            sink.address.port()
        ))
        .master_cf(
            "smtp unix - - y - - smtp\nrewrite unix - - y - - trivial-rewrite\nqmgr unix n - y 300 1 qmgr",
        )
        .master_cf("cleanup unix n - y - 0 cleanup\nbounce unix - - y - 0 bounce")
        .start();

    instance
        .session()
        .message("a@b.example", &["c@far.example"], "Subject: by dns\n\nbody");

    let line = instance.wait_for_log(&["to=<c@far.example>", "status=sent"]);
    assert!(line.contains("relay=mx.far.example[127.0.0.1]"), "{line}");
    assert_eq!(sink.wait(1).len(), 1);
    let spool = instance.folder().join("spool");
    assert!(!spool.join("etc").exists());
    for program in ["smtp", "qmgr", "cleanup"] {
        for process in instance.running(program) {
            let root = fs::read_link(format!("/proc/{}/root", process.pid)).unwrap();
            // Only root can change a root directory.
            let expected = if sys::identity::is_root() {
                spool.as_path()
            } else {
                "/".as_ref()
            };
            assert_eq!(root, expected, "{program}");
        }
    }
}

#[test]
fn daemons_that_start_no_program_are_shut_where_the_kernel_can() {
    let sink = Sink::start();
    let instance = relay(&sink).start();
    let user = instance.address();
    let message = instance
        .session()
        .message("a@b.example", &["c@d.example", &user], "Subject: x\n\nbody");
    assert!(message.starts_with("250 "), "{message}");
    sink.wait(1);
    instance.wait_for_log(&["postfix/local[", "status=sent"]);

    let mode = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("Seccomp:"));
        line.map(|line| line.split_whitespace().nth(1).unwrap().to_owned())
    };
    // A kernel without filters has no such line.
    let Some(own) = mode("self") else { return };
    for program in ["smtpd", "cleanup", "qmgr", "smtp", "trivial-rewrite"] {
        for process in instance.running(program) {
            assert_eq!(mode(&process.pid.to_string()).as_deref(), Some("2"), "{program}");
        }
    }
    // This one starts programs for its recipients.
    for process in instance.running("local") {
        assert_eq!(mode(&process.pid.to_string()), Some(own.clone()));
    }
}

const SIGCONT: i32 = 18;
const SIGSTOP: i32 = 19;

/// A name server that knows one domain: `far.example` has the exchanger `mx.far.example`, which is this host.
fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut packet = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut packet) {
            let _ = socket.send_to(&answer(&packet[..length]), peer);
        }
    });
    address
}

/// The answer to a question, in the form of RFC 1035 §4.
fn answer(question: &[u8]) -> Vec<u8> {
    const A: u8 = 1;
    const MX: u8 = 15;
    let end = 12 + question[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
    let kind = question[end - 3];
    let name = question[12..end - 4].to_ascii_lowercase();
    let data: Option<Vec<u8>> = match kind {
        // Preference, `mx`, and a pointer to the name asked for.
        MX if name.starts_with(b"\x03far") => Some(b"\0\x0a\x02mx\xc0\x0c".to_vec()),
        A if name.starts_with(b"\x02mx") => Some(vec![127, 0, 0, 1]),
        _ => None,
    };
    let mut packet = question[..2].to_vec();
    packet.extend([0x85, 0x80, 0, 1, 0, u8::from(data.is_some()), 0, 0, 0, 0]);
    packet.extend(&question[12..end]);
    if let Some(data) = data {
        packet.extend([0xc0, 0x0c, 0, kind, 0, 1, 0, 0, 0, 60, 0, data.len() as u8]);
        packet.extend(data);
    }
    packet
}
