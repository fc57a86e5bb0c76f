//! Other programs at both ends: swaks sends, Dovecot keeps, pflogsumm counts, a stock configuration starts.
//!
//! A test whose program is not installed says so and passes.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use testkit::{Instance, Sink, free_port, wait_for};

/// Whether a program is there; says so when it is not.
fn has(program: &str) -> bool {
    let is_there = Path::new(program).exists();
    if !is_there {
        eprintln!("{program} is not installed");
    }
    is_there
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = sys::child::signal(self.0.id(), 15);
        let _ = self.0.wait();
    }
}

#[test]
fn swaks_sends_a_message() {
    if !has("/usr/bin/swaks") {
        return;
    }
    let sink = Sink::start();
    let instance = Instance::builder()
        .main_cf(&format!(
            "disable_dns_lookups = yes\nrelayhost = {}",
            sink.nexthop()
        ))
        .start();

    let output = Command::new("/usr/bin/swaks")
        .args([
            "--server",
            &instance.smtp.to_string(),
            "--helo",
            "swaks.example",
            "--pipeline",
        ])
        .args([
            "--from",
            "a@b.example",
            "--to",
            "c@d.example,e@d.example",
            "--attach-body",
            "plain text",
        ])
        .args(["--attach", "@/etc/hostname", "--timeout", "20"])
        .stdin(Stdio::null())
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", instance.log());
    assert!(said.contains("<-  250 2.0.0 Ok: queued as "), "{said}");
    let message = sink.wait(1).remove(0);
    assert_eq!(message.recipients.len(), 2);
    assert!(message.text().contains("plain text") && message.text().contains("X-Mailer: swaks"));
}

#[test]
fn pflogsumm_counts_what_happened() {
    if !has("/usr/sbin/pflogsumm") {
        return;
    }
    let sink = Sink::behaving(
        testkit::Behaviour::default()
            .on("RCPT", "gone@", "550 5.1.1 no such user")
            .on("RCPT", "busy@", "450 4.2.1 later"),
    );
    let mut instance = Instance::builder()
        .main_cf(&format!("disable_dns_lookups = yes\nrelayhost = {}", sink.nexthop()))
        .main_cf("smtpd_recipient_restrictions = check_recipient_access inline:{ refused@d.example=REJECT }, permit_mynetworks, reject")
        .start();
    let mut client = instance.session();
    for number in 0..4 {
        client.message(
            "a@b.example",
            &["c@d.example"],
            &format!("Subject: {number}\n\nbody"),
        );
    }
    client.message("a@b.example", &["gone@d.example"], "Subject: x\n\nbody");
    client.message("a@b.example", &["busy@d.example"], "Subject: x\n\nbody");
    let reply = client.message("a@b.example", &["refused@d.example"], "Subject: x\n\nbody");
    assert!(reply.starts_with("554 5.7.1 "), "{reply}");
    instance.wait_for_log(&["to=<busy@d.example>", "status=deferred"]);
    instance.wait_for_log(&["to=<gone@d.example>", "status=bounced"]);
    // Four messages and the notice.
    sink.wait(5);
    wait_for("the end of the notice", || {
        (instance.log().matches("status=sent").count() == 5).then_some(())
    });
    drop(client);
    instance.stop();

    let output = Command::new("/usr/sbin/pflogsumm")
        .arg("-u")
        .arg("5")
        .arg(instance.folder().join("log/maillog"))
        .output()
        .unwrap();

    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = |name: &str| {
        report
            .lines()
            .find(|line| line.split_whitespace().nth(1) == Some(name))
            .and_then(|line| line.split_whitespace().next())
            .map(str::to_owned)
    };
    for (name, number) in [
        ("received", "6"),
        ("delivered", "5"),
        ("deferred", "1"),
        ("bounced", "1"),
        ("rejected", "1"),
        ("senders", "1"),
    ] {
        assert_eq!(
            count(name).as_deref(),
            Some(number),
            "{name} in\n{report}\n{}",
            instance.log()
        );
    }
}

