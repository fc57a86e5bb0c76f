//! Reading `main.cf` and `master.cf` from a directory, and what the parameters' defaults need to know of the host.
//!
//! What the text means is `pure/config`'s; here files are found, opened and limited in size. Nothing is global:
//! who reads a configuration owns it. Follows postconf(5), master(5).

mod accounts;
mod directory;
mod environment;
mod machine;
mod port;

pub use accounts::check;
pub use directory::{DEFAULT_DIRECTORY, chosen_directory};
pub use environment::environment;
pub use machine::Machine;
pub use port::{Services, tcp_port};

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use config::catalogue;
use config::main_cf::MainCf;
use config::master_cf::MasterCf;
use config::{Configuration, GrammarError, ParameterError};

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// A file cannot be opened or read.
    #[error("open {}: {}", path.display(), sys::fault::text(source))]
    Open {
        /// The file.
        path: PathBuf,
        /// The kernel's reason.
        #[source]
        source: io::Error,
    },
    /// A file is bigger than any sensible one.
    #[error("{}: file is larger than {SIZE_LIMIT} bytes", .0.display())]
    TooBig(PathBuf),
    /// A line that means something is not text. (A comment may be in any character set.)
    #[error("{}, line {line}: not UTF-8 text at byte {byte} of the line; convert the line to UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// Where in it the first wrong byte stands, counted from 1.
        byte: usize,
    },
    /// A line has a NUL byte.
    #[error("{}, line {line}: NUL byte; remove it, or restore the file", path.display())]
    Nul {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A line breaks the grammar.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
    /// A parameter that decides how files are read has a wrong value.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// An `-o` option without name or without `=`.
    #[error("bad -o option \"{0}\"; specify name=value")]
    BadOption(String),
    /// A set-group-id program was asked to use a directory that `main.cf` in the default directory does not list.
    #[error(
        "unauthorized configuration directory: {}; \
         list it in alternate_config_directories or multi_instance_directories of {DEFAULT_DIRECTORY}/main.cf",
        .0.display()
    )]
    Unauthorized(PathBuf),
}

/// What is known of the program that reads.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The program's own name: `smtpd`, `postmap`.
    pub process_name: &'a str,
    /// The service's name in `master.cf`; empty for a command.
    pub service_name: &'a str,
    /// `-o name=value` options, which replace what `main.cf` says; the last of the same name wins.
    pub overrides: &'a [(String, String)],
}

/// Reads `main.cf` in `directory`, with the overrides and facts over it and this machine below it.
///
/// The warnings that `main.cf` itself gives reason to are added to `warnings`, for the caller to log.
///
/// # Errors
/// The file cannot be read, is too big, is not text, or breaks the grammar.
pub fn read_with_warnings(
    directory: &Path,
    facts: &Facts<'_>,
    warnings: &mut Vec<String>,
) -> Result<Configuration, ConfigurationError> {
    let path = directory.join(MAIN_CF);
    let main = read_main(&path, warnings)?;
    Ok(with_facts(main, directory, facts))
}

/// As [`read_with_warnings`], without the warnings: for programs that are started often, so that one mistake in
/// `main.cf` is logged by `master` and by commands, not by each of a hundred processes.
///
/// # Errors
/// As for [`read_with_warnings`].
pub fn read(directory: &Path, facts: &Facts<'_>) -> Result<Configuration, ConfigurationError> {
    read_with_warnings(directory, facts, &mut Vec::new())
}

fn read_main(path: &Path, warnings: &mut Vec<String>) -> Result<MainCf, ConfigurationError> {
    let text = read_text(path)?;
    let mut main = MainCf::parse(&path.display().to_string(), &text)?;
    warnings.append(&mut main.warnings);
    Ok(main)
}

/// Puts what the program knows over a `main.cf` that has been read.
pub fn with_facts(main: MainCf, directory: &Path, facts: &Facts<'_>) -> Configuration {
    let mut configuration = Configuration::new(main, Rc::new(Machine));
    for (name, value) in facts.overrides {
        configuration.set_override(name, value);
    }
    configuration.set_fact(catalogue::CONFIG_DIRECTORY.name(), &directory.to_string_lossy());
    configuration.set_fact(catalogue::PROCESS_NAME.name(), facts.process_name);
    configuration.set_fact(catalogue::SERVICE_NAME.name(), facts.service_name);
    configuration.set_fact(catalogue::PROCESS_ID.name(), &std::process::id().to_string());
    configuration
}

/// Reads `master.cf` in `directory`.
///
/// # Errors
/// The file cannot be read, is too big, is not text, or breaks the grammar.
pub fn read_master(directory: &Path) -> Result<MasterCf, ConfigurationError> {
    let path = directory.join(MASTER_CF);
    let text = read_text(&path)?;
    Ok(MasterCf::parse(&path.display().to_string(), &text)?)
}

