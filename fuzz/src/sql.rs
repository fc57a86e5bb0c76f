//! Keys in SQL: whatever the key, the statement has the tokens that it has for a harmless key, and what differs is inside
//! its literals. The reader here knows nothing of the one that quotes.
#![no_main]

use database::fuzzing::{Dialect, prepared, statement};
use libfuzzer_sys::fuzz_target;

/// What templates are made of.
const PIECES: [&str; 32] = [
    "'%s'",
    "%s",
    "%u",
    "%d",
    "%1",
    "'",
    "\"",
    "`",
    " ",
    "x=",
    "SELECT v FROM t WHERE k = ",
    "--",
    "\n",
    "/*",
    "*/",
    "#",
    "$$",
    "$a$",
    "E'",
    "U&'",
    "\\",
    "[",
    "]",
    "1",
    "name",
    ";",
    "(",
    ")",
    ",",
    " AND ",
    "\"%s\"",
    "''",
];

/// Templates with one whole literal for the key.
const WHOLE: [(Dialect, &str, bool); 11] = [
    (Dialect::Mysql, "SELECT v FROM t WHERE k = '%s'", true),
    (Dialect::Mysql, "SELECT v FROM t WHERE k = '%s'", false),
    (Dialect::Mysql, "SELECT v FROM t WHERE k = \"%s\"", true),
    (Dialect::Mysql, "SELECT `%s` FROM t", true),
    (Dialect::Pgsql, "SELECT v FROM t WHERE k = '%s'", false),
    (Dialect::Pgsql, "SELECT v FROM t WHERE k = '%s'", true),
    (Dialect::Pgsql, "SELECT v FROM t WHERE k = E'%s'", false),
    (Dialect::Pgsql, "SELECT \"%s\" FROM t", false),
    (Dialect::Sqlite, "SELECT v FROM t WHERE k = '%s'", false),
    (Dialect::Sqlite, "SELECT \"%s\" FROM t", false),
    (Dialect::Sqlite, "SELECT `%s` FROM t", false),
];

fuzz_target!(|data: &[u8]| {
    let (head, key) = data.split_at(data.len().min(12));
    let Ok(key) = std::str::from_utf8(key) else {
        return;
    };
    for (dialect, template, backslashes) in WHOLE {
        let Some(text) = statement(dialect, template, key, backslashes) else {
            assert!(key.is_empty());
            continue;
        };
        let tokens = Reader::read(&text, dialect, backslashes).expect("a statement");
        assert_eq!(literals(&tokens), [key], "{text}");
        if let Some((_, run)) = prepared(dialect, template, key, backslashes) {
            let tokens = Reader::read(&run, dialect, backslashes).expect("a statement");
            assert_eq!(literals(&tokens), [key], "{run}");
        }
    }
    let Some((choices, pieces)) = head.split_first() else {
        return;
    };
    let dialect = [Dialect::Mysql, Dialect::Pgsql, Dialect::Sqlite][usize::from(choices % 3)];
    let template: String = pieces
        .iter()
        .map(|piece| PIECES[usize::from(piece % 32)])
        .collect();
    for backslashes in [false, true] {
        same_tokens(dialect, &template, key, backslashes);
    }
});

/// The statement about `key` has the tokens of the one about a key that can do no harm.
fn same_tokens(dialect: Dialect, template: &str, key: &str, backslashes: bool) {
    // There, no setting makes a backslash more than a letter.
    let backslashes = backslashes && dialect != Dialect::Sqlite;
    let Some(text) = statement(dialect, template, key, backslashes) else {
        return;
    };
    let harmless = harmless(key);
    let plain = statement(dialect, template, &harmless, backslashes).expect("a harmless key");
    let Some(expected) = Reader::read(&plain, dialect, backslashes) else {
        return;
    };
    let found = Reader::read(&text, dialect, backslashes);
    let found = found.unwrap_or_else(|| panic!("{template:?} {text:?} {plain:?}"));
    let shapes = |tokens: Vec<Token>| -> Vec<Token> {
        let shape = |token| match token {
            Token::Literal(mark, text) => Token::Literal(mark, harmless_all(&text)),
            Token::Text(text) => Token::Text(numbers(&text)),
        };
        tokens.into_iter().map(shape).collect()
    };
    assert_eq!(shapes(found), shapes(expected), "{template:?} {text:?}");
}

/// As long as `key`, with its parts, and nothing else but letters and ones.
fn harmless(key: &str) -> String {
    key.chars()
        .map(|letter| match letter {
            '@' | '.' => letter,
            '0'..='9' => '1',
            _ => 'a',
        })
        .collect()
}

fn harmless_all(text: &str) -> String {
    harmless(text)
}

/// Outside of literals only numbers come from a key.
fn numbers(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_digit() { '1' } else { letter })
        .collect()
}

fn literals(tokens: &[Token]) -> Vec<&str> {
    tokens
        .iter()
        .filter_map(|token| match token {
            Token::Literal(_, text) => Some(text.as_str()),
            Token::Text(_) => None,
        })
        .collect()
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// How it begins, and what it says.
    Literal(String, String),
    /// All else, comments too.
    Text(String),
}

/// What backslashes in a literal are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Letters like others.
    None,
    /// They take the next letter along.
    Any,
    /// They name letters by number, or stand for one of themselves; they take no quote along.
    Numbers,
}

