//! Lists that a name, an address or any text is a member of: `mydestination`, `mynetworks`, `relay_domains` …
//!
//! Items are texts, networks, `/file` with more items, and `type:table`; `!` turns an item around. The first item that
//! matches decides (postconf(5), `mynetworks`). A table that could not tell ends the search with an error.

use std::net::IpAddr;
use std::path::Path;
use std::rc::Rc;

use crate::error::{LookupError, OpenError};
use crate::fold::fold;
use crate::join::unavailable::Unavailable;
use crate::observed::Observer;
use crate::registry::{Tables, Use};
use crate::source::logical_lines_of;
use crate::table::{Keys, Table};
use crate::{Network, log};

/// The members of one parameter.
#[derive(Clone)]
pub struct MatchList {
    title: Rc<str>,
    items: Rc<[Item]>,
    /// `example.com` also stands for what is below it.
    parents: bool,
    observer: Option<Rc<dyn Observer>>,
}

struct Item {
    /// What it means to match this item.
    verdict: bool,
    pattern: Pattern,
}

enum Pattern {
    /// A folded text, and the network it may stand for.
    Text {
        text: String,
        network: Option<Result<Network, String>>,
    },
    /// A table; only whether it has the key counts.
    Table(Rc<dyn Table>),
}

impl Item {
    fn written(&self) -> String {
        let pattern = match &self.pattern {
            Pattern::Text { text, .. } => text,
            Pattern::Table(table) => table.name(),
        };
        format!("{}{pattern}", if self.verdict { "" } else { "!" })
    }
}

/// How deep `/file` items may be inside each other.
const MOST_NESTED_FILES: usize = 10;
/// How long such a file may be, in octets.
const LONGEST_FILE: u64 = 64 * 1024 * 1024;

impl MatchList {
    /// A list without members.
    pub fn empty(title: &str) -> Self {
        Self {
            title: title.into(),
            items: Rc::from([]),
            parents: false,
            observer: None,
        }
    }

    /// Reads the list in `text`. `parents`: the parameter is named in `parent_domain_matches_subdomains`, so that
    /// `example.com` also matches names below it; otherwise only `.example.com` does.
    ///
    /// # Errors
    /// A `!` with nothing behind it. Files and tables that can not be opened are logged, and never can tell.
    pub fn open(tables: &Rc<Tables>, title: &str, text: &str, parents: bool) -> Result<Self, OpenError> {
        let mut items = Vec::new();
        read(&Reading { tables, title }, text, true, 0, &mut items)?;
        Ok(Self {
            title: title.into(),
            items: items.into(),
            parents,
            observer: tables.observer(),
        })
    }

    /// True when nothing can be a member.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The parameter's name.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// True when `text` itself is a member (`mydestination`, lists of users).
    ///
    /// # Errors
    /// A table could not tell.
    pub async fn contains_text(&self, text: &str) -> Result<bool, LookupError> {
        let text = fold(text);
        for item in &*self.items {
            if self.matches_text(item, &text).await? {
                return Ok(self.tell(&text, Some(item)));
            }
        }
        Ok(self.tell(&text, None))
    }

    /// True when the domain `name` is a member, by itself or by a parent domain (`relay_domains`).
    ///
    /// # Errors
    /// A table could not tell.
    pub async fn contains_domain(&self, name: &str) -> Result<bool, LookupError> {
        let name = fold(name);
        for item in &*self.items {
            if self.matches_domain(item, &name).await? {
                return Ok(self.tell(&name, Some(item)));
            }
        }
        Ok(self.tell(&name, None))
    }

    /// True when the address is a member (`mynetworks`). Text that is no address never is.
    ///
    /// # Errors
    /// A table could not tell, or a network pattern is not one.
    pub async fn contains_address(&self, address: &str) -> Result<bool, LookupError> {
        let address = fold(address);
        let Some(parsed) = AddressKey::new(&address) else {
            return Ok(false);
        };
        for item in &*self.items {
            if self.matches_address(item, &parsed).await? {
                return Ok(self.tell(&address, Some(item)));
            }
        }
        Ok(self.tell(&address, None))
    }

    /// True when the client's name or its address is a member (`smtpd_authorized_xclient_hosts` and its like).
    ///
    /// # Errors
    /// As [`MatchList::contains_address`].
    pub async fn contains_client(&self, name: &str, address: &str) -> Result<bool, LookupError> {
        let (name, address) = (fold(name), fold(address));
        let parsed = AddressKey::new(&address);
        for item in &*self.items {
            if self.matches_domain(item, &name).await? {
                return Ok(self.tell(&format_args!("{name}[{address}]"), Some(item)));
            }
            if let Some(parsed) = &parsed
                && self.matches_address(item, parsed).await?
            {
                return Ok(self.tell(&format_args!("{name}[{address}]"), Some(item)));
            }
        }
        Ok(self.tell(&format_args!("{name}[{address}]"), None))
    }

