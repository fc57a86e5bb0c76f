//! Notices to the sender: returned mail, delays, successes; and what happens when a notice cannot be delivered.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use testkit::{Behaviour, Builder, Instance, Message, Sink, free_port, wait_for};

/// Mail for elsewhere goes to a next hop, mail for here into a file.
fn instance() -> Builder {
    Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes\nmail_spool_directory = @DIR@/mail")
        .main_cf("queue_run_delay = 1s\nminimal_backoff_time = 1s\nmaximal_backoff_time = 1s")
}

fn refusing() -> Sink {
    Sink::behaving(
        Behaviour {
            extensions: ["PIPELINING", "ENHANCEDSTATUSCODES"].map(str::to_owned).to_vec(),
            ..Behaviour::default()
        }
        .on(
            "RCPT",
            "gone@",
            "550-5.1.1 <gone@d.example>: no such user\r\n550 5.1.1 really",
        )
        .on("MAIL", "<root@localhost", "250 2.1.0 Ok"),
    )
}

fn wait_for_mail(instance: &Instance, part: &str) -> String {
    wait_for(
        &format!("a letter with {part:?} for {}; log:\n", instance.user()),
        || {
            let text = instance.mailbox();
            (text.contains(part) && text.ends_with("\n\n")).then_some(text)
        },
    )
}

/// The parts of a multipart message, between its boundary lines.
fn parts(text: &str) -> Vec<String> {
    let boundary = text
        .split("boundary=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a boundary");
    let line = format!("--{boundary}");
    let mut parts: Vec<String> = text.split(&line).map(str::to_owned).collect();
    assert_eq!(parts.pop().map(|end| end.starts_with("--")), Some(true), "{text}");
    parts.remove(0);
    parts
}

#[test]
fn refused_mail_comes_back_with_a_status_report() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let sender = instance.address();
    let mut client = instance.session();
    client.ask(&format!("MAIL FROM:<{sender}> ENVID=my+2Bid"));
    client.ask("RCPT TO:<gone@d.example> ORCPT=rfc822;first+2Bname@d.example");
    client.ask("RCPT TO:<good@d.example>");
    client.ask("DATA");
    client.say("Subject: precious\r\nMessage-Id: <1@x>\r\n\r\nthe body of it");
    let reply = client.ask(".");

    let queue_id = reply.rsplit(' ').next().unwrap().to_owned();
    let text = wait_for_mail(&instance, "--\n\n");

    let header = text.split("\n\n").next().unwrap();
    assert!(text.starts_with("From MAILER-DAEMON  "), "{text}");
    for line in [
        "Return-Path: <>",
        "From: Mail Delivery System <MAILER-DAEMON@postrider.localdomain>",
        "Subject: Undelivered Mail Returned to Sender",
        &format!("To: {sender}"),
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        "Content-Type: multipart/report; report-type=delivery-status;",
    ] {
        assert!(
            header.lines().any(|other| other == line),
            "no {line:?} in\n{text}"
        );
    }
    let parts = parts(&text);
    assert_eq!(parts.len(), 3, "{text}");
    assert!(
        parts[0].starts_with("\nContent-Description: Notification\n"),
        "{text}"
    );
    assert!(
        parts[0].contains("<gone@d.example>: host 127.0.0.1[127.0.0.1] said: 550-5.1.1 <gone@d.example>:\n"),
        "{text}"
    );
    for line in [
        "Content-Description: Delivery report",
        "Content-Type: message/delivery-status",
        "Original-Envelope-Id: my+id",
        "Reporting-MTA: dns; postrider.localdomain",
        &format!("X-Postfix-Queue-ID: {queue_id}"),
        &format!("X-Postfix-Sender: rfc822; {sender}"),
        "Final-Recipient: rfc822; gone@d.example",
        "Original-Recipient: rfc822;first+name@d.example",
        "Action: failed",
        "Status: 5.1.1",
        "Remote-MTA: dns; 127.0.0.1",
        "Diagnostic-Code: smtp; 550-5.1.1 <gone@d.example>: no such user 550 5.1.1",
        "    really",
    ] {
        assert!(
            parts[1].lines().any(|other| other == line),
            "no {line:?} in\n{}",
            parts[1]
        );
    }
    assert!(parts[1].contains("\nArrival-Date: "), "{text}");
    assert!(!parts[1].contains("good@d.example"));
    assert!(parts[2].contains("Content-Type: message/rfc822\n"), "{text}");
    assert!(
        parts[2].contains("\nSubject: precious\n") && parts[2].contains("\n\nthe body of it\n"),
        "{text}"
    );
    assert!(
        parts[2].contains(&format!("\nReturn-Path: <{sender}>\n")),
        "{text}"
    );
    instance.wait_for_log(&["bounce[", &queue_id, "sender non-delivery notification: "]);
    instance.wait_for_log(&["from=<>, size="]);
}

