//! Tables that cannot be used, seen through daemons: not there, closed to them, something else, damaged. Mail waits, one
//! line says which file and why, and once that is mended the mail goes where it should.
//!
//! `UNDER_TEST=theirs` asks the original instead.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use testkit::{Builder, Instance, wait_for};

/// Types with the endings of their files; one without is a text.
const TYPES: [(&str, &[&str]); 10] = [
    ("hash", &["", ".lmdb", ".db"]),
    ("btree", &["", ".lmdb", ".db"]),
    ("lmdb", &[".lmdb"]),
    ("cdb", &[".cdb"]),
    ("sdbm", &[".pag", ".dir"]),
    ("dbm", &[".pag", ".dir"]),
    ("texthash", &[""]),
    ("regexp", &[""]),
    ("pcre", &[""]),
    ("cidr", &[""]),
];
/// Those that Debian's package has.
const THEIRS: [&str; 8] = [
    "hash", "btree", "lmdb", "cdb", "texthash", "regexp", "pcre", "cidr",
];

/// What is wrong with a table, and what the system says of it, in the words for text files and for indexes.
const FAULTS: [(&str, &str); 5] = [
    ("good", ""),
    ("absent", "No such file or directory"),
    ("closed", "Permission denied"),
    ("folder", "directory"),
    ("damaged", ""),
];

fn is_theirs() -> bool {
    std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs")
}

fn builder() -> Builder {
    let builder = Instance::builder();
    if is_theirs() { builder.peer() } else { builder }
}

fn text(kind: &str) -> &'static str {
    match kind {
        "regexp" | "pcre" => "/127/ REJECT found\n",
        _ => "127.0.0.1 REJECT found\n",
    }
}

/// The files of a table that are there.
fn files(base: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let file = |ending: &&str| PathBuf::from(format!("{}{ending}", base.display()));
    endings.iter().map(file).filter(|file| file.exists()).collect()
}

/// Takes a file away from everybody but root.
fn close(file: &Path) {
    fs::set_permissions(file, fs::Permissions::from_mode(0o000)).unwrap();
    if sys::identity::is_root() {
        chown(file, Some(0), Some(0)).unwrap();
    }
}

/// Breaks the tables that `make` has left whole.
fn spoil(instance: &Instance, kind: &str, endings: &[&str]) {
    let base = |fault: &str| instance.folder().join(format!("tables/{kind}_{fault}"));
    let is_text = endings == [""];
    for fault in ["good", "closed"] {
        let base = base(fault);
        fs::write(&base, text(kind)).unwrap();
        if !is_text {
            let table = format!("{kind}:{}", base.display());
            let built = instance.run("postmap", &[&table]);
            assert!(built.status.success(), "{built:?}");
        }
    }
    files(&base("closed"), endings)
        .iter()
        .for_each(|file| close(file));
    for ending in endings.iter().filter(|ending| !ending.is_empty()) {
        fs::write(format!("{}{ending}", base("damaged").display()), [b'x'; 9000]).unwrap();
    }
    for ending in endings {
        fs::create_dir_all(format!("{}{ending}", base("folder").display())).unwrap();
    }
}

#[test]
fn a_client_waits_while_a_table_can_not_be_used_and_the_log_says_which_and_why() {
    let types: Vec<_> = TYPES
        .iter()
        .filter(|(kind, _)| !is_theirs() || THEIRS.contains(kind))
        .collect();
    let names = |kind: &str| FAULTS.map(|(fault, _)| format!("{kind}_{fault}"));
    let all: Vec<String> = types.iter().flat_map(|(kind, _)| names(kind)).collect();
    let mut builder = builder()
        .main_cf("smtpd_peername_lookup = no\nlocal_recipient_maps =")
        .main_cf(&format!("smtpd_restriction_classes = {}", all.join(", ")))
        .main_cf("smtpd_recipient_restrictions = check_recipient_access pcre:@DIR@/classes, permit")
        .main_cf(&format!("proxy_read_maps = ${}", all.join(" $")))
        .file("tables/empty", "");
    let mut classes = String::new();
    for (kind, _) in &types {
        for name in names(kind) {
            // Root opens tables before it becomes somebody else; proxymap has nothing but its own rights.
            let proxy = if name.ends_with("closed") { "proxy:" } else { "" };
            builder = builder.main_cf(&format!(
                "{name} = check_client_access {proxy}{kind}:@DIR@/tables/{name}"
            ));
            classes.push_str(&format!("/^{name}@/ {name}\n"));
        }
    }
    let mut instance = builder.file("classes", &classes).make();
    for (kind, endings) in &types {
        spoil(&instance, kind, endings);
    }
    instance.start();

    for (kind, endings) in &types {
        for (fault, cause) in FAULTS {
            let name = format!("{kind}_{fault}");
            let has_no_such_fault = fault == "damaged" && *endings == [""];
            // A folder in place of a file ends the original's process.
            if has_no_such_fault || is_theirs() && (name == "cdb_folder" || fault == "damaged") {
                continue;
            }
            let mut client = instance.session();
            client.ask("MAIL FROM:<a@b.example>");
            let reply = client.ask(&format!("RCPT TO:<{name}@localhost>"));
            if fault == "good" {
                assert!(
                    reply.starts_with("554 5.7.1 "),
                    "{name}: {reply}\n{}",
                    instance.log()
                );
                continue;
            }
            let refused = "451 4.3.5 <unknown[127.0.0.1]>: Client host rejected: Server configuration error";
            assert_eq!(reply, refused, "{name}\n{}", instance.log());
            let place = instance.folder().join(format!("tables/{name}"));
            let asked = if fault == "closed" {
                "/proxymap["
            } else {
                "/smtpd["
            };
            instance.wait_for_log(&[asked, &place.display().to_string(), cause]);
        }
    }
}

