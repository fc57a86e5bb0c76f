//! The disk is full, read-only, not ours, or descriptors have run out: each client hears a temporary refusal, nothing
//! half-made stays, and all goes on when the cause has gone.
//!
//! Root gives the instance a small file system of its own; anybody else's test makes the same calls fail by limits and
//! modes.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use testkit::{Behaviour, Builder, Client, Instance, Sink, wait_for};

/// A test's file system, mounted somewhere; gone when this value goes.
struct Mount(PathBuf);

impl Mount {
    /// A small one in memory.
    fn small(place: &Path, options: &str) -> Self {
        Self::run(&["-t", "tmpfs", "-o", options, "tmpfs", &place.to_string_lossy()]);
        Self(place.to_owned())
    }

    /// The same files, but not to be changed.
    fn read_only(place: &Path) -> Self {
        let name = place.to_string_lossy();
        Self::run(&["--bind", &name, &name]);
        let mount = Self(place.to_owned());
        Self::run(&["-o", "remount,bind,ro", &name]);
        mount
    }

    fn run(arguments: &[&str]) {
        let status = Command::new("mount").args(arguments).status().expect("run mount");
        assert!(status.success(), "mount {arguments:?}");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn is_root() -> bool {
    sys::identity::is_root()
}

fn builder(sink: &Sink) -> Builder {
    Instance::builder()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("disable_dns_lookups = yes\nsmtpd_peername_lookup = no\nlocal_recipient_maps =")
        .main_cf("smtpd_error_sleep_time = 0\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s")
        .main_cf(
            "notify_classes =\nqueue_run_delay = 1s\ntransport_retry_time = 1s\nservice_throttle_time = 1s",
        )
}

/// Starts it on a spool of `options`, a tmpfs's.
fn start_on_small_disk(builder: Builder, options: &str) -> (Mount, Instance) {
    let mut instance = builder.make();
    let mount = Mount::small(&instance.folder().join("spool"), options);
    instance.start();
    (mount, instance)
}

/// Fills a file system to its last octet, and takes all that back.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    let mut chunk = 65536;
    while chunk > 0 {
        if file.write_all(&vec![b'x'; chunk]).is_err() {
            chunk /= 2;
        }
    }
    path
}

const ENVELOPE: &str = "MAIL FROM:<a@origin.example>\r\nRCPT TO:<b@elsewhere.example>\r\nDATA\r\n";

/// A session that stands where content is expected.
fn at_content(instance: &Instance) -> Client {
    let mut session = instance.session();
    for line in ENVELOPE.lines() {
        let reply = session.ask(line);
        assert!(
            reply.starts_with(['2', '3']),
            "{line}: {reply}\n{}",
            instance.log()
        );
    }
    session
}

fn submit(instance: &Instance, content: &str) -> String {
    instance
        .session()
        .message("a@origin.example", &["b@elsewhere.example"], content)
}

/// Nothing of a message that was refused, or sent, is there any more.
fn assert_nothing_half_made(instance: &Instance) {
    wait_for("empty queues", || {
        let queues = ["incoming", "active", "deferred"];
        let is_empty = |queue: &&str| instance.queue(queue).is_empty();
        queues.iter().all(is_empty).then_some(())
    });
}

fn assert_flows_again(instance: &Instance, sink: &Sink) {
    let before = sink.messages().len();
    let reply = submit(instance, "Subject: again\n\nagain\n");
    assert!(
        reply.starts_with("250 2.0.0 Ok: queued as "),
        "{reply}\n{}",
        instance.log()
    );
    sink.wait(before + 1);
    assert_nothing_half_made(instance);
}

const WRITE_ERROR: &str = "451 4.3.0 Error: queue file write error";
const NO_SPACE: &str = "452 4.3.1 Insufficient system storage";

#[test]
fn a_disk_that_fills_up_in_the_middle_refuses_for_now_and_keeps_nothing() {
    if !is_root() {
        // Nobody else may mount; what the queue then does is tried with a file-size limit and `queue_minfree` below.
        return a_file_size_limit_of_the_system_refuses_and_kills_nobody();
    }
    let sink = Sink::start();
    let settings = "message_size_limit = 400000\nqueue_minfree = 0";
    let (_mount, instance) = start_on_small_disk(builder(&sink).main_cf(settings), "size=4m,mode=755");
    assert_flows_again(&instance, &sink);

    // Full before anything of the content is written, and with content for more than one write.
    for lines in [1, 5000] {
        let mut session = at_content(&instance);
        let filler = fill(&instance.folder().join("spool"));
        let content = "Subject: too late\r\n\r\n".to_owned()
            + &"A line of content, to fill the file.\r\n".repeat(lines);
        session.send(content.as_bytes());
        assert_eq!(session.ask("."), WRITE_ERROR, "{}", instance.log());
        assert_nothing_half_made(&instance);

        // Full from the start; how much is free is not looked up for each client.
        wait_for("notice of the full disk", || {
            (instance.session().ask("MAIL FROM:<a@origin.example>") == NO_SPACE).then_some(())
        });
        fs::remove_file(filler).unwrap();
        assert_eq!(session.ask("RSET"), "250 2.0.0 Ok");
        wait_for("notice of the free disk", || {
            instance
                .session()
                .ask("MAIL FROM:<a@origin.example>")
                .starts_with("250")
                .then_some(())
        });
        assert_flows_again(&instance, &sink);
    }
    assert!(
        sink.messages()
            .iter()
            .all(|message| !message.text().contains("too late"))
    );
}

#[test]
fn a_disk_without_room_for_another_file_refuses_for_now() {
    if !is_root() {
        return a_queue_of_another_owner_refuses_for_now_and_is_used_again_when_it_is_ours();
    }
    let sink = Sink::start();
    let settings = "message_size_limit = 400000\nqueue_minfree = 0";
    let (_mount, instance) =
        start_on_small_disk(builder(&sink).main_cf(settings), "size=8m,nr_inodes=200,mode=755");
    assert_flows_again(&instance, &sink);
    let folder = instance.folder().join("spool/fillers");
    fs::create_dir(&folder).unwrap();
    let mut count = 0;
    while File::create(folder.join(count.to_string())).is_ok() {
        count += 1;
    }
    assert!(count < 200, "the limit is not there");

    let reply = submit(&instance, "Subject: no\n\nno\n");

    assert_eq!(reply, WRITE_ERROR, "{}", instance.log());
    fs::remove_dir_all(folder).unwrap();
    assert_flows_again(&instance, &sink);
}

#[test]
fn mail_in_the_queue_survives_a_disk_too_full_to_note_why_it_waits() {
    let sink = Sink::behaving(Behaviour::default().on("RCPT", "", "450 4.2.0 not now"));
    if !is_root() {
        // Without a file system of its own nothing can be full for the notes only: they cannot be made at all.
        let instance = builder(&sink).start();
        let folder = instance.folder().join("spool/defer");
        fs::set_permissions(&folder, Permissions::from_mode(0o500)).unwrap();
        return stays_queued(&instance, || {
            fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap()
        });
    }
    let settings = "message_size_limit = 100000\nqueue_minfree = 0";
    let (_mount, instance) = start_on_small_disk(builder(&sink).main_cf(settings), "size=4m,mode=755");
    let spool = instance.folder().join("spool");
    let mut session = at_content(&instance);
    let filler = fill(&spool);
    // Room for the message, and for nothing else.
    File::options()
        .write(true)
        .open(&filler)
        .unwrap()
        .set_len(fs::metadata(&filler).unwrap().len() - 4096)
        .unwrap();
    session.send(b"Subject: waits\r\n\r\nwaits\r\n");
    assert!(session.ask(".").starts_with("250"), "{}", instance.log());
    stays_queued_after_tries(&instance, || fs::remove_file(&filler).unwrap());
}

fn stays_queued(instance: &Instance, mend: impl FnOnce()) {
    assert!(submit(instance, "Subject: waits\n\nwaits\n").starts_with("250"));
    stays_queued_after_tries(instance, mend);
}

/// The message is tried at least twice, stays, and after `mend` the reason is on record.
fn stays_queued_after_tries(instance: &Instance, mend: impl FnOnce()) {
    wait_for("two tries", || {
        (instance.log().matches("queue active").count() >= 2).then_some(())
    });
    mend();
    wait_for("the reason in the queue listing", || {
        let listing = instance.run("postqueue", &["-p"]);
        String::from_utf8_lossy(&listing.stdout)
            .contains("450 4.2.0 not now")
            .then_some(())
    });
    assert_eq!(
        instance.queue("deferred").len() + instance.queue("active").len(),
        1
    );
    assert_eq!(instance.queue("corrupt"), [""; 0]);
}

#[test]
fn a_mailbox_on_a_full_disk_defers_and_has_the_message_once_in_the_end() {
    if !is_root() {
        return a_mailbox_of_another_owner_defers();
    }
    let sink = Sink::start();
    let mut instance = builder(&sink).main_cf("mail_spool_directory = @DIR@/mail").make();
    let folder = instance.folder().join("mail");
    let _mount = Mount::small(&folder, "size=1m,mode=1777");
    instance.start();
    let filler = fill(&folder);
    // The first lines fit, the rest does not.
    let room = fs::metadata(&filler).unwrap().len() - 8192;
    File::options()
        .write(true)
        .open(&filler)
        .unwrap()
        .set_len(room)
        .unwrap();
    let content = "Subject: much\n\n".to_owned() + &"This line comes many times.\n".repeat(2000);

    let reply = instance
        .session()
        .message("a@origin.example", &[&instance.address()], &content);

    assert!(reply.starts_with("250"), "{reply}");
    instance.wait_for_log(&["postfix/local", "status=deferred", "No space left on device"]);
    let mailbox = format!("mail/{}", instance.user());
    assert_eq!(instance.read(&mailbox), "", "half a message was left");
    fs::remove_file(filler).unwrap();
    instance.wait_for_log(&["postfix/local", "status=sent"]);
    let text = instance.read(&mailbox);
    assert_eq!(text.matches("\nSubject: much\n").count(), 1);
    assert_eq!(text.matches("This line comes many times.\n").count(), 2000);
}

#[test]
fn a_mailbox_of_another_owner_defers() {
    if !is_root() {
        // Nobody else can give a file away.
        return a_queue_of_another_owner_refuses_for_now_and_is_used_again_when_it_is_ours();
    }
    let sink = Sink::start();
    let instance = builder(&sink)
        .main_cf("mail_spool_directory = @DIR@/mail")
        .start();
    let mailbox = instance.folder().join("mail").join(instance.user());
    File::create(&mailbox).unwrap();
    chown(&mailbox, Some(1), Some(1)).unwrap();

    let address = instance.address();
    let reply = instance
        .session()
        .message("a@origin.example", &[&address], "Subject: x\n\nx\n");

    assert!(reply.starts_with("250"), "{reply}");
    instance.wait_for_log(&["postfix/local", "status=deferred"]);
    fs::remove_file(&mailbox).unwrap();
    instance.wait_for_log(&["postfix/local", "status=sent"]);
}

#[test]
fn a_read_only_queue_refuses_for_now_and_what_is_queued_waits() {
    let sink = Sink::start();
    let instance = builder(&sink).start();
    assert_flows_again(&instance, &sink);
    let incoming = instance.folder().join("spool/incoming");
    let guard = if is_root() {
        Some(Mount::read_only(&incoming))
    } else {
        fs::set_permissions(&incoming, Permissions::from_mode(0o500)).unwrap();
        None
    };

    let reply = submit(&instance, "Subject: no\n\nno\n");

    assert_eq!(reply, WRITE_ERROR, "{}", instance.log());
    drop(guard);
    fs::set_permissions(&incoming, Permissions::from_mode(0o700)).unwrap();
    assert_flows_again(&instance, &sink);

    // Accepted, but the queue manager cannot take it: it waits where it is.
    let active = instance.folder().join("spool/active");
    let guard = is_root().then(|| Mount::read_only(&active));
    fs::set_permissions(&active, Permissions::from_mode(0o500)).ok();
    let before = sink.messages().len();
    let reply = submit(&instance, "Subject: waits\n\nwaits\n");
    assert!(reply.starts_with("250"), "{reply}");
    wait_for("a complaint", || {
        instance
            .log()
            .lines()
            .any(|line| line.contains("postfix/qmgr") && (line.contains("warning") || line.contains("fatal")))
            .then_some(())
    });
    assert_eq!(instance.queue("incoming").len(), 1);
    drop(guard);
    fs::set_permissions(&active, Permissions::from_mode(0o700)).unwrap();
    wait_for("the message at the next hop", || {
        instance.run("postkick", &["public", "qmgr", "I"]);
        (sink.messages().len() > before).then_some(())
    });
    assert_nothing_half_made(&instance);
}

#[test]
fn too_little_free_space_is_told_at_the_envelope() {
    let sink = Sink::start();
    let mut instance = builder(&sink)
        .main_cf("queue_minfree = 9000000000000000000")
        .start();
    let mut session = instance.session();

    assert_eq!(session.ask("MAIL FROM:<a@origin.example>"), NO_SPACE);
    assert_eq!(session.ask("RSET"), "250 2.0.0 Ok");
    instance.wait_for_log(&["postfix/smtpd", "NOQUEUE: reject: MAIL", NO_SPACE]);

    instance.stop();
    let edited = instance.run("postconf", &["-e", "queue_minfree=0"]);
    assert!(edited.status.success(), "{edited:?}");
    instance.start();
    assert_flows_again(&instance, &sink);
}

#[test]
fn a_queue_of_another_owner_refuses_for_now_and_is_used_again_when_it_is_ours() {
    let sink = Sink::start();
    let instance = builder(&sink).start();
    assert_flows_again(&instance, &sink);
    let incoming = instance.folder().join("spool/incoming");
    let owner = fs::metadata(&incoming)
        .map(|facts| std::os::unix::fs::MetadataExt::uid(&facts))
        .unwrap();
    if is_root() {
        chown(&incoming, Some(0), Some(0)).unwrap();
    } else {
        fs::set_permissions(&incoming, Permissions::from_mode(0o0)).unwrap();
    }

    let reply = submit(&instance, "Subject: no\n\nno\n");

    assert_eq!(reply, WRITE_ERROR, "{}", instance.log());
    instance.wait_for_log(&["postfix/cleanup", "Permission denied"]);
    fs::set_permissions(&incoming, Permissions::from_mode(0o700)).unwrap();
    if is_root() {
        chown(&incoming, Some(owner), None).unwrap();
    }
    assert_flows_again(&instance, &sink);
}

#[test]
fn a_queue_file_of_another_owner_holds_up_nobody_and_is_sent_when_it_is_ours() {
    let sink = Sink::start();
    let mut instance = builder(&sink).main_cf("defer_transports = smtp").start();
    assert!(submit(&instance, "Subject: waits\n\nwaits\n").starts_with("250"));
    instance.wait_for_log(&["status=deferred (deferred transport)"]);
    let id = wait_for("a deferred message", || instance.queue("deferred").pop());
    instance.stop();
    let place = ["incoming", "active"].map(|queue| instance.folder().join("spool").join(queue).join(&id));
    let deferred = instance
        .folder()
        .join("spool/deferred")
        .join(id.get(..1).unwrap())
        .join(&id);
    let path = place.into_iter().find(|path| path.exists()).unwrap_or(deferred);
    let owner = fs::metadata(&path)
        .map(|facts| std::os::unix::fs::MetadataExt::uid(&facts))
        .unwrap();
    let (ours, theirs) = if is_root() { (0o700, 0o700) } else { (0o700, 0o300) };
    fs::set_permissions(&path, Permissions::from_mode(theirs)).unwrap();
    if is_root() {
        chown(&path, Some(0), Some(0)).unwrap();
    }
    instance.run("postconf", &["-e", "defer_transports="]);
    instance.start();

    // The next message is not held up.
    let reply = submit(&instance, "Subject: next\n\nnext\n");
    assert!(reply.starts_with("250"), "{reply}");
    assert!(sink.wait(1)[0].text().contains("Subject: next"));
    instance.wait_for_log(&["postfix/qmgr", "Permission denied"]);
    assert_eq!(
        instance.queue("corrupt"),
        [""; 0],
        "what cannot be read is not damaged for that"
    );

    let path = wait_for("the file in one of the queues", || {
        let queues =
            ["incoming", "active", "deferred"].map(|queue| instance.folder().join("spool").join(queue));
        let hashed = |queue: &PathBuf| [queue.join(&id), queue.join(id.get(..1).unwrap()).join(&id)];
        queues.iter().flat_map(hashed).find(|path| path.exists())
    });
    if is_root() {
        chown(&path, Some(owner), None).unwrap();
    }
    fs::set_permissions(&path, Permissions::from_mode(ours)).unwrap();
    wait_for("the message at the next hop", || {
        instance.run("postkick", &["public", "qmgr", "I"]);
        instance.run("postqueue", &["-f"]);
        (sink.messages().len() == 2).then_some(())
    });
}

#[test]
fn a_file_size_limit_of_the_system_refuses_and_kills_nobody() {
    let sink = Sink::start();
    let mut instance = builder(&sink).make();
    // In blocks of 512 octets.
    instance.start_under("ulimit -f 1000");
    assert_flows_again(&instance, &sink);
    let cleanup = instance.running("cleanup");

    let content = "Subject: large\n\n".to_owned() + &"A line of content, to fill the file.\n".repeat(30_000);
    let reply = submit(&instance, &content);

    assert!(reply.starts_with("552 5.3.4 "), "{reply}\n{}", instance.log());
    assert_nothing_half_made(&instance);
    assert!(
        cleanup.iter().all(testkit::Process::is_alive),
        "cleanup died of SIGXFSZ"
    );
    assert_flows_again(&instance, &sink);
}

#[test]
fn clients_wait_or_are_refused_when_descriptors_run_out_and_are_served_when_there_are_some() {
    let sink = Sink::start();
    let mut instance = builder(&sink)
        .main_cf("default_process_limit = 500\nsmtpd_client_connection_count_limit = 0")
        .make();
    instance.start_under("ulimit -n 60");
    let connect = || Client::connect(instance.smtp);
    let mut clients: Vec<Client> = (0..200).map(|_| connect()).collect();

    // The first ones are served. One of them may find no descriptor left for the way to cleanup.
    let first = clients.first_mut().unwrap();
    assert!(first.reply().starts_with("220 "), "{}", instance.log());
    let reply = first.ask("EHLO client.example");
    assert!(reply.starts_with("250"), "{reply}");
    let reply = first.message("a@origin.example", &["b@elsewhere.example"], "Subject: x\n\nx\n");
    assert!(
        reply.starts_with("250") || reply.starts_with('4'),
        "{reply}\n{}",
        instance.log()
    );

    let before = cpu_time(&instance);
    std::thread::sleep(Duration::from_millis(500));
    let spent = cpu_time(&instance) - before;
    assert!(
        spent < Duration::from_millis(250),
        "{spent:?} of work in half a second without descriptors"
    );

    let left = clients.split_off(190);
    drop(clients);
    for mut client in left {
        let greeting = client.reply();
        assert!(greeting.starts_with("220 "), "{greeting:?}\n{}", instance.log());
    }
    let started = Instant::now();
    let before = sink.messages().len();
    let reply = submit(&instance, "Subject: again\n\nagain\n");
    assert!(reply.starts_with("250"), "{reply}\n{}", instance.log());
    sink.wait(before + 1);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert_nothing_half_made(&instance);
}

/// Processor time that the processes of the instance have used.
fn cpu_time(instance: &Instance) -> Duration {
    let ticks = |pid: u32| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split_whitespace()
            .collect();
        let field = |index: usize| {
            fields
                .get(index)
                .and_then(|text| text.parse::<u64>().ok())
                .unwrap_or(0)
        };
        field(11) + field(12)
    };
    let total: u64 = instance
        .processes()
        .iter()
        .map(|process| ticks(process.pid))
        .sum();
    Duration::from_millis(total * 10)
}

