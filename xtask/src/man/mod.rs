//! `man`: the manual, generated: roff and HTML from the opening comments of programs, the catalogue of parameters,
//! and the texts in `docs/manual`.
//!
//! Nothing is run for it but this chore: names, defaults and texts are read from source files, so that the manual of a
//! checkout is that of its code.

mod catalogue;
mod html;
mod markup;
mod page;
mod plate;
mod postconf;
mod program;
mod reads;
mod roff;
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalogue::Catalogue;
use html::Links;
use page::Page;
pub use plate::{COMMAND_HEADINGS, HEADINGS, Plate};

/// Second names of pages: name, section, the page it stands for.
const SECOND_NAMES: &[(&str, u8, &str)] = &[
    ("mailq", 1, "sendmail"),
    ("newaliases", 1, "sendmail"),
    ("lmtp", 8, "smtp"),
    ("defer", 8, "bounce"),
    ("trace", 8, "bounce"),
    ("retry", 8, "error"),
    ("body_checks", 5, "header_checks"),
];

/// Writes the manual into a folder, `target/man` unless one is named.
///
/// # Errors
/// What is wrong with a source, or what could not be written.
pub fn run(house: &Path, arguments: &[String]) -> Result<(), String> {
    let folder = match arguments {
        [] => house.join("target/man"),
        [folder] => PathBuf::from(folder),
        _ => return Err("one folder, or none for target/man".into()),
    };
    let pages = pages(house)?;
    roff_into(&pages, &folder)?;
    html_into(house, &pages, &folder.join("html"))?;
    println!("{} pages in {}", pages.len(), folder.display());
    Ok(())
}

/// Every page, by name.
///
/// # Errors
/// A source that cannot be read, or lacks something.
pub fn pages(house: &Path) -> Result<Vec<Page>, String> {
    let catalogue = Catalogue::read(house)?;
    let reads = reads::read(house, &catalogue)?;
    let mut pages = program::pages(house, &catalogue, &reads)?;
    for mut page in texts::pages(house)? {
        if (page.name.as_str(), page.section) == ("postconf", 5) {
            postconf::add_parameters(&mut page, &catalogue, &reads);
        }
        pages.push(page);
    }
    pages.sort_by(|one, other| (&one.name, one.section).cmp(&(&other.name, other.section)));
    for pair in pages.windows(2) {
        if let [one, other] = pair
            && (&one.name, one.section) == (&other.name, other.section)
        {
            return Err(format!("{}({}) has two sources", one.name, one.section));
        }
    }
    Ok(pages)
}

/// Writes `man1`, `man5` and `man8` below a folder.
///
/// # Errors
/// A letter that has no place in a page, or a file that could not be written.
pub fn roff_into(pages: &[Page], folder: &Path) -> Result<(), String> {
    for page in pages {
        let text = roff::page(page)?;
        write(
            &folder.join(format!("man{}", page.section)),
            &page.file_name(),
            &text,
        )?;
    }
    for (name, section, target) in SECOND_NAMES {
        let text = format!(".so man{section}/{target}.{section}\n");
        write(
            &folder.join(format!("man{section}")),
            &format!("{name}.{section}"),
            &text,
        )?;
    }
    Ok(())
}

fn html_into(house: &Path, pages: &[Page], folder: &Path) -> Result<(), String> {
    let catalogue = Catalogue::read(house)?;
    let links = Links::new(pages, &catalogue, SECOND_NAMES);
    for page in pages {
        write(
            folder,
            &format!("{}.html", page.file_name()),
            &html::page(page, &links),
        )?;
    }
    let mut sections: BTreeMap<u8, Vec<&Page>> = BTreeMap::new();
    for page in pages {
        sections.entry(page.section).or_default().push(page);
    }
    write(folder, "index.html", &html::index(&sections))?;
    write(folder, "manual.css", html::STYLE)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = folder.join(name);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, text))
        .map_err(|why| format!("{}: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::sync::OnceLock;

    fn house() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
    }

    /// All sources are read for it, so once is enough.
    fn manual() -> &'static [Page] {
        static MANUAL: OnceLock<Vec<Page>> = OnceLock::new();
        MANUAL.get_or_init(|| pages(&house()).unwrap())
    }

    fn roff_of(name: &str, section: u8) -> String {
        let page = manual()
            .iter()
            .find(|page| page.name == name && page.section == section);
        roff::page(page.unwrap()).unwrap().replace("\\-", "-")
    }

    #[test]
    fn every_page_is_clean_roff() {
        // All in one run: a page ends where the next has its heading.
        let all: String = manual().iter().map(|page| roff::page(page).unwrap()).collect();
        let mut groff = Command::new("groff")
            .args(["-ww", "-man", "-Tutf8", "-z"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        groff.stdin.take().unwrap().write_all(all.as_bytes()).unwrap();
        let said = groff.wait_with_output().unwrap();

        assert_eq!(String::from_utf8_lossy(&said.stderr), "");
        assert!(said.status.success());
    }

    #[test]
    fn every_name_plate_has_its_headings() {
        for (name, floor) in crate::build::programs(&house()).unwrap() {
            let plate = Plate::read(&house(), floor, &name).unwrap();
            let mut headings = HEADINGS.to_vec();
            if floor == "commands" {
                headings.splice(..0, COMMAND_HEADINGS);
            }
            assert_eq!(plate.missing(&headings), Vec::<&str>::new(), "{name}");
        }
    }

    #[test]
    fn every_link_of_the_manual_leads_somewhere() {
        let catalogue = Catalogue::read(&house()).unwrap();
        let links = Links::new(manual(), &catalogue, SECOND_NAMES);

        let dead: Vec<_> = manual().iter().flat_map(|page| links.dead(page)).collect();

        assert_eq!(dead, Vec::<String>::new());
    }

    #[test]
    fn every_parameter_that_a_program_reads_is_described() {
        let catalogue = Catalogue::read(&house()).unwrap();
        let reads = reads::read(&house(), &catalogue).unwrap();

        let names: Vec<_> = reads
            .values()
            .flat_map(|read| read.own.iter().chain(&read.by_rooms))
            .collect();
        let without: Vec<_> = names
            .iter()
            .filter(|name| catalogue.text(name).is_none_or(|text| text.is_empty()))
            .collect();

        assert_eq!(without, Vec::<&&String>::new());
        assert!(names.len() > 500, "{}", names.len());
    }

    #[test]
    fn every_option_letter_of_a_command_is_on_its_page() {
        for (name, _) in crate::build::programs(&house())
            .unwrap()
            .iter()
            .filter(|(_, floor)| *floor == "commands")
        {
            let page = roff_of(name, 1);
            let letters = texts::option_letters(&house(), name).unwrap();
            for letter in letters.chars().filter(|letter| *letter != ':') {
                assert!(page.contains(&format!("\\fB-{letter}")), "{name} -{letter}");
            }
        }
    }

    #[test]
    fn every_restriction_and_table_type_of_the_code_is_in_the_manual() {
        let restrictions = roff_of("smtpd-restrictions", 5);
        for name in texts::restrictions_of_the_code(&house()).unwrap() {
            assert!(restrictions.contains(&name), "{name}");
        }
        let tables = roff_of("postfix-tables", 5);
        for name in texts::table_types_of_the_code(&house()).unwrap() {
            assert!(tables.contains(&format!("\\fB{name}:")), "{name}");
        }
    }
}
