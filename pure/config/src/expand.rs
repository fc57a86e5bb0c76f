//! `$name` expansion, for `main.cf` values and for every other text that has names in it.
//!
//! Who knows the names is the caller's business: a [`Names`] answers for each. Follows postconf(5),
//! "A parameter value may refer to functions or other parameters".

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::level::Level;

/// Where names get their values from.
pub trait Names {
    /// The value of a name; `None` when there is no such name, which expands to nothing.
    fn value(&self, name: &str) -> Option<Cow<'_, str>>;
}

impl<F: Fn(&str) -> Option<String>> Names for F {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self(name).map(Cow::Owned)
    }
}

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// Names that name each other, or too long a chain of them.
    #[error(
        "unreasonable macro call nesting: \"{0}\"; names that refer to each other in a circle have no value"
    )]
    TooDeep(String),
    /// The result has grown past every reasonable size.
    #[error("the expanded value is longer than {LENGTH_LIMIT} characters")]
    TooLong,
    /// `${` or `$(` without its end.
    #[error("truncated macro reference: \"{0}\"")]
    Truncated(String),
    /// `$` with no name after it.
    #[error("empty macro name: \"{0}\"; specify $$ for a dollar sign")]
    NoName(String),
    /// A name with other characters than letters, digits and underscore.
    #[error("attribute name syntax error at: \"{0}\"")]
    BadName(String),
    /// `{` without its `}` inside an expression.
    #[error("unbalanced {{}} in attribute expression: \"{0}\"")]
    Unbalanced(String),
    /// Something else stands where an operator, operand or end was due.
    #[error("{expected} expected at: \"{found}\"")]
    Expected {
        /// What was due.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A function that does not exist.
    #[error("unknown function \"{0}\"")]
    UnknownFunction(String),
    /// A text that is compared as a compatibility level and is none.
    #[error("malformed compatibility level syntax: \"{0}\"; specify numbers joined by dots, such as 3.6")]
    BadLevel(String),
    /// A function or comparison that cannot work on what it was given.
    #[error("bad operand: \"{0}\"")]
    BadOperand(String),
}

/// How an expansion is done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules<'a> {
    /// Whether values of names are expanded in turn. Never do so with values from outside.
    pub recursive: bool,
    /// Characters allowed in a value; any other becomes `_`. `None` allows all.
    pub allowed: Option<&'a str>,
}

impl Rules<'_> {
    /// The rules of `main.cf`: values are expanded in turn, and may hold anything.
    pub const MAIN_CF: Self = Self {
        recursive: true,
        allowed: None,
    };
}

/// A text after expansion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Whether a name had no value; some readers then drop the text (`forward_path`).
    pub undefined: bool,
}

/// Replaces all expressions in `text`.
///
/// # Errors
/// What is wrong with the first expression that cannot be evaluated.
pub fn expand<'a>(text: &'a str, names: &dyn Names, rules: Rules<'_>) -> Result<Expanded<'a>, ExpandError> {
    if !text.contains('$') {
        return Ok(Expanded {
            text: Cow::Borrowed(text),
            undefined: false,
        });
    }
    let mut run = Run {
        names,
        rules,
        out: String::with_capacity(text.len() * 2),
        undefined: false,
        depth: 0,
        steps: 0,
    };
    run.text(text)?;
    Ok(Expanded {
        text: Cow::Owned(run.out),
        undefined: run.undefined,
    })
}

/// Calls `found` for each name that `text` refers to, also in branches that would not be taken.
pub fn for_each_name(text: &str, found: &mut dyn FnMut(&str)) {
    let mut rest = text;
    while let Some(position) = rest.find('$') {
        rest = rest.get(position + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
            continue;
        }
        let begin = rest
            .strip_prefix(['{', '('])
            .map_or(rest, |inside| inside.trim_start_matches(BLANKS));
        let name = leading_name(begin);
        let is_call = begin
            .get(name.len()..)
            .is_some_and(|after| after.starts_with('{'));
        if !name.is_empty() && !is_call {
            found(name);
        }
    }
}

struct Run<'a> {
    names: &'a dyn Names,
    rules: Rules<'a>,
    out: String,
    undefined: bool,
    depth: usize,
    /// Texts begun: names that name others twice, again and again, take forever without being deep or long.
    steps: usize,
}

