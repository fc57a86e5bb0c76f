//! Mail delivered here: mailboxes, aliases, forwarding, commands, virtual mailboxes.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use testkit::{Builder, Instance, Sink, wait_for};

/// Local mail in one file for each user.
fn local() -> Builder {
    Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes\nmail_spool_directory = @DIR@/mail")
        .main_cf("local_recipient_maps =")
}

/// A folder that whoever delivers may write in.
fn open_folder(instance: &Instance, name: &str) {
    let path = instance.folder().join(name);
    fs::create_dir_all(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o1777)).unwrap();
}

fn send(instance: &Instance, recipients: &[&str], content: &str) {
    let reply = instance.session().message("a@b.example", recipients, content);
    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
}

fn wait_for_file(instance: &Instance, name: &str) -> String {
    wait_for(name, || {
        let text = instance.read(name);
        text.ends_with('\n').then_some(text)
    })
}

/// The only file in a folder of the instance.
fn wait_for_only_file(instance: &Instance, name: &str) -> String {
    let path = wait_for(name, || {
        fs::read_dir(instance.folder().join(name)).ok()?.flatten().next()
    });
    fs::read_to_string(path.path()).unwrap()
}

#[test]
fn a_mailbox_file_has_separators_and_quoted_from_lines() {
    let instance = local().start();

    send(
        &instance,
        &[&instance.address()],
        "Subject: one\n\nFrom here on\n>From before\nbody",
    );
    wait_for("the first message", || {
        instance.mailbox().ends_with("\n\n").then_some(())
    });
    send(&instance, &[&instance.address()], "Subject: two\n\nbody");

    let text = wait_for("both messages", || {
        let text = instance.mailbox();
        text.contains("Subject: two").then_some(text)
    });
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("From a@b.example  "), "{text}");
    assert_eq!(lines.next(), Some("Return-Path: <a@b.example>"), "{text}");
    assert_eq!(
        lines.next(),
        Some(format!("X-Original-To: {}", instance.address()).as_str())
    );
    assert_eq!(
        lines.next(),
        Some(format!("Delivered-To: {}", instance.address()).as_str())
    );
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("Received: from client.example "),
        "{text}"
    );
    assert!(
        text.contains("\n\n>From here on\n>From before\nbody\n\nFrom a@b.example  "),
        "{text}"
    );
    assert!(text.ends_with("\n\nbody\n\n"), "{text}");
    assert!(!text.contains('\r'));
    instance.wait_for_log(&[
        "local[",
        "relay=local",
        "dsn=2.0.0, status=sent (delivered to mailbox)",
    ]);
}

#[test]
fn a_spool_folder_with_a_slash_holds_maildirs() {
    let instance = local().main_cf("mail_spool_directory = @DIR@/mail/").start();

    send(&instance, &[&instance.address()], "Subject: one\n\nFrom here on");

    let text = wait_for_only_file(&instance, &format!("mail/{}/new", instance.user()));
    assert!(text.starts_with("Return-Path: <a@b.example>\n"), "{text}");
    assert!(text.ends_with("\n\nFrom here on\n"), "{text}");
    instance.wait_for_log(&["dsn=2.0.0, status=sent (delivered to maildir)"]);
}

#[test]
fn aliases_go_to_files_commands_lists_and_addresses() {
    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("alias_maps = texthash:@DIR@/aliases\nallow_mail_to_commands = alias,forward,include")
        .main_cf("allow_mail_to_files = alias,forward,include\ndefault_privs = daemon")
        .file(
            "aliases",
            "tofile @DIR@/open/file\n\
             tocommand \"|cat >@DIR@/open/command; echo $SENDER $RECIPIENT $LOCAL >>@DIR@/open/command\"\n\
             tolist :include:@DIR@/list\n\
             owner-tolist keeper@d.example\n\
             elsewhere c@d.example\n\
             both elsewhere, tofile\n\
             failing \"|echo not today; exit 75\"\n\
             refusing \"|echo no such thing; exit 67\"\n",
        )
        .file(
            "list",
            "# members\none@d.example, two@d.example\nthree@d.example\n",
        )
        .make();
    let mut instance = instance;
    open_folder(&instance, "open");
    instance.start();

    send(&instance, &["tofile@localhost"], "Subject: x\n\nbody");
    let file = wait_for_file(&instance, "open/file");
    assert!(
        file.starts_with("From a@b.example  ") && file.ends_with("\n\nbody\n\n"),
        "{file}"
    );
    assert!(file.contains("\nDelivered-To: tofile@localhost\n"), "{file}");

    send(&instance, &["tocommand@localhost"], "Subject: x\n\nbody");
    instance.wait_for_log(&["status=sent (delivered to command: cat >"]);
    let command = wait_for_file(&instance, "open/command");
    assert!(command.starts_with("From a@b.example  "), "{command}");
    assert!(
        command.ends_with("\na@b.example tocommand@localhost tocommand\n"),
        "{command}"
    );

    send(&instance, &["tolist@localhost"], "Subject: x\n\nbody");
    let message = sink.wait(1).remove(0);
    assert!(message.sender.starts_with("<owner-tolist@"), "{}", message.sender);
    assert_eq!(message.recipients.len(), 3, "{:?}", message.recipients);

    send(&instance, &["elsewhere@localhost"], "Subject: x\n\nbody");
    let message = sink.wait(2).remove(1);
    assert!(message.sender.starts_with("<a@b.example>"), "{}", message.sender);
    assert!(
        message
            .text()
            .contains("\r\nDelivered-To: elsewhere@localhost\r\n"),
        "{}",
        message.text()
    );

    send(&instance, &["failing@localhost"], "Subject: x\n\nbody");
    instance.wait_for_log(&[
        "to=<failing@localhost>",
        "dsn=4.3.0, status=deferred (temporary failure. Command output: not today )",
    ]);
    send(&instance, &["refusing@localhost"], "Subject: x\n\nbody");
    instance.wait_for_log(&[
        "to=<refusing@localhost>",
        "dsn=5.1.1, status=bounced (user unknown. Command output: no such thing )",
    ]);
}

