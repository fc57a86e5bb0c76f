//! Three sites as they are run: an office that dials up, a company with its own domain, a server inside a firewall.
//!
//! Beside ours are programs that are not: procmail, Dovecot for readers by POP3, unbound as the name server. They are
//! needed, as root is: users' mailboxes are users' own.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use testkit::{Behaviour, Builder, Client, Instance, Sink, free_port, wait_for};

/// A system user of every Debian, who is not root and may have a mailbox.
const EMPLOYEE: &str = "games";

fn program(path: &'static str) -> Command {
    assert!(
        Path::new(path).exists(),
        "{path} is not installed: run the tests by `cargo xtask test`"
    );
    assert!(sys::identity::is_root(), "mailboxes of several users need root");
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = sys::child::signal(self.0.id(), 15);
        let _ = self.0.wait();
    }
}

/// A name server on loopback that knows these records and no others.
fn name_server(instance: &Instance, port: u16, records: &[&str]) -> Running {
    let folder = instance.folder().join("dns");
    fs::create_dir_all(&folder).unwrap();
    let place = folder.display();
    let records: String = records
        .iter()
        .map(|record| format!(" local-data: '{record}'\n"))
        .collect();
    let text = format!(
        "server:\n interface: 127.0.0.1@{port}\n do-daemonize: no\n username: \"\"\n chroot: \"\"\n directory: \"{place}\"\n \
         pidfile: \"{place}/pid\"\n use-syslog: no\n logfile: \"{place}/log\"\n module-config: \"iterator\"\n \
         local-zone: example. static\n{records}remote-control:\n control-enable: no\n"
    );
    fs::write(folder.join("unbound.conf"), text).unwrap();
    let child = program("/usr/sbin/unbound")
        .arg("-d")
        .arg("-c")
        .arg(folder.join("unbound.conf"))
        .spawn()
        .unwrap();
    let running = Running(child);
    wait_for("unbound", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    running
}

/// Dovecot, which lets the employee read the mailbox that `local` writes.
fn pop3_server(instance: &Instance, port: u16) -> Running {
    let folder = instance.folder().join("dovecot");
    fs::create_dir_all(&folder).unwrap();
    let place = folder.display();
    let owner = fs::metadata(instance.folder().join("mail").join(EMPLOYEE)).unwrap();
    let home = folder.join("home");
    fs::create_dir_all(&home).unwrap();
    chown(&home, Some(owner.uid()), Some(owner.gid())).unwrap();
    let users = format!(
        "{EMPLOYEE}:{{PLAIN}}secret:{}:{}::{place}/home\n",
        owner.uid(),
        owner.gid()
    );
    fs::write(folder.join("users"), users).unwrap();
    let mailboxes = instance.folder().join("mail");
    let text = format!(
        "base_dir = {place}/run\nstate_dir = {place}/state\nlog_path = {place}/log\nprotocols = pop3\nssl = no\n\
         disable_plaintext_auth = no\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nlisten = 127.0.0.1\n\
         mail_location = mbox:{place}/home/mail:INBOX={}/%u\nmbox_write_locks = fcntl\n\
         service pop3-login {{\n chroot =\n inet_listener pop3 {{\n address = 127.0.0.1\n port = {port}\n }}\n \
         inet_listener pop3s {{\n port = 0\n }}\n}}\n\
         passdb {{\n driver = passwd-file\n args = {place}/users\n}}\nuserdb {{\n driver = passwd-file\n args = {place}/users\n}}\n",
        mailboxes.display()
    );
    fs::write(folder.join("dovecot.conf"), text).unwrap();
    let child = program("/usr/sbin/dovecot")
        .arg("-F")
        .arg("-c")
        .arg(folder.join("dovecot.conf"))
        .spawn()
        .unwrap();
    let running = Running(child);
    wait_for("Dovecot", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    running
}

fn submit(instance: &Instance, arguments: &[&str], text: &str) {
    use std::io::Write;
    let mut sendmail = instance
        .command("sendmail")
        .args(arguments)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    sendmail.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(sendmail.wait().unwrap().success());
}

fn printed(instance: &Instance, command: &str, arguments: &[&str]) -> String {
    String::from_utf8_lossy(&instance.run(command, arguments).stdout).into_owned()
}

#[test]
fn an_office_that_dials_up_keeps_its_mail_until_the_queue_is_run() {
    let provider = Sink::start();
    let _ = program("/usr/bin/procmail");
    let instance = Instance::builder()
        .main_cf("myhostname = gate.office.example\nmydomain = office.example\nmyorigin = $myhostname")
        .main_cf("mydestination = $myhostname, localhost.$mydomain, localhost, $mydomain")
        .main_cf(&format!("relayhost = {}", provider.nexthop()))
        .main_cf("defer_transports = smtp\ndisable_dns_lookups = yes")
        .main_cf("masquerade_domains = $mydomain\nmasquerade_exceptions = root")
        .main_cf("mailbox_command = /usr/bin/procmail -t DEFAULT=@DIR@/mail/$USER @DIR@/recipes")
        .file("recipes", ":0:\n* ^Subject: invoice\n@DIR@/mail/invoices\n")
        .start();
    for name in ["mail/games", "mail/invoices"] {
        own(&instance, name);
    }

    // Local mail is delivered at once, as the user's recipes say.
    submit(
        &instance,
        &["-f", "boss", EMPLOYEE],
        "Subject: invoice 7\n\npay\n",
    );
    submit(
        &instance,
        &["-f", "boss", EMPLOYEE],
        "Subject: greetings\n\nhello\n",
    );
    wait_for("the sorted mail", || {
        instance.read("mail/invoices").contains("\npay\n").then_some(())
    });
    let inbox = wait_for("the other mail", || {
        Some(instance.read("mail/games")).filter(|inbox| inbox.contains("\nhello\n"))
    });
    assert!(!inbox.contains("invoice"), "{inbox}");
    instance.wait_for_log(&[
        "to=<games@gate.office.example>",
        "status=sent (delivered to command: /usr/bin/procmail",
    ]);

    // What goes out waits for the line.
    let outgoing = "From: Clerk <clerk@desk.office.example>\nTo: x@customer.example\nCc: root@desk.office.example\n\nhi\n";
    submit(
        &instance,
        &["-f", "clerk@desk.office.example", "x@customer.example"],
        outgoing,
    );
    submit(
        &instance,
        &["-f", "root@desk.office.example", "y@customer.example"],
        "Subject: from root\n\nhi\n",
    );
    for user in ["x", "y"] {
        let recipient = format!("to=<{user}@customer.example>");
        instance.wait_for_log(&[&recipient, "dsn=4.3.2, status=deferred (deferred transport)"]);
    }
    let listing = printed(&instance, "postqueue", &["-p"]);
    assert!(
        listing.contains("(deferred transport)") && listing.contains("in 2 Requests."),
        "{listing}"
    );
    assert!(provider.messages().is_empty());

    submit(&instance, &["-q"], "");

    let sent = provider.wait(2);
    let find = |user: &str| {
        let of_user = |message: &&testkit::Message| message.recipients[0].contains(user);
        sent.iter()
            .find(of_user)
            .unwrap_or_else(|| panic!("{user} in {sent:?}"))
    };
    let clerks = find("x@customer.example");
    assert!(
        clerks.sender.starts_with("<clerk@office.example>"),
        "{}",
        clerks.sender
    );
    let text = clerks.text();
    assert!(
        text.contains("\r\nFrom: Clerk <clerk@office.example>\r\n"),
        "{text}"
    );
    assert!(text.contains("\r\nCc: root@desk.office.example\r\n"), "{text}");
    let roots = find("y@customer.example");
    assert!(
        roots.sender.starts_with("<root@desk.office.example>"),
        "{}",
        roots.sender
    );
    wait_for("an empty queue", || {
        printed(&instance, "postqueue", &["-p"])
            .contains("Mail queue is empty")
            .then_some(())
    });
}

/// A mailbox that is there and is the employee's, for programs that do not make one.
fn own(instance: &Instance, name: &str) {
    let user = Command::new("/usr/bin/id")
        .args(["-u", EMPLOYEE])
        .output()
        .unwrap();
    let uid: u32 = String::from_utf8_lossy(&user.stdout).trim().parse().unwrap();
    let path = instance.folder().join(name);
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    chown(&path, Some(uid), None).unwrap();
}

#[test]
fn a_company_takes_mail_for_its_people_and_branches_and_they_read_it_by_pop3() {
    let world = Sink::start();
    let (dns, pop3) = (free_port(), free_port());
    let instance = Instance::builder()
        .main_cf("myhostname = mail.company.example\nmydomain = company.example\nmyorigin = $mydomain")
        .main_cf("mydestination = $mydomain, $myhostname, localhost")
        .main_cf("smtpd_banner = $myhostname ESMTP $mail_name of our company")
        .main_cf("alias_maps = texthash:@DIR@/aliases\nlocal_recipient_maps = $alias_maps unix:passwd.byname")
        .main_cf("relay_domains = branch.company.example\nrelay_recipient_maps =\nsmtpd_reject_unlisted_recipient = yes")
        .main_cf("mynetworks = 192.0.2.0/24\nsmtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_sender_restrictions = reject_unknown_sender_domain")
        .main_cf(&format!("dns_servers = 127.0.0.1:{dns}\nsmtp_tcp_port = {}", world.address.port()))
        .file("aliases", "postmaster games\nsales games, partner@elsewhere.example\n");
    let mut instance = instance.make();
    let _dns = name_server(
        &instance,
        dns,
        &[
            "elsewhere.example. MX 20 down.elsewhere.example.",
            "elsewhere.example. MX 10 mx.elsewhere.example.",
            "mx.elsewhere.example. A 127.0.0.1",
            "down.elsewhere.example. A 127.0.0.9",
            "branch.company.example. MX 5 mx.branch.company.example.",
            "mx.branch.company.example. A 127.0.0.1",
            "nullmx.example. MX 0 .",
        ],
    );
    instance.start();

    let mut client = Client::connect(instance.smtp);
    assert_eq!(
        client.reply(),
        "220 mail.company.example ESMTP Postfix of our company"
    );
    client.follow(
        "C: XCLIENT ADDR=198.51.100.7 NAME=mx.elsewhere.example
         S: 220 mail.company.example ESMTP Postfix of our company
         C: HELO mx.elsewhere.example
         S: 250 mail.company.example
         C: MAIL FROM:<a@nowhere.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<games@company.example>
         S: 450 4.1.8 <a@nowhere.example>: Sender address rejected: Domain not found
         C: RSET
         S: 250 2.0.0 Ok
         C: MAIL FROM:<a@elsewhere.example>
         S: 250 2.1.0 Ok
         C: RCPT TO:<nobody-here@company.example>
         S: 550 5.1.1 <nobody-here@company.example>: Recipient address rejected: User unknown in local recipient table
         C: RCPT TO:<x@third.example>
         S: 454 4.7.1 <x@third.example>: Relay access denied
         C: RCPT TO:<games@company.example>
         S: 250 2.1.5 Ok
         C: RCPT TO:<sales@mail.company.example>
         S: 250 2.1.5 Ok
         C: RCPT TO:<anyone@branch.company.example>
         S: 250 2.1.5 Ok
         C: DATA
         S: 354 End data with <CR><LF>.<CR><LF>",
    );
    let queued =
        client.ask("From: a@elsewhere.example\r\nSubject: to the company\r\n\r\nFrom here\r\n..dot\r\n.");
    assert!(queued.starts_with("250 2.0.0 Ok: queued as "), "{queued}");

    // By MX: to the branch, and to the outsider whom the alias names.
    let out = world.wait(2);
    let mut recipients: Vec<&str> = out
        .iter()
        .flat_map(|message| &message.recipients)
        .filter_map(|recipient| recipient.split(' ').next())
        .collect();
    recipients.sort_unstable();
    assert_eq!(
        recipients,
        ["<anyone@branch.company.example>", "<partner@elsewhere.example>"]
    );
    instance.wait_for_log(&[
        "to=<anyone@branch.company.example>",
        "relay=mx.branch.company.example[127.0.0.1]:",
    ]);
    instance.wait_for_log(&[
        "to=<partner@elsewhere.example>",
        "relay=mx.elsewhere.example[127.0.0.1]:",
    ]);
    // A domain that says that it takes no mail gets none.
    submit(&instance, &["-f", "games", "x@nullmx.example"], "Subject: x\n\n");
    instance.wait_for_log(&[
        "to=<x@nullmx.example>",
        "dsn=5.1.0, status=bounced (Domain nullmx.example does not accept mail (nullMX))",
    ]);

    let mailbox = wait_for("the mailbox", || {
        Some(instance.read("mail/games"))
            .filter(|mailbox| mailbox.matches("Subject: to the company").count() == 2)
    });
    assert!(mailbox.contains("\n>From here\n.dot\n"), "{mailbox}");
    let _pop3 = pop3_server(&instance, pop3);
    let mut reader = Client::connect(([127, 0, 0, 1], pop3).into());
    assert!(reader.reply().starts_with("+OK"));
    for login in [format!("USER {EMPLOYEE}"), "PASS secret".to_owned()] {
        let reply = reader.ask(&login);
        assert!(
            reply.starts_with("+OK"),
            "{reply}: {}",
            instance.read("dovecot/log")
        );
    }
    assert!(reader.ask("STAT").starts_with("+OK "));
    let mut letter = vec![reader.ask("RETR 1")];
    while letter.last().is_some_and(|line| line != ".") {
        letter.push(reader.reply());
    }
    for line in [
        "Return-Path: <a@elsewhere.example>",
        "Subject: to the company",
        "..dot",
        ".",
    ] {
        assert!(letter.iter().any(|have| have == line), "{line} in {letter:?}");
    }
    assert!(reader.ask("DELE 1").starts_with("+OK"));
    assert!(reader.ask("QUIT").starts_with("+OK"));
}

/// Mail comes in through the firewall, is judged, and goes on to the hub inside.
fn firewall(hub: &Sink, dns: u16) -> Builder {
    Instance::builder()
        .main_cf("myhostname = inner.corp.example\nmydomain = corp.example\nmydestination = $myhostname, localhost")
        .main_cf("mynetworks = 192.0.2.0/24\nlocal_recipient_maps =\nsmtpd_error_sleep_time = 0")
        .main_cf("smtpd_authorized_xclient_hosts = 127.0.0.1\nsmtpd_client_restrictions =\nsmtpd_relay_restrictions =")
        .main_cf(&format!("relayhost = {}\ndns_servers = 127.0.0.1:{dns}", hub.nexthop()))
        .main_cf("relocated_maps = texthash:@DIR@/relocated\nrelay_domains = corp.example\nrelay_recipient_maps =")
        .main_cf("notify_classes = resource, software, bounce, policy")
        .main_cf("error_notice_recipient = chief@corp.example\nbounce_notice_recipient = chief@corp.example")
        .file("clients", "spam.example REJECT\n203.0.113 550 no mail from this network\n198.51.100.9 OK\n198.51.100 REJECT not this network\n")
        .file("senders", "bad@partner.example 550 we do not want your mail\npartner.example OK\nevil.example REJECT\n")
        .file("relocated", "gone@corp.example new@partner.example\n")
        .file("virtual", "info@virtual.example one@corp.example, two@corp.example\nvirtual.example anything\n")
}

const FIREWALL_RECORDS: &[&str] = &[
    "7.100.51.198.rbl.example. A 127.0.0.2",
    "7.100.51.198.rbl.example. TXT \"open relay\"",
];

fn meets_the_firewall(builder: Builder, hub: &Sink, dns: u16) {
    let mut instance = builder.make();
    let _dns = name_server(&instance, dns, FIREWALL_RECORDS);
    instance.start();
    let session = |address: &str, name: &str| {
        let mut client = instance.session();
        let reply = client.ask(&format!("XCLIENT ADDR={address} NAME={name}"));
        assert!(reply.starts_with("220 "), "{reply}");
        client.ask("EHLO client.example");
        client
    };
    let first_refusal = |address: &str, name: &str, sender: &str, recipient: &str| {
        let mut client = session(address, name);
        let sent = client.ask(&format!("MAIL FROM:<{sender}>"));
        assert!(sent.starts_with("250 "), "{sent}");
        let reply = client.ask(&format!("RCPT TO:<{recipient}>"));
        client.ask("QUIT");
        reply
    };

    for (address, name, sender, recipient, expected) in [
        (
            "198.51.100.7",
            "listed.example",
            "a@b.example",
            "one@corp.example",
            "554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using rbl.example; open relay",
        ),
        (
            "203.0.113.5",
            "unlisted.example",
            "a@b.example",
            "one@corp.example",
            "550 5.7.1 <unlisted.example[203.0.113.5]>: Client host rejected: no mail from this network",
        ),
        (
            "192.0.2.200",
            "host.spam.example",
            "a@b.example",
            "one@corp.example",
            "554 5.7.1 <host.spam.example[192.0.2.200]>: Client host rejected: Access denied",
        ),
        (
            "198.51.100.8",
            "[UNAVAILABLE]",
            "a@b.example",
            "one@corp.example",
            "554 5.7.1 <unknown[198.51.100.8]>: Client host rejected: not this network",
        ),
        (
            "192.0.2.1",
            "good.example",
            "bad@partner.example",
            "one@corp.example",
            "550 5.7.1 <bad@partner.example>: Sender address rejected: we do not want your mail",
        ),
        (
            "192.0.2.1",
            "good.example",
            "any@evil.example",
            "one@corp.example",
            "554 5.7.1 <any@evil.example>: Sender address rejected: Access denied",
        ),
        (
            "192.0.2.1",
            "good.example",
            "a@b.example",
            "gone@corp.example",
            "550 5.1.6 <gone@corp.example>: Recipient address rejected: User has moved to new@partner.example",
        ),
        (
            "192.0.2.1",
            "good.example",
            "good@partner.example",
            "one@corp.example",
            "250 2.1.5 Ok",
        ),
        (
            "198.51.100.9",
            "[UNAVAILABLE]",
            "a@b.example",
            "one@corp.example",
            "250 2.1.5 Ok",
        ),
    ] {
        let reply = first_refusal(address, name, sender, recipient);
        assert_eq!(reply, expected, "{address} {name} {sender} {recipient}");
    }
    let mut client = session("192.0.2.1", "good.example");
    let reply = client.message(
        "good@partner.example",
        &["info@virtual.example"],
        "Subject: for two\n\nbody",
    );
    assert!(reply.starts_with("250 2.0.0 "), "{reply}");

    // Seven sessions went wrong: each has its transcript; and the message for two has arrived.
    let all = hub.wait(8);
    let delivered = all
        .iter()
        .find(|message| message.text().contains("Subject: for two"))
        .unwrap();
    let mut recipients = delivered.recipients.clone();
    recipients.sort();
    let original = "ORCPT=rfc822;info@virtual.example";
    assert_eq!(
        recipients,
        ["one", "two"].map(|user| format!("<{user}@corp.example> {original}"))
    );
    let transcripts: Vec<String> = all
        .iter()
        .filter(|message| message.recipients[0].starts_with("<chief@corp.example>"))
        .map(testkit::Message::text)
        .collect();
    assert_eq!(transcripts.len(), 7, "{transcripts:?}");
    for client in [
        "listed.example[198.51.100.7]",
        "unlisted.example[203.0.113.5]",
        "good.example[192.0.2.1]",
    ] {
        let subject = format!("Subject: Postfix SMTP server: errors from {client}\r\n");
        let text = transcripts
            .iter()
            .find(|text| text.contains(&subject))
            .unwrap_or_else(|| panic!("{client}: {transcripts:?}"));
        assert!(
            text.contains("\r\nIn:  MAIL FROM:<") || text.contains("\r\n In:  MAIL FROM:<"),
            "{text}"
        );
        assert!(text.contains(" RCPT TO:<"), "{text}");
    }
}

#[test]
fn a_server_inside_a_firewall_judges_clients_and_senders_and_tells_the_postmaster() {
    let (hub, dns) = (Sink::start(), free_port());
    let builder = firewall(&hub, dns)
        .main_cf("virtual_alias_maps = texthash:@DIR@/virtual\nvirtual_alias_domains = virtual.example")
        .main_cf(
            "smtpd_recipient_restrictions = reject_rbl_client rbl.example, check_client_access texthash:@DIR@/clients, \
             check_sender_access texthash:@DIR@/senders, permit_mynetworks, reject_unauth_destination",
        );
    meets_the_firewall(builder, &hub, dns);
}

#[test]
fn the_same_server_is_configured_in_the_words_of_its_time() {
    let (hub, dns) = (Sink::start(), free_port());
    let builder = firewall(&hub, dns)
        .main_cf("virtual_maps = texthash:@DIR@/virtual\nmaps_rbl_domains = rbl.example")
        .main_cf(
            "smtpd_recipient_restrictions = reject_maps_rbl, check_client_access texthash:@DIR@/clients, \
             check_sender_access texthash:@DIR@/senders, permit_mynetworks, check_relay_domains",
        );
    meets_the_firewall(builder, &hub, dns);
}

/// A hub that refuses one user for good and another for now.
#[test]
fn failures_and_delays_are_copied_to_the_postmaster() {
    let sink = Sink::behaving(
        Behaviour::default()
            .on("RCPT", "gone", "550 5.1.1 no such user")
            .on("RCPT", "slow", "450 4.2.0 later"),
    );
    let instance = Instance::builder()
        .main_cf(&format!("relayhost = {}\nmyhostname = mx.test.example", sink.nexthop()))
        .main_cf("notify_classes = bounce, 2bounce, delay\ndelay_warning_time = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s\nqueue_run_delay = 1s")
        .main_cf("bounce_notice_recipient = failures@d.example\ndelay_notice_recipient = delays@d.example\n2bounce_notice_recipient = twice@d.example")
        .start();
    let mut client = instance.session();
    client.message("a@b.example", &["gone@d.example"], "Subject: precious\n\nbody");
    client.message("gone@d.example", &["gone@e.example"], "Subject: double\n\nbody");
    client.message("a@b.example", &["slow@d.example"], "Subject: patience\n\nbody");

    let find = |recipient: &str, subject: &str, of: &str| {
        wait_for(subject, || {
            let messages = sink.messages();
            let found = messages.iter().find(|message| {
                message.recipients[0].starts_with(&format!("<{recipient}>"))
                    && message.text().contains(&format!("\r\nSubject: {subject}"))
                    && message.text().contains(of)
            });
            found.map(testkit::Message::text)
        })
    };
    find(
        "a@b.example",
        "Undelivered Mail Returned to Sender",
        "Subject: precious",
    );
    let copy = find(
        "failures@d.example",
        "Postmaster Copy: Undelivered Mail",
        "Subject: precious",
    );
    assert!(copy.contains("550 5.1.1 no such user"), "{copy}");
    assert!(
        !copy.contains("\r\nbody\r\n"),
        "headers are enough for the postmaster: {copy}"
    );
    let double = find(
        "twice@d.example",
        "Postmaster Copy: Undelivered Mail",
        "Subject: double",
    );
    assert!(double.contains("gone@e.example"), "{double}");
    let late = find(
        "delays@d.example",
        "Postmaster Warning: Delayed Mail",
        "Subject: patience",
    );
    assert!(late.contains("450 4.2.0 later"), "{late}");
    find(
        "a@b.example",
        "Delayed Mail (still being retried)",
        "Subject: patience",
    );
}

#[test]
fn a_next_hop_that_misunderstands_us_is_shown_to_the_postmaster() {
    let sink = Sink::behaving(Behaviour::default().on("RCPT", "odd", "501 5.5.4 Syntax error"));
    let instance = Instance::builder()
        .main_cf(&format!(
            "relayhost = {}\nmyhostname = mx.test.example",
            sink.nexthop()
        ))
        .main_cf("notify_classes = protocol\nerror_notice_recipient = chief@d.example")
        .start();

    let mut client = instance.session();
    client.message("a@b.example", &["odd@d.example"], "Subject: precious\n\nbody");

    let notice = wait_for("the notice", || {
        let messages = sink.messages();
        let to_chief = messages
            .iter()
            .find(|message| message.recipients[0].starts_with("<chief@d.example>"));
        to_chief.map(testkit::Message::text)
    });
    for line in [
        "From: Mail Delivery System <MAILER-DAEMON@mx.test.example>",
        " Out: RCPT TO:<odd@d.example>",
        " In:  501 5.5.4 Syntax error",
    ] {
        assert!(notice.contains(&format!("\r\n{line}\r\n")), "{line} in {notice}");
    }
    assert!(
        notice.contains("\r\nSubject: Postfix SMTP client: errors from 127.0.0.1[127.0.0.1]"),
        "{notice}"
    );
}
