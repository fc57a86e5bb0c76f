//! The parameters of `main.cf` as they stand in `pure/config/src/catalogue`, read as text.
//!
//! Not compiled in: a chore starts quickly, and the manual of a checkout is that of its sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Every parameter and family.
pub struct Catalogue {
    parameters: BTreeMap<String, Parameter>,
    families: Vec<Family>,
    constants: BTreeMap<String, String>,
}

/// One parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As in `main.cf`.
    pub name: String,
    /// As `postconf -d` prints it.
    pub default: String,
    /// `Text`, `Raw`, `List`, `Int`, `Octets`, `Bool` or `Time`.
    pub kind: String,
    /// Bounds and unit, as in the source: `1.., Seconds`.
    pub bounds: String,
    /// The parameter that means the same for another program.
    pub like: Option<String>,
    /// What it means, without the line about the release.
    pub text: String,
    /// The release that brought it.
    pub since: Option<String>,
}

/// Parameters whose name begins with that of a transport or service.
pub struct Family {
    /// The end of their names.
    pub suffix: String,
    /// The constant in the code.
    pub constant: String,
    /// The parameter that is their default.
    pub default: String,
    /// What they mean, without the line about the release.
    pub text: String,
    /// The release that brought them.
    pub since: Option<String>,
}

impl Catalogue {
    /// Reads all files of the catalogue.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is not understood.
    pub fn read(house: &Path) -> Result<Self, String> {
        let folder = house.join("pure/config/src/catalogue");
        let mut catalogue = Self {
            parameters: BTreeMap::new(),
            families: Vec::new(),
            constants: BTreeMap::new(),
        };
        let entries = fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.sort();
        for path in files.iter().filter(|path| !path.ends_with("mod.rs")) {
            let text = read(path)?;
            if !text.contains("\ncatalogue! {\n") {
                // What is told about parameters, not the parameters.
                continue;
            }
            for (line, documentation) in items(&text) {
                let (constant, parameter) =
                    parameter(line, documentation).ok_or_else(|| not_understood(path, line))?;
                catalogue.constants.insert(constant, parameter.name.clone());
                catalogue.parameters.insert(parameter.name.clone(), parameter);
            }
        }
        let path = house.join("pure/config/src/family.rs");
        let text = read(&path)?;
        let (_, table) = text
            .split_once("\nfamilies! {\n")
            .ok_or("family.rs has no table")?;
        let (table, _) = table
            .split_once("\n}\n")
            .ok_or("the table of family.rs has no end")?;
        for (line, documentation) in items(table) {
            let family = family(line, documentation, &catalogue.constants);
            catalogue
                .families
                .push(family.ok_or_else(|| not_understood(&path, line))?);
        }
        Ok(catalogue)
    }

    /// Every parameter, by name.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.values()
    }

    /// Every family, in the order of the source.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// Names of parameters, and suffixes of families.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let suffixes = self.families.iter().map(|family| family.suffix.as_str());
        self.parameters.keys().map(String::as_str).chain(suffixes)
    }

    /// The parameter behind a constant of the code.
    pub fn named_by(&self, constant: &str) -> Option<&str> {
        self.constants.get(constant).map(String::as_str)
    }

    /// A parameter by its name.
    pub fn find(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }

    /// What a parameter, or a family by its suffix, means.
    pub fn text(&self, name: &str) -> Option<String> {
        let family = self.families.iter().find(|family| family.suffix == name);
        match self.find(name) {
            Some(parameter) => Some(parameter.description()),
            None => family.map(|family| family.text.clone()),
        }
    }
}

impl Parameter {
    /// The description, which says first what it is like.
    pub fn description(&self) -> String {
        match &self.like {
            Some(like) if self.text.is_empty() => format!("As `{like}`, for {}.", self.whose()),
            Some(like) => format!("As `{like}`, for {}.\n\n{}", self.whose(), self.text),
            None => self.text.clone(),
        }
    }

