//! `cidr:/path`: networks in order, the first that has the address gives the value (cidr_table(5)).

use std::convert::Infallible;
use std::rc::Rc;

use crate::error::OpenError;
use crate::file::rules::{self, Rules, Syntax};
use crate::file::text::Parsed;
use crate::network::{Network, parse_address};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};

struct Pattern {
    network: Network,
    /// What it means that the network has the address.
    verdict: bool,
}

struct Cidr {
    rules: Parsed<Rules<Pattern, String>>,
}

struct CidrSyntax {
    file_values: bool,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = CidrSyntax {
        file_values: opening.usage.file_values,
    };
    let rules = Parsed::open_or_inline(opening, move |text, name| rules::read(&syntax, text, name))?;
    Ok(Rc::new(Cidr { rules }))
}

impl Syntax for CidrSyntax {
    type Pattern = Pattern;
    type Value = String;

    fn kind(&self) -> &'static str {
        "cidr"
    }

    fn is_if(&self, after: &str) -> bool {
        after.starts_with(|letter: char| letter.is_ascii_whitespace() || letter == '!')
    }

    fn is_rule(&self, _text: &str) -> bool {
        true
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        let after = text.trim_start_matches(|letter: char| letter == '!' || letter.is_ascii_whitespace());
        let before = text.get(..text.len() - after.len()).unwrap_or_default();
        let turns = before.matches('!').count();
        let end = after
            .find(|letter: char| letter.is_ascii_whitespace())
            .unwrap_or(after.len());
        let (pattern, rest) = after.split_at(end);
        if pattern.is_empty() {
            return Err("no address pattern: skipping this rule".to_owned());
        }
        let network = Network::parse(pattern).map_err(|reason| format!("{reason}: skipping this rule"))?;
        let verdict = turns % 2 == 0;
        Ok((Pattern { network, verdict }, rest))
    }

    fn value(&self, _pattern: &Pattern, text: &str) -> Result<String, String> {
        if self.file_values {
            return crate::file::content::of_files(text).map_err(|error| error.to_string());
        }
        Ok(text.to_owned())
    }
}

impl Table for Cidr {
    fn name(&self) -> &str {
        self.rules.name()
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let plain = key
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(key);
        let Some(address) = parse_address(plain) else {
            return Answer::Ready(Ok(None));
        };
        let rules = self.rules.current();
        let found: Result<_, Infallible> = rules::first_match(&rules, |rule| {
            Ok((rule.pattern.network.contains(address) == rule.pattern.verdict).then_some(()))
        });
        match found {
            Ok(found) => Answer::Ready(Ok(found.map(|(value, ())| value.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn order_decides_and_rules_nest() {
        let text = "cidr:{{10.0.0.1 one}, {if 10.0.0.0/8}, {!10.1.0.0/16 outside}, {endif}, {::/0 six}, {0.0.0.0/0 all}}";
        let table = Tables::new(Settings::default())
            .try_open(text, Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("10.0.0.1", Some("one")),
            ("10.2.0.1", Some("outside")),
            ("10.1.0.1", Some("all")),
            ("[::1]", Some("six")),
            ("192.0.2.1", Some("all")),
            ("example.com", None),
        ] {
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
    }

    #[test]
    fn a_bad_rule_is_left_out() {
        let table =
            Tables::new(Settings::default()).try_open("cidr:{{10.0.0.1/8 x}, {10.0.0.0/8 y}}", Use::GENERAL);

        assert_eq!(
            ready(table.unwrap().lookup("10.0.0.1").get()),
            Ok(Some("y".to_owned()))
        );
    }
}
