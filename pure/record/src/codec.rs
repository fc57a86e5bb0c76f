//! The record code: one type byte, a length of seven-bit groups (lowest first), the payload.
//!
//! The same code is spoken in queue files, in `maildrop` files, and between submitters and cleanup.

use crate::kind::Kind;

/// Bytes a payload may have at most: the length code has four bytes.
pub const MAX_PAYLOAD: usize = (1 << 28) - 1;

/// One record, borrowed from the bytes it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The type letter.
    pub kind: Kind,
    /// The payload without type and length.
    pub payload: &'a [u8],
}

impl<'a> Record<'a> {
    /// The payload as text: it ends before the first NUL. Message lines keep a NUL; addresses,
    /// attributes and numbers do not.
    pub fn text(&self) -> &'a [u8] {
        match memchr::memchr(0, self.payload) {
            Some(end) => self.payload.get(..end).unwrap_or_default(),
            None => self.payload,
        }
    }
}

/// Why bytes are not a row of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A type byte of zero.
    #[error("record type is zero")]
    ZeroType,
    /// More than four length bytes.
    #[error("record length has too many bytes")]
    LengthCode,
    /// The payload is longer than the reader wishes to hold.
    #[error("record of {length} bytes exceeds the limit of {limit}")]
    TooLong {
        /// Payload bytes the record claims.
        length: usize,
        /// Payload bytes the reader admits.
        limit: usize,
    },
    /// The bytes end inside a record.
    #[error("unexpected end in the middle of a record")]
    Truncated,
    /// A payload that is not what its type asks for.
    #[error("malformed payload of record type {}", .0.byte().escape_ascii())]
    Payload(Kind),
}

/// What the start of a byte string holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// A whole record, and how many bytes it took.
    Record(Record<'a>, usize),
    /// The record goes on: at least this many bytes in all are needed to get further.
    Incomplete(usize),
}

/// Where the payload of the record at the start of `bytes` lies: type, bytes of head, bytes of
/// payload. `None` when the head itself is not complete.
///
/// # Errors
/// [`RecordError::ZeroType`], [`RecordError::LengthCode`].
#[inline]
pub fn next_frame(bytes: &[u8]) -> Result<Option<(Kind, usize, usize)>, RecordError> {
    let Some((&first, rest)) = bytes.split_first() else {
        return Ok(None);
    };
    let kind = Kind::from_byte(first).ok_or(RecordError::ZeroType)?;
    let mut length = 0usize;
    for (index, &byte) in rest.iter().take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((kind, index + 2, length)));
        }
    }
    if rest.len() >= 4 {
        Err(RecordError::LengthCode)
    } else {
        Ok(None)
    }
}

/// Reads the record at the start of `bytes`. A payload above `limit` bytes is an error, so that a
/// peer cannot make the reader hold 256 MB.
///
/// # Errors
/// [`RecordError::ZeroType`], [`RecordError::LengthCode`], [`RecordError::TooLong`].
#[inline]
pub fn decode(bytes: &[u8], limit: usize) -> Result<Decoded<'_>, RecordError> {
    let Some((kind, head, length)) = next_frame(bytes)? else {
        return Ok(Decoded::Incomplete(bytes.len() + 1));
    };
    if length > limit {
        return Err(RecordError::TooLong { length, limit });
    }
    match bytes.get(head..head + length) {
        Some(payload) => Ok(Decoded::Record(Record { kind, payload }, head + length)),
        None => Ok(Decoded::Incomplete(head + length)),
    }
}

/// Appends one record.
///
/// A payload of 2^28 bytes or more has no code; every writer in the house breaks content into lines
/// or chunks far below that, so a longer payload is cut here rather than written unreadably.
#[inline]
pub fn encode(kind: Kind, payload: &[u8], out: &mut Vec<u8>) {
    let payload = payload.get(..MAX_PAYLOAD).unwrap_or(payload);
    out.reserve(payload.len() + 5);
    out.push(kind.byte());
    let mut length = payload.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(payload);
}

/// Appends one content line: chunks of `limit` bytes (`line_length_limit`), then the line record.
#[inline]
pub fn encode_line(line: &[u8], limit: usize, out: &mut Vec<u8>) {
    let mut rest = line;
    let limit = limit.max(1);
    while let Some((chunk, tail)) = rest.split_at_checked(limit)
        && !tail.is_empty()
    {
        encode(Kind::CHUNK, chunk, out);
        rest = tail;
    }
    encode(Kind::LINE, rest, out);
}

/// Bytes that [`encode`] needs for a payload of this many bytes.
pub fn encoded_len(payload: usize) -> usize {
    let length_bytes = match payload {
        0..=0x7f => 1,
        0x80..=0x3fff => 2,
        0x4000..=0x1f_ffff => 3,
        _ => 4,
    };
    1 + length_bytes + payload
}

