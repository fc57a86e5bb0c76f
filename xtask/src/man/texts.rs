//! Pages that are written by hand: `docs/manual/NAME.SECTION`. The first line is the summary, the rest as in `markup`.

use std::fs;
use std::path::Path;

use super::markup;
use super::page::Page;

/// Reads them all.
///
/// # Errors
/// A file that cannot be read, or whose name or first line is not as it should be.
pub fn pages(house: &Path) -> Result<Vec<Page>, String> {
    let folder = house.join("docs/manual");
    let entries = fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut pages = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let page = page(&path, &text);
        pages.push(page.ok_or_else(|| format!("{}: not NAME.SECTION with a summary", path.display()))?);
    }
    Ok(pages)
}

fn page(path: &Path, text: &str) -> Option<Page> {
    let name = path.file_stem()?.to_str()?;
    let section = path.extension()?.to_str()?.parse().ok()?;
    let (summary, rest) = text.split_once("\n\n")?;
    if summary.contains('\n') || summary.ends_with('.') {
        return None;
    }
    Some(Page {
        name: name.to_owned(),
        section,
        summary: summary.to_owned(),
        blocks: markup::blocks(rest),
    })
}

/// The words that the grammar of restriction lists knows.
#[cfg(test)]
pub fn restrictions_of_the_code(house: &Path) -> Result<Vec<String>, String> {
    words(house, "daemons/smtpd/src/restriction/grammar.rs", &|word| {
        let prefixes = ["permit", "reject", "defer", "check_", "warn_if", "sleep"];
        prefixes.iter().any(|prefix| word.starts_with(prefix))
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

/// The table types that `io/lookup` opens.
#[cfg(test)]
pub fn table_types_of_the_code(house: &Path) -> Result<Vec<String>, String> {
    let mut types = Vec::new();
    for folder in ["file", "join", "server"] {
        let file = format!("io/lookup/src/{folder}/mod.rs");
        let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        types.extend(words(house, &file, &|word| !word.is_empty() && plain(word))?);
    }
    Ok(types)
}

/// The letters that a command hands to the reader of its command line; none for one with verbs instead.
#[cfg(test)]
pub fn option_letters(house: &Path, command: &str) -> Result<String, String> {
    let mut letters = String::new();
    for file in ["lib.rs", "arguments.rs"] {
        let path = house.join("commands").join(command).join("src").join(file);
        let text = fs::read_to_string(path).unwrap_or_default();
        for before in [".options(\"", "const LETTERS: &str = \""] {
            if let Some((_, rest)) = text.split_once(before) {
                let (found, _) = rest.split_once('"').ok_or("a string without end")?;
                letters.push_str(found);
            }
        }
    }
    Ok(letters)
}

#[cfg(test)]
fn words(house: &Path, file: &str, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(house.join(file)).map_err(|why| format!("{file}: {why}"))?;
    let source = crate::source::Source::read(&text);
    let strings = source.strings.iter().filter(|(line, _)| !source.test[*line]);
    let found: Vec<_> = strings
        .filter(|(_, word)| wanted(word))
        .map(|(_, word)| word.clone())
        .collect();
    if found.is_empty() {
        return Err(format!("{file}: no such words"));
    }
    Ok(found)
}
