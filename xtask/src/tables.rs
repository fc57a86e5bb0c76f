//! `bench tables`: postmap of ours and of Debian's package on the same tables, in turns, in a folder that goes afterwards.

use crate::build;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PEER: &str = "/usr/sbin/postmap";

/// One kind of work: what it is called, the words for postmap, the file of its standard input, the entries in it, and how
/// many times as fast as the peer it should be.
struct Work {
    name: &'static str,
    words: &'static [&'static str],
    input: &'static str,
    entries: f64,
    wanted: f64,
}

const WORKS: &[Work] = &[
    build_of("build hash:, 1,000,000 entries", &["hash:source"], 3.0),
    build_of("build lmdb:, 1,000,000 entries", &["lmdb:source"], 2.0),
    build_of("build cdb:, 1,000,000 entries", &["cdb:source"], 1.3),
    look_up("look up hash:", &["-q", "-", "hash:source"], "keys", 1e6, 3.0),
    look_up("look up lmdb:", &["-q", "-", "lmdb:source"], "keys", 1e6, 3.0),
    look_up("look up cdb:", &["-q", "-", "cdb:source"], "keys", 1e6, 1.3),
    look_up(
        "look up cidr:, 50,000 rows",
        &["-q", "-", "cidr:networks"],
        "addresses",
        2e4,
        100.0,
    ),
    look_up(
        "look up pcre:, 2,000 rules",
        &["-q", "-", "pcre:rules"],
        "subjects",
        1e4,
        10.0,
    ),
    look_up(
        "look up regexp:, 2,000 rules",
        &["-q", "-", "regexp:rules"],
        "subjects",
        1e4,
        10.0,
    ),
];

const fn build_of(name: &'static str, words: &'static [&'static str], wanted: f64) -> Work {
    look_up(name, words, "nothing", 1e6, wanted)
}

const fn look_up(
    name: &'static str,
    words: &'static [&'static str],
    input: &'static str,
    entries: f64,
    wanted: f64,
) -> Work {
    Work {
        name,
        words,
        input,
        entries,
        wanted,
    }
}

/// Builds postmap, makes the tables, and prints what each did; `--rounds N` for other than three rounds.
///
/// # Errors
/// The peer is not installed, a run fails, or the answers differ.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let rounds = match arguments {
        [] => 3,
        [flag, number] if flag == "--rounds" => number.parse().map_err(|_| "--rounds wants a number")?,
        _ => return Err("bench tables [--rounds N]".into()),
    };
    if !Path::new(PEER).exists() {
        return Err(format!(
            "{PEER} is not there: apt-get install postfix postfix-lmdb postfix-cdb postfix-pcre"
        ));
    }
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--package", "postmap"])
        .current_dir(house);
    build::run(&mut cargo)?;
    let ours = house.join("target/release/postmap");
    let folder = std::env::temp_dir().join(format!("postrider-bench-tables-{}", std::process::id()));
    let measured = measure(&folder, &ours, rounds);
    let _ = fs::remove_dir_all(&folder);
    print!("{}", measured?);
    Ok(())
}

fn measure(folder: &Path, ours: &Path, rounds: usize) -> Result<String, String> {
    let sides = [
        (Path::new(PEER), folder.join("peer")),
        (ours, folder.join("ours")),
    ];
    for (_, side) in &sides {
        make(side).map_err(|why| format!("{}: {why}", side.display()))?;
    }
    let mut text =
        String::from("| work | peer, s | ours, s | peer, entries/s | ours, entries/s | times | wanted |\n");
    text.push_str("|---|---|---|---|---|---|---|\n");
    for work in WORKS {
        let mut times: [Vec<Spent>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for ((program, side), times) in sides.iter().zip(&mut times) {
                times.push(once(program, side, work)?);
            }
        }
        if !same(&sides[0].1.join("answers"), &sides[1].1.join("answers"))? {
            return Err(format!("{}: the answers differ", work.name));
        }
        let [(peer, peer_cpu), (ours, ours_cpu)] = times.map(medians);
        let rate = |seconds: f64| work.entries / seconds;
        let _ = writeln!(
            text,
            "| {} | {peer:.2} ({peer_cpu:.2}) | {ours:.2} ({ours_cpu:.2}) | {:.0} | {:.0} | {:.1} ({:.1}) | {} |",
            work.name,
            rate(peer),
            rate(ours),
            peer / ours,
            peer_cpu / ours_cpu,
            work.wanted
        );
    }
    Ok(text)
}

