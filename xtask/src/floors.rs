//! `floors`: who may import whom, as the plan of the house has it. The tables below are the plan.

use crate::manifest::{self, BESIDE, Import, Room};
use std::path::Path;

/// Inside `io`, these rooms stand below the others, in this order.
const IO_ORDER: [&str; 4] = ["sys", "maillog", "stream", "ipc"];

/// Imports inside a floor that the order above does not give: room, then what it may import.
const NEIGHBOURS: &[(&str, &[&str])] = &[("database", &["lookup"]), ("delivery", &["daemon", "outcome"])];

/// Rooms that may import these rooms of ours and no others, because of the rights they run with.
const RESTRICTED: &[(&str, &[&str], &str)] = &[
    (
        "master",
        &["sys", "stream", "maillog", "config", "contract", "configuration"],
        "it runs as root",
    ),
    ("postdrop", SET_GID, "it is set-gid"),
    ("postqueue", SET_GID, "it is set-gid"),
];
const SET_GID: &[&str] = &[
    "command",
    "queue",
    "ipc",
    "sys",
    "mail",
    "record",
    "contract",
    "configuration",
    "config",
    "stream",
    "maillog",
];

/// Rooms that only the named rooms may import.
const GUARDED: &[(&str, &[&str], &str)] = &[(
    "database",
    &["proxymap", "postmap", "postalias"],
    "one process holds the passwords",
)];

/// Rooms a whole floor stays away from.
const FOREIGN: &[(&str, &str, &str)] = &[
    ("frame", "tls", "the frame does not speak TLS"),
    ("frame", "esmtp", "the frame does not speak SMTP"),
    ("frame", "database", "the frame knows no table type"),
];

/// Crates from the registry that only the named rooms, or floors, may import.
const OUTSIDERS: &[(&str, &[&str], &str)] = &[
    (
        "tokio",
        &["io", "frame", "daemons", "commands", "testkit", "conformance"],
        "formats await nobody",
    ),
    (
        "nix",
        &["sys", "testkit", "conformance"],
        "kernel calls are made in io/sys",
    ),
    (
        "libc",
        &["sys", "testkit", "conformance"],
        "kernel calls are made in io/sys",
    ),
    ("landlock", &["sys"], "confinement is in io/sys"),
    ("seccompiler", &["sys"], "confinement is in io/sys"),
    ("lmdb-master-sys", &["sys"], "C wrappers are in io/sys"),
    ("pcre2-sys", &["sys"], "C wrappers are in io/sys"),
    (
        "rustls",
        &["tls", "database"],
        "only io/tls names the TLS library, and io/database for what its drivers ask",
    ),
    ("openssl", &["tls"], "only io/tls names the TLS library"),
    ("anyhow", &["xtask"], "a room's errors are an enum"),
];

/// Checks every manifest; prints each breach.
///
/// # Errors
/// When there is a breach, or a manifest cannot be read.
pub fn check(house: &Path) -> Result<(), String> {
    let rooms = manifest::rooms(house)?;
    let breaches = breaches(&rooms);
    for breach in &breaches {
        println!("{breach}");
    }
    let arrows: usize = rooms.iter().map(|room| ours(&rooms, room).count()).sum();
    if breaches.is_empty() {
        println!("floors: {} rooms, {arrows} imports, all as planned", rooms.len());
        return Ok(());
    }
    Err(format!("{} imports against the plan", breaches.len()))
}

fn ours<'a>(rooms: &'a [Room], room: &'a Room) -> impl Iterator<Item = (&'a Import, &'a Room)> {
    room.imports.iter().filter_map(move |import| {
        let target = rooms.iter().find(|other| other.name == import.name)?;
        Some((import, target))
    })
}

fn breaches(rooms: &[Room]) -> Vec<String> {
    let mut found = Vec::new();
    for room in rooms {
        let mut breach = |import: &Import, why: String| {
            let place = room.manifest.display();
            found.push(format!(
                "{place}:{}: {}/{} may not import {}: {why}",
                import.line, room.floor, room.name, import.name
            ));
        };
        for (import, target) in ours(rooms, room) {
            if let Some(why) = against_plan(room, target, import.tests_only) {
                breach(import, why);
            }
        }
        for import in &room.imports {
            if let Some(why) = against_outsiders(room, import) {
                breach(import, why);
            }
        }
    }
    found
}

