//! The Debian packages that the tests talk to, and what else a chore needs: the one list of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Package, a file that shows it is there, what for.
const PACKAGES: &[(&str, &str, &str)] = &[
    (
        "postfix",
        "/usr/sbin/smtp-source",
        "smtp-source, smtp-sink, and the peer of conformance cases",
    ),
    (
        "postfix-lmdb",
        "/usr/lib/postfix/postfix-lmdb.so",
        "lmdb: tables of the peer",
    ),
    (
        "postfix-cdb",
        "/usr/lib/postfix/postfix-cdb.so",
        "cdb: tables of the peer",
    ),
    (
        "postfix-pcre",
        "/usr/lib/postfix/postfix-pcre.so",
        "pcre: tables of the peer",
    ),
    (
        "perl",
        "/usr/bin/perl",
        "SDBM_File, a reader and writer of sdbm: tables that is not ours",
    ),
    (
        "bsdutils",
        "/usr/bin/script",
        "a terminal for commands that look for one",
    ),
    ("swaks", "/usr/bin/swaks", "an SMTP client that is not ours"),
    (
        "pflogsumm",
        "/usr/sbin/pflogsumm",
        "a reader of log lines that is not ours",
    ),
    (
        "groff-base",
        "/usr/bin/groff",
        "the reader of the generated manual pages",
    ),
    (
        "procmail",
        "/usr/bin/procmail",
        "a mailbox_command that is not ours",
    ),
    (
        "dovecot-pop3d",
        "/usr/lib/dovecot/pop3",
        "a POP3 server that reads our mailboxes",
    ),
    (
        "unbound",
        "/usr/sbin/unbound",
        "a name server with records of ours",
    ),
    (
        "postgrey",
        "/usr/sbin/postgrey",
        "a policy server that is not ours",
    ),
    (
        "amavisd-new",
        "/usr/sbin/amavisd",
        "a content filter that is not ours",
    ),
    (
        "postfix-policyd-spf-python",
        "/usr/bin/policyd-spf",
        "a policy server that is spawned",
    ),
    (
        "dovecot-lmtpd",
        "/usr/lib/dovecot/lmtp",
        "an LMTP server that is not ours",
    ),
    (
        "mariadb-server",
        "/usr/sbin/mariadbd",
        "the server behind mysql: tables",
    ),
    (
        "postgresql",
        "/usr/share/doc/postgresql",
        "the server behind pgsql: tables",
    ),
    ("slapd", "/usr/sbin/slapd", "the server behind ldap: tables"),
    (
        "redis-server",
        "/usr/bin/redis-server",
        "the server behind redis: tables",
    ),
    (
        "memcached",
        "/usr/bin/memcached",
        "the server behind memcache: tables",
    ),
];

/// What the fuzz targets are linked with is C++.
const COMPILER: (&str, &str, &str) = (
    "g++",
    "/usr/bin/c++",
    "libFuzzer, which the fuzz targets are linked with",
);

const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs what the tests need and is missing.
///
/// # Errors
/// One line that says which packages are missing and why they could not be installed.
pub fn ensure() -> Result<(), String> {
    install(PACKAGES)
}

/// Installs a C++ compiler where there is none.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_compiler() -> Result<(), String> {
    install(&[COMPILER])
}

fn install(packages: &[(&str, &str, &str)]) -> Result<(), String> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|(_, file, _)| !Path::new(file).exists())
        .map(|(package, ..)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root() {
        return Err(format!(
            "Debian packages are missing: as root, apt-get install {list}"
        ));
    }
    println!("installing: {list}");
    let installed = without_starting_services(|| {
        // Package lists may be older than the archive, or absent in a fresh container.
        apt(&["update"])?;
        let mut words = vec!["install", "--yes", "--no-install-recommends"];
        words.extend(&missing);
        apt(&words)
    });
    installed.map_err(|why| format!("cannot install {list}: {why}"))
}

/// Whether this process may install and change owners.
pub fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .unwrap_or_default();
    line.split_whitespace().nth(1) == Some("0")
}

fn apt(words: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command
        .arg("--quiet=2")
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let output = command.output().map_err(|why| format!("apt-get: {why}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "apt-get {}: {}",
        words.join(" "),
        text.lines().last().unwrap_or("no reason given")
    ))
}

/// A package's services must not start on their default configuration: Debian asks this script first.
fn without_starting_services(work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let ours = !Path::new(POLICY).exists();
    if ours {
        fs::write(POLICY, "#!/bin/sh\nexit 101\n").map_err(|why| format!("{POLICY}: {why}"))?;
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))
            .map_err(|why| format!("{POLICY}: {why}"))?;
    }
    let done = work();
    if ours {
        fs::remove_file(POLICY).map_err(|why| format!("{POLICY}: {why}"))?;
    }
    done
}
