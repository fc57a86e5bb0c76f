//! Reading of files that postmap(1) of Postfix 3.7 made with Berkeley DB 5.3: `key0 value0` to `key99 value99`, `long`
//! with 6000 letters `x`, a key of 1500 letters `k`, and two keys in quotes.

use super::*;
use crate::{Settings, Tables, Use};
use std::ops::ControlFlow;

fn table(path: &Path) -> Result<BerkeleyTable, OpenError> {
    let tables = Tables::new(Settings::default());
    BerkeleyTable::open(
        &Opening {
            kind: "hash",
            name: "test",
            usage: Use::GENERAL,
            tables: &tables,
        },
        path,
    )
}

fn sample(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/file/berkeley/testdata")
        .join(name)
}

#[test]
fn every_key_of_a_stock_file_is_found() {
    for name in ["hash.db", "btree.db"] {
        let table = table(&sample(name)).unwrap();

        for number in 0..100 {
            assert_eq!(
                table.find(&format!("key{number}")),
                Ok(Some(format!("value{number}"))),
                "{name}"
            );
        }
        assert_eq!(table.find("long"), Ok(Some("x".repeat(6000))), "{name}");
        assert_eq!(
            table.find(&"k".repeat(1500)),
            Ok(Some("longkey".to_owned())),
            "{name}"
        );
        assert_eq!(
            table.find("\"a b\"@example.com"),
            Ok(Some("quoted".to_owned())),
            "{name}"
        );
        for absent in ["key100", "", "lon", "zzz", "\0"] {
            assert_eq!(table.find(absent), Ok(None), "{name} {absent}");
        }
        let mut count = 0;
        table
            .each(&mut |_, _| {
                count += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        assert_eq!(count, 104, "{name}");
    }
}

#[test]
fn damage_never_panics_and_never_loops() {
    let scratch = std::env::temp_dir().join(format!("lookup-berkeley-{}", std::process::id()));
    let mut seed = 1_u32;
    for name in ["hash.db", "btree.db"] {
        let good = std::fs::read(sample(name)).unwrap();
        for _ in 0..300 {
            let mut bad = good.clone();
            for _ in 0..40 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (seed >> 8) as usize % bad.len();
                bad[if seed & 1 == 0 { at } else { at % 512 }] = (seed >> 3) as u8;
            }
            std::fs::write(&scratch, &bad).unwrap();
            if let Ok(table) = table(&scratch) {
                for key in ["key1", "key99", "long", "absent"] {
                    let _ = table.find(key);
                }
                let _ = table.each(&mut |_, _| ControlFlow::Continue(()));
            }
        }
    }
    std::fs::remove_file(scratch).unwrap();
}

#[test]
fn other_files_are_refused() {
    assert!(table(&sample("../mod.rs")).is_err());
}