/// Why `room` may not import `target`, if it may not.
fn against_plan(room: &Room, target: &Room, tests_only: bool) -> Option<String> {
    if BESIDE.contains(&target.name.as_str()) {
        let allowed = target.name == "testkit" && (tests_only || room.name == "conformance");
        return (!allowed).then(|| "what stands beside the house is for tests".into());
    }
    if BESIDE.contains(&room.name.as_str()) {
        // A test's instance is laid out by the program that lays out a user's.
        let lays_out = room.name == "testkit" && target.name == "postrider";
        return (height(target) == 4 && !lays_out).then(|| "programs are started, not imported".into());
    }
    if height(target) == 4 {
        return Some("programs meet only at a socket".into());
    }
    if height(target) > height(room) {
        return Some(format!("{} is a floor above", target.floor));
    }
    if tests_only {
        return None;
    }
    if let Some((_, allowed, why)) = RESTRICTED.iter().find(|(name, ..)| *name == room.name)
        && !allowed.contains(&target.name.as_str())
    {
        return Some(format!("{why}; it may import {}", allowed.join(", ")));
    }
    if let Some((_, allowed, why)) = GUARDED.iter().find(|(name, ..)| *name == target.name)
        && !allowed.contains(&room.name.as_str())
    {
        return Some(format!("{why}; only {} may", allowed.join(", ")));
    }
    if let Some((.., why)) = FOREIGN
        .iter()
        .find(|(floor, name, _)| *floor == room.floor && *name == target.name)
    {
        return Some((*why).into());
    }
    same_floor(room, target)
}

/// The rules between rooms of one floor: free in `pure`, ordered in `io`, none in `frame` but the listed.
fn same_floor(room: &Room, target: &Room) -> Option<String> {
    if room.floor != target.floor || room.floor == "pure" {
        return None;
    }
    let listed = NEIGHBOURS
        .iter()
        .any(|(name, allowed)| *name == room.name && allowed.contains(&&*target.name));
    if listed {
        return None;
    }
    if room.floor == "io" {
        let place = |name: &str| {
            IO_ORDER
                .iter()
                .position(|it| *it == name)
                .unwrap_or(IO_ORDER.len())
        };
        if place(&target.name) < place(&room.name) {
            return None;
        }
        return Some(format!(
            "inside io the order is {}, then the rest",
            IO_ORDER.join(", ")
        ));
    }
    Some(format!("rooms of {} do not import each other", room.floor))
}

fn against_outsiders(room: &Room, import: &Import) -> Option<String> {
    let (_, allowed, why) = OUTSIDERS.iter().find(|(name, ..)| *name == import.name)?;
    let named = allowed.contains(&room.name.as_str()) || allowed.contains(&room.floor.as_str());
    (!named).then(|| (*why).to_owned())
}

fn height(room: &Room) -> usize {
    match room.floor.as_str() {
        "pure" => 1,
        "io" => 2,
        "frame" => 3,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(floor: &str, name: &str, imports: &[&str]) -> Room {
        let imports = imports
            .iter()
            .map(|name| Import {
                name: (*name).to_owned(),
                tests_only: false,
                line: 1,
            })
            .collect();
        Room {
            floor: floor.into(),
            name: name.into(),
            manifest: "Cargo.toml".into(),
            imports,
        }
    }

    fn refused(floor: &str, name: &str, import: &str) -> bool {
        let rooms = [
            room("pure", "mail", &[]),
            room("pure", "esmtp", &[]),
            room("io", "sys", &[]),
            room("io", "ipc", &[]),
            room("io", "lookup", &[]),
            room("io", "queue", &[]),
            room("io", "database", &[]),
            room("frame", "daemon", &[]),
            room("daemons", "smtp", &[]),
            room("testkit", "testkit", &[]),
            room(floor, name, &[import]),
        ];
        !breaches(&rooms).is_empty()
    }

    #[test]
    fn the_plan_is_kept() {
        let cases = [
            ("pure", "record", "mail", false),
            ("pure", "record", "sys", true),
            ("pure", "record", "tokio", true),
            ("io", "maillog", "sys", false),
            ("io", "stream", "ipc", true),
            ("io", "dns", "ipc", false),
            ("io", "dns", "queue", true),
            ("io", "database", "lookup", false),
            ("frame", "outcome", "daemon", true),
            ("frame", "delivery", "daemon", false),
            ("frame", "submit", "esmtp", true),
            ("daemons", "smtpd", "smtp", true),
            ("daemons", "smtpd", "esmtp", false),
            ("daemons", "smtpd", "nix", true),
            ("daemons", "smtpd", "testkit", true),
            ("daemons", "master", "lookup", true),
            ("daemons", "master", "sys", false),
            ("daemons", "proxymap", "database", false),
            ("daemons", "cleanup", "database", true),
            ("commands", "postdrop", "lookup", true),
            ("commands", "postdrop", "queue", false),
            ("conformance", "conformance", "smtp", true),
        ];
        for (floor, name, import, expected) in cases {
            assert_eq!(
                refused(floor, name, import),
                expected,
                "{floor}/{name} importing {import}"
            );
        }
    }
}
