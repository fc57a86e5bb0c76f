//! Aliases: what a name in `alias_maps` stands for, and who owns the list it is (aliases(5), local(8)).

use delivery::Fate;
use lookup::{Maps, Table};
use mail::{Action, Dsn, Notify};
use std::rc::Rc;
use sys::account::Account;

use crate::branch::{Branch, LEVELS};
use crate::delivery::{Delivery, is_same, status};
use crate::log;
use crate::settings::Source;
use crate::table_owner::TableOwner;

/// An alias table could not tell; logged.
pub(crate) struct AliasUnavailable;

const UNAVAILABLE: &str = "alias database unavailable";

impl Delivery<'_> {
    /// Delivers to what `name` stands for; `None` when it is no alias.
    pub(crate) async fn alias(&self, branch: &Branch, name: &Rc<str>) -> Option<Fate> {
        // An alias that has its own name in it means the user of that name.
        if branch
            .expanded_from
            .as_deref()
            .is_some_and(|from| is_same(from, name))
        {
            return None;
        }
        let mut branch = branch.deeper();
        if branch.level > LEVELS {
            log::alias_loop(name);
            return Some(
                self.fail(&branch, (5, 4, 6), format!("alias database loop for {name}"))
                    .await,
            );
        }
        branch.expanded_from = Some(name.clone());
        for table in self.agent.alias_maps.tables() {
            match find(table.as_ref(), name).await {
                Ok(Some(value)) => {
                    return Some(self.expand_alias(branch, name, table.as_ref(), &value).await);
                }
                Ok(None) => {}
                Err(AliasUnavailable) => return Some(self.fail(&branch, (4, 3, 0), UNAVAILABLE).await),
            }
        }
        None
    }

    async fn expand_alias(&self, mut branch: Branch, name: &str, table: &dyn Table, value: &str) -> Fate {
        if self.is_probe() {
            return self.succeed(&branch, format!("aliased to {value}")).await;
        }
        branch.source = Some(Source::Alias);
        branch.rights = match Box::pin(self.rights_of_table(&branch, table)).await {
            Ok(rights) => rights,
            Err(fate) => return fate,
        };
        let Ok(owner) = Box::pin(self.owner(name)).await else {
            return self.fail(&branch, (4, 3, 0), UNAVAILABLE).await;
        };
        if !self.settings().frozen_delivered_to {
            branch.show_delivered(false);
        }
        let expanded = branch.clone();
        branch.recipient.notify = branch.notify_of_members();
        if let Some(owner) = &owner {
            // A list is a new origin: failures are its owner's.
            branch.sender = owner.clone();
            branch.owner = Some(owner.clone());
            branch.recipient.orcpt.clear();
            branch.recipient.original.clear();
        } else if self.settings().reset_owner_alias {
            branch.owner = None;
        }
        let (count, fate) = self.text(&branch, value).await;
        if count == 0 {
            log::empty_alias(name);
            return self.fail(&branch, (4, 3, 0), UNAVAILABLE).await;
        }
        if expanded.recipient.notify.contains(Notify::SUCCESS) {
            let action = if owner.is_some() {
                Action::Delivered
            } else {
                Action::Expanded
            };
            Box::pin(self.note_expansion(&expanded, action)).await;
        }
        fate
    }

    /// Notes for the sender that the recipient became others, as far as it asked to know.
    pub(crate) async fn note_expansion(&self, branch: &Branch, action: Action) {
        let dsn = Dsn::new(status(2, 0, 0), action, "alias expanded");
        // The trouble is logged; mail that arrived is not sent again for want of a notice.
        self.job.trace(&branch.recipient, &self.agent.service, &dsn).await;
    }

    /// Files and commands of an alias get the rights of whoever may write the table, or default ones if that is root.
    async fn rights_of_table(&self, branch: &Branch, table: &dyn Table) -> Result<Option<Rc<Account>>, Fate> {
        if !self.agent.changes_ids {
            return Ok(None);
        }
        match TableOwner::of(table.name()) {
            TableOwner::Trusted => Ok(None),
            TableOwner::Unknown => {
                log::no_table_owner(table.name());
                Err(self
                    .fail(branch, (4, 3, 0), "mail system configuration error")
                    .await)
            }
            TableOwner::User(uid) => match self.account_of_uid(uid).await {
                Some(account) => Ok(Some(account)),
                None => {
                    log::unknown_table_owner(table.name());
                    Err(self
                        .fail(branch, (4, 3, 0), "cannot find alias database owner")
                        .await)
                }
            },
        }
    }

    /// Who hears of trouble with a list: its `owner-` alias, or what that stands for.
    async fn owner(&self, name: &str) -> Result<Option<Rc<str>>, AliasUnavailable> {
        if !self.settings().owner_request_special {
            return Ok(None);
        }
        let owner = format!("owner-{name}");
        let Some(value) = find_any(&self.agent.alias_maps, &owner).await? else {
            return Ok(None);
        };
        let address = if self.settings().expand_owner_alias {
            value
        } else {
            owner
        };
        self.agent.canonical(&address).await.map(Some).map_err(|error| {
            log::service_trouble(&error);
            AliasUnavailable
        })
    }

    /// Who hears of trouble with a recipient's address: the owner of the list of that name.
    pub(crate) async fn owner_of_recipient(
        &self,
        branch: &Branch,
    ) -> Result<Option<Rc<str>>, AliasUnavailable> {
        let address = &branch.recipient.address;
        let local = mail::address::local_part(address);
        if let Some(owner) = self.owner(local).await? {
            return Ok(Some(owner));
        }
        match self.agent.split.split_local(local) {
            Some((user, ..)) => self.owner(user).await,
            None => Ok(None),
        }
    }
}

/// Looks a name up as it is written in an alias file, quoted where it must be, then as it is.
async fn find(table: &dyn Table, name: &str) -> Result<Option<String>, AliasUnavailable> {
    let whole = format!("{name}@");
    let quoted = mail::quote_local822(&whole);
    let quoted = quoted.strip_suffix('@').unwrap_or(name);
    let failed = |error| {
        log::lookup_failed(table.name(), name, &error);
        AliasUnavailable
    };
    let found = table.lookup(quoted).get().await.map_err(failed)?;
    if found.is_some() || quoted == name {
        return Ok(found);
    }
    table.lookup(name).get().await.map_err(failed)
}

async fn find_any(maps: &Maps, name: &str) -> Result<Option<String>, AliasUnavailable> {
    maps.get(name).await.map_err(|error| {
        log::lookup_failed(maps.title(), name, &error);
        AliasUnavailable
    })
}
