//! SMTP replies, and the extensions they announce.
#![no_main]

use esmtp::extension::{Features, Keywords};
use esmtp::reply::ReplyReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut reader = ReplyReader::new(1000);
    for line in data.split(|&octet| octet == b'\n') {
        match reader.line(line) {
            Ok(Some(reply)) => {
                let _ = reply.one_line();
                let _ = Features::parse(&reply.text, Keywords::parse(""));
            }
            Ok(None) => {}
            Err(_) => return,
        }
    }
});
