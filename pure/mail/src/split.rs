//! Address extensions: `user+extension@domain`, by the rules of postconf(5) `recipient_delimiter`.

/// What decides whether and where a local part is split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SplitRules {
    /// `recipient_delimiter`: a set of characters; empty means that nothing is split.
    pub delimiters: String,
    /// `owner_request_special`: leave `owner-list` and `list-request` whole although `-` is a delimiter.
    pub owner_request_special: bool,
    /// `double_bounce_sender`, which is never split.
    pub double_bounce_sender: String,
}

/// An address taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitAddress<'a> {
    /// The local part before the delimiter, or all of it.
    pub user: &'a str,
    /// The extension without its delimiter.
    pub extension: Option<&'a str>,
    /// The delimiter that was found.
    pub delimiter: Option<char>,
    /// What follows the last `@`.
    pub domain: Option<&'a str>,
}

impl SplitRules {
    /// Splits a local part into user, delimiter and extension; `None` when it stays whole.
    ///
    /// The first character of the set divides, and not at the start: the user never becomes empty.
    #[must_use]
    pub fn split_local<'a>(&self, local: &'a str) -> Option<(&'a str, char, &'a str)> {
        if self.delimiters.is_empty() {
            return None;
        }
        let at = local.find(|c| self.delimiters.contains(c)).filter(|at| *at > 0)?;
        if self.is_never_split(local) {
            return None;
        }
        let (user, rest) = local.split_at(at);
        let mut rest_characters = rest.chars();
        let delimiter = rest_characters.next()?;
        Some((user, delimiter, rest_characters.as_str()))
    }

    /// Takes a whole address apart.
    #[must_use]
    pub fn split_address<'a>(&self, address: &'a str) -> SplitAddress<'a> {
        let (local, domain) = crate::address::split_at_domain(address);
        match self.split_local(local) {
            Some((user, delimiter, extension)) => SplitAddress {
                user,
                extension: Some(extension),
                delimiter: Some(delimiter),
                domain,
            },
            None => SplitAddress {
                user: local,
                extension: None,
                delimiter: None,
                domain,
            },
        }
    }

    /// The address without its extension, and the extension with its delimiter; `None` when it has none.
    #[must_use]
    pub fn strip_extension<'a>(&self, address: &'a str) -> Option<(String, &'a str)> {
        let (local, domain) = crate::address::split_at_domain(address);
        let (user, _, _) = self.split_local(local)?;
        let extension = local.get(user.len()..)?;
        let stripped = match domain {
            Some(domain) => format!("{user}@{domain}"),
            None => user.to_owned(),
        };
        Some((stripped, extension))
    }

    fn is_never_split(&self, local: &str) -> bool {
        let is = |name: &str| local.eq_ignore_ascii_case(name);
        if is("postmaster") || is("mailer-daemon") || is(&self.double_bounce_sender) {
            return true;
        }
        if !self.owner_request_special || !self.delimiters.contains('-') {
            return false;
        }
        let lower = local.to_ascii_lowercase();
        lower.starts_with("owner-") || (lower.len() > "-request".len() && lower.ends_with("-request"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(delimiters: &str) -> SplitRules {
        SplitRules {
            delimiters: delimiters.to_owned(),
            owner_request_special: true,
            double_bounce_sender: "double-bounce".to_owned(),
        }
    }

    #[test]
    fn the_first_delimiter_divides() {
        let table = [
            ("+", "fred+ext", Some(("fred", '+', "ext"))),
            ("+-", "fred-a+b", Some(("fred", '-', "a+b"))),
            ("+", "fred+", Some(("fred", '+', ""))),
            ("+", "+fred", None),
            ("+", "fred", None),
            ("", "fred+ext", None),
            ("-", "owner-list", None),
            ("-", "Owner-list-x", None),
            ("-", "list-request", None),
            ("-", "-request", None),
            ("-", "mailer-daemon", None),
            ("-", "double-bounce", None),
            ("+", "owner-list+x", Some(("owner-list", '+', "x"))),
        ];
        for (delimiters, local, expected) in table {
            assert_eq!(
                rules(delimiters).split_local(local),
                expected,
                "{delimiters} {local}"
            );
        }
    }

    #[test]
    fn owner_is_ordinary_when_the_rule_is_off() {
        let rules = SplitRules {
            owner_request_special: false,
            ..rules("-")
        };
        assert_eq!(rules.split_local("owner-list"), Some(("owner", '-', "list")));
    }

    #[test]
    fn a_whole_address_keeps_its_domain() {
        let split = rules("+").split_address("fred+ext@example.com");
        assert_eq!(
            (split.user, split.extension, split.domain),
            ("fred", Some("ext"), Some("example.com"))
        );
        assert_eq!(
            rules("+").strip_extension("fred+ext@example.com"),
            Some(("fred@example.com".to_owned(), "+ext"))
        );
        assert_eq!(rules("+").strip_extension("fred"), None);
    }
}
