//! `postrider explain parameter NAME`: what a parameter means, where it is set, who reads it and what they get.
//!
//! Everything comes from data: the catalogue, the two configuration files, and the list of readers that is gathered
//! from the sources.

use config::audit::Audit;
use config::catalogue::{self, Former};
use config::{Configuration, Origin, ParameterError, nearest, readers, table_attributes};
use configuration::{ConfigurationError, Facts};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The configuration cannot be read.
    #[error("{0}")]
    Configuration(#[from] ConfigurationError),
    /// The value cannot be expanded.
    #[error("{0}")]
    Parameter(#[from] ParameterError),
    /// No such parameter.
    #[error("no parameter is named {0}{1}")]
    Unknown(String, String),
}

/// What is known of one parameter.
#[derive(Debug, Default, PartialEq, Eq)]
struct Explanation {
    name: String,
    meaning: String,
    kind: String,
    default: Option<String>,
    /// What to do instead, for a name of an earlier release.
    advice: Option<String>,
    set: Vec<Place>,
    value: String,
    readers: Vec<String>,
}

/// A line that sets it.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    file: String,
    line: Option<usize>,
    /// The service whose option it is; none for `main.cf`.
    service: Option<String>,
    text: String,
    /// After expansion.
    value: String,
}

/// Explains a parameter as it stands in a configuration directory.
///
/// # Errors
/// [`ExplainError`].
pub fn parameter(name: &str, directory: Option<&Path>, is_json: bool) -> Result<String, ExplainError> {
    let environment = std::env::var_os("MAIL_CONFIG");
    let directory: PathBuf = configuration::chosen_directory(directory, environment, false)?;
    let main = configuration::read(&directory, &Facts::default())?;
    let master = match configuration::read_every_service(&directory) {
        Ok(master) => master,
        Err(ConfigurationError::Open { .. }) => config::master_cf::MasterCf::default(),
        Err(error) => return Err(error.into()),
    };
    let audit = Audit::new(&main, &master.services);
    let former = catalogue::FORMER.iter().find(|former| former.name == name);
    let is_set = main.is_set(name)
        || master
            .services
            .iter()
            .any(|service| option(service, name).is_some());
    if !audit.has_default(name) && former.is_none() && !is_set {
        let hint = nearest(name).map_or_else(String::new, |nearest| format!("; did you mean {nearest}?"));
        return Err(ExplainError::Unknown(name.to_owned(), hint));
    }
    let explanation = explain(name, &main, &audit, &master, former)?;
    Ok(if is_json {
        explanation.json()
    } else {
        explanation.text()
    })
}

fn option(service: &config::master_cf::Service, name: &str) -> Option<String> {
    let options = service.overrides();
    options
        .into_iter()
        .rev()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn explain(
    name: &str,
    main: &Configuration,
    audit: &Audit<'_>,
    master: &config::master_cf::MasterCf,
    former: Option<&Former>,
) -> Result<Explanation, ExplainError> {
    let entry = catalogue::find(name);
    let of_service = audit.service_parameters().get(name);
    let default = entry
        .map(|entry| entry.default.to_owned())
        .or_else(|| of_service.cloned());
    let mut set = Vec::new();
    // A value that comes from an earlier name is not set in this one's name; its line is what counts.
    if let Origin::File(file, line) = main.origin(name) {
        let text = main.raw(name).unwrap_or_default().into_owned();
        let value = main.expanded(name)?.unwrap_or_default();
        set.push(Place {
            file: file.to_string(),
            line: Some(line),
            service: None,
            text,
            value,
        });
    }
    for service in &master.services {
        if let Some(text) = option(service, name) {
            let mut own = main.clone();
            own.set_fact(catalogue::SERVICE_NAME.name(), &service.name);
            for (name, value) in service.overrides() {
                own.set_override(&name, &value);
            }
            set.push(Place {
                file: master.file.clone(),
                line: Some(service.line),
                service: Some(format!("{}/{}", service.name, service.kind)),
                text,
                value: own.expanded(name)?.unwrap_or_default(),
            });
        }
    }
    let value = match (main.expanded(name)?, of_service) {
        (Some(value), _) => value,
        (None, Some(default)) => main
            .expand(default)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default(),
        (None, None) => String::new(),
    };
    let (set, value) = match entry.is_none() && table_attributes::is_secret(name) {
        true => (set.into_iter().map(Place::hidden).collect(), HIDDEN.to_owned()),
        false => (set, value),
    };
    Ok(Explanation {
        name: name.to_owned(),
        meaning: entry.map_or_else(String::new, |entry| plain(entry.description)),
        kind: entry.map_or("", |entry| entry.kind).to_owned(),
        default,
        advice: former.map(Former::advice),
        set,
        value,
        readers: match former.map(|former| former.meaning) {
            // Who reads the parameter of today reads it by way of that.
            Some(catalogue::Meaning::Read(modern)) if readers::of(name).is_empty() => {
                readers_of(modern, None)
            }
            _ => readers_of(name, of_service),
        },
    })
}

/// What stands for a password.
const HIDDEN: &str = "(a password, not shown)";

impl Place {
    /// The same place without what is set there.
    fn hidden(self) -> Self {
        Self {
            text: HIDDEN.to_owned(),
            value: HIDDEN.to_owned(),
            ..self
        }
    }
}

/// A parameter of a service is read by whoever reads the one that is its default.
fn readers_of(name: &str, default: Option<&String>) -> Vec<String> {
    let asked = default.and_then(|text| text.strip_prefix('$')).unwrap_or(name);
    readers::of(asked).into_iter().map(str::to_owned).collect()
}

/// A doc comment as one paragraph.
fn plain(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('`', "")
}

impl Explanation {
    fn text(&self) -> String {
        let mut text = format!("{}\n", self.name);
        let mut row = |label: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {label:<9} {value}");
        };
        if !self.meaning.is_empty() {
            row("meaning", &self.meaning);
        }
        if let Some(advice) = &self.advice {
            row("advice", advice);
        }
        if !self.kind.is_empty() {
            row("kind", &self.kind.to_lowercase());
        }
        if let Some(default) = &self.default {
            let is_worked_out = default.is_empty() && self.set.is_empty() && !self.value.is_empty();
            row(
                "default",
                match default.as_str() {
                    "" if is_worked_out => "(worked out from the host)",
                    "" => "(empty)",
                    text => text,
                },
            );
        }
        row(
            "value",
            if self.value.is_empty() {
                "(empty)"
            } else {
                &self.value
            },
        );
        if self.set.is_empty() {
            row("set", "nowhere");
        }
        for place in &self.set {
            let line = place
                .line
                .map_or_else(String::new, |line| format!(", line {line}"));
            let service = place
                .service
                .as_ref()
                .map_or_else(String::new, |service| format!(" for {service}: {}", place.value));
            row("set", &format!("{}{line}: {}{service}", place.file, place.text));
        }
        let readers = match self.readers.as_slice() {
            [] => "no program".to_owned(),
            some => some.join(", "),
        };
        row("read by", &readers);
        text
    }

    fn json(&self) -> String {
        let list = |items: &[String]| items.join(", ");
        let set: Vec<String> = self
            .set
            .iter()
            .map(|place| {
                format!(
                    "{{\"file\": {}, \"line\": {}, \"service\": {}, \"text\": {}, \"value\": {}}}",
                    quoted(&place.file),
                    place
                        .line
                        .map_or_else(|| "null".to_owned(), |line| line.to_string()),
                    optional(place.service.as_deref()),
                    quoted(&place.text),
                    quoted(&place.value)
                )
            })
            .collect();
        let readers: Vec<String> = self.readers.iter().map(|reader| quoted(reader)).collect();
        format!(
            "{{\"name\": {}, \"meaning\": {}, \"kind\": {}, \"default\": {}, \"advice\": {}, \"value\": {}, \
             \"set\": [{}], \"read_by\": [{}]}}\n",
            quoted(&self.name),
            quoted(&self.meaning),
            quoted(&self.kind.to_lowercase()),
            optional(self.default.as_deref()),
            optional(self.advice.as_deref()),
            quoted(&self.value),
            list(&set),
            list(&readers)
        )
    }
}

