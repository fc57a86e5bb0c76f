//! The header of a proxy before the SMTP server, versions 1 and 2: no octets may do more than be refused, and what is read
//! lies within them.
#![no_main]

use esmtp::upstream::{Families, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let families = Families {
        ipv4: true,
        ipv6: true,
    };
    if let Ok(Some((told, length))) = read(data, families) {
        assert!(length <= data.len());
        // What comes behind the header is not looked at.
        let header = data.get(..length).unwrap_or_default();
        assert_eq!(read(header, families), Ok(Some((told, length))));
    }
});
