//! Database tables with real servers behind them, which each test starts for itself: answers as Debian's Postfix gives
//! them, keys that mean harm, servers that go, hang, return or talk rubbish, and mail through a whole system.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use conformance::database::{Place, ask_all};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use testkit::{DatabaseServer, Kind, PASSWORD, USER};

/// Keys that would change the meaning of a query which does not quote them right, whatever is asked.
const HOSTILE: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "a\\",
    "\\'",
    "\\\"",
    "''",
    "' OR '1'='1",
    "\" OR \"1\"=\"1",
    "\\' OR 1=1 -- ",
    "'; DROP TABLE t; -- x",
    "%",
    "_",
    "a%",
    "%s",
    "%27",
    "*",
    "a*",
    "*)(k=*",
    ")(|(k=*",
    "#",
    "--",
    "/*",
    "$$",
    "$1",
    "é'",
    "日本'語\\",
    "縗' or 1=1#",
    "\u{bf}' or 1=1#",
    "a\tb",
    "a b",
    " a",
    "a\nget other",
    "user@exa'mple.com",
    "\"o'brien\\\"@example.com",
    "DROP",
];

/// Rows that the recorded answers are about.
const ROWS: &str = "
CREATE TABLE t (k varchar(100), v varchar(100), w varchar(100));
INSERT INTO t VALUES ('a','1',NULL), ('a','2','x'), ('e','lower','ww'), ('u@d.com','full',NULL), ('u','justu','q'),
 ('d.com','dom','z'), ('o''x','quote','z'), ('emp','',''), ('emp2','','x'), ('addr','foo@bar.org',''),
 ('addr','@bar.org',''), ('addr','plain',''), ('addr','x@y@z',''), ('addr','',''), ('null',NULL,NULL),
 ('comma','a,b',''), ('dup','x','x'), ('%','pct','');
CREATE TABLE hostile (k varchar(100), v varchar(100));
";

/// Rows under hostile keys, each with its number.
fn hostile_rows(backslashes: bool) -> String {
    let mut text = String::new();
    for (number, key) in HOSTILE.iter().enumerate() {
        let key = key.replace('\'', "''");
        let key = if backslashes {
            key.replace('\\', "\\\\")
        } else {
            key
        };
        text.push_str(&format!(
            "INSERT INTO hostile VALUES ('{key}', 'row {number}');\n"
        ));
    }
    text
}

/// Each hostile key finds its own row and no other, and the rows are all there afterwards.
fn hostile_keys_find_their_own_rows(kind: &str, source: &str, queries: &[&str]) {
    let place = Place::new(&format!("hostile-{kind}"));
    for query in queries {
        let settings = format!("{source}\nquery = {query}\n");
        let keys: Vec<String> = HOSTILE.iter().map(|key| key.to_lowercase()).collect();
        let found = place.find_all(kind, &settings, &keys);
        for (number, (key, found)) in HOSTILE.iter().zip(found).enumerate() {
            // Keys are folded, and these tables compare octets.
            let expected = (*key == key.to_lowercase()).then(|| format!("row {number}"));
            assert_eq!(found, expected, "{kind} {query} {key:?}");
        }
        let others: Vec<String> = keys.iter().map(|key| format!("{key}x")).collect();
        for (key, found) in others.iter().zip(place.find_all(kind, &settings, &others)) {
            assert_eq!(found, None, "{kind} {query} {key:?}");
        }
    }
    let count = format!("{source}\nquery = SELECT count(*) FROM hostile\n");
    assert_eq!(place.find(kind, &count, "x"), Some(HOSTILE.len().to_string()));
    // Outside of quotes there is no safe way: a number is put in, anything else could not tell.
    let bare = format!("{source}\nquery = SELECT %s\n");
    assert_eq!(place.find(kind, &bare, "12"), Some("12".to_owned()));
    assert!(place.trouble(kind, &bare, "v").contains("outside of quotes"));
}

fn mariadb() -> DatabaseServer {
    let procedure = "CREATE PROCEDURE lookup(IN p VARCHAR(100)) READS SQL DATA SELECT v FROM t WHERE k = p;";
    let rows = format!("{ROWS}{procedure}{}", hostile_rows(true))
        .replace("varchar(100)", "varchar(100) COLLATE utf8mb4_bin");
    DatabaseServer::start(Kind::Mariadb, &rows)
}

fn mysql_source(server: &DatabaseServer) -> String {
    format!(
        "hosts = unix:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail",
        server.socket()
    )
}

