//! One branch of the tree that a recipient grows into: an alias has members, a member a `.forward` file, and so on.
//!
//! A branch is copied when it divides, so that nothing done below changes what is known above.

use mail::{Notify, Recipient, SplitRules};
use std::rc::Rc;
use sys::account::Account;

use crate::settings::Source;

/// Branches on branches: the deepest that is no mistake.
pub(crate) const LEVELS: u32 = 100;

/// What is known of a recipient, and how it came about.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) level: u32,
    /// The recipient as it is now.
    pub(crate) recipient: Recipient,
    /// The envelope sender, which a list's owner replaces.
    pub(crate) sender: Rc<str>,
    /// The recipient's address taken apart, in lower case.
    pub(crate) name: Name,
    /// The extension that goes on to the results, if the policy wants that.
    pub(crate) unmatched: Option<Rc<str>>,
    /// Who is responsible for the destination: a list's owner or the owner of a `.forward` file. Other local users
    /// then get the message as a new one, which has a fate of its own.
    pub(crate) owner: Option<Rc<str>>,
    /// What `Delivered-To:` says.
    pub(crate) delivered: Option<Rc<str>>,
    /// What named this destination.
    pub(crate) source: Option<Source>,
    /// The alias or user that was just expanded; found in its own expansion, it is the user.
    pub(crate) expanded_from: Option<Rc<str>>,
    /// Whose rights files and commands get; `None` for those of `default_privs`.
    pub(crate) rights: Option<Rc<Account>>,
}

/// A recipient's address taken apart, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Name {
    /// The whole local part.
    pub(crate) local: Rc<str>,
    /// Without extension.
    pub(crate) user: Rc<str>,
    /// The extension without its delimiter.
    pub(crate) extension: Option<Rc<str>>,
    /// What stands between.
    pub(crate) delimiter: Option<char>,
    /// Behind the `@`.
    pub(crate) domain: Rc<str>,
}

impl Name {
    /// Takes an address apart. An extension that could lead to another directory is dropped; the second value is the
    /// local part that had it.
    pub(crate) fn of(address: &str, rules: &SplitRules) -> (Self, Option<String>) {
        let address = mail::address::fold(address);
        let (local, domain) = mail::address::split_at_domain(&address);
        let split = rules.split_local(local);
        let illegal = split.is_some_and(|(_, _, extension)| extension.contains('/'));
        let (local, user, extension, delimiter) = match split {
            Some((user, ..)) if illegal => (user, user, None, None),
            Some((user, delimiter, extension)) => (local, user, Some(extension.into()), Some(delimiter)),
            None => (local, local, None, None),
        };
        let name = Self {
            local: local.into(),
            user: user.into(),
            extension,
            delimiter,
            domain: domain.unwrap_or_default().into(),
        };
        let whole = mail::address::local_part(&address);
        (name, illegal.then(|| whole.to_owned()))
    }
}

impl Branch {
    /// The same recipient, one level deeper.
    pub(crate) fn deeper(&self) -> Self {
        Self {
            level: self.level + 1,
            ..self.clone()
        }
    }

    /// The address that `Delivered-To:` shows: with `frozen_delivered_to`, that of the first branch.
    pub(crate) fn delivered_to(&self) -> &str {
        self.delivered.as_deref().unwrap_or(&self.recipient.address)
    }

    /// Shows the present address in `Delivered-To:` from here on, unless the first one is to stay.
    pub(crate) fn show_delivered(&mut self, frozen: bool) {
        if !frozen || self.delivered.is_none() {
            self.delivered = Some(self.recipient.address.as_str().into());
        }
    }

    /// What an expansion passes on of the wish to be notified: its success is reported by the one expanded.
    pub(crate) fn notify_of_members(&self) -> Notify {
        let notify = self.recipient.notify;
        if notify == Notify::SUCCESS {
            Notify::NEVER
        } else {
            notify.without(Notify::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(address: &str) -> (Name, Option<String>) {
        Name::of(
            address,
            &SplitRules {
                delimiters: "+".into(),
                ..SplitRules::default()
            },
        )
    }

    #[test]
    fn an_address_is_taken_apart_in_lower_case() {
        let (name, illegal) = name("Fred+Work@Example.COM");
        assert_eq!(
            (&*name.local, &*name.user, name.extension.as_deref()),
            ("fred+work", "fred", Some("work"))
        );
        assert_eq!(
            (name.delimiter, &*name.domain, illegal),
            (Some('+'), "example.com", None)
        );
    }

    #[test]
    fn an_extension_with_a_slash_is_dropped() {
        let (name, illegal) = name("fred+../jane@example.com");
        assert_eq!(
            (&*name.local, &*name.user, name.extension, illegal),
            ("fred", "fred", None, Some("fred+../jane".to_owned()))
        );
    }
}
