//! Rules with regular expressions: what `regexp:` and `pcre:` have in common (regexp_table(5), pcre_table(5)).

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use sys::groups::Groups;

use crate::error::{LookupError, OpenError};
use crate::file::candidates::{self, Candidates};
use crate::file::rules::{self, Action, Refusal, Rule, Rules, Syntax, Words};
use crate::file::substitution::{Allowed, Template};
use crate::file::text::{Parsed, Reading};
use crate::registry::{Opening, Use};
use crate::table::{Answer, Keys, Lookup, Table};

/// A kind of expressions.
pub(crate) trait Expression: Sized + 'static {
    /// The table type.
    const KIND: &'static str;
    /// What becomes of a rule without an end, as warnings say it.
    const CONSEQUENCE: &'static str;
    /// How warnings say that `$0` is no group.
    const NO_SUCH_GROUP: &'static str;

    /// A key made ready for being searched many times.
    type Text<'a>;

    /// Compiles what is between the delimiters, with the letters behind them.
    ///
    /// # Errors
    /// What is wrong, as a full warning; the rule is left out.
    fn compile(expression: &str, flags: &str) -> Result<Compiled<Self>, String>;

    /// How many groups there are.
    fn groups(&self) -> usize;

    /// Makes `key` ready.
    ///
    /// # Errors
    /// It can not be searched.
    fn text(key: &str) -> Result<Self::Text<'_>, String>;

    /// Searches `text`; `None` when it does not match. Places are needed only `with_groups`.
    ///
    /// # Errors
    /// It could not be told, with too much work or too little memory.
    fn search(&self, text: &Self::Text<'_>, with_groups: bool) -> Result<Option<Groups>, String>;
}

/// A compiled expression, and what was found out on the way.
pub(crate) struct Compiled<E> {
    pub(crate) expression: E,
    /// Texts of which one is in whatever matches.
    pub(crate) texts: Option<Vec<Vec<u8>>>,
    /// What is strange about it, though it is taken.
    pub(crate) remark: Option<String>,
}

/// An expression, and whether it must match or must not.
struct Pattern<E> {
    expression: E,
    verdict: bool,
    texts: Option<Vec<Vec<u8>>>,
}

/// The rules, and which of them are worth trying.
struct Searched<E> {
    rules: Rules<Pattern<E>, Template>,
    candidates: Option<Candidates>,
}

struct ExpressionTable<E> {
    rules: Parsed<Searched<E>>,
}

struct ExpressionSyntax<E> {
    usage: Use,
    /// What is strange about the pattern that was read last.
    remark: RefCell<Option<String>>,
    kind: PhantomData<E>,
}

/// Opens a table of one kind of expressions.
///
/// # Errors
/// The file can not be read.
pub(crate) fn open<E: Expression>(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let syntax = ExpressionSyntax::<E>::new(opening.usage);
    let rules = Parsed::open_or_inline(opening, move |text, name| Searched::read(&syntax, text, name))?;
    Ok(Rc::new(ExpressionTable { rules }))
}

/// An expression between delimiters.
struct Delimited<'a> {
    /// False after an odd number of `!`.
    verdict: bool,
    /// What is between the delimiters, still with the backslashes.
    expression: &'a str,
    /// The letters behind the closing delimiter.
    flags: &'a str,
    /// What follows the white space behind them.
    rest: &'a str,
}

/// Reads `!/expression/flags rest`; `consequence` is the word for what becomes of a rule without an end. A delimiter inside
/// the expression stands behind a backslash.
///
/// # Errors
/// There is no expression, or its end is missing.
fn delimited<'a>(text: &'a str, consequence: &str) -> Result<Delimited<'a>, String> {
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

impl<E> ExpressionSyntax<E> {
    fn new(usage: Use) -> Self {
        Self {
            usage,
            remark: RefCell::new(None),
            kind: PhantomData,
        }
    }
}

impl<E: Expression> Syntax for ExpressionSyntax<E> {
    type Pattern = Pattern<E>;
    type Value = Template;

    const WORDS: Words = Words {
        lonely_end: "ignoring ENDIF without matching IF",
        no_value: Ok("no replacement text: using empty string"),
    };

    fn kind(&self) -> &'static str {
        E::KIND
    }

    /// A line begins with something that can delimit an expression.
    fn is_rule(&self, text: &str) -> bool {
        text.chars()
            .next()
            .is_some_and(|letter| !letter.is_alphanumeric())
    }

    fn pattern<'a>(&self, text: &'a str) -> Result<(Pattern<E>, &'a str), String> {
        let parts = delimited(text, E::CONSEQUENCE)?;
        let compiled = E::compile(parts.expression, parts.flags)?;
        *self.remark.borrow_mut() = compiled.remark;
        let pattern = Pattern {
            expression: compiled.expression,
            verdict: parts.verdict,
            texts: compiled.texts,
        };
        Ok((pattern, parts.rest))
    }

    fn remark(&self) -> Option<String> {
        self.remark.take()
    }

    fn value(&self, pattern: &Pattern<E>, text: &str) -> Result<Template, Refusal> {
        let allowed = Allowed {
            groups: pattern.expression.groups(),
            negated: !pattern.verdict,
            substitution: self.usage.substitution,
            file_values: self.usage.file_values,
            no_such_group: E::NO_SUCH_GROUP,
        };
        Template::parse(text, allowed)
    }
}

impl<E: Expression> Table for ExpressionTable<E> {
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

impl<E: Expression> Searched<E> {
    fn read(syntax: &ExpressionSyntax<E>, text: &[u8], name: &str) -> Result<Reading<Self>, String> {
        let Reading { parsed: rules, fault } = rules::read(syntax, text, name)?;
        let texts = |pattern: &Pattern<E>| pattern.texts.clone();
        let candidates = Candidates::of(&rules, texts, |pattern| !pattern.verdict);
        Ok(Reading {
            parsed: Self { rules, candidates },
            fault,
        })
    }

    /// The value for `key`; without `candidates` every rule is tried.
    fn find(&self, key: &str, candidates: Option<&Candidates>) -> Result<Option<String>, String> {
        let text = E::text(key)?;
        let matches = |rule: &Rule<Pattern<E>, Template>, is_tried: bool| {
            let with_groups = matches!(&rule.action, Action::Value(template) if template.has_groups());
            let groups = match is_tried {
                true => rule.pattern.expression.search(&text, with_groups),
                false => Ok(None),
            };
            let groups = groups.map_err(|reason| format!("line {}: {reason}", rule.line))?;
            Ok::<_, String>(match (groups, rule.pattern.verdict) {
                (Some(groups), true) => Some(Some(groups)),
                (None, false) => Some(None),
                _ => None,
            })
        };
        let found = candidates::first_match(&self.rules, candidates, key.as_bytes(), matches)?;
        Ok(found.map(|(template, groups)| {
            template.fill(|number| {
                let range = groups.as_ref().and_then(|groups| groups.get(number));
                range.and_then(|range| key.get(range)).unwrap_or_default()
            })
        }))
    }
}

/// The values for `key` by the candidates and by trying every rule.
pub(crate) fn both_ways<E: Expression>(
    text: &[u8],
    key: &str,
) -> Result<[Result<Option<String>, String>; 2], String> {
    let syntax = ExpressionSyntax::<E>::new(Use::GENERAL);
    let table = Searched::read(&syntax, text, "test")?.parsed;
    Ok([table.find(key, table.candidates.as_ref()), table.find(key, None)])
}