/// Takes a statement apart as its server does.
struct Reader<'a> {
    rest: &'a str,
    dialect: Dialect,
    backslashes: bool,
    tokens: Vec<Token>,
}

impl<'a> Reader<'a> {
    /// `None` where the server would find the statement wrong for what stands in it beside the key.
    fn read(text: &'a str, dialect: Dialect, backslashes: bool) -> Option<Vec<Token>> {
        let mut reader = Self {
            rest: text,
            dialect,
            backslashes,
            tokens: Vec::new(),
        };
        while !reader.rest.is_empty() {
            reader.step()?;
        }
        Some(reader.tokens)
    }

    fn text(&mut self, length: usize) {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        match self.tokens.last_mut() {
            Some(Token::Text(before)) => before.push_str(text),
            _ => self.tokens.push(Token::Text(text.to_owned())),
        }
    }

    fn step(&mut self) -> Option<()> {
        let rest = self.rest;
        let first = rest.chars().next()?;
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii();
        match (self.dialect, first) {
            (Dialect::Pgsql, 'e' | 'E') if rest[1..].starts_with('\'') => self.literal(2, '\'', Escapes::Any),
            (Dialect::Pgsql, 'u' | 'U') if rest[1..].starts_with("&'") => {
                self.literal(3, '\'', Escapes::Numbers)
            }
            (Dialect::Pgsql, 'u' | 'U') if rest[1..].starts_with("&\"") => {
                self.literal(3, '"', Escapes::Numbers)
            }
            (_, '\'') if self.backslashes => self.literal(1, '\'', Escapes::Any),
            (Dialect::Mysql, '"') if self.backslashes => self.literal(1, '"', Escapes::Any),
            (_, '\'' | '"') => self.literal(1, first, Escapes::None),
            (Dialect::Mysql | Dialect::Sqlite, '`') => self.literal(1, '`', Escapes::None),
            (Dialect::Sqlite, '[') => {
                self.text(rest.find(']')? + 1);
                Some(())
            }
            (Dialect::Mysql, '#') => self.line(),
            (Dialect::Mysql, '-') if rest.starts_with("--") => {
                match rest[2..].chars().next() {
                    None => self.text(2),
                    Some(letter) if letter.is_whitespace() || letter.is_control() => return self.line(),
                    Some(_) => self.text(1),
                }
                Some(())
            }
            (_, '-') if rest.starts_with("--") => self.line(),
            (_, '/') if rest.starts_with("/*") => self.block(),
            (Dialect::Pgsql, '$') => self.dollar(),
            (_, letter) if is_word(letter) => {
                let is_inside = |letter: char| is_word(letter) || letter == '$';
                let end = rest.find(|letter| !is_inside(letter)).unwrap_or(rest.len());
                // A number that goes on as a word.
                let is_junk =
                    letter.is_ascii_digit() && !rest[..end].bytes().all(|octet| octet.is_ascii_digit());
                if is_junk {
                    return None;
                }
                self.text(end);
                Some(())
            }
            (_, letter) => {
                self.text(letter.len_utf8());
                Some(())
            }
        }
    }

    fn line(&mut self) -> Option<()> {
        self.text(self.rest.find('\n').unwrap_or(self.rest.len()));
        Some(())
    }

    fn block(&mut self) -> Option<()> {
        let mut depth = 0;
        let mut place = 0;
        loop {
            let here = self.rest.get(place..)?;
            if here.is_empty() {
                return None;
            } else if here.starts_with("/*") && (depth == 0 || self.dialect == Dialect::Pgsql) {
                depth += 1;
                place += 2;
            } else if here.starts_with("*/") {
                depth -= 1;
                place += 2;
                if depth == 0 {
                    self.text(place);
                    return Some(());
                }
            } else {
                place += here.chars().next()?.len_utf8();
            }
        }
    }

    fn dollar(&mut self) -> Option<()> {
        let inside = &self.rest[1..];
        let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            if inside[digits..].starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
                return None;
            }
            self.text(1 + digits);
            return Some(());
        }
        let name = inside.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))?;
        if !inside[name..].starts_with('$') {
            return None;
        }
        let tag = &self.rest[..name + 2];
        let end = self.rest[tag.len()..].find(tag)?;
        self.text(end + 2 * tag.len());
        Some(())
    }

    /// From a quote to its end.
    fn literal(&mut self, start: usize, quote: char, escapes: Escapes) -> Option<()> {
        let mark = self.rest[..start].to_owned();
        let mut said = String::new();
        let mut letters = self.rest[start..].char_indices().peekable();
        let end = loop {
            let (place, letter) = letters.next()?;
            if letter == '\\' && escapes == Escapes::Any {
                // What an escape stands for does not matter, but for the one that we write.
                said.push(letters.next()?.1);
            } else if letter == '\\' && escapes == Escapes::Numbers {
                let _ = letters.next_if(|(_, next)| *next == '\\');
                said.push(letter);
            } else if letter != quote {
                said.push(letter);
            } else if letters.next_if(|(_, next)| *next == quote).is_some() {
                said.push(quote);
            } else {
                break start + place + 1;
            }
        };
        self.rest = &self.rest[end..];
        self.tokens.push(Token::Literal(mark, said));
        // Strings that stand side by side are one, by rules of their own: templates do not need them.
        let is_plain = escapes == Escapes::None;
        if self.dialect == Dialect::Pgsql && !is_plain && self.rest.trim_start().starts_with(['\'', '-', '/']) {
            return None;
        }
        Some(())
    }
}
