//! Mail through a whole system whose domains, mailboxes and aliases are in a database, as Postfixadmin lays them out, or in
//! a directory: accepted, delivered, deferred while the server is away, and taken again when it is back.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use testkit::{Builder, DatabaseServer, Instance, Kind, PASSWORD, USER, wait_for};

/// Postfixadmin's tables, as far as Postfix reads them.
const SCHEMA: &str = "
CREATE TABLE domain (domain varchar(100) PRIMARY KEY, active smallint);
CREATE TABLE mailbox (username varchar(100) PRIMARY KEY, maildir varchar(100), domain varchar(100), active smallint);
CREATE TABLE alias (address varchar(100) PRIMARY KEY, goto varchar(1000), domain varchar(100), active smallint);
CREATE TABLE alias_domain (alias_domain varchar(100) PRIMARY KEY, target_domain varchar(100), active smallint);
INSERT INTO domain VALUES ('box.example', 1), ('other.example', 1);
INSERT INTO alias_domain VALUES ('other.example', 'box.example', 1);
INSERT INTO alias VALUES ('info@box.example', 'user1@box.example,user2@box.example', 'box.example', 1);
";

/// The tables with a hundred mailboxes, each with its alias to itself, as Postfixadmin makes them.
fn content() -> String {
    let mut text = SCHEMA.to_owned();
    for number in 1..=100 {
        text.push_str(&format!(
            "INSERT INTO mailbox VALUES ('user{number}@box.example', 'box.example/user{number}/', 'box.example', 1);\n\
             INSERT INTO alias VALUES ('user{number}@box.example', 'user{number}@box.example', 'box.example', 1);\n"
        ));
    }
    text.push_str("GRANT SELECT ON domain, mailbox, alias, alias_domain TO mail;\n");
    text
}

/// The tables of a directory: what Postfixadmin has in SQL.
fn entries() -> String {
    let mut text = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: example\n\n\
                    dn: ou=box.example,dc=example\nobjectClass: organizationalUnit\nou: box.example\n\n\
                    dn: cn=info,ou=box.example,dc=example\nobjectClass: organizationalRole\nobjectClass: mailthing\n\
                    cn: info\nmail: info@box.example\nmemberdn: cn=user1,ou=box.example,dc=example\n\
                    memberdn: cn=user2,ou=box.example,dc=example\n"
        .to_owned();
    for number in 1..=100 {
        text.push_str(&format!(
            "\ndn: cn=user{number},ou=box.example,dc=example\nobjectClass: organizationalRole\nobjectClass: mailthing\n\
             cn: user{number}\nmail: user{number}@box.example\nmaildrop: box.example/user{number}/\n"
        ));
    }
    text
}

const QUERIES: [(&str, &str); 4] = [
    (
        "domains",
        "SELECT domain FROM domain WHERE domain = '%s' AND active = 1",
    ),
    (
        "mailboxes",
        "SELECT maildir FROM mailbox WHERE username = '%s' AND active = 1",
    ),
    (
        "aliases",
        "SELECT goto FROM alias WHERE address = '%s' AND active = 1",
    ),
    (
        "alias_domains",
        "SELECT goto FROM alias, alias_domain WHERE alias_domain.alias_domain = '%d' \
         AND alias.address = CONCAT('%u', '@', alias_domain.target_domain) AND alias.active = 1 AND alias_domain.active = 1",
    ),
];

/// An instance that asks tables of the type `kind`, with and without `proxy:`, in the files that `settings` fills.
fn instance(kind: &str, settings: &[(&str, String)]) -> Builder {
    let mut builder = Instance::builder()
        .main_cf("smtpd_peername_lookup = no\ndisable_dns_lookups = yes\ndatabase_time_limit = 5s")
        .main_cf("virtual_mailbox_base = @DIR@/boxes\nvirtual_minimum_uid = 1")
        .main_cf(&format!(
            "virtual_mailbox_domains = proxy:{kind}:@DIR@/domains.cf\nvirtual_mailbox_maps = {kind}:@DIR@/mailboxes.cf"
        ));
    let mut aliases = Vec::new();
    for (name, text) in settings {
        builder = builder.file(&format!("{name}.cf"), text);
        if name.starts_with("alias") {
            aliases.push(format!("{kind}:@DIR@/{name}.cf"));
        }
    }
    builder.main_cf(&format!("virtual_alias_maps = {}", aliases.join(", ")))
}

