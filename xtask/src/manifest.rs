//! What one `Cargo.toml` imports. Not a TOML parser: it reads the section headings and keys that our own
//! manifests use, and a manifest it cannot read is one nobody wrote here.

use std::path::{Path, PathBuf};

/// One line of a dependency section.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    /// The crate's name.
    pub name: String,
    /// Used by tests and benches only.
    pub tests_only: bool,
    /// Where it is written, counted from 1.
    pub line: usize,
}

/// One crate of the workspace.
pub struct Room {
    /// `pure`, `io`, `frame`, `daemons`, `commands`, or the crate's own folder when beside the house.
    pub floor: String,
    /// The folder's name, which is the crate's.
    pub name: String,
    /// The manifest, relative to the house.
    pub manifest: PathBuf,
    /// What it imports, ours and others'.
    pub imports: Vec<Import>,
}

/// The floors of the house, lowest first; daemons and commands share the top.
pub const FLOORS: [&str; 5] = ["pure", "io", "frame", "daemons", "commands"];
/// Crates beside the house, which nothing in it imports.
pub const BESIDE: [&str; 3] = ["testkit", "conformance", "xtask"];

/// Reads every room, sorted by floor and name.
pub fn rooms(house: &Path) -> Result<Vec<Room>, String> {
    let mut rooms = Vec::new();
    for floor in FLOORS {
        let folder = house.join(floor);
        let entries = std::fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let mut names: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.path().join("Cargo.toml").is_file())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        for name in names {
            rooms.push(room(house, floor, &name, &Path::new(floor).join(&name))?);
        }
    }
    for name in BESIDE {
        rooms.push(room(house, name, name, Path::new(name))?);
    }
    Ok(rooms)
}

fn room(house: &Path, floor: &str, name: &str, folder: &Path) -> Result<Room, String> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(house.join(&manifest))
        .map_err(|why| format!("{}: {why}", manifest.display()))?;
    Ok(Room {
        floor: floor.into(),
        name: name.into(),
        manifest,
        imports: imports(&text),
    })
}

/// The imports of one manifest's text.
fn imports(text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    // None outside dependency sections, else whether the section is for tests.
    let mut section = None;
    for (index, raw) in text.lines().enumerate() {
        let line = raw.split('#').next().unwrap_or_default().trim();
        if let Some(heading) = line.strip_prefix('[') {
            let heading = heading.trim_end_matches(']');
            // `[dependencies.name]` opens a section for one crate.
            let (heading, single) = match heading.rsplit_once("dependencies.") {
                Some((front, name)) => (format!("{front}dependencies"), Some(name)),
                None => (heading.to_owned(), None),
            };
            section = heading
                .ends_with("dependencies")
                .then(|| heading.ends_with("dev-dependencies"));
            if let (Some(tests_only), Some(name)) = (section.take_if(|_| single.is_some()), single) {
                found.push(Import {
                    name: name.into(),
                    tests_only,
                    line: index + 1,
                });
            }
            continue;
        }
        if let (Some(tests_only), Some((key, _))) = (section, line.split_once('=')) {
            let name = key.split('.').next().unwrap_or_default().trim().trim_matches('"');
            found.push(Import {
                name: name.into(),
                tests_only,
                line: index + 1,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_dependency_is_seen() {
        let text = "[package]\nname = \"x\"\n[dependencies]\nmail.workspace = true\nlibc = \"0.2\" # why\n\
                    [dependencies.tokio]\nversion = \"1\"\n[dev-dependencies]\ntestkit = { workspace = true }\n";

        let seen: Vec<_> = imports(text)
            .into_iter()
            .map(|it| (it.name, it.tests_only))
            .collect();

        let expected = [
            ("mail", false),
            ("libc", false),
            ("tokio", false),
            ("testkit", true),
        ];
        assert_eq!(seen, expected.map(|(name, tests)| (name.to_owned(), tests)));
    }
}
