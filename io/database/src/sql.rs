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

/// Where a part of the key stands for a server that takes a backslash in an ordinary string for a letter, and for one that
/// takes it for the beginning of an escape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    plain: Place,
    escaped: Place,
}

impl Places {
    fn of(self, backslashes: bool) -> Place {
        match backslashes {
            true => self.escaped,
            false => self.plain,
        }
    }

    /// The place, when it is one for every server.
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
    pub(crate) fn everywhere(self) -> Option<Place> {
        (self.plain == self.escaped).then_some(self.plain)
    }
}

/// A piece of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Bit {
    Text(String),
    Part(Part, Places),
}

/// A statement with places for parts of the key.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    dialect: Dialect,
    bits: Vec<Bit>,
    /// Each part of a key stands in one place for every server.
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
    has_one_reading: bool,
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
        let mut scans = Scans::new(dialect);
        let mut bits = Vec::new();
        for piece in template.pieces() {
            match piece {
                Piece::Text(text) => {
                    text.chars().for_each(|letter| scans.step(letter));
                    bits.push(Bit::Text(text.clone()));
                }
                Piece::Part { part, .. } => {
                    bits.push(Bit::Part(*part, scans.places()));
                    scans.step('x');
                }
            }
        }
        Ok(Self {
            #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
            has_one_reading: bits
                .iter()
                .all(|bit| !matches!(bit, Bit::Part(_, places) if places.everywhere().is_none())),
            #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
            prepared: Prepared::of(&bits, dialect).map(Rc::new),
            dialect,
            bits,
        })
    }

    /// Whether a part of the key stands outside of quotes for servers with the usual settings.
    pub(crate) fn has_bare_parts(&self) -> bool {
        let backslashes = self.dialect == Dialect::Mysql;
        self.bits
            .iter()
            .any(|bit| matches!(bit, Bit::Part(_, places) if places.of(backslashes) == Place::Bare))
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
                Bit::Part(part, places) => {
                    let text = key.part(*part).ok_or(Unasked::Suppressed)?;
                    self.quote(text, places.of(backslashes), backslashes, &mut statement)?;
                }
            }
        }
        Ok(statement)
    }

    /// The statement about `key` in all the ways in which it may be sent; `None` when the key lacks a part of it.
    ///
    /// # Errors
    /// The key can not be quoted for any server.
    #[cfg(any(feature = "mysql", feature = "pgsql", feature = "fuzzing"))]
    pub(crate) fn asking(&self, key: &Key<'_>) -> Result<Option<Asking>, Trouble> {
        let way = |backslashes| {
            let text = self.about(key, backslashes)?;
            let run = self.prepared.as_ref().map(|one| one.run(self, key, backslashes));
            Ok(Rc::new(Way { text, run }))
        };
        let plain = way(false);
        let escaped = match self.has_one_reading && !key.text.contains('\\') {
            true => plain.clone(),
            false => way(true),
        };
        match (&plain, &escaped) {
            (Err(Unasked::Suppressed), _) => Ok(None),
            (Err(_), Err(_)) => Err(unquotable(key)),
            _ => Ok(Some(Asking {
                plain: plain.ok(),
                escaped: escaped.ok(),
                prepared: self.prepared.clone(),
            })),
        }
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

/// In which quotes a backslash takes the next letter along, as far as the server's settings decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escapes {
    None,
    /// In `'…'`.
    Strings,
    /// In `"…"` too.
    All,
}

/// A scan for each of the settings that a server may have.
struct Scans {
    plain: Scan,
    escaped: Vec<Scan>,
}

impl Scans {
    fn new(dialect: Dialect) -> Self {
        let escaped: &[Escapes] = match dialect {
            // Between double quotes stands a name when the mode is ANSI_QUOTES, and names have no escapes.
            Dialect::Mysql => &[Escapes::All, Escapes::Strings],
            Dialect::Pgsql => &[Escapes::Strings],
            Dialect::Sqlite => &[Escapes::None],
        };
        Self {
            plain: Scan::new(dialect, Escapes::None),
            escaped: escaped
                .iter()
                .map(|escapes| Scan::new(dialect, *escapes))
                .collect(),
        }
    }

    fn step(&mut self, letter: char) {
        self.plain.step(letter);
        self.escaped.iter_mut().for_each(|scan| scan.step(letter));
    }

