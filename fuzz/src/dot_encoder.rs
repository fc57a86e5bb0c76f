//! Content on its way to a server: what a receiver decodes are the lines that were encoded, wherever records were cut,
//! and no line is longer than the limit.
#![no_main]

use esmtp::content::{BareNewline, DotDecoder};
use esmtp::encode::DotEncoder;
use libfuzzer_sys::fuzz_target;

fn encoded(limit: usize, cut: usize, content: &[u8]) -> Vec<u8> {
    let mut encoder = DotEncoder::new(limit);
    let mut out = Vec::new();
    for line in content.split(|&octet| octet == b'\n') {
        let mut records = line.chunks(cut).peekable();
        if line.is_empty() {
            encoder.put(b"", true, &mut out);
        }
        while let Some(record) = records.next() {
            encoder.put(record, records.peek().is_none(), &mut out);
        }
    }
    encoder.finish(&mut out);
    out
}

fuzz_target!(|data: &[u8]| {
    let [limit, cut, content @ ..] = data else { return };
    let (limit, cut) = (usize::from(*limit), usize::from(*cut) + 1);

    let octets = encoded(0, cut, content);
    let mut decoder = DotDecoder::new(BareNewline::Normalize, 1 << 20);
    let mut back = Vec::new();
    let progress = decoder.feed(&octets, |piece| {
        back.extend_from_slice(piece.octets);
        if piece.ends_line {
            back.push(b'\n');
        }
    });
    assert!(progress.finished && progress.used == octets.len());
    assert_eq!(back.strip_suffix(b"\n"), Some(content));

    if limit > 0 {
        let octets = encoded(limit, cut, content);
        assert!(octets.ends_with(b".\r\n"));
        for line in octets.split(|&octet| octet == b'\n') {
            // One for the carriage return, one for a stuffed dot.
            assert!(line.len() <= limit.max(2) + 2, "{} > {limit}", line.len());
        }
    }
});
