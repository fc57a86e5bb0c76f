//! Taking texts apart as Postfix does: lists with `{ }`, `name = value`, and `{ text }`.

/// The items of a list: separated by commas and white space; `{` to its matching `}` stays together, braces included.
pub fn list(text: &str) -> Items<'_> {
    items(text, is_list_separator)
}

/// The items of a list that is separated by white space alone.
pub fn words(text: &str) -> Items<'_> {
    items(text, |character| character.is_ascii_whitespace())
}

/// The words of a value that begin like a comment: `30 # seconds`. No program takes them for one.
///
/// A pattern may begin like that too, so what stands in the inner braces of `regexp:` and `pcre:` is passed over.
pub fn remarks(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut is_pattern) = (0usize, false);
    text.split_inclusive([',', ' ', '\t', '\r', '\n', '{', '}'])
        .filter_map(move |piece| {
            let word = piece.trim_end_matches([',', ' ', '\t', '\r', '\n', '{', '}']);
            let is_hidden = is_pattern && depth >= 2;
            if depth == 0 && !word.is_empty() {
                is_pattern = ["regexp:", "pcre:"].iter().any(|kind| word.ends_with(kind));
            }
            match piece.as_bytes().last() {
                Some(b'{') => depth += 1,
                Some(b'}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            (word.starts_with('#') && !is_hidden).then_some(word)
        })
}

fn items(text: &str, separator: fn(char) -> bool) -> Items<'_> {
    Items {
        rest: text,
        separator,
    }
}

fn is_list_separator(character: char) -> bool {
    matches!(character, ',' | ' ' | '\t' | '\r' | '\n')
}

/// Iterator over the items of a list.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    rest: &'a str,
    separator: fn(char) -> bool,
}

impl<'a> Items<'a> {
    /// What is left after the items taken so far, without leading separators.
    pub fn rest(&self) -> &'a str {
        self.rest.trim_start_matches(self.separator)
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start_matches(self.separator);
        if text.is_empty() {
            self.rest = text;
            return None;
        }
        let mut depth = 0usize;
        let mut end = text.len();
        for (position, character) in text.char_indices() {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ if depth == 0 && (self.separator)(character) => {
                    end = position;
                    break;
                }
                _ => {}
            }
        }
        let (item, rest) = text.split_at(end);
        self.rest = rest;
        Some(item)
    }
}

/// Why a `name = value` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// Nothing before the `=`.
    #[error("missing attribute name")]
    NoName,
    /// No `=` after the name.
    #[error("missing '=' after attribute name")]
    NoEqualSign,
}

/// Splits `name = value`: white space around both is dropped, a name has none inside.
///
/// # Errors
/// Which of the two is missing.
pub fn pair(text: &str) -> Result<(&str, &str), PairError> {
    let text = text.trim_matches(is_blank);
    let end = text.find(|c| c == '=' || is_blank(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return Err(PairError::NoName);
    }
    let value = rest
        .trim_start_matches(is_blank)
        .strip_prefix('=')
        .ok_or(PairError::NoEqualSign)?;
    Ok((name, value.trim_matches(is_blank)))
}

/// Takes the outer `{ }` off, with the white space inside them.
///
/// # Errors
/// `None` when the text does not begin with `{`, the braces do not match, or something follows the last.
pub fn braced(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let mut depth = 1usize;
    for (position, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (payload, rest) = inside.split_at(position);
            return (rest.len() == 1).then(|| payload.trim_matches(is_blank));
        }
    }
    None
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_splits_at_commas_and_spaces_but_not_inside_braces() {
        let items: Vec<_> = list(" a, b\tc,,{ d, e {f} } g{ h i}").collect();
        assert_eq!(items, ["a", "b", "c", "{ d, e {f} }", "g{ h i}"]);
    }

    #[test]
    fn words_that_begin_like_a_comment_are_found() {
        let table: [(&str, &[&str]); 5] = [
            ("30 # seconds", &["#"]),
            ("a#b, c", &[]),
            ("inline:{\t{\taaa0 = #aaa1\t} #aaa2 }", &["#aaa1", "#aaa2"]),
            ("pcre:{\t{\t/bbb0 #bbb1/\t} #bbb2 }", &["#bbb2"]),
            ("proxy:regexp:{ {/x/ #y} }, hash:/z #old", &["#old"]),
        ];
        for (text, wanted) in table {
            assert_eq!(remarks(text).collect::<Vec<_>>(), wanted, "{text}");
        }
    }

    #[test]
    fn a_pair_is_a_name_and_a_value() {
        assert_eq!(pair(" a = b = c "), Ok(("a", "b = c")));
        assert_eq!(pair("a="), Ok(("a", "")));
        assert_eq!(pair("a b"), Err(PairError::NoEqualSign));
        assert_eq!(pair("= b"), Err(PairError::NoName));
    }

    #[test]
    fn braces_come_off_with_their_padding() {
        assert_eq!(braced("{ a {b} }"), Some("a {b}"));
        assert_eq!(braced("{ a } b"), None);
        assert_eq!(braced("{ a"), None);
        assert_eq!(braced("a"), None);
    }
}