/// As [`read_master`], with the services that a later one of the same name and type replaces: for who shows the file.
///
/// # Errors
/// As for [`read_master`].
pub fn read_every_service(directory: &Path) -> Result<MasterCf, ConfigurationError> {
    let path = directory.join(MASTER_CF);
    let text = read_text(&path)?;
    Ok(MasterCf::parse_every(&path.display().to_string(), &text)?)
}

/// Takes the text of an `-o` option apart: `name=value`, or `{ name = value }`.
///
/// # Errors
/// No name, or no `=`.
pub fn option(text: &str) -> Result<(String, String), ConfigurationError> {
    let bad = || ConfigurationError::BadOption(text.to_owned());
    let pair = if text.starts_with('{') {
        config::split::braced(text).ok_or_else(bad)?
    } else {
        text
    };
    config::split::pair(pair)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .map_err(|_| bad())
}

/// Reads a configuration file as text.
///
/// # Errors
/// The file cannot be read, is too big or is not text.
pub fn read_text(path: &Path) -> Result<String, ConfigurationError> {
    let open = |source| ConfigurationError::Open {
        path: path.to_owned(),
        source,
    };
    let mut octets = Vec::new();
    File::open(path)
        .and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut octets))
        .map_err(open)?;
    if octets.len() as u64 > SIZE_LIMIT {
        return Err(ConfigurationError::TooBig(path.to_owned()));
    }
    let has_nul = octets.contains(&0);
    match String::from_utf8(octets) {
        Ok(text) if !has_nul => Ok(text),
        Ok(text) => text_of_lines(path, text.as_bytes()),
        Err(error) => text_of_lines(path, error.as_bytes()),
    }
}

/// The text of a file that has octets in it which are no text: in comments they do no harm.
fn text_of_lines(path: &Path, octets: &[u8]) -> Result<String, ConfigurationError> {
    let mut text = String::with_capacity(octets.len());
    for (index, line) in octets.split_inclusive(|octet| *octet == b'\n').enumerate() {
        let line_number = index + 1;
        if line.trim_ascii_start().starts_with(b"#") {
            text.push_str(&String::from_utf8_lossy(line).replace('\0', " "));
            continue;
        }
        if line.contains(&0) {
            return Err(ConfigurationError::Nul {
                path: path.to_owned(),
                line: line_number,
            });
        }
        let line = std::str::from_utf8(line).map_err(|error| ConfigurationError::NotText {
            path: path.to_owned(),
            line: line_number,
            byte: error.valid_up_to() + 1,
        })?;
        text.push_str(line);
    }
    Ok(text)
}