#[test]
fn only_the_header_comes_back_when_the_sender_wants_no_more() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let mut client = instance.session();
    client.ask(&format!("MAIL FROM:<{}> RET=HDRS", instance.address()));
    client.ask("RCPT TO:<gone@d.example>");
    client.ask("DATA");
    client.say("Subject: precious\r\n\r\nthe body of it");
    client.ask(".");

    let text = wait_for_mail(&instance, "--\n\n");

    assert!(
        text.contains("\nSubject: precious\n") && !text.contains("the body of it"),
        "{text}"
    );
    assert!(text.contains("Content-Type: text/rfc822-headers\n"), "{text}");
}

#[test]
fn nobody_is_told_who_asked_for_silence() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let mut client = instance.session();
    client.ask(&format!("MAIL FROM:<{}>", instance.address()));
    client.ask("RCPT TO:<gone@d.example> NOTIFY=NEVER");
    client.ask("DATA");
    client.say("Subject: x\r\n\r\nbody");
    client.ask(".");

    instance.wait_for_log(&["to=<gone@d.example>", "status=bounced"]);
    instance.wait_for_log(&["qmgr[", ": removed"]);
    assert_eq!(instance.mailbox(), "");
    assert!(!instance.log().contains("notification"), "{}", instance.log());
}

#[test]
fn success_is_reported_on_request_when_the_next_hop_will_not() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let mut client = instance.session();
    client.ask(&format!("MAIL FROM:<{}>", instance.address()));
    client.ask("RCPT TO:<good@d.example> NOTIFY=SUCCESS,FAILURE");
    client.ask("DATA");
    client.say("Subject: precious\r\n\r\nthe body of it");
    client.ask(".");

    let text = wait_for_mail(&instance, "--\n\n");

    assert!(
        text.contains("\nSubject: Successful Mail Delivery Report\n"),
        "{text}"
    );
    let parts = parts(&text);
    for line in [
        "Final-Recipient: rfc822; good@d.example",
        "Action: relayed",
        "Status: 2.0.0",
        "Remote-MTA: dns; 127.0.0.1",
        "Diagnostic-Code: smtp; 250 2.0.0 ok: taken",
    ] {
        assert!(
            parts[1].lines().any(|other| other == line),
            "no {line:?} in\n{}",
            parts[1]
        );
    }
    assert!(
        parts[2].contains("text/rfc822-headers") && !text.contains("the body of it"),
        "{text}"
    );
    instance.wait_for_log(&["bounce[", "sender delivery status notification: "]);
}

#[test]
fn the_next_hop_that_can_reports_success_itself() {
    let sink = Sink::start();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let mut client = instance.session();
    client.ask(&format!("MAIL FROM:<{}> ENVID=x RET=HDRS", instance.address()));
    client.ask("RCPT TO:<good@d.example> ORCPT=rfc822;other@d.example NOTIFY=SUCCESS");
    client.ask("DATA");
    client.say("Subject: x\r\n\r\nbody");
    client.ask(".");

    let message = sink.wait(1).remove(0);

    assert!(message.sender.contains(" ENVID=x RET=HDRS"), "{}", message.sender);
    assert_eq!(
        message.recipients,
        ["<good@d.example> ORCPT=rfc822;other@d.example NOTIFY=SUCCESS"]
    );
    instance.wait_for_log(&["qmgr[", ": removed"]);
    assert_eq!(instance.mailbox(), "");
}

#[test]
fn the_sender_is_warned_of_a_delay_once() {
    let instance = instance()
        .main_cf(&format!(
            "relayhost = [127.0.0.1]:{}\ndelay_warning_time = 1s",
            free_port()
        ))
        .start();
    instance
        .session()
        .message(&instance.address(), &["c@d.example"], "Subject: precious\n\nbody");

    let text = wait_for_mail(&instance, "--\n\n");

    assert!(
        text.contains("\nSubject: Delayed Mail (still being retried)\n"),
        "{text}"
    );
    let parts = parts(&text);
    for line in [
        "Final-Recipient: rfc822; c@d.example",
        "Action: delayed",
        "Status: 4.4.1",
    ] {
        assert!(
            parts[1].lines().any(|other| other == line),
            "no {line:?} in\n{}",
            parts[1]
        );
    }
    assert!(parts[1].contains("\nWill-Retry-Until: "), "{text}");
    assert!(parts[2].contains("text/rfc822-headers"), "{text}");
    instance.wait_for_log(&["sender delay notification: "]);
    let tries = instance.log().matches("status=deferred").count();
    wait_for("two more tries", || {
        (instance.log().matches("status=deferred").count() >= tries + 2).then_some(())
    });
    assert_eq!(instance.log().matches("sender delay notification: ").count(), 1);
}

