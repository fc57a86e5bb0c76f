//! Daemons whose tables nobody has built: the sources alone are there, and change.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::time::Duration;
use testkit::{Instance, wait_for};

/// The reply to a recipient.
fn reply(instance: &Instance, recipient: &str) -> String {
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@b.example>");
    client.ask(&format!("RCPT TO:<{recipient}>"))
}

#[test]
fn sources_of_hash_tables_are_used_and_followed_without_postmap() {
    let instance = Instance::builder()
        .main_cf("smtpd_recipient_restrictions = check_recipient_access hash:@DIR@/etc/access, permit_mynetworks, reject")
        .main_cf("alias_maps = hash:@DIR@/etc/aliases, nis:mail.aliases")
        .main_cf("local_recipient_maps =")
        .file("etc/access", "one@localhost REJECT the first\n")
        .file("etc/aliases", "list: known\nknown: root\n")
        .start();
    let etc = instance.folder().join("etc");
    assert!(reply(&instance, "one@localhost").contains("the first"));
    assert!(etc.join("access.lmdb").exists(), "{}", instance.log());

    // A typing mistake takes no rule away, and is told.
    fs::write(etc.join("access"), "two@localhost REJECT the second\nlonely\n").unwrap();
    std::thread::sleep(Duration::from_secs(4));
    assert!(reply(&instance, "one@localhost").contains("the first"));
    instance.wait_for_log(&["access, line 2: expected format", "using the content read before"]);

    fs::write(etc.join("access"), "two@localhost REJECT the second\n").unwrap();
    wait_for("the new source", || {
        let answer = reply(&instance, "two@localhost");
        answer.contains("the second").then_some(())
    });

    // A host without NIS has no aliases there, and its users get their mail.
    let sent = instance
        .session()
        .message("a@b.example", &[&instance.address()], "Subject: local\n\nbody");
    assert!(sent.starts_with("250"), "{sent}");
    instance.wait_for_log(&["status=sent (delivered to mailbox)"]);
    assert!(etc.join("aliases.lmdb").exists());
}
