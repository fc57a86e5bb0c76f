//! The order in which the parts of a mail address are searched, and the propagation of extensions
//! (postfix `ADDRESS_REWRITING_README`; canonical(5), virtual(5), "table search order").

use std::borrow::Cow;
use std::net::IpAddr;

use crate::error::LookupError;
use crate::fold::fold;
use crate::list::MatchList;
use crate::log;
use crate::maps::Maps;

/// Which forms of an address are searched, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strategy(u16);

impl Strategy {
    /// `user+extension@domain`.
    pub const FULL: Self = Self(1);
    /// `user@domain`, and every later form without extension too.
    pub const WITHOUT_EXTENSION: Self = Self(1 << 1);
    /// `user+extension`, `user`, when the domain is our own.
    pub const LOCAL_PART_IF_LOCAL: Self = Self(1 << 2);
    /// `user+extension@`, `user@`, when the domain is our own.
    pub const LOCAL_PART_AT_IF_LOCAL: Self = Self(1 << 3);
    /// `@domain`.
    pub const AT_DOMAIN: Self = Self(1 << 4);
    /// `domain`.
    pub const DOMAIN: Self = Self(1 << 5);
    /// With `DOMAIN`: each parent domain.
    pub const PARENT_DOMAINS: Self = Self(1 << 6);
    /// With `DOMAIN`: each parent domain with a dot before it.
    pub const DOTTED_PARENT_DOMAINS: Self = Self(1 << 7);
    /// `user+extension@`, `user@`, whatever the domain is.
    pub const LOCAL_PART_AT: Self = Self(1 << 8);
    /// Keys as they are written in tables alone: an address that needs quotes is not searched without them.
    pub const QUOTED_ONLY: Self = Self(1 << 9);
    /// What canonical, virtual alias and relocated tables use.
    pub const DEFAULT: Self =
        Self(Self::FULL.0 | Self::WITHOUT_EXTENSION.0 | Self::LOCAL_PART_IF_LOCAL.0 | Self::AT_DOMAIN.0);

    /// Both strategies together.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True when every form of `other` is searched.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What a search for an address found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The table's value, as it stands there.
    pub value: String,
    /// The extension that had to be taken off to find it, with its delimiter (`+extension`).
    pub extension: Option<String>,
}

/// The domains that are this host itself: `mydestination`, and `[address]` of our interfaces and of proxies before us.
#[derive(Clone)]
pub struct LocalDomains {
    destinations: MatchList,
    addresses: Vec<IpAddr>,
}

impl LocalDomains {
    /// `destinations` is `mydestination`; `addresses` are those of `inet_interfaces` and `proxy_interfaces`.
    pub fn new(destinations: MatchList, addresses: Vec<IpAddr>) -> Self {
        Self {
            destinations,
            addresses,
        }
    }

    /// True when mail for `domain` is ours. One dot at the end does not matter.
    ///
    /// # Errors
    /// A table in `mydestination` could not tell.
    pub async fn contains(&self, domain: &str) -> Result<bool, LookupError> {
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        if domain.is_empty() {
            return Ok(false);
        }
        if let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && self.is_own_address(literal)
        {
            return Ok(true);
        }
        self.destinations.contains_text(domain).await
    }

    fn is_own_address(&self, literal: &str) -> bool {
        mail::domain::parse_mail_address(literal).is_some_and(|address| self.addresses.contains(&address))
    }
}

/// What one must know to take an address apart for a search.
#[derive(Clone)]
pub struct AddressRules {
    /// Where an extension begins (`recipient_delimiter`), and which users never have one.
    pub split: mail::SplitRules,
    /// `myorigin`, which counts as our own domain.
    pub myorigin: String,
    /// The domains that are this host.
    pub local: LocalDomains,
}