const MAIN_CF: &str = "main.cf";
const MASTER_CF: &str = "master.cf";
const SIZE_LIMIT: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use config::catalogue::{CONFIG_DIRECTORY, MYHOSTNAME, SMTPD_TIMEOUT};
    use std::time::Duration;

    fn directory_with(name: &str, main: &[u8]) -> PathBuf {
        let directory = std::env::temp_dir().join(format!("configuration-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join(MAIN_CF), main).unwrap();
        directory
    }

    #[test]
    fn a_directory_becomes_a_configuration_with_its_warnings() {
        let directory = directory_with("read", b"smtpd_timeout = 4\nsmtpd_timeout = 5\nmyhostname=a.b\n");
        let overrides = [option("{ smtpd_timeout = 6 }").unwrap()];
        let facts = Facts {
            process_name: "smtpd",
            service_name: "smtp",
            overrides: &overrides,
        };
        let mut warnings = Vec::new();

        let configuration = read_with_warnings(&directory, &facts, &mut warnings).unwrap();

        assert_eq!(configuration.get(SMTPD_TIMEOUT), Ok(Duration::from_secs(6)));
        assert_eq!(configuration.get(MYHOSTNAME), Ok("a.b".to_owned()));
        assert_eq!(
            configuration.get(CONFIG_DIRECTORY),
            Ok(directory.display().to_string())
        );
        assert_eq!(
            configuration.expanded("service_name").unwrap().as_deref(),
            Some("smtp")
        );
        assert!(warnings[0].ends_with("main.cf, line 2: overriding earlier entry: smtpd_timeout=4"));
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn bad_input_is_an_error_that_names_file_line_cause_and_cure() {
        let table: [(&[u8], &str); 8] = [
            (
                b"a = 1\nb = caf\xe9\n",
                ", line 2: not UTF-8 text at byte 8 of the line; convert the line to UTF-8",
            ),
            (b"a = 1\nb = \0\n", ", line 2: NUL byte; remove it, or restore the file"),
            (b"a = 1\n\nfoo bar\n", ", line 3: missing '=' after attribute name: \"foo bar\""),
            (b"= bar\n", ", line 1: missing attribute name: \"= bar\""),
            (
                b"myhostname = x\nrelayhost = $loop\nloop = $relayhost\n",
                ", line 2: relayhost = $loop: unreasonable macro call nesting: \"$loop\"; \
                 names that refer to each other in a circle have no value",
            ),
            (
                b"relayhost = ${x\n",
                ", line 1: relayhost = ${x: truncated macro reference: \"${x\"",
            ),
            (
                b"compatibility_level = new\nappend_dot_mydomain = ${{$compatibility_level} <level {1} ? {yes} : {no}}\n",
                ", line 2: append_dot_mydomain = ${{$compatibility_level} <level {1} ? {yes} : {no}}: \
                 malformed compatibility level syntax: \"new\"; specify numbers joined by dots, such as 3.6",
            ),
            (
                b"smtpd_timeout = 5 min\n",
                ", line 1: parameter smtpd_timeout: bad time value or unit: 5 min; \
                 specify a whole number with an optional unit: s, m, h, d or w",
            ),
        ];
        for (main, wanted) in table {
            let directory = directory_with("bad", main);
            let file = directory.join(MAIN_CF).display().to_string();
            let error = match read(&directory, &Facts::default()) {
                Err(error) => error.to_string(),
                Ok(configuration) => [
                    configuration.get::<String, _>(catalogue::RELAYHOST).err(),
                    configuration.get::<bool, _>(catalogue::APPEND_DOT_MYDOMAIN).err(),
                    configuration.get::<Duration, _>(SMTPD_TIMEOUT).err(),
                ]
                .into_iter()
                .flatten()
                .map(|error| error.to_string())
                .collect(),
            };
            assert_eq!(error, format!("{file}{wanted}"));
            std::fs::remove_dir_all(directory).unwrap();
        }
    }

    #[test]
    fn a_comment_may_be_in_any_character_set() {
        let directory = directory_with("latin", b"# M\xf6glichkeiten \0\n  # caf\xe9\nmyhostname = a.b\n");
        let configuration = read(&directory, &Facts::default()).unwrap();
        assert_eq!(configuration.get(MYHOSTNAME), Ok("a.b".to_owned()));
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_long_line_is_a_line_and_a_file_without_end_is_refused() {
        let long = format!("relayhost = {}\n", "x".repeat(1 << 20));
        let directory = directory_with("long", long.as_bytes());
        let value: String = read(&directory, &Facts::default())
            .unwrap()
            .get(catalogue::RELAYHOST)
            .unwrap();
        assert_eq!(value.len(), 1 << 20);

        let huge = std::fs::File::create(directory.join(MAIN_CF)).unwrap();
        huge.set_len(SIZE_LIMIT + 1).unwrap();
        let error = read(&directory, &Facts::default()).unwrap_err().to_string();
        assert!(
            error.ends_with("main.cf: file is larger than 16777216 bytes"),
            "{error}"
        );
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_file_that_is_not_there_or_no_file_is_an_error_that_names_it() {
        let directory = directory_with("none", b"");
        std::fs::remove_file(directory.join(MAIN_CF)).unwrap();
        let error = read(&directory, &Facts::default()).unwrap_err().to_string();
        assert!(
            error.starts_with("open ") && error.ends_with("main.cf: No such file or directory"),
            "{error}"
        );
        std::fs::create_dir(directory.join(MAIN_CF)).unwrap();
        let error = read(&directory, &Facts::default()).unwrap_err().to_string();
        assert!(error.ends_with("main.cf: Is a directory"), "{error}");
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn a_wrong_line_of_master_cf_is_an_error_with_place_and_cure() {
        let directory = directory_with("master", b"");
        let table: [(&[u8], &str); 3] = [
            (b"# c\nsmtp inet n\n", ": line 2: missing \"unprivileged\" field"),
            (
                b"smtp inet n - maybe - - smtpd\n",
                ": line 1: field \"chroot\": bad value: \"maybe\"; specify y, n or -",
            ),
            (
                b"smtp inet n - n - - smtpd\xff\n",
                ", line 1: not UTF-8 text at byte 26 of the line; convert the line to UTF-8",
            ),
        ];
        for (text, wanted) in table {
            std::fs::write(directory.join(MASTER_CF), text).unwrap();
            let error = read_master(&directory).unwrap_err().to_string();
            assert_eq!(error, format!("{}{wanted}", directory.join(MASTER_CF).display()));
        }
        std::fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn an_option_needs_a_name_and_an_equal_sign() {
        assert_eq!(option("a=b c").unwrap(), ("a".to_owned(), "b c".to_owned()));
        for text in ["a", "=b", "{a=b", "{a}"] {
            assert!(option(text).is_err(), "{text}");
        }
    }
}
