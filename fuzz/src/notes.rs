//! The files of notes in `bounce/`, `defer/` and `trace/`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use record::note::{Log, Notes};

fuzz_target!(|data: &[u8]| {
    let mut notes = Notes::new(data, Log::Bounce);
    let read: Vec<_> = notes.by_ref().collect();
    std::hint::black_box(notes.take_malformed());
    for note in read {
        let mut out = Vec::new();
        note.encode(true, &mut out);
        assert_eq!(Notes::new(&out, Log::Bounce).count(), 1);
    }
});
