//! One recipient of one message, with all that it grows into.
//!
//! Each step of the way is a file of its own and adds its functions to [`Delivery`]. They take a [`Branch`] and give
//! what is left to do for it.

use contract::deliver::flag::{PROBE, REPORT_ONLY};
use delivery::{Fate, Job};
use mail::{Action, Dsn, EnhancedStatus};
use mailbox::{DeliveredTo, Trouble};
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use sys::account::{Account, account_by_name, account_by_uid};

use crate::branch::{Branch, LEVELS, Name};
use crate::forwarding::Forward;
use crate::seen::Seen;
use crate::settings::{Settings, Source};
use crate::{Local, log};

/// A future that may lead back to where it began, and therefore lies in a box.
pub(crate) type Recursive<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The user database could not tell, and the recipient was deferred for it.
pub(crate) struct Unsure;

/// A recipient being delivered.
pub(crate) struct Delivery<'a> {
    pub(crate) agent: &'a Local,
    pub(crate) job: &'a Job,
    /// Where the message was before.
    pub(crate) before: &'a DeliveredTo,
    pub(crate) seen: Seen,
    /// Messages begun for members elsewhere.
    pub(crate) forwards: RefCell<Vec<Forward>>,
    accounts: RefCell<HashMap<Rc<str>, Option<Rc<Account>>>>,
}

/// Both: nothing is left to do only where nothing is left of either.
pub(crate) fn both(one: Fate, other: Fate) -> Fate {
    if one == Fate::Left { one } else { other }
}

impl<'a> Delivery<'a> {
    pub(crate) fn new(agent: &'a Local, job: &'a Job, before: &'a DeliveredTo) -> Self {
        Self {
            agent,
            job,
            before,
            seen: Seen::new(agent.settings.duplicate_filter_limit),
            forwards: RefCell::default(),
            accounts: RefCell::default(),
        }
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        &self.agent.settings
    }