/// Reads records one after the other from bytes that are all there. Does not follow pointers.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// Offset of the record that comes next.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The bytes not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.position..).unwrap_or_default()
    }

    /// Goes on at another offset; one past the end reads as the end.
    pub fn seek(&mut self, position: usize) {
        self.position = position.min(self.bytes.len());
    }

    /// The next record, or `None` at the end of the bytes.
    ///
    /// # Errors
    /// What [`decode`] says, and [`RecordError::Truncated`] when the bytes end inside a record.
    pub fn next_record(&mut self) -> Result<Option<Record<'a>>, RecordError> {
        let rest = self.rest();
        if rest.is_empty() {
            return Ok(None);
        }
        match decode(rest, MAX_PAYLOAD)? {
            Decoded::Record(record, used) => {
                self.position += used;
                Ok(Some(record))
            }
            Decoded::Incomplete(_) => Err(RecordError::Truncated),
        }
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Record<'a>, RecordError>;

    /// As [`Reader::next_record`]; after an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        let answer = self.next_record();
        if answer.is_err() {
            self.position = self.bytes.len();
        }
        answer.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_coded_as_in_the_original() {
        for (length, code) in [
            (0usize, &[0u8][..]),
            (95, &[0x5f]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (300, &[0xac, 2]),
            (2048, &[0x80, 0x10]),
            (16384, &[0x80, 0x80, 1]),
            (2_097_152, &[0x80, 0x80, 0x80, 1]),
        ] {
            let mut out = Vec::new();

            encode(Kind::LINE, &vec![b'x'; length], &mut out);

            assert_eq!(&out[1..1 + code.len()], code, "length {length}");
            assert_eq!(out.len(), encoded_len(length));
            let record = Reader::new(&out).next_record().unwrap().unwrap();
            assert_eq!(record.payload.len(), length);
        }
    }

    #[test]
    fn a_fifth_length_byte_is_an_error() {
        assert_eq!(
            decode(&[b'N', 0x80, 0x80, 0x80, 0x80, 0], 10),
            Err(RecordError::LengthCode)
        );
        assert_eq!(decode(&[b'N', 0x80, 0x80, 0x80], 10), Ok(Decoded::Incomplete(5)));
    }

    #[test]
    fn a_claim_above_the_limit_is_refused_before_its_bytes_come() {
        let head = [b'N', 0xff, 0xff, 0xff, 0x7f];

        assert_eq!(
            decode(&head, 4096),
            Err(RecordError::TooLong {
                length: MAX_PAYLOAD,
                limit: 4096
            })
        );
    }

    #[test]
    fn bytes_that_end_in_a_record_are_incomplete_for_a_stream_and_broken_for_a_file() {
        let mut out = Vec::new();
        encode(Kind::SENDER, b"someone@example.com", &mut out);
        for cut in 1..out.len() {
            let part = &out[..cut];

            assert!(matches!(decode(part, 100), Ok(Decoded::Incomplete(needed)) if needed > cut));
            assert_eq!(Reader::new(part).next_record(), Err(RecordError::Truncated));
        }
        assert_eq!(decode(&[], 100), Ok(Decoded::Incomplete(1)));
    }

    #[test]
    fn a_zero_type_is_an_error_and_ends_the_iteration() {
        let mut reader = Reader::new(&[0, 1, 2]);

        assert_eq!(reader.next(), Some(Err(RecordError::ZeroType)));
        assert_eq!(reader.next(), None);
    }

    #[test]
    fn a_long_line_becomes_chunks_and_a_line() {
        let mut out = Vec::new();

        encode_line(b"abcdefgh", 4, &mut out);
        encode_line(b"abcdefghi", 4, &mut out);
        encode_line(b"", 4, &mut out);

        let kinds: Vec<_> = Reader::new(&out)
            .map(|record| record.map(|r| (r.kind.byte(), r.payload)).unwrap())
            .collect();
        assert_eq!(
            kinds,
            [
                (b'L', &b"abcd"[..]),
                (b'N', b"efgh"),
                (b'L', b"abcd"),
                (b'L', b"efgh"),
                (b'N', b"i"),
                (b'N', b"")
            ]
        );
    }

    #[test]
    fn text_ends_at_a_nul_and_a_line_does_not() {
        let record = Record {
            kind: Kind::SENDER,
            payload: b"a@b\0c",
        };

        assert_eq!(record.text(), b"a@b");
        assert_eq!(record.payload, b"a@b\0c");
    }

    #[test]
    fn hostile_bytes_never_make_the_reader_panic() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..2000 {
            let mut bytes = Vec::new();
            for _ in 0..64 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                bytes.push((state >> 24) as u8);
            }
            let records = Reader::new(&bytes).filter(Result::is_ok).count();
            assert!(records <= 32);
        }
    }
}