impl Run<'_> {
    fn text(&mut self, text: &str) -> Result<(), ExpandError> {
        self.depth += 1;
        self.steps += 1;
        if self.depth > DEPTH_LIMIT || self.steps > STEP_LIMIT {
            return Err(ExpandError::TooDeep(excerpt(text)));
        }
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('$') {
            self.push(literal)?;
            rest = self.dollar(after)?;
        }
        self.push(rest)?;
        self.depth -= 1;
        Ok(())
    }

    /// Handles what follows a `$`; gives what is left after it.
    fn dollar<'t>(&mut self, after: &'t str) -> Result<&'t str, ExpandError> {
        match after.as_bytes().first() {
            Some(b'$') => {
                self.push("$")?;
                Ok(after.get(1..).unwrap_or_default())
            }
            Some(b'{') => self.enclosed(after, b'{', b'}'),
            Some(b'(') => self.enclosed(after, b'(', b')'),
            _ => {
                let name = leading_name(after);
                if name.is_empty() {
                    return Err(ExpandError::NoName(excerpt(&format!("${after}"))));
                }
                self.name(name)?;
                Ok(after.get(name.len()..).unwrap_or_default())
            }
        }
    }

    fn enclosed<'t>(&mut self, after: &'t str, open: u8, close: u8) -> Result<&'t str, ExpandError> {
        let (inside, rest) = balanced(after, open, close)
            .ok_or_else(|| ExpandError::Truncated(excerpt(&format!("${after}"))))?;
        self.expression(inside)?;
        Ok(rest)
    }

    /// What stands between `${` and `}`.
    fn expression(&mut self, inside: &str) -> Result<(), ExpandError> {
        let inside = inside.trim_start_matches(BLANKS);
        if inside.starts_with('{') {
            let (truth, rest) = self.comparison(inside)?;
            return match rest.as_bytes().first() {
                None if truth => self.push(TRUE),
                None => Ok(()),
                Some(b'?' | b':') => self.choice(truth, rest),
                Some(_) => Err(expected("\"?\" or \":\"", rest)),
            };
        }
        let name = leading_name(inside);
        let rest = inside.get(name.len()..).unwrap_or_default();
        let operator = rest.trim_start_matches(BLANKS);
        match operator.as_bytes().first() {
            None if name.is_empty() => Err(ExpandError::NoName("${}".to_owned())),
            None => self.name(name),
            Some(b'{') => self.function(name, operator),
            Some(b'?' | b':') => {
                let is_set = self.value_of(name)?.is_some_and(|value| !value.is_empty());
                self.choice(is_set, operator)
            }
            Some(_) => Err(ExpandError::BadName(excerpt(inside))),
        }
    }

    /// `?{a}:{b}`, `?{a}`, `?a`, `:{b}` or `:b`.
    fn choice(&mut self, truth: bool, operator: &str) -> Result<(), ExpandError> {
        let mut rest = operator;
        if let Some(after) = rest.strip_prefix('?') {
            let (when_true, left) = operand(after)?;
            if truth {
                self.text(when_true)?;
            }
            if left.is_empty() {
                return Ok(());
            }
            rest = left;
        }
        let after = rest.strip_prefix(':').ok_or_else(|| expected("\":\"", rest))?;
        let (when_false, left) = operand(after)?;
        if !left.is_empty() {
            return Err(expected("end of expression", left));
        }
        if truth { Ok(()) } else { self.text(when_false) }
    }

    /// `{a} == {b}`; gives its truth and what follows.
    fn comparison<'t>(&mut self, text: &'t str) -> Result<(bool, &'t str), ExpandError> {
        let (left, rest) = curly(text)?;
        let (wanted, after) = operator(rest).ok_or_else(|| expected("\"==\" or \"!=\" or \"<\"...", rest))?;
        let suffix = leading_name(after);
        let after = after
            .get(suffix.len()..)
            .unwrap_or_default()
            .trim_start_matches(BLANKS);
        if !after.starts_with('{') {
            return Err(expected("\"{expression}\"", after));
        }
        let (right, rest) = curly(after)?;
        let (left, right) = (self.apart(left)?, self.apart(right)?);
        let order = match suffix {
            "" => compare(&left, &right),
            "level" => {
                let level =
                    |text: &str| Level::parse(text).ok_or_else(|| ExpandError::BadLevel(excerpt(text)));
                level(&left)?.cmp(&level(&right)?)
            }
            other => return Err(ExpandError::UnknownFunction(other.to_owned())),
        };
        Ok((wanted(order), rest))
    }

    fn function(&mut self, name: &str, argument: &str) -> Result<(), ExpandError> {
        let (argument, rest) = curly(argument)?;
        if !rest.is_empty() {
            return Err(expected("end of expression", rest));
        }
        let argument = self.apart(argument.trim_matches(BLANKS))?;
        let bad = || ExpandError::BadOperand(excerpt(&argument));
        match name {
            "domain_to_ascii" => {
                let ascii = idna::domain_to_ascii(&argument).map_err(|_| bad())?;
                self.push(&ascii)
            }
            other => Err(ExpandError::UnknownFunction(other.to_owned())),
        }
    }

    fn name(&mut self, name: &str) -> Result<(), ExpandError> {
        match self.names.value(name) {
            None => self.undefined = true,
            Some(value) if self.rules.recursive => {
                if value.contains('$') {
                    let value = value.into_owned();
                    return self.text(&value);
                }
                return self.push(&value);
            }
            Some(value) => match self.rules.allowed {
                None => return self.push(&value),
                Some(allowed) => {
                    let safe: String = value
                        .chars()
                        .map(|c| if allowed.contains(c) { c } else { '_' })
                        .collect();
                    return self.push(&safe);
                }
            },
        }
        Ok(())
    }

    /// The value of a name as `?` and `:` look at it: Postfix does not expand it for the test.
    fn value_of(&self, name: &str) -> Result<Option<Cow<'_, str>>, ExpandError> {
        if name.is_empty() {
            return Err(ExpandError::NoName("${?".to_owned()));
        }
        Ok(self.names.value(name))
    }

    /// Expands a text by itself.
    fn apart(&mut self, text: &str) -> Result<String, ExpandError> {
        let before = std::mem::take(&mut self.out);
        let result = self.text(text);
        let text = std::mem::replace(&mut self.out, before);
        result.map(|()| text)
    }

    fn push(&mut self, text: &str) -> Result<(), ExpandError> {
        if self.out.len() + text.len() > LENGTH_LIMIT {
            return Err(ExpandError::TooLong);
        }
        self.out.push_str(text);
        Ok(())
    }
}

