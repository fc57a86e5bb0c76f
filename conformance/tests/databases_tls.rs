//! Database tables over TLS, with private servers: certificates that are good, by the wrong issuer, for the wrong name and
//! asked of us; and what a mail system does while a table's server cannot be trusted.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use conformance::database::Place;
use std::fs;
use testkit::{DatabaseServer, Instance, Kind, PASSWORD, USER};

/// Certificates of issuers who have not issued those of the tests.
const OTHERS: &str = "/etc/ssl/certs/ca-certificates.crt";
const ROW: &str = "CREATE TABLE t (k varchar(100), v varchar(100)); INSERT INTO t VALUES ('a','found');";
const ENTRY: &str = "dn: dc=example\nobjectClass: dcObject\nobjectClass: organization\nobjectClass: mailthing\n\
                     dc: example\no: example\nmailacceptinggeneralid: a\nmaildrop: found\n";

fn mariadb() -> DatabaseServer {
    DatabaseServer::start(Kind::Mariadb, ROW)
}

fn postgresql() -> DatabaseServer {
    DatabaseServer::start(
        Kind::Postgresql,
        &format!("{ROW} GRANT ALL ON ALL TABLES IN SCHEMA public TO {USER};"),
    )
}

fn slapd() -> DatabaseServer {
    DatabaseServer::start(Kind::Slapd, ENTRY)
}

const QUERY: &str = "query = SELECT v FROM t WHERE k = '%s'";

fn mysql(server: &DatabaseServer, host: &str, more: &str) -> String {
    format!(
        "hosts = {host}:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail\n{QUERY}\n{more}",
        server.port
    )
}

fn pgsql(server: &DatabaseServer, host: &str, more: &str) -> String {
    let password = PASSWORD.replace('\'', "%27").replace('"', "%22");
    format!(
        "hosts = postgresql://{USER}:{password}@{host}:{}/mail?{more}\n{QUERY}\n",
        server.port
    )
}

fn ldap(url: &str, more: &str) -> String {
    format!("server_host = {url}\nversion = 3\nsearch_base = dc=example\n{more}")
}

fn found() -> Option<String> {
    Some("found".to_owned())
}

/// What a table says that could not tell, with each of the `parts` in it.
fn refused(place: &Place, kind: &str, settings: &str, parts: &[&str]) {
    let says = place.trouble(kind, settings, "a");
    for part in parts {
        assert!(says.contains(part), "{settings}\n{says}");
    }
    assert!(!says.contains("se'cr") && !says.contains("se%27cr"), "{says}");
}

#[test]
fn directories_are_asked_over_tls_from_the_beginning_and_later() {
    let server = slapd();
    let place = Place::new("ldap-tls");
    let issuer = server.issuer();
    let folder = place.file("issuers");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(&issuer, folder.join("one.pem")).unwrap();
    let [certificate, key] = server.identity();

    for (url, start) in [
        (format!("ldaps://localhost:{}", server.tls_port), ""),
        (format!("ldap://localhost:{}", server.port), "start_tls = yes\n"),
    ] {
        let asked = |url: &str, more: &str| ldap(url, &format!("{start}tls_require_cert = yes\n{more}\n"));
        let by_address = url.replace("localhost", "127.0.0.1");
        let by_file = format!("tls_ca_cert_file = {issuer}");
        let by_folder = format!("tls_ca_cert_dir = {}", folder.display());
        for more in [&by_file, &by_folder] {
            assert_eq!(place.find("ldap", &asked(&url, more), "a"), found(), "{more}");
        }
        // Whoever else has issued certificates, and the system's issuers, have not issued this one.
        for more in ["", &format!("tls_ca_cert_file = {OTHERS}")] {
            refused(&place, "ldap", &asked(&url, more), &["UnknownIssuer"]);
        }
        refused(&place, "ldap", &asked(&by_address, &by_file), &["127.0.0.1"]);
        let unchecked = format!("{start}tls_require_cert = no\n");
        assert_eq!(place.find("ldap", &ldap(&by_address, &unchecked), "a"), found());
        // A file that is not there is no reason to trust everybody.
        let missing = asked(&url, "tls_ca_cert_file = /nowhere/ca.pem");
        refused(&place, "ldap", &missing, &["/nowhere/ca.pem"]);

        let external = format!("{by_file}\nbind = sasl\nsasl_mechs = EXTERNAL");
        refused(&place, "ldap", &asked(&url, &external), &["bind: "]);
        let ours = format!("{external}\ntls_cert = {certificate}\ntls_key = {key}");
        assert_eq!(place.find("ldap", &asked(&url, &ours), "a"), found());
    }
    // A server without TLS at the port is not asked in plain text.
    let plain = format!("ldaps://localhost:{}", server.port);
    place.trouble("ldap", &ldap(&plain, "timeout = 2\n"), "a");
}

