//! `bench access`: what it costs to ask before mail is taken. A long restriction list over large tables, DNS lists, a policy
//! server; ours and Debian's package in turns.
//!
//! The load comes from the generator of `--bench DIR`. All runs within a network and a resolver configuration of their
//! own, so that the name server can have port 53, where the peer asks it.

mod neighbour;
mod side;

use crate::build;
use crate::record::WORLD;
use neighbour::{NameServer, PolicyServer};
use side::{Side, Spent};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is asked of each client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Tables,
    NameServer,
    PolicyServer,
}

const WORKS: &[(Asked, &str)] = &[
    (Asked::Nothing, "no restrictions"),
    (
        Asked::Tables,
        "30 restrictions, 14 of them in tables of {rows} rows",
    ),
    (Asked::NameServer, "5 DNS lists"),
    (Asked::PolicyServer, "1 policy server"),
];

/// Thirty, all of which have nothing against the generator's mail.
const RESTRICTIONS: &[&str] = &[
    "check_client_access hash:@T@/clients",
    "check_client_access lmdb:@T@/names",
    "check_reverse_client_hostname_access lmdb:@T@/names",
    "check_helo_access lmdb:@T@/names",
    "check_helo_access hash:@T@/clients",
    "reject_invalid_helo_hostname",
    "reject_non_fqdn_helo_hostname",
    "check_sender_access hash:@T@/senders",
    "check_sender_access lmdb:@T@/names",
    "check_sender_access lmdb:@T@/recipients",
    "reject_non_fqdn_sender",
    "reject_unlisted_sender",
    "reject_sender_login_mismatch",
    "reject_authenticated_sender_login_mismatch",
    "reject_known_sender_login_mismatch",
    "permit_sasl_authenticated",
    "permit_tls_clientcerts",
    "permit_tls_all_clientcerts",
    "check_ccert_access hash:@T@/clients",
    "check_recipient_access lmdb:@T@/recipients",
    "check_recipient_access hash:@T@/senders",
    "check_recipient_access lmdb:@T@/names",
    "reject_non_fqdn_recipient",
    "reject_multi_recipient_bounce",
    "reject_unauth_pipelining",
    "check_client_access lmdb:@T@/recipients",
    "check_helo_access lmdb:@T@/recipients",
    "reject_unlisted_recipient",
    "permit_mynetworks",
    "reject",
];

const LISTS: &[&str] = &["one", "two", "three", "four", "five"];

/// What the words after `bench access` say.
struct Wanted {
    bench: PathBuf,
    rounds: usize,
    messages: usize,
    rows: usize,
}

impl Wanted {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut wanted = Self {
            bench: std::env::var_os("POSTRIDER_BENCH").unwrap_or_default().into(),
            rounds: 3,
            messages: 3000,
            rows: 1_000_000,
        };
        for pair in arguments.chunks(2) {
            let number = |text: &String| text.parse().map_err(|_| format!("{text}: no number"));
            match pair {
                [flag, folder] if flag == "--bench" => wanted.bench = folder.into(),
                [flag, count] if flag == "--rounds" => wanted.rounds = number(count)?,
                [flag, count] if flag == "--messages" => wanted.messages = number(count)?,
                [flag, count] if flag == "--rows" => wanted.rows = number(count)?,
                _ => return Err("bench access --bench DIR [--rounds N] [--messages N] [--rows N]".into()),
            }
        }
        Ok(wanted)
    }
}

/// Builds the programs, measures, prints what each did.
///
/// # Errors
/// Not root, something that is needed is not there, a server does not start or does not take all messages.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let wanted = Wanted::parse(arguments)?;
    let Some(programs) = std::env::var_os(INSIDE) else {
        let programs = build::build(house, build::Profile::Dist, build::Drivers::Few)?;
        return within_a_world(&programs, arguments);
    };
    let folder = std::env::temp_dir().join(format!("postrider-bench-access-{}", std::process::id()));
    let measured = measure(&folder, Path::new(&programs), &wanted);
    let _ = fs::remove_dir_all(&folder);
    print!("{}", measured?);
    Ok(())
}

/// The folder of the programs, in the environment of the run that measures.
const INSIDE: &str = "POSTRIDER_BENCH_PROGRAMS";

