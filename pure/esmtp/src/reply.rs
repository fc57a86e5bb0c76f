//! Replies: a three-digit code, usually an enhanced status (RFC 2034), and text in one or several lines.
//!
//! [`ReplyReader`] puts a server's reply together line by line and is lenient as Postfix's client is; [`write()`] sends
//! ours. What a reply means for the mail is not decided here.

use mail::EnhancedStatus;

/// A reply from a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits of the last line; 0 when it had none.
    pub code: u16,
    /// The enhanced status of the last line, or `X.0.0` with the code's first digit, or 5.5.0 for nonsense.
    pub status: EnhancedStatus,
    /// All lines, reply codes included, separated by LF. Control characters are `?`.
    pub text: String,
    /// A line in front was no reply line. With pipelining, replies can no longer be told apart.
    pub garbled: bool,
}

impl Reply {
    /// Whether the code is 2xx.
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether the code is 3xx.
    #[must_use]
    pub const fn is_intermediate(&self) -> bool {
        self.code / 100 == 3
    }

    /// Whether the code is 4xx.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// Whether the code is 5xx.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// The text in one line, for logs and notices.
    #[must_use]
    pub fn one_line(&self) -> String {
        self.text.replace('\n', " ")
    }
}

/// Puts a reply together from its lines.
#[derive(Clone, Debug)]
pub struct ReplyReader {
    text: String,
    limit: usize,
    garbled: bool,
    lines: usize,
}

/// Lines a reply may have. Text beyond the octet limit is dropped line by line; this ends a server that never stops.
pub const LINE_LIMIT: usize = 10_000;

/// A server that sends reply lines without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reply of more than {LINE_LIMIT} lines")]
pub struct EndlessReply;

impl ReplyReader {
    /// A reader that keeps text up to about `limit` octets (`line_length_limit`) and drops further lines.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
            garbled: false,
            lines: 0,
        }
    }

    /// Takes one line without its line end. Gives the reply after its last line.
    ///
    /// # Errors
    /// [`EndlessReply`] after [`LINE_LIMIT`] lines.
    pub fn line(&mut self, line: &[u8]) -> Result<Option<Reply>, EndlessReply> {
        self.lines += 1;
        if self.lines > LINE_LIMIT {
            return Err(EndlessReply);
        }
        let line = printable(line);
        if self.text.len() < self.limit {
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(&line);
        }
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let last = digits == 3 && matches!(line.as_bytes().get(3), None | Some(b' '));
        if !last {
            self.garbled |= digits != 3 || line.as_bytes().get(3) != Some(&b'-');
            return Ok(None);
        }
        let (code, status) = meaning(&line);
        let text = std::mem::take(&mut self.text);
        let garbled = std::mem::take(&mut self.garbled);
        self.lines = 0;
        Ok(Some(Reply {
            code,
            status,
            text,
            garbled,
        }))
    }
}

/// Code and enhanced status of a last line.
fn meaning(line: &str) -> (u16, EnhancedStatus) {
    let code = line.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let class = match code / 100 {
        class @ (2 | 4 | 5) => class,
        _ => return (code, EnhancedStatus::new(5, 5, 0)),
    };
    let text = line.get(3..).unwrap_or_default().trim_start_matches(' ');
    let status = leading_status(text).filter(|status| u16::from(status.class) == class);
    let plain = EnhancedStatus::new(u8::try_from(class).unwrap_or(5), 0, 0);
    (code, status.unwrap_or(plain))
}

/// The enhanced status at the start of `text`, if there is one.
#[must_use]
pub fn leading_status(text: &str) -> Option<EnhancedStatus> {
    EnhancedStatus::from_prefix(text).map(|(status, _)| status)
}

/// Octets as text, with control characters and broken UTF-8 as `?`.
fn printable(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        text.extend(
            chunk
                .valid()
                .chars()
                .map(|c| if c.is_control() { '?' } else { c }),
        );
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Appends `text` to `out` as a reply. Lines in it are separated by CR LF, each with its reply code; every line but the
/// last gets the hyphen that says so.
pub fn write(text: &str, out: &mut Vec<u8>) {
    let mut lines = text.trim_end_matches("\r\n").split("\r\n").peekable();
    while let Some(line) = lines.next() {
        let start = out.len();
        out.extend_from_slice(line.as_bytes());
        if lines.peek().is_some()
            && let Some(separator) = out.get_mut(start + 3)
        {
            *separator = b'-';
        }
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Reply {
        let mut reader = ReplyReader::new(2048);
        for line in lines {
            if let Some(reply) = reader.line(line.as_bytes()).unwrap() {
                return reply;
            }
        }
        panic!("no reply in {lines:?}");
    }

    #[test]
    fn a_reply_of_several_lines_has_the_last_lines_code_and_status() {
        let reply = read(&["550-5.1.1 no", "550-second", "550 5.7.1 third"]);

        assert_eq!((reply.code, reply.status.to_string().as_str()), (550, "5.7.1"));
        assert_eq!(reply.text, "550-5.1.1 no\n550-second\n550 5.7.1 third");
        assert_eq!(reply.one_line(), "550-5.1.1 no 550-second 550 5.7.1 third");
        assert!(!reply.garbled);
    }

    #[test]
    fn a_status_that_contradicts_the_code_does_not_count() {
        assert_eq!(read(&["450 5.1.1 x"]).status.to_string(), "4.0.0");
        assert_eq!(read(&["250 Ok"]).status.to_string(), "2.0.0");
        assert_eq!(read(&["354 2.0.0 go"]).status.to_string(), "5.5.0");
        assert_eq!(read(&["250"]).code, 250);
        assert_eq!(read(&["250  2.1.5 x"]).status.to_string(), "2.1.5");
    }

    #[test]
    fn garbage_is_kept_and_marked() {
        let reply = read(&["hello", "250 Ok\x07"]);

        assert!(reply.garbled);
        assert_eq!(reply.text, "hello\n250 Ok?");
        assert!(read(&["2500 x", "250 x"]).garbled);
    }

    #[test]
    fn a_flood_of_lines_is_bounded() {
        let mut reader = ReplyReader::new(100);
        for _ in 0..LINE_LIMIT {
            assert_eq!(reader.line(b"250-0123456789"), Ok(None));
        }
        assert!(reader.text.len() < 120);
        assert_eq!(reader.line(b"250 x"), Err(EndlessReply));
    }

    #[test]
    fn lines_of_our_replies_are_joined_by_hyphens() {
        let mut out = Vec::new();
        write("550 5.7.1 no\r\n550 5.7.1 call us\r\n", &mut out);
        write("250 Ok", &mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "550-5.7.1 no\r\n550 5.7.1 call us\r\n250 Ok\r\n"
        );
    }
}
