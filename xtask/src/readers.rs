//! `readers`: which program reads which parameter, gathered from the sources.
//!
//! A program reads what its own room names and what the rooms below it name. The result is a file that the programs
//! can ask (`pure/config/src/readers.tsv`); a test here fails when it is not what the sources say, when a parameter of
//! the catalogue has no reader, and when an excuse for one is not needed any more.

use crate::manifest::{self, Room};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Where the result lies, relative to the house.
const FILE: &str = "pure/config/src/readers.tsv";

/// Parameters that nobody reads, by their name or by its beginning (with `*`), and why.
const EXCUSED: &[(&str, &str)] = &[
    ("lmtp_tls_*", "not built yet: TLS"),
    ("smtp_tls_*", "not built yet: TLS"),
    ("smtpd_tls_*", "not built yet: TLS"),
    ("tls_*", "not built yet: TLS"),
    ("lmtp_use_tls", "not built yet: TLS"),
    ("smtp_use_tls", "not built yet: TLS"),
    ("lmtp_starttls_timeout", "not built yet: TLS"),
    ("smtp_starttls_timeout", "not built yet: TLS"),
    ("smtpd_starttls_timeout", "not built yet: TLS"),
    ("openssl_path", "not built yet: TLS"),
    ("relay_clientcerts", "not built yet: TLS"),
    ("smtpd_client_new_tls_session_rate_limit", "not built yet: TLS"),
    ("lmtp_cname_overrides_servername", "not built yet: TLS"),
    ("smtp_cname_overrides_servername", "not built yet: TLS"),
    ("lmtp_log_tls_feature_status", "not built yet: TLS"),
    ("smtp_log_tls_feature_status", "not built yet: TLS"),
    ("lmtp_tlsrpt_*", "not built yet: TLS"),
    ("smtp_tlsrpt_*", "not built yet: TLS"),
    ("tlsproxy_*", "not built yet: the program of this name"),
    ("tlsmgr_service_name", "not built yet: the program of this name"),
    ("postscreen_*", "not built yet: the program of this name"),
    ("dnsblog_*", "not built yet: the program of this name"),
    ("qmqpd_*", "not built yet: the program of this name"),
    ("connection_cache_*", "not built yet: the program of this name"),
    ("postmulti_*", "not built yet: the program of this name"),
    ("multi_instance_enable", "not built yet: the program of this name"),
    ("multi_instance_group", "not built yet: the program of this name"),
    ("multi_instance_name", "not built yet: the program of this name"),
    (
        "respectful_logging",
        "not built yet: postscreen, which logs by it",
    ),
    ("milter_*", "not built yet: milters"),
    ("lmtp_sasl_*", "not built yet: SASL"),
    ("smtp_sasl_*", "not built yet: SASL"),
    ("smtpd_sasl_*", "not built yet: SASL"),
    ("broken_sasl_auth_clients", "not built yet: SASL"),
    ("cyrus_sasl_config_path", "not built yet: SASL"),
    ("send_cyrus_sasl_authzid", "not built yet: SASL"),
    ("smtpd_client_auth_rate_limit", "not built yet: SASL"),
    ("lmtp_send_dummy_mail_auth", "not built yet: SASL"),
    ("smtp_send_dummy_mail_auth", "not built yet: SASL"),
    (
        "default_delivery_status_filter",
        "not built yet: filters of replies and statuses",
    ),
    (
        "lmtp_delivery_status_filter",
        "not built yet: filters of replies and statuses",
    ),
    (
        "smtp_delivery_status_filter",
        "not built yet: filters of replies and statuses",
    ),
    (
        "smtpd_dns_reply_filter",
        "not built yet: filters of replies and statuses",
    ),
    (
        "debug_peer_level",
        "not built yet: verbose logging for some peers",
    ),
    ("debug_peer_list", "not built yet: verbose logging for some peers"),
    (
        "reject_tempfail_action",
        "not built yet: the answer to a table that cannot be read",
    ),
    (
        "daemon_table_open_error_is_fatal",
        "not built yet: the answer to a table that cannot be read",
    ),
    ("enable_idna2003_compatibility", "not built yet"),
    ("dns_ncache_ttl_fix_enable", "not built yet"),
    ("dnssec_probe", "not built yet"),
    ("tcp_windowsize", "not built yet"),
    ("postlog_service_name", "not built yet"),
    ("smtpd_service_name", "not built yet"),
    (
        "empty_address_local_login_sender_maps_lookup_key",
        "not built yet",
    ),
    ("non_bdb_*", "not built yet"),
    ("default_cache_db_type", "not built yet"),
    ("process_id_directory", "not built yet"),
    (
        "berkeley_db_create_buffer_size",
        "Berkeley DB files are not written here",
    ),
    (
        "berkeley_db_read_buffer_size",
        "Berkeley DB files are not written here",
    ),
    ("biff", "nobody listens to comsat"),
    (
        "lmtp_pix_workaround*",
        "the workarounds for PIX firewalls are gone",
    ),
    (
        "smtp_pix_workaround*",
        "the workarounds for PIX firewalls are gone",
    ),
    (
        "application_event_drain_time",
        "processes are started and ended otherwise",
    ),
    ("fork_attempts", "processes are started and ended otherwise"),
    ("fork_delay", "processes are started and ended otherwise"),
    ("ipc_ttl", "processes are started and ended otherwise"),
    ("qmgr_daemon_timeout", "processes are started and ended otherwise"),
    (
        "postlogd_watchdog_timeout",
        "processes are started and ended otherwise",
    ),
    (
        "qmgr_fudge_factor",
        "of the queue manager before 2.5, or for its debugging",
    ),
    (
        "destination_concurrency_feedback_debug",
        "of the queue manager before 2.5, or for its debugging",
    ),
    ("fault_injection_code", "for debugging Postfix itself"),
    (
        "local_destination_concurrency_limit",
        "read by pure/config, as a member of a family",
    ),
    (
        "local_destination_recipient_limit",
        "read by pure/config, as a member of a family",
    ),
    ("maps_rbl_domains", "read by pure/config, for reject_maps_rbl"),
    (
        "html_directory",
        "for people and package scripts, who ask postconf",
    ),
    (
        "mail_release_date",
        "for people and package scripts, who ask postconf",
    ),
    ("mailq_path", "for people and package scripts, who ask postconf"),
    (
        "manpage_directory",
        "for people and package scripts, who ask postconf",
    ),
    (
        "newaliases_path",
        "for people and package scripts, who ask postconf",
    ),
    (
        "readme_directory",
        "for people and package scripts, who ask postconf",
    ),
    (
        "sample_directory",
        "for people and package scripts, who ask postconf",
    ),
    (
        "sendmail_path",
        "for people and package scripts, who ask postconf",
    ),
    (
        "shlib_directory",
        "for people and package scripts, who ask postconf",
    ),
];

