//! A user's own mailbox, wherever the administrator decided that it is.

use delivery::Fate;
use mailbox::{Append, Cause};
use std::fs;
use std::os::unix::fs::MetadataExt;
use sys::account::Account;
use sys::identity::Ids;

use config::catalogue::STRICT_MAILBOX_OWNERSHIP;

use crate::branch::Branch;
use crate::delivery::Delivery;
use crate::log;

const WORLD_WRITABLE: u32 = 0o002;
const GROUP_WRITABLE: u32 = 0o020;

impl Delivery<'_> {
    /// Delivers to the user's mailbox; `None` when there is no such user.
    pub(crate) async fn inbox(&self, branch: &Branch) -> Option<Fate> {
        let mut branch = branch.deeper();
        let settings = self.settings();
        if !self.seen.is_new(&format!("mailbox {}", branch.name.local)) {
            return Some(Fate::Finished);
        }
        // Each table says itself why it cannot tell.
        match self.agent.mailbox_transport_maps.get(&branch.name.user).await {
            Ok(Some(transport)) => return Some(self.pass(&branch, &transport).await),
            Ok(None) => {}
            Err(_) => return Some(self.fail(&branch, (4, 3, 0), "table lookup failure").await),
        }
        if !settings.mailbox_transport.is_empty() {
            return Some(self.pass(&branch, &settings.mailbox_transport).await);
        }
        let user = branch.name.user.clone();
        let account = match self.account(&branch, &user).await {
            Ok(account) => account?,
            Err(fate) => return Some(fate),
        };
        branch.rights = Some(account.clone());
        Some(match self.agent.mailbox_command_maps.get(&user).await {
            Ok(Some(command)) => self.command(&branch, &command).await,
            Ok(None) => self.own_mailbox(&branch, &account).await,
            Err(_) => self.fail(&branch, (4, 3, 0), "table lookup failure").await,
        })
    }

    async fn own_mailbox(&self, branch: &Branch, account: &Account) -> Fate {
        let settings = self.settings();
        if !settings.mailbox_command.is_empty() {
            return self.command(branch, &settings.mailbox_command).await;
        }
        let home = account.home.to_string_lossy();
        let in_home = format!("{home}/{}", settings.home_mailbox);
        let ids = self.agent.ids_of(account);
        let mut branch = branch.deeper();
        branch.show_delivered(settings.frozen_delivered_to);
        if settings.home_mailbox.ends_with('/') {
            return self.maildir(&branch, &ids, &in_home).await;
        }
        let spool = &settings.mail_spool_directory;
        if settings.home_mailbox.is_empty() && spool.ends_with('/') {
            return self
                .maildir(&branch, &ids, &format!("{spool}{}/", branch.name.user))
                .await;
        }
        if self.is_question() {
            return self.succeed(&branch, "delivers to mailbox").await;
        }
        if !settings.home_mailbox.is_empty() {
            return self.mailbox_file(&branch, account, &ids, &in_home, None).await;
        }
        let path = format!("{spool}/{}", branch.name.user);
        let (ids, give_to) = self.spool_rights(account);
        self.mailbox_file(&branch, account, &ids, &path, give_to).await
    }

    async fn mailbox_file(
        &self,
        branch: &Branch,
        account: &Account,
        ids: &Ids,
        path: &str,
        give_to: Option<(u32, u32)>,
    ) -> Fate {
        let owner = if self.agent.changes_ids {
            account.uid
        } else {
            ids.uid
        };
        let append = Append {
            give_to,
            ..self.appending(path, owner)
        };
        let done = self.append(branch, ids, append).await;
        let done = done.map_err(|trouble| {
            if trouble.cause == Cause::NotOwned {
                log::not_owned(STRICT_MAILBOX_OWNERSHIP.name());
            }
            let user = &branch.name.user;
            trouble.prefixed(format_args!("cannot update mailbox {path} for user {user}. "))
        });
        self.conclude(branch, done, "delivered to mailbox".to_owned(), false)
            .await
    }

    /// Under which ids a mailbox in the spool is written. The user's own are enough where everybody may make files
    /// there, or the group may and lends itself; otherwise root makes the file and gives it away.
    fn spool_rights(&self, account: &Account) -> (Ids, Option<(u32, u32)>) {
        let own = self.agent.ids_of(account);
        if !self.agent.changes_ids {
            return (own, None);
        }
        match fs::metadata(&self.settings().mail_spool_directory) {
            Ok(about) if about.mode() & WORLD_WRITABLE != 0 => (own, None),
            Ok(about) if about.mode() & GROUP_WRITABLE != 0 => (Ids::new(account.uid, about.gid()), None),
            Ok(_) => (self.agent.root_ids(), Some((account.uid, account.gid))),
            Err(_) => (own, None),
        }
    }
}