fn postgresql() -> DatabaseServer {
    let function = "CREATE FUNCTION lookup(p text) RETURNS SETOF varchar AS $$ SELECT v FROM t WHERE k = p $$ LANGUAGE sql;
        GRANT ALL ON ALL TABLES IN SCHEMA public TO mail;";
    DatabaseServer::start(
        Kind::Postgresql,
        &format!("{ROWS}{function}{}", hostile_rows(false)),
    )
}

/// By the socket, where nobody asks for a password: one that is checked costs a client much. The original can not be
/// told of a socket with a port of its own.
fn pgsql_source(server: &DatabaseServer) -> String {
    let place = match is_recording() {
        true => format!("127.0.0.1:{}", server.port),
        false => format!("unix:{}/.s.PGSQL.{}", server.socket(), server.port),
    };
    format!("hosts = {place}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail")
}

/// Later settings of a block go over those of the source.
fn fill(text: &str, source: &str, socket: &str) -> String {
    let text = text.replace("@SOCKET@", socket);
    let own: Vec<&str> = text.lines().filter_map(|line| line.split('=').next()).collect();
    let kept = source
        .lines()
        .filter(|line| !own.contains(&line.split('=').next().unwrap_or_default()));
    text.replace("@SOURCE@", &kept.collect::<Vec<_>>().join("\n"))
}

