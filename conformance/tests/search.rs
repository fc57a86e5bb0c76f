//! The search for differences in what is refused, and in where mail goes: random lists, tables and envelopes.
//!
//! `cases/search.case` and `cases/routes.case` hold what the original answered to one seed each, and are run with the other
//! cases. For more, as root, `POSTRIDER_SEARCH=SEED:COUNT cargo test -p conformance --test search` asks the original and
//! ours the cases of that many seeds, and `POSTRIDER_ROUTES=SEED:COUNT` those of routes; the first needs a network and a
//! resolver configuration of its own, as `cargo xtask record` makes them.

// A test that cannot set up its world has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use conformance::search::{Extent, case};
use conformance::{Case, routes};

/// The case that is recorded.
const RECORDED: (u64, Extent) = (
    1,
    Extent {
        services: 12,
        sessions: 12,
    },
);

fn questions(text: &str) -> Vec<&str> {
    let is_seen = |line: &&str| {
        let marks = ["S:", "S312:", ">", ">312:"];
        !marks.iter().any(|mark| line.starts_with(mark))
    };
    text.lines().filter(is_seen).collect()
}

fn is_that_of_its_seed(name: &str, expected: &str) {
    let path = format!("{}/cases/{name}.case", env!("CARGO_MANIFEST_DIR"));
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        std::fs::write(&path, expected).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    assert!(
        questions(&recorded) == questions(expected),
        "the generator has changed: run this test with UNDER_TEST=theirs, then `cargo xtask record {name}`"
    );
}

#[test]
fn the_recorded_search_is_that_of_its_seed() {
    is_that_of_its_seed("search", &case(RECORDED.0, RECORDED.1));
}

#[test]
fn the_recorded_routes_are_those_of_their_seed() {
    is_that_of_its_seed("routes", &routes::case(1));
}

/// Asks both the cases of the seeds that a variable names. A seed that shows a difference, and has said which, leaves its
/// case; the others are asked all the same.
fn ask_both(variable: &str, case: impl Fn(u64) -> String) {
    let Ok(wanted) = std::env::var(variable) else {
        return;
    };
    let (first, count) = wanted.split_once(':').expect("SEED:COUNT");
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    let mut differing = Vec::new();
    for seed in first..first + count {
        println!("seed {seed}");
        let path = std::env::temp_dir().join(format!("{}-{seed}.case", variable.to_lowercase()));
        let (text, asked) = (case(seed), path.clone());
        let both = std::thread::spawn(move || {
            Case::parse(&text, asked.clone()).run_against(true);
            let seen = std::fs::read_to_string(&asked).unwrap();
            Case::parse(&seen, asked).run_against(false);
        });
        match both.join() {
            Ok(()) => std::fs::remove_file(path).unwrap(),
            Err(_) => differing.push(path),
        }
    }
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn further_seeds_show_no_difference_when_wanted() {
    ask_both("POSTRIDER_SEARCH", |seed| case(seed, RECORDED.1));
}

#[test]
fn routes_of_further_seeds_show_no_difference_when_wanted() {
    ask_both("POSTRIDER_ROUTES", routes::case);
}
