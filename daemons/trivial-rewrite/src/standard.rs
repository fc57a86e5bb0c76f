//! Standard form: `user@domain.tld`, whatever form the address was written in.
//!
//! Follows ADDRESS_REWRITING_README, "Rewriting addresses to standard form": source routes are dropped, `site!user` and
//! `user%domain` become `user@…`, a missing domain and a missing parent domain are added, a trailing dot is removed.
//! It works on the tokens of RFC 822, so that what stands in quotes, comments and brackets is no operator.

use crate::log;
use mail::parse::{self, Token};
use mail::quote_local822;

/// What completes an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The missing domain; empty: none is added.
    pub(crate) domain: String,
    /// The missing parent of a domain without a dot; empty: none is added.
    pub(crate) parent: String,
}

/// Which forms are understood.
#[derive(Clone, Debug)]
pub(crate) struct Standard {
    pub(crate) swap_bangpath: bool,
    pub(crate) percent_hack: bool,
    pub(crate) append_at_origin: bool,
    pub(crate) append_dot_domain: bool,
    /// That a domain is completed is a default of an earlier release, and is said each time.
    pub(crate) former_default: bool,
}

/// An address as its tokens.
pub(crate) type Tree<'t> = Vec<Token<'t>>;

const AT: Token<'static> = Token::Operator(b'@');
const DOT: Token<'static> = Token::Operator(b'.');

impl Standard {
    /// The standard form of an address in external (quoted) form. The empty address stays empty.
    pub(crate) fn form(&self, address: &str, origin: &Origin) -> String {
        let mut tree = parse::scan_address(address);
        if tree.is_empty() {
            return String::new();
        }
        if !text(&tree).is_empty() {
            self.rewrite(&mut tree, origin);
        }
        let plain = text(&tree);
        if plain.is_empty() {
            // An empty user; the null address is another.
            return "\"\"".to_owned();
        }
        quote_local822(&plain).into_owned()
    }

    /// Puts the tokens of an address in standard form. An address without tokens stays so.
    pub(crate) fn rewrite<'t>(&self, tree: &mut Tree<'t>, origin: &'t Origin) {
        drop_route(tree);
        if tree.is_empty() {
            return;
        }
        if *tree == [AT] {
            return tree.clear();
        }
        if last(tree, b'@').is_none() && self.swap_bangpath {
            swap_bang(tree);
        }
        if self.percent_hack
            && last(tree, b'@').is_none()
            && let Some(place) = last(tree, b'%').and_then(|percent| tree.get_mut(percent))
        {
            *place = AT;
        }
        if last(tree, b'@').is_none() && self.append_at_origin && !origin.domain.is_empty() {
            tree.push(AT);
            tree.extend(parse::scan_address(&origin.domain));
        }
        if let Some(domain) = last(tree, b'@').and_then(|at| tree.get(at + 1..)) {
            let is_complete = domain.is_empty()
                || domain
                    .iter()
                    .any(|token| *token == DOT || matches!(token, Token::Literal(_)));
            if !is_complete && self.append_dot_domain && !origin.parent.is_empty() {
                if self.former_default {
                    log::former_default(&text(domain), &origin.parent);
                }
                tree.push(DOT);
                tree.extend(parse::scan_address(&origin.parent));
            }
        }
        strip_dot(tree);
    }

    /// Whether tokens of a local part still say where to go.
    pub(crate) fn is_route(&self, tree: &Tree<'_>) -> bool {
        tree.iter().any(|token| match token {
            Token::Operator(byte) => self.is_operator(char::from(*byte)),
            _ => false,
        })
    }

    /// The tokens of a local part in quotes that says where to go in spite of them.
    pub(crate) fn within_quotes(&self, quoted: &str) -> Option<Tree<'static>> {
        if !quoted.contains(|letter| self.is_operator(letter)) {
            return None;
        }
        let is_source_route = quoted.starts_with('@') && quoted.contains(':');
        let at = quoted.rfind('@').filter(|_| !is_source_route);
        let Some(place) = at.or_else(|| {
            quoted
                .rfind('%')
                .filter(|_| self.percent_hack && !is_source_route)
        }) else {
            let whole = parse::scan_address(quoted);
            return Some(whole.into_iter().map(Token::into_owned).collect());
        };
        let (user, domain) = quoted.split_at(place);
        let mut tree = vec![Token::Quoted(user.as_bytes().to_vec().into()), AT];
        let domain = parse::scan_address(domain.get(1..).unwrap_or_default());
        tree.extend(domain.into_iter().map(Token::into_owned));
        Some(tree)
    }

    fn is_operator(&self, letter: char) -> bool {
        match letter {
            '@' => true,
            '%' => self.percent_hack,
            '!' => self.swap_bangpath,
            _ => false,
        }
    }
}