#[test]
fn mysql_tables_answer_as_recorded_and_no_key_changes_a_query() {
    let server = mariadb();
    let source = mysql_source(&server);
    ask_all("mysql.answers", "mysql", &|text| {
        fill(text, &source, &format!("unix:{}", server.socket()))
    });
    if is_recording() {
        return;
    }

    let queries = [
        "SELECT v FROM hostile WHERE k = '%s'",
        "SELECT v FROM hostile WHERE k = \"%s\"",
        "CALL nothing('%s')",
    ];
    hostile_keys_find_their_own_rows("mysql", &source, &queries[..2]);
    let inet = format!(
        "{source}\nhosts = 127.0.0.1:{}\nquery = SELECT v FROM t WHERE k = '%s'",
        server.port
    );
    let place = Place::new("mysql-inet");
    assert_eq!(place.find("mysql", &inet, "a"), Some("1,2".to_owned()));
    server.sql("INSERT INTO t VALUES ('''in''', 'quoted', NULL)");
    let escaping = format!("{source}\nquery = SELECT v FROM t WHERE k = '\\'%s\\''\n");
    assert_eq!(place.find("mysql", &escaping, "in"), Some("quoted".to_owned()));
    let keys: Vec<String> = HOSTILE.iter().map(|key| key.to_lowercase()).collect();
    let found = place.find_all("mysql", &escaping, &keys);
    assert!(found.iter().all(Option::is_none), "{found:?}");
    // In a mode in which a backslash is a letter like others.
    server.sql("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
    hostile_keys_find_their_own_rows("mysql", &source, &queries[..1]);
    // There the same query has the key outside of quotes, where it could say anything.
    for key in ["in", "or 1=1 #", "' or 1=1 -- "] {
        let says = place.trouble("mysql", &escaping, key);
        assert!(says.contains("as this server reads backslashes"), "{says}");
    }
    // With TLS, demanded by the server, and checked as the settings say.
    server.sql(&format!("ALTER USER '{USER}'@'%' REQUIRE SSL"));
    let tls = |issuer: &str| format!("{inet}\ntls_CAfile = {issuer}");
    assert_eq!(
        place.find("mysql", &tls(&server.issuer()), "a"),
        Some("1,2".to_owned())
    );
    place.trouble("mysql", &inet, "a");
    place.trouble("mysql", &tls("/etc/ssl/certs/ca-certificates.crt"), "a");
    place.trouble(
        "mysql",
        &format!("{}\ntls_verify_cert = yes", tls(&server.issuer())),
        "a",
    );
    server.sql(&format!("ALTER USER '{USER}'@'%' REQUIRE NONE"));
    // An option file says who logs in.
    let file = place.file("my.cnf");
    let options = format!(
        "[client]\nuser={USER}\npassword='{}'\nsocket={}\n",
        PASSWORD.replace('\'', "\\'"),
        server.socket()
    );
    fs::write(&file, options).unwrap();
    let settings = format!(
        "dbname = mail\noption_file = {}\nquery = SELECT v FROM t WHERE k = '%s'",
        file.display()
    );
    assert_eq!(place.find("mysql", &settings, "a"), Some("1,2".to_owned()));
}

#[test]
fn pgsql_tables_answer_as_recorded_and_no_key_changes_a_query() {
    let server = postgresql();
    let source = pgsql_source(&server);
    ask_all("pgsql.answers", "pgsql", &|text| {
        fill(text, &source, &format!("127.0.0.1:{}", server.port))
    });
    if is_recording() {
        return;
    }

    let queries = [
        "SELECT v FROM hostile WHERE k = '%s'",
        "SELECT v FROM hostile WHERE k = E'%s'",
    ];
    hostile_keys_find_their_own_rows("pgsql", &source, &queries);
    let place = Place::new("pgsql-uri");
    let backslash = format!("{source}\nquery = SELECT v FROM t WHERE w = '\\' OR k = '%s'\n");
    assert_eq!(place.find("pgsql", &backslash, "a"), Some("1,2".to_owned()));
    server.sql("ALTER DATABASE mail SET standard_conforming_strings = off");
    hostile_keys_find_their_own_rows("pgsql", &source, &queries[..1]);
    // There the first string goes on, and the key would stand behind it.
    for key in ["a", "or true --"] {
        let says = place.trouble("pgsql", &backslash, key);
        assert!(says.contains("as this server reads backslashes"), "{says}");
    }

    let password = PASSWORD.replace('\'', "%27").replace('"', "%22");
    let uri = format!(
        "hosts = postgresql://{USER}:{password}@127.0.0.1:{}/mail?sslmode=disable\nquery = SELECT v FROM t WHERE k = '%s'",
        server.port
    );
    assert_eq!(place.find("pgsql", &uri, "a"), Some("1,2".to_owned()));
    // With TLS, checked as the URI says.
    let tls = |host: &str, mode: &str, issuer: &str| {
        let uri = uri.replace("127.0.0.1", host);
        uri.replace("sslmode=disable", &format!("sslmode={mode}&sslrootcert={issuer}"))
    };
    let issuer = server.issuer();
    for (host, mode) in [
        ("127.0.0.1", "require"),
        ("127.0.0.1", "verify-ca"),
        ("localhost", "verify-full"),
    ] {
        let settings = tls(host, mode, &issuer);
        assert_eq!(
            place.find("pgsql", &settings, "a"),
            Some("1,2".to_owned()),
            "{mode}"
        );
    }
    place.trouble("pgsql", &tls("127.0.0.1", "verify-full", &issuer), "a");
    place.trouble(
        "pgsql",
        &tls("127.0.0.1", "verify-ca", "/etc/ssl/certs/ca-certificates.crt"),
        "a",
    );
    let secret = place.trouble("pgsql", &uri.replace("sslmode", "nonsense"), "a");
    assert!(!secret.contains("se%27cr"), "{secret}");
    let inet = format!(
        "hosts = inet:127.0.0.1:{}\nuser = {USER}\npassword = {PASSWORD}\ndbname = mail\n\
         query = SELECT v FROM t WHERE k = '%s'",
        server.port
    );
    assert_eq!(place.find("pgsql", &inet, "a"), Some("1,2".to_owned()));
}

#[test]
fn sqlite_tables_answer_as_recorded_and_no_key_changes_a_query() {
    let folder = std::env::temp_dir().join(format!("databases-sqlite-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("t.db");
    let _ = fs::remove_file(&path);
    let database = Command::new("sqlite3").arg(&path).stdin(Stdio::piped()).spawn();
    let mut child = database.unwrap();
    let statements = format!("{ROWS}{}", hostile_rows(false));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(statements.as_bytes())
        .unwrap();
    assert!(child.wait().unwrap().success());
    let source = format!("dbpath = {}", path.display());
    ask_all("sqlite.answers", "sqlite", &|text| fill(text, &source, ""));
    if is_recording() {
        return;
    }

    let queries = [
        "SELECT v FROM hostile WHERE k = '%s'",
        "SELECT v FROM hostile WHERE k = \"%s\"",
    ];
    hostile_keys_find_their_own_rows("sqlite", &source, &queries);
    fs::remove_dir_all(folder).unwrap();
}

/// What the recorded answers of a directory are about.
const ENTRIES: &str = "
dn: dc=example
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: ou=d.com,dc=example
objectClass: organizationalUnit
ou: d.com

dn: ou=lists,dc=example
objectClass: organizationalUnit
ou: lists

dn: uid=anna,ou=d.com,dc=example
objectClass: inetOrgPerson
objectClass: mailthing
uid: anna
cn: anna
sn: anna
o: d.com
description: club
description: lonely
mail: anna@d.com
mail: a.b@d.com

dn: uid=bert,ou=d.com,dc=example
objectClass: inetOrgPerson
uid: bert
cn: bert
sn: bert
description: club
mail: bert@d.com

dn: uid=deep,uid=anna,ou=d.com,dc=example
objectClass: inetOrgPerson
uid: deep
cn: deep
sn: deep
mail: deep@d.com

dn: cn=one,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: one
mailacceptinggeneralid: one
maildrop: first@x.com
maildrop: second@x.com
mail: third@x.com

dn: cn=two,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: two
mailacceptinggeneralid: two
mail: mail@x.com
maildrop: drop@x.com

dn: cn=nodrop,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: nodrop
mailacceptinggeneralid: nodrop

dn: cn=staff,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: staff
mail: staff@d.com
maildrop: archive@d.com
memberdn: uid=anna,ou=d.com,dc=example
memberdn: uid=bert,ou=d.com,dc=example
memberdn: uid=gone,ou=d.com,dc=example

dn: cn=nested,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: nested
mail: nested@d.com
memberdn: cn=staff,ou=lists,dc=example
memberdn: uid=deep,uid=anna,ou=d.com,dc=example

dn: cn=drop,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: drop
mail: drop@d.com
maildrop: only@d.com
memberdn: uid=anna,ou=d.com,dc=example

dn: cn=alone,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: alone
memberdn: uid=bert,ou=d.com,dc=example

dn: cn=loop,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: loop
mail: loop@d.com
memberdn: cn=loop,ou=lists,dc=example

dn: cn=byurl,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: byurl
memberurl: ldap:///ou=d.com,dc=example?mail?sub?(description=club)

dn: cn=byurlnone,ou=lists,dc=example
objectClass: organizationalRole
objectClass: mailthing
cn: byurlnone
memberurl: ldap:///ou=d.com,dc=example?cn?sub?(description=club)

dn: ou=hostile,dc=example
objectClass: organizationalUnit
ou: hostile
";

fn slapd() -> DatabaseServer {
    let mut entries = ENTRIES.trim_start().to_owned();
    for (number, key) in HOSTILE.iter().enumerate() {
        let encoded = base64(key.as_bytes());
        entries.push_str(&format!(
            "\ndn: cn=row{number},ou=hostile,dc=example\nobjectClass: organizationalRole\nobjectClass: mailthing\n\
             cn: row{number}\nmailacceptinggeneralid:: {encoded}\nmail: row{number}@d.com\n"
        ));
    }
    DatabaseServer::start(Kind::Slapd, &entries)
}

/// Octets as LDIF writes them where text will not do.
fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let bits = three
            .iter()
            .fold(0u32, |bits, octet| bits << 8 | u32::from(*octet))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    text
}

fn ldap_source(server: &DatabaseServer) -> String {
    format!(
        "server_host = {}\nversion = 3\nbind_dn = cn={USER},dc=example\nbind_pw = {PASSWORD}\nsearch_base = dc=example",
        ldap_url(server)
    )
}

fn ldap_url(server: &DatabaseServer) -> String {
    format!("ldapi://{}", server.socket().replace('/', "%2F"))
}

#[test]
fn ldap_tables_answer_as_recorded_and_no_key_changes_a_search() {
    let server = slapd();
    let source = ldap_source(&server);
    ask_all("ldap.answers", "ldap", &|text| {
        fill(text, &source, &ldap_url(&server))
    });
    if is_recording() {
        return;
    }

    let place = Place::new("ldap-hostile");
    let settings = format!(
        "{source}\nserver_host = ldap://127.0.0.1:{}\nquery_filter = (mailacceptinggeneralid=%s)\nresult_attribute = mail\n",
        server.port
    );
    let keys: Vec<String> = HOSTILE.iter().map(|key| key.to_lowercase()).collect();
    for (number, (key, found)) in keys
        .iter()
        .zip(place.find_all("ldap", &settings, &keys))
        .enumerate()
    {
        assert_eq!(found, Some(format!("row{number}@d.com")), "{key:?}");
    }
    // With TLS, checked as the settings say.
    let tls = |host: &str, issuer: &str| {
        format!(
            "{source}\nserver_host = ldap://{host}:{}\nstart_tls = yes\ntls_require_cert = yes\ntls_ca_cert_file = {issuer}\n\
             query_filter = (uid=%s)\nresult_attribute = mail",
            server.port
        )
    };
    let anna = Some("anna@d.com,a.b@d.com".to_owned());
    assert_eq!(
        place.find("ldap", &tls("localhost", &server.issuer()), "anna"),
        anna
    );
    place.trouble("ldap", &tls("127.0.0.1", &server.issuer()), "anna");
    place.trouble(
        "ldap",
        &tls("localhost", "/etc/ssl/certs/ca-certificates.crt"),
        "anna",
    );
    let unchecked =
        tls("127.0.0.1", &server.issuer()).replace("tls_require_cert = yes", "tls_require_cert = no");
    assert_eq!(place.find("ldap", &unchecked, "anna"), anna);

    let others: Vec<String> = keys.iter().map(|key| format!("{key}x")).collect();
    // In a name it leads to an entry that is not there, not to another.
    let named = format!(
        "{source}\nsearch_base = cn=%s,ou=hostile,dc=example\nquery_filter = (cn=*)\nresult_attribute = mail\n"
    );
    for (settings, keys) in [(&settings, &others), (&named, &keys)] {
        for (key, found) in keys.iter().zip(place.find_all("ldap", settings, keys)) {
            assert_eq!(found, None, "{key:?}");
        }
    }
}

#[test]
fn redis_tables_find_texts_fields_and_members() {
    let server = DatabaseServer::start(Kind::Redis, "");
    let mut client = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    client.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
    let mut say = |words: &[&str]| {
        let mut text = format!("*{}\r\n", words.len());
        for word in words {
            text.push_str(&format!("${}\r\n{word}\r\n", word.len()));
        }
        client.write_all(text.as_bytes()).unwrap();
        let mut reply = [0; 100];
        let length = client.read(&mut reply).unwrap();
        assert!(
            !reply.starts_with(b"-"),
            "{}",
            String::from_utf8_lossy(&reply[..length])
        );
    };
    say(&["AUTH", PASSWORD]);
    say(&["SET", "user@d.com", "user/"]);
    say(&["HSET", "aliases", "info@d.com", "a@d.com"]);
    say(&["RPUSH", "list:team", "b@d.com", "", "c@d.com"]);
    say(&["SET", "empty", ""]);
    for (number, key) in HOSTILE.iter().enumerate() {
        say(&[
            "HSET",
            "hostile",
            key.to_lowercase().as_str(),
            &format!("row {number}"),
        ]);
    }
    let source = format!("hosts = unix:{}\npassword = {PASSWORD}", server.socket());
    let place = Place::new("redis");
    let find = |query: &str, key: &str| place.find("redis", &format!("{source}\n{query}"), key);
    let some = |text: &str| Some(text.to_owned());

    assert_eq!(find("", "User@d.com"), some("user/"));
    assert_eq!(find("", "nobody@d.com"), None);
    assert_eq!(find("", "empty"), None);
    assert_eq!(
        find("query = HGET aliases %s\nresult_format = x-%u", "info@d.com"),
        some("x-a")
    );
    assert_eq!(find("query = HGET aliases %u@%d", "info"), None);
    assert_eq!(
        find("query = LRANGE list:%s 0 -1", "team"),
        some("b@d.com,c@d.com")
    );
    place.trouble(
        "redis",
        &format!("{source}\nquery = LRANGE list:%s 0 -1\nexpansion_limit = 1"),
        "team",
    );
    place.trouble("redis", &format!("{source}\nquery = NONSENSE %s"), "x");
    place.trouble("redis", &source.replace(PASSWORD, "other"), "x");
    let inet = format!(
        "hosts = 127.0.0.1:{}\npassword = {PASSWORD}\nquery = HGET hostile %s",
        server.port
    );
    let keys: Vec<String> = HOSTILE.iter().map(|key| key.to_lowercase()).collect();
    for (number, (key, found)) in keys.iter().zip(place.find_all("redis", &inet, &keys)).enumerate() {
        assert_eq!(found, Some(format!("row {number}")), "{key:?}");
    }
}

#[test]
fn memcache_tables_are_filled_from_the_table_behind() {
    let mut server = DatabaseServer::start(Kind::Memcached, "");
    let place = Place::new("memcache");
    let behind = place.file("behind");
    fs::write(&behind, "key value behind\nuser@d.com mailbox\n").unwrap();
    let source = format!(
        "memcache = inet:127.0.0.1:{}\nkey_format = t:%s\ntimeout = 1\nmax_try = 1",
        server.port
    );
    let full = format!("{source}\nbackup = texthash:{}", behind.display());
    let some = |text: &str| Some(text.to_owned());
    let ask = |text: &str| {
        let mut client = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        client.set_read_timeout(Some(testkit::PATIENCE)).unwrap();
        client.write_all(text.as_bytes()).unwrap();
        let mut reply = [0; 200];
        let length = client.read(&mut reply).unwrap();
        String::from_utf8_lossy(&reply[..length]).into_owned()
    };

    assert_eq!(place.find("memcache", &source, "key"), None);
    assert_eq!(place.find("memcache", &full, "KEY"), some("value behind"));
    assert_eq!(
        ask("get t:key\r\n"),
        "VALUE t:key 0 12\r\nvalue behind\r\nEND\r\n"
    );
    assert_eq!(place.find("memcache", &source, "key"), some("value behind"));
    assert_eq!(ask("set t:key 0 60 5\r\nfresh\r\n"), "STORED\r\n");
    assert_eq!(place.find("memcache", &full, "key"), some("fresh"));
    // A key that would be two commands is not sent; the table behind still knows it.
    let found = place.find("memcache", &full, "x\r\nset t:evil 0 60 4\r\nevil\r\nget x");
    assert_eq!(found, None);
    assert_eq!(ask("get t:evil\r\n"), "END\r\n");
    let long = format!("{source}\nkey_digest = sha256");
    assert_eq!(place.find("memcache", &long, &"k".repeat(300)), None);
    let keys: Vec<String> = HOSTILE.iter().map(|key| key.to_lowercase()).collect();
    assert!(
        place
            .find_all("memcache", &source, &keys)
            .iter()
            .all(Option::is_none)
    );

    server.kill();
    assert_eq!(place.find("memcache", &full, "key"), some("value behind"));
    place.trouble("memcache", &source, "key");
}

/// A server that sends what it is told to each client, and then nothing more; or that ends each connection at once.
fn scripted(octets: &'static [u8], repeat: usize, closes: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for client in listener.incoming() {
            let mut client = client.unwrap();
            for _ in 0..repeat {
                if client.write_all(octets).is_err() {
                    break;
                }
            }
            if !closes {
                kept.push(client);
            }
        }
    });
    port
}

