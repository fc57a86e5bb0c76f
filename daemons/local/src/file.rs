//! A file named by an alias or a user: appended to as a mailbox, or a Maildir if its name ends in a slash.

use delivery::Fate;
use mailbox::{Append, Cause, FromLine, Maildir, Target, Trouble};
use sys::identity::Ids;

use crate::branch::Branch;
use crate::delivery::{Delivery, status};
use crate::log;

impl Delivery<'_> {
    /// Delivers to a file.
    pub(crate) async fn file(&self, branch: &Branch, path: &str) -> Fate {
        let branch = branch.deeper();
        let ids = match self.agent.rights_or_default(branch.rights.as_deref()) {
            Ok(ids) => ids,
            Err(trouble) => return self.tell(&branch, trouble.into_dsn()).await,
        };
        if !self.seen.is_new(&format!("file {} {path}", ids.uid)) {
            return Fate::Finished;
        }
        if !self.settings().allow_mail_to_files.allow(branch.source) {
            let dsn = mail::Dsn::trouble(status(5, 7, 1), "mail to file is restricted");
            return self.tell_owner(&branch, dsn).await;
        }
        if self.is_question() {
            return self.succeed(&branch, format!("delivers to file: {path}")).await;
        }
        if path.ends_with('/') {
            return self.maildir(&branch, &ids, path).await;
        }
        let locks = mailbox::Locks {
            dotlock_may_fail: true,
            ..self.agent.locks
        };
        let append = Append {
            locks,
            target: Target::AnyFile,
            ..self.appending(path, ids.uid)
        };
        let done = self.append(&branch, &ids, append).await;
        let done =
            done.map_err(|trouble| trouble.prefixed(format_args!("cannot append message to file {path}: ")));
        self.conclude(&branch, done, format!("delivered to file: {path}"), true)
            .await
    }

    /// Delivers to a Maildir.
    pub(crate) async fn maildir(&self, branch: &Branch, ids: &Ids, path: &str) -> Fate {
        if self.is_question() {
            return self.succeed(branch, "delivers to maildir").await;
        }
        let maildir = Maildir {
            path: path.into(),
            host: self.agent.host.clone(),
            limit_octets: self.agent.size_limit(),
            default_status: status(5, 2, 0),
        };
        let head = self.head(branch, None, self.settings().prepend_delivered_header.file);
        let done = match self.letter(&head, &self.agent.plain) {
            Ok(letter) => self.agent.crew.file(ids, maildir, letter).await,
            Err(trouble) => Err(trouble),
        };
        let done = done.map_err(|trouble| {
            if trouble.cause == Cause::Denied {
                log::maildir_denied(ids.uid, ids.gid, &trouble.reason);
            }
            trouble.prefixed("maildir delivery failed: ")
        });
        self.conclude(branch, done, "delivered to maildir".to_owned(), false)
            .await
    }

    /// How a mailbox file is appended to, but for what depends on whose it is.
    pub(crate) fn appending(&self, path: &str, owner: u32) -> Append {
        let settings = self.settings();
        Append {
            path: path.into(),
            locks: self.agent.locks,
            patience: self.agent.patience(),
            target: Target::Mailbox(settings.strict_mailbox_ownership.then_some(owner)),
            give_to: None,
            limit_octets: self.agent.size_limit(),
            default_status: status(5, 2, 0),
        }
    }

    pub(crate) async fn append(&self, branch: &Branch, ids: &Ids, append: Append) -> Result<(), Trouble> {
        let from_line = FromLine::now(&self.agent.zone);
        let head = self.head(
            branch,
            Some(from_line),
            self.settings().prepend_delivered_header.file,
        );
        let letter = self.letter(&head, &self.agent.mbox)?;
        self.agent.crew.append(ids, append, letter).await
    }
}
