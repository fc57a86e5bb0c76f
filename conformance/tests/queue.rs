//! The queue and its commands: submission while the system is down, lists, holding, removal, files as others read them.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use testkit::{Builder, Instance, Sink, free_port, wait_for};

fn instance() -> Builder {
    Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes\nmail_spool_directory = @DIR@/mail")
}

/// An instance whose next hop is away.
fn cut_off() -> Instance {
    instance()
        .main_cf(&format!("relayhost = [127.0.0.1]:{}", free_port()))
        .start()
}

fn sendmail(instance: &Instance, arguments: &[&str], content: &str) -> Output {
    let mut child = instance
        .command("sendmail")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(content.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Sends one message that will wait; gives its queue id.
fn wait_for_deferral(instance: &Instance, recipient: &str) -> String {
    let reply = instance
        .session()
        .message("a@b.example", &[recipient], "Subject: precious\n\nthe body");
    let id = reply.rsplit(' ').next().unwrap().to_owned();
    instance.wait_for_log(&[&id, "status=deferred"]);
    wait_for("the deferred file", || {
        instance.queue("deferred").contains(&id).then_some(())
    });
    id
}

#[test]
fn mail_submitted_while_the_system_is_down_is_taken_up_later() {
    let sink = Sink::start();
    let mut instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    instance.stop();

    let output = sendmail(
        &instance,
        &["-f", "a@b.example", "c@d.example"],
        "Subject: x\n\n.\nnot the end",
    );
    // A dot ends the message unless `-i` says otherwise.
    assert!(output.status.success(), "{output:?}");
    let output = sendmail(
        &instance,
        &["-i", "-f", "a@b.example", "c@d.example"],
        "Subject: y\n\n.\nthe end",
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(instance.queue("maildrop").len(), 2);
    instance.start();

    let messages = sink.wait(2);
    let find = |subject: &str| {
        messages
            .iter()
            .map(|message| message.text())
            .find(|text| text.contains(subject))
            .unwrap()
    };
    assert!(find("Subject: x").ends_with("\r\n\r\n"), "{messages:?}");
    assert!(
        find("Subject: y").ends_with("\r\n\r\n.\r\nthe end\r\n"),
        "{messages:?}"
    );
    assert!(
        find("Subject: y").contains("by postrider.localdomain (Postfix, from userid "),
        "{messages:?}"
    );
    instance.wait_for_log(&["pickup[", ": uid=", " from=<a@b.example>"]);
    assert_eq!(instance.queue("maildrop").len(), 0);
}

#[test]
fn a_spool_survives_stop_and_start() {
    let mut instance = cut_off();
    let id = wait_for_deferral(&instance, "c@d.example");
    instance.stop();
    instance.start();
    assert_eq!(instance.queue("deferred"), [id.as_str()]);
    instance.stop();
    let sink = Sink::start();
    let main = instance.configuration().join("main.cf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(&main, format!("{text}relayhost = {}\n", sink.nexthop())).unwrap();
    instance.start();
    instance.run("postqueue", &["-i", &id]);

    assert!(sink.wait(1)[0].text().contains(&format!("with ESMTP id {id}")));
    instance.wait_for_log(&[&id, "removed"]);
    assert_eq!(instance.queue("deferred"), [""; 0]);
    assert_eq!(instance.queue("defer"), [""; 0]);
}

#[test]
fn sendmail_takes_recipients_from_the_header() {
    let sink = Sink::start();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();

    let output = sendmail(
        &instance,
        &["-t", "-f", "a@b.example", "-F", "A Name"],
        "To: One <one@d.example>,\n two@d.example (Two)\nCc: three@d.example\nBcc: four@d.example\nSubject: x\n\nbody\n",
    );

    assert!(output.status.success(), "{output:?}");
    let message = sink.wait(1).remove(0);
    let mut recipients = message.recipients.clone();
    recipients.sort_unstable();
    assert_eq!(recipients.len(), 4, "{recipients:?}");
    assert!(!message.text().contains("four@"), "{}", message.text());
    assert!(
        message.text().contains("\r\nFrom: A Name <a@b.example>\r\n"),
        "{}",
        message.text()
    );
    assert!(message.text().contains("\r\nMessage-Id: <"), "{}", message.text());
    assert!(message.text().contains("\r\nDate: "), "{}", message.text());
}

#[test]
fn sendmail_tells_where_mail_would_go() {
    let sink = Sink::start();
    let instance = instance()
        .main_cf(&format!("relayhost = {}", sink.nexthop()))
        .start();
    let user = instance.user().to_owned();

    let output = sendmail(&instance, &["-bv", "-f", &user, "c@d.example"], "");

    assert!(output.status.success(), "{output:?}");
    let text = wait_for("the report", || {
        let text = instance.mailbox();
        text.ends_with("--\n\n").then_some(text)
    });
    assert!(
        text.contains("\nSubject: Mail Delivery Status Report\n"),
        "{text}"
    );
    assert!(
        text.contains("\nFinal-Recipient: rfc822; c@d.example\n"),
        "{text}"
    );
    assert!(text.contains("\nAction: deliverable\nStatus: 2.0.0\n"), "{text}");
    instance.wait_for_log(&["to=<c@d.example>", "status=deliverable (250 2.0.0 ok)"]);
    assert_eq!(sink.messages().len(), 0);
}

#[test]
fn an_empty_queue_is_said_to_be_empty() {
    let instance = instance().start();
    assert_eq!(
        stdout(&instance.run("postqueue", &["-p"])),
        "Mail queue is empty\n"
    );
    assert_eq!(
        stdout(&instance.run("sendmail", &["-bp"])),
        "Mail queue is empty\n"
    );
    assert_eq!(stdout(&instance.run("postqueue", &["-j"])), "");
}

#[test]
fn the_queue_is_listed_for_people_and_for_programs() {
    let instance = cut_off();
    let id = wait_for_deferral(&instance, "c@d.example");

    let text = stdout(&instance.run("postqueue", &["-p"]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
    );
    assert!(
        lines[1].starts_with(&id) && lines[1].ends_with("  a@b.example"),
        "{text}"
    );
    assert!(
        lines[2].contains("(connect to 127.0.0.1[127.0.0.1]:") && lines[2].ends_with(": Connection refused)"),
        "{text}"
    );
    assert_eq!(
        lines[3], "                                         c@d.example",
        "{text}"
    );
    assert_eq!(lines[4], "");
    assert!(
        lines[5].starts_with("-- ") && lines[5].ends_with(" Kbytes in 1 Request."),
        "{text}"
    );
    assert_eq!(stdout(&instance.run("mailq", &[])), text);

    let json = stdout(&instance.run("postqueue", &["-j"]));
    assert_eq!(json.lines().count(), 1);
    for part in [
        "{\"queue_name\": \"deferred\", ",
        &format!("\"queue_id\": \"{id}\", "),
        "\"arrival_time\": ",
        "\"message_size\": ",
        "\"forced_expire\": false, ",
        "\"sender\": \"a@b.example\", ",
        "\"recipients\": [{\"orig_address\": \"\", \"address\": \"c@d.example\", \"delay_reason\": \"connect to 127.0.0.1[127.0.0.1]:",
    ] {
        assert!(json.contains(part), "no {part:?} in {json}");
    }
    let parsed = Command::new("python3")
        .args([
            "-c",
            "import json,sys\nfor line in sys.argv[1].splitlines(): json.loads(line)",
            &json,
        ])
        .status();
    assert!(parsed.is_ok_and(|status| status.success()), "{json}");
}

#[test]
fn messages_are_held_released_requeued_and_removed() {
    let instance = cut_off();
    let id = wait_for_deferral(&instance, "c@d.example");
    let said = |arguments: &[&str], text: &str| {
        let output = instance.run("postsuper", arguments);
        assert!(output.status.success(), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains(text),
            "{output:?}"
        );
    };

    said(&["-h", &id], "postsuper: Placed on hold: 1 message\n");
    assert_eq!(instance.queue("hold"), [id.as_str()]);
    let listed = stdout(&instance.run("postqueue", &["-p"]));
    assert!(listed.contains(&format!("{id}! ")), "{listed}");
    said(&["-H", &id], "postsuper: Released from hold: 1 message\n");
    assert_eq!(instance.queue("deferred"), [id.as_str()]);
    said(&["-r", &id], "postsuper: Requeued: 1 message\n");
    instance.run("postkick", &["public", "pickup", "W"]);
    let requeued = wait_for("another try", || {
        let names = instance.queue("deferred");
        (names.len() == 1).then(|| names[0].clone())
    });
    instance.wait_for_log(&[&requeued, "status=deferred"]);
    said(&["-d", "ALL"], "postsuper: Deleted: 1 message\n");
    assert_eq!(instance.queue("deferred"), [""; 0]);
    assert_eq!(instance.queue("defer"), [""; 0]);
    let again = instance.run("postsuper", &["-d", &id]);
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("Deleted: 0 messages\n"),
        "{again:?}"
    );
}

#[test]
fn queue_files_are_shown_by_both_postcats() {
    let instance = cut_off();
    let id = wait_for_deferral(&instance, "c@d.example");

    let ours = stdout(&instance.run("postcat", &["-q", &id]));

    for part in [
        "*** ENVELOPE RECORDS deferred/",
        "\nmessage_arrival_time: ",
        "\nsender: a@b.example\n",
        "\nrecipient: c@d.example\n",
        "*** MESSAGE CONTENTS deferred/",
        "\nSubject: precious\n",
        "\n\nthe body\n",
        "*** HEADER EXTRACTED deferred/",
        "*** MESSAGE FILE END deferred/",
    ] {
        assert!(ours.contains(part), "no {part:?} in\n{ours}");
    }
    let contents = stdout(&instance.run("postcat", &["-bhq", &id]));
    assert!(
        contents.starts_with("Received: ") && contents.ends_with("\n\nthe body\n"),
        "{contents}"
    );
    // The original refuses a submission group that is also the owner's, as an ordinary user's instance has it.
    if !fs::exists("/usr/sbin/postcat").unwrap() || !sys::identity::is_root() {
        return;
    }
    let theirs = |arguments: &[&str]| {
        let mut command = Command::new("/usr/sbin/postcat");
        command.arg("-c").arg(instance.configuration()).args(arguments);
        stdout(&command.output().unwrap())
    };
    assert_eq!(theirs(&["-q", &id]), ours);
    assert_eq!(theirs(&["-bhq", &id]), contents);
    assert_eq!(
        theirs(&["-ovq", &id]).replace("postcat: ", ""),
        stdout(&instance.run("postcat", &["-ovq", &id])).replace("postcat: ", "")
    );
}

#[test]
fn an_expired_message_is_returned_on_command() {
    let instance = cut_off();
    let id = wait_for_deferral(&instance, "c@d.example");

    let output = instance.run("postsuper", &["-f", &id]);

    assert!(output.status.success(), "{output:?}");
    instance.run("postqueue", &["-f"]);
    instance.wait_for_log(&[
        &id,
        "from=<a@b.example>, status=force-expired, returned to sender",
    ]);
}

#[test]
fn the_queue_is_checked_by_the_starter() {
    let mut instance = cut_off();
    assert!(instance.run("postfix", &["status"]).status.success());
    assert!(
        !instance.run("postfix", &["start"]).status.success(),
        "it runs already"
    );
    let checked = instance.run("postfix", &["check"]);
    assert!(checked.status.success(), "{checked:?}");
    instance.stop();
    assert!(!instance.run("postfix", &["status"]).status.success());
    let listed = instance.run("postqueue", &["-p"]);
    assert!(
        String::from_utf8_lossy(&listed.stderr).contains("Mail system is down -- accessing queue directly"),
        "{listed:?}"
    );
}
