//! What a POSIX expression means, basic or extended, with what the GNU C library adds (regex(7)).
//!
//! Only expressions come here that the library has compiled; where this reader meets something that the library
//! refuses, it says only that.

use sys::posix_regexp::Flags;

/// A part of an expression.
pub(super) enum Node {
    /// One octet of a set.
    Octets(Octets),
    /// A place between octets.
    Place(Place),
    /// What group of this number matches.
    Group(usize, Box<Node>),
    /// The text that the group of this number matched.
    Same(usize),
    /// A part again and again.
    Repeat {
        part: Box<Node>,
        least: u32,
        most: Option<u32>,
    },
    /// Parts one after the other.
    Sequence(Vec<Node>),
    /// The first part that leads to the longest match.
    Alternatives(Vec<Node>),
}

/// A place that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `^`
    LineBegin,
    /// `$`
    LineEnd,
    /// `` \` ``
    TextBegin,
    /// `\'`
    TextEnd,
    /// `\<`
    WordBegin,
    /// `\>`
    WordEnd,
    /// `\b`
    WordEdge,
    /// `\B`
    NoWordEdge,
}

/// A set of octets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Octets([u64; 4]);

impl Octets {
    fn of(is_in: impl Fn(u8) -> bool) -> Self {
        let mut octets = Self::default();
        (0..=u8::MAX)
            .filter(|octet| is_in(*octet))
            .for_each(|octet| octets.insert(octet));
        octets
    }

    fn insert(&mut self, octet: u8) {
        if let Some(word) = self.0.get_mut(usize::from(octet / 64)) {
            *word |= 1 << (octet % 64);
        }
    }

    pub(super) fn contains(&self, octet: u8) -> bool {
        let word = self.0.get(usize::from(octet / 64)).copied().unwrap_or(0);
        word >> (octet % 64) & 1 == 1
    }

    fn others(&self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

/// What a word is made of.
pub(super) fn is_word(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || octet == b'_'
}

/// How deep parentheses may be nested.
const DEEPEST: usize = 200;

/// The library has compiled what this reader does not understand.
fn strange() -> String {
    "back-reference in an expression of unknown form: skipping this rule".to_owned()
}

/// Reads `expression`; `None` when it has no back-reference.
///
/// # Errors
/// It is not understood, or nested too deeply.
pub(super) fn with_references(expression: &str, flags: Flags) -> Result<Option<Node>, String> {
    let octets = expression.as_bytes();
    let may_refer = |pair: &[u8]| matches!(pair, [b'\\', b'1'..=b'9']);
    if !octets.windows(2).any(may_refer) {
        return Ok(None);
    }
    let mut reader = Reader {
        rest: octets,
        flags,
        groups: 0,
        depth: 0,
        refers_back: false,
    };
    let node = reader.alternatives()?;
    match reader.rest {
        [] => Ok(reader.refers_back.then_some(node)),
        _ => Err(strange()),
    }
}

/// What the next octets are.
enum Token {
    Octets(Octets),
    Bracket,
    Open,
    Close,
    Or,
    /// Again and again, with the least and the greatest number of times; what it looks like.
    Repeat(u32, Option<u32>, u8),
    Interval,
    Place(Place),
    Same(usize),
}

struct Reader<'a> {
    rest: &'a [u8],
    flags: Flags,
    groups: usize,
    depth: usize,
    refers_back: bool,
}

impl<'a> Reader<'a> {
    /// Text and expression are compared in capitals where letters may have any case.
    fn fold(&self, octet: u8) -> u8 {
        match self.flags.ignore_case {
            true => octet.to_ascii_uppercase(),
            false => octet,
        }
    }

    fn one(octet: u8) -> Token {
        Token::Octets(Octets::of(|other| other == octet))
    }

