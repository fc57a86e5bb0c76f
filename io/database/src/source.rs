//! Where a table's settings come from: a file in the form of `main.cf`, or, the older way, parameters of `main.cf` that
//! begin with the table's name. In a file nothing is expanded.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use config::main_cf::MainCf;
use lookup::{OpenError, Opening};

use crate::Parameters;
use crate::log;

/// The settings of one table.
pub(crate) struct Source {
    table: String,
    /// The file, or the table's name: what messages begin with.
    place: String,
    values: Values,
}

enum Values {
    File(HashMap<String, String>),
    Main(Parameters),
}

/// The longest file of settings, in octets.
const LONGEST_FILE: u64 = 1 << 20;

impl Source {
    /// Reads the settings of the table in `opening`.
    ///
    /// # Errors
    /// The file can not be read, or is none of settings.
    pub(crate) fn open(opening: &Opening<'_>, parameters: &Parameters) -> Result<Self, OpenError> {
        let place = opening.name.to_owned();
        let values = if place.starts_with(['/', '.']) {
            Values::File(read(opening, Path::new(&place))?)
        } else {
            Values::Main(Rc::clone(parameters))
        };
        Ok(Self {
            table: opening.full_name(),
            place,
            values,
        })
    }

    /// `type:name` of the table.
    pub(crate) fn table(&self) -> &str {
        &self.table
    }

    /// The error for settings that can not be used.
    pub(crate) fn wrong(&self, reason: impl ToString) -> OpenError {
        OpenError::Syntax {
            table: self.table.clone(),
            reason: format!("{}: {}", self.place, reason.to_string()),
        }
    }

    /// The setting `name`, when it is made.
    ///
    /// # Errors
    /// A parameter of `main.cf` can not be expanded.
    pub(crate) fn given(&self, name: &str) -> Result<Option<String>, OpenError> {
        match &self.values {
            Values::File(values) => Ok(values.get(name).cloned()),
            Values::Main(parameters) => {
                parameters(&format!("{}_{name}", self.place)).map_err(|reason| self.wrong(reason))
            }
        }
    }

    /// The setting `name`, or `default`.
    ///
    /// # Errors
    /// As [`Source::given`].
    pub(crate) fn text(&self, name: &str, default: &str) -> Result<String, OpenError> {
        Ok(self.given(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// The setting `name`, which must have a text.
    ///
    /// # Errors
    /// It is missing or empty.
    pub(crate) fn required(&self, name: &str) -> Result<String, OpenError> {
        let text = self.text(name, "")?;
        if text.is_empty() {
            return Err(self.wrong(format!("bad string length 0 < 1: {name} = ")));
        }
        Ok(text)
    }

    /// The words of the setting `name`, or of `default`.
    ///
    /// # Errors
    /// As [`Source::given`].
    #[cfg(any(
        test,
        feature = "mysql",
        feature = "pgsql",
        feature = "ldap",
        feature = "redis",
        feature = "mongodb"
    ))]
    pub(crate) fn words(&self, name: &str, default: &str) -> Result<Vec<String>, OpenError> {
        let text = self.text(name, default)?;
        Ok(config::split::list(&text).map(str::to_owned).collect())
    }

    /// The setting `name` as a number from `least` up.
    ///
    /// # Errors
    /// No number, or too small.
    pub(crate) fn number(&self, name: &str, default: u32, least: u32) -> Result<u32, OpenError> {
        let Some(text) = self.given(name)? else {
            return Ok(default);
        };
        match text.parse::<u32>() {
            Ok(number) if number >= least => Ok(number),
            Ok(number) => Err(self.wrong(format!("invalid {name} parameter value {number} < {least}"))),
            Err(_) => Err(self.wrong(format!("bad numerical configuration: {name} = {text}"))),
        }
    }

    /// The setting `name` as a number of seconds.
    ///
    /// # Errors
    /// As [`Source::number`].
    pub(crate) fn seconds(&self, name: &str, default: u32) -> Result<Duration, OpenError> {
        Ok(Duration::from_secs(self.number(name, default, 1)?.into()))
    }

    /// The setting `name` as yes or no.
    ///
    /// # Errors
    /// Neither.
    #[cfg(any(test, feature = "mysql", feature = "ldap"))]
    pub(crate) fn is(&self, name: &str, default: bool) -> Result<bool, OpenError> {
        let Some(text) = self.given(name)? else {
            return Ok(default);
        };
        match text.to_ascii_lowercase().as_str() {
            "yes" => Ok(true),
            "no" => Ok(false),
            _ => Err(self.wrong(format!("bad boolean configuration: {name} = {text}"))),
        }
    }
}

fn read(opening: &Opening<'_>, path: &Path) -> Result<HashMap<String, String>, OpenError> {
    let name = path.display().to_string();
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LONGEST_FILE).read_to_string(&mut text))
        .map_err(|source| OpenError::Io {
            what: name.clone(),
            source,
        })?;
    let content = MainCf::parse(&name, &text).map_err(|error| opening.syntax(error))?;
    for warning in &content.warnings {
        log::file_warning(&hidden(warning));
    }
    let assigned = content.assignments.into_iter();
    Ok(assigned.map(|one| (one.name, one.value)).collect())
}

/// A warning of a setting made twice ends with the value made first, which may be a password.
fn hidden(warning: &str) -> String {
    match warning.split_once("overriding earlier entry: ") {
        Some((before, entry)) => {
            let name = entry.split('=').next().unwrap_or_default();
            format!("{before}overriding earlier entry: {name}")
        }
        None => warning.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookup::{Settings, Tables, Use};

    fn source(text: &str, name: &str) -> Source {
        let path = std::env::temp_dir().join(format!("database-source-{name}-{}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let tables = Tables::new(Settings::default());
        let path = path.display().to_string();
        let opening = Opening {
            kind: "mysql",
            name: &path,
            usage: Use::GENERAL,
            tables: &tables,
        };
        let parameters: Parameters = Rc::new(|_| Ok(None));
        Source::open(&opening, &parameters).unwrap()
    }

    #[test]
    fn settings_are_read_as_texts_numbers_and_choices() {
        let source = source(
            "# comment\nhosts = a,\n  b c\nuser = $x\nidle_interval = 7\nflag = Yes\nbad = x\n",
            "read",
        );

        assert_eq!(source.words("hosts", "").unwrap(), ["a", "b", "c"]);
        assert_eq!(source.text("user", "").unwrap(), "$x");
        assert_eq!(source.seconds("idle_interval", 60).unwrap().as_secs(), 7);
        assert_eq!(source.seconds("retry_interval", 60).unwrap().as_secs(), 60);
        assert!(source.is("flag", false).unwrap());
        assert!(source.is("bad", false).is_err());
        assert!(source.number("bad", 0, 0).is_err());
        assert!(source.required("dbname").is_err());
    }

    #[test]
    fn a_password_made_twice_is_not_in_the_warning() {
        assert_eq!(
            hidden("f, line 2: overriding earlier entry: password=secret"),
            "f, line 2: overriding earlier entry: password"
        );
    }
}