#[test]
fn expired_mail_comes_back() {
    let instance = instance()
        .main_cf(&format!(
            "relayhost = [127.0.0.1]:{}\nmaximal_queue_lifetime = 1s",
            free_port()
        ))
        .start();
    instance
        .session()
        .message(&instance.address(), &["c@d.example"], "Subject: precious\n\nbody");

    let text = wait_for_mail(&instance, "--\n\n");

    assert!(
        text.contains("\nSubject: Undelivered Mail Returned to Sender\n"),
        "{text}"
    );
    assert!(
        text.contains("\nFinal-Recipient: rfc822; c@d.example\n"),
        "{text}"
    );
    assert!(text.contains("\nAction: failed\nStatus: 4.4.1\n"), "{text}");
    instance.wait_for_log(&[&format!(
        "from=<{}>, status=expired, returned to sender",
        instance.address()
    )]);
    wait_for("an empty queue", || {
        (instance.queue("deferred").is_empty() && instance.queue("defer").is_empty()).then_some(())
    });
}

#[test]
fn a_notice_that_cannot_be_delivered_goes_to_the_postmaster() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!(
            "relayhost = {}\nnotify_classes = 2bounce\n2bounce_notice_recipient = chief@d.example",
            sink.nexthop()
        ))
        .start();

    instance
        .session()
        .message("gone@d.example", &["gone@d.example"], "Subject: x\n\nbody");

    let double = sink.wait(1).remove(0);
    assert!(
        double.sender.starts_with("<double-bounce@postrider.localdomain>"),
        "{}",
        double.sender
    );
    assert_eq!(double.recipients, ["<chief@d.example>"]);
    assert!(
        double
            .text()
            .contains("\r\nSubject: Postmaster Copy: Undelivered Mail\r\n"),
        "{}",
        double.text()
    );
    assert!(
        double
            .text()
            .contains("From: Mail Delivery System <MAILER-DAEMON@postrider.localdomain>\r\n")
    );
    instance.wait_for_log(&["postmaster non-delivery notification: "]);
    wait_for("an empty queue", || {
        instance.queue("active").is_empty().then_some(())
    });
}

#[test]
fn a_postmaster_notice_that_cannot_be_delivered_is_dropped() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!(
            "relayhost = {}\nnotify_classes = 2bounce\n2bounce_notice_recipient = gone@d.example",
            sink.nexthop()
        ))
        .start();

    instance
        .session()
        .message("gone@d.example", &["gone@d.example"], "Subject: x\n\nbody");

    instance.wait_for_log(&["bounce[", "undeliverable postmaster notification discarded"]);
    wait_for("an empty queue", || {
        instance.queue("active").is_empty().then_some(())
    });
    assert_eq!(sink.messages().len(), 0);
}

#[test]
fn classes_of_trouble_are_reported_to_the_postmaster() {
    let sink = refusing();
    let instance = instance()
        .main_cf(&format!(
            "relayhost = {}\nnotify_classes = bounce, policy, protocol",
            sink.nexthop()
        ))
        .main_cf("bounce_notice_recipient = chief@d.example\nerror_notice_recipient = chief@d.example")
        .start();

    let mut client = instance.session();
    client.message("a@b.example", &["gone@d.example"], "Subject: precious\n\nbody");
    client.ask("NONSENSE");
    client.ask("QUIT");

    let messages: Vec<Message> = sink.wait(3);
    let find = |subject: &str| {
        messages
            .iter()
            .find(|message| message.text().contains(subject))
            .unwrap_or_else(|| panic!("no {subject:?} in {messages:?}"))
    };
    assert_eq!(
        find("Subject: Undelivered Mail Returned to Sender").recipients,
        ["<a@b.example>"]
    );
    assert_eq!(
        find("Subject: Postmaster Copy: Undelivered Mail").recipients,
        ["<chief@d.example>"]
    );
    let errors = find("Postfix SMTP server: errors from ");
    assert_eq!(errors.recipients, ["<chief@d.example>"]);
    assert!(errors.text().contains("NONSENSE"), "{}", errors.text());
    assert!(errors.text().contains("\r\nMessage-Id: <"), "{}", errors.text());
}
