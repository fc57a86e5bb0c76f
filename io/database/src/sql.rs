//! SQL templates: where a key stands in the statement decides how it is written there.
//!
//! The statement is scanned once, when the table is opened: each part of a key stands in a string, in a quoted name or in
//! neither. In a string or name it is quoted by the rules of just that place, so that no key can end it. Outside of all
//! quotes there is no way to write a text safely: there, only a number is put in, and every other key could not tell.

#[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
use std::rc::Rc;

use crate::error::Trouble;
#[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
use crate::prepared::{Asking, Prepared, Way};
use crate::template::{BadTemplate, Key, Part, Piece, Template};

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// MySQL and MariaDB.
    Mysql,
    /// PostgreSQL.
    Pgsql,
    /// SQLite.
    Sqlite,
}

/// Where a part of the key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between two of these, which are doubled inside.
    Quoted(char),
    /// As before, and backslashes have their meaning whatever the server's settings.
    Escaped(char),
    /// Outside of quotes, or where nothing can be quoted.
    Bare,
}

/// A piece of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Bit {
    Text(String),
    Part(Part, Place),
}

/// A statement with places for parts of the key.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    dialect: Dialect,
    bits: Vec<Bit>,
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
    prepared: Option<Rc<Prepared>>,
}

/// Why a key is not put into a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// The key lacks a part: the answer is "absent".
    Suppressed,
    /// The key, or this part of it, would stand outside of quotes and is no number.
    Unquotable,
}

impl Statement {
    /// Scans a template.
    ///
    /// # Errors
    /// A `%` without a meaning.
    pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Self, BadTemplate> {
        let template = Template::parse(text)?;
        let mut scan = Scan::new(dialect);
        let mut bits = Vec::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(text) => {
                    text.chars().for_each(|letter| scan.step(letter));
                    bits.push(Bit::Text(text.clone()));
                }
                Piece::Part { part, .. } => {
                    bits.push(Bit::Part(*part, scan.place()));
                    scan.step('x');
                }
            }
        }
        Ok(Self {
            #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
            prepared: Prepared::of(&bits, dialect).map(Rc::new),
            dialect,
            bits,
        })
    }

    /// Whether a part of the key stands outside of quotes.
    pub(crate) fn has_bare_parts(&self) -> bool {
        self.bits
            .iter()
            .any(|bit| matches!(bit, Bit::Part(_, Place::Bare)))
    }

    /// The statement about `key`. `backslashes`: the server takes a backslash in an ordinary string for the beginning of
    /// an escape.
    ///
    /// # Errors
    /// The key lacks a part, or can not be quoted.
    pub(crate) fn about(&self, key: &Key<'_>, backslashes: bool) -> Result<String, Unasked> {
        let mut statement = String::new();
        for bit in &self.bits {
            match bit {
                Bit::Text(text) => statement.push_str(text),
                Bit::Part(part, place) => {
                    let text = key.part(*part).ok_or(Unasked::Suppressed)?;
                    self.quote(text, *place, backslashes, &mut statement)?;
                }
            }
        }
        Ok(statement)
    }

    /// The statement about `key` in all the ways in which it may be sent; `None` when the key lacks a part of it.
    ///
    /// # Errors
    /// The key can not be quoted.
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
    pub(crate) fn asking(&self, key: &Key<'_>) -> Result<Option<Asking>, Trouble> {
        let way = |backslashes| match self.about(key, backslashes) {
            Ok(text) => Ok(Some(Way {
                run: self.prepared.as_ref().map(|one| one.run(self, key, backslashes)),
                text,
            })),
            Err(Unasked::Suppressed) => Ok(None),
            Err(Unasked::Unquotable) => Err(unquotable(key)),
        };
        let escaped = match key.text.contains('\\') {
            true => way(true)?,
            false => None,
        };
        Ok(way(false)?.map(|plain| Asking {
            plain,
            escaped,
            prepared: self.prepared.clone(),
        }))
    }

    /// Writes a part of a key as its place demands.
    pub(crate) fn quote(
        &self,
        text: &str,
        place: Place,
        backslashes: bool,
        into: &mut String,
    ) -> Result<(), Unasked> {
        let (quote, backslashes) = match place {
            Place::Bare if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                into.push_str(text);
                return Ok(());
            }
            Place::Bare => return Err(Unasked::Unquotable),
            Place::Quoted(quote) => (quote, backslashes && self.has_escapes(quote)),
            Place::Escaped(quote) => (quote, true),
        };
        for letter in text.chars() {
            // Doubling has the same meaning in every mode of every server; a backslash before the quote has not.
            if letter == quote || letter == '\\' && backslashes {
                into.push(letter);
            }
            into.push(letter);
        }
        Ok(())
    }

    /// Whether a string of this quote can have escapes; names have none.
    fn has_escapes(&self, quote: char) -> bool {
        match self.dialect {
            Dialect::Mysql => quote != '`',
            Dialect::Pgsql => quote == '\'',
            Dialect::Sqlite => false,
        }
    }
}