#[test]
fn a_forward_file_is_followed_and_its_extension_preferred() {
    let sink = Sink::start();
    let mut instance = local()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("recipient_delimiter = +\nforward_path = @DIR@/forward/$user${recipient_delimiter}${extension}, @DIR@/forward/$user")
        .make();
    open_folder(&instance, "forward");
    let user = instance.user().to_owned();
    for (name, text) in [
        (user.clone(), format!("plain@d.example, \\{user}\n")),
        (format!("{user}+news"), "news@d.example\n".to_owned()),
    ] {
        let path = instance.folder().join("forward").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    instance.start();

    send(&instance, &[&instance.address()], "Subject: x\n\nbody");
    assert!(sink.wait(1)[0].recipients[0].starts_with("<plain@d.example>"));
    wait_for("the own copy", || {
        instance.mailbox().contains("Subject: x").then_some(())
    });

    send(
        &instance,
        &[&format!("{user}+news@localhost")],
        "Subject: y\n\nbody",
    );
    let message = sink.wait(2).remove(1);
    assert!(
        message.recipients[0].starts_with("<news@d.example>"),
        "{:?}",
        message.recipients
    );
    assert!(
        message
            .text()
            .contains(&format!("Delivered-To: {user}+news@localhost\r\n")),
        "{}",
        message.text()
    );
    instance.wait_for_log(&["status=sent (forwarded as "]);
    assert!(!instance.mailbox().contains("Subject: y"));
}

#[test]
fn mail_for_unknown_users_goes_to_the_luser_relay_or_back() {
    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!(
            "relayhost = {}\nluser_relay = lost+$user@d.example",
            sink.nexthop()
        ))
        .start();
    send(&instance, &["nobody-known@localhost"], "Subject: x\n\nbody");
    assert!(sink.wait(1)[0].recipients[0].starts_with("<lost+nobody-known@d.example>"));
    drop(instance);

    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    send(&instance, &["nobody-known@localhost"], "Subject: x\n\nbody");
    instance.wait_for_log(&[
        "to=<nobody-known@localhost>",
        "dsn=5.1.1, status=bounced (unknown user: \"nobody-known\")",
    ]);
    let notice = sink.wait(1).remove(0);
    assert!(notice.sender.starts_with("<>"), "{}", notice.sender);
    assert!(
        notice.text().contains("unknown user: \"nobody-known\""),
        "{}",
        notice.text()
    );
}

#[test]
fn an_unknown_local_user_is_refused_at_the_door() {
    let instance = local()
        .main_cf("local_recipient_maps = proxy:unix:passwd.byname $alias_maps")
        .start();
    let reply = instance
        .session()
        .message("a@b.example", &["nobody-known@localhost"], "Subject: x\n\nbody");
    assert_eq!(
        reply,
        "550 5.1.1 <nobody-known@localhost>: Recipient address rejected: User unknown in local recipient table"
    );
    send(&instance, &[&instance.address()], "Subject: x\n\nbody");
    wait_for("the message", || {
        instance.mailbox().contains("Subject: x").then_some(())
    });
}

