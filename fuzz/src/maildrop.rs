//! Submissions: what postdrop lets pass, pickup takes; and whatever a file in `maildrop/` has in it, what pickup hands on is
//! a message of well-formed records, with nothing in it that only the mail system may say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use record::{Kind, Reader, Section};
use std::io::Write;

/// `line_length_limit`.
const LINE_LIMIT: usize = 500;

fuzz_target!(|data: &[u8]| {
    let _warnings = maillog::capture();
    check(data);
    if let Some(filed) = postdrop::records_of(data, LINE_LIMIT) {
        assert!(check(&filed), "pickup does not take what postdrop has filed");
    }
});

/// Whether pickup takes a file with this content.
fn check(content: &[u8]) -> bool {
    let mut file = sys::disk::memory_file().expect("a file in memory");
    file.write_all(content).expect("written");
    let Some(octets) = pickup::records_of(&file, LINE_LIMIT) else {
        return false;
    };
    let mut section = Section::Envelope;
    for record in Reader::new(&octets) {
        let record = record.expect("a whole record");
        assert!(section.admits(record.kind), "{:?} in {section:?}", record.kind);
        assert!(record.payload.len() <= LINE_LIMIT);
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
    true
}
