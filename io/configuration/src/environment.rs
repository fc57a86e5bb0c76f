//! Which environment variables cross the border of the mail system: `import_environment`, `export_environment`.

use std::ffi::OsString;

/// The variables that a list lets through: `NAME` takes the value that `own` has, `NAME=value` sets one.
///
/// `{ NAME = value }` is `NAME=value` with room for white space. Of one name the last entry counts.
pub fn environment(list: &[String], own: impl Fn(&str) -> Option<OsString>) -> Vec<(OsString, OsString)> {
    let mut environment: Vec<(OsString, OsString)> = Vec::new();
    for item in list {
        let item = config::split::braced(item).unwrap_or(item);
        let (name, value) = match item.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start().into())),
            None => (item, own(item)),
        };
        if let Some(value) = value {
            environment.retain(|(known, _)| known != name);
            environment.push((name.into(), value));
        }
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_names_come_in_and_listed_values_are_set() {
        let list = ["TZ", "LANG=C", "{ A = b c }", "UNSET", "LANG=D"].map(str::to_owned);
        let own = |name: &str| match name {
            "TZ" => Some(OsString::from("UTC")),
            "SECRET" | "LANG" => Some(OsString::from("x")),
            _ => None,
        };

        let text: Vec<_> = environment(&list, own)
            .iter()
            .map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy()))
            .collect();

        assert_eq!(text, ["TZ=UTC", "A=b c", "LANG=D"]);
    }
}
