//! Ordered rules with `if` and `endif`: what `regexp:`, `pcre:` and `cidr:` have in common.
//!
//! A rule that can not be read is left out with a warning, and the others stay (regexp_table(5), cidr_table(5)).

use std::cell::RefCell;

use crate::file::text::Reading;
use crate::log;
use crate::source::logical_lines_of;

/// What one table type adds to rules.
pub(crate) trait Syntax {
    /// A compiled pattern with everything needed to try it.
    type Pattern;
    /// A value with what is to be put into it.
    type Value;

    /// The sentences in which the types differ.
    const WORDS: Words;

    /// The word before the table's name in warnings.
    fn kind(&self) -> &'static str;

    /// Reads the pattern after `if`, negation included, and returns it with the text behind it.
    ///
    /// # Errors
    /// As [`Syntax::pattern`].
    fn condition<'a>(&self, text: &'a str) -> Result<(Self::Pattern, &'a str), String> {
        self.pattern(text)
    }

    /// Judges the text after `endif`.
    ///
    /// # Errors
    /// What is wrong, as a full warning; the line is then left out.
    fn end(&self, after: &str) -> Result<(), String> {
        let _ = after;
        Ok(())
    }

    /// Reads one pattern, negation included, and returns it with the text behind it.
    ///
    /// # Errors
    /// What is wrong, as a full warning; the rule is left out.
    fn pattern<'a>(&self, text: &'a str) -> Result<(Self::Pattern, &'a str), String>;

    /// Reads the value that belongs to `pattern`.
    ///
    /// # Errors
    /// What is wrong, to be followed by "skipping this rule".
    fn value(&self, pattern: &Self::Pattern, text: &str) -> Result<Self::Value, Refusal>;

    /// What is strange about the pattern that was read last, though it is taken.
    fn remark(&self) -> Option<String> {
        None
    }

    /// True when a line can not be a rule of this type at all.
    fn is_rule(&self, text: &str) -> bool;
}

/// What the types say of the same mistake.
pub(crate) struct Words {
    /// Of `endif` without `if`.
    pub(crate) lonely_end: &'static str,
    /// Of a pattern without a value, which then is empty (`Ok`), or makes the rule useless.
    pub(crate) no_value: Result<&'static str, &'static str>,
}

/// Why a value is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// A warning that comes first, and whether it names file and line.
    pub(crate) before: Option<(String, bool)>,
    pub(crate) reason: String,
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self { before: None, reason }
    }
}

/// One rule.
pub(crate) struct Rule<P, V> {
    pub(crate) line: u64,
    pub(crate) pattern: P,
    pub(crate) action: Action<V>,
}

/// What a match leads to.
pub(crate) enum Action<V> {
    /// This value.
    Value(V),
    /// The rules that follow; without a match, on to the rule with this index.
    Enter { otherwise: usize },
}

/// The rules of one table.
pub(crate) type Rules<P, V> = Vec<Rule<P, V>>;

/// The rules that a syntax reads.
type ReadRules<S> = Reading<Rules<<S as Syntax>::Pattern, <S as Syntax>::Value>>;

/// How deep `if` may be nested.
const DEEPEST: usize = 100;

/// Reads all rules of `content`; `name` is the table's name in warnings.
///
/// # Errors
/// The text is not UTF-8.
pub(crate) fn read<S: Syntax>(syntax: &S, content: &[u8], name: &str) -> Result<ReadRules<S>, String> {
    let mut reader = Reader {
        syntax,
        name,
        rules: Vec::new(),
        open: Vec::new(),
        fault: RefCell::new(None),
    };
    for line in logical_lines_of(content, name) {
        match std::str::from_utf8(&line.text) {
            Ok(text) => reader.line(
                line.number,
                text.trim_end_matches(|c: char| c.is_ascii_whitespace()),
            ),
            Err(_) => reader.warn(line.number, "non-UTF-8 input: skipping this rule"),
        }
    }
    Ok(reader.finish())
}

struct Reader<'a, S: Syntax> {
    syntax: &'a S,
    name: &'a str,
    rules: Rules<S::Pattern, S::Value>,
    /// The `if` rules without their `endif`.
    open: Vec<usize>,
    /// The first warning about something that is left out.
    fault: RefCell<Option<String>>,
}

