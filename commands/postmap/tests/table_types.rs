//! Every table type that Postfix has ever documented, as postmap opens it: as a table, or with one line that says what to do.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use lookup::{Tables, Use};

/// Types that are files, each with a content that is good for it.
const FILES: [(&str, &str); 4] = [
    ("texthash", "key value\n"),
    ("cidr", "10.0.0.0/8 value\n"),
    ("regexp", "/key/ value\n"),
    ("pcre", "/key/ value\n"),
];

/// Types whose files are made of a source.
const INDEXED: [&str; 6] = ["hash", "btree", "lmdb", "cdb", "dbm", "sdbm"];

/// Types that need no file.
const NAMES: [&str; 15] = [
    "static:value",
    "inline:{key=value}",
    "internal:any",
    "environ:any",
    "unix:passwd.byname",
    "nis:mail.aliases",
    "tcp:127.0.0.1:9",
    "socketmap:inet:127.0.0.1:9:name",
    "proxy:static:value",
    "pipemap:{static:a,static:b}",
    "unionmap:{static:a,static:b}",
    "randmap:{a,b}",
    "fail:any",
    "debug:static:value",
    "memcache:{FOLDER}/settings",
];

/// Types that no system has any more, and what to do about each.
const GONE: [(&str, &str, &str); 2] = [
    (
        "nisplus",
        "[alias=%s];x.org_dir",
        "keep the table in a file (lmdb:, cdb:)",
    ),
    ("netinfo", "/aliases", "write its entries into a file"),
];

/// Database types, each with settings that name all that must be named.
const DATABASES: [(&str, &str); 6] = [
    ("ldap", "search_base = dc=example\n"),
    ("mysql", "dbname = d\nquery = SELECT v FROM t WHERE k = '%s'\n"),
    ("pgsql", "dbname = d\nquery = SELECT v FROM t WHERE k = '%s'\n"),
    (
        "sqlite",
        "dbpath = /nosuch\nquery = SELECT v FROM t WHERE k = '%s'\n",
    ),
    (
        "mongodb",
        "uri = mongodb://127.0.0.1\ndbname = d\ncollection = c\nquery_filter = {\"k\": \"%s\"}\nresult_attribute = v\n",
    ),
    ("redis", "hosts = 127.0.0.1\n"),
];

fn tables() -> Rc<Tables> {
    let drivers = database::Drivers::new(database::Settings {
        parameters: Rc::new(|_| Ok(None)),
        connection_limit: 1,
        time_limit: Duration::from_secs(1),
        remember: Duration::ZERO,
    });
    let settings = lookup::Settings {
        has_drivers: true,
        ..lookup::Settings::default()
    };
    Tables::with_drivers(settings, drivers.list())
}

/// The error of a table that can not be opened.
fn error(tables: &Rc<Tables>, name: &str) -> Option<String> {
    let error = tables.try_open(name, Use::GENERAL).err()?.to_string();
    assert_eq!(error.lines().count(), 1, "{name}: {error}");
    Some(error)
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("postmap-types-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn settings(folder: &Path, kind: &str, text: &str) -> String {
    let path = folder.join(kind);
    fs::write(&path, text).unwrap();
    format!("{kind}:{}", path.display())
}

#[test]
fn every_type_is_a_table_or_one_line_that_says_what_to_do() {
    let _lines = maillog::capture();
    let folder = folder();
    let tables = tables();
    for empty in ["settings", "main.cf"] {
        fs::write(folder.join(empty), "").unwrap();
    }

    for name in NAMES {
        let name = name.replace("{FOLDER}", &folder.display().to_string());
        assert_eq!(error(&tables, &name), None, "{name}");
    }
    for (kind, text) in FILES {
        assert_eq!(error(&tables, &settings(&folder, kind, text)), None, "{kind}");
    }
    for kind in INDEXED {
        let name = settings(&folder, kind, "key value\n");
        let made = Command::new(env!("CARGO_BIN_EXE_postmap"))
            .arg(&name)
            .env("MAIL_CONFIG", &folder)
            .status();
        assert!(made.unwrap().success(), "{kind}");
        assert_eq!(error(&tables, &name), None, "{kind}");
    }
    for (kind, name, cure) in GONE {
        let error = error(&tables, &format!("{kind}:{name}")).expect(kind);
        assert!(error.contains(kind) && error.contains(cure), "{error}");
    }
    let built = tables.types();
    for (kind, text) in DATABASES {
        let expected = (!built.contains(&kind))
            .then(|| format!("unsupported dictionary type: {kind} (not in this build; feature \"{kind}\")"));
        assert_eq!(error(&tables, &settings(&folder, kind, text)), expected, "{kind}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_that_is_not_there_is_named_by_every_type_that_needs_one() {
    let _lines = maillog::capture();
    let tables = tables();
    let built = tables.types();
    let kinds = FILES.iter().chain(&DATABASES).map(|(kind, _)| *kind);
    for kind in kinds
        .chain(INDEXED)
        .chain(["memcache"])
        .filter(|kind| built.contains(kind))
    {
        let error = error(&tables, &format!("{kind}:/nosuch/table")).expect(kind);
        assert!(error.starts_with("open "), "{kind}: {error}");
        assert!(
            error.contains("/nosuch/table") && error.ends_with(": No such file or directory"),
            "{kind}: {error}"
        );
    }
}
