//! 8bit lines as quoted-printable (RFC 2045 §6.7), for next hops that take 7bit only.

/// Longest line before a soft line break is due.
const SOFT_BREAK_OCTETS: usize = 72;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Turns lines into quoted-printable, piece by piece.
#[derive(Clone, Debug, Default)]
pub(crate) struct Encoder {
    line: Vec<u8>,
    /// The line was handed out and is to be forgotten.
    spent: bool,
}

impl Encoder {
    /// Encodes from `position` until a line is full or the text ends. True when a line is ready in [`Encoder::line`].
    pub(crate) fn advance(&mut self, text: &[u8], position: &mut usize, line_ends: bool) -> bool {
        if std::mem::take(&mut self.spent) {
            self.line.clear();
        }
        while let Some(&byte) = text.get(*position) {
            if self.line.len() > SOFT_BREAK_OCTETS {
                self.line.push(b'=');
                self.spent = true;
                return true;
            }
            *position += 1;
            if (byte < b' ' && byte != b'\t') || byte == b'=' || byte > b'~' {
                self.push_encoded(byte);
            } else {
                self.line.push(byte);
            }
        }
        if line_ends {
            // White space at the end of a line does not survive transport.
            if let Some(&blank @ (b' ' | b'\t')) = self.line.last() {
                self.line.pop();
                self.push_encoded(blank);
            }
            self.spent = true;
        }
        line_ends
    }

    /// The line that is ready.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    fn push_encoded(&mut self, byte: u8) {
        let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0');
        self.line
            .extend_from_slice(&[b'=', digit(byte >> 4), digit(byte & 15)]);
    }
}
