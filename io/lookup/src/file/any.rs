//! Indexed files of unknown content, read for what they do to their readers.

use std::fs::File;
use std::ops::ControlFlow;

use super::berkeley;
use super::cdb::Cdb;

/// Entries that are visited; a small file can claim many.
const MOST_ENTRIES: usize = 1000;

/// Reads a file as an index of each type, searches for `keys` in it, walks over its entries, and forgets what it
/// says: no content may do more than be found damaged.
pub fn read_any_index(file: File, keys: &[&str]) {
    let mut entries = 0;
    let mut visit = |_: &[u8], _: &[u8]| {
        entries += 1;
        match entries < MOST_ENTRIES {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    };
    let keys = keys.iter().map(|key| key.as_bytes());
    let _ = berkeley::read_any(&file, keys.clone(), &mut visit);
    if let Ok(cdb) = Cdb::of_file(file) {
        for key in keys {
            let _ = cdb.find(key);
        }
        let _ = cdb.each(&mut visit);
    }
}