#[test]
fn dovecot_takes_mail_by_lmtp() {
    if !has("/usr/sbin/dovecot") || !has("/usr/lib/dovecot/lmtp") || !sys::identity::is_root() {
        return;
    }
    let port = free_port();
    let mut instance = Instance::builder()
        .main_cf("relay_domains = box.example\nrelay_recipient_maps =\ndisable_dns_lookups = yes")
        .main_cf(&format!("relay_transport = lmtp:inet:127.0.0.1:{port}"))
        .file("dovecot/users", "reader:{PLAIN}x:MAILUID:MAILGID::@DIR@/dovecot/home\n")
        .file(
            "dovecot/dovecot.conf",
            &format!(
                "base_dir = @DIR@/dovecot/run\nstate_dir = @DIR@/dovecot/state\nlog_path = @DIR@/dovecot/log\nprotocols = lmtp\n\
                 ssl = no\nmail_location = maildir:@DIR@/dovecot/maildir\nfirst_valid_uid = 1\n\
                 auth_username_format = %n\nlisten = 127.0.0.1\n\
                 service lmtp {{\n inet_listener lmtp {{\n address = 127.0.0.1\n port = {port}\n }}\n}}\n\
                 passdb {{\n driver = static\n args = nopassword=y\n}}\n\
                 userdb {{\n driver = passwd-file\n args = username_format=%n @DIR@/dovecot/users\n}}\n"
            ),
        )
        .make();
    use std::os::unix::fs::{MetadataExt, chown};
    let owner = fs::metadata(instance.folder().join("data")).unwrap();
    let users = instance.folder().join("dovecot/users");
    let text = fs::read_to_string(&users).unwrap();
    let text = text
        .replace("MAILUID", &owner.uid().to_string())
        .replace("MAILGID", &owner.gid().to_string());
    fs::write(&users, text).unwrap();
    let maildir = instance.folder().join("dovecot/maildir");
    fs::create_dir_all(&maildir).unwrap();
    chown(&maildir, Some(owner.uid()), Some(owner.gid())).unwrap();
    let dovecot = Command::new("/usr/sbin/dovecot")
        .arg("-F")
        .arg("-c")
        .arg(instance.folder().join("dovecot/dovecot.conf"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let _dovecot = Running(dovecot);
    wait_for("Dovecot", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    instance.start();

    let reply = instance.session().message(
        "a@b.example",
        &["reader@box.example", "stranger@box.example"],
        "From: a@b.example\nSubject: for dovecot\n\n.a dot\nbody",
    );

    assert!(reply.starts_with("250 "), "{reply}");
    let sent = instance.wait_for_log(&["lmtp[", "to=<reader@box.example>", "status=sent (250 2.0.0 "]);
    assert!(
        sent.contains(&format!("relay=127.0.0.1[127.0.0.1]:{port}")),
        "{sent}"
    );
    instance.wait_for_log(&[
        "lmtp[",
        "to=<stranger@box.example>",
        "dsn=5.1.1, status=bounced (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 ",
    ]);
    let path = wait_for("the message", || {
        fs::read_dir(maildir.join("new")).ok()?.flatten().next()
    });
    let text = fs::read_to_string(path.path()).unwrap();
    assert!(text.contains("Return-Path: <a@b.example>\n"), "{text}");
    assert!(text.replace('\r', "").ends_with("\n\n.a dot\nbody\n"), "{text}");
}

#[test]
fn a_stock_configuration_of_debian_carries_mail() {
    const MAIN: &str = "/usr/share/postfix/main.cf.debian";
    const MASTER: &str = "/usr/share/postfix/master.cf.dist";
    if !has(MAIN) || !has(MASTER) || !sys::identity::is_root() {
        return;
    }
    let mut instance = Instance::builder().make();
    let main = instance.configuration().join("main.cf");
    let own = fs::read_to_string(&main).unwrap();
    let places: Vec<&str> = own
        .lines()
        .filter(|line| {
            [
                "queue_directory",
                "data_directory",
                "command_directory",
                "daemon_directory",
                "sendmail_path",
                "mailq_path",
            ]
            .iter()
            .chain(&["newaliases_path", "mail_owner", "setgid_group", "maillog_file"])
            .any(|name| line.starts_with(name))
        })
        .collect();
    // What the package's installation adds to the file it ships.
    let installed = "smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem\n\
        smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key\nsmtpd_tls_security_level=may\n\
        smtp_tls_CApath=/etc/ssl/certs\nsmtp_tls_security_level=may\n\
        smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache\n\
        smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination\n\
        myhostname = stock.example\nalias_maps =\nalias_database =\nmydestination = $myhostname, localhost\n\
        relayhost =\nmynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\nmailbox_size_limit = 0\n\
        recipient_delimiter = +\ninet_interfaces = loopback-only\ninet_protocols = ipv4\n";
    let text = format!(
        "{}\n{installed}\n{}\nmail_spool_directory = {}/mail\n",
        fs::read_to_string(MAIN).unwrap(),
        places.join("\n"),
        instance.folder().display()
    );
    fs::write(&main, text).unwrap();
    let master: String = fs::read_to_string(MASTER)
        .unwrap()
        .lines()
        .map(|line| {
            let mut fields: Vec<&str> = line.split_whitespace().collect();
            let place = instance.smtp.to_string();
            if line.starts_with(['#', ' ', '\t']) || fields.len() < 8 {
                return format!("{line}\n");
            }
            if fields[0] == "smtp" && fields[1] == "inet" {
                fields[0] = &place;
            }
            fields[4] = "n";
            fields.join(" ") + "\n"
        })
        .collect();
    fs::write(instance.configuration().join("master.cf"), master).unwrap();

    instance.start();

    let mut client = instance.session();
    assert!(
        instance.wait_for_log(&["smtpd[", "warning: "]).contains("TLS"),
        "{}",
        instance.log()
    );
    let extended = format!("{}+news@localhost", instance.user());
    let reply = client.message("a@b.example", &[&extended], "Subject: x\n\nbody");
    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    wait_for("the message", || {
        instance.mailbox().contains("Subject: x").then_some(())
    });
    assert!(!instance.log().contains("fatal: "), "{}", instance.log());
    assert!(!instance.log().contains("panic: "), "{}", instance.log());
}
