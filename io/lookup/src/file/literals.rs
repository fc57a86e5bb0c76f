//! Texts of which one must be in whatever an expression matches, so that most expressions need not be tried.
//!
//! The expression is read only as far as it is understood for certain: with anything else in it, it has no such texts and
//! is always tried. Letters of either case count as the same, which admits more than the expression does, never less.

/// Which syntax an expression has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// POSIX extended, with what the GNU C library adds.
    Posix,
    /// Perl compatible, without the flag that makes white space meaningless.
    Perl,
}

/// The most texts for one expression.
const MOST_TEXTS: usize = 32;
/// No longer part of a text is looked for.
const LONGEST_TEXT: usize = 32;
/// A shorter text is found nearly everywhere.
const SHORTEST_TEXT: usize = 2;
/// How deep groups may be nested.
const DEEPEST: usize = 50;

/// One of these texts is in each match.
type Texts = Vec<Vec<u8>>;

/// The texts for `expression`; `None` where there are none that are known and worth it.
pub(crate) fn required(expression: &str, dialect: Dialect) -> Option<Texts> {
    let mut reader = Reader {
        rest: expression.as_bytes(),
        dialect,
        depth: 0,
    };
    let known = reader.alternatives()?;
    // An unmatched parenthesis at the end is a letter in some syntaxes.
    if !reader.rest.is_empty() {
        return None;
    }
    known.into_texts().filter(|texts| score(texts).0 >= SHORTEST_TEXT)
}

/// How good texts are: the shortest decides, then how few there are.
fn score(texts: &Texts) -> (usize, usize) {
    let shortest = texts.iter().map(Vec::len).min().unwrap_or(0);
    (shortest, MOST_TEXTS.saturating_sub(texts.len()))
}

/// What is known of a part of an expression.
#[derive(Default)]
struct Known {
    /// All that the part matches, where that is one text.
    exact: Option<Vec<u8>>,
    /// The best texts of which one is in each match.
    best: Option<Texts>,
}

impl Known {
    fn text(text: Vec<u8>) -> Self {
        Self {
            exact: Some(text),
            best: None,
        }
    }

    fn into_texts(self) -> Option<Texts> {
        match self.exact {
            Some(text) if !text.is_empty() => Some(vec![text]),
            Some(_) => None,
            None => self.best,
        }
    }
}

/// A sequence of parts.
#[derive(Default)]
struct Sequence {
    /// The text at the end of what was read: it goes on with the next part.
    run: Vec<u8>,
    best: Option<Texts>,
    /// Everything so far is in `run`.
    is_exact: bool,
}

impl Sequence {
    fn offer(&mut self, texts: Option<Texts>) {
        let Some(texts) = texts else { return };
        if self.best.as_ref().is_none_or(|best| score(best) < score(&texts)) {
            self.best = Some(texts);
        }
    }

    /// The text up to here is over: what follows is not known.
    fn break_off(&mut self) {
        self.is_exact = false;
        let mut run = std::mem::take(&mut self.run);
        run.truncate(LONGEST_TEXT);
        if !run.is_empty() {
            self.offer(Some(vec![run]));
        }
    }

    fn finish(mut self) -> Known {
        if self.is_exact {
            return Known::text(self.run);
        }
        self.break_off();
        Known {
            exact: None,
            best: self.best,
        }
    }
}

/// One part, before it is repeated.
enum Atom {
    /// One octet.
    Octet(u8),
    /// Takes no room.
    Place,
    /// Something else.
    Part(Known),
}

/// How often a part is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    OnceOrMore,
    Perhaps,
}