    /// The answer that the item which matched stands for, told to the observer if there is one.
    fn tell(&self, text: &dyn std::fmt::Display, matched: Option<&Item>) -> bool {
        if let Some(observer) = self.observer.as_ref().filter(|_| !self.items.is_empty()) {
            let pattern = matched.map(Item::written);
            observer.compared(&self.title, &text.to_string(), pattern.as_deref());
        }
        matched.is_some_and(|item| item.verdict)
    }

    async fn matches_text(&self, item: &Item, text: &str) -> Result<bool, LookupError> {
        match &item.pattern {
            Pattern::Text { text: pattern, .. } => Ok(pattern == text),
            Pattern::Table(table) => self.has_key(table, text).await,
        }
    }

    async fn matches_domain(&self, item: &Item, name: &str) -> Result<bool, LookupError> {
        match &item.pattern {
            Pattern::Text { text, .. } => Ok(text == name || self.is_below(name, text)),
            Pattern::Table(table) => self.has_domain(table, name).await,
        }
    }

    async fn matches_address(&self, item: &Item, address: &AddressKey<'_>) -> Result<bool, LookupError> {
        match &item.pattern {
            Pattern::Table(table) => self.has_key(table, address.text).await,
            Pattern::Text { text, network } => {
                let plain = text
                    .strip_prefix('[')
                    .and_then(|rest| rest.strip_suffix(']'))
                    .unwrap_or(text);
                match network {
                    _ if plain == address.text => Ok(true),
                    None => Ok(false),
                    Some(_) if text.contains(':') != address.address.is_ipv6() => Ok(false),
                    Some(Ok(network)) => Ok(network.contains(address.address)),
                    Some(Err(reason)) => {
                        log::bad_pattern(&self.title, reason);
                        Err(LookupError::content(&self.title, reason))
                    }
                }
            }
        }
    }

    /// True when `name` is below the domain that `pattern` stands for.
    fn is_below(&self, name: &str, pattern: &str) -> bool {
        let Some(before) = name.strip_suffix(pattern) else {
            return false;
        };
        if self.parents {
            before.ends_with('.') && before.len() > 1
        } else {
            pattern.starts_with('.') && !before.is_empty()
        }
    }

    /// Searches the name, and in tables with literal keys its parent domains too.
    async fn has_domain(&self, table: &Rc<dyn Table>, name: &str) -> Result<bool, LookupError> {
        let mut part = name;
        while !part.is_empty() {
            if self.has_key(table, part).await? {
                return Ok(true);
            }
            if table.keys() == Keys::Pattern {
                break;
            }
            let Some(dot) = part.get(1..).and_then(|rest| rest.find('.')) else {
                break;
            };
            part = part
                .get(dot + if self.parents { 2 } else { 1 }..)
                .unwrap_or_default();
        }
        Ok(false)
    }

    async fn has_key(&self, table: &Rc<dyn Table>, key: &str) -> Result<bool, LookupError> {
        match table.lookup(key).get().await {
            Ok(value) => Ok(value.is_some()),
            Err(error) => {
                log::list_error(&self.title, &error);
                Err(error)
            }
        }
    }
}

/// An address as text and as number.
struct AddressKey<'a> {
    text: &'a str,
    address: IpAddr,
}

impl<'a> AddressKey<'a> {
    fn new(text: &'a str) -> Option<Self> {
        Some(Self {
            text,
            address: text.parse().ok()?,
        })
    }
}

struct Reading<'a> {
    tables: &'a Rc<Tables>,
    title: &'a str,
}

fn read(
    reading: &Reading<'_>,
    text: &str,
    verdict: bool,
    depth: usize,
    into: &mut Vec<Item>,
) -> Result<(), OpenError> {
    for item in config::split::list(text) {
        if item.starts_with('#') {
            log::comment_in_list(reading.title, item);
        }
        let pattern = item.trim_start_matches('!');
        let turned = (item.len() - pattern.len()) % 2 == 1;
        let verdict = verdict != turned;
        if pattern.is_empty() {
            return Err(OpenError::Syntax {
                table: reading.title.to_owned(),
                reason: "no pattern after '!'".to_owned(),
            });
        }
        if pattern.starts_with('/') {
            read_file(reading, pattern, verdict, depth, into)?;
        } else if !pattern.starts_with('[') && pattern.contains(':') {
            into.push(Item {
                verdict,
                pattern: Pattern::Table(reading.tables.open(pattern, Use::EXACT)?),
            });
        } else {
            let text = fold(pattern).into_owned();
            let network = network_of(&text);
            into.push(Item {
                verdict,
                pattern: Pattern::Text { text, network },
            });
        }
    }
    Ok(())
}

