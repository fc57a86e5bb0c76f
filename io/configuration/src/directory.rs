//! Which configuration directory a program uses.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::catalogue::{ALTERNATE_CONFIG_DIRECTORIES, MULTI_INSTANCE_DIRECTORIES};

use crate::{ConfigurationError, Facts};

/// Where `main.cf` is when nobody says otherwise.
pub const DEFAULT_DIRECTORY: &str = "/etc/postfix";

/// The directory given with `-c`, else the one in `MAIL_CONFIG`, else the default one.
///
/// A program that runs with more rights than its user must not be led to a directory of the user's choice:
/// with `set_id`, any directory but the default one must be listed in the default `main.cf`.
///
/// # Errors
/// The directory is not listed, or the default `main.cf` cannot be read to find out.
pub fn chosen_directory(
    option: Option<&Path>,
    environment: Option<OsString>,
    set_id: bool,
) -> Result<PathBuf, ConfigurationError> {
    let environment = environment.filter(|text| !text.is_empty()).map(PathBuf::from);
    let chosen = option
        .map(Path::to_owned)
        .or(environment)
        .unwrap_or_else(|| DEFAULT_DIRECTORY.into());
    if set_id && chosen != Path::new(DEFAULT_DIRECTORY) && !is_listed(&chosen)? {
        return Err(ConfigurationError::Unauthorized(chosen));
    }
    Ok(chosen)
}

fn is_listed(directory: &Path) -> Result<bool, ConfigurationError> {
    let configuration = crate::read(Path::new(DEFAULT_DIRECTORY), &Facts::default())?;
    let alternate: Vec<String> = configuration.get(ALTERNATE_CONFIG_DIRECTORIES)?;
    let instances: Vec<String> = configuration.get(MULTI_INSTANCE_DIRECTORIES)?;
    Ok(alternate
        .iter()
        .chain(&instances)
        .any(|listed| Path::new(listed) == directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_beats_the_environment_and_that_the_default() {
        let chosen = |option: Option<&str>, environment: Option<&str>| {
            chosen_directory(option.map(Path::new), environment.map(OsString::from), false).unwrap()
        };
        assert_eq!(chosen(Some("/a"), Some("/b")), Path::new("/a"));
        assert_eq!(chosen(None, Some("/b")), Path::new("/b"));
        assert_eq!(chosen(None, Some("")), Path::new(DEFAULT_DIRECTORY));
        assert_eq!(chosen(None, None), Path::new(DEFAULT_DIRECTORY));
    }
}