/// An operand of `?` or `:`: `{text}` with white space around it, or all the rest.
fn operand(text: &str) -> Result<(&str, &str), ExpandError> {
    let begin = text.trim_start_matches(BLANKS);
    if begin.starts_with('{') {
        curly(begin)
    } else {
        Ok((text, ""))
    }
}

/// `{text}` and what follows it without leading white space.
fn curly(text: &str) -> Result<(&str, &str), ExpandError> {
    let (inside, rest) = balanced(text, b'{', b'}').ok_or_else(|| ExpandError::Unbalanced(excerpt(text)))?;
    Ok((inside, rest.trim_start_matches(BLANKS)))
}

fn balanced(text: &str, open: u8, close: u8) -> Option<(&str, &str)> {
    let mut depth = 0usize;
    for (position, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some((text.get(1..position)?, text.get(position + 1..)?));
            }
        }
    }
    None
}

type Wanted = fn(Ordering) -> bool;

fn operator(text: &str) -> Option<(Wanted, &str)> {
    const OPERATORS: [(&str, Wanted); 6] = [
        ("==", Ordering::is_eq),
        ("!=", Ordering::is_ne),
        ("<=", Ordering::is_le),
        (">=", Ordering::is_ge),
        ("<", Ordering::is_lt),
        (">", Ordering::is_gt),
    ];
    let end = text.find(|c| !"<>!=?+-*/~&|%".contains(c)).unwrap_or(text.len());
    let (sign, rest) = text.split_at(end);
    OPERATORS
        .iter()
        .find(|(name, _)| *name == sign)
        .map(|(_, wanted)| (*wanted, rest))
}