#[test]
fn mysql_servers_are_trusted_as_settings_and_option_files_say() {
    let server = mariadb();
    let place = Place::new("mysql-tls");
    let issuer = server.issuer();
    let folder = place.file("issuers");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(&issuer, folder.join("one.pem")).unwrap();
    let [certificate, key] = server.identity();
    server.sql(&format!("ALTER USER '{USER}'@'%' REQUIRE SSL"));

    // Without TLS the server lets nobody in.
    refused(
        &place,
        "mysql",
        &mysql(&server, "127.0.0.1", ""),
        &["Access denied"],
    );
    let by_file = format!("tls_CAfile = {issuer}");
    let by_folder = format!("tls_CApath = {}", folder.display());
    for more in [&by_file, &by_folder] {
        let settings = mysql(&server, "127.0.0.1", more);
        assert_eq!(place.find("mysql", &settings, "a"), found(), "{more}");
    }
    let others = format!("tls_CAfile = {OTHERS}");
    refused(
        &place,
        "mysql",
        &mysql(&server, "127.0.0.1", &others),
        &["UnknownIssuer"],
    );
    let named = format!("{by_file}\ntls_verify_cert = yes");
    refused(
        &place,
        "mysql",
        &mysql(&server, "127.0.0.1", &named),
        &["127.0.0.1"],
    );
    let missing = "tls_CAfile = /nowhere/ca.pem";
    refused(
        &place,
        "mysql",
        &mysql(&server, "127.0.0.1", missing),
        &["/nowhere/ca.pem"],
    );

    // What the table does not say, an option file says.
    let options = place.file("my.cnf");
    let from_file = |text: &str| {
        fs::write(&options, format!("[client]\nuser = nobody\n[mail]\n{text}\n")).unwrap();
        mysql(
            &server,
            "127.0.0.1",
            &format!("option_file = {}\noption_group = mail", options.display()),
        )
    };
    assert_eq!(
        place.find("mysql", &from_file(&format!("ssl-ca = {issuer}")), "a"),
        found()
    );
    refused(
        &place,
        "mysql",
        &from_file(&format!("ssl-ca = {OTHERS}")),
        &["UnknownIssuer"],
    );

    server.sql(&format!("ALTER USER '{USER}'@'%' REQUIRE X509"));
    refused(
        &place,
        "mysql",
        &mysql(&server, "127.0.0.1", &by_file),
        &["Access denied"],
    );
    let ours = format!("{by_file}\ntls_cert_file = {certificate}\ntls_key_file = {key}");
    assert_eq!(
        place.find("mysql", &mysql(&server, "127.0.0.1", &ours), "a"),
        found()
    );
    let ours = format!("ssl_ca = {issuer}\nssl-cert = {certificate}\nssl-key = {key}");
    assert_eq!(place.find("mysql", &from_file(&ours), "a"), found());
}