#[test]
fn a_virtual_mailbox_is_a_file_or_a_maildir() {
    let mut instance = local()
        .main_cf("virtual_mailbox_domains = box.example\nvirtual_mailbox_base = @DIR@/boxes\nvirtual_minimum_uid = 1")
        .main_cf("virtual_mailbox_maps = inline:{ file@box.example=file, dir@box.example=dir/ }")
        .make();
    open_folder(&instance, "boxes");
    let (uid, gid) = owner_of_mail(&instance);
    let main = instance.configuration().join("main.cf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(
        &main,
        format!("{text}virtual_uid_maps = static:{uid}\nvirtual_gid_maps = static:{gid}\n"),
    )
    .unwrap();
    instance.start();

    send(
        &instance,
        &["file@box.example", "dir@box.example"],
        "Subject: x\n\nbody",
    );

    let file = wait_for_file(&instance, "boxes/file");
    assert!(
        file.starts_with("From a@b.example  ") && file.ends_with("\n\nbody\n\n"),
        "{file}"
    );
    let message = wait_for_only_file(&instance, "boxes/dir/new");
    assert!(
        message.starts_with("Return-Path: <a@b.example>\nX-Original-To: dir@box.example\n"),
        "{message}"
    );
    instance.wait_for_log(&[
        "virtual[",
        "to=<file@box.example>, relay=virtual",
        "status=sent (delivered to mailbox)",
    ]);
    instance.wait_for_log(&[
        "virtual[",
        "to=<dir@box.example>, relay=virtual",
        "status=sent (delivered to maildir)",
    ]);
    let reply = instance
        .session()
        .message("a@b.example", &["gone@box.example"], "Subject: x\n\nbody");
    assert_eq!(
        reply,
        "550 5.1.1 <gone@box.example>: Recipient address rejected: User unknown in virtual mailbox table"
    );
}

/// Whose files the data folder's are: a user who is not root when root runs the tests.
fn owner_of_mail(instance: &Instance) -> (u32, u32) {
    use std::os::unix::fs::MetadataExt;
    let about = fs::metadata(instance.folder().join("data")).unwrap();
    (about.uid(), about.gid())
}

#[test]
fn a_piped_command_decides_by_its_exit_status() {
    let script = "#!/bin/sh\ncat >@DIR@/open/$4\necho \"$@\" >>@DIR@/open/$4\ncase $4 in\n\
        good) exit 0;;\nlater) echo try later; exit 75;;\ngone) echo 5.1.6 has moved; exit 67;;\nodd) exit 3;;\nesac\n";
    let mut instance = local()
        .file("script", script)
        .main_cf("relay_domains = pipe.example\nrelay_recipient_maps =\nrelay_transport = hand\nhand_destination_recipient_limit = 1")
        .master_cf("hand unix - n n - - pipe flags=FRX user=daemon argv=@DIR@/script -f ${sender} -- ${user} ${nexthop} ${extension}")
        .make();
    open_folder(&instance, "open");
    let path = instance.folder().join("script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    instance.start();

    send(
        &instance,
        &[
            "good@pipe.example",
            "later@pipe.example",
            "gone@pipe.example",
            "odd@pipe.example",
        ],
        "Subject: x\n\nFrom me",
    );

    instance.wait_for_log(&[
        "pipe[",
        "to=<good@pipe.example>, relay=hand, ",
        "dsn=2.0.0, status=sent (delivered via hand service)",
    ]);
    instance.wait_for_log(&[
        "to=<later@pipe.example>",
        "dsn=4.3.0, status=deferred (temporary failure. Command output: try later )",
    ]);
    instance.wait_for_log(&["to=<gone@pipe.example>", "dsn=5.1.6, status=bounced (has moved )"]);
    instance.wait_for_log(&[
        "to=<odd@pipe.example>",
        "dsn=5.3.0, status=bounced (Command died with status 3: \"",
    ]);
    let text = wait_for_file(&instance, "open/good");
    assert!(text.starts_with("From a@b.example  "), "{text}");
    assert!(text.contains("\n\nFrom me\n"), "{text}");
    assert!(text.ends_with("-f a@b.example -- good pipe.example \n"), "{text}");
}

#[test]
fn the_error_and_discard_transports_need_no_next_hop() {
    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!("relayhost = {}\nrelay_domains = d.example, e.example, f.example\nrelay_recipient_maps =", sink.nexthop()))
        .main_cf("transport_maps = inline:{ {d.example=error:5.7.1 not wanted}, {e.example=discard:quietly}, {f.example=retry:4.7.0 not now} }")
        .main_cf("smtpd_reject_unlisted_recipient = no")
        .start();

    send(
        &instance,
        &["x@d.example", "x@e.example", "x@f.example"],
        "Subject: x\n\nbody",
    );

    instance.wait_for_log(&[
        "error[",
        "to=<x@d.example>, relay=none",
        "dsn=5.7.1, status=bounced (not wanted)",
    ]);
    instance.wait_for_log(&[
        "discard[",
        "to=<x@e.example>, relay=none",
        "dsn=2.0.0, status=sent (quietly)",
    ]);
    instance.wait_for_log(&[
        "error[",
        "to=<x@f.example>, relay=none",
        "dsn=4.7.0, status=deferred (not now)",
    ]);
    assert!(sink.wait(1)[0].text().contains("<x@d.example>: not wanted"));
}