    fn places(&self) -> Places {
        let mut places = self.escaped.iter().map(Scan::place);
        let first = places.next().unwrap_or(Place::Bare);
        Places {
            plain: self.plain.place(),
            escaped: match places.all(|place| place == first) {
                true => first,
                false => Place::Bare,
            },
        }
    }
}

struct Scan {
    dialect: Dialect,
    escapes: Escapes,
    state: State,
    /// The letters before, as far as they matter.
    before: String,
    /// Only white space has come since a string with escapes: a string that follows goes on with it. Whether the escapes
    /// hide quotes.
    after_escapes: Option<bool>,
}

impl Scan {
    fn new(dialect: Dialect, escapes: Escapes) -> Self {
        Self {
            dialect,
            escapes,
            state: State::Outside,
            before: String::new(),
            after_escapes: None,
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
            escapes,
            closing: true,
            ..
        } = self.state
            && letter != quote
        {
            self.leave();
            self.after_escapes = explicit.then_some(escapes);
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
        let goes_on = self.after_escapes.filter(|_| letter == '\'');
        self.after_escapes = self.after_escapes.filter(|_| letter.is_whitespace());
        match letter {
            '\'' | '"' | '`' if letter != '`' || self.dialect != Dialect::Pgsql => {
                let is_pgsql = self.dialect == Dialect::Pgsql;
                // In the Unicode form a backslash names a letter, and hides no quote.
                let by_number = is_pgsql && self.follows("u&") || goes_on == Some(false);
                let explicit =
                    by_number || is_pgsql && letter == '\'' && self.follows("e") || goes_on == Some(true);
                self.state = State::Inside {
                    quote: letter,
                    escapes: match letter {
                        '\'' if by_number => false,
                        '\'' => explicit || self.escapes != Escapes::None,
                        '"' => self.escapes == Escapes::All,
                        _ => false,
                    },
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

    /// Whether what stands before the quote is this, as in `E'…'`, `U&'…'` and `U&"…"` of PostgreSQL.
    fn follows(&self, prefix: &str) -> bool {
        let is_part = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | '&' | '$');
        let word = self.before.chars().rev().take_while(is_part);
        let found: String = word.collect::<Vec<_>>().into_iter().rev().collect();
        found.eq_ignore_ascii_case(prefix)
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
            (Pgsql, r"U&'\' UESCAPE '!' %s"),
            (Pgsql, "x=E'it\\'s' or y=%s"),
            (Pgsql, r"x='\' or y=%s"),
            (Mysql, "/*/ '%s' */"),
            (Mysql, "1 --'a'%s"),
            (Pgsql, "$$$ '%s' $$"),
            (Sqlite, "[%s]"),
            (Sqlite, "x=%u"),
            (Sqlite, "-- ' %s"),
        ] {
            let backslashes = dialect == Mysql;
            assert_eq!(
                about(dialect, template, "x", backslashes),
                Err(Unasked::Unquotable),
                "{template}"
            );
            assert!(about(dialect, template, "12", backslashes).is_ok(), "{template}");
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
    fn where_a_backslash_hides_a_quote_is_up_to_the_server() {
        use Dialect::{Mysql, Pgsql};
        let unquotable = || Err(Unasked::Unquotable);
        let found = |text: &str| Ok(text.to_owned());
        for (dialect, template, plain, escaped) in [
            // To a server that knows no escapes the key stands behind the string, or between two.
            (Mysql, r"x='it\'s %s'", unquotable(), found(r"x='it\'s k'")),
            (Mysql, r"x='\'%s\''", unquotable(), found(r"x='\'k\''")),
            (
                Pgsql,
                r"a='\' AND b='%s'",
                found(r"a='\' AND b='k'"),
                unquotable(),
            ),
            // Whether double quotes are names is up to the server too.
            (Mysql, r#"x="\" %s""#, unquotable(), unquotable()),
            (
                Mysql,
                r#"x="\\" OR y='%s'"#,
                found(r#"x="\\" OR y='k'"#),
                found(r#"x="\\" OR y='k'"#),
            ),
        ] {
            assert_eq!(about(dialect, template, "k", false), plain, "{template}");
            assert_eq!(about(dialect, template, "k", true), escaped, "{template}");
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
