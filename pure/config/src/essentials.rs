//! What no program starts without: a compatibility level, a host name and protocols that are such. A program that does
//! not look at one of them would go on with it all the same, and its neighbours would not.

use crate::catalogue::{COMPATIBILITY_LEVEL, INET_PROTOCOLS, MYHOSTNAME};
use crate::configuration::Configuration;
use crate::error::{ParameterError, Wrong};
use crate::level::Level;

impl Configuration {
    /// Says whether the values that all programs share are right.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check_essentials(&self) -> Result<(), ParameterError> {
        let wrong = |name: &str, value: &str, wrong: Wrong| {
            Err(ParameterError::Value {
                origin: self.origin(name),
                name: name.to_owned(),
                value: value.to_owned(),
                wrong,
            })
        };
        // Defaults are worked out by it; it comes first.
        let level: String = self.get(COMPATIBILITY_LEVEL)?;
        if Level::parse(&level).is_none() {
            return wrong(COMPATIBILITY_LEVEL.name(), &level, Wrong::NotLevel);
        }
        let hostname: String = self.get(MYHOSTNAME)?;
        if !is_hostname(&hostname) {
            return wrong(MYHOSTNAME.name(), &hostname, Wrong::NotHostname);
        }
        let protocols: Vec<String> = self.get(INET_PROTOCOLS)?;
        let is_protocol = |word: &&String| ["all", "ipv4", "ipv6"].contains(&word.to_lowercase().as_str());
        match protocols.iter().find(|word| !is_protocol(word)) {
            Some(word) => {
                let cause = Wrong::NotProtocol(word.clone());
                wrong(INET_PROTOCOLS.name(), &protocols.join(", "), cause)
            }
            None => Ok(()),
        }
    }
}

/// Labels of letters, digits, hyphens and underscores; a name that is not ASCII is for IDNA to judge.
fn is_hostname(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    let is_numeric = name.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    !name.is_ascii() || (name.len() <= 255 && !is_numeric && name.split('.').all(is_label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_programs_share_is_judged_with_its_place_cause_and_cure() {
        let judged = |text: &str| {
            let configuration = Configuration::parse(text).unwrap();
            let checked = configuration.check_essentials();
            checked.map_err(|error| error.to_string())
        };
        let level = |value: &str| {
            Err(format!(
                "main.cf, line 1: malformed compatibility level syntax: \"{value}\"; specify numbers joined by dots, such as 3.6"
            ))
        };
        let host = |value: &str| {
            Err(format!(
                "main.cf, line 1: parameter myhostname: bad parameter value: {value}; specify a host name, such as mail.example.com"
            ))
        };

        for right in [
            "",
            "compatibility_level = 99999999999",
            "myhostname = foo",
            "myhostname = foo_bar.example",
            "myhostname = b\u{fc}cher.example",
            "inet_protocols =",
            "inet_protocols = IPv4, ipv6",
        ] {
            assert_eq!(judged(right), Ok(()), "{right}");
        }
        for bad in ["3.x", "3.6.1.2", "", "-1", "3.6-rc", "3."] {
            assert_eq!(judged(&format!("compatibility_level = {bad}")), level(bad));
        }
        for bad in ["foo.bar.", "192.0.2.1", "foo..bar", "-a.b", "a b.c"] {
            assert_eq!(judged(&format!("myhostname = {bad}")), host(bad));
        }
        assert_eq!(
            judged("inet_protocols = ipv4, foo"),
            Err(
                "main.cf, line 1: unknown inet_protocols value \"foo\" in \"ipv4, foo\"; \
                 specify all, or ipv4, ipv6 or both"
                    .to_owned()
            )
        );
    }
}
