//! Indexed tables: Berkeley DB and CDB files with anything in them are read, or found damaged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::Write;

fuzz_target!(|data: &[u8]| {
    let mut file = sys::disk::memory_file().expect("a file in memory");
    file.write_all(data).expect("written");
    lookup::read_any_index(file, &["key7", "long", "", "x"]);
});
