//! Content by DATA and by BDAT: the same lines come out however the octets are cut.
#![no_main]

use esmtp::content::{BareNewline, DotDecoder, Piece};
use libfuzzer_sys::fuzz_target;

fn decode(parts: &[&[u8]], policy: BareNewline) -> (Vec<u8>, bool) {
    let mut decoder = DotDecoder::new(policy, 64);
    let (mut out, mut held, mut finished) = (Vec::new(), Vec::new(), false);
    for part in parts {
        if finished {
            break;
        }
        held.extend_from_slice(part);
        let progress = decoder.feed(&held, |piece: Piece<'_>| {
            out.extend_from_slice(piece.octets);
            if piece.ends_line {
                out.push(b'\n');
            }
        });
        held.drain(..progress.used);
        finished = progress.finished;
    }
    (out, finished)
}

fuzz_target!(|data: &[u8]| {
    let Some((&cut, rest)) = data.split_first() else { return };
    let (one, other) = rest.split_at(usize::from(cut).min(rest.len()));
    for policy in [BareNewline::Accept, BareNewline::Normalize] {
        assert_eq!(decode(&[rest], policy), decode(&[one, other], policy));
    }
});