#[test]
fn a_server_that_is_silent_or_talks_rubbish_can_not_tell() {
    let scripts: [(&str, &'static [u8], usize, bool); 7] = [
        ("silence", b"", 0, false),
        ("the end", b"", 0, true),
        ("text", b"220 mail.example ESMTP\r\n", 1, false),
        ("zeros", &[0; 64], 1, true),
        ("ones", &[0xff; 64], 1, false),
        ("a flood", &[b'A'; 4096], 5000, false),
        ("an endless answer", b"\x30\x84\x7f\xff\xff\xff", 1, false),
    ];
    let started = Instant::now();
    std::thread::scope(|scope| {
        for (what, octets, repeat, closes) in scripts {
            for kind in ["mysql", "pgsql", "ldap", "redis", "memcache"] {
                scope.spawn(move || {
                    let port = scripted(octets, repeat, closes);
                    let settings = match kind {
                        "mysql" | "pgsql" => format!(
                            "hosts = 127.0.0.1:{port}\nuser = u\npassword = hidden\ndbname = d\nquery = SELECT '%s'"
                        ),
                        "ldap" => format!(
                            "server_host = ldap://127.0.0.1:{port}\ntimeout = 1\nbind_pw = hidden\nbind_dn = cn=x\n\
                             search_base = dc=x\nquery_filter = (x=%s)"
                        ),
                        "redis" => format!("hosts = 127.0.0.1:{port}\npassword = hidden"),
                        _ => format!("memcache = inet:127.0.0.1:{port}\ntimeout = 1\nmax_try = 1"),
                    };
                    let place = Place::new(&format!("rubbish-{kind}-{port}"));
                    fs::write(place.file("main.cf"), "database_time_limit = 1s\n").unwrap();
                    let says = place.trouble(kind, &settings, "key");
                    assert!(says.contains("is away: "), "{kind}, {what}: {says}");
                    assert!(!says.contains("panicked") && !says.contains("hidden"), "{kind}, {what}: {says}");
                });
            }
        }
    });
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

fn is_recording() -> bool {
    std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs")
}
