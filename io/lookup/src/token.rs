//! Takes the parts of a table's name apart: `{ … }` and `name = value` (postconf(5), `inline:{ key = value }`). Lists are
//! split by `config::split`; these two differ from its own in what they tell of a mistake, and in names in quotes.

/// What is inside `{…}` when `text` is exactly one such group, with white space at the ends taken off.
///
/// # Errors
/// A sentence on what is missing or too much.
pub(crate) fn unbrace(text: &str) -> Result<&str, String> {
    let Some(rest) = text.strip_prefix('{') else {
        return Err(format!("no '{{' at start of text in \"{text}\""));
    };
    let mut depth = 1_usize;
    for (position, letter) in rest.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let (inside, after) = rest.split_at(position);
            return match after.get(1..).unwrap_or_default().trim() {
                "" => Ok(inside.trim()),
                _ => Err(format!("syntax error after '}}' in \"{text}\"")),
            };
        }
    }
    Err(format!("missing '}}' in \"{text}\""))
}

/// Reads `name = value`, white space around each part taken off. A name with white space stands in quotes, which stay.
///
/// # Errors
/// A sentence on what is missing.
pub(crate) fn name_value(text: &str) -> Result<(&str, &str), &'static str> {
    let missing = "missing '=' after attribute name";
    let (mut inside, mut escaped) = (false, false);
    let end = text.find(|letter: char| {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => inside = !inside,
            '=' => return !inside,
            _ => {}
        }
        false
    });
    let (name, value) = text.split_at(end.ok_or(missing)?);
    let (name, value) = (name.trim(), value.get(1..).unwrap_or_default().trim());
    match name {
        _ if !name.contains('"') && name.contains(char::is_whitespace) => Err(missing),
        _ => Ok((name, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_come_off_only_as_a_pair_around_all() {
        assert_eq!(unbrace("{ a {b} }"), Ok("a {b}"));
        assert!(unbrace("{ a } b").is_err());
        assert!(unbrace("{ a ").is_err());
        assert!(unbrace("a").is_err());
    }

    #[test]
    fn a_name_stands_before_the_equal_sign() {
        assert_eq!(name_value("a = b = c"), Ok(("a", "b = c")));
        assert_eq!(name_value("a ="), Ok(("a", "")));
        assert_eq!(name_value("= b"), Ok(("", "b")));
        assert!(name_value("a b").is_err());
    }
}
