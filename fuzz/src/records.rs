//! Queue-file records: what is read is written back to the same octets, unless its length was not minimal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use record::{Reader, Size, attribute, encode};

fuzz_target!(|data: &[u8]| {
    let mut reader = Reader::new(data);
    while let Ok(Some(record)) = reader.next_record() {
        let mut octets = Vec::new();
        encode(record.kind, record.payload, &mut octets);
        let again = Reader::new(&octets)
            .next_record()
            .expect("our own record")
            .expect("one record");
        assert_eq!((again.kind, again.payload), (record.kind, record.payload));
        let _ = Size::parse(record.payload);
        let _ = attribute::meaning(record.kind, record.payload);
    }
});