#[test]
fn what_a_killed_cleanup_leaves_is_nobodys_message_and_is_removed_when_old() {
    let sink = Sink::start();
    let mut instance = builder(&sink).start();
    let mut session = at_content(&instance);
    session.send(b"Subject: never finished\r\n\r\n");
    let left = wait_for("a file in the making", || instance.queue("incoming").pop());
    for cleanup in instance.running("cleanup") {
        cleanup.kill();
    }
    assert_eq!(session.ask("."), WRITE_ERROR);
    assert_eq!(instance.queue("incoming"), std::slice::from_ref(&left));
    let listing = instance.run("postqueue", &["-p"]);
    assert!(
        String::from_utf8_lossy(&listing.stdout).starts_with("Mail queue is empty"),
        "{listing:?}"
    );

    instance.stop();
    let place = instance.folder().join("spool/incoming").join(&left);
    let eight_days = Duration::from_secs(8 * 86400);
    let file = File::options().write(true).open(&place).unwrap();
    file.set_modified(SystemTime::now() - eight_days).unwrap();
    instance.start();

    assert_eq!(instance.queue("incoming"), [""; 0]);
    assert_flows_again(&instance, &sink);
    assert!(
        sink.messages()
            .iter()
            .all(|message| !message.text().contains("never finished"))
    );
}