#[test]
fn a_rule_that_can_not_be_tried_to_its_end_keeps_mail_waiting_and_is_named() {
    let instance = Instance::builder()
        .main_cf("smtpd_peername_lookup = no\nlocal_recipient_maps =")
        .main_cf("smtpd_recipient_restrictions = check_recipient_access regexp:@DIR@/rules, permit")
        .main_cf("header_checks = pcre:@DIR@/headers")
        .file("rules", "/^never@/ REJECT\n/(a*)(a*)(a*)\\1\\2\\3b/ REJECT\n")
        .file("headers", "/^X-Long: (a|aa)+$/ REJECT\n")
        .start();
    let mut client = instance.session();
    client.ask("MAIL FROM:<a@b.example>");
    let long = "a".repeat(300);
    let reply = client.ask(&format!("RCPT TO:<{long}@localhost>"));
    assert_eq!(
        reply,
        format!("451 4.3.5 <{long}@localhost>: Recipient address rejected: Server configuration error")
    );
    let rules = instance.folder().join("rules");
    instance.wait_for_log(&[
        "/smtpd[",
        &format!(
            "{}: line 2: too many ways to match a back-reference",
            rules.display()
        ),
    ]);

    let text = format!("X-Long: {long}b\n\nbody");
    let reply = instance
        .session()
        .message("a@b.example", &[&instance.address()], &text);
    assert!(reply.starts_with("451 4.3.0 "), "{reply}");
    let headers = instance.folder().join("headers");
    instance.wait_for_log(&["/cleanup[", &format!("{}: line 1: ", headers.display()), "limit"]);
    assert!(!has_status(&instance, &instance.address(), "sent"));
}

/// Whether the log says so of a recipient; the postmaster may have been told of the trouble.
fn has_status(instance: &Instance, recipient: &str, status: &str) -> bool {
    let (to, status) = (format!(" to=<{recipient}>"), format!("status={status}"));
    instance
        .log()
        .lines()
        .any(|line| line.contains(&to) && line.contains(&status))
}

/// Where a table is looked into, what is in it (`@USER@` is who gets the mail), and whether the client hears of the
/// trouble. `@T@` is the table.
const USES: [(&str, &str, bool); 8] = [
    ("virtual_alias_maps = @T@", "key value", true),
    ("canonical_maps = @T@", "key value", true),
    ("transport_maps = @T@", "key value", true),
    ("relocated_maps = @T@", "key value", true),
    ("recipient_bcc_maps = @T@", "key value", true),
    ("local_recipient_maps = @T@", "@USER@ value", true),
    ("mydestination = @T@", "localhost value", true),
    ("alias_maps = @T@\nlocal_recipient_maps =", "key value", false),
];

#[test]
fn whatever_looks_into_a_table_that_is_away_no_mail_is_lost() {
    for (settings, content, client_hears) in USES {
        let mut instance = builder()
            .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes")
            .main_cf(&settings.replace("@T@", "texthash:@DIR@/tables/t"))
            .file("tables/t", "")
            .make();
        let recipient = format!("{}@localhost", instance.user());
        let file = instance.folder().join("tables/t");
        fs::remove_file(&file).unwrap();
        instance.start();

        let letter = |instance: &Instance| {
            let mut client = instance.session();
            client.message("a@b.example", &[&recipient], "Subject: waits\n\nbody")
        };
        let reply = letter(&instance);
        if client_hears {
            assert!(
                reply.starts_with("451 4.3."),
                "{settings}: {reply}\n{}",
                instance.log()
            );
        } else {
            assert!(reply.starts_with("250 "), "{settings}: {reply}");
            instance.wait_for_log(&["status=deferred"]);
        }
        instance.wait_for_log(&[&format!("{}: No such file or directory", file.display())]);
        for status in ["sent", "bounced"] {
            assert!(
                !has_status(&instance, &recipient, status),
                "{settings}: {}",
                instance.log()
            );
        }

        // Mended, the table is read by the processes that a reload starts, and what waits goes where it should.
        fs::write(&file, content.replace("@USER@", instance.user())).unwrap();
        assert!(instance.run("postfix", &["reload"]).status.success());
        if client_hears {
            wait_for("the table", || {
                letter(&instance).starts_with("250 ").then_some(())
            });
        } else {
            assert!(instance.run("postqueue", &["-f"]).status.success());
        }
        instance.wait_for_log(&[&format!("to=<{recipient}>"), "status=sent"]);
        assert!(
            !has_status(&instance, &recipient, "bounced"),
            "{settings}: {}",
            instance.log()
        );
    }
}