    /// The next token, and what follows it; `is_first` where a part begins that has nothing before it.
    fn peek(&self, is_first: bool) -> Result<Option<(Token, &'a [u8])>, String> {
        let Some((first, rest)) = self.rest.split_first() else {
            return Ok(None);
        };
        let extended = self.flags.extended;
        let token = match *first {
            b'\\' => {
                let (second, rest) = rest.split_first().ok_or_else(strange)?;
                return Ok(Some((self.escaped(*second), rest)));
            }
            b'.' => Token::Octets(Octets::of(|octet| {
                octet != 0 && !(self.flags.newline && octet == b'\n')
            })),
            b'[' => Token::Bracket,
            b'*' => Token::Repeat(0, None, b'*'),
            b'^' if extended || is_first => Token::Place(Place::LineBegin),
            b'$' if extended || rest.is_empty() || rest.starts_with(b"\\)") || rest.starts_with(b"\\|") => {
                Token::Place(Place::LineEnd)
            }
            b'+' if extended => Token::Repeat(1, None, b'+'),
            b'?' if extended => Token::Repeat(0, Some(1), b'?'),
            b'{' if extended => Token::Interval,
            b'(' if extended => Token::Open,
            b')' if extended && self.depth > 0 => Token::Close,
            b'|' if extended => Token::Or,
            octet => Self::one(self.fold(octet)),
        };
        Ok(Some((token, rest)))
    }

    /// What an octet means behind a backslash. The library compares it as it stands there, in whatever case.
    fn escaped(&self, octet: u8) -> Token {
        let basic = !self.flags.extended;
        match octet {
            b'1'..=b'9' => Token::Same(usize::from(octet - b'0')),
            b'w' => Token::Octets(Octets::of(is_word)),
            b'W' => Token::Octets(Octets::of(is_word).others()),
            b's' => Token::Octets(Octets::of(is_space)),
            b'S' => Token::Octets(Octets::of(is_space).others()),
            b'b' => Token::Place(Place::WordEdge),
            b'B' => Token::Place(Place::NoWordEdge),
            b'<' => Token::Place(Place::WordBegin),
            b'>' => Token::Place(Place::WordEnd),
            b'`' => Token::Place(Place::TextBegin),
            b'\'' => Token::Place(Place::TextEnd),
            b'(' if basic => Token::Open,
            b')' if basic => Token::Close,
            b'|' if basic => Token::Or,
            b'{' if basic => Token::Interval,
            b'+' if basic => Token::Repeat(1, None, b'+'),
            b'?' if basic => Token::Repeat(0, Some(1), b'?'),
            _ => Self::one(octet),
        }
    }

    /// Parts with `|` between them, up to the end or a closing parenthesis.
    fn alternatives(&mut self) -> Result<Node, String> {
        let mut all = vec![self.sequence()?];
        while let Some((Token::Or, rest)) = self.peek(false)? {
            self.rest = rest;
            all.push(self.sequence()?);
        }
        // The library looks at an empty first alternative after the second one.
        if let [first, second, ..] = all.as_mut_slice()
            && matches!(first, Node::Sequence(parts) if parts.is_empty())
        {
            std::mem::swap(first, second);
        }
        match all.len() {
            1 => Ok(all.remove(0)),
            _ => Ok(Node::Alternatives(all)),
        }
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut parts = Vec::new();
        // Nothing stands here that could be repeated.
        let mut is_bare = true;
        while let Some((token, rest)) = self.peek(parts.is_empty())? {
            if matches!(token, Token::Or | Token::Close) {
                break;
            }
            self.rest = rest;
            let part = match token {
                Token::Octets(octets) => Node::Octets(octets),
                Token::Bracket => Node::Octets(self.bracket()?),
                Token::Open => self.group()?,
                Token::Same(number) => {
                    self.refers_back = true;
                    Node::Same(number)
                }
                Token::Place(place) => {
                    parts.push(Node::Place(place));
                    is_bare = true;
                    continue;
                }
                Token::Repeat(_, _, octet) if is_bare && !self.flags.extended => {
                    Node::Octets(Octets::of(|other| other == octet))
                }
                Token::Repeat(..) | Token::Interval | Token::Or | Token::Close => return Err(strange()),
            };
            is_bare = false;
            parts.push(self.repeated(part)?);
        }
        Ok(Node::Sequence(parts))
    }

    fn group(&mut self) -> Result<Node, String> {
        if self.depth >= DEEPEST {
            return Err("parentheses are nested too deeply: skipping this rule".to_owned());
        }
        self.groups += 1;
        let number = self.groups;
        self.depth += 1;
        let inside = self.alternatives()?;
        let Some((Token::Close, rest)) = self.peek(false)? else {
            return Err(strange());
        };
        self.depth -= 1;
        self.rest = rest;
        Ok(Node::Group(number, Box::new(inside)))
    }

