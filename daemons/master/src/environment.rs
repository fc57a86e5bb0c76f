//! The environment of daemons: what `import_environment` lets in, and what master adds.

use std::ffi::OsString;
use std::path::Path;

use contract::master::{CLIENT_LIMIT, CONFIG_DIRECTORY, STRESS};

/// What every daemon gets.
pub(crate) fn common(
    import: &[String],
    own: impl Fn(&str) -> Option<OsString>,
    directory: &Path,
) -> Vec<(OsString, OsString)> {
    let mut environment: Vec<(OsString, OsString)> = Vec::new();
    let mut set = |name: &str, value: OsString| {
        environment.retain(|(known, _)| known != name);
        environment.push((name.into(), value));
    };
    for item in import {
        // An item in braces may have white space around its `=`.
        let item = config::split::braced(item).unwrap_or(item);
        match item.split_once('=') {
            Some((name, value)) => set(name.trim_end(), value.trim_start().into()),
            None => {
                if let Some(value) = own(item) {
                    set(item, value);
                }
            }
        }
    }
    set("PATH", SAFE_PATH.into());
    set(CONFIG_DIRECTORY, directory.into());
    environment
}

/// What one process gets beside it.
pub(crate) fn of_process(capacity: u32, stressed: bool) -> [(OsString, OsString); 2] {
    let stress = if stressed { "yes" } else { "" };
    [
        (CLIENT_LIMIT.into(), capacity.to_string().into()),
        (STRESS.into(), stress.into()),
    ]
}

/// Where daemons find programs, whoever started the mail system.
const SAFE_PATH: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_names_come_in_and_listed_values_are_set() {
        let import = ["TZ", "LANG=C", "{ A = b c }", "UNSET"].map(str::to_owned);
        let own = |name: &str| match name {
            "TZ" => Some(OsString::from("UTC")),
            "SECRET" | "LANG" => Some(OsString::from("x")),
            _ => None,
        };

        let environment = common(&import, own, Path::new("/etc/postfix"));

        let text: Vec<_> = environment
            .iter()
            .map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy()))
            .collect();
        assert_eq!(
            text,
            [
                "TZ=UTC",
                "LANG=C",
                "A=b c",
                "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
                "MAIL_CONFIG=/etc/postfix"
            ]
        );
    }
}