/// By number when both are all digits, by octets otherwise.
fn compare(left: &str, right: &str) -> Ordering {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number(left) && is_number(right) {
        let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
        return left.len().cmp(&right.len()).then_with(|| left.cmp(right));
    }
    left.cmp(right)
}

fn leading_name(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn expected(expected: &'static str, found: &str) -> ExpandError {
    ExpandError::Expected {
        expected,
        found: excerpt(found),
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

const BLANKS: &[char] = &[' ', '\t', '\r', '\n'];
const DEPTH_LIMIT: usize = 100;
const STEP_LIMIT: usize = 100_000;
const LENGTH_LIMIT: usize = 1 << 20;
/// What a comparison without `?` or `:` gives when it is true.
const TRUE: &str = "true";

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<String, ExpandError> {
        let names = |name: &str| {
            let value = match name {
                "a" => "1",
                "b" => "x $a",
                "empty" => "",
                "loop" => "$loop",
                "level" => "3.10",
                _ => return None,
            };
            Some(value.to_owned())
        };
        expand(text, &names, Rules::MAIN_CF).map(|expanded| expanded.text.into_owned())
    }

    #[test]
    fn names_that_double_at_each_step_come_to_an_end() {
        let names = |name: &str| {
            let number: u32 = name.strip_prefix('n')?.parse().ok()?;
            (number < 60).then(|| format!("$n{next}$n{next}", next = number + 1))
        };

        let result = expand("$n0", &names, Rules::MAIN_CF);

        assert!(matches!(result, Err(ExpandError::TooDeep(_))), "{result:?}");
    }

    #[test]
    fn every_form_of_postconf_5_expands() {
        let table = [
            ("plain", "plain"),
            ("$a.$b", "1.x 1"),
            ("${a}$(a)", "11"),
            ("$$a $$", "$a $"),
            ("$none|${none}", "|"),
            ("${a?yes}${none?no}", "yes"),
            ("${a:no}${none:yes}${empty:yes}", "yesyes"),
            ("${a?{yes}:{no}} ${none?{yes}:{no}}", "yes no"),
            ("${a ? {$b} : {no}}", "x 1"),
            ("${none?{yes}:no}", "no"),
            ("${a??foo:{b}ar}", "?foo:{b}ar"),
            ("${{$a} == {1} ? {same} : {other}}", "same"),
            ("${{9} < {10}?{number}:{text}}", "number"),
            ("${{9a} < {10}?{number}:{text}}", "text"),
            ("${{$level} >=level {3.9} ? {new} : {old}}", "new"),
            ("${{$level} < {3.9} ? {text} : {number}}", "text"),
            ("${{a}=={a}}|${{a}=={b}}", "true|"),
            ("${{a}!={b}?x}", "x"),
            (
                "${domain_to_ascii{ B\u{fc}cher.example }}",
                "xn--bcher-kva.example",
            ),
            ("${a?{${none?{p}:{q}}}}", "q"),
        ];
        for (text, wanted) in table {
            assert_eq!(run(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_is_an_error() {
        for text in [
            "$",
            "$:",
            "${a",
            "${}",
            "${a-b}",
            "${a?{x}y}",
            "${a?{x}:{y}z}",
            "${{a} ~ {b}}",
            "${{a} == b}",
            "${nosuch{x}}",
            "$loop",
            "${{1} <level {x} ? {a}}",
            "${{a}=={b}x}",
        ] {
            assert!(run(text).is_err(), "{text}");
        }
    }

    #[test]
    fn outside_values_are_filtered_and_not_expanded_again() {
        let names = |name: &str| (name == "user").then(|| "a;$user".to_owned());
        let rules = Rules {
            recursive: false,
            allowed: Some("abc"),
        };

        let expanded = expand("x;$user $other", &names, rules).unwrap();

        assert_eq!(expanded.text, "x;a______ ");
        assert!(expanded.undefined);
    }

    #[test]
    fn names_are_found_in_every_branch() {
        let mut found = Vec::new();
        for_each_name(
            "$a ${b?{$c}:{${d}}} $$e ${{f} == {$g}} ${fn{$h}} $(i) $ j",
            &mut |name| {
                found.push(name.to_owned());
            },
        );
        assert_eq!(found, ["a", "b", "c", "d", "g", "h", "i"]);
    }
}