/// What one run took: by the clock, and of the processors, which matters on a busy machine.
struct Spent {
    time: Duration,
    processor: Duration,
}

/// The medians of both, in seconds.
fn medians(spent: Vec<Spent>) -> (f64, f64) {
    let median = |mut all: Vec<Duration>| {
        all.sort();
        all.get(all.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
    };
    (
        median(spent.iter().map(|spent| spent.time).collect()),
        median(spent.iter().map(|spent| spent.processor).collect()),
    )
}

/// Processor time of all ended children of this process (proc(5), `/proc/self/stat`), in hundredths of a second.
fn processor_hundredths() -> u64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit_once(')').map_or("", |(_, after)| after);
    let fields = after_name.split_whitespace().skip(13).take(2);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}

fn once(program: &Path, side: &Path, work: &Work) -> Result<Spent, String> {
    let failed = |why: std::io::Error| format!("{}: {why}", work.name);
    let (begun, used) = (Instant::now(), processor_hundredths());
    let status = Command::new(program)
        .args(work.words)
        .current_dir(side)
        .env("MAIL_CONFIG", side)
        .stdin(File::open(side.join(work.input)).map_err(failed)?)
        .stdout(File::create(side.join("answers")).map_err(failed)?)
        .stderr(Stdio::inherit())
        .status()
        .map_err(failed)?;
    let time = begun.elapsed();
    match status.success() {
        true => Ok(Spent {
            time,
            processor: Duration::from_millis((processor_hundredths() - used) * 10),
        }),
        false => Err(format!("{}: {} {status}", work.name, program.display())),
    }
}

fn same(one: &Path, other: &Path) -> Result<bool, String> {
    let read = |path: &Path| fs::read(path).map_err(|why| format!("{}: {why}", path.display()));
    Ok(read(one)? == read(other)?)
}

/// Numbers that look like chance, the same ones in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn shuffled(&mut self, count: u64) -> Vec<u64> {
        let mut all: Vec<u64> = (0..count).collect();
        for index in (1..all.len()).rev() {
            let other = self.below(index as u64 + 1) as usize;
            all.swap(index, other);
        }
        all
    }

    fn address(&mut self) -> String {
        format!("{}.{}.{}.", 1 + self.below(222), self.below(256), self.below(256))
    }
}

/// Writes sources and keys.
fn make(side: &Path) -> std::io::Result<()> {
    fs::create_dir_all(side)?;
    fs::write(side.join("main.cf"), "compatibility_level = 3.6\n")?;
    fs::write(side.join("nothing"), "")?;
    let mut dice = Dice(1);
    let (mut source, mut keys) = (String::new(), String::new());
    for number in dice.shuffled(1_000_000) {
        let _ = writeln!(
            source,
            "user{number}@example{}.com\tmailbox{number}@store{}.example.net",
            number % 5000,
            number % 50
        );
    }
    // One key in ten is not there.
    for number in dice.shuffled(1_000_000) {
        let user = if number % 10 == 0 { "nobody" } else { "user" };
        let _ = writeln!(keys, "{user}{number}@example{}.com", number % 5000);
    }
    let (mut networks, mut addresses) = (String::new(), String::new());
    for number in 0..50_000 {
        let _ = writeln!(networks, "{}0/24 REJECT net{number}", dice.address());
    }
    for _ in 0..20_000 {
        let _ = writeln!(addresses, "{}{}", dice.address(), dice.below(256));
    }
    let (mut rules, mut subjects) = (String::new(), String::new());
    for number in 0..2000 {
        let _ = writeln!(
            rules,
            "/^user{number}\\.(.*)@example{number}\\.com$/ REJECT rule{number} $1"
        );
    }
    for number in 0..4_000 {
        let user = dice.below(4000);
        let _ = writeln!(subjects, "user{user}.x{number}@example{user}.com");
    }
    for (name, text) in [
        ("source", source),
        ("keys", keys),
        ("networks", networks),
        ("addresses", addresses),
        ("rules", rules),
        ("subjects", subjects),
    ] {
        fs::write(side.join(name), text)?;
    }
    Ok(())
}
