//! Headers and MIME: every body line comes out as it went in, whatever the structure claims.
#![no_main]

use libfuzzer_sys::fuzz_target;
use message::scan::{Event, Options, Piece, Scanner};

fuzz_target!(|data: &[u8]| {
    for to_7bit in [false, true] {
        let mut scanner = Scanner::new(Options {
            to_7bit,
            header_size_limit: 200,
            nesting_limit: 5,
            ..Options::default()
        });
        let mut body = 0;
        for line in data.split(|&octet| octet == b'\n') {
            let mut events = scanner.feed(Piece::Line, line);
            while let Some(event) = events.next() {
                if let Event::Body { text, .. } = event {
                    body += text.len();
                }
            }
        }
        let mut events = scanner.finish();
        while let Some(event) = events.next() {
            std::hint::black_box(event);
        }
        assert!(to_7bit || body <= data.len());
    }
});
