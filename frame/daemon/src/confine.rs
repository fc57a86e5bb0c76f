//! Root as a value, and the moment it is given up.
//!
//! [`Root`] exists from the start of the process until [`Root::confine`] consumes it. What must be opened with the
//! rights the process was started with takes a `&Root`; the compiler refuses it afterwards.

use crate::plate::Rights;
use std::io;
use std::path::{Path, PathBuf};
use sys::identity::{self, Ids};

/// The rights the process was started with, whether those of root or of an ordinary user.
pub struct Root {
    privileged: bool,
}

/// Where a daemon goes when it gives up root.
pub(crate) struct Confinement<'a> {
    pub(crate) rights: Rights,
    /// `-u`.
    pub(crate) unprivileged: bool,
    /// `-c`.
    pub(crate) chroot: bool,
    pub(crate) mail_owner: &'a str,
    pub(crate) queue_directory: &'a Path,
    /// Directories a confined daemon may write in.
    pub(crate) writable: Vec<PathBuf>,
}

/// Why a daemon could not give up its rights; it must not run then.
#[derive(Debug, thiserror::Error)]
pub enum ConfineError {
    /// `mail_owner` is no user of this system.
    #[error("parameter mail_owner: unknown user name: {0}")]
    UnknownOwner(String),
    /// The user database could not tell.
    #[error("parameter mail_owner: look up user {0}: {1}")]
    NoDatabase(String, #[source] io::Error),
    /// The kernel refused.
    #[error("{0}: {1}")]
    Refused(&'static str, #[source] io::Error),
}

impl Root {
    pub(crate) fn at_start() -> Self {
        Self {
            privileged: identity::is_root(),
        }
    }

    /// Whether these rights are those of root. An instance of an ordinary user runs whole as that user.
    pub fn is_privileged(&self) -> bool {
        self.privileged
    }

    /// Gives up what the service does not need, for good.
    pub(crate) fn confine(self, to: &Confinement<'_>) -> Result<(), ConfineError> {
        let owner = if self.privileged {
            Some(owner_ids(to.mail_owner)?)
        } else {
            None
        };
        if to.chroot && self.privileged {
            identity::change_root(to.queue_directory)
                .map_err(|error| ConfineError::Refused("chroot", error))?;
        }
        match (&owner, to.rights) {
            (Some(owner), Rights::BecomesRecipient) => {
                identity::drop_keeping_root(owner)
                    .map_err(|error| ConfineError::Refused("set user id", error))?;
            }
            (Some(owner), _) if to.unprivileged => {
                identity::drop_to(owner).map_err(|error| ConfineError::Refused("set user id", error))?;
            }
            _ => {}
        }
        if to.rights == Rights::MailOwner {
            self::shut(to);
        }
        Ok(())
    }
}

/// Takes away the rest: writing outside the mail system's directories, becoming another program. Where the kernel
/// cannot, the daemon runs as it would under Postfix.
fn shut(to: &Confinement<'_>) {
    let writable: Vec<&Path> = to
        .writable
        .iter()
        .map(PathBuf::as_path)
        .filter(|path| path.exists())
        .collect();
    if !to.chroot {
        let _ = sys::confine::confine_files(&[Path::new("/")], &writable);
    }
    let _ = sys::confine::refuse_foreign_calls();
}

fn owner_ids(name: &str) -> Result<Ids, ConfineError> {
    let account = sys::account::account_by_name(name)
        .map_err(|error| ConfineError::NoDatabase(name.to_owned(), error))?
        .ok_or_else(|| ConfineError::UnknownOwner(name.to_owned()))?;
    Ids::with_groups_of(name, account.uid, account.gid)
        .map_err(|error| ConfineError::NoDatabase(name.to_owned(), error))
}