/// The address in the pieces that are searched.
struct Parts<'a> {
    /// The address as given.
    full: &'a str,
    /// Where `@domain` begins.
    at: Option<usize>,
    /// Local part without extension, and the extension with its delimiter.
    bare: Option<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn new(full: &'a str, rules: &mail::SplitRules, strategy: Strategy) -> Self {
        let at = full.rfind('@');
        let local = at.map_or(full, |at| full.get(..at).unwrap_or(full));
        let bare = if strategy.has(Strategy::WITHOUT_EXTENSION) {
            rules.split_local(local)
        } else {
            None
        };
        let bare = bare.and_then(|(user, _, _)| Some((user, local.get(user.len()..)?)));
        Self { full, at, bare }
    }

    fn local(&self) -> &'a str {
        self.at
            .map_or(self.full, |at| self.full.get(..at).unwrap_or(self.full))
    }

    fn at_domain(&self) -> &'a str {
        self.at.and_then(|at| self.full.get(at..)).unwrap_or_default()
    }
}

impl AddressRules {
    /// Searches `maps` for `address` (internal form) by `strategy`. A key with special characters is searched as
    /// it is written in a table (quoted), then as it is, unless [`Strategy::QUOTED_ONLY`] says otherwise.
    ///
    /// # Errors
    /// A table could not tell.
    pub async fn find(
        &self,
        maps: &Maps,
        address: &str,
        strategy: Strategy,
    ) -> Result<Option<Found>, LookupError> {
        if maps.is_empty() {
            return Ok(None);
        }
        let parts = Parts::new(address, &self.split, strategy);
        if strategy.has(Strategy::FULL)
            && let Some(value) = find_form(maps, address, Form::whole(strategy)).await?
        {
            return Ok(Some(Found {
                value,
                extension: None,
            }));
        }
        if let Some((user, extension)) = parts.bare {
            let bare = format!("{user}{}", parts.at_domain());
            if let Some(value) = find_form(maps, &bare, Form::part(strategy)).await? {
                return Ok(Some(Found {
                    value,
                    extension: Some(extension.to_owned()),
                }));
            }
        }
        if parts.at.is_none() {
            return Ok(None);
        }
        self.find_by_domain(maps, &parts, strategy).await
    }

    async fn find_by_domain(
        &self,
        maps: &Maps,
        parts: &Parts<'_>,
        strategy: Strategy,
    ) -> Result<Option<Found>, LookupError> {
        let domain = parts.at_domain().get(1..).unwrap_or_default();
        let plain = strategy.has(Strategy::LOCAL_PART_IF_LOCAL);
        let with_at = strategy.has(Strategy::LOCAL_PART_AT_IF_LOCAL);
        if (plain || with_at) && self.is_local(domain).await? {
            if plain && let Some(found) = find_local_part(maps, parts, "", strategy).await? {
                return Ok(Some(found));
            }
            if with_at && let Some(found) = find_local_part(maps, parts, "@", strategy).await? {
                return Ok(Some(found));
            }
        }
        if strategy.has(Strategy::AT_DOMAIN)
            && let Some(value) = maps.get_part(parts.at_domain()).await?
        {
            return Ok(Some(Found {
                value,
                extension: None,
            }));
        }
        if strategy.has(Strategy::DOMAIN)
            && let Some(value) = find_domain(maps, domain, strategy).await?
        {
            return Ok(Some(Found {
                value,
                extension: None,
            }));
        }
        if strategy.has(Strategy::LOCAL_PART_AT) {
            return find_local_part(maps, parts, "@", strategy).await;
        }
        Ok(None)
    }

    /// True when `domain` is `myorigin` or one of our own.
    async fn is_local(&self, domain: &str) -> Result<bool, LookupError> {
        if fold(domain) == fold(&self.myorigin) {
            return Ok(true);
        }
        self.local.contains(domain).await
    }