    /// `part` with what says how often it may be there.
    fn repeated(&mut self, mut part: Node) -> Result<Node, String> {
        loop {
            let (least, most) = match self.peek(false)? {
                Some((Token::Repeat(least, most, _), rest)) => {
                    self.rest = rest;
                    (least, most)
                }
                Some((Token::Interval, rest)) => {
                    self.rest = rest;
                    self.interval()?
                }
                _ => return Ok(part),
            };
            part = Node::Repeat {
                part: Box::new(part),
                least,
                most,
            };
        }
    }

    /// The rest of `{least,most}`.
    fn interval(&mut self) -> Result<(u32, Option<u32>), String> {
        let end: &[u8] = if self.flags.extended { b"}" } else { b"\\}" };
        let length = self.rest.windows(end.len()).position(|octets| octets == end);
        let (text, rest) = self.rest.split_at(length.ok_or_else(strange)?);
        self.rest = rest.get(end.len()..).unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| strange())?;
        let number = |text: &str| text.parse().map_err(|_| strange());
        Ok(match text.split_once(',') {
            None => (number(text)?, Some(number(text)?)),
            Some(("", "")) => (0, None),
            Some(("", most)) => (0, Some(number(most)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        })
    }

    /// The rest of a bracket expression, as in the C locale.
    fn bracket(&mut self) -> Result<Octets, String> {
        let is_negated = self.take(b"^");
        let mut octets = Octets::default();
        let mut is_first = true;
        while is_first || !self.take(b"]") {
            is_first = false;
            if self.take(b"[:") {
                let name = self.until(b":]")?;
                let class = class(name, self.flags.ignore_case)?;
                (0..=u8::MAX)
                    .filter(|octet| class(*octet))
                    .for_each(|octet| octets.insert(octet));
                continue;
            }
            let low = self.element()?;
            let is_range =
                self.rest.first() == Some(&b'-') && self.rest.get(1).is_some_and(|next| *next != b']');
            let high = match is_range {
                true => {
                    self.take(b"-");
                    self.element()?
                }
                false => low,
            };
            (low..=high).for_each(|octet| octets.insert(octet));
        }
        if is_negated {
            // A line end is never among the others where lines count.
            if self.flags.newline {
                octets.insert(b'\n');
            }
            octets = octets.others();
        }
        Ok(octets)
    }

    /// One octet of a bracket expression, also as `[.x.]` and `[=x=]`.
    fn element(&mut self) -> Result<u8, String> {
        let octet = if self.take(b"[.") {
            self.until(b".]")?
        } else if self.take(b"[=") {
            self.until(b"=]")?
        } else {
            let (octet, rest) = self.rest.split_at_checked(1).ok_or_else(strange)?;
            self.rest = rest;
            octet
        };
        match octet {
            [octet] => Ok(self.fold(*octet)),
            _ => Err(strange()),
        }
    }

    fn take(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn until(&mut self, end: &[u8]) -> Result<&'a [u8], String> {
        let length = self.rest.windows(end.len()).position(|octets| octets == end);
        let (text, rest) = self.rest.split_at(length.ok_or_else(strange)?);
        self.rest = rest.get(end.len()..).unwrap_or_default();
        Ok(text)
    }
}

fn is_space(octet: u8) -> bool {
    octet.is_ascii_whitespace() || octet == b'\x0b'
}

/// The octets of a named class.
fn class(name: &[u8], ignore_case: bool) -> Result<fn(u8) -> bool, String> {
    Ok(match name {
        b"alpha" => |octet| octet.is_ascii_alphabetic(),
        b"upper" | b"lower" if ignore_case => |octet| octet.is_ascii_alphabetic(),
        b"upper" => |octet| octet.is_ascii_uppercase(),
        b"lower" => |octet| octet.is_ascii_lowercase(),
        b"alnum" => |octet| octet.is_ascii_alphanumeric(),
        b"digit" => |octet| octet.is_ascii_digit(),
        b"xdigit" => |octet| octet.is_ascii_hexdigit(),
        b"punct" => |octet| octet.is_ascii_punctuation(),
        b"graph" => |octet| octet.is_ascii_graphic(),
        b"print" => |octet| octet.is_ascii_graphic() || octet == b' ',
        b"cntrl" => |octet| octet.is_ascii_control(),
        b"blank" => |octet| matches!(octet, b' ' | b'\t'),
        b"space" => is_space,
        _ => return Err(strange()),
    })
}
