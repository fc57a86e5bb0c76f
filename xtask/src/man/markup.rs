//! The few marks of our texts: paragraphs divided by empty lines, `# ` before a heading, `- ` before an item of a
//! list, four spaces before a line that stays as it is (or fences around lines, in Rust comments), backticks around names and literal values, `name(5)` for
//! another page.

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Begins a section.
    Heading(String),
    /// Sentences, their lines joined.
    Paragraph(String),
    /// Items, each with its lines joined.
    List(Vec<String>),
    /// Lines as they are.
    Literal(Vec<String>),
    /// A named thing with its description: a parameter.
    Entry(Entry),
}

/// A named thing with its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, to which links lead.
    pub name: String,
    /// What stands after the name as it is, such as its default.
    pub note: String,
    /// The description.
    pub blocks: Vec<Block>,
}

/// A piece of running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<'a> {
    /// Words.
    Words(&'a str),
    /// A name or a literal value.
    Code(&'a str),
    /// Another page: name, section.
    Page(&'a str, u8),
}

/// Takes a text apart.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open = false;
    let mut fenced = false;
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            open = false;
        } else if fenced {
            open = add(&mut found, &format!("    {line}"), open);
        } else {
            open = add(&mut found, line.trim_end(), open);
        }
    }
    found
}

/// Adds a line, to the last block while that is open; says whether the last block is open now.
fn add(found: &mut Vec<Block>, line: &str, open: bool) -> bool {
    if line.is_empty() {
        return false;
    }
    if let Some(heading) = line.strip_prefix("# ") {
        found.push(Block::Heading(heading.to_owned()));
        return false;
    }
    if let Some(literal) = line.strip_prefix("    ") {
        match found.last_mut() {
            Some(Block::Literal(lines)) if open => lines.push(literal.to_owned()),
            // An empty line between two literal ones is theirs.
            Some(Block::Literal(lines)) => lines.extend([String::new(), literal.to_owned()]),
            _ => found.push(Block::Literal(vec![literal.to_owned()])),
        }
        return true;
    }
    match (line.strip_prefix("- "), found.last_mut()) {
        (Some(item), Some(Block::List(items))) => items.push(item.to_owned()),
        (Some(item), _) => found.push(Block::List(vec![item.to_owned()])),
        (None, Some(Block::Paragraph(text))) if open => join(text, line),
        (None, Some(Block::List(items))) if open => {
            if let Some(last) = items.last_mut() {
                join(last, line);
            }
        }
        (None, _) => found.push(Block::Paragraph(line.trim().to_owned())),
    }
    true
}

fn join(text: &mut String, line: &str) {
    text.push(' ');
    text.push_str(line.trim());
}

/// The terms and explanations of a list whose items all have one: names in backticks, or a single word, and a colon.
pub fn definitions(items: &[String]) -> Option<Vec<(&str, &str)>> {
    items.iter().map(|item| definition(item)).collect()
}

fn definition(item: &str) -> Option<(&str, &str)> {
    let (term, rest) = if item.starts_with('`') {
        let (term, rest) = item.split_at(item.find("`: ")? + 1);
        (term, rest.strip_prefix(": ")?)
    } else {
        item.split_once(": ")?
    };
    let is_name = term.starts_with('`') && term.len() < 160 && !term.contains(". ");
    let is_word = term.bytes().all(|byte| byte.is_ascii_lowercase());
    (is_name || is_word).then_some((term, rest))
}

/// Takes running text apart.
pub fn spans(text: &str) -> Vec<Span<'_>> {
    let mut found = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            found.push(Span::Code(part));
        } else {
            add_words(&mut found, part);
        }
    }
    found
}

fn add_words<'a>(found: &mut Vec<Span<'a>>, text: &'a str) {
    let mut rest = text;
    while let Some((before, name, section, after)) = next_page(rest) {
        if !before.is_empty() {
            found.push(Span::Words(before));
        }
        found.push(Span::Page(name, section));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Span::Words(rest));
    }
}

/// The next `name(5)`: what is before, name, section, what is after.
fn next_page(text: &str) -> Option<(&str, &str, u8, &str)> {
    text.match_indices('(').find_map(|(at, _)| {
        let (front, back) = text.split_at(at);
        let section = back.chars().nth(1)?.to_digit(10)?;
        let after = back.get(2..)?.strip_prefix(')')?;
        let start = front
            .rfind(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | '-' | '.'))
            .map_or(0, |found| found + 1);
        let (before, name) = front.split_at(start);
        (!name.is_empty()).then_some((before, name, u8::try_from(section).ok()?, after))
    })
}

/// The first sentence of a text.
pub fn first_sentence(text: &str) -> String {
    let Some(Block::Paragraph(paragraph)) = blocks(text).into_iter().next() else {
        return String::new();
    };
    let end = paragraph.match_indices(". ").map(|(at, _)| at + 1).find(|end| {
        paragraph
            .get(..*end)
            .is_some_and(|it| it.matches('`').count() % 2 == 0)
    });
    end.and_then(|end| paragraph.get(..end))
        .unwrap_or(&paragraph)
        .trim_end_matches(':')
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_paragraphs_lists_and_literal_lines_are_told_apart() {
        let text = "One\ntwo.\n\n# Three\n- `four`: five\n  six\n- seven\n\n    eight\n\n    nine\n# Ten\n```text\n11\n```\n";

        assert_eq!(
            blocks(text),
            [
                Block::Paragraph("One two.".into()),
                Block::Heading("Three".into()),
                Block::List(vec!["`four`: five six".into(), "seven".into()]),
                Block::Literal(vec!["eight".into(), String::new(), "nine".into()]),
                Block::Heading("Ten".into()),
                Block::Literal(vec!["11".into()]),
            ]
        );
        let both = ["`four`, `4`: five".to_owned(), "empty: six".to_owned()];
        assert_eq!(
            definitions(&both),
            Some(vec![("`four`, `4`", "five"), ("empty", "six")])
        );
        assert_eq!(definitions(&["see `four`: five".to_owned()]), None);
    }

    #[test]
    fn names_and_pages_are_found_in_text() {
        assert_eq!(
            spans("See postconf(5), `a(5)` (b)."),
            [
                Span::Words("See "),
                Span::Page("postconf", 5),
                Span::Words(", "),
                Span::Code("a(5)"),
                Span::Words(" (b)."),
            ]
        );
    }

    #[test]
    fn a_full_stop_in_a_literal_value_ends_no_sentence() {
        assert_eq!(first_sentence("As `a. b`. More."), "As `a. b`.");
        assert_eq!(first_sentence("Whether RFC 5321 holds"), "Whether RFC 5321 holds");
    }
}
