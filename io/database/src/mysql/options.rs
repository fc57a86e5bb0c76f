//! Option files of MySQL clients (`my.cnf`): groups of `name = value`, with files included.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What the files say to this client.
#[derive(Debug, Default)]
pub(crate) struct Options {
    values: HashMap<String, String>,
}

/// Where the files are when none is named.
const USUAL_FILES: [&str; 2] = ["/etc/my.cnf", "/etc/mysql/my.cnf"];
/// How deep files may be included, and how long each may be.
const DEEPEST: usize = 10;
const LONGEST: u64 = 1 << 20;

impl Options {
    /// Reads `file`, or the usual ones when it is empty: the group `client`, then `group`. With neither nothing is read.
    ///
    /// # Errors
    /// A file that is named can not be read.
    pub(crate) fn read(file: &str, group: &str) -> Result<Self, String> {
        let mut options = Self::default();
        if file.is_empty() && group.is_empty() {
            return Ok(options);
        }
        let groups = ["client", "client-server", "client-mariadb", group];
        if file.is_empty() {
            for usual in USUAL_FILES {
                // One that is not there, or not for us, says nothing.
                let _ = options.file(Path::new(usual), &groups, 0);
            }
        } else {
            options
                .file(Path::new(file), &groups, 0)
                .map_err(|error| format!("option_file {file}: {error}"))?;
        }
        Ok(options)
    }

    /// The value of an option.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    fn file(&mut self, path: &Path, groups: &[&str], depth: usize) -> std::io::Result<()> {
        let mut text = String::new();
        std::fs::File::open(path)?
            .take(LONGEST)
            .read_to_string(&mut text)?;
        let mut wanted = false;
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(group) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                wanted = groups.contains(&group.trim());
            } else if let Some(folder) = line.strip_prefix("!includedir") {
                for included in folder_files(Path::new(folder.trim())) {
                    self.include(&included, groups, depth);
                }
            } else if let Some(included) = line.strip_prefix("!include") {
                self.include(Path::new(included.trim()), groups, depth);
            } else if wanted {
                let (name, value) = line.split_once('=').unwrap_or((line, ""));
                let name = name.trim().replace('_', "-").to_ascii_lowercase();
                self.values.insert(name, unquoted(value.trim()));
            }
        }
        Ok(())
    }

    fn include(&mut self, path: &Path, groups: &[&str], depth: usize) {
        if depth < DEEPEST {
            let _ = self.file(path, groups, depth + 1);
        }
    }
}

fn folder_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "cnf"))
        .collect();
    files.sort();
    files
}

/// A value without its quotes, its escapes undone.
fn unquoted(value: &str) -> String {
    let quoted = ['"', '\''].iter().find_map(|quote| {
        let rest = value.strip_prefix(*quote)?;
        rest.rsplit_once(*quote).map(|(inside, _)| inside)
    });
    // Outside of quotes a comment may follow.
    let plain = || value.split(" #").next().unwrap_or(value).trim_end();
    let text = quoted.unwrap_or_else(plain);
    let mut undone = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            undone.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => undone.push('\n'),
            Some('t') => undone.push('\t'),
            Some('r') => undone.push('\r'),
            Some('b') => undone.push('\u{8}'),
            Some('s') => undone.push(' '),
            Some(other @ ('\\' | '"' | '\'')) => undone.push(other),
            Some(other) => undone.extend(['\\', other]),
            None => undone.push('\\'),
        }
    }
    undone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_group_and_the_named_one_are_read() {
        let folder = std::env::temp_dir().join(format!("database-options-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("more")).unwrap();
        std::fs::write(
            folder.join("my.cnf"),
            format!(
                "# c\n[mysqld]\nuser=other\n[client]\nuser = me\nssl_ca=/x\npassword=\"a#\\\\b\"\n[mail]\nuser=mail # c\n\
                 !includedir {}\n",
                folder.join("more").display()
            ),
        )
        .unwrap();
        std::fs::write(folder.join("more/1.cnf"), "[client]\nsocket=/s\n").unwrap();
        let file = folder.join("my.cnf").display().to_string();

        let options = Options::read(&file, "mail").unwrap();
        assert_eq!(options.get("user"), Some("mail"));
        assert_eq!(options.get("password"), Some("a#\\b"));
        assert_eq!(options.get("ssl-ca"), Some("/x"));
        assert_eq!(options.get("socket"), Some("/s"));
        assert_eq!(Options::read(&file, "client").unwrap().get("user"), Some("me"));
        assert!(Options::read("/nowhere/my.cnf", "client").is_err());
        assert!(Options::read("", "").unwrap().values.is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