/// Starts it, with a folder for boxes that belongs to whoever delivers.
fn start(builder: Builder) -> Instance {
    let mut instance = builder.make();
    let boxes = instance.folder().join("boxes/box.example");
    fs::create_dir_all(&boxes).unwrap();
    for folder in [instance.folder().join("boxes"), boxes] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o1777)).unwrap();
    }
    let owner = fs::metadata(instance.folder().join("boxes")).unwrap();
    let (uid, gid) = (
        std::os::unix::fs::MetadataExt::uid(&owner),
        std::os::unix::fs::MetadataExt::gid(&owner),
    );
    let (uid, gid) = if uid == 0 { (12345, 12345) } else { (uid, gid) };
    let main = instance.configuration().join("main.cf");
    let text = fs::read_to_string(&main).unwrap();
    fs::write(
        &main,
        format!("{text}virtual_uid_maps = static:{uid}\nvirtual_gid_maps = static:{gid}\n"),
    )
    .unwrap();
    instance.start();
    instance
}

fn rcpt(instance: &Instance, recipient: &str) -> String {
    let mut client = instance.session();
    assert!(client.ask("MAIL FROM:<a@b.example>").starts_with("250 "));
    client.ask(&format!("RCPT TO:<{recipient}>"))
}

fn letters(instance: &Instance, user: &str) -> Vec<String> {
    let folder = instance.folder().join("boxes/box.example").join(user).join("new");
    let texts = fs::read_dir(Path::new(&folder)).into_iter().flatten().flatten();
    texts
        .map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect()
}

/// Mail for a mailbox, for an alias, for nobody.
fn mail_goes_where_the_tables_say(instance: &Instance) {
    let mut client = instance.session();
    let reply = client.message("a@b.example", &["user3@box.example"], "Subject: one\n\nbody");
    assert!(
        reply.starts_with("250 2.0.0 Ok: queued as "),
        "{reply}\n{}",
        instance.log()
    );
    let reply = client.message("a@b.example", &["info@box.example"], "Subject: two\n\nbody");
    assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    for user in ["user1", "user2", "user3"] {
        let found = wait_for(user, || {
            Some(letters(instance, user)).filter(|found| found.len() == 1)
        });
        let subject = if user == "user3" {
            "Subject: one"
        } else {
            "Subject: two"
        };
        assert!(found[0].contains(subject), "{}", found[0]);
    }
    for nobody in [
        "nobody@box.example",
        "user1'--@box.example",
        "%@box.example",
        "user*@box.example",
    ] {
        let reply = rcpt(instance, nobody);
        assert!(reply.starts_with("550 5.1.1 "), "{nobody}: {reply}");
    }
}

/// The server is killed, returns, hangs, and goes on: mail is put off meanwhile, and each change is said once.
fn mail_is_put_off_while_the_server_is_away(instance: &Instance, server: &mut DatabaseServer, kind: &str) {
    let lines = |what: &str| {
        let log = instance.log();
        let lines = log
            .lines()
            .filter(|line| line.contains("proxymap[") && line.contains(what));
        lines.filter(|line| line.contains(kind)).count()
    };
    // The log is written by another process, a little later.
    let said = |away: usize, back: usize| {
        wait_for("the lines about a server", || {
            (lines(" is away: ") == away && lines(" is back") == back).then_some(())
        });
    };
    server.kill();
    for number in 11..=13 {
        let reply = rcpt(instance, &format!("user{number}@box.example"));
        assert!(reply.starts_with("451 4.3.0 "), "{reply}");
    }
    said(1, 0);
    server.resume();
    let reply = rcpt(instance, "user14@box.example");
    assert!(reply.starts_with("250 "), "{reply}\n{}", instance.log());
    said(1, 1);

    server.hang();
    let reply = rcpt(instance, "user15@box.example");
    assert!(reply.starts_with("451 4.3.0 "), "{reply}");
    server.go_on();
    let reply = rcpt(instance, "user16@box.example");
    assert!(reply.starts_with("250 "), "{reply}\n{}", instance.log());
    said(2, 2);
    let log = instance.log();
    assert!(!log.contains("cr\"et"), "a password in the log:\n{log}");
}

