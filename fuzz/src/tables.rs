//! Tables that are text: any file is read with warnings or refused, and any key then has an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookup::{Answer, Settings, Tables, Use};
use std::io::Write;
use std::os::fd::AsRawFd;

fuzz_target!(|text: &str| {
    let _warnings = maillog::capture();
    let (text, key) = text.split_once('\0').unwrap_or((text, "a.b@10.1.2.3"));
    let mut file = sys::disk::memory_file().expect("a file in memory");
    file.write_all(text.as_bytes()).expect("written");
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let tables = Tables::new(Settings::default());
    for kind in ["cidr", "pcre", "regexp", "texthash"] {
        // Repetitions of repetitions take regcomp(3) all memory; whoever writes the table has it to give.
        if kind == "regexp" && text.contains('{') {
            continue;
        }
        search(&tables, &format!("{kind}:{path}"), key);
    }
    for kind in ["inline", "randmap", "cidr", "pcre"] {
        search(&tables, &format!("{kind}:{{{text}}}"), key);
    }
});

fn search(tables: &std::rc::Rc<Tables>, name: &str, key: &str) {
    if let Ok(table) = tables.try_open(name, Use::GENERAL) {
        for key in [key, "10.1.2.3", "::1", ""] {
            assert!(matches!(table.lookup(key), Answer::Ready(_)));
        }
    }
}
