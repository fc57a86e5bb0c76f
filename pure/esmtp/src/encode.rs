//! Message content as it goes to a server after DATA: CR LF line ends, stuffed dots, and a limit on lines.
//!
//! Input are lines of a queue file, where a long line may be spread over several records; output is appended to a
//! buffer that the caller sends in big writes. Nothing is sent here.

/// Encodes one message for DATA (RFC 5321 §4.5.2).
#[derive(Clone, Debug)]
pub struct DotEncoder {
    /// postconf(5) smtp_line_length_limit; `None` for no limit.
    limit: Option<usize>,
    /// Octets that this line may still have.
    left: usize,
    /// The last record did not end its line.
    within_line: bool,
    broken: bool,
}

impl DotEncoder {
    /// An encoder for one message. `limit` is `smtp_line_length_limit` in octets, where 0 means none.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit: (limit > 0).then_some(limit),
            left: limit,
            within_line: false,
            broken: false,
        }
    }

    /// Appends one record to `out`; `ends_line` is false for a record that the next one continues.
    pub fn put(&mut self, record: &[u8], ends_line: bool, out: &mut Vec<u8>) {
        let mut rest = record;
        if !self.within_line && rest.first() == Some(&b'.') {
            out.push(b'.');
        }
        if let Some(limit) = self.limit {
            while rest.len() >= self.left && !rest.is_empty() {
                let (line, after) = rest.split_at_checked(self.left).unwrap_or((rest, &[]));
                out.extend_from_slice(line);
                out.extend_from_slice(b"\r\n");
                rest = after;
                self.left = limit;
                if rest.is_empty() && ends_line {
                    self.within_line = false;
                    return;
                }
                // The blank marks a continuation, so that a header stays one header.
                out.push(b' ');
                self.left = (limit - 1).max(1);
                self.broken = true;
            }
            self.left -= rest.len();
        }
        out.extend_from_slice(rest);
        self.within_line = !ends_line;
        if ends_line {
            out.extend_from_slice(b"\r\n");
            self.left = self.limit.unwrap_or_default();
        }
    }

    /// Ends the content with the final dot.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.within_line {
            out.extend_from_slice(b"\r\n");
            self.within_line = false;
        }
        out.extend_from_slice(b".\r\n");
    }

    /// Whether a line was longer than the limit and was broken.
    #[must_use]
    pub fn line_broken(&self) -> bool {
        self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{BareNewline, DotDecoder};

    fn encoded(limit: usize, records: &[(&str, bool)]) -> String {
        let mut encoder = DotEncoder::new(limit);
        let mut out = Vec::new();
        for (record, ends_line) in records {
            encoder.put(record.as_bytes(), *ends_line, &mut out);
        }
        encoder.finish(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn dots_are_stuffed_at_line_starts_only() {
        assert_eq!(
            encoded(0, &[(".", true), ("a.b", true), ("", true)]),
            "..\r\na.b\r\n\r\n.\r\n"
        );
        assert_eq!(encoded(0, &[("a", false), (".b", true)]), "a.b\r\n.\r\n");
    }

    #[test]
    fn a_long_line_is_broken_with_a_blank() {
        assert_eq!(
            encoded(4, &[("abcdefghij", true)]),
            "abcd\r\n efg\r\n hij\r\n.\r\n"
        );
        assert_eq!(encoded(4, &[("abcd", true), ("e", true)]), "abcd\r\ne\r\n.\r\n");
        assert_eq!(encoded(4, &[("abc", false), ("de", true)]), "abcd\r\n e\r\n.\r\n");
        assert_eq!(encoded(4, &[("abcd.x", true)]), "abcd\r\n .x\r\n.\r\n");
    }

    #[test]
    fn an_unfinished_last_line_is_ended() {
        assert_eq!(encoded(0, &[("abc", false)]), "abc\r\n.\r\n");
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let lines = ["", ".", "..", ".a", "x", "."];
        let records: Vec<_> = lines.iter().map(|line| (*line, true)).collect();
        let octets = encoded(998, &records);

        let mut decoder = DotDecoder::new(BareNewline::Reject, 2048);
        let mut back = Vec::new();
        let progress = decoder.feed(octets.as_bytes(), |piece| {
            back.push(String::from_utf8(piece.octets.to_vec()).unwrap())
        });

        assert!(progress.finished);
        assert_eq!(back, lines);
    }
}
