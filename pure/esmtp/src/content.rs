//! Message content as it comes from a client: dot-stuffed lines after DATA, counted octets after BDAT.
//!
//! A decoder is fed whatever buffer the stream has, and hands out slices of that same buffer, one for each line or
//! piece of a long line. It holds no content itself: an unfinished line stays with the caller until more has come.
//! What a bare line feed means is decided here (postconf(5) smtpd_forbid_bare_newline); counting and limits on the
//! whole message are not.

use memchr::memchr;

/// What a line feed without carriage return means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BareNewline {
    /// A line end like any other, also around the final dot.
    #[default]
    Accept,
    /// A line end, but the final dot needs CR LF on both sides.
    Normalize,
    /// As [`BareNewline::Normalize`], and the session's last log line says that it happened.
    Note,
    /// As [`BareNewline::Normalize`], and the message is refused.
    Reject,
}

impl BareNewline {
    /// Reads a value of `smtpd_forbid_bare_newline`; case does not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "no" => Self::Accept,
            "yes" | "normalize" => Self::Normalize,
            "note" => Self::Note,
            "reject" => Self::Reject,
            _ => return None,
        })
    }
}

/// One line of content, or a piece of one longer than `line_length_limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The octets, without line end and without the dot that was stuffed in.
    pub octets: &'a [u8],
    /// Whether the line ends here; otherwise the next piece continues it.
    pub ends_line: bool,
}

/// How far a decoder came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Octets of the input that are done with. The rest must be given again, with more behind it.
    pub used: usize,
    /// Whether the content ends there.
    pub finished: bool,
}

/// What both codings share: where a line ends, and what was seen of its ends.
#[derive(Clone, Debug)]
struct Lines {
    policy: BareNewline,
    limit: usize,
    bare_seen: bool,
    /// Whether the piece handed out last did not end its line.
    within_line: bool,
    previous_bare: bool,
}

/// A line or piece found at the start of the input.
struct Found {
    /// Octets of text.
    text: usize,
    /// Octets with the line end.
    used: usize,
    ends_line: bool,
    bare: bool,
}

impl Lines {
    fn new(policy: BareNewline, limit: usize) -> Self {
        Self {
            policy,
            limit: limit.max(1),
            bare_seen: false,
            within_line: false,
            previous_bare: false,
        }
    }

    /// The first line or piece of `input`, or `None` when its end has not come yet.
    fn find(&self, input: &[u8]) -> Option<Found> {
        // One more than the limit, for a CR LF that straddles it.
        let window = input.get(..self.limit + 1).unwrap_or(input);
        match memchr(b'\n', window) {
            Some(at) if at < self.limit || input.get(at.wrapping_sub(1)) == Some(&b'\r') => {
                let line = input.get(..at).unwrap_or_default();
                let bare = line.last() != Some(&b'\r');
                let text = if self.policy == BareNewline::Accept {
                    line.iter()
                        .rposition(|&octet| octet != b'\r')
                        .map_or(0, |last| last + 1)
                } else {
                    at - usize::from(!bare)
                };
                Some(Found {
                    text,
                    used: at + 1,
                    ends_line: true,
                    bare,
                })
            }
            // The octet behind the limit decides whether a CR there is half a line end.
            _ if window.len() > self.limit => Some(Found {
                text: self.limit,
                used: self.limit,
                ends_line: false,
                bare: false,
            }),
            _ if window.len() == self.limit && window.last() != Some(&b'\r') => Some(Found {
                text: self.limit,
                used: self.limit,
                ends_line: false,
                bare: false,
            }),
            _ => None,
        }
    }

    fn note(&mut self, found: &Found) {
        let bare = found.ends_line && found.bare && self.policy != BareNewline::Accept;
        self.bare_seen |= bare;
        self.previous_bare = bare;
        self.within_line = !found.ends_line;
    }
}

/// Decodes what follows DATA (RFC 5321 §4.5.2).
#[derive(Clone, Debug)]
pub struct DotDecoder {
    lines: Lines,
}

impl DotDecoder {
    /// A decoder for one message. `line_limit` is `line_length_limit` in octets.
    #[must_use]
    pub fn new(policy: BareNewline, line_limit: usize) -> Self {
        Self {
            lines: Lines::new(policy, line_limit),
        }
    }

