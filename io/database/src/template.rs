//! Templates with `%`: how a key becomes a query, and a value a result.
//!
//! A template is taken apart once, when its table is opened. What a key lacks (a domain, a label) is not put in as empty
//! text: the query is then not asked at all. Quoting is the driver's, and is applied to each part of the key by itself, so
//! that a template may stand them side by side. Follows "PARAMETERS" in mysql_table(5), ldap_table(5) and their like.

/// A key, and its parts.
#[derive(Clone, Debug)]
pub(crate) struct Key<'a> {
    /// The whole text.
    pub(crate) text: &'a str,
    local: &'a str,
    domain: Option<&'a str>,
}

/// A part of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `%s`: all of it.
    Whole,
    /// `%u`: the local part of an address; all of what is no address.
    Local,
    /// `%d`: the domain of an address.
    Domain,
    /// `%1` to `%9`: a label of that domain, counted from its end.
    Label(usize),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// A part of the key; `upper` when it was written as an upper-case letter.
    Part {
        /// Which one.
        part: Part,
        /// Written `%S`, `%U` or `%D`.
        upper: bool,
    },
}

/// A template, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
}

/// A `%` that is followed by nothing that has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadTemplate;

impl<'a> Key<'a> {
    /// Takes `text` apart at its last `@`.
    pub(crate) fn new(text: &'a str) -> Self {
        let (local, domain) = match text.rsplit_once('@') {
            Some((local, domain)) => (local, Some(domain)),
            None => (text, None),
        };
        Self { text, local, domain }
    }

    /// The domain, of an address that has a local part too.
    pub(crate) fn full_address_domain(&self) -> Option<&'a str> {
        self.domain
            .filter(|domain| !domain.is_empty() && !self.local.is_empty())
    }

    /// A part; `None` when the key lacks it.
    pub(crate) fn part(&self, part: Part) -> Option<&'a str> {
        let found = match part {
            Part::Whole => Some(self.text),
            Part::Local => Some(self.local),
            Part::Domain => self.domain,
            Part::Label(number) => self
                .domain?
                .rsplit('.')
                .filter(|label| !label.is_empty())
                .nth(number - 1),
        };
        found.filter(|text| !text.is_empty())
    }
}

impl Template {
    /// Takes a template apart.
    ///
    /// # Errors
    /// A `%` without a meaning.
    pub(crate) fn parse(text: &str) -> Result<Self, BadTemplate> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter != '%' {
                plain.push(letter);
                continue;
            }
            let sign = letters.next().ok_or(BadTemplate)?;
            if sign == '%' {
                plain.push('%');
                continue;
            }
            let part = match sign.to_ascii_lowercase() {
                's' => Part::Whole,
                'u' => Part::Local,
                'd' => Part::Domain,
                '1'..='9' => Part::Label(sign.to_digit(10).unwrap_or(1) as usize),
                _ => return Err(BadTemplate),
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            let upper = sign.is_ascii_uppercase();
            pieces.push(Piece::Part { part, upper });
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }

    /// The pieces in order.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether nothing of a key is in it.
    #[cfg(feature = "ldap")]
    pub(crate) fn is_constant(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)))
    }

    /// The template as a query about `key`, each part through `quote`; `None` when the key lacks a part.
    pub(crate) fn query(&self, key: &Key<'_>, quote: impl Fn(&str, &mut String)) -> Option<String> {
        let mut query = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => query.push_str(text),
                Piece::Part { part, .. } => quote(key.part(*part)?, &mut query),
            }
        }
        Some(query)
    }

    /// For the format of results: whether `key` has all that is taken from it, so that asking is worth while.
    pub(crate) fn is_answerable(&self, key: &Key<'_>) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Part { part, upper } if *upper || matches!(part, Part::Label(_)) => {
                key.part(*part).is_some()
            }
            _ => true,
        })
    }

    /// The template as one result: lower-case letters take from `value`, the others from `key`. `None` when `value` lacks
    /// a part; such a value is passed over.
    pub(crate) fn result(&self, key: &Key<'_>, value: &str) -> Option<String> {
        let value = Key::new(value);
        let mut result = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => result.push_str(text),
                Piece::Part { part, upper } if *upper || matches!(part, Part::Label(_)) => {
                    result.push_str(key.part(*part)?);
                }
                Piece::Part { part, .. } => result.push_str(value.part(*part)?),
            }
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(template: &str, key: &str) -> Option<String> {
        let template = Template::parse(template).unwrap();
        template.query(&Key::new(key), |text, query| query.push_str(text))
    }

    #[test]
    fn a_key_is_put_in_whole_and_in_parts() {
        for (template, key, expected) in [
            ("<%s>", "u@d.com", Some("<u@d.com>")),
            ("<%u>", "u@d.com", Some("<u>")),
            ("<%u>", "u", Some("<u>")),
            ("<%u>", "u@", Some("<u>")),
            ("<%u>", "@d.com", None),
            ("<%d>", "u@d.com", Some("<d.com>")),
            ("<%d>", "@d.com", Some("<d.com>")),
            ("<%d>", "u", None),
            ("<%d>", "u@", None),
            ("<%u>", "x@y@z", Some("<x@y>")),
            ("<%S%U%D>", "u@d", Some("<u@dud>")),
            ("%1/%2/%3", "u@a.b.c", Some("c/b/a")),
            ("%1/%2/%3", "u@a.b.c.", Some("c/b/a")),
            ("%1/%2/%3", "u@b.c", None),
            ("%1/%2/%3", "x@.b.c", None),
            ("%1/%2/%3", "x@a..c", None),
            ("%1", "a.b.c", None),
            ("100%% %s", "%s", Some("100% %s")),
            ("none", "x", Some("none")),
        ] {
            assert_eq!(query(template, key).as_deref(), expected, "{template} {key}");
        }
    }

    #[test]
    fn a_sign_without_meaning_is_refused() {
        for bad in ["%x", "a %", "%0", "% s"] {
            assert_eq!(Template::parse(bad), Err(BadTemplate), "{bad}");
        }
    }

    #[test]
    fn results_take_from_value_and_key() {
        let key = Key::new("u@mail.d.com");
        for (template, value, expected) in [
            ("[%s]", "v", Some("[v]")),
            ("[%s]", "", None),
            ("[%u]", "foo@bar", Some("[foo]")),
            ("[%u]", "plain", Some("[plain]")),
            ("[%u]", "@bar", None),
            ("[%d]", "foo@bar", Some("[bar]")),
            ("[%d]", "plain", None),
            ("%S %U %D %1", "v", Some("u@mail.d.com u mail.d.com com")),
            ("const", "v", Some("const")),
        ] {
            let template = Template::parse(template).unwrap();
            assert_eq!(
                template.result(&key, value).as_deref(),
                expected,
                "{template:?} {value}"
            );
        }
    }

    #[test]
    fn what_a_result_needs_of_the_key_is_known_before() {
        let template = Template::parse("%s %D %3").unwrap();
        assert!(template.is_answerable(&Key::new("u@a.b.c")));
        assert!(!template.is_answerable(&Key::new("u@b.c")));
        assert!(!template.is_answerable(&Key::new("u")));
        assert!(Template::parse("%s %u").unwrap().is_answerable(&Key::new("@x")));
    }
}