/// The text of tokens without quotes.
pub(crate) fn text(tree: &[Token<'_>]) -> String {
    String::from_utf8_lossy(&parse::internal_spaced(tree)).into_owned()
}

/// The last place of an operator.
pub(crate) fn last(tree: &[Token<'_>], operator: u8) -> Option<usize> {
    tree.iter().rposition(|token| *token == Token::Operator(operator))
}

/// Takes one dot off the end of a domain or a word.
pub(crate) fn strip_dot(tree: &mut Tree<'_>) {
    if let [.., before, dot] = tree.as_slice()
        && *dot == DOT
        && !matches!(before, Token::Operator(b'.' | b'@'))
    {
        tree.pop();
    }
}

/// `@one,@two:user@domain` without its route, when something stands behind it.
fn drop_route(tree: &mut Tree<'_>) {
    if tree.first() != Some(&AT) {
        return;
    }
    let colon = tree.iter().position(|token| *token == Token::Operator(b':'));
    if let Some(start) = colon.map(|colon| colon + 1).filter(|start| *start < tree.len()) {
        tree.drain(..start);
    }
}

/// `site!user` as `user@site`.
fn swap_bang(tree: &mut Tree<'_>) {
    let bang = tree.iter().position(|token| *token == Token::Operator(b'!'));
    if let Some(bang) = bang {
        let user = tree.split_off(bang + 1);
        tree.pop();
        let site = std::mem::replace(tree, user);
        tree.push(AT);
        tree.extend(site);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Standard = Standard {
        swap_bangpath: true,
        percent_hack: true,
        append_at_origin: true,
        append_dot_domain: true,
        former_default: false,
    };

    #[test]
    fn every_form_becomes_user_at_domain() {
        let origin = Origin {
            domain: "origin.example".into(),
            parent: "parent.example".into(),
        };
        // As Postfix answers.
        for (written, expected) in [
            ("", ""),
            ("user", "user@origin.example"),
            ("user@host", "user@host.parent.example"),
            ("user@host.example", "user@host.example"),
            ("user@host.example.", "user@host.example"),
            ("user@host.example..", "user@host.example.."),
            ("user@[192.0.2.1]", "user@[192.0.2.1]"),
            ("user@[192.0.2.1", "user@[192.0.2.1]"),
            ("site!user", "user@site.parent.example"),
            ("site!", "\"\"@site.parent.example"),
            ("a!b!user", "b!user@a.parent.example"),
            ("a!user@b.example", "a!user@b.example"),
            ("user%dom.example", "user@dom.example"),
            ("site!user%dom", "user%dom@site.parent.example"),
            ("user%a.example@b.example", "user%a.example@b.example"),
            ("@r1.example,@r2.example:user@dom.example", "user@dom.example"),
            ("@r1.example:", "@r1.example:\"\""),
            ("\"a b\"@dom.example", "\"a b\"@dom.example"),
            ("a b@dom.example", "\"a b\"@dom.example"),
            ("a,b@dom.example", "\"a, b\"@dom.example"),
            ("\"a\"@dom.example", "a@dom.example"),
            ("\"a@b\"", "\"a@b\"@origin.example"),
            ("\"a%b\"", "a%b@origin.example"),
            ("a@b@dom.example", "\"a@b\"@dom.example"),
            ("@dom.example", "\"\"@dom.example"),
            ("a%.", "a@."),
            ("@", "\"\""),
            ("\"\"", "\"\""),
            ("user.", "\"user.\"@origin.example"),
            ("user@dom.example (comment)", "user@dom.example (comment)"),
        ] {
            assert_eq!(STANDARD.form(written, &origin), expected, "{written}");
        }
    }

    #[test]
    fn nothing_is_added_where_there_is_nothing_to_add() {
        let none = Origin::default();
        assert_eq!(STANDARD.form("user", &none), "user");
        assert_eq!(STANDARD.form("user.", &none), "user");
        assert_eq!(STANDARD.form("user@host", &none), "user@host");
        let plain = Standard {
            swap_bangpath: false,
            percent_hack: false,
            ..STANDARD
        };
        assert_eq!(plain.form("a!b%c", &none), "a!b%c");
    }
}
