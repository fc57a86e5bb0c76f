//! Queue files: the envelope and the content of any file are read or found damaged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use queue::{Content, Envelope};
use std::io::Write;

fuzz_target!(|data: &[u8]| {
    let mut file = sys::disk::memory_file().expect("a file in memory");
    file.write_all(data).expect("written");
    let Ok(envelope) = Envelope::read(&file, 10) else {
        return;
    };
    let mut resume = envelope.resume;
    while let Some(from) = resume {
        match envelope.read_on(&file, from, 10) {
            Ok(batch) => resume = batch.resume,
            Err(_) => break,
        }
    }
    if let Ok(mut content) = Content::new(&file, &envelope.size) {
        while let Ok(Some(line)) = content.next_line() {
            std::hint::black_box(line.bytes);
        }
    }
});
