//! The environment of daemons: what `import_environment` lets in, and what master adds.

use std::ffi::OsString;
use std::path::Path;

use contract::master::{CLIENT_LIMIT, CONFIG_DIRECTORY};

/// What every daemon gets.
pub(crate) fn common(import: &[String], directory: &Path) -> Vec<(OsString, OsString)> {
    let mut environment = configuration::environment(import, |name| std::env::var_os(name));
    environment.retain(|(name, _)| name != "PATH" && name != CONFIG_DIRECTORY);
    environment.push(("PATH".into(), SAFE_PATH.into()));
    environment.push((CONFIG_DIRECTORY.into(), directory.into()));
    environment
}

/// What one process gets beside it.
pub(crate) fn of_process(capacity: u32) -> (OsString, OsString) {
    (CLIENT_LIMIT.into(), capacity.to_string().into())
}

/// Where daemons find programs, whoever started the mail system.
const SAFE_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_configuration_directory_are_always_masters_own() {
        let import = ["PATH=/tmp", "MAIL_CONFIG=/tmp", "A=b"].map(str::to_owned);

        let environment = common(&import, Path::new("/etc/postfix"));

        let wanted = [("A", "b"), ("PATH", SAFE_PATH), ("MAIL_CONFIG", "/etc/postfix")];
        assert_eq!(
            environment,
            wanted.map(|(name, value)| (name.into(), value.into()))
        );
    }
}
