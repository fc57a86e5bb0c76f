//! Values with `$1`, `${1}` or `$(1)` in them, where the text of a group goes; `$$` is one `$`
//! (regexp_table(5), "text substitution").

use crate::file::content;
use crate::file::rules::Refusal;

/// A value taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Group(usize),
}

/// What a rule allows.
#[derive(Clone, Copy)]
pub(crate) struct Allowed {
    /// How many groups the pattern has.
    pub(crate) groups: usize,
    /// The pattern is negated, so that there is no text to put in.
    pub(crate) negated: bool,
    /// The use of the table allows text of the key in the value.
    pub(crate) substitution: bool,
    /// How the type says that there is no group of that number.
    pub(crate) no_such_group: &'static str,
    /// The value names files.
    pub(crate) file_values: bool,
}

impl Template {
    /// Takes `text` apart.
    ///
    /// # Errors
    /// What is wrong with it, or not allowed here.
    pub(crate) fn parse(text: &str, allowed: Allowed) -> Result<Self, Refusal> {
        if allowed.file_values {
            let content = content::of_files(text).map_err(|error| error.to_string())?;
            return Ok(Self {
                pieces: vec![Piece::Text(content)],
            });
        }
        let pieces = split(text, allowed.no_such_group)?;
        let highest = pieces
            .iter()
            .filter_map(|piece| {
                if let Piece::Group(n) = piece {
                    Some(*n)
                } else {
                    None
                }
            })
            .max();
        match highest {
            Some(_) if allowed.negated => Err("$number found in negative match replacement text"
                .to_owned()
                .into()),
            Some(_) if !allowed.substitution => {
                Err("regular expression substitution is not allowed".to_owned().into())
            }
            Some(highest) if highest > allowed.groups => {
                Err(format!("out of range replacement index \"{highest}\"").into())
            }
            _ => Ok(Self { pieces }),
        }
    }

    /// True when text of groups is put in.
    pub(crate) fn has_groups(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Group(_)))
    }

    /// The value with the text of the groups put in; `group` gives the text of one, empty where it took no part.
    pub(crate) fn fill<'a>(&self, group: impl Fn(usize) -> &'a str) -> String {
        let mut value = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => value.push_str(text),
                Piece::Group(number) => value.push_str(group(*number)),
            }
        }
        value
    }
}

fn split(text: &str, no_such_group: &str) -> Result<Vec<Piece>, Refusal> {
    let refusal = |text: String, has_place| Refusal {
        before: Some((text, has_place)),
        reason: "bad replacement syntax".to_owned(),
    };
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        literal.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            literal.push('$');
            rest = after;
            continue;
        }
        let (name, after) =
            macro_name(after).map_err(|what| refusal(format!("{what}: \"{text}\""), false))?;
        let number = match name.parse() {
            Ok(0) => return Err(refusal(format!("{no_such_group} replacement index \"0\""), true)),
            Ok(number) => number,
            Err(_) => return Err(refusal(format!("non-numeric replacement index \"{name}\""), true)),
        };
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Group(number));
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

/// The name after a `$`, and the text behind it.
fn macro_name(text: &str) -> Result<(&str, &str), &'static str> {
    let truncated = "truncated macro reference";
    if let Some(inside) = text.strip_prefix('{') {
        return inside.split_once('}').ok_or(truncated);
    }
    if let Some(inside) = text.strip_prefix('(') {
        return inside.split_once(')').ok_or(truncated);
    }
    let end = text
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end)).ok_or("empty macro name")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Allowed = Allowed {
        groups: 2,
        negated: false,
        substitution: true,
        file_values: false,
        no_such_group: "out of range",
    };

    #[test]
    fn groups_go_where_they_are_named() {
        let template = Template::parse("a $1-${2}x$(1) $$5", ANY).unwrap();

        assert_eq!(
            template.fill(|n| if n == 1 { "one" } else { "two" }),
            "a one-twoxone $5"
        );
    }

    #[test]
    fn what_can_not_be_filled_is_refused() {
        for bad in ["$3", "$0", "$x", "$1x", "${1", "$", "$ 1"] {
            assert!(Template::parse(bad, ANY).is_err(), "{bad}");
        }
        assert!(Template::parse("$1", Allowed { negated: true, ..ANY }).is_err());
        assert!(
            Template::parse(
                "$1",
                Allowed {
                    substitution: false,
                    ..ANY
                }
            )
            .is_err()
        );
        assert!(
            Template::parse(
                "plain",
                Allowed {
                    negated: true,
                    substitution: false,
                    ..ANY
                }
            )
            .is_ok()
        );
    }
}
