//! `cidr:/path`: networks in order, the first that has the address gives the value (cidr_table(5)).

use std::convert::Infallible;
use std::net::IpAddr;
use std::rc::Rc;

use crate::error::OpenError;
use crate::file::intervals::{Intervals, Reach};
use crate::file::rules::{self, Action, Refusal, Rules, Syntax, Words};
use crate::file::text::{Parsed, Reading};
use crate::network::{Network, parse_address, upper_bits};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};

struct Pattern {
    network: Network,
    /// What it means that the network has the address.
    verdict: bool,
}

struct Cidr {
    rules: Parsed<Networks>,
}

/// The rules, and which of them decides on each address.
struct Networks {
    rules: Rules<Pattern, String>,
    /// For IPv4 and IPv6; absent where the rules have to be tried one by one.
    intervals: Option<[Intervals; 2]>,
}

/// With fewer rules it is as quick to try them all.
const FEW_RULES: usize = 8;

impl Networks {
    fn of(rules: Rules<Pattern, String>) -> Self {
        let of_family = |ipv6| Intervals::of(&rules, |pattern: &Pattern| pattern.reach(ipv6));
        let intervals = match rules.len() >= FEW_RULES {
            true => of_family(false).zip(of_family(true)),
            false => None,
        };
        Self {
            intervals: intervals.map(|(ipv4, ipv6)| [ipv4, ipv6]),
            rules,
        }
    }

    fn find(&self, address: IpAddr) -> Option<&String> {
        let Some([ipv4, ipv6]) = &self.intervals else {
            return self.find_one_by_one(address);
        };
        let intervals = if address.is_ipv6() { ipv6 } else { ipv4 };
        match &self.rules.get(intervals.find(upper_bits(address))?)?.action {
            Action::Value(value) => Some(value),
            Action::Enter { .. } => None,
        }
    }

    fn find_one_by_one(&self, address: IpAddr) -> Option<&String> {
        let found: Result<_, Infallible> = rules::first_match(&self.rules, |rule| {
            Ok(rule.pattern.matches(address).then_some(()))
        });
        match found {
            Ok(found) => found.map(|(value, ())| value),
        }
    }
}

struct CidrSyntax {
    file_values: bool,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = CidrSyntax {
        file_values: opening.usage.file_values,
    };
    let rules = Parsed::open_or_inline(opening, move |text, name| {
        let Reading { parsed, fault } = rules::read(&syntax, text, name)?;
        Ok(Reading {
            parsed: Networks::of(parsed),
            fault,
        })
    })?;
    Ok(Rc::new(Cidr { rules }))
}

impl Syntax for CidrSyntax {
    type Pattern = Pattern;
    type Value = String;

    const WORDS: Words = Words {
        lonely_end: "ENDIF without IF: skipping this rule",
        no_value: Err("no lookup result: skipping this rule"),
    };

    fn kind(&self) -> &'static str {
        "cidr"
    }

    fn condition<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        // Nothing may follow the pattern: it would be taken for a part of it.
        let (pattern, _) = network(text, text.len())?;
        Ok((pattern, ""))
    }

    fn end(&self, after: &str) -> Result<(), String> {
        match after {
            "" => Ok(()),
            _ => Err("garbage after ENDIF: skipping this rule".to_owned()),
        }
    }

    fn is_rule(&self, _text: &str) -> bool {
        true
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        let begin = text.find(|letter: char| letter != '!' && !letter.is_ascii_whitespace());
        let begin = begin.unwrap_or(text.len());
        let after = text.get(begin..).unwrap_or_default();
        let end = after.find(|letter: char| letter.is_ascii_whitespace());
        network(text, end.map_or(text.len(), |end| begin + end))
    }

    fn value(&self, _pattern: &Pattern, text: &str) -> Result<String, Refusal> {
        if self.file_values {
            return crate::file::content::of_files(text).map_err(|error| error.to_string().into());
        }
        Ok(text.to_owned())
    }
}