#[test]
fn postgresql_servers_are_trusted_as_the_address_says() {
    let server = postgresql();
    let place = Place::new("pgsql-tls");
    let issuer = server.issuer();
    let [certificate, key] = server.identity();

    for (host, more) in [
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={issuer}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={issuer}")),
        (
            "127.0.0.1",
            format!("sslmode=require&sslrootcert={issuer}&sslcert={certificate}&sslkey={key}"),
        ),
    ] {
        assert_eq!(
            place.find("pgsql", &pgsql(&server, host, &more), "a"),
            found(),
            "{more}"
        );
    }
    for (host, more, part) in [
        (
            "127.0.0.1",
            format!("sslmode=verify-ca&sslrootcert={OTHERS}"),
            "UnknownIssuer",
        ),
        ("127.0.0.1", "sslmode=verify-ca".to_owned(), "UnknownIssuer"),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=system".to_owned(),
            "UnknownIssuer",
        ),
        (
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={issuer}"),
            "127.0.0.1",
        ),
        (
            "127.0.0.1",
            "sslmode=verify-ca&sslrootcert=/nowhere/ca.pem".to_owned(),
            "/nowhere/ca.pem",
        ),
        ("127.0.0.1", "sslmode=perhaps".to_owned(), "sslmode"),
    ] {
        refused(&place, "pgsql", &pgsql(&server, host, &more), &[part]);
    }
}

#[test]
fn mail_waits_while_the_server_of_a_table_can_not_be_trusted() {
    let (sql, other, directory) = (mariadb(), postgresql(), slapd());
    let table = |kind: &str, server: &DatabaseServer, issuer: &str| match kind {
        "mysql" => mysql(server, "127.0.0.1", &format!("tls_CAfile = {issuer}")),
        "pgsql" => pgsql(
            server,
            "127.0.0.1",
            &format!("sslmode=verify-ca&sslrootcert={issuer}"),
        ),
        _ => ldap(
            &format!("ldaps://localhost:{}", server.tls_port),
            &format!("tls_require_cert = yes\ntls_ca_cert_file = {issuer}\n"),
        ),
    };
    let all = [("mysql", &sql), ("pgsql", &other), ("ldap", &directory)];
    let mut builder = Instance::builder().main_cf(
        "virtual_alias_domains = v.example\nvirtual_alias_maps = inline:{ x@v.example=root }\n\
         smtpd_restriction_classes = mysql_good, mysql_bad, pgsql_good, pgsql_bad, ldap_good, ldap_bad\n\
         smtpd_recipient_restrictions = check_recipient_access pcre:@DIR@/classes\nlocal_recipient_maps =",
    );
    let mut classes = String::new();
    for (kind, server) in all {
        for (which, issuer) in [("good", server.issuer()), ("bad", OTHERS.to_owned())] {
            let settings = table(kind, server, &issuer);
            let settings = match kind {
                "ldap" => format!("{settings}result_format = REJECT by %s\n"),
                _ => settings.replace("SELECT v", "SELECT CONCAT('REJECT by ', v)"),
            };
            let name = format!("{kind}_{which}");
            builder = builder.file(&format!("{name}.cf"), &settings).main_cf(&format!(
                "{name} = check_client_access pipemap:{{static:a,{kind}:@DIR@/{name}.cf}}, permit"
            ));
            classes.push_str(&format!("/^{name}@/ {name}\n"));
        }
    }
    let instance = builder.file("classes", &classes).start();

    for (kind, _) in all {
        for (which, expected) in [("good", "554 5.7.1 "), ("bad", "451 4.3.")] {
            let mut client = instance.session();
            client.ask("MAIL FROM:<a@b.example>");
            let reply = client.ask(&format!("RCPT TO:<{kind}_{which}@localhost>"));
            assert!(
                reply.starts_with(expected),
                "{kind} {which}: {reply}\n{}",
                instance.log()
            );
            if which == "bad" {
                instance.wait_for_log(&["/proxymap[", &format!("{kind} server "), "UnknownIssuer"]);
            }
        }
    }
    assert!(!instance.log().contains("se'cr"), "{}", instance.log());
}