/// Eight clients at once have no more than four connections, whatever tables they need.
fn connections_are_few(instance: &Instance, server: &DatabaseServer, count: &str) {
    let mut most = 0;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                scope.spawn(move || {
                    for number in 0..10 {
                        let user = 20 + client * 10 + number;
                        let reply = rcpt(instance, &format!("user{user}@box.example"));
                        assert!(reply.starts_with("250 "), "{reply}");
                    }
                })
            })
            .collect();
        while clients.iter().any(|client| !client.is_finished()) {
            let now: usize = server.sql(count).trim().parse().unwrap();
            most = most.max(now);
        }
    });
    assert!((1..=4).contains(&most), "{most} connections\n{}", instance.log());
}

fn sql_settings(source: &str) -> Vec<(&'static str, String)> {
    QUERIES
        .iter()
        .map(|(name, query)| (*name, format!("{source}\nquery = {query}\n")))
        .collect()
}

#[test]
fn a_postfixadmin_system_in_mariadb() {
    let mut server = DatabaseServer::start(Kind::Mariadb, &content().replace("GRANT SELECT", "-- "));
    let source = format!(
        "hosts = unix:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail",
        server.socket()
    );
    let instance = start(instance("mysql", &sql_settings(&source)));

    mail_goes_where_the_tables_say(&instance);
    let reply = rcpt(&instance, "user5@other.example");
    assert!(reply.starts_with("250 "), "{reply}\n{}", instance.log());
    connections_are_few(
        &instance,
        &server,
        &format!("SELECT count(*) FROM information_schema.processlist WHERE user = '{USER}'"),
    );
    mail_is_put_off_while_the_server_is_away(&instance, &mut server, "mysql");
}

#[test]
fn a_postfixadmin_system_in_postgresql() {
    let mut server = DatabaseServer::start(Kind::Postgresql, &content());
    let source = format!(
        "hosts = 127.0.0.1:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail",
        server.port
    );
    let instance = start(instance("pgsql", &sql_settings(&source)));

    mail_goes_where_the_tables_say(&instance);
    connections_are_few(
        &instance,
        &server,
        &format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{USER}'"),
    );
    mail_is_put_off_while_the_server_is_away(&instance, &mut server, "pgsql");
}

#[test]
fn a_system_in_a_directory() {
    let mut server = DatabaseServer::start(Kind::Slapd, &entries());
    let source = format!(
        "server_host = ldap://127.0.0.1:{}\nversion = 3\ntimeout = 5\nbind_dn = cn={USER},dc=example\nbind_pw = {PASSWORD}\n\
         search_base = dc=example\n",
        server.port
    );
    let settings = [
        (
            "domains",
            format!("{source}query_filter = (ou=%s)\nresult_attribute = ou\n"),
        ),
        (
            "mailboxes",
            format!("{source}query_filter = (&(mail=%s)(maildrop=*))\nresult_attribute = maildrop\n"),
        ),
        (
            "aliases",
            format!(
                "{source}query_filter = (&(mail=%s)(memberdn=*))\nresult_attribute =\nspecial_result_attribute = memberdn\n\
                 leaf_result_attribute = mail\n"
            ),
        ),
    ];
    let instance = start(instance("ldap", &settings));

    mail_goes_where_the_tables_say(&instance);
    mail_is_put_off_while_the_server_is_away(&instance, &mut server, "ldap");
}

#[test]
fn what_was_known_is_used_only_when_the_administrator_says_so() {
    let mut server = DatabaseServer::start(Kind::Mariadb, &content().replace("GRANT SELECT", "-- "));
    let source = format!(
        "hosts = unix:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail",
        server.socket()
    );
    let settings = sql_settings(&source);
    let remembering = start(instance("mysql", &settings).main_cf("database_remember_time = 1h"));
    assert!(rcpt(&remembering, "user1@box.example").starts_with("250 "));

    server.kill();

    let reply = rcpt(&remembering, "user1@box.example");
    assert!(reply.starts_with("250 "), "{reply}\n{}", remembering.log());
    let reply = rcpt(&remembering, "user2@box.example");
    assert!(reply.starts_with("451 4.3.0 "), "{reply}");
    remembering.wait_for_log(&["using the answers known from before while the source is away"]);
}