    /// Maps `address` to the addresses in its table entry, all in internal form, each made complete by
    /// `canonical`. `@otherdomain` stands for the same user there. With `propagate`, an extension that was not
    /// matched is put into each result.
    ///
    /// No more than `most` addresses are taken out of a long value; who has a limit asks for one more than that.
    ///
    /// # Errors
    /// A table could not tell, `canonical` could not, or the value has no address in it.
    pub async fn map(
        &self,
        maps: &Maps,
        address: &str,
        propagate: bool,
        most: usize,
        canonical: impl AsyncFn(&str) -> Result<String, LookupError>,
    ) -> Result<Option<Vec<String>>, LookupError> {
        let strategy = Strategy::DEFAULT.and(Strategy::QUOTED_ONLY);
        let Some(found) = self.find(maps, address, strategy).await? else {
            return Ok(None);
        };
        let extension = found.extension.as_deref();
        let mut value = found.value;
        if value.starts_with('@') {
            let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
            let user = extension
                .and_then(|text| local.strip_suffix(text))
                .unwrap_or(local);
            value = mail::quote_local822(&format!("{user}{value}")).into_owned();
        }
        let mut results = Vec::new();
        for listed in listed(&value, most) {
            let complete = canonical(&listed).await?;
            results.push(match extension.filter(|_| propagate) {
                Some(extension) => with_extension(&complete, extension),
                None => complete,
            });
        }
        if results.is_empty() {
            log::no_address(maps.title(), address, &value);
            return Err(LookupError::content(maps.title(), "value without an address"));
        }
        Ok(Some(results))
    }
}

/// The addresses of a value. One without quotes, comments and brackets is a row of words, of which a long one need not be
/// read to its end.
fn listed(value: &str, most: usize) -> Vec<String> {
    const LONG: usize = 1 << 16;
    let is_structure = |letter: char| "\"\\()<>[]:;".contains(letter);
    let taken = |addresses: Vec<String>| addresses.into_iter().filter(|address| !address.is_empty());
    if value.len() < LONG || value.contains(is_structure) {
        return taken(mail::parse::addresses(value)).take(most).collect();
    }
    value
        .split([',', ' ', '\t', '\n'])
        .flat_map(|word| taken(mail::parse::addresses(word)))
        .take(most)
        .collect()
}

/// What kind of key is searched.
#[derive(Clone, Copy)]
struct Form {
    /// It ends with `@` or a domain.
    has_domain: bool,
    /// It is a part of what was asked for.
    is_part: bool,
    /// Only as it is written in tables.
    quoted_only: bool,
}

impl Form {
    const fn whole(strategy: Strategy) -> Self {
        Self {
            has_domain: true,
            is_part: false,
            quoted_only: strategy.has(Strategy::QUOTED_ONLY),
        }
    }

    const fn part(strategy: Strategy) -> Self {
        Self {
            is_part: true,
            ..Self::whole(strategy)
        }
    }
}

/// Searches for one form: as written in tables, then as it is where that differs.
async fn find_form(maps: &Maps, key: &str, form: Form) -> Result<Option<String>, LookupError> {
    let quoted = if form.has_domain {
        mail::quote_local822(key)
    } else {
        quote_bare(key)
    };
    let ask = async |key: &str| {
        if form.is_part {
            maps.get_part(key).await
        } else {
            maps.get(key).await
        }
    };
    match ask(&quoted).await? {
        None if !form.quoted_only && matches!(quoted, Cow::Owned(_)) && *quoted != *key => ask(key).await,
        answer => Ok(answer),
    }
}

/// A local part without domain in external form: an `@` in it is its own.
fn quote_bare(local: &str) -> Cow<'_, str> {
    if !local.contains('@') {
        return mail::quote_local822(local);
    }
    let quoted = mail::quote_local822(&format!("{local}@")).into_owned();
    Cow::Owned(quoted.strip_suffix('@').map(str::to_owned).unwrap_or(quoted))
}

/// `user+extension` then `user`, each followed by `end`.
async fn find_local_part(
    maps: &Maps,
    parts: &Parts<'_>,
    end: &str,
    strategy: Strategy,
) -> Result<Option<Found>, LookupError> {
    let form = Form {
        has_domain: !end.is_empty(),
        ..Form::part(strategy)
    };
    let full = format!("{}{end}", parts.local());
    if let Some(value) = find_form(maps, &full, form).await? {
        return Ok(Some(Found {
            value,
            extension: None,
        }));
    }
    let Some((user, extension)) = parts.bare else {
        return Ok(None);
    };
    let bare = format!("{user}{end}");
    let value = find_form(maps, &bare, form).await?;
    Ok(value.map(|value| Found {
        value,
        extension: Some(extension.to_owned()),
    }))
}

