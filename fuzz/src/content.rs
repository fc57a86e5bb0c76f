//! Content by DATA and by BDAT: the same lines come out however the octets are cut.
#![no_main]

use esmtp::content::{BareNewline, ChunkDecoder, DotDecoder, Piece};
use libfuzzer_sys::fuzz_target;

/// As shown: octets as they are, and a zero octet where a line ends.
fn show(out: &mut Vec<u8>, piece: &Piece<'_>) {
    out.extend_from_slice(piece.octets);
    if piece.ends_line {
        out.push(0);
    }
}

fn dotted(parts: &[&[u8]], policy: BareNewline) -> (Vec<u8>, bool) {
    let mut decoder = DotDecoder::new(policy, 16);
    let (mut out, mut held, mut finished) = (Vec::new(), Vec::new(), false);
    for part in parts {
        if finished {
            break;
        }
        held.extend_from_slice(part);
        let progress = decoder.feed(&held, |piece| show(&mut out, &piece));
        held.drain(..progress.used);
        finished = progress.finished;
    }
    (out, finished)
}

fn chunked(parts: &[&[u8]], policy: BareNewline) -> Vec<u8> {
    let mut decoder = ChunkDecoder::new(policy, 16);
    let mut out = Vec::new();
    for part in parts {
        decoder.feed(part, |piece| show(&mut out, &piece));
        assert!(decoder.kept() <= 16 + 2);
    }
    decoder.finish(|piece| show(&mut out, &piece));
    out
}

fuzz_target!(|data: &[u8]| {
    let [cut, size, rest @ ..] = data else { return };
    let (one, other) = rest.split_at(usize::from(*cut).min(rest.len()));
    let pieces: Vec<&[u8]> = rest.chunks(usize::from(*size).max(1)).collect();
    for policy in [BareNewline::Accept, BareNewline::Normalize] {
        assert_eq!(dotted(&[rest], policy), dotted(&[one, other], policy));
        assert_eq!(dotted(&[rest], policy), dotted(&pieces, policy));
        assert_eq!(chunked(&[rest], policy), chunked(&[one, other], policy));
        assert_eq!(chunked(&[rest], policy), chunked(&pieces, policy));
    }
});