/// Writes the file anew.
pub fn write(house: &Path) -> Result<(), String> {
    let readers = gather(house)?;
    fs::write(house.join(FILE), text(&readers)).map_err(|why| format!("{FILE}: {why}"))?;
    match readers.complaints().as_slice() {
        [] => Ok(()),
        some => Err(some.join("\n")),
    }
}

/// What the sources say: for each parameter the programs that read it.
#[derive(Debug)]
pub struct Readers {
    of: BTreeMap<String, BTreeSet<String>>,
    daemons: BTreeSet<String>,
    commands: BTreeSet<String>,
}

impl Readers {
    /// Parameters that nobody reads without an excuse, and excuses that nobody needs.
    fn complaints(&self) -> Vec<String> {
        let unread: Vec<&String> = self
            .of
            .iter()
            .filter(|(_, of)| of.is_empty())
            .map(|(name, _)| name)
            .collect();
        let fits = |name: &str, pattern: &str| match pattern.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == pattern,
        };
        let unexcused = unread
            .iter()
            .filter(|name| !EXCUSED.iter().any(|(pattern, _)| fits(name, pattern)))
            .map(|name| format!("{name}: no program reads it, and EXCUSED does not say why"));
        let needless = EXCUSED
            .iter()
            .filter(|(pattern, _)| !unread.iter().any(|name| fits(name, pattern)))
            .map(|(pattern, why)| format!("{pattern}: excused ({why}), but it is read, or gone"));
        unexcused.chain(needless).collect()
    }
}