/// Where the scan of a statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Outside,
    /// In a string or name.
    Inside {
        quote: char,
        /// A backslash takes the next letter along, and just did.
        escapes: bool,
        escaped: bool,
        /// It is written as a string with escapes.
        explicit: bool,
        /// The quote was just seen: the end, or the first half of a doubled one.
        closing: bool,
    },
    Line,
    Block {
        depth: u32,
    },
    Dollar {
        tag: String,
    },
    Bracket,
}

struct Scan {
    dialect: Dialect,
    state: State,
    /// The letters before, as far as they matter.
    before: String,
    /// Only white space has come since a string with escapes: a string that follows goes on with it.
    after_escapes: bool,
}

impl Scan {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            state: State::Outside,
            before: String::new(),
            after_escapes: false,
        }
    }

    fn place(&self) -> Place {
        match &self.state {
            // After a backslash the first letter of the key would lose its quoting.
            State::Inside { escaped: true, .. } | State::Inside { closing: true, .. } => Place::Bare,
            State::Inside {
                quote,
                explicit: true,
                ..
            } => Place::Escaped(*quote),
            State::Inside { quote, .. } => Place::Quoted(*quote),
            _ => Place::Bare,
        }
    }

    fn step(&mut self, letter: char) {
        if let State::Inside {
            quote,
            explicit,
            closing: true,
            ..
        } = self.state
            && letter != quote
        {
            self.leave();
            self.after_escapes = explicit;
        }
        let previous = self.before.chars().next_back().unwrap_or(' ');
        match &mut self.state {
            State::Outside => {
                self.outside(letter, previous);
                if matches!(self.state, State::Block { .. } | State::Dollar { .. }) {
                    // What begins it is not also a part of what ends it.
                    self.before.clear();
                    return;
                }
            }
            State::Inside {
                quote,
                escapes,
                escaped,
                closing,
                ..
            } => {
                if *escaped {
                    *escaped = false;
                } else if letter == '\\' && *escapes {
                    *escaped = true;
                } else if letter == *quote {
                    *closing = !*closing;
                }
            }
            State::Line => {
                if letter == '\n' {
                    self.leave();
                }
            }
            State::Block { .. } => {
                if self.block(letter, previous) {
                    self.before.clear();
                    return;
                }
            }
            State::Dollar { tag } => {
                if letter == '$' && self.before.ends_with(tag.strip_suffix('$').unwrap_or(tag)) {
                    self.leave();
                    return;
                }
            }
            State::Bracket => {
                if letter == ']' {
                    self.leave();
                }
            }
        }
        self.before.push(letter);
        if self.before.len() > 200 {
            let keep = self.before.chars().rev().take(100).collect::<Vec<_>>();
            self.before = keep.into_iter().rev().collect();
        }
    }

    /// Whether a comment, or one inside it, began or ended with this letter.
    fn block(&mut self, letter: char, previous: char) -> bool {
        let State::Block { depth } = &mut self.state else {
            return false;
        };
        match (previous, letter) {
            ('*', '/') if *depth > 1 => *depth -= 1,
            ('*', '/') => self.leave(),
            ('/', '*') if self.dialect == Dialect::Pgsql => *depth += 1,
            _ => return false,
        }
        true
    }

    fn leave(&mut self) {
        self.state = State::Outside;
        self.before.clear();
    }

    fn outside(&mut self, letter: char, previous: char) {
        let is_mysql = self.dialect == Dialect::Mysql;
        let goes_on = self.after_escapes;
        self.after_escapes &= letter.is_whitespace();
        match letter {
            '\'' | '"' | '`' if letter != '`' || self.dialect != Dialect::Pgsql => {
                let explicit = self.dialect == Dialect::Pgsql
                    && (self.has_escape_prefix(letter) || goes_on && letter == '\'');
                self.state = State::Inside {
                    quote: letter,
                    // Where the server decides, the scan takes the template's author to mean what is usual there.
                    escapes: explicit && letter == '\'' || is_mysql && letter != '`',
                    escaped: false,
                    explicit,
                    closing: false,
                };
            }
            '[' if self.dialect == Dialect::Sqlite => self.state = State::Bracket,
            '#' if is_mysql => self.state = State::Line,
            '-' if previous == '-' && !is_mysql => self.state = State::Line,
            // There, two dashes are a comment only before white space.
            ' ' | '\t' | '\r' if is_mysql && self.before.ends_with("--") => self.state = State::Line,
            '*' if previous == '/' => self.state = State::Block { depth: 1 },
            '$' if self.dialect == Dialect::Pgsql => {
                if let Some(tag) = self.dollar_tag() {
                    self.state = State::Dollar { tag };
                }
            }
            _ => {}
        }
    }

    /// The tag of a string between dollars, of which the last letter has come.
    fn dollar_tag(&self) -> Option<String> {
        let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
        let (before, name) = self.before.rsplit_once('$')?;
        let is_name =
            name.chars().all(is_letter) && !name.starts_with(|letter: char| letter.is_ascii_digit());
        // A dollar in a word is part of it; only a number ends before one.
        let rest = before.trim_end_matches(|letter| is_letter(letter) || letter == '$');
        let word = before.get(rest.len()..)?.trim_start_matches('$');
        let ends = word.bytes().all(|octet| octet.is_ascii_digit());
        (is_name && ends).then(|| format!("${name}$"))
    }

    /// `E'…'` and `U&'…'`, `U&"…"` of PostgreSQL.
    fn has_escape_prefix(&self, quote: char) -> bool {
        let word: String = self
            .before
            .chars()
            .rev()
            .take_while(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '&' | '$'))
            .collect();
        let is_escape = word.eq_ignore_ascii_case("e") && quote == '\'';
        is_escape || word.eq_ignore_ascii_case("&u")
    }
}