    /// Delivers to an address of this host, whatever it turns out to stand for.
    pub(crate) fn recipient<'b>(&'b self, branch: &Branch) -> Recursive<'b, Fate> {
        let mut branch = branch.deeper();
        Box::pin(async move {
            let address = branch.recipient.address.clone();
            if branch.level > LEVELS {
                log::too_deep(&address);
                return self
                    .fail(&branch, (5, 4, 6), "recipient nesting limit exceeded")
                    .await;
            }
            if !self.seen.is_new(&format!("recipient {} {address}", branch.level)) {
                return Fate::Finished;
            }
            if self.before.contains(&address) {
                let trouble = Dsn::trouble(status(5, 4, 6), format!("mail forwarding loop for {address}"));
                return Box::pin(self.tell_owner(&branch, trouble)).await;
            }
            if branch.delivered.is_none() {
                branch.delivered = Some(address.as_str().into());
            }
            let (name, illegal) = Name::of(&address, &self.agent.split);
            if let Some(local) = illegal {
                log::illegal_extension(self.job.queue_id(), &local);
            }
            if name.domain.is_empty() {
                log::no_domain(&name.local);
            }
            branch.unmatched = name.extension.clone();
            branch.name = name;
            if branch.name.user.is_empty() {
                let reason = format!("null username in \"{address}\"");
                return self.fail(&branch, (5, 1, 3), reason).await;
            }
            self.choose(branch).await
        })
    }

    /// Alias, forwarded message, `.forward` file, mailbox: the first that there is.
    async fn choose(&self, mut branch: Branch) -> Fate {
        let settings = self.settings();
        branch.unmatched = None;
        let name = branch.name.clone();
        if let Some(fate) = self.alias(&branch, &name.local).await {
            return fate;
        }
        if name.extension.is_some() {
            if settings.propagate_unmatched_extensions.alias {
                branch.unmatched = name.extension.clone();
            }
            if let Some(fate) = self.alias(&branch, &name.user).await {
                return fate;
            }
            branch.unmatched = name.extension.clone();
        }
        let elsewhere = branch
            .owner
            .as_deref()
            .is_some_and(|owner| !is_same(owner, &name.user));
        // Boxed, as every leaf of the tree is: a future that leads back here holds all that it may await, and a hundred
        // levels of them must fit on the stack.
        if elsewhere || branch.source == Some(Source::Include) {
            return Box::pin(self.forward(&branch)).await;
        }
        if settings.require_home_directory
            && let Err(fate) = Box::pin(self.check_home(&branch)).await
        {
            return fate;
        }
        match Box::pin(self.dot_forward(&branch)).await {
            Ok(Some(fate)) | Err(fate) => return fate,
            Ok(None) => {}
        }
        match Box::pin(self.inbox(&branch)).await {
            Some(fate) => fate,
            None => Box::pin(self.unknown(&branch)).await,
        }
    }

    async fn check_home(&self, branch: &Branch) -> Result<(), Fate> {
        let Some(account) = self.account(branch, &branch.name.user).await? else {
            return Ok(());
        };
        let ids = self.agent.ids_of(&account);
        let home = account.home.display();
        let reason = match self.agent.crew.look(&ids, &account.home, true).await {
            Ok(mailbox::Looked::Found(_)) => return Ok(()),
            Ok(mailbox::Looked::Absent(reason)) => reason,
            Err(trouble) => trouble.reason,
        };
        let reason = format!("cannot access home directory {home}: {reason}");
        Err(self.fail(branch, (4, 3, 0), reason).await)
    }

    /// The account of a user; `None` when there is none of that name. Where the database could not tell, the
    /// recipient is deferred, and the fate given.
    pub(crate) async fn account(&self, branch: &Branch, user: &Rc<str>) -> Result<Option<Rc<Account>>, Fate> {
        match self.find_account(user).await {
            Ok(account) => Ok(account),
            Err(Unsure) => Err(self.fail(branch, (4, 0, 0), "user lookup error").await),
        }
    }

    async fn find_account(&self, user: &Rc<str>) -> Result<Option<Rc<Account>>, Unsure> {
        if let Some(known) = self.accounts.borrow().get(user) {
            return Ok(known.clone());
        }
        let name = user.to_string();
        // The user database may be a server far away.
        let found = daemon::blocking(move || account_by_name(&name))
            .await
            .map_err(|error| {
                log::account_failed(user, &error);
                Unsure
            })?;
        let found = found.map(Rc::new);
        self.accounts.borrow_mut().insert(user.clone(), found.clone());
        Ok(found)
    }

    /// The account with a number; `None` when there is none, or when that could not be told.
    pub(crate) async fn account_of_uid(&self, uid: u32) -> Option<Rc<Account>> {
        let found = daemon::blocking(move || account_by_uid(uid)).await;
        match found {
            Ok(account) => account.map(Rc::new),
            Err(error) => {
                log::account_failed(&uid.to_string(), &error);
                None
            }
        }
    }

    /// Whether this is only a question about what would happen.
    pub(crate) fn is_question(&self) -> bool {
        self.job.envelope.flags & (PROBE | REPORT_ONLY) != 0
    }

    /// Whether this is a question about the address itself, not about what it grows into.
    pub(crate) fn is_probe(&self) -> bool {
        self.job.envelope.flags & PROBE != 0
    }

    pub(crate) async fn tell(&self, branch: &Branch, dsn: Dsn) -> Fate {
        Box::pin(self.job.report_part(&branch.recipient, &self.agent.service, dsn)).await
    }

    /// The mail is where it should be.
    pub(crate) async fn succeed(&self, branch: &Branch, reason: impl Into<String>) -> Fate {
        self.tell(branch, Dsn::new(status(2, 0, 0), Action::Delivered, reason))
            .await
    }

    pub(crate) async fn fail(
        &self,
        branch: &Branch,
        code: (u8, u16, u16),
        reason: impl Into<String>,
    ) -> Fate {
        let (class, subject, detail) = code;
        self.tell(branch, Dsn::trouble(status(class, subject, detail), reason))
            .await
    }

    /// Reports trouble to the owner of a list, where the recipient's address has one, else as any other trouble.
    pub(crate) async fn tell_owner(&self, branch: &Branch, dsn: Dsn) -> Fate {
        match self.owner_of_recipient(branch).await {
            Ok(Some(owner)) => {
                self.job
                    .report_part_to(&owner, &branch.recipient, &self.agent.service, dsn)
                    .await
            }
            Ok(None) => self.tell(branch, dsn).await,
            Err(_) => self.fail(branch, (4, 3, 0), "alias database unavailable").await,
        }
    }

    /// What came of writing to a file or running a command.
    pub(crate) async fn conclude(
        &self,
        branch: &Branch,
        done: Result<(), Trouble>,
        success: String,
        to_owner: bool,
    ) -> Fate {
        if let Err(Trouble { note: Some(note), .. }) = &done {
            log::command_not_started(note);
        }
        match done {
            Ok(()) => self.succeed(branch, success).await,
            Err(trouble) if trouble.is_damage() => {
                log::damaged(self.job.queue_id(), &trouble.reason);
                Fate::Left
            }
            Err(trouble) if to_owner => self.tell_owner(branch, trouble.into_dsn()).await,
            Err(trouble) => self.tell(branch, trouble.into_dsn()).await,
        }
    }
}

pub(crate) const fn status(class: u8, subject: u16, detail: u16) -> EnhancedStatus {
    EnhancedStatus::new(class, subject, detail)
}

/// Whether two names are the same but for letter case.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    mail::address::fold(one) == mail::address::fold(other)
}
