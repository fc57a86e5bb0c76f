//! Address lists of headers and command lines: from text to tokens and back (RFC 5322 §3.4, with the liberties of RFC 822).
//!
//! Nothing is thrown away that is not understood, so that a header can be written back after one of its addresses
//! was rewritten. Comments stay, commas that were left out are added, and text is octets: names in any character
//! set pass. Not here: what addresses mean, and the folding of long lines.

use std::borrow::Cow;

use crate::quote_local822;

/// A piece of an address list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// One of the specials of RFC 822, or `%`, `!` or `|`.
    Operator(u8),
    /// A word that needs no quotes.
    Atom(Cow<'a, [u8]>),
    /// A word in quotes; the text is without them and without backslashes.
    Quoted(Cow<'a, [u8]>),
    /// A comment with its parentheses and backslashes.
    Comment(Cow<'a, [u8]>),
    /// A domain literal; the text is without brackets.
    Literal(Cow<'a, [u8]>),
    /// The colon behind the name of a group.
    GroupStart,
    /// The tokens that make up one address.
    Address(Vec<Token<'a>>),
}

/// An address list taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressList<'a> {
    /// Addresses and all that is between them, in order.
    pub tokens: Vec<Token<'a>>,
}

/// What is an operator wherever it stands outside quotes, comments and literals.
const OPERATORS: &[u8] = b"|%!()<>@,;:\\\".[]";
/// More octets of names and comments than this beside one address are dropped when a header is written back,
/// because old receivers overflow.
const MOST_DECORATION_OCTETS: usize = 250;

impl Token<'_> {
    /// The same token with its own text.
    #[must_use]
    pub fn into_owned(self) -> Token<'static> {
        let own = |text: Cow<'_, [u8]>| Cow::Owned(text.into_owned());
        match self {
            Token::Operator(byte) => Token::Operator(byte),
            Token::Atom(text) => Token::Atom(own(text)),
            Token::Quoted(text) => Token::Quoted(own(text)),
            Token::Comment(text) => Token::Comment(own(text)),
            Token::Literal(text) => Token::Literal(own(text)),
            Token::GroupStart => Token::GroupStart,
            Token::Address(parts) => Token::Address(parts.into_iter().map(Token::into_owned).collect()),
        }
    }
}

impl<'a> AddressList<'a> {
    /// Takes a list apart; text behind `limit_tokens` is dropped.
    #[must_use]
    pub fn parse(text: &'a [u8], limit_tokens: usize) -> Self {
        Self {
            tokens: Grouping::default().run(scan(text, limit_tokens)),
        }
    }

    /// The addresses, as lists of their tokens.
    pub fn addresses(&self) -> impl Iterator<Item = &[Token<'a>]> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Address(parts) => Some(parts.as_slice()),
            _ => None,
        })
    }

    /// The addresses, to be replaced.
    pub fn addresses_mut(&mut self) -> impl Iterator<Item = &mut Vec<Token<'a>>> {
        self.tokens.iter_mut().filter_map(|token| match token {
            Token::Address(parts) => Some(parts),
            _ => None,
        })
    }

    /// Writes the list in external form, with one blank after each comma.
    #[must_use]
    pub fn external(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(80);
        write_external(&mut text, &self.tokens);
        text
    }

    /// Writes the list for a header: each comma ends a line, for the folding that follows.
    ///
    /// Where names and comments beside one address exceed 250 octets, the bare address remains. The result tells
    /// the beginnings of the texts that were cut so.
    pub fn write_header(&self, text: &mut Vec<u8>) -> Vec<Vec<u8>> {
        let mut stripped = Vec::new();
        for (index, entry) in self
            .tokens
            .split(|token| *token == Token::Operator(b','))
            .enumerate()
        {
            if index > 0 {
                text.extend_from_slice(b",\n");
            }
            let start = text.len();
            write_external(text, entry);
            let address = entry.iter().rev().find_map(|token| match token {
                Token::Address(parts) => Some(external_address(parts)),
                _ => None,
            });
            let empty = || {
                entry
                    .windows(2)
                    .any(|pair| pair == [Token::Operator(b'<'), Token::Operator(b'>')])
            };
            let Some(address) = address.or_else(|| empty().then(Vec::new)) else {
                continue;
            };
            if text.len() - start > MOST_DECORATION_OCTETS + address.len() {
                stripped.push(text.split_off(start).into_iter().take(100).collect());
                text.push(b'<');
                text.extend_from_slice(&address);
                text.push(b'>');
            }
        }
        stripped
    }
}