    /// As in `catalogue/mod.rs`, which says the same to `postrider explain`.
    fn whose(&self) -> &'static str {
        let table = [
            ("address_verify_", "address probes"),
            ("lmtp_", "the LMTP client"),
            ("postscreen_", "postscreen"),
            ("tlsproxy_client_", "the client side of tlsproxy"),
            ("tlsproxy_", "the server side of tlsproxy"),
        ];
        let found = table.iter().find(|(prefix, _)| self.name.starts_with(prefix));
        found.map_or("another program", |(_, whose)| whose)
    }

    /// What values are right, in words: `time, seconds if no unit is given, at least 1`.
    pub fn values(&self) -> String {
        let mut words = match self.kind.as_str() {
            "Bool" => "yes or no".to_owned(),
            "Int" => "number".into(),
            "Octets" => "octets".into(),
            "List" => "list".into(),
            "Time" => "time".into(),
            _ => "text".into(),
        };
        for part in self.bounds.split(", ").filter(|part| !part.is_empty()) {
            if let Some((least, most)) = part.split_once("..") {
                let most = most.trim_start_matches('=');
                let unit = if self.kind == "Time" { "s" } else { "" };
                match self.kind.as_str() {
                    // A least length of 1 says: not empty.
                    "Text" | "Raw" | "List" if most.is_empty() => words.push_str(", not empty"),
                    "Text" | "Raw" | "List" => words.push_str(&format!(", {least} to {most} letters")),
                    _ if most.is_empty() => words.push_str(&format!(", {least}{unit} or more")),
                    _ => words.push_str(&format!(", {least}{unit} to {most}{unit}")),
                }
            } else {
                words.push_str(&format!(", {} if no unit is given", part.to_lowercase()));
            }
        }
        words
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))
}

fn not_understood(path: &Path, line: &str) -> String {
    format!("{}: not understood: {line}", path.display())
}

/// Each line that ends in `;` and begins with a constant, with the `///` lines above it.
fn items(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut found = Vec::new();
    let mut documentation = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            documentation.push(words.strip_prefix(' ').unwrap_or(words));
        } else if line.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            found.push((line, std::mem::take(&mut documentation)));
        } else if !line.starts_with("//") {
            documentation.clear();
        }
    }
    found
}

/// `CONSTANT = name: Kind[bounds], "default", like OTHER;`
fn parameter(line: &str, documentation: Vec<&str>) -> Option<(String, Parameter)> {
    let (constant, rest) = line.strip_suffix(';')?.split_once(" = ")?;
    let (name, rest) = rest.split_once(": ")?;
    let (value, rest) = rest.split_once(", \"")?;
    let (default, rest) = rest.rsplit_once('"')?;
    let (kind, bounds) = match value.split_once('[') {
        Some((kind, bounds)) => (kind, bounds.strip_suffix(']')?),
        None => (value, ""),
    };
    let (text, since) = without_release(documentation);
    let parameter = Parameter {
        name: name.to_owned(),
        default: unescaped(default),
        kind: kind.to_owned(),
        bounds: bounds.to_owned(),
        like: rest.strip_prefix(", like ").map(str::to_lowercase),
        text,
        since,
    };
    Some((constant.to_owned(), parameter))
}

/// `CONSTANT = "_suffix": Kind, DEFAULT;`
fn family(line: &str, documentation: Vec<&str>, constants: &BTreeMap<String, String>) -> Option<Family> {
    let (constant, rest) = line.strip_suffix(';')?.split_once(" = \"")?;
    let (suffix, rest) = rest.split_once("\": ")?;
    let (_, default) = rest.split_once(", ")?;
    let (text, since) = without_release(documentation);
    Some(Family {
        suffix: suffix.to_owned(),
        constant: constant.to_owned(),
        default: constants.get(default)?.clone(),
        text,
        since,
    })
}

/// The text, and the release its last line tells.
fn without_release(mut lines: Vec<&str>) -> (String, Option<String>) {
    let last = lines.last().copied().unwrap_or_default();
    let since = last
        .strip_prefix("Since ")
        .and_then(|rest| rest.strip_suffix('.'))
        .filter(|release| release.starts_with(|letter: char| letter.is_ascii_digit()))
        .map(str::to_owned);
    if since.is_some() {
        lines.pop();
    }
    (lines.join("\n").trim().to_owned(), since)
}

/// A string literal's text.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => letters.next().unwrap_or('\\'),
            other => other,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_entry_is_read() {
        let text = "/// What.\n/// More.\n/// Since 2.3.\nA_B = a_b: Time[1.., Seconds], \"1\\\"s\";\n\
                    // Why.\nLMTP_C = lmtp_c: Bool, \"no\", like SMTP_C;\n";

        let found: Vec<_> = items(text)
            .into_iter()
            .filter_map(|(line, documentation)| parameter(line, documentation))
            .map(|(_, parameter)| parameter)
            .collect();

        assert_eq!(found[0].default, "1\"s");
        assert_eq!(found[0].since.as_deref(), Some("2.3"));
        assert_eq!(found[0].description(), "What.\nMore.");
        assert_eq!(found[0].values(), "time, 1s or more, seconds if no unit is given");
        assert_eq!(found[1].description(), "As `smtp_c`, for the LMTP client.");
        assert_eq!(found[1].values(), "yes or no");
    }
}
