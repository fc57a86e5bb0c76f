//! `pcre:/path`: Perl compatible regular expressions in order (pcre_table(5)).

use std::rc::Rc;

use sys::pcre::{Flags, Pcre};

use crate::error::{LookupError, OpenError};
use crate::file::regexp::{begins_expression, delimited};
use crate::file::rules::{self, Rules, Syntax};
use crate::file::substitution::{Allowed, Template};
use crate::file::text::Parsed;
use crate::registry::{Opening, Use};
use crate::table::{Answer, Keys, Lookup, Table};

/// An expression, and whether it must match or must not.
struct Pattern {
    pcre: Pcre,
    verdict: bool,
}

struct PcreTable {
    rules: Parsed<Rules<Pattern, Template>>,
}

struct PcreSyntax {
    usage: Use,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = PcreSyntax { usage: opening.usage };
    let rules = Parsed::open_or_inline(opening, move |text, name| rules::read(&syntax, text, name))?;
    Ok(Rc::new(PcreTable { rules }))
}

impl Syntax for PcreSyntax {
    type Pattern = Pattern;
    type Value = Template;

    fn kind(&self) -> &'static str {
        "pcre"
    }

    fn is_if(&self, _after: &str) -> bool {
        true
    }

    fn is_rule(&self, text: &str) -> bool {
        begins_expression(text)
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        let parts = delimited(text)?;
        let mut flags = Flags {
            caseless: true,
            dot_all: true,
            ..Flags::default()
        };
        for flag in parts.flags.chars() {
            match flag {
                'i' => flags.caseless = !flags.caseless,
                'm' => flags.multi_line = !flags.multi_line,
                's' => flags.dot_all = !flags.dot_all,
                'x' => flags.extended = !flags.extended,
                'A' => flags.anchored = !flags.anchored,
                'E' => flags.dollar_end_only = !flags.dollar_end_only,
                'U' => flags.ungreedy = !flags.ungreedy,
                // PCRE2 always refuses a backslash before a letter without meaning, which is what the flag asked for.
                'X' => {}
                _ => return Err(format!("unknown regexp option \"{flag}\": skipping this rule")),
            }
        }
        let pcre = Pcre::compile(parts.expression, flags)?;
        Ok((
            Pattern {
                pcre,
                verdict: parts.verdict,
            },
            parts.rest,
        ))
    }

    fn value(&self, pattern: &Pattern, text: &str) -> Result<Template, String> {
        let allowed = Allowed {
            groups: pattern.pcre.groups(),
            negated: !pattern.verdict,
            substitution: self.usage.substitution,
            file_values: self.usage.file_values,
        };
        Template::parse(text, allowed)
    }
}

impl Table for PcreTable {
    fn name(&self) -> &str {
        self.rules.name()
    }

    fn keys(&self) -> Keys {
        Keys::Pattern
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let rules = self.rules.current();
        let found = rules::first_match(&rules, |rule| {
            let groups = rule.pattern.pcre.search(key.as_bytes()).map_err(|reason| {
                LookupError::content(self.name(), format!("line {}: {reason}", rule.line))
            })?;
            Ok(match (groups, rule.pattern.verdict) {
                (Some(groups), true) => Some(Some(groups)),
                (None, false) => Some(None),
                _ => None,
            })
        });
        Answer::Ready(found.map(|found| {
            found.map(|(template, groups)| {
                template.fill(|number| {
                    let range = groups.as_ref().and_then(|groups| groups.get(number));
                    range.and_then(|range| key.get(range)).unwrap_or_default()
                })
            })
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn flags_do_what_the_manual_says() {
        let text = "pcre:{{/^a(?<x>b+)c$/ one $1}, {/A B/i case}, {/d e/x ext}, {/f.g/s dot}, {/h/A anchored}, \
                    {/^i$/m multi}, {/(k+)/U least $1}}";
        let table = Tables::new(Settings::default())
            .try_open(text, Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("ABBC", Some("one BB")),
            ("a b", None),
            ("A B", Some("case")),
            ("de", Some("ext")),
            ("f\ng", None),
            ("fxg", Some("dot")),
            ("xh", None),
            ("hx", Some("anchored")),
            ("x\ni\ny", Some("multi")),
            ("kkk", Some("least k")),
        ] {
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
    }
}