/// The addresses of a list (a table's value, a line of an alias file) in internal form: all of them, since each is
/// somebody's mail. What reads such a list knows how long it is.
#[must_use]
pub fn addresses(text: &str) -> Vec<String> {
    addresses_within(text, usize::MAX)
}

/// The same, with a limit on the tokens that are read.
#[must_use]
pub fn addresses_within(text: &str, limit_tokens: usize) -> Vec<String> {
    let list = AddressList::parse(text.as_bytes(), limit_tokens);
    list.addresses().map(|parts| lossy(internal(parts))).collect()
}

fn lossy(text: Vec<u8>) -> String {
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Takes one external address apart without looking for addresses in it; blanks and comments are kept as tokens.
#[must_use]
pub fn scan_address(address: &str) -> Vec<Token<'_>> {
    scan(address.as_bytes(), usize::MAX)
}

/// The internal form of one address: its tokens without quotes, and without the blanks between them.
#[must_use]
pub fn internal(parts: &[Token<'_>]) -> Vec<u8> {
    let mut text = Vec::with_capacity(40);
    parts.iter().for_each(|part| write_plain(&mut text, part));
    text
}

/// The same, spaced as in a list: with blanks between words, behind a comma and before a `<`, such as addresses have that
/// brackets do not enclose as they should.
#[must_use]
pub fn internal_spaced(parts: &[Token<'_>]) -> Vec<u8> {
    let mut text = Vec::with_capacity(40);
    for (index, token) in parts.iter().enumerate() {
        write_plain(&mut text, token);
        if parts
            .get(index + 1)
            .is_some_and(|next| is_blank_behind(token, next))
        {
            text.push(b' ');
        }
    }
    text
}

/// The external form of the tokens of one address, each word quoted on its own; routes survive this.
#[must_use]
pub fn external(parts: &[Token<'_>]) -> Vec<u8> {
    let mut text = Vec::with_capacity(40);
    for token in parts {
        write_token(&mut text, token);
    }
    text
}

fn write_plain(text: &mut Vec<u8>, token: &Token<'_>) {
    match token {
        Token::Operator(byte) => text.push(*byte),
        Token::Atom(word) | Token::Quoted(word) | Token::Comment(word) => text.extend_from_slice(word),
        Token::Literal(word) => {
            text.push(b'[');
            text.extend_from_slice(word);
            text.push(b']');
        }
        Token::GroupStart => text.push(b':'),
        Token::Address(parts) => parts.iter().for_each(|part| write_plain(text, part)),
    }
}

fn write_token(text: &mut Vec<u8>, token: &Token<'_>) {
    match token {
        Token::Quoted(word) => {
            text.push(b'"');
            write_escaped(text, word, b"\"\\\r\n");
            text.push(b'"');
        }
        Token::Literal(word) => {
            text.push(b'[');
            write_escaped(text, word, b"\\\r\n");
            text.push(b']');
        }
        Token::Address(parts) => text.extend_from_slice(&external_address(parts)),
        other => write_plain(text, other),
    }
}

/// An address inside a list is quoted as a whole, by the last `@`.
fn external_address(parts: &[Token<'_>]) -> Vec<u8> {
    let plain = internal_spaced(parts);
    match std::str::from_utf8(&plain) {
        // A user without a name is not the null address.
        Ok("") => b"\"\"".to_vec(),
        Ok(address) => quote_local822(address).into_owned().into_bytes(),
        // Not text: each word as it came.
        Err(_) => external(parts),
    }
}

fn write_escaped(text: &mut Vec<u8>, word: &[u8], escaped: &[u8]) {
    for &byte in word {
        if escaped.contains(&byte) {
            text.push(b'\\');
        }
        text.push(byte);
    }
}

fn write_external(text: &mut Vec<u8>, tokens: &[Token<'_>]) {
    for (index, token) in tokens.iter().enumerate() {
        write_token(text, token);
        if tokens
            .get(index + 1)
            .is_some_and(|next| is_blank_behind(token, next))
        {
            text.push(b' ');
        }
    }
}

fn is_word(token: &Token<'_>) -> bool {
    !matches!(token, Token::Operator(_) | Token::GroupStart)
}

fn is_blank_behind(token: &Token<'_>, next: &Token<'_>) -> bool {
    *token == Token::Operator(b',') || is_blank_between(token, next)
}

fn is_blank_between(token: &Token<'_>, next: &Token<'_>) -> bool {
    *token == Token::GroupStart || *next == Token::Operator(b'<') || (is_word(token) && is_word(next))
}

/// Divides text into tokens, without looking for addresses.
#[must_use]
pub fn scan(text: &[u8], limit_tokens: usize) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        if tokens.len() >= limit_tokens {
            break;
        }
        let (token, after) = match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {
                rest = behind;
                continue;
            }
            b'(' => scan_comment(rest),
            b'[' => {
                let (word, after) = scan_enclosed(behind, b']');
                (Token::Literal(word), after)
            }
            b'"' => {
                let (word, after) = scan_enclosed(behind, b'"');
                (Token::Quoted(word), after)
            }
            b'\\' => scan_atom(rest),
            _ if OPERATORS.contains(&byte) => (Token::Operator(byte), behind),
            _ => scan_atom(rest),
        };
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// An atom; with a backslash in it, it may turn out to need quotes.
fn scan_atom(text: &[u8]) -> (Token<'_>, &[u8]) {
    let (word, after) = collect(text, |byte| is_blank(byte) || OPERATORS.contains(&byte));
    let needs_quotes = |byte: &u8| byte.is_ascii_control() || *byte == b' ' || OPERATORS.contains(byte);
    let token = if word.iter().any(needs_quotes) {
        Token::Quoted(word)
    } else {
        Token::Atom(word)
    };
    (token, after)
}

/// The text up to the closing octet, which may be missing.
fn scan_enclosed(text: &[u8], close: u8) -> (Cow<'_, [u8]>, &[u8]) {
    let (word, after) = collect(text, |byte| byte == close);
    (word, after.get(1..).unwrap_or_default())
}

/// Text up to an octet that ends it; backslashes are resolved and line breaks become blanks.
fn collect(text: &[u8], ends: impl Fn(u8) -> bool) -> (Cow<'_, [u8]>, &[u8]) {
    let is_odd = |byte: u8| matches!(byte, b'\\' | b'\t' | b'\r' | b'\n');
    let plain = text
        .iter()
        .position(|byte| ends(*byte) || is_odd(*byte))
        .unwrap_or(text.len());
    let (start, mut rest) = text.split_at(plain);
    match rest.first() {
        Some(byte) if !(*byte != b'\\' && ends(*byte)) => {}
        _ => return (Cow::Borrowed(start), rest),
    }
    let mut word = start.to_vec();
    while let Some((&byte, behind)) = rest.split_first() {
        let (byte, behind) = match byte {
            b'\\' => match behind.split_first() {
                Some((&escaped, behind)) => (escaped, behind),
                None => return (Cow::Owned(word), behind),
            },
            _ if ends(byte) => break,
            _ => (byte, behind),
        };
        word.push(if is_blank(byte) { b' ' } else { byte });
        rest = behind;
    }
    (Cow::Owned(word), rest)
}

/// A comment, which may contain comments; an unclosed one runs to the end.
fn scan_comment(text: &[u8]) -> (Token<'_>, &[u8]) {
    let mut level = 0usize;
    let mut bytes = text.iter().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'(' => level += 1,
            b')' => level -= 1,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
        if level == 0 {
            let (comment, after) = text.split_at(index + 1);
            return (Token::Comment(Cow::Borrowed(comment)), after);
        }
    }
    (Token::Comment(Cow::Borrowed(text)), &[])
}

/// Finds addresses among tokens.
///
/// It works from the right to the left, since only what follows tells a name from an address: `>` says that the words
/// before its `<` are a phrase, and `;` that a colon further left begins a group. `done` and `open` are therefore in
/// reverse order.
#[derive(Default)]
struct Grouping<'a> {
    done: Vec<Token<'a>>,
    /// The address being collected.
    open: Vec<Token<'a>>,
    /// The last thing collected was a word: another one begins a new address.
    after_word: bool,
    in_group: bool,
}

impl<'a> Grouping<'a> {
    fn run(mut self, mut tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
        self.done.reserve(tokens.len());
        while let Some(token) = tokens.pop() {
            match token {
                Token::Comment(_) => self.done.push(token),
                Token::Operator(b';') => {
                    self.close_with_comma();
                    self.done.push(token);
                    (self.in_group, self.after_word) = (true, false);
                }
                Token::Operator(b':') if self.in_group => {
                    self.close();
                    self.done.push(Token::GroupStart);
                    self.pass_until(&mut tokens, b",");
                }
                Token::Operator(b'>') => self.take_angle(&mut tokens),
                Token::Operator(b',') => {
                    self.close();
                    self.done.push(token);
                    self.after_word = false;
                }
                Token::Operator(_) => {
                    self.open.push(token);
                    self.after_word = false;
                }
                word => {
                    if self.after_word {
                        self.close_with_comma();
                    }
                    self.open.push(word);
                    self.after_word = true;
                }
            }
        }
        self.close();
        self.done.reverse();
        self.done
    }

    /// `phrase <address>`; comments inside the brackets move behind the address.
    fn take_angle(&mut self, tokens: &mut Vec<Token<'a>>) {
        self.close_with_comma();
        self.done.push(Token::Operator(b'>'));
        while let Some(token) = tokens.pop_if(|token| *token != Token::Operator(b'<')) {
            match token {
                Token::Comment(_) => self.done.push(token),
                other => self.open.push(other),
            }
        }
        self.close();
        self.pass_until(tokens, b">;,:");
        let is_colon = |token: &mut Token<'_>| *token == Token::Operator(b':');
        if let Some(colon) = tokens.pop_if(|token| !self.in_group && is_colon(token)) {
            // No group without its semicolon, and no part of a phrase either.
            self.done.push(colon);
        }
        self.after_word = false;
    }

    /// Lets words pass that are not part of an address.
    fn pass_until(&mut self, tokens: &mut Vec<Token<'a>>, ends: &[u8]) {
        let is_end = |token: &Token<'_>| matches!(token, Token::Operator(byte) if ends.contains(byte));
        while let Some(token) = tokens.pop_if(|token| !is_end(token)) {
            self.done.push(token);
        }
    }

    fn close(&mut self) -> bool {
        if self.open.is_empty() {
            return false;
        }
        let mut parts = std::mem::take(&mut self.open);
        parts.reverse();
        self.done.push(Token::Address(parts));
        true
    }

    fn close_with_comma(&mut self) {
        if self.close() {
            self.done.push(Token::Operator(b','));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        addresses(text)
    }

    #[test]
    fn no_address_of_a_long_list_is_lost() {
        let many = vec!["user@c.example"; 100_000].join(", ");

        assert_eq!(addresses(&many).len(), 100_000);
    }

    #[test]
    fn a_colon_before_a_phrase_is_a_group_only_with_its_semicolon() {
        for (written, expected) in [
            ("a: b <c>", "a:b <c>"),
            ("a: b <c>;", "a: b <c>;"),
            ("a:<>", "a: <>"),
            ("a: b", "\"a:b\""),
            ("\"\", b", "\"\", b"),
        ] {
            assert_eq!(rewritten(written), expected);
        }
    }

    fn rewritten(text: &str) -> String {
        String::from_utf8(AddressList::parse(text.as_bytes(), 10_000).external()).unwrap()
    }

    #[test]
    fn addresses_of_the_rfc_examples_are_found() {
        let table: [(&str, &[&str]); 14] = [
            (
                "mary@x.test, jdoe@example.org",
                &["mary@x.test", "jdoe@example.org"],
            ),
            (
                "\"Joe Q. Public\" <john.q.public@example.com>",
                &["john.q.public@example.com"],
            ),
            (
                "Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
                &["mary@x.test", "jdoe@example.org", "one@y.test"],
            ),
            (
                "<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
                &["boss@nil.test", "sysservices@example.net"],
            ),
            (
                "A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
                &["c@a.test", "joe@where.test", "jdoe@one.test"],
            ),
            ("Undisclosed recipients:;", &[]),
            (
                "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
                &["pete@silly.test"],
            ),
            (
                "Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
                &["@node.test:mary@example.net", "jdoe@test.example"],
            ),
            ("\"two words\"@example.com", &["two words@example.com"]),
            ("user@[192.0.2.1]", &["user@[192.0.2.1]"]),
            ("john@x (John)", &["john@x"]),
            ("a b c@d", &["a", "b", "c@d"]),
            ("", &[]),
            ("<>", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(list(text), expected, "{text}");
        }
    }

    #[test]
    fn a_list_is_written_back_with_all_it_had() {
        let table = [
            (
                "Mary  Smith<mary@x.test>,jdoe@example.org",
                "Mary Smith <mary@x.test>, jdoe@example.org",
            ),
            ("john@x (John \\) D)", "john@x (John \\) D)"),
            ("a b c@d", "a, b, c@d"),
            ("G: a@b,c@d;", "G: a@b, c@d;"),
            ("\"q \\\" x\" <\"two words\"@x>", "\"q \\\" x\" <\"two words\"@x>"),
            ("<a@b> <c@d>", "<a@b> <c@d>"),
            ("a@b <c@d> e@f", "a@b <c@d>, e@f"),
            ("<(c)a@b(d)>", "<a@b (c) (d)>"),
            ("(unclosed", "(unclosed"),
            ("\"unclosed", "unclosed"),
            ("a@[unclosed", "a@[unclosed]"),
            ("a>b", "a>, b"),
            (">>><<<", "\">>\">, \"< < <\""),
        ];
        for (text, expected) in table {
            assert_eq!(rewritten(text), expected, "{text}");
        }
    }

    #[test]
    fn text_in_any_character_set_passes() {
        let text = b"Andr\xe9 <andre@x>".as_slice();
        assert_eq!(AddressList::parse(text, 100).external(), text);
    }

    #[test]
    fn a_route_survives_in_the_tokens_of_its_address() {
        let parsed = AddressList::parse(b"<@a,@b:\"x y\"@d>", 100);
        let parts: Vec<_> = parsed.addresses().map(external).collect();
        assert_eq!(parts, [b"@a,@b:\"x y\"@d".to_vec()]);
    }

    #[test]
    fn tokens_behind_the_limit_are_dropped() {
        assert_eq!(addresses_within("a,b,c,d", 3), ["a", "b"]);
    }

    #[test]
    fn a_header_has_one_address_on_each_line() {
        let mut text = Vec::new();
        let stripped = AddressList::parse(b"A <a@x>,b@y", 100).write_header(&mut text);
        assert_eq!(
            (text.as_slice(), stripped.len()),
            (b"A <a@x>,\nb@y".as_slice(), 0)
        );
    }

    #[test]
    fn excessive_comments_give_way_to_the_bare_address() {
        let source = format!("({}) a@x, b@y", "c".repeat(300));
        let mut text = Vec::new();
        let stripped = AddressList::parse(source.as_bytes(), 100).write_header(&mut text);
        assert_eq!(text, b"<a@x>,\nb@y");
        assert_eq!(stripped.len(), 1);
    }

    #[test]
    fn any_text_can_be_taken_apart_and_written() {
        let pieces = [
            "<", ">", ";", ":", ",", "\\", "\"", "(", ")", "[", "]", "a", " ", "@", "é",
        ];
        let mut seed = 1u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[(seed >> 16) as usize % pieces.len()]);
            }
            let parsed = AddressList::parse(text.as_bytes(), 10);
            parsed.write_header(&mut Vec::new());
            let _ = (parsed.external(), addresses(&text));
        }
    }
}
