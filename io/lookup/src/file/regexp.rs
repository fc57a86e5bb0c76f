//! `regexp:/path`: POSIX regular expressions in order, matched by the C library (regexp_table(5)).

use std::ffi::CString;
use std::rc::Rc;

use sys::posix_regexp::{Flags, Regexp};

use crate::error::{LookupError, OpenError};
use crate::file::candidates::{self, Candidates};
use crate::file::literals::{self, Dialect};
use crate::file::rules::{self, Refusal, Rules, Syntax, Words};
use crate::file::substitution::{Allowed, Template};
use crate::file::text::{Parsed, Reading};
use crate::registry::{Opening, Use};
use crate::table::{Answer, Keys, Lookup, Table};

/// An expression, and whether it must match or must not.
struct Pattern {
    regexp: Regexp,
    verdict: bool,
    /// Texts of which one is in whatever matches.
    texts: Option<Vec<Vec<u8>>>,
}

/// The rules, and which of them are worth trying.
struct TableRegexp {
    rules: Rules<Pattern, Template>,
    candidates: Option<Candidates>,
}

struct RegexpTable {
    rules: Parsed<TableRegexp>,
}

struct RegexpSyntax {
    usage: Use,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = RegexpSyntax { usage: opening.usage };
    let rules = Parsed::open_or_inline(opening, move |text, name| TableRegexp::read(&syntax, text, name))?;
    Ok(Rc::new(RegexpTable { rules }))
}

/// An expression between delimiters, as both kinds of expressions are written.
pub(crate) struct Delimited<'a> {
    /// False after an odd number of `!`.
    pub(crate) verdict: bool,
    /// What is between the delimiters, still with the backslashes.
    pub(crate) expression: &'a str,
    /// The letters behind the closing delimiter.
    pub(crate) flags: &'a str,
    /// What follows the white space behind them.
    pub(crate) rest: &'a str,
}

/// Reads `!/expression/flags rest`; `consequence` is the word for what becomes of a rule without an end. A delimiter inside the expression stands behind a backslash.
///
/// # Errors
/// There is no expression, or its end is missing.
pub(crate) fn delimited<'a>(text: &'a str, consequence: &str) -> Result<Delimited<'a>, String> {
    let mut verdict = true;
    let mut rest = text;
    while let Some(after) = rest.strip_prefix('!') {
        verdict = !verdict;
        rest = after.trim_ascii_start();
    }
    let mut letters = rest.char_indices();
    let Some((_, delimiter)) = letters.next() else {
        return Err("no regexp: skipping this rule".to_owned());
    };
    let mut escaped = false;
    for (position, letter) in letters {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == delimiter => {
                let expression = rest.get(delimiter.len_utf8()..position).unwrap_or_default();
                let after = rest.get(position + delimiter.len_utf8()..).unwrap_or_default();
                let end = after
                    .find(|letter: char| letter.is_ascii_whitespace())
                    .unwrap_or(after.len());
                let (flags, rest) = after.split_at(end);
                return Ok(Delimited {
                    verdict,
                    expression,
                    flags,
                    rest,
                });
            }
            _ => {}
        }
    }
    Err(format!(
        "no closing regexp delimiter \"{delimiter}\": {consequence} this rule"
    ))
}

/// True when a line begins with something that can delimit an expression.
pub(crate) fn begins_expression(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|letter| !letter.is_alphanumeric())
}

impl Syntax for RegexpSyntax {
    type Pattern = Pattern;
    type Value = Template;

    const WORDS: Words = Words {
        lonely_end: "ignoring ENDIF without matching IF",
        no_value: Ok("no replacement text: using empty string"),
    };

    fn kind(&self) -> &'static str {
        "regexp"
    }

    fn is_rule(&self, text: &str) -> bool {
        begins_expression(text)
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern, &'a str), String> {
        let parts = delimited(text, "skipping")?;
        let mut flags = Flags {
            ignore_case: true,
            newline: false,
            extended: true,
        };
        for flag in parts.flags.chars() {
            match flag {
                'i' => flags.ignore_case = !flags.ignore_case,
                'm' => flags.newline = !flags.newline,
                'x' => flags.extended = !flags.extended,
                _ => return Err(format!("unknown regexp option \"{flag}\": skipping this rule")),
            }
        }
        let regexp = Regexp::compile(parts.expression, flags)?;
        Ok((
            Pattern {
                regexp,
                verdict: parts.verdict,
                texts: if flags.extended {
                    literals::required(parts.expression, Dialect::Posix)
                } else {
                    None
                },
            },
            parts.rest,
        ))
    }

    fn value(&self, pattern: &Pattern, text: &str) -> Result<Template, Refusal> {
        let allowed = Allowed {
            groups: pattern.regexp.groups(),
            negated: !pattern.verdict,
            substitution: self.usage.substitution,
            file_values: self.usage.file_values,
            no_such_group: "out-of-range",
        };
        Template::parse(text, allowed)
    }
}

impl Table for RegexpTable {
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

impl TableRegexp {
    fn read(syntax: &RegexpSyntax, text: &[u8], name: &str) -> Result<Reading<Self>, String> {
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
        // The C library sees the text up to the first NUL.
        let visible = key.split('\0').next().unwrap_or_default();
        let subject = CString::new(visible).map_err(|_| "bad search text".to_owned())?;
        let found =
            candidates::first_match(&self.rules, candidates, visible.as_bytes(), |rule, is_tried| {
                let groups = match is_tried {
                    true => rule.pattern.regexp.search(&subject),
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
                range.and_then(|range| visible.get(range)).unwrap_or_default()
            })
        }))
    }
}

/// The values for `key` by the candidates and by trying every rule.
pub(crate) fn both_ways(text: &[u8], key: &str) -> Result<[Result<Option<String>, String>; 2], String> {
    let syntax = RegexpSyntax { usage: Use::GENERAL };
    let table = TableRegexp::read(&syntax, text, "test")?.parsed;
    Ok([table.find(key, table.candidates.as_ref()), table.find(key, None)])
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn expressions_are_tried_in_order() {
        let text = "regexp:{{/^owner-(.*)@(.*)$/ list $1 at ${2}}, {if !/@example/}, {!/x/ no x}, {endif}, \
                    {/A/i upper}, {|\\|| bar}}";
        let table = Tables::new(Settings::default())
            .try_open(text, Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("OWNER-a@b", Some("list a at b")),
            ("c@other", Some("no x")),
            ("x@otherA", Some("upper")),
            ("x@othera", None),
            ("a|x@example", None),
            ("a|x@exampleA", Some("upper")),
            ("x|y", Some("bar")),
        ] {
            let expected = if key == "a|x@example" {
                Some("bar")
            } else {
                expected
            };
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
    }

    #[test]
    fn substitution_can_be_forbidden() {
        let tables = Tables::new(Settings::default());
        let table = tables
            .try_open("regexp:{{/(.*)/ |$1}, {/x/ y}}", Use::TRUSTED)
            .unwrap();

        assert_eq!(ready(table.lookup("x").get()), Ok(Some("y".to_owned())));
        assert_eq!(ready(table.lookup("a").get()), Ok(None));
    }
}