/// What a key that would stand outside of quotes comes to.
pub(crate) fn unquotable(key: &Key<'_>) -> Trouble {
    Trouble::Content(format!(
        "the query has a part of the key outside of quotes, where \"{}\" can not stand",
        key.text
    ))
}

/// The statement in the older form: parts of a SELECT.
pub(crate) fn select(field: &str, table: &str, key_field: &str, conditions: &str) -> String {
    format!("SELECT {field} FROM {table} WHERE {key_field} = '%s' {conditions}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(dialect: Dialect, template: &str, key: &str, backslashes: bool) -> Result<String, Unasked> {
        Statement::parse(template, dialect)
            .unwrap()
            .about(&Key::new(key), backslashes)
    }

    #[test]
    fn a_key_is_quoted_by_the_rules_of_its_place() {
        use Dialect::{Mysql, Pgsql, Sqlite};
        let hostile = r#"a'b"c\d`e%_*;--"#;
        for (dialect, template, backslashes, expected) in [
            (Mysql, "x='%s'", true, r#"x='a''b"c\\d`e%_*;--'"#),
            (Mysql, "x='%s'", false, r#"x='a''b"c\d`e%_*;--'"#),
            (Mysql, "x=\"%s\"", true, r#"x="a'b""c\\d`e%_*;--""#),
            (Mysql, "`%s`", true, r#"`a'b"c\d``e%_*;--`"#),
            (Pgsql, "x='%s'", false, r#"x='a''b"c\d`e%_*;--'"#),
            (Pgsql, "x='%s'", true, r#"x='a''b"c\\d`e%_*;--'"#),
            (Pgsql, "x=E'%s'", false, r#"x=E'a''b"c\\d`e%_*;--'"#),
            (Pgsql, "x= e'%s'", false, r#"x= e'a''b"c\\d`e%_*;--'"#),
            (Pgsql, "x=U&'%s'", false, r#"x=U&'a''b"c\\d`e%_*;--'"#),
            (Pgsql, "x=E'q'' %s'", false, r#"x=E'q'' a''b"c\\d`e%_*;--'"#),
            (Pgsql, "x=E'q'\n'%s'", false, "x=E'q'\n'a''b\"c\\\\d`e%_*;--'"),
            (Pgsql, "x=name'%s'", false, r#"x=name'a''b"c\d`e%_*;--'"#),
            (Pgsql, "\"%s\"", true, r#""a'b""c\d`e%_*;--""#),
            (Sqlite, "x='%s'", true, r#"x='a''b"c\d`e%_*;--'"#),
            (Sqlite, "x=\"%s\"", false, r#"x="a'b""c\d`e%_*;--""#),
        ] {
            assert_eq!(
                about(dialect, template, hostile, backslashes).as_deref(),
                Ok(expected),
                "{template}"
            );
        }
    }

    #[test]
    fn outside_of_quotes_only_a_number_is_put_in() {
        use Dialect::{Mysql, Pgsql, Sqlite};
        for (dialect, template) in [
            (Mysql, "x=%s"),
            (Mysql, "x='a' or y=%s"),
            (Mysql, "x='it''s' or y=%s"),
            (Mysql, r"x='it\'s' or y=%s"),
            (Mysql, "-- '\n%s '"),
            (Mysql, "# '\n%s '"),
            (Mysql, "/* ' */ %s '"),
            (Mysql, r"x='\%s'"),
            (Pgsql, "$$ '%s' $$"),
            (Pgsql, "$a$ '%s' $a$"),
            (Pgsql, "$$ $ '%s' $$"),
            (Pgsql, "'a'%s"),
            (Pgsql, "/* /* */ ' */ %s"),
            (Pgsql, "x=E'it\\'s' or y=%s"),
            (Pgsql, r"x='\' or y=%s"),
            (Mysql, "/*/ '%s' */"),
            (Mysql, "1 --'a'%s"),
            (Pgsql, "$$$ '%s' $$"),
            (Sqlite, "[%s]"),
            (Sqlite, "x=%u"),
            (Sqlite, "-- ' %s"),
        ] {
            assert_eq!(
                about(dialect, template, "x", true),
                Err(Unasked::Unquotable),
                "{template}"
            );
            assert!(about(dialect, template, "12", true).is_ok(), "{template}");
            assert!(Statement::parse(template, dialect).unwrap().has_bare_parts());
        }
        for (dialect, template) in [
            (Mysql, "x='it''s %s'"),
            (Mysql, r"x='it\'s %s'"),
            (Mysql, "x=\"it's %s\""),
            (Pgsql, "$$ ' $$ '%s'"),
            (Pgsql, "$a$ $b$ ' $a$ '%s'"),
            (Pgsql, "f('%s', $1)"),
            (Pgsql, "a$$ = '%s'"),
            (Sqlite, "[it's] '%s'"),
        ] {
            let statement = Statement::parse(template, dialect).unwrap();
            assert!(!statement.has_bare_parts(), "{template}");
        }
    }

    #[test]
    fn a_key_without_a_part_is_not_asked_for() {
        assert_eq!(
            about(Dialect::Mysql, "x='%d'", "user", true),
            Err(Unasked::Suppressed)
        );
    }

    #[test]
    fn the_older_form_is_a_select() {
        assert_eq!(
            select("a", "b", "c", "and d"),
            "SELECT a FROM b WHERE c = '%s' and d"
        );
    }
}
