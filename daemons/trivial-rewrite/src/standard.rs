//! Standard form: `user@domain.tld`, whatever form the address was written in. Pure.
//!
//! Follows ADDRESS_REWRITING_README, "Rewriting addresses to standard form": source routes are dropped, `site!user` and
//! `user%domain` become `user@…`, a missing domain and a missing parent domain are added, a trailing dot is removed.

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
}

impl Standard {
    /// The standard form of an address in external (quoted) form. The empty address stays empty.
    pub(crate) fn form(&self, address: &str, origin: &Origin) -> String {
        let mut address = self.routed(address);
        if address.is_empty() {
            return address;
        }
        if last(&address, '@').is_none() && self.append_at_origin && !origin.domain.is_empty() {
            address = format!("{address}@{}", origin.domain);
        }
        if let Some(at) = last(&address, '@') {
            let domain = address.get(at + 1..).unwrap_or_default();
            let is_bare = !domain.is_empty() && !domain.contains('.') && !domain.starts_with('[');
            if is_bare && self.append_dot_domain && !origin.parent.is_empty() {
                address = format!("{address}.{}", origin.parent);
            }
            if address.ends_with('.') {
                address.pop();
            }
        }
        address
    }

    /// The address with its routing written as `user@domain`, and nothing added.
    pub(crate) fn routed(&self, address: &str) -> String {
        let mut address = strip_route(address);
        if last(address, '@').is_none()
            && self.swap_bangpath
            && let Some(bang) = first(address, '!').filter(|&bang| bang > 0 && bang + 1 < address.len())
        {
            let (site, user) = (
                address.get(..bang).unwrap_or_default(),
                address.get(bang + 1..).unwrap_or_default(),
            );
            return format!("{user}@{site}");
        }
        address = address.trim();
        match last(address, '%').filter(|_| self.percent_hack && last(address, '@').is_none()) {
            Some(percent) if percent > 0 => {
                let (user, domain) = address.split_at(percent);
                format!("{user}@{}", domain.get(1..).unwrap_or_default())
            }
            _ => address.to_owned(),
        }
    }

    /// Whether a local part still says where to go.
    pub(crate) fn is_routing(&self, local: &str) -> bool {
        last(local, '@').is_some()
            || (self.percent_hack && last(local, '%').is_some())
            || (self.swap_bangpath && first(local, '!').is_some())
    }
}

/// `@one,@two:user@domain` without its route.
fn strip_route(address: &str) -> &str {
    if !address.starts_with('@') {
        return address;
    }
    first(address, ':')
        .and_then(|colon| address.get(colon + 1..))
        .unwrap_or(address)
}

/// The first place of an operator outside quotes and brackets.
fn first(address: &str, operator: char) -> Option<usize> {
    operators(address)
        .find(|(_, found)| *found == operator)
        .map(|(place, _)| place)
}

/// The last place of an operator outside quotes and brackets.
pub(crate) fn last(address: &str, operator: char) -> Option<usize> {
    operators(address)
        .filter(|(_, found)| *found == operator)
        .last()
        .map(|(place, _)| place)
}

/// The characters that are outside quotes and brackets, and not escaped.
fn operators(address: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let (mut quoted, mut literal, mut escaped) = (false, false, false);
    address.char_indices().filter(move |(_, letter)| {
        if escaped {
            escaped = false;
            return false;
        }
        match letter {
            '\\' => escaped = true,
            '"' if !literal => quoted = !quoted,
            '[' if !quoted => literal = true,
            ']' if !quoted => literal = false,
            _ => return !quoted && !literal,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Standard = Standard {
        swap_bangpath: true,
        percent_hack: true,
        append_at_origin: true,
        append_dot_domain: true,
    };

    #[test]
    fn every_form_becomes_user_at_domain() {
        let origin = Origin {
            domain: "origin.example".into(),
            parent: "parent.example".into(),
        };
        for (written, expected) in [
            ("", ""),
            ("user", "user@origin.example"),
            ("user@host", "user@host.parent.example"),
            ("user@host.example", "user@host.example"),
            ("user@host.example.", "user@host.example"),
            ("user@[192.0.2.1]", "user@[192.0.2.1]"),
            ("site!user", "user@site.parent.example"),
            ("a!b!user", "b!user@a.parent.example"),
            ("a!user@b.example", "a!user@b.example"),
            ("user%dom.example", "user@dom.example"),
            ("user%a.example@b.example", "user%a.example@b.example"),
            ("@r1.example,@r2.example:user@dom.example", "user@dom.example"),
            ("\"a b\"@dom.example", "\"a b\"@dom.example"),
            ("\"a@b\"", "\"a@b\"@origin.example"),
            ("\"a%b\"", "\"a%b\"@origin.example"),
        ] {
            assert_eq!(STANDARD.form(written, &origin), expected, "{written}");
        }
    }

    #[test]
    fn nothing_is_added_where_there_is_nothing_to_add() {
        let none = Origin::default();
        assert_eq!(STANDARD.form("user", &none), "user");
        assert_eq!(STANDARD.form("user@host", &none), "user@host");
        let plain = Standard {
            swap_bangpath: false,
            percent_hack: false,
            ..STANDARD
        };
        assert_eq!(plain.form("a!b%c", &none), "a!b%c");
    }
}