/// The domain, then its parents as `strategy` wants them.
async fn find_domain(maps: &Maps, domain: &str, strategy: Strategy) -> Result<Option<String>, LookupError> {
    let plain = strategy.has(Strategy::PARENT_DOMAINS);
    let dotted = strategy.has(Strategy::DOTTED_PARENT_DOMAINS);
    let mut name = domain;
    while !name.is_empty() {
        if let Some(value) = maps.get_part(name).await? {
            return Ok(Some(value));
        }
        if !plain && !dotted {
            break;
        }
        let Some(dot) = name.get(1..).and_then(|rest| rest.find('.')) else {
            break;
        };
        name = name
            .get(if dotted { dot + 1 } else { dot + 2 }..)
            .unwrap_or_default();
    }
    Ok(None)
}

/// `address` with `extension` put at the end of its local part.
fn with_extension(address: &str, extension: &str) -> String {
    let (local, domain) = match address.rfind('@') {
        Some(at) => address.split_at(at),
        None => (address, ""),
    };
    // Of a local part in quotes the extension is a part as well.
    match local.strip_suffix('"').filter(|quoted| quoted.starts_with('"')) {
        Some(quoted) => format!("{quoted}{extension}\"{domain}"),
        None => format!("{local}{extension}{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    fn rules(tables: &std::rc::Rc<Tables>) -> AddressRules {
        AddressRules {
            split: mail::SplitRules {
                delimiters: "+".to_owned(),
                ..mail::SplitRules::default()
            },
            myorigin: "origin.example".to_owned(),
            local: LocalDomains::new(
                MatchList::open(tables, "mydestination", "here.example", false).unwrap(),
                vec!["192.0.2.1".parse().unwrap(), "2001:db8::1".parse().unwrap()],
            ),
        }
    }

    fn found(table: &str, address: &str, strategy: Strategy) -> Option<(String, Option<String>)> {
        let tables = Tables::new(Settings::default());
        let maps = tables.maps("test", table, Use::GENERAL).unwrap();
        let found = ready(rules(&tables).find(&maps, address, strategy)).unwrap();
        found.map(|found| (found.value, found.extension))
    }

    #[test]
    fn an_extension_goes_inside_the_quotes() {
        for (address, expected) in [
            ("user@b.example", "user+x@b.example"),
            ("\"two words\"@b.example", "\"two words+x\"@b.example"),
            ("user", "user+x"),
        ] {
            assert_eq!(with_extension(address, "+x"), expected);
        }
    }

    #[test]
    fn the_forms_of_an_address_are_searched_in_order() {
        let all = "inline:{u+x@d=1, u@d=2, v@d=3, u+x=4, w=5, @d=6, {\"a b\"@d=7}}";
        for (address, value, extension) in [
            ("u+x@d", "1", None),
            ("U+y@d", "2", Some("+y")),
            ("v+y@d", "3", Some("+y")),
            ("u+x@here.example", "4", None),
            ("w+z@origin.example", "5", Some("+z")),
            ("w+z@[192.0.2.1]", "5", Some("+z")),
            ("w@[IPv6:2001:db8:0::1]", "5", None),
            ("w+z@d", "6", None),
            ("a b@d", "7", None),
        ] {
            let expected = Some((value.to_owned(), extension.map(str::to_owned)));
            assert_eq!(found(all, address, Strategy::DEFAULT), expected, "{address}");
        }
        assert_eq!(found(all, "w@other", Strategy::DEFAULT), None);
    }

    #[test]
    fn of_a_long_value_no_more_is_taken_than_can_be_used() {
        let long = vec!["user@c.example"; 10_000].join(", ");

        assert_eq!(listed(&long, 10_001).len(), 10_000);
        assert_eq!(listed(&long, 11).len(), 11);
        assert_eq!(listed("a@b, \"c d\"@e", 5), ["a@b", "c d@e"]);
    }

    #[test]
    fn addresses_that_need_quotes_are_mapped_by_quoted_keys_alone() {
        let all = "inline:{{a;b@d=1}, {x@d=2}, {\"c;d\"@d=3}}";
        let quoted = Strategy::DEFAULT.and(Strategy::QUOTED_ONLY);

        // The local part of the second is what stands in the table for a user elsewhere.
        for address in ["a;b@d", "x@d@here.example"] {
            assert_eq!(found(all, address, quoted), None, "{address}");
        }
        assert_eq!(
            found(all, "a;b@d", Strategy::DEFAULT),
            Some(("1".to_owned(), None))
        );
        assert_eq!(found(all, "c;d@d", quoted), Some(("3".to_owned(), None)));
    }

    #[test]
    fn an_address_of_ours_is_one_as_mail_writes_it() {
        let tables = Tables::new(Settings::default());
        let local = rules(&tables).local;
        for (literal, is_ours) in [
            ("[192.0.2.1]", true),
            ("[IPv6:2001:db8::1]", true),
            ("[2001:db8::1]", false),
            ("[IPv6:192.0.2.1]", false),
            ("192.0.2.1", false),
        ] {
            assert_eq!(ready(local.contains(literal)).unwrap(), is_ours, "{literal}");
        }
    }

    #[test]
    fn patterns_are_asked_once_with_the_full_address() {
        let table = "regexp:{{/^u@d$/ bare}, {/^u\\+x@d$/ full}, {/^@d$/ domain}}";

        assert_eq!(
            found(table, "u+x@d", Strategy::DEFAULT),
            Some(("full".to_owned(), None))
        );
        assert_eq!(found(table, "u+y@d", Strategy::DEFAULT), None);
    }

    #[test]
    fn domains_and_their_parents_are_searched_when_asked() {
        let plain = Strategy::FULL.and(Strategy::DOMAIN).and(Strategy::PARENT_DOMAINS);
        let dotted = Strategy::FULL
            .and(Strategy::DOMAIN)
            .and(Strategy::DOTTED_PARENT_DOMAINS);

        assert_eq!(
            found("inline:{b.c=1}", "u@a.b.c", plain),
            Some(("1".to_owned(), None))
        );
        assert_eq!(found("inline:{b.c=1}", "u@a.b.c", dotted), None);
        assert_eq!(
            found("inline:{.b.c=1}", "u@a.b.c", dotted),
            Some(("1".to_owned(), None))
        );
        assert_eq!(
            found("inline:{u@=1}", "u@a", Strategy::LOCAL_PART_AT),
            Some(("1".to_owned(), None))
        );
    }

    #[test]
    fn a_mapping_gives_addresses_with_what_was_not_matched() {
        let tables = Tables::new(Settings::default());
        let maps = tables
            .maps("test", "inline:{{a@d = b@e, c}, @f=@g, {x@d = <>}}", Use::GENERAL)
            .unwrap();
        let complete = async |address: &str| {
            let with_domain = if address.contains('@') {
                ""
            } else {
                "@origin.example"
            };
            Ok(format!("{address}{with_domain}"))
        };
        let map = |address: &str, propagate| {
            ready(rules(&tables).map(&maps, address, propagate, usize::MAX, complete))
        };

        let both = |one: &str, two: &str| Ok(Some(vec![one.to_owned(), two.to_owned()]));
        assert_eq!(map("a+x@d", true), both("b+x@e", "c+x@origin.example"));
        assert_eq!(map("a+x@d", false), both("b@e", "c@origin.example"));
        assert_eq!(map("u+x@f", true), Ok(Some(vec!["u+x@g".to_owned()])));
        assert_eq!(map("u@other", true), Ok(None));
        assert!(map("x@d", true).is_err());
    }
}
