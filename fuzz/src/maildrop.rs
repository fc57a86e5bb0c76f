//! Files that users write into `maildrop/`: what pickup hands on is a message of well-formed records, with nothing in it
//! that only the mail system may say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use record::{Kind, Reader, Section};
use std::io::Write;

fuzz_target!(|data: &[u8]| {
    let mut file = sys::disk::memory_file().expect("a file in memory");
    file.write_all(data).expect("written");
    let Some(octets) = pickup::records_of(&file, 500) else {
        return;
    };
    let mut section = Section::Envelope;
    for record in Reader::new(&octets) {
        let record = record.expect("a whole record");
        assert!(section.admits(record.kind), "{:?} in {section:?}", record.kind);
        assert!(record.payload.len() <= 500);
        match record.kind {
            Kind::MESSAGE => section = Section::Content,
            Kind::EXTRACTED => section = Section::Extracted,
            // In the content, the letter of FILTER is that of a piece of a line.
            Kind::FILTER if section == Section::Content => {}
            Kind::FILTER | Kind::REDIRECT | Kind::POINTER => panic!("{:?} of a user", record.kind),
            _ => {}
        }
    }
    assert_eq!(section, Section::Extracted);
});
