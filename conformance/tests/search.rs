//! The search for differences in what is refused: thousands of random lists and envelopes.
//!
//! `cases/search.case` holds what the original answered to one seed, and is run with the other cases. For more, as root,
//! `POSTRIDER_SEARCH=SEED:COUNT cargo test -p conformance --test search` asks the original and ours the cases of that many
//! seeds; it needs a network and a resolver configuration of its own, as `cargo xtask record` makes them.

use conformance::Case;
use conformance::search::{Extent, case};

/// The case that is recorded.
const RECORDED: (u64, Extent) = (
    1,
    Extent {
        services: 12,
        sessions: 12,
    },
);

fn questions(text: &str) -> Vec<&str> {
    let is_seen = |line: &&str| !line.starts_with("S: ") && !line.starts_with("S312: ");
    text.lines().filter(is_seen).collect()
}

#[test]
fn the_recorded_search_is_that_of_its_seed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/search.case");
    let expected = case(RECORDED.0, RECORDED.1);
    if std::env::var("UNDER_TEST").is_ok_and(|word| word == "theirs") {
        std::fs::write(path, &expected).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap();
    assert!(
        questions(&recorded) == questions(&expected),
        "the generator has changed: run this test with UNDER_TEST=theirs, then `cargo xtask record search`"
    );
}

#[test]
fn further_seeds_show_no_difference_when_wanted() {
    let Ok(wanted) = std::env::var("POSTRIDER_SEARCH") else {
        return;
    };
    let (first, count) = wanted.split_once(':').expect("SEED:COUNT");
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    for seed in first..first + count {
        println!("seed {seed}");
        let path = std::env::temp_dir().join(format!("postrider-search-{}.case", std::process::id()));
        let text = case(seed, RECORDED.1);
        Case::parse(&text, path.clone()).run_against(true);
        let seen = std::fs::read_to_string(&path).unwrap();
        Case::parse(&seen, path.clone()).run_against(false);
        std::fs::remove_file(path).unwrap();
    }
}
