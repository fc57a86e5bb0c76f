//! `.forward` files: where a user wants the mail (local(8), "MAIL FORWARDING").

use delivery::Fate;
use mail::{Action, Notify};
use mailbox::{FileKind, Looked, Place};
use std::fs::File;
use std::path::Path;
use sys::account::Account;

use crate::branch::Branch;
use crate::delivery::Delivery;
use crate::log;
use crate::names::named;
use crate::settings::Source;

const WORLD_WRITABLE: u32 = 0o002;

impl Delivery<'_> {
    /// Delivers to what the user's forward file says; `None` when there is no such file, or it says nothing. An error
    /// is the fate of a recipient of whom it could not be told.
    pub(crate) async fn dot_forward(&self, branch: &Branch) -> Result<Option<Fate>, Fate> {
        let settings = self.settings();
        if settings.forward_path.is_empty() {
            return Ok(None);
        }
        let mut branch = branch.deeper();
        let user = branch.name.user.clone();
        let Some(account) = self.account(&branch, &user).await? else {
            return Ok(None);
        };
        branch.show_delivered(settings.frozen_delivered_to);
        branch.rights = Some(account.clone());
        branch.source = Some(Source::Forward);
        branch.owner = Some(user);
        let Some((path, place, has_extension)) = self.forward_file(&branch, &account).await? else {
            return Ok(None);
        };
        if has_extension || !settings.propagate_unmatched_extensions.forward {
            branch.unmatched = None;
        }
        if self.is_probe() {
            return Ok(Some(
                self.succeed(&branch, format!("forward via file: {path}")).await,
            ));
        }
        if !self.seen.is_new(&format!("forward {path}")) {
            // A file that leads back to itself means the user's own mailbox the second time, unless all was done.
            let done = self.seen.knows(&format!("forward-done {path}"));
            return Ok(done.then_some(Fate::Finished));
        }
        branch.expanded_from = Some(branch.name.local.clone());
        match acceptable(&path, place, &account, self.agent.changes_ids) {
            Some(file) => Ok(self.expand_forward(&branch, &path, file).await),
            None => Ok(None),
        }
    }

    async fn expand_forward(&self, branch: &Branch, path: &str, file: File) -> Option<Fate> {
        let mut members = branch.clone();
        members.recipient.notify = branch.notify_of_members();
        let (count, fate) = self.lines(&members, file).await;
        if count == 0 {
            return (fate == Fate::Left).then_some(fate);
        }
        self.seen.is_new(&format!("forward-done {path}"));
        if fate == Fate::Finished && branch.recipient.notify.contains(Notify::SUCCESS) {
            self.note_expansion(branch, Action::Expanded).await;
        }
        Some(fate)
    }

    /// The first file of `forward_path` that is there, and whether its name has the address extension in it.
    async fn forward_file(
        &self,
        branch: &Branch,
        account: &Account,
    ) -> Result<Option<(String, Place, bool)>, Fate> {
        let settings = self.settings();
        let ids = self.agent.ids_of(account);
        let items = settings
            .forward_path
            .split([',', ' ', '\t', '\r', '\n'])
            .filter(|item| !item.is_empty());
        for item in items {
            let allowed = Some(settings.forward_expansion_filter.as_str());
            let Ok(path) = named(item, branch, &settings.recipient_delimiter, allowed) else {
                continue;
            };
            if path.undefined {
                continue;
            }
            match self.agent.crew.look(&ids, Path::new(&path.text), false).await {
                Ok(Looked::Found(place)) => return Ok(Some((path.text, place, path.has_extension))),
                Ok(Looked::Absent(_)) => {}
                // Difference: Postfix takes "could not tell" for "not there" and delivers to the mailbox.
                Err(trouble) => return Err(self.tell(branch, trouble.into_dsn()).await),
            }
        }
        Ok(None)
    }
}

/// The file, if it is one that only the user can have written.
fn acceptable(path: &str, place: Place, account: &Account, changes_ids: bool) -> Option<File> {
    if place.kind != FileKind::File {
        log::forward_file(path, "is not a regular file");
        return None;
    }
    if changes_ids && place.uid != 0 && place.uid != account.uid {
        log::forward_file(path, &format!("has bad owner uid {}", place.uid));
        return None;
    }
    if place.mode & WORLD_WRITABLE != 0 {
        log::forward_file(path, "is world writable");
        return None;
    }
    match place.open {
        // What came from a process of the user's is believed only so far.
        Some(Ok(file)) => file.metadata().is_ok_and(|about| about.is_file()).then_some(file),
        Some(Err(reason)) => {
            log::cannot_open_forward(path, &reason);
            None
        }
        None => None,
    }
}
