//! What no program starts without: right values of the parameters that all programs share. A program that does not look
//! at one of them would go on with a wrong one all the same, and its neighbours would not.

use crate::catalogue::{
    self, COMPATIBILITY_LEVEL, INET_PROTOCOLS, MYDOMAIN, MYHOSTNAME, MYNETWORKS, MYNETWORKS_STYLE, UNIVERSAL,
};
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
        for name in UNIVERSAL.iter().filter(|name| self.is_set(name)) {
            self.check(name)?;
        }
        let hostname: String = self.get(MYHOSTNAME)?;
        if !is_hostname(&hostname) {
            return wrong(MYHOSTNAME.name(), &hostname, Wrong::NotHostname);
        }
        if self.is_set(MYDOMAIN.name()) {
            let domain: String = self.get(MYDOMAIN)?;
            if !is_hostname(&domain) {
                return wrong(MYDOMAIN.name(), &domain, Wrong::NotHostname);
            }
        }
        // What nobody asks for does not matter.
        if self.is_set(MYNETWORKS_STYLE.name()) && !self.is_set(MYNETWORKS.name()) {
            let style: String = self.get(MYNETWORKS_STYLE)?;
            let is_style = |word: &&str| ["class", "subnet", "host"].contains(&word.to_lowercase().as_str());
            if let Some(word) = crate::split::list(&style).find(|word| !is_style(word)) {
                return wrong(MYNETWORKS_STYLE.name(), &style, Wrong::NotStyle(word.to_owned()));
            }
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

    /// Says whether a value has the form and size that its parameter asks for.
    fn check(&self, name: &str) -> Result<(), ParameterError> {
        let Some(entry) = catalogue::find(name) else {
            return Ok(());
        };
        let value = match entry.raw {
            true => self.raw(name).map(|text| text.into_owned()),
            false => self.expanded(name)?,
        };
        let value = value.unwrap_or_default();
        (entry.check)(&value).map_err(|wrong| ParameterError::Value {
            origin: self.origin(name),
            name: name.to_owned(),
            value,
            wrong,
        })
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
        for (bad, complaint) in [
            (
                "mydomain = 1.2.3.4",
                "parameter mydomain: bad parameter value: 1.2.3.4; specify a host name, such as mail.example.com",
            ),
            ("ipc_timeout = 0", "invalid ipc_timeout: 0 (min 1)"),
            (
                "max_idle = 5y",
                "parameter max_idle: bad time value or unit: 5y; specify a whole number with an optional unit: s, m, h, d or w",
            ),
            (
                "helpful_warnings = perhaps",
                "bad boolean configuration: helpful_warnings = perhaps; specify yes or no",
            ),
            (
                "message_size_limit = x",
                "bad numerical configuration: message_size_limit = x; specify a whole number",
            ),
            (
                "delay_logging_resolution_limit = 99",
                "invalid delay_logging_resolution_limit parameter value 99 > 6",
            ),
            ("data_directory =", "bad string length 0 < 1: data_directory = "),
            (
                "relay_domains = $x$",
                "relay_domains = $x$: empty macro name: \"$\"; specify $$ for a dollar sign",
            ),
            (
                "mynetworks_style = foo",
                "unknown mynetworks mask style value \"foo\" in \"foo\"; specify host, subnet or class",
            ),
        ] {
            assert_eq!(judged(bad), Err(format!("main.cf, line 1: {complaint}")));
        }
        for right in [
            "smtpd_timeout = 5y",
            "mynetworks_style = foo\nmynetworks = 127.0.0.1",
            "max_idle = 1",
        ] {
            assert_eq!(judged(right), Ok(()), "{right}");
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