/// The items in a file; a file that can not be read becomes an item that never can tell.
fn read_file(
    reading: &Reading<'_>,
    path: &str,
    verdict: bool,
    depth: usize,
    into: &mut Vec<Item>,
) -> Result<(), OpenError> {
    match file_content(path, depth) {
        Ok(content) => {
            for line in logical_lines_of(&content, path) {
                read(
                    reading,
                    &String::from_utf8_lossy(&line.text),
                    verdict,
                    depth + 1,
                    into,
                )?;
            }
        }
        Err(source) => {
            let error = OpenError::Io {
                what: format!("file {path}"),
                source,
            };
            log::can_not_open(&error);
            let table = Unavailable::new(&format!("non-existent:{path}"), error.to_string());
            into.push(Item {
                verdict,
                pattern: Pattern::Table(Rc::new(table)),
            });
        }
    }
    Ok(())
}

fn file_content(path: &str, depth: usize) -> std::io::Result<Vec<u8>> {
    if depth >= MOST_NESTED_FILES {
        return Err(std::io::Error::other("files include each other too deeply"));
    }
    crate::file::text::read(Path::new(path), LONGEST_FILE).map(|(content, _, _)| content)
}

/// The network a text stands for; `None` for what can only be a name or one IPv4 address.
fn network_of(text: &str) -> Option<Result<Network, String>> {
    let is_network_letter = |byte: u8| byte.is_ascii_hexdigit() || b".:[]/".contains(&byte);
    if text.contains([':', '/']) && text.bytes().all(is_network_letter) {
        return Some(Network::parse(text));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::table::ready;

    fn list(text: &str, parents: bool) -> MatchList {
        MatchList::open(&Tables::new(Settings::default()), "test", text, parents).unwrap()
    }

    #[test]
    fn domains_match_themselves_and_below_as_told() {
        for (text, parents, name, expected) in [
            ("example.com", false, "EXAMPLE.com", true),
            ("example.com", false, "a.example.com", false),
            (".example.com", false, "a.example.com", true),
            (".example.com", false, "example.com", false),
            ("example.com", true, "a.b.example.com", true),
            ("example.com", true, "badexample.com", false),
            ("!b.example.com example.com", true, "a.b.example.com", false),
            ("!b.example.com example.com", true, "a.c.example.com", true),
            ("inline:{example.com=x}", true, "a.example.com", true),
            ("inline:{.example.com=x}", false, "a.example.com", true),
            ("inline:{.example.com=x}", false, "example.com", false),
            ("regexp:{{/^example.com$/ x}}", true, "a.example.com", false),
        ] {
            assert_eq!(
                ready(list(text, parents).contains_domain(name)),
                Ok(expected),
                "{text} {name}"
            );
        }
    }

    #[test]
    fn addresses_match_by_text_network_and_table() {
        for (text, address, expected) in [
            ("127.0.0.0/8 [::1]/128", "127.1.2.3", true),
            ("127.0.0.0/8 [::1]/128", "::1", true),
            ("[::1]", "0:0:0:0:0:0:0:1", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("!10.0.0.1 10.0.0.0/8", "10.0.0.1", false),
            ("!10.0.0.1 10.0.0.0/8", "10.0.0.2", true),
            ("example.com", "10.0.0.2", false),
            ("cidr:{{10.0.0.0/8 x}}", "10.0.0.2", true),
            ("10.0.0.0/8", "unknown", false),
        ] {
            assert_eq!(
                ready(list(text, false).contains_address(address)),
                Ok(expected),
                "{text} {address}"
            );
        }
        assert!(ready(list("10.0.0.1/8", false).contains_address("10.0.0.2")).is_err());
    }

    #[test]
    fn a_file_that_is_away_can_not_tell() {
        assert!(ready(list("/does/not/exist", false).contains_text("x")).is_err());
        assert_eq!(
            ready(list("x /does/not/exist", false).contains_text("x")),
            Ok(true)
        );
    }

    #[test]
    fn a_client_is_known_by_name_or_address() {
        let list = list("!10.0.0.1 example.com 10.0.0.0/8", true);

        assert_eq!(
            ready(list.contains_client("a.example.com", "10.0.0.1")),
            Ok(false)
        );
        assert_eq!(
            ready(list.contains_client("a.example.com", "192.0.2.1")),
            Ok(true)
        );
        assert_eq!(ready(list.contains_client("unknown", "10.0.0.9")), Ok(true));
        assert_eq!(ready(list.contains_client("unknown", "192.0.2.1")), Ok(false));
    }
}