fn within_a_world(programs: &Path, arguments: &[String]) -> Result<(), String> {
    let itself = std::env::current_exe().map_err(|why| format!("this program: {why}"))?;
    let resolver = std::env::temp_dir().join(format!("postrider-resolver-{}", std::process::id()));
    let mut world = Command::new("unshare");
    world
        .args(["-nm", "sh", "-c", WORLD])
        .arg(&resolver)
        .arg(itself)
        .args(["bench", "access"])
        .args(arguments)
        .env(INSIDE, programs);
    let done = build::run(&mut world);
    let _ = fs::remove_file(resolver);
    done
}

fn measure(folder: &Path, programs: &Path, wanted: &Wanted) -> Result<String, String> {
    let failed = |why: std::io::Error| format!("{}: {why}", folder.display());
    fs::create_dir_all(folder).map_err(failed)?;
    open_to_all(folder).map_err(failed)?;
    let generator = folder.join("mailbench");
    let source = wanted.bench.join("src/mailbench.c");
    build::run(
        Command::new("cc")
            .args(["-O2", "-pthread", "-o"])
            .args([&generator, &source]),
    )?;
    let sides = [
        Side::new(
            folder,
            "peer",
            Path::new("/usr/sbin"),
            Path::new("/usr/lib/postfix/sbin"),
        )?,
        Side::new(folder, "ours", programs, programs)?,
    ];
    for side in &sides {
        side.make_tables(wanted.rows)?;
    }
    let policy = folder.join("policy");
    let _policy_server = PolicyServer::start(&policy).map_err(failed)?;
    let _name_server = NameServer::start(folder, LISTS)?;

    let mut spent: Vec<[Vec<Spent>; 2]> = WORKS.iter().map(|_| Default::default()).collect();
    for _ in 0..wanted.rounds {
        for ((asked, _), spent) in WORKS.iter().zip(&mut spent) {
            for (side, spent) in sides.iter().zip(spent) {
                let restrictions = restrictions(*asked, &side.tables(), &policy);
                spent.push(side.once(&restrictions, &generator, wanted.messages)?);
            }
        }
    }
    Ok(table(&spent, wanted.rows))
}

/// The daemons have to reach the sockets and tables in it.
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

fn restrictions(asked: Asked, tables: &Path, policy: &Path) -> String {
    let last = "permit_mynetworks, reject";
    match asked {
        Asked::Nothing => last.to_owned(),
        Asked::Tables => RESTRICTIONS
            .join(", ")
            .replace("@T@", &tables.display().to_string()),
        Asked::NameServer => {
            let lists = LISTS
                .iter()
                .map(|list| format!("reject_rbl_client {list}.test, "));
            format!("{}{last}", lists.collect::<String>())
        }
        Asked::PolicyServer => format!("check_policy_service unix:{}, {last}", policy.display()),
    }
}

fn table(spent: &[[Vec<Spent>; 2]], rows: usize) -> String {
    let mut text = String::from(
        "| asked of each client | peer, messages/s (CPU ms) | ours, messages/s (CPU ms) | ratio (CPU) | \
         peer to none asked | ours to none asked |\n|---|---|---|---|---|---|\n",
    );
    let medians: Vec<[(f64, f64); 2]> = spent
        .iter()
        .map(|[peer, ours]| [median(peer), median(ours)])
        .collect();
    let Some([peer_plain, ours_plain]) = medians.first().copied() else {
        return text;
    };
    for ((_, name), [peer, ours]) in WORKS.iter().zip(&medians) {
        let _ = writeln!(
            text,
            "| {} | {:.0} ({:.2}) | {:.0} ({:.2}) | {:.1} ({:.2}) | {:.2} | {:.2} |",
            name.replace("{rows}", &rows.to_string()),
            peer.0,
            peer.1,
            ours.0,
            ours.1,
            ours.0 / peer.0,
            ours.1 / peer.1,
            peer.0 / peer_plain.0,
            ours.0 / ours_plain.0
        );
    }
    text
}

/// Messages a second, and milliseconds of processor time for each.
fn median(spent: &[Spent]) -> (f64, f64) {
    let middle = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    };
    (
        middle(spent.iter().map(Spent::rate).collect()),
        middle(spent.iter().map(Spent::processor_milliseconds).collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_list_has_thirty_entries() {
        assert_eq!(RESTRICTIONS.len(), 30);
        let in_tables = RESTRICTIONS.iter().filter(|entry| entry.contains("@T@"));
        assert_eq!(in_tables.count(), 14);
    }
}
