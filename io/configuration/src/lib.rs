//! Reading `main.cf` and `master.cf` from a directory, and what the parameters' defaults need to know of the host.
//!
//! What the text means is `pure/config`'s; here files are found, opened and limited in size. Nothing is global:
//! who reads a configuration owns it. Follows postconf(5), master(5).

mod directory;
mod environment;
mod machine;
mod port;

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
    /// A file is not text.
    #[error("{}: not UTF-8 text at byte {offset}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// Where the first wrong byte stands.
        offset: usize,
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
    String::from_utf8(octets).map_err(|error| ConfigurationError::NotText {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
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
    fn a_file_that_is_no_text_or_not_there_is_an_error_that_names_it() {
        let directory = directory_with("binary", b"a = \xff\n");
        let error = read(&directory, &Facts::default()).unwrap_err();
        assert!(
            error.to_string().ends_with("main.cf: not UTF-8 text at byte 4"),
            "{error}"
        );
        std::fs::remove_dir_all(&directory).unwrap();

        let error = read(&directory, &Facts::default()).unwrap_err();
        assert!(matches!(error, ConfigurationError::Open { .. }));
    }

    #[test]
    fn an_option_needs_a_name_and_an_equal_sign() {
        assert_eq!(option("a=b c").unwrap(), ("a".to_owned(), "b c".to_owned()));
        for text in ["a", "=b", "{a=b", "{a}"] {
            assert!(option(text).is_err(), "{text}");
        }
    }
}
