//! `$user`, `$home` and their like in `forward_path`, `luser_relay` and `command_execution_directory`.

use config::expand::{ExpandError, Names, Rules, expand};
use std::borrow::Cow;
use std::cell::Cell;

use crate::branch::Branch;

/// A text with its names replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) text: String,
    /// A name had no value.
    pub(crate) undefined: bool,
    /// The text has the address extension in it.
    pub(crate) has_extension: bool,
}

/// Replaces the names in `text`; characters of values outside `allowed` become underscores.
pub(crate) fn named(
    text: &str,
    branch: &Branch,
    delimiters: &str,
    allowed: Option<&str>,
) -> Result<Named, ExpandError> {
    let facts = Facts {
        branch,
        delimiters,
        has_extension: Cell::new(false),
    };
    let expanded = expand(
        text,
        &facts,
        Rules {
            recursive: false,
            allowed,
        },
    )?;
    Ok(Named {
        undefined: expanded.undefined,
        has_extension: facts.has_extension.get(),
        text: expanded.text.into_owned(),
    })
}

struct Facts<'a> {
    branch: &'a Branch,
    delimiters: &'a str,
    has_extension: Cell<bool>,
}

impl Names for Facts<'_> {
    fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        let Branch {
            name: parts,
            rights,
            recipient,
            ..
        } = self.branch;
        let text = match name {
            "user" => &*parts.user,
            "home" => return Some(rights.as_ref()?.home.to_string_lossy()),
            "shell" => return Some(rights.as_ref()?.shell.to_string_lossy()),
            "domain" => &*parts.domain,
            "local" | "mailbox" => &*parts.local,
            "recipient" => &recipient.address,
            "extension" => {
                self.has_extension.set(true);
                parts.extension.as_deref()?
            }
            "recipient_delimiter" => {
                let delimiter = parts.delimiter.or_else(|| self.delimiters.chars().next())?;
                return Some(delimiter.to_string().into());
            }
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::branch::Name;
    use mail::{Recipient, SplitRules};
    use std::rc::Rc;
    use sys::account::Account;

    pub(crate) fn branch(address: &str) -> Branch {
        let rules = SplitRules {
            delimiters: "+".into(),
            ..SplitRules::default()
        };
        let account = Account {
            name: "fred".into(),
            uid: 1000,
            gid: 1000,
            home: "/home/fred".into(),
            shell: "/bin/sh".into(),
            gecos: String::new(),
        };
        Branch {
            level: 0,
            recipient: Recipient::new(address),
            sender: "".into(),
            name: Name::of(address, &rules).0,
            unmatched: None,
            owner: None,
            delivered: None,
            source: None,
            expanded_from: None,
            rights: Some(Rc::new(account)),
        }
    }

    fn path(text: &str, address: &str) -> Named {
        named(text, &branch(address), "+", Some("/.+abcdefghijklmnopqrstuvwxyz")).unwrap()
    }

    #[test]
    fn a_forward_path_with_the_extension_needs_one() {
        let text = "$home/.forward${recipient_delimiter}${extension}";
        let with = path(text, "fred+work@example.com");
        assert_eq!(with.text, "/home/fred/.forward+work");
        assert!(with.has_extension && !with.undefined);
        assert!(path(text, "fred@example.com").undefined);
        assert!(!path("$home/.forward", "fred@example.com").has_extension);
    }

    #[test]
    fn characters_outside_the_filter_become_underscores() {
        assert_eq!(path("$extension", "fred+a;b@x").text, "a_b");
    }
}
