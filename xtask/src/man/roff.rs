//! A page as roff, with the macros of man(7).

use super::markup::{self, Block, Entry, Span};
use super::page::{Page, RELEASE};

const WIDTH: usize = 100;

/// The whole file.
///
/// # Errors
/// A letter that we have no escape for.
pub fn page(page: &Page) -> Result<String, String> {
    // Names of parameters must not be broken, so nothing is hyphenated, nor need it be with a ragged margin.
    let mut text = format!(
        ".\\\" Generated; the sources are opening comments, the catalogue and docs/manual.\n\
         .nr HY 0\n.TH {} {} \"\" \"{RELEASE}\" \"Postrider\"\n.ad l\n.SH NAME\n{} \\- {}\n",
        escaped(&page.name.to_uppercase(), false),
        page.section,
        escaped(&page.name, false),
        running(&page.summary)
    );
    for block in &page.blocks {
        match block {
            Block::Heading(heading) => {
                text.push_str(&format!(".SH \"{}\"\n", escaped(&heading.to_uppercase(), false)));
            }
            Block::Paragraph(words) => text.push_str(&format!(".PP\n{}", filled(words))),
            Block::List(items) => list(&mut text, items),
            Block::Literal(lines) => literal(&mut text, lines),
            Block::Entry(one) => entry(&mut text, one),
        }
    }
    match text.chars().find(|letter| !letter.is_ascii()) {
        Some(letter) => Err(format!("{}: `{letter}` has no escape", page.file_name())),
        None => Ok(text),
    }
}

fn list(text: &mut String, items: &[String]) {
    if let Some(definitions) = markup::definitions(items) {
        for (term, rest) in definitions {
            // A term is one line, however long: the next is the explanation.
            let term = guarded(&running(term));
            text.push_str(&format!(".TP 8\n{term}\n{}", filled(rest)));
        }
        return;
    }
    for item in items {
        text.push_str(&format!(".IP \\(bu 3\n{}", filled(item)));
    }
}

fn literal(text: &mut String, lines: &[String]) {
    text.push_str(".PP\n.RS 4\n.EX\n");
    for line in lines {
        text.push_str(&guarded(&escaped(line, true)));
        text.push('\n');
    }
    text.push_str(".EE\n.RE\n");
}

fn entry(text: &mut String, entry: &Entry) {
    text.push_str(&format!(".TP 8\n\\fB{}\\fR", escaped(&entry.name, true)));
    if !entry.note.is_empty() {
        text.push_str(&format!(" ({})", escaped(&entry.note, true)));
    }
    text.push('\n');
    for (index, block) in entry.blocks.iter().enumerate() {
        match block {
            Block::Paragraph(words) if index == 0 => text.push_str(&filled(words)),
            Block::Paragraph(words) => text.push_str(&format!(".IP\n{}", filled(words))),
            Block::List(items) => {
                text.push_str(".RS\n");
                list(text, items);
                text.push_str(".RE\n");
            }
            Block::Literal(lines) => {
                text.push_str(".RS\n");
                literal(text, lines);
                text.push_str(".RE\n");
            }
            // Descriptions have neither.
            Block::Heading(_) | Block::Entry(_) => {}
        }
    }
}

/// Running text in lines, none of which roff would take for a request.
fn filled(words: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in running(words).split(' ') {
        if !line.is_empty() && line.len() + word.len() >= WIDTH {
            lines.push_str(&guarded(&line));
            lines.push('\n');
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push_str(&guarded(&line));
    lines.push('\n');
    lines
}

fn running(words: &str) -> String {
    markup::spans(words)
        .into_iter()
        .map(|span| match span {
            Span::Words(words) => escaped(words, false),
            Span::Code(code) => format!("\\fB{}\\fR", escaped(code, true)),
            Span::Page(name, section) => format!("\\fB{}\\fR({section})", escaped(name, true)),
        })
        .collect()
}

/// A line that begins with a control character gets a letter of no width before it.
fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line.to_owned()
    }
}

/// Letters that roff would take for something else. In literal text quotes and dashes stay as typed.
fn escaped(text: &str, literal: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => safe.push_str("\\e"),
            '"' => safe.push_str("\\(dq"),
            '\u{a7}' => safe.push_str("\\(sc"),
            '-' if literal => safe.push_str("\\-"),
            '\'' if literal => safe.push_str("\\(aq"),
            '`' => safe.push_str("\\(ga"),
            '^' => safe.push_str("\\(ha"),
            '~' => safe.push_str("\\(ti"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_roff_would_take_for_its_own_is_escaped() {
        let page = Page {
            name: "x-y".into(),
            section: 5,
            summary: "a thing".into(),
            blocks: markup::blocks(".so it is, says \\n.\n\n    'a' -b\n"),
        };

        let text = super::page(&page).unwrap();

        assert!(text.contains(".PP\n\\&.so it is, says \\en.\n"), "{text}");
        assert!(text.contains("\\(aqa\\(aq \\-b\n"), "{text}");
    }
}
