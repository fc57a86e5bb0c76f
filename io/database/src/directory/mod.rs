//! Texts about directories that are composed and read here, without the driver: parts of keys in filters and names, and
//! URLs ([`url`]).

pub(crate) mod url;

/// A part of a key inside a filter (RFC 4515 §3). More is written as a number than must be, so that a key could not
/// become an operator even where the template has it in the place of an attribute's name.
pub(crate) fn quote_filter(text: &str, into: &mut String) {
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' | b'+' => {
                into.push(char::from(octet));
            }
            other => into.push_str(&format!("\\{other:02x}")),
        }
    }
}

/// A part of a key inside a distinguished name (RFC 4514 §2.4): there, too, more than must be.
pub(crate) fn quote_name(text: &str, into: &mut String) {
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' => {
                into.push(char::from(octet))
            }
            other => into.push_str(&format!("\\{other:02x}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_changes_a_filter_or_a_name() {
        let hostile = "a*)(uid=\\\0,b=c é";
        let (mut filter, mut name) = (String::new(), String::new());
        quote_filter(hostile, &mut filter);
        quote_name(hostile, &mut name);

        assert_eq!(filter, "a\\2a\\29\\28uid\\3d\\5c\\00\\2cb\\3dc\\20\\c3\\a9");
        assert_eq!(name, filter);
        let mut plain = String::new();
        quote_filter("user+box@d-1.example", &mut plain);
        assert_eq!(plain, "user+box@d-1.example");
    }
}
