//! Which parameters each program reads: the constants of the catalogue that its sources name, and those of the rooms
//! it imports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::Catalogue;
use crate::manifest::{self, Room};
use crate::source::Source;

/// Parameters and families that one program reads.
#[derive(Debug, Default)]
pub struct Reads {
    /// By the program itself.
    pub own: BTreeSet<String>,
    /// By the rooms below it, on its behalf.
    pub by_rooms: BTreeSet<String>,
    /// The section of its page.
    pub section: u8,
}

/// Sources that name constants of the catalogue without reading them for a program.
const NO_READERS: &[&str] = &[
    "pure/config/src/catalogue",
    "pure/config/src/family.rs",
    "pure/config/src/settings.rs",
    "pure/contract",
];

/// What every program reads, by its name.
///
/// # Errors
/// A manifest or source that cannot be read.
pub fn read(house: &Path, catalogue: &Catalogue) -> Result<BTreeMap<String, Reads>, String> {
    let rooms = manifest::rooms(house)?;
    let mut named = BTreeMap::new();
    for room in &rooms {
        let folder = house
            .join(room.manifest.parent().unwrap_or(Path::new("")))
            .join("src");
        let mut names = BTreeSet::new();
        for file in rust_files(&folder) {
            if NO_READERS.iter().any(|place| file.starts_with(house.join(place))) {
                continue;
            }
            let text = fs::read_to_string(&file).map_err(|why| format!("{}: {why}", file.display()))?;
            names_in(&text, catalogue, &mut names);
            // The room of the catalogue itself writes names as they are.
            if room.name == "config" {
                let source = Source::read(&text);
                let strings = source.strings.iter().filter(|(line, _)| !source.test[*line]);
                names.extend(
                    strings
                        .map(|(_, text)| text.clone())
                        .filter(|text| catalogue.find(text).is_some()),
                );
            }
        }
        named.insert(room.name.clone(), names);
    }
    let programs = rooms
        .iter()
        .filter(|room| matches!(room.floor.as_str(), "daemons" | "commands"));
    Ok(programs
        .map(|program| (program.name.clone(), reads(program, &rooms, &named)))
        .collect())
}

/// Parameters that no program reads, not even by the default of another one.
pub fn unread(catalogue: &Catalogue, reads: &BTreeMap<String, Reads>) -> BTreeSet<String> {
    let mut open: Vec<&str> = reads
        .values()
        .flat_map(|read| read.own.iter().chain(&read.by_rooms))
        .map(String::as_str)
        .collect();
    let mut read = BTreeSet::new();
    while let Some(name) = open.pop() {
        let parameter = catalogue.find(name).filter(|_| read.insert(name));
        // These name other parameters only to let their tables through.
        let refers = parameter.filter(|_| !matches!(name, "proxy_read_maps" | "proxy_write_maps"));
        if let Some(parameter) = refers {
            let letters = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
            let named = parameter.default.split(letters);
            open.extend(named.filter(|word| catalogue.find(word).is_some()));
        }
    }
    let names = catalogue.parameters().map(|parameter| parameter.name.as_str());
    names
        .filter(|name| !read.contains(name))
        .map(str::to_owned)
        .collect()
}

fn reads(program: &Room, rooms: &[Room], named: &BTreeMap<String, BTreeSet<String>>) -> Reads {
    let own = named.get(&program.name).cloned().unwrap_or_default();
    let by_rooms = below(program, rooms)
        .iter()
        .filter_map(|room| named.get(*room))
        .flatten()
        .filter(|name| !own.contains(*name))
        .cloned()
        .collect();
    Reads {
        own,
        by_rooms,
        section: if program.floor == "daemons" { 8 } else { 1 },
    }
}

/// Every room that a program imports, and that those import.
fn below<'a>(program: &'a Room, rooms: &'a [Room]) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![program];
    while let Some(room) = open.pop() {
        for import in room.imports.iter().filter(|import| !import.tests_only) {
            if let Some(next) = rooms.iter().find(|other| other.name == import.name)
                && found.insert(next.name.as_str())
            {
                open.push(next);
            }
        }
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Adds the parameters that the code outside tests names.
fn names_in(text: &str, catalogue: &Catalogue, names: &mut BTreeSet<String>) {
    let source = Source::read(text);
    let code = source.code.iter().zip(&source.test);
    let has_families = text.contains("family::");
    for (line, _) in code.filter(|(_, is_test)| !**is_test) {
        // A constant that the file defines is its own, whatever its name.
        if line.trim_start().trim_start_matches("pub ").starts_with("const ") {
            continue;
        }
        for word in line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
            if let Some(name) = catalogue.named_by(word) {
                names.insert(name.to_owned());
            } else if has_families
                && let Some(family) = catalogue.families().iter().find(|family| family.constant == word)
            {
                names.insert(family.suffix.clone());
                names.insert(family.default.clone());
                // Members that have a default of their own.
                let members = catalogue.parameters().map(|parameter| &parameter.name);
                names.extend(members.filter(|name| name.ends_with(&family.suffix)).cloned());
            }
        }
    }
}
