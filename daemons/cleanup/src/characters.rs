//! Sets of octets: `message_reject_characters`, `message_strip_characters`.

/// A set of octets.
#[derive(Clone, Debug)]
pub(crate) struct CharacterSet {
    /// `None` for the empty set.
    members: Option<Box<[bool; 256]>>,
}

impl CharacterSet {
    /// Reads the set from text with the escapes of the language C.
    pub(crate) fn parse(text: &str) -> Self {
        let mut members = Box::new([false; 256]);
        let mut is_empty = true;
        let mut rest = text.bytes().peekable();
        while let Some(byte) = rest.next() {
            let byte = if byte == b'\\' { escaped(&mut rest) } else { byte };
            if let Some(member) = members.get_mut(usize::from(byte)) {
                *member = true;
                is_empty = false;
            }
        }
        Self {
            members: (!is_empty).then_some(members),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_none()
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        let member = self
            .members
            .as_ref()
            .and_then(|members| members.get(usize::from(byte)));
        member.copied().unwrap_or(false)
    }
}

/// What stands behind a backslash: a letter, or up to three octal digits.
fn escaped(rest: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> u8 {
    let Some(byte) = rest.next() else { return b'\\' };
    match byte {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'0'..=b'7' => {
            let mut value = u32::from(byte - b'0');
            for _ in 0..2 {
                let Some(digit) = rest.next_if(|next| (b'0'..=b'7').contains(next)) else {
                    break;
                };
                value = value * 8 + u32::from(digit - b'0');
            }
            u8::try_from(value & 255).unwrap_or(0)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_octets() {
        let set = CharacterSet::parse("\\0a\\r\\177\\\\x");
        for byte in [0, b'a', b'\r', 0x7f, b'\\', b'x'] {
            assert!(set.contains(byte), "{byte}");
        }
        assert!(!set.contains(b'r') && !set.contains(b'0') && CharacterSet::parse("").is_empty());
    }
}
