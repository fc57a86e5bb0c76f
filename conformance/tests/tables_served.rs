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

/// What a command said and how it ended: its status, its output, and the lines of its errors without program and host.
fn told(instance: &Instance, key: &str, table: &str) -> (i32, String, Vec<String>) {
    let output = instance.run("postmap", &["-q", key, table]);
    let errors = String::from_utf8(output.stderr).unwrap();
    let line = |line: &str| {
        let said = line
            .strip_prefix("postmap: ")
            .unwrap_or_else(|| panic!("{errors}"));
        said.to_owned()
    };
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        errors.lines().map(line).collect(),
    )
}

#[test]
fn postmap_asks_proxymap_for_a_proxied_table_and_not_the_table_itself() {
    let mut builder = Instance::builder();
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        builder = builder.peer();
    }
    let instance = builder
        .main_cf("virtual_alias_domains =\nvirtual_alias_maps = proxy:texthash:@DIR@/etc/approved")
        .main_cf("proxy_read_maps = $virtual_alias_maps $local_recipient_maps")
        .file("etc/approved", "key known\n")
        .file("etc/other", "key secret\n")
        .start();
    let etc = instance.folder().join("etc");
    let table = |name: &str| format!("texthash:{}", etc.join(name).display());
    let (approved, other) = (table("approved"), table("other"));

    let found = (0, "known\n".to_owned(), vec![]);
    assert_eq!(told(&instance, "KEY", &format!("proxy:{approved}")), found);
    let absent = (1, String::new(), vec![]);
    assert_eq!(told(&instance, "none", &format!("proxy:{approved}")), absent);

    // The same process could read the file: it is the service that refuses, and says so in the log.
    assert_eq!(told(&instance, "key", &other), (0, "secret\n".to_owned(), vec![]));
    let refused = vec![format!(
        "fatal: proxymap service is not configured for table \"{other}\""
    )];
    assert_eq!(
        told(&instance, "key", &format!("proxy:{other}")),
        (1, String::new(), refused)
    );
    instance.wait_for_log(&[
        "/proxymap[",
        &format!("warning: request for unapproved table: \"{other}\""),
    ]);
    instance.wait_for_log(&[
        "/proxymap[",
        &format!("to approve this table for read-only access, list proxy:{other} in main.cf:proxy_read_maps"),
    ]);
}