impl<S: Syntax> Reader<'_, S> {
    /// Warns of something that is left out.
    fn warn(&self, line: u64, reason: &str) {
        self.note(line, reason);
        let mut fault = self.fault.borrow_mut();
        fault.get_or_insert_with(|| format!("{}, line {line}: {reason}", self.name));
    }

    /// Warns of something strange that is taken.
    fn note(&self, line: u64, reason: &str) {
        log::bad_line(&format!("{} map {}", self.syntax.kind(), self.name), line, reason);
    }

    fn line(&mut self, line: u64, text: &str) {
        if let Some(after) = strip_word(text, "endif") {
            self.end(line, after);
        } else if let Some(after) = strip_word(text, "if") {
            self.begin(line, after.trim_ascii_start());
        } else if self.syntax.is_rule(text) {
            self.rule(line, text);
        } else {
            self.warn(line, "ignoring unrecognized request");
        }
    }

    fn rule(&mut self, line: u64, text: &str) {
        let read = self.syntax.pattern(text).and_then(|(pattern, rest)| {
            let rest = rest.trim_ascii();
            if rest.is_empty() {
                self.note(line, S::WORDS.no_value?);
            }
            if let Some(remark) = self.syntax.remark() {
                self.note(line, &remark);
            }
            let value = self.syntax.value(&pattern, rest).map_err(|refusal| {
                match refusal.before {
                    Some((text, true)) => self.warn(line, &text),
                    Some((text, false)) => log::bad_reference(&text),
                    None => {}
                }
                format!("{}: skipping this rule", refusal.reason)
            })?;
            Ok(Rule {
                line,
                pattern,
                action: Action::Value(value),
            })
        });
        match read {
            Ok(rule) => self.rules.push(rule),
            Err(reason) => self.warn(line, &reason),
        }
    }

    fn begin(&mut self, line: u64, text: &str) {
        if self.open.len() >= DEEPEST {
            self.warn(line, "IF is nested too deeply: skipping this rule");
            return;
        }
        match self.syntax.condition(text) {
            Ok((pattern, rest)) => {
                let rest = rest.trim_ascii();
                if !rest.is_empty() {
                    self.warn(
                        line,
                        &format!("ignoring extra text after IF statement: \"{rest}\""),
                    );
                    self.warn(
                        line,
                        "do not prepend whitespace to statements between IF and ENDIF",
                    );
                }
                self.open.push(self.rules.len());
                self.rules.push(Rule {
                    line,
                    pattern,
                    action: Action::Enter {
                        otherwise: usize::MAX,
                    },
                });
            }
            Err(reason) => self.warn(line, &reason),
        }
    }

    fn end(&mut self, line: u64, after: &str) {
        if let Err(reason) = self.syntax.end(after.trim_ascii()) {
            self.warn(line, &reason);
            return;
        }
        let next = self.rules.len();
        match self.open.pop().and_then(|index| self.rules.get_mut(index)) {
            Some(rule) => rule.action = Action::Enter { otherwise: next },
            None => self.warn(line, S::WORDS.lonely_end),
        }
        if !after.trim_ascii().is_empty() {
            self.warn(line, "ignoring extra text after ENDIF");
        }
    }

    fn finish(self) -> ReadRules<S> {
        for index in self.open.iter().rev() {
            if let Some(rule) = self.rules.get(*index) {
                self.warn(rule.line, "IF has no matching ENDIF");
            }
        }
        Reading {
            parsed: self.rules,
            fault: self.fault.into_inner(),
        }
    }
}

/// The text after `word`, in any case, when no letter or digit follows it.
fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let ends = !rest
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    (head.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// Tries the rules in order; `matches` says whether one fits, and what of it is needed for the value.
///
/// # Errors
/// Whatever `matches` returns.
pub(crate) fn first_match<P, V, M, E>(
    rules: &[Rule<P, V>],
    mut matches: impl FnMut(&Rule<P, V>) -> Result<Option<M>, E>,
) -> Result<Option<(&V, M)>, E> {
    let mut index = 0;
    while let Some(rule) = rules.get(index) {
        index += 1;
        match (matches(rule)?, &rule.action) {
            (Some(found), Action::Value(value)) => return Ok(Some((value, found))),
            (None, Action::Enter { otherwise }) => index = *otherwise,
            (Some(_), Action::Enter { .. }) | (None, Action::Value(_)) => {}
        }
    }
    Ok(None)
}
