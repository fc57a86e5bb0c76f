//! `:include:/file`: a list of destinations kept in a file of its own (aliases(5)).

use delivery::Fate;
use mailbox::{FileKind, Looked};
use std::path::Path;

use crate::branch::{Branch, LEVELS};
use crate::delivery::Delivery;
use crate::log;
use crate::settings::Source;

const WORLD_WRITABLE: u32 = 0o002;

impl Delivery<'_> {
    /// Delivers to everything the file names.
    pub(crate) async fn include(&self, branch: &Branch, path: &str) -> Fate {
        let mut branch = branch.deeper();
        if branch.level > LEVELS {
            log::include_too_deep(path);
            return self
                .fail(&branch, (5, 4, 6), ":include: nesting limit exceeded")
                .await;
        }
        let uid = branch.rights.as_ref().map_or(0, |account| account.uid);
        if !self.seen.is_new(&format!("include {uid} {path}")) {
            return Fate::Finished;
        }
        branch.expanded_from = Some(branch.name.local.clone());
        if !path.starts_with('/') {
            log::include_relative(path);
            return self.misconfigured(&branch).await;
        }
        // With nobody's rights yet, the alias is root's, and may name any file that root can read.
        let ids = match &branch.rights {
            Some(account) => self.agent.ids_of(account),
            None => self.agent.root_ids(),
        };
        let place = match self.agent.crew.look(&ids, Path::new(path), true).await {
            Ok(Looked::Found(place)) => place,
            Ok(Looked::Absent(reason)) => {
                log::include_absent(path, &reason);
                return self.misconfigured(&branch).await;
            }
            Err(trouble) => return self.tell(&branch, trouble.into_dsn()).await,
        };
        let fault = if place.kind != FileKind::File {
            Some("is not a regular file")
        } else if place.mode & WORLD_WRITABLE != 0 {
            Some("is world writable")
        } else {
            None
        };
        if let Some(fault) = fault {
            log::include_file(path, fault);
            return self.misconfigured(&branch).await;
        }
        branch.source = Some(Source::Include);
        if let Err(fate) = self.take_rights_of_include(&mut branch, path, place.uid).await {
            return fate;
        }
        if branch.owner.is_none() {
            // Members that are users of this host get the message as a new one.
            branch.owner = Some(branch.recipient.address.as_str().into());
        }
        if !self.settings().propagate_unmatched_extensions.include {
            branch.unmatched = None;
        }
        match place.open {
            Some(Ok(file)) => self.lines(&branch, file).await.1,
            other => {
                let reason = other.and_then(Result::err).unwrap_or_default();
                log::include_not_opened(path, &reason);
                self.misconfigured(&branch).await
            }
        }
    }

    /// A user's file in root's alias must not get the default rights, which its owner could then misuse.
    async fn take_rights_of_include(&self, branch: &mut Branch, path: &str, uid: u32) -> Result<(), Fate> {
        if branch.rights.is_some() || !self.agent.changes_ids || uid == 0 {
            return Ok(());
        }
        match self.account_of_uid(uid).await {
            Some(account) => {
                branch.rights = Some(account);
                Ok(())
            }
            None => {
                log::include_owner(path, uid);
                Err(self
                    .fail(branch, (4, 3, 5), "mail system configuration error")
                    .await)
            }
        }
    }
}