fn gather(house: &Path) -> Result<Readers, String> {
    let rooms = manifest::rooms(house)?;
    let catalogue = catalogue(house)?;
    let mut direct: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for room in &rooms {
        let folder = room.manifest.parent().unwrap_or(Path::new("")).join("src");
        let mut names = BTreeSet::new();
        for text in sources(&house.join(folder))? {
            names.extend(named(&text, &catalogue, room.name == "config"));
        }
        direct.insert(room.name.clone(), names);
    }
    let on = |floor: &str| -> BTreeSet<String> {
        let of_floor = rooms.iter().filter(|room| room.floor == floor);
        of_floor.map(|room| room.name.clone()).collect()
    };
    let (daemons, commands) = (on("daemons"), on("commands"));
    let mut of: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in catalogue.constants.values() {
        of.insert(name.clone(), BTreeSet::new());
    }
    // What the default of mynetworks is made of is read by whoever reads that.
    let of_networks = direct.remove("config").unwrap_or_default();
    for program in daemons.iter().chain(&commands) {
        let mut names: BTreeSet<&String> = below(program, &rooms)
            .iter()
            .filter_map(|room| direct.get(room))
            .flatten()
            .collect();
        if names.iter().any(|name| *name == "mynetworks") {
            names.extend(&of_networks);
        }
        for name in names {
            of.entry(name.clone()).or_default().insert(program.clone());
        }
    }
    Ok(Readers {
        of,
        daemons,
        commands,
    })
}

/// A room and all that it imports, and so on.
fn below(program: &str, rooms: &[Room]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![program.to_owned()];
    while let Some(name) = open.pop() {
        if !found.insert(name.clone()) {
            continue;
        }
        let imports = rooms
            .iter()
            .filter(|room| room.name == name)
            .flat_map(|room| &room.imports);
        open.extend(
            imports
                .filter(|import| !import.tests_only && rooms.iter().any(|room| room.name == import.name))
                .map(|import| import.name.clone()),
        );
    }
    found
}

/// Constants and the names of their parameters; of families, the parameters that are their defaults.
struct Catalogue {
    constants: BTreeMap<String, String>,
}

fn catalogue(house: &Path) -> Result<Catalogue, String> {
    let folder = house.join("pure/config/src");
    let mut constants = BTreeMap::new();
    for text in sources(&folder.join("catalogue"))? {
        for line in text.lines() {
            if let Some((constant, rest)) = line.trim().split_once(" = ")
                && let Some((name, _)) = rest.split_once(": ")
                && is_constant(constant)
                && name
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
            {
                constants.insert(constant.to_owned(), name.to_owned());
            }
        }
    }
    // `FAMILY = "_suffix": Kind, DEFAULT;`
    let families = read(&folder.join("family.rs"))?;
    for line in families.lines() {
        if let Some((constant, rest)) = line.trim().split_once(" = \"_")
            && let Some((_, default)) = rest.rsplit_once(", ")
            && let Some(name) = constants.get(default.trim_end_matches(';')).cloned()
        {
            constants.insert(constant.to_owned(), name);
        }
    }
    Ok(Catalogue { constants })
}

/// The parameters that a text names: by their constants, and in `pure/config` itself by their names as well.
fn named(text: &str, catalogue: &Catalogue, is_config: bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if is_config {
        // What the reader of a configuration itself needs to know: these files ask by name.
        if text.contains("fn own_networks") {
            for word in text.split('"').skip(1).step_by(2) {
                if catalogue.constants.values().any(|name| name == word) {
                    names.insert(word.to_owned());
                }
            }
        }
        return names;
    }
    if !text.contains("catalogue") && !text.contains("settings!") && !text.contains("family") {
        return names;
    }
    for word in text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_') {
        if let Some(name) = catalogue.constants.get(word) {
            names.insert(name.clone());
        }
    }
    names
}

fn is_constant(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'_')
}

/// The texts of all source files below a folder, without comments and tests.
fn sources(folder: &Path) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
                let text = read(&path)?;
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                texts.push(lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    Ok(texts)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))
}

/// The file: a parameter, a tab, its readers. All daemons, or all commands, are written as one word.
fn text(readers: &Readers) -> String {
    let mut text = String::from("# Which program reads which parameter. Written by `cargo xtask readers`.\n");
    for (name, programs) in &readers.of {
        let mut rest = programs.clone();
        let mut words = Vec::new();
        for (word, all) in [("@daemons", &readers.daemons), ("@commands", &readers.commands)] {
            if all.is_subset(programs) {
                words.push(word.to_owned());
                rest = &rest - all;
            }
        }
        words.extend(rest);
        text.push_str(&format!("{name}\t{}\n", words.join(" ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn the_list_of_readers_is_what_the_sources_say() {
        let (file, sources) = (
            read(&house().join(FILE)).unwrap(),
            text(&gather(&house()).unwrap()),
        );
        let stale: Vec<_> = sources.lines().filter(|line| !file.contains(line)).collect();
        assert!(
            file == sources,
            "run `cargo xtask readers`; it would change {stale:?}"
        );
    }

    #[test]
    fn every_parameter_has_a_reader_or_an_excuse_and_every_excuse_is_needed() {
        assert_eq!(gather(&house()).unwrap().complaints(), [""; 0]);
    }
}