/// Reads the pattern, negation included, that ends at `end`.
fn network(text: &str, end: usize) -> Result<(Pattern, &str), String> {
    let (text, rest) = text.split_at(end);
    let pattern = text.trim_start_matches(|letter: char| letter == '!' || letter.is_ascii_whitespace());
    let turns = text
        .get(..text.len() - pattern.len())
        .unwrap_or_default()
        .matches('!')
        .count();
    if pattern.is_empty() {
        return Err("no address pattern: skipping this rule".to_owned());
    }
    let network = Network::parse(pattern).map_err(|reason| format!("{reason}: skipping this rule"))?;
    let verdict = turns % 2 == 0;
    Ok((Pattern { network, verdict }, rest))
}

impl Pattern {
    /// The addresses of one family that the pattern matches.
    fn reach(&self, ipv6: bool) -> Reach {
        let (first, last) = self.network.reach();
        match self.verdict {
            _ if self.network.is_ipv6() != ipv6 => Reach::Nothing,
            true => Reach::Inside(first, last),
            false => Reach::Outside(first, last),
        }
    }

    /// An address of the other family neither is in the network nor outside of it.
    fn matches(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.network.is_ipv6() && self.network.contains(address) == self.verdict
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
        let Some(address) = parse_address(key) else {
            return Answer::Ready(Ok(None));
        };
        Answer::Ready(Ok(self.rules.current().find(address).cloned()))
    }
}

/// The values for `key` by the intervals and by trying every rule.
pub(crate) fn both_ways(text: &[u8], key: &str) -> Result<[Option<String>; 2], String> {
    let syntax = CidrSyntax { file_values: false };
    let networks = Networks::of(rules::read(&syntax, text, "test")?.parsed);
    let Some(address) = parse_address(key) else {
        return Ok([None, None]);
    };
    Ok([
        networks.find(address).cloned(),
        networks.find_one_by_one(address).cloned(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
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
            ("::1", Some("six")),
            ("[::1]", None),
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

    /// Numbers that look like chance, the same ones each time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, most: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % most
        }

        fn address(&mut self) -> IpAddr {
            // Few bits, so that networks lie in one another.
            let bits = (self.below(4) << 6 | self.below(4)) as u32;
            match self.below(3) {
                0 => IpAddr::from([0x2001, 0, 0, 0, 0, 0, 0, bits as u16]),
                _ => IpAddr::from((10_u32 << 24 | bits).to_be_bytes()),
            }
        }

        fn network(&mut self) -> String {
            let address = self.address();
            let width: u32 = if address.is_ipv6() { 128 } else { 32 };
            let length = match self.below(10) {
                0 => self.below(u64::from(width) + 1) as u32,
                _ => width - self.below(9) as u32,
            };
            let bits = upper_bits(address) & u128::MAX.checked_shl(128 - length).unwrap_or(0);
            let not = if self.below(4) == 0 { "!" } else { "" };
            match address {
                IpAddr::V4(_) => format!("{not}{}/{length}", std::net::Ipv4Addr::from((bits >> 96) as u32)),
                IpAddr::V6(_) => format!("{not}{}/{length}", std::net::Ipv6Addr::from(bits)),
            }
        }
    }

    #[test]
    fn intervals_say_what_the_rules_say_one_by_one() {
        let syntax = CidrSyntax { file_values: false };
        let mut dice = Dice(7);
        let mut found = 0;
        for _ in 0..300 {
            let mut text = String::new();
            for number in 0..8 + dice.below(30) {
                text.push_str(&match dice.below(6) {
                    0 => format!("if {}\n", dice.network()),
                    1 => "endif\n".to_owned(),
                    _ => format!("{} {number}\n", dice.network()),
                });
            }
            let _warnings = maillog::capture();
            let networks = Networks::of(rules::read(&syntax, text.as_bytes(), "test").unwrap().parsed);
            for _ in 0..100 {
                let address = dice.address();
                let answer = networks.find(address);
                assert_eq!(answer, networks.find_one_by_one(address), "{address} in\n{text}");
                found += usize::from(answer.is_some());
            }
        }
        assert!(found > 10_000, "{found}");
    }
}
