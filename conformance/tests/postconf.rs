//! What postconf prints, complains of, and writes.

// A test that cannot be run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use conformance::Sheet;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

macro_rules! sheets {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            Sheet::read(concat!("postconf_", stringify!($name))).run();
        }
    )*};
}

sheets! {
    edit
    expand
    fold
    legacy
    master
    master_edit
    options
    scripts
    show
    templates
    warnings
}

/// Defaults of the recorded release, name by name, and those that are others in the specified one or in another build.
#[test]
fn defaults_are_those_of_the_recorded_release_but_for_those_listed() {
    let theirs = std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs");
    let recorded = sheet("postconf_defaults.recorded");
    let shown = defaults(if theirs {
        "/usr/sbin".into()
    } else {
        testkit::programs()
    });
    if theirs {
        fs::write(recorded, shown).unwrap();
        return;
    }
    let (recorded, ours) = (fs::read_to_string(recorded).unwrap(), pairs(&shown));
    let listed = fs::read_to_string(sheet("postconf_defaults.newer")).unwrap();
    let listed: BTreeMap<&str, &str> = listed
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').expect("name, tab, reason"))
        .collect();

    let mut wrong = Vec::new();
    for (name, value) in pairs(&recorded) {
        let is_same = ours.get(name) == Some(&value);
        if is_same == listed.contains_key(name) {
            wrong.push(format!("{name}: recorded {value:?}, ours {:?}", ours.get(name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_slip_is_followed_by_the_nearest_name() {
    let folder = scratch("slip");
    fs::write(
        folder.join("main.cf"),
        "myhostname = a.b\nrelay_host = x\nnothing_like_it = y\n",
    )
    .unwrap();
    fs::write(
        folder.join("master.cf"),
        "smtp inet n - n - - smtpd\n  -o smtpd_baner=x\n",
    )
    .unwrap();

    let output = Command::new(testkit::programs().join("postconf"))
        .args(["-c", "."])
        .arg("-n")
        .current_dir(&folder)
        .output()
        .unwrap();

    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<&str> = complaints.lines().collect();
    assert_eq!(
        lines,
        [
            "postconf: warning: ./main.cf: unused parameter: nothing_like_it=y",
            "postconf: warning: ./main.cf: unused parameter: relay_host=x",
            "postconf: warning: ./main.cf, line 2: no program reads relay_host; did you mean relayhost?",
            "postconf: warning: ./master.cf: unused parameter: smtpd_baner=x",
            "postconf: warning: ./master.cf, line 1: no program reads smtpd_baner; did you mean smtpd_banner?",
        ]
    );
    fs::remove_dir_all(folder).unwrap();
}

fn sheet(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sheets").join(name)
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("postconf-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// `postconf -d`, without what depends on the host and the process.
fn defaults(programs: PathBuf) -> String {
    let folder = scratch("defaults");
    fs::write(folder.join("main.cf"), "").unwrap();
    fs::write(folder.join("master.cf"), "").unwrap();
    let output = Command::new(programs.join("postconf"))
        .arg("-d")
        .env("MAIL_CONFIG", &folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    fs::remove_dir_all(folder).unwrap();
    let own = ["process_id =", "myhostname =", "mydomain =", "mynetworks ="];
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| !own.iter().any(|name| line.starts_with(name)))
        .map(|line| format!("{line}\n"))
        .collect()
}

fn pairs(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .map(|line| line.split_once(" =").unwrap_or((line, "")))
        .collect()
}