struct Reader<'a> {
    rest: &'a [u8],
    dialect: Dialect,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (octet, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*octet)
    }

    /// Parts with `|` between them, up to the end or a closing parenthesis.
    fn alternatives(&mut self) -> Option<Known> {
        let first = self.sequence()?;
        if self.rest.first() != Some(&b'|') {
            return Some(first);
        }
        let mut texts = first.into_texts();
        while self.take(b"|") {
            let other = self.sequence()?.into_texts();
            texts = match (texts, other) {
                (Some(mut texts), Some(other)) if texts.len() + other.len() <= MOST_TEXTS => {
                    texts.extend(other);
                    Some(texts)
                }
                _ => None,
            };
        }
        Some(Known {
            exact: None,
            best: texts,
        })
    }

    fn sequence(&mut self) -> Option<Known> {
        let mut sequence = Sequence {
            is_exact: true,
            ..Sequence::default()
        };
        while !matches!(self.rest.first(), None | Some(b'|' | b')')) {
            let atom = self.atom()?;
            let times = self.times(&atom)?;
            match (atom, times) {
                (Atom::Place, _) => {}
                (_, Times::Perhaps) => sequence.break_off(),
                (Atom::Octet(octet), Times::Once) => sequence.run.push(octet),
                (Atom::Octet(octet), Times::OnceOrMore) => {
                    sequence.run.push(octet);
                    sequence.break_off();
                }
                (
                    Atom::Part(Known {
                        exact: Some(text), ..
                    }),
                    Times::Once,
                ) => sequence.run.extend(text),
                (
                    Atom::Part(Known {
                        exact: Some(text), ..
                    }),
                    Times::OnceOrMore,
                ) => {
                    sequence.run.extend(text);
                    sequence.break_off();
                }
                (Atom::Part(known), _) => {
                    sequence.break_off();
                    sequence.offer(known.best);
                }
            }
        }
        Some(sequence.finish())
    }

    fn atom(&mut self) -> Option<Atom> {
        let unknown = || Atom::Part(Known::default());
        match self.next()? {
            b'^' | b'$' => Some(Atom::Place),
            b'.' => Some(unknown()),
            b'[' => self.bracket().map(|()| unknown()),
            b'(' => self.group().map(Atom::Part),
            b'\\' => self.escaped(),
            b'*' | b'+' | b'?' | b'{' | b'}' => None,
            octet => Some(Atom::Octet(octet)),
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Option<Atom> {
        let unknown = Atom::Part(Known::default());
        match (self.dialect, self.next()?) {
            (Dialect::Posix, b'<' | b'>' | b'`' | b'\'' | b'b' | b'B') => Some(Atom::Place),
            (Dialect::Posix, b'w' | b'W' | b's' | b'S') => Some(unknown),
            (Dialect::Perl, b'b' | b'B' | b'A' | b'z' | b'Z' | b'G') => Some(Atom::Place),
            (Dialect::Perl, b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'h' | b'H' | b'v' | b'V') => {
                Some(unknown)
            }
            (_, octet) if octet.is_ascii_punctuation() => Some(Atom::Octet(octet)),
            _ => None,
        }
    }

    /// Passes the rest of a bracket expression.
    fn bracket(&mut self) -> Option<()> {
        self.take(b"^");
        self.take(b"]");
        loop {
            match self.next()? {
                b']' => return Some(()),
                // What is quoted here may hide the end of the brackets.
                b'\\' if self.dialect == Dialect::Perl && self.next()? == b'Q' => return None,
                b'[' => {
                    let kind = *self.rest.first()?;
                    if !b":.=".contains(&kind) {
                        continue;
                    }
                    let inside = self.rest.get(1..)?;
                    let end = inside.windows(2).position(|pair| pair == [kind, b']'])?;
                    let name = inside.get(..end)?;
                    // Perl takes such brackets for letters where they enclose no name.
                    if !name.iter().all(u8::is_ascii_alphabetic) {
                        return None;
                    }
                    self.rest = inside.get(end + 2..)?;
                }
                _ => {}
            }
        }
    }

    /// A group, after its opening parenthesis.
    fn group(&mut self) -> Option<Known> {
        let mut is_around = false;
        if self.dialect == Dialect::Perl {
            if self.rest.first() == Some(&b'*') {
                return None;
            }
            if self.take(b"?") {
                is_around = self.kind_of_group()?;
            }
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let known = self.alternatives()?;
        self.depth -= 1;
        if !self.take(b")") {
            return None;
        }
        // What is looked for around a place is no part of the text there, or must not be.
        Some(if is_around { Known::default() } else { known })
    }

    /// Reads what stands after `(?`; true when the group looks around.
    fn kind_of_group(&mut self) -> Option<bool> {
        for around in [&b"="[..], b"!", b"<=", b"<!"] {
            if self.take(around) {
                return Some(true);
            }
        }
        if self.take(b":") || self.take(b">") || self.take(b"|") {
            return Some(false);
        }
        self.take(b"P");
        if self.take(b"<") {
            let end = self.rest.iter().position(|octet| *octet == b'>')?;
            let name = self.rest.get(..end)?;
            let is_name = !name.is_empty()
                && name
                    .iter()
                    .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'_');
            self.rest = self.rest.get(end + 1..)?;
            return is_name.then_some(false);
        }
        // Flags that do not change what is a letter: upper and lower case are the same here anyway.
        let end = self.rest.iter().position(|octet| !b"ims-".contains(octet))?;
        (end > 0 && self.rest.get(end) == Some(&b':')).then_some(())?;
        self.rest = self.rest.get(end + 1..)?;
        Some(false)
    }

    /// How often the part before is there, with all that is said of it.
    fn times(&mut self, atom: &Atom) -> Option<Times> {
        let mut times = Times::Once;
        let mut said = false;
        loop {
            let next = match self.rest.first() {
                Some(b'*' | b'?') => Times::Perhaps,
                Some(b'+') => Times::OnceOrMore,
                Some(b'{') => self.bounds()?,
                _ => return Some(times),
            };
            // A repeated place means other things elsewhere.
            if matches!(atom, Atom::Place) {
                return None;
            }
            if matches!(self.rest.first(), Some(b'*' | b'?' | b'+')) {
                self.next();
            }
            if said && self.dialect == Dialect::Perl {
                // The second sign says how eagerly the first is taken.
                return (!matches!(self.rest.first(), Some(b'*' | b'?' | b'+' | b'{'))).then_some(times);
            }
            times = match (times, next) {
                (Times::Perhaps, _) | (_, Times::Perhaps) => Times::Perhaps,
                _ => Times::OnceOrMore,
            };
            said = true;
        }
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`, and nothing like it.
    fn bounds(&mut self) -> Option<Times> {
        let end = self.rest.iter().position(|octet| *octet == b'}')?;
        let inside = std::str::from_utf8(self.rest.get(1..end)?).ok()?;
        let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
        let is_number = |text: &str| text.len() <= 5 && text.bytes().all(|octet| octet.is_ascii_digit());
        if least.is_empty() || !is_number(least) || !is_number(most) {
            return None;
        }
        self.rest = self.rest.get(end + 1..)?;
        let least: u32 = least.parse().ok()?;
        Some(if least == 0 {
            Times::Perhaps
        } else {
            Times::OnceOrMore
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(expression: &str, dialect: Dialect) -> Option<Vec<String>> {
        let texts = required(expression, dialect)?;
        Some(
            texts
                .into_iter()
                .map(|text| String::from_utf8(text).unwrap())
                .collect(),
        )
    }

    #[test]
    fn the_best_texts_are_taken() {
        for (expression, expected) in [
            ("^user@example\\.com$", vec!["user@example.com"]),
            ("^Subject:.*cheap pills", vec!["cheap pills"]),
            ("abc|def", vec!["abc", "def"]),
            ("(viagra|cialis)+ now", vec!["viagra", "cialis"]),
            ("x(abc)y", vec!["xabcy"]),
            ("ab+c", vec!["ab"]),
            ("ab?cd", vec!["cd"]),
            ("[0-9]{3}foo", vec!["foo"]),
            ("(a|b)cde", vec!["cde"]),
            ("abc{2}", vec!["abc"]),
        ] {
            for dialect in [Dialect::Posix, Dialect::Perl] {
                let found = texts(expression, dialect);
                let expected = expected.iter().map(|text| (*text).to_owned()).collect();
                assert_eq!(found, Some(expected), "{expression} {dialect:?}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_is_always_tried() {
        for expression in [
            "",
            ".*",
            "a",
            "abc|",
            "(abc)?",
            "(abc)*",
            "(abc){0,2}",
            "abc|.",
            "a{,2}bc",
            "*abc",
            "a**",
            "^*abc",
            "abc)",
        ] {
            for dialect in [Dialect::Posix, Dialect::Perl] {
                let found = texts(expression, dialect);
                assert!(found.is_none(), "{expression} {dialect:?} {found:?}");
            }
        }
        for expression in [
            "(?!abc)",
            "(?=abc)",
            "\\Qabc\\E",
            "(?i)abc",
            "(?#x)abc",
            "(*F)abc",
            "(?1)abc",
            "\\x61bc",
        ] {
            assert_eq!(texts(expression, Dialect::Perl), None, "{expression}");
        }
        assert_eq!(texts("(abc)+?", Dialect::Posix), None);
        assert_eq!(texts("(abc)+?", Dialect::Perl), Some(vec!["abc".to_owned()]));
    }
}