    /// Hands each line in `input` to `take`, up to the final dot or the last complete line.
    pub fn feed<'a>(&mut self, input: &'a [u8], mut take: impl FnMut(Piece<'a>)) -> Progress {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let Some(found) = self.lines.find(rest) else { break };
            used += found.used;
            let mut octets = rest.get(..found.text).unwrap_or_default();
            let starts_line = !self.lines.within_line;
            let previous_bare = self.lines.previous_bare;
            self.lines.note(&found);
            if starts_line && octets.first() == Some(&b'.') {
                octets = octets.get(1..).unwrap_or_default();
                if octets.is_empty() && found.ends_line {
                    if self.lines.policy == BareNewline::Accept || !(found.bare || previous_bare) {
                        return Progress { used, finished: true };
                    }
                    // A dot with a bare line feed at one side ends nothing. It must not be passed on either: the
                    // next server may take it for the end (smuggling).
                    continue;
                }
            }
            take(Piece {
                octets,
                ends_line: found.ends_line,
            });
        }
        Progress {
            used,
            finished: false,
        }
    }

    /// Whether a line ended in a bare line feed and the policy minds.
    #[must_use]
    pub fn bare_newline_seen(&self) -> bool {
        self.lines.bare_seen
    }
}

/// Decodes what follows BDAT (RFC 3030 §2), chunk after chunk.
///
/// A line may go on in the next chunk, so an unfinished one is kept here: at most `line_limit` octets.
#[derive(Clone, Debug)]
pub struct ChunkDecoder {
    lines: Lines,
    kept: Vec<u8>,
}

impl ChunkDecoder {
    /// A decoder for one message. `line_limit` is `line_length_limit` in octets.
    #[must_use]
    pub fn new(policy: BareNewline, line_limit: usize) -> Self {
        Self {
            lines: Lines::new(policy, line_limit),
            kept: Vec::new(),
        }
    }

