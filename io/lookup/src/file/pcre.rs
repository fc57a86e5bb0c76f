//! `pcre:/path`: Perl compatible regular expressions in order (pcre_table(5)).

use std::cell::RefCell;
use std::rc::Rc;

use sys::pcre::{Flags, Pcre};

use crate::error::{LookupError, OpenError};
use crate::file::candidates::{self, Candidates};
use crate::file::literals::{self, Dialect};
use crate::file::regexp::{begins_expression, delimited};
use crate::file::rules::{self, Refusal, Rules, Syntax, Words};
use crate::file::substitution::{Allowed, Template};
use crate::file::text::{Parsed, Reading};
use crate::registry::{Opening, Use};
use crate::table::{Answer, Keys, Lookup, Table};

/// An expression, and whether it must match or must not.
struct Pattern {
    pcre: Pcre,
    verdict: bool,
    /// Texts of which one is in whatever matches.
    texts: Option<Vec<Vec<u8>>>,
}

/// The rules, and which of them are worth trying.
struct TablePcre {
    rules: Rules<Pattern, Template>,
    candidates: Option<Candidates>,
}

struct PcreTable {
    rules: Parsed<TablePcre>,
}

struct PcreSyntax {
    usage: Use,
    /// A flag without meaning in the pattern that was read last.
    obsolete: RefCell<Option<char>>,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = PcreSyntax {
        usage: opening.usage,
        obsolete: RefCell::new(None),
    };
    let rules = Parsed::open_or_inline(opening, move |text, name| TablePcre::read(&syntax, text, name))?;
    Ok(Rc::new(PcreTable { rules }))
}

impl Syntax for PcreSyntax {
    type Pattern = Pattern;
    type Value = Template;

    const WORDS: Words = Words {
        lonely_end: "ignoring ENDIF without matching IF",
        no_value: Ok("no replacement text: using empty string"),
    };

    fn kind(&self) -> &'static str {
        "pcre"
    }

    fn is_rule(&self, text: &str) -> bool {
        begins_expression(text)
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        let parts = delimited(text, "ignoring")?;
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
                'X' => *self.obsolete.borrow_mut() = Some(flag),
                _ => return Err(format!("unknown regexp option \"{flag}\": skipping this rule")),
            }
        }
        let pcre = Pcre::compile(parts.expression, flags)?;
        Ok((
            Pattern {
                pcre,
                verdict: parts.verdict,
                texts: if flags.extended {
                    None
                } else {
                    literals::required(parts.expression, Dialect::Perl)
                },
            },
            parts.rest,
        ))
    }

    fn remark(&self) -> Option<String> {
        let flag = self.obsolete.take()?;
        Some(format!("ignoring obsolete regexp option \"{flag}\""))
    }

    fn value(&self, pattern: &Pattern, text: &str) -> Result<Template, Refusal> {
        let allowed = Allowed {
            groups: pattern.pcre.groups(),
            negated: !pattern.verdict,
            substitution: self.usage.substitution,
            file_values: self.usage.file_values,
            no_such_group: "out of range",
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
        let table = self.rules.current();
        let found = table.find(key, table.candidates.as_ref());
        Answer::Ready(found.map_err(|reason| LookupError::content(self.name(), reason)))
    }
}

impl TablePcre {
    fn read(syntax: &PcreSyntax, text: &[u8], name: &str) -> Result<Reading<Self>, String> {
        let Reading { parsed: rules, fault } = rules::read(syntax, text, name)?;
        let texts = |pattern: &Pattern| pattern.texts.clone();
        let candidates = Candidates::of(&rules, texts, |pattern| !pattern.verdict);
        Ok(Reading {
            parsed: Self { rules, candidates },
            fault,
        })
    }

    /// The value for `key`; without `candidates` every rule is tried.
    fn find(&self, key: &str, candidates: Option<&Candidates>) -> Result<Option<String>, String> {
        let found = candidates::first_match(&self.rules, candidates, key.as_bytes(), |rule, is_tried| {
            let groups = match is_tried {
                true => rule.pattern.pcre.search(key.as_bytes()),
                false => Ok(None),
            };
            let groups = groups.map_err(|reason| format!("line {}: {reason}", rule.line))?;
            Ok::<_, String>(match (groups, rule.pattern.verdict) {
                (Some(groups), true) => Some(Some(groups)),
                (None, false) => Some(None),
                _ => None,
            })
        })?;
        Ok(found.map(|(template, groups)| {
            template.fill(|number| {
                let range = groups.as_ref().and_then(|groups| groups.get(number));
                range.and_then(|range| key.get(range)).unwrap_or_default()
            })
        }))
    }
}

/// The values for `key` by the candidates and by trying every rule.
pub(crate) fn both_ways(text: &[u8], key: &str) -> Result<[Result<Option<String>, String>; 2], String> {
    let syntax = PcreSyntax {
        usage: Use::GENERAL,
        obsolete: RefCell::new(None),
    };
    let table = TablePcre::read(&syntax, text, "test")?.parsed;
    Ok([table.find(key, table.candidates.as_ref()), table.find(key, None)])
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

    #[test]
    fn an_expression_that_goes_back_and_forth_for_ever_can_not_tell() {
        let table = Tables::new(Settings::default())
            .try_open("pcre:{{/x/ other}, {/^(a|aa)+$/ all}}", Use::GENERAL)
            .unwrap();

        assert_eq!(ready(table.lookup("aaa").get()), Ok(Some("all".to_owned())));
        let error = ready(table.lookup(&format!("{}b", "a".repeat(200))).get()).unwrap_err();
        assert!(error.to_string().contains("line 2: "), "{error}");
    }
}