fn optional(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), quoted)
}

/// A JSON string (RFC 8259 §7).
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if u32::from(control) < 0x20 => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(name: &str) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("explain-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(
            directory.join("main.cf"),
            "myhostname = mx.example\n\nsmtpd_banner = $myhostname ESMTP\nvirtual_maps = hash:/v\n",
        )
        .unwrap();
        std::fs::write(
            directory.join("master.cf"),
            "# services\nsubmission inet n - n - - smtpd\n  -o smtpd_banner=$mail_name\nslow unix - - n - - smtp\n",
        )
        .unwrap();
        directory
    }

    #[test]
    fn the_password_of_a_table_is_not_shown() {
        let directory = directory("secret");
        let main = directory.join("main.cf");
        let text = std::fs::read_to_string(&main).unwrap();
        std::fs::write(
            &main,
            format!("{text}users_password = geheim\npeople_bind_pw = geheim\n"),
        )
        .unwrap();

        for name in ["users_password", "people_bind_pw"] {
            for is_json in [false, true] {
                let told = parameter(name, Some(&directory), is_json).unwrap();
                assert!(!told.contains("geheim") && told.contains("not shown"), "{told}");
            }
        }
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn places_value_and_readers_of_a_parameter_are_told() {
        let directory = directory("text");
        let text = parameter("smtpd_banner", Some(&directory), false).unwrap();
        let (main, master) = (directory.join("main.cf"), directory.join("master.cf"));

        assert!(text.starts_with("smtpd_banner\n  meaning   "), "{text}");
        for line in [
            "  default   $myhostname ESMTP $mail_name\n".to_owned(),
            "  value     mx.example ESMTP\n".to_owned(),
            format!("  set       {}, line 3: $myhostname ESMTP\n", main.display()),
            format!(
                "  set       {}, line 2: $mail_name for submission/inet: Postfix\n",
                master.display()
            ),
            "  read by   smtpd\n".to_owned(),
        ] {
            assert!(text.contains(&line), "{line} in {text}");
        }
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn services_and_earlier_releases_have_parameters_too() {
        let directory = directory("more");
        let slow = parameter("slow_destination_rate_delay", Some(&directory), false).unwrap();
        let old = parameter("virtual_maps", Some(&directory), true).unwrap();

        assert!(
            slow.contains("  value     0s\n") && slow.contains("  read by   qmgr\n"),
            "{slow}"
        );
        assert!(
            old.contains("instead, specify \\\"virtual_alias_maps\\\""),
            "{old}"
        );
        assert_eq!(
            parameter("relay_host", Some(&directory), false)
                .unwrap_err()
                .to_string(),
            "no parameter is named relay_host; did you mean relayhost?"
        );
        std::fs::remove_dir_all(directory).unwrap();
    }
}
