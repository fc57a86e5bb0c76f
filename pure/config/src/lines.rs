//! Logical lines: physical lines joined, comments and blank lines dropped, as in every Postfix text file.

use std::borrow::Cow;

/// A logical line with the number of its first and its last physical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) text: Cow<'a, str>,
}

/// Walks over the logical lines of a text.
///
/// A comment or blank line does not end a logical line, so that one may be commented in its middle.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut physical = text
        .split('\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.strip_suffix('\r').unwrap_or(line)))
        .filter(|(_, line)| {
            let begin = line.trim_start_matches([' ', '\t']);
            !begin.is_empty() && !begin.starts_with('#')
        })
        .peekable();
    std::iter::from_fn(move || {
        let (first, text) = physical.next()?;
        let mut line = Line {
            first,
            last: first,
            text: Cow::Borrowed(text),
        };
        while let Some((number, more)) = physical.next_if(|(_, more)| more.starts_with([' ', '\t'])) {
            line.text.to_mut().push_str(more);
            line.last = number;
        }
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_do_not_end_a_logical_line() {
        let found: Vec<_> = lines("# x\na = 1\n  2\n# c\n\n\t 3\nb\n").collect();

        assert_eq!(found.len(), 2);
        assert_eq!(
            found[0],
            Line {
                first: 2,
                last: 6,
                text: "a = 1  2\t 3".into()
            }
        );
        assert_eq!(
            found[1],
            Line {
                first: 7,
                last: 7,
                text: "b".into()
            }
        );
    }

    #[test]
    fn a_first_line_with_leading_space_is_a_line_of_its_own() {
        let found: Vec<_> = lines("  a\nb").map(|line| line.text.into_owned()).collect();
        assert_eq!(found, ["  a", "b"]);
    }
}