    /// Takes all of `input`, which belongs to one chunk, and hands each complete line to `take`.
    pub fn feed(&mut self, input: &[u8], mut take: impl FnMut(Piece<'_>)) {
        let mut rest = input;
        while !self.kept.is_empty() && !rest.is_empty() {
            // At most one line is kept: lend it as many octets as can settle its end.
            let lent = rest
                .len()
                .min((self.lines.limit + 2).saturating_sub(self.kept.len()).max(1));
            let before = self.kept.len();
            self.kept.extend_from_slice(rest.get(..lent).unwrap_or_default());
            let Some(found) = self.lines.find(&self.kept) else {
                rest = rest.get(lent..).unwrap_or_default();
                continue;
            };
            self.lines.note(&found);
            take(Piece {
                octets: self.kept.get(..found.text).unwrap_or_default(),
                ends_line: found.ends_line,
            });
            if found.used >= before {
                rest = rest.get(found.used - before..).unwrap_or_default();
                self.kept.clear();
            } else {
                // Only a piece at the limit leaves kept octets over: a CR that was waiting for its LF.
                self.kept.truncate(before);
                self.kept.drain(..found.used);
            }
        }
        let mut used = 0;
        while let Some(found) = rest.get(used..).and_then(|rest| self.lines.find(rest)) {
            self.lines.note(&found);
            let octets = rest.get(used..used + found.text).unwrap_or_default();
            take(Piece {
                octets,
                ends_line: found.ends_line,
            });
            used += found.used;
        }
        self.kept.extend_from_slice(rest.get(used..).unwrap_or_default());
    }

    /// Ends the message after its last chunk: a last line without line end gets one.
    pub fn finish(&mut self, mut take: impl FnMut(Piece<'_>)) {
        if !self.kept.is_empty() || self.lines.within_line {
            take(Piece {
                octets: &self.kept,
                ends_line: true,
            });
        }
        self.kept = Vec::new();
        self.lines.within_line = false;
    }

    /// Octets of a line whose end has not come.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Whether a line ended in a bare line feed and the policy minds.
    #[must_use]
    pub fn bare_newline_seen(&self) -> bool {
        self.lines.bare_seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(piece: &Piece<'_>) -> String {
        format!(
            "{}{}",
            String::from_utf8_lossy(piece.octets),
            if piece.ends_line { "$" } else { "+" }
        )
    }

    /// Decodes `input` cut at every possible place, checks that the cut does not matter, and gives pieces and rest.
    fn dotted(policy: BareNewline, limit: usize, input: &str) -> (String, Option<String>) {
        let mut results = Vec::new();
        for cut in 0..=input.len() {
            let mut decoder = DotDecoder::new(policy, limit);
            let mut pieces = String::new();
            let first = decoder.feed(&input.as_bytes()[..cut], |piece| pieces.push_str(&text(&piece)));
            let (used, finished) = if first.finished {
                (first.used, true)
            } else {
                let second = decoder.feed(&input.as_bytes()[first.used..], |piece| {
                    pieces.push_str(&text(&piece))
                });
                (first.used + second.used, second.finished)
            };
            results.push((pieces, finished.then(|| input[used..].to_owned())));
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
        results.remove(0)
    }

    #[test]
    fn the_final_dot_ends_content_and_stuffed_dots_come_off() {
        let (pieces, rest) = dotted(BareNewline::Normalize, 80, "a\r\n..b\r\n.c\r\n\r\n.\r\nQUIT\r\n");

        assert_eq!(pieces, "a$.b$c$$");
        assert_eq!(rest.as_deref(), Some("QUIT\r\n"));
    }

    #[test]
    fn a_dot_between_bare_line_feeds_ends_nothing_unless_accepted() {
        for input in ["a\n.\nb\r\n.\r\n", "a\r\n.\nb\r\n.\r\n", "a\n.\r\nb\r\n.\r\n"] {
            for policy in [BareNewline::Normalize, BareNewline::Note, BareNewline::Reject] {
                assert_eq!(
                    dotted(policy, 80, input),
                    ("a$b$".to_owned(), Some(String::new())),
                    "{input:?}"
                );
            }
            assert_eq!(dotted(BareNewline::Accept, 80, input).0, "a$", "{input:?}");
        }
    }

    #[test]
    fn bare_line_feeds_are_seen() {
        let mut decoder = DotDecoder::new(BareNewline::Reject, 80);
        decoder.feed(b"a\r\nb\r\n", |_| ());
        assert!(!decoder.bare_newline_seen());
        decoder.feed(b"c\n", |_| ());
        assert!(decoder.bare_newline_seen());

        let mut decoder = DotDecoder::new(BareNewline::Accept, 80);
        decoder.feed(b"c\n", |_| ());
        assert!(!decoder.bare_newline_seen());
    }

    #[test]
    fn only_one_carriage_return_belongs_to_a_line_end() {
        assert_eq!(
            dotted(BareNewline::Normalize, 80, "a\r\r\nb\rc\r\n.\r\n").0,
            "a\r$b\rc$"
        );
        assert_eq!(
            dotted(BareNewline::Accept, 80, "a\r\r\nb\rc\r\n.\r\n").0,
            "a$b\rc$"
        );
    }

    #[test]
    fn a_long_line_comes_in_pieces() {
        assert_eq!(
            dotted(BareNewline::Normalize, 4, "abcdef\r\nabcd\r\nabc\r\n.\r\n").0,
            "abcd+ef$abcd+$abc$"
        );
        assert_eq!(
            dotted(BareNewline::Normalize, 4, "abcd.\r\n.\r\n").0,
            "abcd+.$",
            "no dot comes off inside a line"
        );
        assert_eq!(dotted(BareNewline::Normalize, 4, "abc\rx\r\n.\r\n").0, "abc\r+x$");
        assert_eq!(dotted(BareNewline::Normalize, 4, "abcd\n.\r\n.\r\n").0, "abcd+$");
    }

    fn chunked(limit: usize, input: &str) -> String {
        let mut results = Vec::new();
        for cut in 0..=input.len() {
            let mut decoder = ChunkDecoder::new(BareNewline::Normalize, limit);
            let mut pieces = String::new();
            decoder.feed(&input.as_bytes()[..cut], |piece| pieces.push_str(&text(&piece)));
            for octet in input.as_bytes()[cut..].chunks(1) {
                decoder.feed(octet, |piece| pieces.push_str(&text(&piece)));
            }
            decoder.finish(|piece| pieces.push_str(&text(&piece)));
            results.push(pieces);
        }
        assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
        results.remove(0)
    }

    #[test]
    fn chunks_may_cut_a_line_anywhere() {
        assert_eq!(chunked(80, "a\r\n.\r\n..b\r\nlast"), "a$.$..b$last$");
        assert_eq!(chunked(4, "abcdefghij\r\nabc\r\n"), "abcd+efgh+ij$abc$");
        assert_eq!(chunked(4, "abc\rx\n"), "abc\r+x$");
        assert_eq!(chunked(4, "abcd\n\n"), "abcd+$$");
        assert_eq!(chunked(4, "abcd"), "abcd+$");
        assert_eq!(chunked(80, ""), "");
    }

    #[test]
    fn policies_have_names() {
        assert_eq!(BareNewline::parse("Yes"), Some(BareNewline::Normalize));
        assert_eq!(BareNewline::parse("note"), Some(BareNewline::Note));
        assert_eq!(BareNewline::parse("maybe"), None);
    }
}