#[test]
fn addresses_are_rewritten_and_copied() {
    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("canonical_maps = inline:{ old@b.example=new@b.example }")
        .main_cf("virtual_alias_domains = alias.example")
        .main_cf("virtual_alias_maps = inline:{ {list@alias.example=one@d.example two@d.example}, @alias.example=rest@d.example }")
        .main_cf("always_bcc = archive@d.example\nsender_bcc_maps = inline:{ new@b.example=watch@d.example }")
        .main_cf("recipient_bcc_maps = inline:{ list@alias.example=seen@d.example }")
        .start();
    let reply = instance.session().message(
        "old@b.example",
        &["list@alias.example", "any@alias.example"],
        "From: old@b.example\nTo: list@alias.example\nSubject: x\n\nbody",
    );
    assert!(reply.starts_with("250 "), "{reply}");

    let message = sink.wait(1).remove(0);
    assert!(
        message.sender.starts_with("<new@b.example>"),
        "{}",
        message.sender
    );
    assert!(
        message
            .text()
            .contains("From: new@b.example\r\nTo: list@alias.example\r\n"),
        "{}",
        message.text()
    );
    let messages = wait_for("all recipients", || {
        let all: Vec<String> = sink
            .messages()
            .into_iter()
            .flat_map(|message| message.recipients)
            .collect();
        (all.len() >= 6).then_some(all)
    });
    let mut names: Vec<&str> = messages
        .iter()
        .map(|name| name.split('>').next().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "<archive@d.example",
            "<one@d.example",
            "<rest@d.example",
            "<seen@d.example",
            "<two@d.example",
            "<watch@d.example"
        ]
    );
}

#[test]
fn header_checks_act_on_the_message() {
    let sink = Sink::start();
    let instance = local()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .main_cf("header_checks = regexp:@DIR@/checks")
        .file(
            "checks",
            "/^Subject: reject/ REJECT go away\n/^Subject: discard/ DISCARD unseen\n/^Subject: hold/ HOLD for now\n\
             /^Subject: replace (.*)/ REPLACE Subject: replaced $1\n/^Subject: prepend/ PREPEND X-Before: yes\n\
             /^Subject: warn/ WARN look here\n/^Subject: redirect/ REDIRECT other@d.example\n/^X-Drop/ IGNORE\n\
             /^Subject: bcc/ BCC copy@d.example\n",
        )
        .start();
    let mut client = instance.session();
    let mut message = |subject: &str| {
        client.message(
            "a@b.example",
            &["c@d.example"],
            &format!("Subject: {subject}\nX-Drop: me\nTo: c\n\nbody"),
        )
    };

    assert_eq!(message("reject"), "550 5.7.1 go away");
    assert!(message("discard").starts_with("250 2.0.0 Ok: queued as "));
    assert!(message("hold").starts_with("250 2.0.0 Ok: queued as "));
    assert!(message("replace this").starts_with("250 "));
    let replaced = sink.wait(1).remove(0).text();
    assert!(
        replaced.contains("\r\nSubject: replaced this\r\nTo: c"),
        "{replaced}"
    );
    assert!(message("prepend").starts_with("250 "));
    let prepended = sink.wait(2).remove(1).text();
    assert!(
        prepended.contains("\r\nX-Before: yes\r\nSubject: prepend\r\n"),
        "{prepended}"
    );
    assert!(message("warn").starts_with("250 "));
    sink.wait(3);
    assert!(message("redirect").starts_with("250 "));
    assert!(sink.wait(4)[3].recipients[0].starts_with("<other@d.example>"));
    assert!(message("bcc").starts_with("250 "));
    wait_for("the copy", || {
        let all: Vec<String> = sink
            .messages()
            .into_iter()
            .skip(4)
            .flat_map(|message| message.recipients)
            .collect();
        (all.len() == 2).then_some(())
    });

    for (action, text) in [
        ("reject", "5.7.1 go away"),
        ("discard", "unseen"),
        ("hold", "for now"),
        ("warning", "look here"),
    ] {
        instance.wait_for_log(&[
            "cleanup[",
            &format!(": {action}: header Subject: "),
            &format!("from client.example[127.0.0.1]; from=<a@b.example> to=<c@d.example> proto=ESMTP helo=<client.example>: {text}")
                .replace("from client.example", "from unknown"),
        ]);
    }
    assert_eq!(instance.queue("hold").len(), 1);
}
