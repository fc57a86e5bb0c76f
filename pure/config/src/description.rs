//! A parameter's description, taken apart into what a page or a terminal shows: paragraphs, lists, the release.
//!
//! The texts themselves stand in the catalogue. This is not Markdown: paragraphs are divided by empty lines, items of
//! a list begin with `- `, a word in backticks is a name or a literal value, and nothing else means anything.

/// A description in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description<'a> {
    /// What it says, in order.
    pub blocks: Vec<Block>,
    /// The release of Postfix that brought the parameter: `2.3`.
    pub since: Option<&'a str>,
}

/// One part of a description, its lines joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Sentences that belong together.
    Paragraph(String),
    /// Items, each in a line of its own.
    List(Vec<String>),
}

impl<'a> Description<'a> {
    /// Takes a text apart that has no margin, as `catalogue::description` gives it.
    pub fn read(text: &'a str) -> Self {
        let text = text.trim_end();
        let (text, last) = match text.rsplit_once('\n') {
            Some((before, last)) => (before, last),
            None => ("", text),
        };
        let since = last
            .strip_prefix("Since ")
            .and_then(|rest| rest.strip_suffix('.'))
            .filter(|release| release.starts_with(|letter: char| letter.is_ascii_digit()));
        let mut blocks = Vec::new();
        let mut open = false;
        for line in text.lines().chain(since.is_none().then_some(last)) {
            open = add(&mut blocks, line, open);
        }
        Self { blocks, since }
    }

    /// The first sentence.
    pub fn summary(&self) -> &str {
        let Some(Block::Paragraph(text)) = self.blocks.first() else {
            return "";
        };
        let end = text.match_indices(". ").map(|(at, _)| at + 1).next();
        end.and_then(|end| text.get(..end)).unwrap_or(text)
    }
}

/// Adds a line, to the last block if that is still open; says whether the last block is open now.
fn add(blocks: &mut Vec<Block>, line: &str, open: bool) -> bool {
    if line.trim().is_empty() {
        return false;
    }
    let item = line.strip_prefix("- ");
    match (item, blocks.last_mut()) {
        (Some(item), Some(Block::List(items))) => items.push(item.to_owned()),
        (Some(item), _) => blocks.push(Block::List(vec![item.to_owned()])),
        (None, Some(Block::Paragraph(text))) if open => join(text, line),
        (None, Some(Block::List(items))) if open && line.starts_with(' ') => {
            if let Some(last) = items.last_mut() {
                join(last, line);
            }
        }
        (None, _) => blocks.push(Block::Paragraph(line.trim().to_owned())),
    }
    true
}

fn join(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line.trim());
}

/// A text from `///` comments without the space that begins each line.
pub(crate) fn without_margin(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for line in text.trim_end().lines() {
        plain.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
        plain.push('\n');
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_the_release_are_told_apart() {
        let text = without_margin(
            " What it\n does. More.\n\n Values:\n - `a`: one\n   thing\n - `b`\n\n Beware.\n Since 2.3.\n",
        );

        let description = Description::read(&text);

        assert_eq!(
            description.blocks,
            [
                Block::Paragraph("What it does. More.".into()),
                Block::Paragraph("Values:".into()),
                Block::List(vec!["`a`: one thing".into(), "`b`".into()]),
                Block::Paragraph("Beware.".into()),
            ]
        );
        assert_eq!(description.since, Some("2.3"));
        assert_eq!(description.summary(), "What it does.");
    }

    #[test]
    fn a_sentence_that_begins_with_since_is_no_release() {
        let description = Description::read("Nothing.\nSince nobody asks.");

        assert_eq!(description.since, None);
        assert_eq!(
            description.blocks,
            [Block::Paragraph("Nothing. Since nobody asks.".into())]
        );
    }
}
